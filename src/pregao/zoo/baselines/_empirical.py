"""Baselines that are a scale and a shape: random walk, drift, rolling window, anchor."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pregao.findings import Finding
from pregao.zoo.baselines._forecaster import (
    Acquaintances,
    Levels,
    per_symbol,
    spread,
    steps_of,
    taught_symbols,
    trailing,
)
from pregao.zoo.baselines._history import Float, Past, Taught

ROLLING_SESSIONS = 250
_FEWEST_SUMS = 20


@dataclass(frozen=True, eq=False)
class GaussianWalk:
    """Independent Gaussian returns of constant mean and volatility, known from training."""

    symbols: Acquaintances
    means: Float
    volatilities: Float
    pooled_mean: float
    pooled_volatility: float
    levels: Levels
    findings: tuple[Finding, ...] = ()

    def quantiles(self, past: Past) -> Float:
        """Forecast mean * step plus normal quantiles * volatility * sqrt(step)."""
        # Loaded here: listing the zoo should not wait for scipy.
        from scipy.special import ndtri

        symbols = self.symbols.recognise(past)
        steps = steps_of(past.horizon)
        mean = per_symbol(self.means, self.pooled_mean, symbols)
        volatility = per_symbol(self.volatilities, self.pooled_volatility, symbols)
        width = (volatility[:, None] * np.sqrt(steps))[..., None]
        normal: Float = np.asarray(ndtri(self.levels), np.float64)
        return (mean[:, None] * steps)[..., None] + width * normal


def fit_random_walk(taught: Taught, levels: Levels, seed: int) -> GaussianWalk:  # noqa: ARG001 - FitBaseline's signature
    """Fit the last price as the median, and the training volatility of each symbol around it.

    Volatility is the standard deviation of daily training returns, times the square root of the
    step. A symbol unseen in training takes the root mean square over the training symbols.
    """
    return _gaussian_walk(taught, levels, has_drift=False)


def fit_drift(taught: Taught, levels: Levels, seed: int) -> GaussianWalk:  # noqa: ARG001 - FitBaseline's signature
    """Fit the random walk with each symbol's mean training return as its drift."""
    return _gaussian_walk(taught, levels, has_drift=True)


def _gaussian_walk(taught: Taught, levels: Levels, *, has_drift: bool) -> GaussianWalk:
    returns = [symbol.returns(taught) for symbol in taught_symbols(taught)]
    means = np.array([each.mean() if has_drift else 0.0 for each in returns])
    variances = np.array([each.var() for each in returns])
    return GaussianWalk(
        symbols=Acquaintances.made(taught),
        means=means,
        volatilities=np.sqrt(variances),
        pooled_mean=float(means.mean()),
        pooled_volatility=float(np.sqrt(variances.mean())),
        levels=levels,
    )


def anchor_quantiles(targets: Float, levels: Levels) -> Float:
    """Give the anchor's shape: training quantiles of the standardised return, per step.

    Parameters
    ----------
    targets
        (n, horizon) cumulative log returns over ``sigma * sqrt(step)``, of the training part.
    levels
        Quantile levels in (0, 1), ascending.

    Returns
    -------
    (horizon, levels), shifted so that the median is exactly 0: the last price is the centre.

    Examples
    --------
    >>> import numpy as np
    >>> targets = np.array([[-1.0], [0.5], [1.0], [2.0], [4.0]])
    >>> anchor_quantiles(targets, (0.25, 0.5, 0.75))
    array([[-0.5,  0. ,  1. ]])
    """
    centre = np.array([np.median(column) for column in targets.T])
    shape: Float = quantile_shape(targets.T, levels) - centre[:, None]
    return shape


def quantile_shape(standardised: Iterable[Float], levels: Levels) -> Float:
    """Give empirical quantiles per step: (horizon, levels), out of one (n,) for each step.

    One at a time, as numpy sorts a copy, and a large pool leaves no room for a copy of all.
    """
    return np.array([np.quantile(each, levels) for each in standardised])


def lagged(past: Past, column: Float, lag: int) -> tuple[Float, NDArray[np.bool_]]:
    """Gather one column of `trailing`: the value so many rows before each cutoff, and a mask.

    Whoever fits on a large pool has no room for all columns at once.
    """
    rows = past.cutoff_rows - lag
    known = rows > past.first_rows
    return np.where(known, column[np.where(known, rows, 0)], 0.0), known


@dataclass(frozen=True, eq=False)
class Anchor:
    """The last price, with a spread of fixed shape that breathes with the EWMA volatility."""

    shape: Float
    findings: tuple[Finding, ...] = ()

    def quantiles(self, past: Past) -> Float:
        """Forecast the shape times ``sigma * sqrt(step)``."""
        return spread(past)[..., None] * self.shape


def fit_anchor(taught: Taught, levels: Levels, seed: int) -> Anchor:  # noqa: ARG001 - FitBaseline's signature
    """Fit the shape of the standardised return on the training part, pooled over symbols."""
    return Anchor(anchor_quantiles(taught.targets, levels))


@dataclass(frozen=True, eq=False)
class Rolling:
    """Empirical quantiles of the overlapping returns in the last 250 sessions.

    Where fewer are known, those; where fewer than twenty sums are known, the anchor's forecast.
    """

    anchor: Anchor
    levels: Levels
    sessions: int = ROLLING_SESSIONS
    findings: tuple[Finding, ...] = ()

    def quantiles(self, past: Past) -> Float:
        """Forecast, for each step, the quantiles of all sums of that many consecutive returns."""
        returns, known = trailing(past, past.returns, self.sessions)
        sums = np.pad(np.cumsum(returns, axis=1), ((0, 0), (1, 0)))
        counts = known.sum(axis=1)
        forecast = self.anchor.quantiles(past)
        for count in np.unique(counts):
            own = counts == count
            for step in range(1, min(past.horizon, int(count) + 1 - _FEWEST_SUMS) + 1):
                overlapping = sums[own, step : count + 1] - sums[own, : count + 1 - step]
                forecast[own, step - 1] = np.quantile(overlapping, self.levels, axis=1).T
        return forecast


def fit_rolling(taught: Taught, levels: Levels, seed: int) -> Rolling:
    """Fit nothing but the anchor, which stands in where history is too short."""
    return Rolling(fit_anchor(taught, levels, seed), levels)
