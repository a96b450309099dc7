"""Fitting, training and judging one forecaster after the other, on the workers of an engine."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Literal

from pregao.dataset import Dataset
from pregao.errors import BaselineUnavailableError
from pregao.evaluation import (
    Examined,
    Offsets,
    Trained,
    as_served,
    examine,
    judge_as_served,
)
from pregao.findings import Finding
from pregao.prices import Prices
from pregao.training import (
    LEVELS,
    Crew,
    Datasets,
    DeviceName,
    Engine,
    Ensemble,
    Fitted,
    Model,
    combined,
    each_member,
)
from pregao.values import Text
from pregao.workbench._entrants import (
    COMBINATIONS,
    Chosen,
    Entrant,
    Group,
    OnProgress,
    Progress,
    Said,
    Terms,
)
from pregao.zoo import BASELINES, Forecaster


@dataclass(frozen=True, eq=False)
class Baselines:
    """The baselines that could be fitted, and a finding for each that could not."""

    said: dict[str, Said]
    absent: tuple[Finding, ...]


_Data = tuple[Datasets, ...]
"""What workers hold: each group's windows."""


@dataclass(frozen=True)
class _Fit:
    """Fit one baseline for one group."""

    group: int
    name: str
    seed: int


@dataclass(frozen=True)
class _Learn:
    """Train one entrant for one group."""

    group: int
    entrant: Entrant
    device: DeviceName


@dataclass(frozen=True, eq=False)
class _Combine:
    """Average a group's best networks."""

    group: int
    name: str
    members: tuple[Fitted, ...]


def judge_baselines(
    data: _Data,
    seed: int,
    engine: Engine,
    tell: "Tell",
    *,
    examined: "Examination | None" = None,
) -> list[Baselines]:
    """Judge every baseline that can load, in processes that never load torch.

    LightGBM and torch bring an OpenMP each, and some systems crash with both in one process. The
    best on validation of the only group is examined, if that is asked for.
    """
    said: list[dict[str, Said]] = [{} for _ in data]
    absent: list[list[Finding]] = [[] for _ in data]
    with engine.crew(data) as crew:
        for group in range(len(data)):
            for name in BASELINES:
                crew.submit(_fit_baseline, _Fit(group, name, seed))
        for task, result in crew.results():
            if isinstance(result, Finding):
                absent[task.group].append(result)
            else:
                said[task.group][task.name] = result
            seconds = 0.0 if isinstance(result, Finding) else result.seconds
            tell("baseline", task.name, task.group, seconds)
        if examined is not None:
            [own] = said
            best = min(own, key=lambda name: own[name].judged.validation_crps)
            own[best] = examined.of(crew, best, own[best])
    return [
        Baselines({name: each[name] for name in BASELINES if name in each}, tuple(missing))
        for each, missing in zip(said, absent, strict=True)
    ]


@dataclass(frozen=True)
class Examination:
    """What a forecaster is examined with: the prices that it would have traded, and its rivals."""

    prices: tuple[Prices, ...]
    num_trials: int

    def of(self, crew: Crew, name: str, said: Said) -> Said:
        """Examine a forecaster on a worker that holds the data of the only group."""
        crew.submit(_examine, _Examine(name, said.forecaster, said.serving.offsets, self))
        [(_, examined)] = crew.results()
        return replace(said, examined=examined)

    def here(self, name: str, said: Said, dataset: Dataset) -> Said:
        """Examine a network in this process."""
        task = _Examine(name, said.forecaster, said.serving.offsets, self)
        return replace(said, examined=_examined(task, dataset))


@dataclass(frozen=True)
class _Examine:
    """Examine one forecaster."""

    name: str
    forecaster: Forecaster
    offsets: Offsets
    examination: Examination


def _examine(data: _Data, task: _Examine) -> Examined:
    [datasets] = data
    forecaster = task.forecaster
    if isinstance(forecaster, Fitted | Ensemble):
        return _examined(task, datasets[forecaster.experiment.cut])
    return _examined(task, next(iter(datasets.values())))


def _examined(task: _Examine, dataset: Dataset) -> Examined:
    return examine(
        task.forecaster,
        as_served(task.forecaster, task.offsets),
        dataset,
        task.examination.prices,
        name=task.name,
        levels=LEVELS,
        num_trials=task.examination.num_trials,
    )


def _fit_baseline(data: _Data, task: _Fit) -> Said | Finding:
    started = perf_counter()
    dataset = next(iter(data[task.group].values()))
    try:
        fitted = BASELINES[task.name].fit(dataset.train, LEVELS, task.seed)
    except BaselineUnavailableError as error:
        return Finding.of("EVA010", Text.same(str(error)))
    said = _said(fitted, dataset, started, findings=fitted.findings)
    return replace(said, baseline=fitted)


