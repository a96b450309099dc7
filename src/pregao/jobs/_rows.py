"""Jobs as rows, and back."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from pregao.database import job_events, jobs
from pregao.jobs._requests import parse_request
from pregao.jobs._values import Job, JobEvent, JobProblem, JobProgress, JobResult
from pregao.registry import moment


def job_of(row: Row[Any]) -> Job:
    """Give the job that a row holds."""
    return Job(
        id=row.id,
        kind=row.kind,
        state=row.state,
        created=moment(row.created_ms),
        started=_moment(row.started_ms),
        finished=_moment(row.finished_ms),
        attempts=row.attempts,
        is_cancelling=row.cancel_asked and row.state == "running",
        progress=JobProgress.model_validate_json(row.progress),
        request=parse_request(row.request),
        result=None if row.result is None else JobResult.model_validate_json(row.result),
        problem=None if row.problem is None else JobProblem.model_validate_json(row.problem),
        log_tail=row.log_tail,
    )


def find(connection: Connection, name: str, *, lock: bool = False) -> Row[Any] | None:
    """Give a job's row; lock it where the database locks rows and not everything."""
    query = select(jobs).where(jobs.c.id == name)
    return connection.execute(query.with_for_update() if lock else query).one_or_none()


def add_event(
    connection: Connection, name: str, *, at_ms: int, kind: str, data: dict[str, Any]
) -> None:
    """Write down what happened, under the next number; the job's row is locked by now."""
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


def event_of(row: Row[Any]) -> JobEvent:
    """Give the event that a row holds."""
    return JobEvent(
        number=row.number, at=moment(row.at_ms), kind=row.kind, data=json.loads(row.data)
    )


def _moment(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else moment(milliseconds)
