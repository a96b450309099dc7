"""The guard of every request: limits before parsing, access, problems, metrics, headers."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from time import perf_counter
from uuid import uuid4

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pregao.api._access import METHODS, SAFE_METHODS, Access
from pregao.api._limits import HttpLimits
from pregao.api._nesting import is_nested_deeper
from pregao.api._problems import (
    Problem,
    RequestRefusedError,
    error_headers,
    problem_response,
    request_language,
)
from pregao.service import Metrics
from pregao.texts import LOCALES
from pregao.texts import gettext_lazy as _

ProblemPage = Callable[[Request, Problem], Response | None]
"""Renders a problem as a page; None for a client that does not accept pages."""

_log = structlog.get_logger("pregao.server")

_UNMATCHED = "unmatched"
"""The route label of a path that matches no route."""
_KINDS = frozenset({"application/json", "multipart/form-data"})
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    (b"content-security-policy", _POLICY.encode()),
)


class Guard:
    """The outermost layer of the application."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        access: Access,
        limits: HttpLimits,
        metrics: Metrics,
        problem_page: ProblemPage,
        keyless_posts: Collection[str],
        quiet_routes: Collection[str],
    ) -> None:
        self.keyless_posts, self.quiet_routes = keyless_posts, quiet_routes
        self.app, self.problem_page = app, problem_page
        self.access, self.limits, self.metrics = access, limits, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        exchange = _Exchange(scope, send)
        started = perf_counter()
        self.metrics.in_flight.inc()
        try:
            await self._answer(exchange, scope, receive)
        except Exception as error:  # noqa: BLE001 - no other place can answer
            await self._answer_error(exchange, scope, receive, error)
        finally:
            self.metrics.in_flight.dec()
            self._measure(exchange, scope, perf_counter() - started)

    async def _answer(self, exchange: "_Exchange", scope: Scope, receive: Receive) -> None:
        headers = _headers(scope)
        self.access.check(scope["method"], scope["path"], headers, keyless_posts=self.keyless_posts)
        if scope["method"] not in SAFE_METHODS:
            receive = await self._read_body(headers, receive)
        await self.app(scope, receive, exchange.send)

    async def _answer_error(
        self, exchange: "_Exchange", scope: Scope, receive: Receive, error: Exception
    ) -> None:
        language = request_language(Request(scope))
        found = Problem.from_error(error, language)
        if found.status == 500:
            _log.error("failed", request=exchange.id, path=scope["path"][:200], exc_info=error)
        if exchange.status is not None:
            raise error  # a part of the response was sent: only the connection can be closed
        found = found.replace(request_id=exchange.id)
        response = self.problem_page(Request(scope), found) or problem_response(found)
        response.headers.update(error_headers(error))
        response.headers.setdefault("Content-Language", LOCALES[language].replace("_", "-"))
        await response(scope, receive, exchange.send)

    async def _read_body(self, headers: Mapping[str, list[str]], receive: Receive) -> Receive:
        """Read the whole body, within its limits, before it is parsed."""
        if headers.get("content-encoding", ["identity"]) != ["identity"]:
            raise RequestRefusedError(
                "unsupported-media", _("send the body as it is, not compressed")
            )
        self._check_length(headers.get("content-length", []))
        self._check_kind(headers)
        try:
            async with asyncio.timeout(self.limits.body_seconds):
                body = await self._read_parts(receive)
        except TimeoutError:
            detail = _(
                "the body was not there after {body_seconds:g} s",
                body_seconds=self.limits.body_seconds,
            )
            raise RequestRefusedError("too-slow", detail, headers={"Connection": "close"}) from None
        self._check_nesting(body)
        return _replay(body, receive)

    def _check_kind(self, headers: Mapping[str, list[str]]) -> None:
        """Require a content type: no form of another site can declare JSON."""
        has_body = "transfer-encoding" in headers or headers.get("content-length", ["0"]) != ["0"]
        kinds = [each.partition(";")[0].strip().lower() for each in headers.get("content-type", [])]
        if has_body and not (len(kinds) == 1 and kinds[0] in _KINDS):
            detail = _("send JSON, and say so: Content-Type: application/json")
            raise RequestRefusedError("unsupported-media", detail)

    def _check_length(self, lengths: list[str]) -> None:
        for each in lengths:
            if not each.isdecimal() or len(each) > 18 or int(each) > self.limits.body_bytes:
                raise self._too_large()

    async def _read_parts(self, receive: Receive) -> bytes:
        parts: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise RequestRefusedError("invalid-request", _("the body is not whole"))
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > self.limits.body_bytes:
                raise self._too_large()
            if not message.get("more_body", False):
                return b"".join(parts)

    def _too_large(self) -> RequestRefusedError:
        detail = _("at most {body_bytes:,} bytes", body_bytes=self.limits.body_bytes)
        return RequestRefusedError("too-large", detail, headers={"Connection": "close"})

    def _check_nesting(self, body: bytes) -> None:
        """Refuse a body that nests too deeply for a parser."""
        if is_nested_deeper(body, self.limits.nesting):
            detail = _("nested deeper than {nesting} levels", nesting=self.limits.nesting)
            raise RequestRefusedError("invalid-request", detail)

    def _measure(self, exchange: "_Exchange", scope: Scope, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", _UNMATCHED)
        method = scope["method"] if scope["method"] in METHODS else "other"
        status = exchange.status or 500
        self.metrics.requests.labels(route, method, f"{status // 100}xx").inc()
        self.metrics.latency.labels(route, method).observe(seconds)
        if route not in self.quiet_routes:
            _log.info(
                "answered",
                request=exchange.id,
                route=route,
                method=method,
                status=status,
                milliseconds=round(1000 * seconds, 2),
            )


class _Exchange:
    """A response in progress: its id, its status, the headers of all responses."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.id = uuid4().hex
        self.status: int | None = None
        self._send = send
        scope.setdefault("state", {})["request_id"] = self.id

    async def send(self, message: Message) -> None:
        """Send a part of the response."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            given = {name for name, _ in message["headers"]}
            more = (each for each in _HEADERS if each[0] not in given)
            named = (b"x-request-id", self.id.encode())
            message = {**message, "headers": [*message["headers"], *more, named]}
        await self._send(message)


def _headers(scope: Scope) -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name, value in scope["headers"]:
        found[name.decode("latin-1").lower()].append(value.decode("latin-1"))
    return found


def _replay(body: bytes, receive: Receive) -> Receive:
    """Replay the body once; then receive from the client as before."""
    is_replayed = False

    async def again() -> Message:
        nonlocal is_replayed
        if is_replayed:
            return await receive()
        is_replayed = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
