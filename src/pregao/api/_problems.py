"""Errors as RFC 9457 problems: a stable type, a status, a detail to act on, an id."""

import errno
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

from pydantic import Field
from starlette.responses import Response

from pregao import errors
from pregao.values import Value

PROBLEM_JSON = "application/problem+json"
PREFIX = "urn:pregao:problem:"
_MAX_REASONS = 20
_MAX_CHARACTERS = 300


class Reason(Value):
    """An error in a request, and its place."""

    at: str
    message: str

    @classmethod
    def from_errors(cls, errors: Iterable[Mapping[str, object]]) -> tuple[Self, ...]:
        """Return pydantic's errors as reasons, without repeating the input."""
        return tuple(map(cls._from_error, errors))

    @classmethod
    def _from_error(cls, error: Mapping[str, object]) -> Self:
        place = error.get("loc", ())
        assert isinstance(place, tuple | list), "pydantic gives a place"
        message = str(error.get("msg", "")).removeprefix("Value error, ")
        at = ".".join(str(part)[:60] for part in place)
        return cls(at=at, message=message[:_MAX_CHARACTERS])


class Problem(Value):
    """The problem of a request (RFC 9457)."""

    type: str = Field(description="stable: urn:pregao:problem:...")
    title: str
    status: int
    detail: str = ""
    request_id: str = Field(default="", description="what the log calls the request")
    reasons: tuple[Reason, ...] = ()
    nearest: tuple[str, ...] = Field(default=(), description="what exists and is spelt alike")

    @classmethod
    def of_kind(cls, name: str, detail: str = "", *, reasons: Iterable[Reason] = ()) -> Self:
        """Create a problem of a kind of `PROBLEM_KINDS`."""
        kind = PROBLEM_KINDS[name]
        return cls(
            type=PREFIX + name,
            title=kind.title,
            status=kind.status,
            detail=detail,
            reasons=tuple(reasons)[:_MAX_REASONS],
        )

    @classmethod
    def from_error(cls, error: Exception) -> Self:
        """Convert an exception to a problem, without internal details.

        >>> Problem.from_error(errors.InvalidSymbolError("../../x")).status
        422
        >>> Problem.from_error(RuntimeError("secret path")).detail
        ''
        """
        if isinstance(error, RequestRefusedError):
            return cls.of_kind(error.name, error.detail, reasons=error.reasons)
        if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
            return cls.of_kind("disk-full", "nothing was written: free some space and ask again")
        name = next((name for each, name in _KIND_OF_ERROR if isinstance(error, each)), "internal")
        is_for_users = PROBLEM_KINDS[name].status < 500 or name in {"provider", "busy"}
        faults = error.faults if isinstance(error, errors.InvalidExperimentError) else ()
        made = cls.of_kind(
            name,
            str(error) if is_for_users else "",
            reasons=(
                Reason(at=each.at[:120], message=each.message[:_MAX_CHARACTERS]) for each in faults
            ),
        )
        if isinstance(error, errors.UnknownNameError):
            return made.replace(nearest=error.nearest)
        return made


@dataclass(frozen=True)
class ProblemKind:
    """A kind of problem: its name in the type, its title and status."""

    name: str
    title: str
    status: int


