"""Fitting, training and judging one forecaster after the other, on the workers of an engine."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Literal

from pregao.calibration import Offsets, as_served, judge_as_served
from pregao.dataset import Dataset
from pregao.errors import BaselineUnavailableError
from pregao.evaluation import Examined, Trained, examine
from pregao.findings import Finding
from pregao.prices import Prices
from pregao.scores import remembered
from pregao.training import (
    LEVELS,
    Datasets,
    DeviceName,
    Ensemble,
    Fitted,
    Model,
    combined,
    each_member,
    members_of,
)
from pregao.training.engines import Crew, Engine
from pregao.values import Text
from pregao.workbench._candidates import (
    COMBINATIONS,
    Chosen,
    Entrant,
    Group,
    OnProgress,
    Progress,
    Said,
    Terms,
)
from pregao.zoo.baselines import BASELINES, FittedBaseline, Forecaster


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
    is_judged: bool = True
    """Of one that is only to be averaged nobody asks how good it is by itself."""


@dataclass(frozen=True, eq=False)
class _Combine:
    """Average a group's best networks, in one or several ways."""

    group: int
    names: tuple[str, ...]
    members: tuple[Fitted, ...]


@dataclass(frozen=True, eq=False)
class _Again:
    """Judge what was fitted for another group on the windows of this one."""

    group: int
    name: str
    fitted: Model | FittedBaseline


def judge_baselines(
    data: _Data,
    seed: int,
    engine: Engine,
    tell: "Tell",
    *,
    again: int | None = None,
    examined: "Examination | None" = None,
) -> list[Baselines]:
    """Judge every baseline that can load, in processes that never load torch.

    LightGBM and torch bring an OpenMP each, and some systems crash with both in one process.

    Parameters
    ----------
    again
        The group, if there is one, that is fitted as the first is: only its test windows differ.
    examined
        How the best on validation of the first group is examined, if that is asked for.
    """
    said: list[dict[str, Said]] = [{} for _ in data]
    absent: list[list[Finding]] = [[] for _ in data]
    with engine.crew(data) as crew:
        # The last of them take the longest: begun first, no worker waits for one of them alone.
        for name in reversed(BASELINES):
            for group in range(len(data)):
                if group != again:
                    crew.submit(_fit_baseline, _Fit(group, name, seed))
        for task, result in crew.results():
            seconds = 0.0
            if isinstance(result, Finding):
                absent[task.group].append(result)
            else:
                seconds = result.seconds
                said[task.group][task.name] = result
                if again is not None and task.group == 0:
                    crew.submit(_judge_again, _Again(again, task.name, result.baseline))
            tell("baseline", task.name, task.group, seconds)
        if examined is not None:
            own = said[0]
            best = min(own, key=lambda name: own[name].judged.validation_crps)
            own[best] = examined.of(crew, best, own[best])
    return [
        Baselines({name: each[name] for name in BASELINES if name in each}, tuple(missing))
        for each, missing in zip(said, absent, strict=True)
    ]


@dataclass(frozen=True)
class Examination:
    """What a forecaster is examined with: the prices that it would have traded, and its rivals.

    It is examined on the windows of the first group.
    """

    prices: tuple[Prices, ...]
    num_trials: int

    def of(self, crew: Crew, name: str, said: Said) -> Said:
        """Examine a forecaster on a worker that holds the data."""
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
    datasets = data[0]
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
    said = _said(fitted, dataset, started)
    return replace(said, baseline=fitted, findings=fitted.findings)


def _judge_again(data: _Data, task: _Again) -> Said:
    started = perf_counter()
    datasets = data[task.group]
    fitted = task.fitted
    if isinstance(fitted, Fitted | Ensemble):
        return _said(fitted, datasets[fitted.experiment.cut], started)
    return _said(fitted, next(iter(datasets.values())), started)


def judge_entrants(
    crew: Crew,
    groups: Mapping[int, Group],
    terms: Terms,
    *,
    subject: str | None,
    tell: "Tell",
) -> Iterator[tuple[int, dict[str, Said]]]:
    """Train and judge the entrants, the largest first: the last to finish is then a small one.

    Once a group's are all there, those of its best that are alike are averaged.

    Parameters
    ----------
    groups
        By their place in the data that the crew holds.
    """
    said: dict[int, dict[str, Said]] = {number: {} for number in groups}
    awaited = {number: len(group.entrants) for number, group in groups.items()}
    for number, each in groups.items():
        for entrant in each.largest_first:
            crew.submit(_judge_entrant, _Learn(number, entrant, terms.device))
    for task, result in crew.results():
        group = task.group
        if isinstance(task, _Combine):
            for name, average in result.items():
                tell("network", name, group, average.seconds)
            yield group, said.pop(group) | result
            continue
        said[group][task.entrant.name] = result
        tell("network", task.entrant.name, group, result.seconds)
        awaited[group] -= 1
        if awaited[group] == 0:
            in_order = {each.name: said[group][each.name] for each in groups[group].entrants}
            members, said[group] = _best_alike(in_order, terms.ensemble, subject)
            if len(members) > 1:
                crew.submit(_judge_ensembles, _Combine(group, kinds_of(subject), members))
            else:
                yield group, said.pop(group)


