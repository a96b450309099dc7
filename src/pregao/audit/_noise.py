"""Other futures: the same market up to a row, and another valid one after it."""

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


def row_of(sessions: Sessions, cutoff: np.datetime64) -> int:
    """Return the last row that is known at a cutoff; -1 before the first."""
    return int(np.searchsorted(sessions, cutoff, side="right")) - 1


def disturbed(prices: Prices, cutoff: np.datetime64, noise: Noise) -> Prices | None:
    """Replace what comes after a cutoff; None if nothing is left.

    Bars stay valid: positive prices, the low below and the high above the open and the close, no
    negative volume. So whatever computes on bars has no excuse for failing on these.
    """
    known = row_of(prices.sessions, cutoff) + 1
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
            mirrored = _tempered(prices.bars, -_CALM, _CALM)
            other = {name: column[known:] for name, column in mirrored.items()}
        case "reversed":
            other = {name: column[::-1] for name, column in future.items()}
        case "truncated":
            return prices.upto(cutoff)
        case _:
            assert_never(noise)
    columns = {
        name: np.concatenate([column[:known], other[name]])
        for name, column in prices.bars.columns.items()
    }
    return replace(prices, bars=Bars.of(prices.sessions, columns))


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


_TEMPERS = (0.1, 3.0, 1.0, 10.0, 0.3)
_BLOCK_SESSIONS = 60
_CALM = 0.1


def in_turns(prices: Prices) -> Prices:
    """Return the same market in turns calmer and wilder than it ever was.

    A leak in a regime that a history does not have would not show on it. Every log change, within
    a session and from one to the next, is times 0.1 to 10, in blocks of sixty sessions.
    """
    block = np.arange(len(prices)) // _BLOCK_SESSIONS
    temper = np.array(_TEMPERS)[block % len(_TEMPERS)]
    columns = _tempered(prices.bars, temper, temper)
    return replace(prices, bars=Bars.of(prices.sessions, columns))


def _tempered(bars: Bars, across: Amounts, within: Amounts) -> Columns:
    """Stretch log changes from one session to the next, and those within a session."""
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
def in_silence() -> Iterator[None]:
    """Say nothing of overflows: what noise makes of a division means nothing."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield
