"""The worker: claims jobs one by one, watches each child, writes down what becomes of it."""

import os
import queue
import socket
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from time import monotonic
from uuid import uuid4

import structlog

from pregao.errors import DatabaseBusyError, DatabaseUnavailableError, LostLeaseError
from pregao.jobs import Claim, JobProblem, JobProgress, Jobs, JobState
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
    try:
        beat.beat(None)
        return jobs.claim(terms.name)
    except (DatabaseBusyError, DatabaseUnavailableError) as error:
        _log.warning("no job claimed", reason=str(error))
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
        try:
            self.jobs.worker_leaves(self.terms.name)
        except (DatabaseBusyError, DatabaseUnavailableError) as error:
            _log.warning("not signed off", reason=str(error))


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
    pending: JobProgress | None = None

    def run(self) -> None:
        """See the job through, or give it back."""
        job = self.claim.job
        _log.info("job begins", job=job.id, kind=job.kind, attempt=job.attempts)
        self.beat.beat(job.id, at_once=True)
        attempt = Attempt.begun(job, self.terms.child, self.home / "jobs" / job.id)
        try:
            last = self._watched(attempt)
        finally:
            attempt.kill()
        self._settle(attempt, last)
        self.beat.beat(None, at_once=True)

    def _watched(self, attempt: Attempt) -> Done | Refused | None:
        """Listen until the child says nothing more; give its last word, if it had one."""
        last: Done | Refused | None = None
        told = beaten = looked = monotonic()
        while True:
            message: Went | Done | Refused | None
            try:
                message = attempt.said.get(timeout=min(self.terms.poll_seconds, 1.0))
            except queue.Empty:
                pass
            else:
                if message is None:
                    return last
                if isinstance(message, Went):
                    self.pending = message.progress
                else:
                    last = message
            now = monotonic()
            if self.pending is not None and now - told > self.terms.tell_seconds:
                told = now
                self._tell()
            if now - beaten > self.terms.beat_seconds:
                beaten = now
                self._hold()
            if now - looked > self.terms.poll_seconds:
                looked = now
                self.is_cancelled = self.is_cancelled or self._asked_to_stop()
            if last is None and (self.is_cancelled or self.stop.is_set()):
                attempt.end(grace_seconds=self.terms.grace_seconds)
                return None

    def _settle(self, attempt: Attempt, last: Done | Refused | None) -> None:
        if self.pending is not None:
            self._tell()
        state: JobState
        match last:
            case Done():
                self.claim.succeed(last.result)
                state = "succeeded"
            case Refused():
                self.claim.fail(last.problem, attempt.log_tail())
                state = "failed"
            case None if self.is_cancelled:
                self.claim.cancelled()
                state = "cancelled"
            case None if self.stop.is_set():
                self.claim.released()
                state = "queued"
            case _:
                problem = JobProblem(name="Crashed", detail=attempt.how_it_ended())
                state = self.claim.crashed(
                    problem, attempt.log_tail(), most_attempts=self.jobs.limits.attempts
                )
        _log.info("job ends", job=self.claim.job.id, state=state)

    def _tell(self) -> None:
        assert self.pending is not None, "there is something to tell"
        progress, self.pending = self.pending, None
        self.claim.progress(progress)

    def _hold(self) -> None:
        try:
            self.claim.beat()
            self.beat.beat(self.claim.job.id)
        except (DatabaseBusyError, DatabaseUnavailableError) as error:
            _log.warning("beat missed", job=self.claim.job.id, reason=str(error))

    def _asked_to_stop(self) -> bool:
        try:
            return self.jobs.job(self.claim.job.id).is_cancelling
        except (DatabaseBusyError, DatabaseUnavailableError) as error:
            _log.warning("not asked", job=self.claim.job.id, reason=str(error))
            return False
