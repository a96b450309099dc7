"""An autoregression: each step ahead regressed on the last few returns."""

import math
from dataclasses import dataclass

import numpy as np

from pregao.findings import Finding
from pregao.zoo._empirical import quantile_shape
from pregao.zoo._forecaster import Levels, linear, spread, trailing
from pregao.zoo._past import Float, Past, Taught

MOST_LAGS = 10


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
    num_lags = min(range(1, MOST_LAGS + 1), key=lambda lags: _bic(taught, lags))
    regressors = autoregression_regressors(taught, num_lags)
    solution = np.linalg.lstsq(regressors, taught.targets, rcond=None)[0]
    coefficients = np.asarray(solution.T, np.float64)
    residuals = taught.targets - regressors @ coefficients.T
    return Autoregression(coefficients, quantile_shape(residuals, levels))


def autoregression_regressors(past: Past, num_lags: int) -> Float:
    """Give (n, 1 + lags): one, then the last returns over the cutoff's sigma, newest first."""
    returns, _ = trailing(past, past.returns, num_lags)
    scaled = returns / past.sigma[past.cutoff_rows][:, None]
    return np.hstack([np.ones((len(scaled), 1)), scaled])


def _bic(taught: Taught, num_lags: int) -> float:
    regressors = autoregression_regressors(taught, num_lags)
    target = taught.targets[:, 0]
    coefficients = np.linalg.lstsq(regressors, target, rcond=None)[0]
    mean_square = float(np.mean((target - regressors @ coefficients) ** 2))
    # Prices that never move are explained to the last bit: zero has no logarithm.
    mean_square = max(mean_square, float(np.finfo(np.float64).tiny))
    return len(target) * math.log(mean_square) + (num_lags + 1) * math.log(len(target))
