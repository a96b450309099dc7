"""Liveness, readiness and metrics."""

from fastapi import APIRouter
from starlette.responses import Response

from pregao.api._openapi import problems
from pregao.api._problems import RequestRefusedError
from pregao.api._services import ServicesDep
from pregao.jobs import WorkerShown
from pregao.prices import Health
from pregao.texts import gettext_lazy as _

router = APIRouter(tags=["operations"])


@router.get("/livez")
async def livez() -> dict[str, str]:
    """Answer while the process is alive."""
    return {"status": "alive"}


@router.get("/readyz", responses=problems("stopping", uses_database=True))
def readyz(services: ServicesDep) -> dict[str, str]:
    """Answer while the database responds and the champions are kept up to date."""
    if not services.forecasts.is_open or services.stopping.is_set():
        raise RequestRefusedError("stopping", _("not ready"))
    services.workbench.jobs.counts()
    return {"status": "ready"}


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def metrics(services: ServicesDep) -> Response:
    """Return all metrics in Prometheus' format."""
    return Response(services.metrics.page(), media_type="text/plain; version=0.0.4; charset=utf-8")


@router.get("/v1/workers", responses=problems(uses_database=True))
def workers(services: ServicesDep) -> list[WorkerShown]:
    """List the workers, as of their last heartbeat."""
    return list(services.workbench.jobs.workers())


@router.get("/v1/providers")
def providers(services: ServicesDep) -> list[Health]:
    """Return the health of each provider of prices."""
    return list(services.quotes.feed.health())
