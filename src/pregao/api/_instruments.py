"""Instruments: a symbol of a request with what is stated about it, and the known exchanges."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from pydantic import Field

from pregao.api._openapi import problems
from pregao.api._services import ServicesDep
from pregao.instruments import (
    EXCHANGES,
    Exchange,
    InstrumentClass,
    Symbol,
    calendar_name,
    spell_symbol,
)
from pregao.service import MAX_SYMBOL_CHARACTERS, StatedCurrency, StatedExchange
from pregao.values import Value

router = APIRouter(prefix="/v1", tags=["prices"])

_Symbol = Annotated[
    str,
    Path(
        max_length=MAX_SYMBOL_CHARACTERS,
        description="PETR4, VALE3.SA, NVDA, ^BVSP; or SAP@XETR, with the exchange",
    ),
]
_Exchange = Annotated[StatedExchange, Query()]
_Currency = Annotated[StatedCurrency, Query()]


def _symbol_of_path(symbol: _Symbol, exchange: _Exchange = None, currency: _Currency = None) -> str:
    return str(Symbol.parse(spell_symbol(symbol, exchange, currency)))


def _symbol_of_query(
    symbol: Annotated[str | None, Query(max_length=MAX_SYMBOL_CHARACTERS)] = None,
    exchange: _Exchange = None,
    currency: _Currency = None,
) -> str | None:
    if symbol is None:
        return None
    return str(Symbol.parse(spell_symbol(symbol, exchange, currency)))


SymbolInPath = Annotated[str, Depends(_symbol_of_path)]
"""The symbol of a path in its canonical spelling, with what the query states about it."""
SymbolInQuery = Annotated[str | None, Depends(_symbol_of_query)]
"""The symbol of a query in its canonical spelling, with what is stated beside it."""


class KnownExchange(Value):
    """An exchange whose calendar is known."""

    code: str = Field(description="ISO 10383, where it has one; what follows the @ in SAP@XETR")
    name: str
    currency: str = Field(description="of its quotes, ISO 4217; GBp and ZAc are hundredths")
    suffix: str = Field(description="of its tickers at Yahoo, such as .SA; may be empty")
    zone: str = Field(description="the IANA time zone of its sessions")


class Instrument(Value):
    """What is known of a symbol without a download."""

    symbol: str
    ticker: str = Field(description="without the exchange's suffix")
    exchange: str = Field(
        description="with the ticker the identity of the symbol; XNYS for plain American tickers, "
        "wherever they are listed"
    )
    exchange_name: str
    currency: str = Field(description="of stored prices where there are some, else as stated")
    kind: InstrumentClass = Field(
        serialization_alias="class", description="as far as the ticker tells it"
    )
    time_zone: str
    calendar: str = Field(description="the name of the calendar of its sessions")
    sources: tuple[str, ...] = Field(description="of prices that need no download")
    horizons: tuple[int, ...] = Field(description="of its champions")


@router.get("/exchanges")
def exchanges() -> list[KnownExchange]:
    """List the exchanges whose calendars are known, by code."""
    return [_known(each) for each in sorted(EXCHANGES.values(), key=lambda each: each.code)]


@router.get("/symbols/{symbol}", responses=problems("invalid-symbol", "busy"))
def instrument(symbol: SymbolInPath, services: ServicesDep) -> Instrument:
    """Show the exchange, currency, class and calendar of a symbol, known or not."""
    asked = Symbol.parse(symbol)
    stored = {each.key: each for each in services.quotes.symbols()}
    shown = asked if asked.stated_currency else stored.get(asked.key, asked)
    return Instrument(
        symbol=str(shown),
        ticker=shown.ticker,
        exchange=shown.exchange.code,
        exchange_name=shown.exchange.name,
        currency=shown.currency,
        kind=shown.kind,
        time_zone=shown.exchange.zone,
        calendar=calendar_name(shown.exchange),
        sources=services.quotes.sources().get(shown.key, ()),
        horizons=services.forecasts.horizons(shown.key),
    )


def _known(exchange: Exchange) -> KnownExchange:
    return KnownExchange(
        code=exchange.code,
        name=exchange.name,
        currency=exchange.currency,
        suffix=exchange.suffix,
        zone=exchange.zone,
    )
