"""Errors as RFC 9457 problems: a stable type, a status, a detail to act on, an id."""

import errno
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pydantic import Field
from starlette.responses import Response

from pregao import errors
from pregao.values import Value

PROBLEM_JSON = "application/problem+json"
PREFIX = "urn:pregao:problem:"
_MOST_REASONS = 20
_MOST_CHARACTERS = 300


class Reason(Value):
    """An error in a request, and its place."""

    at: str
    message: str


class Problem(Value):
    """The problem of a request (RFC 9457)."""

    type: str = Field(description="stable: urn:pregao:problem:...")
    title: str
    status: int
    detail: str = ""
    request_id: str = Field(default="", description="what the log calls the request")
    reasons: tuple[Reason, ...] = ()
    nearest: tuple[str, ...] = Field(default=(), description="what exists and is spelt alike")


@dataclass(frozen=True)
class Kind:
    """A kind of problem: its name in the type, its title and status."""

    name: str
    title: str
    status: int


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("invalid-request", "The request cannot be read", 422),
        Kind("not-found", "Nothing is here", 404),
        Kind("method-not-allowed", "Not by this method", 405),
        Kind("host-not-allowed", "This host is not served", 421),
        Kind("origin-not-allowed", "Not from another site", 403),
        Kind("key-required", "A key is required", 401),
        Kind("too-large", "The request is too large", 413),
        Kind("too-slow", "The request took too long to arrive", 408),
        Kind("unsupported-media", "Not in this format", 415),
        Kind("unknown-run", "No such run", 404),
        Kind("unknown-search", "No such search", 404),
        Kind("unknown-job", "No such job", 404),
        Kind("unknown-champion", "No such champion", 404),
        Kind("unknown-symbol", "No such symbol", 404),
        Kind("invalid-symbol", "Not a ticker", 422),
        Kind("unknown-name", "Not in the registry", 422),
        Kind("history-too-short", "Too few sessions", 422),
        Kind("data-quality", "The prices are quarantined", 409),
        Kind("invalid-experiment", "The experiment cannot be run", 422),
        Kind("invalid-input", "The input cannot be used", 422),
        Kind("job-too-large", "More work than is allowed", 422),
        Kind("key-used", "The key stands for another request", 422),
        Kind("queue-full", "Too many jobs wait", 429),
        Kind("job-state", "Not in this state", 409),
        Kind("champion-changed", "The champion has changed", 412),
        Kind("not-registered", "The run is not registered", 409),
        Kind("not-registrable", "The run must not be served", 409),
        Kind("run-serves", "The run serves", 409),
        Kind("provider", "No provider answers", 503),
        Kind("busy", "Busy", 503),
        Kind("database-unavailable", "The database cannot be reached", 503),
        Kind("damaged", "A stored file is damaged", 500),
        Kind("disk-full", "The disk is full", 507),
        Kind("stopping", "The server is stopping", 503),
        Kind("internal", "Something went wrong here", 500),
    )
}
"""Every kind of problem of the API."""

_KIND_OF: tuple[tuple[type[Exception], str], ...] = (
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

    @property
    def problem(self) -> Problem:
        """The problem of the response."""
        return problem(self.name, self.detail, reasons=self.reasons)


def problem(name: str, detail: str = "", *, reasons: Iterable[Reason] = ()) -> Problem:
    """Make a problem of a known kind."""
    kind = KINDS[name]
    return Problem(
        type=PREFIX + name,
        title=kind.title,
        status=kind.status,
        detail=detail,
        reasons=tuple(reasons)[:_MOST_REASONS],
    )


def problem_of(error: Exception) -> Problem:
    """Convert an exception to a problem, without internal details.

    >>> problem_of(errors.InvalidSymbolError("../../x")).status
    422
    >>> problem_of(RuntimeError("secret path")).detail
    ''
    """
    if isinstance(error, RequestRefusedError):
        return error.problem
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return problem("disk-full", "nothing was written: free some space and ask again")
    name = next((name for kind, name in _KIND_OF if isinstance(error, kind)), "internal")
    is_for_users = KINDS[name].status < 500 or name in {"provider", "busy"}
    faults = error.faults if isinstance(error, errors.InvalidExperimentError) else ()
    reasons = (Reason(at=each.at[:120], message=each.message[:_MOST_CHARACTERS]) for each in faults)
    made = problem(name, str(error) if is_for_users else "", reasons=reasons)
    if isinstance(error, errors.UnknownNameError):
        return made.replace(nearest=error.nearest)
    return made


def headers_of(error: Exception) -> dict[str, str]:
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


def reasons_of(found: Iterable[Mapping[str, object]]) -> tuple[Reason, ...]:
    """Return pydantic's errors as reasons, without repeating the input."""
    reasons = []
    for each in found:
        place = each.get("loc", ())
        assert isinstance(place, tuple | list), "pydantic gives a place"
        message = str(each.get("msg", "")).removeprefix("Value error, ")
        at = ".".join(str(part)[:60] for part in place)
        reasons.append(Reason(at=at, message=message[:_MOST_CHARACTERS]))
    return tuple(reasons)


def answer(problem: Problem) -> Response:
    """Answer with a problem."""
    return Response(
        json.dumps(problem.model_dump(mode="json", exclude_defaults=True)),
        status_code=problem.status,
        media_type=PROBLEM_JSON,
    )
