"""Yahoo's chart answers, read strictly: what is not as it was is refused, nothing is filled."""

from datetime import UTC, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pregao.errors import ProviderError, UnknownSymbolError
from pregao.instruments import Symbol
from pregao.prices._prices import Bars
from pregao.prices._replies import fields_of, shown

NAME = "yahoo"
_COLUMNS = ("open", "high", "low", "close", "volume")
# Where clocks change, Yahoo writes midnight as an hour or two before it.
_FIRST_HOUR_OF_THE_NEXT_DAY = 22

_Numbers = list[float | None]


class _Given(BaseModel):
    """A part of the answer that is read; what else it holds is Yahoo's own."""

    model_config = ConfigDict(strict=True, frozen=True)


class _Meta(_Given):
    currency: str | None = None
    symbol: str
    zone: str = Field(alias="exchangeTimezoneName")
    last_trade: int | None = Field(default=None, alias="regularMarketTime")


class _Quote(_Given):
    open: _Numbers
    high: _Numbers
    low: _Numbers
    close: _Numbers
    volume: _Numbers


class _Adjusted(_Given):
    adjclose: _Numbers


class _Indicators(_Given):
    quote: Annotated[list[_Quote], Field(min_length=1)]
    adjclose: Annotated[list[_Adjusted], Field(min_length=1)]


class _Result(_Given):
    timestamp: list[int]
    indicators: _Indicators


def read_chart(content: bytes, symbol: Symbol, *, asked: str) -> Bars | None:
    """Read the daily bars of an answer; None where it says that there are none in the span.

    Parameters
    ----------
    asked
        The symbol in Yahoo's spelling.

    Raises
    ------
    UnknownSymbolError
        If Yahoo says so.
    ProviderError
        ``bad_payload`` for what is no chart, or one of another symbol, currency or exchange;
        ``schema_changed`` for a chart without the columns that it had.
    """
    result = _result(content, symbol)
    if result is None:
        return None
    try:
        meta = _Meta.model_validate(result.get("meta"))
        _check_same(meta, symbol, asked)
        if result.get("timestamp") is None:
            return None
        chart = _Result.model_validate(result)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(each) for each in first["loc"])
        found = f"its charts have another form ({where}: {first['msg']})"
        raise ProviderError(NAME, str(symbol), "schema_changed", found) from None
    return _bars(chart, meta, symbol)


def _result(content: bytes, symbol: Symbol) -> dict[str, object] | None:
    """Take the one result out of an answer, or say what it says instead."""
    fields = fields_of(content, NAME, str(symbol))
    match fields:
        case {"chart": {"error": {"code": code, "description": description}}}:
            if code == "Not Found":
                hint = f"it says {shown(str(description))!r}; check the spelling"
                raise UnknownSymbolError(str(symbol), NAME, hint)
            if str(description).startswith("Data doesn't exist for"):
                return None
            found = f"it answered {shown(f'{code}: {description}')!r}"
            raise ProviderError(NAME, str(symbol), "bad_payload", found)
        case {"chart": {"result": [dict() as result, *_]}}:
            return result
        case {"chart": {"result": None | []}}:
            found = "it answered with an empty chart"
            raise ProviderError(NAME, str(symbol), "bad_payload", found)
        case {"chart": _}:
            found = "its charts have another form (chart.result)"
            raise ProviderError(NAME, str(symbol), "schema_changed", found)
        case _:
            found = f"it answered with no chart: {shown(content.decode(errors='replace'))!r}"
            raise ProviderError(NAME, str(symbol), "bad_payload", found)


def _check_same(meta: _Meta, symbol: Symbol, asked: str) -> None:
    """Refuse an answer about something else than was asked."""
    exchange, currency = symbol.exchange, meta.currency or ""
    is_same = currency == symbol.currency
    if symbol.ticker.startswith("^"):  # London's shares are in pence, its indices in points
        is_same = currency.upper() == symbol.currency.upper()
    if not is_same or (meta.symbol, meta.zone) != (asked, exchange.zone):
        raise ProviderError(
            NAME,
            str(symbol),
            "bad_payload",
            f"it answered about {shown(str(meta.symbol))} in {shown(str(meta.currency))} at "
            f"{shown(meta.zone)}, asked for {asked} in {symbol.currency} at {exchange.zone}",
        )


def _bars(chart: _Result, meta: _Meta, symbol: Symbol) -> Bars:
    quote = chart.indicators.quote[0]
    columns = {name: getattr(quote, name) for name in _COLUMNS}
    columns["adj_close"] = chart.indicators.adjclose[0].adjclose
    rows = len(chart.timestamp)
    if any(len(column) != rows for column in columns.values()):
        found = "the columns of its chart are of different lengths"
        raise ProviderError(NAME, str(symbol), "schema_changed", found)
    sessions = np.array([_session(each, symbol) for each in chart.timestamp], "datetime64[D]")
    bars = Bars.of(
        sessions, {name: np.array(column, np.float64) for name, column in columns.items()}
    )
    # A live quote comes as a second row of the last day.
    is_live = rows > 1 and sessions[-1] == sessions[-2] and chart.timestamp[-1] == meta.last_trade
    return bars.take(slice(0, rows - 1)) if is_live else bars


def _session(timestamp: int, symbol: Symbol) -> np.datetime64:
    moment = datetime.fromtimestamp(timestamp, UTC).astimezone(ZoneInfo(symbol.exchange.zone))
    is_next = moment.hour >= _FIRST_HOUR_OF_THE_NEXT_DAY and moment.minute == 0
    return np.datetime64((moment + timedelta(hours=2 * is_next)).date(), "D")
