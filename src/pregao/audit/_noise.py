"""Replacement of the prices after a cutoff by other valid ones."""

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from pregao.audit._result import Noise
from pregao.instruments import Sessions
from pregao.prices import Bars, Prices

NOISES: Mapping[Noise, str] = {
    "scaled": "every price and volume times a random number",
    "huge": "prices up to a thousand times larger or smaller from one session to the next, and "
    "sessions without volume",
    "mirrored": "every change the other way, and a tenth of it",
    "reversed": "the same bars in the reverse order",
    "truncated": "no bars at all",
}
"""The kinds of noise, in the order in which they are tried."""

Columns = dict[str, NDArray[np.float64]]
Amounts = NDArray[np.float64] | float


def last_known_row(sessions: Sessions, cutoff: np.datetime64) -> int:
    """Return the last row that is known at a cutoff; -1 before the first."""
    return int(np.searchsorted(sessions, cutoff, side="right")) - 1


def replace_future(prices: Prices, cutoff: np.datetime64, noise: Noise) -> Prices | None:
    """Replace the bars after a cutoff; return None if no bar is left.

    Bars stay valid: positive prices, the low below and the high above the open and the close, no
    negative volume. So code that fails on them fails on valid prices.
    """
    known = last_known_row(prices.sessions, cutoff) + 1
    if known == 0 and noise == "truncated":
        return None
    future = {name: column[known:] for name, column in prices.bars.columns.items()}
    random = np.random.default_rng([known, list(NOISES).index(noise)])
    match noise:
        case "scaled":
            other = _scaled(future, random)
        case "huge":
            other = _huge(future, random)
        case "mirrored":
            mirrored = _scale_changes(prices.bars, -_CALM, _CALM)
            other = {name: column[known:] for name, column in mirrored.items()}
        case "reversed":
            other = {name: column[::-1] for name, column in future.items()}
        case "truncated":
            return prices.up_to(cutoff)
        case _:
            assert_never(noise)
    columns = {
        name: np.concatenate([column[:known], other[name]])
        for name, column in prices.bars.columns.items()
    }
    return replace(prices, bars=Bars.from_columns(prices.sessions, columns))


def _scaled(bars: Columns, random: np.random.Generator) -> Columns:
    return _times(bars, np.exp(0.5 * random.standard_normal(len(bars["close"]))), random)


def _huge(bars: Columns, random: np.random.Generator) -> Columns:
    count = len(bars["close"])
    huge = _times(bars, 10 ** random.uniform(-3, 3, count), random)
    volume = np.where(random.random(count) < 0.2, 0.0, 10 ** random.uniform(0, 12, count))
    return {**huge, "volume": volume}


def _times(bars: Columns, factor: NDArray[np.float64], random: np.random.Generator) -> Columns:
    """Scale each bar by its factor, stretch its range and move its open and close within it."""
    count = len(factor)
    high = bars["high"] * factor * random.uniform(1, 1.1, count)
    low = bars["low"] * factor / random.uniform(1, 1.1, count)
    open_, close = (np.minimum(low + random.random(count) * (high - low), high) for _ in range(2))
    ratio = bars["adj_close"] / bars["close"] * random.uniform(0.9, 1.1, count)
    others = {
        name: column * factor * random.uniform(0.9, 1.1, count) for name, column in bars.items()
    }
    moved = {"open": open_, "high": high, "low": low, "close": close, "adj_close": close * ratio}
    return {**others, **moved}


_VOLATILITY_FACTORS = (0.1, 3.0, 1.0, 10.0, 0.3)
_BLOCK_SESSIONS = 60
_CALM = 0.1


def alternate_volatility(prices: Prices) -> Prices:
    """Return the prices with alternating volatility, by blocks of sixty sessions.

    A leak that acts in one regime alone does not show on a history without that regime. Every log
    change, within a session and between sessions, is multiplied by 0.1 to 10.
    """
    block = np.arange(len(prices)) // _BLOCK_SESSIONS
    factor = np.array(_VOLATILITY_FACTORS)[block % len(_VOLATILITY_FACTORS)]
    columns = _scale_changes(prices.bars, factor, factor)
    return replace(prices, bars=Bars.from_columns(prices.sessions, columns))


def _scale_changes(bars: Bars, across: Amounts, within: Amounts) -> Columns:
    """Multiply the log changes between sessions, and those within a session."""
    adjusted = np.log(bars.adj_close)
    changes = np.diff(adjusted, prepend=adjusted[:1])
    close = bars.close[0] * np.exp(np.cumsum(across * changes))
    around = {
        name: close * np.exp(within * np.log(column / bars.close))
        for name, column in bars.columns.items()
        if name != "volume"
    }
    return {**around, "adj_close": close, "volume": bars.volume[::-1]}


@contextmanager
def warnings_suppressed() -> Iterator[None]:
    """Suppress warnings: overflows and divisions by zero on noise are expected."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield
