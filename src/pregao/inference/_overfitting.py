"""Correction for selection among trials: deflated Sharpe ratio and backtest overfitting (PBO)."""

from itertools import combinations
from statistics import NormalDist
from typing import Literal, Self, assert_never

import numpy as np
from numpy.typing import ArrayLike

from pregao.scores import Float
from pregao.values import Value

_LOGIT_LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)


class TrackRecord(Value):
    """The moments of a series of returns that tests of its Sharpe ratio need.

    >>> TrackRecord.from_returns([0.01, -0.02, 0.03, 0.0]).num_observations
    4
    """

    sharpe: float
    """Mean over standard deviation of one-session returns; times ``sqrt(252)`` for a year."""
    num_observations: int
    skewness: float = 0.0
    kurtosis: float = 3.0
    """3 for a normal distribution."""

    @classmethod
    def from_returns(cls, returns: ArrayLike) -> Self:
        """Measure returns of single sessions: (n,). Without variance the Sharpe ratio is 0.

        Split the return of a position over several sessions into those of its sessions:
        overlapping returns would be counted more than once.
        """
        values = np.asarray(returns, np.float64)
        centred = values - values.mean() if len(values) else values
        variance = float((centred**2).mean()) if len(values) > 1 else 0.0
        # The variance of constant returns is rounding error.
        if variance <= 1e-24 * float((values**2).max(initial=0.0)):
            return cls(sharpe=0.0, num_observations=len(values))
        deviation = float(values.std(ddof=1))
        return cls(
            sharpe=float(values.mean()) / deviation,
            num_observations=len(values),
            skewness=float((centred**3).mean()) / variance**1.5,
            kurtosis=float((centred**4).mean()) / variance**2,
        )

    @property
    def sampling_variance(self) -> float:
        """The sampling variance of the Sharpe ratio, times the number of observations less one."""
        return 1 - self.skewness * self.sharpe + (self.kurtosis - 1) / 4 * self.sharpe**2


class DeflatedSharpe(Value):
    """A Sharpe ratio tested against the expected maximum of as many trials without skill."""

    track_record: TrackRecord
    num_trials: int
    trial_variance: float
    """Of the trials' Sharpe ratios, per session."""
    expected_max_sharpe: float
    """The expected Sharpe ratio of the best of the trials if none has skill."""
    deflated_sharpe: float
    """The probability that the true Sharpe ratio exceeds that; 0.95 is the usual requirement."""
    probabilistic_sharpe: float
    """The probability that it is above 0, without correction for the trials."""
    minimum_sessions: float | None
    """The sessions needed for significance at 5 %; None if the ratio is below the maximum."""


def probabilistic_sharpe(record: TrackRecord, *, benchmark: float = 0.0) -> float:
    """Return the probability that the true Sharpe ratio exceeds a benchmark.

    ``Phi((SR - SR*) sqrt(n - 1) / sqrt(1 - skew SR + (kurtosis - 1) / 4 SR^2))``, ratios per
    session: one less the p-value of a one-sided test.

    References
    ----------
    Bailey, Lopez de Prado (2012), The Sharpe ratio efficient frontier, Journal of Risk 15(2).

    Examples
    --------
    >>> year = TrackRecord(sharpe=1 / 252**0.5, num_observations=252)
    >>> round(probabilistic_sharpe(year), 2)
    0.84
    """
    score = _distance(record, benchmark) * np.sqrt(max(record.num_observations - 1, 0))
    return NormalDist().cdf(float(score))


def minimum_track_record(
    record: TrackRecord, *, benchmark: float = 0.0, level: float = 0.05
) -> float | None:
    """Return the sessions that such a record needs to exceed a benchmark at this level.

    ``1 + (1 - skew SR + (kurtosis - 1) / 4 SR^2) (z / (SR - SR*))^2``; None if the ratio is not
    above the benchmark at all.

    References
    ----------
    Bailey, Lopez de Prado (2012), The Sharpe ratio efficient frontier, Journal of Risk 15(2).

    Examples
    --------
    An annual ratio of 2 against a benchmark of 1, daily data: almost three years.

    >>> record = TrackRecord(sharpe=2 / 252**0.5, num_observations=252)
    >>> round(minimum_track_record(record, benchmark=1 / 252**0.5) / 252, 2)
    2.73
    """
    distance = _distance(record, benchmark)
    return 1 + (NormalDist().inv_cdf(level) / distance) ** 2 if distance > 0 else None


