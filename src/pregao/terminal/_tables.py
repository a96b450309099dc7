"""Tables in a terminal: aligned columns, the least important left out where there is no room."""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from pregao.presentation import (
    Badge,
    Cell,
    Column,
    Emphasis,
    Language,
    Table,
    TableRow,
    Tone,
    write,
)
from pregao.terminal._lines import say

GAP = "  "
PROSE_WIDTH = 16
"""Characters below which a column of prose is left out rather than folded."""

SIGNS: Mapping[Emphasis, str] = {"subject": ">", "best_network": "+", "baseline": "*"}
"""What stands before a row; of several the first."""
_ROW_STYLES: Mapping[Emphasis, str] = {"subject": "bold", "baseline": "yellow"}
_TONES: Mapping[Tone, str] = {
    "strong": "bold",
    "best": "bold green",
    "good": "green",
    "warning": "yellow",
    "bad": "bold red",
    "baseline": "yellow",
    "muted": "dim",
}
_BADGES: Mapping[str, str] = {
    "edge": "green",
    "no-edge": "yellow",
    "error": "bold red",
    "warning": "yellow",
    "info": "cyan",
    "queued": "dim",
    "waiting": "dim",
    "running": "bold",
    "succeeded": "green",
    "failed": "red",
    "cancelled": "yellow",
    "dead": "red",
}


def style_of(badge: Badge) -> str:
    """Return the style of a badge's word."""
    return _BADGES.get(badge.kind, "")


@dataclass(frozen=True)
class Layout:
    """The columns of a table that have room side by side, and how wide each is."""

    places: Mapping[int, int]
    """The width of each column that is shown, by its place in the table."""
    table: Table
    language: Language
    has_signs: bool
    console: Console

    @classmethod
    def fitting(
        cls,
        table: Table,
        language: Language,
        console: Console,
        *,
        room: int | None = None,
        wraps_titles: bool = True,
        with_signs: bool = False,
    ) -> "Layout":
        """Lay out a table in so many characters; by default a terminal's width, and all of a pipe.

        The rows of the table need not be all there are: `Column.width` keeps room for others.
        """
        if room is None:
            room = console.width if console.is_terminal else sys.maxsize
        room -= len(GAP) + 1 if with_signs else 0
        widths = {
            place: _widths(table, place, language, wraps_titles=wraps_titles)
            for place, column in enumerate(table.columns)
            if not column.is_detail and column.importance
        }
        return cls(_chosen(table.columns, widths, room), table, language, with_signs, console)

    def heading(self) -> list[Text]:
        """Return the titles of the columns, in as many lines as they need."""
        titles = {
            place: Text(write(self.table.columns[place].short_title, self.language), "dim")
            for place in self.places
        }
        if not any(each.plain for each in titles.values()):
            return []
        return self._lines(titles, "", from_below=True)

    def lines(self, row: TableRow) -> list[Text]:
        """Return the lines of a row, its details excepted."""
        cells = {place: self._text(row.cells[place], row) for place in self.places}
        sign = next((sign for each, sign in SIGNS.items() if each in row.emphasis), "")
        return self._lines(cells, sign)

    def details(self, row: TableRow) -> Text:
        """Return what goes below a row: names and values, or a sentence without a name."""
        found = []
        for column, cell in zip(self.table.columns, row.cells, strict=True):
            if column.is_detail and cell.quantity not in (None, ""):
                title = write(column.short_title, self.language)
                found.append(f"{title} {write(cell.quantity, self.language)}".strip())
        return Text(", ".join(found), "dim")

    def _text(self, cell: Cell, row: TableRow) -> Text:
        style = next((_ROW_STYLES[each] for each in row.emphasis if each in _ROW_STYLES), "")
        if isinstance(cell.quantity, Badge):
            style = style_of(cell.quantity)
        text = write(cell.quantity, self.language).replace("\n", " ")
        return Text(text, _TONES.get(cell.tone, style))

    def _lines(
        self, cells: Mapping[int, Text], sign: str, *, from_below: bool = False
    ) -> list[Text]:
        columns = [
            list(self._aligned(cell, place, is_title=from_below)) for place, cell in cells.items()
        ]
        if self.has_signs:
            columns.insert(0, [Text(sign or " ")])
        if from_below:
            height = max(map(len, columns))
            columns = [[*[Text()] * (height - len(each)), *each] for each in columns]
        widths = [*([1] if self.has_signs else []), *(self.places[place] for place in cells)]
        return [self._joined(parts, widths) for parts in zip_longest(*columns)]

    def _aligned(self, cell: Text, place: int, *, is_title: bool) -> Iterator[Text]:
        width, kind = self.places[place], self.table.columns[place].kind
        folds = cell.cell_len > width and (is_title or kind == "prose")
        for line in cell.wrap(self.console, width) if folds else [cell]:
            line.rstrip()
            if line.cell_len < width:
                line.align("right" if kind == "number" else "left", width)
            yield line

    def _joined(self, parts: Sequence[Text | None], widths: Sequence[int]) -> Text:
        padded = []
        for part, width in zip(parts, widths, strict=True):
            cell = part or Text()
            cell.pad_right(max(0, width - cell.cell_len))
            padded.append(cell)
        line = Text(GAP).join(padded)
        line.rstrip()
        return line


def print_table(
    console: Console,
    table: Table,
    language: Language,
    *,
    room: int | None = None,
    with_signs: bool = False,
) -> None:
    """Print a table: headings, groups, and below each row its details.

    With `with_signs`, a sign before each row shows why it stands out.
    """
    layout = Layout.fitting(table, language, console, room=room, with_signs=with_signs)
    for line in layout.heading():
        say(console, line)
    for group in table.groups:
        if group.title is not None:
            say(console, Text(group.title.in_language(language), "bold"))
        for row in group.rows:
            _print_row(console, layout, row)


def _print_row(console: Console, layout: Layout, row: TableRow) -> None:
    for line in layout.lines(row):
        say(console, line)
    if details := layout.details(row):
        if console.is_terminal:
            console.print(Padding(details, (0, 0, 0, 4)))
        else:
            say(console, Text("    ").append(details))


def _widths(table: Table, place: int, language: Language, *, wraps_titles: bool) -> tuple[int, int]:
    """Return how many characters a column takes at least, and where nothing limits it."""
    column = table.columns[place]
    title = write(column.short_title, language)
    words: Iterable[str] = title.split(" ") if wraps_titles else (title,)
    cells = (write(row.cells[place].quantity, language) for row in table.rows)
    content = max(column.width, *map(cell_len, cells), 1)
    least = min(content, PROSE_WIDTH) if column.kind == "prose" else content
    return max(least, *map(cell_len, words)), max(content, cell_len(title))


def _chosen(
    columns: Sequence[Column], widths: Mapping[int, tuple[int, int]], room: int
) -> Mapping[int, int]:
    """Choose the most important columns that fit, then let them have the room that is left."""
    chosen: dict[int, int] = {}
    for place in sorted(widths, key=lambda place: -columns[place].importance):
        least, _ = widths[place]
        if _total([*chosen.values(), least]) > room:
            break
        chosen[place] = least
    for place, least in chosen.items():
        spare = room - _total(chosen.values())
        wanted = widths[place][1] - least
        # A title that breaks anyway needs no more room than its words.
        if wanted <= spare or columns[place].kind == "prose":
            chosen[place] += min(spare, wanted)
    return {place: chosen[place] for place in widths if place in chosen}


def _total(widths: Iterable[int]) -> int:
    return sum(each + len(GAP) for each in widths) - len(GAP)
