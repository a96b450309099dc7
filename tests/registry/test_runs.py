"""Runs: whole or absent, readable, verified, and the same forecasts after a reload."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from pregao.dataset import Dataset, Split, make_dataset
from pregao.errors import CorruptFileError, UnknownRunError
from pregao.evaluation import Report, Trained, WindowCounts, compare, judge
from pregao.evaluation._report import DataSummary
from pregao.registry import DataRecord, Run, load_run, run_id, save_run, stored_runs
from pregao.testing import synthetic_prices
from pregao.training import LEVELS, Combination, Experiment, Fitted, combined, finish, train
from pregao.zoo import BASELINES

PRICES = synthetic_prices(sessions=600, seed=21)
EXPERIMENT = Experiment(
    symbols=("TEST3",), lookback=10, horizon=3, epochs=1, network="gru_hybrid", source="csv"
)
RECORD = DataRecord(
    symbol="TEST3",
    provider="synthetic",
    sessions=len(PRICES),
    first=str(PRICES.first),
    last=str(PRICES.last),
    digest=PRICES.digest,
)


@cache
def dataset() -> Dataset:
    return make_dataset(
        [PRICES], features=EXPERIMENT.features, lookback=10, horizon=3, split=Split()
    )


@cache
def fitted() -> Fitted:
    return finish(train(EXPERIMENT, dataset()))


@cache
def report() -> Report:
    walk = BASELINES["random_walk"].fit(dataset().train, LEVELS, 0)
    comparison = compare(
        {"gru_hybrid": judge([fitted()], [dataset()], levels=LEVELS)},
        {"random_walk": judge([walk], [dataset()], levels=LEVELS)},
    )
    learned = Trained(
        parameters=1, epochs=fitted().epochs, best_epoch=fitted().best_epoch, seconds=0.1
    )
    return Report.of(
        comparison,
        {"gru_hybrid": learned},
        experiment=EXPERIMENT,
        data=DataSummary(
            symbols=("TEST3",),
            sessions=len(PRICES),
            first=str(PRICES.first),
            last=str(PRICES.last),
            digest=PRICES.digest,
        ),
        windows=WindowCounts(**dataset().num_windows),
        findings=(),
        seconds=0.2,
    )


def saved(home: Path) -> Run:
    return save_run(
        home,
        fitted(),
        report(),
        made_from=[EXPERIMENT],
        forecaster="gru_hybrid",
        data=(RECORD,),
    )


def test_a_run_reloads_to_bit_equal_forecasts(tmp_path: Path):
    run = load_run(tmp_path, saved(tmp_path).id)

    expected = fitted().quantiles(dataset().validation)

    assert expected.tobytes() == run.model.quantiles(dataset().validation).tobytes()
    assert fitted().digest == run.model.digest
    assert fitted().epochs == run.model.epochs
    assert fitted().scaler == run.model.scaler


def test_a_run_reloads_to_equal_values(tmp_path: Path):
    run = Run(saved(tmp_path).folder)

    assert EXPERIMENT == run.experiment
    assert report() == run.report
    assert (RECORD,) == run.provenance.data


def test_saving_twice_is_once(tmp_path: Path):
    first = saved(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in first.folder.iterdir()}

    second = saved(tmp_path)

    assert first == second
    assert before == {path: path.stat().st_mtime_ns for path in second.folder.iterdir()}
    assert [first] == stored_runs(tmp_path)


def test_the_folder_is_readable_and_holds_no_pickle(tmp_path: Path):
    folder = saved(tmp_path).folder

    assert {
        "experiment.json",
        "provenance.json",
        "report.json",
        "scaler.json",
        "weights.safetensors",
    } == {path.name for path in folder.iterdir()}
    for path in folder.glob("*.json"):
        assert isinstance(json.loads(path.read_text(encoding="utf-8")), dict)


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("experiment.json", "experiment"),
        ("report.json", "report"),
        ("scaler.json", "model"),
        ("weights.safetensors", "model"),
    ],
)
def test_a_flipped_byte_is_noticed(tmp_path: Path, name: str, part: str):
    path = saved(tmp_path).folder / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    run = Run(path.parent)

    with pytest.raises(CorruptFileError, match=name.replace(".", r"\.")):
        getattr(run, part)


def test_a_missing_file_is_noticed(tmp_path: Path):
    folder = saved(tmp_path).folder
    (folder / "weights.safetensors").unlink()

    with pytest.raises(CorruptFileError, match=r"weights\.safetensors"):
        _ = Run(folder).model


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def full_disk(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full_disk)
    with pytest.raises(OSError, match="No space left"):
        saved(tmp_path)

    assert [] == list((tmp_path / "runs").iterdir())
    assert [] == stored_runs(tmp_path)


def test_an_unknown_run_names_the_newest(tmp_path: Path):
    known = saved(tmp_path).id

    with pytest.raises(UnknownRunError, match=known):
        load_run(tmp_path, "nothing-like-it")


def test_no_run_at_all_says_how_to_make_one(tmp_path: Path):
    with pytest.raises(UnknownRunError, match="pregao train"):
        load_run(tmp_path, "nothing")


@pytest.mark.parametrize("name", ["../runs", "..", "/etc", "a/b"])
def test_a_run_id_is_never_a_path(tmp_path: Path, name: str):
    saved(tmp_path)

    with pytest.raises(UnknownRunError):
        load_run(tmp_path, name)


def test_other_data_is_another_run():
    other = RECORD.replace(digest="0" * 16)
    here = run_id([EXPERIMENT], (RECORD,), "x")

    assert here != run_id([EXPERIMENT], (other,), "x")
    assert here != run_id([EXPERIMENT.replace(seed=3)], (RECORD,), "x")
    assert here != run_id([EXPERIMENT, EXPERIMENT.replace(seed=3)], (RECORD,), "x")


@pytest.mark.parametrize("combination", ["uniform", "weighted", "stacked"])
def test_an_ensemble_reloads_to_bit_equal_forecasts(tmp_path: Path, combination: Combination):
    members = [
        fitted(),
        *(finish(train(EXPERIMENT.replace(seed=seed), dataset())) for seed in (1, 2)),
    ]
    ensemble = combined(members, dataset(), combination)
    made_from = [each.experiment for each in ensemble.members]

    run = save_run(
        tmp_path, ensemble, report(), made_from=made_from, forecaster="gru_hybrid", data=(RECORD,)
    )
    again = Run(run.folder).model

    expected = ensemble.quantiles(dataset().validation)
    assert expected.tobytes() == again.quantiles(dataset().validation).tobytes()
    assert ensemble.digest == again.digest


def test_state_of_every_type_survives(tmp_path: Path):
    kinds = {value.dtype for value in fitted().state.values()}

    again = load_run(tmp_path, saved(tmp_path).id).model.state

    assert {np.dtype("float32"), np.dtype("int64")} <= kinds
    assert kinds == {value.dtype for value in again.values()}
