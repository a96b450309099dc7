"""Every feature: causal to the bit, free of scale, valid after its warm-up, equal to an oracle."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pregao.dataset import FEATURE_SETS, FEATURES, AdjustedBars, find_feature
from pregao.errors import UnknownNameError
from pregao.prices import Bars, Prices
from pregao.testing import randomise_after, rescale_prices, synthetic_prices

PRICES = synthetic_prices(sessions=300, seed=3)


def with_order_book(prices: Prices, seed: int = 0) -> Prices:
    rng = np.random.default_rng(seed)
    spread = prices.bars.close * rng.uniform(0.0001, 0.01, len(prices))
    columns = {**prices.bars.columns}
    columns["best_bid"] = columns["close"] - spread / 2
    columns["best_ask"] = columns["close"] + spread / 2
    return replace(prices, bars=Bars.from_columns(prices.sessions, columns))


BOOKED = with_order_book(PRICES)


@pytest.mark.parametrize("name", FEATURES)
@given(row=st.integers(80, 298), seed=st.integers(0, 2**16))
def test_a_feature_at_t_does_not_depend_on_later_bars(name: str, row: int, seed: int):
    compute = FEATURES[name].compute
    full = compute(AdjustedBars.from_prices(BOOKED))

    truncated = compute(AdjustedBars.from_prices(BOOKED.up_to(BOOKED.sessions[row])))
    disturbed = compute(AdjustedBars.from_prices(randomise_after(BOOKED, row, seed=seed)))

    assert full[: row + 1].tobytes() == truncated.tobytes()
    assert full[: row + 1].tobytes() == disturbed[: row + 1].tobytes()


@given(row=st.integers(1, 298), seed=st.integers(0, 2**16))
def test_sigma_and_realised_variance_do_not_depend_on_later_bars(row: int, seed: int):
    market = AdjustedBars.from_prices(PRICES)
    disturbed = AdjustedBars.from_prices(randomise_after(PRICES, row, seed=seed))

    for name in ("sigma", "realised_variance", "returns"):
        expected = getattr(market, name)[: row + 1]
        assert expected.tobytes() == getattr(disturbed, name)[: row + 1].tobytes()


@pytest.mark.parametrize("name", FEATURES)
@given(power=st.integers(-12, 12))
def test_prices_times_a_power_of_two_change_no_bit_of_a_feature(name: str, power: int):
    compute = FEATURES[name].compute

    assert (
        compute(AdjustedBars.from_prices(BOOKED)).tobytes()
        == compute(AdjustedBars.from_prices(rescale_prices(BOOKED, 2.0**power))).tobytes()
    )


@pytest.mark.parametrize("name", FEATURES)
@given(factor=st.floats(1e-4, 1e4))
def test_prices_times_a_constant_change_no_feature(name: str, factor: float):
    compute = FEATURES[name].compute
    before = compute(AdjustedBars.from_prices(BOOKED))
    after = compute(AdjustedBars.from_prices(rescale_prices(BOOKED, factor)))

    if name == "high_breakout_20":
        # A close that equals the highest high to the last bit may fall on either side of it.
        assert np.nanmean(before != after) < 0.1
    else:
        np.testing.assert_allclose(before, after, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("name", FEATURES)
def test_a_later_dividend_or_split_changes_no_feature_of_the_past(name: str):
    columns = {**BOOKED.bars.columns}
    columns["adj_close"] = columns["adj_close"] * 0.5
    rescaled = replace(BOOKED, bars=Bars.from_columns(BOOKED.sessions, columns))

    before = FEATURES[name].compute(AdjustedBars.from_prices(BOOKED))
    after = FEATURES[name].compute(AdjustedBars.from_prices(rescaled))

    assert before.tobytes() == after.tobytes()


@pytest.mark.parametrize("name", FEATURES)
def test_a_feature_is_finite_from_its_declared_warm_up_on(name: str):
    each = FEATURES[name]
    values = each.compute(AdjustedBars.from_prices(BOOKED))

    assert (len(BOOKED),) == values.shape
    assert np.isfinite(values[each.warmup_sessions :]).all()


@pytest.mark.parametrize("name", FEATURES)
def test_constant_prices_have_finite_features(name: str):
    flat = np.full(len(PRICES), 10.0)
    columns = dict.fromkeys(("open", "high", "low", "close", "adj_close"), flat)
    columns |= {"volume": np.zeros(len(PRICES)), "best_bid": flat, "best_ask": flat}
    still = replace(PRICES, bars=Bars.from_columns(PRICES.sessions, columns))
    each = FEATURES[name]

    assert np.isfinite(each.compute(AdjustedBars.from_prices(still))[each.warmup_sessions :]).all()


def _frame() -> pd.DataFrame:
    """Adjusted prices in units of the first close, for the independent implementation."""
    frame = BOOKED.frame
    factor = frame.adj_close / frame.close / frame.adj_close.iloc[0]
    adjusted = frame.assign(
        **{name: frame[name] * factor for name in ("open", "high", "low", "best_bid", "best_ask")}
    )
    return adjusted.assign(close=frame.adj_close / frame.adj_close.iloc[0])


def _rsi(f: pd.DataFrame) -> pd.Series:
    change = f.close.diff()
    gain = change.clip(lower=0).rolling(14).mean()
    loss = (-change.clip(upper=0)).rolling(14).mean()
    return 100 - 100 / (1 + gain / loss)


def _sigma(f: pd.DataFrame) -> pd.Series:
    returns = np.log(f.close).diff()
    return np.sqrt((returns**2).iloc[1:].ewm(halflife=11).mean().reindex(f.index).bfill())


def _ratio(f: pd.DataFrame, short: float, long: float) -> pd.Series:
    squares = (np.log(f.close).diff() ** 2).iloc[1:]
    short_variance = squares.ewm(halflife=short).mean().reindex(f.index)
    return np.log(np.sqrt(short_variance / squares.ewm(halflife=long).mean().reindex(f.index)))


def _parkinson(f: pd.DataFrame) -> pd.Series:
    return np.log(f.high / f.low) ** 2 / (4 * np.log(2))


def _over_sigma_log(column: pd.Series, f: pd.DataFrame) -> pd.Series:
    return np.log((column / _sigma(f)).clip(lower=0.05))


ORACLES = {
    "return": lambda f: np.log(f.close).diff() / _sigma(f),
    "absolute_return": lambda f: np.log(f.close).diff().abs() / _sigma(f),
    "volatility_3_11": lambda f: _ratio(f, 3, 11),
    "volatility_11_60": lambda f: _ratio(f, 11, 60),
    "range_smoothed": lambda f: _over_sigma_log(np.sqrt(_parkinson(f).ewm(halflife=5).mean()), f),
    "range": lambda f: _over_sigma_log(np.sqrt(_parkinson(f)), f),
    "log_sigma": lambda f: np.log(_sigma(f)),
    "momentum_20": lambda f: np.log(f.close).diff(20) / (_sigma(f) * np.sqrt(20)),
    "volume_z_20": lambda f: (
        (np.log(f.volume) - np.log(f.volume).rolling(20).mean())
        / np.log(f.volume).rolling(20).std(ddof=0)
    ),
    "gap": lambda f: np.log(f.open / f.close.shift()) / _sigma(f),
    "close": lambda f: f.close,
    "rolling_volatility_5": lambda f: ((f.close - f.open) / f.open).rolling(5).std(),
    "moving_avg_10": lambda f: f.close.rolling(10).mean(),
    "macd": lambda f: f.close.ewm(span=12).mean() - f.close.ewm(span=26).mean(),
    "rsi_14": _rsi,
    "volume_change": lambda f: f.volume.pct_change(),
    "avg_volume_10": lambda f: f.volume.rolling(10).mean(),
    "best_buy_sell_spread": lambda f: f.best_ask - f.best_bid,
    "close_to_best_buy": lambda f: f.close - f.best_bid,
    "price_momentum_5": lambda f: f.close.diff(5),
    "high_breakout_20": lambda f: (f.close > f.high.rolling(20).max().shift()).astype(float),
    "bollinger_upper": lambda f: f.close.rolling(20).mean() + 2 * f.close.rolling(20).std(),
    "stochastic_14": lambda f: (
        100
        * (f.close - f.close.rolling(14).min())
        / (f.close.rolling(14).max() - f.close.rolling(14).min())
    ),
}


def test_every_feature_has_an_oracle():
    assert set(FEATURES) == set(ORACLES)


@pytest.mark.parametrize("name", FEATURES)
def test_a_feature_equals_its_pandas_oracle(name: str):
    warmup = FEATURES[name].warmup_sessions

    expected = ORACLES[name](_frame()).to_numpy()[warmup:]

    np.testing.assert_allclose(
        expected,
        FEATURES[name].compute(AdjustedBars.from_prices(BOOKED))[warmup:],
        rtol=1e-7,
        atol=1e-9,
    )


def test_feature_sets_name_known_features_once_each():
    assert {"scale_free": 10, "close": 1, "technical": 13} == {
        name: len(names) for name, names in FEATURE_SETS.items()
    }
    for names in FEATURE_SETS.values():
        assert set(names) <= set(FEATURES)
        assert len(names) == len(set(names))


def test_the_technical_set_keeps_the_earlier_order():
    names = FEATURE_SETS["technical"]

    assert ("rolling_volatility_5", "moving_avg_10", "macd", "rsi_14") == names[:4]
    assert ("volume_change", "avg_volume_10") == names[4:6]
    assert ("best_buy_sell_spread", "close_to_best_buy") == names[6:8]
    assert ("price_momentum_5", "high_breakout_20", "bollinger_upper") == names[8:11]
    assert ("stochastic_14", "close") == names[11:]


def test_an_unknown_feature_suggests_the_nearest():
    with pytest.raises(UnknownNameError, match="momentum_20"):
        find_feature("momentum20")
