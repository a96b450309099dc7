"""Baselines that are a scale and a shape, against loops and closed forms."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pregao.training import LEVELS
from pregao.zoo.baselines import BASELINES, anchor_quantiles
from pregao.zoo.baselines._empirical import fit_anchor, fit_rolling

MEDIAN = LEVELS.index(0.5)


@pytest.mark.parametrize("name", ["random_walk", "anchor"])
def test_median_of_the_naive_forecasts_is_the_last_price(name, training, later):
    forecast = BASELINES[name].fit(training, LEVELS, 0).quantiles(later)

    assert (forecast[..., MEDIAN] == 0).all()


def test_random_walk_spreads_by_the_training_volatility_of_each_symbol(training, later):
    forecast = BASELINES["random_walk"].fit(training, LEVELS, 0).quantiles(later)

    for first in np.unique(later.first_rows):
        last = training.cutoff_rows[training.first_rows == first].max()
        volatility = training.returns[first + 1 : last + 1].std()
        # 1.6449 is the 95 % quantile of the standard normal.
        upper = forecast[later.first_rows == first][:, :, LEVELS.index(0.95)]
        expected = 1.6448536 * volatility * np.sqrt(np.arange(1, later.horizon + 1))
        np.testing.assert_allclose(upper, np.broadcast_to(expected, upper.shape), rtol=1e-6)


def test_drift_moves_the_median_by_the_mean_training_return(training, later):
    forecast = BASELINES["drift"].fit(training, LEVELS, 0).quantiles(later)

    first = later.first_rows[0]
    last = training.cutoff_rows[training.first_rows == first].max()
    mean = training.returns[first + 1 : last + 1].mean()
    np.testing.assert_allclose(forecast[0, :, MEDIAN], mean * np.arange(1, later.horizon + 1))


def test_rolling_quantiles_equal_those_of_a_loop(training, later):
    forecast = fit_rolling(training, LEVELS, 0).quantiles(later)

    for number in (0, 100, len(later.cutoff_rows) - 1):
        cutoff = later.cutoff_rows[number]
        window = later.returns[cutoff - 249 : cutoff + 1]
        for step in range(1, later.horizon + 1):
            sums = [window[k : k + step].sum() for k in range(250 - step + 1)]
            expected = np.quantile(sums, LEVELS)
            np.testing.assert_allclose(expected, forecast[number, step - 1], atol=1e-13)


def test_rolling_quantiles_take_what_is_there_and_then_the_anchor(training):
    rolling = fit_rolling(training, LEVELS, 0)
    first = training.take([0, 0])
    young = replace(first, cutoff_rows=np.array([22, 10]))

    forecast = rolling.quantiles(young)

    known = training.returns[1:23]
    np.testing.assert_allclose(np.quantile(known, LEVELS), forecast[0, 0], atol=1e-14)
    anchor = fit_anchor(training, LEVELS, 0).quantiles(young)
    # 22 returns give 20 sums of 3 sessions, and 19 of 4.
    assert not np.array_equal(anchor[0, 2], forecast[0, 2])
    np.testing.assert_array_equal(anchor[0, 3:], forecast[0, 3:])
    np.testing.assert_array_equal(anchor[1], forecast[1])


@given(hnp.arrays(np.float64, (40, 2), elements=st.floats(-5, 5)), st.floats(0.1, 10))
@settings(max_examples=50, deadline=None)
def test_anchor_is_centred_ordered_and_scales_with_the_targets(targets, factor):
    anchor = anchor_quantiles(targets, LEVELS)

    assert (anchor[:, MEDIAN] == 0).all()
    assert (np.diff(anchor, axis=1) >= 0).all()
    scaled = anchor_quantiles(factor * targets, LEVELS)
    np.testing.assert_allclose(factor * anchor, scaled, rtol=1e-9, atol=1e-9)
