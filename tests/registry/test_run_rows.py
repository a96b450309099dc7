"""The list of runs: a row each, restored after a lost database or a crash."""

import shutil
from pathlib import Path

import pytest
from listed_runs import listed
from made_runs import EXPERIMENTS, made_run

from pregao.database import Database
from pregao.errors import ServingRunError
from pregao.registry import (
    Champions,
    Run,
    RunSummary,
    delete_run_row,
    index_missing_runs,
    list_runs,
    mark_registered,
    record_run,
)
from pregao.workbench import Models


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Run:
    home = Path(tmp_path_factory.mktemp("stored"))
    return made_run(home, EXPERIMENTS["ensemble"], baseline="har")


def copies(stored: Run, home: Path, *names: str) -> list[Run]:
    for name in names:
        shutil.copytree(stored.folder, home / "runs" / name)
    return [Run(home / "runs" / name) for name in names]


def test_a_row_says_what_a_run_is_and_what_it_is_worth(database: Database, stored: Run):
    record_run(database, stored)

    [row] = list_runs(database)

    assert RunSummary.from_run(stored) == row
    report = stored.report
    assert ("har", ("PETR4", "VALE3"), 3) == (row.served, row.symbols, row.horizon)
    assert report.subject.metrics.crps == row.crps
    assert report.subject.versus_best_baseline.crps_skill == row.crps_skill_to_best_baseline
    assert not row.is_registered
    assert row == RunSummary.model_validate_json(row.model_dump_json())


def test_recording_a_run_again_changes_nothing(database: Database, stored: Run):
    record_run(database, stored)
    mark_registered(database, stored.id)
    record_run(database, stored)

    [row] = list_runs(database)
    assert row.is_registered


def test_registering_leaves_a_run_where_it_is_on_the_list(database: Database, tmp_path, stored):
    old, _ = copies(stored, tmp_path, "old", "new")
    models = Models(tmp_path, database)
    assert {"old", "new"} == {each.id for each in models.runs()}
    before = RunSummary.from_run(old)

    models.register(old.id)

    assert before == RunSummary.from_run(old)
    assert {"old": True, "new": False} == {each.id: each.is_registered for each in models.runs()}


def test_the_newest_run_comes_first_and_pages_go_on_where_the_last_ended(database: Database):
    names = [f"run-{number}" for number in range(7)]
    listed(database, *names)

    first = list_runs(database, limit=3)
    second = list_runs(database, limit=3, before=first[-1].id)
    third = list_runs(database, limit=3, before=second[-1].id)

    assert names[::-1] == [each.id for page in (first, second, third) for each in page]
    assert () == list_runs(database, before=third[-1].id)


def test_a_symbol_finds_its_runs_and_not_those_of_longer_symbols(database: Database):
    listed(database, "short", symbols=["PETR4"])
    listed(database, "long", symbols=["PETR40"])
    listed(database, "both", symbols=["VALE3", "PETR4"])
    listed(database, "index", symbols=["^GSPC"])
    listed(database, "wild", symbols=["PETR_"])

    def found(symbol: str) -> set[str]:
        return {each.id for each in list_runs(database, symbol=symbol)}

    assert {"short", "both"} == found("PETR4")
    assert {"long"} == found("PETR40")
    assert {"index"} == found("^GSPC")
    assert set() == found("PETR")
    assert {"wild"} == found("PETR_")


def test_folders_without_a_row_are_indexed(database: Database, tmp_path: Path, stored: Run):
    known, *_ = copies(stored, tmp_path, "known", "lost", "damaged", ".draft-1")
    record_run(database, known)
    (tmp_path / "runs" / "damaged" / "report.json").write_text("{}", encoding="utf-8")

    assert ("lost",) == index_missing_runs(database, tmp_path)
    assert () == index_missing_runs(database, tmp_path)
    assert {"known", "lost"} == {each.id for each in list_runs(database)}


def test_the_row_of_a_present_or_former_champion_is_not_deleted(database: Database):
    listed(database, "a", "b", "c")
    table = Champions(database)
    for run in ("a", "b"):
        table.promote(run, symbol="PETR4", horizon=5, by="a test")

    for run in ("a", "b"):
        with pytest.raises(ServingRunError, match="PETR4 for 5"):
            delete_run_row(database, run)
    delete_run_row(database, "c")

    assert {"a", "b"} == {each.id for each in list_runs(database)}
