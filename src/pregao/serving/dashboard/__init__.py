"""The dashboard: server-rendered pages over the same services as the API."""

from pregao.serving.dashboard._pages import ROUTERS as ROUTERS
