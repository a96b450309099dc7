"""Small runs on made-up prices, stored as the workbench stores them."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from pregao.calibration import score_as_served
from pregao.dataset import Dataset
from pregao.evaluation import Training, WindowCounts, compare
from pregao.evaluation._report import DataSummary, Report
from pregao.prices import Prices
from pregao.registry import DataRecord, Run, ServedBaseline, save_run
from pregao.scores import ScoredForecasts
from pregao.testing import synthetic_prices
from pregao.training import (
    LEVELS,
    Experiment,
    FittedNetwork,
    Model,
    combine,
    datasets_for,
    find_recipe,
    finish,
    member_experiments,
    train,
)
from pregao.zoo.baselines import BASELINES

SESSIONS = 500

EXPERIMENTS = {
    "anchored": Experiment(
        symbols=("PETR4",), network="gru_hybrid", lookback=10, horizon=3, epochs=1, source="csv"
    ),
    "ensemble": Experiment(
        symbols=("PETR4", "VALE3"), network="dlinear", lookback=8, horizon=3, epochs=1, members=2,
        source="csv",
    ),
    **{
        name: find_recipe(name).experiment.replace(epochs=1, lookback=12, source="csv")
        for name in ("petr4-60d", "vale3-multistep", "b3-multitask")
    },
}  # fmt: skip


def prices_of(symbol: str) -> Prices:
    return synthetic_prices(symbol, sessions=SESSIONS, seed=sum(map(ord, symbol)))


def dataset_of(experiment: Experiment) -> Dataset:
    prices = [prices_of(each) for each in experiment.symbols]
    [dataset] = datasets_for(prices, [experiment]).values()
    return dataset


def made_run(home: Path, experiment: Experiment, *, baseline: str | None = None) -> Run:
    """Train, judge and store; with a baseline, that is what is served."""
    dataset = dataset_of(experiment)
    members = [_stirred(finish(train(each, dataset))) for each in member_experiments(experiment)]
    model: Model = members[0] if len(members) == 1 else combine(members, dataset, "uniform")
    judged, serving = score_as_served(model, dataset, levels=LEVELS)
    served_baseline = None
    if baseline is not None:
        fitted = BASELINES[baseline].fit(dataset.train, LEVELS, 0)
        served_baseline = ServedBaseline(
            baseline, fitted, score_as_served(fitted, dataset, levels=LEVELS)[1]
        )
    prices = [prices_of(each) for each in experiment.symbols]
    name = experiment.network if isinstance(experiment.network, str) else "recipe"
    report = _report(experiment, dataset, prices, judged, name, model)
    if baseline is not None:
        report = report.replace(champion=baseline)
    return save_run(
        home,
        model,
        report,
        member_experiments=[experiment],
        forecaster=name,
        data=tuple(map(_record, prices)),
        serving=serving,
        served_baseline=served_baseline,
    )


def _stirred(fitted: FittedNetwork) -> FittedNetwork:
    """Make sure that what a network says depends on its window: one that learnt nothing is flat."""
    generator = np.random.default_rng(fitted.experiment.seed)
    state = {
        name: each + generator.normal(0, 0.05, each.shape).astype(each.dtype)
        if each.ndim > 1
        else each
        for name, each in fitted.state.items()
    }
    return replace(fitted, state=state)


def _report(
    experiment: Experiment,
    dataset: Dataset,
    prices: list[Prices],
    judged: ScoredForecasts,
    name: str,
    model: Model,
) -> Report:
    walk = BASELINES["random_walk"].fit(dataset.train, LEVELS, 0)
    comparison = compare(
        {name: judged}, {"random_walk": score_as_served(walk, dataset, levels=LEVELS)[0]}
    )
    learned = Training(parameters=1, epochs=model.epochs, best_epoch=model.best_epoch, seconds=0.1)
    return Report.from_comparison(
        comparison,
        {name: learned},
        experiment=experiment,
        data=DataSummary(
            symbols=experiment.symbols,
            sessions=sum(map(len, prices)),
            first=str(prices[0].first),
            last=str(prices[0].last),
            digest=prices[0].digest,
        ),
        windows=WindowCounts(**dataset.num_windows),
        findings=(),
        seconds=0.2,
    )


def _record(prices: Prices) -> DataRecord:
    return DataRecord(
        symbol=str(prices.symbol),
        provider=prices.provider,
        sessions=len(prices),
        first=str(prices.first),
        last=str(prices.last),
        digest=prices.digest,
    )
