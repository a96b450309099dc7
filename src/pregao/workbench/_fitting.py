"""Fit and score forecasters, one task each, on the workers of an engine."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from pregao.calibration import Offsets, ServingParameters, make_served_forecaster, score_as_served
from pregao.dataset import Dataset
from pregao.errors import BaselineUnavailableError
from pregao.evaluation import COMBINATIONS, DiagnosedForecaster, Training, run_diagnostics
from pregao.findings import Finding, baseline_unavailable
from pregao.prices import Prices
from pregao.scores import ScoredForecasts, cached_quantiles
from pregao.training import (
    LEVELS,
    Datasets,
    DeviceName,
    Ensemble,
    FittedNetwork,
    Model,
    combine,
    member_experiments,
    model_members,
)
from pregao.training.engines import Engine, WorkerPool
from pregao.workbench._candidates import Candidate, Group, SearchChoice
from pregao.workbench._settings import BenchmarkSettings, ReportProgress
from pregao.zoo.baselines import BASELINES, FittedBaseline, Forecaster


@dataclass(frozen=True, eq=False)
class FittedForecaster:
    """A fitted forecaster with its scores, and what it takes to store and to serve it."""

    scored: ScoredForecasts
    live: NDArray[np.float64]
    """(symbols, horizon, levels) forecast from the last session of each symbol."""
    serving: ServingParameters
    seconds: float
    findings: tuple[Finding, ...] = ()
    model: Model | None = None
    """None for a baseline, and for networks that are out of the running."""
    training: Training | None = None
    """None for a baseline."""
    baseline: FittedBaseline | None = None
    """None for a network."""
    diagnosed: DiagnosedForecaster | None = None
    """Of the candidate and of the best baseline, where the benchmark runs diagnostics."""

    @property
    def forecaster(self) -> Forecaster:
        """The network or the baseline that was fitted."""
        found = self.model or self.baseline
        assert found is not None, "its weights were kept"
        return found


@dataclass(frozen=True, eq=False)
class FittedBaselines:
    """The baselines that could be fitted, and a finding for each that could not."""

    forecasters: dict[str, FittedForecaster]
    unavailable: tuple[Finding, ...]


_Data = tuple[Datasets, ...]
"""The data of the workers: the windows of each group."""


@dataclass(frozen=True)
class _FitBaseline:
    """Fit one baseline for one group."""

    group: int
    name: str
    seed: int


@dataclass(frozen=True)
class _TrainCandidate:
    """Train one candidate for one group."""

    group: int
    candidate: Candidate
    device: DeviceName
    is_scored: bool = True
    """False for a member of an average that is not scored by itself."""


@dataclass(frozen=True, eq=False)
class _Average:
    """Average the best networks of a group, in one or several ways."""

    group: int
    names: tuple[str, ...]
    members: tuple[FittedNetwork, ...]


@dataclass(frozen=True, eq=False)
class _Rescore:
    """Score on the windows of this group what was fitted for another one."""

    group: int
    name: str
    fitted: Model | FittedBaseline


@dataclass(frozen=True)
class DiagnosticsPlan:
    """The prices that a forecaster trades in the diagnostics, and the trials so far.

    Diagnostics use the windows of the first group.
    """

    prices: tuple[Prices, ...]
    num_trials: int

    def run(self, pool: WorkerPool, name: str, fitted: FittedForecaster) -> FittedForecaster:
        """Run the diagnostics of a forecaster on a worker that holds the data."""
        pool.submit(_diagnose, self._task(name, fitted))
        [(_, diagnosed)] = pool.results()
        return replace(fitted, diagnosed=diagnosed)

    def run_here(self, name: str, fitted: FittedForecaster, dataset: Dataset) -> FittedForecaster:
        """Run the diagnostics of a network in this process."""
        return replace(fitted, diagnosed=_diagnosed(self._task(name, fitted), dataset))

    def _task(self, name: str, fitted: FittedForecaster) -> "_Diagnose":
        return _Diagnose(name, fitted.forecaster, fitted.serving.offsets, self)


@dataclass(frozen=True)
class _Diagnose:
    """Run the diagnostics of one forecaster."""

    name: str
    forecaster: Forecaster
    offsets: Offsets
    plan: DiagnosticsPlan


# What a use case calls.


def fit_baselines(
    data: _Data,
    seed: int,
    engine: Engine,
    report_progress: ReportProgress,
    *,
    same_fit: int | None = None,
    diagnostics: DiagnosticsPlan | None = None,
) -> list[FittedBaselines]:
    """Fit and score every available baseline, in processes that never load torch.

    LightGBM and torch bring an OpenMP each, and some systems crash with both in one process.

    Parameters
    ----------
    same_fit
        The group, if there is one, with the training windows of the first: only its test windows
        differ, so its baselines are not fitted again.
    diagnostics
        Run for the best baseline on validation of the first group, if given.
    """
    fitted: list[dict[str, FittedForecaster]] = [{} for _ in data]
    unavailable: list[list[Finding]] = [[] for _ in data]
    with engine.pool(data) as pool:
        # The last of them take the longest: begun first, no worker waits for one of them alone.
        for name in reversed(BASELINES):
            for group in range(len(data)):
                if group != same_fit:
                    pool.submit(_fit_baseline, _FitBaseline(group, name, seed))
        for task, result in pool.results():
            seconds = 0.0
            if isinstance(result, Finding):
                unavailable[task.group].append(result)
            else:
                seconds = result.seconds
                fitted[task.group][task.name] = result
                if same_fit is not None and task.group == 0:
                    pool.submit(_rescore, _Rescore(same_fit, task.name, result.baseline))
            report_progress("baseline", task.name, task.group, seconds)
        if diagnostics is not None:
            own = fitted[0]
            best = min(own, key=lambda name: own[name].scored.validation_crps)
            own[best] = diagnostics.run(pool, best, own[best])
    return [
        FittedBaselines({name: each[name] for name in BASELINES if name in each}, tuple(missing))
        for each, missing in zip(fitted, unavailable, strict=True)
    ]


def fit_candidates(
    pool: WorkerPool,
    groups: Mapping[int, Group],
    settings: BenchmarkSettings,
    *,
    subject: str | None,
    report_progress: ReportProgress,
) -> Iterator[tuple[int, dict[str, FittedForecaster]]]:
    """Train and score the candidates, the largest first: the last to finish is then a small one.

    Once all candidates of a group are there, the best that read the same windows are averaged.

    Parameters
    ----------
    groups
        By their place in the data that the pool holds.
    """
    fitted: dict[int, dict[str, FittedForecaster]] = {number: {} for number in groups}
    num_missing = {number: len(group.candidates) for number, group in groups.items()}
    for number, each in groups.items():
        for candidate in each.largest_first:
            pool.submit(_train_candidate, _TrainCandidate(number, candidate, settings.device))
    for task, result in pool.results():
        group = task.group
        if isinstance(task, _Average):
            for name, average in result.items():
                report_progress("network", name, group, average.seconds)
            yield group, fitted.pop(group) | result
            continue
        fitted[group][task.candidate.name] = result
        report_progress("network", task.candidate.name, group, result.seconds)
        num_missing[group] -= 1
        if num_missing[group] == 0:
            in_order = {each.name: fitted[group][each.name] for each in groups[group].candidates}
            members, fitted[group] = _members_and_rest(in_order, settings.ensemble, subject)
            if len(members) > 1:
                pool.submit(_fit_averages, _Average(group, averages_for(subject), members))
            else:
                yield group, fitted.pop(group)


def refit(
    pool: WorkerPool,
    groups: Mapping[int, Group],
    settings: BenchmarkSettings,
    *,
    subject: str,
    report_progress: ReportProgress,
    trained: Mapping[int, Model] | None = None,
) -> Iterator[tuple[int, FittedForecaster]]:
    """Train and score the only candidate of each group, or the average of all of them.

    Parameters
    ----------
    groups
        By their place in the data that the pool holds.
    trained
        Models already trained on the training windows of a place: they are only scored.
    """
    for place, model in (trained or {}).items():
        pool.submit(_rescore, _Rescore(place, subject, model))
    is_average = subject in COMBINATIONS
    members: dict[int, dict[str, FittedNetwork]] = {place: {} for place in groups}
    # The largest of all groups first: the last to finish is then a small one.
    for alike in zip(*(group.largest_first for group in groups.values()), strict=True):
        for place, candidate in zip(groups, alike, strict=True):
            task = _TrainCandidate(place, candidate, settings.device, is_scored=not is_average)
            pool.submit(_train_candidate, task)
    for task, result in pool.results():
        place = task.group
        if not isinstance(task, _Average):
            name = task.candidate.name if isinstance(task, _TrainCandidate) else subject
            report_progress("network", name, place, result.seconds)
        if not (is_average and isinstance(task, _TrainCandidate)):
            yield place, result[subject] if isinstance(task, _Average) else result
            continue
        members[place][task.candidate.name] = result
        if len(members[place]) == len(groups[place].candidates):
            in_order = tuple(members[place][each.name] for each in groups[place].candidates)
            pool.submit(_fit_averages, _Average(place, (subject,), in_order))


def score_model(
    model: Model, dataset: Dataset, started: float, *, cached: Forecaster | None = None
) -> FittedForecaster:
    """Score a trained model, and forecast with it.

    Parameters
    ----------
    started
        `perf_counter` when its training began.
    cached
        Forecasts in place of the model, with the forecasts of its members cached.
    """
    fitted = _scored(cached or model, dataset, started)
    num_features = len(dataset.scaler.features)
    training = Training(
        parameters=sum(
            each.experiment.num_parameters(num_features) for each in model_members(model)
        ),
        epochs=model.epochs,
        best_epoch=model.best_epoch,
        seconds=fitted.seconds,
    )
    return replace(fitted, model=model, training=training, findings=model.findings)


def averages_for(subject: str | None) -> tuple[str, ...]:
    """Return the names of the averages to make: all, or only the subject where it is one."""
    return tuple(COMBINATIONS) if subject not in COMBINATIONS else (str(subject),)


def num_networks(group: Group, settings: BenchmarkSettings, subject: str | None) -> int:
    """Return the number of networks, and of averages of them, that a group will have."""
    averages = averages_for(subject) if min(settings.ensemble, len(group.candidates)) > 1 else ()
    return len(group.candidates) + len(averages)


def _members_and_rest(
    fitted: Mapping[str, FittedForecaster], count: int, keep: str | None
) -> tuple[tuple[FittedNetwork, ...], dict[str, FittedForecaster]]:
    """Return the best networks that read the same windows, and all forecasters.

    Only the best and `keep` keep their weights: those of thirty networks of four hundred symbols do
    not fit into memory.
    """
    # Of equal ones the first is better, as in every ranking.
    ranked = sorted(fitted, key=lambda name: fitted[name].scored.validation_crps)
    best = fitted[ranked[0]].model
    alike = {
        name: each
        for name in ranked
        if isinstance(each := fitted[name].model, FittedNetwork)
        and best is not None
        and each.experiment.window_settings == best.experiment.window_settings
    }
    members = tuple(alike.values())[:count] if count > 1 else ()
    light = {
        name: each if name in (ranked[0], keep) else replace(each, model=None)
        for name, each in fitted.items()
    }
    return members, light


# What a worker does.


def _fit_baseline(data: _Data, task: _FitBaseline) -> FittedForecaster | Finding:
    started = perf_counter()
    dataset = next(iter(data[task.group].values()))
    try:
        baseline = BASELINES[task.name].fit(dataset.train, LEVELS, task.seed)
    except BaselineUnavailableError as error:
        return baseline_unavailable(error)
    fitted = _scored(baseline, dataset, started)
    return replace(fitted, baseline=baseline, findings=baseline.findings)


def _train_candidate(data: _Data, task: _TrainCandidate) -> FittedForecaster | Model:
    from pregao.training import finish, fitted_from_checkpoint, train

    started = perf_counter()
    candidate = task.candidate
    dataset = data[task.group][candidate.experiment.window_settings]
    if candidate.choice is None:
        members = [
            finish(train(each, dataset, device=task.device))
            for each in member_experiments(candidate.experiment)
        ]
        combination = candidate.experiment.combination
        model = members[0] if len(members) == 1 else combine(members, dataset, combination)
        return score_model(model, dataset, started) if task.is_scored else model
    model = fitted_from_checkpoint(candidate.experiment, dataset, candidate.choice.checkpoint)
    fitted = score_model(model, dataset, started)
    return replace(fitted, training=_with_choice(fitted.training, candidate.choice))


def _fit_averages(data: _Data, task: _Average) -> dict[str, FittedForecaster]:
    dataset = data[task.group][task.members[0].experiment.window_settings]
    # All averages use the forecasts of the same members for the same windows.
    counts = [*dataset.num_windows.values()] * len(task.members)
    cached = {each.digest: cached_quantiles(each, counts) for each in task.members}
    fitted = {}
    # Stacking comes first: its weights are then the same, to the bit, with other averages and not.
    for name in reversed(task.names):
        started = perf_counter()
        model = combine(task.members, dataset, COMBINATIONS[name], requested=cached)
        fitted[name] = score_model(model, dataset, started, cached=model.with_forecasters(cached))
    return {name: fitted[name] for name in task.names}


def _rescore(data: _Data, task: _Rescore) -> FittedForecaster:
    started = perf_counter()
    return _scored(task.fitted, _dataset_for(task.fitted, data[task.group]), started)


def _diagnose(data: _Data, task: _Diagnose) -> DiagnosedForecaster:
    return _diagnosed(task, _dataset_for(task.forecaster, data[0]))


def _diagnosed(task: _Diagnose, dataset: Dataset) -> DiagnosedForecaster:
    return run_diagnostics(
        task.forecaster,
        make_served_forecaster(task.forecaster, task.offsets),
        dataset,
        task.plan.prices,
        name=task.name,
        levels=LEVELS,
        num_trials=task.plan.num_trials,
    )


def _dataset_for(forecaster: Forecaster, datasets: Datasets) -> Dataset:
    """Return the windows that a network reads, or the first dataset for a baseline."""
    if isinstance(forecaster, FittedNetwork | Ensemble):
        return datasets[forecaster.experiment.window_settings]
    return next(iter(datasets.values()))


def _scored(forecaster: Forecaster, dataset: Dataset, started: float) -> FittedForecaster:
    scored, serving = score_as_served(forecaster, dataset, levels=LEVELS)
    live = make_served_forecaster(forecaster, serving.offsets).quantiles(dataset.live)
    return FittedForecaster(scored, live, serving, perf_counter() - started)


def _with_choice(training: Training | None, choice: SearchChoice) -> Training | None:
    if training is None:
        return None
    return training.replace(
        best_params=dict(choice.best_params),
        trials=choice.trials,
        pruned=choice.pruned,
        seconds=choice.seconds,
    )
