"""Steps of the adjusted close that nothing in the series explains.

A step is judged against the volatility that was known before it, and against what else changes
when prices really move: the range of the day, the volume, and the days around it. A split that was
not adjusted for, a wrong unit or a wrong price changes the level between two closes, and leaves the
rest of the bar as on any other day; news, a crash or a squeeze does not.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pregao.findings import Severity
from pregao.prices._prices import Bars, Column
from pregao.prices._scale import LARGE, MIN_SCALE, UNUSUAL, WINDOW, robust_scale

_VOLUME_WINDOW = 20
_MIN_BEFORE = 20
_AROUND = 5
_MAX_GLITCH_SESSIONS = 20

_OUTLIER = 6.0
"""In daily standard deviations."""
_VERY_LARGE = 0.6
"""In log: a split 2:1 (0.69) trades more shares in the days of the split itself."""
_HUGE = 2.4
"""In log, about a factor of 11: volume alone does not explain it."""
_MIN_CHANGES = 20
"""Fewer changes of the close do not show the tick."""
_FEW_TICKS = 3.5
"""A price of a few ticks moves by large steps."""
_NEWS_VOLUME = 3.0
_VERY_LARGE_NEWS = 1.25
_NEWS_VOLUME_OF_LARGE = 10.0
"""Of a step by a factor of 3.5 or more."""
_SAME_LEVEL = 0.2
"""The share of a step by which the way back may differ: prices move in between."""
_ORDINARY_VOLUME = 1.5
_ORDINARY_RANGE = 0.5
"""The largest range of the day, as a share of a step that came between two closes."""
_TURBULENCE = 0.4
"""The largest move of the days around, as a share of a step that stands alone."""


@dataclass(frozen=True)
class Step:
    """A move between the closes of `row` - 1 and `row` that the rest of the bar does not show."""

    row: int
    size: float
    """The log return."""
    scale: float
    """The daily standard deviation known before it, robustly estimated."""
    severity: Severity

    @property
    def is_large(self) -> bool:
        """Whether it may be a split that was not adjusted for; smaller ones happen."""
        return abs(self.size) >= LARGE

    @property
    def ratio(self) -> float:
        """The later price by the earlier one."""
        return float(np.exp(self.size))


@dataclass(frozen=True)
class Glitch:
    """Rows at another level than those on both sides."""

    first: int
    stop: int
    size: float
    severity: Severity

    @property
    def ratio(self) -> float:
        """The prices of these rows by those around."""
        return float(np.exp(self.size))


@dataclass(frozen=True)
class Steps:
    """The unexplained steps of a series, those that revert apart."""

    lasting: tuple[Step, ...]
    glitches: tuple[Glitch, ...]


def find_steps(bars: Bars, without: Collection[int] = ()) -> Steps:
    """Find the steps of the adjusted close that nothing in the series explains.

    Parameters
    ----------
    without
        Rows whose move is no return of a session, as after a hole.
    """
    if len(bars) < 3:
        return Steps((), ())
    moves = _Moves.of(bars, without)
    rows, scales = moves.unusual_rows()
    unusual = dict(zip(rows.tolist(), scales.tolist(), strict=True))
    glitches = _find_glitches(moves, unusual)
    inside = {row for each in glitches for row in (each.first, each.stop)}
    lasting = [
        step
        for row, scale in unusual.items()
        if row not in inside and (step := _lasting_step(moves, row, scale, inside)) is not None
    ]
    return Steps(tuple(lasting), tuple(glitches))


@dataclass(frozen=True)
class _Moves:
    """The returns of a series, and what accompanies them."""

    returns: Column
    ranges: Column
    volume: Column
    ticks: Column
    """The smallest change of a quoted close, in log."""

    @classmethod
    def of(cls, bars: Bars, without: Collection[int]) -> "_Moves":
        returns = np.diff(np.log(bars.adj_close), prepend=np.log(bars.adj_close[0]))
        returns[list(without)] = 0.0
        changes = np.abs(np.diff(bars.close))
        changes = changes[changes > 0]
        tick = float(changes.min()) if len(changes) >= _MIN_CHANGES else 0.0
        ticks = np.log1p(tick / bars.close)
        return cls(returns, np.log(bars.high) - np.log(bars.low), bars.volume, ticks)

    def unusual_rows(self) -> tuple[NDArray[np.intp], Column]:
        """Return the rows of moves beyond three daily standard deviations, and these."""
        sizes = np.abs(self.returns)
        rows = np.flatnonzero(self._is_beyond_a_cheap_bound(sizes))
        windows = rows[:, None] + np.arange(-WINDOW, 0)
        before = np.where(windows >= 1, sizes[np.maximum(windows, 0)], np.nan)
        scales = np.empty(len(rows))
        late = rows > _MIN_BEFORE
        if late.any():
            scales[late] = robust_scale(before[late])
        for place in np.flatnonzero(~late):
            row = rows[place]
            scales[place] = robust_scale(np.r_[sizes[1:row], sizes[row + 1 : row + 1 + WINDOW]])
        is_unusual = sizes[rows] > np.maximum(UNUSUAL * scales, _FEW_TICKS * self.ticks[rows])
        return rows[is_unusual], scales[is_unusual]

    @staticmethod
    def _is_beyond_a_cheap_bound(sizes: Column) -> NDArray[np.bool_]:
        """Leave out most rows by a moving mean: the median takes sixty times as long."""
        capped = np.minimum(sizes, 0.05)
        sums = np.r_[0.0, np.cumsum(capped)]
        rows = np.arange(len(sizes))
        first = np.maximum(rows - WINDOW, 0)
        mean = (sums[rows] - sums[first]) / np.maximum(rows - first, 1)
        is_beyond: NDArray[np.bool_] = (sizes > 2 * mean) | (rows <= _MIN_BEFORE) | (sizes > LARGE)
        return is_beyond & (sizes > UNUSUAL * MIN_SCALE)

    def relative_volume(self, row: int) -> float:
        """Return the volume by that of the sessions before; 1 where there is none.

        After a split that is not adjusted for, as many more shares are traded.
        """
        usual = float(np.median(self.volume[max(0, row - _VOLUME_WINDOW) : row]))
        explained = max(1.0, float(np.exp(-self.returns[row])))
        if usual <= 0:
            return 1.0 if self.volume[row] == 0 else np.inf
        return float(self.volume[row]) / usual / explained

    def relative_range(self, row: int) -> float:
        """Return the range of the day as a share of its move."""
        return float(self.ranges[row] / abs(self.returns[row]))

    def largest_around(self, row: int, without: set[int]) -> float:
        """Return the largest move of the days around a row as a share of its own."""
        around = [
            abs(float(self.returns[each]))
            for each in range(max(1, row - _AROUND), min(len(self.returns), row + _AROUND + 1))
            if each != row and each not in without
        ]
        return max(around, default=0.0) / abs(float(self.returns[row]))


def _find_glitches(moves: _Moves, unusual: Mapping[int, float]) -> list[Glitch]:
    """Pair each unusual move with the next one that takes it back."""
    found: list[Glitch] = []
    stop_of_last = 0
    returns = moves.returns
    candidates = list(unusual)
    for place, row in enumerate(candidates):
        size, scale = float(returns[row]), unusual[row]
        if row <= stop_of_last or abs(size) < _OUTLIER * scale:
            continue
        tolerance = max(UNUSUAL * scale, _SAME_LEVEL * abs(size))
        for back in candidates[place + 1 :]:
            if back - row > _MAX_GLITCH_SESSIONS:
                break
            level = float(returns[row : back + 1].sum())
            is_back = size * float(returns[back]) < 0 and abs(level) <= tolerance
            if is_back and abs(size + float(returns[back])) <= tolerance + _SAME_LEVEL * abs(size):
                severity = _glitch_severity(moves, row, back)
                if severity is not None:
                    found.append(Glitch(row, back, size, severity))
                    stop_of_last = back
                break
    return found


def _glitch_severity(moves: _Moves, row: int, back: int) -> Severity | None:
    size = abs(float(moves.returns[row]))
    ends = (row, back)
    volumes = [moves.relative_volume(each) for each in ends]
    ranges = [moves.relative_range(each) for each in ends]
    if size >= _HUGE:
        return "error"
    if min(ranges) >= _ORDINARY_RANGE:
        return None
    if max(moves.largest_around(each, {row, back}) for each in ends) >= _TURBULENCE:
        return None
    if size >= LARGE and max(volumes) < _news_volume(size) and max(ranges) < _ORDINARY_RANGE:
        return "error"
    return "warning" if min(volumes) < _ORDINARY_VOLUME else None


def _lasting_step(moves: _Moves, row: int, scale: float, glitch_rows: set[int]) -> Step | None:
    size = float(moves.returns[row])
    times = abs(size) / scale
    volume = moves.relative_volume(row)
    is_turbulent = moves.largest_around(row, glitch_rows) >= _TURBULENCE
    is_within_close = moves.relative_range(row) < _ORDINARY_RANGE
    severity: Severity
    if abs(size) >= _HUGE and times > _OUTLIER:
        if is_turbulent and volume >= _NEWS_VOLUME:
            return None
        severity = "error"
    elif is_turbulent or not is_within_close or volume >= _news_volume(size):
        return None
    elif abs(size) >= LARGE and times > _OUTLIER:
        is_likely = volume < _ORDINARY_VOLUME or abs(size) >= _VERY_LARGE
        severity = "error" if is_likely else "warning"
    elif volume >= _ORDINARY_VOLUME:
        return None
    else:
        severity = "warning" if times > _OUTLIER else "info"
    return Step(row, size, scale, severity)


def _news_volume(size: float) -> float:
    """Return the relative volume from which on news explains a step of a size in log."""
    return _NEWS_VOLUME if abs(size) < _VERY_LARGE_NEWS else _NEWS_VOLUME_OF_LARGE


def true_runs(rows: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Yield the runs of True as (first, after the last).

    >>> list(true_runs(np.array([True, True, False, True])))
    [(0, 2), (3, 4)]
    """
    edges = np.flatnonzero(np.diff(np.r_[0, rows.astype(np.int8), 0]))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
