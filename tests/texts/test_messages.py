"""Messages are written in a language when they are shown, numbers and dates with them."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pregao.texts import (
    Message,
    format_day,
    format_short_day,
    gettext_lazy,
    localised,
    ngettext_lazy,
    translator,
)

HELP = "List the champions: which run serves which symbol and horizon."


def test_a_message_is_translated_when_it_is_shown():
    lazy = gettext_lazy(HELP)

    assert HELP == str(lazy) == lazy.in_language("en")
    assert "campeões" in lazy.in_language("pt")
    assert translator("pt")(HELP) == lazy.in_language("pt")


def test_numbers_and_dates_of_a_message_are_written_as_in_its_language():
    lazy = Message(
        "{share:.1f} % on {day}", {"share": np.float64(1234.56), "day": date(2024, 3, 1)}
    )

    assert "1234.6 % on 2024-03-01" == lazy.in_language("en")
    assert "1234,6 % on 01/03/2024" == lazy.in_language("pt")


def test_a_message_fills_the_blank_of_another_in_the_same_language():
    inner = Message("{count:,} rows", {"count": 1984})
    outer = Message("of {what}", {"what": inner})

    assert ("of 1,984 rows", "of 1.984 rows") == (
        outer.in_language("en"),
        outer.in_language("pt"),
    )


def test_a_count_chooses_the_form():
    assert ["0 rows", "1 row", "2 rows"] == [
        str(ngettext_lazy("{count} row", "{count} rows", count=count)) for count in range(3)
    ]


def test_braces_of_a_message_without_arguments_stay():
    assert "a {brace}" == str(gettext_lazy("a {brace}"))


@given(st.floats(-1e9, 1e9), st.integers(0, 6))
def test_a_localised_number_reads_back_as_the_same_number(number, digits):
    written = f"{number:,.{digits}f}"
    local = localised(written, "pt")

    assert float(written.replace(",", "")) == float(local.replace(".", "").replace(",", "."))
    assert local.count(",") == (digits > 0)


@pytest.mark.parametrize("day", [date(1999, 1, 31), date(2024, 2, 29), date(2026, 12, 1)])
def test_days_are_written_year_first_in_english_and_day_first_in_portuguese(day):
    assert day.isoformat() == format_day(day, "en")
    assert f"{day:%d/%m/%Y}" == format_day(day, "pt")
    assert f"{day.day} {day:%b}" == format_short_day(day, "en")
    assert f"{day:%d/%m}" == format_short_day(day, "pt")
