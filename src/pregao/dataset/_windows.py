"""Windows over daily rows: inputs up to each cutoff, and targets after it."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pregao.dataset._scaler import Scaler
from pregao.instruments import Sessions, Symbol

Float = NDArray[np.float64]
Rows = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Table:
    """Daily rows of all symbols, one symbol after the other, in read-only arrays."""

    symbols: tuple[Symbol, ...]
    symbol_starts: Rows
    """(symbols,) the first row of each symbol."""
    sessions: Sessions
    features: NDArray[np.float32]
    """(rows, features) scaled; NaN during the warm-up."""
    returns: Float
    sigma: Float
    realised_variance: Float
    close: Float
    """(rows,) close as quoted."""
    rule_actions: NDArray[np.int8]
    """(rows,) the rule label of each session, as numbers of `ACTIONS`."""

    def __len__(self) -> int:
        return len(self.sessions)

    def symbol_rows(self, symbol: int) -> slice:
        """Return the rows of one symbol."""
        stops = (*self.symbol_starts[1:].tolist(), len(self))
        return slice(int(self.symbol_starts[symbol]), stops[symbol])


@dataclass(frozen=True, eq=False)
class Windows:
    """Windows of one part: inputs up to each cutoff and, unless live, targets after it.

    Satisfies ``pregao.zoo.baselines.History`` and, where there are targets, ``LabelledHistory``.
    """

    source: Table
    lookback: int
    horizon: int
    cutoff_rows: Rows
    """(n,) the table row of each cutoff, symbol by symbol, ascending in each."""
    scaler: Scaler

    def __len__(self) -> int:
        return len(self.cutoff_rows)

    @property
    def table(self) -> NDArray[np.float32]:
        """(rows, features) scaled features of all sessions."""
        return self.source.features

    @property
    def returns(self) -> Float:
        """(rows,) log return of each session, total-return adjusted."""
        return self.source.returns

    @property
    def sigma(self) -> Float:
        """(rows,) EWMA volatility known at each close."""
        return self.source.sigma

    @property
    def realised_variance(self) -> Float:
        """(rows,) variance of each session from its range and opening gap."""
        return self.source.realised_variance

    @cached_property
    def symbol_index(self) -> Rows:
        """(n,) the index of each window's symbol."""
        return np.searchsorted(self.source.symbol_starts, self.cutoff_rows, side="right") - 1

    @property
    def first_rows(self) -> Rows:
        """(n,) the first row of each window's symbol."""
        return self.source.symbol_starts[self.symbol_index]

    @property
    def cutoffs(self) -> Sessions:
        """(n,) the session of each cutoff."""
        return self.source.sessions[self.cutoff_rows]

    @property
    def last_price(self) -> Float:
        """(n,) the quoted close at each cutoff."""
        return self.source.close[self.cutoff_rows]

    @property
    def scale(self) -> Float:
        """(n, horizon) ``sigma_t * sqrt(h)``, the divisor of a target of step h."""
        steps = np.sqrt(np.arange(1, self.horizon + 1))
        return self.sigma[self.cutoff_rows][:, None] * steps

    @property
    def all_inputs(self) -> NDArray[np.float32]:
        """(rows - lookback + 1, lookback, features), a strided view with a window for every row."""
        return np.lib.stride_tricks.sliding_window_view(
            self.table, self.lookback, axis=0
        ).transpose(0, 2, 1)

    @property
    def inputs(self) -> NDArray[np.float32]:
        """(n, lookback, features): a view where cutoffs are consecutive, a copy where pooled."""
        starts = self.cutoff_rows - (self.lookback - 1)
        if len(starts) > 0 and bool((np.diff(starts) == 1).all()):
            return self.all_inputs[starts[0] : starts[-1] + 1]
        return self.all_inputs[starts]

    @property
    def future_returns(self) -> Float:
        """(n, horizon) cumulative log returns after each cutoff. Never an input to a model."""
        last = int(self.cutoff_rows.max(initial=-1)) + self.horizon
        assert last < len(self.source), "live windows have no future"
        # Step by step: of a large pool a second array of this size may not fit into memory.
        cumulative = np.zeros(len(self))
        ahead = np.empty((len(self), self.horizon))
        for step in range(1, self.horizon + 1):
            cumulative += self.returns[self.cutoff_rows + step]
            ahead[:, step - 1] = cumulative
        return ahead

    @cached_property
    def targets(self) -> Float:
        """(n, horizon) cumulative log returns over ``sigma_t * sqrt(h)``."""
        targets = self.future_returns
        sigma = self.sigma[self.cutoff_rows]
        for step in range(1, self.horizon + 1):
            targets[:, step - 1] /= sigma * np.sqrt(step)
        return targets

    def take(self, index: NDArray[np.intp] | NDArray[np.bool_] | slice) -> "Windows":
        """Return some of the windows."""
        return replace(self, cutoff_rows=self.cutoff_rows[index])

    def for_symbol(self, symbol: int) -> "Windows":
        """Return the windows of one symbol."""
        return self.take(self.symbol_index == symbol)
