"""The history of one stored series: every row ever written, and a snapshot of each state."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pregao.errors import InputError
from pregao.findings import Finding
from pregao.instruments import Symbol
from pregao.prices._action_effects import effects_of_actions
from pregao.prices._corporate_actions import Basis, CorporateAction, merge_actions
from pregao.prices._joining import rescale_to
from pregao.prices._prices import Bars, Prices
from pregao.prices._rewritten_history import rewrite_findings
from pregao.texts import gettext_lazy as _
from pregao.values import Value


class Snapshot(Value):
    """A state of a stored series, which its digest identifies bit for bit."""

    revision: int
    """The number of appends so far that changed something, from 1."""
    digest: str
    """The digest of the prices after this append."""
    num_sessions: int
    first: str
    last: str
    num_added: int
    """Sessions that were not stored before."""
    num_rewritten: int
    """Sessions that were stored with other values before."""
    findings: tuple[Finding, ...] = ()
    """PRC013 where the provider has rewritten stored sessions."""
    standing: tuple[Finding, ...] = ()
    """What was found in the series when its bars came in; the checks of the day excepted."""
    basis: Basis = "unknown"
    """How the source states quoted prices."""


class RecordedAction(Value):
    """A corporate action, and the revision from which on it is known so."""

    revision: int
    action: CorporateAction


@dataclass(frozen=True)
class History:
    """All rows ever written and all actions ever stated, by revision, and the snapshots.

    The state at a revision is the union of sessions; of several rows of one session, the latest
    revision up to then counts.
    """

    symbol: Symbol
    provider: str
    bars: Bars
    revisions: NDArray[np.int32]
    """(rows,) the revision that wrote each row; ascending."""
    snapshots: tuple[Snapshot, ...]
    actions: tuple[RecordedAction, ...] = ()
    """By revision; a later one with the same ex-date and kind corrects an earlier one."""

    def at(self, revision: int) -> Prices:
        """Return the prices as they were after an append."""
        rows = np.flatnonzero(self.revisions <= revision)
        # Rows are stored by revision, so that the last row of a session is the newest.
        _, from_the_end = np.unique(self.bars.sessions[rows][::-1], return_index=True)
        bars = self.bars.take(rows[::-1][from_the_end])
        effects = effects_of_actions(bars, self.actions_at(revision))
        return Prices(self.symbol, bars, self.provider, effects)

    def actions_at(self, revision: int) -> tuple[CorporateAction, ...]:
        """Return the actions that were known after an append."""
        known = (each.action for each in self.actions if each.revision <= revision)
        return merge_actions((), known)


_SAME_SIZE = 1e-3
"""Relative: amounts that are divided by later splits have few digits."""
_OF_THE_DAY = frozenset({"PRC010", "PRC012", "PRC013", "PRC014", "PRC015", "PRC018", "PRC019"})
"""Findings about the moment of a download, and not about its bars."""


def standing_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings about bars, which hold as long as these are stored."""
    return tuple(
        each for each in findings if each.severity != "info" and each.code not in _OF_THE_DAY
    )


def start_history(
    prices: Prices, standing: tuple[Finding, ...] = (), *, basis: Basis = "unknown"
) -> History:
    """Return a history that begins with these prices."""
    snapshot = _snapshot(
        1, prices, num_added=len(prices), num_rewritten=0, standing=standing, basis=basis
    )
    revisions = np.ones(len(prices), np.int32)
    actions = _recorded(prices, known=(), revision=1)
    return History(prices.symbol, prices.provider, prices.bars, revisions, (snapshot,), actions)


