"""Runs: complete or absent, readable, verified, and the same forecasts after a reload."""

import json
from dataclasses import replace
from functools import cache
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pregao.calibration import Offsets, ServingParameters
from pregao.dataset import Dataset, Split, make_dataset
from pregao.errors import CorruptFileError, UnknownRunError
from pregao.evaluation import Report, Training, WindowCounts, compare
from pregao.evaluation._report import DataSummary
from pregao.registry import DataRecord, Run, ServedBaseline, load_run, run_id, save_run, stored_runs
from pregao.registry._monthly_digests import digest_months, first_differing_month
from pregao.scores import score_forecasters
from pregao.testing import synthetic_prices
from pregao.training import LEVELS, Combination, Experiment, FittedNetwork, combine, finish, train
from pregao.zoo.baselines import BASELINES, FittedBaseline

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
def fitted() -> FittedNetwork:
    return finish(train(EXPERIMENT, dataset()))


@cache
def report() -> Report:
    walk = BASELINES["random_walk"].fit(dataset().train, LEVELS, 0)
    comparison = compare(
        {"gru_hybrid": score_forecasters([fitted()], [dataset()], levels=LEVELS)},
        {"random_walk": score_forecasters([walk], [dataset()], levels=LEVELS)},
    )
    learned = Training(
        parameters=1, epochs=fitted().epochs, best_epoch=fitted().best_epoch, seconds=0.1
    )
    return Report.from_comparison(
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
        member_experiments=[EXPERIMENT],
        forecaster="gru_hybrid",
        data=(RECORD,),
        serving=serving(),
    )


def serving() -> ServingParameters:
    levels = tuple(LEVELS)
    return ServingParameters(
        scaler=dataset().scaler,
        lookback=EXPERIMENT.lookback,
        horizon=EXPERIMENT.horizon,
        offsets=Offsets(
            levels=levels,
            by_step=((0.0,) * len(levels),) * EXPERIMENT.horizon,
            num_windows=10,
            num_sessions=10,
        ),
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


def test_saving_a_run_twice_stores_it_once(tmp_path: Path):
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
        "serving.json",
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
def test_a_flipped_byte_is_detected(tmp_path: Path, name: str, part: str):
    path = saved(tmp_path).folder / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    run = Run(path.parent)

    with pytest.raises(CorruptFileError, match=name.replace(".", r"\.")):
        getattr(run, part)


def test_a_missing_file_is_detected(tmp_path: Path):
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


def test_an_unknown_run_is_an_error_that_lists_the_newest(tmp_path: Path):
    known = saved(tmp_path).id

    with pytest.raises(UnknownRunError, match=known):
        load_run(tmp_path, "nothing-like-it")


def test_without_any_run_the_error_says_how_to_train_one(tmp_path: Path):
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
    ensemble = combine(members, dataset(), combination)
    member_experiments = [each.experiment for each in ensemble.members]

    run = save_run(
        tmp_path,
        ensemble,
        report(),
        member_experiments=member_experiments,
        forecaster="gru_hybrid",
        data=(RECORD,),
        serving=serving(),
    )
    again = Run(run.folder).model

    expected = ensemble.quantiles(dataset().validation)
    assert expected.tobytes() == again.quantiles(dataset().validation).tobytes()
    assert ensemble.digest == again.digest


def test_weights_of_every_type_round_trip(tmp_path: Path):
    kinds = {value.dtype for value in fitted().state.values()}

    again = load_run(tmp_path, saved(tmp_path).id).model.state

    assert {np.dtype("float32"), np.dtype("int64")} <= kinds
    assert kinds == {value.dtype for value in again.values()}


# Served baselines.


def with_served(home: Path, name: str) -> Run:
    return save_run(
        home,
        fitted(),
        report(),
        member_experiments=[EXPERIMENT],
        forecaster="gru_hybrid",
        data=(RECORD,),
        serving=serving(),
        served_baseline=ServedBaseline(name, baseline(name), serving().replace(lookback=1)),
    )


@cache
def baseline(name: str) -> FittedBaseline:
    return BASELINES[name].fit(dataset().train, LEVELS, 0)


@pytest.mark.parametrize("name", BASELINES)
def test_a_served_baseline_reloads_to_bit_equal_forecasts(tmp_path: Path, name: str):
    run = load_run(tmp_path, with_served(tmp_path, name).id)

    assert run.served is not None
    served_name, served = run.served
    assert (name, name) == (served_name, run.served_name)
    expected = baseline(name).quantiles(dataset().validation)
    assert expected.tobytes() == served.quantiles(dataset().validation).tobytes()


def test_the_candidate_is_stored_beside_the_served_baseline(tmp_path: Path):
    run = load_run(tmp_path, with_served(tmp_path, "anchor").id)

    assert fitted().digest == run.model.digest
    assert serving() == run.candidate_serving
    assert serving().replace(lookback=1) == run.serving
    assert {"served.json", "served.safetensors"} == set(run.baseline_content)


def test_a_run_that_serves_its_network_serves_no_baseline(tmp_path: Path):
    run = load_run(tmp_path, saved(tmp_path).id)

    assert run.served is None
    assert run.served_name is None
    assert {} == run.baseline_content


@pytest.mark.parametrize("name", ["served.json", "served.safetensors", "served-3.txt"])
def test_a_flipped_byte_of_a_served_baseline_is_detected(tmp_path: Path, name: str):
    path = with_served(tmp_path, "lightgbm").folder / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)

    with pytest.raises(CorruptFileError, match=name.replace(".", r"\.")):
        _ = Run(path.parent).served


