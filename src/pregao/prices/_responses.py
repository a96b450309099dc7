"""Responses of providers before their bars are read: status, JSON, excerpts for messages."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Protocol

from pydantic import ValidationError

from pregao.errors import ProviderError, ProviderReason, UnknownSymbolError
from pregao.instruments import B3, Symbol, rename_of
from pregao.texts import LocalText
from pregao.texts import gettext_lazy as _


class HttpResponse(Protocol):
    """The response of any HTTP client of the requests family."""

    status_code: int
    content: bytes

    @property
    def headers(self) -> Mapping[str, str | None]:
        """By name, in any case."""
        ...


_AUTH_STATUSES = (401, 402, 403)


def check_status(response: HttpResponse, provider: str, symbol: str, now: datetime) -> None:
    """Raise the error of a status other than 200; a provider handles 400 and 404 itself before.

    Raises
    ------
    ProviderError
        ``rate_limited`` with the required wait, ``auth``, ``unavailable`` or ``bad_payload``.
    """
    status = response.status_code
    if status == 200:
        return
    reason: ProviderReason = "bad_payload"
    if status == 429:
        reason = "rate_limited"
    elif status in _AUTH_STATUSES:
        reason = "auth"
    elif status >= 500:
        reason = "unavailable"
    raise ProviderError(
        provider,
        symbol,
        reason,
        _("it answered with HTTP status {status}", status=status),
        retry_after_seconds=_parse_retry_after(response.headers.get("retry-after"), now),
    )


def unknown_symbol(symbol: Symbol, provider: str, hint: LocalText) -> UnknownSymbolError:
    """Return the error of a symbol that a provider does not have, with its new name if it has one.

    >>> str(unknown_symbol(Symbol.parse("ELET3"), "yahoo", "check the spelling"))
    'yahoo has no ELET3: it is AXIA3 since 2025-11-10: ask for that'
    """
    found = rename_of(symbol.ticker)
    if found is None or symbol.ticker != found.old or symbol.exchange != B3:
        return UnknownSymbolError(str(symbol), provider, hint)
    renamed = _("it is {new} since {since}: ask for that", new=found.new, since=found.since)
    return UnknownSymbolError(str(symbol), provider, renamed)


def parse_json_object(content: bytes, provider: str, symbol: str) -> dict[str, object]:
    """Parse a body as a JSON object.

    Raises
    ------
    ProviderError
        ``bad_payload``, with the beginning of the body.
    """
    try:
        found = json.loads(content, object_pairs_hook=_without_duplicates)
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, dict):
        return found
    words = excerpt(content.decode(errors="replace"))
    what = (
        _("it answered with no JSON object: {words!r}", words=words)
        if words
        else _("it answered with nothing")
    )
    raise ProviderError(provider, symbol, "bad_payload", what)


def _without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Make an object, and refuse duplicate names, of which json would silently keep the last."""
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a name comes twice")
    return made


def excerpt(text: str) -> str:
    """Return the beginning of text from outside on one line, in printable ASCII."""
    return " ".join(re.sub(r"[^\x20-\x7e]", " ", text[:400]).split())[:120]


def first_problem(error: ValidationError) -> str:
    """Return the place and the message of the first problem that pydantic found."""
    first = error.errors(include_url=False)[0]
    return f"{excerpt('.'.join(map(str, first['loc'])))}: {first['msg']}"


def _parse_retry_after(header: str | None, now: datetime) -> float | None:
    """Parse a Retry-After header into seconds, from seconds or a date; None if it is neither."""
    if header is None:
        return None
    if re.fullmatch(r"[0-9]{1,9}", header.strip()):
        return float(header)
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max((aware - now).total_seconds(), 0.0)
