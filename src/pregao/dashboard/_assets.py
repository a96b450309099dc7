"""The files that pages are made with: our own, Plotly out of its package, and nobody else's."""

from dataclasses import asdict, dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files

from fastapi import APIRouter, Request
from starlette.responses import Response

from pregao.api import RequestRefusedError
from pregao.presentation.figures import PALETTES
from pregao.texts import gettext_lazy as _

router = APIRouter(include_in_schema=False)

PLOTLY = "plotly.min.js"
_THEME = "theme.css"
_KINDS: dict[str, str] = {
    "docs.css": "text/css",
    "dashboard.css": "text/css",
    _THEME: "text/css",
    "icon.svg": "image/svg+xml",
    "theme.js": "text/javascript",
    "dashboard.js": "text/javascript",
    "figures.js": "text/javascript",
    "symbol.js": "text/javascript",
    "training.js": "text/javascript",
    "job.js": "text/javascript",
    "network.js": "text/javascript",
    "network-fields.js": "text/javascript",
    "network-parts.js": "text/javascript",
    "simulator.js": "text/javascript",
    "runs.js": "text/javascript",
    "operations.js": "text/javascript",
    PLOTLY: "text/javascript",
}
"""Everything under /assets: a name that is not here is no file."""


@dataclass(frozen=True)
class _Asset:
    content: bytes
    digest: str


@router.get("/assets/{name}")
def asset(name: str, request: Request) -> Response:
    """Return a static file, or 304 where the client's copy is current."""
    if name not in _KINDS:
        raise RequestRefusedError("not-found", _("no such file"))
    found = _asset(name)
    # With its digest in the address a file is never another one.
    is_pinned = request.query_params.get("v") == found.digest
    headers = {
        "ETag": f'"{found.digest}"',
        "Cache-Control": "public, max-age=31536000, immutable" if is_pinned else "no-cache",
    }
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(found.content, media_type=_KINDS[name], headers=headers)


def address_of(name: str) -> str:
    """Return the address of a file, with its digest."""
    return f"/assets/{name}?v={_asset(name).digest}"


@cache
def _asset(name: str) -> _Asset:
    content = _content(name)
    return _Asset(content, sha256(content).hexdigest()[:16])


def _content(name: str) -> bytes:
    if name == PLOTLY:
        return files("plotly").joinpath("package_data", PLOTLY).read_bytes()
    if name == _THEME:
        return _theme().encode()
    return files("pregao.dashboard").joinpath("assets", name).read_bytes()


def _theme() -> str:
    """Write the palettes of the figures as the colours of the pages."""
    light, dark = (_variables(theme) for theme in ("light", "dark"))
    return (
        f":root {{ color-scheme: light; {light} }}\n"
        "@media (prefers-color-scheme: dark) { :root:not([data-theme=light]) "
        f"{{ color-scheme: dark; {dark} }} }}\n"
        f":root[data-theme=dark] {{ color-scheme: dark; {dark} }}\n"
    )


def _variables(theme: str) -> str:
    colours = asdict(PALETTES["light" if theme == "light" else "dark"])
    return " ".join(f"--{name.replace('_', '-')}: {value};" for name, value in colours.items())
