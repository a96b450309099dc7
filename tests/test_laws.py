"""The laws, over whole pipelines: every network and every baseline, from prices to forecast."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pregao.dataset import Dataset, Split, Windows, live_windows, make_dataset
from pregao.prices import Prices
from pregao.testing import randomise_after, rescale_prices, synthetic_prices
from pregao.training import LEVELS, Experiment, FittedNetwork, finish, train
from pregao.zoo.baselines import BASELINES
from pregao.zoo.networks import ZOO

LOOKBACK, HORIZON = 16, 3
PRICES = synthetic_prices(sessions=420, seed=31)
EXPERIMENT = Experiment(
    symbols=("TEST3",), lookback=LOOKBACK, horizon=HORIZON, epochs=1, learning_rate=1e-2
)


@cache
def dataset(factor: float = 1.0) -> Dataset:
    return make_dataset(
        [rescale_prices(PRICES, factor)],
        features=EXPERIMENT.features,
        lookback=LOOKBACK,
        horizon=HORIZON,
        split=Split(train_fraction=0.6, validation_fraction=0.2),
    )


@cache
def fitted(name: str) -> FittedNetwork:
    return finish(train(EXPERIMENT.replace(network=name), dataset()))


def at_cutoff(prices: Prices, row: int) -> Windows:
    """The one window of `prices` whose cutoff is `row`, wherever the history ends."""
    live = live_windows([prices], scaler=dataset().scaler, lookback=LOOKBACK, horizon=HORIZON)
    return replace(live, cutoff_rows=np.array([row]))


@pytest.mark.parametrize("name", ZOO)
@settings(max_examples=2)
@given(row=st.integers(120, 415), seed=st.integers(0, 2**16))
def test_forecasts_of_a_network_do_not_depend_on_later_bars(name, row, seed):
    network = fitted(name)
    expected = network.quantiles(at_cutoff(PRICES, row)).tobytes()

    disturbed = network.quantiles(at_cutoff(randomise_after(PRICES, row, seed=seed), row))
    truncated = network.quantiles(at_cutoff(PRICES.up_to(PRICES.sessions[row]), row))

    assert expected == disturbed.tobytes()
    assert expected == truncated.tobytes()


@pytest.mark.parametrize("name", BASELINES)
@settings(max_examples=3)
@given(row=st.integers(120, 415), seed=st.integers(0, 2**16))
def test_forecasts_of_a_baseline_do_not_depend_on_later_bars(name, row, seed):
    baseline = _baseline(name)
    expected = baseline.quantiles(at_cutoff(PRICES, row)).tobytes()

    disturbed = baseline.quantiles(at_cutoff(randomise_after(PRICES, row, seed=seed), row))
    truncated = baseline.quantiles(at_cutoff(PRICES.up_to(PRICES.sessions[row]), row))

    assert expected == disturbed.tobytes()
    assert expected == truncated.tobytes()


@cache
def _baseline(name: str, factor: float = 1.0):
    return BASELINES[name].fit(dataset(factor).train, LEVELS, 0)


@pytest.mark.parametrize("name", BASELINES)
def test_prices_times_a_constant_change_no_baseline(name):
    expected = _baseline(name).quantiles(dataset().validation)

    found = _baseline(name, 8.0).quantiles(dataset(8.0).validation)

    np.testing.assert_array_equal(expected, found)


@pytest.mark.parametrize("factor", [2.0**-9, 2.0**11])
def test_prices_in_another_unit_train_the_same_network(factor):
    again = finish(train(EXPERIMENT, dataset(factor)))

    assert fitted("lstm_small").digest == again.digest


@pytest.mark.parametrize("name", [*ZOO, *BASELINES])
def test_every_forecast_is_finite_ordered_and_shaped(name):
    forecaster = fitted(name) if name in ZOO else _baseline(name)
    part = dataset().validation

    quantiles = forecaster.quantiles(part)

    assert (len(part), HORIZON, len(LEVELS)) == quantiles.shape
    assert np.isfinite(quantiles).all()
    assert (np.diff(quantiles, axis=-1) >= 0).all()


@pytest.mark.parametrize("name", ["lstm_classic", "gru_hybrid", "transformer", "tcn"])
def test_the_same_experiment_on_the_same_prices_has_the_same_digest(name):
    again = finish(train(EXPERIMENT.replace(network=name), dataset()))

    assert fitted(name).digest == again.digest
