"""GJR-GARCH: the filter is that of `arch`, the simulation what the recursion implies."""

from dataclasses import replace

import numpy as np
import pytest
from arch import arch_model

from pregao.training import LEVELS
from pregao.zoo.baselines._garch import (
    MIN_RETURNS,
    filtered_variances,
    fit_gjr_garch,
    fit_parameters,
    pooled_symbol,
    simulated_quantiles,
    stratified_draws,
)


def test_garch_filter_equals_the_conditional_volatility_of_arch(training):
    returns = training.returns[1:600]
    parameters = fit_parameters(returns)
    model = arch_model(
        returns / returns.std(),
        mean="Constant",
        vol="GARCH",
        p=1,
        o=1,
        q=1,
        dist="t",
        rescale=False,
    )
    reference = model.fit(disp="off")

    variances = filtered_variances(parameters, returns)

    np.testing.assert_allclose(reference.conditional_volatility**2, variances[:-1], rtol=1e-7)
    ahead = reference.forecast(horizon=1).variance.to_numpy()[-1, 0]
    assert pytest.approx(ahead, rel=1e-7) == variances[-1]


def test_garch_simulation_has_the_variance_that_the_recursion_implies(training):
    garch = fit_gjr_garch(training, LEVELS, 0)
    parameters = replace(garch.known[0].parameters, mean=0.0)
    generator = np.random.default_rng(1)
    # Symmetric draws of unit variance: the mean of the next variance is then exactly linear.
    draws = np.stack(
        [generator.permutation(np.repeat([-1.0, 1.0], 1000)) for _ in range(training.horizon)]
    )
    start = np.array([0.5, 2.0])
    expected = [start]
    for _ in range(1, training.horizon):
        expected.append(parameters.omega + parameters.persistence * expected[-1])

    # As many levels as paths: every simulated total, in order.
    levels = tuple(np.arange(2000) / 1999)
    totals = simulated_quantiles(parameters, start, draws, levels=levels)

    found = (totals**2).mean(axis=-1)
    np.testing.assert_allclose(start, found[:, 0], rtol=1e-9)
    np.testing.assert_allclose(np.cumsum(expected, axis=0).T, found, rtol=0.08)


def test_garch_one_step_quantiles_are_those_of_the_residuals(training, later):
    garch = fit_gjr_garch(training, LEVELS, 0)
    one = later.take([0])
    symbol = garch.known[0]
    returns = later.returns[1 : one.cutoff_rows[0] + 1]
    deviation = np.sqrt(filtered_variances(symbol.parameters, returns)[-1])

    forecast = garch.quantiles(one)[0, 0]

    quantiles = np.quantile(symbol.residuals, LEVELS)
    expected = symbol.parameters.scale * (symbol.parameters.mean + deviation * quantiles)
    np.testing.assert_allclose(expected, forecast, atol=2e-4)


def test_garch_draws_are_stratified_and_seeded():
    residuals = np.random.default_rng(0).normal(size=900)

    draws = stratified_draws(residuals, 4, 5)

    np.testing.assert_array_equal(draws, stratified_draws(residuals, 4, 5))
    assert not np.array_equal(draws, stratified_draws(residuals, 4, 6))
    np.testing.assert_array_equal(np.sort(draws[0]), np.sort(draws[3]))
    assert pytest.approx(residuals.std(), rel=0.01) == draws[1].std()


@pytest.mark.parametrize("sessions", [MIN_RETURNS - 50, 600])
def test_garch_says_so_where_it_cannot_be_fitted(sessions, market, simulated):
    returns = simulated(np.random.default_rng(2), sessions)
    still = returns * 0 if sessions > MIN_RETURNS else returns
    part = replace(market(returns), returns=still)

    garch = fit_gjr_garch(part, LEVELS, 0)

    assert [finding.code for finding in garch.findings] == ["LRN010"]
    assert np.isfinite(garch.quantiles(part)).all()


def test_garch_forecasts_a_stranger_about_as_one_it_knows(training, later):
    garch = fit_gjr_garch(training, LEVELS, 0)
    known = garch.quantiles(later)
    unknown = replace(garch, symbols=replace(garch.symbols, heads=garch.symbols.heads + 1))

    stranger = unknown.quantiles(later)

    width = (stranger[..., -3] - stranger[..., 2]) / (known[..., -3] - known[..., 2])
    assert pytest.approx(1.0, abs=0.25) == np.median(width)


def test_garch_forecasts_a_stranger_whatever_the_medians_add_up_to(training, later):
    garch = fit_gjr_garch(training, LEVELS, 0)
    # Each of the three forgets its shocks; the median of each parameter would not.
    mixed = [
        replace(known, parameters=replace(known.parameters, alpha=alpha, gamma=gamma, beta=beta))
        for known, (alpha, gamma, beta) in zip(
            (garch.known[0], garch.known[1], garch.known[0]),
            ((0.1, 0.0, 0.89), (0.0, 0.2, 0.89), (0.1, 0.2, 0.75)),
            strict=True,
        )
    ]

    pooled = pooled_symbol(mixed)
    strangers = replace(
        garch, pooled=pooled, symbols=replace(garch.symbols, heads=garch.symbols.heads + 1)
    )

    assert max(each.parameters.persistence for each in mixed) < 1
    assert pooled.parameters.persistence < 1
    assert np.isfinite(strangers.quantiles(later)).all()
