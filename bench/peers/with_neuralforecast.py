"""Neuralforecast: its LSTM on one series, its encoder and decoder the bare loop's.

A step of it samples `windows_batch_size` windows out of `batch_size` series; here 32 of one.
"""

import logging
import sys
import warnings

import numpy as np
import pandas as pd
import torch
from _lightning import QUIET, Clock, Encoder
from _worker import BATCH_SIZE, LOOKBACK, NUM_WINDOWS, WIDTHS, Train, serve
from neuralforecast.losses.pytorch import MSE
from neuralforecast.models import LSTM
from neuralforecast.tsdataset import TimeSeriesDataset

STEPS = -(-NUM_WINDOWS // BATCH_SIZE)


def trainer(*, own_network: bool) -> Train:
    """Fit a fresh model each time: the number of steps belongs to the model."""
    values = np.random.default_rng(0).normal(size=NUM_WINDOWS + LOOKBACK).astype(np.float32)
    sessions = pd.date_range("2010-01-01", periods=len(values))
    frame = pd.DataFrame({"unique_id": "one", "ds": sessions, "y": values})
    dataset = TimeSeriesDataset.from_df(frame)[0]

    def train(epochs: int) -> float:
        clock = Clock()
        steps = epochs * STEPS
        model = LSTM(
            h=1,
            input_size=LOOKBACK,
            encoder_n_layers=2,
            encoder_hidden_size=WIDTHS[0] if own_network else WIDTHS[1],
            decoder_layers=1,
            loss=MSE(),
            max_steps=steps,
            val_check_steps=steps,
            batch_size=1,
            windows_batch_size=BATCH_SIZE,
            scaler_type="identity",
            callbacks=[clock],
            **QUIET,
        )
        if not own_network:
            model.hist_encoder = Encoder()
        model.fit(dataset)
        return clock.seconds

    return train


def main() -> None:
    """Offer the same network, and the library's own of equal widths."""
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    torch.set_num_threads(int(sys.argv[1]))
    serve({"64/32": trainer(own_network=False), "64/64": trainer(own_network=True)})


if __name__ == "__main__":
    main()
