"""Reliability and coverage tests, against loops and other formulas, and their size."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, chi2, norm

from pregao.calibration._coverage_tests import coverage_test, uniformity_test
from pregao.calibration._reliability import (
    AFTER_BREAK_SESSIONS,
    NOMINAL_PERCENT,
    MarketConditions,
    Reliability,
    ReliabilityAccumulator,
    reliability,
)
from pregao.dataset import Split, make_dataset
from pregao.scores import Truth, observed_outcomes, score
from pregao.scores._quantiles import ForecastBlock, in_blocks
from pregao.testing import randomise_after, synthetic_prices
from pregao.training import LEVELS
from pregao.zoo.baselines import BASELINES

HORIZON = 4
STEPS = np.sqrt(np.arange(1, HORIZON + 1))


def made(seed=0, count=90, too_wide=1.0):
    """Two symbols on the same dates: quantiles, truth, conditions."""
    generator = np.random.default_rng(seed)
    symbols = np.repeat([0, 1], count // 2)
    last_price = np.array([5.0, 60.0])[symbols]
    returns = np.cumsum(generator.normal(size=(count, HORIZON)) * 0.01, axis=1)
    truth = Truth(
        symbols=symbols,
        names=("PETR4", "VALE3"),
        currencies=("BRL", "BRL"),
        sessions=np.datetime64("2020-01-01") + np.arange(count) % (count // 2),
        last_price=last_price,
        future_price=last_price[:, None] * np.exp(returns),
    )
    quantiles = np.tile(too_wide * 0.01 * STEPS[:, None] * norm.ppf(LEVELS), (count, 1, 1))
    conditions = MarketConditions(generator.random(count) < 0.3, generator.random(count) < 0.1)
    return quantiles, truth, conditions


@pytest.fixture(params=range(2))
def case(request):
    return made(request.param)


@pytest.fixture
def found(case):
    quantiles, truth, conditions = case
    return reliability(quantiles, LEVELS, truth, conditions)


def test_the_share_below_each_level_equals_a_count(case, found):
    quantiles, truth, _ = case
    expected = (truth.log_returns[..., None] < quantiles).mean(axis=0)

    np.testing.assert_allclose(expected, found.below)
    np.testing.assert_allclose(expected.mean(axis=0), found.below_overall)


def test_an_outcome_on_a_quantile_counts_half():
    quantiles, truth, conditions = made()
    still = replace(truth, future_price=np.repeat(truth.last_price[:, None], HORIZON, axis=1))

    below = np.array(reliability(quantiles, LEVELS, still, conditions).below)

    middle = LEVELS.index(0.5)
    assert (below[:, middle] == 0.5).all()
    assert (below[:, :middle] == 0).all()
    assert (below[:, middle + 1 :] == 1).all()


def test_overall_coverage_and_pit_equal_those_of_the_scores(case, found):
    quantiles, truth, _ = case
    metrics = score(quantiles, LEVELS, truth)

    assert metrics.pit == found.pit
    for percent, share in zip(NOMINAL_PERCENT, found.overall.shares, strict=True):
        name = f"coverage_{percent}"
        assert pytest.approx(getattr(metrics, name)) == share
        np.testing.assert_allclose(metrics.per_step[name], found.overall.per_step[name])


@pytest.mark.parametrize(
    ("kind", "flags"), [("volatile", "is_volatile"), ("after_break", "is_after_break")]
)
def test_conditional_coverage_equals_that_of_the_selected_windows(case, found, kind, flags):
    quantiles, truth, conditions = case
    chosen = getattr(conditions, flags)
    scoring = ForecastBlock(quantiles[chosen], LEVELS, truth.take(chosen))
    low, high = scoring.interval(90)

    coverage = getattr(found, kind)

    assert int(chosen.sum()) == coverage.num_windows
    expected = ((low <= scoring.returns) & (scoring.returns <= high)).mean(axis=0)
    np.testing.assert_allclose(expected, coverage.per_step["coverage_90"])
    assert pytest.approx(expected.mean()) == coverage.coverage_90


def test_without_windows_there_is_no_coverage():
    quantiles, truth, conditions = made()
    never = replace(conditions, is_after_break=np.zeros(len(truth), np.bool_))

    after_break = reliability(quantiles, LEVELS, truth, never).after_break

    assert (0, (None,) * 4, {}) == (
        after_break.num_windows,
        after_break.shares,
        after_break.per_step,
    )


@given(st.integers(1, 89))
def test_reliability_does_not_depend_on_the_blocks_of_windows(border):
    quantiles, truth, conditions = made()
    tally = ReliabilityAccumulator.empty(LEVELS, truth, conditions)
    for block in (slice(0, border), slice(border, None)):
        tally = tally.plus(ForecastBlock(quantiles[block], LEVELS, truth.take(block)))

    assert reliability(quantiles, LEVELS, truth, conditions) == tally.reliability()


def test_an_incomplete_accumulator_is_an_error():
    quantiles, truth, conditions = made()
    tally = ReliabilityAccumulator.empty(LEVELS, truth, conditions)
    (first,) = in_blocks(quantiles[:80], LEVELS, truth.take(slice(80)))

    with pytest.raises(AssertionError, match="every window"):
        tally.plus(first).reliability()


def test_reliability_equals_its_own_json(found):
    assert found == Reliability.model_validate_json(found.model_dump_json())


# Conditions


def market(prices):
    return make_dataset(
        prices, features=("return",), lookback=20, horizon=3, split=Split()
    ).sealed_test


TWO = (synthetic_prices("PETR4", 500, seed=1), synthetic_prices("NVDA", 450, seed=2))


def test_a_window_is_volatile_above_the_upper_tercile_of_the_sessions_before_the_part():
    test = market(TWO)
    found = MarketConditions.from_windows([test]).is_volatile

    for symbol in range(2):
        rows = test.source.symbol_rows(symbol)
        own = test.for_symbol(symbol).cutoff_rows
        before = np.sort(test.sigma[rows.start : own[0]])
        place = 2 / 3 * (len(before) - 1)
        low = int(place)
        threshold = before[low] + (place - low) * (before[low + 1] - before[low])
        np.testing.assert_array_equal(
            test.sigma[own] > threshold, found[test.symbol_index == symbol]
        )
    assert 0 < found.sum() < len(test)


def test_windows_are_after_a_break_for_twenty_sessions():
    test = market(TWO)
    returns = test.source.returns.copy()
    broken = int(test.for_symbol(0).cutoff_rows[5])
    returns[:] = 0.0
    returns[broken] = -4.01 * test.sigma[broken - 1]
    shaken = replace(test, source=replace(test.source, returns=returns))

    found = MarketConditions.from_windows([shaken]).is_after_break

    expected = np.arange(broken, broken + AFTER_BREAK_SESSIONS)
    np.testing.assert_array_equal(expected, test.cutoff_rows[found])
    returns[broken] *= 4 / 4.02
    assert not MarketConditions.from_windows([shaken]).is_after_break.any()


def test_the_border_between_two_symbols_is_no_break():
    test = market(TWO)
    seam = int(test.source.symbol_starts[1])
    sigma, returns = test.sigma.copy(), np.zeros(len(test.source))
    sigma[seam - 1] = 1e-9
    returns[seam] = 1.0
    shaken = replace(
        test,
        source=replace(test.source, returns=returns, sigma=sigma),
        cutoff_rows=np.arange(seam, seam + 30),
    )

    assert not MarketConditions.from_windows([shaken]).is_after_break.any()


@given(row=st.integers(0, 60), seed=st.integers(0, 2**16))
def test_market_conditions_do_not_depend_on_later_sessions(row, seed):
    prices = TWO[0]
    test = market([prices])
    cutoff = int(test.cutoff_rows[row])
    expected = MarketConditions.from_windows([test])

    noisy = market([randomise_after(prices, cutoff, seed=seed)])
    found = MarketConditions.from_windows([noisy])

    np.testing.assert_array_equal(expected.is_volatile[: row + 1], found.is_volatile[: row + 1])
    np.testing.assert_array_equal(
        expected.is_after_break[: row + 1], found.is_after_break[: row + 1]
    )


def test_conditions_of_several_datasets_are_in_the_order_of_their_outcomes():
    parts = [market([each]) for each in TWO]
    quantiles = np.concatenate(
        [BASELINES["anchor"].fit(each, LEVELS, 0).quantiles(each) for each in parts]
    )

    found = reliability(
        quantiles, LEVELS, observed_outcomes(parts), MarketConditions.from_windows(parts)
    )

    assert ["PETR4", "NVDA"] == [each.symbol for each in found.misses]
    assert [len(each) for each in parts] == [each.num_windows for each in found.misses]


# Size of the tests


def overlapping(seed, *, dates=300, horizon=5, too_wide=1.0):
    """Return counts below each level of overlapping sums of four correlated symbols."""
    generator = np.random.default_rng(seed)
    common = generator.normal(size=(dates + horizon, 1))
    steps = 0.7 * common + np.sqrt(1 - 0.49) * generator.normal(size=(dates + horizon, 4))
    total = np.cumsum(steps, axis=0)
    sums = (total[horizon:] - total[:-horizon]) / np.sqrt(horizon)
    below = (sums[..., None] < too_wide * norm.ppf(LEVELS)).sum(axis=1)
    return below.astype(np.float64), np.full(dates, 4.0)


def test_uniformity_of_calibrated_forecasts_is_rarely_rejected():
    rejected = [
        uniformity_test(*overlapping(seed), LEVELS, horizon=5).is_rejected for seed in range(60)
    ]

    # The null is slightly too narrow, as long runs are rare in a short sample.
    assert sum(rejected) <= 9


@pytest.mark.parametrize("too_wide", [0.7, 1.4])
def test_uniformity_of_miscalibrated_forecasts_is_rejected(too_wide):
    found = uniformity_test(*overlapping(1, too_wide=too_wide), LEVELS, horizon=5)

    assert found.is_rejected
    assert found.p_value < 0.01


def test_overlap_and_shared_dates_raise_the_critical_value():
    below, counts = overlapping(3, dates=1000)
    shuffled = np.random.default_rng(0).permutation(below)

    with_overlap = uniformity_test(below, counts, LEVELS, horizon=5)
    without = uniformity_test(shuffled, counts, LEVELS, horizon=1)

    assert with_overlap.statistic == pytest.approx(without.statistic)
    assert with_overlap.critical > 1.3 * without.critical


def test_the_critical_value_at_one_level_equals_the_normal_approximation():
    below = (np.random.default_rng(0).random((4000, 1)) < 0.5).astype(np.float64)

    found = uniformity_test(below, np.ones(4000), (0.5,), horizon=1)

    assert pytest.approx(1.96 / np.sqrt(4000), rel=0.12) == found.critical


def test_the_uniformity_test_is_reproducible():
    below, counts = overlapping(2)

    assert uniformity_test(below, counts, LEVELS, horizon=5) == uniformity_test(
        below, counts, LEVELS, horizon=5
    )


@given(st.integers(0, 2**16), st.integers(20, 400), st.floats(0.0, 0.5))
def test_coverage_tests_equal_ratios_of_binomial_likelihoods(seed, count, rate):
    missed = np.random.default_rng(seed).random(count) < rate
    misses = int(missed.sum())

    found = coverage_test(missed, 90, symbol="PETR4")

    ratio = binom.logpmf(misses, count, misses / count) - binom.logpmf(misses, count, 0.1)
    assert pytest.approx(2 * ratio, abs=1e-7) == found.coverage.statistic
    pairs = list(zip(missed[:-1], missed[1:], strict=True))
    after = {state: [b for a, b in pairs if a == state] for state in (True, False)}
    common = np.mean([b for _, b in pairs])
    independence = sum(
        binom.logpmf(sum(each), len(each), np.mean(each))
        - binom.logpmf(sum(each), len(each), common)
        for each in after.values()
        if each
    )
    assert pytest.approx(2 * independence, abs=1e-7) == found.independence.statistic
    both = found.coverage.statistic + found.independence.statistic
    assert pytest.approx(chi2.sf(both, 2), abs=1e-9) == found.conditional.p_value


@pytest.mark.parametrize("missed", [np.zeros(50, np.bool_), np.ones(50, np.bool_)])
def test_coverage_tests_without_hits_or_without_misses_are_finite(missed):
    found = coverage_test(missed, 90, symbol="PETR4")

    assert 0.01 > found.coverage.p_value
    assert 1.0 == found.independence.p_value


def test_consecutive_misses_reject_independence_at_nominal_coverage():
    missed = np.arange(300) % 100 < 10

    found = coverage_test(missed, 90, symbol="PETR4")

    assert found.coverage.p_value > 0.9
    assert found.independence.p_value < 1e-6
    assert pytest.approx(30) == found.expected_missed
