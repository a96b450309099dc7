"""The audit: recompute the pipeline with other prices after each cutoff, and compare."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from time import perf_counter
from typing import assert_never, get_args

import numpy as np
from numpy.typing import NDArray

from pregao.audit._features import audit_feature, compare_truncated, compute_truncated
from pregao.audit._forecasts import audit_forecasts, predictors_of
from pregao.audit._noise import NOISES
from pregao.audit._pipeline import DEFAULT_PIPELINE, Pipeline
from pregao.audit._refits import RETRAININGS, audit_baselines, compare_trainings, retrain
from pregao.audit._result import Audit, Check, Kind, Noise
from pregao.audit._series import Observation
from pregao.audit._subject import NUM_SPREAD, Subject, choose_cutoffs
from pregao.audit._windows import PROBES, audit_windows
from pregao.dataset import FEATURES, Feature, plugin_features
from pregao.errors import InputError, PluginError
from pregao.instruments import Sessions, as_date
from pregao.prices import Prices
from pregao.training import Experiment, FittedNetwork
from pregao.training.engines import Engine, run
from pregao.zoo.baselines import BASELINES
from pregao.zoo.networks import Plugin, plugin_networks

OnProgress = Callable[[int, int], None]
"""Called with the number of finished tasks, and of all tasks."""

_NUM_CHUNKS = 4
_MOST_FORECAST = 24


@dataclass(frozen=True)
class FeatureTask:
    """Audit one feature."""

    name: str
    cutoffs: Sessions


@dataclass(frozen=True)
class WindowsTask:
    """Recompute windows at some cutoffs."""

    cutoffs: Sessions


@dataclass(frozen=True)
class BaselinesTask:
    """Refit some baselines, and recompute their forecasts."""

    names: tuple[str, ...]
    cutoffs: Sessions


@dataclass(frozen=True)
class TrainTask:
    """Train with other prices after validation; without noise on the real ones."""

    noise: Noise | None


Task = FeatureTask | WindowsTask | BaselinesTask | TrainTask


def find_leaks(
    prices: Sequence[Prices],
    experiment: Experiment,
    *,
    features: Sequence[str] = (),
    pipeline: Pipeline = DEFAULT_PIPELINE,
    num_spread: int = NUM_SPREAD,
    engine: Engine | None = None,
    on_progress: OnProgress | None = None,
) -> Audit:
    """Replace prices after many cutoffs by noise, and compare everything known at them.

    Every feature, the returns and sigma, the split, the scaler, the scaled inputs, the targets,
    the anchor, each baseline and the trained network must be bitwise equal; the targets must
    change with the prices after their cutoff. A network is retrained with other prices after the
    validation part: if the weights change, its training depends on the test part. Of an ensemble
    the first member is audited for all.

    Parameters
    ----------
    features
        Features to audit beside those of the experiment, by name.
    pipeline
        Another pipeline than that of Pregao.
    num_spread
        Cutoffs evenly over the history, beside those at the borders of parts and in unusual
        sessions.
    engine
        Runs the tasks; None runs them in this process, one after the other.

    Raises
    ------
    HistoryTooShortError, SplitError
        If the prices do not hold the experiment's windows.
    UnknownNameError
        For a feature that does not exist.
    """
    started = perf_counter()
    subject = Subject.from_experiment(prices, experiment, pipeline)
    names = _names(subject, features)
    tasks: list[Task]
    try:
        data = subject.dataset()
    except PluginError as error:
        cutoffs = _spread(subject, num_spread)
        tasks = [FeatureTask(name, cutoffs) for name in names]
        observations = [*_run_tasks(subject, tasks, cutoffs, engine, on_progress)]
        observations.append(Observation("market", "windows", problem="failed", reason=str(error)))
    else:
        cutoffs = choose_cutoffs(subject.prices, data, num_spread)
        tasks = _tasks(subject, names, cutoffs)
        observations = [*_run_tasks(subject, tasks, cutoffs, engine, on_progress)]
    if engine is not None:
        observations += _check_fresh_process(subject, names, engine)
    return Audit(
        experiment=subject.experiment,
        sessions=sum(len(each) for each in prices),
        cutoffs=tuple(as_date(each) for each in cutoffs),
        checks=_checks(observations, names),
        plugins=_plugins(subject.experiment, names),
        seconds=perf_counter() - started,
    )


def find_leaks_in_features(
    features: Sequence[Feature], prices: Sequence[Prices]
) -> tuple[Check, ...]:
    """Audit features alone, as the tests of a plug-in do.

    >>> from pregao.dataset import FEATURES
    >>> from pregao.testing import synthetic_prices
    >>> [check] = find_leaks_in_features([FEATURES["return"]], [synthetic_prices(sessions=200)])
    >>> check.passed
    True
    """
    named = {each.name: each for each in features}
    longest = max(prices, key=len).sessions
    cutoffs = longest[np.linspace(0, len(longest) - 2, 26).astype(np.intp)]
    observations = [
        each for feature in features for each in audit_feature(feature, prices, cutoffs)
    ]
    return _checks(observations, tuple(named))


def _names(subject: Subject, features: Sequence[str]) -> tuple[str, ...]:
    """Return the features to audit: those that can be computed from these prices."""
    names = dict.fromkeys((*subject.experiment.features, *features))
    bars = [each.bars for each in subject.prices]
    has_book = all(each.best_bid is not None and each.best_ask is not None for each in bars)
    find = subject.pipeline.find_feature
    return tuple(name for name in names if has_book or not find(name).needs_order_book)


def _spread(subject: Subject, count: int) -> Sessions:
    sessions = max(subject.prices, key=len).sessions
    return sessions[np.linspace(0, len(sessions) - 2, count).round().astype(np.intp)]


def _tasks(subject: Subject, names: Sequence[str], cutoffs: Sessions) -> list[Task]:
    """Return the tasks, the longest first."""
    baselines = tuple(subject.pipeline.baselines)
    chunks = [baselines[start::2] for start in range(2) if baselines[start::2]]
    return [
        TrainTask(None),
        *(BaselinesTask(each, _some(cutoffs)) for each in chunks),
        *(TrainTask(noise) for noise in RETRAININGS),
        *(WindowsTask(cutoffs[start::_NUM_CHUNKS]) for start in range(_NUM_CHUNKS)),
        *(FeatureTask(name, cutoffs) for name in names),
    ]


def _check_fresh_process(
    subject: Subject, names: Sequence[str], engine: Engine
) -> Iterator[Observation]:
    """Compute plug-in features in a fresh process, which exposes those that keep state."""
    plugins = tuple(name for name in names if name not in FEATURES)
    if not plugins:
        return
    prices = max(subject.prices, key=len)
    [(_, columns)] = run(_compute_truncated, [plugins], data=subject, engine=engine)
    for name, column in columns.items():
        yield compare_truncated(subject.pipeline.find_feature(name), column, prices)


def _compute_truncated(subject: Subject, names: tuple[str, ...]) -> dict[str, NDArray[np.float64]]:
    prices = max(subject.prices, key=len)
    return compute_truncated(subject.pipeline.find_feature, names, prices, len(prices) // 2)


def _some(cutoffs: Sessions) -> Sessions:
    """Return fewer cutoffs, evenly spread, where each costs forecasts."""
    places = np.linspace(0, len(cutoffs) - 1, _MOST_FORECAST).round().astype(np.intp)
    return cutoffs[np.unique(places)]


def _run_tasks(
    subject: Subject,
    tasks: Sequence[Task],
    cutoffs: Sessions,
    engine: Engine | None,
    on_progress: OnProgress | None,
) -> Iterator[Observation]:
    """Run the tasks; audit the network's forecasts in this process once it is trained."""
    fits: dict[Noise | None, FittedNetwork] = {}
    for done, (task, result) in enumerate(_task_results(subject, tasks, engine), start=1):
        match result:
            case FittedNetwork():
                assert isinstance(task, TrainTask), "only a TrainTask trains"
                fits[task.noise] = result
                if task.noise is None:
                    yield from audit_forecasts(
                        subject, "forecast", predictors_of(result), result.scaler, _some(cutoffs)
                    )
            case tuple():
                yield from result
            case _:
                assert_never(result)
        if on_progress:
            on_progress(done, len(tasks))
    for noise, after in fits.items():
        if noise is not None and None in fits:
            yield compare_trainings(subject, fits[None], after, noise)


