"""Conformal offsets: coverage, symmetry, shrinkage and invariance."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pydantic import ValidationError
from scipy.stats import norm

from pregao.calibration._conformal import (
    PRIOR_BLOCKS,
    CalibratedForecaster,
    Offsets,
    interval_scores,
    uncrossed,
)
from pregao.dataset import Split, make_dataset
from pregao.scores import Truth, observed_outcomes
from pregao.testing import synthetic_prices
from pregao.training import LEVELS
from pregao.zoo.baselines import BASELINES, return_scale

HORIZON = 3
MEDIAN = LEVELS.index(0.5)
STEPS = np.sqrt(np.arange(1, HORIZON + 1))


def truth_from(returns):
    count = len(returns)
    return Truth(
        symbols=np.zeros(count, np.intp),
        names=("PETR4",),
        currencies=("BRL",),
        sessions=np.datetime64("2020-01-01") + np.arange(count),
        last_price=np.full(count, 30.0),
        future_price=30.0 * np.exp(returns),
    )


def made(seed, *, count=400, too_wide=1.0, drift=0.0):
    """Return quantiles, truth and scale: Gaussian outcomes, forecasts `too_wide` times too wide."""
    generator = np.random.default_rng(seed)
    scale = generator.uniform(0.005, 0.03, (count, 1)) * STEPS
    truth = truth_from(scale * (generator.normal(size=(count, HORIZON)) + drift))
    return too_wide * scale[..., None] * norm.ppf(LEVELS), truth, scale


def fitted(*case, prior_blocks=0.0):
    quantiles, truth, scale = case
    return Offsets.fit(quantiles, truth, scale, levels=LEVELS, prior_blocks=prior_blocks)


def coverages(quantiles, truth):
    came = truth.log_returns[..., None]
    low, high = quantiles[..., :MEDIAN], quantiles[..., :MEDIAN:-1]
    return ((low <= came) & (came <= high)).mean(axis=0)


NOMINAL = 1 - 2 * np.array(LEVELS[:MEDIAN])


@pytest.mark.parametrize("too_wide", [0.6, 1.0, 1.7])
def test_plain_conformal_offsets_have_nominal_coverage_on_the_part_of_the_fit(too_wide):
    quantiles, truth, scale = case = made(1, too_wide=too_wide)

    found = coverages(fitted(*case).apply(quantiles, scale), truth)

    # At most one above nominal: the finite-sample correction.
    assert (found >= NOMINAL - 1e-9).all()
    assert (found <= NOMINAL + 2.01 / len(truth)).all()


@pytest.mark.parametrize("too_wide", [0.6, 1.7])
def test_offsets_bring_the_next_part_nearer_to_nominal_coverage(too_wide):
    offsets = fitted(*made(2, too_wide=too_wide, count=1000))
    quantiles, truth, scale = made(3, too_wide=too_wide, count=1000)

    before = np.abs(coverages(quantiles, truth) - NOMINAL)
    after = np.abs(coverages(offsets.apply(quantiles, scale), truth) - NOMINAL)

    assert before.mean() > 0.1
    assert after.max() < 0.04


def test_an_offset_equals_the_conformal_quantile_of_the_scores():
    quantiles, truth, scale = case = made(4, count=57)
    offsets = np.array(fitted(*case).by_step)

    for step in range(HORIZON):
        for place, level in enumerate(LEVELS[MEDIAN + 1 :], MEDIAN + 1):
            low, high = quantiles[:, step, len(LEVELS) - 1 - place], quantiles[:, step, place]
            came = truth.log_returns[:, step]
            scores = np.maximum(low - came, came - high) / scale[:, step]
            share = min(np.ceil(58 * (2 * level - 1) - 1e-9) / 57, 1.0)
            expected = np.quantile(scores, share, method="inverted_cdf")
            assert pytest.approx(expected, abs=1e-12) == offsets[step, place]


def test_with_few_windows_the_widest_interval_uses_the_largest_score():
    quantiles, truth, scale = case = made(5, count=10)

    scores = interval_scores(quantiles, truth.log_returns) / scale[..., None]

    np.testing.assert_allclose(
        scores[..., 0].max(axis=0), np.array(fitted(*case).by_step)[:, -1], atol=1e-12
    )


@given(st.integers(0, 2**16), st.floats(0.3, 3.0), st.floats(-1, 1))
def test_offsets_are_symmetric_and_leave_the_median(seed, too_wide, drift):
    quantiles, _, scale = case = made(seed, count=40, too_wide=too_wide, drift=drift)
    offsets = fitted(*case)

    by_step = np.array(offsets.by_step)
    applied = offsets.apply(quantiles, scale)

    np.testing.assert_array_equal(-by_step[:, ::-1], by_step)
    np.testing.assert_array_equal(quantiles[..., MEDIAN], applied[..., MEDIAN])


@given(arrays(np.float64, (4, 23), elements=st.floats(-1e3, 1e3)))
def test_uncrossed_quantiles_ascend_around_the_same_median(values):
    ordered = uncrossed(values)

    assert (np.diff(ordered, axis=-1) >= 0).all()
    np.testing.assert_array_equal(values[:, MEDIAN], ordered[:, MEDIAN])
    np.testing.assert_array_equal(ordered, uncrossed(ordered))
    np.testing.assert_array_equal(np.sort(values, axis=-1), uncrossed(np.sort(values, axis=-1)))


@given(st.integers(0, 2**16), st.floats(0.01, 100))
def test_offsets_are_invariant_to_scale(seed, factor):
    quantiles, truth, scale = made(seed, count=30, too_wide=0.8)
    expected = fitted(quantiles, truth, scale)

    found = fitted(factor * quantiles, truth_from(factor * truth.log_returns), factor * scale)

    np.testing.assert_allclose(expected.by_step, found.by_step, atol=1e-9)


@pytest.mark.parametrize("prior_blocks", [25.0, PRIOR_BLOCKS])
def test_offsets_of_later_steps_are_shrunk_more(prior_blocks):
    case = made(6, count=300, too_wide=0.7)
    blocks = 300 / np.arange(1, HORIZON + 1)

    expected = np.array(fitted(*case).by_step) * (blocks / (blocks + prior_blocks))[:, None]

    np.testing.assert_allclose(expected, fitted(*case, prior_blocks=prior_blocks).by_step)


def test_symbols_of_the_same_dates_add_no_sessions():
    quantiles, truth, scale = made(7, count=100)
    halves = np.arange(100) // 50
    together = Truth(
        symbols=halves,
        names=("PETR4", "VALE3"),
        currencies=("BRL", "BRL"),
        sessions=truth.sessions[np.arange(100) % 50],
        last_price=truth.last_price,
        future_price=truth.future_price,
    )

    offsets = fitted(quantiles, together, scale)

    assert (100, 50) == (offsets.num_windows, offsets.num_sessions)


def test_offsets_equal_their_own_json():
    offsets = fitted(*made(8, count=50))

    assert offsets == Offsets.model_validate_json(offsets.model_dump_json())


@pytest.mark.parametrize("levels", [(0.1, 0.5, 0.8), (0.1, 0.9)])
def test_levels_without_a_mirror_are_refused(levels):
    offsets = ((0.0,) * len(levels),)

    with pytest.raises(ValidationError, match="pairs"):
        Offsets(levels=levels, by_step=offsets, num_windows=1, num_sessions=1)


@pytest.fixture(scope="module")
def dataset():
    return make_dataset(
        [synthetic_prices("PETR4", 500, seed=1), synthetic_prices("NVDA", 500, seed=2)],
        features=("return",),
        lookback=20,
        horizon=HORIZON,
        split=Split(),
    )


@pytest.mark.parametrize("name", BASELINES)
def test_a_calibrated_baseline_is_a_forecaster(dataset, name):
    baseline = BASELINES[name].fit(dataset.train, LEVELS, 0)
    part, test = dataset.validation, dataset.sealed_test
    said = baseline.quantiles(part)
    offsets = Offsets.fit(said, observed_outcomes([part]), return_scale(part), levels=LEVELS)

    calibrated = CalibratedForecaster(baseline, offsets).quantiles(test)

    assert (len(test), HORIZON, len(LEVELS)) == calibrated.shape
    assert np.isfinite(calibrated).all()
    assert (np.diff(calibrated, axis=-1) >= 0).all()
    np.testing.assert_array_equal(baseline.quantiles(test)[..., MEDIAN], calibrated[..., MEDIAN])
    alone = CalibratedForecaster(baseline, offsets).quantiles(test.take(slice(7, 8)))
    np.testing.assert_array_equal(calibrated[7:8], alone)