def judge_entrants(
    crew: Crew,
    groups: Sequence[Group],
    terms: Terms,
    *,
    subject: str | None,
    tell: "Tell",
) -> Iterator[tuple[int, dict[str, Said]]]:
    """Train and judge the entrants, the largest first: the last to finish is then a small one.

    Once a group's are all there, those of its best that are alike are averaged.
    """
    said: dict[int, dict[str, Said]] = {number: {} for number in range(len(groups))}
    awaited = {number: len(group.entrants) for number, group in enumerate(groups)}
    for number, each in enumerate(groups):
        for entrant in each.largest_first:
            crew.submit(_judge_entrant, _Learn(number, entrant, terms.device))
    for task, result in crew.results():
        group = task.group
        name = task.entrant.name if isinstance(task, _Learn) else task.name
        said[group][name] = result
        tell("network", name, group, result.seconds)
        awaited[group] -= 1
        if awaited[group] == 0 and isinstance(task, _Learn):
            in_order = {each.name: said[group][each.name] for each in groups[group].entrants}
            members, said[group] = _best_alike(in_order, terms.ensemble, subject)
            for kind in kinds_of(subject) if len(members) > 1 else ():
                crew.submit(_judge_ensemble, _Combine(group, kind, members))
                awaited[group] += 1
        if awaited[group] == 0:
            finished = said.pop(group)
            # Entrants are in order; averages came as they were done.
            averages = {name: finished.pop(name) for name in COMBINATIONS if name in finished}
            yield group, finished | averages


def kinds_of(subject: str | None) -> tuple[str, ...]:
    """Give the averages to make: all, or the one that is all that is asked about."""
    return tuple(COMBINATIONS) if subject not in COMBINATIONS else (str(subject),)


def _best_alike(
    said: Mapping[str, Said], count: int, keep: str | None
) -> tuple[tuple[Fitted, ...], dict[str, Said]]:
    """Give the best networks that read the same windows, and all without weights of no more use.

    Weights of thirty networks are small, those of thirty networks of four hundred symbols are not.
    """
    # Of two that are alike the first counts, as in every ranking.
    ranked = sorted(said, key=lambda name: said[name].judged.validation_crps)
    best = said[ranked[0]].model
    alike = {
        name: each
        for name in ranked
        if isinstance(each := said[name].model, Fitted)
        and best is not None
        and each.experiment.cut == best.experiment.cut
    }
    members = tuple(alike.values())[:count] if count > 1 else ()
    light = {
        name: each if name in (ranked[0], keep) else replace(each, model=None)
        for name, each in said.items()
    }
    return members, light


def _judge_entrant(data: _Data, task: _Learn) -> Said:
    from pregao.training import finish, restored, train

    started = perf_counter()
    entrant = task.entrant
    dataset = data[task.group][entrant.experiment.cut]
    if entrant.chosen is None:
        fitted = [
            finish(train(each, dataset, device=task.device))
            for each in each_member(entrant.experiment)
        ]
        combination = entrant.experiment.combination
        model = fitted[0] if len(fitted) == 1 else combined(fitted, dataset, combination)
        return said_by(model, dataset, started)
    model = restored(entrant.experiment, dataset, entrant.chosen.checkpoint)
    said = said_by(model, dataset, started)
    return replace(said, trained=_as_chosen(said.trained, entrant.chosen))


def _judge_ensemble(data: _Data, task: _Combine) -> Said:
    started = perf_counter()
    dataset = data[task.group][task.members[0].experiment.cut]
    return said_by(combined(task.members, dataset, COMBINATIONS[task.name]), dataset, started)


def said_by(model: Model, dataset: Dataset, started: float) -> Said:
    """Judge a trained model, and forecast with it."""
    said = _said(model, dataset, started, findings=model.findings)
    members = (model,) if isinstance(model, Fitted) else model.members
    num_features = len(dataset.scaler.features)
    trained = Trained(
        parameters=sum(each.experiment.num_parameters(num_features) for each in members),
        epochs=model.epochs,
        best_epoch=model.best_epoch,
        seconds=said.seconds,
    )
    return replace(said, model=model, trained=trained)


def _said(
    forecaster: Forecaster,
    dataset: Dataset,
    started: float,
    *,
    findings: tuple[Finding, ...],
) -> Said:
    judged, serving = judge_as_served(forecaster, dataset, levels=LEVELS)
    live = as_served(forecaster, serving.offsets).quantiles(dataset.live)
    return Said(judged, live, serving, perf_counter() - started, findings)


def _as_chosen(trained: Trained | None, chosen: Chosen) -> Trained | None:
    if trained is None:
        return None
    return trained.replace(
        best_params=dict(chosen.best_params),
        trials=chosen.trials,
        pruned=chosen.pruned,
        seconds=chosen.seconds,
    )


Tell = Callable[[Literal["baseline", "network"], str, int, float], None]


def teller(
    on_progress: OnProgress | None,
    groups: Sequence[Group],
    terms: Terms,
    *,
    subject: str | None = None,
) -> Tell:
    """Count what is done, of all groups together."""
    finished = 0
    total = sum(
        len(BASELINES)
        + len(group.entrants)
        + (len(kinds_of(subject)) if min(terms.ensemble, len(group.entrants)) > 1 else 0)
        for group in groups
    )

    def tell(stage: Literal["baseline", "network"], name: str, group: int, seconds: float) -> None:
        nonlocal finished
        finished += 1
        if on_progress:
            on_progress(Progress(stage, name, finished, total, seconds, fold=group + 1))

    return tell
