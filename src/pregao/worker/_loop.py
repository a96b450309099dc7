"""The worker: claims jobs one by one, supervises a child for each, and records the outcome."""

import os
import queue
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from time import monotonic
from types import TracebackType
from uuid import uuid4

import structlog

from pregao.errors import DatabaseBusyError, DatabaseUnavailableError, LostLeaseError
from pregao.jobs import Claim, JobProblem, JobProgress, Jobs, JobState
from pregao.texts import gettext_lazy as _
from pregao.worker._attempt import Attempt
from pregao.worker._messages import LastMessage, ProblemMessage, ProgressMessage, ResultMessage

_log = structlog.get_logger("pregao.worker")

CHILD = (sys.executable, "-m", "pregao", "run-job")


@dataclass(frozen=True)
class WorkerSettings:
    """The intervals and the child command of a worker."""

    poll_seconds: float = 1.0
    """Between two polls for a job, or for the cancellation of the current one."""
    heartbeat_seconds: float = 10.0
    """Between two heartbeats, which renew the lease: at most a third of its length."""
    grace_seconds: float = 5.0
    """Between the request to a child to end and its kill."""
    progress_seconds: float = 0.5
    """Between two writes of progress."""
    child: Sequence[str] = CHILD
    name: str = field(default_factory=lambda: f"{socket.gethostname()}-{uuid4().hex[:8]}")


def run_worker(jobs: Jobs, home: Path, settings: WorkerSettings, stop: Event) -> None:
    """Work until `stop` is set; a job in progress is then requeued without counting its attempt."""
    heartbeat = _Heartbeat(jobs, settings)
    _log.info("worker started", worker=settings.name)
    while not stop.is_set():
        claim = _claim_next(jobs, settings, heartbeat)
        if claim is None:
            stop.wait(settings.poll_seconds)
            continue
        try:
            _JobRun(claim, jobs, home, settings, stop, heartbeat).run()
        except LostLeaseError as error:
            _log.warning("lease lost", job=error.job, worker=settings.name)
    heartbeat.end()
    _log.info("worker stopped", worker=settings.name)


def _claim_next(jobs: Jobs, settings: WorkerSettings, heartbeat: "_Heartbeat") -> Claim | None:
    with _TolerateOutage("no job claimed"):
        heartbeat.send(None)
        return jobs.claim(settings.name)
    return None


@dataclass(eq=False)
class _Heartbeat:
    """The heartbeat of this worker."""

    jobs: Jobs
    settings: WorkerSettings
    due: float = 0.0

    def send(self, job: str | None, *, at_once: bool = False) -> None:
        if monotonic() < self.due and not at_once:
            return
        self.due = monotonic() + self.settings.heartbeat_seconds
        self.jobs.record_heartbeat(
            self.settings.name, host=socket.gethostname(), pid=os.getpid(), job=job
        )

    def end(self) -> None:
        with _TolerateOutage("worker not removed"):
            self.jobs.remove_worker(self.settings.name)


