"""Darts: a BlockRNNModel on one series, its network the bare loop's (Darts takes a module)."""

import logging
import sys

import numpy as np
import torch
from _lightning import QUIET, Clock, Encoder
from _worker import BATCH_SIZE, LOOKBACK, NUM_WINDOWS, WIDTHS, Train, serve
from darts import TimeSeries
from darts.models import BlockRNNModel
from darts.models.forecasting.block_rnn_model import CustomBlockRNNModule
from darts.models.forecasting.pl_forecasting_module import (
    PLModuleInput,
    PLModuleOutput,
    io_processor,
)
from torch import nn


class Network(CustomBlockRNNModule):
    """The network of the bare loop, as Darts calls it."""

    def __init__(self, **fields: object) -> None:
        super().__init__(**fields)
        self.encoder = Encoder()
        self.last = nn.Linear(WIDTHS[1], 1)

    @io_processor
    def forward(self, x_in: PLModuleInput) -> PLModuleOutput:
        """Map the past target to the next value."""
        states = self.encoder(x_in.past_target)[0]
        return PLModuleOutput(prediction=self.last(states[:, -1:])[..., None])


def trainer(network: str | type[Network]) -> Train:
    """Fit one model again and again: each fit goes on where the last one ended."""
    clock = Clock()
    model = BlockRNNModel(
        input_chunk_length=LOOKBACK,
        output_chunk_length=1,
        model=network,
        hidden_dim=WIDTHS[0],
        n_rnn_layers=2,
        batch_size=BATCH_SIZE,
        random_state=0,
        pl_trainer_kwargs={**QUIET, "callbacks": [clock]},
    )
    values = np.random.default_rng(0).normal(size=NUM_WINDOWS + LOOKBACK).astype(np.float32)
    series = TimeSeries.from_values(values)

    def train(epochs: int) -> float:
        model.fit(series, epochs=epochs, verbose=False)
        return clock.seconds

    return train


def main() -> None:
    """Offer the same network, and the library's own of equal widths."""
    logging.disable(logging.WARNING)
    torch.set_num_threads(int(sys.argv[1]))
    serve({"64/32": trainer(Network), "64/64": trainer("LSTM")})


if __name__ == "__main__":
    main()
