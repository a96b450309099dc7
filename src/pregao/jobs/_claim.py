"""The claim of a worker on a job: every write is fenced by the epoch of the lease."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, update

from pregao.database import Database, jobs
from pregao.errors import LostLeaseError
from pregao.jobs._rows import add_event, prune_progress_events, row_to_job, select_job
from pregao.jobs._values import Job, JobProblem, JobProgress, JobResult, JobState

_LOG_TAIL_CHARACTERS = 8_000
_NUM_KEPT_EVENTS = 500
"""Of a job that has ended; a day of training makes a hundred thousand."""


@dataclass(frozen=True)
class Claim:
    """One attempt of a worker at a job.

    The job's epoch grows with every claim. A worker that lost its lease, however briefly, holds an
    old epoch: its writes are refused with `LostLeaseError`.
    """

    database: Database
    job: Job
    epoch: int
    worker: str
    lease_ms: int

    def renew(self) -> bool:
        """Extend the lease; return whether a cancellation is pending."""
        with self._locked() as (connection, row):
            until = self.database.now_ms(connection) + self.lease_ms
            self._write(connection, lease_until_ms=until)
            return bool(row.cancel_asked)

    def progress(self, progress: JobProgress) -> None:
        """Record the progress."""
        with self._locked() as (connection, _):
            self._write(connection, progress=progress.model_dump_json())
            self._event(connection, "progress", progress.model_dump(mode="json"))

    def note(self, data: dict[str, Any]) -> None:
        """Record an event that is neither progress nor a change of state."""
        with self._locked() as (connection, _):
            self._event(connection, "note", data)

    def succeed(self, result: JobResult) -> None:
        """End the job as succeeded."""
        self._end("succeeded", result=result.model_dump_json())

    def fail(self, problem: JobProblem, log_tail: str | None = None) -> None:
        """End the job as failed, for a reason that a retry would meet again."""
        self._end("failed", problem=problem.model_dump_json(), log_tail=_log_tail(log_tail))

    def cancel(self) -> None:
        """End the job as cancelled."""
        self._end("cancelled")

    def requeue_crashed(
        self,
        problem: JobProblem,
        log_tail: str | None,
        *,
        most_attempts: int,
        wait_seconds: float,
    ) -> JobState:
        """Requeue the job after a crashed attempt, or end it as dead after the last one.

        The wait before the next attempt doubles each time: a job that ran out of memory would run
        out of it again at once.
        """
        if self.job.attempts >= most_attempts:
            self._end("dead", problem=problem.model_dump_json(), log_tail=_log_tail(log_tail))
            return "dead"
        wait_ms = int(1000 * wait_seconds) << (self.job.attempts - 1)
        self._requeue(attempts=self.job.attempts, wait_ms=wait_ms)
        return "queued"

    def release(self) -> None:
        """Requeue the job without counting this attempt."""
        self._requeue(attempts=self.job.attempts - 1)

    def _requeue(self, *, attempts: int, wait_ms: int = 0) -> None:
        with self._locked() as (connection, row):
            if row.cancel_asked:
                self._finish(connection, "cancelled")
                return
            self._write(
                connection,
                state="queued",
                attempts=attempts,
                available_ms=self.database.now_ms(connection) + wait_ms,
                lease_by=None,
                lease_until_ms=None,
                epoch=self.epoch + 1,
            )
            self._event(connection, "state", {"state": "queued"})

    def _end(self, state: JobState, **values: object) -> None:
        with self._locked() as (connection, _):
            self._finish(connection, state, **values)

    def _finish(self, connection: Connection, state: JobState, **values: object) -> None:
        self._write(
            connection,
            state=state,
            finished_ms=self.database.now_ms(connection),
            lease_by=None,
            lease_until_ms=None,
            **values,
        )
        self._event(connection, "state", {"state": state})
        prune_progress_events(connection, self.job.id, kept=_NUM_KEPT_EVENTS)

    @contextmanager
    def _locked(self) -> Iterator[tuple[Connection, Row[Any]]]:
        """Open a transaction with the job's row locked, if the lease is still held."""
        with self.database.write_transaction() as connection:
            row = select_job(connection, self.job.id, lock=True)
            if row is None or row.epoch != self.epoch or row.state != "running":
                raise LostLeaseError(self.job.id, self.worker)
            yield connection, row

    def _write(self, connection: Connection, **values: object) -> None:
        connection.execute(update(jobs).where(jobs.c.id == self.job.id).values(**values))

    def _event(self, connection: Connection, kind: str, data: dict[str, Any]) -> None:
        now_ms = self.database.now_ms(connection)
        add_event(connection, self.job.id, at_ms=now_ms, kind=kind, data=data)


def claim_from_row(database: Database, row: Row[Any], worker: str, lease_ms: int) -> Claim:
    """Return the claim on a row that has just been leased."""
    return Claim(database, row_to_job(row), row.epoch, worker, lease_ms)


def _log_tail(log: str | None) -> str | None:
    return None if log is None else log[-_LOG_TAIL_CHARACTERS:]
