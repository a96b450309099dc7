"""A day in UTC divides the sessions of all exchanges as an instant does."""

import numpy as np
import pytest

from pregao.instruments import EXCHANGES, closing_days
from pregao.instruments._calendars import _calendar_until

DAY = np.timedelta64(86_400, "s")


@pytest.mark.parametrize("code", EXCHANGES)
def test_a_session_has_closed_at_the_end_of_its_day_and_not_a_day_before(code):
    sessions, closes = _calendar_until(code, 2029)
    inside = (sessions >= np.datetime64("2010-01-01")) & (sessions < np.datetime64("2026-01-01"))
    days = closing_days(EXCHANGES[code], sessions[inside]).astype("datetime64[s]")

    assert (closes[inside] <= days + DAY).all()
    assert (closes[inside] > days).all()


def test_only_short_sessions_of_new_zealand_close_on_the_day_before():
    moved = {}
    for code, exchange in EXCHANGES.items():
        sessions, _ = _calendar_until(code, 2019)
        inside = sessions >= np.datetime64("2010-01-01")
        differs = closing_days(exchange, sessions[inside]) != sessions[inside]
        if differs.any():
            moved[code] = {str(each)[5:7] for each in sessions[inside][differs]}

    assert {"XNZE": {"12"}} == moved


def test_a_day_that_the_calendar_lacks_is_its_own():
    saturday = np.array(["1950-01-07", "2024-06-15"], "datetime64[D]")

    assert saturday.tolist() == closing_days(EXCHANGES["XNYS"], saturday).tolist()
