"""Many networks on the same windows, beside every baseline: the main job."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pregao.dataset import Dataset, make_dataset
from pregao.errors import BaselineUnavailableError
from pregao.evaluation import Judged, Report, Trained, WindowCounts, compare, judge
from pregao.findings import Finding
from pregao.training import LEVELS, Epoch, Experiment, Fitted, run
from pregao.workbench._prices import Checked, summary_of
from pregao.zoo import BASELINES, Forecaster, Network

Datasets = tuple[Dataset, ...]
"""One pooled, or one a symbol."""


@dataclass(frozen=True)
class Progress:
    """One forecaster is done."""

    stage: Literal["baseline", "network"]
    name: str
    done: int
    total: int
    seconds: float


OnProgress = Callable[[Progress], None]


@dataclass(frozen=True, eq=False)
class Said:
    """What one forecaster said, judged, with its forecast from each symbol's last session."""

    judged: Judged
    live: NDArray[np.float64]
    """(symbols, horizon, levels)"""
    seconds: float
    findings: tuple[Finding, ...] = ()
    fitted: tuple[Fitted, ...] = ()
    """A network's weights; empty for a baseline."""


@dataclass(frozen=True, eq=False)
class Sweep:
    """A finished sweep: the report, and what is needed to store and to show its champion."""

    report: Report
    champion: Said


@dataclass(frozen=True, eq=False)
class _Baselines:
    """The baselines that could be fitted, and a finding for each that could not."""

    said: dict[str, Said]
    absent: tuple[Finding, ...]


def run_sweep(
    experiment: Experiment,
    networks: Mapping[str, Network],
    prices: Sequence[Checked],
    *,
    apart: bool = False,
    num_workers: int | None = None,
    on_progress: OnProgress | None = None,
) -> Sweep:
    """Train every network, score it beside every baseline, and rank them all.

    Pooled, one network learns from all symbols; apart, each symbol has a network of its own, and
    the scores are over the windows of all of them.
    """
    started = perf_counter()
    groups = [[each] for each in prices] if apart else [list(prices)]
    datasets = tuple(_dataset(experiment, group) for group in groups)
    tell = _teller(on_progress, len(BASELINES) + len(networks))
    baselines = _judge_baselines(datasets, experiment.seed, num_workers, tell)
    said = _judge_networks(datasets, experiment, networks, num_workers, tell)
    return _assembled(
        experiment,
        networks=networks,
        prices=prices,
        datasets=datasets,
        baselines=baselines,
        said=said,
        started=started,
    )


def run_training(
    experiment: Experiment,
    name: str,
    prices: Sequence[Checked],
    *,
    on_epoch: Callable[[Epoch], None] | None = None,
) -> Sweep:
    """Train one network in this process, epoch by epoch, and score it beside every baseline."""
    from pregao.training import finish, train

    dataset = _dataset(experiment, prices)
    return _alone(finish(train(experiment, dataset), on_epoch), name, dataset, prices)


def run_evaluation(fitted: Fitted, name: str, prices: Sequence[Checked]) -> Sweep:
    """Score a trained network again, on windows cut from these prices.

    Scaler and borders are its own: what it was trained or chosen on is never its test part.
    """
    dataset = make_dataset(
        [each.prices for each in prices],
        features=fitted.scaler.features,
        lookback=fitted.experiment.lookback,
        horizon=fitted.experiment.horizon,
        split=fitted.borders,
        scaler=fitted.scaler,
    )
    return _alone(fitted, name, dataset, prices)


def _alone(fitted: Fitted, name: str, dataset: Dataset, prices: Sequence[Checked]) -> Sweep:
    """Score one trained network beside every baseline."""
    started = perf_counter() - fitted.seconds
    experiment = fitted.experiment
    said = _said([fitted], (dataset,), started, findings=fitted.findings, fitted=(fitted,))
    return _assembled(
        experiment,
        networks={name: experiment.network},
        prices=prices,
        datasets=(dataset,),
        baselines=_judge_baselines((dataset,), experiment.seed, None, _teller(None, 0)),
        said={name: said},
        started=started,
    )


