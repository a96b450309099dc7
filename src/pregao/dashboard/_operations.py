"""The state of the server: requests, queue, workers, providers, champions."""

from collections.abc import Iterable
from datetime import datetime

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import Response

from pregao.api import Problem, Services, ServicesDep, request_language
from pregao.dashboard._measures import Measured, measured
from pregao.dashboard._operations_tables import ServedChampion, operations_tables
from pregao.dashboard._requests import Page, answered
from pregao.errors import PregaoError
from pregao.jobs import FINAL_STATES, Job, JobState, WorkerShown
from pregao.prices import Health
from pregao.service import LoadedChampion
from pregao.texts import Language
from pregao.values import Text, Value

router = APIRouter(include_in_schema=False)

_NEWEST_JOBS = 20


class JobLine(Value):
    """A job in the list."""

    id: str
    kind: str
    state: JobState
    what: str = Field(description="the symbols it is about")
    created: datetime
    seconds: float | None = Field(description="from its start to its end; null while it has none")
    message: Text = Field(description="how far it is, or why it failed")
    run: str | None
    can_cancel: bool
    can_retry: bool


class Queue(Value):
    """The jobs, and the workers."""

    counts: dict[str, int] = Field(description="by state")
    oldest_queued_seconds: float | None = Field(description="null where none waits")
    workers: tuple[WorkerShown, ...]
    jobs: tuple[JobLine, ...] = Field(description="the newest first")


class OperationsPage(Value):
    """The value of the page of operations."""

    at: datetime
    is_ready: bool = Field(description="whether champions were looked for, and it is not stopping")
    measured: Measured
    queue: Queue | None = Field(description="null where the database does not answer")
    queue_trouble: str = Field(description="why not")
    providers: tuple[Health, ...]
    seats: tuple[ServedChampion, ...]
    streams_open: int
    streams_most: int


@router.get("/operations")
def operations(request: Request, services: ServicesDep) -> Response:
    """Show the state of the server."""
    page = operations_page(services, request_language(request))
    jobs = services.workbench.jobs.jobs(limit=_NEWEST_JOBS) if page.queue else ()
    tables = operations_tables(
        workers=page.queue.workers if page.queue else (),
        jobs=jobs,
        seats=page.seats,
        providers=page.providers,
        routes=page.measured.requests.routes,
    )
    return answered(request, "operations", lambda _: Page(page, tables))


def operations_page(services: Services, language: Language = "en") -> OperationsPage:
    """Return the state of the server at this moment."""
    queue, trouble = None, ""
    try:
        queue = _queue(services)
    except PregaoError as error:
        # The rest of the page is needed most when the database is away.
        found = Problem.from_error(error, language)
        trouble = found.detail or found.title
    forecasts, streams = services.forecasts, services.streams
    return OperationsPage(
        at=services.quotes.feed.access.clock.now(),
        is_ready=forecasts.is_open and not services.stopping.is_set() and queue is not None,
        measured=measured(services.metrics.registry),
        queue=queue,
        queue_trouble=trouble,
        providers=tuple(services.quotes.feed.health()),
        seats=tuple(_seated(forecasts.loaded_champions())),
        streams_open=streams.num_open,
        streams_most=streams.max_open,
    )


def _queue(services: Services) -> Queue:
    jobs = services.workbench.jobs
    counts = jobs.counts()
    return Queue(
        counts=counts,
        oldest_queued_seconds=jobs.oldest_queued_seconds() if counts.get("queued") else None,
        workers=jobs.workers(),
        jobs=tuple(map(_line, jobs.jobs(limit=_NEWEST_JOBS))),
    )


def _line(job: Job) -> JobLine:
    seconds = None
    if job.started is not None and job.finished is not None:
        seconds = (job.finished - job.started).total_seconds()
    message = job.progress.message
    if job.problem is not None:
        message = job.problem.text
    is_over = job.state in FINAL_STATES
    return JobLine(
        id=job.id,
        kind=job.kind,
        state=job.state,
        what=_what(job),
        created=job.created,
        seconds=seconds,
        message=message,
        run=None if job.result is None else job.result.run,
        can_cancel=not is_over and not job.is_cancelling,
        can_retry=is_over and job.state != "succeeded",
    )


def _what(job: Job) -> str:
    symbols = job.request.symbols
    more = f" +{len(symbols) - 3}" if len(symbols) > 3 else ""
    return ", ".join(symbols[:3]) + more


def _seated(seats: Iterable[LoadedChampion]) -> Iterable[ServedChampion]:
    for each in seats:
        yield ServedChampion(
            champion=each.champion,
            answers=None if each.model is None else each.model.run_id,
            trouble=each.load_findings,
        )
