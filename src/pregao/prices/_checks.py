"""The checks of raw bars: each finds one kind of defect."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from pregao.findings import Severity
from pregao.instruments import as_date, sessions_between
from pregao.prices._inspected_bars import SESSIONS, InspectedBars, Rows, flat_rows
from pregao.prices._jumps import find_jumps, separate_glitches, true_runs
from pregao.prices._prices import PRICE_COLUMNS
from pregao.values import Text, bilingual

# Shorter runs at one price happen in thin markets; of the sessions of real daily files fewer than
# a fifth are missing even in the 1990s.
_SHORTEST_FLAT_RUN = 5
_MANY_FLAT_BARS = 10
_SHORTEST_STALE_TAIL = 3
_STALE_AFTER_SESSIONS = 5
_GAP_SHARE_OF_NO_DAILY_BARS = 0.2
_FEW_SESSIONS = 20

# Singular and plural.
_BARS = (bilingual("bar"), bilingual("bars"))
_ROWS = (bilingual("row"), bilingual("rows"))
_COPIES = (
    bilingual("exact copy"),
    bilingual("exact copies"),
)
_RUNS = (bilingual("run"), bilingual("runs"))
_JUMPS = (bilingual("jump"), bilingual("jumps"))


@dataclass(frozen=True)
class Defect:
    """What a check found."""

    severity: Severity
    sessions: Iterable[np.datetime64]
    text: Text
    rows: Rows | None = None
    """The raw rows of the defect, where it is in rows: the finding names their lines."""


@dataclass(frozen=True)
class Check:
    """A check: a pure function, which returns None where there is no defect."""

    code: str
    find: Callable[[InspectedBars], Defect | None]


def _gap(inspected: InspectedBars) -> Defect | None:
    absent = np.setdiff1d(inspected.expected, inspected.bars.sessions)
    if len(absent) == 0:
        return None
    share = len(absent) / len(inspected.expected)
    is_daily = share <= _GAP_SHARE_OF_NO_DAILY_BARS or len(inspected.expected) < _FEW_SESSIONS
    text = bilingual(
        "{absent} of {all} without a bar",
        absent=Text.counted(len(absent), *SESSIONS),
        all=len(inspected.expected),
    )
    if is_daily:
        return Defect("warning", absent, text)
    text = bilingual(
        "{text}: these are no daily bars of {exchange}",
        text=text,
        exchange=inspected.symbol.exchange.name,
    )
    return Defect("error", absent, text)


def _phantom(inspected: InspectedBars) -> Defect | None:
    rows = inspected.on_closed_days & ~inspected.missing
    if not rows.any():
        return None
    untraded = int(inspected.untraded.sum())
    kept = bilingual("all kept")
    taken = bilingual("{empty} with zero volume and one price, taken out", empty=untraded)
    text = bilingual(
        "{bars} on days when {exchange} was closed, {taken}",
        bars=Text.counted(int(rows.sum()), *_BARS),
        exchange=inspected.symbol.exchange.name,
        taken=taken if untraded else kept,
    )
    return Defect("warning", inspected.bars.sessions[rows], text, rows)


def _order(inspected: InspectedBars) -> Defect | None:
    sessions = inspected.bars.sessions
    late = np.r_[False, np.diff(sessions) < np.timedelta64(0, "D")]
    if not late.any():
        return None
    falls = int(late.sum())
    if falls == len(sessions) - 1:
        newest_first = bilingual("the newest row comes first, sorted")
        return Defect("warning", (), newest_first)
    text = bilingual("{rows} earlier than the row before, sorted", rows=Text.counted(falls, *_ROWS))
    return Defect("warning", sessions[late], text, late)


def _duplicate(inspected: InspectedBars) -> Defect | None:
    same, different = inspected.duplicates, inspected.conflicting
    sessions = inspected.bars.sessions
    if different.any():
        held = np.unique(sessions[different])
        text = bilingual(
            "{sessions} with bars that contradict each other, all taken out",
            sessions=Text.counted(len(held), *SESSIONS),
        )
        return Defect("error", held, text, different)
    if same.any():
        text = bilingual(
            "{copies}, one of each kept", copies=Text.counted(int(same.sum()), *_COPIES)
        )
        return Defect("warning", np.unique(sessions[same]), text, same)
    return None


def _missing(inspected: InspectedBars) -> Defect | None:
    what = bilingual("with missing values")
    return _defects(inspected, inspected.missing, what)


def _non_positive(inspected: InspectedBars) -> Defect | None:
    what = bilingual("with a price or volume that cannot be")
    return _defects(inspected, inspected.non_positive, what)


def _impossible(inspected: InspectedBars) -> Defect | None:
    what = bilingual("whose high or low excludes its open or close")
    return _defects(inspected, inspected.impossible, what)


def _defects(inspected: InspectedBars, rows: Rows, what: Text) -> Defect | None:
    if not rows.any():
        return None
    count = int(rows.sum())
    text = bilingual(
        "{rows} of {all} {what}, taken out",
        rows=Text.counted(count, *_ROWS),
        all=len(rows),
        what=what,
    )
    severity: Severity = "error" if inspected.is_mostly_defective else "warning"
    dated = rows & ~inspected.undated
    return Defect(severity, inspected.bars.sessions[dated], text, rows)


def _flat(inspected: InspectedBars) -> Defect | None:
    bars = inspected.clean_bars
    is_flat = flat_rows(bars)
    repeats = np.r_[False, is_flat[1:] & is_flat[:-1] & (np.diff(bars.close) == 0)][: len(bars)]
    found = [
        (first - 1, last)
        for first, last in true_runs(repeats)
        if last - first + 1 >= _SHORTEST_FLAT_RUN
    ]
    scattered = int(is_flat.sum())
    if not found and scattered < _MANY_FLAT_BARS:
        return None
    if not found:
        text = bilingual(
            "{bars} bars in all have one price and no range, never many in a row", bars=scattered
        )
        return Defect("info", bars.sessions[is_flat], text)
    longest = max(last - first for first, last in found)
    sessions = np.concatenate([bars.sessions[first:last] for first, last in found])
    text = bilingual(
        "{runs} of sessions at one price, the longest of {longest}; {bars} bars in all have no "
        "range",
        runs=Text.counted(len(found), *_RUNS),
        longest=longest,
        bars=scattered,
    )
    return Defect("warning", sessions, text)


def _split(inspected: InspectedBars) -> Defect | None:
    _, lasting = separate_glitches(find_jumps(inspected.clean_bars))
    if not lasting:
        return None
    sessions = inspected.clean_bars.sessions[[jump.row for jump in lasting]]
    examples = [
        bilingual(
            "{session} by about {ratio}",
            session=as_date(session),
            ratio=str(jump.ratio) if jump.is_up else f"1/{jump.ratio}",
        )
        for session, jump in list(zip(sessions, lasting, strict=True))[:3]
    ]
    text = bilingual(
        "{jumps} of adj_close near a split ratio that lasts: {examples}",
        jumps=Text.counted(len(lasting), *_JUMPS),
        examples=Text.joined(examples, en=", ", pt_br=", "),
    )
    return Defect("error", sessions, text)


def _unit(inspected: InspectedBars) -> Defect | None:
    bars = inspected.clean_bars
    glitches, _ = separate_glitches(find_jumps(bars))
    if not glitches:
        return None
    sessions = np.concatenate([bars.sessions[first:last] for first, last, _ in glitches])
    ratios = ", ".join(str(ratio) for ratio in sorted({ratio for *_, ratio in glitches}))
    text = bilingual(
        "{bars} off by a factor of about {ratios} that reverts",
        bars=Text.counted(len(sessions), *_BARS),
        ratios=ratios,
    )
    return Defect("error", sessions, text)


def _stale(inspected: InspectedBars) -> Defect | None:
    bars = inspected.clean_bars
    if len(bars) == 0:
        return None
    if inspected.as_of is not None:
        since = sessions_between(inspected.symbol.exchange, bars.sessions[-1], inspected.as_of)
        if len(since) - 1 > _STALE_AFTER_SESSIONS:
            text = bilingual(
                "the last bar is of {last}, {sessions} sessions before {as_of}",
                last=as_date(bars.sessions[-1]),
                sessions=len(since) - 1,
                as_of=as_date(inspected.as_of),
            )
            return Defect("warning", bars.sessions[-1:], text)
    repeats = bars.volume == 0
    for name in PRICE_COLUMNS:
        repeats &= getattr(bars, name) == getattr(bars, name)[-1]
    tail = len(bars) - 1 - int(np.max(np.flatnonzero(~repeats), initial=-1))
    if tail < _SHORTEST_STALE_TAIL:
        return None
    text = bilingual("the last {bars} bars repeat one price without a trade", bars=tail)
    return Defect("warning", bars.sessions[-tail:], text)


def _future(inspected: InspectedBars) -> Defect | None:
    rows = inspected.future
    if not rows.any():
        return None
    assert inspected.as_of is not None, "without a day no bar lies in the future"
    text = bilingual(
        "{bars} after {as_of}, taken out",
        bars=Text.counted(int(rows.sum()), *_BARS),
        as_of=as_date(inspected.as_of),
    )
    return Defect("error", inspected.bars.sessions[rows], text, rows)


_CHECKS = (
    Check("PRC001", _gap),
    Check("PRC002", _phantom),
    Check("PRC003", _order),
    Check("PRC004", _duplicate),
    Check("PRC005", _missing),
    Check("PRC006", _non_positive),
    Check("PRC007", _impossible),
    Check("PRC008", _flat),
    Check("PRC009", _split),
    Check("PRC010", _stale),
    Check("PRC011", _unit),
    Check("PRC012", _future),
)

CHECKS: dict[str, Check] = {check.code: check for check in _CHECKS}
