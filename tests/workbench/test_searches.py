"""Searches, recipes, ensembles and many tickers, end to end."""

import multiprocessing
from datetime import date
from pathlib import Path

import pytest
from workbench_work import searched_until_killed

from pregao.errors import (
    InvalidExperimentError,
    NothingLeftError,
    SearchMismatchError,
    TooManyTrialsError,
    UnknownNameError,
    UnknownSearchError,
)
from pregao.findings import Finding
from pregao.registry import count_trials, load_search
from pregao.testing import synthetic_prices
from pregao.training import Experiment, find_recipe
from pregao.training.engines import Local
from pregao.training.search import Search, Space
from pregao.workbench import BenchmarkSettings, Result, Workbench

TINY = Experiment(
    symbols=("SP500",),
    start=date(2014, 1, 2),
    network="dlinear",
    features=("return", "log_sigma"),
    lookback=8,
    horizon=3,
    epochs=2,
)
SPACE = Space.parse({"dropout": [0.1, 0.3], "batch_size": [32, 64], "epochs": [1, 5]})


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def plan(home: Path) -> Search:
    names = ("dlinear", "lstm_small")
    return Workbench(home).plan(TINY, names, space=SPACE, strategy="random", trials=4)


@pytest.fixture(scope="module")
def found(home: Path, plan: Search) -> Result:
    return Workbench(home).search(plan, settings=BenchmarkSettings(ensemble=2))


def test_a_search_ranks_the_best_of_each_network_with_its_settings(found: Result):
    searched = {each.name: each for each in found.report.ranking if each.trials is not None}

    assert {"dlinear", "lstm_small"} == set(searched)
    for each in searched.values():
        assert 4 == each.trials
        assert each.pruned is not None
        assert set(SPACE.knobs) == set(each.best_params or {})
        assert each.seconds > 0


def test_the_best_trial_is_the_best_on_validation_in_the_ledger(home: Path, found: Result):
    stored = load_search(home, found.search or "")

    for network in ("dlinear", "lstm_small"):
        losses = {t.trial: t.loss for t in stored.trials() if t.entry == network}
        best = next(e for e in found.report.ranking if e.name == network)
        chosen = min(best.epochs, key=lambda epoch: epoch.validation_loss)
        assert min(losses.values()) == pytest.approx(chosen.validation_loss, abs=1e-6)


def test_the_choice_of_a_search_equals_a_training_with_its_settings(home: Path, found: Result):
    model = found.run.model
    members = getattr(model, "members", (model,))

    again = Workbench(home).train(members[0].experiment)

    assert members[0].digest == again.run.model.digest


def test_every_trial_counts(home: Path, found: Result):
    trained = [t for t in load_search(home, found.search or "").trials() if t.fate != "duplicate"]

    assert 4 < len(trained) == count_trials(home)


def test_the_same_search_again_trains_nothing(home: Path, plan: Search, found: Result):
    before = (home / "searches" / (found.search or "") / "trials.jsonl").read_bytes()

    again = Workbench(home).search(plan, settings=BenchmarkSettings(ensemble=2))

    assert found.search == again.search
    assert found.run == again.run
    assert before == (home / "searches" / (again.search or "") / "trials.jsonl").read_bytes()


def test_one_worker_or_two_find_the_same(tmp_path: Path, plan: Search, found: Result):
    alone = Workbench(tmp_path).search(
        plan, settings=BenchmarkSettings(engine=Local(1), ensemble=2)
    )

    assert found.report.candidate == alone.report.candidate
    assert [(e.name, e.best_params, e.validation_crps) for e in found.report.ranking] == [
        (e.name, e.best_params, e.validation_crps) for e in alone.report.ranking
    ]


def test_a_budget_of_no_time_leaves_a_search_that_can_go_on(tmp_path: Path, plan: Search):
    workbench = Workbench(tmp_path)
    with pytest.raises(NothingLeftError, match="no trial could be trained"):
        workbench.search(plan, budget_seconds=0.0)
    [folder] = (tmp_path / "searches").iterdir()

    whole = workbench.resume(folder.name, settings=BenchmarkSettings())

    assert folder.name == whole.search
    assert {4} == {each.trials for each in whole.report.ranking if each.trials is not None}


def test_a_killed_search_goes_on_and_finds_the_same(tmp_path: Path, plan: Search, found: Result):
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=searched_until_killed, args=(tmp_path, plan, 3))
    process.start()
    process.join()
    assert 0 != process.exitcode
    [folder] = (tmp_path / "searches").iterdir()

    whole = Workbench(tmp_path).resume(folder.name, settings=BenchmarkSettings(ensemble=2))

    assert found.report.candidate == whole.report.candidate
    assert found.report.subject.validation_crps == whole.report.subject.validation_crps


def test_a_search_does_not_go_on_as_another(home: Path, plan: Search, found: Result):
    asked = plan.replace(experiment=TINY.replace(lookback=9), trials=7)

    with pytest.raises(SearchMismatchError, match=r"lookback.*8.*9|lookback.*9.*8") as refused:
        Workbench(home).resume(found.search or "", expected=asked)

    assert "trials" in str(refused.value)


def test_an_unknown_search_names_the_newest(home: Path, found: Result):
    with pytest.raises(UnknownSearchError, match=found.search):
        Workbench(home).resume("search-nothing")


