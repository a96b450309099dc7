"""The base class of serialised values, and bilingual texts."""

from collections.abc import Sequence
from datetime import date
from numbers import Real
from string import Formatter
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, model_validator

from pregao.texts import Language as Language  # noqa: PLC0414 - taken from here by others
from pregao.texts import LocalText, gettext_lazy, in_language, ngettext_lazy

_SWAPPED = str.maketrans(",.", ".,")


class Value(BaseModel):
    """A frozen value that equals its own JSON; unknown fields and NaN are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    def replace(self, **changes: Any) -> Self:
        """Return a copy with some fields changed, validated again as a whole."""
        return type(self).model_validate({**dict(self), **changes})


class Text(Value):
    """A text in English and in Brazilian Portuguese.

    Parsed from JSON, a plain string is used for both, as earlier versions wrote it.

    >>> Text.model_validate("gap")
    Text(en='gap', pt_br='gap')
    """

    en: str
    pt_br: str

    @model_validator(mode="before")
    @classmethod
    def _from_string(cls, value: object) -> object:
        return {"en": value, "pt_br": value} if isinstance(value, str) else value

    @classmethod
    def of(cls, en: str, pt_br: str, /, **facts: "Text | str | date | float") -> Self:
        """Fill the blanks of both sentences with the same facts, formatted as in each language.

        In Portuguese, numbers have a decimal comma and dates begin with the day. A text is
        inserted in the language of the sentence; other facts are the same in both.

        >>> text = Text.of("{by:.1f} % worse than {rival}", "{by:.1f} % pior que {rival}",
        ...     by=3.14, rival="har")
        >>> text.en, text.pt_br
        ('3.1 % worse than har', '3,1 % pior que har')
        """
        return cls(en=_ENGLISH.vformat(en, (), facts), pt_br=_PORTUGUESE.vformat(pt_br, (), facts))

    @classmethod
    def same(cls, text: str) -> Self:
        """Return a text that is the same in both languages, such as a name."""
        return cls(en=text, pt_br=text)

    @classmethod
    def from_message(cls, message: LocalText) -> Self:
        """Write a message, or the message of an error, out in both languages.

        >>> Text.from_message(gettext_lazy("No such run")).pt_br
        'Não existe essa execução'
        """
        return cls(en=in_language(message, "en"), pt_br=in_language(message, "pt"))

    @classmethod
    def counted(cls, number: int, one: "Text", many: "Text") -> Self:
        """Return a number with the singular or plural of what it counts.

        >>> Text.counted(1, Text(en="row", pt_br="linha"), Text(en="rows", pt_br="linhas")).pt_br
        '1 linha'
        """
        return cls.of("{n} {what}", "{n} {what}", n=number, what=one if number == 1 else many)

    @classmethod
    def joined(cls, texts: "Sequence[Text]", *, en: str = " and ", pt_br: str = " e ") -> Self:
        """Return texts joined by a separator of each language.

        >>> Text.joined([Text.same("a"), Text.same("b")]).pt_br
        'a e b'
        """
        return cls(en=en.join(each.en for each in texts), pt_br=pt_br.join(e.pt_br for e in texts))

    def in_language(self, language: Language) -> str:
        """Return the text in a language."""
        return self.en if language == "en" else self.pt_br

    def __str__(self) -> str:
        """Return the English sentence, as logs and errors are in English."""
        return self.en


def bilingual(message_id: str, /, **arguments: object) -> Text:
    """Write a message of the catalogues out in both languages.

    >>> text = bilingual("{by:.1f} % of {symbol}", by=3.14, symbol="PETR4")
    >>> text.en
    '3.1 % of PETR4'
    """
    return Text.from_message(gettext_lazy(message_id, **arguments))


def bilingual_plural(one: str, many: str, /, *, count: int, **arguments: object) -> Text:
    """Write a message with a count, which fills the blank ``count``, out in both languages."""
    return Text.from_message(ngettext_lazy(one, many, count=count, **arguments))


class _LocalisedFormatter(Formatter):
    """A formatter of numbers and dates in one language."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def format_field(self, value: Any, format_spec: str) -> str:
        match value:
            case Text():
                return value.in_language(self._language)
            case Real() if self._language == "pt":
                return format(value, format_spec).translate(_SWAPPED)
            case date() if self._language == "pt":
                return f"{value:%d/%m/%Y}"
            case _:
                return format(value, format_spec)


_ENGLISH, _PORTUGUESE = _LocalisedFormatter("en"), _LocalisedFormatter("pt")
