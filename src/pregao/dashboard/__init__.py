"""The dashboard: server-rendered pages over the same services as the API."""

from pregao.dashboard._pages import mount as mount
from pregao.dashboard._requests import problem_page as problem_page
