"""A symbol: its prices, what is forecast of it and by whom, and how that has gone so far."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from fastapi import APIRouter, Path, Query, Request
from pydantic import Field
from starlette.responses import RedirectResponse, Response

from pregao.api import PriceQuality, Services, ServicesDep, request_language
from pregao.dashboard._figures import Drawing
from pregao.dashboard._instruments import Stated
from pregao.dashboard._overview import WATCH_COOKIE, sessions_late, tickers_of
from pregao.dashboard._requests import Page, answered
from pregao.dashboard._texts import say
from pregao.dataset import ACTIONS
from pregao.decisions import ActionReport, implied_action_probabilities
from pregao.explanation import Explanation
from pregao.instruments import InstrumentClass, Symbol, calendar_name, spell_symbol
from pregao.monitoring import PastForecasts
from pregao.presentation import (
    QUANTILE_LEVELS,
    Cell,
    Percent,
    Quantity,
    Table,
    Unit,
    adjustment_text,
    certificate_badge,
    field_of,
    quantiles_table,
    table_of,
)
from pregao.presentation.figures import (
    explanation_figure,
    fan_figure,
    past_figure,
    pit_figure,
    prices_figure,
    reliability_figure,
)
from pregao.prices import Prices
from pregao.registry import Champion, Change, ServedModel
from pregao.service import MAX_SYMBOL_CHARACTERS, LoadedChampion, LruCache, Quote, SymbolForecast
from pregao.training import LEVELS
from pregao.values import Language, Text, Value

if TYPE_CHECKING:
    import plotly.graph_objects as go

router = APIRouter(include_in_schema=False)

Years = Literal["1", "2", "5", "all"]
Asked = Annotated[str, Path(max_length=MAX_SYMBOL_CHARACTERS)]
Horizon = Annotated[int | None, Query(ge=1, le=252)]
Floats = np.ndarray[tuple[int, int], np.dtype[np.float64]]

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
_SESSIONS_A_YEAR = 252
_MOST_POINTS = 1_000
"""Of a history: a screen has no more columns to show, and a page must stay light."""
_MOST_FINDINGS = 30
_MOST_CHANGES = 20

_drawings: LruCache[tuple[object, ...], Drawing] = LruCache(128)
_pasts: LruCache[tuple[object, ...], PastForecasts | None] = LruCache(128)


class ActionsShown(Value):
    """What to do, in probabilities, and how sure one has to be for it to pay."""

    probabilities: dict[str, float] = Field(description="calibrated, of buy, sell and hold")
    buy_threshold: float = Field(description="least probability to buy; 1 is never")
    sell_threshold: float
    decided: str = Field(description="what the thresholds make of it")
    is_learnt: bool = Field(description="from a head that was taught actions, or from the ranges")
    cost: float = Field(description="of a round trip, as a share")


class SymbolPage(Value):
    """What a symbol's page shows."""

    symbol: str
    exchange: str
    exchange_name: str
    currency: str
    kind: InstrumentClass = Field(description="the class, as far as the ticker tells it")
    time_zone: str
    calendar: str
    is_watched: bool
    forecast: SymbolForecast
    horizon: int
    horizons: tuple[int, ...] = Field(description="for which there are champions")
    quantile_levels: tuple[float, ...]
    fan: Drawing
    history: Drawing
    years: Years = Field(description="how much of the history is drawn")
    sessions_late: int = Field(description="sessions held since the last bar")
    actions: ActionsShown | None = Field(description="none where no run serves")
    champion: Champion | None
    trouble: str | None = Field(description="why a fallback answers for the champion")
    trail: tuple[Change, ...] = Field(description="of the champion, the newest first")
    past: PastForecasts | None = Field(description="none where no session came since training")
    past_drawing: Drawing | None
    calibration: Drawing | None = Field(description="on the test part; none without a run")
    certificate: PriceQuality
    verdict: Text = Field(description="of the certificate, in words")
    adjustment: Text = Field(description="by whom closes are adjusted, in words")


class ExplanationPage(Value):
    """What mattered to a forecast."""

    explanation: Explanation
    drawing: Drawing


@router.get("/symbols")
def find(
    symbol: Annotated[str, Query(max_length=MAX_SYMBOL_CHARACTERS)],
    exchange: Stated = "",
    currency: Stated = "",
) -> Response:
    """Go to the page of a ticker that was typed, with what was chosen beside it."""
    found = Symbol.parse(spell_symbol(symbol.strip(), exchange, currency.strip()))
    return RedirectResponse(f"/symbols/{found}", status_code=303)


