"""Work for the engine's tests: spawned workers import it by name."""

import os
import signal
import time
from pathlib import Path

import numpy as np


def threads(data: object, task: int) -> tuple[int, str]:
    import torch  # here: the other work need not wait for it

    return torch.get_num_threads(), os.environ["OMP_NUM_THREADS"]


def say(data: object, task: int) -> int:
    print("a worker's own words")  # noqa: T201 - the test looks for it
    return task


def say_and_die_once(data: object, task: tuple[str, int]) -> int:
    folder, number = task
    try:
        (Path(folder) / f"tried-{number}").touch(exist_ok=False)
    except FileExistsError:
        return say(data, number)
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("unreachable")


class _Lock:
    def __reduce__(self) -> str:
        raise TypeError("a lock cannot be sent")


def answer_what_cannot_be_sent(data: object, task: int) -> object:
    return _Lock()


def fail_with_what_cannot_be_sent(data: object, task: int) -> None:
    raise LookupError("no answer", _Lock())


def outlive_a_lost_neighbour(data: object, task: tuple[str, str]) -> str:
    """Of two tasks, one dies until the other has begun; the other goes on until that ran again."""
    folder, name = task
    begun, again = Path(folder) / "begun", Path(folder) / "again"
    match name:
        case "patient":
            begun.touch(exist_ok=False)
            _wait_for(again)
        case "unlucky":
            _wait_for(begun)
            try:
                (Path(folder) / "killed").touch(exist_ok=False)
            except FileExistsError:
                again.touch()
            else:
                os.kill(os.getpid(), signal.SIGKILL)
    return name


def begin_and_wait(data: dict[str, np.ndarray], task: tuple[str, int]) -> float:
    """Note the node and the number; all but the first two wait until they may go on."""
    import ray

    folder, number = task
    node = ray.get_runtime_context().get_node_id()
    (Path(folder) / f"{number}-{node}").touch()
    if number >= 2:
        _wait_for(Path(folder) / "go")
    return float(data["values"].sum()) + number


def _wait_for(file: Path) -> None:
    while not file.exists():
        time.sleep(0.02)


def linger(data: object, task: int) -> None:
    # In one piece: two that write a number and its end apart could be read as one number.
    os.write(1, f"{os.getpid()}\n".encode())
    signal.pause()
