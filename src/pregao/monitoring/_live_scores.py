"""Scores of a forecaster on sessions after its training."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pregao.dataset import Windows
from pregao.training import LEVELS
from pregao.values import Value
from pregao.zoo.baselines import Forecaster

NUM_SESSIONS = 60
"""The number of scored cutoffs, the newest with a known outcome."""
_MIN_SESSIONS = 10
_LOW, _MIDDLE, _HIGH = (LEVELS.index(each) for each in (0.05, 0.5, 0.95))


class LiveScores(Value):
    """Scores of the last sessions."""

    num_windows: int
    error_ratio: float
    """Mean absolute error of the median over that of the last price, all steps: 1 is naive."""
    coverage_90: float
    """Share of outcomes inside the 90 % ranges: 0.9 is nominal."""
    drift: float
    """Largest distance of a feature's mean from its training mean, in training deviations."""


def live_scores(
    forecaster: Forecaster, live: Windows, *, trained_to: np.datetime64
) -> LiveScores | None:
    """Score the newest cutoffs of one symbol with a known outcome; None if there are too few.

    Parameters
    ----------
    live
        The last window of the symbol, with the table of its whole history.
    trained_to
        The last session that training or validation saw: cutoffs come after it.
    """
    known = known_windows(live, trained_to)
    if len(known) < _MIN_SESSIONS:
        return None
    quantiles, outcomes = forecaster.quantiles(known), known.future_returns
    naive = np.abs(outcomes).mean()
    inside = (quantiles[..., _LOW] <= outcomes) & (outcomes <= quantiles[..., _HIGH])
    error = np.abs(outcomes - quantiles[..., _MIDDLE]).mean()
    return LiveScores(
        num_windows=len(known),
        error_ratio=float(error / naive) if naive else 1.0,
        coverage_90=float(inside.mean()),
        drift=_drift(known.table[-NUM_SESSIONS:]),
    )


def known_windows(live: Windows, trained_to: np.datetime64) -> Windows:
    """Return the newest windows after training with a known outcome."""
    rows = np.arange(len(live.source) - live.horizon)
    first = int(np.searchsorted(live.source.sessions, trained_to, side="right"))
    before = live.lookback - 1
    rows = rows[max(first, before, len(rows) - NUM_SESSIONS) :]
    finite = np.isfinite(live.table[np.maximum(rows - before, 0)]).all(axis=1)
    return replace(live, cutoff_rows=rows[finite])


def _drift(scaled: NDArray[np.float32]) -> float:
    """Return the drift; scaled features have mean 0 and deviation 1 in training."""
    return float(np.abs(scaled.mean(axis=0)).max())
