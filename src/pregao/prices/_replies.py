"""What a reply of a provider says before its bars are read: its status, its form, its errors."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Protocol

from pregao.errors import ProviderError, ProviderReason


class Reply(Protocol):
    """The reply of any HTTP client of the requests family."""

    status_code: int
    content: bytes

    @property
    def headers(self) -> Mapping[str, str | None]:
        """By name, in any case."""
        ...


_AUTH = (401, 402, 403)


def checked_status(reply: Reply, provider: str, symbol: str, now: datetime) -> None:
    """Raise what a status means that is not 200; a 404 or 400 is for the provider to read.

    Raises
    ------
    ProviderError
        ``rate_limited`` with the wait that was asked for, ``auth``, ``unavailable`` or
        ``bad_payload``.
    """
    status = reply.status_code
    if status == 200:
        return
    reason: ProviderReason = "bad_payload"
    if status == 429:
        reason = "rate_limited"
    elif status in _AUTH:
        reason = "auth"
    elif status >= 500:
        reason = "unavailable"
    raise ProviderError(
        provider,
        symbol,
        reason,
        f"it answered with HTTP status {status}",
        retry_after_seconds=_retry_after(reply.headers.get("retry-after"), now),
    )


def fields_of(content: bytes, provider: str, symbol: str) -> dict[str, object]:
    """Read a body as a JSON object.

    Raises
    ------
    ProviderError
        ``bad_payload``, with the body's first words.
    """
    try:
        found = json.loads(content, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, dict):
        return found
    words = shown(content.decode(errors="replace"))
    what = f"it answered with no JSON object: {words!r}" if words else "it answered with nothing"
    raise ProviderError(provider, symbol, "bad_payload", what)


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Make an object; of a name that comes twice the last would win in silence."""
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a name comes twice")
    return made


def shown(text: str) -> str:
    """Give the first words of somebody else's text, on one line."""
    return " ".join(re.sub(r"[^\x20-\x7e]", " ", text[:400]).split())[:120]


def _retry_after(header: str | None, now: datetime) -> float | None:
    """Read a Retry-After: seconds or a date; None where it says neither."""
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
