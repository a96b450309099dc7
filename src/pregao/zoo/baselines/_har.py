"""HAR: volatility out of its own daily, weekly and monthly averages (Corsi, 2009)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pregao.findings import Finding
from pregao.zoo.baselines._empirical import lagged, quantile_shape
from pregao.zoo.baselines._forecaster import Levels, linear, steps_of, taught_symbols
from pregao.zoo.baselines._history import Float, Past, Taught

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
    regressors, sigma = har_regressors(taught), taught.sigma[taught.cutoff_rows]
    standardised = (
        target * sigma / np.sqrt(np.exp(linear(regressors, own[None])[:, 0]))
        for target, own in zip(taught.targets.T, coefficients, strict=True)
    )
    return Har(coefficients, quantile_shape(standardised, levels))


def har_regressors(past: Past) -> Float:
    """Give (n, 4): one, then the logs of the daily, weekly and monthly variance at each cutoff."""
    floor = _floor(past, np.arange(len(past.cutoff_rows)))
    total, count = np.zeros_like(floor), np.zeros_like(floor)
    columns = [np.ones_like(floor)]
    for lag in range(max(AVERAGES_SESSIONS)):
        variance, known = lagged(past, past.realised_variance, lag)
        total += variance
        count += known
        if lag + 1 in AVERAGES_SESSIONS:
            columns.append(np.log(np.maximum(total / np.maximum(count, 1), floor)))
    return np.stack(columns, axis=1)


def har_coefficients(taught: Taught) -> Float:
    """Give (horizon, 4) by least squares over the cutoffs whose next sessions are training rows."""
    regressors = har_regressors(taught)
    first_rows, cutoff_rows = taught.first_rows, taught.cutoff_rows
    known_to = np.zeros_like(cutoff_rows)
    for symbol in taught_symbols(taught):
        known_to[first_rows == symbol.first] = symbol.last
    usable = np.arange(len(cutoff_rows))
    total = np.zeros(len(cutoff_rows))
    rows = []
    for step in range(1, taught.horizon + 1):
        still = cutoff_rows[usable] + step <= known_to[usable]
        usable, total = usable[still], total[still]
        total += taught.realised_variance[cutoff_rows[usable] + step]
        response = np.log(np.maximum(total / step, _floor(taught, usable)))
        rows.append(np.linalg.lstsq(regressors[usable], response, rcond=None)[0])
    return np.array(rows)


def _floor(past: Past, cutoffs: NDArray[np.intp]) -> Float:
    sigma = past.sigma[past.cutoff_rows[cutoffs]]
    floor: Float = np.maximum(_FLOOR * sigma**2, _TINY_VARIANCE)
    return floor
