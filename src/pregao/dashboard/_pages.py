"""The routes of the dashboard on an application."""

from pregao.api import ApiApp
from pregao.dashboard import (
    _assets,
    _docs,
    _job,
    _network,
    _operations,
    _overview,
    _runs,
    _simulator,
    _symbol,
    _training,
)

_ROUTERS = (
    _docs.router,
    _assets.router,
    _overview.router,
    _symbol.router,
    _simulator.router,
    _training.router,
    _job.router,
    _network.router,
    _runs.router,
    _operations.router,
)


def mount(app: ApiApp) -> None:
    """Add the pages and their files to an application."""
    for router in _ROUTERS:
        app.include_router(router)
    app.keyless_posts.add("/simulations")
