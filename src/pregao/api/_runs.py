"""Runs, and the champions among them."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Response
from pydantic import Field

from pregao.api._instruments import SymbolInPath, SymbolInQuery
from pregao.api._openapi import examples, problems
from pregao.api._problems import RequestRefusedError
from pregao.api._services import ServicesDep
from pregao.evaluation import Report
from pregao.registry import Champion, Change, RunSummary
from pregao.service import register_in_subprocess
from pregao.texts import gettext_lazy as _
from pregao.values import Value

router = APIRouter(prefix="/v1", tags=["runs and champions"])

RunId = Annotated[str, Path(max_length=120, pattern=r"^[A-Za-z0-9_.-]+$")]
Horizon = Annotated[int | None, Query(ge=1, le=252)]
IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", max_length=40, description="the ETag that the decision is based on"),
]
_BY = "api"


class RunDetails(Value):
    """A run: its summary, its provenance and its experiment."""

    summary: RunSummary
    experiment: dict[str, Any]
    provenance: dict[str, Any]


class ChampionDetails(Value):
    """A champion and its history."""

    champion: Champion
    trail: tuple[Change, ...]


class ChampionRequest(Value):
    """A change of champion: to a run, or back to the previous one."""

    run: str | None = Field(default=None, max_length=120, description="null goes back to the last")
    horizon: int | None = Field(default=None, ge=1, le=252, description="where there are several")
    reason: str = Field(default="", max_length=500)


_PROMOTE = {"run": "20261126-213000-gru_classic-SP500", "reason": "better in rough markets"}
_ROLL_BACK = {"run": None, "horizon": 10, "reason": "it drifts"}
_ETAG = {"ETag": {"description": "the version", "schema": {"type": "string"}}}


@router.get("/runs", responses=problems("unknown-run", "invalid-symbol", uses_database=True))
def runs(
    services: ServicesDep,
    symbol: SymbolInQuery,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    before: Annotated[str | None, Query(max_length=120)] = None,
) -> list[RunSummary]:
    """List runs, the newest first; `before` is the last run of the previous page."""
    return list(services.workbench.models.runs(symbol=symbol, limit=limit, before=before))


@router.get("/runs/{run}", responses=problems("unknown-run", "damaged", uses_database=True))
def run(run: RunId, services: ServicesDep) -> RunDetails:
    """Show a run."""
    found = services.workbench.models.run(run)
    return RunDetails(
        summary=RunSummary.from_run(
            found, is_registered=services.workbench.models.is_registered(run)
        ),
        experiment=found.experiment.model_dump(mode="json"),
        provenance=found.provenance.model_dump(mode="json"),
    )


@router.get(
    "/runs/{run}/report",
    response_model=Report,
    responses=problems("unknown-run", "damaged", uses_database=True),
)
def report(run: RunId, services: ServicesDep) -> Response:
    """Return the report of a run: the scores of all forecasters."""
    found = services.workbench.models.run(run).report
    return Response(found.model_dump_json(), media_type="application/json")


@router.get("/champions", responses=problems(uses_database=True))
def champions(services: ServicesDep) -> list[Champion]:
    """List the champions by symbol and horizon."""
    return list(services.workbench.models.champions())


@router.get(
    "/champions/{symbol}",
    responses={
        200: {"headers": _ETAG},
        **problems("unknown-champion", "invalid-symbol", uses_database=True),
    },
)
def champion(
    symbol: SymbolInPath, services: ServicesDep, response: Response, horizon: Horizon = None
) -> ChampionDetails:
    """Show the champion of a symbol; its ETag is the If-Match of a change."""
    models = services.workbench.models
    found = models.champion(symbol, horizon)
    response.headers["ETag"] = f'"{found.version}"'
    return ChampionDetails(champion=found, trail=models.trail(found.symbol, found.horizon))


@router.put(
    "/champions/{symbol}",
    responses={
        200: {"headers": _ETAG},
        **problems(
            "unknown-run",
            "unknown-champion",
            "invalid-symbol",
            "invalid-input",
            "champion-changed",
            "not-registered",
            "not-registrable",
            "disk-full",
            uses_database=True,
        ),
    },
)
def promote(
    symbol: SymbolInPath,
    body: Annotated[ChampionRequest, examples(promote=_PROMOTE, roll_back=_ROLL_BACK)],
    services: ServicesDep,
    response: Response,
    if_match: IfMatch = None,
) -> Champion:
    """Promote a run for a symbol, or roll back; If-Match guards against a race."""
    models, version = services.workbench.models, _version(if_match)
    if body.run is not None and not models.is_registered(body.run):
        register_in_subprocess(body.run)
    if body.run is None:
        changed = models.roll_back(
            symbol, horizon=body.horizon, by=_BY, reason=body.reason, if_version=version
        )
    else:
        [changed] = models.promote(
            body.run, symbol=symbol, by=_BY, reason=body.reason, if_version=version
        )
    services.forecasts.refresh_champions()
    response.headers["ETag"] = f'"{changed.version}"'
    return changed


def _version(if_match: str | None) -> int | None:
    if if_match is None:
        return None
    text = if_match.strip().removeprefix("W/").strip('"')
    if not (text.isdecimal() and text.isascii() and len(text) < 10):
        raise RequestRefusedError(
            "invalid-request", _('If-Match is the version of a champion, such as "3"')
        )
    return int(text)
