"""Validation: from raw bars to prices, with a finding for each defect."""

from datetime import date

import numpy as np
from numpy.typing import NDArray

from pregao.errors import InputError
from pregao.findings import Finding
from pregao.instruments import Symbol
from pregao.prices._checks import CHECKS, Check
from pregao.prices._inspected_bars import InspectedBars, iso_dates
from pregao.prices._prices import Bars, Prices
from pregao.prices._provider import Download
from pregao.texts import gettext_lazy as _
from pregao.values import Text, bilingual, bilingual_plural

_MAX_LINES = 10


def find_defects(
    bars: Bars,
    symbol: Symbol,
    as_of: date | None = None,
    *,
    lines: NDArray[np.intp] | None = None,
) -> tuple[Finding, ...]:
    """Run all checks on raw bars, and change nothing.

    A finding of severity ``error`` puts the series in quarantine: it must not be trained on.

    Parameters
    ----------
    bars
        Raw bars in any order.
    symbol
        The symbol of the bars; its exchange defines the expected sessions.
    as_of
        The day on which they were fetched; None skips the checks that need it (old tail, future
        bars).
    lines
        The line of each row in its file, for the findings.

    >>> from pregao.prices import PROVIDERS
    >>> symbol = Symbol.parse("SP500")
    >>> find_defects(PROVIDERS["sample"]().download(symbol).bars, symbol)
    ()
    """
    return _findings(InspectedBars(bars, symbol, _day(as_of)), lines)


def validate_download(
    download: Download, as_of: date | None = None
) -> tuple[Prices, tuple[Finding, ...]]:
    """Return the sound rows as prices, with the findings; nothing is repaired or filled.

    Left out are rows with missing, non-positive or impossible values, duplicates, conflicting
    bars of one session, bars after `as_of`, and untraded bars on closed days. Jumps and unit
    errors stay in: they are findings of severity ``error``, which quarantine the series. The day
    at the exchange that a provider reports takes precedence over `as_of`.

    Raises
    ------
    InputError
        If no row is left.
    """
    bars = InspectedBars(download.bars, download.symbol, _day(download.as_of or as_of))
    findings = (*download.findings, *_findings(bars, download.lines))
    if len(bars.kept_rows) == 0:
        why = "; ".join(f"{each.code} {each.seen}" for each in findings) or "no rows in that span"
        raise InputError(
            _(
                "{source} has no usable bar of {symbol}: {why}",
                source=download.source,
                symbol=download.symbol,
                why=why,
            )
        )
    return Prices(download.symbol, bars.clean_bars, download.provider), findings


def _findings(inspected: InspectedBars, lines: NDArray[np.intp] | None) -> tuple[Finding, ...]:
    if len(inspected.bars) == 0:
        return ()
    found = (_finding(check, inspected, lines) for check in CHECKS.values())
    return tuple(finding for finding in found if finding is not None)


def _finding(
    check: Check, inspected: InspectedBars, lines: NDArray[np.intp] | None
) -> Finding | None:
    defect = check.find(inspected)
    if defect is None:
        return None
    text = defect.text
    if lines is not None and defect.rows is not None:
        named = _line_numbers(lines[defect.rows])
        text = bilingual("{seen} ({lines})", seen=text, lines=named)
    return Finding.from_code(
        check.code,
        text,
        severity=defect.severity,
        symbol=str(inspected.symbol),
        sessions=iso_dates(defect.sessions),
    )


def _line_numbers(lines: NDArray[np.intp]) -> Text:
    shown = ", ".join(str(line) for line in lines[:_MAX_LINES])
    more = " ..." if len(lines) > _MAX_LINES else ""
    return bilingual_plural("line {lines}", "lines {lines}", count=len(lines), lines=shown + more)


def _day(as_of: date | None) -> np.datetime64 | None:
    return None if as_of is None else np.datetime64(as_of, "D")
