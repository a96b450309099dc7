"""Scoring a forecaster on a dataset equals scoring its quantiles."""

import tracemalloc
from dataclasses import dataclass

import numpy as np
import pytest
from scipy.stats import norm

from pregao.dataset import Split, make_dataset
from pregao.evaluation import compare
from pregao.instruments import Symbol
from pregao.prices import Bars, Prices
from pregao.scores import observed_outcomes, score_forecasters, score_quantiles
from pregao.training import LEVELS

HORIZON = 3


def made_prices(ticker, seed, count=700):
    generator = np.random.default_rng(seed)
    close = 30 * np.exp(np.cumsum(generator.normal(0, 0.01, count)))
    opened = close * np.exp(generator.normal(0, 0.003, count))
    columns = {
        "open": opened,
        "high": np.maximum(opened, close) * 1.004,
        "low": np.minimum(opened, close) * 0.996,
        "close": close,
        # A dividend: the adjusted history lies below the quoted one.
        "adj_close": close * np.where(np.arange(count) < 600, 0.97, 1.0),
        "volume": generator.integers(1000, 9000, count),
    }
    sessions = np.datetime64("2015-01-01") + np.arange(count)
    return Prices(Symbol.parse(ticker), Bars.from_columns(sessions, columns), "made")


def made_dataset(*prices):
    return make_dataset(
        prices, features=["return", "range"], lookback=20, horizon=HORIZON, split=Split()
    )


@dataclass(frozen=True)
class Fixed:
    """Forecast a width out of the volatility at the cutoff."""

    factor: float = 1.0

    def quantiles(self, past):
        spread = past.sigma[past.cutoff_rows][:, None] * np.sqrt(np.arange(1, HORIZON + 1))
        return self.factor * spread[..., None] * norm.ppf(LEVELS)


@dataclass(frozen=True)
class Drawn:
    """Draw quantiles for each row of the table once, so that a window keeps its own."""

    seed: int = 0

    def quantiles(self, past):
        drawn = np.random.default_rng(self.seed).normal(
            0, 0.02, (len(past.returns), HORIZON, len(LEVELS))
        )
        return np.sort(drawn, axis=-1)[past.cutoff_rows]


@dataclass(frozen=True)
class Detailed:
    """Forecast many quantiles, of the given windows alone."""

    levels: tuple[float, ...] = tuple(np.arange(1, 400) / 400)

    def quantiles(self, past):
        spread = past.sigma[past.cutoff_rows][:, None, None] * np.ones((HORIZON, 1))
        return spread * norm.ppf(self.levels)


def assert_same(expected, scored):
    assert expected.metrics == scored.metrics
    assert expected.validation_crps == scored.validation_crps
    assert expected.windows == scored.windows
    np.testing.assert_array_equal(expected.loss, scored.loss)
    np.testing.assert_array_equal(expected.sessions, scored.sessions)


@pytest.fixture(scope="module")
def apart():
    return [made_dataset(made_prices("PETR4", 1)), made_dataset(made_prices("NVDA", 2))]


@pytest.fixture(scope="module")
def pooled():
    return made_dataset(made_prices("PETR4", 1), made_prices("NVDA", 2))


def test_truth_is_the_last_price_times_the_total_return(pooled):
    truth = observed_outcomes([pooled.sealed_test])
    windows = pooled.sealed_test

    assert truth.names == ("PETR4", "NVDA")
    assert truth.currencies == ("BRL", "USD")
    np.testing.assert_array_equal(windows.cutoffs, truth.sessions)
    np.testing.assert_allclose(windows.future_returns, truth.log_returns, atol=1e-12)
    np.testing.assert_array_equal(windows.last_price, truth.last_price)


def test_symbols_apart_and_pooled_have_the_same_truth(apart, pooled):
    expected = observed_outcomes([pooled.sealed_test])

    truth = observed_outcomes([each.sealed_test for each in apart])

    assert expected.digest == truth.digest
    assert {0, 1} == set(truth.symbols.tolist())


def test_scoring_a_forecaster_is_scoring_its_quantiles(pooled):
    forecaster = Fixed()
    expected = score_quantiles(
        forecaster.quantiles(pooled.validation),
        forecaster.quantiles(pooled.sealed_test),
        truth_validation=observed_outcomes([pooled.validation]),
        truth_test=observed_outcomes([pooled.sealed_test]),
        levels=LEVELS,
    )

    scored = score_forecasters([forecaster], [pooled], levels=LEVELS)

    assert_same(expected, scored)
    assert scored.metrics.num_symbols == 2
    assert len(pooled.sealed_test) == len(scored.loss)


def test_forecasters_apart_are_scored_together(apart):
    naive = score_forecasters([Fixed(1.5), Fixed(1.5)], apart, levels=LEVELS)
    scored = score_forecasters([Fixed(), Fixed()], apart, levels=LEVELS)

    comparison = compare({"gru_wide": scored}, {"random_walk": naive})

    assert comparison.edge
    assert comparison.forecaster("gru_wide").metrics.num_windows == sum(
        len(each.sealed_test) for each in apart
    )


@pytest.mark.parametrize("windows_at_once", [1, 7, 64, 10_000])
@pytest.mark.parametrize("forecaster", [Fixed(), Drawn(1), Drawn(2)])
def test_windows_scored_in_blocks_score_as_all_at_once(pooled, forecaster, windows_at_once):
    expected = score_quantiles(
        forecaster.quantiles(pooled.validation),
        forecaster.quantiles(pooled.sealed_test),
        truth_validation=observed_outcomes([pooled.validation]),
        truth_test=observed_outcomes([pooled.sealed_test]),
        levels=LEVELS,
    )

    scored = score_forecasters(
        [forecaster], [pooled], levels=LEVELS, windows_at_once=windows_at_once
    )

    assert_same(expected, scored)


@pytest.mark.parametrize("windows_at_once", [1, 50, 10_000])
def test_forecasters_apart_may_forecast_in_blocks(apart, windows_at_once):
    forecasters = [Drawn(1), Drawn(2)]
    expected = score_quantiles(
        np.concatenate(
            [one.quantiles(data.validation) for one, data in zip(forecasters, apart, strict=True)]
        ),
        np.concatenate(
            [one.quantiles(data.sealed_test) for one, data in zip(forecasters, apart, strict=True)]
        ),
        truth_validation=observed_outcomes([data.validation for data in apart]),
        truth_test=observed_outcomes([data.sealed_test for data in apart]),
        levels=LEVELS,
    )

    scored = score_forecasters(forecasters, apart, levels=LEVELS, windows_at_once=windows_at_once)

    assert_same(expected, scored)


def test_memory_of_scoring_does_not_grow_with_the_quantiles_of_all_windows():
    forecaster = Detailed()

    def scoring(count):
        dataset = made_dataset(made_prices("PETR4", 1, count))
        tracemalloc.start()
        scored = score_forecasters(
            [forecaster], [dataset], levels=forecaster.levels, windows_at_once=64
        )
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak, scored.metrics.num_windows

    scoring(700)  # modules loaded on first use do not count
    few, many = scoring(2_000), scoring(16_000)

    all_quantiles = (many[1] - few[1]) * HORIZON * len(forecaster.levels) * 8
    assert many[0] - few[0] < all_quantiles / 10
