"""Quantities and tables as HTML, in both languages at once or in one."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from pregao.presentation import (
    Badge,
    Cell,
    Code,
    Column,
    Day,
    Language,
    Link,
    Moment,
    Quantity,
    RunId,
    SessionAhead,
    Span,
    Table,
    TableRow,
    sort_key,
    t,
    write,
)

if TYPE_CHECKING:
    from jinja2 import Environment, Template

FOLDER = Path(__file__).parent


def both(written: Callable[[Language], str]) -> Markup:
    """Return a text in both languages, escaped; where they agree, once.

    >>> str(both(lambda language: "<b>"))
    '&lt;b&gt;'
    """
    english, portuguese = written("en"), written("pt")
    if english == portuguese:
        return escape(english)
    return Markup(
        '<span class="en" lang="en">{}</span><span class="pt" lang="pt-BR">{}</span>'
    ).format(english, portuguese)


def environment() -> "Environment":
    """Make the template environment: everything is escaped, and nothing may be missing."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _template() -> "Template":
    return environment().get_template("table.html.j2")


@dataclass(frozen=True)
class Html:
    """How quantities become HTML: in which languages, and where links lead."""

    in_words: Callable[[Callable[[Language], str]], Markup] = both
    address: Callable[[Link], str] | None = None
    """Where a linked thing has its page; None draws no links."""

    @classmethod
    def in_one(cls, language: Language, address: Callable[[Link], str] | None = None) -> "Html":
        """Write in one language alone."""
        return cls(lambda written: escape(written(language)), address)

    def quantity(self, quantity: Quantity) -> Markup:
        """Return a quantity; an identifier is code, and a long name breaks at underscores."""
        match quantity:
            case str():
                return _breakable(escape(quantity))
            case Code(text):
                return Markup("<code>{}</code>").format(text)
            case Badge(text, kind, tip):
                title = "" if tip is None else Markup(' title="{}"').format(self.quantity(tip))
                shown = self.quantity(text)
                return Markup('<span class="badge {}"{}>{}</span>').format(kind, title, shown)
            case SessionAhead(session):
                return Markup(
                    '<span class="full-day">{}</span><span class="short-day">{}</span>'
                ).format(self.quantity(Day(session)), self.quantity(Day(session, is_short=True)))
            case Span() | Moment():
                return self.in_words(lambda language: _parts(write(quantity, language)))
            case _:
                return self.in_words(lambda language: write(quantity, language))

    def title(self, column: Column) -> Markup:
        """Return the title of a column, in which long names may break."""
        shown = column.title
        return _breakable(self.cell(shown) if isinstance(shown, Cell) else self.quantity(shown))

    def cell(self, cell: Cell) -> Markup:
        """Return the inside of a cell: a bar, the quantity, marks behind it, details below it."""
        quantity, beside = cell.quantity, cell.beside
        if isinstance(quantity, RunId):
            beside = (quantity.rest, *beside)
            quantity = quantity.forecaster
        found = [self._bar(cell), self._linked(self.quantity(quantity), cell.link)]
        found += [
            Markup(' <span class="mark">{}</span>').format(*self._each([m])) for m in cell.marks
        ]
        if beside:
            details = Markup(", ").join(self._each(beside))
            found.append(
                Markup('<span class="beside">{}</span>').format(
                    self._linked(details, cell.beside_link)
                )
            )
        return Markup("").join(found)

    def table(
        self,
        table: Table,
        classes: str = "",
        *,
        sortable: bool = False,
        scroll: str = "scroll",
        named_by: str = "",
        label: object = "",
        data: str = "",
        hidden: bool = False,
        first: tuple[str, Callable[[TableRow], Markup]] | None = None,
        last: tuple[str, Callable[[TableRow], Markup]] | None = None,
    ) -> Markup:
        """Return a table in a box that scrolls.

        Parameters
        ----------
        classes, scroll
            Of the table, and of the box around it.
        sortable
            Whether headings are buttons that sort the rows.
        named_by, label
            The id of the heading that names the table, or else its name.
        data
            By what a script finds the table, as ``data-table``.
        first, last
            A title, and what a page puts before or after the cells of each row, such as a button.
        """
        return Markup(  # noqa: S704 - a template of our own, which escapes
            _template().render(
                table=table,
                classes=f"{classes} sortable".strip() if sortable else classes,
                sortable=sortable,
                scroll=scroll,
                named_by=named_by,
                label=label,
                data=data,
                hidden=hidden,
                first=first,
                last=last,
                html=self,
                sort_key=sort_key,
                class_of=_class_of,
                sort_note=t("sort_note"),
            )
        )

    def _each(self, quantities: Iterable[Quantity]) -> list[Markup]:
        return [self.quantity(each) for each in quantities]

    def _linked(self, text: Markup, link: Link | None) -> Markup:
        if link is None or self.address is None:
            return text
        return Markup('<a href="{}">{}</a>').format(self.address(link), text)

    def _bar(self, cell: Cell) -> Markup:
        if cell.bar is None:
            return Markup("")
        return Markup('<meter min="0" max="1" value="{}">{}</meter> ').format(
            cell.bar, self.quantity(cell.quantity)
        )


def _breakable(text: Markup) -> Markup:
    """Allow line breaks after the underscores of long names."""
    return text.replace("_", Markup("_<wbr>"))


def _parts(written: str) -> Markup:
    """Keep both halves of a span or a moment whole, each on its line where a column is narrow."""
    first, _, rest = written.partition(" ")
    if not rest:
        return escape(first)
    return Markup('<span class="part">{}</span> <span class="part">{}</span>').format(
        first, rest.removeprefix(".. ")
    )


def _class_of(column: Column, cell: Cell | None = None) -> str:
    """Return the classes of a cell, or of a heading."""
    kind: Mapping[str, str] = {"number": "", "text": "name", "prose": "wrap"}
    shown = kind[column.kind]
    if cell is None and column.kind == "prose":
        shown = "name"
    named = column.name if column.kind != "number" and column.name != shown else ""
    roomy = "roomy" if column.importance == 0 else ""
    tone = "" if cell is None or cell.tone == "plain" else cell.tone
    return " ".join(each for each in (shown, named, roomy, tone) if each)
