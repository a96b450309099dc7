"""The catalogues: English messages stand in the code, translations in ``locale``.

Catalogues are compiled when the package is installed or built (`hatch_build.py`), and again by
``dev.py`` when a translation has changed.
"""

from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from pregao.texts._languages import LOCALES, Language

LOCALE_FOLDER = Path(__file__).parent / "locale"


def translated(message: str, language: Language) -> str:
    """Return a message in a language; the message itself where it is English."""
    return _catalogue(language).gettext(message)


def translated_plural(one: str, many: str, count: int, language: Language) -> str:
    """Return the form of a message that fits a count, in a language."""
    return _catalogue(language).ngettext(one, many, count)


@cache
def _catalogue(language: Language) -> NullTranslations:
    """Load a catalogue.

    Raises
    ------
    RuntimeError
        If it was not compiled.
    """
    if language == "en":
        return NullTranslations()
    path = LOCALE_FOLDER / LOCALES[language] / "LC_MESSAGES" / "pregao.mo"
    if not path.is_file():
        raise RuntimeError(f"{path} is missing: install Pregao, or run 'python dev.py check'")
    with path.open("rb") as file:
        return GNUTranslations(file)
