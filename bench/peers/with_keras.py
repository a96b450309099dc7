"""Keras on TensorFlow: a Sequential model and fit()."""

import keras
import numpy as np
from _worker import BATCH_SIZE, LOOKBACK, NUM_WINDOWS, WIDTHS, Train, clock, serve
from keras import layers


class Clock(keras.callbacks.Callback):
    """Measures from the first batch of a fit to its end."""

    def __init__(self) -> None:
        super().__init__()
        self.started = self.seconds = 0.0

    def on_train_begin(self, logs: object = None) -> None:  # noqa: ARG002 - Keras's hook
        """Start."""
        self.started = clock()

    def on_train_end(self, logs: object = None) -> None:  # noqa: ARG002 - Keras's hook
        """Stop."""
        self.seconds = clock() - self.started


def trainer(*, jit_compile: bool | str) -> Train:
    """Fit one model again and again.

    Unrolled layers were slower than compiled ones, and the two together took minutes to compile.
    """
    model = keras.Sequential(
        [
            layers.Input((LOOKBACK, 1)),
            layers.LSTM(WIDTHS[0], return_sequences=True),
            layers.LSTM(WIDTHS[1]),
            layers.Dense(1),
        ]
    )
    model.compile("adam", "mse", jit_compile=jit_compile)
    random = np.random.default_rng(0)
    windows = random.normal(size=(NUM_WINDOWS, LOOKBACK, 1)).astype(np.float32)
    targets = random.normal(size=(NUM_WINDOWS, 1)).astype(np.float32)
    clock = Clock()

    def train(epochs: int) -> float:
        model.fit(windows, targets, BATCH_SIZE, epochs, verbose=0, callbacks=[clock])
        return clock.seconds

    return train


def main() -> None:
    """Offer the default, and what was faster."""
    serve({"default": trainer(jit_compile="auto"), "compiled": trainer(jit_compile=True)})


if __name__ == "__main__":
    main()
