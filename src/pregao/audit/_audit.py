"""The audit: everything is computed again with other futures, and nothing may move."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from time import perf_counter
from typing import assert_never, get_args

import numpy as np
from numpy.typing import NDArray

from pregao.audit._features import compare_first, examine_feature, first_columns
from pregao.audit._fits import RETRAININGS, compare_trainings, examine_baselines, train_again
from pregao.audit._forecasts import examine_forecasts, voices_of
from pregao.audit._noise import NOISES
from pregao.audit._pipeline import REAL, Pipeline
from pregao.audit._result import Audit, Check, Kind, Noise
from pregao.audit._subject import NUM_SPREAD, Subject, cutoffs_of
from pregao.audit._tracks import Seen
from pregao.audit._windows import PROBES, examine_windows
from pregao.dataset import FEATURES, Feature, plugin_features
from pregao.errors import InputError, PluginError
from pregao.instruments import Sessions, as_date
from pregao.prices import Prices
from pregao.training import Experiment, Fitted
from pregao.training.engines import Engine, run
from pregao.zoo.baselines import BASELINES
from pregao.zoo.networks import Plugin, plugin_networks

OnProgress = Callable[[int, int], None]
"""Told how many pieces of the work are done, and of how many."""

_NUM_CHUNKS = 4
_MOST_FORECAST = 24


@dataclass(frozen=True)
class FeatureTask:
    """Examine one feature."""

    name: str
    cutoffs: Sessions


@dataclass(frozen=True)
class WindowsTask:
    """Cut windows again at some cutoffs."""

    cutoffs: Sessions


@dataclass(frozen=True)
class BaselinesTask:
    """Fit some baselines again, and let them speak."""

    names: tuple[str, ...]
    cutoffs: Sessions


@dataclass(frozen=True)
class TrainTask:
    """Train with another future after validation; None is as it is."""

    noise: Noise | None


Task = FeatureTask | WindowsTask | BaselinesTask | TrainTask


def find_leaks(
    prices: Sequence[Prices],
    experiment: Experiment,
    *,
    features: Sequence[str] = (),
    pipeline: Pipeline = REAL,
    num_spread: int = NUM_SPREAD,
    engine: Engine | None = None,
    on_progress: OnProgress | None = None,
) -> Audit:
    """Replace what comes after many cutoffs by noise, and compare all that is known at them.

    Every feature, the market's returns and sigma, the split, the scaler, the scaled inputs, the
    targets, the anchor, each baseline and the trained network must be, bit for bit, what they were;
    the targets must change with what comes after their cutoff. A network is trained again with
    another future after the validation part: if that gives other weights, its training sees the
    test part. Of an ensemble the first member stands for all.

    Parameters
    ----------
    features
        More features to examine beside those of the experiment, by name.
    pipeline
        Another pipeline than Pregao's own.
    num_spread
        Cutoffs evenly over the history, beside those at the borders of parts and in unusual
        sessions.
    engine
        Where the work is done; None is here, one piece after the other.

    Raises
    ------
    HistoryTooShortError, SplitError
        If the prices do not hold the experiment's windows.
    UnknownNameError
        For a feature that does not exist.
    """
    started = perf_counter()
    subject = Subject.of(prices, experiment, pipeline)
    names = _names(subject, features)
    tasks: list[Task]
    try:
        data = subject.dataset()
    except PluginError as error:
        cutoffs = _spread(subject, num_spread)
        tasks = [FeatureTask(name, cutoffs) for name in names]
        seen = [*_examined(subject, tasks, cutoffs, engine, on_progress)]
        seen.append(Seen("market", "windows", problem="failed", reason=str(error)))
    else:
        cutoffs = cutoffs_of(subject.prices, data, num_spread)
        tasks = _tasks(subject, names, cutoffs)
        seen = [*_examined(subject, tasks, cutoffs, engine, on_progress)]
    if engine is not None:
        seen += _remembering(subject, names, engine)
    return Audit(
        experiment=subject.experiment,
        sessions=sum(len(each) for each in prices),
        cutoffs=tuple(as_date(each) for each in cutoffs),
        checks=_checks(seen, names),
        plugins=_plugins(subject.experiment, names),
        seconds=perf_counter() - started,
    )


def find_leaks_in_features(
    features: Sequence[Feature], prices: Sequence[Prices]
) -> tuple[Check, ...]:
    """Examine features alone: what a test of one's own feature calls.

    >>> from pregao.dataset import FEATURES
    >>> from pregao.testing import synthetic_prices
    >>> [check] = find_leaks_in_features([FEATURES["return"]], [synthetic_prices(sessions=200)])
    >>> check.passed
    True
    """
    named = {each.name: each for each in features}
    longest = max(prices, key=len).sessions
    cutoffs = longest[np.linspace(0, len(longest) - 2, 26).astype(np.intp)]
    seen = [each for feature in features for each in examine_feature(feature, prices, cutoffs)]
    return _checks(seen, tuple(named))


def _names(subject: Subject, features: Sequence[str]) -> tuple[str, ...]:
    """Return the features to examine: those that can be computed from these prices."""
    names = dict.fromkeys((*subject.experiment.features, *features))
    bars = [each.bars for each in subject.prices]
    booked = all(each.best_bid is not None and each.best_ask is not None for each in bars)
    find = subject.pipeline.find_feature
    return tuple(name for name in names if booked or not find(name).needs_order_book)


def _spread(subject: Subject, count: int) -> Sessions:
    sessions = max(subject.prices, key=len).sessions
    return sessions[np.linspace(0, len(sessions) - 2, count).round().astype(np.intp)]


def _tasks(subject: Subject, names: Sequence[str], cutoffs: Sessions) -> list[Task]:
    """Return the pieces of the work, the longest first."""
    baselines = tuple(subject.pipeline.baselines)
    chunks = [baselines[start::2] for start in range(2) if baselines[start::2]]
    return [
        TrainTask(None),
        *(BaselinesTask(each, _some(cutoffs)) for each in chunks),
        *(TrainTask(noise) for noise in RETRAININGS),
        *(WindowsTask(cutoffs[start::_NUM_CHUNKS]) for start in range(_NUM_CHUNKS)),
        *(FeatureTask(name, cutoffs) for name in names),
    ]


def _remembering(subject: Subject, names: Sequence[str], engine: Engine) -> Iterator[Seen]:
    """Compute the features of others where nothing else was computed before."""
    others = tuple(name for name in names if name not in FEATURES)
    if not others:
        return
    prices = max(subject.prices, key=len)
    [(_, columns)] = run(_first_columns, [others], data=subject, engine=engine)
    for name, column in columns.items():
        yield compare_first(subject.pipeline.find_feature(name), column, prices)


def _first_columns(subject: Subject, names: tuple[str, ...]) -> dict[str, NDArray[np.float64]]:
    prices = max(subject.prices, key=len)
    return first_columns(subject.pipeline.find_feature, names, prices, len(prices) // 2)


def _some(cutoffs: Sessions) -> Sessions:
    """Take fewer cutoffs where each costs forecasts: what was fitted knows of no borders."""
    places = np.linspace(0, len(cutoffs) - 1, _MOST_FORECAST).round().astype(np.intp)
    return cutoffs[np.unique(places)]


def _examined(
    subject: Subject,
    tasks: Sequence[Task],
    cutoffs: Sessions,
    engine: Engine | None,
    on_progress: OnProgress | None,
) -> Iterator[Seen]:
    """Do the work; the network speaks in this process as soon as it is trained."""
    fits: dict[Noise | None, Fitted] = {}
    for done, (task, result) in enumerate(_results(subject, tasks, engine), start=1):
        match result:
            case Fitted():
                assert isinstance(task, TrainTask), "nothing else trains"
                fits[task.noise] = result
                if task.noise is None:
                    yield from examine_forecasts(
                        subject, "forecast", voices_of(result), result.scaler, _some(cutoffs)
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


def _results(
    subject: Subject, tasks: Sequence[Task], engine: Engine | None
) -> Iterator[tuple[Task, Fitted | tuple[Seen, ...]]]:
    if engine is None:
        return ((task, _work(subject, task)) for task in tasks)
    return run(_work, tasks, data=subject, engine=engine)


def _work(subject: Subject, task: Task) -> Fitted | tuple[Seen, ...]:
    """Do a piece of the work; what fails in the code of others is something seen."""
    try:
        return _done(subject, task)
    except PluginError as error:
        reason = str(error)
    except InputError:
        raise
    except Exception as error:
        if _is_ours(subject):
            raise
        reason = f"{type(error).__name__}: {error}"
    return (replace(_subject_of(task), problem="failed", reason=reason),)


def _is_ours(subject: Subject) -> bool:
    """Return whether no code of others is in the pipeline."""
    return (
        subject.pipeline == REAL
        and not isinstance(subject.experiment.network, Plugin)
        and set(subject.experiment.features) <= set(FEATURES)
    )


def _subject_of(task: Task) -> Seen:
    """Say what a piece of the work is about."""
    match task:
        case FeatureTask():
            return Seen("feature", task.name)
        case WindowsTask():
            return Seen("market", "windows")
        case BaselinesTask():
            return Seen("baseline", ", ".join(task.names))
        case TrainTask():
            return Seen("training", "training", noise=task.noise)
        case _:
            assert_never(task)


def _done(subject: Subject, task: Task) -> Fitted | tuple[Seen, ...]:
    match task:
        case FeatureTask():
            feature = subject.pipeline.find_feature(task.name)
            return tuple(examine_feature(feature, subject.prices, task.cutoffs))
        case WindowsTask():
            return tuple(examine_windows(subject, task.cutoffs))
        case BaselinesTask():
            return tuple(examine_baselines(subject, task.names, task.cutoffs))
        case TrainTask():
            return train_again(subject, task.noise)
        case _:
            assert_never(task)


def _checks(seen: Sequence[Seen], features: Sequence[str]) -> tuple[Check, ...]:
    """Sum up what was seen of each thing, in the order in which data flows."""
    groups: dict[tuple[Kind, str], list[Seen]] = {}
    for each in seen:
        groups.setdefault((each.kind, each.name), []).append(each)
    kinds = get_args(Kind)
    baselines = [name for each in BASELINES for name in (f"{each}_fit", each)]
    places = {name: place for place, name in enumerate((*features, *PROBES, *baselines))}
    ordered = sorted(groups, key=lambda key: (kinds.index(key[0]), places.get(key[1], len(places))))
    return tuple(_check(kind, name, groups[kind, name]) for kind, name in ordered)


def _check(kind: Kind, name: str, seen: Sequence[Seen]) -> Check:
    order = tuple(NOISES)
    noises = {each.noise for each in seen}
    bad = [each for each in seen if each.problem]
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
        cutoffs=len({each.cutoff for each in seen if each.cutoff}),
        noises=tuple(each for each in order if each in noises),
        passed=first is None,
        problem=first.problem if first else None,
        first=first.difference if first else None,
        reason=first.reason if first else seen[0].reason,
    )


def _plugins(experiment: Experiment, features: Sequence[str]) -> tuple[str, ...]:
    """Name the packages whose features or network were audited."""
    found = [plugin_features().origins.get(name) for name in features if name not in FEATURES]
    if isinstance(experiment.network, Plugin):
        found.append(plugin_networks().origins.get(experiment.network.name))
    return tuple(sorted({str(each) for each in found if each is not None}))
