"""The block bootstrap preserves dependence, and its intervals have nominal coverage."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pregao.inference import Interval, skill_interval
from pregao.inference._bootstrap import block_sessions_for, is_enough, resampling_weights

DAY = np.datetime64("2020-01-01")


def moving_average(generator, count, length):
    noise = generator.normal(size=count + length - 1)
    return np.convolve(noise, np.ones(length), "valid") / np.sqrt(length)


@given(st.integers(1, 400), st.integers(1, 40), st.integers(0, 2**16))
def test_weights_of_each_resample_sum_to_one(num_dates, block_sessions, seed):
    weights = resampling_weights(
        num_dates, block_sessions=block_sessions, num_resamples=20, seed=seed
    )

    assert (20, num_dates) == weights.shape
    np.testing.assert_allclose(np.ones(20), weights.sum(axis=1))
    assert (weights >= 0).all()


def test_dates_are_drawn_with_equal_probability():
    weights = resampling_weights(30, block_sessions=6, num_resamples=20_000, seed=0)

    np.testing.assert_allclose(np.full(30, 1 / 30), weights.mean(axis=0), rtol=0.05)


def test_the_variance_of_a_mean_equals_the_theoretical_stationary_bootstrap_variance():
    # Politis and Romano (1994), lemma 1: autocovariances decay with the block length.
    count, p = 120, 1 / 8
    values = moving_average(np.random.default_rng(3), count, 5)
    centred = values - values.mean()
    covariances = [centred @ np.roll(centred, -lag) / count for lag in range(count)]
    fading = [(1 - lag / count) * (1 - p) ** lag for lag in range(1, count)]
    expected = (covariances[0] + 2 * np.dot(fading, covariances[1:])) / count

    weights = resampling_weights(count, block_sessions=8, num_resamples=40_000, seed=1)

    assert pytest.approx(expected, rel=0.04) == (weights @ values).var()


def test_the_mean_block_length_is_the_requested_one():
    # Neighbouring dates of a block stay neighbours: one pair in b is separated.
    count = 1000
    weights = resampling_weights(count, block_sessions=5, num_resamples=400, seed=0)
    alternating = np.tile([1.0, -1.0], count // 2)
    expected = 1 + 2 * sum((1 - k / count) * 0.8**k * (-1) ** k for k in range(1, 200))

    assert pytest.approx(expected, rel=0.25) == count * (weights @ alternating).var()


@given(st.integers(1, 5000), st.integers(1, 60))
def test_blocks_are_at_least_a_horizon_and_four_fit_where_an_interval_is_given(num_dates, horizon):
    block_sessions = block_sessions_for(num_dates, horizon)

    assert horizon <= block_sessions
    if is_enough(num_dates, horizon):
        assert 4 * block_sessions <= num_dates


@pytest.mark.parametrize(
    ("count", "horizon", "least"), [(250, 1, 0.93), (400, 5, 0.89), (60, 3, 0.89)]
)
def test_interval_covers_the_true_skill_of_autocorrelated_losses(count, horizon, least):
    true_skill, inside, turns = 0.02, 0, 300
    for turn in range(turns):
        generator = np.random.default_rng([turn, count])
        naive = 1 + 0.3 * moving_average(generator, count, horizon)
        own = (1 - true_skill) * naive + 0.1 * moving_average(generator, count, horizon)
        found = skill_interval(
            own, naive, sessions=DAY + np.arange(count), horizon=horizon, num_resamples=400
        )
        inside += found.low <= true_skill <= found.high

    assert least <= inside / turns <= 0.985


def test_estimate_is_the_skill_of_the_means_over_dates():
    own, naive = np.array([1.0, 2.0, 6.0]), np.array([2.0, 4.0, 5.0])
    sessions = DAY + np.array([0, 0, 1])

    found = skill_interval(own, naive, sessions=sessions, horizon=1)

    assert pytest.approx(1 - (1.5 + 6) / (3 + 5)) == found.estimate
    assert 2 == found.num_observations


def test_resamples_without_a_naive_loss_have_no_skill():
    """A price that moves once has a loss in one window of many."""
    own, naive = np.zeros(300), np.zeros(300)
    own[150], naive[150] = 0.5, 1.0

    found = skill_interval(own, naive, sessions=DAY + np.arange(300), horizon=1)

    assert (0.0, 0.5, 0.5) == (found.low, found.estimate, found.high)


def test_duplicated_symbols_do_not_narrow_the_interval():
    generator = np.random.default_rng(0)
    naive, days = generator.gamma(2, 1, 200), DAY + np.arange(200)
    own = naive + generator.normal(0, 0.3, 200)
    once = skill_interval(own, naive, sessions=days, horizon=2)

    thrice = skill_interval(
        np.tile(own, 3), np.tile(naive, 3), sessions=np.tile(days, 3), horizon=2
    )

    assert pytest.approx(once.low) == thrice.low
    assert pytest.approx(once.high) == thrice.high


def test_a_higher_level_is_a_wider_interval():
    generator = np.random.default_rng(1)
    naive = generator.gamma(2, 1, 300)
    own = naive + generator.normal(0, 0.3, 300)

    ends = [
        skill_interval(own, naive, sessions=DAY + np.arange(300), horizon=1, level=level)
        for level in (0.5, 0.8, 0.95, 0.99)
    ]

    assert sorted((each.low for each in ends), reverse=True) == [each.low for each in ends]
    assert sorted(each.high for each in ends) == [each.high for each in ends]


@pytest.mark.parametrize(
    ("count", "horizon", "naive_loss"), [(7, 1, 1.0), (39, 10, 1.0), (100, 1, 0.0), (1, 1, 1.0)]
)
def test_too_few_dates_or_zero_naive_loss_give_no_interval(count, horizon, naive_loss):
    found = skill_interval(
        np.ones(count),
        np.full(count, naive_loss),
        sessions=DAY + np.arange(count),
        horizon=horizon,
    )

    assert (None, None) == (found.low, found.high)
    assert found == Interval.model_validate_json(found.model_dump_json())


def test_equal_losses_have_zero_skill_and_an_interval_of_zero_width():
    loss = np.random.default_rng(0).gamma(2, 1, 100)

    found = skill_interval(loss, loss, sessions=DAY + np.arange(100), horizon=1)

    assert (0.0, 0.0, 0.0) == (found.low, found.estimate, found.high)


def test_the_interval_is_reproducible_by_seed():
    generator = np.random.default_rng(2)
    naive = generator.gamma(2, 1, 100)
    own = naive + generator.normal(0, 0.3, 100)

    first, again, other = (
        skill_interval(own, naive, sessions=DAY + np.arange(100), horizon=1, seed=seed)
        for seed in (1, 1, 2)
    )

    assert first == again
    assert first != other
    assert first == Interval.model_validate_json(first.model_dump_json())
