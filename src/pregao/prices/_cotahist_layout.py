"""The layout of B3's COTAHIST files: lines of 245 characters in Latin-1, one a quote.

Source: B3, Historical quotes, layout of the file of 2017-08 ("SeriesHistoricas_Layout").
"""

from dataclasses import dataclass
from typing import Literal

NUM_CHARACTERS = 245
HEADER, DETAIL, TRAILER = b"00", b"01", b"99"
MAGIC = b"00COTAHIST"

COUNT = slice(31, 42)
"""In the trailer: the number of lines, with or without header and trailer."""

CASH_MARKET, FRACTIONAL_MARKET = "010", "020"


@dataclass(frozen=True)
class Field:
    """A field of a quote: its characters, and how they are read."""

    start: int
    """From 0."""
    stop: int
    kind: Literal["text", "date", "integer", "price"] = "text"
    """A price has two implied decimals, and is for `quotation_factor` shares."""


FIELDS: dict[str, Field] = {
    "record": Field(0, 2),
    "session": Field(2, 10, "date"),
    "bdi_code": Field(10, 12),
    "ticker": Field(12, 24),
    "market": Field(24, 27),
    "company": Field(27, 39),
    "specification": Field(39, 49),
    "term_days": Field(49, 52),
    "currency": Field(52, 56),
    "open": Field(56, 69, "price"),
    "high": Field(69, 82, "price"),
    "low": Field(82, 95, "price"),
    "average": Field(95, 108, "price"),
    "close": Field(108, 121, "price"),
    "best_bid": Field(121, 134, "price"),
    "best_ask": Field(134, 147, "price"),
    "trades": Field(147, 152, "integer"),
    "shares": Field(152, 170, "integer"),
    "turnover": Field(170, 188, "integer"),
    "strike": Field(188, 201, "price"),
    "strike_correction": Field(201, 202),
    "expiry": Field(202, 210, "date"),
    "quotation_factor": Field(210, 217, "integer"),
    "strike_points": Field(217, 230, "integer"),
    "isin": Field(230, 242),
    "distribution": Field(242, 245, "integer"),
}
"""The fields of a quote, in B3's order; a rise of `distribution` marks an ex-date."""
