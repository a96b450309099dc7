"""The pages, in the order of the navigation."""

from pregao.serving.dashboard import _network, _overview, _simulator, _symbol

ROUTERS = (_overview.router, _symbol.router, _simulator.router, _network.router)
