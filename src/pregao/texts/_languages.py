"""The languages of the product, and how each writes numbers and dates."""

from datetime import date
from functools import cache
from typing import Literal

Language = Literal["en", "pt"]

LOCALES: dict[Language, str] = {"en": "en_US", "pt": "pt_BR"}
"""The locale of each language, as Babel and gettext name it."""


def localised(written: str, language: Language) -> str:
    """Replace the separators of a number that Python formatted by those of a language.

    >>> localised(f"{-1234.5:,.2f}", "pt"), localised("1,234.50", "en")
    ('-1.234,50', '1,234.50')
    """
    return written if language == "en" else written.translate(_separators(language))


def format_day(day: date, language: Language) -> str:
    """Format a date with its year.

    >>> format_day(date(2018, 12, 31), "en"), format_day(date(2018, 12, 31), "pt")
    ('2018-12-31', '31/12/2018')
    """
    return _formatted(day, "yyyy-MM-dd" if language == "en" else "dd/MM/yyyy", language)


def format_short_day(day: date, language: Language) -> str:
    """Format a date without its year, for an axis.

    >>> format_short_day(date(2018, 12, 31), "en"), format_short_day(date(2018, 12, 31), "pt")
    ('31 Dec', '31/12')
    """
    return _formatted(day, "d MMM" if language == "en" else "dd/MM", language)


def load_locales() -> None:
    """Load the data of every locale, which Babel reads from pickles of its own at first use."""
    for language in LOCALES:
        _separators(language)
        format_short_day(date(2000, 1, 1), language)


def _formatted(day: date, pattern: str, language: Language) -> str:
    from babel.dates import format_date

    return format_date(day, pattern, locale=LOCALES[language])


@cache
def _separators(language: Language) -> dict[int, str]:
    from babel.numbers import get_decimal_symbol, get_group_symbol

    locale = LOCALES[language]
    return str.maketrans({",": get_group_symbol(locale), ".": get_decimal_symbol(locale)})
