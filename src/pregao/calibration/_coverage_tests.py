"""Whether a forecast's misses are more than luck: uniformity over levels, and misses in a row."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pregao.scores import Float
from pregao.values import Value

_NUM_DRAWS = 999
_SHORTEST_BLOCK = 10

Flags = NDArray[np.bool_]


class Uniformity(Value):
    """Whether outcomes are spread over the levels as promised, or off by more than luck.

    The statistic is the largest deviation of the observed share below a level from the level,
    over ``sqrt(level (1 - level))``, so that the tails count as much as the middle. Luck is what
    a circular block bootstrap of the cutoffs' dates gives around the observed shares: symbols that
    miss together stay together, and so do overlapping windows.

    References
    ----------
    Anderson, Darling (1952), Asymptotic theory of certain goodness of fit criteria, Annals of
    Mathematical Statistics 23(2). Politis, Romano (1992), A circular block-resampling procedure
    for stationary data, in: Exploring the limits of bootstrap.
    """

    statistic: float
    critical: float
    """What luck alone stays below in 95 of 100 cases."""
    p_value: float
    num_sessions: int
    block_sessions: int

    @property
    def is_rejected(self) -> bool:
        """Whether the deviation is beyond luck at the 5 % level."""
        return self.statistic > self.critical


def uniformity(
    below: Float, counts: Float, levels: Sequence[float], *, horizon: int, seed: int = 0
) -> Uniformity:
    """Test counts of outcomes below each level: (dates, levels), of (dates,) outcomes.

    Blocks are twice the horizon, and ten sessions at least, as volatility misjudged today was
    misjudged last week.
    """
    nominal = np.asarray(levels)
    scale = np.sqrt(nominal * (1 - nominal))
    off = (below.sum(axis=0) / counts.sum() - nominal) / scale
    block = min(max(2 * horizon, _SHORTEST_BLOCK), len(counts))
    drawn = _block_draws(np.column_stack([below, counts]), block, np.random.default_rng(seed))
    again = (drawn[:, :-1] / drawn[:, -1:] - nominal) / scale - off
    luck = np.abs(again).max(axis=1)
    statistic = float(np.abs(off).max())
    return Uniformity(
        statistic=statistic,
        critical=float(np.quantile(luck, 0.95)),
        p_value=float((1 + np.sum(luck >= statistic)) / (1 + len(luck))),
        num_sessions=len(counts),
        block_sessions=block,
    )


def _block_draws(rows: Float, block: int, generator: np.random.Generator) -> Float:
    """Sum the rows of resampled circular blocks: (draws, columns)."""
    count = len(rows)
    total = np.cumsum(np.concatenate([np.zeros_like(rows[:1]), rows, rows[:block]]), axis=0)
    from_each = total[block : block + count] - total[:count]
    starts = generator.integers(0, count, (_NUM_DRAWS, -(-count // block)))
    return np.array([from_each[each].sum(axis=0) for each in starts])


class LikelihoodRatio(Value):
    """A likelihood ratio, and how likely a larger one is by luck."""

    statistic: float
    p_value: float


class Misses(Value):
    """Whether one symbol's outcomes leave an interval as often as promised, and not in a row."""

    symbol: str
    num_windows: int
    num_missed: int
    expected_missed: float
    coverage: LikelihoodRatio
    """Kupiec: as many as promised; one degree of freedom."""
    independence: LikelihoodRatio
    """Christoffersen: a miss no likelier after a miss; one degree of freedom."""
    conditional: LikelihoodRatio
    """Both; two degrees of freedom."""


def misses_of(missed: Flags, percent: int, *, symbol: str) -> Misses:
    """Test (n,) misses of a central interval at step 1, one symbol's, in the order of time.

    References
    ----------
    Kupiec (1995), Techniques for verifying the accuracy of risk measurement models, Journal of
    Derivatives 3(2). Christoffersen (1998), Evaluating interval forecasts, International Economic
    Review 39(4).

    Examples
    --------
    >>> found = misses_of(np.arange(100) % 10 == 0, 90, symbol="PETR4")
    >>> found.num_missed, round(found.coverage.p_value, 2), found.independence.p_value < 0.2
    (10, 1.0, True)
    """
    rate = 1 - percent / 100
    count, misses = len(missed), int(missed.sum())
    coverage = 2 * (_log_likelihood(misses, count) - _log_likelihood(misses, count, rate))
    before, after = missed[:-1], missed[1:]
    after_miss, after_hit = int(after[before].sum()), int(after[~before].sum())
    each = _log_likelihood(after_miss, int(before.sum()))
    each += _log_likelihood(after_hit, int((~before).sum()))
    independence = 2 * (each - _log_likelihood(after_miss + after_hit, len(after)))
    return Misses(
        symbol=symbol,
        num_windows=count,
        num_missed=misses,
        expected_missed=rate * count,
        coverage=_ratio(coverage, 1),
        independence=_ratio(independence, 1),
        conditional=_ratio(coverage + independence, 2),
    )


def _log_likelihood(misses: int, count: int, rate: float | None = None) -> float:
    """Give that of so many misses, at this rate or at the likeliest."""
    from scipy.special import xlogy

    rate = misses / max(count, 1) if rate is None else rate
    return float(xlogy(misses, rate) + xlogy(count - misses, 1 - rate))


def _ratio(statistic: float, degrees: int) -> LikelihoodRatio:
    from scipy.special import chdtrc

    bounded = max(statistic, 0.0)  # equal likelihoods may differ in their last bits
    return LikelihoodRatio(statistic=bounded, p_value=float(chdtrc(degrees, bounded)))
