"""Trading rules, decision rules, sizes and holding periods."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from pregao.decisions._thresholds import Thresholds
from pregao.decisions.trading import (
    TRADING_RULES,
    ByAction,
    ByMedian,
    ByProbability,
    FixedSize,
    Rebalanced,
    Strategy,
    SymbolForecasts,
    ToHorizon,
    TradingRules,
    UntilChanged,
    VolatilitySize,
    simulate,
    trading_rules_for,
)
from pregao.decisions.trading._decisions import decide_sides
from pregao.decisions.trading._strategy import make_orders
from pregao.errors import InputError
from pregao.instruments import EXCHANGES, Symbol

LEVELS = tuple(np.linspace(0.01, 0.99, 99).round(2).tolist())
FREE = TRADING_RULES["none"]
NOT_FIGURES = {"allows_short", "sources", "to_verify"}


def gaussian(means, sigma=0.02, horizon=4):
    """Return Gaussian forecasts: drift by step, deviation by the root of time."""
    steps = np.arange(1, horizon + 1)[None, :, None]
    z = norm.ppf(LEVELS)
    quantiles = np.array(means)[:, None, None] * steps / horizon + sigma * np.sqrt(steps) * z
    days = np.datetime64("2024-01-01") + np.arange(len(means))
    return SymbolForecasts(days, quantiles, LEVELS)


def ordered(sides, holding, *, horizon=2, num_sessions=10, **changes):
    """Return orders by the signs of medians, one per session from row 0 on."""
    forecasts = gaussian([0.02 * side for side in sides], horizon=horizon)
    strategy = Strategy(rule=ByMedian(cost=0.001), holding=holding, **changes)
    return make_orders(
        forecasts, strategy, FREE, rows=list(range(len(sides))), num_sessions=num_sessions
    )


@pytest.mark.parametrize("name", TRADING_RULES)
def test_every_figure_of_trading_rules_has_a_source_and_a_year(name):
    market = TRADING_RULES[name]
    plain = TRADING_RULES["none"]
    set_here = {
        field
        for field in TradingRules.model_fields
        if field not in NOT_FIGURES and getattr(market, field) != getattr(plain, field)
    }

    sourced = {figure for source in market.sources for figure in source.figures}

    assert set_here <= sourced
    assert sourced <= set(TradingRules.model_fields)
    assert all(2000 < source.year < 2100 for source in market.sources)
    assert all(source.en != source.pt_br for source in market.sources)
    assert market.to_verify == bool(market.sources), "marked as the user's to verify"


@pytest.mark.parametrize("code", EXCHANGES)
def test_every_exchange_has_trading_rules_with_costs(code):
    symbol = Symbol("TEST3", EXCHANGES[code])

    assert trading_rules_for(symbol).round_trip_cost > 0


def test_an_index_is_traded_in_fractions_and_without_the_tax_exemption():
    index, share = (
        trading_rules_for(Symbol.parse("^BVSP")),
        trading_rules_for(Symbol.parse("PETR4")),
    )

    assert (0, 0.0, 0.0) == (index.lot_shares, index.tick, index.tax.exempt_sales)
    assert (100, 0.01, 20_000.0) == (share.lot_shares, share.tick, share.tax.exempt_sales)
    assert index.round_trip_cost == share.round_trip_cost


@pytest.mark.parametrize(
    ("ticker", "lot", "can_short", "tax"),
    [
        ("PETR4", 100, True, (0.15, 0.20, 20_000.0)),
        ("PETR4F", 1, False, (0.15, 0.20, 20_000.0)),
        ("TAEE11", 100, True, (0.15, 0.20, 0.0)),
        ("TAEE11F", 1, False, (0.15, 0.20, 0.0)),
        ("BOVA11", 1, True, (0.15, 0.20, 0.0)),
        ("AAPL34", 1, True, (0.15, 0.20, 0.0)),
        ("KNRI11", 1, True, (0.20, None, 0.0)),
        ("HGLG11", 100, True, None),
        ("IBOV", 0, True, (0.15, 0.20, 0.0)),
        ("PETRH305", 1, False, None),
        ("WINFUT", 1, False, None),
        ("PETR1", 1, False, None),
        ("BTC-USD", 0, False, None),
        ("USDBRL=X", 0, False, None),
        ("CL=F", 1, False, None),
        ("SAP.DE", 1, False, None),
        ("NVDA", 1, True, (0.24, None, 0.0)),
        ("SP500", 0, True, (0.24, None, 0.0)),
    ],
)
def test_lots_short_sales_and_tax_follow_the_class(stated, ticker, lot, can_short, tax):
    rules = trading_rules_for(Symbol.parse(ticker))
    found = rules.tax and (rules.tax.rate, rules.tax.day_trade_rate, rules.tax.exempt_sales)

    assert (lot, can_short, tax) == (rules.lot_shares, rules.allows_short, found)


def test_only_the_losses_of_funds_of_real_estate_are_kept_apart():
    pools = {name: rules.tax.pool for name, rules in TRADING_RULES.items() if rules.tax}

    assert {"b3_fii"} == {name for name, pool in pools.items() if pool == "fii"}


@pytest.mark.parametrize(
    ("payout", "day", "expected"),
    [
        ("jcp", date(1995, 12, 31), None),
        ("jcp", date(2025, 12, 31), (0.15, 0.0)),
        ("jcp", date(2026, 1, 1), (0.175, 0.0)),
        ("dividend", date(2025, 12, 31), None),
        ("dividend", date(2026, 1, 1), (0.10, 50_000.0)),
    ],
)
@pytest.mark.parametrize("market", ["b3", "b3_fractional", "b3_unit"])
def test_tax_withheld_from_payouts_is_known_by_its_day(market, payout, day, expected):
    found = TRADING_RULES[market].withholding(payout, day)

    assert expected == (found and (found.rate, found.free_amount))


@pytest.mark.parametrize(
    ("name", "doubt"),
    [("b3", "day trades are part of"), ("b3_unit", "exemption of shares"), ("b3_etf", "fixed inc")],
)
def test_what_is_not_sure_of_a_tax_stands_in_its_source(name, doubt):
    (tax,) = (each for each in TRADING_RULES[name].sources if "tax" in each.figures)

    assert doubt in tax.en.split("Not sure:")[1]
    assert "Sem certeza:" in tax.pt_br


@pytest.mark.parametrize("name", TRADING_RULES)
def test_trading_rules_equal_their_own_json(name):
    assert TRADING_RULES[name] == TradingRules.model_validate_json(
        TRADING_RULES[name].model_dump_json()
    )


def test_a_median_within_the_cost_holds():
    forecasts = gaussian([0.0031, 0.0029, -0.0029, -0.0032])

    assert [1, 0, 0, -1] == decide_sides(forecasts, ByMedian(cost=0.003), FREE).tolist()


def test_the_cost_of_a_rule_defaults_to_that_of_the_trading_rules():
    forecasts = gaussian([0.002, 0.003])
    cheap, dear = TradingRules(slippage_bps=5.0), TradingRules(slippage_bps=12.5)

    assert [1, 1] == decide_sides(forecasts, ByMedian(), cheap).tolist()
    assert [0, 1] == decide_sides(forecasts, ByMedian(), dear).tolist()
    assert [1, 1] == decide_sides(forecasts, ByMedian(cost=0.0), dear).tolist()


@given(st.floats(-0.06, 0.06), st.floats(0.2, 0.9), st.floats(0, 0.02))
def test_probabilities_interpolated_from_quantiles_equal_those_of_the_distribution(
    mean, least, cost
):
    forecasts = gaussian([mean])
    up = norm.sf(np.log1p(cost), mean, 0.04)
    down = norm.cdf(np.log1p(-cost), mean, 0.04)
    near = min(abs(up - least), abs(down - least), abs(up - down))
    expected = 1 if up >= max(least, down) else -1 if down >= max(least, up) else 0

    found = decide_sides(forecasts, ByProbability(probability=least, cost=cost), FREE)

    assert [expected] == found.tolist() or near < 0.002


def test_the_action_rule_decides_by_its_thresholds():
    forecasts = replace(
        gaussian([0.0] * 4),
        probabilities=np.array(
            [[0.6, 0.3, 0.1], [0.3, 0.6, 0.1], [0.3, 0.3, 0.4], [0.45, 0.5, 0.05]]
        ),
    )

    found = decide_sides(forecasts, ByAction(thresholds=Thresholds(buy=0.5, sell=0.55)), FREE)

    assert [1, -1, 0, 0] == found.tolist()


def test_the_action_rule_without_probabilities_is_an_error():
    rule = ByAction(thresholds=Thresholds(buy=0.5, sell=0.5))

    with pytest.raises(InputError, match="no action probabilities"):
        decide_sides(gaussian([0.0]), rule, FREE)


def test_the_annual_volatility_equals_that_of_the_forecast_distribution():
    forecasts = gaussian([0.0], sigma=0.02)

    for step in (1, 4):
        assert 0.02 * np.sqrt(252) == pytest.approx(
            forecasts.annual_volatility(step=step)[0], rel=1e-6
        )


@given(st.floats(0.01, 0.99))
def test_quantiles_between_levels_are_interpolated(level):
    forecasts = gaussian([0.01, -0.02])

    expected = [np.interp(level, LEVELS, row[2]) for row in forecasts.quantiles]

    assert expected == pytest.approx(forecasts.at(level, step=3), rel=1e-9, abs=1e-12)


def test_a_level_beyond_those_of_the_forecast_is_an_error_that_names_it(quoted, forecasts):
    prices = quoted([10] * 4, [10] * 4)
    narrow = SymbolForecasts(prices.sessions[:1], np.zeros((1, 1, 3)), (0.25, 0.5, 0.75))

    with pytest.raises(InputError, match=r"0\.25 to 0\.75"):
        simulate(prices, narrow, market=FREE, strategy=Strategy(sizing=VolatilitySize()))


@pytest.mark.parametrize("spread", ["first_step", "horizon"])
def test_wider_forecasts_give_smaller_positions_within_the_leverage(spread):
    size = VolatilitySize(annual_volatility=0.16, max_leverage=1.5, spread=spread)
    weights = []
    for sigma in (0.001, 0.005, 0.01, 0.02, 0.04):
        forecasts = gaussian([0.02], sigma=sigma)
        strategy = Strategy(rule=ByMedian(), sizing=size)
        orders = make_orders(forecasts, strategy, FREE, rows=[0], num_sessions=2)
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


def test_to_horizon_is_extended_by_the_same_side_and_reversed_by_the_other():
    prolonged = ordered([1, 1, 0, 0], ToHorizon(), horizon=3)
    turned = ordered([1, -1, 0, 0], ToHorizon(), horizon=3)

    assert [4] == np.flatnonzero(prolonged.exits).tolist()
    assert [None, 1.0, None, None] == prolonged.weights[:4]
    assert [None, 1.0, -1.0, None] == turned.weights[:4]
    assert [4] == np.flatnonzero(turned.exits).tolist()


def test_to_horizon_leaves_positions_open_that_end_after_the_simulation():
    found = ordered([0, 0, 0, 1], ToHorizon(), horizon=6, num_sessions=8)

    assert not any(found.exits)


def test_rebalanced_orders_at_every_decision_and_hold_is_flat():
    found = ordered([1, 0, -1], Rebalanced(), sizing=FixedSize(share=0.5))

    assert [None, 0.5, 0.0, -0.5, None] == found.weights[:5]


def test_a_strategy_equals_its_own_json():
    strategy = Strategy(
        rule=ByAction(thresholds=Thresholds(buy=0.4, sell=0.6)),
        sizing=VolatilitySize(),
        holding=ToHorizon(),
    )

    assert strategy == Strategy.model_validate_json(strategy.model_dump_json())
