"""Several networks as one forecaster: a weighted average of their quantiles."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from pregao.dataset import Borders, Dataset, Scaler, Windows
from pregao.findings import Finding
from pregao.training._epochs import Epoch, Outcome
from pregao.training._experiment import LEVELS, Combination, Experiment
from pregao.training._fitted import FittedNetwork
from pregao.zoo.baselines import Forecaster, History, return_scale

Float = NDArray[np.float64]

# A few weights are settled by a few thousand windows; more would only take memory.
_MOST_WINDOWS = 4_096
_LEAST_WEIGHT = 1e-3


@dataclass(frozen=True, eq=False)
class Average:
    """Forecasters whose quantiles are averaged level by level."""

    forecasters: tuple[Forecaster, ...]
    weights: tuple[float, ...]

    def quantiles(self, past: History) -> Float:
        """Forecast (n, horizon, levels) quantiles of the cumulative log return."""
        first, *rest = zip(self.forecasters, self.weights, strict=True)
        total = first[0].quantiles(past) * first[1]
        for forecaster, weight in rest:
            total += forecaster.quantiles(past) * weight
        return total


@dataclass(frozen=True, eq=False)
class Ensemble:
    """Networks whose quantiles are averaged level by level, the best on validation first.

    Averaging quantiles keeps the shape of the members' distributions, where averaging
    probabilities would widen it (Lichtendahl, Grushka-Cockayne and Winkler, 2013, Is it better to
    average probabilities or quantiles?).
    """

    members: tuple[FittedNetwork, ...]
    weights: tuple[float, ...]
    combination: Combination

    def __post_init__(self) -> None:
        assert len(self.members) == len(self.weights) > 0, "a weight a member"
        assert len({each.scaler for each in self.members}) == 1, "members read the same windows"

    @property
    def experiment(self) -> Experiment:
        """The experiment of the best member."""
        return self.members[0].experiment

    @property
    def scaler(self) -> Scaler:
        """The scaler, which all members share."""
        return self.members[0].scaler

    @property
    def borders(self) -> Borders:
        """Where training and validation end."""
        return self.members[0].borders

    @property
    def epochs(self) -> tuple[Epoch, ...]:
        """The epochs of the best member."""
        return self.members[0].epochs

    @property
    def best_epoch(self) -> int:
        """The epoch that the best member kept."""
        return self.members[0].best_epoch

    @property
    def outcome(self) -> Outcome:
        """How the best member's training ended."""
        return self.members[0].outcome

    @property
    def seconds(self) -> float:
        """What training all members took."""
        return sum(each.seconds for each in self.members)

    @property
    def digest(self) -> str:
        """SHA-256 of all weights, first 16 hex digits."""
        content = "|".join([*(each.digest for each in self.members), *map(repr, self.weights)])
        return hashlib.sha256(content.encode()).hexdigest()[:16]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the learning curves say."""
        return tuple(finding for each in self.members for finding in each.findings)

    def quantiles(self, past: History) -> Float:
        """Forecast (n, horizon, levels) quantiles of the cumulative log return."""
        return Average(self.members, self.weights).quantiles(past)

    def with_forecasters(self, requested: Mapping[str, Forecaster]) -> "Average":
        """Replace the members' forecasters by others, by digest, such as cached ones."""
        return Average(tuple(requested[each.digest] for each in self.members), self.weights)

    def action_probabilities(self, past: History) -> Float:
        """Return (n, 3) probabilities of `ACTIONS`, averaged as the quantiles are."""
        predicted = [each.action_probabilities(past) for each in self.members]
        return np.tensordot(np.array(self.weights), np.stack(predicted), axes=1)


Model = FittedNetwork | Ensemble
"""What an experiment becomes."""


def model_members(model: Model) -> tuple[FittedNetwork, ...]:
    """Return the networks of a model: itself, or the members of an ensemble."""
    return (model,) if isinstance(model, FittedNetwork) else model.members


def combine(
    members: Sequence[FittedNetwork],
    dataset: Dataset,
    combination: Combination,
    *,
    requested: Mapping[str, Forecaster] | None = None,
) -> Ensemble:
    """Average trained networks, weighted by what the validation part says.

    Parameters
    ----------
    asked
        Who answers for a member, by its digest, such as one that remembers what it said.
    combination
        ``uniform`` weighs all alike; ``weighted`` weighs each by what it saves of the loss of its
        untrained self, the anchor; ``stacked`` fits weights that are not negative and sum to 1 to
        the CRPS of the average (Wolpert, 1992, Stacked generalization). A stacked ensemble has
        seen the validation part once more than its members, if only with a few weights.
    """
    ordered = sorted(members, key=_best_loss)
    match combination:
        case "uniform":
            weights = np.full(len(ordered), 1 / len(ordered))
        case "weighted":
            weights = _by_gain(ordered)
        case "stacked":
            answering = requested or {}
            forecasters = [answering.get(each.digest, each) for each in ordered]
            weights = _stacked(forecasters, dataset.validation)
        case _:
            assert_never(combination)
    kept = weights >= _LEAST_WEIGHT
    weights = weights[kept] / weights[kept].sum()
    chosen = [each for each, keep in zip(ordered, kept, strict=True) if keep]
    return Ensemble(tuple(chosen), tuple(weights.tolist()), combination)


def _best_loss(fitted: FittedNetwork) -> float:
    return fitted.epochs[fitted.best_epoch].validation_loss


def _by_gain(members: Sequence[FittedNetwork]) -> Float:
    gains = np.array([m.epochs[0].validation_loss - _best_loss(m) for m in members])
    gains = np.maximum(gains, 0.0)
    return gains / gains.sum() if gains.sum() > 0 else np.full(len(members), 1 / len(members))


def _stacked(members: Sequence[Forecaster], validation: Windows) -> Float:
    """Minimise the validation CRPS of the average over the simplex; it is convex."""
    from scipy.optimize import minimize

    from pregao.training._head import crps_weights

    every = -(-len(validation) // _MOST_WINDOWS)
    windows = validation.take(np.arange(0, len(validation), every))
    scale = return_scale(windows)[..., None]
    predicted = np.stack([(each.quantiles(windows) / scale).astype(np.float32) for each in members])
    targets = windows.targets[..., None].astype(np.float32)
    levels = np.array(LEVELS, np.float32)
    share = crps_weights().numpy()

    def loss(weights: Float) -> tuple[float, Float]:
        error = targets - np.tensordot(weights.astype(np.float32), predicted, axes=1)
        slope = np.where(error >= 0, levels, levels - 1) * share
        total = float((error * slope).sum())
        gradient = -np.array([float((each * slope).sum()) for each in predicted])
        return total / targets.size, gradient / targets.size

    start = np.full(len(members), 1 / len(members))
    found = minimize(
        loss,
        start,
        jac=True,
        method="SLSQP",
        bounds=[(0, 1)] * len(members),
        constraints={
            "type": "eq",
            "fun": lambda weights: weights.sum() - 1,
            "jac": np.ones_like,
        },
    )
    weights = np.clip(found.x, 0, None)
    better = np.isfinite(weights).all() and loss(weights / weights.sum())[0] <= loss(start)[0]
    return weights / weights.sum() if better else start


def member_experiments(experiment: Experiment) -> Iterator[Experiment]:
    """Return the experiments of an ensemble's members: the same, with following seeds."""
    for number in range(experiment.members):
        yield experiment.replace(seed=(experiment.seed + number) % 2**32, members=1)
