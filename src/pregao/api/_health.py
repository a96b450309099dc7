"""Whether it lives, is ready, and how it does."""

from fastapi import APIRouter
from starlette.responses import Response

from pregao.api._openapi import STORED, problems
from pregao.api._problems import Refusal
from pregao.api._services import Served
from pregao.jobs import WorkerShown
from pregao.prices import Health

router = APIRouter(tags=["operations"])


@router.get("/livez")
async def livez() -> dict[str, str]:
    """Answer while the process is alive."""
    return {"status": "alive"}


@router.get("/readyz", responses=problems("stopping", *STORED))
def readyz(services: Served) -> dict[str, str]:
    """Answer while the database responds and the champions are kept up to date."""
    if not services.desk.is_open or services.stopping.is_set():
        raise Refusal("stopping", "not ready")
    services.workbench.jobs.counts()
    return {"status": "ready"}


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def metrics(services: Served) -> Response:
    """Return all measures as Prometheus reads them."""
    return Response(services.metrics.page(), media_type="text/plain; version=0.0.4; charset=utf-8")


@router.get("/v1/workers", responses=problems(*STORED))
def workers(services: Served) -> list[WorkerShown]:
    """List who works in the background, as of the last beat."""
    return list(services.workbench.jobs.workers())


@router.get("/v1/providers")
def providers(services: Served) -> list[Health]:
    """Return the health of each provider of prices."""
    return list(services.quotes.feed.health())
