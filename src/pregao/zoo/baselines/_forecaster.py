"""What every forecaster is, networks and baselines alike, and how a baseline reads the past."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pregao.findings import Finding
from pregao.zoo.baselines._history import Float, Past, Taught

Rows = NDArray[np.intp]
Levels = tuple[float, ...]


class Forecaster(Protocol):
    """Something fitted that turns a past into a distribution of what comes next."""

    def quantiles(self, past: Past) -> Float:
        """Forecast (n, horizon, levels): quantiles of the cumulative log return from the cutoff.

        They are finite, do not cross, and read no row after the cutoff's.
        """
        ...


class FittedBaseline(Forecaster, Protocol):
    """A baseline after fitting, with what was worth knowing about the fit."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What did not go as planned, such as an optimiser that did not converge."""
        ...


class FitBaseline(Protocol):
    """How a baseline is fitted."""

    def __call__(self, taught: Taught, levels: Levels, seed: int) -> FittedBaseline:
        """Fit on the part given: rows up to its last cutoffs, and its targets."""
        ...


@dataclass(frozen=True)
class Baseline:
    """A naive or classical forecaster that every network stands beside."""

    name: str
    title: str
    description: str
    fit: FitBaseline


def steps_of(horizon: int) -> Float:
    """Give the steps ahead, 1 to `horizon`, as numbers to scale by.

    >>> steps_of(3)
    array([1., 2., 3.])
    """
    return np.arange(1.0, horizon + 1)


def spread(past: Past) -> Float:
    """Give what turns standardised returns into log returns: (n, horizon), sigma * sqrt(step)."""
    return past.sigma[past.cutoff_rows][:, None] * np.sqrt(steps_of(past.horizon))


def trailing(past: Past, column: Float, count: int) -> tuple[Float, NDArray[np.bool_]]:
    """Gather the last `count` values known at each cutoff, newest first: (n, count), and a mask.

    A symbol's first row is left out, as it has no return; what is not there is 0 and masked False.
    Each cutoff is gathered by itself, so its values do not depend on other cutoffs in the batch.
    """
    rows = past.cutoff_rows[:, None] - np.arange(count)
    known = rows > past.first_rows[:, None]
    return np.where(known, column[np.where(known, rows, 0)], 0.0), known


@dataclass(frozen=True)
class SymbolRows:
    """The rows of one symbol that a training part may use: `first` to `last`, both included."""

    first: int
    last: int

    def returns(self, past: Past) -> Float:
        """Give the symbol's training returns; its first row has none."""
        return past.returns[self.first + 1 : self.last + 1]


def taught_symbols(taught: Taught) -> tuple[SymbolRows, ...]:
    """Give each symbol's training rows: those that its last training cutoff knows."""
    firsts, numbers = np.unique(taught.first_rows, return_inverse=True)
    lasts = firsts.copy()
    np.maximum.at(lasts, numbers, taught.cutoff_rows)
    return tuple(
        SymbolRows(first, last) for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True)
    )


_HEAD_ROWS = 20
_HEAD_TOLERANCE = 1e-5


@dataclass(frozen=True, eq=False)
class Acquaintances:
    """Which symbols were there in training, recognised by how their histories begin.

    A past carries no names, and its rows move when a symbol is served alone. The first twenty
    returns identify a history wherever it stands in a table; a history that begins elsewhere,
    or is shorter, is a stranger.
    """

    heads: Float

    @classmethod
    def made(cls, taught: Taught) -> "Acquaintances":
        """Remember the symbols of a training part, in the order of `taught_symbols`."""
        symbols = taught_symbols(taught)
        heads = np.full((len(symbols), _HEAD_ROWS), np.inf)
        for head, symbol in zip(heads, symbols, strict=True):
            returns = symbol.returns(taught)[:_HEAD_ROWS]
            if len(returns) == _HEAD_ROWS:
                head[:] = returns
        return cls(heads)

    def recognise(self, past: Past) -> Rows:
        """Give each cutoff's number in `taught_symbols`, or -1 for a stranger: (n,)."""
        symbols = np.full(len(past.cutoff_rows), -1, np.intp)
        for first in np.unique(past.first_rows):
            own = (past.first_rows == first) & (past.cutoff_rows >= first + _HEAD_ROWS)
            head = past.returns[first + 1 : first + 1 + _HEAD_ROWS]
            if own.any():
                distance = np.abs(self.heads - head).max(axis=1)
                nearest = int(distance.argmin())
                symbols[own] = nearest if distance[nearest] < _HEAD_TOLERANCE else -1
        return symbols


def linear(regressors: Float, coefficients: Float) -> Float:
    """Multiply (n, k) by (horizon, k) to (n, horizon).

    Not with BLAS, which rounds by the size of the batch: a window's forecast would then depend on
    its neighbours in the last bit.
    """
    products: Float = regressors[:, :, None] * coefficients.T[None]
    return np.asarray(products.sum(axis=1), np.float64)


def per_symbol(values: Float, pooled: float, symbols: Rows) -> Float:
    """Give each cutoff its symbol's value, and strangers the pooled one: (n,)."""
    return np.append(values, pooled)[symbols]
