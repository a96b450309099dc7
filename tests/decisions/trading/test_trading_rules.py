"""Markets, rules, sizes and how long positions are kept."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from pregao.decisions._thresholds import Thresholds
from pregao.decisions.trading import (
    MARKETS,
    ByAction,
    ByMedian,
    ByProbability,
    Decisions,
    FixedSize,
    Market,
    Rebalanced,
    Strategy,
    ToHorizon,
    UntilChanged,
    VolatilitySize,
    market_of,
    simulate,
)
from pregao.decisions.trading._decisions import stances
from pregao.decisions.trading._strategy import orders_of
from pregao.errors import InputError
from pregao.instruments import EXCHANGES, Symbol

LEVELS = tuple(np.linspace(0.01, 0.99, 99).round(2).tolist())
FREE = MARKETS["none"]
NOT_FIGURES = {"allows_short", "sources", "to_verify"}


def gaussian(means, sigma=0.02, horizon=4):
    """Forecast Gaussian returns: drift a step, and the root of time."""
    steps = np.arange(1, horizon + 1)[None, :, None]
    z = norm.ppf(LEVELS)
    quantiles = np.array(means)[:, None, None] * steps / horizon + sigma * np.sqrt(steps) * z
    days = np.datetime64("2024-01-01") + np.arange(len(means))
    return Decisions(days, quantiles, LEVELS)


def ordered(sides, holding, *, horizon=2, num_sessions=10, **changes):
    """Order by the signs of medians, one a session from row 0 on."""
    said = gaussian([0.02 * side for side in sides], horizon=horizon)
    strategy = Strategy(rule=ByMedian(cost=0.001), holding=holding, **changes)
    return orders_of(said, strategy, FREE, rows=list(range(len(sides))), num_sessions=num_sessions)


@pytest.mark.parametrize("name", MARKETS)
def test_every_figure_of_a_market_has_a_source_and_a_year(name):
    market = MARKETS[name]
    plain = MARKETS["none"]
    set_here = {
        field
        for field in Market.model_fields
        if field not in NOT_FIGURES and getattr(market, field) != getattr(plain, field)
    }

    sourced = {figure for source in market.sources for figure in source.figures}

    assert set_here <= sourced
    assert sourced <= set(Market.model_fields)
    assert all(2000 < source.year < 2100 for source in market.sources)
    assert all(source.en != source.pt_br for source in market.sources)
    assert market.to_verify == bool(market.sources), "marked as the user's to verify"


@pytest.mark.parametrize("code", EXCHANGES)
def test_every_exchange_has_a_market_that_costs_something(code):
    symbol = Symbol("TEST3", EXCHANGES[code])

    assert market_of(symbol).round_trip_cost > 0


def test_an_index_is_traded_in_any_fraction_without_the_exemption_of_shares():
    index, share = market_of(Symbol.parse("^BVSP")), market_of(Symbol.parse("PETR4"))

    assert (0, 0.0, 0.0) == (index.lot_shares, index.tick, index.tax.exempt_sales)
    assert (100, 0.01, 20_000.0) == (share.lot_shares, share.tick, share.tax.exempt_sales)
    assert index.round_trip_cost == share.round_trip_cost


@pytest.mark.parametrize("name", MARKETS)
def test_a_market_equals_its_own_json(name):
    assert MARKETS[name] == Market.model_validate_json(MARKETS[name].model_dump_json())


def test_a_median_is_acted_on_beyond_the_cost_alone():
    said = gaussian([0.0031, 0.0029, -0.0029, -0.0032])

    assert [1, 0, 0, -1] == stances(said, ByMedian(cost=0.003), FREE).tolist()


def test_the_cost_of_a_rule_is_the_markets_unless_it_has_one():
    said = gaussian([0.002, 0.003])
    cheap, dear = Market(slippage_bps=5.0), Market(slippage_bps=12.5)

    assert [1, 1] == stances(said, ByMedian(), cheap).tolist()
    assert [0, 1] == stances(said, ByMedian(), dear).tolist()
    assert [1, 1] == stances(said, ByMedian(cost=0.0), dear).tolist()


@given(st.floats(-0.06, 0.06), st.floats(0.2, 0.9), st.floats(0, 0.02))
def test_chances_read_off_the_quantiles_are_those_of_the_distribution(mean, least, cost):
    said = gaussian([mean])
    up = norm.sf(np.log1p(cost), mean, 0.04)
    down = norm.cdf(np.log1p(-cost), mean, 0.04)
    near = min(abs(up - least), abs(down - least), abs(up - down))
    expected = 1 if up >= max(least, down) else -1 if down >= max(least, up) else 0

    found = stances(said, ByProbability(probability=least, cost=cost), FREE)

    assert [expected] == found.tolist() or near < 0.002


def test_actions_are_those_of_the_thresholds():
    said = replace(
        gaussian([0.0] * 4),
        probabilities=np.array(
            [[0.6, 0.3, 0.1], [0.3, 0.6, 0.1], [0.3, 0.3, 0.4], [0.45, 0.5, 0.05]]
        ),
    )

    found = stances(said, ByAction(thresholds=Thresholds(buy=0.5, sell=0.55)), FREE)

    assert [1, -1, 0, 0] == found.tolist()


def test_actions_without_probabilities_are_refused():
    rule = ByAction(thresholds=Thresholds(buy=0.5, sell=0.5))

    with pytest.raises(InputError, match="no action probabilities"):
        stances(gaussian([0.0]), rule, FREE)


def test_the_forecasts_volatility_is_that_of_its_distribution():
    said = gaussian([0.0], sigma=0.02)

    for step in (1, 4):
        assert 0.02 * np.sqrt(252) == pytest.approx(said.annual_volatility(step=step)[0], rel=1e-6)


@given(st.floats(0.01, 0.99))
def test_quantiles_between_levels_are_interpolated(level):
    said = gaussian([0.01, -0.02])

    expected = [np.interp(level, LEVELS, row[2]) for row in said.quantiles]

    assert expected == pytest.approx(said.at(level, step=3), rel=1e-9, abs=1e-12)


def test_levels_that_a_strategy_reads_and_nobody_forecast_are_named(quoted, said):
    prices = quoted([10] * 4, [10] * 4)
    narrow = Decisions(prices.sessions[:1], np.zeros((1, 1, 3)), (0.25, 0.5, 0.75))

    with pytest.raises(InputError, match=r"0\.25 to 0\.75"):
        simulate(prices, narrow, market=FREE, strategy=Strategy(sizing=VolatilitySize()))


@pytest.mark.parametrize("spread", ["first_step", "horizon"])
def test_positions_are_smaller_the_wider_the_forecast_and_never_beyond_the_leverage(spread):
    size = VolatilitySize(annual_volatility=0.16, max_leverage=1.5, spread=spread)
    weights = []
    for sigma in (0.001, 0.005, 0.01, 0.02, 0.04):
        said = gaussian([0.02], sigma=sigma)
        strategy = Strategy(rule=ByMedian(), sizing=size)
        orders = orders_of(said, strategy, FREE, rows=[0], num_sessions=2)
        weights.append(orders.weights[1])

    expected = [min(1.5, 0.16 / (each * np.sqrt(252))) for each in (0.001, 0.005, 0.01, 0.02, 0.04)]
    assert expected == pytest.approx(weights, rel=1e-6)


def test_until_changed_orders_where_the_side_changes_and_hold_changes_nothing():
    found = ordered([0, 1, 0, 1, -1, 0, -1, 1], UntilChanged())

    assert [None, None, 1.0, None, None, -1.0, None, None, 1.0, None] == found.weights
    assert not any(found.exits)


def test_long_only_is_flat_where_it_would_be_short():
    found = ordered([-1, 1, -1, -1, 1], UntilChanged(), is_long_only=True)

    assert [None, None, 1.0, 0.0, None, 1.0, None, None, None, None] == found.weights


def test_to_horizon_closes_at_the_last_sessions_close():
    found = ordered([1, 0, 0, 0], ToHorizon(), horizon=2)

    assert [1] == [row for row, weight in enumerate(found.weights) if weight is not None]
    assert [2] == np.flatnonzero(found.exits).tolist()


def test_to_horizon_is_prolonged_by_the_same_side_and_turned_by_the_other():
    prolonged = ordered([1, 1, 0, 0], ToHorizon(), horizon=3)
    turned = ordered([1, -1, 0, 0], ToHorizon(), horizon=3)

    assert [4] == np.flatnonzero(prolonged.exits).tolist()
    assert [None, 1.0, None, None] == prolonged.weights[:4]
    assert [None, 1.0, -1.0, None] == turned.weights[:4]
    assert [4] == np.flatnonzero(turned.exits).tolist()


def test_to_horizon_leaves_open_what_ends_after_the_simulation():
    found = ordered([0, 0, 0, 1], ToHorizon(), horizon=6, num_sessions=8)

    assert not any(found.exits)


def test_rebalanced_asks_at_every_decision_and_hold_is_flat():
    found = ordered([1, 0, -1], Rebalanced(), sizing=FixedSize(share=0.5))

    assert [None, 0.5, 0.0, -0.5, None] == found.weights[:5]


def test_a_strategy_equals_its_own_json():
    strategy = Strategy(
        rule=ByAction(thresholds=Thresholds(buy=0.4, sell=0.6)),
        sizing=VolatilitySize(),
        holding=ToHorizon(),
    )

    assert strategy == Strategy.model_validate_json(strategy.model_dump_json())