def expected_max_sharpe(num_trials: int, trial_variance: float) -> float:
    """Return the expected maximum Sharpe ratio of so many trials without skill.

    ``sqrt(V) ((1 - g) z(1 - 1/N) + g z(1 - 1/(N e)))`` with g the constant of Euler and Mascheroni
    and z the normal quantile; 0 for a single trial, where there is no selection.

    References
    ----------
    Bailey, Lopez de Prado (2014), The deflated Sharpe ratio, Journal of Portfolio Management 40(5).

    Examples
    --------
    >>> round(expected_max_sharpe(100, trial_variance=0.5 / 250), 4)
    0.1132
    """
    if num_trials < 1:
        raise ValueError(f"{num_trials} trials: count at least the one that is tested")
    if num_trials == 1:
        return 0.0
    quantile = NormalDist().inv_cdf
    best, next_best = quantile(1 - 1 / num_trials), quantile(1 - 1 / (num_trials * np.e))
    gumbel = (1 - np.euler_gamma) * best + np.euler_gamma * next_best
    return float(np.sqrt(trial_variance) * gumbel)


def deflated_sharpe(
    record: TrackRecord, *, num_trials: int, trial_variance: float | None = None
) -> DeflatedSharpe:
    """Test a Sharpe ratio against the expected maximum of all trials.

    It is `probabilistic_sharpe` with `expected_max_sharpe` as the benchmark.

    Parameters
    ----------
    num_trials
        All that were ever run on these sessions, including discarded ones.
    trial_variance
        The variance of their Sharpe ratios, per session. None takes ``1 / (n - 1)``, that of
        independent trials without skill: conservative for correlated trials, whose expected
        maximum is lower, and too lenient where trials differ in skill or in the time invested.

    References
    ----------
    Bailey, Lopez de Prado (2014), The deflated Sharpe ratio, Journal of Portfolio Management 40(5).

    Examples
    --------
    The paper's example: 2.5 a year over five years of 250 days, best of a hundred.

    >>> record = TrackRecord(
    ...     sharpe=2.5 / 250**0.5, num_observations=1250, skewness=-3, kurtosis=10
    ... )
    >>> round(deflated_sharpe(record, num_trials=100, trial_variance=0.5 / 250).deflated_sharpe, 2)
    0.9
    """
    if trial_variance is None:
        trial_variance = 1 / max(record.num_observations - 1, 1)
    expected_max = expected_max_sharpe(num_trials, trial_variance)
    return DeflatedSharpe(
        track_record=record,
        num_trials=num_trials,
        trial_variance=trial_variance,
        expected_max_sharpe=expected_max,
        deflated_sharpe=probabilistic_sharpe(record, benchmark=expected_max),
        probabilistic_sharpe=probabilistic_sharpe(record),
        minimum_sessions=minimum_track_record(record, benchmark=expected_max),
    )


def _distance(record: TrackRecord, benchmark: float) -> float:
    # The variance is 0 for some two-valued returns, and negative by rounding alone.
    deviation = np.sqrt(max(record.sampling_variance, 1e-12))
    return float((record.sharpe - benchmark) / deviation)


class Overfitting(Value):
    """The out-of-sample performance of the trial that is best in sample, over many splits."""

    pbo: float
    """The share of splits in which it is not above the median trial out of sample."""
    logit_mean: float
    logit_quantiles: tuple[float, float, float, float, float]
    """At 5, 25, 50, 75 and 95 %: of ``log(rank / (1 - rank))`` out of sample; 0 is the median."""
    degradation_slope: float
    """Slope of the out-of-sample on the in-sample performance of the selected trial: 1 where it
    persists, 0 where it does not, negative where it reverses."""
    probability_of_loss: float
    """The share of splits in which the selected trial is below 0 out of sample."""
    num_trials: int
    num_observations: int
    """Sessions used: the largest multiple of the number of groups."""
    num_splits: int


