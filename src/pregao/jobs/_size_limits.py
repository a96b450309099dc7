"""The sizes of a job, checked before it is accepted."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pydantic import Field

from pregao.errors import JobTooLargeError
from pregao.texts import LocalText
from pregao.texts import gettext_lazy as _
from pregao.training import Experiment
from pregao.values import Value


class SizeLimits(Value):
    """The largest sizes that one job may have."""

    symbols: int = Field(default=500, description="pooled into one network")
    parameters: int = Field(default=20_000_000, description="of one network")
    window_values: int = Field(default=100_000, description="lookback times features")
    batch_values: int = Field(default=20_000_000, description="those of a batch of windows")
    epochs: int = Field(default=1_000, description="of one network")
    trials: int = Field(default=10_000, description="of a search, all networks together")
    networks: int = Field(default=100, description="of a sweep or a search")
    hours: int = Field(default=24, description="of one network's training, by a rough estimate")


SIZE_LIMITS = SizeLimits()
_SESSIONS = 6_300
"""Assumed length of a symbol's history that has not been read yet: twenty-five years."""
_OPERATIONS_PER_WEIGHT = 6
"""A multiplication and an addition forwards, and twice that backwards."""
_OPERATIONS_PER_SECOND = 2e10
"""Of one core that trains a recurrent network: a laptop of 2020."""


class Size(NamedTuple):
    """A size of a job beside the largest that is accepted."""

    name: LocalText
    found: int
    most: int


def check_sizes(sizes: Iterable[Size]) -> None:
    """Refuse a job that is larger than any intended one.

    Raises
    ------
    JobTooLargeError
        With the size that was requested, and the largest that is accepted.
    """
    for each in sizes:
        if each.found > each.most:
            raise JobTooLargeError(each.name, each.found, each.most)


def experiment_sizes(experiment: Experiment, limits: SizeLimits) -> Iterator[Size]:
    """Yield the sizes of one network's training."""
    yield Size(_("symbols"), len(experiment.symbols), limits.symbols)
    yield Size(_("epochs"), experiment.epochs, limits.epochs)
    num_features = len(experiment.features)
    values = experiment.lookback * num_features
    yield Size(_("values of a window"), values, limits.window_values)
    yield Size(_("values of a batch"), values * experiment.batch_size, limits.batch_values)
    yield Size(_("parameters"), experiment.num_parameters(num_features), limits.parameters)
    yield Size(_("hours of training, by estimate"), estimated_hours(experiment), limits.hours)


def estimated_hours(experiment: Experiment) -> int:
    """Estimate the hours that one network needs for all its epochs, from its size alone.

    Every weight is assumed to be used once per session of a window, as in a recurrent network.

    >>> estimated_hours(Experiment(symbols=("PETR4",)))
    0
    """
    weights = experiment.num_parameters(len(experiment.features))
    windows = _SESSIONS * len(experiment.symbols) * experiment.members
    per_window = _OPERATIONS_PER_WEIGHT * weights * experiment.lookback
    return int(windows * experiment.epochs * per_window / _OPERATIONS_PER_SECOND / 3600)
