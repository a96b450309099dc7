"""What a ticker alone tells for certain: its exchange, its class and its currency.

Certain are the codes of B3, plain American tickers, the suffixes, pairs and futures of Yahoo's
spelling, and the indices that are listed. Of any other ticker nothing is assumed.
"""

import re
from dataclasses import dataclass
from typing import Literal

from pregao.instruments._exchanges import B3, CRYPTO, EXCHANGES, FOREX, FUTURES, NYSE, Exchange

InstrumentClass = Literal[
    "share",
    "unit_or_fund",
    "unit",
    "etf",
    "fii",
    "bdr",
    "right",
    "option",
    "future",
    "index",
    "currency",
    "crypto",
]
"""`unit_or_fund` is a B3 ticker in 11: a unit, an ETF or a FII, which the ticker does not tell.
Which of the three it is, is stated (`load_statements`)."""

# Four characters that start with a letter, then digits for the class: PETR4, B3SA3, BOVA11.
_B3_CASH = re.compile(r"[A-Z][A-Z0-9]{3}(?P<kind>[1-9]|1[0-5]|3[1-69])[BF]?\Z", re.ASCII)
_B3_OPTION = re.compile(r"[A-Z]{4}[A-X][0-9]{1,4}(?:W[1-5])?E?\Z", re.ASCII)
_B3_FUTURE = re.compile(r"(?:[A-Z]{3}FUT|[A-Z]{3}[FGHJKMNQUVXZ][0-9]{2})\Z", re.ASCII)
_US_SHARE = re.compile(r"[A-Z]{1,5}(?:[.-][A-Z]{1,2})?\Z", re.ASCII)
_PAIR = re.compile(r"(?:[A-Z]{3})?(?P<quote>[A-Z]{3})=X\Z", re.ASCII)
_FUTURE = re.compile(r"[A-Z0-9]{1,8}=F\Z", re.ASCII)
_CRYPTO = re.compile(r"[A-Z0-9]{2,10}-(?P<quote>USD|USDT|USDC|EUR|GBP|BRL|JPY|BTC|ETH)\Z", re.ASCII)

_B3_CLASSES: dict[str, InstrumentClass] = {
    **dict.fromkeys(("1", "2", "9", "10", "12", "13", "14", "15"), "right"),
    **dict.fromkeys(("3", "4", "5", "6", "7", "8"), "share"),
    "11": "unit_or_fund",
    **dict.fromkeys(("31", "32", "33", "34", "35", "36", "39"), "bdr"),
}
_PATTERNS: tuple[tuple[re.Pattern[str], Exchange, InstrumentClass], ...] = (
    (_B3_CASH, B3, "share"),
    (_B3_OPTION, B3, "option"),
    (_B3_FUTURE, B3, "future"),
    (_CRYPTO, CRYPTO, "crypto"),
    (_PAIR, FOREX, "currency"),
    (_FUTURE, FUTURES, "future"),
    (_US_SHARE, NYSE, "share"),
)
"""The first pattern that a ticker matches tells its exchange and class."""
_B3_INDICES = frozenset(
    ("IBOV", "IFIX", "IBRA", "IBRX", "IBRX50", "IBRX100", "IBXX", "IBXL", "SMLL", "MLCX", "IDIV",
     "IMOB", "IEEX", "IFNC", "IMAT", "ICO2", "ISEE", "ITAG", "IGCX", "IGCT", "IVBX", "BDRX", "IFIL")
)  # fmt: skip
_INDICES: dict[str, str] = {
    **dict.fromkeys(("^BVSP", "^IBX50", "^IFIX"), "BVMF"),
    **dict.fromkeys(
        ("SP500", "NASDAQ", "^GSPC", "^SPX", "^IXIC", "^NDX", "^DJI", "^DJT", "^DJU", "^NYA",
         "^XAX", "^RUT", "^RUA", "^OEX", "^MID", "^SP600", "^SOX", "^VIX", "^VXN", "^TNX", "^TYX",
         "^FVX", "^IRX"),
        "XNYS",
    ),
    "^N225": "XTKS",
    **dict.fromkeys(("^FTSE", "^FTMC", "^FTAS"), "XLON"),
    **dict.fromkeys(("^GDAXI", "^MDAXI", "^SDAXI", "^TECDAX", "^STOXX50E", "^STOXX"), "XETR"),
    "^FCHI": "XPAR",
    "^AEX": "XAMS",
    "^BFX": "XBRU",
    "^IBEX": "XMAD",
    "^SSMI": "XSWX",
    "^ATX": "XWBO",
    "^OMX": "XSTO",
    "^HSI": "XHKG",
    "^HSCE": "XHKG",
    "^TWII": "XTAI",
    "^KS11": "XKRX",
    "^JKSE": "XIDX",
    "^KLSE": "XKLS",
    "^AXJO": "XASX",
    "^AORD": "XASX",
    "^NZ50": "XNZE",
    "^GSPTSE": "XTSE",
    "^MXX": "XMEX",
    "^MERV": "XBUE",
    "^IPSA": "XSGO",
}  # fmt: skip
"""The exchanges of indices: no rule tells them."""


@dataclass(frozen=True)
class Reading:
    """What a ticker tells for certain."""

    exchange: Exchange
    kind: InstrumentClass
    currency: str = ""
    """Where it differs from that of the exchange."""


def read_ticker(ticker: str) -> Reading | None:
    """Return what a ticker without a suffix tells; None if nothing is certain.

    >>> read_ticker("USDBRL=X").currency, read_ticker("PETR4").kind, read_ticker("WINFUT").kind
    ('BRL', 'share', 'future')
    """
    if ticker in _INDICES:
        return Reading(EXCHANGES[_INDICES[ticker]], "index")
    if ticker in _B3_INDICES:
        return Reading(B3, "index")
    for pattern, exchange, kind in _PATTERNS:
        if found := pattern.match(ticker):
            parts = found.groupdict()
            known = _B3_CLASSES.get(parts["kind"], kind) if "kind" in parts else kind
            return Reading(exchange, known, parts.get("quote", ""))
    return None


def class_at(exchange: Exchange, ticker: str) -> InstrumentClass:
    """Return the class of a ticker whose exchange is stated; a share where it tells none."""
    found = read_ticker(ticker)
    if found is not None and found.exchange == exchange:
        return found.kind
    if ticker.startswith("^"):
        return "index"
    return {"CRYPTO": "crypto", "FOREX": "currency", "CMES": "future"}.get(exchange.code, "share")  # type: ignore[return-value]  # literals
