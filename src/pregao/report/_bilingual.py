"""The page's template language: every text and number is there twice, and one is shown."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from pregao.presentation import (
    EXPLANATION_TEXTS,
    PROOF_TEXTS,
    RELIABILITY_TEXTS,
    TEXTS,
    TEXTS_ACTIONS,
    TEXTS_TRADING,
    Day,
    Language,
    Number,
    Quantity,
)
from pregao.report._html import Html, both, environment

if TYPE_CHECKING:
    from jinja2 import Environment


_TABLES: Mapping[str, Mapping[Language, Mapping[str, str]]] = {
    "page": TEXTS,
    "proof": PROOF_TEXTS,
    "reliability": RELIABILITY_TEXTS,
    "actions": TEXTS_ACTIONS,
    "trading": TEXTS_TRADING,
    "explanation": EXPLANATION_TEXTS,
}
"""The texts of the page, by their subject."""


def bilingual_environment() -> "Environment":
    """Make the template environment of a page in both languages."""
    html, made = Html(), environment()
    made.globals["t"] = _text
    made.globals["filled"] = _filled
    made.globals["command"] = _command
    made.globals["table"] = html.table
    made.filters["written"] = html.quantity
    made.filters["number"] = lambda value: html.quantity(Number(value))
    made.filters["day"] = lambda session: html.quantity(Day(session))
    made.filters["breakable"] = _breakable
    return made


def _text(key: str, of: str = "page") -> Markup:
    return both(lambda language: _TABLES[of][language][key])


def _filled(key: str, of: str, /, **facts: object) -> Markup:
    """Fill the blanks of a text; a fact may itself be in both languages."""
    return both(lambda language: escape(_TABLES[of][language][key]).format(**facts))


def _breakable(name: Quantity) -> Markup:
    """Allow line breaks after the underscores of a long name."""
    return Html().quantity(name)


def _command(line: str) -> Markup:
    return Markup("<code>{}</code>").format(line)
