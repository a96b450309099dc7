"""Thresholds are tuned to gains net of costs, and trade nothing without a significant gain."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pregao.dataset import ACTIONS
from pregao.decisions import (
    NO_TRADE,
    DecisionSettings,
    Thresholds,
    TunedThresholds,
    compare_gains,
    gains_from_costs,
    gains_from_returns,
    tune_thresholds,
)
from pregao.decisions._action_scores import BUY, HOLD, NAMES, SELL

SHARES = st.floats(0.05, 1.0)
FREE = DecisionSettings(cost=0.0)


def days(count):
    return np.datetime64("2020-01-01") + np.arange(count)


def market(count, seed, *, edge, horizon=1):
    """Return probabilities from a persistent signal, and returns that depend on it by `edge`."""
    rng = np.random.default_rng(seed)
    shocks = rng.normal(size=count + horizon)
    signal = np.zeros(count + horizon)
    for row in range(1, count + horizon):
        signal[row] = 0.9 * signal[row - 1] + 0.4 * shocks[row]
    daily = 0.01 * rng.normal(size=count + horizon)
    daily[1:] += 0.01 * edge * signal[:-1]
    summed = np.concatenate([[0.0], daily.cumsum()])
    ahead = summed[1 + horizon :] - summed[1:-horizon]
    odds = np.exp(np.stack([signal, -signal, np.full(count + horizon, 0.3)], axis=1))
    probabilities = odds / odds.sum(axis=1, keepdims=True)
    return probabilities[:count], np.expm1(ahead[:count])


def tuned(probabilities, returns, terms=FREE, *, horizon=1, sessions=None) -> TunedThresholds:
    return tune_thresholds(
        probabilities,
        gains_from_returns(returns, terms),
        sessions=days(len(returns)) if sessions is None else sessions,
        horizon=horizon,
        majority="hold",
        terms=terms,
    )


@given(SHARES, SHARES, st.integers(0, 1000))
def test_thresholds_decide_as_they_are_described(buy, sell, seed):
    said = np.random.default_rng(seed).dirichlet([1, 1, 1], size=50)
    thresholds = Thresholds(buy=buy, sell=sell)

    decided = thresholds.actions(said)

    for row, action in zip(said, decided, strict=True):
        buys = buy <= row[BUY] and row[SELL] <= row[BUY]
        sells = sell <= row[SELL] and row[BUY] < row[SELL]
        assert (BUY if buys else SELL if sells else HOLD) == action


def test_higher_thresholds_widen_the_abstention_band():
    said = np.random.default_rng(1).dirichlet([2, 2, 2], size=500)

    held = [
        int((Thresholds(buy=each, sell=each).actions(said) == HOLD).sum())
        for each in (0.1, 0.3, 0.5, 0.7, 1.0)
    ]

    assert sorted(held) == held
    assert held[0] < held[-1] == 500


def test_equal_probabilities_of_buying_and_selling_buy():
    assert [BUY] == Thresholds(buy=0.3, sell=0.3).actions(np.array([[0.4, 0.4, 0.2]])).tolist()


def test_no_trade_holds_whatever_the_probabilities():
    certain = np.eye(3)

    assert [HOLD] * 3 == NO_TRADE.actions(certain).tolist()
    assert not NO_TRADE.is_trading


@pytest.mark.parametrize(("buy", "sell"), [(0.0, 0.5), (0.5, 1.01), (-0.1, 0.5), (float("nan"), 1)])
def test_thresholds_are_probabilities(buy: float, sell: float):
    with pytest.raises(ValueError):
        Thresholds(buy=buy, sell=sell)


def test_gains_are_returns_less_costs():
    returns = np.array([0.03, -0.02])

    both = gains_from_returns(returns, DecisionSettings(cost=0.01))
    long_only = gains_from_returns(returns, DecisionSettings(cost=0.01, allow_short=False))
    averse = gains_from_returns(returns, DecisionSettings(cost=0.01, risk_aversion=10))

    np.testing.assert_allclose([0.02, -0.03], both[:, BUY])
    np.testing.assert_allclose([-0.04, 0.01], both[:, SELL])
    np.testing.assert_allclose(0, both[:, HOLD])
    np.testing.assert_allclose(0, long_only[:, SELL])
    np.testing.assert_allclose([0.02 - 5 * 0.02**2, -0.03 - 5 * 0.03**2], averse[:, BUY])


def test_cost_matrices_are_read_by_action_name():
    costs = {came: {said: 10.0 * (came != said) for said in NAMES} for came in NAMES}
    costs["buy"]["sell"] = 99.0

    gains = gains_from_costs(np.array([BUY, HOLD], np.int8), costs)

    assert [0.0, -99.0, -10.0] == gains[0].tolist()
    assert [-10.0, -10.0, 0.0] == gains[1].tolist()


def test_an_edge_is_traded_on_both_sides():
    found = tuned(*market(1500, 2, edge=0.3))

    assert found.thresholds.buy < 1
    assert found.thresholds.sell < 1
    assert max(found.p_value.values()) < 0.05
    assert found.earned.decided.low > 0
    assert found.earned.decided.mean_gain > found.earned.always["buy"].mean_gain


def test_the_chosen_threshold_gains_most_among_the_significant_ones():
    probabilities, returns = market(1500, 3, edge=0.3)
    terms = DecisionSettings(cost=0.005)
    found = tuned(probabilities, returns, terms)
    gains = gains_from_returns(returns, terms)

    def gained(thresholds):
        said = thresholds.actions(probabilities)
        return gains[np.arange(len(said)), said].mean()

    assert found.earned.decided.mean_gain == pytest.approx(gained(found.thresholds))
    for level in np.quantile(probabilities[:, BUY], np.linspace(0.5, 0.95, 10)):
        other = found.thresholds.replace(buy=float(level))
        assert gained(other) <= found.earned.decided.mean_gain + 2e-4


def test_higher_costs_make_fewer_trades():
    probabilities, returns = market(3000, 4, edge=0.3)

    trades = []
    for cost in (0.0, 0.002, 0.005, 0.05):
        earned = tuned(probabilities, returns, DecisionSettings(cost=cost)).earned.decided
        trades.append(earned.num_buys + earned.num_sells)

    assert sorted(trades, reverse=True) == trades
    assert trades[0] > 1000
    assert 0 == trades[-1]


@pytest.mark.parametrize("horizon", [1, 10])
def test_a_random_market_is_rarely_traded(horizon: int):
    num_markets = 60

    traded = sum(
        tuned(*market(600, seed, edge=0.0, horizon=horizon), horizon=horizon).thresholds.is_trading
        for seed in range(num_markets)
    )

    # The nominal size of 10 % and three standard deviations of the simulation.
    assert traded <= num_markets * 0.1 + 3 * np.sqrt(num_markets * 0.1 * 0.9)


def test_symbols_of_the_same_dates_add_no_evidence():
    # One random market, duplicated eight times.
    traded = 0
    for seed in range(30):
        probabilities, returns = market(300, seed, edge=0.0)
        alone = tuned(probabilities, returns)
        eightfold = tuned(
            np.tile(probabilities, (8, 1)), np.tile(returns, 8), sessions=np.tile(days(300), 8)
        )
        assert alone.thresholds == eightfold.thresholds
        assert alone.earned.decided.low == pytest.approx(eightfold.earned.decided.low)
        traded += eightfold.thresholds.is_trading

    assert traded <= 8


def test_few_trades_give_no_threshold():
    probabilities, returns = market(1500, 2, edge=0.3)
    strict = DecisionSettings(cost=0.0, least_sessions=1500)

    assert NO_TRADE == tuned(probabilities, returns, strict).thresholds


def test_few_sessions_give_no_threshold():
    probabilities, returns = market(120, 2, edge=1.0, horizon=10)

    found = tuned(probabilities, returns, horizon=10)

    assert NO_TRADE == found.thresholds
    assert {"buy": 1.0, "sell": 1.0} == found.p_value
    assert 20 == found.block_sessions


def test_without_short_sales_no_window_is_sold():
    probabilities, returns = market(1500, 2, edge=0.3)

    found = tuned(probabilities, returns, DecisionSettings(cost=0.0, allow_short=False))

    assert found.thresholds.buy < 1.0 == found.thresholds.sell
    assert 0.0 == found.earned.always["sell"].mean_gain


def test_risk_aversion_makes_fewer_trades():
    probabilities, returns = market(3000, 5, edge=0.1)

    bold, timid = (
        tuned(probabilities, returns, DecisionSettings(cost=0.0, risk_aversion=each)).earned.decided
        for each in (0.0, 60.0)
    )

    assert timid.num_buys + timid.num_sells < bold.num_buys + bold.num_sells


def test_a_cost_matrix_gives_the_theoretical_threshold():
    rng = np.random.default_rng(6)
    likely = rng.uniform(0.0, 1.0, 20_000)
    probabilities = np.stack([likely, np.zeros(20_000), 1 - likely], axis=1)
    right = np.where(rng.random(20_000) < likely, BUY, HOLD).astype(np.int8)
    # Buying wrongly costs 3, holding wrongly 1: buy from 3 / (3 + 1) on.
    costs = {came: dict.fromkeys(NAMES, 0.0) for came in NAMES}
    costs["hold"]["buy"], costs["buy"]["hold"] = 3.0, 1.0

    found = tune_thresholds(
        probabilities,
        gains_from_costs(right, costs),
        sessions=days(20_000),
        horizon=1,
        majority="hold",
        terms=DecisionSettings(),
    )

    assert 0.75 == pytest.approx(found.thresholds.buy, abs=0.05)
    assert 1.0 == found.thresholds.sell


def test_market_drift_is_no_excess_gain():
    rng = np.random.default_rng(7)
    returns = rng.normal(0.003, 0.01, 1000)
    alike = np.tile([0.5, 0.2, 0.3], (1000, 1))

    found = tuned(alike, returns)

    assert 1000 == found.earned.decided.num_buys
    excess = found.earned.over_always
    assert ("buy", 0.0, 0.0, 0.0) == (excess.action, excess.mean_gain, excess.low, excess.high)


def test_gains_are_compared_with_the_likeliest_and_each_constant_action():
    probabilities, returns = market(500, 8, edge=0.1)
    terms = DecisionSettings(cost=0.001)
    gains = gains_from_returns(returns, terms)
    decided = np.zeros(500, np.int8) + BUY

    found = compare_gains(
        decided, probabilities, gains, sessions=days(500), horizon=1, majority="sell", terms=terms
    )

    assert set(ACTIONS) == set(found.always)
    assert found.always["buy"] == found.decided
    assert returns.mean() - 0.001 == pytest.approx(found.decided.mean_gain)
    assert 0.0 == found.always["hold"].mean_gain
    said = probabilities.argmax(axis=1)
    assert gains[np.arange(500), said].mean() == pytest.approx(found.likeliest.mean_gain)


def test_gain_intervals_have_nominal_coverage():
    covered = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        daily = rng.normal(0.001, 0.01, 505)
        returns = np.convolve(daily, np.ones(5), "valid")[:500]
        found = compare_gains(
            np.zeros(500, np.int8) + BUY,
            np.tile([0.4, 0.3, 0.3], (500, 1)),
            gains_from_returns(returns, DecisionSettings(cost=0.0, draws=300)),
            sessions=days(500),
            horizon=5,
            majority="hold",
            terms=DecisionSettings(cost=0.0, draws=300),
        ).decided
        covered += found.low <= 0.005 <= found.high

    assert 0.80 <= covered / 200 <= 0.97


def test_thresholds_do_not_depend_on_the_order_of_windows():
    probabilities, returns = market(800, 9, edge=0.2)
    shuffled = np.random.default_rng(0).permutation(800)

    expected = tuned(probabilities, returns)
    found = tuned(probabilities[shuffled], returns[shuffled], sessions=days(800)[shuffled])

    assert expected.thresholds == found.thresholds
    assert expected.p_value == found.p_value


def test_tuned_thresholds_equal_their_own_json():
    found = tuned(*market(300, 1, edge=0.1))

    assert found == TunedThresholds.model_validate_json(found.model_dump_json())
