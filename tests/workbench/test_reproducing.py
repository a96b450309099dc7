"""Reproduction: same prices, experiment and seed give the same bits, or a named difference."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load, save

from pregao.calibration import score_as_served
from pregao.dataset import Dataset
from pregao.errors import InputError, UnknownRunError
from pregao.evaluation import Report, Training, WindowCounts, compare
from pregao.prices import Prices, PriceStore
from pregao.registry import Run, ServedBaseline, count_accesses, save_run
from pregao.terminal import print_reproduction
from pregao.testing import synthetic_prices
from pregao.training import (
    LEVELS,
    Combination,
    Ensemble,
    Experiment,
    FittedNetwork,
    Model,
    combine,
    datasets_for,
    finish,
    fitted_from_checkpoint,
    member_experiments,
    train,
    train_until,
)
from pregao.workbench import BenchmarkSettings, Reproduction, Workbench
from pregao.workbench._prices import Checked, summarise_prices
from pregao.workbench._reproduction import TensorDifference, VersionDifference, verdict_of
from pregao.zoo.baselines import BASELINES

TINY = Experiment(
    symbols=("PETR4", "VALE3"),
    source="csv",
    network="dlinear",
    features=("return", "log_sigma"),
    lookback=8,
    horizon=3,
    epochs=2,
)
PRICES = tuple(synthetic_prices(name, sessions=400, seed=n) for n, name in enumerate(TINY.symbols))
KEPT = PRICES[0].sessions[379]
"""The last session of the runs."""


class InOrder:
    """An engine of one worker, which is this process."""

    num_workers = 1

    def __init__(self) -> None:
        self.data, self.tasks = None, []

    @contextmanager
    def pool(self, data: object) -> Iterator["InOrder"]:
        self.data = data
        yield self

    def submit(self, work, task) -> None:
        self.tasks.append((work, task))

    def results(self):
        while self.tasks:
            work, task = self.tasks.pop()
            yield task, work(self.data, task)


HERE = BenchmarkSettings(engine=InOrder())


@cache
def dataset() -> Dataset:
    [made] = datasets_for([each.up_to(KEPT) for each in PRICES], [TINY]).values()
    return made


@cache
def trained(experiment: Experiment = TINY) -> FittedNetwork:
    return finish(train(experiment, dataset()))


def stored(
    home: Path,
    model: Model,
    *,
    name: str = "dlinear",
    asked: Experiment | None = None,
    served: str | None = None,
    with_months: bool = True,
    data: Dataset | None = None,
) -> Run:
    """Store a run with a minimal report."""
    data = data or dataset()
    prices = [Checked(each.up_to(KEPT), ()) for each in PRICES]
    baselines = {
        each: BASELINES[each].fit(data.train, LEVELS, 0)
        for each in {"random_walk", served} - {None}
    }
    judged = {
        each: score_as_served(fitted, data, levels=LEVELS)
        for each, fitted in {name: model, **baselines}.items()
    }
    comparison = compare(
        {name: judged[name][0]}, {each: judged[each][0] for each in baselines}, subject=name
    )
    how = Training(parameters=1, epochs=model.epochs, best_epoch=model.best_epoch, seconds=0.1)
    members = [model] if isinstance(model, FittedNetwork) else model.members
    member_experiments = [asked] if asked else [each.experiment for each in members]
    report = Report.from_comparison(
        comparison,
        {name: how},
        experiment=member_experiments[0],
        data=summarise_prices(prices),
        windows=WindowCounts(**data.num_windows),
        findings=(),
        seconds=0.1,
    )
    return save_run(
        home,
        model,
        report,
        member_experiments=member_experiments,
        forecaster=name,
        data=tuple(each.record for each in prices),
        serving=judged[name][1],
        served_baseline=None
        if served is None
        else ServedBaseline(served, baselines[served], judged[served][1]),
        prices=[each.prices for each in prices] if with_months else (),
    )


def write_csv(folder: Path, prices: Prices) -> None:
    folder.mkdir(exist_ok=True)
    prices.frame.rename_axis("date").to_csv(folder / f"{prices.symbol}.csv")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The prices as they were."""
    for each in PRICES:
        write_csv(tmp_path / "csv", each.up_to(KEPT))
    return tmp_path / "csv"


