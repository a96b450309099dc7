"""The layouts in which reports store a forecaster's result, as JSON has them since the first.

Each is read into an `EvaluatedForecaster`, and written from one, with the same keys in the same
order. The names of the classes are those of the schemas in the OpenAPI document.
"""

from collections.abc import Sequence
from functools import partial
from typing import Annotated, TypeVar

from pydantic import BeforeValidator, PlainSerializer

from pregao.evaluation._results import (
    AgainstNaive,
    AgainstRival,
    EvaluatedForecaster,
    Kind,
    kind_of_candidate,
)
from pregao.scores import Metrics, skill
from pregao.training import Epoch
from pregao.training.search import Plain
from pregao.values import Value

T = TypeVar("T", bound=Value)


class Scored(Value):
    """A forecaster of a comparison."""

    name: str
    metrics: Metrics
    validation_crps: float
    versus_random_walk: AgainstNaive
    versus_best_baseline: AgainstRival


class BaselineScore(Value):
    """A baseline of a report."""

    name: str
    metrics: Metrics
    validation_crps: float
    versus_random_walk: AgainstNaive


class NetworkScore(Value):
    """A network of a report, or an average of some, with its training."""

    network: str
    parameters: int
    metrics: Metrics
    validation_crps: float
    versus_random_walk: AgainstNaive
    versus_best_baseline: AgainstRival
    best_epoch: int
    epochs: tuple[Epoch, ...]
    seconds: float
    best_params: dict[str, Plain] | None = None
    trials: int | None = None
    pruned: int | None = None


def _read_scored(given: object, kind: Kind | None = None) -> object:
    if isinstance(given, EvaluatedForecaster):
        return given
    stored = Scored.model_validate(given)
    return EvaluatedForecaster(kind=kind or kind_of_candidate(stored.name), **dict(stored))


def _read_network(given: object) -> object:
    if isinstance(given, EvaluatedForecaster):
        return given
    fields = dict(NetworkScore.model_validate(given))
    name = fields.pop("network")
    return EvaluatedForecaster(name=name, kind=kind_of_candidate(name), **fields)


def _read_baselines(given: object) -> object:
    """Read the baselines of a report, with the skill of each against the best on validation."""
    if not isinstance(given, Sequence):
        return given
    new = [each for each in given if not isinstance(each, EvaluatedForecaster)]
    stored = [BaselineScore.model_validate(each) for each in new]
    if not stored or len(stored) < len(given):
        return given
    best = min(stored, key=lambda each: each.validation_crps)
    return [
        EvaluatedForecaster(
            kind="baseline",
            versus_best_baseline=AgainstRival(
                name=best.name,
                crps_skill=skill(each.metrics.crps, best.metrics.crps),
                dm_p_value=None,
            ),
            **dict(each),
        )
        for each in stored
    ]


def _scored(forecaster: EvaluatedForecaster) -> Scored:
    return _fields_of(forecaster, Scored)


def _baseline(forecaster: EvaluatedForecaster) -> BaselineScore:
    return _fields_of(forecaster, BaselineScore)


def _network(forecaster: EvaluatedForecaster) -> NetworkScore:
    return _fields_of(forecaster, NetworkScore, network=forecaster.name)


def _fields_of(forecaster: EvaluatedForecaster, layout: type[T], **fields: object) -> T:
    known = {**dict(forecaster), **fields}
    return layout.model_validate({name: known[name] for name in layout.model_fields})


ComparedBaseline = Annotated[
    EvaluatedForecaster,
    BeforeValidator(partial(_read_scored, kind="baseline")),
    PlainSerializer(_scored),
]
"""A baseline of a comparison."""

ComparedCandidate = Annotated[
    EvaluatedForecaster, BeforeValidator(_read_scored), PlainSerializer(_scored)
]
"""A candidate of a comparison."""

RankedCandidate = Annotated[
    EvaluatedForecaster, BeforeValidator(_read_network), PlainSerializer(_network)
]
"""A candidate of a report, with its training."""

ReportedBaselines = Annotated[
    tuple[Annotated[EvaluatedForecaster, PlainSerializer(_baseline)], ...],
    BeforeValidator(_read_baselines),
]
"""The baselines of a report."""
