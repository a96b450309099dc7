"""What the benchmarks share: run a command as a user would, print a figure beside its bound."""

import contextlib
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

import psutil

PREGAO = (sys.executable, "-m", "pregao")


@dataclass(frozen=True)
class Measured:
    """One run of a command."""

    seconds: float
    peak_process_mb: float
    """The largest resident memory of any single process."""
    output: str


def run(*arguments: str) -> Measured:
    """Run `pregao` in processes of its own, and watch the largest of them."""
    started = time.perf_counter()
    with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
        process = subprocess.Popen([*PREGAO, *arguments], stdout=output)
        root = psutil.Process(process.pid)
        largest = 0
        while process.poll() is None:
            largest = max(largest, _largest(root))
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=0.05)
        seconds = time.perf_counter() - started
        if process.returncode:
            sys.exit(f"pregao {' '.join(arguments)} ended with {process.returncode}")
        output.seek(0)
        return Measured(seconds, largest / 2**20, output.read())


def _largest(root: psutil.Process) -> int:
    largest = 0
    # A process that has just ended has no memory left to count.
    with contextlib.suppress(psutil.NoSuchProcess):
        for each in (root, *root.children(recursive=True)):
            largest = max(largest, each.memory_info().rss)
    return largest


def show(name: str, measured: float, bound: float, unit: str, *, at_least: bool = False) -> None:
    """Print one figure beside its bound."""
    good = measured >= bound if at_least else measured <= bound
    relation = ">=" if at_least else "<="
    verdict = "reached" if good else "NOT reached"
    print(f"{name:58} {measured:9.2f} {unit:6} ({relation} {bound:g}: {verdict})")
