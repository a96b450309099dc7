"""HAR and the autoregression, against statsmodels."""

from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm

from pregao.training import LEVELS
from pregao.zoo.baselines._autoregression import autoregression_regressors, fit_autoregression
from pregao.zoo.baselines._har import fit_har, har_regressors


def test_har_coefficients_equal_those_of_statsmodels(training):
    har = fit_har(training, LEVELS, 0)
    step = 3
    responses, regressors = [], []
    for first in np.unique(training.first_rows):
        cutoffs = training.cutoff_rows[training.first_rows == first]
        for cutoff in cutoffs[cutoffs + step <= cutoffs.max()]:
            rv = training.realised_variance[: cutoff + 1]
            row = [
                np.log(max(rv[-k:].mean(), 0.01 * training.sigma[cutoff] ** 2)) for k in (1, 5, 22)
            ]
            regressors.append(row)
            responses.append(
                np.log(training.realised_variance[cutoff + 1 : cutoff + 1 + step].mean())
            )

    expected = sm.OLS(responses, sm.add_constant(np.array(regressors))).fit().params

    np.testing.assert_allclose(expected, har.coefficients[step - 1], rtol=1e-6)


def test_har_survives_sessions_without_any_range(training):
    still = replace(training, realised_variance=np.zeros_like(training.realised_variance))

    forecast = fit_har(still, LEVELS, 0).quantiles(still)

    assert np.isfinite(har_regressors(still)).all()
    assert np.isfinite(forecast).all()


def test_autoregression_equals_statsmodels_and_chooses_lags_by_its_bic(training):
    fitted = fit_autoregression(training, LEVELS, 0)
    scaled = {
        lags: np.array(
            [
                training.returns[cutoff - lags + 1 : cutoff + 1][::-1] / training.sigma[cutoff]
                for cutoff in training.cutoff_rows
            ]
        )
        for lags in range(1, 11)
    }
    models = {
        lags: sm.OLS(training.targets[:, 0], sm.add_constant(values)).fit()
        for lags, values in scaled.items()
    }

    best = min(models, key=lambda lags: models[lags].bic)

    assert best == fitted.num_lags
    for step in range(training.horizon):
        model = sm.OLS(training.targets[:, step], sm.add_constant(scaled[best])).fit()
        np.testing.assert_allclose(model.params, fitted.coefficients[step], rtol=1e-8, atol=1e-10)
        np.testing.assert_allclose(np.quantile(model.resid, LEVELS), fitted.shape[step], atol=1e-10)


def test_autoregression_finds_a_planted_dependence(market):
    generator = np.random.default_rng(5)
    returns = generator.normal(scale=0.01, size=3000)
    for row in range(1, len(returns)):
        returns[row] += 0.3 * returns[row - 1]
    part = market(returns)

    fitted = fit_autoregression(part, LEVELS, 0)

    assert pytest.approx(0.3, abs=0.05) == fitted.coefficients[0, 1]
    assert fitted.num_lags == 1
    assert autoregression_regressors(part, 1).shape == (len(part.cutoff_rows), 2)
