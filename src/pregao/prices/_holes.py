"""Holes: sessions without a bar, over which no window and no return is formed."""

from dataclasses import dataclass

import numpy as np

from pregao.instruments import Sessions, Symbol, calendar_start, sessions_between

MAX_HOLE_SESSIONS = 5
"""Sessions that may be absent between two bars; more are a hole, as of a halt."""


@dataclass(frozen=True)
class Hole:
    """A hole before the bar of `row`."""

    row: int
    num_absent: int
    """The exchange's sessions between the two bars."""


def find_holes(sessions: Sessions, symbol: Symbol) -> tuple[Hole, ...]:
    """Find the holes of a series; its sessions ascend.

    Before `calendar_start` weekdays are counted.

    >>> days = np.array(["2024-01-02", "2024-01-03", "2024-03-01"], "datetime64[D]")
    >>> find_holes(days, Symbol.parse("NVDA"))
    (Hole(row=2, num_absent=39),)
    """
    found = []
    for row in np.flatnonzero(np.diff(sessions) > np.timedelta64(MAX_HOLE_SESSIONS + 1, "D")) + 1:
        before, after = sessions[row - 1], sessions[row]
        if before < calendar_start(symbol.exchange):
            num_absent = int(np.busday_count(before, after)) - 1
        else:
            between = sessions_between(symbol.exchange, before, after)
            num_absent = int(((between > before) & (between < after)).sum())
        if num_absent > MAX_HOLE_SESSIONS:
            found.append(Hole(int(row), num_absent))
    return tuple(found)
