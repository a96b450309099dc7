"""A small report with real scores: baselines, and networks that are spoilt baselines."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pytest
from numpy.typing import NDArray

from pregao.dataset import Borders, Dataset, WalkForward, Windows, make_dataset, walk_forward_folds
from pregao.decisions.trading import Trading
from pregao.evaluation import (
    COMBINATIONS,
    Comparison,
    DataSummary,
    DiagnosedForecaster,
    Fold,
    Forecast,
    PricesUsed,
    Report,
    Training,
    Trials,
    WalkForwardResult,
    compare,
    run_diagnostics,
)
from pregao.findings import Finding
from pregao.instruments import as_date
from pregao.prices import Prices
from pregao.scores import (
    NAIVE,
    ScoredForecasts,
    observed_outcomes,
    pool_folds,
    score_forecasters,
    score_quantiles,
)
from pregao.testing import synthetic_prices
from pregao.training import LEVELS, Epoch, Experiment
from pregao.values import Text
from pregao.zoo.baselines import BASELINES, Forecaster
from pregao.zoo.networks import ZOO

Float = NDArray[np.float64]

NETWORKS = {"lstm_classic": 1.02, "gru_classic": 1.3, "tcn": 9.0}
"""How far too wide each network's ranges are."""


@dataclass(frozen=True)
class Case:
    report: Report
    prices: tuple[Prices, ...]
    forecasts: tuple[Forecast, ...]
    tradings: Mapping[str, tuple[Trading, ...]] = field(default_factory=dict)


@pytest.fixture(scope="session")
def case() -> Case:
    prices = (synthetic_prices("PETR4", 500, seed=1), synthetic_prices("NVDA", 500, seed=2))
    experiment = Experiment(symbols=("PETR4", "NVDA"), network="lstm_classic", horizon=5)
    dataset = make_dataset(
        prices,
        features=experiment.features,
        lookback=experiment.lookback,
        horizon=experiment.horizon,
        split=experiment.split,
    )
    said = {
        name: BASELINES[name].fit(dataset.train, LEVELS, 0)
        for name in ("random_walk", "drift", "anchor", "har")
    }
    parts = (dataset.validation, dataset.sealed_test)
    quantiles = {name: [each.quantiles(part) for part in parts] for name, each in said.items()}
    for name, factor in NETWORKS.items():
        quantiles[name] = [factor * each for each in quantiles["har"]]
    truths = {
        "truth_validation": observed_outcomes([dataset.validation]),
        "truth_test": observed_outcomes([dataset.sealed_test]),
    }
    judged = {
        name: score_quantiles(*both, levels=LEVELS, **truths) for name, both in quantiles.items()
    }
    comparison = compare(
        {name: judged[name] for name in NETWORKS}, {name: judged[name] for name in said}
    )
    report = Report.from_comparison(
        comparison,
        {name: _trained(index) for index, name in enumerate(NETWORKS)},
        experiment=experiment.replace(network=ZOO[comparison.candidate].network),
        data=DataSummary(
            symbols=("PETR4", "NVDA"),
            sessions=1000,
            first=as_date(prices[0].first),
            last=as_date(prices[0].last),
            digest="0123456789abcdef",
        ),
        windows={
            "train": len(dataset.train),
            "validation": len(dataset.validation),
            "test": len(dataset.sealed_test),
        },
        findings=[
            Finding.from_code(
                "PRC001",
                Text(en="2 sessions without a bar", pt_br="2 pregões sem barra"),
                symbol="PETR4",
            )
        ],
        seconds=12.5,
    )
    live = said["har"].quantiles(dataset.live)
    return Case(report, prices, _forecasts(report, prices, live))


@pytest.fixture(scope="session")
def asked_for(case: Case) -> Report:
    """Give the report about a network that is not the best of its ranking."""
    return case.report.replace(candidate=case.report.ranking[-1].name)


@pytest.fixture(scope="session")
def averaged(case: Case) -> Report:
    """Give the report with ensembles in its ranking."""
    best, *rest = case.report.ranking
    averages = [best.replace(name=name, kind="ensemble") for name in COMBINATIONS]
    return case.report.replace(ranking=(best, *averages, *rest))


@pytest.fixture(scope="session")
def searched(case: Case) -> Report:
    """Give the report with what a search chose for all networks but the last."""
    *chosen, last = case.report.ranking
    ranking = [
        each.replace(
            best_params={"learning_rate": 0.0005 * (number + 1), "activation": "gelu"},
            trials=24 + number,
            pruned=7 + number,
            seconds=1234.5,
        )
        for number, each in enumerate(chosen)
    ]
    return case.report.replace(ranking=(*ranking, last))


@dataclass(frozen=True)
class Seer:
    """A forecaster that knows a share of what comes, which only a test can."""

    honest: Forecaster
    share: float

    def quantiles(self, windows: Windows) -> Float:
        return self.honest.quantiles(windows) + self.share * windows.future_returns[:, :, None]


@pytest.fixture(scope="session")
def proven() -> Case:
    """Give a network that knows something: it wins every fold, and trades."""
    return _walked(share=0.15)


