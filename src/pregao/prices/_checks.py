"""The checks of raw bars: each finds one kind of defect."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from pregao.findings import Severity, worst_severity
from pregao.instruments import as_date, sessions_between
from pregao.prices._columns import find_copied_bars, find_long_wicks
from pregao.prices._corporate_actions import ACTION_KINDS, CASH_KINDS, ActionEffect
from pregao.prices._ex_dates import FALLS, day_text, likely_ex_dates
from pregao.prices._inspected_bars import SESSIONS, InspectedBars, Rows, flat_rows
from pregao.prices._prices import PRICE_COLUMNS
from pregao.prices._steps import Step, true_runs
from pregao.values import Text, bilingual

# Shorter runs at one price happen in thin markets; of the sessions of real daily files fewer than
# a fifth are missing even in the 1990s.
_SHORTEST_FLAT_RUN = 5
_MANY_FLAT_BARS = 10
_SHORTEST_STALE_TAIL = 3
_STALE_AFTER_SESSIONS = 5
_GAP_SHARE_OF_NO_DAILY_BARS = 0.2
_FEW_SESSIONS = 20
_MANY_COPIES = 2
_UNMOVED_TAIL = 21
"""Sessions without another close: about a month."""
_UNMOVED_SHARE = 0.95

# Singular and plural.
_BARS = (bilingual("bar"), bilingual("bars"))
_ROWS = (bilingual("row"), bilingual("rows"))
_COPIES = (
    bilingual("exact copy"),
    bilingual("exact copies"),
)
_RUNS = (bilingual("run"), bilingual("runs"))
_ACTIONS = (bilingual("stated action"), bilingual("stated actions"))
_STEPS = (bilingual("step"), bilingual("steps"))


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
    if inspected.revised.any():
        text = bilingual(
            "{rows} with the prices of another row of the session and less volume, taken out",
            rows=Text.counted(int(inspected.revised.sum()), *_ROWS),
        )
        return Defect("warning", np.unique(sessions[inspected.revised]), text, inspected.revised)
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


def _step(inspected: InspectedBars) -> Defect | None:
    return _steps_defect(inspected, [each for each in _own_steps(inspected) if each.is_large])


def _move(inspected: InspectedBars) -> Defect | None:
    return _steps_defect(inspected, [each for each in _own_steps(inspected) if not each.is_large])


def _own_steps(inspected: InspectedBars) -> list[Step]:
    """Return the lasting steps, but those of the adjustment, which have a check of their own."""
    contradicted = inspected.contradicted_adjustments
    return [
        each
        for each in inspected.steps.lasting
        if contradicted is None or not contradicted.rows[each.row]
    ]


def _steps_defect(inspected: InspectedBars, steps: Sequence[Step]) -> Defect | None:
    """Report the steps of the greatest severity."""
    if not steps:
        return None
    severity = worst_severity(each.severity for each in steps)
    shown = [each for each in steps if each.severity == severity]
    sessions = inspected.clean_bars.sessions
    examples = [
        bilingual(
            "{session} by a factor of {ratio:.4g} ({times:.0f} daily standard deviations)",
            session=as_date(sessions[each.row]),
            ratio=each.ratio,
            times=abs(each.size) / each.scale,
        )
        for each in sorted(shown, key=lambda each: -abs(each.size) / each.scale)[:3]
    ]
    text = bilingual(
        "{steps} of adj_close that range and volume of the day do not explain: {examples}",
        steps=Text.counted(len(shown), *_STEPS),
        examples=Text.joined(examples, en=", ", pt_br=", "),
    )
    return Defect(severity, sessions[[each.row for each in shown]], text)


def _glitch(inspected: InspectedBars) -> Defect | None:
    glitches = inspected.steps.glitches
    if not glitches:
        return None
    severity = worst_severity(each.severity for each in glitches)
    shown = [each for each in glitches if each.severity == severity]
    bars = inspected.clean_bars
    sessions = np.concatenate([bars.sessions[each.first : each.stop] for each in shown])
    factors = ", ".join(f"{each.ratio:.4g}" for each in shown[:3])
    text = bilingual(
        "{bars} off by a factor of about {factors} that reverts",
        bars=Text.counted(len(sessions), *_BARS),
        factors=factors,
    )
    return Defect(severity, sessions, text)


def _hole(inspected: InspectedBars) -> Defect | None:
    holes = inspected.holes
    if not holes:
        return None
    sessions = inspected.clean_bars.sessions
    examples = [
        bilingual(
            "{count} sessions between {before} and {after}",
            count=each.num_absent,
            before=as_date(sessions[each.row - 1]),
            after=as_date(sessions[each.row]),
        )
        for each in sorted(holes, key=lambda each: -each.num_absent)[:3]
    ]
    text = bilingual(
        "{examples} without a bar: no window and no return spans them",
        examples=Text.joined(examples, en=", ", pt_br=", "),
    )
    return Defect("warning", sessions[[each.row for each in holes]], text)


def _copied(inspected: InspectedBars) -> Defect | None:
    bars = inspected.clean_bars
    rows = find_copied_bars(bars)
    if not rows.any():
        return None
    longest = max(stop - first for first, stop in true_runs(rows))
    text = bilingual(
        "{bars} with trades equal the bar before in every column, at most {longest} in a row",
        bars=Text.counted(int(rows.sum()), *_BARS),
        longest=longest,
    )
    severity: Severity = "error" if longest >= _MANY_COPIES else "warning"
    return Defect(severity, bars.sessions[rows], text)


def _unmoved(inspected: InspectedBars) -> Defect | None:
    bars = inspected.clean_bars
    if len(bars) < _FEW_SESSIONS:
        return None
    unmoved = np.r_[False, np.diff(bars.close) == 0]
    tail, share = _tail_length(unmoved), float(unmoved[1:].mean())
    if tail >= _UNMOVED_TAIL:
        text = bilingual(
            "the last {bars} closes are the same, since {first}: nothing can be forecast from them",
            bars=tail + 1,
            first=as_date(bars.sessions[len(bars) - 1 - tail]),
        )
        return Defect("error", bars.sessions[-tail:], text)
    untraded = _tail_length(flat_rows(bars) & (bars.volume == 0))
    if untraded >= _UNMOVED_TAIL and (bars.volume > 0).any():
        text = bilingual(
            "the last {bars} bars are without a trade, since {first}: nothing can be forecast from "
            "them",
            bars=untraded,
            first=as_date(bars.sessions[len(bars) - untraded]),
        )
        return Defect("error", bars.sessions[-untraded:], text)
    if share < _UNMOVED_SHARE:
        return None
    text = bilingual("{share:.3g} % of the closes equal the one before", share=100 * share)
    return Defect("error", bars.sessions[unmoved], text)


def _tail_length(rows: Rows) -> int:
    """Return how many of the last rows are True in a row."""
    return len(rows) - 1 - int(np.max(np.flatnonzero(~rows), initial=-1))


def _wick(inspected: InspectedBars) -> Defect | None:
    found = find_long_wicks(inspected.clean_bars)
    if found is None:
        return None
    text = bilingual(
        "{bars} with a high or low up to {factor:.4g} times beyond open and close",
        bars=Text.counted(int(found.rows.sum()), *_BARS),
        factor=found.largest,
    )
    return Defect(found.severity, inspected.clean_bars.sessions[found.rows], text)


def _adjustment(inspected: InspectedBars) -> Defect | None:
    found = inspected.contradicted_adjustments
    if found is None:
        return None
    text = bilingual(
        "{steps} of adj_close by up to a factor of {factor:.4g}, where close does not follow",
        steps=Text.counted(int(found.rows.sum()), *_STEPS),
        factor=found.largest,
    )
    return Defect(found.severity, inspected.clean_bars.sessions[found.rows], text)


def _contradicted_actions(inspected: InspectedBars) -> Defect | None:
    found = [each for each in inspected.action_effects if each.state == "contradicted"]
    if not found:
        return None
    text = bilingual(
        "{actions} in which the quoted close takes no part: {examples}; not applied",
        actions=Text.counted(len(found), *_ACTIONS),
        examples=_described(found),
    )
    return Defect("warning", _action_sessions(found), text)


def _applied_actions(inspected: InspectedBars) -> Defect | None:
    found = [each for each in inspected.action_effects if each.state == "applied"]
    if not found:
        return None
    text = bilingual(
        "adjusted for {actions} that the closes of the source do not hold: {examples}",
        actions=Text.counted(len(found), *_ACTIONS),
        examples=_described(found),
    )
    return Defect("info", _action_sessions(found), text)


def _missing_dividends(inspected: InspectedBars) -> Defect | None:
    """Report falls that look like ex-dates where dividends are stated apart, and not all."""
    bars = inspected.clean_bars
    is_derived = any(
        each.state == "applied" and each.action.kind in CASH_KINDS
        for each in inspected.action_effects
    )
    if not is_derived or (bars.adj_close != bars.close).any():
        return None
    days = likely_ex_dates(inspected.adjusted_bars)
    if len(days) == 0:
        return None
    text = bilingual(
        "{falls} look like ex-dates of which no dividend is stated: {days}",
        falls=Text.counted(len(days), *FALLS),
        days=Text.joined([day_text(each) for each in days[-3:]], en=", ", pt_br=", "),
    )
    return Defect("info", days, text)


def _unknown_amounts(inspected: InspectedBars) -> Defect | None:
    found = [
        each
        for each in inspected.action_effects
        if each.action.kind == "unknown" and each.action.is_stated and each.session is not None
    ]
    if not found:
        return None
    text = bilingual(
        "{actions} without an amount: {examples}",
        actions=Text.counted(len(found), *_ACTIONS),
        examples=_described(found),
    )
    return Defect("warning", _action_sessions(found), text)


def _action_sessions(actions: Iterable[ActionEffect]) -> list[np.datetime64]:
    return [np.datetime64(each.session) for each in actions if each.session is not None]


def _described(actions: Sequence[ActionEffect]) -> Text:
    shown = [
        bilingual("{kind} of {day}", kind=ACTION_KINDS[each.action.kind], day=each.action.ex_date)
        for each in actions[:3]
    ]
    return Text.joined(shown, en=", ", pt_br=", ")


def _negative(inspected: InspectedBars) -> Defect | None:
    rows = inspected.negative
    if not rows.any():
        return None
    text = bilingual(
        "{bars} with a negative close, which returns in logarithms cannot hold",
        bars=Text.counted(int(rows.sum()), *_BARS),
    )
    return Defect("error", inspected.bars.sessions[rows], text, rows)


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
    tail = _tail_length(repeats)
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
    Check("PRC009", _step),
    Check("PRC010", _stale),
    Check("PRC011", _glitch),
    Check("PRC012", _future),
    Check("PRC020", _hole),
    Check("PRC021", _copied),
    Check("PRC022", _unmoved),
    Check("PRC023", _wick),
    Check("PRC024", _adjustment),
    Check("PRC026", _missing_dividends),
    Check("PRC029", _contradicted_actions),
    Check("PRC030", _applied_actions),
    Check("PRC031", _unknown_amounts),
    Check("PRC025", _negative),
    Check("PRC027", _move),
)

CHECKS: dict[str, Check] = {check.code: check for check in _CHECKS}
