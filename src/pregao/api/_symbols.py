"""Symbols, their prices, and the findings about these."""

from datetime import date
from typing import Annotated, Any, Self

from fastapi import APIRouter, Query
from pydantic import Field

from pregao.api._instruments import SymbolInPath
from pregao.api._openapi import problems
from pregao.api._services import ServicesDep
from pregao.findings import Finding
from pregao.instruments import Symbol
from pregao.prices import ActionEffect, Adjustment, Verdict, known_actions
from pregao.service import MAX_ROWS, Quote
from pregao.values import Value

router = APIRouter(prefix="/v1/symbols", tags=["prices"])

Rows = Annotated[int, Query(ge=1, le=MAX_ROWS, description="the last rows of the span")]


class ListedSymbol(Value):
    """A symbol whose prices are available without a download."""

    symbol: str
    exchange: str
    currency: str
    sources: tuple[str, ...]
    horizons: tuple[int, ...] = Field(description="of its champions")


class PriceColumns(Value):
    """Daily bars by column: quoted prices, and the fully adjusted close."""

    symbol: str
    currency: str
    source: str
    stale: bool
    as_of: date
    digest: str
    sessions: tuple[date, ...]
    open: tuple[float, ...]
    high: tuple[float, ...]
    low: tuple[float, ...]
    close: tuple[float, ...]
    adj_close: tuple[float, ...]
    volume: tuple[float, ...]


class PriceQuality(Value):
    """The certificate of a symbol's prices."""

    symbol: str
    source: str
    stale: bool
    sessions: int
    first: date
    last: date
    digest: str
    quarantined: bool
    verdict: Verdict = Field(description="good: sound, adjusted and fresh")
    adjustment: Adjustment = Field(description="of closes for dividends and splits")
    fresh: bool
    coverage: float = Field(description="the share of the exchange's sessions with a bar")
    findings: tuple[Finding, ...]

    @classmethod
    def from_quote(cls, quote: Quote) -> Self:
        """Return the certificate of a symbol's newest prices."""
        certificate = quote.certificate
        return cls(
            symbol=str(quote.prices.symbol),
            source=quote.source,
            stale=quote.is_stale,
            sessions=len(quote.prices),
            first=quote.prices.first.astype(date),
            last=quote.prices.last.astype(date),
            digest=quote.prices.digest,
            quarantined=not certificate.is_sound,
            verdict=certificate.verdict,
            adjustment=certificate.adjustment,
            fresh=certificate.is_fresh,
            coverage=certificate.coverage,
            findings=quote.findings,
        )


@router.get("", responses=problems("busy"))
def symbols(services: ServicesDep) -> list[ListedSymbol]:
    """List the symbols whose prices are stored or bundled, and those that have champions."""
    known, champions = services.quotes.symbols(), services.forecasts.loaded_champions()
    others = {Symbol.parse(each.champion.symbol) for each in champions} - known.keys()
    found = {each.key: each for each in (*known, *others)}
    return [
        ListedSymbol(
            symbol=name,
            exchange=symbol.exchange.code,
            currency=symbol.currency,
            sources=known.get(symbol, ()),
            horizons=services.forecasts.horizons(name),
        )
        for name, symbol in sorted(found.items())
    ]


@router.get("/{symbol}/prices", responses=problems(reads_prices=True))
def prices(
    symbol: SymbolInPath,
    services: ServicesDep,
    start: date | None = None,
    end: date | None = None,
    rows: Rows = 5000,
) -> PriceColumns:
    """Return a symbol's newest available bars."""
    quote = services.quotes.newest(symbol)
    wanted = quote.prices.mask_between(start, end)
    columns: dict[str, Any] = {
        name: tuple(column[wanted][-rows:].tolist())
        for name, column in quote.prices.adjusted.columns.items()
        if name in PriceColumns.model_fields
    }
    sessions = quote.prices.sessions[wanted][-rows:]
    return PriceColumns(
        symbol=str(quote.prices.symbol),
        currency=quote.prices.symbol.currency,
        source=quote.source,
        stale=quote.is_stale,
        as_of=quote.prices.last.astype(date),
        digest=quote.prices.digest,
        sessions=tuple(sessions.astype(date).tolist()),
        **columns,
    )


@router.post("/{symbol}/refresh", responses=problems(reads_prices=True))
def refresh(symbol: SymbolInPath, services: ServicesDep) -> PriceQuality:
    """Download newer bars now; 503 if no provider answers."""
    return PriceQuality.from_quote(services.quotes.refresh(symbol))


@router.get("/{symbol}/quality", responses=problems(reads_prices=True))
def quality(symbol: SymbolInPath, services: ServicesDep) -> PriceQuality:
    """Return the findings about a symbol's bars."""
    return PriceQuality.from_quote(services.quotes.newest(symbol))


@router.get("/{symbol}/actions", responses=problems(reads_prices=True))
def actions(symbol: SymbolInPath, services: ServicesDep) -> list[ActionEffect]:
    """List a symbol's dividends, splits and renames, stated and inferred, by ex-date."""
    return list(known_actions(services.quotes.newest(symbol).prices))
