"""Calendars: the sessions of an exchange, which are not business days."""

import warnings
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from pregao.errors import InputError
from pregao.instruments._exchanges import B3, CRYPTO, FOREX, LONDON, NYSE, TOKYO, Exchange
from pregao.texts import gettext_lazy as _

Sessions = NDArray[np.datetime64]
"""Exchange-local dates, ``datetime64[D]``, ascending."""

CLOSE_GRACE = timedelta(hours=1)
"""For how long after the close a bar may still change, by auctions and late providers."""

# Before these days the calendars are unreliable (at NYSE Saturdays were sessions until 1952).
_KNOWN_FROM = {
    B3.code: np.datetime64("1990-01-01"),
    NYSE.code: np.datetime64("1953-01-01"),
    TOKYO.code: np.datetime64("1997-01-01"),
    LONDON.code: np.datetime64("1990-01-01"),
}
_OTHERS_KNOWN_FROM = np.datetime64("2000-01-01")
_KNOWN_UNTIL = {"XHKG": 2049, "XKRX": 2050}
"""The last years of calendars that follow the moon."""
_CALENDARS = {CRYPTO.code: "24/7", FOREX.code: "24/5", "XTSX": "XTSE"}
"""The names of calendars that are not the exchange's code."""


def calendar_name(exchange: Exchange) -> str:
    """Return the name of the calendar of an exchange.

    >>> from pregao.instruments import B3
    >>> calendar_name(B3), calendar_name(CRYPTO)
    ('BVMF', '24/7')
    """
    return _CALENDARS.get(exchange.code, exchange.code)


def calendar_start(exchange: Exchange) -> np.datetime64:
    """Return the first day on which the calendar of an exchange is reliable.

    >>> from pregao.instruments import TOKYO
    >>> str(calendar_start(TOKYO))
    '1997-01-01'
    """
    return _KNOWN_FROM.get(exchange.code, _OTHERS_KNOWN_FROM)


def sessions_between(exchange: Exchange, first: np.datetime64, last: np.datetime64) -> Sessions:
    """Return the sessions of an exchange from `first` to `last`, both included.

    There are none before `calendar_start`: no calendar is better than a wrong one.

    >>> from pregao.instruments import B3
    >>> carnival = sessions_between(B3, np.datetime64("2024-02-09"), np.datetime64("2024-02-14"))
    >>> [str(session) for session in carnival]
    ['2024-02-09', '2024-02-14']
    """
    first = max(_day(first), calendar_start(exchange))
    last = _day(last)
    if last < first:
        return np.empty(0, "datetime64[D]")
    # Whole decades, so that nearby calls share one calendar: making one takes 0.1 s.
    sessions, _ = _calendar_until(exchange.code, _last_year_of_decade(last))
    start, stop = np.searchsorted(sessions, [first, last + np.timedelta64(1, "D")])
    return sessions[start:stop]


def next_sessions(exchange: Exchange, after: np.datetime64, count: int) -> Sessions:
    """Return the `count` sessions that follow the day `after`.

    Raises
    ------
    InputError
        If they lie before `calendar_start`.

    >>> from pregao.instruments import NYSE
    >>> [str(session) for session in next_sessions(NYSE, np.datetime64("2018-12-31"), 2)]
    ['2019-01-02', '2019-01-03']
    """
    # No exchange here closes for more than two weeks, and none holds fewer than 4 sessions in 7
    # days for long: the margin covers both.
    last = _day(after) + np.timedelta64(30 + 2 * count, "D")
    first = _day(after) + np.timedelta64(1, "D")
    if first < calendar_start(exchange):
        raise InputError(
            _(
                "the sessions of {code} after {after} are not known: the calendar begins on "
                "{calendar_start}",
                code=exchange.code,
                after=after,
                calendar_start=calendar_start(exchange),
            )
        )
    return sessions_between(exchange, first, last)[:count]


