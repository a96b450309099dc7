"""The torch module of the mixer."""

import torch
from torch import Tensor, nn


class Mixer(nn.Module):
    """Mix each feature over time, then everything: (batch, lookback, features) to (batch, width).

    Every window is mapped by itself. A module that mixed the windows of a batch would forecast
    otherwise for a single window; `pregao audit` detects that.
    """

    def __init__(self, width: int, *, num_features: int, lookback: int, dropout: float) -> None:
        super().__init__()
        self.over_time = nn.Linear(lookback, width)
        self.over_features = nn.Linear(num_features * width, width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        """Map windows (batch, lookback, features) to (batch, width)."""
        mixed = torch.tanh(self.over_time(x.mT)).flatten(1)
        out: Tensor = self.dropout(torch.tanh(self.over_features(mixed)))
        return out