@pytest.fixture(scope="session")
def unproven() -> Case:
    """Give a network that knows nothing: it is not promoted, and abstains."""
    return _walked(share=0.0)


def _walked(share: float) -> Case:
    """Judge a network once and over three folds, and examine it and the best baseline."""
    prices = (synthetic_prices("PETR4", 760, seed=5), synthetic_prices("VALE3", 760, seed=6))
    experiment = Experiment(symbols=("PETR4", "VALE3"), network="lstm_classic", horizon=5)
    whole = _dataset(prices, experiment, None)
    plan = WalkForward(num_folds=3)
    once = _said(whole, share)
    comparison = _compared(_judged(once, whole), 1)
    folds = [_dataset(prices, experiment, borders) for borders in walk_forward_folds(whole, plan)]
    rounds = [_judged(_said(each, share), each) for each in folds]
    truth = observed_outcomes([each.sealed_test for each in folds])
    together = {name: pool_folds([each[name] for each in rounds], truth) for name in once}
    walk = WalkForwardResult(
        plan=plan,
        folds=tuple(Fold.from_scores(*each) for each in zip(folds, rounds, strict=True)),
        comparison=_compared(together, 3),
    )
    examined = {
        name: _examined(once[name], name, whole, prices)
        for name in (comparison.candidate, comparison.best_baseline)
    }
    report = Report.from_comparison(
        comparison,
        {"lstm_classic": _trained(0)},
        experiment=experiment,
        data=DataSummary(
            symbols=("PETR4", "VALE3"),
            sessions=1520,
            first=as_date(prices[0].first),
            last=as_date(prices[0].last),
            digest="0123456789abcdef",
            histories=tuple(_used(each) for each in prices),
        ),
        windows=whole.num_windows,
        findings=[finding for each in examined.values() for finding in each.dossier.findings],
        seconds=12.5,
        trials=Trials(num_openings=3, num_trials=24),
        walk=walk,
        dossiers=tuple(each.dossier for each in examined.values()),
    )
    # Nobody knows what comes after the last session.
    live = {**once, "lstm_classic": once["lstm_classic"].honest}[report.champion]
    return Case(
        report,
        prices,
        _forecasts(report, prices, live.quantiles(whole.live)),
        {name: each.tradings for name, each in examined.items()},
    )


def _dataset(
    prices: tuple[Prices, ...], experiment: Experiment, borders: Borders | None
) -> Dataset:
    return make_dataset(
        prices,
        features=experiment.features,
        lookback=experiment.lookback,
        horizon=experiment.horizon,
        split=borders or experiment.split,
    )


def _said(dataset: Dataset, share: float) -> dict[str, Forecaster]:
    fitted: dict[str, Forecaster] = {
        name: BASELINES[name].fit(dataset.train, LEVELS, 0)
        for name in (NAIVE, "anchor", "rolling_250")
    }
    return {**fitted, "lstm_classic": Seer(BASELINES["har"].fit(dataset.train, LEVELS, 0), share)}


def _judged(said: Mapping[str, Forecaster], dataset: Dataset) -> dict[str, ScoredForecasts]:
    return {
        name: score_forecasters([each], [dataset], levels=LEVELS) for name, each in said.items()
    }


def _compared(judged: dict[str, ScoredForecasts], num_folds: int) -> Comparison:
    networks = {name: each for name, each in judged.items() if name in ZOO}
    baselines = {name: each for name, each in judged.items() if name not in ZOO}
    return compare(networks, baselines, num_folds=num_folds)


def _examined(
    forecaster: Forecaster, name: str, dataset: Dataset, prices: tuple[Prices, ...]
) -> DiagnosedForecaster:
    return run_diagnostics(
        forecaster, forecaster, dataset, prices, name=name, levels=LEVELS, num_trials=24
    )


def _used(prices: Prices) -> PricesUsed:
    return PricesUsed(
        symbol=str(prices.symbol),
        provider="sample",
        sessions=len(prices.sessions),
        first=as_date(prices.first),
        last=as_date(prices.last),
        digest=prices.digest,
    )


def _forecasts(report: Report, prices: tuple[Prices, ...], live: Float) -> tuple[Forecast, ...]:
    return tuple(
        Forecast.from_quantiles(
            each.symbol,
            live[index],
            levels=LEVELS,
            as_of=each.last,
            last_price=float(each.bars.close[-1]),
            forecaster=report.champion,
            run=None,
            edge=report.edge,
        )
        for index, each in enumerate(prices)
    )


def _trained(index: int) -> Training:
    losses = np.array([0.30, 0.29, 0.295]) + 0.01 * index
    epochs = tuple(
        Epoch(
            number=number,
            train_loss=float(loss) - 0.01 * number,
            validation_loss=float(loss),
            learning_rate=3e-4,
            seconds=0.5,
            is_best=number == 1,
        )
        for number, loss in enumerate(losses)
    )
    return Training(parameters=12_345 + index, epochs=epochs, best_epoch=1, seconds=1.5)
