"""Prices from Alpha Vantage, by its daily series: raw with a free key, adjusted with a paid one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Annotated
from urllib.parse import urlencode

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, SecretStr, TypeAdapter, ValidationError

from pregao.errors import ProviderError, ProviderReason, UnknownSymbolError
from pregao.findings import Finding
from pregao.instruments import B3, LONDON, NYSE, Symbol, as_date
from pregao.prices._access import Access, needed
from pregao.prices._breaker import Breaker, breaker_of
from pregao.prices._prices import Bars, Column
from pregao.prices._provider import Download
from pregao.prices._provisional import settled
from pregao.prices._replies import Reply, checked_status, fields_of, shown
from pregao.prices._retry import asked
from pregao.values import Text

ALPHAVANTAGE_URL = "https://www.alphavantage.co"
_SUFFIXES = {NYSE.code: "", B3.code: ".SAO", LONDON.code: ".LON"}
_SERIES = "Time Series (Daily)"
_NOTES = ("Error Message", "Information", "Note")
_GET_A_KEY = "set ALPHAVANTAGE_API_KEY to the key that alphavantage.co gives"

# A number that one row lacks is a hole in that row; one that all rows lack has another name now.
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
    split: Annotated[float, Field(gt=0, alias="8. split coefficient")]


_RAW = TypeAdapter(dict[date, _RawRow])
_ADJUSTED = TypeAdapter(dict[date, _AdjustedRow])


@dataclass(frozen=True)
class _Plan:
    """What a key of one kind can ask for, and how it is read."""

    name: str
    function: str
    size: str
    is_adjusted: bool


_FREE = _Plan("alphavantage", "TIME_SERIES_DAILY", "compact", is_adjusted=False)
_PAID = _Plan("alphavantage_adjusted", "TIME_SERIES_DAILY_ADJUSTED", "full", is_adjusted=True)


class AlphaVantage:
    """Daily bars of Alpha Vantage, by a key of one of two kinds.

    A free key gives the newest hundred sessions as they were traded: adj_close is close, a
    finding says that dividends and splits are not in it. A paid one gives the whole history;
    prices are divided by the splits that came after them, as the other providers do.
    """

    def __init__(
        self, plan: _Plan, *, path: Path | None = None, access: Access | None = None
    ) -> None:
        self._plan = plan
        self._access = needed(access, plan.name, path)
        self._url = self._access.base_url("alphavantage", ALPHAVANTAGE_URL)

    @property
    def breaker(self) -> Breaker:
        """What this process knows of the provider."""
        return breaker_of(self.name, self._url)

    @property
    def name(self) -> str:
        """The provider's name: raw and adjusted prices are two series, and kept apart."""
        return self._plan.name

    def download(
        self, symbol: Symbol, start: date | None = None, end: date | None = None
    ) -> Download:
        """Give the final bars from `start` to `end`, as far back as the key reaches.

        Raises
        ------
        UnknownSymbolError
            If Alpha Vantage has no such symbol.
        ProviderError
            If there is no key, or no usable answer.
        """
        spelt = self._spelt(symbol)
        key = self._key(symbol)
        bars = asked(
            str(symbol),
            lambda ends: self._ask(symbol, spelt, key, ends),
            access=self._access,
            breaker=self.breaker,
        )
        source = f"{self._url}/query?function={self._plan.function}&symbol={spelt}"
        download = Download(symbol, bars, self.name, source).between(start, end)
        found = (*known_of(self.name, symbol), *self._cut_short(symbol, bars, start))
        return settled(replace(download, findings=found), self._access.clock)

    def _cut_short(self, symbol: Symbol, bars: Bars, start: date | None) -> tuple[Finding, ...]:
        """Say that a free key does not reach as far back as was asked for."""
        first = as_date(bars.sessions[0])
        if self._plan.is_adjusted or (start is not None and start >= first):
            return ()
        text = Text.of(
            "a free key gives {bars} sessions, from {first} on",
            "uma chave gratuita dá {bars} pregões, de {first} em diante",
            bars=len(bars),
            first=first,
        )
        return (Finding.of("PRC017", text, symbol=str(symbol)),)

    def _spelt(self, symbol: Symbol) -> str:
        suffix = _SUFFIXES.get(symbol.exchange.code)
        if suffix is None or symbol.ticker.startswith("^"):
            hint = "it has shares of the US, of B3 and of London, and no index"
            raise UnknownSymbolError(str(symbol), self.name, hint)
        return symbol.ticker + suffix

    def _key(self, symbol: Symbol) -> SecretStr:
        key = self._access.keys.get("alphavantage")
        if key is None:
            raise self._error(symbol, "auth", "it has no key", advice=_GET_A_KEY)
        return key

    def _ask(self, symbol: Symbol, spelt: str, key: SecretStr, ends: float) -> Bars:
        from pregao.prices._http_client import AnsweredError, Courier

        clock = self._access.clock
        query = {
            "function": self._plan.function,
            "symbol": spelt,
            "outputsize": self._plan.size,
            "datatype": "json",
            "apikey": key.get_secret_value(),
        }
        with Courier(question="/") as courier:
            courier.begin(self.name, str(symbol), ends=ends, access=self._access)
            try:
                reply: Reply = courier.get(f"{self._url}/query?{urlencode(query)}")
            except AnsweredError as answered:
                reply = answered.reply
        checked_status(reply, self.name, str(symbol), clock.now())
        fields = fields_of(reply.content, self.name, str(symbol))
        self._check_notes(fields, symbol, key)
        return self._bars(fields, symbol, spelt)

    def _check_notes(self, fields: Mapping[str, object], symbol: Symbol, key: SecretStr) -> None:
        """Raise what a note means: they come with HTTP status 200, and some repeat the key."""
        note = next((str(fields[name]) for name in _NOTES if name in fields), None)
        if note is None or _SERIES in fields:
            return
        words = note.lower()
        said = f"it answered {shown(note.replace(key.get_secret_value(), '***'))!r}"
        if "invalid api call" in words:
            raise UnknownSymbolError(str(symbol), self.name, f"{said}; check the spelling")
        if "apikey" in words and "invalid" in words:
            raise self._error(symbol, "auth", said, advice=_GET_A_KEY)
        if "premium feature" in words or "premium endpoint" in words:
            advice = "this needs a paid key; --source alphavantage is for a free one"
            raise self._error(symbol, "auth", said, advice=advice)
        raise self._error(symbol, "rate_limited", said)

    def _bars(self, fields: Mapping[str, object], symbol: Symbol, spelt: str) -> Bars:
        match fields:
            case {"Meta Data": {"2. Symbol": str(told)}} if told.upper() != spelt:
                found = f"it answered about {shown(told)}, asked for {spelt}"
                raise self._error(symbol, "bad_payload", found)
            case {"Meta Data": {"2. Symbol": _}, "Time Series (Daily)": dict() as rows} if rows:
                pass
            case {"Meta Data": _, "Time Series (Daily)": dict() as rows} if not rows:
                raise self._error(symbol, "bad_payload", "it answered with an empty series")
            case {"Meta Data": _}:
                found = f"its answers have another form (no symbol, or no {_SERIES!r})"
                raise self._error(symbol, "schema_changed", found)
            case _:
                found = "it answered with an object that holds no series"
                raise self._error(symbol, "bad_payload", found)
        try:
            if self._plan.is_adjusted:
                bars = _adjusted(_ADJUSTED.validate_python(fields[_SERIES]))
            else:
                bars = _raw(_RAW.validate_python(fields[_SERIES]))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(str(each) for each in first["loc"])
            found = f"its rows have another form ({shown(where)}: {first['msg']})"
            raise self._error(symbol, "schema_changed", found) from None
        absent = [name for name, column in bars.columns.items() if np.isnan(column).all()]
        if absent:
            found = f"its rows have another form (no {', '.join(absent)})"
            raise self._error(symbol, "schema_changed", found)
        return bars

    def _error(
        self, symbol: Symbol, reason: ProviderReason, found: str, *, advice: str | None = None
    ) -> ProviderError:
        return ProviderError(self.name, str(symbol), reason, found, advice=advice)


