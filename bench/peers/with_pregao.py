"""Pregao's own training: clipping, the average of the weights and early stopping included."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from _worker import BATCH_SIZE, LOOKBACK, NUM_WINDOWS, WIDTHS, Train, clock, serve

from pregao.dataset import Dataset, make_dataset
from pregao.instruments import Symbol
from pregao.prices import PROVIDERS, validate_download
from pregao.training import Experiment, train

NUM_VALIDATION_WINDOWS = 321
"""A validation part of 15 % beside a training part of 70 %."""


def experiment(loss: str, cell: str) -> Experiment:
    """Give the defaults, but for what all contestants share, and no end."""
    return Experiment.parse(
        {
            "symbols": ("SP500",),
            "features": ("close",),
            "lookback": LOOKBACK,
            "horizon": 1,
            "network": {
                "kind": "stack",
                "layers": [{"kind": "recurrent", "cell": cell, "width": each} for each in WIDTHS],
            },
            "loss": loss,
            "batch_size": BATCH_SIZE,
            "dropout": 0.0,
            "epochs": 10_000,
            "patience": 10_000,
        }
    )


def windows() -> Dataset:
    """Cut the windows of the S&P 500."""
    download = PROVIDERS["sample"](path=None).download(Symbol.parse("SP500"))
    prices, _ = validate_download(download)
    given = experiment("mse", "lstm")
    return make_dataset(
        [prices],
        features=given.features,
        lookback=given.lookback,
        horizon=given.horizon,
        split=given.split,
    )


def trainer(dataset: Dataset, loss: str, cell: str, num_validation_windows: int) -> Train:
    """Start one training that goes on for as many epochs as it is asked for."""
    some = replace(
        dataset,
        train=dataset.train.take(slice(NUM_WINDOWS)),
        validation=dataset.validation.take(slice(num_validation_windows)),
    )
    epochs = train(experiment(loss, cell), some)
    next(epochs)

    def go_on(num_epochs: int) -> float:
        started = clock()
        for _ in range(num_epochs):
            next(epochs)
        return clock() - started

    return go_on


def main() -> None:
    """Offer every variant that is measured."""
    start: Callable[..., Train] = partial(trainer, windows())
    serve(
        {
            # One window is the least that the loop can validate on: next to nothing.
            "mse": start("mse", "lstm", 1),
            "pinball": start("pinball", "lstm", 1),
            "mse+validation": start("mse", "lstm", NUM_VALIDATION_WINDOWS),
            "pinball+validation": start("pinball", "lstm", NUM_VALIDATION_WINDOWS),
            "gru": start("pinball", "gru", 1),
        }
    )


if __name__ == "__main__":
    main()
