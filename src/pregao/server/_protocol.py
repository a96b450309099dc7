"""uvicorn's protocol with a time limit and a size limit for the head of a request."""

from asyncio import TimerHandle
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from pregao.api import HttpLimits

_CLOSE = b"content-type: text/plain\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


def deadline_protocol(limits: HttpLimits) -> type["DeadlineProtocol"]:
    """Return the protocol class with these limits; uvicorn instantiates it."""
    return type("LimitedProtocol", (DeadlineProtocol,), {"limits": limits})


class DeadlineProtocol(HttpToolsProtocol):
    """Closes a connection whose request's head comes too slowly, or does not end."""

    limits = HttpLimits()
    _deadline: TimerHandle | None = None
    _head_bytes = 0
    _awaits_head = True

    def connection_made(self, transport: Any) -> None:
        """Begin to wait for a head."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Process a part of a head or a body."""
        if self._awaits_head:
            self._wait()
            self._head_bytes += len(data)
        super().data_received(data)
        if self._awaits_head and self._head_bytes > self.limits.header_bytes:
            self._refuse(b"HTTP/1.1 431 Request Header Fields Too Large\r\n")

    def on_headers_complete(self) -> None:
        """Stop waiting: the head is complete."""
        self._awaits_head = False
        self._head_bytes = 0
        self._stop_waiting()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Expect the next head; the deadline of an idle connection is uvicorn's keep-alive."""
        super().on_message_complete()
        self._awaits_head = True

    def _wait(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(self.limits.header_seconds, self._time_out)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _time_out(self) -> None:
        self._deadline = None
        if self._awaits_head:
            self._refuse(b"HTTP/1.1 408 Request Timeout\r\n")

    def _refuse(self, status_line: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(status_line + _CLOSE)
            self.transport.close()
