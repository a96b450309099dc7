"""The Model Confidence Set: the forecasters not significantly worse than the best."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from pregao.inference._bootstrap import block_sessions_for, is_enough, resampling_weights
from pregao.instruments import Sessions
from pregao.scores import ROUNDING, SINGLE_PRECISION, Float, mean_by_date
from pregao.values import Value


class ConfidenceSet(Value):
    """The set that contains the best forecaster with a probability of 1 - level."""

    level: float
    p_values: dict[str, float]
    """The largest level at which each forecaster is still a member, in the order given."""
    members: tuple[str, ...]
    """Those with a p-value above the level; never empty."""
    num_observations: int
    """Dates, after averaging over the windows of each."""
    block_sessions: int


def confidence_set(
    losses: Mapping[str, Float],
    *,
    sessions: Sessions,
    horizon: int,
    level: float = 0.10,
    num_resamples: int = 1000,
    seed: int = 0,
) -> ConfidenceSet:
    """Find the forecasters that are not significantly worse than the best on the same windows.

    The null hypothesis is equal predictive ability; the statistic is the largest studentised
    difference of two mean losses, ``max |L_i - L_j| / sd``, with a stationary block bootstrap for
    its distribution. On rejection the worst forecaster is eliminated and the test is repeated. A
    forecaster's p-value is the largest one up to its elimination; that of the last is 1.

    Forecasters whose losses are equal to single precision are kept or eliminated together. No two
    are distinguished that differ by a constant, and none with fewer than 8 dates or than four
    horizons.

    Parameters
    ----------
    losses
        (n,) losses of each forecaster, all of the same windows.
    sessions
        (n,) the cutoff of each window: losses are averaged by date first.
    horizon
        Steps ahead of the longest forecast in the loss; blocks have at least as many dates.

    References
    ----------
    Hansen, Lunde, Nason (2011), The model confidence set, Econometrica 79(2): the range statistic
    and its elimination rule.

    Examples
    --------
    >>> draw = np.random.default_rng(0)
    >>> days, hard = np.datetime64("2020-01-01") + np.arange(300), draw.gamma(2, 1, 300)
    >>> losses = {
    ...     name: hard + worse + draw.normal(0, 0.5, 300)
    ...     for name, worse in {"lstm": 0.0, "gru": 0.01, "naive": 0.3}.items()
    ... }
    >>> confidence_set(losses, sessions=days, horizon=1).members
    ('lstm', 'gru')
    """
    names = tuple(losses)
    assert names, "at least one forecaster"
    columns = [np.asarray(each, np.float64) for each in losses.values()]
    daily = mean_by_date(np.stack(columns, axis=1), sessions)
    num_dates = len(daily)
    block_sessions = block_sessions_for(num_dates, horizon)
    p_values = np.ones(len(names))
    if is_enough(num_dates, horizon):
        weights = resampling_weights(
            num_dates, block_sessions=block_sessions, num_resamples=num_resamples, seed=seed
        )
        distinct, group = _distinct(daily)
        own = daily[:, distinct]
        p_values = set_p_values(own.mean(axis=0), weights @ own)[group]
    by_name = {name: float(each) for name, each in zip(names, p_values, strict=True)}
    return ConfidenceSet(
        level=level,
        p_values=by_name,
        members=tuple(name for name in names if by_name[name] > level),
        num_observations=num_dates,
        block_sessions=block_sessions,
    )


def set_p_values(means: Float, resampled: Float) -> Float:
    """Return the p-value of each forecaster: (k,), from (k,) means and (resamples, k) resamples.

    The order of elimination does not depend on the resamples, so the largest difference within each
    remaining set is computed from the last forecaster backwards: each one that is added back is
    compared once with those already there.
    """
    centred = resampled - means
    deviations = np.stack([_deviations(centred, row) for row in range(len(means))])
    levels = np.abs(means)
    deviations[deviations <= ROUNDING * (levels[:, None] + levels)] = 0.0
    statistics = _ratio(means[:, None] - means, deviations)
    *eliminated, last = _elimination_order(statistics)
    p_values = np.ones(len(means))
    left, largest = [last], np.zeros(len(resampled))
    for row in reversed(eliminated):
        differences = np.abs(centred[:, [row]] - centred[:, left])
        largest = np.maximum(largest, _ratio(differences, deviations[row, left]).max(axis=1))
        left.append(row)
        statistic = statistics[np.ix_(left, left)].max()
        p_values[row] = np.mean(largest >= statistic)
    in_order = [*eliminated, last]
    p_values[in_order] = np.maximum.accumulate(p_values[in_order])
    return p_values


def _elimination_order(statistics: Float) -> list[int]:
    """Return the order of elimination: at each step the worse one of the largest difference."""
    left = list(range(len(statistics)))
    order = []
    while len(left) > 1:
        among = statistics[np.ix_(left, left)]
        order.append(left.pop(int(among.max(axis=1).argmax())))
    return order + left


def _deviations(centred: Float, row: int) -> Float:
    """Return the standard deviation of one forecaster's mean difference from each: (k,)."""
    differences = centred[:, [row]] - centred
    deviations: Float = np.sqrt((differences**2).mean(axis=0))
    return deviations


def _ratio(differences: Float, deviations: Float) -> Float:
    """Studentise; the ratio is 0 where the deviation is."""
    zero = np.zeros(np.broadcast_shapes(differences.shape, deviations.shape))
    ratios: Float = np.divide(differences, deviations, out=zero, where=deviations > 0)
    return ratios


def _distinct(daily: Float) -> tuple[list[int], NDArray[np.intp]]:
    """Return the first of each group of equal columns, and each column's index into those."""
    tolerance = SINGLE_PRECISION * np.abs(daily).mean(axis=0)
    distinct: list[int] = []
    group = np.empty(daily.shape[1], np.intp)
    for column in range(daily.shape[1]):
        difference = np.abs(daily[:, distinct] - daily[:, [column]]).max(axis=0)
        equal = np.flatnonzero(difference <= tolerance[distinct])
        if not len(equal):
            distinct.append(column)
        group[column] = equal[0] if len(equal) else len(distinct) - 1
    return distinct, group
