"""An autoregression: each step ahead regressed on the last few returns."""

import math
from dataclasses import dataclass

import numpy as np

from pregao.findings import Finding
from pregao.zoo.baselines._empirical import lagged, quantile_shape
from pregao.zoo.baselines._forecaster import Levels, linear, spread
from pregao.zoo.baselines._history import Float, Past, Taught

MOST_LAGS = 10
_ROWS_AT_ONCE = 4096


@dataclass(frozen=True, eq=False)
class Autoregression:
    """A linear centre in the last returns, and the training residuals around it."""

    coefficients: Float
    """(horizon, 1 + lags): intercept, then the newest return first."""
    shape: Float
    """(horizon, levels) quantiles of the residuals."""
    findings: tuple[Finding, ...] = ()

    @property
    def num_lags(self) -> int:
        """How many returns it reads."""
        return int(self.coefficients.shape[1]) - 1

    def quantiles(self, past: Past) -> Float:
        """Forecast the fitted centre plus the residual quantiles, times ``sigma * sqrt(step)``."""
        regressors = autoregression_regressors(past, self.num_lags)
        centre = linear(regressors, self.coefficients)
        forecast: Float = spread(past)[..., None] * (centre[..., None] + self.shape)
        return forecast


def fit_autoregression(taught: Taught, levels: Levels, seed: int) -> Autoregression:  # noqa: ARG001 - FitBaseline's signature
    """Fit one regression per step, directly, on standardised returns pooled over symbols.

    ``target[t, h] = a[h] + sum_k b[h, k] * return[t-k] / sigma[t]`` for k = 0 .. p-1 by ordinary
    least squares. p, from 1 to 10, has the least Bayesian information criterion at step 1, where
    targets do not overlap.
    """
    regressors = autoregression_regressors(taught, MOST_LAGS)
    triangle = _triangle(regressors, taught.targets)
    num_lags = min(range(1, MOST_LAGS + 1), key=lambda lags: _bic(triangle, lags, len(regressors)))
    coefficients = _solved(triangle, num_lags)
    residuals = (
        target - regressors[:, : 1 + num_lags] @ own
        for target, own in zip(taught.targets.T, coefficients, strict=True)
    )
    return Autoregression(coefficients, quantile_shape(residuals, levels))


def autoregression_regressors(past: Past, num_lags: int) -> Float:
    """Give (n, 1 + lags): one, then the last returns over the cutoff's sigma, newest first."""
    sigma = past.sigma[past.cutoff_rows]
    regressors = np.ones((len(sigma), 1 + num_lags))
    for lag in range(num_lags):
        regressors[:, 1 + lag] = lagged(past, past.returns, lag)[0] / sigma
    return regressors


def _triangle(regressors: Float, targets: Float) -> Float:
    """Give R of the QR decomposition of regressors and targets side by side.

    It holds all that least squares on the first few regressors asks of the rows, and is made of
    some rows at a time.
    """
    triangle: Float = np.empty((0, regressors.shape[1] + targets.shape[1]))
    for start in range(0, len(regressors), _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        block = np.hstack([regressors[rows], targets[rows]])
        triangle = np.asarray(np.linalg.qr(np.vstack([triangle, block]), mode="r"), np.float64)
    return triangle


def _solved(triangle: Float, num_lags: int) -> Float:
    """Give (horizon, 1 + lags) by least squares."""
    known, targets = triangle[:, : 1 + num_lags], triangle[:, 1 + MOST_LAGS :]
    return np.asarray(np.linalg.lstsq(known, targets, rcond=None)[0].T, np.float64)


def _bic(triangle: Float, num_lags: int, count: int) -> float:
    own = _solved(triangle, num_lags)[0]
    residual = triangle[:, 1 + MOST_LAGS] - triangle[:, : 1 + num_lags] @ own
    # Prices that never move are explained to the last bit: zero has no logarithm.
    mean_square = max(float(residual @ residual) / count, float(np.finfo(np.float64).tiny))
    return count * math.log(mean_square) + (num_lags + 1) * math.log(count)
