"""The page's template language: every text and number is there twice, and one is shown."""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from pregao.presentation import (
    EXPLANATION_TEXTS,
    PROOF_TEXTS,
    RELIABILITY_TEXTS,
    TEXTS,
    TEXTS_ACTIONS,
    TEXTS_TRADING,
    Language,
    day,
    knob,
    money,
    number,
    p_value,
    percent,
    short_day,
)
from pregao.values import Text

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
"""The words of the page, by what they are about."""


def both(write: Callable[[Language], str]) -> Markup:
    """Give a text in both languages, escaped; where they agree, once.

    >>> str(both(lambda language: "<b>"))
    '&lt;b&gt;'
    """
    english, portuguese = write("en"), write("pt")
    if english == portuguese:
        return escape(english)
    return Markup(
        '<span class="en" lang="en">{}</span><span class="pt" lang="pt-BR">{}</span>'
    ).format(english, portuguese)


def environment(folder: Path) -> "Environment":
    """Make the template environment: everything is escaped, and nothing may be missing."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["t"] = _text
    made.globals["filled"] = _filled
    made.globals["command"] = _command
    made.filters["said"] = _said
    made.filters["number"] = _number
    made.filters["percent"] = _percent
    made.filters["breakable"] = _breakable
    made.filters["knob"] = _knob
    made.filters["p"] = _p_value
    made.filters["day"] = _day
    made.filters["short_day"] = _short_day
    made.filters["money"] = _money
    return made


def _text(key: str, of: str = "page") -> Markup:
    return both(lambda language: _TABLES[of][language][key])


def _filled(key: str, of: str, /, **facts: object) -> Markup:
    """Fill the blanks of a text; what fills them may itself be in both languages."""
    return both(lambda language: escape(_TABLES[of][language][key]).format(**facts))


def _breakable(name: str) -> Markup:
    """Let a long name break after its underscores."""
    return escape(name).replace("_", Markup("_<wbr>"))


def _said(text: Text) -> Markup:
    return both(text.in_language)


def _command(line: str) -> Markup:
    return Markup("<code>{}</code>").format(line)


def _number(value: float | None, digits: int = 0) -> Markup:
    return both(lambda language: number(value, digits, language))


def _percent(share: float | None, digits: int = 1, *, signed: bool = False) -> Markup:
    return both(lambda language: percent(share, digits, language, signed=signed))


def _knob(value: object) -> Markup:
    return both(lambda language: knob(value, language))


def _p_value(value: float | None) -> Markup:
    return both(lambda language: p_value(value, language))


def _day(session: date) -> Markup:
    return both(lambda language: day(session, language))


def _short_day(session: date) -> Markup:
    return both(lambda language: short_day(session, language))


def _money(price: float, currency: str) -> Markup:
    return both(lambda language: money(price, currency, language))
