"""The served forecaster: intervals calibrated on validation, then adapted to recent coverage."""

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

# A few thousand windows determine a few hundred offsets; more would only take memory.
_MOST_WINDOWS = 16_384


class Serving(Value):
    """The parameters beside a fitted model that reproduce its scored forecasts in service."""

    scaler: Scaler
    lookback: int
    horizon: int
    offsets: Offsets


def offsets_of(
    forecaster: "Forecaster", validation: Windows, *, levels: Sequence[float]
) -> Offsets:
    """Fit conformal offsets to the validation part; of a large pool, to every k-th window."""
    every = -(-len(validation) // _MOST_WINDOWS)
    chosen = validation.take(np.arange(0, len(validation), every))
    return Offsets.fit(
        forecaster.quantiles(chosen), truth_of([chosen]), chosen.scale, levels=levels
    )


def as_served(forecaster: "Forecaster", offsets: Offsets) -> Adaptive:
    """Return the forecaster with conformal offsets and then adaptive widths applied."""
    return Adaptive(Calibrated(forecaster, offsets), offsets.levels)


def judge_as_served(
    forecaster: "Forecaster", dataset: Dataset, *, levels: Sequence[float]
) -> tuple[Judged, Serving]:
    """Calibrate a forecaster on validation, and score the served forecaster on the test part.

    The validation CRPS, the criterion of selection, is that of the uncalibrated forecaster:
    offsets fitted on validation would bias it downward.
    """
    cached = remembered(forecaster, [*dataset.num_windows.values()])
    offsets = offsets_of(cached, dataset.validation, levels=levels)
    served = as_served(cached, offsets)
    scored = judge([cached], [dataset], levels=levels, served=[served])
    return scored, Serving(
        scaler=dataset.scaler,
        lookback=dataset.train.lookback,
        horizon=dataset.train.horizon,
        offsets=offsets,
    )
