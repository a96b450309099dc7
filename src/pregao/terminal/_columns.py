"""Columns side by side; on a narrow terminal the least important ones are left out."""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from pregao.presentation import TEXTS, Language
from pregao.terminal._lines import say

T = TypeVar("T")

GAP = "  "


@dataclass(frozen=True)
class Column(Generic[T]):
    """A column of a table of such rows."""

    heading: str
    """A key of the texts."""
    width: int
    importance: int
    write: Callable[[T, Language], str]
    side: Literal["left", "right"] = "right"
    style: Callable[[T], str] = lambda _: ""


def fitting(widths: Mapping[Column[T], int], room: int) -> list[Column[T]]:
    """Choose the most important columns that fit side by side, two spaces between them."""
    chosen: list[Column[T]] = []
    for column in sorted(widths, key=lambda column: -column.importance):
        if sum(widths[each] + len(GAP) for each in (*chosen, column)) > room:
            break
        chosen.append(column)
    return [column for column in widths if column in chosen]


@dataclass(frozen=True)
class Ledger(Generic[T]):
    """Aligned lines that can be printed one by one, as they become known."""

    widths: Mapping[Column[T], int]
    language: Language

    @classmethod
    def of(
        cls,
        columns: Sequence[Column[T]],
        rows: Iterable[T],
        console: Console,
        language: Language,
    ) -> "Ledger[T]":
        """Make room for these rows; a reader gets the columns that fit, and a pipe all."""
        text, known = TEXTS[language], tuple(rows)
        widths = {
            each: max(
                each.width,
                cell_len(text[each.heading]),
                *(cell_len(each.write(row, language)) for row in known),
            )
            for each in columns
        }
        room = console.width + len(GAP) if console.is_terminal else sys.maxsize
        return cls({each: widths[each] for each in fitting(widths, room)}, language)

    def heading(self) -> Text:
        """Give the names of the columns."""
        text = TEXTS[self.language]
        return self._line({each: Text(text[each.heading], style="dim") for each in self.widths})

    def line(self, row: T) -> Text:
        """Give the line of one row."""
        return self._line(
            {each: Text(each.write(row, self.language), each.style(row)) for each in self.widths}
        )

    def _line(self, cells: Mapping[Column[T], Text]) -> Text:
        for column, cell in cells.items():
            cell.align(column.side, self.widths[column])
        line = Text(GAP).join(cells.values())
        line.rstrip()
        return line


def print_ledger(
    console: Console,
    columns: Sequence[Column[T]],
    rows: Sequence[T],
    note: Callable[[T], str],
    language: Language,
) -> None:
    """Print rows below a heading, each with a note below it."""
    ledger = Ledger.of(columns, rows, console, language)
    say(console, ledger.heading())
    for row in rows:
        say(console, ledger.line(row))
        remark = Text(note(row), style="dim")
        if console.is_terminal:
            console.print(Padding(remark, (0, 0, 0, 4)))
        else:
            say(console, Text("    ").append(remark))
