"""What training yields and returns, as values that need no torch to be read."""

import hashlib
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pregao.dataset import Borders, Scaler
from pregao.findings import Finding
from pregao.training._experiment import Experiment
from pregao.values import Value, bilingual
from pregao.zoo.baselines import History

State = dict[str, NDArray[np.generic]]
"""The weights by name."""

Outcome = Literal["finished", "stopped early", "diverged"]

OVERFIT_RISE = 0.02
"""How far validation may rise above its best while the training loss still falls."""


class Epoch(Value):
    """What one epoch of `train` found; epoch 0 is the untrained network, the anchor."""

    number: int
    train_loss: float
    validation_loss: float
    learning_rate: float
    seconds: float
    is_best: bool


@dataclass(frozen=True, eq=False)
class PartialTraining:
    """How far a training went, and what it needs to go on."""

    epochs: tuple[Epoch, ...]
    """All so far, the untrained one first."""
    outcome: Outcome | None
    """None where it could go on."""
    checkpoint: bytes


@dataclass(frozen=True, eq=False)
class FittedNetwork:
    """A trained network with all it needs to forecast: the scaler, the anchor, the weights."""

    experiment: Experiment
    scaler: Scaler
    borders: Borders
    """Where its training and validation parts end: it may be scored on what comes after."""
    anchor: NDArray[np.float32]
    """(horizon, levels) in units of sigma_t sqrt(h)."""
    state: State
    epochs: tuple[Epoch, ...]
    outcome: Outcome
    seconds: float

    @property
    def best_epoch(self) -> int:
        """The epoch whose weights were kept; 0 means that nothing beat the anchor."""
        return next(each.number for each in reversed(self.epochs) if each.is_best)

    @property
    def digest(self) -> str:
        """SHA-256 of the weights, first 16 hex digits."""
        content = hashlib.sha256()
        for name in sorted(self.state):
            content.update(name.encode() + self.state[name].tobytes())
        return content.hexdigest()[:16]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the learning curve says."""
        return tuple(_findings(self))

    def quantiles(self, past: History) -> NDArray[np.float64]:
        """Forecast (n, horizon, levels) quantiles of the cumulative log return."""
        from pregao.training._train import forecast

        return forecast(self, past)

    def action_probabilities(self, past: History) -> NDArray[np.float64]:
        """Give (n, 3) probabilities of `ACTIONS`; for an experiment with actions alone."""
        assert self.experiment.actions is not None, "it was taught actions"
        from pregao.training._train import action_probabilities

        return action_probabilities(self, past)


def _findings(fitted: FittedNetwork) -> list[Finding]:
    findings = []
    if fitted.outcome == "diverged":
        findings.append(
            Finding.from_code(
                "LRN003",
                bilingual(
                    "the loss stopped being finite after epoch {last}; epoch {best} was kept",
                    last=fitted.epochs[-1].number,
                    best=fitted.best_epoch,
                ),
            )
        )
    if fitted.best_epoch == 0 and len(fitted.epochs) > 1:
        findings.append(
            Finding.from_code(
                "LRN002",
                bilingual(
                    "none of {epochs} epochs beat the untrained network, which is the anchor where "
                    "there is one, on validation",
                    epochs=len(fitted.epochs) - 1,
                ),
            )
        )
    last = fitted.epochs[-1]
    best = fitted.epochs[fitted.best_epoch]
    rise = last.validation_loss / best.validation_loss - 1
    if last.train_loss < best.train_loss and rise > OVERFIT_RISE:
        findings.append(
            Finding.from_code(
                "LRN001",
                bilingual(
                    "after epoch {best} the training loss fell and the validation loss rose by "
                    "{rise:.1f} %",
                    best=best.number,
                    rise=100 * rise,
                ),
            )
        )
    return findings
