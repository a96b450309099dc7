"""Errors as RFC 9457 problems: a stable type, a status, a detail to act on, an id."""

import errno
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from pregao import errors
from pregao.instruments import EXCHANGES
from pregao.texts import N_, Language, LocalText, in_language
from pregao.texts import gettext_lazy as _
from pregao.values import Value

PROBLEM_JSON = "application/problem+json"
PREFIX = "urn:pregao:problem:"
_MAX_REASONS = 20
_MAX_CHARACTERS = 300
_MAX_PLACE_CHARACTERS = 120
_MAX_TICKER_CHARACTERS = 40


class Reason(Value):
    """An error in a request, and its place."""

    at: str
    message: str


class Problem(Value):
    """The problem of a request (RFC 9457)."""

    type: str = Field(description="stable: urn:pregao:problem:...")
    title: str = Field(description="in the language of the request")
    status: int
    detail: str = Field(default="", description="in the language of the request")
    request_id: str = Field(default="", description="what the log calls the request")
    reasons: tuple[Reason, ...] = ()
    nearest: tuple[str, ...] = Field(default=(), description="what exists and is spelt alike")
    ticker: str = Field(
        default="", description="that does not tell its exchange, or not a known one"
    )
    exchanges: tuple[str, ...] = Field(
        default=(), description="the codes that may follow it, as TICKER@CODE; see /v1/exchanges"
    )

    @classmethod
    def from_error(cls, error: Exception, language: Language = "en") -> Self:
        """Convert an exception to a problem in a language, without internal details.

        >>> Problem.from_error(errors.InvalidSymbolError("../../x")).status
        422
        >>> Problem.from_error(RuntimeError("secret path")).detail
        ''
        """
        name, detail, faults = _explained(error)
        kind = PROBLEM_KINDS[name]
        return cls(
            type=PREFIX + name,
            title=_(kind.title).in_language(language),
            status=kind.status,
            detail=in_language(detail, language),
            reasons=tuple(
                Reason(
                    at=each.at[:_MAX_PLACE_CHARACTERS],
                    message=in_language(each.message, language)[:_MAX_CHARACTERS],
                )
                for each in faults[:_MAX_REASONS]
            ),
            nearest=error.nearest if isinstance(error, errors.UnknownNameError) else (),
            **_exchange_to_state(error),
        )


def _exchange_to_state(error: Exception) -> dict[str, Any]:
    """Return what a ticker that does not tell its exchange needs: the codes to choose from."""
    if not isinstance(error, errors.UnknownExchangeError):
        return {}
    return {
        "ticker": error.text.strip().upper()[:_MAX_TICKER_CHARACTERS],
        "exchanges": sorted(EXCHANGES),
    }


LANGUAGE_COOKIE = "pregao_language"
"""Where the pages remember the language that was chosen."""


def request_language(request: Request) -> Language:
    """Return the language of `lang` in the query, of the pages' cookie, or of the header."""
    match request.query_params.get("lang") or request.cookies.get(LANGUAGE_COOKIE):
        case "pt":
            return "pt"
        case "en":
            return "en"
        case _:
            return preferred_language(request.headers.get("accept-language", ""))


def preferred_language(accepted: str) -> Language:
    """Choose between the two languages by an Accept-Language header.

    >>> preferred_language("pt-BR,pt;q=0.9,en;q=0.8"), preferred_language("")
    ('pt', 'en')
    """
    best: tuple[float, Language] = (0.0, "en")
    for each in accepted.split(",")[:20]:
        name, _separator, quality = each.strip().partition(";q=")
        weight = _weight(quality)
        spoken = name.lower().partition("-")[0]
        if weight > best[0] and spoken in {"en", "pt"}:
            best = (weight, "pt" if spoken == "pt" else "en")
    return best[1]


def _weight(quality: str) -> float:
    try:
        return float(quality) if quality else 1.0
    except ValueError:
        return 0.0


