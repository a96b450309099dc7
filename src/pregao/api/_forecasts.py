"""Forecasts: of known symbols, or of a client's own prices."""

from typing import Annotated

from fastapi import APIRouter
from starlette.responses import Response

from pregao.api._openapi import examples, problems
from pregao.api._services import Services, ServicesDep
from pregao.errors import PregaoError
from pregao.service import MIN_ROWS, ForecastRequest, ForecastResponse, SymbolForecast

router = APIRouter(prefix="/v1", tags=["forecasts"])

_OWN = [round(30 + 0.1 * (day % 7) - 0.2 * (day % 3), 2) for day in range(MIN_ROWS)]
_SYMBOLS = {"symbols": ["SP500"], "horizon": 5, "levels": [0.05, 0.5, 0.95]}
_CLOSES = {"prices": {"symbol": "PETR4", "close": _OWN}, "horizon": 3}
_BARS = {
    "prices": {
        "symbol": "NVDA",
        "open": _OWN,
        "high": [each + 0.5 for each in _OWN],
        "low": [each - 0.5 for each in _OWN],
        "close": _OWN,
        "volume": [1000] * MIN_ROWS,
    }
}


@router.post(
    "/forecasts",
    response_model=ForecastResponse,
    responses=problems("history-too-short", "invalid-input", "data-quality", reads_prices=True),
)
async def forecasts(
    body: Annotated[
        ForecastRequest, examples(symbols=_SYMBOLS, own_closes=_CLOSES, own_bars=_BARS)
    ],
    services: ServicesDep,
) -> Response:
    """Forecast the next sessions of symbols, or of prices in the body, which are not stored."""
    is_ready = body.prices is None and all(
        services.forecasts.is_ready(each, body.horizon) for each in body.symbols
    )
    answer = await services.run_in_thread(lambda: _forecast(body, services), is_quick=is_ready)
    return Response(answer.model_dump_json(), media_type="application/json")


def _forecast(body: ForecastRequest, services: Services) -> ForecastResponse:
    if body.prices is not None:
        own = services.forecast_own(body.prices, horizon=body.horizon, levels=body.levels)
        return ForecastResponse.model_construct(forecasts=(own,), failures={})
    forecasts: list[SymbolForecast] = []
    failures: dict[str, PregaoError] = {}
    for each in body.symbols:
        try:
            forecasts.append(
                services.forecasts.forecast(each, horizon=body.horizon, levels=body.levels)
            )
        except PregaoError as error:
            services.metrics.forecasts.labels("failed").inc()
            failures[each] = error
    if not forecasts:
        raise next(iter(failures.values()))
    reasons = {symbol: str(error) for symbol, error in failures.items()}
    return ForecastResponse.model_construct(forecasts=tuple(forecasts), failures=reasons)