def _task_results(
    subject: Subject, tasks: Sequence[Task], engine: Engine | None
) -> Iterator[tuple[Task, FittedNetwork | tuple[Observation, ...]]]:
    if engine is None:
        return ((task, _run_task(subject, task)) for task in tasks)
    return run(_run_task, tasks, data=subject, engine=engine)


def _run_task(subject: Subject, task: Task) -> FittedNetwork | tuple[Observation, ...]:
    """Run a task; an error in plug-in code is an observation, not an error of the audit."""
    try:
        return _dispatch(subject, task)
    except PluginError as error:
        reason = str(error)
    except InputError:
        raise
    except Exception as error:
        if _has_no_plugins(subject):
            raise
        reason = f"{type(error).__name__}: {error}"
    return (replace(_observation_of(task), problem="failed", reason=reason),)


def _has_no_plugins(subject: Subject) -> bool:
    """Return whether the pipeline contains no plug-in code."""
    return (
        subject.pipeline == DEFAULT_PIPELINE
        and not isinstance(subject.experiment.network, Plugin)
        and set(subject.experiment.features) <= set(FEATURES)
    )


def _observation_of(task: Task) -> Observation:
    """Return the observation that names what a task audits."""
    match task:
        case FeatureTask():
            return Observation("feature", task.name)
        case WindowsTask():
            return Observation("market", "windows")
        case BaselinesTask():
            return Observation("baseline", ", ".join(task.names))
        case TrainTask():
            return Observation("training", "training", noise=task.noise)
        case _:
            assert_never(task)


