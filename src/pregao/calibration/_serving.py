"""What is served: a forecaster with ranges calibrated on validation, and watched ever after."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from pregao.calibration._adaptive import Adaptive
from pregao.calibration._conformal import Calibrated, Offsets
from pregao.dataset import Dataset, Scaler, Windows
from pregao.scores import Judged, judge, remembered, truth_of
from pregao.values import Value

if TYPE_CHECKING:
    from pregao.zoo.baselines import Forecaster

# A few hundred offsets are settled by a few thousand windows; more would only take memory.
_MOST_WINDOWS = 16_384


class Serving(Value):
    """What it takes, beside what was fitted, to forecast as it was judged."""

    scaler: Scaler
    lookback: int
    horizon: int
    offsets: Offsets


def offsets_of(
    forecaster: "Forecaster", validation: Windows, *, levels: Sequence[float]
) -> Offsets:
    """Fit conformal offsets to the validation part; of a large pool, to every k-th window."""
    every = -(-len(validation) // _MOST_WINDOWS)
    looked_at = validation.take(np.arange(0, len(validation), every))
    return Offsets.fit(
        forecaster.quantiles(looked_at), truth_of([looked_at]), looked_at.scale, levels=levels
    )


def as_served(forecaster: "Forecaster", offsets: Offsets) -> Adaptive:
    """Give a forecaster whose ranges are moved by the offsets, then follow how often they hold."""
    return Adaptive(Calibrated(forecaster, offsets), offsets.levels)


def judge_as_served(
    forecaster: "Forecaster", dataset: Dataset, *, levels: Sequence[float]
) -> tuple[Judged, Serving]:
    """Calibrate a forecaster on validation, and score the test part as it would be served.

    The validation CRPS, by which one chooses, is that of the forecaster without calibration: what
    was fitted there would flatter itself.
    """
    asked = remembered(forecaster, [*dataset.num_windows.values()])
    offsets = offsets_of(asked, dataset.validation, levels=levels)
    served = as_served(asked, offsets)
    judged = judge([asked], [dataset], levels=levels, served=[served])
    return judged, Serving(
        scaler=dataset.scaler,
        lookback=dataset.train.lookback,
        horizon=dataset.train.horizon,
        offsets=offsets,
    )
