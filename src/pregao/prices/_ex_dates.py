"""Overnight falls of quoted prices that look like ex-dates: the day itself is an ordinary one."""

import numpy as np

from pregao.instruments import Sessions, as_date
from pregao.prices._prices import Bars, Column
from pregao.prices._scale import WINDOW, robust_scale
from pregao.values import Text, bilingual

_FALL = 4.0
"""By the usual move overnight. With these limits 13 of 1,983 nights of PETR4 are found, 10 of them
before one of its 26 ex-dates; the other dividends are too small to be told from moves."""
_MIN_FALL = 0.015
_ORDINARY = 1.6
"""Times the median of the twenty sessions before, of volume and of range."""
_USUAL_SESSIONS = 20
FALLS = (bilingual("overnight fall"), bilingual("overnight falls"))


def likely_ex_dates(bars: Bars) -> Sessions:
    """Return sessions that open far below the close before, and then trade as on any day.

    A fall that the adjusted closes hold is none.

    Parameters
    ----------
    bars
        Raw bars in any order.
    """
    bars = bars.take(np.argsort(bars.sessions, kind="stable"))
    with np.errstate(divide="ignore", invalid="ignore"):
        opening = bars.open * (bars.adj_close / bars.close)
        nights = np.log(opening) - np.log(np.r_[np.nan, bars.adj_close[:-1]])
        ranges = np.log(bars.high) - np.log(bars.low)
    rows = np.flatnonzero(nights < -_MIN_FALL)
    found = [
        row
        for row in rows[rows > _USUAL_SESSIONS]
        if nights[row] < -_FALL * float(robust_scale(np.abs(nights[max(1, row - WINDOW) : row])))
        and _is_ordinary(bars.volume, row)
        and _is_ordinary(ranges, row)
    ]
    return bars.sessions[found]


def day_text(session: np.datetime64) -> Text:
    """Return a session's date in both languages."""
    return bilingual("{day}", day=as_date(session))


def _is_ordinary(column: Column, row: int) -> bool:
    usual = float(np.nanmedian(column[row - _USUAL_SESSIONS : row]))
    return bool(column[row] <= _ORDINARY * usual)