def _dispatch(subject: Subject, task: Task) -> FittedNetwork | tuple[Observation, ...]:
    match task:
        case FeatureTask():
            feature = subject.pipeline.find_feature(task.name)
            return tuple(audit_feature(feature, subject.prices, task.cutoffs))
        case WindowsTask():
            return tuple(audit_windows(subject, task.cutoffs))
        case BaselinesTask():
            return tuple(audit_baselines(subject, task.names, task.cutoffs))
        case TrainTask():
            return retrain(subject, task.noise)
        case _:
            assert_never(task)


def _checks(observations: Sequence[Observation], features: Sequence[str]) -> tuple[Check, ...]:
    """Summarise the observations of each audited item, in the order of the data flow."""
    groups: dict[tuple[Kind, str], list[Observation]] = {}
    for each in observations:
        groups.setdefault((each.kind, each.name), []).append(each)
    kinds = get_args(Kind)
    baselines = [name for each in BASELINES for name in (f"{each}_fit", each)]
    places = {name: place for place, name in enumerate((*features, *PROBES, *baselines))}
    ordered = sorted(groups, key=lambda key: (kinds.index(key[0]), places.get(key[1], len(places))))
    return tuple(_check(kind, name, groups[kind, name]) for kind, name in ordered)


def _check(kind: Kind, name: str, observations: Sequence[Observation]) -> Check:
    order = tuple(NOISES)
    noises = {each.noise for each in observations}
    bad = [each for each in observations if each.problem]
    first = min(
        bad,
        key=lambda each: (
            each.cutoff or date.min,
            order.index(each.noise) if each.noise else 0,
        ),
        default=None,
    )
    return Check(
        name=name,
        kind=kind,
        cutoffs=len({each.cutoff for each in observations if each.cutoff}),
        noises=tuple(each for each in order if each in noises),
        passed=first is None,
        problem=first.problem if first else None,
        first=first.difference if first else None,
        reason=first.reason if first else observations[0].reason,
    )


def _plugins(experiment: Experiment, features: Sequence[str]) -> tuple[str, ...]:
    """Return the packages whose features or network were audited."""
    found = [plugin_features().origins.get(name) for name in features if name not in FEATURES]
    if isinstance(experiment.network, Plugin):
        found.append(plugin_networks().origins.get(experiment.network.name))
    return tuple(sorted({str(each) for each in found if each is not None}))
