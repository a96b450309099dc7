"""From raw bars to validated prices: what was found, and what could be kept."""

from datetime import date

import numpy as np
from numpy.typing import NDArray

from pregao.errors import InputError
from pregao.findings import Finding
from pregao.instruments import Symbol
from pregao.prices._checks import CHECKS, Check
from pregao.prices._prices import Bars, Prices
from pregao.prices._provider import Download
from pregao.prices._subject import Subject, iso
from pregao.values import Text

_MOST_LINES = 10


def inspect(
    bars: Bars,
    symbol: Symbol,
    as_of: date | None = None,
    *,
    lines: NDArray[np.intp] | None = None,
) -> tuple[Finding, ...]:
    """Look for every defect that is known, and change nothing.

    A finding of severity ``error`` means quarantine: training on the series would be a mistake.

    Parameters
    ----------
    bars
        Raw bars in any order.
    symbol
        Whose bars they are; its exchange says on which days there should be one.
    as_of
        The day on which they were fetched; None skips what depends on it (old tail, future bars).
    lines
        The line of each row in its file, to be named in the findings.

    >>> from pregao.prices import PROVIDERS
    >>> symbol = Symbol.parse("SP500")
    >>> inspect(PROVIDERS["sample"]().download(symbol).bars, symbol)
    ()
    """
    return _findings(Subject(bars, symbol, _day(as_of)), lines)


def validated(download: Download, as_of: date | None = None) -> tuple[Prices, tuple[Finding, ...]]:
    """Keep the rows that can be trusted, and say what was found; nothing is repaired or filled.

    Taken out are rows with missing, non-positive or impossible values, copies, contradictory
    bars of one session, bars after `as_of`, and empty bars on closed days. Jumps and unit
    errors stay in: they are findings of severity ``error``, and quarantine the series. A provider
    that knows the day at the exchange knows better than `as_of`.

    Raises
    ------
    InputError
        If no row is left.
    """
    subject = Subject(download.bars, download.symbol, _day(download.as_of or as_of))
    findings = (*download.findings, *_findings(subject, download.lines))
    if len(subject.kept) == 0:
        why = "; ".join(f"{each.code} {each.seen}" for each in findings) or "no rows in that span"
        raise InputError(f"{download.source} has no usable bar of {download.symbol}: {why}")
    return Prices(download.symbol, subject.clean, download.provider), findings


def _findings(subject: Subject, lines: NDArray[np.intp] | None) -> tuple[Finding, ...]:
    if len(subject.bars) == 0:
        return ()
    found = (_finding(check, subject, lines) for check in CHECKS.values())
    return tuple(finding for finding in found if finding is not None)


def _finding(check: Check, subject: Subject, lines: NDArray[np.intp] | None) -> Finding | None:
    seen = check.look(subject)
    if seen is None:
        return None
    text = seen.text
    if lines is not None and seen.rows is not None:
        text = Text.of(
            "{seen} ({lines})", "{seen} ({lines})", seen=text, lines=_lines(lines[seen.rows])
        )
    return Finding.of(
        check.code,
        text,
        severity=seen.severity,
        symbol=str(subject.symbol),
        sessions=iso(seen.sessions),
    )


def _lines(lines: NDArray[np.intp]) -> Text:
    shown = ", ".join(str(line) for line in lines[:_MOST_LINES])
    more = " ..." if len(lines) > _MOST_LINES else ""
    many = "s" if len(lines) > 1 else ""
    return Text(en=f"line{many} {shown}{more}", pt_br=f"linha{many} {shown}{more}")


def _day(as_of: date | None) -> np.datetime64 | None:
    return None if as_of is None else np.datetime64(as_of, "D")