def judge_refitted(
    crew: Crew,
    groups: Mapping[int, Group],
    terms: Terms,
    *,
    subject: str,
    tell: "Tell",
    trained: Mapping[int, Model] | None = None,
) -> Iterator[tuple[int, Said]]:
    """Train the only entrant of each group and judge it, or all of them and judge their average.

    Parameters
    ----------
    groups
        By their place in the data that the crew holds.
    trained
        What was trained on the training windows of a place already: it is only judged.
    """
    for place, model in (trained or {}).items():
        crew.submit(_judge_again, _Again(place, subject, model))
    is_average = subject in COMBINATIONS
    members: dict[int, dict[str, Fitted]] = {place: {} for place in groups}
    # The largest of all groups first: the last to finish is then a small one.
    for alike in zip(*(group.largest_first for group in groups.values()), strict=True):
        for place, entrant in zip(groups, alike, strict=True):
            task = _Learn(place, entrant, terms.device, is_judged=not is_average)
            crew.submit(_judge_entrant, task)
    for task, result in crew.results():
        place = task.group
        if not isinstance(task, _Combine):
            name = task.entrant.name if isinstance(task, _Learn) else subject
            tell("network", name, place, result.seconds)
        if not (is_average and isinstance(task, _Learn)):
            yield place, result[subject] if isinstance(task, _Combine) else result
            continue
        members[place][task.entrant.name] = result
        if len(members[place]) == len(groups[place].entrants):
            in_order = tuple(members[place][each.name] for each in groups[place].entrants)
            crew.submit(_judge_ensembles, _Combine(place, (subject,), in_order))


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


def _judge_entrant(data: _Data, task: _Learn) -> Said | Model:
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
        return said_by(model, dataset, started) if task.is_judged else model
    model = restored(entrant.experiment, dataset, entrant.chosen.checkpoint)
    said = said_by(model, dataset, started)
    return replace(said, trained=_as_chosen(said.trained, entrant.chosen))


def _judge_ensembles(data: _Data, task: _Combine) -> dict[str, Said]:
    dataset = data[task.group][task.members[0].experiment.cut]
    # Every average asks the same members about the same windows.
    counts = [*dataset.num_windows.values()] * len(task.members)
    asked = {each.digest: remembered(each, counts) for each in task.members}
    said = {}
    # Stacking comes first: its weights are then the same, to the bit, with other averages and not.
    for name in reversed(task.names):
        started = perf_counter()
        model = combined(task.members, dataset, COMBINATIONS[name], asked=asked)
        said[name] = said_by(model, dataset, started, answering=model.answered_by(asked))
    return {name: said[name] for name in task.names}


def said_by(
    model: Model, dataset: Dataset, started: float, *, answering: Forecaster | None = None
) -> Said:
    """Judge a trained model, and forecast with it; another may answer in its place."""
    said = _said(answering or model, dataset, started)
    num_features = len(dataset.scaler.features)
    trained = Trained(
        parameters=sum(each.experiment.num_parameters(num_features) for each in members_of(model)),
        epochs=model.epochs,
        best_epoch=model.best_epoch,
        seconds=said.seconds,
    )
    return replace(said, model=model, trained=trained, findings=model.findings)


def _said(forecaster: Forecaster, dataset: Dataset, started: float) -> Said:
    judged, serving = judge_as_served(forecaster, dataset, levels=LEVELS)
    live = as_served(forecaster, serving.offsets).quantiles(dataset.live)
    return Said(judged, live, serving, perf_counter() - started)


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


def teller(on_progress: OnProgress | None, total: int) -> Tell:
    """Count what is done, of so many forecasters; data other than the first is of folds."""
    finished = 0

    def tell(stage: Literal["baseline", "network"], name: str, group: int, seconds: float) -> None:
        nonlocal finished
        finished += 1
        if on_progress:
            on_progress(Progress(stage, name, finished, total, seconds, fold=max(group, 1)))

    return tell


def num_networks(group: Group, terms: Terms, subject: str | None) -> int:
    """Give how many networks, and averages of them, a group will have."""
    averages = kinds_of(subject) if min(terms.ensemble, len(group.entrants)) > 1 else ()
    return len(group.entrants) + len(averages)
