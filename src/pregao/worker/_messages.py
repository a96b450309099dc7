"""What a child tells its worker: a JSON value a line."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from pregao.jobs import JobProblem, JobProgress, JobResult
from pregao.values import Value


class Went(Value):
    """How far it is."""

    says: Literal["progress"] = "progress"
    progress: JobProgress


class Done(Value):
    """That it is done."""

    says: Literal["done"] = "done"
    result: JobResult


class Refused(Value):
    """That it cannot be done, which trying again would find again."""

    says: Literal["refused"] = "refused"
    problem: JobProblem


_ADAPTER: TypeAdapter[Went | Done | Refused] = TypeAdapter(
    Annotated[Went | Done | Refused, Field(discriminator="says")]
)


def heard(line: bytes) -> Went | Done | Refused:
    """Read a line."""
    return _ADAPTER.validate_json(line)
