"""Symbols: a ticker and its exchange, with currency, class and time zone."""

import re
from dataclasses import dataclass, field
from functools import total_ordering

from pregao.errors import InvalidSymbolError, UnknownExchangeError
from pregao.instruments._exchanges import EXCHANGES, Exchange
from pregao.instruments._grammar import InstrumentClass, class_at, read_ticker
from pregao.instruments._statements import stated_spelling

_TICKER = re.compile(r"[A-Z0-9^][A-Z0-9.^=-]{0,14}\Z", re.ASCII)
_STATED = re.compile(r"(?P<ticker>[^@]+)@(?P<code>[A-Z]{4,6})(?::(?P<currency>[A-Za-z]{3}))?\Z")
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
    """

    ticker: str
    exchange: Exchange
    stated_currency: str = field(default="", compare=False)
    """Where it is not that of the exchange."""

    @classmethod
    def parse(cls, text: str) -> "Symbol":
        """Parse a ticker in any case, with or without the exchange's suffix, such as ``.SA``.

        Of a ticker that does not tell its exchange, it is stated: ``TICKER@XBUE``, or
        ``TICKER@XBUE:USD`` with the currency, or in the user's file (`load_statements`).

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
        spelt = stated_spelling(spelt.upper()) or spelt
        if stated := _STATED.match(spelt):
            return cls._stated(text, **stated.groupdict())
        ticker = spelt.upper()
        if not _TICKER.match(ticker):
            raise InvalidSymbolError(text)
        return cls._suffixed(text, ticker) or cls._plain(text, ticker)

    @classmethod
    def _stated(cls, text: str, ticker: str, code: str, currency: str | None) -> "Symbol":
        if code not in EXCHANGES:
            raise UnknownExchangeError(ticker, code, EXCHANGES)
        exchange = EXCHANGES[code]
        ticker = ticker.upper().removesuffix(exchange.suffix) or ticker.upper()
        if not _TICKER.match(ticker):
            raise InvalidSymbolError(text)
        return cls(ticker, exchange, "" if currency == exchange.currency else currency or "")

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
        """The class of the instrument, as far as the ticker tells it."""
        return class_at(self.exchange, self.ticker)

    @property
    def yahoo(self) -> str:
        """The ticker in Yahoo's spelling."""
        if self.ticker in _AT_YAHOO:
            return _AT_YAHOO[self.ticker]
        is_own = self.ticker.startswith("^") or self.ticker.endswith(("=X", "=F"))
        return self.ticker if is_own else self.ticker + self.exchange.suffix

    def __str__(self) -> str:
        """Return the shortest spelling that parses to this symbol."""
        stated = f"{self.ticker}@{self.exchange.code}"
        for spelling in (self.ticker, self.ticker + self.exchange.suffix, stated):
            try:
                parsed = Symbol.parse(spelling)
            except InvalidSymbolError:
                continue
            if parsed == self and parsed.currency == self.currency:
                return spelling
        return f"{stated}:{self.currency}"

    def __lt__(self, other: "Symbol") -> bool:
        return (self.ticker, self.exchange.code) < (other.ticker, other.exchange.code)
