"""The server."""

import sys
from typing import Annotated

import typer

from pregao.cli._app import app
from pregao.cli._language import _
from pregao.cli._session import today, workbench
from pregao.settings import Settings


@app.command()
def serve(
    host: Annotated[
        str, typer.Option(help=_("address to listen on; one beyond this machine needs a key"))
    ] = ("127.0.0.1"),
    port: Annotated[int, typer.Option(min=0, max=65535, help=_("0 picks a free port"))] = 8000,
    worker: Annotated[
        bool, typer.Option("--worker/--no-worker", help=_("run a worker for jobs as well"))
    ] = True,
) -> None:
    """Answer over HTTP: forecasts, prices, runs, and training as jobs."""
    from pregao.server import open_server

    settings = Settings.read()
    server = open_server(
        workbench(),
        host=host,
        port=port,
        allowed_hosts=settings.allowed_hosts,
        keys=settings.api_keys,
        today=today,
        with_worker=worker,
        is_interactive=sys.stderr.isatty(),
        is_traced=settings.is_traced,
    )
    server.run(on_ready=lambda url: typer.echo(f"listening on {url}", err=True))
