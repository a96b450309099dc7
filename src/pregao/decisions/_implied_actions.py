"""What a forecast distribution implies for actions, so that every forecaster can act."""

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


def quantile_probabilities(quantiles: Floats, levels: Sequence[float], bar: Floats) -> Floats:
    """Give the probabilities of the actions that a distribution implies: (n, 3).

    To buy is right where the return exceeds the bar, to sell where it falls below minus the bar:
    ``P(buy) = 1 - F(log(1 + bar))`` and ``P(sell) = F(log(1 - bar))``. F goes through the
    quantiles as a straight line in normal scores, and beyond the outer ones falls off exponentially
    at the rate between the outer two: neither as thin as a normal tail nor without end.

    Parameters
    ----------
    quantiles
        (n, levels) of the log return over the whole horizon; they do not cross.
    levels
        Ascending, within 0 and 1.
    bar
        (n,) simple returns: of forward labels, ``cost + threshold_sigmas * sigma_t * sqrt(h)``.

    Examples
    --------
    >>> from scipy.stats import norm
    >>> levels = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
    >>> normal = 0.02 * norm.ppf(levels)[None]
    >>> said = quantile_probabilities(normal, levels, np.array([np.expm1(0.02)]))[0]
    >>> {name: round(float(each), 3) for name, each in zip(NAMES, said, strict=True)}
    {'buy': 0.159, 'sell': 0.154, 'hold': 0.688}
    """
    said = np.empty((len(quantiles), len(NAMES)))
    said[:, BUY] = 1 - _share_below(quantiles, levels, np.log1p(bar))
    # A price cannot fall by more than all of it.
    said[:, SELL] = _share_below(quantiles, levels, np.log1p(-np.minimum(bar, 1 - _LEAST_PRICE)))
    said[:, HOLD] = np.maximum(1 - said[:, BUY] - said[:, SELL], 0)
    return said


def forecast_probabilities(
    forecaster: "Forecaster",
    windows: Windows,
    *,
    levels: Sequence[float],
    cost: float,
    threshold_sigmas: float,
) -> Floats:
    """Give the probabilities of forward labels that any forecaster implies: (n, 3) of `ACTIONS`."""
    bar = cost + threshold_sigmas * windows.scale[:, -1]
    said = np.empty((len(windows), len(NAMES)))
    for block in blocks(len(windows)):
        last_step = forecaster.quantiles(windows.take(block))[:, -1]
        said[block] = quantile_probabilities(last_step, levels, bar[block])
    return said


def _share_below(quantiles: Floats, levels: Sequence[float], value: Floats) -> Floats:
    """Give the distribution function at one value a row: (n,)."""
    from scipy.special import ndtr, ndtri

    known, rows = np.asarray(levels, np.float64), np.arange(len(value))
    scores = ndtri(known)
    passed = (quantiles <= value[:, None]).sum(axis=1)
    low = np.clip(passed - 1, 0, len(known) - 2)
    gap = np.maximum(quantiles[rows, low + 1] - quantiles[rows, low], _LEAST_GAP)
    way = (value - quantiles[rows, low]) / gap
    inside = ndtr(scores[low] + np.clip(way, 0, 1) * (scores[low + 1] - scores[low]))
    # In the tails the share beyond is divided, a gap further out, by what it is divided by within.
    below = known[0] * (known[1] / known[0]) ** np.minimum(way, 0)
    above = (1 - known[-1]) * ((1 - known[-1]) / (1 - known[-2])) ** np.maximum(way - 1, 0)
    share = np.where(passed == 0, below, np.where(passed == len(known), 1 - above, inside))
    return np.asarray(share, np.float64)
