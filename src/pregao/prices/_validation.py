"""Validation: from raw bars to prices, with a finding for each defect."""

from collections.abc import Iterable, Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from pregao.errors import InputError
from pregao.findings import Finding, find_kind
from pregao.instruments import Symbol
from pregao.prices._checks import CHECKS, Check, Defect
from pregao.prices._corporate_actions import CASH_KINDS, ActionEffect
from pregao.prices._inspected_bars import InspectedBars, iso_dates
from pregao.prices._prices import Bars, Prices
from pregao.prices._provider import Download
from pregao.texts import gettext_lazy as _
from pregao.texts import join_messages
from pregao.values import Text, bilingual, bilingual_plural

_MAX_LINES = 10
_UNADJUSTED = frozenset({"PRC016", "PRC026"})
_MIN_SOUND_SESSIONS = 250
_MIN_SOUND_SHARE = 0.2


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
    bars of one session, bars after `as_of`, and untraded bars on closed days. Steps and levels
    that revert stay in: they are findings of severity ``error``, which quarantine the series. The
    day at the exchange that a provider reports takes precedence over `as_of`.

    Raises
    ------
    InputError
        If no row is left.
    """
    as_of = download.as_of or as_of
    bars = InspectedBars(download.bars, download.symbol, _day(as_of), download.actions)
    found = _findings(bars, download.lines)
    known = _without_answered(download.findings, bars.action_effects)
    findings = (*_without_repeats(known, found), *found)
    if len(bars.kept_rows) == 0:
        why = (
            join_messages(join_messages([each.code, each.seen], " ") for each in findings)
            if findings
            else _("no rows in that span")
        )
        raise InputError(
            _(
                "{source} has no usable bar of {symbol}: {why}",
                source=download.source,
                symbol=download.symbol,
                why=why,
            )
        )
    prices = Prices(download.symbol, bars.clean_bars, download.provider, bars.action_effects)
    return prices, findings


def _without_answered(
    known: Iterable[Finding], actions: Sequence[ActionEffect]
) -> tuple[Finding, ...]:
    """Return findings without that of absent adjusted closes, where the dividends are known."""
    is_answered = any(
        each.action.kind in CASH_KINDS and each.state in {"applied", "in_prices"}
        for each in actions
    )
    return tuple(each for each in known if not (is_answered and each.code in _UNADJUSTED))


def _without_repeats(known: Sequence[Finding], found: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return what is known of stored bars, but what the checks find again as seriously."""
    again = {each.code: each.severity for each in found}
    return tuple(
        each
        for each in known
        if each.code not in again or (each.severity == "error" and again[each.code] != "error")
    )


def _findings(inspected: InspectedBars, lines: NDArray[np.intp] | None) -> tuple[Finding, ...]:
    if len(inspected.bars) == 0:
        return ()
    found = [
        (check, defect)
        for check in CHECKS.values()
        if (defect := check.find(inspected)) is not None
    ]
    errors = [defect for _, defect in found if defect.severity == "error"]
    way_out = _sound_span(inspected, errors) if errors else None
    return tuple(_finding(check, defect, inspected, lines, way_out) for check, defect in found)


def _finding(
    check: Check,
    defect: Defect,
    inspected: InspectedBars,
    lines: NDArray[np.intp] | None,
    way_out: Text | None,
) -> Finding:
    text = defect.text
    if lines is not None and defect.rows is not None:
        named = _line_numbers(lines[defect.rows])
        text = bilingual("{seen} ({lines})", seen=text, lines=named)
    advice = find_kind(check.code).advice
    if defect.severity == "error" and way_out is not None:
        advice = Text.joined([advice, way_out], en="; ", pt_br="; ")
    return Finding.from_code(
        check.code,
        text,
        severity=defect.severity,
        do=advice,
        symbol=str(inspected.symbol),
        sessions=iso_dates(defect.sessions),
    )


def _sound_span(inspected: InspectedBars, errors: Sequence[Defect]) -> Text | None:
    """Return how to take the longest span without an error; None if it is short."""
    sessions = inspected.clean_bars.sessions
    marks = np.unique(np.concatenate([np.array([*each.sessions], "M8[D]") for each in errors]))
    is_marked = np.isin(sessions, marks)
    # Between two rows that are marked, or left out and marked, lies one run.
    run = np.searchsorted(marks, sessions, side="right")
    counts = np.bincount(run[~is_marked], minlength=1)
    longest = int(counts.argmax())
    if counts[longest] < max(_MIN_SOUND_SESSIONS, _MIN_SOUND_SHARE * len(sessions)):
        return None
    inside = sessions[(run == longest) & ~is_marked]
    first, last = inside[0], inside[-1]
    rows = (inspected.bars.sessions >= first) & (inspected.bars.sessions <= last)
    rest = InspectedBars(inspected.bars.take(rows), inspected.symbol, None, inspected.actions)
    if any((each := check.find(rest)) and each.severity == "error" for check in CHECKS.values()):
        return None
    options = [
        *([f"--start {first}"] if first > sessions[0] or first > inspected.first else []),
        *([f"--end {last}"] if last < inspected.last else []),
    ]
    if not options:
        return None
    return bilingual(
        "or use the {count:,} sound sessions: {options}",
        count=len(inside),
        options=" ".join(options),
    )


def _line_numbers(lines: NDArray[np.intp]) -> Text:
    shown = ", ".join(str(line) for line in lines[:_MAX_LINES])
    more = " ..." if len(lines) > _MAX_LINES else ""
    return bilingual_plural("line {lines}", "lines {lines}", count=len(lines), lines=shown + more)


def _day(as_of: date | None) -> np.datetime64 | None:
    return None if as_of is None else np.datetime64(as_of, "D")