@router.get("/symbols/{symbol}")
def symbol_(
    symbol: Asked,
    request: Request,
    services: ServicesDep,
    horizon: Horizon = None,
    years: Years = "2",
) -> Response:
    """Show a symbol."""
    watched = request.cookies.get(WATCH_COOKIE, "")

    def shown(language: Language) -> Page:
        page = symbol_page(
            services, symbol, language, horizon=horizon, years=years, watched=watched
        )
        return Page(page, _tables(page))

    return answered(request, "symbol", shown)


@router.get("/symbols/{symbol}/explanation")
def explanation(
    symbol: Asked, request: Request, services: ServicesDep, horizon: Horizon = None
) -> ExplanationPage:
    """Explain the forecast of a symbol; the first time takes seconds."""
    return explanation_page(services, symbol, request_language(request), horizon=horizon)


def symbol_page(
    services: Services,
    symbol: str,
    language: Language,
    *,
    horizon: int | None = None,
    years: Years = "2",
    watched: str = "",
) -> SymbolPage:
    """Gather a symbol's page.

    Raises
    ------
    InvalidSymbolError, UnknownSymbolError, ProviderError, HistoryTooShortError
        If there is nothing to show.
    """
    asked = Symbol.parse(symbol)
    name, spelt, forecasts = asked.key, str(asked), services.forecasts
    quote = services.quotes.newest(spelt)
    shown = forecasts.forecast(spelt, horizon=horizon)
    loaded = forecasts.loaded_champion(name, horizon)
    ahead = len(shown.sessions)
    key = (quote.prices.digest, name, shown.run, ahead)
    past = _pasts.get(key, lambda: forecasts.past(spelt, horizon=ahead))
    return SymbolPage(
        symbol=name,
        exchange=asked.exchange.code,
        exchange_name=asked.exchange.name,
        currency=shown.currency,
        kind=asked.kind,
        time_zone=asked.exchange.zone,
        calendar=calendar_name(asked.exchange),
        is_watched=name in tickers_of(watched),
        forecast=shown,
        horizon=ahead,
        horizons=forecasts.horizons(name),
        quantile_levels=QUANTILES,
        fan=_fan(quote, shown, key, language),
        history=_drawn(
            ("history", *key, years),
            language,
            lambda: prices_figure(_thinned(quote.prices, years), language=language),
        ),
        years=years,
        sessions_late=sessions_late(quote, services),
        actions=_actions(loaded, quote, shown),
        champion=loaded.champion if loaded else None,
        trouble=_trouble(loaded, language),
        trail=_trail(services, loaded),
        past=past,
        past_drawing=None
        if past is None
        else _drawn(("past", *key), language, lambda: past_figure(past, language=language)),
        calibration=_calibration(loaded, language),
        certificate=_certificate(quote),
        verdict=certificate_badge(quote.certificate).text,
        adjustment=adjustment_text(quote.certificate),
    )


def explanation_page(
    services: Services, symbol: str, language: Language, *, horizon: int | None = None
) -> ExplanationPage:
    """Explain what the champion forecasts for a symbol.

    Raises
    ------
    UnknownChampionError
        If the symbol has none: a baseline that is fitted on the spot reads returns alone.
    """
    name = str(Symbol.parse(symbol))
    champion = services.workbench.models.champion(name, horizon)
    quote = services.quotes.newest(name)
    found = services.explanations.explain(
        champion.run,
        name,
        digest=quote.prices.digest,
        source="sample" if quote.source == "sample" else "store",
    )
    return ExplanationPage(
        explanation=found,
        drawing=Drawing.of(explanation_figure(found, language=language)),
    )


def _tables(page: SymbolPage) -> dict[str, Table]:
    forecast = page.forecast
    places = [forecast.levels.index(level) for level in QUANTILE_LEVELS]
    quantiles = quantiles_table(
        forecast.sessions,
        [[prices[place] for prices in forecast.prices] for place in places],
        last_price=forecast.last_price,
        symbol=forecast.symbol,
        caption=say("symbol_quantiles_in", currency=Unit(page.currency, page.symbol)),
    )
    if page.actions is None:
        return {"quantiles": quantiles}
    return {"quantiles": quantiles, "actions": _actions_table(page.actions)}


