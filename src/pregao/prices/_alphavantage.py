"""Prices from Alpha Vantage, by its daily series: raw with a free key, adjusted with a paid one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Annotated
from urllib.parse import urlencode

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, SecretStr, TypeAdapter, ValidationError

from pregao.errors import ProviderError, ProviderReason, UnknownSymbolError
from pregao.findings import Finding
from pregao.instruments import B3, LONDON, NYSE, Symbol, as_date
from pregao.prices._access import NetworkAccess, Service, require_access
from pregao.prices._circuit_breaker import get_breaker
from pregao.prices._corporate_actions import CorporateAction, merge_actions
from pregao.prices._prices import Bars, Column
from pregao.prices._provider import Download, ProviderEntry
from pregao.prices._provisional import drop_provisional
from pregao.prices._responses import (
    HttpResponse,
    check_status,
    excerpt,
    first_problem,
    parse_json_object,
)
from pregao.prices._retry import fetch_with_retry
from pregao.texts import LocalText
from pregao.texts import gettext_lazy as _
from pregao.values import bilingual

SERVICE = Service(
    name="alphavantage",
    title="alphavantage.co",
    base_url="https://www.alphavantage.co",
    key_variable="ALPHAVANTAGE_API_KEY",
)
_SUFFIXES = {NYSE.code: "", B3.code: ".SAO", LONDON.code: ".LON"}
_SERIES = "Time Series (Daily)"
_NOTE_FIELDS = ("Error Message", "Information", "Note")

# A number missing from one row is a gap in that row; one missing from all rows has been renamed.
_Number = float | None


class _Row(BaseModel):
    """One day, as numbers in strings."""

    model_config = ConfigDict(frozen=True)

    open: _Number = Field(default=None, alias="1. open")
    high: _Number = Field(default=None, alias="2. high")
    low: _Number = Field(default=None, alias="3. low")
    close: _Number = Field(default=None, alias="4. close")


class _RawRow(_Row):
    volume: _Number = Field(default=None, alias="5. volume")


class _AdjustedRow(_Row):
    adj_close: _Number = Field(default=None, alias="5. adjusted close")
    volume: _Number = Field(default=None, alias="6. volume")
    dividend: float = Field(default=0.0, alias="7. dividend amount")
    split: Annotated[float, Field(gt=0, alias="8. split coefficient")]


_RAW_ROWS = TypeAdapter(dict[date, _RawRow])
_ADJUSTED_ROWS = TypeAdapter(dict[date, _AdjustedRow])


@dataclass(frozen=True)
class _Plan:
    """The series that a free or a paid key may request, and how it is parsed."""

    name: str
    function: str
    size: str
    is_adjusted: bool


_FREE = _Plan("alphavantage", "TIME_SERIES_DAILY", "compact", is_adjusted=False)
_PAID = _Plan("alphavantage_adjusted", "TIME_SERIES_DAILY_ADJUSTED", "full", is_adjusted=True)


class AlphaVantage:
    """Daily bars of Alpha Vantage, by the plan of the key.

    A free key gives the newest hundred sessions as they were traded: adj_close is close, and a
    finding says that dividends and splits are not in it. A paid one gives the whole history;
    prices are divided by the splits after them, as the other providers do.
    """

    def __init__(
        self, plan: _Plan, *, path: Path | None = None, access: NetworkAccess | None = None
    ) -> None:
        self._plan = plan
        self._access = require_access(access, plan.name, path)
        self._url = self._access.base_url(SERVICE)

    @property
    def name(self) -> str:
        """The provider's name: raw and adjusted prices are two series, and stored apart."""
        return self._plan.name

    def download(
        self, symbol: Symbol, start: date | None = None, end: date | None = None
    ) -> Download:
        """Download the final bars from `start` to `end`, as far back as the key reaches.

        Raises
        ------
        UnknownSymbolError
            If Alpha Vantage has no such symbol.
        ProviderError
            If there is no key, or no usable answer.
        """
        ticker = self._own_ticker(symbol)
        key = self._access.key(SERVICE, self.name, str(symbol))
        bars, actions = fetch_with_retry(
            str(symbol),
            lambda deadline: self._fetch(symbol, ticker, key, deadline),
            access=self._access,
            breaker=get_breaker(self.name, self._url),
        )
        source = f"{self._url}/query?function={self._plan.function}&symbol={ticker}"
        download = Download(symbol, bars, self.name, source, actions=actions).between(start, end)
        findings = () if self._plan.is_adjusted else _raw_finding(symbol)
        findings = (*findings, *self._short_history(symbol, bars, start))
        return drop_provisional(replace(download, findings=findings), self._access.clock)

    def _short_history(self, symbol: Symbol, bars: Bars, start: date | None) -> tuple[Finding, ...]:
        """Report a free key that does not reach back to the requested start."""
        first = as_date(bars.sessions[0])
        if self._plan.is_adjusted or (start is not None and start >= first):
            return ()
        text = bilingual(
            "a free key gives {bars} sessions, from {first} on", bars=len(bars), first=first
        )
        return (Finding.from_code("PRC017", text, symbol=str(symbol)),)

    def _own_ticker(self, symbol: Symbol) -> str:
        """Return the ticker in the spelling of Alpha Vantage."""
        suffix = _SUFFIXES.get(symbol.exchange.code)
        if suffix is None or symbol.ticker.startswith("^"):
            hint = _("it has shares of the US, of B3 and of London, and no index")
            raise UnknownSymbolError(str(symbol), self.name, hint)
        return symbol.ticker + suffix

    def _fetch(
        self, symbol: Symbol, ticker: str, key: SecretStr, deadline: float
    ) -> tuple[Bars, tuple[CorporateAction, ...]]:
        from pregao.prices._http_client import HttpClient, HttpStatusError

        query = {
            "function": self._plan.function,
            "symbol": ticker,
            "outputsize": self._plan.size,
            "datatype": "json",
            "apikey": key.get_secret_value(),
        }
        with HttpClient(data_path="/") as client:
            client.begin(self.name, str(symbol), deadline=deadline, access=self._access)
            try:
                response: HttpResponse = client.get(f"{self._url}/query?{urlencode(query)}")
            except HttpStatusError as refused:
                response = refused.response
        check_status(response, self.name, str(symbol), self._access.clock.now())
        fields = parse_json_object(response.content, self.name, str(symbol))
        self._check_notes(fields, symbol, key)
        return self._parse(fields, symbol, ticker)

    def _check_notes(self, fields: Mapping[str, object], symbol: Symbol, key: SecretStr) -> None:
        """Raise the error of a note: notes come with HTTP status 200, and some repeat the key."""
        note = next((str(fields[name]) for name in _NOTE_FIELDS if name in fields), None)
        if note is None or _SERIES in fields:
            return
        words = note.lower()
        found = _(
            "it answered {excerpt!r}", excerpt=excerpt(note.replace(key.get_secret_value(), "***"))
        )
        if "invalid api call" in words:
            raise UnknownSymbolError(
                str(symbol), self.name, _("{found}; check the spelling", found=found)
            )
        if "apikey" in words and "invalid" in words:
            raise self._error(
                symbol,
                "auth",
                found,
                advice=_("check {key_variable}", key_variable=SERVICE.key_variable),
            )
        if "premium feature" in words or "premium endpoint" in words:
            advice = _("this needs a paid key; --source {name} is for a free one", name=_FREE.name)
            raise self._error(symbol, "auth", found, advice=advice)
        raise self._error(symbol, "rate_limited", found)

    def _parse(
        self, fields: Mapping[str, object], symbol: Symbol, ticker: str
    ) -> tuple[Bars, tuple[CorporateAction, ...]]:
        self._check_series(fields, symbol, ticker)
        actions: tuple[CorporateAction, ...] = ()
        try:
            if self._plan.is_adjusted:
                rows = _ADJUSTED_ROWS.validate_python(fields[_SERIES])
                bars, actions = _adjusted_bars(rows), self._actions(rows)
            else:
                bars = _raw_bars(_RAW_ROWS.validate_python(fields[_SERIES]))
        except ValidationError as error:
            found = _(
                "its rows have an unexpected form ({first_problem})",
                first_problem=first_problem(error),
            )
            raise self._error(symbol, "schema_changed", found) from None
        absent = [name for name, column in bars.columns.items() if np.isnan(column).all()]
        if absent:
            found = _("its rows have an unexpected form (no {absent})", absent=", ".join(absent))
            raise self._error(symbol, "schema_changed", found)
        return bars, actions

    def _actions(self, rows: Mapping[date, _AdjustedRow]) -> tuple[CorporateAction, ...]:
        """Return the stated splits, for which the bars are adjusted, and dividends as paid."""
        splits = [
            CorporateAction(
                ex_date=day, kind="split", ratio=row.split, source=self.name, is_in_prices=True
            )
            for day, row in rows.items()
            if row.split != 1.0
        ]
        dividends = [
            CorporateAction(ex_date=day, kind="dividend", amount=row.dividend, source=self.name)
            for day, row in rows.items()
            if row.dividend > 0
        ]
        return merge_actions(splits, dividends)

    def _check_series(self, fields: Mapping[str, object], symbol: Symbol, ticker: str) -> None:
        """Check that an answer holds a series of the requested ticker."""
        match fields:
            case {"Meta Data": {"2. Symbol": str(other)}} if other.upper() != ticker:
                found = _(
                    "it answered about {excerpt}, asked for {ticker}",
                    excerpt=excerpt(other),
                    ticker=ticker,
                )
                raise self._error(symbol, "bad_payload", found)
            case {"Meta Data": {"2. Symbol": _}, "Time Series (Daily)": dict() as rows} if rows:
                return
            case {"Meta Data": _, "Time Series (Daily)": dict() as rows} if not rows:
                raise self._error(symbol, "bad_payload", _("it answered with an empty series"))
            case {"Meta Data": _}:
                found = _(
                    "its answers have an unexpected form (no symbol, or no {series!r})",
                    series=_SERIES,
                )
                raise self._error(symbol, "schema_changed", found)
            case _:
                found = _("it answered with an object that holds no series")
                raise self._error(symbol, "bad_payload", found)

    def _error(
        self,
        symbol: Symbol,
        reason: ProviderReason,
        found: LocalText,
        *,
        advice: LocalText | None = None,
    ) -> ProviderError:
        return ProviderError(self.name, str(symbol), reason, found, advice=advice)


