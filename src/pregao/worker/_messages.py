"""The messages from a child process to its worker: one JSON value per line."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from pregao.jobs import JobProblem, JobProgress, JobResult
from pregao.values import Value


class ProgressMessage(Value):
    """The progress of the job."""

    kind: Literal["progress"] = "progress"
    progress: JobProgress


class ResultMessage(Value):
    """The result of a job that succeeded; the last message."""

    kind: Literal["result"] = "result"
    result: JobResult


class ProblemMessage(Value):
    """The problem of a job that failed and would fail again; the last message."""

    kind: Literal["problem"] = "problem"
    problem: JobProblem


Message = ProgressMessage | ResultMessage | ProblemMessage
LastMessage = ResultMessage | ProblemMessage

_ADAPTER: TypeAdapter[Message] = TypeAdapter(Annotated[Message, Field(discriminator="kind")])


def parse_message(line: bytes) -> Message:
    """Parse a line.

    Raises
    ------
    ValueError
        For a line that is not a whole message.
    """
    return _ADAPTER.validate_json(line)
