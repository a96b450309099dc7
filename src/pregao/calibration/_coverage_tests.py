"""Tests of interval coverage: uniformity over levels, Kupiec and Christoffersen."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pregao.scores import Float
from pregao.values import Value

_NUM_DRAWS = 999
_SHORTEST_BLOCK = 10

Flags = NDArray[np.bool_]


class UniformityTest(Value):
    """A test that the shares of outcomes below each quantile equal the nominal levels.

    The statistic is the largest deviation of the observed share below a level from the level,
    over ``sqrt(level (1 - level))``, so that the tails count as much as the middle. Its
    distribution under the null comes from a circular block bootstrap of the cutoffs' dates around
    the observed shares, which keeps symbols of one date and overlapping windows together.

    References
    ----------
    Anderson, Darling (1952), Asymptotic theory of certain goodness of fit criteria, Annals of
    Mathematical Statistics 23(2). Politis, Romano (1992), A circular block-resampling procedure
    for stationary data, in: Exploring the limits of bootstrap.
    """

    statistic: float
    critical: float
    """The 95 % quantile of the statistic under the null."""
    p_value: float
    num_sessions: int
    block_sessions: int

    @property
    def is_rejected(self) -> bool:
        """Whether uniformity is rejected at the 5 % level."""
        return self.statistic > self.critical


def uniformity_test(
    below: Float, counts: Float, levels: Sequence[float], *, horizon: int, seed: int = 0
) -> UniformityTest:
    """Test counts of outcomes below each level: (dates, levels), of (dates,) outcomes.

    Blocks are twice the horizon, and ten sessions at least, as errors of volatility persist from
    one week to the next.
    """
    nominal = np.asarray(levels)
    scale = np.sqrt(nominal * (1 - nominal))
    deviation = (below.sum(axis=0) / counts.sum() - nominal) / scale
    block = min(max(2 * horizon, _SHORTEST_BLOCK), len(counts))
    drawn = _block_draws(np.column_stack([below, counts]), block, np.random.default_rng(seed))
    centred = (drawn[:, :-1] / drawn[:, -1:] - nominal) / scale - deviation
    null = np.abs(centred).max(axis=1)
    statistic = float(np.abs(deviation).max())
    return UniformityTest(
        statistic=statistic,
        critical=float(np.quantile(null, 0.95)),
        p_value=float((1 + np.sum(null >= statistic)) / (1 + len(null))),
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
    """A likelihood-ratio statistic with its chi-squared p-value."""

    statistic: float
    p_value: float


class CoverageTest(Value):
    """Tests of one symbol's interval misses: their number, and their independence."""

    symbol: str
    num_windows: int
    num_missed: int
    expected_missed: float
    coverage: LikelihoodRatio
    """Kupiec: the miss rate is the nominal one; one degree of freedom."""
    independence: LikelihoodRatio
    """Christoffersen: a miss is as likely after a miss as after a hit; one degree of freedom."""
    conditional: LikelihoodRatio
    """Christoffersen's conditional coverage, both together; two degrees of freedom."""


def coverage_test(missed: Flags, percent: int, *, symbol: str) -> CoverageTest:
    """Test (n,) misses of a central interval at step 1 of one symbol, in the order of time.

    References
    ----------
    Kupiec (1995), Techniques for verifying the accuracy of risk measurement models, Journal of
    Derivatives 3(2). Christoffersen (1998), Evaluating interval forecasts, International Economic
    Review 39(4).

    Examples
    --------
    >>> found = coverage_test(np.arange(100) % 10 == 0, 90, symbol="PETR4")
    >>> found.num_missed, round(found.coverage.p_value, 2), found.independence.p_value < 0.2
    (10, 1.0, True)
    """
    rate = 1 - percent / 100
    count, misses = len(missed), int(missed.sum())
    coverage = 2 * (_log_likelihood(misses, count) - _log_likelihood(misses, count, rate))
    before, after = missed[:-1], missed[1:]
    after_miss, after_hit = int(after[before].sum()), int(after[~before].sum())
    by_state = _log_likelihood(after_miss, int(before.sum()))
    by_state += _log_likelihood(after_hit, int((~before).sum()))
    independence = 2 * (by_state - _log_likelihood(after_miss + after_hit, len(after)))
    return CoverageTest(
        symbol=symbol,
        num_windows=count,
        num_missed=misses,
        expected_missed=rate * count,
        coverage=_ratio(coverage, 1),
        independence=_ratio(independence, 1),
        conditional=_ratio(coverage + independence, 2),
    )


def _log_likelihood(misses: int, count: int, rate: float | None = None) -> float:
    """Return the binomial log likelihood of the misses at a rate, by default the observed one."""
    from scipy.special import xlogy

    rate = misses / max(count, 1) if rate is None else rate
    return float(xlogy(misses, rate) + xlogy(count - misses, 1 - rate))


def _ratio(statistic: float, degrees: int) -> LikelihoodRatio:
    from scipy.special import chdtrc

    bounded = max(statistic, 0.0)  # equal likelihoods may differ in their last bits
    return LikelihoodRatio(statistic=bounded, p_value=float(chdtrc(degrees, bounded)))
