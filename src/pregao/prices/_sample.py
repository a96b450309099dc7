"""Real daily bars bundled with a dependency: they need neither a network nor a file."""

import csv
import gzip
import importlib.util
from datetime import date
from pathlib import Path

import numpy as np

from pregao.errors import InputError, UnknownSymbolError
from pregao.instruments import Symbol
from pregao.prices._access import NetworkAccess, refuse_path
from pregao.prices._prices import Bars
from pregao.prices._provider import Download, ProviderEntry
from pregao.texts import gettext_lazy as _

# Ticker -> the folder of the package `arch` that holds its file.
_DATA_SETS = {"SP500": "sp500", "NASDAQ": "nasdaq"}
BUNDLED_SYMBOLS = tuple(_DATA_SETS)
"""The symbols whose prices are bundled."""
_ALIASES = {"^GSPC": "SP500", "^IXIC": "NASDAQ"}
# The field of each of our columns in those files: Date,Open,High,Low,Close,Adj Close,Volume.
_FIELDS = {"open": 1, "high": 2, "low": 3, "close": 4, "adj_close": 5, "volume": 6}


class Sample:
    """The S&P 500 and the Nasdaq Composite, daily, 1999-01-04 to 2018-12-31.

    The files belong to the package ``arch`` (Sheppard); they are read without importing it, as that
    takes most of a second.

    >>> download = Sample().download(Symbol.parse("SP500"))
    >>> len(download.bars), float(download.bars.close[0])
    (5031, 1228.099976)
    """

    name = "sample"

    def __init__(
        self,
        *,
        path: Path | None = None,
        access: NetworkAccess | None = None,  # noqa: ARG002 - all providers are made alike
    ) -> None:
        refuse_path("the sample data", path)

    def download(
        self, symbol: Symbol, start: date | None = None, end: date | None = None
    ) -> Download:
        """Return the bars of SP500 or NASDAQ (or ^GSPC, ^IXIC) from `start` to `end`.

        Raises
        ------
        UnknownSymbolError
            For any other symbol.
        """
        name = _ALIASES.get(symbol.ticker, symbol.ticker)
        if name not in _DATA_SETS:
            hint = _(
                "the sample data holds {names}; --source live asks the network, csv reads your "
                "files",
                names=", ".join(_DATA_SETS),
            )
            raise UnknownSymbolError(str(symbol), self.name, hint)
        file = _folder() / _DATA_SETS[name] / f"{_DATA_SETS[name]}.csv.gz"
        with gzip.open(file, "rt", encoding="ascii", newline="") as text:
            rows = [row for row in csv.reader(text) if row][1:]
        columns = {column: [row[field] for row in rows] for column, field in _FIELDS.items()}
        bars = Bars.from_columns([_parse_date(row[0]) for row in rows], columns)
        return Download(symbol, bars, self.name, str(file)).between(start, end)


def _folder() -> Path:
    """Return the data folder of ``arch`` without importing the package."""
    spec = importlib.util.find_spec("arch")
    if spec is None or spec.origin is None:
        raise InputError(_("the sample data comes with the package arch: pip install arch"))
    return Path(spec.origin).parent / "data"


def _parse_date(day: str) -> np.datetime64:
    """Parse a date of these files, month/day/year."""
    month, number, year = day.split("/")
    return np.datetime64(f"{year}-{month:0>2}-{number:0>2}", "D")


SAMPLE = ProviderEntry(name=Sample.name, factory=Sample, basis="as_traded")
