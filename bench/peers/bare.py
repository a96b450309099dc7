"""The plain PyTorch loop that the others are held to: no clipping, no average, no validation."""

import sys

import torch
from _worker import BATCH_SIZE, LOOKBACK, NUM_WINDOWS, WIDTHS, clock, serve
from torch import Tensor, nn


class Network(nn.Module):
    """Two LSTM layers and a linear one on the newest step."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.LSTM(1, WIDTHS[0], batch_first=True)
        self.second = nn.LSTM(*WIDTHS, batch_first=True)
        self.last = nn.Linear(WIDTHS[1], 1)

    def forward(self, x: Tensor) -> Tensor:
        """Map (batch, time, 1) to (batch, 1)."""
        states: Tensor = self.second(self.first(x)[0])[0]
        out: Tensor = self.last(states[:, -1])
        return out


def main() -> None:
    """Train as fast as a plain loop can."""
    torch.set_num_threads(int(sys.argv[1]))
    windows, targets = torch.randn(NUM_WINDOWS, LOOKBACK, 1), torch.randn(NUM_WINDOWS, 1)
    network = Network()
    optimiser = torch.optim.Adam(network.parameters(), fused=True)

    def train(epochs: int) -> float:
        started = clock()
        for _ in range(epochs):
            for batch in torch.randperm(NUM_WINDOWS).split(BATCH_SIZE):
                optimiser.zero_grad(set_to_none=True)
                loss = nn.functional.mse_loss(network(windows[batch]), targets[batch])
                loss.backward()
                optimiser.step()
        return clock() - started

    serve({"LSTM": train})


if __name__ == "__main__":
    main()