@pytest.mark.parametrize(
    ("fields", "error", "message"),
    [
        ({"strategy": "bayes"}, UnknownNameError, "bayesian"),
        ({"trials": 0}, InvalidExperimentError, "trials"),
        ({"trials": -3}, InvalidExperimentError, "trials"),
        ({"trails": 3}, InvalidExperimentError, "trails"),
    ],
)
def test_an_impossible_search_is_refused(home: Path, fields: dict, error: type, message: str):
    with pytest.raises(error, match=message):
        Workbench(home).plan(TINY, None, **fields)


def test_a_very_large_grid_needs_force(home: Path):
    plan = Workbench(home).plan(TINY, None, strategy="grid")

    assert 3360 == plan.num_trials
    with pytest.raises(TooManyTrialsError, match=r"3,360.*--force"):
        Workbench(home).search(plan)


def test_windows_of_several_lookbacks_are_scored_on_the_same_sessions(tmp_path: Path):
    space = Space.parse({"lookback": [6, 20], "network": ["dlinear", "lstm_small"]})
    workbench = Workbench(tmp_path)

    result = workbench.search(
        workbench.plan(TINY, None, space=space, strategy="grid"), settings=BenchmarkSettings()
    )

    [best] = [each for each in result.report.ranking if each.trials is not None]
    assert 4 == best.trials
    assert best.name in ("dlinear", "lstm_small")


def test_a_recipe_stands_beside_the_default_on_the_same_windows(tmp_path: Path):
    workbench = Workbench(tmp_path)
    experiment = find_recipe("stock-lstm").experiment.replace(
        symbols=("SP500",), start=date(2014, 1, 2), epochs=1
    )

    result = workbench.train(experiment, recipe="stock-lstm")

    assert {"stock-lstm", "anchored"} == {each.name for each in result.report.ranking}
    assert "stock-lstm" == result.report.candidate
    assert result.run.experiment == experiment
    assert "random_walk" in {each.name for each in result.report.baselines}
    evaluated = workbench.evaluate(result.run.id, settings=BenchmarkSettings()).report
    assert result.report.subject.metrics == evaluated.subject.metrics
    assert result.report.baselines == evaluated.baselines


def test_members_of_following_seeds_are_one_run(tmp_path: Path):
    result = Workbench(tmp_path).train(TINY.replace(members=2))

    assert [0, 1] == sorted(each.experiment.seed for each in result.run.model.members)
    assert ["dlinear"] == [each.name for each in result.report.ranking]


@pytest.mark.parametrize("apart", [True, False])
def test_bad_tickers_are_left_out_with_a_finding_each(tmp_path: Path, apart: bool):
    folder = tmp_path / "csv"
    folder.mkdir()
    for ticker, sessions in (("PETR4", 500), ("VALE3", 500), ("ITUB4", 12)):
        prices = synthetic_prices(ticker, sessions=sessions, seed=len(ticker))
        prices.frame.rename_axis("date").to_csv(folder / f"{ticker}.csv")
    header = (folder / "PETR4.csv").read_text(encoding="utf-8").splitlines()[0]
    (folder / "ABEV3.csv").write_text(f"{header}\nyesterday\n", encoding="utf-8")
    experiment = TINY.replace(
        symbols=("PETR4", "ABEV3", "NADA3", "ITUB4", "VALE3"), source="csv", start=None
    )
    results: list[Result | Finding] = []
    workbench = Workbench(tmp_path / "home")

    if apart:
        tickers = workbench.sweep_each(
            experiment, networks=("dlinear",), path=folder, on_result=results.append
        )
        findings = tickers.findings
        assert ["PETR4", "VALE3"] == sorted(each.symbol for each in tickers.rows)
        assert 5 == len(results)
    else:
        result = workbench.sweep(
            experiment,
            networks=("dlinear",),
            path=folder,
            leave_out_bad=True,
            settings=BenchmarkSettings(),
        )
        findings = result.report.findings
        assert ("PETR4", "VALE3") == result.report.data.symbols == result.run.experiment.symbols

    left_out = {each.symbol: each.seen.en for each in findings if each.code == "LRN007"}
    assert {"ABEV3", "NADA3", "ITUB4"} == set(left_out)
    assert "line 2" in left_out["ABEV3"]


def test_where_no_ticker_can_be_used_the_first_reason_is_the_error(tmp_path: Path):
    with pytest.raises(NothingLeftError, match="NADA3"):
        Workbench(tmp_path).sweep_each(TINY.replace(symbols=("NADA3", "NADA4")))


def test_of_networks_that_are_alike_the_first_named_is_champion_and_kept(tmp_path: Path):
    untrained = TINY.replace(epochs=0)

    result = Workbench(tmp_path).sweep(
        untrained, networks=("lstm_small", "dlinear"), settings=BenchmarkSettings()
    )

    assert "lstm_small" == result.report.candidate
    assert 0 == result.run.model.best_epoch


def test_actions_stand_beside_the_commonest(tmp_path: Path):
    experiment = find_recipe("b3-multitask").experiment.replace(
        symbols=("SP500",), start=date(2012, 1, 3), epochs=2
    )

    result = Workbench(tmp_path).train(experiment, recipe="b3-multitask")

    [said] = [each for each in result.report.findings if each.code == "EVA006"]
    assert "that of always hold" in said.seen.en
    assert "by rule" in said.do.en
