"""The pages, in the order of the navigation."""

from pregao.serving.dashboard import _job, _overview, _simulator, _symbol, _training

ROUTERS = (
    _overview.router,
    _symbol.router,
    _simulator.router,
    _training.router,
    _job.router,
)
