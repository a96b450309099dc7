"""A small report with real scores: baselines, and networks that are spoilt baselines."""

from dataclasses import dataclass

import numpy as np
import pytest

from pregao.calendars import as_date
from pregao.dataset import make_dataset
from pregao.evaluation import (
    DataSummary,
    Forecast,
    Report,
    Trained,
    compare,
    judge_quantiles,
    truth_of,
)
from pregao.findings import Finding
from pregao.plots._rows import ENSEMBLES
from pregao.prices import Prices
from pregao.testing import synthetic_prices
from pregao.training import LEVELS, Epoch, Experiment
from pregao.zoo import BASELINES, ZOO

NETWORKS = {"lstm_classic": 1.02, "gru_classic": 1.3, "tcn": 9.0}
"""How far too wide each network's ranges are."""


@dataclass(frozen=True)
class Case:
    report: Report
    prices: tuple[Prices, ...]
    forecasts: tuple[Forecast, ...]


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
        "truth_validation": truth_of([dataset.validation]),
        "truth_test": truth_of([dataset.sealed_test]),
    }
    judged = {
        name: judge_quantiles(*both, levels=LEVELS, **truths) for name, both in quantiles.items()
    }
    comparison = compare(
        {name: judged[name] for name in NETWORKS}, {name: judged[name] for name in said}
    )
    report = Report.of(
        comparison,
        {name: _trained(index) for index, name in enumerate(NETWORKS)},
        experiment=experiment.replace(network=ZOO[comparison.champion].network),
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
            Finding(
                code="PRC001",
                title="gap",
                severity="warning",
                symbol="PETR4",
                seen="2 sessions have no bar",
                do="look at them",
            )
        ],
        seconds=12.5,
    )
    live = said["har"].quantiles(dataset.live)
    forecasts = tuple(
        Forecast.of(
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
    return Case(report, prices, forecasts)


@pytest.fixture(scope="session")
def asked_for(case: Case) -> Report:
    """Give the report about a network that is not the best of its ranking."""
    return case.report.replace(champion=case.report.ranking[-1].network)


@pytest.fixture(scope="session")
def averaged(case: Case) -> Report:
    """Give the report with ensembles in its ranking."""
    best, *rest = case.report.ranking
    averages = [best.replace(network=name) for name in ENSEMBLES]
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


def _trained(index: int) -> Trained:
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
    return Trained(parameters=12_345 + index, epochs=epochs, best_epoch=1, seconds=1.5)
