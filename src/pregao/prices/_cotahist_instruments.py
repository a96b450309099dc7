"""What COTAHIST files state of each instrument: its class, its names, and the ex-dates.

Source: B3, layout of the historical quotes, tables of CODBDI and of ESPECI.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np

from pregao.instruments import InstrumentClass, as_date
from pregao.prices._cotahist import CotahistQuotes
from pregao.values import Text, bilingual

_SEGMENT = 8
"""Where ESPECI goes on with the listing segment: NM, N1, N2, MB."""
_MARK = re.compile(r"E[A-Z]{1,3}\Z", re.ASCII)
_SHARE = re.compile(r"(?:ON|OR|P[NR][A-HRV]?)\Z", re.ASCII)
_RIGHTS = frozenset({"DIR", "BNS", "REC"})
_CODES_OF_RIGHTS = frozenset({"10", "22"})
_CODES_OF_BDRS = frozenset({"34", "35", "36"})
_FUNDS: Mapping[str, InstrumentClass] = {"12": "fii", "14": "etf"}

_PAID: Mapping[str, Text] = {
    "D": bilingual("dividend"),
    "J": bilingual("JCP"),
    "B": bilingual("bonus shares"),
    "S": bilingual("subscription right"),
    "R": bilingual("income of a fund"),
    "G": bilingual("grouping or split"),
}
"""What the letters of a mark after the E (ex) mean."""


@dataclass(frozen=True)
class CotahistInstrument:
    """An instrument as its newest quote states it."""

    ticker: str
    market: str
    kind: InstrumentClass | None
    """None for what is none of our classes."""
    company: str
    specification: str
    """Without marks of ex-dates and the listing segment."""
    bdi_code: str
    isin: str
    currency: str
    """As B3 writes it: R$."""

    @classmethod
    def newest(cls, quotes: CotahistQuotes) -> "CotahistInstrument":
        """Return what the last of some quotes of one ticker states."""
        last = quotes.quotes[-1]
        text = {name: last[name].decode("latin-1").strip() for name in last.dtype.names or ()}
        specification, _mark = read_specification(text["specification"])
        return cls(
            ticker=text["ticker"],
            market=text["market"],
            kind=class_of(specification, text["bdi_code"], text["isin"]),
            company=text["company"],
            specification=specification,
            bdi_code=text["bdi_code"],
            isin=text["isin"],
            currency=text["currency"],
        )


@dataclass(frozen=True)
class ExDate:
    """A session without a right that the one before still had; the files have no amounts."""

    ticker: str
    session: date
    mark: str
    """That of ESPECI, such as EDJ; empty where only DISMES tells the date."""

    @property
    def note(self) -> Text:
        """What went, as far as the mark tells it.

        >>> ExDate("PETR4", date(2024, 4, 26), "EDJ").note.en
        'dividend, JCP: amount unknown'
        """
        known = [_PAID[letter] for letter in self.mark[1:] if letter in _PAID]
        if not known:
            return bilingual("right and amount unknown")
        paid = Text.joined(known, en=", ", pt_br=", ")
        return bilingual("{paid}: amount unknown", paid=paid)


@dataclass(frozen=True, eq=False)
class CotahistSeries:
    """All quotes of one instrument, sessions ascending."""

    instrument: CotahistInstrument
    quotes: CotahistQuotes
    """In reais."""
    ex_dates: tuple[ExDate, ...]
    num_left_out: int
    """Quotes in currencies before the real."""


def series_of_instruments(quotes: CotahistQuotes) -> Iterator[CotahistSeries]:
    """Yield the series of each ticker, by name."""
    rows = np.lexsort((quotes.quotes["session"], quotes.quotes["ticker"]))
    ordered = quotes.take(rows)
    tickers = ordered.quotes["ticker"]
    starts = np.flatnonzero(np.r_[True, tickers[1:] != tickers[:-1]][: len(tickers)])
    for start, stop in pairwise([*starts, len(tickers)]):
        whole = ordered.take(np.arange(start, stop))
        kept = whole.take(whole.is_in_reais)
        yield CotahistSeries(
            CotahistInstrument.newest(whole), kept, find_ex_dates(kept), len(whole) - len(kept)
        )


def find_ex_dates(quotes: CotahistQuotes) -> tuple[ExDate, ...]:
    """Return the ex-dates of one ticker, in any order of its quotes.

    On an ex-date the number of the distribution (DISMES) rises, or ESPECI has a mark with a
    letter that the session before has not: marks stay for some sessions. What the first session
    has already is no event of the series.
    """
    ordered = quotes.take(np.argsort(quotes.sessions, kind="stable"))
    rises = np.diff(ordered.integers("distribution")) > 0
    texts = ordered.quotes["specification"]
    found = []
    for row in np.flatnonzero(rises | (texts[1:] != texts[:-1])) + 1:
        before, mark = (
            read_specification(text.decode("latin-1"))[1] for text in texts[row - 1 : row + 1]
        )
        if rises[row - 1] or set(mark) - set(before):
            ticker = ordered.quotes["ticker"][row].decode("latin-1").strip()
            found.append(ExDate(ticker, as_date(ordered.sessions[row]), mark))
    return tuple(found)


def read_specification(text: str) -> tuple[str, str]:
    """Return the specification of a paper without marks and segment, and the mark of an ex-date.

    >>> read_specification("PN  EJS N2"), read_specification("DIR PRE N1")
    (('PN', 'EJS'), ('DIR PRE', ''))
    """
    first, *rest = text[:_SEGMENT].replace("*", " ").split() or [""]
    mark = next((each for each in rest if _MARK.match(each)), "")
    return " ".join([first, *(each for each in rest if each != mark)]), mark


def class_of(specification: str, bdi_code: str, isin: str) -> InstrumentClass | None:
    """Return the class of an instrument of the cash market; None if it is none of ours.

    >>> class_of("UNT", "02", "BRALUPCDAM15"), class_of("CI", "14", "BRBOVACTF003")
    ('unit', 'etf')
    """
    first, *rest = specification.split() or [""]
    if first in _RIGHTS or "REC" in rest or bdi_code in _CODES_OF_RIGHTS:
        return "right"
    if first.startswith(("DR", "BDR")) or bdi_code in _CODES_OF_BDRS or isin[6:9] == "BDR":
        return "bdr"
    if first in {"UNT", "CDA"}:
        return "unit"
    if first == "CI":
        return _FUNDS.get(bdi_code, "unit_or_fund")
    return "share" if _SHARE.match(first) else None
