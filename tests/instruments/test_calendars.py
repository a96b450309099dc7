from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pregao.errors import InputError
from pregao.instruments import (
    B3,
    EXCHANGES,
    NYSE,
    TOKYO,
    as_date,
    calendar_start,
    exchange_date,
    last_complete_session,
    next_sessions,
    sessions_between,
)

DAYS = st.dates(date(2000, 1, 1), date(2028, 12, 31)).map(np.datetime64)
EVERY_EXCHANGE = pytest.mark.parametrize("exchange", EXCHANGES.values(), ids=list(EXCHANGES))


@pytest.mark.parametrize(
    ("exchange", "day", "is_session"),
    [
        (B3, "2024-02-12", False),  # Carnival
        (B3, "2024-02-13", False),
        (B3, "2024-02-14", True),  # Ash Wednesday, opens at 13:00
        (B3, "2020-11-20", True),  # Consciousness Day: held in 2020
        (B3, "2022-01-25", True),  # Sao Paulo's anniversary: held since 2022
        (B3, "2023-11-20", True),
        (B3, "2024-11-20", False),  # national holiday since 2024
        (B3, "2024-12-24", False),
        (B3, "2024-12-31", False),
        (NYSE, "2001-09-11", False),
        (NYSE, "2012-10-29", False),  # Hurricane Sandy
        (NYSE, "2018-12-05", False),  # mourning for President Bush
        (NYSE, "2024-02-12", True),
        (NYSE, "2024-07-04", False),
        (TOKYO, "2024-01-03", False),
    ],
)
def test_known_days_are_open_or_closed(exchange, day, is_session):
    day = np.datetime64(day)

    assert is_session == (len(sessions_between(exchange, day, day)) == 1)


def test_b3_sessions_are_those_of_the_published_list():
    found = [up / "shared/data/calendars/bvmf_sessions.txt" for up in Path(__file__).parents]
    file = next((each for each in found if each.is_file()), None)
    if file is None:
        pytest.skip("no folder shared/data beside the project")
    expected = np.array(file.read_text().split(), "datetime64[D]")

    assert expected.tolist() == sessions_between(B3, expected[0], expected[-1]).tolist()


@EVERY_EXCHANGE
@settings(deadline=None)  # the first call for an exchange builds its calendar
@given(one=DAYS, two=DAYS)
def test_sessions_ascend_within_their_bounds_and_do_not_depend_on_them(exchange, one, two):
    first, last = min(one, two), max(one, two)

    sessions = sessions_between(exchange, first, last)

    wide = sessions_between(exchange, calendar_start(exchange), np.datetime64("2040-01-01"))
    assert wide[(wide >= first) & (wide <= last)].tolist() == sessions.tolist()
    assert np.all(np.diff(sessions) > np.timedelta64(0, "D"))
    assert exchange.code == "CRYPTO" or np.is_busday(sessions).all()


@EVERY_EXCHANGE
@settings(deadline=None)  # the first call for an exchange builds its calendar
@given(after=DAYS, count=st.integers(1, 300))
def test_next_sessions_are_consecutive_and_of_the_given_number(exchange, after, count):
    following = next_sessions(exchange, after, count)

    assert count == len(following)
    assert after < following[0]
    assert following.tolist() == sessions_between(exchange, following[0], following[-1]).tolist()
    assert 0 == len(sessions_between(exchange, after + 1, following[0] - 1))


@EVERY_EXCHANGE
def test_time_before_the_calendar_has_no_sessions(exchange):
    assert 0 == len(sessions_between(exchange, np.datetime64("1850-01-01"), np.datetime64("1900")))
    assert (
        calendar_start(exchange)
        <= sessions_between(exchange, np.datetime64("1700-01-01"), np.datetime64("2001-01-01"))[0]
    )
    with pytest.raises(InputError, match="not known"):
        next_sessions(exchange, np.datetime64("1900-01-01"), 5)


@EVERY_EXCHANGE
def test_far_future_has_sessions(exchange):
    year = "2045" if exchange.code in {"XHKG", "XKRX"} else "2199"  # two follow the moon
    assert 200 < len(
        sessions_between(exchange, np.datetime64(f"{year}-01-01"), np.datetime64(f"{year}-12-31"))
    )


def test_reversed_bounds_hold_no_session():
    assert 0 == len(sessions_between(B3, np.datetime64("2024-02-02"), np.datetime64("2024-02-01")))


def test_session_becomes_a_date():
    assert date(2024, 2, 14) == as_date(np.datetime64("2024-02-14T10:00"))


@pytest.mark.parametrize(
    ("exchange", "moment", "session"),
    [
        (B3, "2024-02-14T21:30+00:00", "2024-02-09"),  # Ash Wednesday, half an hour after its close
        (B3, "2024-02-14T22:30+00:00", "2024-02-14"),
        (NYSE, "2024-11-29T18:30+00:00", "2024-11-27"),  # closes at 13:00, the day after a holiday
        (NYSE, "2024-11-29T19:30+00:00", "2024-11-29"),
        (NYSE, "2024-07-01T20:30+00:00", "2024-06-28"),  # summer time: closes at 20:00 in UTC
        (NYSE, "2024-07-01T21:30+00:00", "2024-07-01"),
        (NYSE, "2024-01-02T21:30+00:00", "2023-12-29"),  # winter time: at 21:00
        (NYSE, "2020-01-01T12:00+00:00", "2019-12-31"),  # the first day of a decade
        (TOKYO, "2024-07-02T01:00-03:00", "2024-07-01"),  # 13:00 in Tokyo, and in Brazil 1:00
        (TOKYO, "2024-07-02T05:00-03:00", "2024-07-02"),
    ],
)
def test_a_session_is_complete_an_hour_after_its_own_close(exchange, moment, session):
    now = datetime.fromisoformat(moment)

    assert np.datetime64(session) == last_complete_session(exchange, now)


def test_a_clock_in_the_past_is_an_error():
    with pytest.raises(InputError, match="check the clock"):
        last_complete_session(B3, datetime(1970, 1, 1, tzinfo=UTC))


def test_the_day_at_an_exchange_is_in_its_time_zone():
    late = datetime(2024, 7, 1, 23, 30, tzinfo=UTC)

    assert date(2024, 7, 1) == exchange_date(B3, late)
    assert date(2024, 7, 2) == exchange_date(TOKYO, late)
