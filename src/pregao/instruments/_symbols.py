"""Symbols: a ticker and its exchange, with currency, class and time zone."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import total_ordering

from pregao.errors import InvalidSymbolError, StatedTwiceError, UnknownExchangeError
from pregao.instruments._exchanges import B3, EXCHANGES, Exchange
from pregao.instruments._grammar import InstrumentClass, class_at, read_ticker
from pregao.instruments._statements import stated_class, stated_spelling

_TICKER = re.compile(r"[A-Z0-9^][A-Z0-9.^=-]{0,14}\Z", re.ASCII)
_STATED = re.compile(
    r"(?P<ticker>[^@]+)@(?P<code>[A-Za-z]{4,6})(?::(?P<currency>[A-Za-z]{3}))?\Z", re.ASCII
)
_IN_HUNDREDTHS = frozenset({"GBp", "ZAc"})
"""Units of quotes that differ from a currency's code by their case alone."""
_BY_SUFFIX = {each.suffix: each for each in EXCHANGES.values() if each.suffix}
_AT_YAHOO = {"IBOV": "^BVSP"}


@total_ordering
@dataclass(frozen=True)
class Symbol:
    """A ticker in its canonical spelling, without the exchange's suffix, and its exchange.

    >>> Symbol.parse("petr4.sa") == Symbol.parse("PETR4")
    True
    >>> Symbol.parse("PETR4").yahoo, Symbol.parse("nvda").currency
    ('PETR4.SA', 'USD')
    >>> Symbol.parse("USDBRL=X").currency, Symbol.parse("SAP@XETR").yahoo
    ('BRL', 'SAP.DE')
    >>> Symbol.parse("PETR4F").is_fractional, Symbol.parse("TAEE11").kind
    (True, 'unit_or_fund')
    """

    ticker: str
    exchange: Exchange
    stated_currency: str = field(default="", compare=False)
    """Where it is not that of the exchange."""

    @classmethod
    def parse(cls, text: str) -> "Symbol":
        """Parse a ticker in any case, with or without the exchange's suffix, such as ``.SA``.

        Of a ticker that does not tell its exchange, it is stated: ``TICKER@XBUE``, or
        ``TICKER@XBUE:USD`` with the currency, or in the user's file (`load_statements`). Only
        ``GBp`` and ``ZAc`` must be spelt as they are: GBP is a pound, GBp a penny.

        Raises
        ------
        InvalidSymbolError
            If the text cannot be a ticker.
        UnknownExchangeError
            If the ticker does not tell its exchange, and it is not stated.
        """
        spelt = text.strip()
        if not spelt.isascii():
            raise InvalidSymbolError(text)
        return cls._read(text, stated_spelling(spelt.upper()) or spelt)

    @classmethod
    def _read(cls, text: str, spelt: str) -> "Symbol":
        """Parse a spelling without the user's file; `text` is what messages name."""
        if stated := _STATED.match(spelt):
            return cls._stated(text, **stated.groupdict())
        ticker = spelt.upper()
        if not _TICKER.match(ticker):
            raise InvalidSymbolError(text)
        return cls._suffixed(text, ticker) or cls._plain(text, ticker)

    @classmethod
    def _stated(cls, text: str, ticker: str, code: str, currency: str | None) -> "Symbol":
        ticker, code, currency = ticker.upper(), code.upper(), currency or ""
        if code not in EXCHANGES:
            raise UnknownExchangeError(ticker, code, EXCHANGES)
        exchange = EXCHANGES[code]
        ticker = ticker.removesuffix(exchange.suffix) or ticker
        if not _TICKER.match(ticker):
            raise InvalidSymbolError(text)
        currency = _in_capitals(currency)
        return cls(ticker, exchange, "" if currency == exchange.currency else currency)

    @classmethod
    def _suffixed(cls, text: str, ticker: str) -> "Symbol | None":
        stem, dot, name = ticker.rpartition(".")
        exchange = _BY_SUFFIX.get(dot + name)
        if exchange is None or not stem:
            return None
        if stem.endswith(exchange.suffix):
            raise InvalidSymbolError(text)
        index = read_ticker(stem) if stem.startswith("^") else None
        return cls(stem, index.exchange if index else exchange)

    @classmethod
    def _plain(cls, text: str, ticker: str) -> "Symbol":
        found = read_ticker(ticker)
        if found is None:
            raise UnknownExchangeError(text)
        is_own = found.currency in {"", found.exchange.currency}
        return cls(ticker, found.exchange, "" if is_own else found.currency)

    @property
    def currency(self) -> str:
        """The currency of quoted prices, ISO 4217 (``GBp``: pence)."""
        return self.stated_currency or self.exchange.currency

    @property
    def kind(self) -> InstrumentClass:
        """The class of the instrument, as the ticker tells it or the user states it."""
        told = class_at(self.exchange, self.ticker)
        return (stated_class(self.ticker) or told) if told == "unit_or_fund" else told

    @property
    def is_fractional(self) -> bool:
        """Whether it is traded in B3's fractional market, as ``PETR4F``."""
        has_market = self.kind in {"share", "unit", "unit_or_fund"}
        return self.exchange == B3 and has_market and self.ticker.endswith("F")

    @property
    def yahoo(self) -> str:
        """The ticker in Yahoo's spelling."""
        if self.ticker in _AT_YAHOO:
            return _AT_YAHOO[self.ticker]
        is_own = self.ticker.startswith("^") or self.ticker.endswith(("=X", "=F"))
        return self.ticker if is_own else self.ticker + self.exchange.suffix

    @property
    def key(self) -> str:
        """The shortest spelling without the currency: what stored runs and champions go by.

        >>> Symbol.parse("VUSA@XLON:GBP").key, str(Symbol.parse("VUSA@XLON:GBP"))
        ('VUSA.L', 'VUSA@XLON:GBP')
        """
        return next(self._spellings(), self._full_spelling)

    def __str__(self) -> str:
        """Return the shortest spelling that parses to this symbol, with its currency."""
        return next(self._spellings(self.currency), f"{self._full_spelling}:{self.currency}")

    @property
    def _full_spelling(self) -> str:
        return f"{self.ticker}@{self.exchange.code}"

    def _spellings(self, currency: str | None = None) -> Iterator[str]:
        """Yield spellings that parse to this symbol, of a currency, whatever the user's file says.

        What is stored must be read after a change of that file too.
        """
        stated = (self.ticker, self.ticker + self.exchange.suffix, self._full_spelling)
        for spelling in stated:
            readings = {spelling, stated_spelling(spelling) or spelling}
            try:
                parsed = [Symbol._read(each, each) for each in readings]
            except InvalidSymbolError:
                continue
            if all(each == self and currency in {None, each.currency} for each in parsed):
                yield spelling

    def __lt__(self, other: "Symbol") -> bool:
        return (self.ticker, self.exchange.code) < (other.ticker, other.exchange.code)


