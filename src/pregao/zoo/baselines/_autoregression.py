"""An autoregression: a linear regression of each step ahead on the last few returns."""

import math
from dataclasses import dataclass

import numpy as np

from pregao.findings import Finding
from pregao.zoo.baselines._empirical import lagged, quantile_shape
from pregao.zoo.baselines._forecaster import Levels, linear, return_scale
from pregao.zoo.baselines._history import Float, History, LabelledHistory

MAX_LAGS = 10
_BLOCK_ROWS = 4096


@dataclass(frozen=True, eq=False)
class Autoregression:
    """A centre that is linear in the last returns, and the quantiles of training residuals."""

    coefficients: Float
    """(horizon, 1 + lags): intercept, then the newest return first."""
    shape: Float
    """(horizon, levels) quantiles of the residuals."""
    findings: tuple[Finding, ...] = ()

    @property
    def num_lags(self) -> int:
        """The number of lagged returns that it reads."""
        return int(self.coefficients.shape[1]) - 1

    def quantiles(self, history: History) -> Float:
        """Return the fitted centre plus the residual quantiles, times ``sigma * sqrt(step)``."""
        regressors = autoregression_regressors(history, self.num_lags)
        centre = linear(regressors, self.coefficients)
        forecast: Float = return_scale(history)[..., None] * (centre[..., None] + self.shape)
        return forecast


def fit_autoregression(history: LabelledHistory, levels: Levels, seed: int) -> Autoregression:  # noqa: ARG001 - FitBaseline's signature
    """Fit one direct regression per step on standardised returns pooled over symbols.

    ``target[t, h] = a[h] + sum_k b[h, k] * return[t-k] / sigma[t]`` for k = 0 .. p-1 by ordinary
    least squares. p, from 1 to 10, minimises the Bayesian information criterion at step 1, where
    targets do not overlap.
    """
    regressors = autoregression_regressors(history, MAX_LAGS)
    triangle = _qr_triangle(regressors, history.targets)
    num_lags = min(range(1, MAX_LAGS + 1), key=lambda lags: _bic(triangle, lags, len(regressors)))
    coefficients = _least_squares(triangle, num_lags)
    residuals = (
        target - regressors[:, : 1 + num_lags] @ own
        for target, own in zip(history.targets.T, coefficients, strict=True)
    )
    return Autoregression(coefficients, quantile_shape(residuals, levels))


def autoregression_regressors(history: History, num_lags: int) -> Float:
    """Return (n, 1 + lags): 1, then the last returns over the sigma of the cutoff, newest first."""
    sigma = history.sigma[history.cutoff_rows]
    regressors = np.ones((len(sigma), 1 + num_lags))
    for lag in range(num_lags):
        regressors[:, 1 + lag] = lagged(history, history.returns, lag)[0] / sigma
    return regressors


def _qr_triangle(regressors: Float, targets: Float) -> Float:
    """Return R of the QR decomposition of regressors and targets side by side.

    R holds all that least squares on the first few regressors needs of the rows. It is computed
    block by block of rows, to bound memory.
    """
    triangle: Float = np.empty((0, regressors.shape[1] + targets.shape[1]))
    for start in range(0, len(regressors), _BLOCK_ROWS):
        rows = slice(start, start + _BLOCK_ROWS)
        block = np.hstack([regressors[rows], targets[rows]])
        triangle = np.asarray(np.linalg.qr(np.vstack([triangle, block]), mode="r"), np.float64)
    return triangle


def _least_squares(triangle: Float, num_lags: int) -> Float:
    """Return the least squares coefficients: (horizon, 1 + lags)."""
    known, targets = triangle[:, : 1 + num_lags], triangle[:, 1 + MAX_LAGS :]
    return np.asarray(np.linalg.lstsq(known, targets, rcond=None)[0].T, np.float64)


def _bic(triangle: Float, num_lags: int, count: int) -> float:
    own = _least_squares(triangle, num_lags)[0]
    residual = triangle[:, 1 + MAX_LAGS] - triangle[:, : 1 + num_lags] @ own
    # Constant prices leave a residual of zero, which has no logarithm.
    mean_square = max(float(residual @ residual) / count, float(np.finfo(np.float64).tiny))
    return count * math.log(mean_square) + (num_lags + 1) * math.log(count)
