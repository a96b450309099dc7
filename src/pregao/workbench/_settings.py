"""How a benchmark is run, and the progress that it reports."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from pregao.dataset import WalkForward
from pregao.training import DeviceName
from pregao.training.engines import Engine, Local

Stage = Literal["baseline", "network"]


@dataclass(frozen=True)
class BenchmarkSettings:
    """Where a benchmark runs, how many networks it averages, and over how many origins."""

    engine: Engine = field(default_factory=Local)
    device: DeviceName = "cpu"
    ensemble: int = 0
    """How many of the best networks are averaged; fewer than two is none."""
    walk: WalkForward | None = None
    """The walk-forward of the candidate; None decides by its single fit."""


SWEEP_SETTINGS = BenchmarkSettings(ensemble=5, walk=WalkForward())
EVALUATION_SETTINGS = BenchmarkSettings(walk=WalkForward())
SINGLE_FIT_SETTINGS = BenchmarkSettings()


@dataclass(frozen=True)
class Progress:
    """One forecaster is done."""

    stage: Stage
    name: str
    done: int
    total: int
    seconds: float
    fold: int = 1
    """Of a walk-forward, from 1 on."""


OnProgress = Callable[[Progress], None]
ReportProgress = Callable[[Stage, str, int, float], None]
"""Takes the stage, name, group and seconds of a finished forecaster."""


def progress_reporter(on_progress: OnProgress | None, total: int) -> ReportProgress:
    """Return a function that counts finished forecasters, of a known total.

    Groups other than the first are folds of a walk-forward.
    """
    finished = 0

    def report(stage: Stage, name: str, group: int, seconds: float) -> None:
        nonlocal finished
        finished += 1
        if on_progress:
            on_progress(Progress(stage, name, finished, total, seconds, fold=max(group, 1)))

    return report


def no_progress(*_: object) -> None:
    """Report nothing."""
