"""Scores against other implementations, and the laws they keep."""

import json
from dataclasses import replace

import numpy as np
import pytest
import scoringrules
import sklearn.metrics
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm

from pregao.scores import SCORES, Metrics, Truth, score, skill, window_crps
from pregao.scores._quantiles import WINDOWS_AT_ONCE, ForecastBlock, level_widths, pit_histogram
from pregao.scores._scores import ScoreAccumulator
from pregao.training import LEVELS

MEDIAN = LEVELS.index(0.5)
HORIZON = 4


def made_truth(seed, count=60, num_symbols=3):
    generator = np.random.default_rng(seed)
    symbols = np.sort(generator.integers(0, num_symbols, count))
    last_price = np.array([5.0, 60.0, 900.0])[symbols] * np.exp(generator.normal(0, 0.1, count))
    returns = np.cumsum(generator.standard_t(4, (count, HORIZON)) * 0.01, axis=1)
    return Truth(
        symbols=symbols,
        names=("PETR4", "VALE3", "NVDA"),
        currencies=("BRL", "BRL", "USD"),
        sessions=np.datetime64("2020-01-01") + np.arange(count),
        last_price=last_price,
        future_price=last_price[:, None] * np.exp(returns),
    )


def made_quantiles(seed, count=60, centre=0.003, scale=0.012):
    generator = np.random.default_rng([seed, 1])
    median = generator.normal(0, centre, (count, HORIZON))
    width = scale * np.sqrt(np.arange(1, HORIZON + 1)) * generator.uniform(0.5, 2, (count, 1))
    return median[..., None] + width[..., None] * norm.ppf(LEVELS)


@pytest.fixture(params=range(3))
def seed(request):
    return request.param


@pytest.fixture
def truth(seed):
    return made_truth(seed)


@pytest.fixture
def quantiles(seed):
    return made_quantiles(seed)


@pytest.fixture
def metrics(quantiles, truth):
    return score(quantiles, LEVELS, truth)


@pytest.fixture
def price(quantiles, truth):
    return truth.last_price[:, None] * np.exp(quantiles[..., MEDIAN])


def last_price_forecast(count, width=0.02):
    return np.zeros((count, HORIZON, 1)) + width * norm.ppf(LEVELS)


def test_every_score_is_a_field_and_has_a_value_per_step(metrics):
    expected = set(SCORES) | {"num_windows", "num_symbols", "horizon", "per_step", "pit"}

    assert expected == set(Metrics.model_fields)
    assert list(SCORES) == list(metrics.per_step)
    assert {HORIZON} == {len(steps) for steps in metrics.per_step.values()}


@pytest.mark.parametrize("name", SCORES)
def test_overall_score_pools_its_steps(name, metrics):
    steps = np.array(metrics.per_step[name])
    expected = np.sqrt(np.mean(steps**2)) if name == "rmse" else np.mean(steps)

    assert pytest.approx(expected) == getattr(metrics, name)


def test_metrics_equal_their_own_json(metrics):
    assert metrics == Metrics.model_validate_json(metrics.model_dump_json())
    assert set(SCORES) <= set(json.loads(metrics.model_dump_json()))


def test_point_errors_equal_those_of_sklearn(metrics, price, truth):
    came = truth.future_price

    assert pytest.approx(sklearn.metrics.mean_absolute_error(came, price)) == metrics.mae
    expected_rmse = sklearn.metrics.root_mean_squared_error(came.ravel(), price.ravel())
    assert pytest.approx(expected_rmse) == metrics.rmse
    expected_mape = 100 * sklearn.metrics.mean_absolute_percentage_error(came, price)
    assert pytest.approx(expected_mape) == metrics.mape
    expected_steps = sklearn.metrics.mean_absolute_error(came, price, multioutput="raw_values")
    np.testing.assert_allclose(expected_steps, metrics.per_step["mae"])


def test_smape_equals_a_loop(metrics, price, truth):
    pairs = zip(price.ravel(), truth.future_price.ravel(), strict=True)
    expected = np.mean([100 * abs(said - came) / ((said + came) / 2) for said, came in pairs])

    assert pytest.approx(expected) == metrics.smape


def test_mase_equals_a_loop_over_symbols(metrics, price, truth):
    ratios = []
    for symbol in range(3):
        own = truth.symbols == symbol
        naive = np.mean(np.abs(truth.future_price[own, 0] - truth.last_price[own]))
        ratios.append(np.mean(np.abs(truth.future_price[own] - price[own])) / naive)

    assert pytest.approx(np.mean(ratios)) == metrics.mase


