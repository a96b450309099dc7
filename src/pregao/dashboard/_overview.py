"""The overview: the next sessions of each symbol as a range, and whether there is an edge."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import date

import numpy as np
from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import Response

from pregao.api import Services, ServicesDep
from pregao.dashboard._requests import Page, answered
from pregao.dashboard._texts import say
from pregao.errors import InvalidSymbolError, PregaoError
from pregao.inference import Edge
from pregao.instruments import Symbol, price_digits, sessions_between
from pregao.presentation import (
    Cell,
    Day,
    Link,
    Money,
    Number,
    Percent,
    Quantity,
    Table,
    Tone,
    edge_badge,
    field_of,
    table_of,
    write,
)
from pregao.service import Quote, SymbolForecast
from pregao.training import LEVELS
from pregao.values import Text, Value

router = APIRouter(include_in_schema=False)

WATCH_COOKIE = "pregao_watchlist"
MAX_ROWS = 24
_LOW, _HIGH = LEVELS.index(0.05), LEVELS.index(0.95)


class Watched(Value):
    """A symbol's line."""

    symbol: str
    currency: str
    last_price: float
    day_change: float | None = Field(description="of the last close to the one before, as a share")
    as_of: date = Field(description="the last session that is known")
    sessions_late: int = Field(description="how many sessions have been held since")
    horizon: int = Field(description="sessions ahead")
    session: date = Field(description="the last session that is forecast")
    median: float
    low: float = Field(description="5 % quantile for that session")
    high: float = Field(description="95 % quantile for that session")
    edge: Edge
    forecaster: str
    run: str | None
    source: str


class Unwatchable(Value):
    """A symbol of the watchlist for which there is no forecast."""

    symbol: str
    reason: Text


class OverviewPage(Value):
    """The value of the overview."""

    rows: tuple[Watched, ...]
    failures: tuple[Unwatchable, ...]
    num_symbols: int = Field(description="whose prices are at hand")
    num_champions: int
    num_runs: int = Field(description="the newest 200 at most are counted")
    num_jobs: int = Field(description="waiting or running")
    is_new: bool = Field(description="whether nothing was trained yet")


@router.get("/")
def overview(request: Request, services: ServicesDep) -> Response:
    """Show the watchlist."""
    watched = request.cookies.get(WATCH_COOKIE, "")
    page = overview_page(services, watched=watched)
    return answered(request, "overview", lambda _: Page(page, {"watched": _table(page.rows)}))


def overview_page(services: Services, *, watched: str = "") -> OverviewPage:
    """Return the overview: symbols of the visitor's own list, or champions and what is at hand."""
    known, seats = services.quotes.sources(), services.forecasts.loaded_champions()
    own = tickers_of(watched)
    names = own or tuple(dict.fromkeys([*(each.champion.symbol for each in seats), *known]))
    rows: list[Watched] = []
    failures: list[Unwatchable] = []
    for name in names[:MAX_ROWS]:
        try:
            rows.append(
                _watched(services.quotes.newest(name), services.forecasts.forecast(name), services)
            )
        except PregaoError as error:
            failures.append(Unwatchable(symbol=name, reason=Text.from_message(error)))
    counts = services.workbench.jobs.counts()
    num_runs = len(services.workbench.models.runs())
    return OverviewPage(
        rows=tuple(rows),
        failures=tuple(failures),
        num_symbols=len(names),
        num_champions=len(seats),
        num_runs=num_runs,
        num_jobs=counts.get("queued", 0) + counts.get("running", 0),
        is_new=num_runs == 0,
    )


def _table(rows: Iterable[Watched]) -> Table:
    return table_of(
        rows,
        [
            field_of("symbol", say("symbol"), _symbol, kind="text"),
            field_of(
                "last", say("overview_last"), lambda e: Money(e.last_price, e.currency, e.symbol)
            ),
            field_of("day", say("overview_day"), _day_change, importance=0),
            field_of("forecast", say("overview_forecast"), _median),
            field_of("range", say("overview_range"), _range),
            field_of("edge", say("overview_edge"), lambda each: edge_badge(each.edge)),
            field_of("by", say("overview_by"), _forecaster, kind="text"),
            field_of("data", say("overview_data"), _data),
        ],
    )


def _symbol(watched: Watched) -> Cell:
    return Cell(watched.symbol, link=Link("symbol", watched.symbol))


def _day_change(watched: Watched) -> Cell:
    change = watched.day_change
    tone: Tone = "plain" if not change else "good" if change > 0 else "bad"
    return Cell(Percent(change, 2, signed=True), tone=tone)


def _price(price: float, watched: Watched) -> Number:
    return Number(price, price_digits(watched.last_price, watched.symbol))


def _median(watched: Watched) -> Cell:
    ahead = say("overview_ahead", session=Day(watched.session, is_short=True))
    return Cell(_price(watched.median, watched), beside=(ahead,), tone="strong")


def _range(watched: Watched) -> Quantity:
    low, high = _price(watched.low, watched), _price(watched.high, watched)
    return Text(
        en=f"{write(low, 'en')} .. {write(high, 'en')}",
        pt_br=f"{write(low, 'pt')} .. {write(high, 'pt')}",
    )


def _forecaster(watched: Watched) -> Cell:
    if watched.run is None:
        return Cell(watched.forecaster, beside=(say("baseline"),))
    return Cell(watched.forecaster, link=Link("run", watched.run))


def _data(watched: Watched) -> Cell:
    late = watched.sessions_late
    age = say("overview_sessions_late", count=Number(late)) if late else say("overview_current")
    return Cell(Day(watched.as_of), beside=(age,))


def tickers_of(watched: str) -> tuple[str, ...]:
    """Read the visitor's own list; other than tickers is skipped, for it comes from a cookie."""
    found: list[str] = []
    for each in watched.split("|")[:MAX_ROWS]:
        with suppress(InvalidSymbolError):
            found.append(Symbol.parse(each).key)
    return tuple(dict.fromkeys(found))


def _watched(quote: Quote, forecast: SymbolForecast, services: Services) -> Watched:
    closes = quote.prices.bars.close
    return Watched(
        symbol=quote.prices.symbol.key,
        currency=forecast.currency,
        last_price=forecast.last_price,
        day_change=float(closes[-1] / closes[-2] - 1) if len(closes) > 1 else None,
        as_of=forecast.as_of,
        sessions_late=sessions_late(quote, services),
        horizon=len(forecast.sessions),
        session=forecast.sessions[-1],
        median=forecast.median[-1],
        low=forecast.prices[-1][_LOW],
        high=forecast.prices[-1][_HIGH],
        edge=forecast.edge,
        forecaster=forecast.forecaster,
        run=forecast.run,
        source=forecast.source,
    )


def sessions_late(quote: Quote, services: Services) -> int:
    """Count the sessions that were held since the last bar, today's left out: it may be open."""
    first = quote.prices.last + np.timedelta64(1, "D")
    yesterday = np.datetime64(services.today(), "D") - np.timedelta64(1, "D")
    if first > yesterday:
        return 0
    return len(sessions_between(quote.prices.symbol.exchange, first, yesterday))
