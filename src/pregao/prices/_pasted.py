"""Prices that somebody pastes or uploads: a CSV file, or a close a line; bad rows are told."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO

import numpy as np

from pregao.errors import InputError, MalformedFileError
from pregao.findings import Finding
from pregao.instruments import Sessions, Symbol, sessions_between
from pregao.prices._csv_file import bars_of_lines
from pregao.prices._csv_lines import lines_of
from pregao.prices._inspection import validated
from pregao.prices._prices import Bars, Prices
from pregao.prices._provider import Download
from pregao.prices._subject import Subject
from pregao.values import Text, Value

NAME = "upload"
MOST_BAD_ROWS = 20
"""How many are looked for: with more, something else is wrong than rows."""
_MOST_CHARACTERS = 120

_HEADED = re.compile(r"\s*\"?[A-Za-z]")
_DATED = re.compile(r"\s*(\d{4}-\d{2}-\d{2})[T ]?[0-9:]*\s*[,;\t]\s*(.*)\Z")
_PRICE = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\Z", re.ASCII)

_NO_PRICE = Text(en="no price: write it as 1234.56", pt_br="não é um preço: escreva como 1234.56")
_NO_DAY = Text(en="no such day", pt_br="esse dia não existe")
_MIXED = Text(
    en="with a date where the first line has none, or without one where it has",
    pt_br="com data onde a primeira linha não tem, ou sem data onde ela tem",
)
_MISSING = Text(en="a value is missing", pt_br="falta um valor")
_NOT_POSITIVE = Text(
    en="a price that is not above zero, or a volume below it",
    pt_br="um preço que não é maior que zero, ou um volume negativo",
)
_IMPOSSIBLE = Text(
    en="high and low do not hold the other prices between them",
    pt_br="a máxima e a mínima não contêm os outros preços",
)


class BadRow(Value):
    """A row that is left out, and why."""

    line: int
    content: str
    reason: Text


@dataclass(frozen=True)
class Pasted:
    """What could be kept of a text, and what could not."""

    prices: Prices
    findings: tuple[Finding, ...]
    bad_rows: tuple[BadRow, ...]
    is_closes_only: bool


class BadRowsError(InputError):
    """A text of which too little can be used."""

    def __init__(self, bad_rows: Sequence[BadRow], reason: str) -> None:
        self.bad_rows = tuple(bad_rows)
        first = f": line {bad_rows[0].line}, {bad_rows[0].reason}" if bad_rows else ""
        super().__init__(f"{reason}{first}")


def read_pasted(text: str, symbol: Symbol, *, today: date) -> Pasted:
    r"""Read a CSV file with a header, or lines of ``close`` or ``date,close``.

    Closes without dates are taken as those of the last sessions until today. Rows that are bad are
    left out and told, up to `MOST_BAD_ROWS`.

    Raises
    ------
    BadRowsError
        If more rows are bad than that, or no good one is left.
    MalformedFileError
        If it is no text of prices at all.

    Examples
    --------
    >>> found = read_pasted("2024-01-02,10\n2024-01-03,ten", Symbol.parse("PETR4"),
    ...     today=date(2024, 1, 4))
    >>> len(found.prices), found.bad_rows[0].line, found.bad_rows[0].reason.en
    (1, 2, 'no price: write it as 1234.56')
    """
    lines = lines_of(BytesIO(text.encode()), NAME)
    first = next((each for each in lines if each.strip()), "")
    is_headed = bool(_HEADED.match(first))
    bars, places, bad = _table(lines, symbol) if is_headed else _closes(lines, symbol, today)
    subject = Subject(bars, symbol, np.datetime64(today, "D"))
    bad += [
        _bad(lines, int(places[row]), reason)
        for rows, reason in (
            (subject.missing, _MISSING),
            (subject.non_positive & ~subject.missing, _NOT_POSITIVE),
            (subject.impossible & ~subject.missing, _IMPOSSIBLE),
        )
        for row in np.flatnonzero(rows)[: MOST_BAD_ROWS + 1]
    ]
    bad.sort(key=lambda each: each.line)
    if len(bad) > MOST_BAD_ROWS:
        raise BadRowsError(bad[:MOST_BAD_ROWS], f"more than {MOST_BAD_ROWS} rows cannot be used")
    download = Download(symbol, bars, NAME, NAME, lines=places)
    try:
        prices, findings = validated(download, today)
    except InputError as error:
        raise BadRowsError(bad, str(error)) from error
    return Pasted(prices, findings, tuple(bad), is_closes_only=not is_headed)


def _table(
    lines: list[str], symbol: Symbol
) -> tuple[Bars, np.ndarray[tuple[int], np.dtype[np.intp]], list[BadRow]]:
    """Read a CSV file, each line that cannot be read set aside and the rest read again."""
    bad: list[BadRow] = []
    left = list(lines)
    while True:
        try:
            bars, places = bars_of_lines(left, NAME, symbol)
        except MalformedFileError as error:
            if error.line is None or error.line == 1 or not left[error.line - 1]:
                raise BadRowsError(bad, error.reason) if bad else error from error
            bad.append(_bad(lines, error.line, Text.same(error.reason)))
            if len(bad) > MOST_BAD_ROWS:
                reason = f"more than {MOST_BAD_ROWS} rows cannot be read"
                raise BadRowsError(bad[:MOST_BAD_ROWS], reason) from error
            left[error.line - 1] = ""
        else:
            return bars, places, bad


def _closes(
    lines: list[str], symbol: Symbol, today: date
) -> tuple[Bars, np.ndarray[tuple[int], np.dtype[np.intp]], list[BadRow]]:
    bad: list[BadRow] = []
    rows: list[tuple[int, str | None, float]] = []
    for each in _parsed(lines):
        if isinstance(each, BadRow):
            bad.append(each)
        elif rows and (each[1] is None) != (rows[0][1] is None):
            bad.append(_bad(lines, each[0], _MIXED))
        else:
            rows.append(each)
    if not rows:
        raise BadRowsError(bad[:MOST_BAD_ROWS], "no line holds a price")
    closes = np.array([close for _, _, close in rows])
    sessions = (
        np.array([day for _, day, _ in rows], "datetime64[D]")
        if rows[0][1] is not None
        else last_sessions(symbol, len(rows), today)
    )
    columns = {
        **dict.fromkeys(("open", "high", "low", "close", "adj_close"), closes),
        "volume": np.zeros(len(rows)),
    }
    return Bars.of(sessions, columns), np.array([line for line, _, _ in rows], np.intp), bad


def _parsed(lines: list[str]) -> Iterator["BadRow | tuple[int, str | None, float]"]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        dated = _DATED.match(line)
        day, price = (dated[1], dated[2].strip()) if dated else (None, line.strip().rstrip(",;"))
        if not _PRICE.match(price):
            yield _bad(lines, number, _NO_PRICE)
        elif day is not None and not _is_day(day):
            yield _bad(lines, number, _NO_DAY)
        else:
            yield number, day, float(price)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def last_sessions(symbol: Symbol, count: int, today: date) -> Sessions:
    """Give the last sessions of a symbol's exchange until today, for prices without dates."""
    until = np.datetime64(today, "D")
    # Twice as many days and a month hold enough sessions at any exchange.
    first = until - np.timedelta64(2 * count + 30, "D")
    return sessions_between(symbol.exchange, first, until)[-count:]


def _bad(lines: list[str], line: int, reason: Text) -> BadRow:
    return BadRow(line=line, content=lines[line - 1][:_MOST_CHARACTERS], reason=reason)
