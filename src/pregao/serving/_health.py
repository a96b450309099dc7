"""Whether it lives, is ready, and how it does."""

from fastapi import APIRouter
from starlette.responses import Response

from pregao.serving._services import Served

router = APIRouter(tags=["operations"])


@router.get("/livez")
async def livez() -> dict[str, str]:
    """Say that the process answers."""
    return {"status": "alive"}


@router.get("/metrics", response_class=Response)
async def metrics(services: Served) -> Response:
    """Give all measures as Prometheus reads them."""
    return Response(services.metrics.page(), media_type="text/plain; version=0.0.4; charset=utf-8")
