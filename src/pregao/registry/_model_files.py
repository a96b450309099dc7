"""The JSON file of a trained model, beside its weights."""

from typing import Self

import numpy as np
from pydantic import Field

from pregao.dataset import Borders, Scaler
from pregao.training import (
    Combination,
    Ensemble,
    Epoch,
    Experiment,
    FittedNetwork,
    Model,
    Outcome,
    State,
    model_members,
)
from pregao.values import Value


class Member(Value):
    """A network's scaler, anchor and learning curve; its weights are in another file."""

    experiment: Experiment
    weight: float
    scaler: Scaler
    borders: Borders
    anchor: tuple[tuple[float, ...], ...]
    epochs: tuple[Epoch, ...]
    outcome: Outcome
    seconds: float

    @classmethod
    def of(cls, fitted: FittedNetwork, weight: float) -> Self:
        """Describe a network of an ensemble, or a single network."""
        return cls(
            experiment=fitted.experiment,
            weight=weight,
            scaler=fitted.scaler,
            borders=fitted.borders,
            anchor=tuple(tuple(row) for row in fitted.anchor.astype(float).tolist()),
            epochs=fitted.epochs,
            outcome=fitted.outcome,
            seconds=fitted.seconds,
        )

    def fitted(self, state: State) -> FittedNetwork:
        """Return the network with its weights."""
        return FittedNetwork(
            experiment=self.experiment,
            scaler=self.scaler,
            borders=self.borders,
            anchor=np.array(self.anchor, np.float32),
            state=state,
            epochs=self.epochs,
            outcome=self.outcome,
            seconds=self.seconds,
        )


class Learning(Value):
    """A trained model: a network, or an ensemble of several."""

    combination: Combination
    members: tuple[Member, ...] = Field(min_length=1)

    @classmethod
    def of(cls, model: Model) -> Self:
        """Describe a network or an ensemble."""
        if isinstance(model, FittedNetwork):
            return cls(combination="uniform", members=(Member.of(model, 1.0),))
        pairs = zip(model.members, model.weights, strict=True)
        return cls(
            combination=model.combination,
            members=tuple(Member.of(fitted, weight) for fitted, weight in pairs),
        )

    def model(self, state: State) -> Model:
        """Return the network or the ensemble with its weights."""
        fitted = tuple(
            member.fitted(_under(number, state)) for number, member in enumerate(self.members)
        )
        if len(fitted) == 1:
            return fitted[0]
        return Ensemble(fitted, tuple(each.weight for each in self.members), self.combination)


def state_of(model: Model) -> State:
    """Return the weights of all members in one state, their names prefixed by a number."""
    members = model_members(model)
    return {
        f"{number}/{name}": np.asarray(value)
        for number, member in enumerate(members)
        for name, value in member.state.items()
    }


def _under(number: int, state: State) -> State:
    prefix = f"{number}/"
    return {
        name.removeprefix(prefix): value for name, value in state.items() if name.startswith(prefix)
    }
