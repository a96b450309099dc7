"""Jobs: what each is about, how far it is, and what came of it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pregao.presentation._quantities import Badge, Duration, Moment, Number, Quantity, t
from pregao.presentation._runs import edge_badge, symbols_cell
from pregao.presentation._tables import Cell, Link, Table, field_of, table_of
from pregao.values import Text

if TYPE_CHECKING:
    from pregao.jobs import Job


def state_badge(job: "Job") -> Badge:
    """Return the state of a job as a badge."""
    is_stopping = job.is_cancelling and job.state == "running"
    return Badge(t("job_stopping") if is_stopping else t(f"job_{job.state}"), job.state)


def jobs_table(jobs: "Sequence[Job]") -> Table:
    """Return a row for each job."""
    return table_of(
        jobs,
        [
            field_of("job", t("job"), _job, kind="text", importance=10),
            field_of("kind", t("kind"), lambda job: t(f"job_{job.kind}"), kind="text"),
            field_of("symbols", t("symbols"), _about, kind="text", importance=6),
            field_of("state", t("state"), state_badge, kind="text", importance=9),
            field_of("progress", t("done"), _progress, importance=8),
            field_of("message", t("message"), message_of, kind="prose", importance=7),
            field_of("created", t("made"), lambda job: Moment(job.created), importance=3),
            field_of("took", t("took"), lambda job: Duration(_seconds(job)), importance=2),
            field_of("result", t("result"), _result, kind="text", importance=4),
        ],
        tags=lambda job: {"key": job.id, "change": _change(job)},
    )


def message_of(job: "Job") -> Text:
    """Return in one line what became of a job, or how far it is."""
    if job.problem is not None:
        return job.problem.text
    if job.result is not None and job.result.verdict is not None:
        return job.result.verdict
    return job.progress.message


def _job(job: "Job") -> Cell:
    return Cell(job.id, link=Link("job", job.id))


def _about(job: "Job") -> Cell:
    return symbols_cell(job.request.symbols)


def _progress(job: "Job") -> Cell:
    progress = job.progress
    if not progress.total:
        return Cell("")
    done = t("progress_of", done=Number(progress.done), total=Number(progress.total))
    share = progress.done / progress.total
    return Cell(done, bar=share if job.state == "running" else None)


def _seconds(job: "Job") -> float | None:
    if job.started is None or job.finished is None:
        return None
    return (job.finished - job.started).total_seconds()


def _result(job: "Job") -> Cell:
    result = job.result
    if result is None or result.run is None:
        return Cell("")
    beside: tuple[Quantity, ...] = () if result.edge is None else (edge_badge(result.edge).text,)
    return Cell(result.champion, link=Link("run", result.run), beside=beside)


def _change(job: "Job") -> str:
    """Return what can be done with a job: cancel, retry or nothing."""
    from pregao.jobs import FINAL_STATES

    if job.state not in FINAL_STATES:
        return "" if job.is_cancelling else "cancel"
    return "" if job.state == "succeeded" else "retry"
