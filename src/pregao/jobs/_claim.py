"""A job in a worker's hands: everything it writes is fenced by the epoch of its lease."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, update

from pregao.database import Database, jobs
from pregao.errors import LostLeaseError
from pregao.jobs._rows import add_event, find, forget_progress, job_of
from pregao.jobs._values import Job, JobProblem, JobProgress, JobResult, JobState

_TAIL_CHARACTERS = 8_000
_KEPT_EVENTS = 500
"""Of a job that has ended; a day's training tells of a hundred thousand things."""


@dataclass(frozen=True)
class Claim:
    """One attempt at a job.

    Whoever lost the lease, for however short a sleep, has another epoch than the job: nothing that
    it writes is taken, and it hears of it by `LostLeaseError`.
    """

    database: Database
    job: Job
    epoch: int
    worker: str
    lease_ms: int

    def beat(self) -> bool:
        """Hold the lease for longer, and hear whether the job is to stop."""
        with self._held() as (connection, row):
            until = self.database.now_ms(connection) + self.lease_ms
            self._write(connection, lease_until_ms=until)
            return bool(row.cancel_asked)

    def progress(self, progress: JobProgress) -> None:
        """Say how far it is."""
        with self._held() as (connection, _):
            self._write(connection, progress=progress.model_dump_json())
            self._event(connection, "progress", progress.model_dump(mode="json"))

    def note(self, data: dict[str, Any]) -> None:
        """Tell who watches something that is no number of things done."""
        with self._held() as (connection, _):
            self._event(connection, "note", data)

    def succeed(self, result: JobResult) -> None:
        """End it well."""
        self._end("succeeded", result=result.model_dump_json())

    def fail(self, problem: JobProblem, log_tail: str | None = None) -> None:
        """End it for a reason that trying again would find again."""
        self._end("failed", problem=problem.model_dump_json(), log_tail=_tail(log_tail))

    def cancelled(self) -> None:
        """End it because that was asked for."""
        self._end("cancelled")

    def crashed(
        self,
        problem: JobProblem,
        log_tail: str | None,
        *,
        most_attempts: int,
        wait_seconds: float,
    ) -> JobState:
        """Give it back after an attempt that died, or bury it after the last one.

        The next attempt waits a little, twice as long each time: what died of a machine without
        memory would die of it at once.
        """
        if self.job.attempts >= most_attempts:
            self._end("dead", problem=problem.model_dump_json(), log_tail=_tail(log_tail))
            return "dead"
        wait_ms = int(1000 * wait_seconds) << (self.job.attempts - 1)
        self._requeue(attempts=self.job.attempts, wait_ms=wait_ms)
        return "queued"

    def released(self) -> None:
        """Give it back untouched: this attempt does not count."""
        self._requeue(attempts=self.job.attempts - 1)

    def _requeue(self, *, attempts: int, wait_ms: int = 0) -> None:
        with self._held() as (connection, row):
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
        with self._held() as (connection, _):
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
        forget_progress(connection, self.job.id, kept=_KEPT_EVENTS)

    @contextmanager
    def _held(self) -> Iterator[tuple[Connection, Row[Any]]]:
        """Write in one transaction, if the lease is still this claim's."""
        with self.database.writing() as connection:
            row = find(connection, self.job.id, lock=True)
            if row is None or row.epoch != self.epoch or row.state != "running":
                raise LostLeaseError(self.job.id, self.worker)
            yield connection, row

    def _write(self, connection: Connection, **values: object) -> None:
        connection.execute(update(jobs).where(jobs.c.id == self.job.id).values(**values))

    def _event(self, connection: Connection, kind: str, data: dict[str, Any]) -> None:
        now_ms = self.database.now_ms(connection)
        add_event(connection, self.job.id, at_ms=now_ms, kind=kind, data=data)


def claim_of(database: Database, row: Row[Any], worker: str, lease_ms: int) -> Claim:
    """Make the claim that a freshly leased row stands for."""
    return Claim(database, job_of(row), row.epoch, worker, lease_ms)


def _tail(log: str | None) -> str | None:
    return None if log is None else log[-_TAIL_CHARACTERS:]