def _assembled(
    experiment: Experiment,
    *,
    networks: Mapping[str, Network],
    prices: Sequence[Checked],
    datasets: Datasets,
    baselines: _Baselines,
    said: Mapping[str, Said],
    started: float,
) -> Sweep:
    """Compare what was said, and put it into a report."""
    comparison = compare(
        {name: each.judged for name, each in said.items()},
        {name: each.judged for name, each in baselines.said.items()},
    )
    champion = said[comparison.champion]
    findings = (
        *(finding for each in prices for finding in each.findings),
        *(finding for dataset in datasets for finding in dataset.findings),
        *baselines.absent,
        *(finding for each in baselines.said.values() for finding in each.findings),
        *champion.findings,
    )
    report = Report.of(
        comparison,
        {
            name: _trained(each, datasets[0], experiment.replace(network=networks[name]))
            for name, each in said.items()
        },
        experiment=experiment.replace(network=networks[comparison.champion]),
        data=summary_of(prices),
        windows=WindowCounts(
            train=sum(len(each.train) for each in datasets),
            validation=sum(len(each.validation) for each in datasets),
            test=sum(len(each.sealed_test) for each in datasets),
        ),
        findings=findings,
        seconds=perf_counter() - started,
    )
    return Sweep(report, champion)


def _dataset(experiment: Experiment, prices: Sequence[Checked]) -> Dataset:
    return make_dataset(
        [each.prices for each in prices],
        features=experiment.features,
        lookback=experiment.lookback,
        horizon=experiment.horizon,
        split=experiment.split,
    )


def _judge_baselines(
    datasets: Datasets,
    seed: int,
    num_workers: int | None,
    tell: "_Tell",
) -> _Baselines:
    """Judge every baseline that can load, in processes that never load torch.

    LightGBM and torch bring an OpenMP each, and some systems crash with both in one process.
    """
    said: dict[str, Said] = {}
    absent: list[Finding] = []
    tasks = [(name, seed) for name in BASELINES]
    for (name, _), result in run(_fit_baseline, tasks, data=datasets, num_workers=num_workers):
        if isinstance(result, Finding):
            absent.append(result)
        else:
            said[name] = result
        tell("baseline", name, 0.0 if isinstance(result, Finding) else result.seconds)
    in_order = {name: said[name] for name in BASELINES if name in said}
    return _Baselines(in_order, tuple(absent))


def _fit_baseline(datasets: Datasets, task: tuple[str, int]) -> Said | Finding:
    started = perf_counter()
    name, seed = task
    try:
        fitted = [BASELINES[name].fit(each.train, LEVELS, seed) for each in datasets]
    except BaselineUnavailableError as error:
        return Finding(
            code="EVA010",
            title="baseline left out",
            severity="warning",
            seen=str(error),
            do="the others stand; install what it needs and run again to have it beside them",
        )
    found = tuple(finding for each in fitted for finding in each.findings)
    return _said(fitted, datasets, started, findings=found)


def _judge_networks(
    datasets: Datasets,
    experiment: Experiment,
    networks: Mapping[str, Network],
    num_workers: int | None,
    tell: "_Tell",
) -> dict[str, Said]:
    """Train and judge the networks, the largest first: the last to finish is then a small one."""
    tasks = sorted(
        ((name, experiment.replace(network=network)) for name, network in networks.items()),
        key=lambda task: -task[1].num_parameters(len(datasets[0].scaler.features)),
    )
    said = {}
    for (name, _), result in run(_train_network, tasks, data=datasets, num_workers=num_workers):
        said[name] = result
        tell("network", name, result.seconds)
    return {name: said[name] for name in networks}


def _train_network(datasets: Datasets, task: tuple[str, Experiment]) -> Said:
    from pregao.training import finish, train

    started = perf_counter()
    fitted = [finish(train(task[1], each)) for each in datasets]
    found = tuple(finding for each in fitted for finding in each.findings)
    return _said(fitted, datasets, started, findings=found, fitted=tuple(fitted))


def _said(
    forecasters: Sequence[Forecaster],
    datasets: Datasets,
    started: float,
    *,
    findings: tuple[Finding, ...] = (),
    fitted: tuple[Fitted, ...] = (),
) -> Said:
    judged = judge(forecasters, datasets, levels=LEVELS)
    live = [each.quantiles(data.live) for each, data in zip(forecasters, datasets, strict=True)]
    return Said(judged, np.concatenate(live), perf_counter() - started, findings, fitted)


def _trained(said: Said, dataset: Dataset, experiment: Experiment) -> Trained:
    """Sum up a training; of networks trained apart, the first symbol's curve is shown."""
    first = said.fitted[0]
    return Trained(
        parameters=experiment.num_parameters(len(dataset.scaler.features)),
        epochs=first.epochs,
        best_epoch=first.best_epoch,
        seconds=said.seconds,
    )


_Tell = Callable[[Literal["baseline", "network"], str, float], None]


def _teller(on_progress: OnProgress | None, total: int) -> _Tell:
    finished: list[str] = []

    def tell(stage: Literal["baseline", "network"], name: str, seconds: float) -> None:
        finished.append(name)
        if on_progress:
            on_progress(Progress(stage, name, len(finished), total, seconds))

    return tell
