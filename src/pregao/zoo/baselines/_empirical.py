"""Baselines of a scale and a shape: random walk, drift, rolling window, anchor."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pregao.findings import Finding
from pregao.zoo.baselines._forecaster import (
    KnownSymbols,
    Levels,
    horizon_steps,
    per_symbol,
    return_scale,
    trailing,
    training_symbols,
)
from pregao.zoo.baselines._history import Float, History, LabelledHistory

ROLLING_SESSIONS = 250
_MIN_SUMS = 20


@dataclass(frozen=True, eq=False)
class GaussianWalk:
    """Independent Gaussian returns with the constant mean and volatility of training."""

    symbols: KnownSymbols
    means: Float
    volatilities: Float
    pooled_mean: float
    pooled_volatility: float
    levels: Levels
    findings: tuple[Finding, ...] = ()

    def quantiles(self, history: History) -> Float:
        """Return mean * step plus normal quantiles * volatility * sqrt(step)."""
        # Imported here so that listing the zoo does not load scipy.
        from scipy.special import ndtri

        symbols = self.symbols.indices(history)
        steps = horizon_steps(history.horizon)
        mean = per_symbol(self.means, self.pooled_mean, symbols)
        volatility = per_symbol(self.volatilities, self.pooled_volatility, symbols)
        width = (volatility[:, None] * np.sqrt(steps))[..., None]
        normal: Float = np.asarray(ndtri(self.levels), np.float64)
        return (mean[:, None] * steps)[..., None] + width * normal


def fit_random_walk(history: LabelledHistory, levels: Levels, seed: int) -> GaussianWalk:  # noqa: ARG001 - FitBaseline's signature
    """Fit the training volatility of each symbol; the median is the last price.

    Volatility is the standard deviation of daily training returns, times the square root of the
    step. A symbol unseen in training takes the root mean square over the training symbols.
    """
    return _gaussian_walk(history, levels, has_drift=False)


def fit_drift(history: LabelledHistory, levels: Levels, seed: int) -> GaussianWalk:  # noqa: ARG001 - FitBaseline's signature
    """Fit the random walk with each symbol's mean training return as its drift."""
    return _gaussian_walk(history, levels, has_drift=True)


def _gaussian_walk(history: LabelledHistory, levels: Levels, *, has_drift: bool) -> GaussianWalk:
    returns = [symbol.returns(history) for symbol in training_symbols(history)]
    means = np.array([each.mean() if has_drift else 0.0 for each in returns])
    variances = np.array([each.var() for each in returns])
    return GaussianWalk(
        symbols=KnownSymbols.from_training(history),
        means=means,
        volatilities=np.sqrt(variances),
        pooled_mean=float(means.mean()),
        pooled_volatility=float(np.sqrt(variances.mean())),
        levels=levels,
    )


def anchor_quantiles(targets: Float, levels: Levels) -> Float:
    """Return the shape of the anchor: training quantiles of the standardised return, per step.

    Parameters
    ----------
    targets
        (n, horizon) cumulative log returns over ``sigma * sqrt(step)``, of the training part.
    levels
        Quantile levels in (0, 1), ascending.

    Returns
    -------
    (horizon, levels), shifted so that the median is exactly 0, which is the last price.

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
    """Return empirical quantiles per step, (horizon, levels), of an iterable of (n,) per step.

    Steps are taken one at a time: numpy sorts a copy, and a copy of all steps of a large pool of
    symbols would not fit in memory.
    """
    return np.array([np.quantile(each, levels) for each in standardised])


def lagged(history: History, column: Float, lag: int) -> tuple[Float, NDArray[np.bool_]]:
    """Return one column of `trailing`: the value `lag` rows before each cutoff, and a mask.

    A fit on a large pool of symbols cannot hold all columns at once.
    """
    rows = history.cutoff_rows - lag
    known = rows > history.first_rows
    return np.where(known, column[np.where(known, rows, 0)], 0.0), known


@dataclass(frozen=True, eq=False)
class Anchor:
    """The last price, with quantiles of fixed shape scaled by the EWMA volatility."""

    shape: Float
    findings: tuple[Finding, ...] = ()

    def quantiles(self, history: History) -> Float:
        """Return the shape times ``sigma * sqrt(step)``."""
        return return_scale(history)[..., None] * self.shape


def fit_anchor(history: LabelledHistory, levels: Levels, seed: int) -> Anchor:  # noqa: ARG001 - FitBaseline's signature
    """Fit the shape of the standardised return on the training part, pooled over symbols."""
    return Anchor(anchor_quantiles(history.targets, levels))


@dataclass(frozen=True, eq=False)
class Rolling:
    """Empirical quantiles of the overlapping returns in the last 250 sessions.

    Shorter histories use the sessions they have; with fewer than twenty sums the forecast is that
    of the anchor.
    """

    anchor: Anchor
    levels: Levels
    sessions: int = ROLLING_SESSIONS
    findings: tuple[Finding, ...] = ()

    def quantiles(self, history: History) -> Float:
        """Return, for each step h, the quantiles of all sums of h consecutive returns."""
        returns, known = trailing(history, history.returns, self.sessions)
        sums = np.pad(np.cumsum(returns, axis=1), ((0, 0), (1, 0)))
        counts = known.sum(axis=1)
        forecast = self.anchor.quantiles(history)
        for count in np.unique(counts):
            own = counts == count
            for step in range(1, min(history.horizon, int(count) + 1 - _MIN_SUMS) + 1):
                overlapping = sums[own, step : count + 1] - sums[own, : count + 1 - step]
                forecast[own, step - 1] = np.quantile(overlapping, self.levels, axis=1).T
        return forecast


def fit_rolling(history: LabelledHistory, levels: Levels, seed: int) -> Rolling:
    """Fit the anchor, the fallback where the history is too short."""
    return Rolling(fit_anchor(history, levels, seed), levels)
