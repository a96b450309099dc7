"""The fallback baseline where there is no champion, fitted and calibrated on demand."""

from dataclasses import dataclass

import numpy as np

from pregao.calibration import ServingParameters, fit_offsets, make_served_forecaster
from pregao.dataset import Split, Windows, live_windows, make_dataset
from pregao.prices import Prices
from pregao.training import LEVELS
from pregao.zoo.baselines import BASELINES, Forecaster

FALLBACK_BASELINE = "har"
"""The best baseline on most histories; it reads closes alone where there is nothing else."""

# A baseline reads returns and variances and no features; windows need at least one column.
_FEATURES = ("return",)
_LOOKBACK = 2


@dataclass(frozen=True, eq=False)
class Fallback:
    """A calibrated baseline, ready to forecast any history."""

    forecaster: Forecaster
    serving: ServingParameters
    trained_to: np.datetime64
    """The last session that fitting or calibration used."""
    name: str = FALLBACK_BASELINE

    @classmethod
    def fit(cls, prices: Prices, *, horizon: int) -> "Fallback":
        """Fit on the training part of a history, and calibrate on its validation part.

        Raises
        ------
        HistoryTooShortError, SplitError
            If there are too few sessions for both.
        """
        dataset = make_dataset(
            [prices], features=_FEATURES, lookback=_LOOKBACK, horizon=horizon, split=Split()
        )
        fitted = BASELINES[FALLBACK_BASELINE].fit(dataset.train, LEVELS, 0)
        offsets = fit_offsets(fitted, dataset.validation, levels=LEVELS)
        serving = ServingParameters(
            scaler=dataset.scaler, lookback=_LOOKBACK, horizon=horizon, offsets=offsets
        )
        trained_to = np.datetime64(dataset.borders.validation_last, "D")
        return cls(make_served_forecaster(fitted, offsets), serving, trained_to)

    def windows(self, prices: Prices) -> Windows:
        """Cut the last window of a history.

        Raises
        ------
        HistoryTooShortError
            With the number of sessions that suffices.
        """
        return live_windows(
            [prices],
            scaler=self.serving.scaler,
            lookback=self.serving.lookback,
            horizon=self.serving.horizon,
        )
