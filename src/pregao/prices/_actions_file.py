"""Corporate actions in a CSV file of the user: one a row, or the columns that yfinance writes."""

import csv
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path

from pregao.errors import InvalidSymbolError, MalformedFileError
from pregao.instruments import Symbol
from pregao.prices._corporate_actions import (
    CASH_KINDS,
    ActionKind,
    CorporateAction,
    as_paid,
    merge_actions,
)
from pregao.prices._csv_lines import read_lines
from pregao.texts import LocalText
from pregao.texts import gettext_lazy as _

_HEADERS = {
    **dict.fromkeys(("symbol", "ticker", "ativo", "codigo", "código"), "symbol"),
    **dict.fromkeys(("exdate", "date", "data", "dataex", "dataexdireito"), "ex_date"),
    **dict.fromkeys(("kind", "type", "action", "tipo", "evento", "provento"), "kind"),
    **dict.fromkeys(("ratio", "factor", "fator", "proporcao", "proporção"), "ratio"),
    **dict.fromkeys(("amount", "value", "valor"), "amount"),
    "dividends": "dividends",
    "stocksplits": "splits",
}
_KINDS: dict[str, ActionKind] = {
    **dict.fromkeys(
        ("dividend", "dividendo", "dividendos", "rendimento", "rendimentos"), "dividend"
    ),
    **dict.fromkeys(
        ("jcp", "jscp", "juros", "jurossobrecapitalpróprio", "interestonequity"), "jcp"
    ),
    **dict.fromkeys(("split", "grouping", "reversesplit"), "split"),
    **dict.fromkeys(("desdobramento", "grupamento"), "split"),
    **dict.fromkeys(("bonus", "bonificação", "bonificacao", "bonificações"), "bonus"),
}
_NUMBER = re.compile(r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\Z", re.ASCII)
_RATIO = re.compile(r"(?P<after>[0-9.]+)\s*[:/]\s*(?P<before>[0-9.]+)\Z", re.ASCII)
_DAY = re.compile(r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})(?:[ T].*)?\Z", re.ASCII)
_NONE = frozenset({"", "0", "0.0", "nan", "null", "none"})

Cell = Callable[[str], str]


def read_actions(path: Path, symbol: Symbol) -> tuple[CorporateAction, ...]:
    """Read the actions of one symbol from a CSV file with one action a row.

    Columns, in any order and in English or Portuguese: ``ex_date`` (yyyy-mm-dd), ``kind``
    (dividend, jcp, split or bonus), ``ratio`` (of a split or bonus: shares after it for each share
    before, as 2, 2:1 or 0.1), ``amount`` (of a dividend or JCP: gross, for each share as it was
    then), and ``symbol``, where the file has several. A table of dates with columns ``Dividends``
    and ``Stock Splits``, as yfinance writes, is read too; its amounts are for shares of today.

    Raises
    ------
    MalformedFileError
        For a row that is none of this, with its line.
    """
    name, lines = str(path), read_lines(path)
    rows = [(number, row) for number, row in enumerate(csv.reader(lines), 1) if any(row)]
    if not rows:
        raise MalformedFileError(name, None, _("empty: expected a header and one action a row"))
    places = _places(name, *rows[0])
    found: list[CorporateAction] = []
    for number, row in rows[1:]:
        if len(row) != len(rows[0][1]):
            reason = _(
                "{found} fields where the header has {expected}",
                found=len(row),
                expected=len(rows[0][1]),
            )
            raise MalformedFileError(name, number, reason)
        line = _Line(name, number, {column: row[place].strip() for column, place in places.items()})
        if line.is_about(symbol):
            found += line.actions()
    is_dump = "kind" not in places
    return merge_actions((), as_paid(found) if is_dump else _summed(found))


