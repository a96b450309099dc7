"""Pasted or uploaded prices: a CSV file, or one close a line, with a report of bad rows."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO

import numpy as np

from pregao.errors import InputError, MalformedFileError
from pregao.findings import Finding
from pregao.instruments import Sessions, Symbol, sessions_between
from pregao.prices._csv_file import ParsedBars, parse_bars
from pregao.prices._csv_identity import column_findings
from pregao.prices._csv_lines import read_text_lines
from pregao.prices._inspected_bars import InspectedBars
from pregao.prices._prices import Bars, Prices
from pregao.prices._provider import Download
from pregao.prices._validation import validate_download
from pregao.texts import LocalText
from pregao.texts import gettext_lazy as _
from pregao.values import Text, Value, bilingual

NAME = "upload"
MAX_BAD_ROWS = 20
"""With more, the whole text is refused: something else is wrong than rows."""
_MAX_CHARACTERS = 120

_HEADER_LINE = re.compile(r"\s*\"?[A-Za-z]")
_DATED_LINE = re.compile(r"\s*(\d{4}-\d{2}-\d{2})[T ]?[0-9:]*\s*[,;\t]\s*(.*)\Z")
_PRICE = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?\Z", re.ASCII)

_NO_PRICE = bilingual("no price: write it as 1234.56")
_NO_DAY = bilingual("no such day")
_MIXED = bilingual("with a date where the first line has none, or without one where it has")
_MISSING = bilingual("a value is missing")
_NOT_POSITIVE = bilingual("a price that is not above zero, or a volume below it")
_IMPOSSIBLE = bilingual("high and low do not hold the other prices between them")


class BadRow(Value):
    """A row that is left out, with the reason."""

    line: int
    content: str
    reason: Text


@dataclass(frozen=True)
class PastedPrices:
    """Prices read from a text, and its bad rows."""

    prices: Prices
    findings: tuple[Finding, ...]
    bad_rows: tuple[BadRow, ...]
    is_closes_only: bool


class BadRowsError(InputError):
    """A text with too many bad rows, or no good one."""

    def __init__(self, bad_rows: Sequence[BadRow], reason: LocalText) -> None:
        self.bad_rows = tuple(bad_rows)
        if bad_rows:
            reason = _(
                "{reason}: line {line:d}, {first}",
                reason=reason,
                line=bad_rows[0].line,
                first=bad_rows[0].reason,
            )
        super().__init__(reason)


def read_pasted(text: str, symbol: Symbol, *, today: date) -> PastedPrices:
    r"""Read a CSV file with a header, or lines of ``close`` or ``date,close``.

    Closes without dates are those of the last sessions until today. Bad rows are left out and
    reported, up to `MAX_BAD_ROWS`.

    Raises
    ------
    BadRowsError
        If there are more bad rows, or no good one.
    MalformedFileError
        If the text holds no prices at all.

    Examples
    --------
    >>> found = read_pasted("2024-01-02,10\n2024-01-03,ten", Symbol.parse("PETR4"),
    ...     today=date(2024, 1, 4))
    >>> len(found.prices), found.bad_rows[0].line, found.bad_rows[0].reason.en
    (1, 2, 'no price: write it as 1234.56')
    """
    lines = read_text_lines(BytesIO(text.encode()), NAME)
    first = next((each for each in lines if each.strip()), "")
    has_header = bool(_HEADER_LINE.match(first))
    read = _read_table(lines, symbol) if has_header else _read_closes(lines, symbol, today)
    parsed, bad = read
    bars, line_numbers = parsed.bars, parsed.lines
    inspected = InspectedBars(bars, symbol, np.datetime64(today, "D"))
    bad += [
        _bad_row(lines, int(line_numbers[row]), reason)
        for rows, reason in (
            (inspected.missing, _MISSING),
            (inspected.non_positive & ~inspected.missing, _NOT_POSITIVE),
            (inspected.impossible & ~inspected.missing, _IMPOSSIBLE),
        )
        for row in np.flatnonzero(rows)[: MAX_BAD_ROWS + 1]
    ]
    bad.sort(key=lambda each: each.line)
    if len(bad) > MAX_BAD_ROWS:
        raise BadRowsError(
            bad[:MAX_BAD_ROWS],
            _("more than {max_bad_rows} rows cannot be used", max_bad_rows=MAX_BAD_ROWS),
        )
    download = Download(
        symbol,
        bars,
        NAME,
        NAME,
        lines=line_numbers,
        findings=column_findings(parsed.named, symbol),
        actions=parsed.actions,
    )
    try:
        prices, findings = validate_download(download, today)
    except InputError as error:
        raise BadRowsError(bad, error) from error
    return PastedPrices(prices, findings, tuple(bad), is_closes_only="high" not in parsed.columns)


def _read_table(lines: list[str], symbol: Symbol) -> tuple[ParsedBars, list[BadRow]]:
    """Parse a CSV file; blank each line that cannot be parsed, and parse the rest again."""
    bad: list[BadRow] = []
    remaining = list(lines)
    while True:
        try:
            parsed = parse_bars(remaining, NAME, symbol)
        except MalformedFileError as error:
            if error.line is None or error.line == 1 or not remaining[error.line - 1]:
                raise BadRowsError(bad, error.reason) if bad else error from error
            bad.append(_bad_row(lines, error.line, Text.from_message(error.reason)))
            if len(bad) > MAX_BAD_ROWS:
                reason = _(
                    "more than {max_bad_rows} rows cannot be read", max_bad_rows=MAX_BAD_ROWS
                )
                raise BadRowsError(bad[:MAX_BAD_ROWS], reason) from error
            remaining[error.line - 1] = ""
        else:
            return parsed, bad


def _read_closes(lines: list[str], symbol: Symbol, today: date) -> tuple[ParsedBars, list[BadRow]]:
    bad: list[BadRow] = []
    rows: list[tuple[int, str | None, float]] = []
    for row in _parse_lines(lines):
        if isinstance(row, BadRow):
            bad.append(row)
        elif rows and (row[1] is None) != (rows[0][1] is None):
            bad.append(_bad_row(lines, row[0], _MIXED))
        else:
            rows.append(row)
    if not rows:
        raise BadRowsError(bad[:MAX_BAD_ROWS], _("no line holds a price"))
    closes = np.array([close for _, _, close in rows])
    sessions = (
        np.array([day for _, day, _ in rows], "datetime64[D]")
        if rows[0][1] is not None
        else last_sessions_until(symbol, len(rows), today)
    )
    columns = {
        **dict.fromkeys(("open", "high", "low", "close", "adj_close"), closes),
        "volume": np.zeros(len(rows)),
    }
    line_numbers = np.array([line for line, _, _ in rows], np.intp)
    bars = Bars.from_columns(sessions, columns)
    return ParsedBars(bars, line_numbers, frozenset({"date", "close"})), bad


def _parse_lines(lines: list[str]) -> Iterator["BadRow | tuple[int, str | None, float]"]:
    """Yield (line, day or None, close) of each line, or a bad row."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        dated = _DATED_LINE.match(line)
        day, price = (dated[1], dated[2].strip()) if dated else (None, line.strip().rstrip(",;"))
        if not _PRICE.match(price):
            yield _bad_row(lines, number, _NO_PRICE)
        elif day is not None and not _is_day(day):
            yield _bad_row(lines, number, _NO_DAY)
        else:
            yield number, day, float(price)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def last_sessions_until(symbol: Symbol, count: int, today: date) -> Sessions:
    """Return the last sessions of a symbol's exchange until today, for prices without dates.

    Raises
    ------
    InputError
        If the calendar of the exchange begins too late for as many.
    """
    until = np.datetime64(today, "D")
    # Twice as many days plus a month hold enough sessions at any exchange.
    first = until - np.timedelta64(2 * count + 30, "D")
    sessions = sessions_between(symbol.exchange, first, until)[-count:]
    if len(sessions) < count:
        raise InputError(
            _(
                "{count} prices of {symbol} have no dates, and the calendar of {exchange} knows "
                "{found} sessions up to {today}: give the dates, or fewer prices",
                count=count,
                symbol=symbol,
                exchange=symbol.exchange.name,
                found=len(sessions),
                today=today,
            )
        )
    return sessions


def _bad_row(lines: list[str], line: int, reason: Text) -> BadRow:
    return BadRow(line=line, content=lines[line - 1][:_MAX_CHARACTERS], reason=reason)
