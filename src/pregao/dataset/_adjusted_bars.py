"""One symbol's adjusted bars, the input of features, with returns and volatility."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pregao.dataset._rolling import Column, ewma_by_half_life, lag
from pregao.instruments import Sessions
from pregao.prices import Prices, find_holes, split_factors

SIGMA_HALF_LIFE_SESSIONS = 11
SIGMA_WARMUP_SESSIONS = 22
"""Before as many sessions sigma averages too few returns to scale a target by."""

# A tenth of a basis point per day: only a series that is not traded moves less.
_SIGMA_FLOOR = 1e-5


@dataclass(frozen=True)
class AdjustedBars:
    """Total-return-adjusted bars of one symbol in units of its close at a base session.

    All prices are divided by the adjusted close of the base session, by default the first of the
    history, so that neither the currency nor a later split or dividend (which rescales the whole
    past) changes any feature. With a base, volume is divided by that of the base session too.
    """

    sessions: Sessions
    open: Column
    high: Column
    low: Column
    close: Column
    volume: Column
    """Adjusted for splits, in units of the volume of the base session, or of the next one traded.

    In shares of the first session without a base, as in earlier versions.
    """
    quoted_close: Column
    """The close as quoted, in the symbol's currency."""
    best_bid: Column | None = None
    """The best bid at the close, where the provider has the order book."""
    best_ask: Column | None = None
    """The best ask at the close."""
    rows_after_holes: tuple[int, ...] = ()
    """The first row after each hole: no window spans it."""

    @classmethod
    def from_prices(cls, prices: Prices, base: date | None = None) -> "AdjustedBars":
        """Adjust prices for splits and dividends, in units of the close of a base session.

        What lies before a hole is rescaled, so that the close before it is the open after it: the
        move over a hole is the return of no session.

        Parameters
        ----------
        base
            A session of the history; its first by default.
        """
        bars = prices.adjusted
        factor = bars.adj_close / bars.close
        holes = tuple(each.row for each in find_holes(bars.sessions, prices.symbol))
        for row in reversed(holes):
            opening = bars.open[row] * factor[row]
            factor[:row] *= opening / (bars.close[row - 1] * factor[row - 1])
        first = 0 if base is None else int(np.searchsorted(bars.sessions, np.datetime64(base)))
        volume = bars.volume * split_factors(prices)
        if base is not None:
            traded = volume[first:][volume[first:] > 0]
            volume = volume / (traded[0] if len(traded) else 1.0)
        unit = bars.close[first] * factor[first] if holes else bars.adj_close[first]
        return cls(
            sessions=bars.sessions,
            open=bars.open * factor / unit,
            high=bars.high * factor / unit,
            low=bars.low * factor / unit,
            close=(bars.close * factor if holes else bars.adj_close) / unit,
            volume=volume,
            quoted_close=bars.close,
            best_bid=None if bars.best_bid is None else bars.best_bid * factor / unit,
            best_ask=None if bars.best_ask is None else bars.best_ask * factor / unit,
            rows_after_holes=holes,
        )

    def __len__(self) -> int:
        return len(self.sessions)

    @cached_property
    def returns(self) -> Column:
        """Log return of each session; 0 for the first, which has none."""
        returns = np.log(self.close / lag(self.close, 1))
        returns[0] = 0.0
        return returns

    @cached_property
    def sessions_since_move(self) -> NDArray[np.intp]:
        """(rows,) how many sessions ago the close moved; all so far where it never did."""
        rows = np.arange(len(self))
        has_moved = np.abs(self.returns) > _SIGMA_FLOOR
        last_move: NDArray[np.intp] = np.maximum.accumulate(np.where(has_moved, rows, -1))
        return rows - last_move

    @cached_property
    def gap(self) -> Column:
        """Log return from the close before to the open; 0 for the first session."""
        gap = np.log(self.open / lag(self.close, 1))
        gap[0] = 0.0
        return gap

    @cached_property
    def squared_range(self) -> Column:
        """Parkinson's (1980) variance of the session: ``ln(high / low) ** 2 / (4 ln 2)``."""
        variance: Column = np.log(self.high / self.low) ** 2 / (4 * np.log(2))
        return variance

    @cached_property
    def realised_variance(self) -> Column:
        """Variance of the session from its range and opening gap; r**2 for a close-only bar."""
        return np.maximum(self.squared_range + self.gap**2, self.returns**2 / 4)

    def volatility(self, half_life_sessions: float) -> Column:
        """Return the EWMA volatility of daily returns known at each close; row 0 repeats row 1."""
        variance = np.empty(len(self))
        variance[1:] = ewma_by_half_life(self.returns[1:] ** 2, half_life_sessions)
        variance[:1] = variance[1:2] if len(self) > 1 else _SIGMA_FLOOR**2
        return np.maximum(np.sqrt(variance), _SIGMA_FLOOR)

    @cached_property
    def sigma(self) -> Column:
        """The scale of targets: EWMA volatility with a half-life of 11 sessions."""
        return self.volatility(SIGMA_HALF_LIFE_SESSIONS)
