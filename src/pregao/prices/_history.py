"""The history of one stored series: every row that was ever written, and the states it had."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pregao.errors import InputError
from pregao.findings import Finding
from pregao.instruments import Symbol
from pregao.prices._prices import Bars, Prices
from pregao.prices._rewrites import rewritten_history
from pregao.values import Value


class Snapshot(Value):
    """A state of a stored series that can be read again, bit for bit, by its digest."""

    revision: int
    """Counts the appends that changed something, from 1."""
    digest: str
    """The digest of the prices as they were read after this append."""
    num_sessions: int
    first: str
    last: str
    num_added: int
    """Sessions that were not stored before."""
    num_rewritten: int
    """Sessions that were stored with other values."""
    findings: tuple[Finding, ...] = ()
    """PRC013 where stored sessions came back with other values."""


@dataclass(frozen=True)
class History:
    """All rows ever written, by revision, and the snapshots they add up to.

    The state at a revision is the union of sessions; where several rows have one session, the
    latest revision up to then holds.
    """

    symbol: Symbol
    provider: str
    bars: Bars
    revisions: NDArray[np.int32]
    """(rows,) the revision that wrote each row; ascending."""
    snapshots: tuple[Snapshot, ...]

    def at(self, revision: int) -> Prices:
        """Give the prices as they were after an append."""
        rows = np.flatnonzero(self.revisions <= revision)
        # The last of equal sessions is the newest, for rows are stored by revision.
        _, from_the_end = np.unique(self.bars.sessions[rows][::-1], return_index=True)
        newest = rows[::-1][from_the_end]
        return Prices(self.symbol, self.bars.take(newest), self.provider)


def begun(prices: Prices) -> History:
    """Give the history that starts with these prices."""
    snapshot = _snapshot(1, prices, num_added=len(prices), num_rewritten=0, findings=())
    revisions = np.ones(len(prices), np.int32)
    return History(prices.symbol, prices.provider, prices.bars, revisions, (snapshot,))


def extended(history: History, prices: Prices) -> History:
    """Append what is new or different in `prices`; the history itself where nothing is.

    Raises
    ------
    InputError
        If one of the two has order book columns and the other has not.
    """
    if prices.bars.columns.keys() != history.bars.columns.keys():
        raise InputError(
            f"{prices.symbol} from {prices.provider} came with the columns "
            f"{', '.join(prices.bars.columns)}, and is stored with "
            f"{', '.join(history.bars.columns)}: store it under another provider's name"
        )
    latest = history.at(history.snapshots[-1].revision)
    is_new = ~np.isin(prices.sessions, latest.sessions)
    changed = prices.bars.take(~is_new)
    stored = latest.bars.take(np.isin(latest.sessions, prices.sessions))
    differs = _differing(stored, changed)
    if not is_new.any() and not differs.any():
        return history
    findings = rewritten_history(
        prices.symbol,
        stored.take(differs),
        changed.take(differs),
        is_whole_past=bool(differs[: int(differs.sum())].all()),
    )
    rows = is_new.copy()
    rows[~is_new] = differs
    revision = history.snapshots[-1].revision + 1
    grown = History(
        history.symbol,
        history.provider,
        _concatenated(history.bars, prices.bars.take(rows)),
        np.concatenate([history.revisions, np.full(int(rows.sum()), revision, np.int32)]),
        history.snapshots,
    )
    snapshot = _snapshot(
        revision,
        grown.at(revision),
        num_added=int(is_new.sum()),
        num_rewritten=int(differs.sum()),
        findings=findings,
    )
    return History(
        grown.symbol,
        grown.provider,
        grown.bars,
        grown.revisions,
        (*history.snapshots, snapshot),
    )


def _differing(stored: Bars, again: Bars) -> NDArray[np.bool_]:
    """Compare bits, as the digest does."""
    rows = np.zeros(len(stored), bool)
    for one, two in zip(stored.columns.values(), again.columns.values(), strict=True):
        rows |= one.view(np.int64) != two.view(np.int64)
    return rows


def _concatenated(one: Bars, two: Bars) -> Bars:
    columns = {name: np.concatenate([one.columns[name], two.columns[name]]) for name in one.columns}
    return Bars.of(np.concatenate([one.sessions, two.sessions]), columns)


def _snapshot(
    revision: int,
    prices: Prices,
    *,
    num_added: int,
    num_rewritten: int,
    findings: tuple[Finding, ...],
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
    )
