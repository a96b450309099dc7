"""The dashboard: server-rendered pages over the same services as the API."""

from pregao.dashboard._pages import ROUTERS as ROUTERS
from pregao.dashboard._requests import problem_page as problem_page