def again(home: Path, run: Run, path: Path | None) -> Reproduction:
    return Workbench(home).reproduce(run.id, path=path, settings=HERE)


def rewritten(prices: Prices, session: np.datetime64) -> Prices:
    """Make one close another."""
    close = prices.bars.close.copy()
    close[prices.sessions == session] *= 1.0001
    return replace(prices, bars=replace(prices.bars, close=close))


def tampered(run: Run, name: str, change: Callable[[bytes], bytes]) -> Run:
    """Change a file of a run, and its digest too."""
    content = change((run.folder / name).read_bytes())
    (run.folder / name).write_bytes(content)
    path = run.folder / "provenance.json"
    provenance = json.loads(path.read_text(encoding="utf-8"))
    provenance["files"][name] = sha256(content).hexdigest()
    path.write_text(json.dumps(provenance), encoding="utf-8")
    return Run(run.folder)


# The same again.


def test_a_trained_run_is_the_same_again(tmp_path: Path, folder: Path):
    run = stored(tmp_path, trained())

    found = again(tmp_path, run, folder)

    assert found.is_same, found.verdict
    assert trained().digest == found.digest == found.digest_now
    assert run.report.subject.metrics.crps == found.crps == found.crps_now
    assert ((), ()) == (found.scores, found.versions)
    assert found.verdict.en.startswith("Reproduced: ")
    assert found.verdict.pt_br.startswith("Reproduzido: ")
    assert found == Reproduction.model_validate_json(found.model_dump_json())


@pytest.mark.parametrize("combination", ["uniform", "weighted", "stacked"])
def test_seeds_that_are_averaged_are_the_same_again(
    tmp_path: Path, folder: Path, combination: Combination
):
    asked = TINY.replace(members=3, combination=combination)
    members = [trained(each) for each in member_experiments(asked)]
    run = stored(tmp_path, combine(members, dataset(), combination), asked=asked)

    found = again(tmp_path, run, folder)

    assert (asked,) == run.member_experiments
    assert found.is_same, found.verdict


@pytest.mark.parametrize("weights", [(0.5, 0.5), (0.999, 0.001)])
def test_an_average_of_a_sweep_is_the_same_again_with_the_weights_it_has(
    tmp_path: Path, folder: Path, weights: tuple[float, ...]
):
    members = (trained(), trained(TINY.replace(network="lstm_small", epochs=1)))
    run = stored(tmp_path, Ensemble(members, weights, "stacked"), name="ensemble_stacked")

    found = again(tmp_path, run, folder)

    assert tuple(each.experiment for each in members) == run.member_experiments
    assert found.is_same, found.verdict


def test_what_a_search_pruned_is_the_same_again(tmp_path: Path, folder: Path):
    longer = TINY.replace(epochs=6, members=4)
    pruned = train_until(longer, dataset(), until=2)
    model = fitted_from_checkpoint(longer.replace(epochs=2), dataset(), pruned.checkpoint)
    run = stored(tmp_path, model, asked=longer.replace(epochs=2))

    found = again(tmp_path, run, folder)

    assert 2 == len(model.epochs) - 1
    assert found.is_same, found.verdict


def test_windows_that_were_cut_beside_longer_ones_are_cut_so_again(tmp_path: Path, folder: Path):
    prices = [each.up_to(KEPT) for each in PRICES]
    beside = datasets_for(prices, [TINY.replace(lookback=30), TINY])[TINY.window_settings]
    model = finish(train(TINY, beside))
    run = stored(tmp_path, model, data=beside)

    found = again(tmp_path, run, folder)

    assert model.digest != trained().digest
    assert found.is_same, found.verdict


@pytest.mark.parametrize("name", ["anchor", "gjr_garch", "lightgbm"])
def test_a_served_baseline_is_the_same_again(tmp_path: Path, folder: Path, name: str):
    run = stored(tmp_path, trained(), served=name)

    found = again(tmp_path, run, folder)

    assert (name, True, True) == (found.served, found.is_served_same, found.is_same)


