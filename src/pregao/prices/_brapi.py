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
from pregao.prices._access import Access, needed
from pregao.prices._breaker import Breaker, breaker_of
from pregao.prices._prices import Bars
from pregao.prices._provider import Download
from pregao.prices._provisional import settled
from pregao.prices._replies import Reply, checked_status, fields_of, shown
from pregao.prices._retry import asked
from pregao.values import Text

if TYPE_CHECKING:
    from pregao.prices._http_client import Courier

BRAPI_URL = "https://brapi.dev"
_GET_A_TOKEN = "set BRAPI_TOKEN to the token that brapi.dev gives"  # noqa: S105 - advice, no token
# A free token reaches three months back.
_FREE_RANGE = "3mo"
_NOT_ALLOWED = (400, 402, 403)
# What is read, and how brapi calls it.
_LABELS = {
    "open": "open",
    "high": "high",
    "low": "low",
    "close": "close",
    "adj_close": "adjustedClose",
    "volume": "volume",
}


class _Given(BaseModel):
    """A part of the answer that is read; what else it holds is brapi's own."""

    model_config = ConfigDict(strict=True, frozen=True)


class _Row(_Given):
    """One day; a number that is missing is a hole in it."""

    date: int
    open: float | None = None
    high: float | None = None
    low: float | None = None
    close: float | None = None
    adj_close: float | None = Field(default=None, alias="adjustedClose")
    volume: float | None = None


class _Result(_Given):
    symbol: str
    currency: str
    rows: Annotated[list[_Row], Field(alias="historicalDataPrice")]


class Brapi:
    """Daily bars of brapi.dev, as far back as the token reaches."""

    name = "brapi"

    def __init__(self, *, path: Path | None = None, access: Access | None = None) -> None:
        self._access = needed(access, self.name, path)
        self._url = self._access.base_url(self.name, BRAPI_URL)

    @property
    def breaker(self) -> Breaker:
        """What this process knows of the provider."""
        return breaker_of(self.name, self._url)

    def download(
        self, symbol: Symbol, start: date | None = None, end: date | None = None
    ) -> Download:
        """Give the final bars from `start` to `end`.

        Raises
        ------
        UnknownSymbolError
            If brapi has no such symbol, or the exchange is another than B3.
        ProviderError
            If there is no token, or no usable answer.
        """
        if symbol.exchange != B3:
            raise UnknownSymbolError(str(symbol), self.name, "it has shares of B3 alone")
        bars, is_cut = asked(
            str(symbol),
            lambda ends: self._ask(symbol, ends),
            access=self._access,
            breaker=self.breaker,
        )
        source = f"{self._url}/api/quote/{symbol.ticker}"
        download = Download(symbol, bars, self.name, source).between(start, end)
        found = _cut_short(symbol, bars, start) if is_cut else ()
        return settled(replace(download, findings=found), self._access.clock)

    def _ask(self, symbol: Symbol, ends: float) -> tuple[Bars, bool]:
        """Ask for all there is, and where the token does not allow that for what it does."""
        from pregao.prices._http_client import Courier

        token = self._access.keys.get(self.name)
        if token is None:
            raise self._error(symbol, "auth", "it has no token", advice=_GET_A_TOKEN)
        with Courier(question="/") as courier:
            courier.begin(self.name, str(symbol), ends=ends, access=self._access)
            reply = self._reply(courier, symbol, token, "max")
            is_cut = reply.status_code in _NOT_ALLOWED
            if is_cut:
                reply = self._reply(courier, symbol, token, _FREE_RANGE)
        if reply.status_code == 404:
            raise self._unknown(reply, symbol)
        checked_status(reply, self.name, str(symbol), self._access.clock.now())
        return self._bars(fields_of(reply.content, self.name, str(symbol)), symbol), is_cut

    def _reply(self, courier: "Courier", symbol: Symbol, token: SecretStr, span: str) -> Reply:
        from pregao.prices._http_client import AnsweredError

        path = f"/api/quote/{quote(symbol.ticker, safe='')}"
        headers = {"Authorization": f"Bearer {token.get_secret_value()}"}
        try:
            reply: Reply = courier.get(
                f"{self._url}{path}?range={span}&interval=1d", headers=headers
            )
        except AnsweredError as answered:
            reply = answered.reply
        return reply

    def _unknown(self, reply: Reply, symbol: Symbol) -> Exception:
        """Tell a symbol that brapi says it has not from a page that is not there."""
        fields = fields_of(reply.content, self.name, str(symbol))
        if fields.get("error"):
            hint = f"it says {shown(str(fields.get('message')))!r}; check the spelling"
            return UnknownSymbolError(str(symbol), self.name, hint)
        return self._error(symbol, "bad_payload", "it answered with HTTP status 404")

    def _bars(self, fields: Mapping[str, object], symbol: Symbol) -> Bars:
        match fields:
            case {"results": [dict() as result]} if "symbol" in result:
                pass
            case {"results": [*_]}:
                found = "it answered without the one result that was asked for"
                raise self._error(symbol, "bad_payload", found)
            case _:
                message = shown(str(fields.get("message", "an object that holds no results")))
                raise self._error(symbol, "bad_payload", f"it answered {message!r}")
        try:
            chart = _Result.model_validate(result)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(str(each) for each in first["loc"])
            found = f"its answers have another form ({where}: {first['msg']})"
            raise self._error(symbol, "schema_changed", found) from None
        if (chart.symbol, chart.currency) != (symbol.ticker, symbol.currency):
            found = f"it answered about {shown(chart.symbol)} in {shown(chart.currency)}"
            raise self._error(symbol, "bad_payload", found)
        return self._columns(chart.rows, symbol)

    def _columns(self, rows: list[_Row], symbol: Symbol) -> Bars:
        if not rows:
            raise self._error(symbol, "bad_payload", "it answered with no bars")
        zone = ZoneInfo(B3.zone)
        days = [datetime.fromtimestamp(row.date, UTC).astimezone(zone).date() for row in rows]
        columns = {
            name: np.array([getattr(row, name) for row in rows], np.float64) for name in _LABELS
        }
        absent = [_LABELS[name] for name, column in columns.items() if np.isnan(column).all()]
        if absent:
            found = f"its rows have another form (no {', '.join(absent)})"
            raise self._error(symbol, "schema_changed", found)
        return Bars.of(np.array(days, "datetime64[D]"), columns)

    def _error(
        self, symbol: Symbol, reason: ProviderReason, found: str, *, advice: str | None = None
    ) -> ProviderError:
        return ProviderError(self.name, str(symbol), reason, found, advice=advice)


def _cut_short(symbol: Symbol, bars: Bars, start: date | None) -> tuple[Finding, ...]:
    first = as_date(bars.sessions.min())
    if start is not None and start >= first:
        return ()
    text = Text.of(
        "this token gives {bars} sessions, from {first} on",
        "este token dá {bars} pregões, de {first} em diante",
        bars=len(bars),
        first=first,
    )
    return (Finding.of("PRC017", text, symbol=str(symbol)),)
