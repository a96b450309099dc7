"""Whether a request is of a size that can be done, before it is accepted."""

from collections.abc import Iterator

from pydantic import Field

from pregao.errors import JobTooLargeError
from pregao.jobs._requests import FetchRequest, SearchRequest, SweepRequest, TrainRequest
from pregao.training import Experiment
from pregao.values import Value
from pregao.zoo.networks import find_network


class SizeLimits(Value):
    """What one job may ask for at most."""

    symbols: int = Field(default=500, description="pooled into one network")
    parameters: int = Field(default=20_000_000, description="of one network")
    window_values: int = Field(default=100_000, description="lookback times features")
    batch_values: int = Field(default=20_000_000, description="those of a batch of windows")
    epochs: int = Field(default=1_000, description="of one network")
    trials: int = Field(default=10_000, description="of a search, all networks together")
    networks: int = Field(default=100, description="of a sweep or a search")
    hours: int = Field(default=24, description="of one network's training, by a rough estimate")


LIMITS = SizeLimits()
_SESSIONS = 6_300
"""Of one symbol's history, where nobody has read it yet: twenty-five years."""
_OPERATIONS_A_WEIGHT = 6
"""A multiplication and an addition forwards, and twice that backwards."""
_OPERATIONS_A_SECOND = 2e10
"""Of one core that trains a recurrent network: a laptop of 2020."""


def check_request(
    request: TrainRequest | SweepRequest | SearchRequest | FetchRequest,
    limits: SizeLimits = LIMITS,
) -> None:
    """Refuse what nobody means to ask for.

    Raises
    ------
    JobTooLargeError
        With what was asked for, and the most there may be.
    UnknownNameError
        For a network that does not exist.
    """
    match request:
        case TrainRequest():
            _check(request.experiment, limits)
        case SweepRequest():
            for name in request.networks:
                _check(request.experiment.replace(network=find_network(name)), limits)
            _check(request.experiment, limits)
        case SearchRequest():
            plan = request.search
            _within("trials", plan.num_trials * len(plan.entries), limits.trials)
            _within("networks", len(plan.entries), limits.networks)
            for network in plan.entries.values():
                _check(plan.experiment.replace(network=network), limits)
        case FetchRequest():
            pass


def _check(experiment: Experiment, limits: SizeLimits) -> None:
    for name, found, most in _sizes(experiment, limits):
        _within(name, found, most)


def _sizes(experiment: Experiment, limits: SizeLimits) -> Iterator[tuple[str, int, int]]:
    yield "symbols", len(experiment.symbols), limits.symbols
    yield "epochs", experiment.epochs, limits.epochs
    num_features = len(experiment.features)
    values = experiment.lookback * num_features
    yield "values of a window", values, limits.window_values
    yield "values of a batch", values * experiment.batch_size, limits.batch_values
    yield "parameters", experiment.num_parameters(num_features), limits.parameters
    yield "hours of training, by estimate", estimated_hours(experiment), limits.hours


def estimated_hours(experiment: Experiment) -> int:
    """Guess how long one network takes to train, every epoch of it, from its size alone.

    Weights are used once a session of a window, as recurrent ones are.

    >>> estimated_hours(Experiment(symbols=("PETR4",)))
    0
    """
    weights = experiment.num_parameters(len(experiment.features))
    windows = _SESSIONS * len(experiment.symbols) * experiment.members
    a_window = _OPERATIONS_A_WEIGHT * weights * experiment.lookback
    return int(windows * experiment.epochs * a_window / _OPERATIONS_A_SECOND / 3600)


def _within(name: str, found: int, most: int) -> None:
    if found > most:
        raise JobTooLargeError(name, found, most)
