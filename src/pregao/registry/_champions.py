"""Champions: the run that serves a symbol and horizon, changed by compare-and-set and audited."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import Field
from sqlalchemy import Connection, Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from pregao.database import Database, champions, promotions, runs
from pregao.errors import (
    ChampionConflictError,
    NoEarlierChampionError,
    NotRegisteredError,
    UnknownChampionError,
)
from pregao.instruments import symbol_key
from pregao.values import Value


class Champion(Value):
    """The run that serves a symbol and horizon."""

    symbol: str
    horizon: int
    run: str
    version: int = Field(description="counts the changes; a change names the one it is based on")
    since: datetime


class Change(Value):
    """A change of a champion, as in the audit trail."""

    symbol: str
    horizon: int
    version: int
    run: str
    previous_run: str | None
    action: Literal["promote", "rollback"]
    by: str
    reason: str
    at: datetime


@dataclass(frozen=True)
class Champions:
    """The champions of one database.

    A change names the version that it was decided on. Of two changes that were decided on the same
    version only one is made: the other finds a newer version and is refused.
    """

    database: Database

    def all(self) -> tuple[Champion, ...]:
        """Return every champion, by symbol and horizon."""
        query = select(champions).order_by(champions.c.symbol, champions.c.horizon)
        with self.database.read_transaction() as connection:
            return tuple(_champion(row) for row in connection.execute(query))

    def find(self, symbol: str, horizon: int | None = None) -> Champion:
        """Return the champion of a symbol: for a horizon, or the newest.

        Raises
        ------
        UnknownChampionError
            With the symbols that have one.
        """
        every, key = self.all(), symbol_key(symbol)
        own = [e for e in every if symbol_key(e.symbol) == key and horizon in {None, e.horizon}]
        if not own:
            known = tuple(dict.fromkeys(each.symbol for each in every))
            raise UnknownChampionError(symbol, horizon, known)
        return max(own, key=lambda each: each.since)

    def promote(
        self,
        run: str,
        *,
        symbol: str,
        horizon: int,
        by: str,
        reason: str = "",
        if_version: int | None = None,
    ) -> Champion:
        """Make a registered run the champion; it is no change if it already is.

        Parameters
        ----------
        if_version
            The version that this was decided on, 0 for no champion; None skips the check.

        Raises
        ------
        ChampionConflictError
            If another version is there by now.
        NotRegisteredError
            If the run has no row as a registered one.
        """
        slot, decision = self._slot(symbol, horizon), _Decision("promote", by, reason)
        try:
            return self._promoted(run, slot, decision, if_version)
        except IntegrityError:
            # Another process has just inserted the first champion, or deleted the run: the second
            # try sees its change.
            return self._promoted(run, slot, decision, if_version)

    def roll_back(
        self,
        symbol: str,
        horizon: int,
        *,
        by: str,
        reason: str = "",
        if_version: int | None = None,
    ) -> Champion:
        """Make the run before the present one champion again, under a new version.

        Raises
        ------
        UnknownChampionError
            If there is no champion.
        NoEarlierChampionError
            If there never was another one.
        ChampionConflictError
            If another version is there by now.
        """
        slot = self._slot(symbol, horizon)
        with self.database.write_transaction() as connection:
            before = _current(connection, slot)
            _check_version(slot, before, if_version)
            if before is None:
                raise UnknownChampionError(symbol, horizon, ())
            earlier = _previous_run(_trail(connection, slot), before.run)
            if earlier is None:
                raise NoEarlierChampionError(symbol, horizon)
            decision = _Decision("rollback", by, reason)
            return self._set(connection, before, earlier, slot, decision)

    def trail(self, symbol: str, horizon: int) -> tuple[Change, ...]:
        """Return every change of a champion, the oldest first."""
        slot = self._slot(symbol, horizon)
        with self.database.read_transaction() as connection:
            return _trail(connection, slot)

    def _slot(self, symbol: str, horizon: int) -> "_Slot":
        """Return the slot of a symbol in any spelling: the one that has a champion, or its key."""
        key = symbol_key(symbol)
        taken = (e.symbol for e in self.all() if symbol_key(e.symbol) == key)
        return _Slot(next(taken, key), horizon)

    def _promoted(
        self, run: str, slot: "_Slot", decision: "_Decision", if_version: int | None
    ) -> Champion:
        with self.database.write_transaction() as connection:
            before = _current(connection, slot)
            _check_version(slot, before, if_version)
            if before is not None and before.run == run:
                return before
            _check_registered(connection, run)
            return self._set(connection, before, run, slot, decision)

    def _set(
        self,
        connection: Connection,
        before: Champion | None,
        run: str,
        slot: "_Slot",
        decision: "_Decision",
    ) -> Champion:
        now_ms = self.database.now_ms(connection)
        version = 1 if before is None else before.version + 1
        values = {"run": run, "version": version, "since_ms": now_ms}
        if before is None:
            connection.execute(insert(champions).values(**asdict(slot), **values))
        else:
            # The row has been locked since it was read, so its version is still the same.
            here = (champions.c.symbol == slot.symbol, champions.c.horizon == slot.horizon)
            connection.execute(update(champions).where(*here).values(**values))
        connection.execute(
            insert(promotions).values(
                **asdict(slot),
                **asdict(decision),
                run=run,
                version=version,
                previous_run=None if before is None else before.run,
                at_ms=now_ms,
            )
        )
        return Champion(**asdict(slot), run=run, version=version, since=datetime_from_ms(now_ms))


@dataclass(frozen=True)
class _Slot:
    """A symbol and horizon, which have one champion."""

    symbol: str
    horizon: int


@dataclass(frozen=True)
class _Decision:
    """The action on a champion, and its reason."""

    action: Literal["promote", "rollback"]
    by: str
    reason: str


def datetime_from_ms(milliseconds: int) -> datetime:
    """Return the time in UTC of a table's milliseconds since 1970.

    >>> datetime_from_ms(0).isoformat()
    '1970-01-01T00:00:00+00:00'
    """
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _champion(row: Row[Any]) -> Champion:
    return Champion(
        symbol=row.symbol,
        horizon=row.horizon,
        run=row.run,
        version=row.version,
        since=datetime_from_ms(row.since_ms),
    )


def _current(connection: Connection, slot: _Slot) -> Champion | None:
    here = (champions.c.symbol == slot.symbol, champions.c.horizon == slot.horizon)
    row = connection.execute(select(champions).where(*here).with_for_update()).one_or_none()
    return None if row is None else _champion(row)


def _check_version(slot: _Slot, before: Champion | None, if_version: int | None) -> None:
    found = 0 if before is None else before.version
    if if_version is not None and if_version != found:
        raise ChampionConflictError(slot.symbol, slot.horizon, if_version, found)


def _check_registered(connection: Connection, run: str) -> None:
    query = select(runs.c.id).where(runs.c.id == run, runs.c.registered_ms.is_not(None))
    if connection.execute(query).one_or_none() is None:
        raise NotRegisteredError(run)


def _trail(connection: Connection, slot: _Slot) -> tuple[Change, ...]:
    query = (
        select(promotions)
        .where(promotions.c.symbol == slot.symbol, promotions.c.horizon == slot.horizon)
        .order_by(promotions.c.version)
    )
    return tuple(
        Change(
            symbol=row.symbol,
            horizon=row.horizon,
            version=row.version,
            run=row.run,
            previous_run=row.previous_run,
            action=row.action,
            by=row.by,
            reason=row.reason,
            at=datetime_from_ms(row.at_ms),
        )
        for row in connection.execute(query)
    )


def _previous_run(trail: Sequence[Change], run: str) -> str | None:
    """Return the run that served before a run; two rollbacks go back two runs."""
    stack: list[str] = []
    for each in trail:
        if each.action == "rollback" and len(stack) > 1:
            stack.pop()
        elif each.action == "promote":
            stack.append(each.run)
    return stack[-2] if len(stack) > 1 and stack[-1] == run else None
