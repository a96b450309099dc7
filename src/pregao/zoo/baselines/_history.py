"""The data that a forecaster may read, as plain arrays, independent of prices and files."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]


class History(Protocol):
    """The history before many cutoffs, in one table of daily rows, one symbol after the other.

    A forecast at cutoff i may read rows ``first_rows[i]`` to ``cutoff_rows[i]``, both included,
    and nothing else. The first row of a symbol has no return; it holds 0.
    """

    @property
    def horizon(self) -> int:
        """The number of sessions ahead that are forecast."""
        ...

    @property
    def lookback(self) -> int:
        """The number of rows of `table` in a window, including the row of the cutoff."""
        ...

    @property
    def returns(self) -> Float:
        """(rows,) log return of each session, adjusted for total return."""
        ...

    @property
    def sigma(self) -> Float:
        """(rows,) EWMA volatility of daily log returns, known at the close of the session."""
        ...

    @property
    def realised_variance(self) -> Float:
        """(rows,) variance of the session, from its range and its opening gap."""
        ...

    @property
    def table(self) -> NDArray[np.float32]:
        """(rows, features) scaled features."""
        ...

    @property
    def cutoff_rows(self) -> NDArray[np.intp]:
        """(n,) row of each cutoff."""
        ...

    @property
    def first_rows(self) -> NDArray[np.intp]:
        """(n,) first row of the symbol of each cutoff."""
        ...


class LabelledHistory(History, Protocol):
    """A history with its outcomes, for fitting: a training or validation part."""

    @property
    def targets(self) -> Float:
        """(n, horizon) cumulative log returns over ``sigma * sqrt(step)``."""
        ...
