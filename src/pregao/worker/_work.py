"""The work of each kind of job: a call of the workbench.

`WORK` has an entry for every kind of `JOB_KINDS`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from pregao.dataset import WalkForward
from pregao.jobs import (
    FetchRequest,
    JobProgress,
    JobRequest,
    JobResult,
    SearchRequest,
    SweepRequest,
    TrainRequest,
)
from pregao.texts import N_
from pregao.training import Epoch
from pregao.training.search import Search, SearchProgress
from pregao.values import Text, bilingual
from pregao.workbench import BenchmarkSettings, Progress, Result, Workbench

OnProgress = Callable[[JobProgress], None]
Work = Callable[[Any, Workbench, Path, OnProgress], JobResult]
"""Do a request of one kind; the folder is the job's own and keeps its checkpoints."""


def perform(
    request: JobRequest, bench: Workbench, folder: Path, on_progress: OnProgress
) -> JobResult:
    """Do a job and report its progress; steps that an earlier attempt finished are not repeated.

    Parameters
    ----------
    folder
        The job's own folder, which keeps its checkpoints.
    """
    started = perf_counter()
    result = WORK[request.kind](request, bench, folder, on_progress)
    return result.replace(seconds=perf_counter() - started)


def _train(
    request: TrainRequest, bench: Workbench, folder: Path, on_progress: OnProgress
) -> JobResult:
    eta = _Eta(request.experiment.epochs)

    def on_epoch(epoch: Epoch) -> None:
        text = bilingual(
            "epoch {number}: validation loss {loss:.4f}",
            number=epoch.number,
            loss=epoch.validation_loss,
        )
        on_progress(eta.progress(epoch.number, text))

    result = bench.train(
        request.experiment,
        recipe=request.recipe,
        allow_findings=request.allow_findings,
        on_epoch=on_epoch,
        on_progress=_scoring_progress(on_progress),
        checkpoint=folder,
    )
    return _run_result(result, bench, promote=request.promote)


def _sweep(
    request: SweepRequest, bench: Workbench, _folder: Path, on_progress: OnProgress
) -> JobResult:
    result = bench.sweep(
        request.experiment,
        networks=request.networks,
        allow_findings=request.allow_findings,
        settings=_benchmark_settings(request.ensemble, request.folds),
        on_progress=_scoring_progress(on_progress),
    )
    return _run_result(result, bench, promote=request.promote)


def _search(
    request: SearchRequest, bench: Workbench, _folder: Path, on_progress: OnProgress
) -> JobResult:
    result = bench.search(
        request.search,
        allow_findings=request.allow_findings,
        force=True,  # its size was checked when it was accepted
        budget_seconds=request.budget_seconds,
        settings=_benchmark_settings(request.ensemble, request.folds),
        on_trial=_trial_progress(on_progress, request.search),
        on_progress=_scoring_progress(on_progress),
    )
    return _run_result(result, bench, promote=request.promote)


def _fetch(
    request: FetchRequest, bench: Workbench, _folder: Path, on_progress: OnProgress
) -> JobResult:
    fetched = bench.fetch(request.symbol, source=request.source)
    count = fetched.snapshot.num_added
    added = bilingual("{n:,} bars added", n=count)
    on_progress(JobProgress(done=1, total=1, message=added))
    return JobResult(verdict=added)


WORK: dict[str, Work] = {"train": _train, "sweep": _sweep, "search": _search, "fetch": _fetch}
"""The work of each kind of job, by the names of `JOB_KINDS`."""


def _run_result(result: Result, bench: Workbench, *, promote: bool) -> JobResult:
    """Promote the stored run if requested, and describe it."""
    promoted: tuple[str, ...] = ()
    if promote:
        changed = bench.models.promote(result.run.id, by="job", reason=N_("trained for it"))
        promoted = tuple(each.symbol for each in changed)
    return JobResult(
        run=result.run.id,
        search=result.search,
        champion=result.report.champion,
        edge=result.report.edge,
        promoted=promoted,
        verdict=Text.model_validate(dict(result.report.verdict)),
    )


def _benchmark_settings(ensemble: int, folds: int | None) -> BenchmarkSettings:
    walk = None if folds == 0 else WalkForward(num_folds=folds)
    return BenchmarkSettings(ensemble=ensemble, walk=walk)


def _scoring_progress(on_job_progress: OnProgress) -> Callable[[Progress], None]:
    started = perf_counter()

    def on_progress(progress: Progress) -> None:
        took = perf_counter() - started
        text = bilingual("{name} is scored", name=progress.name)
        if progress.fold > 1:
            text = bilingual(
                "{name} is scored, fold {fold}", name=progress.name, fold=progress.fold
            )
        left = progress.total - progress.done
        eta = took / progress.done * left if progress.done else None
        on_job_progress(
            JobProgress(done=progress.done, total=progress.total, message=text, eta_seconds=eta)
        )

    return on_progress


def _trial_progress(on_progress: OnProgress, plan: Search) -> Callable[[SearchProgress], None]:
    eta = _Eta(plan.num_trials * len(plan.entries))

    def on_trial(progress: SearchProgress) -> None:
        text = bilingual("trials of {name}", name=progress.entry)
        on_progress(eta.progress(progress.done_trials, text))

    return on_trial


@dataclass
class _Eta:
    """Estimates the remaining time from the mean time per step so far."""

    total: int

    def __post_init__(self) -> None:
        self.started = perf_counter()

    def progress(self, done: int, message: Text) -> JobProgress:
        took = perf_counter() - self.started
        eta = took / done * (self.total - done) if done else None
        return JobProgress(done=done, total=self.total, message=message, eta_seconds=eta)
