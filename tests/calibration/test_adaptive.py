"""Adaptive conformal intervals: equality with a plain loop, and the laws of forecasters."""

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from pregao.calibration._adaptive import AdaptiveConformal
from pregao.calibration._conformal import CalibratedForecaster, Offsets
from pregao.dataset import Split, live_windows, make_dataset
from pregao.scores._quantiles import WINDOWS_AT_ONCE, level_widths
from pregao.scores._scoring import observed_outcomes
from pregao.testing import randomise_after, synthetic_prices
from pregao.training import LEVELS, Experiment, finish, train
from pregao.zoo.baselines import BASELINES, return_scale

HORIZON, LOOKBACK, WINDOW = 4, 6, 30
MEDIAN = LEVELS.index(0.5)
PRICES = synthetic_prices(sessions=420, seed=31)


@dataclass(frozen=True, eq=False)
class Rows:
    """A history of one or several symbols with constant sigma."""

    horizon: int
    lookback: int
    returns: np.ndarray
    sigma: np.ndarray
    realised_variance: np.ndarray
    table: np.ndarray
    cutoff_rows: np.ndarray
    first_rows: np.ndarray


@dataclass(frozen=True)
class Gaussian:
    """A Gaussian `too_wide` times too wide, with a median other than the last price."""

    too_wide: float = 1.0
    drift: float = 0.1

    def quantiles(self, past):
        shape = self.drift + self.too_wide * norm.ppf(LEVELS)
        return return_scale(past)[..., None] * shape


def made(seed, *, lengths=(120,), cutoffs=slice(None)):
    generator = np.random.default_rng(seed)
    firsts = np.cumsum([0, *lengths[:-1]])
    returns = generator.standard_t(5, sum(lengths)) * 0.01
    returns[firsts] = 0.0
    rows = [np.arange(f + LOOKBACK - 1, f + n) for f, n in zip(firsts, lengths, strict=True)]
    past = Rows(
        horizon=HORIZON,
        lookback=LOOKBACK,
        returns=returns,
        sigma=np.full(len(returns), 0.013),
        realised_variance=returns**2,
        table=generator.normal(size=(len(returns), 2)).astype(np.float32),
        cutoff_rows=np.concatenate(rows),
        first_rows=np.repeat(firsts, [len(each) for each in rows]),
    )
    return chosen(past, cutoffs)


def chosen(past, which):
    return replace(past, cutoff_rows=past.cutoff_rows[which], first_rows=past.first_rows[which])


def adaptive(forecaster=None, **changes):
    return AdaptiveConformal(forecaster or Gaussian(), LEVELS, window_sessions=WINDOW, **changes)