def free(*, path: Path | None = None, access: Access | None = None) -> AlphaVantage:
    """Make the provider for a free key."""
    return AlphaVantage(_FREE, path=path, access=access)


def paid(*, path: Path | None = None, access: Access | None = None) -> AlphaVantage:
    """Make the provider for a paid key."""
    return AlphaVantage(_PAID, path=path, access=access)


def _raw(rows: Mapping[date, _RawRow]) -> Bars:
    columns = _columns(rows, ("open", "high", "low", "close", "volume"))
    return Bars.of(sorted(rows), {**columns, "adj_close": columns["close"]})


def _adjusted(rows: Mapping[date, _AdjustedRow]) -> Bars:
    """Divide what was traded by the splits that came after, as adj_close is already."""
    names = ("open", "high", "low", "close", "adj_close", "volume", "split")
    columns = _columns(rows, names)
    splits = columns.pop("split")
    later = np.cumprod(splits[::-1])[::-1] / splits
    for name in ("open", "high", "low", "close"):
        columns[name] = columns[name] / later
    columns["volume"] = columns["volume"] * later
    return Bars.of(sorted(rows), columns)


def _columns(rows: Mapping[date, _Row], names: tuple[str, ...]) -> dict[str, Column]:
    return {
        name: np.array([getattr(rows[day], name) for day in sorted(rows)], np.float64)
        for name in names
    }


def known_of(provider: str, symbol: Symbol) -> tuple[Finding, ...]:
    """Give what is known of every series of a provider, also when it comes from the store."""
    if provider != _FREE.name:
        return ()
    raw = Text(
        en="closes as traded: adj_close has neither dividends nor splits",
        pt_br="fechamentos como negociados: adj_close sem proventos nem desdobramentos",
    )
    return (Finding.of("PRC016", raw, symbol=str(symbol)),)