def test_mase_of_the_last_price_is_exactly_one_at_the_first_step(truth):
    metrics = score(last_price_forecast(len(truth)), LEVELS, truth)

    assert metrics.per_step["mase"][0] == 1.0


def test_mase_stays_finite_where_prices_never_move(truth):
    still = replace(truth, future_price=np.repeat(truth.last_price[:, None], HORIZON, axis=1))

    metrics = score(last_price_forecast(len(truth)), LEVELS, still)

    assert metrics.mase == 0.0
    assert metrics.r2_returns == 0.0


def test_r2_on_returns_equals_that_of_sklearn(metrics, quantiles, truth):
    came = np.log(truth.future_price / truth.last_price[:, None])
    expected = sklearn.metrics.r2_score(
        came, quantiles[..., MEDIAN], multioutput="raw_values", force_finite=False
    )

    np.testing.assert_allclose(expected, metrics.per_step["r2_returns"])


def test_pinball_equals_that_of_sklearn(metrics, quantiles, truth):
    came = 100 * np.log(truth.future_price / truth.last_price[:, None])
    expected = np.mean(
        [
            sklearn.metrics.mean_pinball_loss(came, 100 * quantiles[..., number], alpha=level)
            for number, level in enumerate(LEVELS)
        ]
    )

    assert pytest.approx(expected) == metrics.pinball


def test_pinball_equals_the_quantile_score_of_scoringrules(quantiles, truth):
    came = truth.log_returns
    own = ForecastBlock(quantiles, LEVELS, truth).pinball

    for number, level in enumerate(LEVELS):
        expected = 100 * scoringrules.quantile_score(came, quantiles[..., number], level)
        np.testing.assert_allclose(expected, own[..., number], atol=1e-12)


def test_crps_lies_within_one_percent_of_the_exact_one_of_a_gaussian():
    count = 20_000
    generator = np.random.default_rng(0)
    came = generator.normal(0, 0.02, (count, 1))
    truth = Truth(
        symbols=np.zeros(count, np.intp),
        names=("SP500",),
        currencies=("USD",),
        sessions=np.datetime64("2020-01-01") + np.arange(count),
        last_price=np.ones(count),
        future_price=np.exp(came),
    )
    quantiles = np.tile(0.02 * norm.ppf(LEVELS), (count, 1, 1))

    own = window_crps(quantiles, LEVELS, truth).mean()

    exact = 100 * scoringrules.crps_normal(came, 0.0, 0.02).mean()
    assert pytest.approx(exact, rel=0.01) == own
    assert own < exact


def test_crps_equals_numeric_integration_over_the_levels(quantiles, truth):
    window, step = 5, 2
    came = truth.log_returns[window, step]
    forecast = quantiles[window, step]

    def loss(level):
        # Interpolated in the loss, as the trapezoid rule does; 0 at both ends.
        errors = came - forecast
        losses = [max(a * e, (a - 1) * e) for a, e in zip(LEVELS, errors, strict=True)]
        return np.interp(level, [0, *LEVELS, 1], [0, *losses, 0])

    expected = 200 * quad(loss, 0, 1, points=LEVELS, limit=200)[0]

    own = window_crps(quantiles, LEVELS, truth)
    assert (len(truth), HORIZON) == own.shape
    assert pytest.approx(expected, rel=1e-7) == own[window, step]


def test_crps_of_many_levels_approaches_that_of_scoringrules(truth):
    levels = tuple(np.arange(1, 1000) / 1000)
    quantiles = np.zeros((len(truth), HORIZON, 1)) + 0.015 * norm.ppf(levels)

    own = window_crps(quantiles, levels, truth)

    exact = 100 * scoringrules.crps_normal(truth.log_returns, 0.0, 0.015)
    np.testing.assert_allclose(exact, own, atol=0.003)


def test_crps_of_the_truth_itself_is_zero(truth):
    knowing = np.repeat(truth.log_returns[..., None], len(LEVELS), axis=2)

    metrics = score(knowing, LEVELS, truth)

    assert metrics.crps == 0.0
    assert pytest.approx(0.0, abs=1e-10) == metrics.mae
    assert metrics.coverage_50 == 1.0
    assert metrics.width_95 == 0.0
    assert metrics.r2_returns == 1.0


