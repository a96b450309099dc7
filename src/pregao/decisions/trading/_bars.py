"""The sessions that an account lives through: prices, corporate actions and ticks."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pregao.decisions.trading._rules import Market
from pregao.instruments import Sessions
from pregao.prices import Prices
from pregao.scores import Float

_ROUNDING = 1e-5
"""Of adjusted closes in files: less than a thousandth of a percent is no dividend."""
_OFF_GRID = 0.01
"""How far from a tick, in ticks, a price may lie that was written in single precision."""


@dataclass(frozen=True, eq=False)
class Tape:
    """One symbol's quotes from row 0, the first cutoff, on; plain lists, as a loop reads them.

    Positions live in quoted prices. Overnight a share becomes `growth` shares: with the factor
    ``f = adj_close / close``, ``growth = f / f of the session before``. A split multiplies the
    shares, a dividend is put into more shares at the price without it, and a short position owes
    both. So a position's value moves with the total return, to the last digit, and no dividend is
    taken for a loss.
    """

    symbol: str
    sessions: Sessions
    open: list[float]
    close: list[float]
    growth: list[float]
    slippage: list[float]
    """What trading at a session costs in price, as a share, known before it opens."""
    tick_at_open: list[float]
    """0 where the price is not on the market's grid."""
    tick_at_close: list[float]

    def __len__(self) -> int:
        return len(self.sessions)

    @classmethod
    def of(cls, prices: Prices, market: Market) -> "Tape":
        """Lay out the sessions of prices, of which the first is only looked back at.

        Ticks are observed where quotes lie on their grid: in the session before, and at this
        price. Elsewhere prices have been adjusted, and what the tick was then is not known.
        """
        bars = prices.bars
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
    """Take what single precision added from prices that lie on the grid."""
    return [
        round(round(price / tick) * tick, 10) if is_on_grid else price
        for price, is_on_grid in zip(prices.tolist(), where.tolist(), strict=True)
    ]