def _actions_table(actions: ActionsShown) -> Table:
    thresholds = {"buy": actions.buy_threshold, "sell": actions.sell_threshold}

    def name(action: str) -> Cell:
        is_decided = action == actions.decided
        return Cell(say(f"symbol_{action}"), marks=(say("symbol_decided"),) if is_decided else ())

    def probability(action: str) -> Cell:
        share = actions.probabilities[action]
        return Cell(Percent(share), bar=share)

    def threshold(action: str) -> Quantity:
        share = thresholds.get(action)
        return Percent(share) if share is None or share < 1 else say("symbol_never")

    return table_of(
        actions.probabilities,
        [
            field_of("action", say("symbol_action"), name, kind="text"),
            field_of("probability", say("symbol_probability"), probability),
            field_of("threshold", say("symbol_threshold"), threshold),
        ],
        emphasis=lambda action: ("subject",) if action == actions.decided else (),
    )


def _drawn(key: tuple[object, ...], language: Language, draw: "Callable[[], go.Figure]") -> Drawing:
    return _drawings.get((*key, language), lambda: Drawing.of(draw()))


def _fan(
    quote: Quote, shown: SymbolForecast, key: tuple[object, ...], language: Language
) -> Drawing:
    forecast = shown.as_forecast()
    return _drawn(
        ("fan", *key), language, lambda: fan_figure(quote.prices, forecast, language=language)
    )


def _thinned(prices: Prices, years: Years) -> Prices:
    """Return the last years, thinned evenly where there are too many points."""
    count = len(prices) if years == "all" else min(len(prices), int(years) * _SESSIONS_A_YEAR)
    step = -(-count // _MOST_POINTS)
    # Counted from the end: the last close is always there.
    rows = np.arange(len(prices) - 1, len(prices) - count - 1, -step)[::-1]
    return replace(prices, bars=prices.bars.take(rows))


def _trouble(loaded: LoadedChampion | None, language: Language) -> str | None:
    if loaded is None or not loaded.load_findings:
        return None
    return "; ".join(each.seen.in_language(language) for each in loaded.load_findings)


def _trail(services: Services, loaded: LoadedChampion | None) -> tuple[Change, ...]:
    if loaded is None:
        return ()
    trail = services.workbench.models.trail(loaded.champion.symbol, loaded.champion.horizon)
    return trail[::-1][:_MOST_CHANGES]


def _calibration(loaded: LoadedChampion | None, language: Language) -> Drawing | None:
    if loaded is None or loaded.model is None:
        return None
    report = loaded.model.run.report
    dossier = report.diagnostics(report.champion)
    key = ("calibration", loaded.model.run_id)
    if dossier is None:
        row = report.forecaster(report.champion)
        return _drawn(key, language, lambda: pit_figure(row, language=language))
    return _drawn(key, language, lambda: reliability_figure(dossier.reliability, language=language))


def _actions(
    loaded: LoadedChampion | None, quote: Quote, shown: SymbolForecast
) -> ActionsShown | None:
    if loaded is None or loaded.model is None or shown.run is None:
        return None
    report = loaded.model.run.report
    dossier = report.diagnostics(report.champion)
    if dossier is None:
        return None
    judged = dossier.actions
    said = _probabilities(loaded.model, judged, quote.prices, shown)
    calibrated = judged.calibration.apply(said)[0]
    [decided] = judged.decided(said)
    return ActionsShown(
        probabilities=dict(zip(ACTIONS, calibrated.tolist(), strict=True)),
        buy_threshold=judged.tuning.thresholds.buy,
        sell_threshold=judged.tuning.thresholds.sell,
        decided=ACTIONS[int(decided)],
        is_learnt=judged.source == "head",
        cost=judged.label_cost,
    )


def _probabilities(
    model: ServedModel, judged: ActionReport, prices: Prices, shown: SymbolForecast
) -> Floats:
    """Return (1, 3) probabilities of `ACTIONS`, as thresholds were tuned on them."""
    if judged.source == "head" and shown.actions is not None:
        return np.array([[shown.actions[name] for name in ACTIONS]])
    last = np.log(np.array([shown.prices[-1]]) / shown.last_price)
    bar = judged.label_cost + judged.threshold_sigmas * model.windows(prices).scale[:, -1]
    return implied_action_probabilities(last, LEVELS, bar)


def _certificate(quote: Quote) -> PriceQuality:
    shown = PriceQuality.from_quote(quote)
    return shown.replace(findings=shown.findings[:_MOST_FINDINGS])
