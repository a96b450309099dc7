"""The routes of the API on an application, and the problems of requests that match none."""

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from pregao.api import _catalogue, _forecasts, _health, _instruments, _jobs, _runs, _symbols
from pregao.api._openapi import ApiApp
from pregao.api._problems import RequestRefusedError, faults_from_validation
from pregao.texts import LocalText
from pregao.texts import gettext_lazy as _

_MAX_PATH_CHARACTERS = 120
_ROUTERS = (
    _forecasts.router,
    _symbols.router,
    _instruments.router,
    _jobs.router,
    _runs.router,
    _catalogue.router,
    _health.router,
)


def mount(app: ApiApp) -> None:
    """Add the routes of the API to an application, and the form of its errors."""
    for router in _ROUTERS:
        app.include_router(router)
    app.keyless_posts |= {"/v1/forecasts", "/v1/networks/measure"}
    app.quiet_routes |= {"/livez", "/readyz", "/metrics"}
    app.add_exception_handler(HTTPException, _raise_http_problem)
    app.add_exception_handler(RequestValidationError, _raise_validation_problem)


def _raise_http_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException), "registered for these"
    headers, path = dict(error.headers or {}), request.url.path[:_MAX_PATH_CHARACTERS]
    match error.status_code:
        case 404:
            name = "not-found"
            detail: LocalText = _("nothing is at {path}: see /openapi.json", path=path)
        case 405:
            name = "method-not-allowed"
            detail = _(
                "{method} is not for {path}: use {allowed}",
                method=request.method,
                path=path,
                allowed=headers.get("Allow", "GET"),
            )
        case 413:
            name, detail = "too-large", str(error.detail)
        case _:
            name, detail = "invalid-request", str(error.detail)
    raise RequestRefusedError(name, detail, headers=headers)


def _raise_validation_problem(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError), "registered for these"
    raise RequestRefusedError(
        "invalid-request", _("see the reasons"), faults_from_validation(error.errors())
    )
