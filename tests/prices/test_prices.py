import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pregao.instruments import Symbol
from pregao.prices import COLUMNS, Bars, Prices
from pregao.testing import synthetic_prices

MARKET = synthetic_prices(sessions=120, seed=3)


@given(st.integers(0, 119))
def test_upto_equals_the_prefix(row):
    prefix = MARKET.bars.take(slice(0, row + 1))

    assert Prices(MARKET.symbol, prefix, "synthetic") == MARKET.up_to(MARKET.sessions[row])


@given(st.integers(0, 119), st.integers(0, 119))
def test_between_keeps_both_ends(one, two):
    first, last = min(one, two), max(one, two)

    some = MARKET.between(str(MARKET.sessions[first]), MARKET.sessions[last])

    assert MARKET.sessions[first : last + 1].tolist() == some.sessions.tolist()


def test_upto_a_closed_day_is_upto_the_session_before():
    assert MARKET.up_to("2015-02-13") == MARKET.up_to("2015-02-16")  # Carnival Monday


@given(st.sampled_from(COLUMNS), st.integers(0, 119))
def test_digest_changes_with_the_last_bit_of_any_value(name, row):
    columns = {each: column.copy() for each, column in MARKET.bars.columns.items()}
    columns[name][row] = np.nextafter(columns[name][row], np.inf)

    changed = Prices(MARKET.symbol, Bars.from_columns(MARKET.sessions, columns), "synthetic")

    assert MARKET.digest != changed.digest
    assert MARKET != changed


@given(st.integers(0, 119))
def test_digest_changes_with_any_session(row):
    sessions = MARKET.sessions.copy()
    sessions[row:] += np.timedelta64(400, "D")

    moved = Prices(MARKET.symbol, Bars.from_columns(sessions, MARKET.bars.columns), "synthetic")

    assert MARKET.digest != moved.digest


def test_digest_depends_on_the_symbol_and_not_on_the_provider():
    same = Prices(MARKET.symbol, MARKET.bars, "another")
    other = Prices(Symbol.parse("VALE3"), MARKET.bars, "synthetic")

    assert MARKET.digest == same.digest
    assert MARKET.digest != other.digest


def test_prices_are_read_only():
    for array in (MARKET.sessions, *MARKET.bars.columns.values()):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = array[1]


def test_bars_do_not_share_memory_with_their_input():
    columns = {name: np.ones(3) for name in COLUMNS}

    bars = Bars.from_columns(["2024-01-02", "2024-01-03", "2024-01-04"], columns)
    columns["close"][:] = 7

    assert [1.0, 1.0, 1.0] == bars.close.tolist()


def test_frame_is_a_copy_indexed_by_session():
    frame = MARKET.frame

    frame.loc[:, "close"] = 0.0

    assert MARKET.bars.close[0] > 0
    assert str(MARKET.first) == str(frame.index[0].date())
    assert list(COLUMNS) == list(frame.columns)


@given(st.integers(0, 50), st.integers(1, 80))
def test_synthetic_prices_depend_on_the_seed_and_the_number_of_sessions(seed, sessions):
    market = synthetic_prices(sessions=sessions, seed=seed)

    assert sessions == len(market)
    assert market == synthetic_prices(sessions=sessions, seed=seed)
    assert market != synthetic_prices(sessions=sessions, seed=seed + 1)


@given(st.sampled_from([0.25, 2.0, 1024.0]))
def test_synthetic_prices_are_proportional_to_their_scale(scale):
    scaled = synthetic_prices(sessions=120, seed=3, scale=scale)

    assert (MARKET.bars.close * scale).tolist() == scaled.bars.close.tolist()
    assert MARKET.bars.volume.tolist() == scaled.bars.volume.tolist()


def test_synthetic_returns_are_uncorrelated_with_the_given_volatility():
    market = synthetic_prices(sessions=4000, seed=1, annual_volatility=0.3)
    returns = np.diff(np.log(market.bars.adj_close))

    assert pytest.approx(0.3, rel=0.1) == returns.std() * np.sqrt(252)
    assert abs(np.corrcoef(returns[1:], returns[:-1])[0, 1]) < 0.05
    assert np.corrcoef(np.abs(returns[1:]), np.abs(returns[:-1]))[0, 1] > 0.05