def test_crps_is_the_error_of_the_median_where_there_is_no_spread(truth):
    certain = np.zeros((len(truth), HORIZON, len(LEVELS)))

    own = window_crps(certain, LEVELS, truth)

    # The outer shares of the levels are halved, as the loss is taken to end at 0 there.
    assert pytest.approx(np.abs(truth.log_returns).mean() * 100, rel=0.015) == own.mean()


def test_weights_of_the_levels_are_positive_and_leave_half_of_each_outer_share():
    widths = level_widths(LEVELS)

    assert (widths > 0).all()
    assert pytest.approx(1 - (LEVELS[0] + 1 - LEVELS[-1]) / 2) == widths.sum()


@pytest.mark.parametrize("percent", [50, 80, 90, 95])
def test_coverage_and_width_equal_a_loop(percent, metrics, quantiles, truth):
    low = quantiles[..., LEVELS.index(round(0.5 - percent / 200, 3))]
    high = quantiles[..., LEVELS.index(round(0.5 + percent / 200, 3))]
    inside, widths = [], []
    for window in range(len(truth)):
        for step in range(HORIZON):
            prices = truth.last_price[window] * np.exp([low[window, step], high[window, step]])
            inside.append(prices[0] <= truth.future_price[window, step] <= prices[1])
            widths.append(100 * (prices[1] - prices[0]) / truth.last_price[window])

    assert pytest.approx(np.mean(inside)) == getattr(metrics, f"coverage_{percent}")
    assert pytest.approx(np.mean(widths)) == getattr(metrics, f"width_{percent}")


def test_hit_rate_equals_a_loop_with_halves_for_ties(truth):
    quantiles = made_quantiles(9)
    quantiles[:10] -= quantiles[:10, :, MEDIAN, None]
    tied = truth.future_price.copy()
    tied[20:25] = truth.last_price[20:25, None]
    truth = replace(truth, future_price=tied)
    hits = []
    for window in range(len(truth)):
        for step in range(HORIZON):
            said = quantiles[window, step, MEDIAN]
            came = tied[window, step] - truth.last_price[window]
            hits.append(0.5 if said == 0 or came == 0 else float((said > 0) == (came > 0)))

    metrics = score(quantiles, LEVELS, truth)

    assert pytest.approx(np.mean(hits)) == metrics.hit_rate


def test_hit_rate_of_the_last_price_is_one_half_and_of_optimism_that_of_always_up(truth):
    flat = last_price_forecast(len(truth))

    assert score(flat, LEVELS, truth).hit_rate == 0.5
    optimist = score(flat + 0.001, LEVELS, truth)
    assert optimist.hit_rate_always_up == optimist.hit_rate
    pessimist = score(flat - 0.001, LEVELS, truth)
    assert pytest.approx(1 - pessimist.hit_rate) == pessimist.hit_rate_always_up


def test_pit_equals_a_histogram_of_the_interpolated_distribution(metrics, quantiles, truth):
    transformed = [
        np.interp(came, forecast, LEVELS)
        for came, forecast in zip(
            truth.log_returns.ravel(), quantiles.reshape(-1, len(LEVELS)), strict=True
        )
    ]

    expected, _ = np.histogram(transformed, bins=20, range=(0, 1))

    np.testing.assert_allclose(expected / len(transformed), metrics.pit)


def test_pit_of_a_calibrated_forecast_is_flat_and_of_a_narrow_one_a_valley():
    count = 5000
    came = np.random.default_rng(3).normal(0, 0.02, (count, 1))
    truth = replace(
        made_truth(0, count),
        last_price=np.ones(count),
        future_price=np.exp(came),
    )
    calibrated = np.tile(0.02 * norm.ppf(LEVELS), (count, 1, 1))

    flat = pit_histogram(ForecastBlock(calibrated, LEVELS, truth))
    valley = pit_histogram(ForecastBlock(calibrated / 2, LEVELS, truth))

    np.testing.assert_allclose(flat, 0.05, atol=0.012)
    assert valley[0] > 0.15
    assert valley[-1] > 0.15


def test_levels_between_those_given_are_interpolated(truth):
    levels = (0.02, 0.04, 0.5, 0.96, 0.98)
    quantiles = np.zeros((len(truth), HORIZON, 1)) + np.array([-4.0, -2.0, 0.0, 2.0, 4.0])

    at = ForecastBlock(quantiles, levels, truth).at(0.025)

    np.testing.assert_allclose(at, -3.5)


