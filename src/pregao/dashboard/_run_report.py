"""The report of a run as one file, with what the newest prices at hand add to it."""

from collections.abc import Iterator

import structlog

from pregao.api import Services
from pregao.dashboard._run_page import found_run
from pregao.errors import PregaoError
from pregao.evaluation import Forecast
from pregao.prices import Prices
from pregao.registry import Run, ServedModel
from pregao.report import page_html

_log = structlog.get_logger("pregao.server")

_MOST_FORECASTS = 40
"""As many as the report shows."""


def report_html(services: Services, name: str) -> str:
    """Return the report; forecasts are in it where the run is registered and prices are at hand.

    Raises
    ------
    UnknownRunError, CorruptFileError
        If the run is not there, or not what was written.
    """
    run = found_run(services, name)
    forecasts = tuple(_forecasts(services, run))
    return page_html(
        run.report,
        [prices for prices, _ in forecasts],
        [forecast for _, forecast in forecasts],
        run=run.id,
        software=run.provenance.software,
    )


def _forecasts(services: Services, run: Run) -> Iterator[tuple[Prices, Forecast]]:
    model = _model(services, run)
    if model is None:
        return
    for symbol in run.experiment.symbols[:_MOST_FORECASTS]:
        quote = services.quotes.available(symbol)
        if quote is None:
            continue
        try:
            shown = services.forecasts.forecast_with(model, quote.prices, quote.findings)
        except PregaoError as error:
            _log.info("not in the report", run=run.id, symbol=symbol, reason=str(error))
        else:
            yield quote.prices, shown.as_forecast()


def _model(services: Services, run: Run) -> ServedModel | None:
    """Return the model that forecasts without torch: only registered runs have one."""
    seated = (
        each.model for each in services.forecasts.loaded_champions() if each.model is not None
    )
    found = next((each for each in seated if each.run_id == run.id), None)
    if found is not None or not services.workbench.models.is_registered(run.id):
        return found
    try:
        return services.workbench.models.served(run.id)
    except PregaoError as error:
        _log.warning("no forecast in the report", run=run.id, reason=str(error))
        return None
