"""Tables of no medium: columns that know their importance, and rows of typed cells.

A terminal, a report and a page draw the same table. Each takes what it has room for: a terminal
leaves the least important columns out, a page lets its rows be sorted.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Generic, Literal, TypeVar

from pregao.presentation._quantities import Quantity
from pregao.values import Text

T = TypeVar("T")

Tone = Literal["plain", "strong", "best", "good", "warning", "bad", "baseline", "muted"]
"""Why a cell stands out."""
Emphasis = Literal["subject", "best_network", "baseline", "changed"]
"""Why a row stands out: the verdict is about it, say, or nothing was trained for it."""


@dataclass(frozen=True)
class Link:
    """The place of a thing that has a page of its own where there are pages."""

    kind: Literal["run", "symbol", "job"]
    name: str


@dataclass(frozen=True)
class Cell:
    """A quantity, and what a medium with room says beside it."""

    quantity: Quantity
    link: Link | None = None
    marks: tuple[Quantity, ...] = ()
    """Short words behind it."""
    beside: tuple[Quantity, ...] = ()
    """Details below it."""
    beside_link: Link | None = None
    tone: Tone = "plain"
    bar: float | None = None
    """The share that a bar in the cell fills."""


@dataclass(frozen=True)
class Column:
    """What the cells of a column have in common."""

    name: str
    title: Quantity | Cell
    short_title: Quantity
    kind: Literal["number", "text", "prose"] = "number"
    """How it is aligned and sorted; prose may take several lines."""
    importance: int = 5
    """The larger, the later it is left out; 0 is for media with much room alone."""
    width: int = 0
    """Characters to keep free for rows that are not known yet."""
    is_detail: bool = False
    """Whether it goes below its row in a medium of narrow lines."""


@dataclass(frozen=True)
class TableRow:
    """A line of a table."""

    cells: tuple[Cell, ...]
    emphasis: tuple[Emphasis, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    """By what a page finds the row again."""


@dataclass(frozen=True)
class Group:
    """Rows that belong together, below a title."""

    title: Text | None
    rows: tuple[TableRow, ...]


@dataclass(frozen=True)
class Table:
    """Columns, and rows of as many cells; the first column of text names its rows."""

    columns: tuple[Column, ...]
    groups: tuple[Group, ...]
    caption: Text | None = None
    total: TableRow | None = None

    @property
    def rows(self) -> tuple[TableRow, ...]:
        """All rows, those of the groups one after the other."""
        return tuple(row for group in self.groups for row in group.rows)

    def first(self, count: int) -> "Table":
        """Return the table with its first rows alone, in one group."""
        return replace(self, groups=(Group(None, self.rows[:count]),))

    def where(self, is_shown: "Callable[[TableRow], bool]") -> "Table":
        """Return the table with some of its rows, in one group."""
        return replace(self, groups=(Group(None, tuple(filter(is_shown, self.rows))),))

    @property
    def naming(self) -> int:
        """The place of the column that names its rows."""
        return next(place for place, each in enumerate(self.columns) if each.kind != "number")


@dataclass(frozen=True)
class Field(Generic[T]):
    """A column, and how its cell follows from what a row is about."""

    column: Column
    cell: Callable[[T], Cell | Quantity]


def field_of(
    name: str,
    title: Quantity | Cell,
    cell: "Callable[[T], Cell | Quantity]",
    *,
    kind: Literal["number", "text", "prose"] = "number",
    short_title: Quantity = None,
    importance: int = 5,
    width: int = 0,
    is_detail: bool = False,
) -> Field[T]:
    """Return a field; the options are those of its column."""
    full = title.quantity if isinstance(title, Cell) else title
    short = full if short_title is None else short_title
    return Field(Column(name, title, short, kind, importance, width, is_detail), cell)


def table_of(
    items: Iterable[T],
    fields: Sequence[Field[T]],
    *,
    emphasis: Callable[[T], Iterable[Emphasis]] = lambda _: (),
    tags: Callable[[T], Mapping[str, str]] = lambda _: {},
    group: Callable[[T], Text | None] = lambda _: None,
    caption: Text | None = None,
    total: Sequence[Cell | Quantity] = (),
) -> Table:
    """Build a table with a row for each item; items of one group stand together already.

    >>> from pregao.presentation._quantities import Number
    >>> table = table_of([3, 4], [field_of("n", "Number", Number), field_of("s", "As text", str)])
    >>> table.rows[1].cells[0].quantity, table.columns[1].name
    (Number(value=4, digits=0), 's')
    """

    def row(item: T) -> TableRow:
        cells = tuple(_cell(each.cell(item)) for each in fields)
        return TableRow(cells, tuple(emphasis(item)), tags(item))

    return Table(
        columns=tuple(each.column for each in fields),
        groups=tuple(
            Group(title, tuple(map(row, members))) for title, members in groupby(items, key=group)
        ),
        caption=caption,
        total=TableRow(tuple(map(_cell, total))) if total else None,
    )


def _cell(given: Cell | Quantity) -> Cell:
    return given if isinstance(given, Cell) else Cell(given)
