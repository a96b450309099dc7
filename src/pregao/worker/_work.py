"""What each kind of job does: one use case of the workbench."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import assert_never

from pregao.dataset import WalkForward
from pregao.jobs import (
    FetchRequest,
    JobProgress,
    JobResult,
    SearchRequest,
    SweepRequest,
    TrainRequest,
)
from pregao.training import Epoch
from pregao.training.search import Progress as SearchProgress
from pregao.training.search import Search
from pregao.values import Text
from pregao.workbench import Progress, Result, Terms, Workbench

Tell = Callable[[JobProgress], None]


def perform(
    request: TrainRequest | SweepRequest | SearchRequest | FetchRequest,
    bench: Workbench,
    folder: Path,
    tell: Tell,
) -> JobResult:
    """Do a job, telling how far it is; what was done of it before is not done again.

    Parameters
    ----------
    folder
        The job's own: checkpoints are there.
    """
    started = perf_counter()
    match request:
        case TrainRequest():
            result = _train(request, bench, folder, tell)
        case SweepRequest():
            result = bench.sweep(
                request.experiment,
                networks=request.networks,
                allow_findings=request.allow_findings,
                terms=_terms(request.ensemble, request.folds),
                on_progress=_forecasters(tell),
            )
        case SearchRequest():
            result = bench.search(
                request.search,
                allow_findings=request.allow_findings,
                force=True,  # its size was checked when it was accepted
                budget_seconds=request.budget_seconds,
                terms=_terms(request.ensemble, request.folds),
                on_trial=_trials(tell, request.search),
                on_progress=_forecasters(tell),
            )
        case FetchRequest():
            fetched = bench.fetch(request.symbol, source=request.source)
            count = fetched.snapshot.num_added
            added = Text.of("{n:,} bars added", "{n:,} barras novas", n=count)
            tell(JobProgress(done=1, total=1, message=added))
            return JobResult(verdict=added, seconds=perf_counter() - started)
        case _:
            assert_never(request)
    promoted: tuple[str, ...] = ()
    if request.promote:
        changed = bench.models.promote(result.run.id, by="job", reason="trained for it")
        promoted = tuple(each.symbol for each in changed)
    return JobResult(
        run=result.run.id,
        search=result.search,
        champion=result.report.champion,
        edge=result.report.edge,
        promoted=promoted,
        verdict=Text(en=result.report.verdict.en, pt_br=result.report.verdict.pt_br),
        seconds=perf_counter() - started,
    )


def _train(request: TrainRequest, bench: Workbench, folder: Path, tell: Tell) -> Result:
    pace = _Pace(request.experiment.epochs)

    def on_epoch(epoch: Epoch) -> None:
        text = Text.of(
            "epoch {number}: validation loss {loss:.4f}",
            "época {number}: perda de validação {loss:.4f}",
            number=epoch.number,
            loss=epoch.validation_loss,
        )
        tell(pace.at(epoch.number, text))

    return bench.train(
        request.experiment,
        recipe=request.recipe,
        allow_findings=request.allow_findings,
        on_epoch=on_epoch,
        on_progress=_forecasters(tell),
        checkpoint=folder,
    )


def _terms(ensemble: int, folds: int | None) -> Terms:
    walk = None if folds == 0 else WalkForward(num_folds=folds)
    return Terms(ensemble=ensemble, walk=walk)


def _forecasters(tell: Tell) -> Callable[[Progress], None]:
    started = perf_counter()

    def on_progress(progress: Progress) -> None:
        took = perf_counter() - started
        text = Text.of("{name} is judged", "{name} avaliada", name=progress.name)
        if progress.fold > 1:
            text = Text.of(
                "{name} is judged, fold {fold}",
                "{name} avaliada, dobra {fold}",
                name=progress.name,
                fold=progress.fold,
            )
        left = progress.total - progress.done
        eta = took / progress.done * left if progress.done else None
        tell(JobProgress(done=progress.done, total=progress.total, message=text, eta_seconds=eta))

    return on_progress


def _trials(tell: Tell, plan: Search) -> Callable[[SearchProgress], None]:
    pace = _Pace(plan.num_trials * len(plan.entries))

    def on_trial(progress: SearchProgress) -> None:
        text = Text.of("trials of {name}", "tentativas de {name}", name=progress.entry)
        tell(pace.at(progress.done_trials, text))

    return on_trial


@dataclass
class _Pace:
    """Guesses the time left from the time taken."""

    total: int

    def __post_init__(self) -> None:
        self.started = perf_counter()

    def at(self, done: int, message: Text) -> JobProgress:
        took = perf_counter() - self.started
        eta = took / done * (self.total - done) if done else None
        return JobProgress(done=done, total=self.total, message=message, eta_seconds=eta)
