"""The checks of raw bars: what each looks for, what the defect costs and what to do."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from pregao.calendars import sessions_between
from pregao.findings import Severity
from pregao.prices._jumps import glitches_and_splits, jumps, runs
from pregao.prices._prices import PRICE_COLUMNS
from pregao.prices._subject import Rows, Subject, has_one_price

# Fewer repeats of one price happen in thin markets; the index's calendar has fewer than a fifth
# of its sessions missing even in the 1990s.
_SHORTEST_FLAT_RUN = 5
_MANY_FLAT_BARS = 10
_SHORTEST_STALE_TAIL = 3
_STALE_AFTER_SESSIONS = 5
_GAP_SHARE_OF_NO_DAILY_BARS = 0.2


@dataclass(frozen=True)
class Seen:
    """What a check saw."""

    severity: Severity
    sessions: Iterable[np.datetime64]
    text: str
    rows: Rows | None = None
    """The raw rows, where the defect is in rows: their lines are named beside the text."""


@dataclass(frozen=True)
class Check:
    """One check: pure, and None where there is nothing to see."""

    code: str
    title: str
    advice: str
    """What the defect costs, and what to do about it."""
    look: Callable[[Subject], Seen | None]


def _gap(subject: Subject) -> Seen | None:
    absent = np.setdiff1d(subject.expected, subject.bars.sessions)
    if len(absent) == 0:
        return None
    share = len(absent) / len(subject.expected)
    is_daily = share <= _GAP_SHARE_OF_NO_DAILY_BARS or len(subject.expected) < 20
    text = f"{_count(len(absent), 'session')} of {len(subject.expected)} without a bar"
    return Seen(
        "warning" if is_daily else "error",
        absent,
        text if is_daily else f"{text}: these are no daily bars of {subject.symbol.exchange.code}",
    )


def _phantom(subject: Subject) -> Seen | None:
    rows = subject.closed & ~subject.missing
    if not rows.any():
        return None
    empty = int(subject.empty.sum())
    text = (
        f"{_count(int(rows.sum()), 'bar')} on days when {subject.symbol.exchange.code} was closed"
    )
    taken = f"{empty} with zero volume and one price, taken out" if empty else "all kept"
    return Seen("warning", subject.bars.sessions[rows], f"{text}, {taken}", rows)


def _order(subject: Subject) -> Seen | None:
    sessions = subject.bars.sessions
    late = np.r_[False, np.diff(sessions) < np.timedelta64(0, "D")]
    if not late.any():
        return None
    falls = int(late.sum())
    text = f"{_count(falls, 'row')} earlier than the row before, sorted"
    if falls == len(sessions) - 1:
        return Seen("warning", (), "the newest row comes first, sorted")
    return Seen("warning", sessions[late], text, late)


def _duplicate(subject: Subject) -> Seen | None:
    same, different = subject.copies, subject.contradictory
    sessions = subject.bars.sessions
    if different.any():
        held = len(np.unique(sessions[different]))
        text = f"{_count(held, 'session')} with bars that contradict each other, all taken out"
        return Seen("error", np.unique(sessions[different]), text, different)
    if same.any():
        text = f"{_count(int(same.sum()), 'exact copy', 'exact copies')}, one of each kept"
        return Seen("warning", np.unique(sessions[same]), text, same)
    return None


def _missing(subject: Subject) -> Seen | None:
    return _defects(subject, subject.missing, "with missing values")


def _non_positive(subject: Subject) -> Seen | None:
    return _defects(subject, subject.non_positive, "with a price or volume that cannot be")


def _impossible(subject: Subject) -> Seen | None:
    return _defects(subject, subject.impossible, "whose high or low excludes its open or close")


def _defects(subject: Subject, rows: Rows, what: str) -> Seen | None:
    if not rows.any():
        return None
    text = f"{_count(int(rows.sum()), 'row')} of {len(rows)} {what}, taken out"
    severity: Severity = "error" if subject.is_mostly_defective else "warning"
    dated = rows & ~subject.undated
    return Seen(severity, subject.bars.sessions[dated], text, rows)


def _flat(subject: Subject) -> Seen | None:
    bars = subject.clean
    is_flat = has_one_price(bars)
    repeats = np.r_[False, is_flat[1:] & is_flat[:-1] & (np.diff(bars.close) == 0)][: len(bars)]
    found = [
        (first - 1, last) for first, last in runs(repeats) if last - first + 1 >= _SHORTEST_FLAT_RUN
    ]
    scattered = int(is_flat.sum())
    if not found and scattered < _MANY_FLAT_BARS:
        return None
    if not found:
        text = f"{scattered} bars in all have one price and no range, never many in a row"
        return Seen("info", bars.sessions[is_flat], text)
    longest = max(last - first for first, last in found)
    sessions = np.concatenate([bars.sessions[first:last] for first, last in found])
    text = (
        f"{_count(len(found), 'run')} of sessions at one price, the longest of {longest}; "
        f"{scattered} bars in all have no range"
    )
    return Seen("warning", sessions, text)


def _split(subject: Subject) -> Seen | None:
    _, lasting = glitches_and_splits(jumps(subject.clean))
    if not lasting:
        return None
    sessions = subject.clean.sessions[[jump.row for jump in lasting]]
    examples = ", ".join(
        f"{session} by about {jump.ratio if jump.is_up else f'1/{jump.ratio}'}"
        for session, jump in list(zip(sessions, lasting, strict=True))[:3]
    )
    text = f"{_count(len(lasting), 'jump')} of adj_close near a split ratio that lasts: {examples}"
    return Seen("error", sessions, text)


def _unit(subject: Subject) -> Seen | None:
    bars = subject.clean
    glitches, _ = glitches_and_splits(jumps(bars))
    if not glitches:
        return None
    sessions = np.concatenate([bars.sessions[first:last] for first, last, _ in glitches])
    ratios = ", ".join(str(ratio) for ratio in sorted({ratio for *_, ratio in glitches}))
    text = f"{_count(len(sessions), 'bar')} off by a factor of about {ratios} that reverts"
    return Seen("error", sessions, text)


def _stale(subject: Subject) -> Seen | None:
    bars = subject.clean
    if len(bars) == 0:
        return None
    if subject.as_of is not None:
        since = sessions_between(subject.symbol.exchange, bars.sessions[-1], subject.as_of)
        if len(since) - 1 > _STALE_AFTER_SESSIONS:
            text = f"the last bar is of {bars.sessions[-1]}, {len(since) - 1} sessions before"
            return Seen("warning", bars.sessions[-1:], f"{text} {subject.as_of}")
    repeats = bars.volume == 0
    for name in PRICE_COLUMNS:
        repeats &= getattr(bars, name) == getattr(bars, name)[-1]
    tail = len(bars) - 1 - int(np.max(np.flatnonzero(~repeats), initial=-1))
    if tail < _SHORTEST_STALE_TAIL:
        return None
    text = f"the last {tail} bars repeat one price without a trade"
    return Seen("warning", bars.sessions[-tail:], text)


def _future(subject: Subject) -> Seen | None:
    rows = subject.future
    if not rows.any():
        return None
    text = f"{_count(int(rows.sum()), 'bar')} after {subject.as_of}, taken out"
    return Seen("error", subject.bars.sessions[rows], text, rows)


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


_CHECKS = (
    Check(
        "PRC001",
        "gap",
        "a return across a gap spans several sessions: fetch the days again if they were traded",
        _gap,
    ),
    Check(
        "PRC002",
        "phantom session",
        "an empty bar is a zero return that never happened: check those with volume against the "
        "exchange's calendar",
        _phantom,
    ),
    Check(
        "PRC003",
        "order",
        "the rows were meant for another reader: write them with the oldest first",
        _order,
    ),
    Check(
        "PRC004",
        "duplicate session",
        "which bar is true cannot be known from here: keep one row a session in the source",
        _duplicate,
    ),
    Check(
        "PRC005",
        "missing values",
        "a filled value would be an invented price: fetch those sessions again",
        _missing,
    ),
    Check(
        "PRC006",
        "non-positive price",
        "no return can be computed from it: fetch those sessions again",
        _non_positive,
    ),
    Check(
        "PRC007",
        "impossible bar",
        "one of its four prices is wrong, and features would learn from it: fetch them again",
        _impossible,
    ),
    Check(
        "PRC008",
        "flat run",
        "zero returns teach that nothing moves: see whether the stock was suspended or is too thin",
        _flat,
    ),
    Check(
        "PRC009",
        "split jump",
        "a network would learn a crash that no holder had: fetch adjusted prices, or adjust the "
        "rows before",
        _split,
    ),
    Check(
        "PRC010",
        "stale tail",
        "a forecast would start from an old price: fetch again, or end the span there",
        _stale,
    ),
    Check(
        "PRC011",
        "unit error",
        "two returns that never happened, larger than any real one: correct the rows at the source",
        _unit,
    ),
    Check(
        "PRC012",
        "future bar",
        "nobody can know it yet: check the dates of the source",
        _future,
    ),
)

CHECKS: dict[str, Check] = {check.code: check for check in _CHECKS}
