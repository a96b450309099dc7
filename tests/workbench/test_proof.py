"""A candidate is tested over many origins, counted as a trial, and served only if promoted."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from pregao import notebook
from pregao.calibration import fit_offsets, make_served_forecaster
from pregao.dataset import WalkForward
from pregao.errors import SplitError, UnknownNameError
from pregao.evaluation import COMBINATIONS, Report
from pregao.registry import count_accesses
from pregao.scores import NAIVE
from pregao.testing import synthetic_prices
from pregao.training import LEVELS, Experiment
from pregao.workbench import BenchmarkSettings, Result, Workbench
from pregao.workbench._benchmark import _walk_findings
from pregao.workbench._candidates import Group
from pregao.workbench._walk_forward import finalists_for
from pregao.zoo.baselines import BASELINES

SMALL = Experiment(
    symbols=("PETR4", "VALE3"),
    source="csv",
    network="dlinear",
    features=("return", "log_sigma"),
    lookback=8,
    horizon=3,
    epochs=1,
)
PLAN = WalkForward(num_folds=3)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(tmp_path_factory.mktemp("csv"))
    for ticker, seed in (("PETR4", 1), ("VALE3", 2)):
        prices = synthetic_prices(ticker, sessions=600, seed=seed)
        prices.frame.rename_axis("date").to_csv(folder / f"{ticker}.csv")
    return folder


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def trained(home: Path, folder: Path) -> Result:
    return Workbench(home).train(SMALL, path=folder, settings=BenchmarkSettings(walk=PLAN))


def test_the_folds_of_a_walk_forward_share_the_test_windows_of_the_single_fit(trained: Result):
    report, walk = trained.report, trained.report.walk
    assert walk is not None

    assert report.windows.test == sum(fold.windows.test for fold in walk.folds)
    assert report.windows.test == walk.comparison.forecaster("dlinear").metrics.num_windows
    assert 3 == len(walk.folds) == walk.plan.num_folds
    for fold in walk.folds:
        assert fold.train_last < fold.validation_first <= fold.validation_last < fold.test_first
        assert {"dlinear", *BASELINES} == set(fold.crps)
    for before, after in zip(walk.folds, walk.folds[1:], strict=False):
        assert before.test_last < after.test_first
        assert before.windows.train < after.windows.train


def test_a_walk_forward_of_one_fold_is_the_single_fit(tmp_path: Path, folder: Path):
    plan = WalkForward(num_folds=1)

    report = (
        Workbench(tmp_path).train(SMALL, path=folder, settings=BenchmarkSettings(walk=plan)).report
    )

    assert report.walk is not None
    [own] = report.walk.comparison.ranking
    assert report.subject.metrics == own.metrics
    baselines = {each.name: each.metrics for each in report.walk.comparison.baselines}
    assert {each.name: each.metrics for each in report.baselines} == baselines


def test_the_verdict_is_of_the_walk_forward(trained: Result):
    report = trained.report
    assert report.walk is not None

    assert "of 3 folds" in report.verdict.en
    assert report.walk.comparison.verdict == report.verdict
    assert report.walk.comparison.champion == report.champion
    assert report.walk.comparison.promotion == report.promotion
    assert NAIVE in [each.name for each in report.walk.comparison.baselines]


@pytest.mark.soak
def test_a_rolling_walk_forward_forgets_the_oldest_sessions(tmp_path: Path, folder: Path):
    plan = WalkForward(num_folds=2, train_sessions=200)

    walk = (
        Workbench(tmp_path)
        .train(SMALL, path=folder, settings=BenchmarkSettings(walk=plan))
        .report.walk
    )

    assert walk is not None
    first, second = walk.folds
    assert first.train_first < second.train_first
    assert first.windows.train == second.windows.train


def test_more_folds_than_the_test_part_can_bear_are_refused(
    home: Path, folder: Path, trained: Result
):
    settings = BenchmarkSettings(walk=WalkForward(num_folds=50))

    with pytest.raises(SplitError, match="needs at least 1000"):
        Workbench(home).evaluate(trained.run.id, path=folder, settings=settings)


def test_evaluating_again_gives_the_same_and_is_no_new_trial(
    home: Path, folder: Path, trained: Result
):
    asked = (home, ["PETR4"], date(2010, 1, 1), date(2030, 1, 1))
    before = count_accesses(*asked)

    again = (
        Workbench(home)
        .evaluate(trained.run.id, path=folder, settings=BenchmarkSettings(walk=PLAN))
        .report
    )

    after = count_accesses(*asked)
    assert trained.report.walk == again.walk
    assert [each.reliability for each in trained.report.dossiers] == [
        each.reliability for each in again.dossiers
    ]
    assert (before.num_trials, before.num_repeats + 1) == (after.num_trials, after.num_repeats)


def test_every_new_experiment_on_the_same_test_sessions_is_one_more_trial(
    tmp_path: Path, folder: Path
):
    workbench = Workbench(tmp_path)

    reports = [workbench.train(SMALL.replace(seed=seed), path=folder).report for seed in range(3)]

    assert [1, 2, 3] == [each.trials.num_trials for each in reports]
    assert [1, 2, 3] == [each.trials.num_openings for each in reports]
    assert "EVA008" not in codes(reports[0])
    assert "EVA008" in codes(reports[2])


def test_a_candidate_that_is_not_promoted_is_not_served(home: Path, folder: Path):
    untrained = SMALL.replace(epochs=0, seed=9)

    result = Workbench(home).train(untrained, path=folder)

    # An untrained network is its anchor: it cannot beat the best baseline beyond chance.
    assert "none" == result.report.edge
    assert result.report.best_baseline == result.report.champion
    for forecast in result.forecasts:
        assert "none" == forecast.edge
        assert result.report.champion == forecast.forecaster
    assert result.run.served_name == result.report.champion


def test_the_champion_is_served_as_it_was_scored(home: Path, folder: Path, trained: Result):
    served = Workbench(home).forecast_with(trained.run.id, "PETR4", path=folder)

    np.testing.assert_allclose(served.prices, trained.forecasts[0].prices, rtol=1e-6)
    assert trained.forecasts[0].forecaster == served.forecaster


def test_a_baseline_is_served_with_intervals_calibrated_on_validation(home: Path, folder: Path):
    result = Workbench(home).train(SMALL.replace(epochs=0, seed=11), path=folder)
    model = result.run.model
    checked = Workbench(home)._reader(folder).read(SMALL, allow_findings=False)
    dataset = Group.cut_for_model(checked, model).first

    fitted = BASELINES[result.report.champion].fit(dataset.train, LEVELS, 11)
    expected = make_served_forecaster(
        fitted, fit_offsets(fitted, dataset.validation, levels=LEVELS)
    )

    last = np.array([each.last_price for each in result.forecasts])[:, None, None]
    np.testing.assert_allclose(
        last * np.exp(expected.quantiles(dataset.live)),
        [each.prices for each in result.forecasts],
        rtol=1e-9,
    )


def test_an_average_is_tested_by_training_its_members(tmp_path: Path, folder: Path):
    workbench = Workbench(tmp_path)
    settings = BenchmarkSettings(ensemble=2, walk=WalkForward(num_folds=2))
    result = workbench.sweep(
        SMALL.replace(epochs=2), networks=("dlinear", "lstm_small"), path=folder, settings=settings
    )
    report = result.report
    assert report.walk is not None

    assert [report.candidate] == [each.name for each in report.walk.comparison.ranking]
    member_experiments = result.run.member_experiments
    expected = 2 if report.candidate in COMBINATIONS else 1
    assert (
        expected
        == len(finalists_for(report.candidate, member_experiments))
        == len(member_experiments)
    )


def test_diagnostics_are_of_the_candidate_and_the_best_baseline(trained: Result):
    report = trained.report

    assert {report.candidate, report.best_baseline} == {each.name for each in report.dossiers}
    for dossier in report.dossiers:
        assert report.windows.test == dossier.reliability.num_windows
        assert 1 == len(dossier.accounts)
        assert ("PETR4", "VALE3") == dossier.accounts[0].trading.symbols
        assert report.trials.num_trials == dossier.accounts[0].sharpe.num_trials
    assert set(trained.tradings) == {each.name for each in report.dossiers}


def test_a_gain_that_few_folds_made_is_a_finding(trained: Result):
    walk = trained.report.walk
    assert walk is not None
    [first, *_] = walk.folds
    rival = walk.comparison.best_baseline

    def of_skills(*skills: float) -> list[str]:
        folds = tuple(
            first.replace(crps={**first.crps, "dlinear": 1 - skill, rival: 1.0}) for skill in skills
        )
        return [each.code for each in _walk_findings(walk.replace(folds=folds))]

    assert ["EVA016"] == of_skills(0.3, -0.01, -0.01, -0.01, -0.01)
    assert [] == of_skills(0.1, 0.1, 0.1, 0.1, -0.01)
    assert [] == [*_walk_findings(None)]


def test_an_impossible_accuracy_of_a_head_is_a_finding(trained: Result):
    [dossier, *_] = trained.report.dossiers
    actions = dossier.actions
    right = actions.test.replace(raw=actions.test.raw.replace(accuracy=0.95))
    counts = {**actions.balance, "test": {"buy": 400, "hold": 200, "sell": 400}}
    head = actions.replace(source="head", test=right, balance=counts)

    leaky = dossier.replace(actions=head)
    by_rule = dossier.replace(actions=head.replace(labels="rule"))

    assert "EVA002" in [each.code for each in leaky.findings]
    assert "EVA002" not in [each.code for each in by_rule.findings]
    assert "EVA002" not in [each.code for each in dossier.findings]


def test_the_explanation_of_a_result_is_on_its_page(trained: Result, tmp_path: Path):
    result = notebook.Result(trained)
    result.write_page(tmp_path / "before.html")

    explanation = result.explain("PETR4")
    figure = result.what_mattered("PETR4")
    result.write_page(tmp_path / "after.html")

    assert "PETR4" == explanation.symbol
    assert figure.data
    assert explanation is result.explain("PETR4"), "explained once"
    assert "explanation-0" not in (tmp_path / "before.html").read_text(encoding="utf-8")
    assert "explanation-0" in (tmp_path / "after.html").read_text(encoding="utf-8")
    with pytest.raises(UnknownNameError, match="VALE3"):
        result.explain("VALE")


def test_a_report_with_a_walk_forward_equals_its_own_json(trained: Result):
    assert trained.report == Report.model_validate_json(trained.report.model_dump_json())


def test_settings_without_a_walk_forward_decide_by_the_single_fit(tmp_path: Path, folder: Path):
    report = (
        Workbench(tmp_path)
        .train(SMALL, path=folder, settings=replace(BenchmarkSettings(), walk=None))
        .report
    )

    assert report.walk is None
    assert "folds" not in report.verdict.en


def codes(report: Report) -> list[str]:
    return [each.code for each in report.findings]
