"""Jobs as they are seen from outside."""

from datetime import datetime
from typing import Any, Literal, get_args

from pydantic import Field

from pregao.jobs._requests import JobRequest
from pregao.values import Text, Value

JobState = Literal["queued", "running", "succeeded", "failed", "cancelled", "dead"]
STATES: tuple[JobState, ...] = get_args(JobState)
ENDED: frozenset[JobState] = frozenset({"succeeded", "failed", "cancelled", "dead"})
"""States that nothing follows, unless the job is asked to be tried again."""


class JobProgress(Value):
    """How far a job is."""

    done: int = 0
    total: int = 0
    message: Text = Text(en="waiting", pt_br="na fila")
    eta_seconds: float | None = None


class JobResult(Value):
    """What a job came to."""

    run: str | None = None
    """The run that was kept."""
    search: str | None = None
    champion: str | None = None
    """Who forecasts: the candidate, or the baseline in its place."""
    edge: Literal["none", "proven"] | None = None
    promoted: tuple[str, ...] = ()
    """The symbols that the run serves now."""
    verdict: Text | None = None
    seconds: float = 0.0


class JobProblem(Value):
    """Why a job failed."""

    name: str
    """Of the error's class."""
    detail: str


class Job(Value):
    """A piece of work, and what became of it."""

    id: str
    kind: Literal["train", "sweep", "search", "fetch"]
    state: JobState
    created: datetime
    started: datetime | None
    finished: datetime | None
    attempts: int = Field(description="how often it was begun; three times at most")
    is_cancelling: bool = Field(description="whether it was asked to stop and has not yet")
    progress: JobProgress
    request: JobRequest
    result: JobResult | None
    problem: JobProblem | None
    log_tail: str | None = Field(description="the last lines of what a dead job said")

    @property
    def has_ended(self) -> bool:
        """Whether nothing follows."""
        return self.state in ENDED


class JobEvent(Value):
    """Something that happened to a job."""

    number: int
    at: datetime
    kind: Literal["state", "progress", "note"]
    data: dict[str, Any]


class WorkerShown(Value):
    """Who works, as of its last beat."""

    id: str
    host: str
    pid: int
    started: datetime
    beat: datetime
    job: str | None
    is_alive: bool
