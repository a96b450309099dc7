"""What training yields, epoch by epoch, as values that need no torch to be read."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pregao.values import Value

State = dict[str, NDArray[np.generic]]
"""The weights by name."""

Outcome = Literal["finished", "stopped early", "diverged"]


class Epoch(Value):
    """The losses of one epoch of `train`; epoch 0 is the untrained network, the anchor."""

    number: int
    train_loss: float
    validation_loss: float
    learning_rate: float
    seconds: float
    is_best: bool


@dataclass(frozen=True, eq=False)
class PartialTraining:
    """The epochs of a training so far, and the checkpoint that continues it."""

    epochs: tuple[Epoch, ...]
    """All so far, the untrained network's first."""
    outcome: Outcome | None
    """None where training can continue."""
    checkpoint: bytes
