"""GJR-GARCH after a large training part: quantiles between those of a fixed grid of variances."""

from dataclasses import replace

import numpy as np
import pytest

from pregao.training import LEVELS
from pregao.zoo.baselines import _garch
from pregao.zoo.baselines._garch import fit_gjr_garch, interpolated_quantiles, simulated_quantiles


@pytest.fixture(scope="module")
def garch(training):
    return fit_gjr_garch(training, LEVELS, 0)


def test_interpolated_quantiles_are_nearly_those_simulated(garch, training):
    known = garch.known[0]
    draws = _garch.stratified_draws(known.residuals, training.horizon, 0)
    variances = np.exp(np.random.default_rng(0).normal(0, 0.7, 300))

    expected = simulated_quantiles(known.parameters, variances, draws, levels=LEVELS)
    found = interpolated_quantiles(known.parameters, variances, draws, levels=LEVELS)

    width = expected[..., LEVELS.index(0.95)] - expected[..., LEVELS.index(0.05)]
    errors = np.abs(found - expected) / width[..., None]
    assert errors.mean() < 2e-4
    assert errors.max() < 0.01
    np.testing.assert_allclose(found[:, 0], expected[:, 0], rtol=1e-9, atol=1e-12)
    assert (np.diff(found, axis=-1) >= 0).all()


def test_interpolated_forecast_does_not_depend_on_other_cutoffs(garch, later):
    gridded = replace(garch, has_grid=True)
    forecast = gridded.quantiles(later)
    shuffled = np.random.default_rng(0).permutation(len(later.cutoff_rows))[:40]

    np.testing.assert_array_equal(forecast[shuffled], gridded.quantiles(later.take(shuffled)))
    np.testing.assert_array_equal(forecast[:1], gridded.quantiles(later.take([0])))


def test_interpolated_forecast_is_on_average_that_of_every_cutoff(garch, later):
    exact, gridded = garch.quantiles(later), replace(garch, has_grid=True).quantiles(later)

    assert np.isfinite(gridded).all()
    assert np.abs(gridded - exact).mean() < 5e-4 * np.abs(exact).mean()


def test_only_a_large_training_part_has_a_grid(garch):
    assert not garch.has_grid
