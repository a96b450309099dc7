"""Registration: ONNX that equals torch, verified at every load, and no other model is served."""

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest
from made_runs import EXPERIMENTS, dataset_of, made_run, prices_of
from safetensors.numpy import load, save
from serving_work import register_at

from pregao.calibration import make_served_forecaster
from pregao.dataset import live_windows
from pregao.errors import CorruptFileError, NotRegisteredError, RegistrationError
from pregao.prices import COLUMNS
from pregao.registry import Run, ServedModel, load_registration, register
from pregao.registry._registration import TOLERANCE, _difference
from pregao.training import Ensemble, OnnxNetwork, export_fitted

CLOSE = {"rtol": 0, "atol": TOLERANCE}


class Shelf:
    """Registered runs, each exported at its first use."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._runs: dict[str, Run] = {}

    def __getitem__(self, name: str) -> Run:
        if name not in self._runs:
            experiment = EXPERIMENTS.get(name, EXPERIMENTS["anchored"])
            baseline = None if name in EXPERIMENTS else name
            run = made_run(self._home, experiment, baseline=baseline)
            register(run)
            self._runs[name] = run
        return Run(self._runs[name].folder)

    def copy(self, name: str, home: Path) -> Run:
        """Return a copy of a registered run that a test may damage."""
        original = self[name]
        folder = home / "runs" / original.id
        shutil.copytree(original.folder, folder)
        return Run(folder)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return Shelf(Path(tmp_path_factory.mktemp("shelf")))


def registered(run: Run, name: str) -> Path:
    return run.folder / "registered" / name


@pytest.mark.parametrize("name", [*EXPERIMENTS, "har", "gjr_garch"])
def test_torch_onnx_and_the_served_model_agree(shelf: Shelf, name: str):
    run = shelf[name]
    served = ServedModel.load(run)
    windows = dataset_of(run.experiment).validation
    expected = run.forecaster.quantiles(windows)

    np.testing.assert_allclose(served.quantiles(windows), expected, **CLOSE)
    if served.network is not None:
        np.testing.assert_allclose(
            served.network.quantiles(windows), run.model.quantiles(windows), **CLOSE
        )
    assert load_registration(run).largest_difference <= TOLERANCE


@pytest.mark.parametrize("name", [*EXPERIMENTS, "har", "gjr_garch"])
def test_a_prepared_forecast_equals_that_of_the_run(shelf: Shelf, name: str):
    run = shelf[name]
    served = ServedModel.load(run)
    for symbol in run.experiment.symbols:
        prices = prices_of(symbol)
        live = live_windows(
            [prices],
            scaler=run.serving.scaler,
            lookback=run.serving.lookback,
            horizon=run.serving.horizon,
        )

        prepared = served.prepare(prices)

        expected = run.forecaster.quantiles(live)[0]
        np.testing.assert_allclose(prepared.quantiles(), expected, **CLOSE)
        np.testing.assert_allclose(prepared.quantiles(), prepared.quantiles(), rtol=0, atol=0)


def test_actions_are_served_if_the_network_learnt_them(shelf: Shelf):
    run = shelf["b3-multitask"]
    prepared = ServedModel.load(run).prepare(prices_of("PETR4"))

    probabilities = prepared.actions()

    assert probabilities is not None
    expected = run.model.action_probabilities(prepared.window)[0]
    np.testing.assert_allclose(list(probabilities.values()), expected, **CLOSE)
    assert 1.0 == pytest.approx(sum(probabilities.values()))
    assert ServedModel.load(shelf["anchored"]).prepare(prices_of("PETR4")).actions() is None


def test_an_ensemble_is_exported_member_by_member(shelf: Shelf):
    run = shelf["ensemble"]
    assert isinstance(run.model, Ensemble)

    assert len(run.model.members) == len(load_registration(run).models)


@pytest.mark.parametrize("name", ["har", "gjr_garch"])
def test_a_candidate_that_is_not_served_forecasts_as_it_was_scored(shelf: Shelf, name: str):
    run = shelf[name]
    windows = dataset_of(run.experiment).validation

    candidate = ServedModel.load_candidate(run)

    assert candidate is not None
    assert (False, True) == (candidate.is_served, ServedModel.load(run).is_served)
    assert (run.report.candidate, name) == (candidate.name, ServedModel.load(run).name)
    judged = make_served_forecaster(run.model, run.candidate_serving.offsets).quantiles(windows)
    np.testing.assert_allclose(candidate.quantiles(windows), judged, **CLOSE)
    assert not np.allclose(judged, run.forecaster.quantiles(windows), **CLOSE)


def test_a_network_that_is_served_is_its_own_candidate(shelf: Shelf):
    run = shelf["anchored"]
    windows = dataset_of(run.experiment).validation

    candidate = ServedModel.load_candidate(run)

    assert candidate is not None
    assert candidate.is_served
    served = ServedModel.load(run).quantiles(windows)
    np.testing.assert_array_equal(served, candidate.quantiles(windows))


def test_a_baseline_is_served_without_an_exportable_candidate(shelf: Shelf, tmp_path: Path):
    run = shelf.copy("har", tmp_path)
    shutil.rmtree(run.folder / "registered")
    diverge(run)

    record = register(run)

    assert ((), "its training diverged before it learnt anything") == (
        record.models,
        record.left_out,
    )
    assert ServedModel.load_candidate(run) is None
    assert "har" == ServedModel.load(run).name


def test_a_served_network_must_be_exportable(shelf: Shelf, tmp_path: Path):
    run = shelf.copy("anchored", tmp_path)
    shutil.rmtree(run.folder / "registered")
    diverge(run)

    with pytest.raises(RegistrationError, match="diverged before it learnt anything"):
        register(run)


def diverge(run: Run) -> None:
    """Store that training failed in its first epoch."""
    learnt, provenance = run.folder / "scaler.json", run.folder / "provenance.json"
    fields = json.loads(learnt.read_text(encoding="utf-8"))
    [member] = fields["members"]
    member |= {"outcome": "diverged", "epochs": [member["epochs"][0] | {"is_best": True}]}
    learnt.write_text(json.dumps(fields), encoding="utf-8")
    known = json.loads(provenance.read_text(encoding="utf-8"))
    known["files"]["scaler.json"] = sha256(learnt.read_bytes()).hexdigest()
    provenance.write_text(json.dumps(known), encoding="utf-8")


def test_a_run_needs_closes_only_or_ranges_too(shelf: Shelf):
    enough = {name: ServedModel.load(shelf[name]).reads_closes_only for name in EXPERIMENTS}

    assert enough["petr4-60d"]
    assert not enough["b3-multitask"]
    assert ServedModel.load(shelf["har"]).reads_closes_only


def test_registering_again_changes_no_file(shelf: Shelf):
    run = shelf["anchored"]
    before = {each: each.stat().st_mtime_ns for each in run.folder.rglob("*")}

    again = register(run)

    assert load_registration(run) == again
    assert before == {each: each.stat().st_mtime_ns for each in run.folder.rglob("*")}


def test_an_unregistered_run_is_not_served(shelf: Shelf, tmp_path: Path):
    run = shelf.copy("anchored", tmp_path)
    shutil.rmtree(run.folder / "registered")

    with pytest.raises(NotRegisteredError, match="pregao promote"):
        ServedModel.load(run)


@pytest.mark.parametrize("name", ["model-0.onnx", "golden.safetensors"])
@pytest.mark.parametrize("damage", ["torn", "flipped", "absent"])
def test_a_damaged_file_is_detected_at_loading_and_at_registering_again(
    shelf: Shelf, tmp_path: Path, name: str, damage: str
):
    run = shelf.copy("anchored", tmp_path)
    file = registered(run, name)
    content = bytearray(file.read_bytes())
    if damage == "absent":
        file.unlink()
    else:
        content[len(content) // 2] ^= 1
        file.write_bytes(content[: len(content) // 2] if damage == "torn" else content)

    for ask in (ServedModel.load, register):
        with pytest.raises(CorruptFileError, match=name.replace(".", r"\.")):
            ask(Run(run.folder))


@pytest.mark.parametrize(
    "content", ["", "{}", '{"models": [], "largest_difference": 0, "files": {}}']
)
def test_a_damaged_record_is_detected_at_loading(shelf: Shelf, tmp_path: Path, content: str):
    run = shelf.copy("anchored", tmp_path)
    registered(run, "registration.json").write_text(content, encoding="utf-8")

    with pytest.raises(CorruptFileError, match=r"registration\.json"):
        ServedModel.load(run)


@pytest.mark.parametrize("part", ["0/head-0", "0/windows"])
def test_a_model_with_other_outputs_on_its_golden_windows_is_refused(
    shelf: Shelf, tmp_path: Path, part: str
):
    run = shelf.copy("anchored", tmp_path)
    golden = load(registered(run, "golden.safetensors").read_bytes())
    rewrite(run, "golden.safetensors", save({**golden, part: golden[part] + np.float32(0.01)}))

    with pytest.raises(CorruptFileError, match="golden windows"):
        ServedModel.load(run)


def test_a_model_without_golden_windows_is_refused(shelf: Shelf, tmp_path: Path):
    run = shelf.copy("anchored", tmp_path)
    rewrite(run, "golden.safetensors", save({"other": np.zeros(1, np.float32)}))

    with pytest.raises(CorruptFileError, match=r"golden\.safetensors"):
        ServedModel.load(run)


def rewrite(run: Run, name: str, content: bytes) -> None:
    """Change a file together with its digest, as a bug in the program would."""
    registered(run, name).write_bytes(content)
    record = registered(run, "registration.json")
    fields = json.loads(record.read_text(encoding="utf-8"))
    fields["files"][name] = sha256(content).hexdigest()
    record.write_text(json.dumps(fields), encoding="utf-8")


def test_a_full_disk_leaves_a_run_unregistered_and_nothing_behind(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    run = shelf.copy("har", tmp_path)
    shutil.rmtree(run.folder / "registered")
    before = set(run.folder.iterdir())

    def full_disk(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", full_disk)
        with pytest.raises(OSError, match="No space left"):
            register(run)

    assert before == set(run.folder.iterdir())
    register(run)
    assert ServedModel.load(run).name == "har"


def test_an_onnx_file_of_another_network_is_refused(shelf: Shelf):
    run = shelf["ensemble"]
    assert isinstance(run.model, Ensemble)
    first, second = run.model.members
    other = OnnxNetwork(first, export_fitted(second))

    with pytest.raises(RegistrationError, match="ONNX and torch differ"):
        _difference(run, first, other)


@pytest.mark.slow
def test_concurrent_registrations_of_a_run_agree(shelf: Shelf, tmp_path: Path):
    run = shelf.copy("ensemble", tmp_path)
    shutil.rmtree(run.folder / "registered")

    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        first, second = pool.map(register_at, [run.folder] * 2)

    assert first == second
    assert [] == [each for each in run.folder.iterdir() if each.name.startswith(".draft-")]
    ServedModel.load(run)


_SERVE = """
import sys
from pathlib import Path
import numpy as np
from pregao.prices import Bars, Prices
from pregao.prices import COLUMNS
from pregao.registry import Run, ServedModel
from pregao.instruments import Symbol