def _places(path: str, line: int, header: Sequence[str]) -> dict[str, int]:
    names = ["".join(each for each in cell.lower() if each.isalnum()) for cell in header]
    places = {_HEADERS[name]: place for place, name in enumerate(names) if name in _HEADERS}
    if "ex_date" in places and ("kind" in places or places.keys() & {"dividends", "splits"}):
        return places
    reason = _(
        "the header is {found}: expected ex_date,kind,ratio,amount, and symbol where the file has "
        "several",
        found=", ".join(cell.strip() for cell in header)[:120],
    )
    raise MalformedFileError(path, line, reason)


def _summed(actions: Iterable[CorporateAction]) -> tuple[CorporateAction, ...]:
    """Add up payments of one kind and ex-date, which companies make in several parts."""
    summed: dict[tuple[date, ActionKind], CorporateAction] = {}
    for each in actions:
        before = summed.get(each.key)
        if before is None or each.kind not in CASH_KINDS:
            summed[each.key] = each
        else:
            summed[each.key] = each.replace(amount=(before.amount or 0) + (each.amount or 0))
    return tuple(summed.values())


class _Line:
    """One row of the file, with its line for messages."""

    def __init__(self, path: str, number: int, cells: dict[str, str]) -> None:
        self.path, self.number, self.cells = path, number, cells

    def is_about(self, symbol: Symbol) -> bool:
        """Return whether the row is about a symbol, in any spelling; no column means that it is."""
        text = self.cells.get("symbol")
        if text is None:
            return True
        try:
            return Symbol.parse(text) == symbol
        except InvalidSymbolError:
            return text.upper() == symbol.ticker

    def actions(self) -> list[CorporateAction]:
        """Return the actions of the row."""
        day = self._ex_date()
        if "kind" not in self.cells:
            return [
                *self._of_columns(day, "splits", "split", self._ratio),
                *self._of_columns(day, "dividends", "dividend", self._amount),
            ]
        word = "".join(each for each in self.cells["kind"].lower() if each.isalnum())
        kind = _KINDS.get(word)
        if kind is None:
            known = "dividend, jcp, split, bonus"
            found = repr(self.cells["kind"][:40])
            raise self._error(
                _("no kind of action: {found}; give {known}", found=found, known=known)
            )
        if kind in CASH_KINDS:
            return [self._action(day, kind, amount=self._amount("amount"))]
        return [self._action(day, kind, ratio=self._ratio("ratio"))]

    def _of_columns(
        self, day: date, column: str, kind: ActionKind, parse: Callable[[str], float]
    ) -> list[CorporateAction]:
        if self.cells.get(column, "").lower() in _NONE:
            return []
        size = {"amount" if kind in CASH_KINDS else "ratio": parse(column)}
        return [self._action(day, kind, is_in_prices=kind not in CASH_KINDS, **size)]

    def _action(self, day: date, kind: ActionKind, **fields: object) -> CorporateAction:
        source = Path(self.path).name
        return CorporateAction.model_validate(
            {"ex_date": day, "kind": kind, "source": source, **fields}
        )

    def _ex_date(self) -> date:
        cell = self.cells["ex_date"]
        found = _DAY.match(cell)
        try:
            return date.fromisoformat(found["day"] if found else "")
        except ValueError:
            shown = repr(cell[:40])
            raise self._error(
                _("not a date: {shown}; write dates as yyyy-mm-dd", shown=shown)
            ) from None

    def _amount(self, column: str) -> float:
        return self._positive(column, self.cells.get(column, ""))

    def _ratio(self, column: str) -> float:
        cell = self.cells.get(column, "")
        if parts := _RATIO.match(cell):
            return self._positive(column, parts["after"]) / self._positive(column, parts["before"])
        return self._positive(column, cell)

    def _positive(self, column: str, cell: str) -> float:
        if _NUMBER.match(cell) and 0 < (number := float(cell)) < 1e12:
            return number
        expected = "2, 2:1, 0.1" if column in {"ratio", "splits"} else "0.55"
        raise self._error(
            _(
                "{found} in column {name}: expected a positive number such as {expected}",
                found=repr(cell[:40]),
                name=column,
                expected=expected,
            )
        )

    def _error(self, reason: LocalText) -> MalformedFileError:
        return MalformedFileError(self.path, self.number, reason)
