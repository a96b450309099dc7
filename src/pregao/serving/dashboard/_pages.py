"""The pages, in the order of the navigation."""

from pregao.serving.dashboard import _overview

ROUTERS = (_overview.router,)