def extend_history(
    history: History,
    prices: Prices,
    standing: tuple[Finding, ...] = (),
    *,
    basis: Basis = "unknown",
) -> History:
    """Append what is new or different in `prices`; return the history itself if nothing is.

    Raises
    ------
    InputError
        If only one of the two has order book columns, or the prices do not join the stored ones.
    """
    if prices.bars.columns.keys() != history.bars.columns.keys():
        raise InputError(
            _(
                "{symbol} from {provider} has the columns {columns}, and is stored with "
                "{stored}: store it under another provider's name",
                symbol=prices.symbol,
                provider=prices.provider,
                columns=", ".join(prices.bars.columns),
                stored=", ".join(history.bars.columns),
            )
        )
    latest = history.at(history.snapshots[-1].revision)
    standing = _all_standing(history, prices, standing)
    rescaled = rescale_to(latest, prices, is_as_traded=basis == "as_traded")
    is_new = ~np.isin(prices.sessions, latest.sessions)
    again = prices.bars.take(~is_new)
    stored = latest.bars.take(np.isin(latest.sessions, prices.sessions))
    differs = _differing_rows(stored, again)
    revision = history.snapshots[-1].revision + 1
    actions = _recorded(prices, known=history.actions_at(revision), revision=revision)
    if not is_new.any() and not differs.any() and len(rescaled) == 0 and not actions:
        if standing == history.snapshots[-1].standing:
            return history
        last = history.snapshots[-1].replace(standing=standing)
        return replace(history, snapshots=(*history.snapshots[:-1], last))
    findings = rewrite_findings(
        prices.symbol,
        stored.take(differs),
        again.take(differs),
        is_whole_past=bool(differs[: int(differs.sum())].all()),
    )
    rows = is_new.copy()
    rows[~is_new] = differs
    grown = _with_rows(history, rescaled, revision)
    grown = _with_rows(grown, prices.bars.take(rows), revision)
    grown = replace(grown, actions=(*history.actions, *actions))
    snapshot = _snapshot(
        revision,
        grown.at(revision),
        num_added=int(is_new.sum()),
        num_rewritten=int(differs.sum()) + len(rescaled),
        findings=findings,
        standing=standing,
        basis=basis,
    )
    return replace(grown, snapshots=(*history.snapshots, snapshot))


def _all_standing(
    history: History, prices: Prices, new: tuple[Finding, ...]
) -> tuple[Finding, ...]:
    """Return the new findings, and the stored ones about sessions that were not seen again."""
    first, last = str(prices.first), str(prices.last)
    stored = history.snapshots[-1]
    is_whole = first <= stored.first and stored.last <= last
    kept = (
        each
        for each in stored.standing
        if (not each.sessions and not is_whole)
        or any(not first <= day <= last for day in each.sessions)
    )
    return (*new, *(each for each in kept if each not in new))


def _recorded(
    prices: Prices, *, known: Iterable[CorporateAction], revision: int
) -> tuple[RecordedAction, ...]:
    """Return the actions of new prices that are not known, or known otherwise."""
    stated = {each.key: each for each in known}
    return tuple(
        RecordedAction(revision=revision, action=each.action)
        for each in prices.actions
        if not _is_same(stated.get(each.action.key), each.action)
    )


def _is_same(known: CorporateAction | None, action: CorporateAction) -> bool:
    """Return whether two actions are one; amounts of a feed are rounded."""
    if known is None or known.is_in_prices != action.is_in_prices:
        return False
    sizes = [
        (one or 1.0) / (two or 1.0)
        for one, two in ((known.amount, action.amount), (known.ratio, action.ratio))
    ]
    return all(abs(each - 1) <= _SAME_SIZE for each in sizes)


def _with_rows(history: History, rows: Bars, revision: int) -> History:
    """Append rows of one revision."""
    old = history.bars.columns
    columns = {name: np.concatenate([old[name], rows.columns[name]]) for name in old}
    sessions = np.concatenate([history.bars.sessions, rows.sessions])
    revisions = np.concatenate([history.revisions, np.full(len(rows), revision, np.int32)])
    return replace(history, bars=Bars.from_columns(sessions, columns), revisions=revisions)


def _differing_rows(stored: Bars, again: Bars) -> NDArray[np.bool_]:
    """Return (rows,) whether any bit of a row differs, as the digest compares."""
    rows = np.zeros(len(stored), bool)
    for one, two in zip(stored.columns.values(), again.columns.values(), strict=True):
        rows |= one.view(np.int64) != two.view(np.int64)
    return rows


def _snapshot(
    revision: int,
    prices: Prices,
    *,
    num_added: int,
    num_rewritten: int,
    standing: tuple[Finding, ...],
    basis: Basis,
    findings: tuple[Finding, ...] = (),
) -> Snapshot:
    return Snapshot(
        revision=revision,
        digest=prices.digest,
        num_sessions=len(prices),
        first=str(prices.first),
        last=str(prices.last),
        num_added=num_added,
        num_rewritten=num_rewritten,
        findings=findings,
        standing=standing,
        basis=basis,
    )
