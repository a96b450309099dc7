"""Symbols: a ticker and its exchange, with currency and time zone."""

import re
from dataclasses import dataclass
from functools import total_ordering

from pregao.errors import InvalidSymbolError

_TICKER = re.compile(r"[A-Z0-9^][A-Z0-9.^=-]{0,14}\Z", re.ASCII)
# Four characters that start with a letter, then digits for the share class: PETR4, B3SA3, BOVA11.
_B3_TICKER = re.compile(r"[A-Z][A-Z0-9]{3}(?:[1-9]|[1-3][0-9])[BF]?\Z", re.ASCII)


@dataclass(frozen=True)
class Exchange:
    """An exchange; `code` is the ISO 10383 market identifier."""

    code: str
    currency: str
    suffix: str
    """The suffix of its tickers at Yahoo."""
    zone: str
    """The IANA time zone of its sessions."""

    @property
    def name(self) -> str:
        """What it is called in texts; the code, where it has no shorter name."""
        return _NAMES.get(self.code, self.code)


_NAMES = {"BVMF": "B3", "XNYS": "NYSE", "XTKS": "TSE", "XLON": "LSE"}

B3 = Exchange("BVMF", "BRL", ".SA", "America/Sao_Paulo")
NYSE = Exchange("XNYS", "USD", "", "America/New_York")
TOKYO = Exchange("XTKS", "JPY", ".T", "Asia/Tokyo")
LONDON = Exchange("XLON", "GBp", ".L", "Europe/London")

EXCHANGES: dict[str, Exchange] = {each.code: each for each in (B3, NYSE, TOKYO, LONDON)}

# No rule tells the exchange of an index; those not listed here are American.
_INDICES: dict[str, Exchange] = {"^BVSP": B3, "^IBX50": B3, "^N225": TOKYO, "^FTSE": LONDON}


@total_ordering
@dataclass(frozen=True)
class Symbol:
    """A ticker in its canonical spelling, without the exchange's suffix, and its exchange.

    >>> Symbol.parse("petr4.sa") == Symbol.parse("PETR4")
    True
    >>> Symbol.parse("PETR4").yahoo, Symbol.parse("nvda").currency
    ('PETR4.SA', 'USD')
    """

    ticker: str
    exchange: Exchange

    @classmethod
    def parse(cls, text: str) -> "Symbol":
        """Parse a ticker in any case, with or without the exchange's suffix, such as ``.SA``.

        Raises
        ------
        InvalidSymbolError
            If the text cannot be a ticker.
        """
        ticker = text.strip().upper()
        if not text.isascii() or not _TICKER.match(ticker):
            raise InvalidSymbolError(text)
        for exchange in EXCHANGES.values():
            stem = ticker.removesuffix(exchange.suffix)
            if exchange.suffix and stem != ticker and stem.endswith(exchange.suffix):
                raise InvalidSymbolError(text)
            if exchange.suffix and ticker.endswith(exchange.suffix) and stem:
                return cls(stem, _index_exchange(stem) or exchange)
        return cls(ticker, _index_exchange(ticker) or (B3 if _B3_TICKER.match(ticker) else NYSE))

    @property
    def currency(self) -> str:
        """The currency of quoted prices, ISO 4217 (``GBp``: pence)."""
        return self.exchange.currency

    @property
    def yahoo(self) -> str:
        """The ticker in Yahoo's spelling."""
        return self.ticker if self.ticker.startswith("^") else self.ticker + self.exchange.suffix

    def __str__(self) -> str:
        """Return the shortest spelling that parses to this symbol."""
        return self.ticker if Symbol.parse(self.ticker) == self else self.yahoo

    def __lt__(self, other: "Symbol") -> bool:
        return (self.ticker, self.exchange.code) < (other.ticker, other.exchange.code)


def _index_exchange(ticker: str) -> Exchange | None:
    """Return the exchange of an index; None for any other ticker."""
    return _INDICES.get(ticker, NYSE) if ticker.startswith("^") else None
