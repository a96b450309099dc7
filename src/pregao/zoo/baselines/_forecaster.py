"""The interfaces of forecasters and baselines, and how a baseline reads a history."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pregao.findings import Finding
from pregao.zoo.baselines._history import Float, History, LabelledHistory

Rows = NDArray[np.intp]
Levels = tuple[float, ...]


class Forecaster(Protocol):
    """A fitted model that maps a history to a distribution of future returns."""

    def quantiles(self, history: History) -> Float:
        """Return (n, horizon, levels) quantiles of the cumulative log return from the cutoff.

        Quantiles are finite and do not cross, and no row after the cutoff is read.
        """
        ...


class FittedBaseline(Forecaster, Protocol):
    """A fitted baseline, with the findings of the fit."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Problems of the fit, such as an optimiser that did not converge."""
        ...


class FitBaseline(Protocol):
    """A function that fits a baseline."""

    def __call__(self, history: LabelledHistory, levels: Levels, seed: int) -> FittedBaseline:
        """Fit on a part: its rows up to the last cutoff of each symbol, and its targets."""
        ...


@dataclass(frozen=True)
class Baseline:
    """A naive or classical forecaster with which every network is compared."""

    name: str
    title: str
    description: str
    fit: FitBaseline


def horizon_steps(horizon: int) -> Float:
    """Return the steps ahead, 1 to `horizon`, as floats: (horizon,).

    >>> horizon_steps(3)
    array([1., 2., 3.])
    """
    return np.arange(1.0, horizon + 1)


def return_scale(history: History) -> Float:
    """Return ``sigma * sqrt(step)``, which scales standardised to log returns: (n, horizon)."""
    return history.sigma[history.cutoff_rows][:, None] * np.sqrt(horizon_steps(history.horizon))


def trailing(history: History, column: Float, count: int) -> tuple[Float, NDArray[np.bool_]]:
    """Return the last `count` values known at each cutoff, newest first, and a mask: (n, count).

    The first row of a symbol is left out because it has no return. Missing values are 0, and False
    in the mask. Each cutoff is gathered on its own, so that its values do not depend on the other
    cutoffs of the batch.
    """
    rows = history.cutoff_rows[:, None] - np.arange(count)
    known = rows > history.first_rows[:, None]
    return np.where(known, column[np.where(known, rows, 0)], 0.0), known


@dataclass(frozen=True)
class SymbolRows:
    """The rows of one symbol in a training part: `first` to `last`, both included."""

    first: int
    last: int

    def returns(self, history: History) -> Float:
        """Return the training returns of the symbol; its first row has none."""
        return history.returns[self.first + 1 : self.last + 1]


def training_symbols(history: LabelledHistory) -> tuple[SymbolRows, ...]:
    """Return the training rows of each symbol, which end at its last training cutoff."""
    firsts, numbers = np.unique(history.first_rows, return_inverse=True)
    lasts = firsts.copy()
    np.maximum.at(lasts, numbers, history.cutoff_rows)
    return tuple(
        SymbolRows(first, last) for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True)
    )


_HEAD_ROWS = 20
_HEAD_TOLERANCE = 1e-5


@dataclass(frozen=True, eq=False)
class KnownSymbols:
    """The symbols of the training part, identified by the first returns of their histories.

    A history carries no symbol names, and its rows shift when a symbol is served alone. The first
    twenty returns identify a symbol at any position in the table; a symbol whose history is shorter
    or begins at another session is an unseen symbol.
    """

    heads: Float
    """(symbols, 20) first returns of each training symbol; infinite where there are fewer."""

    @classmethod
    def from_training(cls, history: LabelledHistory) -> "KnownSymbols":
        """Collect the symbols of a training part, in the order of `training_symbols`."""
        symbols = training_symbols(history)
        heads = np.full((len(symbols), _HEAD_ROWS), np.inf)
        for head, symbol in zip(heads, symbols, strict=True):
            returns = symbol.returns(history)[:_HEAD_ROWS]
            if len(returns) == _HEAD_ROWS:
                head[:] = returns
        return cls(heads)

    def indices(self, history: History) -> Rows:
        """Return the index of each cutoff's symbol in `training_symbols`, -1 if unseen: (n,)."""
        symbols = np.full(len(history.cutoff_rows), -1, np.intp)
        for first in np.unique(history.first_rows):
            own = (history.first_rows == first) & (history.cutoff_rows >= first + _HEAD_ROWS)
            head = history.returns[first + 1 : first + 1 + _HEAD_ROWS]
            if own.any():
                distance = np.abs(self.heads - head).max(axis=1)
                nearest = int(distance.argmin())
                symbols[own] = nearest if distance[nearest] < _HEAD_TOLERANCE else -1
        return symbols


def linear(regressors: Float, coefficients: Float) -> Float:
    """Return the product of (n, k) regressors and (horizon, k) coefficients: (n, horizon).

    BLAS is not used: its rounding depends on the batch size, so that the last bit of a forecast
    would depend on the other windows of the batch.
    """
    products: Float = regressors[:, :, None] * coefficients.T[None]
    return np.asarray(products.sum(axis=1), np.float64)


def per_symbol(values: Float, pooled: float, symbols: Rows) -> Float:
    """Return the value of each cutoff's symbol, and the pooled value for unseen symbols: (n,)."""
    return np.append(values, pooled)[symbols]
