"""The simulator: a forecast from prices that a visitor pastes, edits or uploads; none is kept."""

from pathlib import Path

from fastapi import APIRouter, Request
from pydantic import Field

from pregao.api import RequestRefusedError, Services, ServicesDep, request_language
from pregao.dashboard._figures import Drawing
from pregao.errors import Fault
from pregao.instruments import Symbol
from pregao.presentation.figures import fan_figure
from pregao.prices import BadRow, BadRowsError, PastedPrices, Prices, read_pasted
from pregao.registry import ServedModel
from pregao.service import MIN_ROWS, LruCache, SymbolForecast, Ticker
from pregao.texts import gettext_lazy as _
from pregao.texts import join_messages
from pregao.values import Language, Text, Value, bilingual

router = APIRouter(include_in_schema=False)

MOST_CHARACTERS = 3 * 2**20
_MOST_MODELS = 4
_models: LruCache[tuple[Path, str], ServedModel] = LruCache(_MOST_MODELS)
"""Runs that were tried lately, by home and id."""


class SimulationRequest(Value):
    """Prices to forecast from, and who is to do it."""

    symbol: Ticker = Field(default="SP500", description="decides currency and calendar")
    text: str = Field(max_length=MOST_CHARACTERS, description="a CSV file, or closes, one a line")
    run: str | None = Field(
        default=None,
        max_length=120,
        description="its own network, served or not; null: the champion",
    )


class Simulation(Value):
    """What was forecast, and which rows were left out."""

    forecast: SymbolForecast
    drawing: Drawing
    bad_rows: tuple[BadRow, ...] = Field(description="left out of the forecast")
    rows: int = Field(description="how many were read")
    note: Text = Field(description="who forecast, and how far to trust it")


@router.post("/simulations")
def simulate(body: SimulationRequest, request: Request, services: ServicesDep) -> Simulation:
    """Forecast from the visitor's own prices."""
    return simulation(body, services, request_language(request))


def simulation(body: SimulationRequest, services: Services, language: Language) -> Simulation:
    """Read prices, and forecast what follows them.

    Raises
    ------
    Refusal
        With a reason for each row that cannot be read, where too few are left.
    NotRegisteredError, UnknownRunError
        For a run that cannot be asked.
    """
    pasted = _read(body, services)
    if len(pasted.prices) < MIN_ROWS:
        detail = _(
            "{num_prices} prices can be used: give at least {min_rows}",
            num_prices=len(pasted.prices),
            min_rows=MIN_ROWS,
        )
        raise RequestRefusedError("invalid-input", detail, reasons=_faults(pasted.bad_rows))
    model = None if body.run is None else _tried(body.run, services)
    shown = _forecast(model, pasted, services)
    return Simulation(
        forecast=shown,
        drawing=Drawing.of(fan_figure(pasted.prices, shown.as_forecast(), language=language)),
        bad_rows=pasted.bad_rows,
        rows=len(pasted.prices),
        note=_note(shown) if model is None or model.is_served else _note_of_candidate(model),
    )


def _read(body: SimulationRequest, services: Services) -> PastedPrices:
    try:
        return read_pasted(body.text, Symbol.parse(body.symbol), today=services.today())
    except BadRowsError as error:
        reasons = _faults(error.bad_rows)
        raise RequestRefusedError("invalid-input", error, reasons=reasons) from None


def _faults(bad_rows: tuple[BadRow, ...]) -> tuple[Fault, ...]:
    return tuple(
        Fault(f"line {each.line}", join_messages([each.content, each.reason], ": "))
        for each in bad_rows
    )


def _tried(run: str, services: Services) -> ServedModel:
    workbench = services.workbench
    return _models.get((workbench.home, run), lambda: workbench.models.candidate(run))


def _forecast(
    model: ServedModel | None, pasted: PastedPrices, services: Services
) -> SymbolForecast:
    forecasts = services.forecasts
    if model is None:
        return forecasts.forecast_own(
            pasted.prices, pasted.findings, closes_only=pasted.is_closes_only
        )
    return forecasts.forecast_with(model, _fit_for(model, pasted), pasted.findings)


def _fit_for(model: ServedModel, pasted: PastedPrices) -> Prices:
    if pasted.is_closes_only and not model.reads_closes_only:
        detail = _(
            "{run_id} reads ranges or volumes: give open, high, low and volume too",
            run_id=model.run_id,
        )
        raise RequestRefusedError("invalid-input", detail)
    return pasted.prices


def _note(shown: SymbolForecast) -> Text:
    if shown.run is None:
        return bilingual(
            "{name}, a baseline, answers: closes alone, or no champion for them",
            name=shown.forecaster,
        )
    if shown.edge == "none":
        return bilingual(
            "{name} answers; no network has beaten the baselines here, so use the ranges and "
            "not the direction",
            name=shown.forecaster,
        )
    return bilingual("{name} answers", name=shown.forecaster)


def _note_of_candidate(model: ServedModel) -> Text:
    return bilingual(
        "{name} itself answers, as it was evaluated. It was not promoted; the champion "
        "is {served}: use the ranges and not the direction",
        name=model.name,
        served=model.run.report.champion,
    )
