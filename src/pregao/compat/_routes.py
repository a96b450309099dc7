"""The paths of five earlier systems, for clients that were written for them.

Each is an adapter over the same use cases as the API proper. What those systems answered is
answered here in the same shape; what is wrong is a problem, except where a client looked for
``error``.
"""

import json
from collections import defaultdict
from time import perf_counter
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Discriminator, Field, Tag

from pregao.api import (
    Services,
    ServicesDep,
    examples,
    problems,
)
from pregao.errors import PregaoError
from pregao.registry import Run
from pregao.service import MAX_ROWS, OwnPrices, Price, SymbolForecast, Ticker
from pregao.training import Epoch, list_networks
from pregao.values import Value

router = APIRouter(tags=["earlier systems"])

_STEPS = 10
_SAMPLE_SYMBOL = "PETR4"
_BUNDLED_SYMBOL = "SP500"
_MOST_RUNS = 200
_CATEGORIES = {
    "lstm": "LSTM",
    "gru": "GRU",
    "bidirectional": "Bidirectional",
    "stacked": "Stacked",
    "residual": "Residual and skip",
    "attention": "Attention and hybrid",
}


class StockRequest(Value):
    """The next sessions of a ticker."""

    stock: Ticker


class SixtyDaysRequest(Value):
    """The next close after sixty."""

    last_60_days: tuple[Price, ...] = Field(min_length=60, max_length=60)


class PricesRequest(Value):
    """The next close after sixty or more."""

    prices: tuple[Price, ...] = Field(min_length=60, max_length=MAX_ROWS)
    ticker: Ticker = _SAMPLE_SYMBOL


def _body_kind(body: object) -> str:
    names = body if isinstance(body, dict) else {}
    return next((each for each in ("last_60_days", "prices") if each in names), "stock")


PredictRequest = Annotated[
    Annotated[StockRequest, Tag("stock")]
    | Annotated[SixtyDaysRequest, Tag("last_60_days")]
    | Annotated[PricesRequest, Tag("prices")],
    Discriminator(_body_kind),
]


_SIXTY = [round(30 + 0.1 * (day % 7) - 0.2 * (day % 3), 2) for day in range(60)]
_STOCK = {"stock": "SP500"}
_LAST_60_DAYS = {"last_60_days": _SIXTY}
_PRICES = {"prices": [*_SIXTY, 30.5], "ticker": "NVDA"}


@router.get("/health")
async def health(services: ServicesDep) -> dict[str, object]:
    """Answer while forecasts are served, by a champion or by a baseline."""
    return {"status": "healthy", "model_loaded": services.forecasts.is_open}


@router.post(
    "/predict", responses=problems("history-too-short", "invalid-input", reads_prices=True)
)
async def predict(
    body: Annotated[
        PredictRequest, examples(stock=_STOCK, last_60_days=_LAST_60_DAYS, prices=_PRICES)
    ],
    services: ServicesDep,
) -> dict[str, object]:
    """Forecast a ticker, or the next close after given prices."""
    is_ready = isinstance(body, StockRequest) and services.forecasts.is_ready(body.stock, None)
    return await services.run_in_thread(lambda: _predict(body, services), is_quick=is_ready)


def _predict(
    body: StockRequest | SixtyDaysRequest | PricesRequest, services: Services
) -> dict[str, object]:
    started = perf_counter()
    match body:
        case StockRequest():
            forecast = _forecast_stock(body.stock, services)
            return {"preco": json.dumps([round(each, 2) for each in forecast.median])}
        case SixtyDaysRequest():
            forecast = _forecast_next(body.last_60_days, _SAMPLE_SYMBOL, services)
            return {
                "ticker": forecast.symbol,
                "predicted_price_brl": round(forecast.median[0], 2),
                "status": "success",
            }
        case PricesRequest():
            forecast = _forecast_next(body.prices, body.ticker, services)
            return {
                "predicted_price": round(forecast.median[0], 2),
                "currency": forecast.currency,
                "ticker": forecast.symbol,
                "input_days": len(body.prices),
                "processing_time_ms": round(1000 * (perf_counter() - started), 2),
                "model_info": {
                    "name": forecast.forecaster,
                    "run": forecast.run,
                    "edge": forecast.edge,
                    "range_90": [
                        forecast.prices[0][forecast.levels.index(q)] for q in (0.05, 0.95)
                    ],
                },
            }


