"""HAR: volatility out of its own daily, weekly and monthly averages (Corsi, 2009)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pregao.findings import Finding
from pregao.zoo._empirical import quantile_shape
from pregao.zoo._forecaster import Levels, linear, steps_of, taught_symbols, trailing
from pregao.zoo._past import Float, Past, Taught

AVERAGES_SESSIONS = (1, 5, 22)
# A session without any range has no logarithm: variances are at least this share of sigma squared.
_FLOOR = 0.01
_TINY_VARIANCE = 1e-12


@dataclass(frozen=True, eq=False)
class Har:
    """Forecast variance by a log-linear HAR, and returns of a fixed shape on that scale."""

    coefficients: Float
    """(horizon, 4): intercept, then daily, weekly and monthly."""
    shape: Float
    """(horizon, levels) of the return over its forecast volatility * sqrt(step)."""
    findings: tuple[Finding, ...] = ()

    def variances(self, past: Past) -> Float:
        """Forecast the mean daily variance over the next steps: (n, horizon)."""
        return np.exp(linear(har_regressors(past), self.coefficients))

    def quantiles(self, past: Past) -> Float:
        """Forecast the shape times the square root of the variance to come."""
        deviation = np.sqrt(self.variances(past) * steps_of(past.horizon))
        return deviation[..., None] * self.shape


def fit_har(taught: Taught, levels: Levels, seed: int) -> Har:  # noqa: ARG001 - FitBaseline's signature
    """Fit HAR on the training part, per step, pooled over symbols.

    For step h, ``log mean(RV[t+1..t+h]) = b0 + b1 log RV[t] + b2 log mean(RV[t-4..t]) + b3 log
    mean(RV[t-21..t])`` by ordinary least squares, where RV is the session's variance out of its
    range and gap. The logarithm keeps the forecast positive and tames the outliers. Quantiles are
    those of training returns over the forecast volatility, not centred: on the S&P 500 and the
    Nasdaq (1999-2012, scored 2013-2018) the training median is worth 2 to 3 % of the CRPS.

    References
    ----------
    Corsi (2009), A simple approximate long-memory model of realized volatility, Journal of
    Financial Econometrics 7(2).
    """
    coefficients = har_coefficients(taught)
    deviation = np.sqrt(np.exp(linear(har_regressors(taught), coefficients)))
    standardised = taught.targets * taught.sigma[taught.cutoff_rows][:, None] / deviation
    return Har(coefficients, quantile_shape(standardised, levels))


def har_regressors(past: Past) -> Float:
    """Give (n, 4): one, then the logs of the daily, weekly and monthly variance at each cutoff."""
    values, known = trailing(past, past.realised_variance, max(AVERAGES_SESSIONS))
    floor = _floor(past, np.arange(len(past.cutoff_rows)))
    columns = [np.ones(len(values))]
    for sessions in AVERAGES_SESSIONS:
        count = np.maximum(known[:, :sessions].sum(axis=1), 1)
        columns.append(np.log(np.maximum(values[:, :sessions].sum(axis=1) / count, floor)))
    return np.stack(columns, axis=1)


def har_coefficients(taught: Taught) -> Float:
    """Give (horizon, 4) by least squares over the cutoffs whose next sessions are training rows."""
    regressors = har_regressors(taught)
    known_to = np.zeros_like(taught.cutoff_rows)
    for symbol in taught_symbols(taught):
        known_to[taught.first_rows == symbol.first] = symbol.last
    rows = []
    for step in range(1, taught.horizon + 1):
        usable = np.flatnonzero(taught.cutoff_rows + step <= known_to)
        ahead = taught.cutoff_rows[usable, None] + np.arange(1, step + 1)
        variance = taught.realised_variance[ahead].mean(axis=1)
        response = np.log(np.maximum(variance, _floor(taught, usable)))
        rows.append(np.linalg.lstsq(regressors[usable], response, rcond=None)[0])
    return np.array(rows)


def _floor(past: Past, cutoffs: NDArray[np.intp]) -> Float:
    sigma = past.sigma[past.cutoff_rows[cutoffs]]
    floor: Float = np.maximum(_FLOOR * sigma**2, _TINY_VARIANCE)
    return floor
