"""Processes that kill themselves at a named point, as a machine does that loses its power.

A point is MODULE:FUNCTION:WHEN:NUMBER, such as ``pregao.registry._runs:write_folder:before:1``: the
process is killed before (or after) that call of that function, which is the real one. It dies there
once, and whoever comes next goes on; with the number 0 all of them die at the first call.
"""

import importlib
import os
import signal
import sys
from pathlib import Path


def arm(home: Path, point: str) -> None:
    """Let this process die at a point; the home remembers that one has."""
    module_name, name, when, number = point.split(":")
    owner = importlib.import_module(module_name)
    *owners, name = name.split(".")
    for each in owners:
        owner = getattr(owner, each)
    real = getattr(owner, name)
    calls = 0

    def die() -> None:
        done = died(home, point)
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
    # Whoever imported it by name has it too.
    for module_name, module in sys.modules.items():
        if module_name.startswith("pregao.") and vars(module).get(name) is real:
            setattr(module, name, armed)


def died(home: Path, point: str) -> Path:
    """Give the file that is there once somebody died at a point."""
    return home / f"died-{point.replace(':', '-')}"
