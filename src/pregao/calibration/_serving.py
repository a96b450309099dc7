"""The served forecaster: intervals calibrated on validation, then adapted to recent coverage."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from pregao.calibration._adaptive import AdaptiveConformal
from pregao.calibration._conformal import CalibratedForecaster, Offsets
from pregao.dataset import Dataset, Scaler, Windows
from pregao.scores import ScoredForecasts, cached_quantiles, observed_outcomes, score_forecasters
from pregao.values import Value

if TYPE_CHECKING:
    from pregao.zoo.baselines import Forecaster

# A few thousand windows determine a few hundred offsets; more would only take memory.
_MOST_WINDOWS = 16_384


class ServingParameters(Value):
    """The parameters beside a fitted model that reproduce its scored forecasts in service."""

    scaler: Scaler
    lookback: int
    horizon: int
    offsets: Offsets


def fit_offsets(
    forecaster: "Forecaster", validation: Windows, *, levels: Sequence[float]
) -> Offsets:
    """Fit conformal offsets to the validation part; of a large pool, to every k-th window."""
    every = -(-len(validation) // _MOST_WINDOWS)
    chosen = validation.take(np.arange(0, len(validation), every))
    return Offsets.fit(
        forecaster.quantiles(chosen), observed_outcomes([chosen]), chosen.scale, levels=levels
    )


def make_served_forecaster(forecaster: "Forecaster", offsets: Offsets) -> AdaptiveConformal:
    """Return the forecaster with conformal offsets and then adaptive widths applied."""
    return AdaptiveConformal(CalibratedForecaster(forecaster, offsets), offsets.levels)


def score_as_served(
    forecaster: "Forecaster", dataset: Dataset, *, levels: Sequence[float]
) -> tuple[ScoredForecasts, ServingParameters]:
    """Calibrate a forecaster on validation, and score the served forecaster on the test part.

    The validation CRPS, the criterion of selection, is that of the uncalibrated forecaster:
    offsets fitted on validation would bias it downward.
    """
    cached = cached_quantiles(forecaster, [*dataset.num_windows.values()])
    offsets = fit_offsets(cached, dataset.validation, levels=levels)
    served = make_served_forecaster(cached, offsets)
    scored = score_forecasters([cached], [dataset], levels=levels, served=[served])
    return scored, ServingParameters(
        scaler=dataset.scaler,
        lookback=dataset.train.lookback,
        horizon=dataset.train.horizon,
        offsets=offsets,
    )
