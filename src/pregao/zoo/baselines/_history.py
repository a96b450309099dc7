"""What a forecaster may see, as plain arrays: the zoo knows nothing of prices or files."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]


class Past(Protocol):
    """The past of many cutoffs, over one table of daily rows (symbols one after the other).

    A forecast at cutoff i may read rows ``first_rows[i]`` to ``cutoff_rows[i]``, both included,
    and nothing else. Row 0 of a symbol has no return: it holds 0.
    """

    @property
    def horizon(self) -> int:
        """How many sessions ahead are forecast."""
        ...

    @property
    def lookback(self) -> int:
        """How many rows of `table` a window holds, the cutoff's included."""
        ...

    @property
    def returns(self) -> Float:
        """(rows,) log return of each session, total-return adjusted."""
        ...

    @property
    def sigma(self) -> Float:
        """(rows,) EWMA volatility of daily log returns known at that session's close."""
        ...

    @property
    def realised_variance(self) -> Float:
        """(rows,) variance of the session out of its own range and opening gap."""
        ...

    @property
    def table(self) -> NDArray[np.float32]:
        """(rows, features) scaled features."""
        ...

    @property
    def cutoff_rows(self) -> NDArray[np.intp]:
        """(n,) the row of each cutoff."""
        ...

    @property
    def first_rows(self) -> NDArray[np.intp]:
        """(n,) the first row of the cutoff's symbol."""
        ...


class Taught(Past, Protocol):
    """The past together with what came next, for fitting: a training or validation part."""

    @property
    def targets(self) -> Float:
        """(n, horizon) cumulative log returns over ``sigma * sqrt(step)``."""
        ...
