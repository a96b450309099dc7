"""Jumps near a split ratio: splits missed or applied twice, and prices in the wrong unit.

A real crash can be near a ratio too (Apple fell by 51.9 % on 2000-09-29). Three properties
distinguish a split: it is an outlier against the days around it, it misses the ratio by no more
than an ordinary day's return, and it leaves the volume as it was, or changes it by the ratio, while
on bad news many times the usual number of shares is traded.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pregao.prices._prices import Bars, Column

RATIOS = (2, 3, 4, 5, 10, 20, 100, 1000)
_MAX_GLITCH_SESSIONS = 20
_MIN_TOLERANCE, _MAX_TOLERANCE = 0.04, 0.11
_OUTLIER_FACTOR = 5.0
_NEWS_VOLUME_FACTOR = 3.0


@dataclass(frozen=True)
class Jump:
    """The close of `row` is about `ratio` times (``is_up``) or one `ratio`-th of the one before."""

    row: int
    ratio: int
    is_up: bool


def find_jumps(bars: Bars) -> tuple[Jump, ...]:
    """Find the jumps of the adjusted close near a split ratio, those on news excepted."""
    returns = np.diff(np.log(bars.adj_close), prepend=np.nan)
    # The smallest ratio less the largest tolerance: anything closer to zero is an ordinary day.
    candidates = np.flatnonzero(np.abs(returns) > np.log(RATIOS[0]) - _MAX_TOLERANCE)
    return tuple(jump for row in candidates if (jump := _jump(bars, returns, int(row))) is not None)


def separate_glitches(
    jumps: tuple[Jump, ...],
) -> tuple[list[tuple[int, int, int]], list[Jump]]:
    """Separate glitches (first row, row after the last, ratio) from lasting jumps.

    A glitch reverts by the same ratio within twenty sessions: prices in a wrong unit, or a bad
    tick.
    """
    glitches: list[tuple[int, int, int]] = []
    lasting: list[Jump] = []
    rest = list(jumps)
    while rest:
        jump = rest.pop(0)
        if rest and _reverts(jump, rest[0]):
            glitches.append((jump.row, rest.pop(0).row, jump.ratio))
        else:
            lasting.append(jump)
    return glitches, lasting


def _reverts(jump: Jump, back: Jump) -> bool:
    is_near = back.row - jump.row <= _MAX_GLITCH_SESSIONS
    return is_near and back.ratio == jump.ratio and back.is_up != jump.is_up


def _jump(bars: Bars, returns: Column, row: int) -> Jump | None:
    """Classify one candidate by sixty sessions on either side: a check may read later bars."""
    around = np.delete(returns[max(1, row - 60) : row + 61], min(row - 1, 60))
    usual = 1.4826 * float(np.median(np.abs(around))) if len(around) else 0.0
    size = abs(float(returns[row]))
    tolerance = float(np.clip(3 * usual, _MIN_TOLERANCE, _MAX_TOLERANCE))
    for ratio in RATIOS:
        if abs(size - np.log(ratio)) <= tolerance and size > _OUTLIER_FACTOR * usual:
            jump = Jump(row, ratio, bool(returns[row] > 0))
            return None if _is_news(bars, jump) else jump
    return None


def _is_news(bars: Bars, jump: Jump) -> bool:
    """Return whether far more shares were traded than a split into `ratio` parts explains."""
    before = bars.volume[max(0, jump.row - 20) : jump.row]
    usual = float(np.median(before))
    explained = 1 if jump.is_up else jump.ratio
    return usual > 0 and bars.volume[jump.row] > _NEWS_VOLUME_FACTOR * explained * usual


def true_runs(rows: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Yield the runs of True as (first, after the last).

    >>> list(true_runs(np.array([True, True, False, True])))
    [(0, 2), (3, 4)]
    """
    edges = np.flatnonzero(np.diff(np.r_[0, rows.astype(np.int8), 0]))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
