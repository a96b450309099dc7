"""The pages, in the order of the navigation."""

from pregao.dashboard import (
    _job,
    _network,
    _operations,
    _overview,
    _runs,
    _simulator,
    _symbol,
    _training,
)

ROUTERS = (
    _overview.router,
    _symbol.router,
    _simulator.router,
    _training.router,
    _job.router,
    _network.router,
    _runs.router,
    _operations.router,
)
