"""Action probabilities implied by the forecast quantiles of any forecaster."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from pregao.dataset import Windows
from pregao.decisions._action_scores import BUY, HOLD, NAMES, SELL, Floats
from pregao.scores import blocks

if TYPE_CHECKING:
    from pregao.zoo.baselines import Forecaster

_LEAST_PRICE = 1e-9
_LEAST_GAP = 1e-12


def implied_action_probabilities(quantiles: Floats, levels: Sequence[float], bar: Floats) -> Floats:
    """Return the action probabilities that a forecast distribution implies: (n, 3).

    The label is ``buy`` where the return exceeds the bar, ``sell`` where it is below minus the bar:
    ``P(buy) = 1 - F(log(1 + bar))`` and ``P(sell) = F(log(1 - bar))``. F interpolates the quantiles
    linearly in normal scores, and beyond the outer ones decays exponentially at the rate between
    the outer two, a heavier tail than the normal one.

    Parameters
    ----------
    quantiles
        (n, levels) of the log return over the whole horizon; they do not cross.
    levels
        Ascending, within 0 and 1.
    bar
        (n,) simple returns; for forward labels ``cost + threshold_sigmas * sigma_t * sqrt(h)``.

    Examples
    --------
    >>> from scipy.stats import norm
    >>> levels = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
    >>> normal = 0.02 * norm.ppf(levels)[None]
    >>> implied = implied_action_probabilities(normal, levels, np.array([np.expm1(0.02)]))[0]
    >>> {name: round(float(each), 3) for name, each in zip(NAMES, implied, strict=True)}
    {'buy': 0.159, 'sell': 0.154, 'hold': 0.688}
    """
    probabilities = np.empty((len(quantiles), len(NAMES)))
    probabilities[:, BUY] = 1 - _distribution_at(quantiles, levels, np.log1p(bar))
    # A simple return is never below -1.
    probabilities[:, SELL] = _distribution_at(
        quantiles, levels, np.log1p(-np.minimum(bar, 1 - _LEAST_PRICE))
    )
    probabilities[:, HOLD] = np.maximum(1 - probabilities[:, BUY] - probabilities[:, SELL], 0)
    return probabilities


def forecaster_action_probabilities(
    forecaster: "Forecaster",
    windows: Windows,
    *,
    levels: Sequence[float],
    cost: float,
    threshold_sigmas: float,
) -> Floats:
    """Return the forward-label probabilities that a forecaster implies: (n, 3) of `ACTIONS`."""
    bar = cost + threshold_sigmas * windows.scale[:, -1]
    probabilities = np.empty((len(windows), len(NAMES)))
    for block in blocks(len(windows)):
        last_step = forecaster.quantiles(windows.take(block))[:, -1]
        probabilities[block] = implied_action_probabilities(last_step, levels, bar[block])
    return probabilities


def _distribution_at(quantiles: Floats, levels: Sequence[float], value: Floats) -> Floats:
    """Return the distribution function of each row at its value: (n,)."""
    from scipy.special import ndtr, ndtri

    known, rows = np.asarray(levels, np.float64), np.arange(len(value))
    scores = ndtri(known)
    num_below = (quantiles <= value[:, None]).sum(axis=1)
    low = np.clip(num_below - 1, 0, len(known) - 2)
    gap = np.maximum(quantiles[rows, low + 1] - quantiles[rows, low], _LEAST_GAP)
    position = (value - quantiles[rows, low]) / gap
    inside = ndtr(scores[low] + np.clip(position, 0, 1) * (scores[low + 1] - scores[low]))
    # In the tails, each further gap divides the share beyond by the same ratio as the last gap
    # within the quantiles.
    below = known[0] * (known[1] / known[0]) ** np.minimum(position, 0)
    above = (1 - known[-1]) * ((1 - known[-1]) / (1 - known[-2])) ** np.maximum(position - 1, 0)
    share = np.where(num_below == 0, below, np.where(num_below == len(known), 1 - above, inside))
    return np.asarray(share, np.float64)