def test_a_missing_file_of_a_served_baseline_is_detected(tmp_path: Path):
    folder = with_served(tmp_path, "anchor").folder
    (folder / "served.safetensors").unlink()

    with pytest.raises(CorruptFileError, match=r"served\.safetensors"):
        _ = Run(folder).served


def test_another_champion_of_the_same_training_is_another_run(tmp_path: Path):
    network, anchor = saved(tmp_path), with_served(tmp_path, "anchor")

    assert network.id != anchor.id
    assert network.id == saved(tmp_path).id
    assert anchor.id == with_served(tmp_path, "anchor").id
    assert (None, "anchor") == (network.served_name, anchor.served_name)


def test_a_run_that_this_version_cannot_read_is_an_error_with_advice(tmp_path: Path):
    folder = saved(tmp_path).folder
    fields = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    del fields["edge"]
    content = json.dumps(fields).encode()
    (folder / "report.json").write_bytes(content)
    provenance = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
    provenance["files"]["report.json"] = sha256(content).hexdigest()
    (folder / "provenance.json").write_text(json.dumps(provenance), encoding="utf-8")

    with pytest.raises(CorruptFileError, match="train it again"):
        _ = Run(folder).report


# What a run was made from.


def test_a_run_of_an_earlier_release_still_loads(tmp_path: Path):
    folder = saved(tmp_path).folder
    provenance = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
    assert provenance.pop("machine")
    (folder / "provenance.json").write_text(json.dumps(provenance), encoding="utf-8")

    run = Run(folder)

    assert fitted().digest == run.model.digest
    assert ("", None, {}) == (run.provenance.machine, run.served, run.monthly_digests)


def test_a_run_keeps_the_experiments_of_its_members(tmp_path: Path):
    experiment = EXPERIMENT.replace(members=2)
    seeds = [fitted(), finish(train(EXPERIMENT.replace(seed=1), dataset()))]
    other = finish(train(EXPERIMENT.replace(dropout=0.1), dataset()))
    seeded, averaged = (combine(each, dataset(), "uniform") for each in (seeds, [*seeds, other]))
    kept = {"forecaster": "gru_hybrid", "data": (RECORD,), "serving": serving()}

    alone = saved(tmp_path)
    of_seeds = save_run(tmp_path, seeded, report(), member_experiments=[experiment], **kept)
    members = tuple(each.experiment for each in averaged.members)
    average = save_run(tmp_path, averaged, report(), member_experiments=members, **kept)

    assert (EXPERIMENT,) == alone.member_experiments
    assert (experiment,) == of_seeds.member_experiments
    assert members == average.member_experiments


def test_monthly_digests_of_prices_are_stored_and_verified(tmp_path: Path):
    run = save_run(
        tmp_path,
        fitted(),
        report(),
        member_experiments=[EXPERIMENT],
        forecaster="gru_hybrid",
        data=(RECORD,),
        serving=serving(),
        prices=[PRICES],
    )

    months = Run(run.folder).monthly_digests["TEST3"]

    assert months == digest_months(PRICES)
    assert [str(each) for each in np.unique(PRICES.sessions.astype("datetime64[M]"))] == [*months]
    (run.folder / "months.json").write_text("{}", encoding="utf-8")
    with pytest.raises(CorruptFileError, match=r"months\.json"):
        _ = Run(run.folder).monthly_digests


@given(row=st.integers(0, len(PRICES) - 1), column=st.sampled_from([*PRICES.bars.columns]))
def test_the_month_of_any_change_of_prices_is_found(row: int, column: str):
    values = PRICES.bars.columns[column].copy()
    values[row] *= 1.001
    changed = replace(PRICES, bars=replace(PRICES.bars, **{column: values}))
    shorter = PRICES.up_to(PRICES.sessions[row])

    expected = str(PRICES.sessions[row])[:7]

    assert expected == first_differing_month(digest_months(PRICES), digest_months(changed))
    assert first_differing_month(digest_months(PRICES), digest_months(PRICES)) is None
    if row < len(PRICES) - 1:
        after = str(PRICES.sessions[row + 1])[:7]
        assert after == first_differing_month(digest_months(PRICES), digest_months(shorter))
