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


def country_of_zone(zone: str, language: Language) -> str:
    """Return the country of an IANA time zone; the empty text for UTC.

    >>> country_of_zone("Europe/Berlin", "pt"), country_of_zone("UTC", "en")
    ('Alemanha', '')
    """
    from babel.core import Locale, get_global

    territory = get_global("zone_territories").get(zone, "")
    return str(Locale.parse(LOCALES[language]).territories.get(territory, ""))


def city_of_zone(zone: str, language: Language) -> str:
    """Return the city that an IANA time zone is named after.

    >>> city_of_zone("Europe/London", "pt"), city_of_zone("UTC", "pt")
    ('Londres', 'UTC')
    """
    from babel.dates import get_timezone_location

    return get_timezone_location(zone, locale=LOCALES[language], return_city=True)


def currency_name(code: str, language: Language) -> str:
    """Return the name of a currency; the code itself where it is none of ISO 4217.

    >>> currency_name("BRL", "pt"), currency_name("EUR", "en"), currency_name("GBp", "en")
    ('Real brasileiro', 'Euro', 'GBp')
    """
    from babel.numbers import get_currency_name

    return get_currency_name(code, locale=LOCALES[language])


def load_locales() -> None:
    """Load the data of every locale, which Babel reads from pickles of its own at first use."""
    for language in LOCALES:
        _separators(language)
        format_short_day(date(2000, 1, 1), language)
        country_of_zone("UTC", language)
        city_of_zone("UTC", language)


def _formatted(day: date, pattern: str, language: Language) -> str:
    from babel.dates import format_date

    return format_date(day, pattern, locale=LOCALES[language])


@cache
def _separators(language: Language) -> dict[int, str]:
    from babel.numbers import get_decimal_symbol, get_group_symbol

    locale = LOCALES[language]
    return str.maketrans({",": get_group_symbol(locale), ".": get_decimal_symbol(locale)})
