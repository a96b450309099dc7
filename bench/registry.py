"""Champions under contention: many threads that promote at once, on SQLite and PostgreSQL.

Each round all threads have read the same champion and promote another run: exactly one may win.
PREGAO_BENCH_DATABASE_URL names an empty PostgreSQL database; without it only SQLite is measured.
"""

import os
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from sqlalchemy import insert

from _figures import show
from pregao.database import Database, runs
from pregao.errors import ChampionConflictError
from pregao.registry import Champions

THREADS = 8
TURNS = int(os.environ.get("PREGAO_BENCH_TURNS", "10000"))
PLACE = {"symbol": "PETR4", "horizon": 5}


def main() -> None:
    """Measure each database."""
    with tempfile.TemporaryDirectory() as folder:
        for url in _urls():
            database = Database.open(url, home=Path(folder))
            _measure(database)
            database.close()


def _urls() -> Iterator[str | None]:
    yield None
    if url := os.environ.get("PREGAO_BENCH_DATABASE_URL"):
        yield url


def _measure(database: Database) -> None:
    names = [f"run-{number}" for number in range(THREADS)]
    _insert_runs(database, names)
    started = time.perf_counter()
    winners, champions = _promote_concurrently(database, names)
    seconds = time.perf_counter() - started
    where = database.dialect
    show(f"{where}: concurrent promotions", THREADS * TURNS, THREADS * TURNS, "", at_least=True)
    show(f"{where}: rounds without exactly one winner", winners, 0, "")
    show(f"{where}: reads without exactly one champion", champions, 0, "")
    trail = Champions(database).trail(**PLACE)
    versions = [each.version for each in trail]
    gaps = sum(each != number for number, each in enumerate(versions, 1)) + abs(len(trail) - TURNS)
    show(f"{where}: gaps in the audit trail", gaps, 0, "")
    show(f"{where}: a round of {THREADS} promotions", 1_000 * seconds / TURNS, 500, "ms")


def _promote_concurrently(database: Database, names: list[str]) -> tuple[int, int]:
    table, start = Champions(database), Barrier(THREADS)

    def promote_in_rounds(number: int) -> tuple[list[bool], int]:
        won, odd = [], 0
        for turn in range(TURNS):
            start.wait()
            found = table.all()
            odd += len(found) != min(turn, 1)
            version, serving = (found[0].version, found[0].run) if found else (0, "")
            start.wait()
            run = names[number] if names[number] != serving else names[number - 1]
            try:
                table.promote(run, **PLACE, by=str(number), if_version=version)
                won.append(True)
            except ChampionConflictError:
                won.append(False)
        return won, odd

    with ThreadPoolExecutor(THREADS) as pool:
        results = list(pool.map(promote_in_rounds, range(THREADS)))
    wins = zip(*(won for won, _ in results), strict=True)
    return sum(sum(turn) != 1 for turn in wins), sum(odd for _, odd in results)


def _insert_runs(database: Database, names: list[str]) -> None:
    row = {
        "created_ms": 0,
        "forecaster": "dlinear",
        "symbols": '["PETR4"]',
        "horizon": 5,
        "edge": "none",
        "summary": "{}",
        "provenance_digest": "0" * 64,
        "registered_ms": 1,
    }
    with database.write_transaction() as connection:
        connection.execute(insert(runs), [{"id": name, **row} for name in names])


if __name__ == "__main__":
    main()
