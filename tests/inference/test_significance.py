"""The Diebold-Mariano test: equality with explicit formulas, and its properties."""

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t as student_t

from pregao.inference import DieboldMariano, diebold_mariano


def losses(seed, count, gain=0.05):
    generator = np.random.default_rng(seed)
    naive = generator.gamma(2, 1, count)
    return naive - gain + generator.normal(0, 0.3, count), naive


def harvey_factor(count, horizon):
    return np.sqrt((count + 1 - 2 * horizon + horizon * (horizon - 1) / count) / count)


@pytest.mark.parametrize("horizon", [1, 2, 5, 10])
@pytest.mark.parametrize("seed", range(3))
def test_the_statistic_equals_an_explicit_sum(horizon, seed):
    own, naive = losses(seed, 120)
    d = [float(a - b) for a, b in zip(own, naive, strict=True)]
    n, mean = len(d), sum(d) / len(d)
    variance = sum((x - mean) ** 2 for x in d) / n
    for lag in range(1, horizon):
        variance += 2 * sum((d[k] - mean) * (d[k - lag] - mean) for k in range(lag, n)) / n
    assert variance > 0
    expected = mean / np.sqrt(variance / n) * harvey_factor(n, horizon)

    test = diebold_mariano(own, naive, horizon=horizon)

    assert pytest.approx(expected) == test.statistic
    assert pytest.approx(student_t.cdf(expected, n - 1)) == test.p_value
    assert pytest.approx(mean) == test.mean_difference
    assert n == test.num_observations


def test_horizon_one_is_the_t_test_of_the_differences():
    own, naive = losses(4, 80)
    ordinary = sm.OLS(own - naive, np.ones(80)).fit()

    test = diebold_mariano(own, naive, horizon=1)

    # The factor of Harvey, Leybourne and Newbold turns n into n - 1: exactly the t statistic.
    assert pytest.approx(ordinary.tvalues[0]) == test.statistic
    assert pytest.approx(ordinary.pvalues[0] / 2) == test.p_value


def test_bartlett_weights_replace_a_variance_that_is_not_positive():
    # A difference that alternates has a negative first autocovariance.
    naive = np.ones(40)
    own = naive + 0.1 * (-1.0) ** np.arange(40) - 0.001 * np.arange(40) / 40
    robust = sm.OLS(own - naive, np.ones(40)).fit(
        cov_type="HAC", cov_kwds={"maxlags": 1, "use_correction": False}
    )
    expected = robust.tvalues[0] * harvey_factor(40, 2)

    test = diebold_mariano(own, naive, horizon=2)

    assert pytest.approx(expected, rel=1e-6) == test.statistic


@pytest.mark.parametrize("seed", range(20))
def test_a_variance_of_rounding_error_makes_no_gain_significant(seed):
    # Each deviation is reversed at once: in exact arithmetic the autocovariances sum to zero.
    blips, rows = np.zeros(60), np.arange(3, 57, 6)
    blips[rows] = np.random.default_rng(seed).uniform(0.1, 1, len(rows))
    blips[rows + 1] = -blips[rows]

    test = diebold_mariano(1 + blips - 1e-6, np.ones(60), horizon=2)

    assert test.p_value > 0.05


def test_losses_are_averaged_by_date_before_testing():
    sessions = np.datetime64("2021-03-01") + np.arange(50)
    own, naive = losses(1, 150)
    dates = np.tile(sessions, 3)
    expected = diebold_mariano(
        own.reshape(3, 50).mean(axis=0), naive.reshape(3, 50).mean(axis=0), horizon=3
    )

    clustered = diebold_mariano(own, naive, horizon=3, sessions=dates)

    assert pytest.approx(expected.statistic) == clustered.statistic
    assert clustered.num_observations == 50


def test_duplicated_symbols_add_no_evidence():
    sessions = np.datetime64("2021-03-01") + np.arange(60)
    own, naive = losses(2, 60)
    once = diebold_mariano(own, naive, horizon=2, sessions=sessions)

    thrice = diebold_mariano(
        np.tile(own, 3), np.tile(naive, 3), horizon=2, sessions=np.tile(sessions, 3)
    )

    assert pytest.approx(once.p_value) == thrice.p_value


def test_losses_are_sorted_by_date():
    sessions = np.datetime64("2021-03-01") + np.arange(60)
    own, naive = losses(3, 60)
    order = np.random.default_rng(0).permutation(60)
    expected = diebold_mariano(own, naive, horizon=4)

    shuffled = diebold_mariano(own[order], naive[order], horizon=4, sessions=sessions[order])

    assert pytest.approx(expected.statistic) == shuffled.statistic


@pytest.mark.parametrize(
    ("own", "naive", "horizon"),
    [
        (np.ones(50), np.ones(50), 1),
        (np.full(50, 0.1), np.full(50, 0.3), 5),
        (np.arange(7.0), np.arange(7.0) ** 2, 1),
        (np.arange(10.0), np.arange(10.0) ** 2, 10),
        (np.zeros(1), np.ones(1), 1),
    ],
)
def test_the_p_value_is_one_where_no_test_is_possible(own, naive, horizon):
    test = diebold_mariano(own, naive, horizon=horizon)

    assert (test.statistic, test.p_value) == (0.0, 1.0)


def test_a_large_gain_is_significant_and_a_loss_is_not():
    own, naive = losses(0, 400, gain=0.2)

    assert diebold_mariano(own, naive, horizon=3).p_value < 0.001
    assert diebold_mariano(naive, own, horizon=3).p_value > 0.999


def test_equal_forecasters_are_rejected_at_the_nominal_level():
    p_values = [
        diebold_mariano(*losses(seed, 100, gain=0.0), horizon=1).p_value for seed in range(400)
    ]

    assert pytest.approx(0.05, abs=0.035) == np.mean(np.array(p_values) < 0.05)


def test_result_equals_its_own_json():
    test = diebold_mariano(*losses(0, 40), horizon=2)

    assert test == DieboldMariano.model_validate_json(test.model_dump_json())


@given(st.integers(0, 10_000), st.integers(8, 80), st.integers(1, 7), st.floats(1e-3, 1e3))
@settings(max_examples=60, deadline=None)
def test_statistic_changes_sign_with_the_roles_and_ignores_the_unit(seed, count, horizon, unit):
    own, naive = losses(seed, count)

    test = diebold_mariano(own, naive, horizon=horizon)

    swapped = diebold_mariano(naive, own, horizon=horizon)
    scaled = diebold_mariano(unit * own, unit * naive, horizon=horizon)
    assert pytest.approx(-test.statistic, rel=1e-6, abs=1e-9) == swapped.statistic
    assert pytest.approx(test.statistic, rel=1e-4, abs=1e-6) == scaled.statistic
    assert 0 <= test.p_value <= 1


@given(seed=st.integers(0, 2**16))
def test_differences_of_single_precision_are_no_gain(seed):
    loss = np.random.default_rng(seed).exponential(size=500)
    rounded = loss * (1 - 1e-7)

    test = diebold_mariano(rounded, loss, horizon=5)

    assert (0.0, 1.0) == (test.statistic, test.p_value)