def faults_from_validation(found: Iterable[Mapping[str, Any]]) -> tuple[errors.Fault, ...]:
    """Return pydantic's errors as faults, without repeating the input."""
    return tuple(
        errors.Fault(
            ".".join(str(part)[:60] for part in each.get("loc", ())),
            errors.validation_message(each),
        )
        for each in found
    )


def _explained(error: Exception) -> tuple[str, LocalText, Sequence[errors.Fault]]:
    """Return the kind of problem that an error is, its detail and its reasons."""
    if isinstance(error, RequestRefusedError):
        return error.name, error.detail, error.reasons
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return "disk-full", _("nothing was written: free some space and try again"), ()
    name = next((name for each, name in _KIND_OF_ERROR if isinstance(error, each)), "internal")
    is_for_users = PROBLEM_KINDS[name].status < 500 or name in {"provider", "busy"}
    detail = error if is_for_users and isinstance(error, errors.PregaoError) else ""
    faults = error.faults if isinstance(error, errors.InvalidExperimentError) else ()
    return name, detail, faults


@dataclass(frozen=True)
class ProblemKind:
    """A kind of problem: its name in the type, its title and status."""

    name: str
    title: str
    status: int


PROBLEM_KINDS: dict[str, ProblemKind] = {
    kind.name: kind
    for kind in (
        ProblemKind("invalid-request", N_("The request cannot be read"), 422),
        ProblemKind("not-found", N_("Nothing is here"), 404),
        ProblemKind("method-not-allowed", N_("Not by this method"), 405),
        ProblemKind("host-not-allowed", N_("This host is not served"), 421),
        ProblemKind("origin-not-allowed", N_("Not from another site"), 403),
        ProblemKind("key-required", N_("A key is required"), 401),
        ProblemKind("too-large", N_("The request is too large"), 413),
        ProblemKind("too-slow", N_("The request took too long to arrive"), 408),
        ProblemKind("unsupported-media", N_("Not in this format"), 415),
        ProblemKind("unknown-run", N_("No such run"), 404),
        ProblemKind("unknown-search", N_("No such search"), 404),
        ProblemKind("unknown-job", N_("No such job"), 404),
        ProblemKind("unknown-champion", N_("No such champion"), 404),
        ProblemKind("unknown-symbol", N_("No such symbol"), 404),
        ProblemKind("invalid-symbol", N_("Not a ticker"), 422),
        ProblemKind("unknown-name", N_("Not in the registry"), 422),
        ProblemKind("history-too-short", N_("Too few sessions"), 422),
        ProblemKind("data-quality", N_("The prices are quarantined"), 409),
        ProblemKind("invalid-experiment", N_("The experiment cannot be run"), 422),
        ProblemKind("invalid-input", N_("The input cannot be used"), 422),
        ProblemKind("job-too-large", N_("More work than is allowed"), 422),
        ProblemKind("key-used", N_("The key stands for another request"), 422),
        ProblemKind("queue-full", N_("Too many jobs wait"), 429),
        ProblemKind("job-state", N_("Not in this state"), 409),
        ProblemKind("champion-changed", N_("The champion has changed"), 412),
        ProblemKind("not-registered", N_("The run is not registered"), 409),
        ProblemKind("not-registrable", N_("The run must not be served"), 409),
        ProblemKind("run-serves", N_("The run serves"), 409),
        ProblemKind("provider", N_("No provider answers"), 503),
        ProblemKind("busy", N_("Busy"), 503),
        ProblemKind("database-unavailable", N_("The database cannot be reached"), 503),
        ProblemKind("damaged", N_("A stored file is damaged"), 500),
        ProblemKind("disk-full", N_("The disk is full"), 507),
        ProblemKind("stopping", N_("The server is stopping"), 503),
        ProblemKind("internal", N_("An error occurred"), 500),
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
    detail: LocalText
    reasons: tuple[errors.Fault, ...] = ()
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
