"""How a forecaster does on sessions that came after its training."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pregao.dataset import Windows
from pregao.training import LEVELS
from pregao.values import Value
from pregao.zoo.baselines import Forecaster

NUM_SESSIONS = 60
"""How many cutoffs are looked at, the newest whose outcome is known."""
_LEAST_SESSIONS = 10
_LOW, _MIDDLE, _HIGH = (LEVELS.index(each) for each in (0.05, 0.5, 0.95))


class LiveScores(Value):
    """Scores of the last sessions, each beside what it should be."""

    num_windows: int
    error_ratio: float
    """Mean absolute error of the median over that of the last price, all steps: 1 is naive."""
    coverage_90: float
    """Share of outcomes inside the 90 % ranges: 0.9 is right."""
    drift: float
    """How far the feature that moved most is from its training mean, in training deviations."""


def live_scores(
    forecaster: Forecaster, live: Windows, *, trained_to: np.datetime64
) -> LiveScores | None:
    """Score the newest cutoffs of one symbol whose outcome is known; None where there are few.

    Parameters
    ----------
    live
        The last window of the symbol, whose table holds its whole history.
    trained_to
        The last session that training or validation saw: cutoffs come after it.
    """
    known = known_windows(live, trained_to)
    if len(known) < _LEAST_SESSIONS:
        return None
    quantiles, came = forecaster.quantiles(known), known.future_returns
    naive = np.abs(came).mean()
    inside = (quantiles[..., _LOW] <= came) & (came <= quantiles[..., _HIGH])
    return LiveScores(
        num_windows=len(known),
        error_ratio=float(np.abs(came - quantiles[..., _MIDDLE]).mean() / naive) if naive else 1.0,
        coverage_90=float(inside.mean()),
        drift=_drift(known.table[-NUM_SESSIONS:]),
    )


def known_windows(live: Windows, trained_to: np.datetime64) -> Windows:
    """Give the newest windows after training whose outcome is known."""
    rows = np.arange(len(live.source) - live.horizon)
    first = int(np.searchsorted(live.source.sessions, trained_to, side="right"))
    whole = live.lookback - 1
    rows = rows[max(first, whole, len(rows) - NUM_SESSIONS) :]
    finite = np.isfinite(live.table[np.maximum(rows - whole, 0)]).all(axis=1)
    return replace(live, cutoff_rows=rows[finite])


def _drift(scaled: NDArray[np.float32]) -> float:
    """Scaled features have mean 0 and deviation 1 in training."""
    return float(np.abs(scaled.mean(axis=0)).max())
