"""The queue: rows that workers of any process or host claim by lease."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import Field
from sqlalchemy import Connection, Row, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from pregao.database import Database, job_events, jobs, workers
from pregao.errors import (
    IdempotencyMismatchError,
    JobStateError,
    QueueFullError,
    UnknownJobError,
    UnknownNameError,
)
from pregao.jobs._claim import Claim, claim_from_row
from pregao.jobs._group_commit import GroupCommit, Submission
from pregao.jobs._request import JobRequest
from pregao.jobs._rows import (
    add_event,
    first_event_row,
    new_job,
    new_row,
    row_to_event,
    row_to_job,
    select_job,
)
from pregao.jobs._size_limits import SIZE_LIMITS, check_sizes
from pregao.jobs._values import (
    STATE_NAMES,
    STATES,
    Job,
    JobEvent,
    JobProblem,
    JobProgress,
    WorkerShown,
)
from pregao.registry import datetime_from_ms
from pregao.texts import gettext_lazy as _
from pregao.texts import ngettext_lazy
from pregao.values import Value

_WORKER_TIMEOUT_MS = 90_000
"""A worker without a heartbeat for this long counts as lost."""


class JobLimits(Value):
    """The limits of the queue, of attempts and of leases."""

    queued: int = Field(default=1_000, description="jobs that may wait; one more is refused")
    attempts: int = Field(default=3, description="of one job")
    seconds: float = Field(
        default=86_400.0, description="of one attempt, on top of a search's own budget"
    )
    lease_seconds: float = Field(
        default=30.0, description="until a silent worker's job is claimed again"
    )
    crash_wait_seconds: float = Field(
        default=2.0, description="before a crashed job is tried again; doubled at each attempt"
    )
    retry_after_seconds: int = Field(
        default=30, description="the Retry-After of an answer that the queue is full"
    )


@dataclass(frozen=True, eq=False)
class Jobs:
    """The queue of one database; every method is safe to call from several threads."""

    database: Database
    limits: JobLimits = field(default_factory=JobLimits)
    _group_commit: GroupCommit = field(default_factory=GroupCommit)

    def submit(self, request: JobRequest, *, key: str | None = None) -> Job:
        """Accept a job, which is on disk when this returns.

        Parameters
        ----------
        key
            The client's Idempotency-Key: the same request with the same key is the same job.

        Raises
        ------
        JobTooLargeError
            For a request that is larger than any intended one.
        QueueFullError
            If the most jobs that may wait do.
        IdempotencyMismatchError
            If the key was used with another request.
        """
        check_sizes(request.sizes(SIZE_LIMITS))
        own = Submission(request, key)
        self._group_commit.join(own)
        if own.outcome is None:
            batch = self._group_commit.take()
            try:
                self._write(batch)
            finally:
                self._group_commit.finish(own, batch)
        if isinstance(own.outcome, Job):
            return own.outcome
        assert own.outcome is not None, "a job or an error"
        raise own.outcome

    def job(self, name: str) -> Job:
        """Load a job by its id.

        Raises
        ------
        UnknownJobError
            With the newest ones.
        """
        with self.database.read_transaction() as connection:
            return row_to_job(self._select(connection, name))

    def jobs(
        self, *, state: str | None = None, limit: int = 100, before: str | None = None
    ) -> tuple[Job, ...]:
        """List jobs, the newest first, starting after the job `before`.

        Raises
        ------
        UnknownNameError
            For an unknown state, with the nearest one.
        """
        if state is not None and state not in STATES:
            raise UnknownNameError(_("state"), state, STATES)
        query = select(jobs).order_by(jobs.c.created_ms.desc(), jobs.c.id.desc()).limit(limit)
        if state is not None:
            query = query.where(jobs.c.state == state)
        if before is not None:
            last = select(jobs.c.created_ms).where(jobs.c.id == before).scalar_subquery()
            query = query.where(
                or_(
                    jobs.c.created_ms < last,
                    (jobs.c.created_ms == last) & (jobs.c.id < before),
                )
            )
        with self.database.read_transaction() as connection:
            return tuple(map(row_to_job, connection.execute(query)))

    def cancel(self, name: str) -> Job:
        """Cancel a job: at once if it waits, within seconds if it runs.

        Raises
        ------
        UnknownJobError
            With the newest ones.
        JobStateError
            If it has ended in another state.
        """
        with self.database.write_transaction() as connection:
            row = self._select(connection, name, lock=True)
            if row.state == "queued":
                now_ms = self.database.now_ms(connection)
                self._update(connection, name, state="cancelled", finished_ms=now_ms)
                self._add_state_event(connection, name, "cancelled")
            elif row.state == "running":
                self._update(connection, name, cancel_asked=True)
            elif row.state != "cancelled":
                raise JobStateError(name, _(STATE_NAMES[row.state]), _("cancelled"))
            return row_to_job(self._select(connection, name))

    def retry(self, name: str) -> Job:
        """Queue a failed, dead or cancelled job again, with all its attempts.

        Raises
        ------
        UnknownJobError
            With the newest ones.
        JobStateError
            If it is in another state.
        """
        with self.database.write_transaction() as connection:
            row = self._select(connection, name, lock=True)
            if row.state not in {"failed", "dead", "cancelled"}:
                raise JobStateError(name, _(STATE_NAMES[row.state]), _("tried again"))
            self._update(
                connection,
                name,
                state="queued",
                attempts=0,
                cancel_asked=False,
                finished_ms=None,
                problem=None,
                log_tail=None,
                epoch=row.epoch + 1,
                progress=JobProgress().model_dump_json(),
            )
            self._add_state_event(connection, name, "queued")
            return row_to_job(self._select(connection, name))

    def events(self, name: str, *, after: int = 0, limit: int = 500) -> tuple[JobEvent, ...]:
        """Return the events of a job whose number is above `after`, the oldest first."""
        query = (
            select(job_events)
            .where(job_events.c.job == name, job_events.c.number > after)
            .order_by(job_events.c.number)
            .limit(limit)
        )
        with self.database.read_transaction() as connection:
            return tuple(map(row_to_event, connection.execute(query)))

    def claim(self, worker: str) -> Claim | None:
        """Claim the oldest job that waits or whose lease has expired; None without one."""
        with self.database.read_transaction() as connection:
            if connection.execute(self._claimable(connection).limit(1)).first() is None:
                return None
        lease_ms = int(1000 * self.limits.lease_seconds)
        with self.database.write_transaction() as connection:
            query = self._claimable(connection).limit(1).with_for_update(skip_locked=True)
            row = connection.execute(query).one_or_none()
            if row is None:
                return None
            if row.state == "running" and not self._may_retry(connection, row):
                return None
            now_ms = self.database.now_ms(connection)
            self._update(
                connection,
                row.id,
                state="running",
                attempts=row.attempts + 1,
                epoch=row.epoch + 1,
                lease_by=worker,
                lease_until_ms=now_ms + lease_ms,
                started_ms=now_ms if row.started_ms is None else row.started_ms,
            )
            self._add_state_event(connection, row.id, "running")
            return claim_from_row(self.database, self._select(connection, row.id), worker, lease_ms)

    def counts(self) -> dict[str, int]:
        """Count the jobs of each state."""
        query = select(jobs.c.state, func.count()).group_by(jobs.c.state)
        with self.database.read_transaction() as connection:
            found = {row[0]: int(row[1]) for row in connection.execute(query)}
        return {state: found.get(state, 0) for state in STATES}

    def oldest_queued_seconds(self) -> float:
        """Return the seconds that the oldest queued job has waited; 0 without one."""
        query = select(func.min(jobs.c.created_ms)).where(jobs.c.state == "queued")
        with self.database.read_transaction() as connection:
            oldest = connection.execute(query).scalar_one()
            now_ms = self.database.now_ms(connection)
        return 0.0 if oldest is None else max(0.0, (now_ms - oldest) / 1000)

    def workers(self) -> tuple[WorkerShown, ...]:
        """List the workers, the longest running first."""
        with self.database.read_transaction() as connection:
            now_ms = self.database.now_ms(connection)
            found = connection.execute(select(workers).order_by(workers.c.started_ms)).all()
        return tuple(
            WorkerShown(
                id=row.id,
                host=row.host,
                pid=row.pid,
                started=datetime_from_ms(row.started_ms),
                beat=datetime_from_ms(row.beat_ms),
                job=row.job,
                is_alive=now_ms - row.beat_ms < _WORKER_TIMEOUT_MS,
            )
            for row in found
        )

    def record_heartbeat(self, name: str, *, host: str, pid: int, job: str | None) -> None:
        """Record a heartbeat; a worker's first one deletes the rows of those lost long ago."""
        with self.database.write_transaction() as connection:
            now_ms = self.database.now_ms(connection)
            beat = {"beat_ms": now_ms, "job": job}
            changed = connection.execute(update(workers).where(workers.c.id == name).values(**beat))
            if changed.rowcount == 0:
                is_lost = workers.c.beat_ms < now_ms - 10 * _WORKER_TIMEOUT_MS
                connection.execute(workers.delete().where(is_lost))
                connection.execute(
                    insert(workers).values(id=name, host=host, pid=pid, started_ms=now_ms, **beat)
                )

    def remove_worker(self, name: str) -> None:
        """Delete the row of a worker that ends in good order."""
        with self.database.write_transaction() as connection:
            connection.execute(workers.delete().where(workers.c.id == name))

    def _write(self, batch: Sequence[Submission]) -> None:
        try:
            try:
                self._write_once(batch)
            except IntegrityError:  # another process has just used one of the keys
                self._write_once(batch)
        except Exception as error:  # noqa: BLE001 - raised again by each submitting thread
            for each in batch:
                each.outcome = error

    def _write_once(self, batch: Sequence[Submission]) -> None:
        outcomes: list[Job | Exception] = []
        accepted: list[tuple[Submission, Job]] = []
        with self.database.write_transaction() as connection:
            room = self.limits.queued - self._num_queued(connection)
            now_ms = self.database.now_ms(connection)
            for each in batch:
                outcome = self._earlier_outcome(connection, each, accepted)
                if outcome is None and len(accepted) >= room:
                    outcome = QueueFullError(self.limits.queued, self.limits.retry_after_seconds)
                elif outcome is None:
                    outcome = new_job(each.request, now_ms)
                    accepted.append((each, outcome))
                outcomes.append(outcome)
            if accepted:
                rows = [
                    new_row(job, now_ms, key=each.key, digest=each.digest) for each, job in accepted
                ]
                connection.execute(insert(jobs), rows)
                connection.execute(insert(job_events), [first_event_row(row) for row in rows])
        # Set after the commit: an outcome promises that the job is on disk.
        for each, outcome in zip(batch, outcomes, strict=True):
            each.outcome = outcome

    def _earlier_outcome(
        self,
        connection: Connection,
        own: Submission,
        accepted: Sequence[tuple[Submission, Job]],
    ) -> Job | Exception | None:
        """Return the outcome of an earlier submission with the same key; None without one."""
        if own.key is None:
            return None
        for each, job in accepted:
            if each.key == own.key:
                same = each.digest == own.digest
                return job if same else IdempotencyMismatchError(own.key, job.id)
        known = connection.execute(select(jobs).where(jobs.c.key == own.key)).one_or_none()
        if known is None:
            return None
        same = known.key_digest == own.digest
        return row_to_job(known) if same else IdempotencyMismatchError(own.key, known.id)

    def _claimable(self, connection: Connection) -> Any:
        now_ms = self.database.now_ms(connection)
        waiting = (jobs.c.state == "queued") & (jobs.c.available_ms <= now_ms)
        expired = (jobs.c.state == "running") & (jobs.c.lease_until_ms < now_ms)
        return select(jobs).where(or_(waiting, expired)).order_by(jobs.c.created_ms, jobs.c.id)

    def _may_retry(self, connection: Connection, row: Row[Any]) -> bool:
        """Return whether a job with an expired lease may be tried again; end it if not."""
        if not row.cancel_asked and row.attempts < self.limits.attempts:
            return True
        lost = ngettext_lazy(
            "its worker was lost once", "its worker was lost {count} times", count=row.attempts
        )
        problem = JobProblem.from_message("WorkerLost", lost)
        state = "cancelled" if row.cancel_asked else "dead"
        self._update(
            connection,
            row.id,
            state=state,
            problem=None if row.cancel_asked else problem.model_dump_json(),
            epoch=row.epoch + 1,
            finished_ms=self.database.now_ms(connection),
            lease_by=None,
            lease_until_ms=None,
        )
        self._add_state_event(connection, row.id, state)
        return False

    def _select(self, connection: Connection, name: str, *, lock: bool = False) -> Row[Any]:
        row = select_job(connection, name, lock=lock)
        if row is None:
            query = select(jobs.c.id).order_by(jobs.c.created_ms.desc()).limit(3)
            raise UnknownJobError(name, connection.execute(query).scalars().all())
        return row

    def _num_queued(self, connection: Connection) -> int:
        query = select(func.count()).select_from(jobs).where(jobs.c.state == "queued")
        return int(connection.execute(query).scalar_one())

    def _update(self, connection: Connection, name: str, **values: object) -> None:
        connection.execute(update(jobs).where(jobs.c.id == name).values(**values))

    def _add_state_event(self, connection: Connection, name: str, state: str) -> None:
        now_ms = self.database.now_ms(connection)
        add_event(connection, name, at_ms=now_ms, kind="state", data={"state": state})
