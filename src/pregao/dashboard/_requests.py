"""A page request: its language, and the page that answers it, as HTML or as JSON."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, partial
from urllib.parse import quote, urlencode

from fastapi import Request
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from pregao.api import LANGUAGE_COOKIE, Problem, request_language
from pregao.dashboard._assets import PLOTLY, address_of
from pregao.dashboard._figures import plotly_marks
from pregao.dashboard._instruments import exchange_choices, facts_of
from pregao.dashboard._texts import TEXTS
from pregao.instruments import Symbol, price_digits
from pregao.presentation import (
    Link,
    Table,
    day,
    duration,
    knob,
    money,
    number,
    p_value,
    percent,
    short_day,
)
from pregao.presentation.figures import dark_twins
from pregao.report import Html
from pregao.values import Language, Text, Value

_YEAR_SECONDS = 31_536_000
_JS = "js_"
"""What a text is called that scripts show."""
_POLICY = (
    "default-src 'none'; script-src 'self'; img-src 'self' data:; font-src 'self'; "
    # Plotly adds one empty style element and fills it through its object model.
    "style-src 'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True)
class Page:
    """What a template lays out: the value that is also the page's JSON, and tables made of it."""

    value: Value
    tables: Mapping[str, Table]


def answered(request: Request, name: str, make: Callable[[Language], Value | Page]) -> Response:
    """Return a page, or its value as JSON where the query says format=json."""
    language = request_language(request)
    made = make(language)
    page = made if isinstance(made, Page) else Page(made, {})
    if _is_json(request):
        return Response(page.value.model_dump_json(), media_type="application/json")
    return _html(request, name, page, language)


def problem_page(request: Request, problem: Problem) -> Response | None:
    """Return a page about a problem; None for a program, or for a path of the API."""
    accepts_pages = "text/html" in request.headers.get("accept", "")
    is_documented = getattr(request.scope.get("route"), "include_in_schema", False)
    if request.method != "GET" or not accepts_pages or is_documented or _is_json(request):
        return None
    return _html(request, "problem", Page(problem, {}), request_language(request))


def _is_json(request: Request) -> bool:
    return request.query_params.get("format") == "json"


def _html(request: Request, name: str, page: Page, language: Language) -> Response:
    content = (
        _environment(language)
        .get_template(f"{name}.html.j2")
        .render(
            page=page.value,
            tables=page.tables,
            name=name,
            path=request.scope["path"],
            language=language,
            here=partial(_here, request),
            asked=request.query_params.multi_items(),
        )
    )
    response = HTMLResponse(
        content,
        status_code=page.value.status if isinstance(page.value, Problem) else 200,
        headers={
            "Content-Security-Policy": _POLICY,
            "Cache-Control": "no-cache",
            "Vary": "Accept-Language, Cookie",
        },
    )
    if request.query_params.get("lang") in {"en", "pt"}:
        response.set_cookie(
            LANGUAGE_COOKIE, language, max_age=_YEAR_SECONDS, samesite="lax", httponly=True
        )
    return response


def _here(request: Request, **changes: str) -> str:
    """Return the address of this page with some of its query changed; what is named twice stays."""
    kept = [each for each in request.query_params.multi_items() if each[0] not in changes]
    return "?" + urlencode([each for each in (*kept, *changes.items()) if each[1]])


@cache
def _environment(language: Language) -> Environment:
    """Make the template language of one language: all is escaped, and nothing may be missing."""
    made = Environment(
        loader=PackageLoader("pregao.dashboard", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(
        t=lambda key, /, **facts: _said(TEXTS[key], language, facts),
        table=Html.in_one(language, _address).table,
        asset=address_of,
        exchanges=exchange_choices(language),
        plotly=PLOTLY,
        plotly_marks=plotly_marks,
        twins=dark_twins(),
        scripted={
            key: text.in_language(language) for key, text in TEXTS.items() if key.startswith(_JS)
        },
        locale="pt-BR" if language == "pt" else "en",
    )
    made.filters.update(
        said=lambda text: text.in_language(language) if isinstance(text, Text) else text,
        number=lambda value, digits=0: number(value, digits, language),
        percent=lambda share, digits=1, signed=False: percent(
            share, digits, language, signed=signed
        ),
        money=lambda price, currency, symbol="": money(price, currency, language, symbol),
        price=lambda price: number(price, price_digits(price), language),
        day=lambda session: day(session, language),
        short_day=lambda session: short_day(session, language),
        moment=lambda at: moment(at, language),
        facts=lambda symbol, currency: facts_of(Symbol.parse(symbol), currency, language),
        p=lambda value: p_value(value, language),
        knob=lambda value: knob(value, language),
        duration=duration,
        pretty=lambda value: json.dumps(value, indent=2, ensure_ascii=False),
    )
    return made


def _address(link: Link) -> str:
    """Return the path of the page of a run, a symbol or a job."""
    places = {"run": "/runs", "symbol": "/symbols", "job": "/training/jobs"}
    return f"{places[link.kind]}/{quote(link.name, safe='')}"


def _said(text: Text, language: Language, facts: dict[str, object]) -> str:
    written = text.in_language(language)
    if not facts:
        return written
    shown = {
        name: fact.in_language(language) if isinstance(fact, Text) else fact
        for name, fact in facts.items()
    }
    return written.format(**shown)


def moment(at: datetime | date, language: Language) -> str:
    """Write a moment to the minute, in UTC.

    >>> moment(datetime(2026, 3, 1, 12, 5, tzinfo=UTC), "pt")
    '01/03/2026 12:05 UTC'
    """
    if not isinstance(at, datetime):
        return day(at, language)
    known = at.astimezone(UTC)
    return f"{day(known.date(), language)} {known:%H:%M} UTC"
