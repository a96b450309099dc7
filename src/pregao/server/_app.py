"""The application: routes behind one guard."""

from importlib import import_module

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from pregao.api import (
    FREE_POSTS,
    Documented,
    Guard,
    RequestRefusedError,
    Services,
    _catalogue,
    _forecasts,
    _health,
    _symbols,
    reasons_of,
)
from pregao.api import _jobs as _work
from pregao.api import _runs as _registry
from pregao.dashboard import ROUTERS, _assets, _docs, problem_page
from pregao.texts import load_locales

_MOST_OF_A_PATH = 120
_API = (
    _forecasts.router,
    _symbols.router,
    _work.router,
    _registry.router,
    _catalogue.router,
)
_PAGES = (_health.router, _docs.router, _assets.router, *ROUTERS)


def create_app(services: Services) -> FastAPI:
    """Create the application over its services."""
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
    load_locales()  # nothing is unpickled once requests are answered
    app.state.free_posts = set(FREE_POSTS)
    for router in _API:
        app.include_router(router)
    import_module("pregao.compat").mount(app)  # to drop those paths, delete it and this line
    for router in _PAGES:
        app.include_router(router)
    app.add_exception_handler(HTTPException, _of_http)
    app.add_exception_handler(RequestValidationError, _of_validation)
    app.add_middleware(
        Guard,
        access=services.access,
        limits=services.limits,
        metrics=services.metrics,
        problem_page=problem_page,
        free_posts=app.state.free_posts,
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
    raise RequestRefusedError(name, detail, headers=headers)


def _of_validation(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError), "registered for these"
    raise RequestRefusedError("invalid-request", "see the reasons", reasons_of(error.errors()))
