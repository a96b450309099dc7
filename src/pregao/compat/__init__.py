"""The HTTP paths of five earlier systems, for clients that were written for them.

The package can be deleted with the one line in `pregao.server` that mounts it.
"""

from pregao.api import ApiApp
from pregao.compat import _routes, _training


def mount(app: ApiApp) -> None:
    """Add the paths to an application, and the form of their errors."""
    app.include_router(_routes.router)
    app.include_router(_training.router)
    app.add_exception_handler(_training.LegacyError, _training.answer_legacy_error)
    app.keyless_posts.add("/predict")
    app.quiet_routes.add("/health")
