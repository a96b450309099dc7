"""A worker's child that kills itself at a named point: python job_child.py HOME [POINT] FOLDER.

A point is MODULE:FUNCTION:WHEN:NUMBER, such as ``pregao.registry._runs:write_folder:before:1``: the
process is killed before (or after) that call of that function. It dies there once, and the next
attempt goes on; with the number 0 every attempt dies at the first call.
"""

import importlib
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from pregao.prices import Clock, open_feed
from pregao.workbench import Workbench
from pregao.worker import run_child


def arm(home: Path, point: str) -> None:
    module_name, name, when, number = point.split(":")
    module = importlib.import_module(module_name)
    owner = module
    *owners, name = name.split(".")
    for each in owners:
        owner = getattr(owner, each)
    real = getattr(owner, name)
    calls = 0
    done = home / f"died-{point.replace(':', '-')}"

    def die() -> None:
        if number == "0" or not done.exists():
            done.touch()
            os.kill(os.getpid(), signal.SIGKILL)

    def armed(*args: object, **fields: object) -> object:
        nonlocal calls
        calls += 1
        if when == "before" and calls == max(int(number), 1):
            die()
        answer = real(*args, **fields)
        if when == "after" and calls == max(int(number), 1):
            die()
        return answer

    setattr(owner, name, armed)


def main(home: str, *rest: str) -> None:
    *points, folder = rest
    for each in points:
        arm(Path(home), each)
    clock = Clock(lambda: datetime(2024, 6, 3, 21, tzinfo=UTC))
    feed = open_feed(order=("store", "sample"), home=Path(home), clock=clock)
    run_child(Workbench(Path(home), feed=feed), Path(folder))


if __name__ == "__main__":
    main(*sys.argv[1:])
