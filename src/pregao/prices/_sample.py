"""Real daily bars that come with a dependency: they need neither a network nor a file."""

import csv
import gzip
import importlib.util
from datetime import date
from pathlib import Path

import numpy as np

from pregao.errors import InputError, UnknownSymbolError
from pregao.instruments import Symbol
from pregao.prices._access import Access, refuse_path
from pregao.prices._prices import Bars
from pregao.prices._provider import Download

# Ticker -> the folder of the package `arch` that holds its file.
_DATA_SETS = {"SP500": "sp500", "NASDAQ": "nasdaq"}
BUNDLED = tuple(_DATA_SETS)
"""The symbols whose prices come with the program."""
_ALIASES = {"^GSPC": "SP500", "^IXIC": "NASDAQ"}
# The field of our columns in those files: Date,Open,High,Low,Close,Adj Close,Volume.
_FIELDS = {"open": 1, "high": 2, "low": 3, "close": 4, "adj_close": 5, "volume": 6}


class Sample:
    """The S&P 500 and the Nasdaq Composite, daily, 1999-01-04 to 2018-12-31.

    The files belong to the package ``arch`` (Sheppard); they are read without importing it, which
    would take most of a second.

    >>> download = Sample().download(Symbol.parse("SP500"))
    >>> len(download.bars), float(download.bars.close[0])
    (5031, 1228.099976)
    """

    name = "sample"

    def __init__(
        self,
        *,
        path: Path | None = None,
        access: Access | None = None,  # noqa: ARG002 - every provider is made alike
    ) -> None:
        refuse_path("the sample data", path)

    def download(
        self, symbol: Symbol, start: date | None = None, end: date | None = None
    ) -> Download:
        """Give the bars of SP500 or NASDAQ (or ^GSPC, ^IXIC) from `start` to `end`."""
        name = _ALIASES.get(symbol.ticker, symbol.ticker)
        if name not in _DATA_SETS:
            there = f"the sample data holds {' and '.join(_DATA_SETS)}"
            raise UnknownSymbolError(
                str(symbol),
                self.name,
                f"{there}; --source live asks the network, csv reads your files",
            )
        file = _folder() / _DATA_SETS[name] / f"{_DATA_SETS[name]}.csv.gz"
        with gzip.open(file, "rt", encoding="ascii", newline="") as text:
            rows = [row for row in csv.reader(text) if row][1:]
        columns = {column: [row[field] for row in rows] for column, field in _FIELDS.items()}
        bars = Bars.of([_iso(row[0]) for row in rows], columns)
        return Download(symbol, bars, self.name, str(file)).between(start, end)


def _folder() -> Path:
    """Find the data folder of ``arch`` without importing the package."""
    spec = importlib.util.find_spec("arch")
    if spec is None or spec.origin is None:
        raise InputError("the sample data comes with the package arch: pip install arch")
    return Path(spec.origin).parent / "data"


def _iso(day: str) -> np.datetime64:
    """Read a date of these files, month/day/year."""
    month, number, year = day.split("/")
    return np.datetime64(f"{year}-{month:0>2}-{number:0>2}", "D")
