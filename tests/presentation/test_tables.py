"""Tables of no medium, as a terminal and a page draw them."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from pregao.presentation import (
    Badge,
    Cell,
    Code,
    Day,
    Duration,
    Language,
    Link,
    Moment,
    Number,
    Percent,
    RunId,
    Span,
    Table,
    field_of,
    sort_key,
    t,
    table_of,
    write,
)
from pregao.report import Html
from pregao.terminal._tables import Layout
from pregao.values import Text

BOTH: tuple[Language, ...] = ("en", "pt")
HOSTILE = "<b onmouseover=alert(1)>"


def _table() -> Table:
    return table_of(
        [("har", 0.5), ("lstm_classic", 1234.5)],
        [
            field_of("name", "Name", lambda row: row[0], kind="text", importance=9),
            field_of("score", "Mean score", lambda row: Number(row[1], 1), importance=8),
            field_of("seconds", "Seconds", lambda _: Number(7), importance=1),
            field_of("remark", "", lambda _: "some words on it", kind="prose", is_detail=True),
            field_of("span", "Span", lambda _: Code("only a page"), kind="text", importance=0),
        ],
        emphasis=lambda row: ("baseline",) if row[0] == "har" else ("subject",),
    )


def _lines(table: Table, room: int, **options: bool) -> list[str]:
    layout = Layout.fitting(table, "en", Console(width=room), room=room, **options)
    rows = [line for row in table.rows for line in layout.lines(row)]
    return [line.plain for line in (*layout.heading(), *rows)]


@given(st.integers(4, 80))
def test_no_line_of_a_table_is_wider_than_its_room(room: int) -> None:
    assert max((cell_len(each) for each in _lines(_table(), room)), default=0) <= max(room, 12)


def test_a_narrow_terminal_leaves_out_the_least_important_column() -> None:
    assert "Seconds" in "".join(_lines(_table(), 60))
    assert "Seconds" not in "".join(_lines(_table(), 28))
    assert "1,234.5" in "".join(_lines(_table(), 28))


def test_a_title_breaks_only_where_there_is_no_room_for_it() -> None:
    wide, narrow = _lines(_table(), 60), _lines(_table(), 21)

    assert "Mean score" in wide[0]
    assert ["Mean", "score"] == [narrow[0].split()[-1], narrow[1].split()[-1]]


def test_a_terminal_has_no_column_for_details_and_for_what_pages_alone_show() -> None:
    layout = Layout.fitting(_table(), "en", Console(width=80), room=80)

    assert not any("words" in each or "only" in each for each in _lines(_table(), 80))
    assert "some words on it" == layout.details(_table().rows[0]).plain


def test_signs_stand_before_the_rows_that_stand_out() -> None:
    *_, baseline, subject = _lines(_table(), 60, with_signs=True)

    assert ("*", ">") == (baseline[0], subject[0])


def test_a_page_shows_every_column_and_sorts_by_the_value_and_not_its_digits() -> None:
    shown = Html.in_one("pt").table(_table(), sortable=True)

    assert 5 == shown.count('aria-sort="none"')
    assert 'data-value="1234.5">1.234,5<' in shown
    assert '<tr class="baseline">' in shown
    assert "<code>only a page</code>" in shown


def test_links_and_details_are_there_where_there_are_pages() -> None:
    cell = Cell(RunId("har-1a2b", "har"), link=Link("run", "har-1a2b"), marks=(HOSTILE,))

    page = Html.in_one("en", lambda link: f"/{link.kind}s/{link.name}").cell(cell)
    report = Html.in_one("en").cell(cell)

    assert '<a href="/runs/har-1a2b">har</a>' in page
    assert '<span class="beside">1a2b</span>' in page
    assert "<a " not in report
    assert HOSTILE not in page + report


@pytest.mark.parametrize("place", ["name", "title", "caption", "group"])
def test_what_is_hostile_stays_text_wherever_it_stands(place: str) -> None:
    def here(name: str) -> Text:
        return Text.same(HOSTILE if name == place else "x")

    table = table_of(
        [1],
        [field_of("name", here("title"), lambda _: here("name"), kind="text")],
        group=lambda _: here("group"),
        caption=here("caption"),
    )

    shown = Html().table(table)
    assert HOSTILE not in shown
    assert "&lt;b onmouseover" in shown


def test_a_page_in_both_languages_holds_each_number_twice_where_they_differ() -> None:
    shown = Html().table(_table())

    assert shown.count("1,234.5") == shown.count("1.234,5") == 1
    assert 2 == shown.count("<td>7</td>")


def test_rows_of_a_group_stand_below_its_title() -> None:
    table = table_of(
        [1, 2, 3],
        [field_of("n", "N", str, kind="text")],
        group=lambda n: Text.same("odd" if n == 1 else "rest"),
    )

    assert [("odd", 1), ("rest", 2)] == [
        (group.title and group.title.en, len(group.rows)) for group in table.groups
    ]
    assert 3 == len(table.rows)
    assert ["1", "2"] == [row.cells[0].quantity for row in table.first(2).rows]


def test_a_text_writes_its_facts_in_each_language() -> None:
    text = t("quantiles_of", symbol="X", sign="R$", day=Day(date(2019, 1, 2)), price=Number(1.5, 2))

    assert "2019-01-02: 1.50" in text.en
    assert "02/01/2019: 1,50" in text.pt_br


@pytest.mark.parametrize("language", BOTH)
def test_what_is_absent_is_a_dash_and_comes_last(language: Language) -> None:
    for absent in (None, Number(None), Percent(None), Moment(None), Duration(None)):
        assert "\N{EN DASH}" == write(absent, language)
        assert "" == sort_key(absent)


def test_times_and_states_are_sorted_by_what_they_are() -> None:
    early, late = (Moment(datetime(2026, 3, day, tzinfo=UTC)) for day in (9, 10))

    assert sort_key(early) < sort_key(late)
    assert sort_key(Day(date(2018, 12, 31))) < sort_key(Span(date(2019, 1, 1), date(2019, 1, 2)))
    assert "failed" == sort_key(Badge(Text.same("z"), "failed"))
