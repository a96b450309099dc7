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
    peak_total_mb: float
    """The largest of all processes together, what they share counted once."""
    output: str


def run(*arguments: str) -> Measured:
    """Run `pregao` in processes of its own, and watch the largest of them."""
    started = time.perf_counter()
    with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
        process = subprocess.Popen([*PREGAO, *arguments], stdout=output)
        root = psutil.Process(process.pid)
        largest = total = 0
        while process.poll() is None:
            one, all_of_them = _memory(root)
            largest, total = max(largest, one), max(total, all_of_them)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=0.1)
        seconds = time.perf_counter() - started
        if process.returncode:
            sys.exit(f"pregao {' '.join(arguments)} ended with {process.returncode}")
        output.seek(0)
        return Measured(seconds, largest / 2**20, total / 2**20, output.read())


def _memory(root: psutil.Process) -> tuple[int, int]:
    """Give the largest process, and all of them with shared pages divided among their users."""
    largest = total = 0
    # A process that has just ended has no memory left to count.
    with contextlib.suppress(psutil.NoSuchProcess):
        for each in (root, *root.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
                memory = each.memory_full_info()
                largest = max(largest, memory.rss)
                total += getattr(memory, "pss", memory.uss)
    return largest, total


def show(name: str, measured: float, bound: float, unit: str, *, at_least: bool = False) -> None:
    """Print one figure beside its bound."""
    good = measured >= bound if at_least else measured <= bound
    relation = ">=" if at_least else "<="
    verdict = "reached" if good else "NOT reached"
    print(f"{name:58} {measured:9.2f} {unit:6} ({relation} {bound:g}: {verdict})")
