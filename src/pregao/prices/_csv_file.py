"""One CSV file of daily bars, in one dialect: commas, decimal points, dates yyyy-mm-dd, UTF-8.

A file of another dialect is refused, with the line and what to do. A guess could be wrong
unnoticed: 03/04/2020 has two meanings, and 12,34 split at the comma makes two plausible numbers.
"""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pregao.errors import InvalidSymbolError, MalformedFileError
from pregao.instruments import Symbol
from pregao.prices._corporate_actions import CorporateAction
from pregao.prices._csv_actions import read_action_columns
from pregao.prices._csv_identity import choose_rows
from pregao.prices._csv_lines import read_lines
from pregao.prices._csv_sessions import read_sessions
from pregao.prices._prices import Bars, Column
from pregao.texts import LocalText
from pregao.texts import gettext_lazy as _

MAX_FIELDS = 64

Lines = NDArray[np.intp]

# Header cells, without case, spaces, punctuation and footnote marks, and our columns.
_HEADERS = {
    "date": "date",
    "datetime": "date",
    "session": "date",
    "adjclose": "adj_close",
    "adjustedclose": "adj_close",
    "bestbid": "best_bid",
    "bestask": "best_ask",
    "dividends": "dividends",
    "stocksplits": "splits",
    **{name: name for name in ("open", "high", "low", "close", "volume")},
}
_ACTION_COLUMNS = ("dividends", "splits")
_REQUIRED = ("date", "open", "high", "low", "close")
_CLOSES_ONLY = ("date", "close")
_MISSING = frozenset({"", "null", "nan", "na", "n/a", "none"})
# A column of these characters alone can be parsed at once.
_PLAIN_NUMBERS = re.compile(r"[0-9.eE+,-]*\Z", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\Z", re.ASCII)
_DECIMAL_COMMA = re.compile(r"[+-]?[0-9.]*,[0-9]{1,2}\Z|[+-]?[0-9]*,[0-9]+\Z", re.ASCII)


@dataclass(frozen=True)
class _Table:
    """Our columns as text, and the line of each row."""

    path: str
    columns: dict[str, Sequence[str]]
    lines: Lines
    named: str
    """The ticker that a column names in place of the symbol, or ""."""


class ParsedBars(NamedTuple):
    """Raw bars of a file, the line of each, the columns that the file has, and its actions."""

    bars: Bars
    lines: Lines
    columns: frozenset[str]
    actions: tuple[CorporateAction, ...] = ()
    named: str = ""
    """The ticker that a column names in place of the symbol, or ""."""


def read_csv(path: Path, symbol: Symbol) -> ParsedBars:
    """Parse a file into raw bars, with the 1-based line of each and the names of its columns.

    Accepted are the headers Date (or Datetime), Open, High, Low, Close, Adj Close, Volume,
    Best Bid and Best Ask in any order, case and spelling (``adj_close``), further columns, a byte
    order mark, time stamps with or without an offset, and the three header lines that yfinance
    writes. Columns Dividends and Stock Splits are actions. Without Adj Close the close is used,
    without Volume zero; a file of dates and closes alone is read too. An empty, ``null`` or
    ``NaN`` cell becomes NaN.

    Raises
    ------
    MalformedFileError
        For any other dialect, a cell that is no finite number, a row of another length, and a
        file beyond 64 MiB, 200,000 lines, 4,096 bytes a line or 64 fields.
    """
    return parse_bars(read_lines(path), str(path), symbol)


def parse_bars(lines: Sequence[str], name: str, symbol: Symbol) -> ParsedBars:
    """Parse bars from the lines of a file, as `read_csv` does; the name is for messages.

    Raises
    ------
    MalformedFileError
        As `read_csv`.
    """
    table = _parse_table(name, lines, symbol)
    columns = {name: _parse_column(table, name) for name in table.columns if name != "date"}
    of_actions = {name: columns.pop(name) for name in _ACTION_COLUMNS if name in columns}
    for absent in ("open", "high", "low", "adj_close"):
        columns.setdefault(absent, columns["close"])
    columns.setdefault("volume", np.zeros(len(table.lines)))
    sessions = read_sessions(table.path, table.columns["date"], table.lines, symbol.exchange)
    bars = Bars.from_columns(sessions, columns)
    actions = read_action_columns(bars, **of_actions, has_adjusted="adj_close" in table.columns)
    return ParsedBars(bars, table.lines, frozenset(table.columns), actions, table.named)


def _parse_table(path: str, lines: Sequence[str], symbol: Symbol) -> _Table:
    rows, numbers = _split_rows(path, lines)
    if not rows:
        raise MalformedFileError(path, None, _("empty: expected a header and one row a session"))
    header, first = rows[0], 1
    if _is_yfinance_dump(rows):
        rows, header, first = *_yfinance_columns(path, rows, symbol), 3
    positions = _find_columns(path, numbers[0], header)
    if len(rows) == first:
        raise MalformedFileError(path, numbers[-1], _("a header and no rows"))
    for row, number in zip(rows[first:], numbers[first:], strict=True):
        if len(row) != len(header):
            raise MalformedFileError(path, number, _row_length_error(row, header))
    own, named = choose_rows(path, header, rows[first:], symbol)
    cells = list(zip(*(rows[first + row] for row in own), strict=True))
    columns: dict[str, Sequence[str]] = {
        name: cells[position] for name, position in positions.items()
    }
    return _Table(path, columns, np.array(numbers[first:], np.intp)[own], named)


def _split_rows(path: str, lines: Sequence[str]) -> tuple[list[list[str]], list[int]]:
    """Split lines at commas, without blank ones; the second list holds the line numbers."""
    rows: list[list[str]] = []
    numbers: list[int] = []
    reader = csv.reader(lines, strict=True)
    line = 0
    try:
        for row in reader:
            line += 1
            if reader.line_num != line:
                raise MalformedFileError(
                    path, line, _("an open quote: a cell must end on its line")
                )
            if len(row) > MAX_FIELDS:
                reason = _(
                    "{num_row} fields, and {max_fields} are allowed",
                    num_row=len(row),
                    max_fields=MAX_FIELDS,
                )
                raise MalformedFileError(path, line, reason)
            if row and (len(row) > 1 or row[0].strip()):
                rows.append(row)
                numbers.append(line)
    except csv.Error as error:
        raise MalformedFileError(path, line + 1, _("not CSV ({error})", error=error)) from error
    return rows, numbers


def _row_length_error(row: list[str], header: Sequence[str]) -> LocalText:
    found = _(
        "{num_row} fields where the header has {num_header}",
        num_row=len(row),
        num_header=len(header),
    )
    if len(row) > len(header):
        return _(
            "{found}: a decimal comma or thousands separator? Write numbers as 1234.56", found=found
        )
    return _("{found}: a torn line?", found=found)


def _is_yfinance_dump(rows: list[list[str]]) -> bool:
    """Return whether two header lines name price and ticker and a third the index."""
    return (
        len(rows) > 3
        and {rows[0][0], rows[1][0]} == {"Price", "Ticker"}
        and _normalise(rows[2][0]) in ("date", "datetime")
    )


def _yfinance_columns(
    path: str, rows: list[list[str]], symbol: Symbol
) -> tuple[list[list[str]], list[str]]:
    """Return the columns of the symbol, and one header in place of the three lines."""
    prices, tickers = rows[:2] if rows[0][0] == "Price" else (rows[1], rows[0])
    named = [_names(cell.strip(), symbol) for cell in tickers[1:]]
    if not any(cell.strip() for cell in tickers[1:]):
        return rows, ["Date", *prices[1:]]
    positions = [0, *(place + 1 for place, is_own in enumerate(named) if is_own)]
    if len(positions) == 1:
        others = sorted({cell.strip() for cell in tickers[1:]} - {""})
        reason = _(
            "holds {tickers}, and {symbol} was asked for",
            tickers=", ".join(others[:5])[:60],
            symbol=symbol,
        )
        raise MalformedFileError(path, 2, reason)
    width = len(prices)
    own = [[row[each] for each in positions] if len(row) == width else row for row in rows]
    return own, ["Date", *(prices[each] for each in positions[1:])]


def _names(text: str, symbol: Symbol) -> bool:
    """Return whether a text is the symbol in any spelling."""
    try:
        return Symbol.parse(text) == symbol
    except InvalidSymbolError:
        return False


def _find_columns(path: str, line: int, header: list[str]) -> dict[str, int]:
    """Return the position of each of our columns in a header."""
    if len(header) == 1 and header[0].count(";") >= 4:
        reason = _("semicolons between fields: save it with commas, and a point before decimals")
        raise MalformedFileError(path, line, reason)
    if len(header) == 1 and header[0].count("\t") >= 4:
        raise MalformedFileError(path, line, _("tabs between fields: save it with commas"))
    positions: dict[str, int] = {}
    for position, cell in enumerate(header):
        name = _HEADERS.get(_normalise(cell))
        if name in positions:
            earlier = header[positions[name]]
            reason = _(
                "two columns are {name}, {earlier!r} and {cell!r}: keep one",
                name=name,
                earlier=earlier,
                cell=cell,
            )
            raise MalformedFileError(path, line, reason)
        if name is not None:
            positions[name] = position
    is_closes_only = not positions.keys() & {"open", "high", "low"}
    required = _CLOSES_ONLY if is_closes_only else _REQUIRED
    if missing := [name for name in required if name not in positions]:
        found = ", ".join(cell.strip() for cell in header)[:120]
        reason = _(
            "no column {missing} in the header, which is: {found}",
            missing=", ".join(missing),
            found=found,
        )
        raise MalformedFileError(path, line, reason)
    return positions


def _normalise(cell: str) -> str:
    return "".join(each for each in cell.lower() if each.isalnum())


def _parse_column(table: _Table, name: str) -> Column:
    cells = table.columns[name]
    if _PLAIN_NUMBERS.match(",".join(cells)):
        try:
            numbers = np.array([float(cell) for cell in cells])
        except ValueError:
            pass  # an empty cell, or a faulty one, which the loop below names
        else:
            if np.isfinite(numbers).all():
                return numbers
    return np.array([_parse_cell(table, row, name) for row in range(len(cells))])


def _parse_cell(table: _Table, row: int, name: str) -> float:
    cell = table.columns[name][row].strip()
    if cell.lower() in _MISSING:
        return float("nan")
    if _NUMBER.match(cell) and np.isfinite(number := float(cell)):
        return number
    shown = _("{cell} in column {name}", cell=repr(cell[:40]), name=name)
    if _DECIMAL_COMMA.match(cell):
        reason = _("a decimal comma, {shown}: write numbers with a point, as 1234.56", shown=shown)
    elif "," in cell and _NUMBER.match(cell.replace(",", "")):
        reason = _("thousands separators, {shown}: write numbers plainly, as 1234.56", shown=shown)
    elif _NUMBER.match(cell) or cell.lower().lstrip("+-") in ("inf", "infinity"):
        reason = _("not a finite number: {shown}", shown=shown)
    else:
        reason = _("not a number: {shown}", shown=shown)
    raise MalformedFileError(table.path, int(table.lines[row]), reason)
