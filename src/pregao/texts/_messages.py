"""Messages: what is said, with its arguments, before a language is chosen."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from numbers import Real
from string import Formatter
from typing import Any, Protocol, runtime_checkable

from pregao.texts._catalogues import translated, translated_plural
from pregao.texts._languages import LOCALES, Language, format_day, localised


@runtime_checkable
class Translatable(Protocol):
    """Anything that has a text in each language."""

    def in_language(self, language: Language) -> str:
        """Return the text in a language."""
        ...


LocalText = Translatable | str
"""A text with a version in each language, or a string that is the same in all."""

Translator = Callable[..., str]
"""Translates a message id into one language and fills its blanks with keyword arguments."""


@dataclass(frozen=True)
class Message:
    """A message of the catalogues with its arguments.

    The id is the English sentence, its blanks named as in `str.format`. Numbers, dates and
    messages among the arguments are written as the language writes them.

    >>> late = gettext_lazy("{by:.1f} % worse than {rival}", by=3.14, rival="har")
    >>> str(late)
    '3.1 % worse than har'
    """

    id: str
    arguments: Mapping[str, object] = field(default_factory=dict)
    plural_id: str | None = None
    count: int = 1

    def in_language(self, language: Language) -> str:
        """Return the text in a language."""
        if self.plural_id is None:
            sentence = translated(self.id, language)
        else:
            sentence = translated_plural(self.id, self.plural_id, self.count, language)
        return fill(sentence, language, self.arguments)

    def __str__(self) -> str:
        """Return the English text, which logs and tracebacks show."""
        return self.in_language("en")


@dataclass(frozen=True)
class JoinedMessages:
    """Several messages, one after another."""

    parts: tuple[LocalText, ...]
    separator: str

    def in_language(self, language: Language) -> str:
        """Return the texts in a language, joined."""
        return self.separator.join(in_language(each, language) for each in self.parts)

    def __str__(self) -> str:
        """Return the English text."""
        return self.in_language("en")


def in_language(text: LocalText, language: Language) -> str:
    """Return a text in a language; a plain string is the same in all."""
    return text if isinstance(text, str) else text.in_language(language)


def join_messages(parts: Iterable[LocalText], separator: str = "; ") -> JoinedMessages:
    """Join messages.

    >>> str(join_messages([gettext_lazy("a"), "b"]))
    'a; b'
    """
    return JoinedMessages(tuple(parts), separator)


def list_alternatives(names: Sequence[str]) -> LocalText:
    """Return names as an enumeration.

    >>> str(list_alternatives(["a", "b", "c"]))
    'a, b or c'
    """
    *rest, last = names
    return gettext_lazy("{rest} or {last}", rest=", ".join(rest), last=last) if rest else last


def gettext_lazy(message_id: str, /, **arguments: object) -> Message:
    """Make a message; the id is English, and is what translators see."""
    return Message(message_id, arguments)


def ngettext_lazy(one: str, many: str, /, *, count: int, **arguments: object) -> Message:
    """Make a message whose sentence depends on a count, which fills the blank ``count``.

    >>> str(ngettext_lazy("{count} row", "{count} rows", count=2))
    '2 rows'
    """
    return Message(one, {"count": count, **arguments}, plural_id=many, count=count)


def translator(language: Language) -> Translator:
    """Return a function that translates messages into one language.

    >>> _ = translator("en")
    >>> _("{count:,} sessions", count=1234)
    '1,234 sessions'
    """

    def _(message_id: str, /, **arguments: object) -> str:
        return fill(translated(message_id, language), language, arguments)

    return _


def plural_translator(language: Language) -> Translator:
    """Return a function that translates messages with a count into one language.

    >>> ngettext = plural_translator("en")
    >>> ngettext("{count} run", "{count} runs", 2)
    '2 runs'
    """

    def ngettext(one: str, many: str, count: int, /, **arguments: object) -> str:
        return ngettext_lazy(one, many, count=count, **arguments).in_language(language)

    return ngettext


def N_(message_id: str) -> str:  # noqa: N802 - gettext's usual name
    """Mark a message for translation and return it as it is."""
    return message_id


def fill(sentence: str, language: Language, arguments: Mapping[str, object]) -> str:
    """Fill the blanks of a sentence as a language writes numbers and dates.

    A sentence without arguments stays as it is, braces included.
    """
    return _FORMATTERS[language].vformat(sentence, (), arguments) if arguments else sentence


class _LocalFormatter(Formatter):
    """Formats fields as one language writes them."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def format_field(self, value: Any, format_spec: str) -> str:
        match value:
            case Real():
                return localised(format(value, format_spec), self._language)
            case date():
                return format_day(value, self._language)
            case Translatable():
                return format(value.in_language(self._language), format_spec)
            case _:
                return format(value, format_spec)


_FORMATTERS: dict[Language, _LocalFormatter] = {
    "en": _LocalFormatter("en"),
    "pt": _LocalFormatter("pt"),
}


@dataclass(frozen=True)
class Translations(Mapping[str, str]):
    """Messages by key, each translated into one language when it is looked up."""

    messages: Mapping[str, str]
    language: Language

    def __getitem__(self, key: str) -> str:
        return translated(self.messages[key], self.language)

    def __iter__(self) -> Iterator[str]:
        return iter(self.messages)

    def __len__(self) -> int:
        return len(self.messages)


def translations(messages: Mapping[str, str]) -> dict[Language, Translations]:
    """Return messages by key in every language.

    >>> translations({"advice": N_("What to do")})["en"]["advice"]
    'What to do'
    """
    return {language: Translations(messages, language) for language in LOCALES}