def _in_capitals(code: str) -> str:
    """Return the code of an exchange or a currency; units in hundredths stay as they are spelt."""
    return code if code in _IN_HUNDREDTHS else code.upper()


def symbol_key(text: str) -> str:
    """Return the key of a symbol in any spelling; of a text that is none, the text itself.

    >>> symbol_key("vusa@xlon:gbp"), symbol_key("VUSA.L"), symbol_key("PETR4.SA")
    ('VUSA.L', 'VUSA.L', 'PETR4')
    """
    try:
        return Symbol.parse(text).key
    except InvalidSymbolError:
        return text


def spell_symbol(ticker: str, exchange: str | None = None, currency: str | None = None) -> str:
    """Return a ticker with the exchange and the currency that are stated beside it.

    >>> spell_symbol("sap", "xetr"), spell_symbol("VUSA.L", currency="GBP"), spell_symbol("PETR4")
    ('sap@xetr', 'VUSA.L@XLON:GBP', 'PETR4')

    Raises
    ------
    StatedTwiceError, UnknownExchangeError
        If the ticker states another exchange or currency, or neither states nor tells one.
    """
    if not exchange and not currency:
        return ticker
    spelt, _at, stated = ticker.partition("@")
    own_exchange, _colon, own_currency = stated.partition(":")
    for own, given in ((own_exchange, exchange), (own_currency, currency)):
        if own and given and _in_capitals(own) != _in_capitals(given):
            raise StatedTwiceError(ticker, own, given)
    code = own_exchange or exchange or Symbol.parse(ticker).exchange.code
    currency = own_currency or currency
    return f"{spelt}@{code}:{currency}" if currency else f"{spelt}@{code}"