stored = dict(np.load(sys.argv[2]))
prices = Prices(Symbol.parse("PETR4"), Bars.from_columns(stored.pop("sessions"), stored), "test")
prepared = ServedModel.load(Run(Path(sys.argv[1]))).prepare(prices)
np.save(sys.argv[3], prepared.quantiles())
print(sorted({"torch", "pandas", "lightgbm", "arch", "plotly", "onnxscript"} & set(sys.modules)))
"""


@pytest.mark.parametrize("name", ["anchored", "har"])
def test_serving_loads_no_heavy_library_and_writes_nothing_into_the_home(
    shelf: Shelf, tmp_path: Path, name: str
):
    prices, home = prices_of("PETR4"), tmp_path / "home"
    home.mkdir()
    columns = {each: getattr(prices.bars, each) for each in COLUMNS}
    np.savez(tmp_path / "bars.npz", sessions=prices.sessions, **columns)

    done = subprocess.run(
        [
            sys.executable, "-c", _SERVE, shelf[name].folder, tmp_path / "bars.npz",
            tmp_path / "quantiles.npy",
        ],
        env={**os.environ, "HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip

    assert 0 == done.returncode, done.stderr
    assert "[]" == done.stdout.strip()
    assert [] == list(home.rglob("*"))
    expected = ServedModel.load(shelf[name]).prepare(prices).quantiles()
    np.testing.assert_allclose(np.load(tmp_path / "quantiles.npy"), expected, **CLOSE)