def last_complete_session(exchange: Exchange, now: datetime) -> np.datetime64:
    """Return the newest session whose bar is final: it closed at least `CLOSE_GRACE` before `now`.

    Parameters
    ----------
    now
        A moment with its time zone.

    Raises
    ------
    InputError
        If no known session was over then, as with a wrong clock.

    >>> from datetime import UTC
    >>> from pregao.instruments import B3
    >>> at_noon = datetime(2024, 2, 14, 15, 0, tzinfo=UTC)  # Ash Wednesday, trading since 13:00
    >>> str(last_complete_session(B3, at_noon)), str(last_complete_session(B3, at_noon.replace(
    ...     hour=23)))
    ('2024-02-09', '2024-02-14')
    """
    moment = np.datetime64((now - CLOSE_GRACE).astimezone(UTC).replace(tzinfo=None), "s")
    if moment < calendar_start(exchange) + np.timedelta64(30, "D"):
        raise InputError(
            _(
                "no session of {code} is known to be over at {now}: check the clock, the calendar "
                "begins on {calendar_start}",
                code=exchange.code,
                now=now,
                calendar_start=calendar_start(exchange),
            )
        )
    sessions, closes = _calendar_until(exchange.code, _last_year_of_decade(moment))
    last: np.datetime64 = sessions[np.searchsorted(closes, moment, side="right") - 1]
    return last


def closing_days(exchange: Exchange, sessions: Sessions) -> Sessions:
    """Return the day in UTC by whose end each session has closed.

    It is the session's own, but for short sessions of New Zealand, which close a day earlier. A
    session that the calendar lacks has its own day.

    >>> from pregao.instruments import B3, EXCHANGES
    >>> eve = np.array(["2024-12-30", "2024-12-31"], "datetime64[D]")
    >>> [str(day) for day in closing_days(EXCHANGES["XNZE"], eve)]
    ['2024-12-30', '2024-12-30']
    """
    days = sessions.copy()
    if len(sessions) == 0 or sessions[-1] < calendar_start(exchange):
        return days
    known, closes = _calendar_until(exchange.code, _last_year_of_decade(sessions[-1]))
    rows = np.searchsorted(known, sessions)
    is_known = np.isin(sessions, known)
    instants = closes[rows[is_known]] - np.timedelta64(1, "s")
    days[is_known] = instants.astype("datetime64[D]")
    return days


def exchange_date(exchange: Exchange, now: datetime) -> date:
    """Return the date at an exchange."""
    return now.astimezone(ZoneInfo(exchange.zone)).date()


def as_date(session: np.datetime64) -> date:
    """Return a session as a date of the standard library."""
    return date.fromisoformat(str(_day(session)))


def _day(moment: np.datetime64) -> np.datetime64:
    return np.datetime64(str(moment)[:10], "D")


def _last_year_of_decade(day: np.datetime64) -> int:
    """Return the last year of a day's decade."""
    return 10 * (int(str(day)[:4]) // 10) + 9


@lru_cache(maxsize=64)
def _calendar_until(code: str, last_year: int) -> tuple[Sessions, NDArray[np.datetime64]]:
    """Return the sessions, and the moments in UTC at which they close.

    The bounds are explicit, as the default calendar of exchange_calendars ends next year.
    """
    with warnings.catch_warnings():
        # exchange_calendars 4.13 uses a pandas accessor that is to change in pandas 4.
        warnings.simplefilter("ignore", DeprecationWarning)
        import exchange_calendars as xcals

        first = _KNOWN_FROM.get(code, _OTHERS_KNOWN_FROM)
        end = f"{min(last_year, _KNOWN_UNTIL.get(code, last_year))}-12-31"
        calendar = xcals.get_calendar(_CALENDARS.get(code, code), start=str(first), end=end)
    sessions: Sessions = calendar.sessions.to_numpy().astype("datetime64[D]")
    in_utc = calendar.closes.dt.tz_convert(None).to_numpy()
    closes: NDArray[np.datetime64] = in_utc.astype("datetime64[s]")
    for array in (sessions, closes):
        array.flags.writeable = False
    return sessions, closes
