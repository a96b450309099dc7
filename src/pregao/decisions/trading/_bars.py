"""The sessions that an account lives through: prices, corporate actions and ticks."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pregao.decisions.trading._rules import TradingRules
from pregao.instruments import Sessions
from pregao.prices import Prices
from pregao.scores import Float

_ROUNDING = 1e-5
"""Changes of the adjustment factor below a thousandth of a percent are rounding in files."""
_OFF_GRID = 0.01
"""Tolerance, in ticks, of prices written in single precision."""


@dataclass(frozen=True, eq=False)
class MarketBars:
    """One symbol's quoted prices from row 0, the first cutoff, on; lists, for speed in a loop.

    Positions are held at quoted prices. Overnight a share becomes `growth` shares: with the factor
    ``f = adj_close / close``, ``growth = f / f of the session before``. A split multiplies the
    shares, a dividend is reinvested at the ex-dividend price, and a short position owes both. So
    the value of a position follows the total return exactly, and a dividend is no loss.
    """

    symbol: str
    sessions: Sessions
    open: list[float]
    close: list[float]
    growth: list[float]
    slippage: list[float]
    """Slippage at each session as a share of the price, known before it opens."""
    tick_at_open: list[float]
    """0 where the price is not a multiple of the tick."""
    tick_at_close: list[float]

    def __len__(self) -> int:
        return len(self.sessions)

    @classmethod
    def from_prices(cls, prices: Prices, market: TradingRules) -> "MarketBars":
        """Convert prices; the first session is the cutoff before the first trade.

        Ticks are applied where the prices of the session before and this one are multiples of the
        tick. Elsewhere prices have been adjusted, and the tick of their scale is unknown.
        """
        bars = prices.adjusted
        factor = bars.adj_close / bars.close
        growth = np.concatenate([[1.0], factor[1:] / factor[:-1]])
        growth[np.abs(growth - 1) < _ROUNDING] = 1.0
        spread = (bars.high - bars.low) / bars.close
        before = np.concatenate([spread[:1], spread[:-1]])
        slippage = market.slippage_bps / 10_000 + market.slippage_range_share * before
        quoted = (bars.open, bars.high, bars.low, bars.close)
        on_grid = [_on_grid(column, market.tick) for column in quoted]
        was_on_grid = np.concatenate([[False], np.logical_and.reduce(on_grid)[:-1]])
        at_open, at_close = was_on_grid & on_grid[0], was_on_grid & on_grid[0] & on_grid[3]
        return cls(
            symbol=str(prices.symbol),
            sessions=prices.sessions,
            open=_snapped(bars.open, at_open, market.tick),
            close=_snapped(bars.close, at_close, market.tick),
            growth=growth.tolist(),
            slippage=slippage.tolist(),
            tick_at_open=np.where(at_open, market.tick, 0.0).tolist(),
            tick_at_close=np.where(at_close, market.tick, 0.0).tolist(),
        )


def _on_grid(prices: Float, tick: float) -> NDArray[np.bool_]:
    if tick == 0:
        return np.zeros(len(prices), bool)
    in_ticks = prices / tick
    return np.asarray(np.abs(in_ticks - np.rint(in_ticks)) < _OFF_GRID, bool)


def _snapped(prices: Float, where: NDArray[np.bool_], tick: float) -> list[float]:
    """Round prices on the tick grid to it, which removes the error of single precision."""
    return [
        round(round(price / tick) * tick, 10) if is_on_grid else price
        for price, is_on_grid in zip(prices.tolist(), where.tolist(), strict=True)
    ]
