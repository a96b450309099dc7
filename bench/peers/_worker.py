"""What every contestant's process does: import, warm up, and train when it is told to.

Runs in two environments, so it needs nothing but Python.
"""

import os
import sys
import time
from collections.abc import Callable, Mapping

LOOKBACK = 60
NUM_WINDOWS = 1_500
BATCH_SIZE = 32
WIDTHS = (64, 32)

clock = {"wall": time.perf_counter, "cpu": time.process_time}[sys.argv[2]]
"""What scripts measure with: their second argument, after the number of threads."""

Train = Callable[[int], float]
"""Trains some epochs, and gives the seconds that they took, without what went before them."""


def serve(trains: Mapping[str, Train]) -> None:
    """Obey lines such as "mse 4" (train "mse" for 4 epochs); answer with windows a second.

    Libraries that greet on standard output are sent to standard error.
    """
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="ascii", buffering=1)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    for train in trains.values():
        train(1)
    print("ready", file=answers)
    for line in sys.stdin:
        name, epochs = line.split()
        print(int(epochs) * NUM_WINDOWS / trains[name](int(epochs)), file=answers)