def test_scores_do_not_depend_on_the_order_of_the_windows(metrics, quantiles, truth):
    order = np.random.default_rng(1).permutation(len(truth))
    shuffled = replace(
        truth,
        symbols=truth.symbols[order],
        sessions=truth.sessions[order],
        last_price=truth.last_price[order],
        future_price=truth.future_price[order],
    )

    again = score(quantiles[order], LEVELS, shuffled)

    assert pytest.approx(metrics.per_step["mase"]) == again.per_step["mase"]
    assert pytest.approx(metrics.crps) == again.crps


@given(st.integers(0, 10_000), st.sets(st.integers(1, 59)))
@settings(max_examples=50, deadline=None)
def test_scores_are_the_same_to_the_last_bit_wherever_the_windows_are_cut(seed, cuts):
    truth, quantiles = made_truth(seed), made_quantiles(seed)
    stops = [*sorted(cuts), len(truth)]

    accumulator = ScoreAccumulator.empty(truth)
    for start, stop in zip([0, *stops], stops, strict=False):
        block = slice(start, stop)
        accumulator = accumulator.plus(ForecastBlock(quantiles[block], LEVELS, truth.take(block)))

    assert score(quantiles, LEVELS, truth) == accumulator.metrics(truth)


def test_scores_of_more_windows_than_one_block_equal_those_in_one_piece():
    count = 2 * WINDOWS_AT_ONCE + 100
    truth, quantiles = made_truth(0, count), made_quantiles(0, count)
    whole = ForecastBlock(quantiles, LEVELS, truth)

    expected = ScoreAccumulator.empty(truth).plus(whole).metrics(truth)

    assert expected == score(quantiles, LEVELS, truth)
    np.testing.assert_array_equal(whole.crps, window_crps(quantiles, LEVELS, truth))


def test_symbols_without_a_window_count_for_nothing(truth, quantiles):
    more = replace(truth, names=(*truth.names, "AAPL"), currencies=(*truth.currencies, "USD"))

    assert score(quantiles, LEVELS, truth) == score(quantiles, LEVELS, more)


@given(st.integers(0, 10_000), st.floats(1e-3, 1e3))
@settings(max_examples=30, deadline=None)
def test_scores_stay_in_range_and_follow_the_currency(seed, factor):
    truth, quantiles = made_truth(seed, 12), made_quantiles(seed, 12)
    dearer = replace(
        truth, last_price=factor * truth.last_price, future_price=factor * truth.future_price
    )

    own, other = score(quantiles, LEVELS, truth), score(quantiles, LEVELS, dearer)

    for percent in (50, 80, 90, 95):
        assert 0 <= getattr(own, f"coverage_{percent}") <= 1
    assert own.coverage_50 <= own.coverage_80 <= own.coverage_90 <= own.coverage_95
    assert own.width_50 <= own.width_80 <= own.width_90 <= own.width_95
    assert 0 <= own.hit_rate <= 1
    assert own.r2_returns <= 1
    assert min(own.crps, own.pinball, own.mae, own.rmse, own.mape, own.smape, own.mase) >= 0
    assert own.smape <= 200
    assert pytest.approx(1) == sum(own.pit)
    assert pytest.approx(factor * own.mae) == other.mae
    assert pytest.approx(own.mase) == other.mase
    assert pytest.approx(own.crps) == other.crps


@pytest.mark.parametrize(
    ("own", "naive", "expected"), [(0.9, 1.0, 0.1), (2.0, 1.0, -1.0), (0.0, 0.0, 0.0), (1, 0, -1)]
)
def test_skill_is_the_share_of_the_naive_score_saved(own, naive, expected):
    assert pytest.approx(expected) == skill(own, naive)


@pytest.mark.parametrize(
    "broken",
    [
        {"last_price": np.zeros(60)},
        {"future_price": np.full((60, HORIZON), np.nan)},
        {"symbols": np.full(60, 3)},
        {"sessions": np.arange(5).astype("datetime64[D]")},
        {"currencies": ("BRL",)},
    ],
)
def test_truth_that_cannot_be_is_refused(broken):
    with pytest.raises(AssertionError):
        replace(made_truth(0), **broken)


def test_forecast_of_other_windows_is_refused(truth, quantiles):
    for other in (quantiles[:-1], np.concatenate([quantiles, quantiles])):
        with pytest.raises(AssertionError):
            score(other, LEVELS, truth)
        with pytest.raises(AssertionError):
            window_crps(other, LEVELS, truth)
