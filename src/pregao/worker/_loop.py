"""The worker: claims jobs one by one, watches each child, writes down what becomes of it."""

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
from pregao.jobs import Claim, JobProblem, JobProgress, Jobs, JobState, SearchRequest
from pregao.worker._attempt import Attempt
from pregao.worker._messages import Done, Refused, Went

_log = structlog.get_logger("pregao.worker")

CHILD = (sys.executable, "-m", "pregao", "run-job")


@dataclass(frozen=True)
class WorkerTerms:
    """How a worker works: how often it looks, and how long it waits."""

    poll_seconds: float = 1.0
    """Between two looks for a job, and for the wish to cancel one."""
    beat_seconds: float = 10.0
    """Between two beats that hold a lease: a third of it at most."""
    grace_seconds: float = 5.0
    """That a child has to end by itself, once it is asked to."""
    tell_seconds: float = 0.5
    """Between two lines of progress that are written down."""
    child: Sequence[str] = CHILD
    name: str = field(default_factory=lambda: f"{socket.gethostname()}-{uuid4().hex[:8]}")


def run_worker(jobs: Jobs, home: Path, terms: WorkerTerms, stop: Event) -> None:
    """Work until `stop` is set; a job under way then goes back, and its attempt does not count."""
    beat = _Beat(jobs, terms)
    _log.info("worker begins", worker=terms.name)
    while not stop.is_set():
        claim = _claimed(jobs, terms, beat)
        if claim is None:
            stop.wait(terms.poll_seconds)
            continue
        try:
            _Work(claim, jobs, home, terms, stop, beat).run()
        except LostLeaseError as error:
            _log.warning("lease lost", job=error.job, worker=terms.name)
    beat.leave()
    _log.info("worker ends", worker=terms.name)


def _claimed(jobs: Jobs, terms: WorkerTerms, beat: "_Beat") -> Claim | None:
    with _Patiently("no job claimed"):
        beat.beat(None)
        return jobs.claim(terms.name)
    return None


@dataclass(eq=False)
class _Beat:
    """Says now and then that this worker is there."""

    jobs: Jobs
    terms: WorkerTerms
    due: float = 0.0

    def beat(self, job: str | None, *, at_once: bool = False) -> None:
        if monotonic() < self.due and not at_once:
            return
        self.due = monotonic() + self.terms.beat_seconds
        self.jobs.worker_beats(self.terms.name, host=socket.gethostname(), pid=os.getpid(), job=job)

    def leave(self) -> None:
        with _Patiently("not signed off"):
            self.jobs.worker_leaves(self.terms.name)


@dataclass(eq=False)
class _Work:
    """One claimed job and its child."""

    claim: Claim
    jobs: Jobs
    home: Path
    terms: WorkerTerms
    stop: Event
    beat: _Beat
    is_cancelled: bool = False
    is_too_long: bool = False
    pending: JobProgress | None = None
    told: float = 0.0
    beaten: float = 0.0
    looked: float = 0.0

    def run(self) -> None:
        """See the job through, or give it back."""
        job = self.claim.job
        _log.info("job begins", job=job.id, kind=job.kind, attempt=job.attempts)
        with _Patiently("not signed on", job.id):
            self.beat.beat(job.id, at_once=True)
        attempt = Attempt.begun(job, self.terms.child, self.home / "jobs" / job.id)
        try:
            last = self._watched(attempt)
        finally:
            attempt.kill()
        self._settle(attempt, last)
        with _Patiently("not signed off", job.id):
            self.beat.beat(None, at_once=True)

    def _watched(self, attempt: Attempt) -> Done | Refused | None:
        """Listen until the child says nothing more; give its last word, if it had one."""
        last: Done | Refused | None = None
        end = monotonic() + _limit_seconds(self.claim, self.jobs)
        self.told = self.beaten = self.looked = monotonic()
        while True:
            with suppress(queue.Empty):
                message = attempt.said.get(timeout=min(self.terms.poll_seconds, 1.0))
                if message is None:
                    return last
                if isinstance(message, Went):
                    self.pending = message.progress
                else:
                    last, end = message, monotonic() + self.terms.grace_seconds
            self._keep_up()
            is_over = monotonic() > end
            if last is not None and is_over:  # it has said all, and does not end
                return last
            if last is None and (is_over or self.is_cancelled or self.stop.is_set()):
                self.is_too_long = is_over
                attempt.end(grace_seconds=self.terms.grace_seconds)
                return None

    def _keep_up(self) -> None:
        """Tell, beat and look, each when it is due."""
        now, job = monotonic(), self.claim.job.id
        if now - self.told > self.terms.tell_seconds:
            self.told = now
            with _Patiently("progress not written down", job):
                self._tell()
        if now - self.beaten > self.terms.beat_seconds:
            self.beaten = now
            with _Patiently("beat missed", job):
                self.claim.beat()
                self.beat.beat(job)
        if now - self.looked > self.terms.poll_seconds:
            self.looked = now
            with _Patiently("not asked", job):
                self.is_cancelled |= self.jobs.job(job).is_cancelling

    def _settle(self, attempt: Attempt, last: Done | Refused | None) -> None:
        """Write down what became of it, however long the database is away."""
        while True:
            with _Patiently("end not written down", self.claim.job.id):
                self._tell()
                state = self._ended(attempt, last)
                _log.info("job ends", job=self.claim.job.id, state=state)
                return
            if self.stop.wait(self.terms.poll_seconds):
                return  # whoever retakes it finds what was done of it

    def _ended(self, attempt: Attempt, last: Done | Refused | None) -> JobState:
        match last:
            case Done():
                self.claim.succeed(last.result)
                return "succeeded"
            case Refused():
                self.claim.fail(last.problem, attempt.log_tail())
                return "failed"
            case None if self.is_cancelled:
                self.claim.cancelled()
                return "cancelled"
            case None if self.is_too_long:
                limit = _limit_seconds(self.claim, self.jobs)
                detail = f"it was ended after {limit:,.0f} s, the longest that it may take"
                self.claim.fail(JobProblem(name="TimeLimit", detail=detail), attempt.log_tail())
                return "failed"
            case None if self.stop.is_set():
                self.claim.released()
                return "queued"
            case _:
                problem = JobProblem(name="Crashed", detail=attempt.how_it_ended())
                limits = self.jobs.limits
                return self.claim.crashed(
                    problem,
                    attempt.log_tail(),
                    most_attempts=limits.attempts,
                    wait_seconds=limits.crash_wait_seconds,
                )

    def _tell(self) -> None:
        if self.pending is not None:
            self.claim.progress(self.pending)
            self.pending = None


def _limit_seconds(claim: Claim, jobs: Jobs) -> float:
    request = claim.job.request
    own = request.budget_seconds if isinstance(request, SearchRequest) else None
    return jobs.limits.seconds + (own or 0.0)


@dataclass(frozen=True)
class _Patiently:
    """Goes on where the database is away: it comes back, or the lease ends and others take over."""

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
