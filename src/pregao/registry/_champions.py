"""Champions: who serves a symbol and horizon, changed by compare-and-set, every change kept."""

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
from pregao.values import Value


class Champion(Value):
    """Who serves a symbol and horizon."""

    symbol: str
    horizon: int
    run: str
    version: int = Field(description="counts the changes; give it back to change what you saw")
    since: datetime


class Change(Value):
    """A line of the audit trail."""

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

    A change names the version that it was decided on. Two that were decided on the same one
    cannot both be made: the second finds another version, and is refused.
    """

    database: Database

    def all(self) -> tuple[Champion, ...]:
        """Give every champion, by symbol and horizon."""
        query = select(champions).order_by(champions.c.symbol, champions.c.horizon)
        with self.database.reading() as connection:
            return tuple(_champion(row) for row in connection.execute(query))

    def of(self, symbol: str, horizon: int | None = None) -> Champion:
        """Give the champion of a symbol: for a horizon, or the newest.

        Raises
        ------
        UnknownChampionError
            With the symbols that have one.
        """
        everyone = self.all()
        own = [e for e in everyone if e.symbol == symbol and horizon in {None, e.horizon}]
        if not own:
            known = tuple(dict.fromkeys(each.symbol for each in everyone))
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
        """Make a registered run the champion; the one that is already is left as it is.

        Parameters
        ----------
        if_version
            The version that this was decided on, 0 for none; None takes whatever is there now.

        Raises
        ------
        ChampionConflictError
            If another version is there by now.
        NotRegisteredError
            If the run is not on the list as registered, or no longer.
        """
        place, decision = _Place(symbol, horizon), _Decision("promote", by, reason)
        try:
            return self._promoted(run, place, decision, if_version)
        except IntegrityError:
            # Of two that saw no champion, or of a promotion and a deletion, the other was first:
            # what it did can be seen now.
            return self._promoted(run, place, decision, if_version)

    def roll_back(
        self,
        symbol: str,
        horizon: int,
        *,
        by: str,
        reason: str = "",
        if_version: int | None = None,
    ) -> Champion:
        """Make the run before the present one champion again; that too is a new version.

        Raises
        ------
        UnknownChampionError
            If there is none.
        NoEarlierChampionError
            If there never was another one.
        ChampionConflictError
            If another version is there by now.
        """
        with self.database.writing() as connection:
            place = _Place(symbol, horizon)
            before = _current(connection, place)
            _check(place, before, if_version)
            if before is None:
                raise UnknownChampionError(symbol, horizon, ())
            earlier = _before(_trail(connection, symbol, horizon), before.run)
            if earlier is None:
                raise NoEarlierChampionError(symbol, horizon)
            decision = _Decision("rollback", by, reason)
            return self._set(connection, before, earlier, place, decision)

    def trail(self, symbol: str, horizon: int) -> tuple[Change, ...]:
        """Give every change of a champion, the oldest first."""
        with self.database.reading() as connection:
            return _trail(connection, symbol, horizon)

    def _promoted(
        self, run: str, place: "_Place", decision: "_Decision", if_version: int | None
    ) -> Champion:
        with self.database.writing() as connection:
            before = _current(connection, place)
            _check(place, before, if_version)
            if before is not None and before.run == run:
                return before
            _check_registered(connection, run)
            return self._set(connection, before, run, place, decision)

    def _set(
        self,
        connection: Connection,
        before: Champion | None,
        run: str,
        place: "_Place",
        decision: "_Decision",
    ) -> Champion:
        now_ms = self.database.now_ms(connection)
        version = 1 if before is None else before.version + 1
        values = {"run": run, "version": version, "since_ms": now_ms}
        if before is None:
            connection.execute(insert(champions).values(**asdict(place), **values))
        else:
            # The row is locked since it was read, so its version is still the same.
            here = (champions.c.symbol == place.symbol, champions.c.horizon == place.horizon)
            connection.execute(update(champions).where(*here).values(**values))
        connection.execute(
            insert(promotions).values(
                **asdict(place),
                **asdict(decision),
                run=run,
                version=version,
                previous_run=None if before is None else before.run,
                at_ms=now_ms,
            )
        )
        return Champion(**asdict(place), run=run, version=version, since=moment(now_ms))


@dataclass(frozen=True)
class _Place:
    """What has one champion."""

    symbol: str
    horizon: int


@dataclass(frozen=True)
class _Decision:
    """Why it changes."""

    action: Literal["promote", "rollback"]
    by: str
    reason: str


def moment(milliseconds: int) -> datetime:
    """Give the moment that a table holds as milliseconds since 1970.

    >>> moment(0).isoformat()
    '1970-01-01T00:00:00+00:00'
    """
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _champion(row: Row[Any]) -> Champion:
    return Champion(
        symbol=row.symbol,
        horizon=row.horizon,
        run=row.run,
        version=row.version,
        since=moment(row.since_ms),
    )


def _current(connection: Connection, place: _Place) -> Champion | None:
    here = (champions.c.symbol == place.symbol, champions.c.horizon == place.horizon)
    row = connection.execute(select(champions).where(*here).with_for_update()).one_or_none()
    return None if row is None else _champion(row)


def _check(place: _Place, before: Champion | None, if_version: int | None) -> None:
    found = 0 if before is None else before.version
    if if_version is not None and if_version != found:
        raise ChampionConflictError(place.symbol, place.horizon, if_version, found)


def _check_registered(connection: Connection, run: str) -> None:
    query = select(runs.c.id).where(runs.c.id == run, runs.c.registered_ms.is_not(None))
    if connection.execute(query).one_or_none() is None:
        raise NotRegisteredError(run)


def _trail(connection: Connection, symbol: str, horizon: int) -> tuple[Change, ...]:
    query = (
        select(promotions)
        .where(promotions.c.symbol == symbol, promotions.c.horizon == horizon)
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
            at=moment(row.at_ms),
        )
        for row in connection.execute(query)
    )


def _before(trail: Sequence[Change], run: str) -> str | None:
    """Give the run that served before a run did; going back twice goes back two runs."""
    standing: list[str] = []
    for each in trail:
        if each.action == "rollback" and len(standing) > 1:
            standing.pop()
        elif each.action == "promote":
            standing.append(each.run)
    return standing[-2] if len(standing) > 1 and standing[-1] == run else None
