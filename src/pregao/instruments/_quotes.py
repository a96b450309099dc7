"""How quotes are written: their decimals, and whether they are points rather than money."""

import math

from pregao.instruments._grammar import InstrumentClass, read_ticker

_SIGNIFICANT = 4


def is_in_points(symbol: str) -> bool:
    """Return whether the quotes of a symbol are points: those of an index are.

    >>> is_in_points("^BVSP"), is_in_points("IFIX"), is_in_points("PETR4")
    (True, True, False)
    """
    return _class_of(symbol) == "index"


def price_digits(price: float, symbol: str = "") -> int:
    """Return how many decimals a price of this size needs.

    They are two, four below 1, and enough for four significant digits below a hundredth; the quote
    of a currency pair has four below 100.

    >>> price_digits(31.2), price_digits(0.0213), price_digits(0.0000213)
    (2, 4, 8)
    >>> price_digits(5.4321, "USDBRL=X"), price_digits(151.2, "USDJPY=X")
    (4, 2)
    """
    if 0 < price < 0.01:
        return _SIGNIFICANT - 1 - math.floor(math.log10(price))
    if price < 1 or (price < 100 and _class_of(symbol) == "currency"):
        return 4
    return 2


def _class_of(symbol: str) -> InstrumentClass:
    """Return the class of a symbol by its text alone, which may be that of an old run."""
    told = read_ticker(symbol)
    if told is not None:
        return told.kind
    return "index" if symbol.startswith("^") else "share"
