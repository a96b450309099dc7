"""The HTTP API, and the server that answers it."""

from pregao.serving._app import create_app as create_app
from pregao.serving._limits import HttpLimits as HttpLimits
from pregao.serving._logs import configure_logs as configure_logs
from pregao.serving._problems import KINDS as KINDS
from pregao.serving._problems import Problem as Problem
from pregao.serving._server import open_server as open_server
from pregao.serving._services import Services as Services
from pregao.serving._services import services_over as services_over
