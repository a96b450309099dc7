"""Who waits to be written down: one thread writes for all who came meanwhile."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256

from pregao.jobs._requests import FetchRequest, SearchRequest, SweepRequest, TrainRequest
from pregao.jobs._values import Job

Request = TrainRequest | SweepRequest | SearchRequest | FetchRequest


@dataclass(eq=False)
class Submission:
    """A job on its way into the database."""

    request: Request
    key: str | None
    outcome: Job | Exception | None = None
    woken: threading.Event = field(default_factory=threading.Event)
    """Set when it is written, or when it is its turn to write for all who wait."""

    @cached_property
    def digest(self) -> str:
        """Of what is asked for."""
        return sha256(self.request.model_dump_json().encode()).hexdigest()


@dataclass(eq=False)
class Line:
    """Who waits to be written: one writes for all, as a commit waits for the disk."""

    waiting: list[Submission] = field(default_factory=list)
    is_led: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def join(self, own: Submission) -> None:
        """Wait until one's outcome is known, or it is one's turn to write."""
        with self.lock:
            self.waiting.append(own)
            if not self.is_led:
                self.is_led = True
                own.woken.set()
        own.woken.wait()

    def take(self) -> list[Submission]:
        """Give all who wait by now."""
        with self.lock:
            batch, self.waiting = self.waiting, []
        return batch

    def leave(self, own: Submission, batch: Sequence[Submission]) -> None:
        """Wake those who are written, and whoever writes next: a lock would wake them in turn."""
        with self.lock:
            left = [each for each in batch if each.outcome is None and each is not own]
            self.waiting[:0] = left  # this thread was interrupted
            self.is_led = bool(self.waiting)
            for each in (*batch, *self.waiting[:1]):
                if each not in left[1:]:
                    each.woken.set()
