"""The list of runs: a row each, written after its folder is complete."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, Row, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from pregao.database import Database, promotions, runs
from pregao.errors import InvalidSymbolError, PregaoError, ServingRunError
from pregao.inference import Edge
from pregao.instruments import Symbol, symbol_key
from pregao.registry._champions import datetime_from_ms
from pregao.registry._runs import Run, stored_runs
from pregao.values import Value


class RunSummary(Value):
    """A run in a list: its settings, and its test scores beside the best baseline and the naive."""

    id: str
    created: datetime
    symbols: tuple[str, ...]
    horizon: int
    forecaster: str
    """The candidate."""
    served: str | None
    """The served baseline; None if the candidate is served."""
    edge: Edge
    crps: float
    crps_skill_to_random_walk: float
    crps_skill_to_best_baseline: float
    best_baseline: str
    mase: float
    coverage_90: float
    is_registered: bool

    @classmethod
    def from_run(cls, run: Run, *, is_registered: bool = False) -> Self:
        """Summarise a stored run."""
        report = run.report
        subject = report.subject
        return cls(
            id=run.id,
            created=datetime_from_ms(run.published_ns // 1_000_000),
            symbols=run.experiment.symbols,
            horizon=run.experiment.horizon,
            forecaster=report.candidate,
            served=run.served_name,
            edge=report.edge,
            crps=subject.metrics.crps,
            crps_skill_to_random_walk=subject.versus_random_walk.crps_skill,
            crps_skill_to_best_baseline=subject.versus_best_baseline.crps_skill,
            best_baseline=report.best_baseline,
            mase=subject.metrics.mase,
            coverage_90=subject.metrics.coverage_90,
            is_registered=is_registered,
        )


def record_run(database: Database, run: Run) -> None:
    """Insert a run's row, if there is none."""
    with database.read_transaction() as connection:
        if _is_known(connection, run):
            return
    summary = RunSummary.from_run(run)
    values = {
        "id": run.id,
        "created_ms": int(summary.created.timestamp() * 1000),
        "forecaster": summary.forecaster,
        "served": summary.served,
        "symbols": json.dumps(summary.symbols),
        "horizon": summary.horizon,
        "edge": summary.edge,
        "summary": summary.model_dump_json(),
        "provenance_digest": run.digest,
    }
    try:
        with database.write_transaction() as connection:
            if not _is_known(connection, run):
                connection.execute(insert(runs).values(**values))
    except IntegrityError:
        pass  # another process has just inserted the same row


def _is_known(connection: Connection, run: Run) -> bool:
    return connection.execute(select(runs.c.id).where(runs.c.id == run.id)).first() is not None


def index_missing_runs(database: Database, home: Path) -> tuple[str, ...]:
    """Insert the rows of complete folders without one; return their ids.

    A crash between the folder and its row, or the loss of the database, loses no run.
    """
    with database.read_transaction() as connection:
        known = set(connection.execute(select(runs.c.id)).scalars())
    return tuple(_taken_up(database, home, known))


def _taken_up(database: Database, home: Path, known: set[str]) -> Iterator[str]:
    for run in stored_runs(home):
        if run.id in known:
            continue
        try:
            record_run(database, run)
        except PregaoError:
            continue  # damaged: `pregao doctor` reports it
        yield run.id


def row_digests(database: Database) -> dict[str, str]:
    """Return the digest of each run's provenance at the time of its row, by id."""
    with database.read_transaction() as connection:
        return {
            row.id: row.provenance_digest
            for row in connection.execute(select(runs.c.id, runs.c.provenance_digest))
        }


def mark_registered(database: Database, run: str) -> None:
    """Mark a run as eligible as champion."""
    with database.write_transaction() as connection:
        now_ms = database.now_ms(connection)
        connection.execute(
            update(runs)
            .where(runs.c.id == run, runs.c.registered_ms.is_(None))
            .values(registered_ms=now_ms)
        )


def list_runs(
    database: Database, *, symbol: str | None = None, limit: int = 200, before: str | None = None
) -> tuple[RunSummary, ...]:
    """List runs, the newest first, starting after the run `before`."""
    query = select(runs).order_by(runs.c.created_ms.desc(), runs.c.id.desc())
    if symbol is not None:
        query = query.where(
            or_(*(runs.c.symbols.contains(each, autoescape=True) for each in _quoted(symbol)))
        )
    with database.read_transaction() as connection:
        if before is not None:
            last = select(runs.c.created_ms).where(runs.c.id == before).scalar_subquery()
            query = query.where(
                (runs.c.created_ms < last) | ((runs.c.created_ms == last) & (runs.c.id < before))
            )
        return tuple(map(_summary, connection.execute(query.limit(limit))))


def _quoted(symbol: str) -> Iterator[str]:
    """Yield how a list in JSON may hold a symbol: its quotes keep PETR4 from finding PETR40."""
    yield json.dumps(symbol_key(symbol))
    try:
        parsed = Symbol.parse(symbol)
    except InvalidSymbolError:
        return  # the text of an earlier version is looked for as it is
    stated = json.dumps(f"{parsed.ticker}@{parsed.exchange.code}")
    yield from (stated, f"{stated[:-1]}:")  # a currency may follow


def delete_run_row(database: Database, run: str) -> None:
    """Delete the row of a run that is not and never was a champion.

    Raises
    ------
    ServingRunError
        If it is or was a champion: a rollback may need it.
    """
    with database.write_transaction() as connection:
        # Locked first: a concurrent promotion waits, and then finds no run.
        connection.execute(select(runs.c.id).where(runs.c.id == run).with_for_update())
        query = (
            select(promotions.c.symbol, promotions.c.horizon)
            .where(promotions.c.run == run)
            .distinct()
        )
        places = [f"{row.symbol} for {row.horizon}" for row in connection.execute(query)]
        if places:
            raise ServingRunError(run, places)
        connection.execute(delete(runs).where(runs.c.id == run))


def _summary(row: Row[Any]) -> RunSummary:
    summary = RunSummary.model_validate_json(row.summary)
    return summary.replace(is_registered=row.registered_ms is not None)
