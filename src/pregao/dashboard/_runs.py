"""The list of runs, and the routes to each."""

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import Response

from pregao.api import Services, ServicesDep
from pregao.dashboard._compare import compare_page
from pregao.dashboard._instruments import Stated
from pregao.dashboard._requests import Page, answered
from pregao.dashboard._run_page import run_page
from pregao.dashboard._run_report import report_html
from pregao.instruments import Symbol, spell_symbol
from pregao.presentation import runs_table
from pregao.registry import RunSummary
from pregao.values import Value

router = APIRouter(include_in_schema=False)

MOST_RUNS = 200


class RunLine(Value):
    """A run in the list."""

    summary: RunSummary
    champion_of: tuple[str, ...] = Field(description="the symbols that it serves now")


class RunsPage(Value):
    """The value of the list."""

    rows: tuple[RunLine, ...]
    symbol: str | None = Field(description="whose runs are listed; null for all")
    symbols: tuple[str, ...] = Field(description="of the runs listed")
    is_newest: bool = Field(description="whether the list begins with the newest run")
    older: str | None = Field(description="what comes after: the run before it; null for nothing")


@router.get("/runs")
def runs(
    request: Request,
    services: ServicesDep,
    *,
    symbol: str | None = None,
    exchange: Stated = "",
    currency: Stated = "",
    before: str | None = None,
) -> Response:
    """List the newest runs."""
    known_as = spell_symbol(symbol, exchange, currency) if symbol else None
    page = runs_page(services, symbol=known_as, before=before)
    champion_of = {row.summary.id: row.champion_of for row in page.rows}
    table = runs_table([row.summary for row in page.rows], champion_of)
    return answered(request, "runs", lambda _: Page(page, {"runs": table}))


@router.get("/runs/compare")
def compare(request: Request, services: ServicesDep) -> Response:
    """Put two to five runs side by side."""
    names = [
        name for given in request.query_params.getlist("run") for name in given.split(",") if name
    ]
    return answered(request, "compare", lambda language: compare_page(services, names, language))


@router.get("/runs/{name}")
def run(name: str, request: Request, services: ServicesDep) -> Response:
    """Show a run."""
    return answered(request, "run", lambda language: run_page(services, name, language))


@router.get("/runs/{name}/report.html")
def report(name: str, services: ServicesDep) -> Response:
    """Return the report of a run as one file that needs nothing else."""
    return Response(
        report_html(services, name),
        media_type="text/html; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}.html"',
            "Cache-Control": "no-cache",
        },
    )


def runs_page(
    services: Services, *, symbol: str | None = None, before: str | None = None
) -> RunsPage:
    """Return the runs of a symbol, or all, from the one after `before` on."""
    models = services.workbench.models
    known_as = Symbol.parse(symbol).key if symbol else None
    # One more than is shown tells whether there is more to show.
    found = models.runs(symbol=known_as, limit=MOST_RUNS + 1, before=before or None)
    shown = found[:MOST_RUNS]
    serves: dict[str, list[str]] = {}
    for each in models.champions():
        serves.setdefault(each.run, []).append(each.symbol)
    return RunsPage(
        rows=tuple(
            RunLine(summary=each, champion_of=tuple(serves.get(each.id, ()))) for each in shown
        ),
        symbol=known_as,
        symbols=tuple(sorted({name for each in shown for name in each.symbols})),
        is_newest=not before,
        older=shown[-1].id if len(found) > MOST_RUNS else None,
    )
