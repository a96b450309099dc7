"""The registry's use cases: trained runs on the list, deleted, exported, checked and mended."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from made_runs import EXPERIMENTS, made_run, prices_of

from pregao.errors import (
    CorruptFileError,
    FolderInUseError,
    InputError,
    NotTrainedOnError,
    ServingRunError,
    UnknownRunError,
)
from pregao.prices import PriceStore
from pregao.registry import Run, list_runs, record_run
from pregao.training import Ensemble, Experiment, outputs_with_torch
from pregao.workbench import HomeFault, Workbench

NOW = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return made_run(
        Path(tmp_path_factory.mktemp("stored")), EXPERIMENTS["ensemble"], baseline="har"
    )


@pytest.fixture
def bench(tmp_path: Path, stored: Run) -> Iterator[Workbench]:
    """A workbench with a run that is on the list."""
    shutil.copytree(stored.folder, tmp_path / "runs" / stored.id)
    bench = Workbench(tmp_path)
    record_run(bench.database, Run(tmp_path / "runs" / stored.id))
    yield bench
    bench.database.close()


def test_a_trained_run_is_on_the_list(tmp_path: Path):
    bench = Workbench(tmp_path)

    trained = bench.train(
        Experiment(
            symbols=("SP500",), start=date(2014, 1, 2), network="dlinear", lookback=8, horizon=3,
            epochs=1,
        )
    )  # fmt: skip

    assert [trained.run.id] == [each.id for each in list_runs(bench.database)]
    bench.database.close()


def test_a_run_serves_all_its_symbols_or_the_one_that_is_named(bench: Workbench, stored: Run):
    [one] = bench.models.promote(stored.id, symbol="vale3.sa", by="a test")
    both = bench.models.promote(stored.id, by="a test")

    assert "VALE3" == one.symbol
    assert ["PETR4", "VALE3"] == [each.symbol for each in both]
    assert both == bench.models.champions()


def test_a_run_serves_no_symbol_that_it_was_not_trained_on(bench: Workbench, stored: Run):
    with pytest.raises(NotTrainedOnError, match="PETR4, VALE3, not on NVDA"):
        bench.models.promote(stored.id, symbol="NVDA", by="a test")

    assert () == bench.models.champions()


def test_a_version_is_that_of_one_symbol(bench: Workbench, stored: Run):
    with pytest.raises(InputError, match="2 symbols"):
        bench.models.promote(stored.id, by="a test", if_version=0)

    bench.models.promote(stored.id, symbol="PETR4", by="a test", if_version=0)


def test_symbols_are_understood_as_they_are_everywhere(bench: Workbench, stored: Run):
    assert [stored.id] == [each.id for each in bench.models.runs(symbol="petr4.sa")]
    assert () == bench.models.runs(symbol="NVDA")


def test_a_deleted_run_is_gone_with_its_folder_and_row(bench: Workbench, stored: Run):
    bench.models.delete(stored.id)

    assert [] == list((bench.home / "runs").iterdir())
    assert () == bench.models.runs()
    with pytest.raises(UnknownRunError):
        bench.models.delete(stored.id)


def test_a_champion_is_not_deleted(bench: Workbench, stored: Run):
    bench.models.promote(stored.id, by="a test")

    with pytest.raises(ServingRunError, match="PETR4 for 3"):
        bench.models.delete(stored.id)

    assert bench.models.served(stored.id).name == "har"


# Export.


def test_an_exported_run_has_the_candidate_as_onnx_where_a_baseline_serves(
    bench: Workbench, stored: Run, tmp_path: Path
):
    files = bench.models.export(stored.id, tmp_path / "out")

    names = {each.name for each in files}
    assert {"model-0.onnx", "model-1.onnx", "README.md", "LEIAME.md", "served.json"} <= names
    assert names == {each.name for each in (tmp_path / "out").iterdir()}
    assert isinstance(stored.model, Ensemble)
    member = stored.model.members[0]
    session = onnxruntime.InferenceSession(
        tmp_path / "out" / "model-0.onnx", providers=["CPUExecutionProvider"]
    )
    windows = np.random.default_rng(0).standard_normal((5, 8, len(member.scaler.features)))
    [expected] = outputs_with_torch(member, windows.astype(np.float32))
    [found] = session.run(None, {"x": windows.astype(np.float32)})
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)
    for page in ("README.md", "LEIAME.md"):
        content = (tmp_path / "out" / page).read_text(encoding="utf-8")
        assert all(name in content for name in member.scaler.features)
        assert f"{member.scaler.center[0]!r}" in content


def test_nothing_is_written_over(bench: Workbench, stored: Run, tmp_path: Path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine", encoding="utf-8")

    with pytest.raises(FolderInUseError, match="name a new folder"):
        bench.models.export(stored.id, tmp_path / "out")

    assert ["mine.txt"] == [each.name for each in (tmp_path / "out").iterdir()]


def test_a_damaged_run_is_not_exported(bench: Workbench, stored: Run, tmp_path: Path):
    spoil(bench.home / "runs" / stored.id / "report.json")

    with pytest.raises(CorruptFileError):
        bench.models.export(stored.id, tmp_path / "out")

    assert not (tmp_path / "out").exists()


# The doctor.


def ailments(bench: Workbench, *, mend: bool = False, now: datetime = NOW) -> list[HomeFault]:
    return list(bench.doctor(now=now, mend=mend).ailments)


def spoil(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def test_a_home_where_all_is_well(bench: Workbench, stored: Run):
    bench.models.promote(stored.id, by="a test")

    found = bench.doctor(now=NOW)

    assert found.is_well
    assert (1, ()) == (found.num_runs, found.ailments)


def test_an_empty_home_is_well(tmp_path: Path):
    bench = Workbench(tmp_path)
    assert bench.doctor(now=NOW).is_well
    bench.database.close()


def test_a_folder_without_a_row_is_put_onto_the_list(bench: Workbench, stored: Run):
    folder = bench.home / "runs" / "lost"
    shutil.copytree(stored.folder, folder)

    [found] = ailments(bench)
    [mended] = ailments(bench, mend=True)

    assert ("folder_without_row", "lost", False) == (found.kind, found.what, found.is_mended)
    assert mended == found.replace(is_mended=True)
    assert [] == ailments(bench)


def test_a_row_without_a_folder_is_forgotten_unless_it_serves(bench: Workbench, stored: Run):
    bench.models.promote(stored.id, by="a test")
    other = bench.home / "runs" / "other"
    shutil.copytree(stored.folder, other)
    record_run(bench.database, Run(other))
    shutil.rmtree(bench.home / "runs")

    found = {each.what: each.is_mended for each in ailments(bench, mend=True)}

    assert {stored.id: False, "other": True} == found
    [left] = ailments(bench)
    assert ("row_without_folder", stored.id) == (left.kind, left.what)
    assert not bench.doctor(now=NOW, mend=True).is_well


@pytest.mark.parametrize(
    "name", ["report.json", "weights.safetensors", "served.json", "provenance.json"]
)
def test_a_damaged_file_of_a_run_is_named_and_left_as_it_is(
    bench: Workbench, stored: Run, name: str
):
    file = bench.home / "runs" / stored.id / name
    spoil(file)
    spoiled = file.read_bytes()

    found = ailments(bench, mend=True)

    assert {"damaged_run"} == {each.kind for each in found}
    assert {stored.id} == {each.what for each in found}
    assert spoiled == file.read_bytes()
    assert not bench.doctor(now=NOW).is_well


def test_a_registered_run_is_registered_again(bench: Workbench, stored: Run):
    bench.models.promote(stored.id, by="a test")
    record = bench.home / "runs" / stored.id / "registered" / "registration.json"
    record.write_bytes(record.read_bytes()[:10])

    [found] = ailments(bench, mend=True)

    assert ("damaged_registration", True) == (found.kind, found.is_mended)
    assert bench.models.served(stored.id).name == "har"
    assert [] == ailments(bench)


def test_leftovers_are_deleted_after_a_day(bench: Workbench, stored: Run):
    runs = bench.home / "runs"
    for folder, hours in ((runs, 25), (runs / stored.id, 30), (runs, 1)):
        draft = folder / f".draft-{hours}"
        draft.mkdir()
        moment = (NOW - timedelta(hours=hours)).timestamp()
        os.utime(draft, (moment, moment))

    found = ailments(bench, mend=True)

    assert {".draft-25", ".draft-30"} == {Path(each.what).name for each in found}
    assert all(each.is_mended for each in found)
    assert [".draft-1"] == [each.name for each in bench.home.rglob(".draft-*")]


def test_a_damaged_database_is_reported_beside_the_rest(bench: Workbench, stored: Run):
    bench.database.close()
    (bench.home / "pregao.db").write_bytes(b"no database" * 1_000)
    spoil(bench.home / "runs" / stored.id / "report.json")

    found = Workbench(bench.home).doctor(now=NOW, mend=True)

    assert ["database", "damaged_run"] == [each.kind for each in found.ailments]
    assert not found.is_well


def test_a_reference_to_nothing_is_found(bench: Workbench):
    with closing(sqlite3.connect(bench.home / "pregao.db")) as connection:  # it checks nothing
        connection.execute("INSERT INTO champions VALUES ('PETR4', 3, 'nobody', 1, 0)")
        connection.commit()

    [found] = ailments(bench)

    assert "database" == found.kind
    assert "champions" in found.seen.en


def test_a_run_of_stored_prices_needs_them(tmp_path: Path):
    store = PriceStore(tmp_path)
    snapshot = store.append(prices_of("PETR4"))
    experiment = EXPERIMENTS["ensemble"].replace(symbols=("PETR4",), members=1, source="store")
    run = made_run(tmp_path, experiment, baseline="har")
    bench = Workbench(tmp_path)
    record_run(bench.database, run)
    assert [] == ailments(bench)

    shutil.rmtree(tmp_path / "prices")
    [found] = ailments(bench)
    bench.database.close()

    assert ("missing_prices", run.id) == (found.kind, found.what)
    assert snapshot.digest in found.seen.en