@dataclass(eq=False)
class _JobRun:
    """The run of one claimed job in a child process."""

    claim: Claim
    jobs: Jobs
    home: Path
    settings: WorkerSettings
    stop: Event
    heartbeat: _Heartbeat
    is_cancelled: bool = False
    is_over_time: bool = False
    pending: JobProgress | None = None
    """Progress that is not written yet."""
    last_write: float = 0.0
    last_heartbeat: float = 0.0
    last_poll: float = 0.0

    def run(self) -> None:
        """Run the job to its end, or requeue it."""
        job = self.claim.job
        _log.info("job started", job=job.id, kind=job.kind, attempt=job.attempts)
        with _TolerateOutage("heartbeat not written", job.id):
            self.heartbeat.send(job.id, at_once=True)
        attempt = Attempt.start(job, self.settings.child, self.home / "jobs" / job.id)
        try:
            last = self._supervise(attempt)
        finally:
            attempt.kill()
        self._record_end(attempt, last)
        with _TolerateOutage("heartbeat not written", job.id):
            self.heartbeat.send(None, at_once=True)

    def _supervise(self, attempt: Attempt) -> LastMessage | None:
        """Read messages until the child's output ends; return the last one, None without it."""
        last: LastMessage | None = None
        deadline = monotonic() + _time_limit_seconds(self.claim, self.jobs)
        self.last_write = self.last_heartbeat = self.last_poll = monotonic()
        while True:
            with suppress(queue.Empty):
                message = attempt.messages.get(timeout=min(self.settings.poll_seconds, 1.0))
                if message is None:
                    return last
                if isinstance(message, ProgressMessage):
                    self.pending = message.progress
                else:
                    last, deadline = message, monotonic() + self.settings.grace_seconds
            self._do_what_is_due()
            is_over = monotonic() > deadline
            if last is not None and is_over:  # it has sent its last message and does not end
                return last
            if last is None and (is_over or self.is_cancelled or self.stop.is_set()):
                self.is_over_time = is_over
                attempt.terminate(grace_seconds=self.settings.grace_seconds)
                return None

    def _do_what_is_due(self) -> None:
        """Write progress, send a heartbeat and poll for a cancellation, each at its interval."""
        now, job = monotonic(), self.claim.job.id
        if now - self.last_write > self.settings.progress_seconds:
            self.last_write = now
            with _TolerateOutage("progress not written", job):
                self._write_progress()
        if now - self.last_heartbeat > self.settings.heartbeat_seconds:
            self.last_heartbeat = now
            with _TolerateOutage("heartbeat not written", job):
                self.claim.renew()
                self.heartbeat.send(job)
        if now - self.last_poll > self.settings.poll_seconds:
            self.last_poll = now
            with _TolerateOutage("cancellation not polled", job):
                self.is_cancelled |= self.jobs.job(job).is_cancelling

    def _record_end(self, attempt: Attempt, last: LastMessage | None) -> None:
        """Record the outcome; retry until the database is back or the worker stops."""
        while True:
            with _TolerateOutage("end not written", self.claim.job.id):
                self._write_progress()
                state = self._end_claim(attempt, last)
                _log.info("job ended", job=self.claim.job.id, state=state)
                return
            if self.stop.wait(self.settings.poll_seconds):
                return  # the next claim resumes from the job's checkpoints

    def _end_claim(self, attempt: Attempt, last: LastMessage | None) -> JobState:
        match last:
            case ResultMessage():
                self.claim.succeed(last.result)
                return "succeeded"
            case ProblemMessage():
                self.claim.fail(last.problem, attempt.log_tail())
                return "failed"
            case None if self.is_cancelled:
                self.claim.cancel()
                return "cancelled"
            case None if self.is_over_time:
                limit = _time_limit_seconds(self.claim, self.jobs)
                detail = _(
                    "it was ended after {limit:,.0f} s, the longest that it may take", limit=limit
                )
                self.claim.fail(JobProblem.from_message("TimeLimit", detail), attempt.log_tail())
                return "failed"
            case None if self.stop.is_set():
                self.claim.release()
                return "queued"
            case _:
                problem = JobProblem.from_message("Crashed", attempt.describe_exit())
                limits = self.jobs.limits
                return self.claim.requeue_crashed(
                    problem,
                    attempt.log_tail(),
                    most_attempts=limits.attempts,
                    wait_seconds=limits.crash_wait_seconds,
                )

    def _write_progress(self) -> None:
        if self.pending is not None:
            self.claim.progress(self.pending)
            self.pending = None


def _time_limit_seconds(claim: Claim, jobs: Jobs) -> float:
    return jobs.limits.seconds + claim.job.request.extra_seconds


@dataclass(frozen=True)
class _TolerateOutage:
    """Logs an outage of the database and goes on: it ends, or another worker takes the lease."""

    what: str
    job: str | None = None

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        if not isinstance(error, DatabaseBusyError | DatabaseUnavailableError):
            return False
        _log.warning(self.what, job=self.job, reason=str(error))
        return True
