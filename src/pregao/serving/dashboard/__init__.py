"""The dashboard: server-rendered pages over the same services as the API."""

from pregao.serving.dashboard._pages import ROUTERS as ROUTERS
from pregao.serving.dashboard._visit import problem_page as problem_page
