"""The application: routes behind one guard."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from pregao.api import (
    Documented,
    Guard,
    Refusal,
    Services,
    _catalogue,
    _forecasts,
    _health,
    _symbols,
    reasons_of,
)
from pregao.api import _jobs as _work
from pregao.api import _runs as _registry
from pregao.compat import _routes as _earlier
from pregao.compat import _training as _earlier_training
from pregao.dashboard import ROUTERS, _assets, _docs, problem_page

_MOST_OF_A_PATH = 120
_ROUTERS = (
    _forecasts.router,
    _symbols.router,
    _work.router,
    _registry.router,
    _catalogue.router,
    _earlier.router,
    _earlier_training.router,
    _health.router,
    _docs.router,
    _assets.router,
    *ROUTERS,
)


def create_app(services: Services) -> FastAPI:
    """Make the application over its services."""
    from pregao import __version__

    app = Documented(
        title="Pregao",
        summary="From a ticker to an honest forecast, always beside the naive one.",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.services = services
    for router in _ROUTERS:
        app.include_router(router)
    app.add_exception_handler(HTTPException, _of_http)
    app.add_exception_handler(RequestValidationError, _of_validation)
    app.add_exception_handler(_earlier_training.ToldAsError, _earlier_training.answer_as_error)
    app.add_middleware(
        Guard,
        access=services.access,
        limits=services.limits,
        metrics=services.metrics,
        problem_page=problem_page,
    )
    return app


def _of_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException), "registered for these"
    headers, asked = dict(error.headers or {}), request.url.path[:_MOST_OF_A_PATH]
    match error.status_code:
        case 404:
            name, detail = "not-found", f"nothing is at {asked}: /openapi.json has all there is"
        case 405:
            name = "method-not-allowed"
            detail = f"{request.method} is not for {asked}: use {headers.get('Allow', 'another')}"
        case 413:
            name, detail = "too-large", str(error.detail)
        case _:
            name, detail = "invalid-request", str(error.detail)
    raise Refusal(name, detail, headers=headers)


def _of_validation(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError), "registered for these"
    raise Refusal("invalid-request", "see the reasons", reasons_of(error.errors()))
