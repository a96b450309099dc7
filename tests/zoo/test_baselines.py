"""What every baseline promises: it sees the past alone, and forecasts whatever the market does."""

import subprocess
import sys
from dataclasses import fields, replace

import numpy as np
import pytest

from pregao.training import LEVELS
from pregao.zoo.baselines import BASELINES, History, LabelledHistory


@pytest.fixture(scope="module", params=BASELINES)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def fitted(name, training):
    return BASELINES[name].fit(training, LEVELS, 11)


def noisy_after(part, row, seed=3):
    generator = np.random.default_rng(seed)

    def change(values):
        changed = values.copy()
        changed[row + 1 :] = generator.normal(scale=50, size=changed[row + 1 :].shape)
        return changed

    return part.with_tables(change)


def test_registry_key_is_the_name(name):
    assert name == BASELINES[name].name
    assert BASELINES[name].title
    assert BASELINES[name].description.endswith(".")


def test_quantiles_are_finite_ordered_and_of_the_declared_shape(fitted, later):
    forecast = fitted.quantiles(later)

    assert (len(later.cutoff_rows), later.horizon, len(LEVELS)) == forecast.shape
    assert np.float64 == forecast.dtype
    assert np.isfinite(forecast).all()
    assert (np.diff(forecast, axis=-1) >= 0).all()


def test_forecast_reads_nothing_after_its_cutoff(fitted, later):
    forecast = fitted.quantiles(later)
    for number in (0, 57, len(later.cutoff_rows) - 1):
        row = later.cutoff_rows[number]
        one = later.take([number])

        noisy, cut = noisy_after(one, row), one.up_to(row)

        np.testing.assert_array_equal(forecast[number], fitted.quantiles(noisy)[0])
        np.testing.assert_array_equal(forecast[number], fitted.quantiles(cut)[0])


def test_forecast_does_not_depend_on_other_cutoffs(fitted, later):
    forecast = fitted.quantiles(later)
    shuffled = np.random.default_rng(0).permutation(len(later.cutoff_rows))[:40]

    np.testing.assert_array_equal(forecast[shuffled], fitted.quantiles(later.take(shuffled)))


def test_forecast_reads_nothing_before_its_symbol(fitted, later, whole):
    first = whole.first_rows.max()
    second = later.take(later.first_rows == first)
    alone = second.with_tables(lambda values: values[first:])
    alone = replace(
        alone, cutoff_rows=alone.cutoff_rows - first, first_rows=alone.first_rows - first
    )

    np.testing.assert_array_equal(fitted.quantiles(second), fitted.quantiles(alone))


def test_fit_reads_nothing_after_the_last_training_cutoff(name, fitted, later, training):
    def change(values):
        changed = values.copy()
        for first in np.unique(training.first_rows):
            last = training.cutoff_rows[training.first_rows == first].max()
            following = training.first_rows[training.first_rows > first]
            end = following.min() if len(following) else len(values)
            changed[last + 1 : end] = 1e6
        return changed

    refitted = BASELINES[name].fit(training.with_tables(change), LEVELS, 11)

    np.testing.assert_array_equal(fitted.quantiles(later), refitted.quantiles(later))


def test_same_seed_gives_the_same_forecast(name, fitted, later, training):
    again = BASELINES[name].fit(training, LEVELS, 11)

    np.testing.assert_array_equal(fitted.quantiles(later), again.quantiles(later))


def test_coverage_on_a_stationary_market_is_near_nominal(fitted, later):
    forecast = fitted.quantiles(later)
    came = (
        later.targets
        * later.sigma[later.cutoff_rows, None]
        * np.sqrt(np.arange(1, later.horizon + 1))
    )
    low, high = forecast[..., LEVELS.index(0.05)], forecast[..., LEVELS.index(0.95)]

    assert pytest.approx(0.9, abs=0.07) == np.mean((low <= came) & (came <= high))


def test_stranger_and_newcomer_get_a_forecast_of_their_own_scale(fitted, market, simulated):
    generator = np.random.default_rng(99)
    calm = market(simulated(generator, 400, 0.004))
    newcomer = calm.take([0])
    newcomer = replace(newcomer, cutoff_rows=np.array([3]))

    forecast = fitted.quantiles(calm)

    assert np.isfinite(forecast).all()
    assert np.isfinite(fitted.quantiles(newcomer)).all()
    assert (forecast[..., -1] > forecast[..., 0]).all()


def test_a_market_that_never_moves_has_a_forecast(name, training):
    still = replace(
        training,
        returns=np.zeros_like(training.returns),
        sigma=np.full_like(training.sigma, 1e-5),
        realised_variance=np.zeros_like(training.realised_variance),
        targets=np.zeros_like(training.targets),
    )

    forecast = BASELINES[name].fit(still, LEVELS, 0).quantiles(still)

    assert np.isfinite(forecast).all()
    assert (np.diff(forecast, axis=-1) >= 0).all()


def test_no_baseline_needs_torch_or_its_own_library_to_be_listed():
    heavy = "{'torch', 'lightgbm', 'arch'}"
    code = f"import sys, pregao.zoo.baselines; print({heavy} & {{*sys.modules}})"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.stdout == "set()\n", done.stderr


def test_the_market_of_these_tests_gives_a_baseline_what_the_protocols_name_and_no_more(training):
    expected = {
        name
        for each in (History, LabelledHistory)
        for name, value in vars(each).items()
        if isinstance(value, property)
    }

    assert expected == {field.name for field in fields(training)}
