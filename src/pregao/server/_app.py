"""The application: the routes of all rooms behind one guard."""

from importlib import import_module

from pregao import api, dashboard
from pregao.api import ApiApp, Guard, Services
from pregao.texts import load_locales


def create_app(services: Services) -> ApiApp:
    """Create the application over its services."""
    from pregao import __version__

    app = ApiApp(
        title="Pregao",
        summary="From a ticker to a calibrated forecast, always beside the naive one.",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.services = services
    load_locales()  # nothing is unpickled once requests are answered
    api.mount(app)
    import_module("pregao.compat").mount(app)  # to drop those paths, delete it and this line
    dashboard.mount(app)
    app.add_middleware(
        Guard,
        access=services.access,
        limits=services.limits,
        metrics=services.metrics,
        problem_page=dashboard.problem_page,
        keyless_posts=app.keyless_posts,
        quiet_routes=app.quiet_routes,
    )
    return app
