"""Group commit: one thread writes the submissions of all threads that wait."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256

from pregao.jobs._request import JobRequest
from pregao.jobs._values import Job


@dataclass(eq=False)
class Submission:
    """A job that is not in the database yet."""

    request: JobRequest
    key: str | None
    outcome: Job | Exception | None = None
    ready: threading.Event = field(default_factory=threading.Event)
    """Set when it is written, or when its thread has to write the next batch."""

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the request."""
        return sha256(self.request.model_dump_json().encode()).hexdigest()


@dataclass(eq=False)
class GroupCommit:
    """The submissions that wait to be written; one thread at a time writes all of them.

    A commit costs a sync of the disk, whatever the number of its rows.
    """

    waiting: list[Submission] = field(default_factory=list)
    has_leader: bool = False
    """Whether a thread is writing, or about to."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def join(self, own: Submission) -> None:
        """Queue a submission; wait until it is written, or its thread is the leader."""
        with self.lock:
            self.waiting.append(own)
            if not self.has_leader:
                self.has_leader = True
                own.ready.set()
        own.ready.wait()

    def take(self) -> list[Submission]:
        """Remove and return all submissions that wait."""
        with self.lock:
            batch, self.waiting = self.waiting, []
        return batch

    def finish(self, own: Submission, batch: Sequence[Submission]) -> None:
        """Wake a batch's threads and the next leader at once; a lock would wake them in turn."""
        with self.lock:
            left = [each for each in batch if each.outcome is None and each is not own]
            self.waiting[:0] = left  # not written: this thread was interrupted
            self.has_leader = bool(self.waiting)
            for each in (*batch, *self.waiting[:1]):
                if each not in left[1:]:
                    each.ready.set()
