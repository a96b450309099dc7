"""How a search chooses its trials: all combinations, by chance, or by what came of earlier ones."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol, assert_never

import numpy as np

from pregao.training.search._space import Choices, Knob, Params, Range, Space

if TYPE_CHECKING:
    from optuna import Study
    from optuna.distributions import BaseDistribution
    from optuna.samplers import BaseSampler
    from optuna.trial import Trial

StrategyName = Literal["grid", "random", "bayesian"]

_NUM_AT_CHANCE = 10
_NUM_IN_A_GENERATION = 5
_NUM_CANDIDATES = 24


@dataclass(frozen=True)
class Verdict:
    """What came of a trial, as a sampler learns from it."""

    loss: float | None
    """None if there is none: the worst there is."""
    num_epochs: int
    is_complete: bool
    """Whether it was trained to its end."""


class Proposer(Protocol):
    """Chooses what to try next."""

    def ask(self, count: int) -> list[Params]:
        """Return the parameters of the next trials."""

    def tell(self, number: int, verdict: Verdict) -> None:
        """Learn what came of a trial; all of a generation are told before the next is asked."""


@dataclass(frozen=True)
class Strategy:
    """One way of choosing."""

    description: str
    default_trials: int | None
    """None is all combinations."""
    takes_ranges: bool
    generations: Callable[[int], list[int]]
    """How many trials are asked for at a time; each generation knows what came of all before."""
    proposer: Callable[[Space, int | None, int], Proposer]
    """Called with the space, the trials asked for (None: not limited) and the seed."""

    def num_trials(self, space: Space, proposed: int | None) -> int | None:
        """Return the number of trials; None for an unlimited search."""
        if self.default_trials is not None:
            return self.default_trials if proposed is None else proposed
        everything = space.num_combinations
        return everything if proposed is None or everything is None else min(proposed, everything)


class _Grid:
    """The product of all knobs in its order, or a part of it drawn without replacement."""

    def __init__(self, space: Space, proposed: int | None, seed: int) -> None:
        values = {name: _values(knob) for name, knob in space.knobs.items()}
        shape = [len(each) for each in values.values()]
        total = int(np.prod(shape))
        places = (
            np.arange(total)
            if proposed is None
            else np.random.default_rng(seed).choice(total, size=min(proposed, total), replace=False)
        )
        indices = zip(*np.unravel_index(places, shape), strict=True)
        self._rest: Iterator[Params] = (
            {name: each[i] for (name, each), i in zip(values.items(), index, strict=True)}
            for index in indices
        )

    def ask(self, count: int) -> list[Params]:
        return [next(self._rest) for _ in range(count)]

    def tell(self, number: int, verdict: Verdict) -> None:
        """Learn nothing: what comes next was decided before the first trial."""


class _Sampled:
    """A sampler of Optuna behind ask and tell, in memory: the ledger is what lasts."""

    def __init__(self, space: Space, sampler: "BaseSampler") -> None:
        import optuna

        self._knobs = space.knobs
        self._distributions = {name: _distribution(each) for name, each in space.knobs.items()}
        self._trials: list[Trial] = []
        with _quiet():
            self._study: Study = optuna.create_study(
                storage=optuna.storages.InMemoryStorage(),
                sampler=sampler,
                pruner=optuna.pruners.NopPruner(),
                study_name="search",
                direction="minimize",
            )

    def ask(self, count: int) -> list[Params]:
        trials = [self._study.ask(self._distributions) for _ in range(count)]
        self._trials += trials
        return [self._params(each) for each in trials]

    def tell(self, number: int, verdict: Verdict) -> None:
        from optuna.trial import TrialState

        trial = self._trials[number]
        if verdict.loss is None:
            # Pruned before any report is what the sampler ranks last.
            self._study.tell(trial, state=TrialState.PRUNED)
        elif verdict.is_complete:
            self._study.tell(trial, verdict.loss, state=TrialState.COMPLETE)
        else:
            trial.report(verdict.loss, verdict.num_epochs)
            self._study.tell(trial, state=TrialState.PRUNED)

    def _params(self, trial: "Trial") -> Params:
        return {name: _value(knob, trial.params[name]) for name, knob in self._knobs.items()}


def _values(knob: Knob) -> Sequence[Any]:
    match knob:
        case Choices():
            return knob.values
        case Range():
            assert knob.integer, "a grid over a continuous range is refused before it is made"
            return range(int(knob.low), int(knob.high) + 1)
        case _:
            assert_never(knob)


def _distribution(knob: Knob) -> "BaseDistribution":
    from optuna.distributions import (
        CategoricalDistribution,
        FloatDistribution,
        IntDistribution,
    )

    match knob:
        case Choices() if knob.is_ordered:
            # By rank, a sampler sees that 16 is nearer to 32 than to 128.
            return IntDistribution(0, len(knob.values) - 1)
        case Choices():
            return CategoricalDistribution(tuple(range(len(knob.values))))
        case Range() if knob.integer:
            return IntDistribution(int(knob.low), int(knob.high), log=knob.log)
        case Range():
            return FloatDistribution(knob.low, knob.high, log=knob.log)
        case _:
            assert_never(knob)


def _value(knob: Knob, drawn: Any) -> Any:
    return knob.values[drawn] if isinstance(knob, Choices) else drawn


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Optuna from announcing a study, and leave its log level as it was."""
    import optuna

    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        yield
    finally:
        optuna.logging.set_verbosity(before)


def _random(space: Space, _proposed: int | None, seed: int) -> Proposer:
    from optuna.samplers import RandomSampler

    return _Sampled(space, RandomSampler(seed=seed))


def _bayesian(space: Space, _proposed: int | None, seed: int) -> Proposer:
    """Make a tree-structured Parzen estimator (Bergstra et al., 2011) over all knobs at once."""
    from optuna.samplers import TPESampler

    # All that a release may change by default is said here.
    sampler = TPESampler(
        n_startup_trials=_NUM_AT_CHANCE,
        n_ei_candidates=_NUM_CANDIDATES,
        seed=seed,
        multivariate=True,
        group=False,
        constant_liar=True,
    )
    return _Sampled(space, sampler)


def _at_once(num_trials: int) -> list[int]:
    return [num_trials]


def _in_generations(num_trials: int) -> list[int]:
    ends = list(range(_NUM_AT_CHANCE, num_trials, _NUM_IN_A_GENERATION))
    starts = [0, *ends]
    return [end - start for start, end in zip(starts, [*ends, num_trials], strict=True)]


STRATEGIES: dict[StrategyName, Strategy] = {
    "grid": Strategy("every combination, or a part of them drawn", None, False, _at_once, _Grid),
    "random": Strategy("combinations drawn by chance", 20, True, _at_once, _random),
    "bayesian": Strategy(
        "learns from each generation of trials what to try next (TPE)",
        20,
        True,
        _in_generations,
        _bayesian,
    ),
}