def test_the_width_equals_that_of_a_loop_over_known_outcomes():
    past = made(1, cutoffs=slice(0, None, 9))
    own, pace = Gaussian(0.8), 0.2
    weights = level_widths(LEVELS)[:MEDIAN] * norm.isf(LEVELS[:MEDIAN])
    weights /= weights.sum()
    found = adaptive(own, pace=pace).quantiles(past)

    for number, cutoff in enumerate(past.cutoff_rows):
        for step in range(1, HORIZON + 1):
            log_width = 0.0
            for run in reversed(range(WINDOW // step)):
                excess = []
                for row in range(cutoff - (run + 2) * step + 1, cutoff - (run + 1) * step + 1):
                    if row < LOOKBACK - 1:
                        continue
                    assert row + step <= cutoff, "the outcome is known"
                    scale = 0.013 * np.sqrt(step)
                    off = past.returns[row + 1 : row + step + 1].sum() / scale - own.drift
                    reach = own.too_wide * norm.isf(LEVELS[:MEDIAN])
                    place = np.clip((np.log(np.abs(off) / reach) - log_width) / 0.2 + 0.5, 0, 1)
                    excess.append(weights @ (place - 2 * np.array(LEVELS[:MEDIAN])))
                if excess:
                    log_width += pace * np.mean(excess)
            shape = own.drift + np.exp(log_width) * own.too_wide * norm.ppf(LEVELS)
            expected = 0.013 * np.sqrt(step) * shape
            np.testing.assert_allclose(expected, found[number, step - 1], atol=1e-14)


@given(seed=st.integers(0, 2**16), place=st.integers(0, 110), noise=st.integers(0, 2**16))
def test_intervals_do_not_depend_on_anything_after_the_cutoff(seed, place, noise):
    past = made(seed, cutoffs=slice(place, place + 1))
    after = past.cutoff_rows[0] + 1
    generator = np.random.default_rng(noise)

    def disturbed(values):
        return np.concatenate([values[:after], generator.normal(size=values[after:].shape)])

    tables = ("returns", "sigma", "realised_variance", "table")
    noisy = replace(past, **{name: disturbed(getattr(past, name)) for name in tables})
    truncated = replace(past, **{name: getattr(past, name)[:after] for name in tables})

    expected = adaptive().quantiles(past).tobytes()

    assert expected == adaptive().quantiles(noisy).tobytes()
    assert expected == adaptive().quantiles(truncated).tobytes()


@given(seed=st.integers(0, 2**16), place=st.integers(0, 200))
def test_intervals_of_a_window_do_not_depend_on_its_batch(seed, place):
    past = made(seed, lengths=(120, 90))
    place %= len(past.cutoff_rows)

    together = adaptive().quantiles(past)[place]
    alone = adaptive().quantiles(chosen(past, slice(place, place + 1)))[0]

    assert together.tobytes() == alone.tobytes()


@given(st.integers(0, 2**16), st.permutations(range(12)))
def test_the_order_of_windows_does_not_matter(seed, order):
    past = made(seed, cutoffs=slice(50, 62))

    expected = adaptive().quantiles(past)[order]

    np.testing.assert_array_equal(expected, adaptive().quantiles(chosen(past, order)))


@given(st.integers(0, 2**16))
def test_sessions_before_the_adaptation_window_have_no_effect(seed):
    past = made(seed, cutoffs=slice(-1, None))
    forgotten = past.cutoff_rows[0] - WINDOW - HORIZON
    earlier = past.returns.copy()
    earlier[:forgotten] *= 7

    expected = adaptive().quantiles(past)

    np.testing.assert_array_equal(expected, adaptive().quantiles(replace(past, returns=earlier)))


def test_widths_of_a_symbol_do_not_depend_on_other_symbols():
    both = made(3, lengths=(80, 70))
    own = both.first_rows == 80

    calm = replace(both, returns=np.where(np.arange(150) < 80, 0.0, both.returns))

    np.testing.assert_array_equal(adaptive().quantiles(both)[own], adaptive().quantiles(calm)[own])


def test_the_history_of_many_symbols_is_forecast_in_blocks():
    counts = []

    class Counting(Gaussian):
        def quantiles(self, past):
            counts.append(len(past.cutoff_rows))
            return super().quantiles(past)

    past = made(5, lengths=(60,) * 100)
    last = chosen(past, np.flatnonzero(np.diff(past.first_rows, append=-1)))

    together = adaptive(Counting()).quantiles(last)

    assert sum(counts) > WINDOWS_AT_ONCE >= max(counts)
    for place in (0, 61, 99):
        alone = adaptive().quantiles(chosen(last, slice(place, place + 1)))
        assert np.array_equal(alone, together[place : place + 1])


def test_the_first_cutoff_of_a_history_has_the_forecasters_own_width():
    past = made(4, cutoffs=slice(0, 1))

    np.testing.assert_allclose(Gaussian().quantiles(past), adaptive().quantiles(past), atol=1e-15)


def test_rows_with_missing_features_are_not_forecast():
    past = made(5)
    table = past.table.copy()
    table[:20] = np.nan
    past = chosen(replace(past, table=table), past.cutoff_rows >= 20 + LOOKBACK - 1)
    asked = []

    @dataclass(frozen=True)
    class Watched:
        def quantiles(self, past):
            asked.extend(past.cutoff_rows.tolist())
            return Gaussian().quantiles(past)

    adaptive(Watched()).quantiles(past)

    assert list(range(20 + LOOKBACK - 1, 120)) == asked


@pytest.mark.parametrize("too_wide", [0.6, 1.6])
def test_adaptation_corrects_a_wrong_width(too_wide):
    past = made(6, lengths=(1500,), cutoffs=slice(400, 1400))
    steps = np.arange(1, HORIZON + 1)
    total = np.cumsum(past.returns)
    came = total[past.cutoff_rows[:, None] + steps] - total[past.cutoff_rows, None]

    def coverage(forecaster):
        said = forecaster.quantiles(past)
        low, high = said[..., LEVELS.index(0.05)], said[..., LEVELS.index(0.95)]
        return ((low <= came) & (came <= high)).mean(axis=0)

    own, followed = Gaussian(too_wide, 0.0), AdaptiveConformal(Gaussian(too_wide, 0.0), LEVELS)

    assert (np.abs(coverage(followed) - 0.9) < 0.5 * np.abs(coverage(own) - 0.9)).all()


@given(st.integers(0, 2**16), st.floats(0.01, 1.0), st.floats(0.1, 5.0))
def test_ranges_stay_finite_and_ordered_around_the_same_median(seed, pace, too_wide):
    past = made(seed, cutoffs=slice(60, 80))

    said = adaptive(Gaussian(too_wide), pace=pace).quantiles(past)

    assert np.isfinite(said).all()
    assert (np.diff(said, axis=-1) > 0).all()
    np.testing.assert_array_equal(
        Gaussian(too_wide).quantiles(past)[..., MEDIAN], said[..., MEDIAN]
    )


def test_constant_prices_give_finite_intervals():
    past = made(7)
    flat = replace(past, returns=np.zeros(120), sigma=np.full(120, 1e-5))

    assert np.isfinite(adaptive(Gaussian(drift=0.0)).quantiles(flat)).all()


@cache
def dataset():
    experiment = EXPERIMENT
    return make_dataset(
        [PRICES],
        features=experiment.features,
        lookback=experiment.lookback,
        horizon=experiment.horizon,
        split=Split(train_fraction=0.6, validation_fraction=0.2),
    )


EXPERIMENT = Experiment(
    symbols=("TEST3",), lookback=16, horizon=3, epochs=1, learning_rate=1e-2, network="lstm_classic"
)


@cache
def calibrated(name):
    """A forecaster with both calibrations, as it would be served."""
    data = dataset()
    fit = BASELINES[name].fit if name in BASELINES else None
    own = fit(data.train, LEVELS, 0) if fit else finish(train(EXPERIMENT, data))
    part = data.validation
    offsets = Offsets.fit(
        own.quantiles(part), observed_outcomes([part]), return_scale(part), levels=LEVELS
    )
    return AdaptiveConformal(CalibratedForecaster(own, offsets), LEVELS, window_sessions=60)


def at_cutoff(prices, row):
    live = live_windows([prices], scaler=dataset().scaler, lookback=16, horizon=3)
    return replace(live, cutoff_rows=np.array([row]))


@pytest.mark.parametrize("name", ["lstm_classic", *BASELINES])
@settings(max_examples=2)
@given(row=st.integers(200, 415), seed=st.integers(0, 2**16))
def test_calibrated_forecasts_do_not_depend_on_later_prices(name, row, seed):
    forecaster = calibrated(name)
    expected = forecaster.quantiles(at_cutoff(PRICES, row)).tobytes()

    disturbed = forecaster.quantiles(at_cutoff(randomise_after(PRICES, row, seed=seed), row))
    truncated = forecaster.quantiles(at_cutoff(PRICES.up_to(PRICES.sessions[row]), row))

    assert expected == disturbed.tobytes()
    assert expected == truncated.tobytes()


@pytest.mark.parametrize("name", ["lstm_classic", *BASELINES])
def test_the_served_forecast_equals_the_evaluated_one(name):
    part = dataset().sealed_test

    together = calibrated(name).quantiles(part)

    # Networks compute in float32, whose last bits depend on the batch.
    tolerance = 0 if name in BASELINES else 1e-6
    for place in (0, 17, len(part) - 1):
        alone = calibrated(name).quantiles(part.take(slice(place, place + 1)))[0]
        np.testing.assert_allclose(together[place], alone, rtol=0, atol=tolerance)
