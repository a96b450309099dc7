"""Pasted and uploaded prices."""

from datetime import date
from time import thread_time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pregao.errors import InputError, MalformedFileError
from pregao.instruments import Symbol
from pregao.prices import BadRowsError, read_pasted

PETR4 = Symbol.parse("PETR4")
TODAY = date(2024, 6, 3)
HEADER = "Date,Open,High,Low,Close,Volume"
GOOD = "2024-01-02,10,11,9,10.5,100"


def read(text):
    return read_pasted(text, PETR4, today=TODAY)


def test_closes_without_dates_get_the_last_sessions():
    found = read("10\n10.5\n\n11.25\n")

    assert [10, 10.5, 11.25] == found.prices.bars.close.tolist()
    assert ["2024-05-29", "2024-05-31", "2024-06-03"] == [str(e) for e in found.prices.sessions]
    assert found.is_closes_only


@pytest.mark.parametrize("separator", [",", ";", "\t", ", "])
def test_closes_may_have_dates_before_them(separator):
    found = read(f"2024-01-02{separator}10\n2024-01-03{separator}10.5")

    assert ["2024-01-02", "2024-01-03"] == [str(each) for each in found.prices.sessions]
    assert () == found.bad_rows


def test_csv_file_is_read_with_its_ranges_and_volumes():
    found = read(f"{HEADER}\n{GOOD}\n2024-01-03,10,12,9,11,200")

    assert [11, 12] == found.prices.bars.high.tolist()
    assert not found.is_closes_only


def test_every_bad_row_of_a_file_is_reported_with_its_line():
    rows = [GOOD, "2024-01-03,ten,12,9,11,200", "03/01/2024,1,1,1,1,1", "2024-01-04,10,9,11,10,1",
            "2024-01-05,1,2", "2024-01-08,-1,2,-2,1,5", "2024-01-09,10,11,9,,5"]  # fmt: skip
    found = read("\n".join([HEADER, *rows]))

    assert [3, 4, 5, 6, 7, 8] == [each.line for each in found.bad_rows]
    assert rows[1:] == [each.content for each in found.bad_rows]
    assert all(each.reason.en and each.reason.pt_br for each in found.bad_rows)
    assert [10.5] == found.prices.bars.close.tolist()


def test_bad_lines_among_closes_are_reported():
    found = read("10\nten\n11\n2024-01-02,12\n-3\n0\n")

    assert [2, 4, 5, 6] == [each.line for each in found.bad_rows]


def test_nonexistent_day_is_reported():
    assert [2] == [each.line for each in read("2024-01-02,10\n2024-02-30,10").bad_rows]


def test_file_of_too_many_bad_rows_is_refused_with_the_first_of_them():
    with pytest.raises(BadRowsError) as caught:
        read("\n".join([HEADER, GOOD, *["2024-01-03,x,y,z,w,v"] * 50]))

    assert 20 == len(caught.value.bad_rows)
    assert 3 == caught.value.bad_rows[0].line


@pytest.mark.parametrize("text", ["", "\n\n", "x,y,z\n1,2,3", HEADER])
def test_text_that_holds_no_prices_is_refused(text):
    with pytest.raises(InputError):
        read(text)


@pytest.mark.parametrize("text", ["PK\x03\x04", "\0\0", "10\r11\r12", "9" * 5_000])
def test_binary_or_overlong_text_is_refused(text):
    with pytest.raises(MalformedFileError):
        read(text)


@given(st.lists(st.floats(0.01, 1e6), min_size=1, max_size=50))
def test_closes_come_back_as_they_were_written(closes):
    found = read("\n".join(map(repr, closes)))

    assert np.array_equal(closes, found.prices.bars.close)


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text):
    try:
        found = read(text)
    except InputError:
        return
    assert np.isfinite(found.prices.bars.close).all()


@pytest.mark.parametrize(
    ("header", "day"),
    [("", ""), ("", "2024-01-02,"), (HEADER + "\n", "2024-01-02,")],
    ids=["closes", "dated closes", "a table"],
)
def test_long_lines_of_digits_take_no_longer_than_other_long_lines(header, day):
    def seconds(filler):
        line = day + filler * 4_000 + "x" + header[:1] * 4 + ",1" * (4 if header else 0)
        text = header + "\n".join([line] * 20)
        started = thread_time()
        with pytest.raises(InputError):
            read(text)
        return thread_time() - started

    # A number is tried once from its first digit: 4,000 digits are no work beside reading them.
    assert min(seconds("1") for _ in range(3)) < 50 * min(seconds("a") for _ in range(3))
