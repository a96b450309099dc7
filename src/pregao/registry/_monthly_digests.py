"""Monthly digests of prices, to find from which month on other prices differ."""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256

import numpy as np

from pregao.prices import Prices

MONTHS_FILE = "months.json"
_DIGITS = 8

Months = dict[str, str]
"""Digests by month, such as ``2024-02``, in the order of time."""


def months_of(prices: Sequence[Prices]) -> bytes:
    """Return the monthly digests of each symbol's prices, as JSON by symbol."""
    return json.dumps({str(each.symbol): digest_months(each) for each in prices}, indent=1).encode()


def digest_months(prices: Prices) -> Months:
    """Return the first eight hex digits of SHA-256 over the bars of each month.

    >>> from pregao.prices import PROVIDERS, validate_download
    >>> from pregao.instruments import Symbol
    >>> prices, _ = validate_download(PROVIDERS["sample"]().download(Symbol.parse("SP500")))
    >>> months = digest_months(prices)
    >>> shorter = digest_months(prices.up_to("2018-06-11"))
    >>> len(months), list(months)[0], first_differing_month(months, shorter)
    (240, '1999-01', '2018-06')
    """
    months, starts = np.unique(prices.sessions.astype("datetime64[M]"), return_index=True)
    stops = [*starts[1:], len(prices)]
    return {
        str(month): _digest(prices, slice(start, stop))
        for month, start, stop in zip(months, starts, stops, strict=True)
    }


def first_differing_month(recorded: Mapping[str, str], found: Mapping[str, str]) -> str | None:
    """Return the first month in which two histories differ; None if they are equal."""
    months = sorted(recorded.keys() | found.keys())
    return next((each for each in months if recorded.get(each) != found.get(each)), None)


def _digest(prices: Prices, rows: slice) -> str:
    content = sha256(prices.sessions[rows].tobytes())
    for name, column in prices.adjusted.columns.items():
        content.update(name.encode() + column[rows].tobytes())
    return content.hexdigest()[:_DIGITS]
