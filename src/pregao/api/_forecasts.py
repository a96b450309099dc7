"""Forecasts: of known symbols, or of a client's own prices."""

import asyncio
from collections.abc import Callable
from typing import Annotated, TypeVar

import numpy as np
from fastapi import APIRouter
from starlette.responses import Response

from pregao.api._openapi import QUOTED, examples, problems
from pregao.api._services import Served, Services
from pregao.errors import PregaoError
from pregao.findings import Finding
from pregao.instruments import Symbol
from pregao.prices import Bars, Download, Prices, last_sessions_until, validate_download
from pregao.service import LEAST_ROWS, ForecastRequest, ForecastShown, ForecastsShown, OwnPrices

router = APIRouter(prefix="/v1", tags=["forecasts"])
T = TypeVar("T")

_OWN = [round(30 + 0.1 * (day % 7) - 0.2 * (day % 3), 2) for day in range(LEAST_ROWS)]
_SYMBOLS = {"symbols": ["SP500"], "horizon": 5, "levels": [0.05, 0.5, 0.95]}
_CLOSES = {"prices": {"symbol": "PETR4", "close": _OWN}, "horizon": 3}
_BARS = {
    "prices": {
        "symbol": "NVDA",
        "open": _OWN,
        "high": [each + 0.5 for each in _OWN],
        "low": [each - 0.5 for each in _OWN],
        "close": _OWN,
        "volume": [1000] * LEAST_ROWS,
    }
}


@router.post(
    "/forecasts",
    response_model=ForecastsShown,
    responses=problems(*QUOTED, "history-too-short", "invalid-input"),
)
async def forecasts(
    asked: Annotated[
        ForecastRequest, examples(symbols=_SYMBOLS, own_closes=_CLOSES, own_bars=_BARS)
    ],
    services: Served,
) -> Response:
    """Forecast the next sessions of symbols, or of prices in the body, which are not stored."""
    is_ready = asked.prices is None and all(
        services.forecasts.is_ready(each, asked.horizon) for each in asked.symbols
    )
    shown = await run_in_thread(services, lambda: _forecast(asked, services), is_quick=is_ready)
    return Response(shown.model_dump_json(), media_type="application/json")


async def run_in_thread(services: Services, work: Callable[[], T], *, is_quick: bool = False) -> T:
    """Run a function in a thread; those that may wait for a provider have threads of their own."""
    pool = services.quick if is_quick else services.patient
    return await asyncio.get_running_loop().run_in_executor(pool, work)


def _forecast(asked: ForecastRequest, services: Services) -> ForecastsShown:
    if asked.prices is not None:
        shown = forecast_own(asked.prices, services, horizon=asked.horizon, levels=asked.levels)
        return ForecastsShown.model_construct(forecasts=(shown,), failures={})
    answered: list[ForecastShown] = []
    failures: dict[str, PregaoError] = {}
    for each in asked.symbols:
        try:
            answered.append(
                services.forecasts.forecast(each, horizon=asked.horizon, levels=asked.levels)
            )
        except PregaoError as error:
            services.metrics.forecasts.labels("failed").inc()
            failures[each] = error
    if not answered:
        raise next(iter(failures.values()))
    reasons = {symbol: str(error) for symbol, error in failures.items()}
    return ForecastsShown.model_construct(forecasts=tuple(answered), failures=reasons)


def forecast_own(
    own: OwnPrices,
    services: Services,
    *,
    horizon: int | None = None,
    levels: tuple[float, ...] | None = None,
) -> ForecastShown:
    """Check a client's prices, and forecast from them."""
    prices, findings = checked(own, services)
    return services.forecasts.forecast_own(
        prices, findings, closes_only=own.is_closes_only, horizon=horizon, levels=levels
    )


def checked(own: OwnPrices, services: Services) -> tuple[Prices, tuple[Finding, ...]]:
    """Validate the bars of a request like those of a provider.

    Raises
    ------
    InputError
        If no row can be used.
    """
    symbol = Symbol.parse(own.symbol)
    sessions = (
        np.array(own.sessions, "datetime64[D]")
        if own.sessions is not None
        else last_sessions_until(symbol, len(own.close), services.today())
    )
    columns = {
        "open": own.open or own.close,
        "high": own.high or own.close,
        "low": own.low or own.close,
        "close": own.close,
        "adj_close": own.adj_close or own.close,
        "volume": own.volume or (0.0,) * len(own.close),
    }
    download = Download(symbol, Bars.from_columns(sessions, columns), "request", "the request")
    return validate_download(download)