def test_reproducing_accesses_the_test_part_and_adds_no_trial(tmp_path: Path, folder: Path):
    run = stored(tmp_path, trained())

    again(tmp_path, run, folder)
    again(tmp_path, run, folder)

    cutoffs = dataset().sealed_test.cutoffs
    first, last = (np.datetime64(each, "D").item() for each in (cutoffs.min(), cutoffs.max()))
    openings = count_accesses(tmp_path, ["VALE3"], first, last)
    assert (1, 1) == (openings.num_repeats, openings.num_trials)


# Prices.


def test_sessions_that_came_since_are_left_out(tmp_path: Path, folder: Path):
    run = stored(tmp_path, trained())
    for each in PRICES:
        write_csv(folder, each)

    found = again(tmp_path, run, folder)

    assert found.is_same, found.verdict
    assert [20, 20] == [each.sessions_since for each in found.prices]


@pytest.mark.parametrize("with_months", [True, False])
def test_other_prices_are_named_with_their_month_and_nothing_is_trained(
    tmp_path: Path, folder: Path, with_months: bool
):
    run = stored(tmp_path, trained(), with_months=with_months)
    session = PRICES[1].sessions[200]
    write_csv(folder, rewritten(PRICES[1], session))

    found = again(tmp_path, run, folder)

    assert not found.is_same
    assert [True, False] == [each.is_same for each in found.prices]
    vale = found.prices[1]
    assert (str(session)[:7] if with_months else None) == vale.differs_from
    assert (run.provenance.data[1].digest, False) == (vale.digest, vale.digest == vale.digest_now)
    assert (None, None, None, ()) == (found.digest_now, found.crps, found.crps_now, found.scores)
    assert "VALE3" in found.verdict.en
    assert "VALE3" in found.verdict.pt_br
    if with_months:
        year, month = str(session)[:7].split("-")
        assert f"from {year}-{month} on" in found.verdict.en
        assert f"a partir de {month}/{year}" in found.verdict.pt_br
    assert not (tmp_path / "ledger").exists()


@pytest.mark.parametrize("with_months", [True, False])
@pytest.mark.parametrize(("first", "last"), [(30, 379), (0, 300)])
def test_missing_ends_are_named_with_their_month(
    tmp_path: Path, folder: Path, with_months: bool, first: int, last: int
):
    run = stored(tmp_path, trained(), with_months=with_months)
    sessions = PRICES[0].sessions
    write_csv(folder, PRICES[0].between(sessions[first], sessions[last]))
    expected = sessions[0] if first else sessions[last]

    found = again(tmp_path, run, folder)

    assert str(expected)[:7] == found.prices[0].differs_from


def test_prices_of_another_time_are_other_prices(tmp_path: Path, folder: Path):
    run = stored(tmp_path, trained())
    for each in PRICES:
        write_csv(folder, each.between(each.sessions[390], None))

    found = again(tmp_path, run, folder)

    assert not found.is_same
    assert {str(PRICES[0].first)[:7]} == {each.differs_from for each in found.prices}


def test_a_file_that_moved_is_found_by_its_path(tmp_path: Path, folder: Path):
    run = stored(tmp_path, trained())
    folder.rename(tmp_path / "moved")

    with pytest.raises(InputError, match="--path"):
        again(tmp_path, run, None)
    assert again(tmp_path, run, tmp_path / "moved").is_same


def test_of_a_store_the_state_that_the_run_was_made_from_is_read(tmp_path: Path):
    asked = TINY.replace(source="store", end=PRICES[0].sessions[389].item())
    model = replace(trained(), experiment=asked)
    run = stored(tmp_path, model)
    session = PRICES[0].sessions[200]
    store = PriceStore(tmp_path)
    for each in PRICES:
        store.append(each.up_to(each.sessions[100]))
        store.append(each)
        store.append(rewritten(each, session))

    found = again(tmp_path, run, None)
    lost = again(tmp_path, tampered_prices(run), None)

    assert found.is_same, found.verdict
    assert [(2, 10)] * 2 == [(each.revision, each.sessions_since) for each in found.prices]
    assert [False, True] == [each.is_same for each in lost.prices]
    assert 3 == lost.prices[0].revision


