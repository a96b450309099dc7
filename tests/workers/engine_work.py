"""Work for the engine's tests: spawned workers import it by name."""

import os
import signal

import numpy as np
import torch


def add(data: dict[str, np.ndarray], task: int) -> float:
    return float(data["values"].sum()) + task


def threads(data: object, task: int) -> tuple[int, str]:
    return torch.get_num_threads(), os.environ["OMP_NUM_THREADS"]


def write(data: dict[str, np.ndarray], task: int) -> str:
    try:
        data["values"][0] = 1.0
    except ValueError as error:
        return str(error)
    return "written"


def identity(data: dict[str, np.ndarray], task: int) -> tuple[int, int]:
    return os.getpid(), data["values"].__array_interface__["data"][0]


def fail(data: object, task: int) -> None:
    raise LookupError(f"task {task} has no answer")


def die(data: object, task: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def linger(data: object, task: int) -> None:
    print(os.getpid(), flush=True)  # noqa: T201 - the test reads it
    signal.pause()
