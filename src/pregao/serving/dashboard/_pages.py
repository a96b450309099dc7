"""The pages, in the order of the navigation."""

from pregao.serving.dashboard import _operations, _overview, _runs, _simulator, _symbol

ROUTERS = (
    _overview.router,
    _symbol.router,
    _simulator.router,
    _runs.router,
    _operations.router,
)