def tampered_prices(run: Run) -> Run:
    """Record prices of a run that do not exist."""
    path = run.folder / "provenance.json"
    provenance = json.loads(path.read_text(encoding="utf-8"))
    provenance["data"][0]["digest"] = "0" * 16
    path.write_text(json.dumps(provenance), encoding="utf-8")
    return Run(run.folder)


# What differs.


def test_the_first_tensor_that_differs_is_named_with_how_much(tmp_path: Path, folder: Path):
    def change(content: bytes) -> bytes:
        state = load(content)
        name = sorted(each for each in state if state[each].dtype == np.float32)[1]
        state[name].ravel()[0] += 0.25
        return save(state)

    run = tampered(stored(tmp_path, trained()), "weights.safetensors", change)

    found = again(tmp_path, run, folder)

    assert not found.is_same
    assert trained().digest == found.digest_now != found.digest
    difference = found.weights
    assert difference is not None
    names = sorted(n for n, value in trained().state.items() if value.dtype == np.float32)
    assert (0, names[1]) == (difference.member, difference.name)
    assert 0.25 == pytest.approx(difference.largest, rel=1e-6)
    assert f"first in {names[1]} of member 0, by 0.25 at most" in found.verdict.en
    assert f"primeiro em {names[1]} do membro 0, por 0,25 no máximo" in found.verdict.pt_br


@pytest.mark.parametrize("name", ["scaler", "anchor"])
def test_what_comes_before_the_weights_is_compared_too(tmp_path: Path, folder: Path, name: str):
    def change(content: bytes) -> bytes:
        learnt = json.loads(content)
        [member] = learnt["members"]
        if name == "scaler":
            member["scaler"]["center"][1] += 0.5
        else:
            member["anchor"][0][0] += 0.5
        return json.dumps(learnt).encode()

    run = tampered(stored(tmp_path, trained()), "scaler.json", change)

    found = again(tmp_path, run, folder)

    assert found.digest == found.digest_now
    assert not found.is_same
    assert found.weights is not None
    assert (name, 0.5) == (found.weights.name, pytest.approx(found.weights.largest))


def test_an_ensemble_of_other_weights_is_another(tmp_path: Path, folder: Path):
    asked = TINY.replace(members=2)
    members = tuple(trained(each) for each in member_experiments(asked))
    run = stored(tmp_path, Ensemble(members, (0.9, 0.1), "uniform"), asked=asked)

    found = again(tmp_path, run, folder)

    assert not found.is_same
    assert found.weights is not None


def test_scores_that_differ_are_named(tmp_path: Path, folder: Path):
    def change(content: bytes) -> bytes:
        report = json.loads(content)
        report["ranking"][0]["metrics"]["mae"] = 1.5
        return json.dumps(report).encode()

    run = tampered(stored(tmp_path, trained()), "report.json", change)

    found = again(tmp_path, run, folder)

    assert not found.is_same
    assert [("mae", 1.5)] == [(each.name, each.recorded) for each in found.scores]
    assert "mae is not: 1.5 then" in found.verdict.en
    assert "mae não é: 1,5 antes" in found.verdict.pt_br


def test_a_served_baseline_that_differs_is_named(tmp_path: Path, folder: Path):
    run = tampered(
        stored(tmp_path, trained(), served="anchor"),
        "served.json",
        lambda content: content.replace(b'"axes": [', b'"axes":  ['),
    )

    found = again(tmp_path, run, folder)

    assert (False, False) == (found.is_same, found.is_served_same)
    assert "anchor" in found.verdict.en
    assert "anchor" in found.verdict.pt_br


def test_a_served_baseline_of_other_ranges_differs(tmp_path: Path, folder: Path):
    def change(content: bytes) -> bytes:
        serving = json.loads(content)
        serving["offsets"]["by_step"][0][0] += 0.5
        return json.dumps(serving).encode()

    run = stored(tmp_path, trained(), served="anchor")
    run = tampered(run, "serving.json", change)

    assert again(tmp_path, run, folder).is_served_same is False


