"""The server process: the application, its supervisor and background refresher."""

from pregao.server._app import create_app as create_app
from pregao.server._logs import configure_logs as configure_logs
from pregao.server._server import open_server as open_server
