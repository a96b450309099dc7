"""Scalers: fitted on the training part, inverted exactly, equal to scikit-learn's."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from pregao.dataset import Dataset, Scaler, Scaling, Split, make_dataset
from pregao.prices import Prices
from pregao.testing import randomise_after, rescale_prices, synthetic_prices

NAMES = ("return", "close")
SCALINGS: tuple[Scaling, ...] = ("standard", "min_max", "none")
PRICES = synthetic_prices(sessions=500, seed=4)
ROWS = np.random.default_rng(1).normal([3.0, -20.0], [0.5, 40.0], (200, 2))


def dataset(prices: Prices = PRICES, scaling: Scaling = "min_max") -> Dataset:
    return make_dataset(
        [prices],
        features=("close",),
        lookback=10,
        horizon=3,
        scaling=scaling,
        capped=False,
        split=Split(),
    )


def test_standard_equals_an_independent_implementation():
    expected = StandardScaler().fit_transform(ROWS)

    np.testing.assert_allclose(expected, Scaler.fit(NAMES, ROWS)(ROWS), rtol=1e-5, atol=1e-6)


def test_min_max_equals_an_independent_implementation():
    reference = MinMaxScaler().fit(ROWS[:100])

    scaled = Scaler.fit(NAMES, ROWS[:100], "min_max")(ROWS)

    np.testing.assert_allclose(reference.transform(ROWS), scaled, rtol=1e-5, atol=1e-6)


def test_none_leaves_values_as_they_are():
    np.testing.assert_array_equal(ROWS.astype(np.float32), Scaler.fit(NAMES, ROWS, "none")(ROWS))


@pytest.mark.parametrize("scaling", SCALINGS)
@given(values=st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=8))
def test_unscaled_inverts_scaling(scaling: Scaling, values: list[float]):
    scaler = Scaler.fit(NAMES, ROWS, scaling, capped=False)
    rows = np.column_stack([values, values])

    scaled = scaler(rows)

    for column, name in enumerate(NAMES):
        back = scaler.unscale(name, scaled[:, column])
        np.testing.assert_allclose(values, back, rtol=1e-6, atol=1e-4)
        assert np.float64 == back.dtype


def test_unscaling_is_done_in_double_precision():
    scaler = Scaler(features=("close",), center=(1.0,), scale=(1 / 3,), cap=None)
    scaled = np.array([0.7], np.float32)

    expected = 1.0 + float(scaled[0]) / 3

    assert expected == pytest.approx(scaler.unscale("close", scaled).item(), rel=1e-15)


@pytest.mark.parametrize(
    ("scaling", "capped", "largest"),
    [("standard", True, 6), ("standard", False, 1e4), ("min_max", True, 1e3), ("none", True, 1e6)],
)
def test_only_standard_scaling_caps_and_only_if_capped(
    scaling: Scaling, capped: bool, largest: float
):
    scaler = Scaler.fit(NAMES, ROWS, scaling, capped=capped)

    scaled = scaler(np.full((1, 2), 1e6))

    assert (scaled == 6).all() if largest == 6 else (scaled >= largest).all()


@pytest.mark.parametrize("scaling", SCALINGS)
def test_a_constant_is_centred_with_scale_one(scaling: Scaling):
    scaler = Scaler.fit(("close",), np.full((50, 1), 7.0), scaling)

    assert (1.0,) == scaler.scale
    assert (7.0 if scaling == "none" else 0.0) == scaler(np.array([[7.0]])).item()


@pytest.mark.parametrize("scaling", SCALINGS)
def test_rows_before_a_feature_is_valid_stay_nan(scaling: Scaling):
    scaled = Scaler.fit(NAMES, ROWS, scaling)(np.array([[np.nan, 1.0]]))

    assert [True, False] == np.isnan(scaled[0]).tolist()


@pytest.mark.parametrize("scaling", SCALINGS)
def test_a_scaler_equals_its_own_json(scaling: Scaling):
    scaler = Scaler.fit(NAMES, ROWS, scaling, capped=False)

    assert scaler == Scaler.model_validate_json(scaler.model_dump_json())


@pytest.mark.parametrize("scaling", SCALINGS)
def test_a_scaler_does_not_depend_on_bars_after_the_training_part(scaling: Scaling):
    data = dataset(scaling=scaling)
    last_seen = int(data.train.cutoff_rows[-1])

    changed = dataset(randomise_after(PRICES, last_seen), scaling)

    assert data.scaler == changed.scaler


def test_min_max_spans_the_rows_of_training_windows():
    data = dataset()
    first = data.train.cutoff_rows[0] - (data.train.lookback - 1)
    seen = PRICES.bars.adj_close[first : data.train.cutoff_rows[-1] + 1] / PRICES.bars.adj_close[0]

    assert seen.min() == pytest.approx(data.scaler.center[0], rel=1e-12)
    assert seen.max() - seen.min() == pytest.approx(data.scaler.scale[0], rel=1e-12)
    assert (0.0, 1.0) == (data.train.inputs.min(), data.train.inputs.max())


def test_prices_beyond_their_training_range_are_scaled_beyond_one():
    row = int(dataset().train.cutoff_rows[-1])
    columns = dict(PRICES.bars.columns)
    growth = np.where(np.arange(len(PRICES)) > row, 3.0, 1.0)
    for name in ("open", "high", "low", "close", "adj_close"):
        columns[name] = columns[name] * growth
    tripled = replace(PRICES, bars=type(PRICES.bars).from_columns(PRICES.sessions, columns))

    data = dataset(tripled)

    assert data.sealed_test.inputs.max() > 1.0
    assert data.scaler == dataset().scaler


@pytest.mark.parametrize("scaling", SCALINGS)
def test_a_scaler_does_not_depend_on_the_currency(scaling: Scaling):
    dear = dataset(rescale_prices(PRICES, 8.0), scaling)

    assert dataset(scaling=scaling).scaler == dear.scaler
