"""Whether a request is of a size that can be done, before it is accepted."""

from collections.abc import Iterator

from pydantic import Field

from pregao.errors import JobTooLargeError
from pregao.jobs._requests import FetchRequest, SearchRequest, SweepRequest, TrainRequest
from pregao.training import Experiment
from pregao.values import Value
from pregao.zoo import find_network


class SizeLimits(Value):
    """What one job may ask for at most."""

    symbols: int = Field(default=500)
    parameters: int = Field(default=20_000_000, description="of one network")
    window_values: int = Field(default=100_000, description="lookback times features")
    epochs: int = Field(default=1_000)
    trials: int = Field(default=10_000, description="of a search, all networks together")
    networks: int = Field(default=100)


LIMITS = SizeLimits()


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
    yield "values of a window", experiment.lookback * num_features, limits.window_values
    yield "parameters", experiment.num_parameters(num_features), limits.parameters


def _within(name: str, found: int, most: int) -> None:
    if found > most:
        raise JobTooLargeError(name, found, most)
