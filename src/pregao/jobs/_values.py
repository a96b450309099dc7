"""The values that describe a job to its clients."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, Self, get_args

from pydantic import Field

from pregao.jobs._kinds import JOB_KINDS, AnyRequest, JobKindName
from pregao.texts import N_, LocalText
from pregao.values import Text, Value, bilingual

JobState = Literal["queued", "running", "succeeded", "failed", "cancelled", "dead"]
STATES: tuple[JobState, ...] = get_args(JobState)
STATE_NAMES: Mapping[JobState, str] = {
    "queued": N_("queued"),
    "running": N_("running"),
    "succeeded": N_("succeeded"),
    "failed": N_("failed"),
    "cancelled": N_("cancelled"),
    "dead": N_("dead"),
}
FINAL_STATES: frozenset[JobState] = frozenset({"succeeded", "failed", "cancelled", "dead"})
"""The final states; only a retry leaves them."""


class JobProgress(Value):
    """The progress of a job."""

    done: int = 0
    total: int = 0
    message: Text = bilingual("waiting")
    eta_seconds: float | None = None


class JobResult(Value):
    """The result of a job that succeeded."""

    run: str | None = None
    """The id of the stored run."""
    search: str | None = None
    """The id of the stored search."""
    champion: str | None = None
    """The forecaster that is served: the candidate, or a baseline in its place."""
    edge: Literal["none", "proven"] | None = None
    promoted: tuple[str, ...] = ()
    """The symbols whose champion is the run."""
    verdict: Text | None = None
    seconds: float = 0.0


class JobProblem(Value):
    """Why a job failed."""

    name: str
    """The name of the error's class."""
    detail: str
    """In English."""
    detail_pt_br: str = ""

    @classmethod
    def from_message(cls, name: str, message: LocalText) -> Self:
        """Return a problem with a detail in both languages."""
        text = Text.from_message(message)
        return cls(name=name, detail=text.en, detail_pt_br=text.pt_br)

    @property
    def text(self) -> Text:
        """The detail in both languages."""
        return Text(en=self.detail, pt_br=self.detail_pt_br or self.detail)


class Job(Value):
    """A job: its request, state, progress and result."""

    id: str
    kind: JobKindName
    state: JobState
    created: datetime
    started: datetime | None
    finished: datetime | None
    attempts: int = Field(description="how often it was started; at most JobLimits.attempts")
    is_cancelling: bool = Field(description="whether a cancellation is pending")
    progress: JobProgress
    request: AnyRequest
    result: JobResult | None
    problem: JobProblem | None
    log_tail: str | None = Field(description="the last lines of the log of a failed or dead job")

    @property
    def has_ended(self) -> bool:
        """Whether its state is final."""
        return self.state in FINAL_STATES

    @property
    def result_page(self) -> str:
        """The page that its result leads to, as `JobKind.result_page`."""
        return JOB_KINDS[self.kind].result_page


class JobEvent(Value):
    """An event of a job, numbered from 1."""

    number: int
    at: datetime
    kind: Literal["state", "progress", "note"]
    data: dict[str, Any]


class WorkerShown(Value):
    """A worker, as of its last heartbeat."""

    id: str
    host: str
    pid: int
    started: datetime
    beat: datetime
    job: str | None
    is_alive: bool
