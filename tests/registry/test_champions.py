"""Champions: one at a time, changed on the present version only, and every change audited."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier

import pytest
from listed_runs import listed
from sqlalchemy import select

from pregao.database import Database, champions, runs
from pregao.errors import (
    ChampionConflictError,
    NoEarlierChampionError,
    NotRegisteredError,
    ServingRunError,
    UnknownChampionError,
)
from pregao.registry import Champions, delete_run_row

THREADS = 8
PLACE = {"symbol": "PETR4", "horizon": 5}


def promoted(database: Database, *runs: str) -> Champions:
    table = Champions(database)
    for run in runs:
        table.promote(run, **PLACE, by="a test")
    return table


def test_the_first_champion_has_version_one_and_each_change_the_next(database):
    listed(database, "a", "b")
    table = promoted(database, "a", "b")

    assert ("b", 2) == (table.find("PETR4").run, table.find("PETR4").version)
    assert [("a", 1, None), ("b", 2, "a")] == [
        (each.run, each.version, each.previous_run) for each in table.trail(**PLACE)
    ]


def test_promoting_the_present_champion_is_no_change(database):
    listed(database, "a")
    table = promoted(database, "a")

    assert table.find("PETR4") == table.promote("a", **PLACE, by="a test")
    assert 1 == len(table.trail(**PLACE))


def test_a_change_based_on_another_version_is_refused_and_not_audited(database):
    listed(database, "a", "b", "c")
    table = promoted(database, "a", "b")

    with pytest.raises(ChampionConflictError, match="at version 2, not 1"):
        table.promote("c", **PLACE, by="a test", if_version=1)
    with pytest.raises(ChampionConflictError, match="at version 2, not 0"):
        table.promote("c", **PLACE, by="a test", if_version=0)
    with pytest.raises(ChampionConflictError, match="at version 2, not 1"):
        table.roll_back(**PLACE, by="a test", if_version=1)

    assert "b" == table.find("PETR4").run
    assert 2 == len(table.trail(**PLACE))


def test_a_change_based_on_the_present_version_is_made(database):
    listed(database, "a", "b")
    table = Champions(database)

    first = table.promote("a", **PLACE, by="a test", if_version=0)
    second = table.promote("b", **PLACE, by="a test", if_version=first.version)

    assert second == table.find("PETR4", 5)


def test_only_a_registered_run_can_be_champion(database):
    listed(database, "a", registered=False)

    for run in ("a", "unknown"):
        with pytest.raises(NotRegisteredError, match="pregao promote"):
            Champions(database).promote(run, **PLACE, by="a test")

    assert () == Champions(database).all()


def test_two_rollbacks_go_back_two_runs(database):
    listed(database, "a", "b", "c")
    table = promoted(database, "a", "b", "c")

    back = [table.roll_back(**PLACE, by="a test").run for _ in range(2)]

    assert ["b", "a"] == back
    with pytest.raises(NoEarlierChampionError):
        table.roll_back(**PLACE, by="a test")
    assert ["promote"] * 3 + ["rollback"] * 2 == [each.action for each in table.trail(**PLACE)]


def test_a_rollback_skips_runs_that_were_rolled_back(database):
    listed(database, "a", "b", "c")
    table = promoted(database, "a", "b")
    table.roll_back(**PLACE, by="a test")
    table.promote("c", **PLACE, by="a test")

    assert "a" == table.roll_back(**PLACE, by="a test").run


def test_a_missing_champion_is_an_error_that_lists_the_symbols_with_one(database):
    listed(database, "a")
    table = promoted(database, "a")

    with pytest.raises(UnknownChampionError, match=r"VALE3.*PETR4"):
        table.find("VALE3")
    with pytest.raises(UnknownChampionError):
        table.find("PETR4", 7)
    with pytest.raises(UnknownChampionError):
        table.roll_back("VALE3", 5, by="a test")


def test_the_newest_of_several_horizons_is_the_champion_of_a_symbol(database):
    listed(database, "a", "b")
    table = Champions(database)
    table.promote("a", symbol="PETR4", horizon=5, by="a test")
    table.promote("b", symbol="PETR4", horizon=1, by="a test")

    newest = max(table.all(), key=lambda each: each.since)
    assert newest == table.find("PETR4")
    assert [1, 5] == [each.horizon for each in table.all()]


def test_the_audit_trail_names_author_and_reason(database):
    listed(database, "a")
    table = Champions(database)
    champion = table.promote("a", **PLACE, by="Ana", reason="better in May")

    [change] = table.trail(**PLACE)
    assert ("Ana", "better in May", champion.since) == (change.by, change.reason, change.at)


def race(database: Database, rounds: int) -> list[int]:
    """Promote from many threads on the same version; return the winners of each round."""
    names = [f"run-{number}" for number in range(THREADS)]
    listed(database, *names)
    table = Champions(database)
    start = Barrier(THREADS)

    def promote_in_rounds(number: int) -> list[bool]:
        won = []
        for _ in range(rounds):
            start.wait()
            champion = next(iter(table.all()), None)
            version, serving = (0, "") if champion is None else (champion.version, champion.run)
            start.wait()
            # Promoting the present champion is no change, and so no conflict.
            run = names[number] if names[number] != serving else names[number - 1]
            try:
                table.promote(run, **PLACE, by=str(number), if_version=version)
                won.append(True)
            except ChampionConflictError:
                won.append(False)
        return won

    with ThreadPoolExecutor(THREADS) as pool:
        won = list(pool.map(promote_in_rounds, range(THREADS)))
    return [sum(turn) for turn in zip(*won, strict=True)]


def test_of_concurrent_promotions_exactly_one_wins(database):
    rounds = 40

    winners = race(database, rounds)

    assert [1] * rounds == winners
    trail = Champions(database).trail(**PLACE)
    assert list(range(1, rounds + 1)) == [each.version for each in trail]
    assert [None, *(each.run for each in trail[:-1])] == [each.previous_run for each in trail]
    [champion] = Champions(database).all()
    assert (trail[-1].run, rounds) == (champion.run, champion.version)


def test_concurrent_promotions_without_a_version_all_succeed(database):
    names = [f"run-{number}" for number in range(THREADS)]
    listed(database, *names)
    start = Barrier(THREADS)

    def promote(name: str) -> int:
        start.wait()
        return Champions(database).promote(name, **PLACE, by="a test").version

    with ThreadPoolExecutor(THREADS) as pool:
        versions = list(pool.map(promote, names))

    assert list(range(1, THREADS + 1)) == sorted(versions)


def test_of_concurrent_rollbacks_exactly_one_wins(database):
    listed(database, "a", "b", "c")
    table = promoted(database, "a", "b", "c")
    start = Barrier(THREADS)

    def roll_back(_: int) -> bool:
        start.wait()
        try:
            table.roll_back(**PLACE, by="a test", if_version=3)
        except ChampionConflictError:
            return False
        return True

    with ThreadPoolExecutor(THREADS) as pool:
        assert 1 == sum(pool.map(roll_back, range(THREADS)))
    assert ("b", 4) == (table.find("PETR4").run, table.find("PETR4").version)


def test_a_reader_sees_exactly_one_champion_during_changes(database):
    listed(database, "a", "b")
    table = promoted(database, "a")
    changes = 30

    def change() -> None:
        for turn in range(changes):
            table.promote("ab"[(turn + 1) % 2], **PLACE, by="a test")

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(change)
        seen = []
        while not done.done():
            seen.append(len(table.all()))
        done.result()

    assert {1} == set(seen)


def test_of_a_concurrent_promotion_and_deletion_one_is_refused(database):
    turns = 20
    names = [f"run-{number}" for number in range(turns)]
    listed(database, *names)
    start = Barrier(2)

    def promote() -> None:
        for number, name in enumerate(names):
            start.wait()
            with suppress(NotRegisteredError):
                Champions(database).promote(name, symbol="PETR4", horizon=number + 1, by="a test")

    def delete() -> None:
        for name in names:
            start.wait()
            with suppress(ServingRunError):
                delete_run_row(database, name)

    with ThreadPoolExecutor(2) as pool:
        for each in (pool.submit(promote), pool.submit(delete)):
            each.result()

    with database.read_transaction() as connection:
        left = set(connection.execute(select(runs.c.id)).scalars())
        serving = set(connection.execute(select(champions.c.run)).scalars())
    assert left == serving