def test_other_versions_are_named_and_no_reason_by_themselves(tmp_path: Path, folder: Path):
    run = stored(tmp_path, trained())
    path = run.folder / "provenance.json"
    provenance = json.loads(path.read_text(encoding="utf-8"))
    installed = provenance["libraries"]["torch"]
    provenance["libraries"]["torch"] = "2.0.1"
    path.write_text(json.dumps(provenance), encoding="utf-8")

    found = again(tmp_path, Run(run.folder), folder)

    assert found.is_same
    [version] = found.versions
    assert ("torch", "2.0.1", installed) == (version.name, version.recorded, version.installed)


def test_a_verdict_on_other_weights_names_the_versions(tmp_path: Path, folder: Path):
    run = stored(tmp_path, trained())
    versions = again(tmp_path, tampered_prices(run), folder).versions
    assert () == versions
    other = [VersionDifference(name="torch", recorded="2.0.1", installed="2.13.0")]

    verdict = verdict_of(
        prices=(),
        weights=TensorDifference(member=1, name="head.bias", largest=None),
        scores=(),
        served=None,
        is_served_same=None,
        versions=other,
    )

    assert verdict.en.endswith("head.bias of member 1 (torch 2.0.1 then, 2.13.0 now).")
    assert verdict.pt_br.endswith("head.bias do membro 1 (torch 2.0.1 antes, 2.13.0 agora).")


def test_an_unknown_run_names_the_newest(tmp_path: Path):
    with pytest.raises(UnknownRunError):
        Workbench(tmp_path).reproduce("nothing")


def test_runs_of_earlier_versions_are_reproduced(tmp_path: Path, folder: Path):
    run = stored(tmp_path, trained(), with_months=False)
    path = run.folder / "provenance.json"
    provenance = json.loads(path.read_text(encoding="utf-8"))
    del provenance["machine"]
    path.write_text(json.dumps(provenance), encoding="utf-8")

    assert again(tmp_path, Run(run.folder), folder).is_same


# The terminal.


@pytest.mark.parametrize(("language", "words"), [("en", "Weights"), ("pt", "Pesos")])
def test_the_terminal_shows_what_was_compared(
    tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str], language, words: str
):
    run = stored(tmp_path, trained(), served="anchor")

    print_reproduction(again(tmp_path, run, folder), language=language)

    shown = capsys.readouterr().out
    for each in (words, "PETR4", "VALE3", trained().digest, "anchor"):
        assert each in shown


class Shell:
    """Runs `pregao` in a home of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def __call__(self, *arguments: object, **more: str) -> subprocess.CompletedProcess[str]:
        environment = {k: v for k, v in os.environ.items() if k not in {"LANG", "LC_ALL"}}
        return subprocess.run(
            [sys.executable, "-m", "pregao", *map(str, arguments)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            cwd=self.home,
            env={**environment, "PREGAO_HOME": str(self.home), **more},
        )


def test_the_command_ends_with_one_where_anything_differs(tmp_path: Path, folder: Path):
    pregao, run = Shell(tmp_path), stored(tmp_path, trained())
    write_csv(folder, rewritten(PRICES[0], PRICES[0].sessions[100]))

    other = pregao("reproduce", run.id, "--path", folder, LANG="pt_BR.UTF-8")
    unknown = pregao("reproduce", "nothing")

    assert (1, "") == (other.returncode, other.stderr)
    assert other.stdout.startswith("Não reproduzido: ")
    assert (2, "") == (unknown.returncode, unknown.stdout)


@pytest.mark.soak
def test_a_run_and_the_champion_of_a_sweep_are_reproduced_by_the_command(tmp_path: Path):
    pregao = Shell(tmp_path)
    small = ["SP500", "--start", "2016-01-04", "--lookback", 8, "--horizon", 3, "--epochs", 1]
    one_fit = ["--folds", 0, "--ensemble", 0]

    trained = pregao("train", *small, "--network", "dlinear", "--json")
    swept = pregao("sweep", *small, "--networks", "dlinear,lstm_small", *one_fit, "--json")

    for done in (trained, swept):
        assert 0 == done.returncode, done.stderr
        found = pregao("reproduce", json.loads(done.stdout)["run"], "--json")
        assert 0 == found.returncode, found.stdout
        assert json.loads(found.stdout)["is_same"]
