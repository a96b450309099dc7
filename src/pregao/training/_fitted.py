"""A trained network as a value that needs no torch until it forecasts."""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pregao.dataset import Borders, Scaler
from pregao.findings import Finding
from pregao.training._epochs import Epoch, Outcome, State
from pregao.training._experiment import Experiment
from pregao.values import bilingual
from pregao.zoo.baselines import History

OVERFIT_RISE = 0.02
"""How far validation may rise above its best while the training loss still falls."""


@dataclass(frozen=True, eq=False)
class FittedNetwork:
    """A trained network with all that a forecast needs: the scaler, the anchor, the weights."""

    experiment: Experiment
    scaler: Scaler
    borders: Borders
    """The ends of its training and validation parts: it may be scored on later windows."""
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
        """The findings about the learning curve."""
        return tuple(_findings(self))

    def quantiles(self, past: History) -> NDArray[np.float64]:
        """Forecast (n, horizon, levels) quantiles of the cumulative log return."""
        from pregao.training._prediction import forecast

        return forecast(self.experiment, self.scaler, self.anchor, self.state, past)

    def action_probabilities(self, past: History) -> NDArray[np.float64]:
        """Return (n, 3) probabilities of `ACTIONS`; only for an experiment with actions."""
        assert self.experiment.actions is not None, "trained with actions"
        from pregao.training._prediction import action_probabilities

        return action_probabilities(self.experiment, self.scaler, self.anchor, self.state, past)


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
    # A validation part whose price does not move can be forecast without any loss.
    rise = last.validation_loss / best.validation_loss - 1 if best.validation_loss > 0 else 0.0
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