def _raw_bars(rows: Mapping[date, _RawRow]) -> Bars:
    columns = _columns(rows, ("open", "high", "low", "close", "volume"))
    return Bars.from_columns(sorted(rows), {**columns, "adj_close": columns["close"]})


def _adjusted_bars(rows: Mapping[date, _AdjustedRow]) -> Bars:
    """Divide traded prices by the splits after them, as adj_close is already."""
    names = ("open", "high", "low", "close", "adj_close", "volume", "split")
    columns = _columns(rows, names)
    splits = columns.pop("split")
    later = np.cumprod(splits[::-1])[::-1] / splits
    for name in ("open", "high", "low", "close"):
        columns[name] = columns[name] / later
    columns["volume"] = columns["volume"] * later
    return Bars.from_columns(sorted(rows), columns)


def _columns(rows: Mapping[date, _Row], names: tuple[str, ...]) -> dict[str, Column]:
    return {
        name: np.array([getattr(rows[day], name) for day in sorted(rows)], np.float64)
        for name in names
    }


def _raw_finding(symbol: Symbol) -> tuple[Finding, ...]:
    """Report that the prices are not adjusted."""
    raw = bilingual("closes as traded: adj_close has neither dividends nor splits")
    return (Finding.from_code("PRC016", raw, symbol=str(symbol)),)


ALPHAVANTAGE = ProviderEntry(
    name=_FREE.name,
    factory=partial(AlphaVantage, _FREE),
    service=SERVICE,
    basis="as_traded",
    standing_findings=_raw_finding,
)
ALPHAVANTAGE_ADJUSTED = ProviderEntry(
    name=_PAID.name,
    factory=partial(AlphaVantage, _PAID),
    service=SERVICE,
    basis="split_adjusted",
)
