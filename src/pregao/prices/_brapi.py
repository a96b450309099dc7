"""Prices from brapi.dev, which has the shares of B3."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote
from zoneinfo import ZoneInfo

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from pregao.errors import ProviderError, ProviderReason, UnknownSymbolError
from pregao.findings import Finding
from pregao.instruments import B3, Symbol, as_date
from pregao.prices._access import NetworkAccess, Service, require_access
from pregao.prices._circuit_breaker import get_breaker
from pregao.prices._prices import Bars
from pregao.prices._provider import Download, ProviderEntry
from pregao.prices._provisional import drop_provisional
from pregao.prices._responses import (
    HttpResponse,
    check_status,
    excerpt,
    first_problem,
    parse_json_object,
    unknown_symbol,
)
from pregao.prices._retry import fetch_with_retry
from pregao.texts import LocalText
from pregao.texts import gettext_lazy as _
from pregao.values import bilingual

if TYPE_CHECKING:
    from pregao.prices._http_client import HttpClient

SERVICE = Service(
    name="brapi", title="brapi.dev", base_url="https://brapi.dev", key_variable="BRAPI_TOKEN"
)
# A free token reaches three months back.
_FREE_RANGE = "3mo"
_RANGE_NOT_ALLOWED = (400, 402, 403)
# Our columns, and their names at brapi.
_LABELS = {
    "open": "open",
    "high": "high",
    "low": "low",
    "close": "close",
    "adj_close": "adjustedClose",
    "volume": "volume",
}


class _Part(BaseModel):
    """A part of the answer with the fields that are read; others are ignored."""

    model_config = ConfigDict(strict=True, frozen=True)


class _Row(_Part):
    """One day; a missing number becomes NaN."""

    date: int
    open: float | None = None
    high: float | None = None
    low: float | None = None
    close: float | None = None
    adj_close: float | None = Field(default=None, alias="adjustedClose")
    volume: float | None = None


class _Result(_Part):
    symbol: str
    currency: str
    rows: Annotated[list[_Row], Field(alias="historicalDataPrice")]


class Brapi:
    """Daily bars of brapi.dev, as far back as the token reaches."""

    name = "brapi"

    def __init__(self, *, path: Path | None = None, access: NetworkAccess | None = None) -> None:
        self._access = require_access(access, self.name, path)
        self._url = self._access.base_url(SERVICE)

    def download(
        self, symbol: Symbol, start: date | None = None, end: date | None = None
    ) -> Download:
        """Download the final bars from `start` to `end`.

        Raises
        ------
        UnknownSymbolError
            If brapi has no such symbol, or the exchange is not B3.
        ProviderError
            If there is no token, or no usable answer.
        """
        if symbol.exchange != B3:
            raise UnknownSymbolError(str(symbol), self.name, _("it has shares of B3 only"))
        bars, is_cut = fetch_with_retry(
            str(symbol),
            lambda deadline: self._fetch(symbol, deadline),
            access=self._access,
            breaker=get_breaker(self.name, self._url),
        )
        source = f"{self._url}/api/quote/{symbol.ticker}"
        download = Download(symbol, bars, self.name, source).between(start, end)
        findings = _short_history(symbol, bars, start) if is_cut else ()
        return drop_provisional(replace(download, findings=findings), self._access.clock)

    def _fetch(self, symbol: Symbol, deadline: float) -> tuple[Bars, bool]:
        """Fetch the whole history, or else the range of a free token; return whether it is cut."""
        from pregao.prices._http_client import HttpClient

        token = self._access.key(SERVICE, self.name, str(symbol))
        with HttpClient(data_path="/") as client:
            client.begin(self.name, str(symbol), deadline=deadline, access=self._access)
            response = self._get(client, symbol, token, "max")
            is_cut = response.status_code in _RANGE_NOT_ALLOWED
            if is_cut:
                response = self._get(client, symbol, token, _FREE_RANGE)
        if response.status_code == 404:
            raise self._not_found(response, symbol)
        check_status(response, self.name, str(symbol), self._access.clock.now())
        fields = parse_json_object(response.content, self.name, str(symbol))
        return self._parse(fields, symbol), is_cut

    def _get(
        self, client: "HttpClient", symbol: Symbol, token: SecretStr, span: str
    ) -> HttpResponse:
        from pregao.prices._http_client import HttpStatusError

        path = f"/api/quote/{quote(symbol.ticker, safe='')}"
        headers = {"Authorization": f"Bearer {token.get_secret_value()}"}
        try:
            response: HttpResponse = client.get(
                f"{self._url}{path}?range={span}&interval=1d", headers=headers
            )
        except HttpStatusError as refused:
            response = refused.response
        return response

    def _not_found(self, response: HttpResponse, symbol: Symbol) -> Exception:
        """Return the error of a status 404: an unknown symbol, or a page that does not exist."""
        fields = parse_json_object(response.content, self.name, str(symbol))
        if fields.get("error"):
            hint = _(
                "it says {excerpt!r}; check the spelling",
                excerpt=excerpt(str(fields.get("message"))),
            )
            return unknown_symbol(symbol, self.name, hint)
        return self._error(symbol, "bad_payload", _("it answered with HTTP status 404"))

    def _parse(self, fields: Mapping[str, object], symbol: Symbol) -> Bars:
        match fields:
            case {"results": [dict() as result]} if "symbol" in result:
                pass
            case {"results": [*_]}:
                found = _("it answered with other than one result")
                raise self._error(symbol, "bad_payload", found)
            case _:
                message = excerpt(str(fields.get("message", "an object that holds no results")))
                raise self._error(
                    symbol, "bad_payload", _("it answered {message!r}", message=message)
                )
        try:
            history = _Result.model_validate(result)
        except ValidationError as error:
            found = _(
                "its answers have an unexpected form ({first_problem})",
                first_problem=first_problem(error),
            )
            raise self._error(symbol, "schema_changed", found) from None
        if (history.symbol, history.currency) != (symbol.ticker, symbol.currency):
            found = _(
                "it answered about {found} in {currency}",
                found=excerpt(history.symbol),
                currency=excerpt(history.currency),
            )
            raise self._error(symbol, "bad_payload", found)
        return self._bars(history.rows, symbol)

    def _bars(self, rows: list[_Row], symbol: Symbol) -> Bars:
        if not rows:
            raise self._error(symbol, "bad_payload", _("it answered with no bars"))
        zone = ZoneInfo(B3.zone)
        days = [datetime.fromtimestamp(row.date, UTC).astimezone(zone).date() for row in rows]
        columns = {
            name: np.array([getattr(row, name) for row in rows], np.float64) for name in _LABELS
        }
        absent = [_LABELS[name] for name, column in columns.items() if np.isnan(column).all()]
        if absent:
            found = _("its rows have an unexpected form (no {absent})", absent=", ".join(absent))
            raise self._error(symbol, "schema_changed", found)
        return Bars.from_columns(np.array(days, "datetime64[D]"), columns)

    def _error(self, symbol: Symbol, reason: ProviderReason, found: LocalText) -> ProviderError:
        return ProviderError(self.name, str(symbol), reason, found)


def _short_history(symbol: Symbol, bars: Bars, start: date | None) -> tuple[Finding, ...]:
    """Report a token that does not reach back to the requested start."""
    first = as_date(bars.sessions.min())
    if start is not None and start >= first:
        return ()
    text = bilingual(
        "this token gives {bars} sessions, from {first} on", bars=len(bars), first=first
    )
    return (Finding.from_code("PRC017", text, symbol=str(symbol)),)


BRAPI = ProviderEntry(name=Brapi.name, factory=Brapi, service=SERVICE, basis="split_adjusted")