def _forecast_stock(symbol: str, services: Services) -> SymbolForecast:
    """Forecast ten sessions, or fewer if the champion's horizon is shorter."""
    has_champion = services.forecasts.loaded_champion(symbol) is not None
    return services.forecasts.forecast(symbol, horizon=None if has_champion else _STEPS)


def _forecast_next(closes: tuple[float, ...], symbol: str, services: Services) -> SymbolForecast:
    return services.forecast_own(OwnPrices(symbol=symbol, close=closes))


@router.get("/sample-data")
def sample_data(services: ServicesDep) -> dict[str, object]:
    """Return sixty closes for a trial forecast, with their source."""
    try:
        quote = services.quotes.newest(_SAMPLE_SYMBOL)
    except PregaoError as error:
        closes = services.quotes.bundled(_BUNDLED_SYMBOL).bars.close[-60:].tolist()
        note = f"the S&P 500 as bundled, for {_SAMPLE_SYMBOL} cannot be had: {error}"
        return {"source": "sample", "last_60_days": closes, "note": note}
    answer: dict[str, object] = {
        "source": quote.source,
        "last_60_days": quote.prices.bars.close[-60:].tolist(),
    }
    if quote.is_stale:
        answer["note"] = f"{_SAMPLE_SYMBOL} as of {quote.prices.last}: no provider had newer ones"
    return answer


@router.get("/api/models-info")
def models_info() -> dict[str, object]:
    """List the thirty numbered networks by category."""
    categories: defaultdict[str, list[dict[str, object]]] = defaultdict(list)
    for each in list_networks():
        if each.number is not None:
            categories[_CATEGORIES[each.category]].append(
                {
                    "number": each.number,
                    "name": each.name,
                    "description": each.description,
                    "parameters": each.parameters,
                }
            )
    return {"total": sum(map(len, categories.values())), "categories": dict(categories)}


@router.get("/statistics", responses=problems("damaged", uses_database=True))
def statistics(services: ServicesDep) -> dict[str, object]:
    """List the stored runs as MLflow lists experiments, with the naive forecast's scores."""
    by_symbols: defaultdict[str, list[Run]] = defaultdict(list)
    for run in services.workbench.runs()[:_MOST_RUNS]:
        by_symbols[", ".join(run.experiment.symbols)].append(run)
    return {
        "experiments": [
            {
                "artifact_uri": "runs",
                "experiment_id": str(number),
                "lifecycle_stage": "active",
                "name": name,
                "runs": [_as_mlflow(run) for run in runs],
            }
            for number, (name, runs) in enumerate(sorted(by_symbols.items()), 1)
        ]
    }


def _as_mlflow(run: Run) -> dict[str, object]:
    report = run.report
    subject, naive = report.subject, report.forecaster("random_walk").metrics
    ended_ms = run.published_ns // 1_000_000
    steps = {
        f"{score}_step_{step}": value
        for score in ("rmse", "mape")
        for step, value in enumerate(subject.metrics.per_step[score], 1)
    }
    fields = run.experiment.model_dump(mode="json", exclude_none=True)
    return {
        "artifact_uri": f"runs/{run.id}",
        "end_time": ended_ms,
        "metrics": {
            **_losses(subject.epochs),
            "final_mape": subject.metrics.mape,
            "final_rmse": subject.metrics.rmse,
            "naive_mape": naive.mape,
            "naive_rmse": naive.rmse,
            **steps,
            "training_time": subject.seconds,
        },
        "params": {name: _as_text(value) for name, value in fields.items()},
        "run_id": run.id,
        "start_time": ended_ms - int(1000 * (subject.seconds or 0.0)),
        "status": "FINISHED",
        "tags": {"forecaster": report.candidate, "champion": report.champion, "edge": report.edge},
    }


def _losses(epochs: tuple[Epoch, ...]) -> dict[str, object]:
    """Return the losses of a network; an ensemble has none of its own."""
    if not epochs:
        return {}
    return {
        "best_val_loss": min(each.validation_loss for each in epochs),
        "train_loss": epochs[-1].train_loss,
        "val_loss": epochs[-1].validation_loss,
    }


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
