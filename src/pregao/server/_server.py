"""The server process, which stops on SIGTERM."""

import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from types import FrameType
from typing import TYPE_CHECKING

import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr

from pregao.api import Access, Services
from pregao.errors import InputError
from pregao.server._app import create_app
from pregao.server._logs import configure_logs
from pregao.server._protocol import deadline_protocol
from pregao.server._refresher import Refresher
from pregao.server._supervisor import Supervisor
from pregao.server._tracing import create_tracer_provider, traced
from pregao.texts import gettext_lazy as _
from pregao.workbench import Workbench

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

GRACE_SECONDS = 30


class AddressInUseError(InputError):
    """A port that is in use, or that this user may not listen on."""

    def __init__(self, host: str, port: int, reason: str) -> None:
        self.host, self.port = host, port
        super().__init__(
            _(
                "cannot listen on {host}:{port:d} ({reason}): give another --port",
                host=host,
                port=port,
                reason=reason,
            )
        )


def listen(host: str, port: int) -> socket.socket:
    """Listen on an address before anything else is started; port 0 picks a free port.

    Raises
    ------
    AddressInUseError
        If that cannot be.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((host, port))
        found.listen(2048)
    except OSError as error:
        found.close()
        raise AddressInUseError(host, port, error.strerror or str(error)) from None
    return found


@dataclass(frozen=True, eq=False)
class ListeningServer:
    """A server that listens, and serves once it runs."""

    services: Services
    listener: socket.socket
    host: str
    supervisor: Supervisor | None
    tracer: "TracerProvider | None"

    @property
    def url(self) -> str:
        """Its address."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{name}:{self.listener.getsockname()[1]}"

    def run(self, *, on_ready: Callable[[str], None]) -> None:
        """Serve until SIGTERM or Ctrl-C; requests in progress are completed."""
        services = self.services
        app = create_app(services)
        config = uvicorn_config(app, services)
        server = _Server(config, services, lambda: on_ready(self.url))
        refresher = Refresher(services)
        try:
            refresher.start()
            if self.supervisor is not None:
                self.supervisor.start()
            # uvicorn handles Ctrl-C, and raises it again after its end.
            with traced(app, self.tracer), suppress(KeyboardInterrupt):
                server.run(sockets=[self.listener])
        finally:
            services.close()
            refresher.join()
            if self.supervisor is not None:
                self.supervisor.stop()


def open_server(
    workbench: Workbench,
    *,
    host: str,
    port: int,
    allowed_hosts: tuple[str, ...],
    keys: tuple[SecretStr, ...],
    today: Callable[[], date],
    with_worker: bool,
    is_interactive: bool,
    is_traced: bool,
) -> ListeningServer:
    """Listen, and compose the server.

    Raises
    ------
    UnprotectedAddressError
        For an address beyond this machine without a key.
    AddressInUseError
        If another program listens there.
    MissingExtraError
        If it is to be traced, and nothing is installed that does.
    """
    access = Access.for_host(
        host=host,
        allowed_hosts=allowed_hosts,
        keys=tuple(each.get_secret_value() for each in keys),
    )
    configure_logs(is_interactive=is_interactive)
    tracing = create_tracer_provider() if is_traced else None
    listener = listen(host, port)
    services = Services.create(workbench, access, today=today)
    supervisor = Supervisor(("-m", "pregao", "worker", "--with-parent")) if with_worker else None
    return ListeningServer(services, listener, host, supervisor, tracing)


def uvicorn_config(
    app: FastAPI, services: Services, *, grace_seconds: int = GRACE_SECONDS
) -> uvicorn.Config:
    """Return the configuration of uvicorn."""
    return uvicorn.Config(
        app,
        http=deadline_protocol(services.limits),
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=grace_seconds,
        backlog=2048,
    )


class _Server(uvicorn.Server):
    """Reports when it is ready, and ends event streams when it stops."""

    def __init__(
        self, config: uvicorn.Config, services: Services, on_ready: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._services, self._on_ready = services, on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and report that it is ready."""
        await super().startup(sockets)
        if self.started:
            self._on_ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Start to shut down."""
        self._services.stopping.set()
        super().handle_exit(sig, frame)
