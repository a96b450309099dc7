"""Jobs and their events to rows, and back."""

import json
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Row, delete, func, insert, select

from pregao.database import job_events, jobs
from pregao.jobs._kinds import parse_request
from pregao.jobs._request import JobRequest
from pregao.jobs._values import Job, JobEvent, JobProblem, JobProgress, JobResult
from pregao.registry import datetime_from_ms


def row_to_job(row: Row[Any]) -> Job:
    """Return the job that a row holds."""
    return Job(
        id=row.id,
        kind=row.kind,
        state=row.state,
        created=datetime_from_ms(row.created_ms),
        started=_optional_datetime(row.started_ms),
        finished=_optional_datetime(row.finished_ms),
        attempts=row.attempts,
        is_cancelling=row.cancel_asked and row.state == "running",
        progress=JobProgress.model_validate_json(row.progress),
        request=parse_request(row.request),
        result=None if row.result is None else JobResult.model_validate_json(row.result),
        problem=None if row.problem is None else JobProblem.model_validate_json(row.problem),
        log_tail=row.log_tail,
    )


def new_job(request: JobRequest, now_ms: int) -> Job:
    """Return a queued job with a new id."""
    return Job(
        id=f"job-{uuid4().hex[:20]}",
        kind=request.kind,
        state="queued",
        created=datetime_from_ms(now_ms),
        started=None,
        finished=None,
        attempts=0,
        is_cancelling=False,
        progress=JobProgress(),
        request=request,
        result=None,
        problem=None,
        log_tail=None,
    )


def new_row(job: Job, now_ms: int, *, key: str | None, digest: str) -> dict[str, Any]:
    """Return the row of a new job."""
    return {
        "id": job.id,
        "kind": job.kind,
        "state": job.state,
        "request": job.request.model_dump_json(),
        "key": key,
        "key_digest": None if key is None else digest,
        "created_ms": now_ms,
        "available_ms": now_ms,
        "attempts": 0,
        "epoch": 0,
        "cancel_asked": False,
        "progress": job.progress.model_dump_json(),
    }


def first_event_row(row: dict[str, Any]) -> dict[str, Any]:
    """Return the row of a new job's first event."""
    data = json.dumps({"state": row["state"]})
    return {
        "job": row["id"],
        "number": 1,
        "at_ms": row["created_ms"],
        "kind": "state",
        "data": data,
    }


def select_job(connection: Connection, name: str, *, lock: bool = False) -> Row[Any] | None:
    """Return a job's row, None without one; lock it where the database has row locks."""
    query = select(jobs).where(jobs.c.id == name)
    return connection.execute(query.with_for_update() if lock else query).one_or_none()


def add_event(
    connection: Connection, name: str, *, at_ms: int, kind: str, data: dict[str, Any]
) -> None:
    """Insert an event under the next number; the caller holds the lock of the job's row."""
    newest = select(func.coalesce(func.max(job_events.c.number), 0)).where(job_events.c.job == name)
    number = connection.execute(newest).scalar_one() + 1
    connection.execute(
        insert(job_events).values(
            job=name,
            number=number,
            at_ms=at_ms,
            kind=kind,
            data=json.dumps(data, allow_nan=False),
        )
    )


def prune_progress_events(connection: Connection, name: str, *, kept: int) -> None:
    """Delete a job's progress events, except those among its last `kept` events."""
    newest = select(func.max(job_events.c.number)).where(job_events.c.job == name)
    oldest = connection.execute(newest).scalar_one() - kept
    connection.execute(
        delete(job_events).where(
            job_events.c.job == name,
            job_events.c.kind == "progress",
            job_events.c.number <= oldest,
        )
    )


def row_to_event(row: Row[Any]) -> JobEvent:
    """Return the event that a row holds."""
    return JobEvent(
        number=row.number, at=datetime_from_ms(row.at_ms), kind=row.kind, data=json.loads(row.data)
    )


def _optional_datetime(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else datetime_from_ms(milliseconds)
