"""What Darts and neuralforecast share: both train with PyTorch Lightning."""

from typing import Any

from _worker import WIDTHS, clock
from pytorch_lightning import Callback, LightningModule, Trainer
from torch import Tensor, nn

QUIET: dict[str, Any] = {
    "accelerator": "cpu",
    "devices": 1,
    "logger": False,
    "enable_checkpointing": False,
    "enable_progress_bar": False,
    "enable_model_summary": False,
}
"""Nothing that costs time and is no training."""


class Clock(Callback):
    """Measures from the first batch of a training to its end, without what Lightning sets up."""

    def __init__(self) -> None:
        self.started = self.seconds = 0.0

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:  # noqa: ARG002 - Lightning's hook
        """Start."""
        self.started = clock()

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:  # noqa: ARG002 - Lightning's hook
        """Stop."""
        self.seconds = clock() - self.started


class Encoder(nn.Module):
    """Two LSTM layers of their own widths; in a library's own model all are equally wide."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.LSTM(1, WIDTHS[0], batch_first=True)
        self.second = nn.LSTM(*WIDTHS, batch_first=True)

    def forward(self, x: Tensor, state: None = None) -> tuple[Tensor, tuple[Tensor, Tensor]]:  # noqa: ARG002 - called like nn.LSTM
        """Map (batch, time, 1) to (batch, time, 32), as `nn.LSTM` does."""
        found: tuple[Tensor, tuple[Tensor, Tensor]] = self.second(self.first(x)[0])
        return found
