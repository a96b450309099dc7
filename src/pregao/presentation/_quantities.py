"""What a cell or a sentence holds: numbers, dates and marks with units, in no language yet."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from pregao.presentation._numbers import (
    ABSENT,
    currency_sign,
    day,
    duration,
    knob,
    money,
    number,
    p_value,
    percent,
    short_day,
)
from pregao.presentation._texts import TEXTS, Language
from pregao.values import Text


class AbstractQuantity(ABC):
    """A value that each language writes its own way."""

    @abstractmethod
    def write(self, language: Language) -> str:
        """Write it as people do in a language."""

    @property
    def sort_key(self) -> float | str:
        """What rows are sorted by; an absent value is an empty string, and comes last."""
        return self.write("en")


@dataclass(frozen=True)
class Number(AbstractQuantity):
    """A number with a fixed count of decimals."""

    value: float | None
    digits: int = 0

    def write(self, language: Language) -> str:
        """Write it, or a dash for None."""
        return number(self.value, self.digits, language)

    @property
    def sort_key(self) -> float | str:
        """The number."""
        return "" if self.value is None else self.value


@dataclass(frozen=True)
class Percent(AbstractQuantity):
    """A share, shown in percent; `signed` puts a plus before gains."""

    share: float | None
    digits: int = 1
    signed: bool = False

    def write(self, language: Language) -> str:
        """Write it, or a dash for None."""
        return percent(self.share, self.digits, language, signed=self.signed)

    @property
    def sort_key(self) -> float | str:
        """The share."""
        return "" if self.share is None else self.share


@dataclass(frozen=True)
class PValue(AbstractQuantity):
    """A p-value, to three decimals."""

    value: float | None

    def write(self, language: Language) -> str:
        """Write it, or a dash for None."""
        return p_value(self.value, language)

    @property
    def sort_key(self) -> float | str:
        """The p-value."""
        return "" if self.value is None else self.value


@dataclass(frozen=True)
class Money(AbstractQuantity):
    """A price in its currency, or in points where the symbol is an index."""

    amount: float
    currency: str
    symbol: str = ""
    """Whose price it is, if it is one."""

    def write(self, language: Language) -> str:
        """Write it with its unit."""
        return money(self.amount, self.currency, language, self.symbol)

    @property
    def sort_key(self) -> float | str:
        """The amount, whatever the currency."""
        return self.amount


@dataclass(frozen=True)
class Unit(AbstractQuantity):
    """What prices are in: a currency, or points where the symbol is an index."""

    currency: str
    symbol: str = ""

    def write(self, language: Language) -> str:
        """Write its sign, or the code of the currency."""
        return currency_sign(self.currency, self.symbol, language=language)


@dataclass(frozen=True)
class Day(AbstractQuantity):
    """A date; `is_short` leaves out the year."""

    date: date
    is_short: bool = False

    def write(self, language: Language) -> str:
        """Write it in the order of the language."""
        return short_day(self.date, language) if self.is_short else day(self.date, language)

    @property
    def sort_key(self) -> float | str:
        """The day, counted."""
        return self.date.toordinal()


@dataclass(frozen=True)
class SessionAhead(Day):
    """A session that is forecast; a narrow page leaves out its year."""


@dataclass(frozen=True)
class Span(AbstractQuantity):
    """The sessions from one day to another, both included."""

    first: date
    last: date

    def write(self, language: Language) -> str:
        """Write both days."""
        return f"{day(self.first, language)} .. {day(self.last, language)}"

    @property
    def sort_key(self) -> float | str:
        """The first day, counted."""
        return self.first.toordinal()


@dataclass(frozen=True)
class Moment(AbstractQuantity):
    """A moment, shown to the minute in UTC."""

    at: datetime | None

    def write(self, language: Language) -> str:
        """Write it, or a dash for None.

        >>> Moment(datetime(2026, 3, 1, 12, 5, tzinfo=UTC)).write("pt")
        '01/03/2026 12:05 UTC'
        """
        if self.at is None:
            return ABSENT
        known = self.at.astimezone(UTC)
        return f"{day(known.date(), language)} {known:%H:%M} UTC"

    @property
    def sort_key(self) -> float | str:
        """Seconds since 1970."""
        return "" if self.at is None else self.at.timestamp()


@dataclass(frozen=True)
class Duration(AbstractQuantity):
    """Seconds that have passed or remain, shown as hours, minutes and seconds."""

    seconds: float | None

    def write(self, language: Language) -> str:  # noqa: ARG002 - the same in each language
        """Write it, or a dash for None."""
        return ABSENT if self.seconds is None else duration(self.seconds)

    @property
    def sort_key(self) -> float | str:
        """The seconds."""
        return "" if self.seconds is None else self.seconds


@dataclass(frozen=True)
class Latency(AbstractQuantity):
    """A short time: milliseconds below a second; `is_beyond` is that it was longer."""

    seconds: float
    is_beyond: bool = False

    def write(self, language: Language) -> str:
        """Write it with its unit.

        >>> Latency(0.0123).write("pt"), Latency(2.5, is_beyond=True).write("en")
        ('12,3 ms', '> 2.50 s')
        """
        more = "> " if self.is_beyond else ""
        if self.seconds < 1:
            return f"{more}{number(1000 * self.seconds, 1, language)} ms"
        return f"{more}{number(self.seconds, 2, language)} s"

    @property
    def sort_key(self) -> float | str:
        """The seconds."""
        return self.seconds


@dataclass(frozen=True)
class Setting(AbstractQuantity):
    """The value of a field of an experiment."""

    value: object

    def write(self, language: Language) -> str:
        """Write it: yes or no, a number of four digits, or as it stands."""
        if isinstance(self.value, bool):
            return TEXTS[language]["yes" if self.value else "no"]
        return knob(self.value, language)

    @property
    def sort_key(self) -> float | str:
        """The number, or else the English words."""
        if isinstance(self.value, int | float):
            return self.value
        return "" if self.value is None else self.write("en")


@dataclass(frozen=True)
class Code(AbstractQuantity):
    """An identifier that is copied rather than read: a digest, a field, a version."""

    text: str

    def write(self, language: Language) -> str:  # noqa: ARG002 - the same in each language
        """Write it as it is."""
        return self.text


@dataclass(frozen=True)
class RunId(AbstractQuantity):
    """The id of a run, which begins with the name of its forecaster."""

    id: str
    forecaster: str

    def write(self, language: Language) -> str:  # noqa: ARG002 - the same in each language
        """Write the id."""
        return self.id

    @property
    def rest(self) -> str:
        """What follows the name of the forecaster."""
        return self.id.removeprefix(f"{self.forecaster}-")


@dataclass(frozen=True)
class Flag(AbstractQuantity):
    """Yes or no; None is neither, and left blank."""

    is_set: bool | None

    def write(self, language: Language) -> str:
        """Write yes, no or nothing."""
        return "" if self.is_set is None else TEXTS[language]["yes" if self.is_set else "no"]

    @property
    def sort_key(self) -> float | str:
        """One for yes, and zero."""
        return float(bool(self.is_set))


@dataclass(frozen=True)
class Badge(AbstractQuantity):
    """A state in a word; `kind` is what a medium chooses its colour by."""

    text: Text
    kind: str
    help: Text | None = None

    def write(self, language: Language) -> str:
        """Write the word."""
        return self.text.in_language(language)

    @property
    def sort_key(self) -> float | str:
        """The kind, which no language changes."""
        return self.kind


Quantity = AbstractQuantity | Text | str | None
"""What is shown: a typed value, a text in both languages, a name, or a dash."""


def write(quantity: Quantity, language: Language) -> str:
    """Write a quantity as people do in a language; what is absent is a dash.

    >>> write(Percent(0.0231, signed=True), "pt").replace("\N{NO-BREAK SPACE}", " ")
    '+2,3 %'
    >>> write(Span(date(2019, 1, 2), date(2019, 3, 4)), "en")
    '2019-01-02 .. 2019-03-04'
    """
    match quantity:
        case None:
            return ABSENT
        case str():
            return quantity
        case Text():
            return quantity.in_language(language)
        case _:
            return quantity.write(language)


def sort_key(quantity: Quantity) -> float | str:
    """Return what rows are sorted by; what is absent is an empty string, and comes last.

    >>> sort_key(Number(1234.5, 1)), sort_key(PValue(None)), sort_key("har")
    (1234.5, '', 'har')
    """
    if isinstance(quantity, AbstractQuantity):
        return quantity.sort_key
    return "" if quantity is None else write(quantity, "en")


def in_both(quantity: Quantity) -> Text:
    """Return a quantity as a text, written in both languages.

    >>> in_both(Number(0.5, 1)).pt_br
    '0,5'
    """
    return Text(en=write(quantity, "en"), pt_br=write(quantity, "pt"))


Texts = Mapping[Language, Mapping[str, str]]


def t(key: str, texts: Texts = TEXTS, /, **facts: Quantity) -> Text:
    """Return a text in both languages, its blanks filled with facts as each language writes them.

    >>> t("trials_of", done=Number(3), total=Number(1200)).pt_br
    '3 de 1.200 tentativas'
    """
    return Text(en=_filled(texts, key, facts, "en"), pt_br=_filled(texts, key, facts, "pt"))


def _filled(texts: Texts, key: str, facts: Mapping[str, Quantity], language: Language) -> str:
    text = texts[language][key]
    return text.format(**{name: write(each, language) for name, each in facts.items()})