PROBLEM_KINDS: dict[str, ProblemKind] = {
    kind.name: kind
    for kind in (
        ProblemKind("invalid-request", "The request cannot be read", 422),
        ProblemKind("not-found", "Nothing is here", 404),
        ProblemKind("method-not-allowed", "Not by this method", 405),
        ProblemKind("host-not-allowed", "This host is not served", 421),
        ProblemKind("origin-not-allowed", "Not from another site", 403),
        ProblemKind("key-required", "A key is required", 401),
        ProblemKind("too-large", "The request is too large", 413),
        ProblemKind("too-slow", "The request took too long to arrive", 408),
        ProblemKind("unsupported-media", "Not in this format", 415),
        ProblemKind("unknown-run", "No such run", 404),
        ProblemKind("unknown-search", "No such search", 404),
        ProblemKind("unknown-job", "No such job", 404),
        ProblemKind("unknown-champion", "No such champion", 404),
        ProblemKind("unknown-symbol", "No such symbol", 404),
        ProblemKind("invalid-symbol", "Not a ticker", 422),
        ProblemKind("unknown-name", "Not in the registry", 422),
        ProblemKind("history-too-short", "Too few sessions", 422),
        ProblemKind("data-quality", "The prices are quarantined", 409),
        ProblemKind("invalid-experiment", "The experiment cannot be run", 422),
        ProblemKind("invalid-input", "The input cannot be used", 422),
        ProblemKind("job-too-large", "More work than is allowed", 422),
        ProblemKind("key-used", "The key stands for another request", 422),
        ProblemKind("queue-full", "Too many jobs wait", 429),
        ProblemKind("job-state", "Not in this state", 409),
        ProblemKind("champion-changed", "The champion has changed", 412),
        ProblemKind("not-registered", "The run is not registered", 409),
        ProblemKind("not-registrable", "The run must not be served", 409),
        ProblemKind("run-serves", "The run serves", 409),
        ProblemKind("provider", "No provider answers", 503),
        ProblemKind("busy", "Busy", 503),
        ProblemKind("database-unavailable", "The database cannot be reached", 503),
        ProblemKind("damaged", "A stored file is damaged", 500),
        ProblemKind("disk-full", "The disk is full", 507),
        ProblemKind("stopping", "The server is stopping", 503),
        ProblemKind("internal", "An error occurred", 500),
    )
}
"""Every kind of problem of the API."""

_KIND_OF_ERROR: tuple[tuple[type[Exception], str], ...] = (
    (errors.UnknownRunError, "unknown-run"),
    (errors.UnknownSearchError, "unknown-search"),
    (errors.UnknownJobError, "unknown-job"),
    (errors.UnknownChampionError, "unknown-champion"),
    (errors.JobTooLargeError, "job-too-large"),
    (errors.IdempotencyMismatchError, "key-used"),
    (errors.QueueFullError, "queue-full"),
    (errors.JobStateError, "job-state"),
    (errors.ChampionConflictError, "champion-changed"),
    (errors.NotRegisteredError, "not-registered"),
    (errors.RegistrationError, "not-registrable"),
    (errors.ServingRunError, "run-serves"),
    (errors.ProviderError, "provider"),
    (errors.UnknownSymbolError, "unknown-symbol"),
    (errors.InvalidSymbolError, "invalid-symbol"),
    (errors.UnknownNameError, "unknown-name"),
    (errors.HistoryTooShortError, "history-too-short"),
    (errors.DataQualityError, "data-quality"),
    (errors.InvalidExperimentError, "invalid-experiment"),
    (errors.InputError, "invalid-input"),
    (errors.StoreBusyError, "busy"),
    (errors.ServiceBusyError, "busy"),
    (errors.DatabaseBusyError, "busy"),
    (errors.DatabaseUnavailableError, "database-unavailable"),
    (errors.CorruptFileError, "damaged"),
)
"""The first class that an error is an instance of determines the kind."""


@dataclass(frozen=True)
class RequestRefusedError(Exception):
    """A request that is refused before it reaches a use case."""

    name: str
    detail: str
    reasons: tuple[Reason, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


def error_headers(error: Exception) -> dict[str, str]:
    """Return the headers of the answer to an error."""
    match error:
        case RequestRefusedError():
            return dict(error.headers)
        case errors.QueueFullError():
            return {"Retry-After": str(error.retry_after_seconds)}
        case errors.ProviderError(retry_after_seconds=float() | int() as seconds):
            return {"Retry-After": str(max(1, round(seconds)))}
        case _:
            return {}


def problem_response(problem: Problem) -> Response:
    """Return the response of a problem."""
    return Response(
        json.dumps(problem.model_dump(mode="json", exclude_defaults=True)),
        status_code=problem.status,
        media_type=PROBLEM_JSON,
    )
