"""Each column judged by its own history and by the others: extremes, adjustment, repetition."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pregao.findings import Severity
from pregao.prices._prices import Bars
from pregao.prices._scale import LARGE, UNUSUAL, WINDOW, robust_scale

Rows = NDArray[np.bool_]

_MIN_WICK = 0.25
"""In log: of 1.9 million bars of 400 American and Brazilian shares 80 have a longer wick, and 26
one that is unusual for the share too."""
_IMPOSSIBLE_WICK = 1.1
"""In log, a factor of three: longer than any of the flash crash of 2010-05-06."""
_WICK_OUTLIER = 8.0
"""By the median range of the sixty sessions before."""
_MIN_ACTION = 0.02
_MIN_FALL_OF_FACTOR = 0.005
_LARGE_FALL_OF_FACTOR = 0.05


@dataclass(frozen=True)
class ColumnDefect:
    """Rows in which one column contradicts its history or another column."""

    rows: Rows
    severity: Severity
    largest: float
    """The largest deviation, as a factor of 1 or more."""


def find_long_wicks(bars: Bars) -> ColumnDefect | None:
    """Find highs and lows that are far beyond open and close, and beyond what is usual."""
    if len(bars) == 0:
        return None
    top, bottom = np.maximum(bars.open, bars.close), np.minimum(bars.open, bars.close)
    wicks = np.maximum(np.log(bars.high) - np.log(top), np.log(bottom) - np.log(bars.low))
    rows: Rows = wicks > _MIN_WICK
    ranges = np.log(bars.high) - np.log(bars.low)
    for row in np.flatnonzero(rows):
        before = ranges[max(0, row - WINDOW) : row]
        usual = float(np.median(before if len(before) >= 5 else ranges))
        rows[row] = wicks[row] > _WICK_OUTLIER * usual or wicks[row] > _IMPOSSIBLE_WICK
    if not rows.any():
        return None
    largest = float(wicks[rows].max())
    return ColumnDefect(rows, "error" if largest > _IMPOSSIBLE_WICK else "warning", np.exp(largest))


def find_contradicted_adjustments(bars: Bars) -> ColumnDefect | None:
    """Find steps of adj_close / close that the quoted prices do not confirm.

    The ratio rises at an ex-date by the dividend, by which the quoted price falls; it never falls.
    A rise that makes the adjusted return unusual, while the quoted price hardly moves, is a
    dividend that was not paid, or paid in another unit.
    """
    if len(bars) < 3:
        return None
    factors = np.log(bars.adj_close) - np.log(bars.close)
    steps = np.diff(factors, prepend=factors[0])
    quoted = np.diff(np.log(bars.close), prepend=np.log(bars.close[0]))
    falls: Rows = steps < -_MIN_FALL_OF_FACTOR
    # A split that close does not know and adj_close does moves both, and is confirmed so.
    falls &= ~(np.abs(steps + quoted) < np.abs(quoted) / 2)
    rises = np.flatnonzero((steps > _MIN_ACTION) & (quoted > -0.3 * steps))
    is_unconfirmed = np.zeros(len(bars), bool)
    returns = np.abs(steps + quoted)
    for row in rises:
        before = returns[max(1, row - WINDOW) : row]
        is_unconfirmed[row] = returns[row] > UNUSUAL * robust_scale(before)
    rows = falls | is_unconfirmed
    if not rows.any():
        return None
    largest = float(np.abs(steps[rows]).max())
    is_error = bool((steps[falls] < -_LARGE_FALL_OF_FACTOR).any()) or largest >= LARGE
    return ColumnDefect(rows, "error" if is_error else "warning", float(np.exp(largest)))


def find_copied_bars(bars: Bars) -> Rows:
    """Find bars with trades that equal the bar before in every column: dates that were invented."""
    rows = np.zeros(len(bars), bool)
    if len(bars) < 2:
        return rows
    same: Rows = bars.volume[1:] > 0
    for name, column in bars.columns.items():
        if name not in {"best_bid", "best_ask"}:
            same = same & (np.diff(column) == 0)
    rows[1:] = same
    return rows
