"""Splits that a series of quoted and adjusted closes shows: volume is adjusted for them."""

import numpy as np

from pregao.prices._prices import Bars, Column, Prices

_SAME = 0.002
"""By how much, in log, a step may miss a whole number: closes are rounded."""
_MAX_CONFIRMING_MISS = 0.5
"""The share of a step that the quoted price may miss: it moves on the day of a split too."""


def find_splits(bars: Bars) -> dict[int, float]:
    """Return the splits by row, as new shares for an old one; a grouping is below 1.

    The ratio of adjusted to quoted close steps by a whole number of 2 or more, or by one part of
    it, and the quoted price by its inverse. Other ratios are as likely a large dividend or a
    spin-off, after which as many shares are traded as before. Where the quoted closes are adjusted
    for splits there is none.

    >>> from pregao.prices._prices import COLUMNS
    >>> close = np.array([80.0, 81.0, 10.1, 10.2])
    >>> columns = dict.fromkeys(COLUMNS, close) | {"adj_close": close / [8, 8, 1, 1]}
    >>> bars = Bars.from_columns(np.arange(4).astype("datetime64[D]"), columns)
    >>> find_splits(bars)
    {2: 8.0}
    """
    if len(bars) < 2:
        return {}
    factors = np.log(bars.adj_close) - np.log(bars.close)
    steps = np.diff(factors, prepend=factors[0])
    quoted = np.diff(np.log(bars.close), prepend=np.log(bars.close[0]))
    found = {}
    for row in np.flatnonzero(np.abs(steps) > np.log(2) - _SAME):
        step = float(steps[row])
        is_confirmed = abs(float(quoted[row]) + step) < _MAX_CONFIRMING_MISS * abs(step)
        if is_confirmed and (ratio := _whole_ratio(float(np.exp(step)))) is not None:
            found[int(row)] = ratio
    return found


def split_factors(prices: Prices) -> Column:
    """Return (rows,) what turns shares of each session into shares of the first one.

    On days with stated actions these count, and not what prices show: a dividend of half the price
    looks like a split.
    """
    ratios = find_splits(prices.bars)
    stated: dict[int, float] = {}
    for each in prices.actions:
        if each.session is not None:
            row = int(np.searchsorted(prices.sessions, np.datetime64(each.session)))
            stated[row] = stated.get(row, 1.0) * each.share_factor
    ratios |= {row: ratio for row, ratio in stated.items() if 0 < row < len(prices)}
    factors = np.ones(len(prices))
    for row, ratio in ratios.items():
        factors[row:] /= ratio
    return factors


def _whole_ratio(value: float) -> float | None:
    """Return the whole number, or the part of one, that a value is near."""
    size = value if value >= 1 else 1 / value
    ratio = float(round(size))
    if abs(np.log(size / ratio)) >= _SAME:
        return None
    return ratio if value >= 1 else 1 / ratio