def probability_of_overfitting(
    performance: ArrayLike,
    *,
    num_groups: int = 16,
    measure: Literal["sharpe", "mean"] = "sharpe",
) -> Overfitting:
    """Estimate how often the best trial in sample is not above the median out of sample.

    Combinatorially symmetric cross-validation: sessions are cut into consecutive groups; for each
    choice of half of them the best trial is selected on that half and ranked on the other. Trials
    without skill give a probability near 0.5, one truly superior trial gives one near 0.

    Parameters
    ----------
    performance
        (sessions, trials), higher is better: returns or differences of losses by session. The
        oldest sessions are left out where their number is no multiple of `num_groups`.
    num_groups
        Even. 16 groups have 12,870 choices of half.
    measure
        The performance of a half: mean over standard deviation, or the mean.

    Raises
    ------
    ValueError
        With fewer than two trials, an odd number of groups, or fewer than two sessions a group.

    References
    ----------
    Bailey, Borwein, Lopez de Prado, Zhu (2017), The probability of backtest overfitting, Journal of
    Computational Finance 20(4).

    Examples
    --------
    >>> draw = np.random.default_rng(0)
    >>> noise = draw.normal(0, 0.01, (500, 20))
    >>> skilled = noise + 0.003 * (np.arange(20) == 7)
    >>> found = probability_of_overfitting(skilled, num_groups=8)
    >>> found.num_splits, found.pbo < 0.05 < probability_of_overfitting(noise, num_groups=8).pbo
    (70, True)
    """
    values = np.asarray(performance, np.float64)
    _check(values, num_groups)
    inside = _measure_halves(values, num_groups, measure)
    # Halves are in lexicographic order of their groups, so their complements are in reverse order.
    outside = inside[::-1]
    splits = np.arange(len(inside))
    chosen = inside.argmax(axis=1)
    in_sample, out_of_sample = inside[splits, chosen], outside[splits, chosen]
    rank = _rank(outside, out_of_sample) / (values.shape[1] + 1)
    logits = np.log(rank / (1 - rank))
    five, quarter, median, three_quarters, most = np.quantile(logits, _LOGIT_LEVELS).tolist()
    return Overfitting(
        pbo=float(np.mean(logits <= 0)),
        logit_mean=float(logits.mean()),
        logit_quantiles=(five, quarter, median, three_quarters, most),
        degradation_slope=_slope(in_sample, out_of_sample),
        probability_of_loss=float(np.mean(out_of_sample < 0)),
        num_trials=values.shape[1],
        num_observations=len(values) // num_groups * num_groups,
        num_splits=len(splits),
    )


def _check(values: Float, num_groups: int) -> None:
    num_sessions, num_trials = values.shape
    if num_trials < 2:
        raise ValueError(f"{num_trials} trials: selection needs two or more")
    if num_groups < 2 or num_groups % 2:
        raise ValueError(f"{num_groups} groups have no halves: give an even number")
    if num_sessions < 2 * num_groups:
        raise ValueError(f"{num_sessions} sessions are too few for {num_groups} groups of two")


def _measure_halves(values: Float, num_groups: int, measure: Literal["sharpe", "mean"]) -> Float:
    """Measure every trial on every half of the groups: (halves, trials)."""
    size = len(values) // num_groups
    used = values[len(values) - size * num_groups :]
    level = used.mean(axis=0)
    groups = (used - level).reshape(num_groups, size, -1)
    halves = np.array(list(combinations(range(num_groups), num_groups // 2)))
    taken = np.zeros((len(halves), num_groups))
    np.put_along_axis(taken, halves, 2 / (num_groups * size), axis=1)
    excess = taken @ groups.sum(axis=1)
    means: Float = level + excess
    match measure:
        case "mean":
            return means
        case "sharpe":
            deviations = np.sqrt(np.maximum(taken @ (groups**2).sum(axis=1) - excess**2, 0.0))
            moves = deviations > 1e-12 * np.abs(used).max(axis=0)
            sharpes: Float = np.divide(means, deviations, out=np.zeros_like(means), where=moves)
            return sharpes
        case _:
            assert_never(measure)


def _rank(outside: Float, selected: Float) -> Float:
    """Return the rank of the selected trial, from 1 for the worst; ties share the mean rank."""
    tolerance = 1e-12 * np.abs(outside).max(axis=1, keepdims=True)
    lead = selected[:, None] - outside
    below = (lead > tolerance).sum(axis=1)
    equal = (np.abs(lead) <= tolerance).sum(axis=1)
    ranks: Float = below + (equal + 1) / 2
    return ranks


def _slope(inside: Float, outside: Float) -> float:
    """Return the slope of the second performance on the first; 0 where the first is constant."""
    centred = inside - inside.mean()
    square = float(centred @ centred)
    return float(centred @ outside) / square if square > 1e-24 * float(inside @ inside) else 0.0
