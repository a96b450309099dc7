"""The stationary block bootstrap, and confidence intervals of skill from it."""

import math

import numpy as np
from numpy.typing import ArrayLike

from pregao.instruments import Sessions
from pregao.scores import FEWEST_OBSERVATIONS, Float, mean_by_date, skill
from pregao.values import Value

_FEWEST_BLOCKS = 4


class Interval(Value):
    """An estimate with its bootstrap confidence interval."""

    estimate: float
    low: float | None
    """None, as `high`, where the sessions are too few for an interval."""
    high: float | None
    level: float
    """The nominal coverage."""
    num_observations: int
    """Dates, after averaging over the windows of each."""
    block_sessions: int


def is_enough(num_dates: int, horizon: int) -> bool:
    """Return whether there are dates enough to resample: eight, and four horizons."""
    return num_dates >= max(FEWEST_OBSERVATIONS, _FEWEST_BLOCKS * horizon)


def block_sessions_for(num_dates: int, horizon: int) -> int:
    """Return the mean block length in sessions.

    Forecasts over a horizon share returns with those of the next ``horizon - 1`` dates. Blocks of
    one horizon would miss a third of the resulting variance, so blocks span three horizons, or the
    cube root of the number of dates if that is more; fewer where not even eight blocks would be
    left, and at least one horizon.

    >>> [block_sessions_for(dates, horizon=10) for dates in (60, 1000, 30_000)]
    [10, 30, 31]
    """
    at_most = num_dates // FEWEST_OBSERVATIONS
    return max(horizon, min(3 * horizon, at_most), round(math.cbrt(num_dates)))


def resampling_weights(
    num_dates: int, *, block_sessions: int, num_resamples: int, seed: int
) -> Float:
    """Return the weight of each date in each resample: (resamples, dates), rows sum to 1.

    The stationary bootstrap: blocks begin anywhere, their lengths are geometric, and the last date
    is followed by the first. The means of all columns in all resamples are then one product,
    ``weights @ values``.

    References
    ----------
    Politis, Romano (1994), The stationary bootstrap, Journal of the American Statistical
    Association 89(428).
    """
    generator = np.random.default_rng(seed)
    begins = generator.random((num_resamples, num_dates)) < 1 / block_sessions
    begins[:, 0] = True
    place = np.flatnonzero(begins)
    length = np.diff(place, append=begins.size)
    first = generator.integers(num_dates, size=len(place))
    stop = first + length
    # A block adds one where it begins and subtracts one where it stops; one that wraps around to
    # the first date does so twice. Each row has one extra column for blocks that end with it.
    row = place // num_dates * (num_dates + 1)
    over = stop > num_dates
    ups = np.concatenate([row + first, row[over]])
    downs = np.concatenate([row + np.minimum(stop, num_dates), (row + stop - num_dates)[over]])
    size = num_resamples * (num_dates + 1)
    times = np.cumsum(np.bincount(ups, minlength=size) - np.bincount(downs, minlength=size))
    return times.reshape(num_resamples, -1)[:, :-1] / num_dates


def skill_interval(
    loss: ArrayLike,
    naive_loss: ArrayLike,
    *,
    sessions: Sessions,
    horizon: int,
    level: float = 0.95,
    num_resamples: int = 2000,
    seed: int = 0,
) -> Interval:
    """Return the skill, ``1 - mean loss / mean naive loss``, with its confidence interval.

    Losses are averaged by date, then pairs of them are resampled in blocks. The ends are quantiles
    of the resampled skills, at levels widened from the normal distribution to Student's t with as
    many degrees of freedom as blocks less one. A nominal 95 % interval covers 95 % at one step
    ahead, and 91 % for a loss of the last of ten steps alone, where losses overlap most. Each date
    counts once, whatever the number of its windows.

    Both ends are None with fewer than 8 dates or than four horizons, or where the naive loss is 0.

    Parameters
    ----------
    loss, naive_loss
        (n,) of the same windows.
    sessions
        (n,) the cutoff of each window.
    horizon
        Steps ahead of the longest forecast in the loss.

    References
    ----------
    Hesterberg (2015), What teachers should know about the bootstrap, The American Statistician
    69(4), for the quantiles.

    Examples
    --------
    >>> days = np.datetime64("2020-01-01") + np.arange(400)
    >>> naive = np.random.default_rng(0).gamma(2, 1, 400)
    >>> better = 0.9 * naive + np.random.default_rng(1).normal(0, 0.2, 400)
    >>> found = skill_interval(better, naive, sessions=days, horizon=1)
    >>> round(found.low, 2), round(found.estimate, 2), round(found.high, 2)
    (0.1, 0.11, 0.12)
    """
    both = np.stack([np.asarray(each, np.float64) for each in (loss, naive_loss)], axis=1)
    daily = mean_by_date(both, sessions)
    num_dates = len(daily)
    own, naive = daily.mean(axis=0)
    block_sessions = block_sessions_for(num_dates, horizon)
    low = high = None
    if is_enough(num_dates, horizon) and naive > 0:
        weights = resampling_weights(
            num_dates, block_sessions=block_sessions, num_resamples=num_resamples, seed=seed
        )
        resampled = weights @ daily
        tail = _tail((1 - level) / 2, num_dates / block_sessions)
        # A resample of windows whose price does not move has no loss to save.
        skills = [skill(*each) for each in resampled.tolist()]
        low, high = (float(end) for end in np.quantile(skills, [tail, 1 - tail]))
    return Interval(
        estimate=skill(float(own), float(naive)),
        low=low,
        high=high,
        level=level,
        num_observations=num_dates,
        block_sessions=block_sessions,
    )


def _tail(share: float, num_blocks: float) -> float:
    """Return the quantile level that leaves this share outside, given the number of blocks."""
    # Imported here: a server starts without scipy.
    from scipy.special import ndtr, stdtrit

    beyond = np.sqrt(num_blocks / (num_blocks - 1)) * stdtrit(num_blocks - 1, share)
    return float(ndtr(beyond))
