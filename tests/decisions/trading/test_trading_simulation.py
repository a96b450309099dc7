"""The laws of the simulation, and its numbers against independent loops."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pregao.decisions.trading import (
    TRADING_RULES,
    ByMedian,
    FixedSize,
    Rebalanced,
    Strategy,
    SymbolForecasts,
    ToHorizon,
    Trading,
    TradingRules,
    TradingSummary,
    UntilChanged,
    VolatilitySize,
    simulate,
    simulate_portfolio,
)
from pregao.errors import InputError
from pregao.prices import Bars
from pregao.testing import randomise_after, rescale_prices, synthetic_prices

FREE = TRADING_RULES["none"]
DEAR = TradingRules(
    brokerage_bps=4.0,
    exchange_bps=3.0,
    sale_bps=1.0,
    per_order=2.5,
    slippage_bps=6.0,
    slippage_range_share=0.02,
    lot_shares=10,
    tick=0.01,
    borrow_annual=0.04,
)
PROPORTIONAL = DEAR.replace(per_order=0.0, lot_shares=0, tick=0.0)
SIGN = ByMedian(cost=0.0)
HOLDINGS = [UntilChanged(), ToHorizon(), Rebalanced(band=0.05)]
SIZINGS = [FixedSize(share=0.7), VolatilitySize(max_leverage=1.5)]


def random_decisions(prices, *, seed=0, horizon=3, skip=20, every=1):
    """Return random forecasts on some of the sessions."""
    generator = np.random.default_rng(seed)
    cutoffs = prices.sessions[skip : len(prices) - horizon : every]
    middle = generator.normal(0, 0.01, (len(cutoffs), 1, 1))
    width = generator.uniform(0.01, 0.06, (len(cutoffs), 1, 1))
    steps = np.sqrt(np.arange(1, horizon + 1))[None, :, None]
    quantiles = middle + width * steps * np.array([-1.6, -1.3, 0.0, 1.3, 1.6])
    return SymbolForecasts(cutoffs, quantiles, (0.05, 0.1, 0.5, 0.9, 0.95))


def signed_trades(account, session):
    return [
        (each.shares if each.side == "buy" else -each.shares, each)
        for each in account.trades
        if each.session == session
    ]


@pytest.mark.parametrize("market", [FREE, DEAR, *[TRADING_RULES[name] for name in ("b3", "us")]])
@pytest.mark.parametrize("holding", HOLDINGS, ids=lambda each: each.kind)
@given(seed=st.integers(0, 10**6), sizing=st.sampled_from(SIZINGS), rate=st.sampled_from([0, 0.1]))
def test_equity_changes_by_price_moves_and_recorded_costs_alone(
    market, holding, seed, sizing, rate
):
    prices = synthetic_prices(sessions=90, seed=seed % 7)
    strategy = Strategy(rule=SIGN, sizing=sizing, holding=holding)

    found = simulate(
        prices,
        random_decisions(prices, seed=seed),
        market=market,
        strategy=strategy,
        cash_rate=rate,
    )

    factor = prices.bars.adj_close / prices.bars.close
    row_of = {session.item(): row for row, session in enumerate(prices.sessions)}
    for account in (found.strategy, found.buy_and_hold, found.cash):
        shares = account.shares["TEST3"]
        assert account.equity[0] == found.capital
        for now in range(1, len(found.sessions)):
            row = row_of[found.sessions[now]]
            close, before = prices.bars.close[row], prices.bars.close[row - 1]
            growth = factor[row] / factor[row - 1]
            trades = signed_trades(account, found.sessions[now])
            overnight = shares[now - 1] * (growth * close - before)
            of_trades = sum(number * (close - each.price) for number, each in trades)
            bought = sum(number for number, _ in trades)
            fees = sum(each.fees for _, each in trades)
            flows = account.interest[now] - account.borrow[now]

            change = account.equity[now] - account.equity[now - 1]
            assert overnight + of_trades - fees + flows == pytest.approx(change, abs=1e-4)
            assert account.fees[now] == pytest.approx(fees)
            slipped = sum(each.slippage for _, each in trades)
            assert account.slippage[now] == pytest.approx(slipped)
            assert shares[now] == pytest.approx(shares[now - 1] * growth + bought, rel=1e-4)
            assert account.equity[now] == pytest.approx(account.cash[now] + account.position[now])


@given(seed=st.integers(0, 10**6), power=st.integers(-4, 4), index=st.integers(0, 2))
def test_prices_and_capital_in_other_units_give_the_same_results(seed, power, index):
    prices = synthetic_prices(sessions=80, seed=3)
    forecasts = random_decisions(prices, seed=seed)
    strategy = Strategy(rule=SIGN, holding=HOLDINGS[index])
    factor = 2.0**power

    here = simulate(prices, forecasts, market=PROPORTIONAL, strategy=strategy, capital=1000.0)
    there = simulate(
        rescale_prices(prices, factor),
        forecasts,
        market=PROPORTIONAL,
        strategy=strategy,
        capital=1000.0 * factor,
    )

    assert np.array_equal(factor * np.array(here.strategy.equity), there.strategy.equity)
    assert here.strategy.results.after_costs.sharpe == there.strategy.results.after_costs.sharpe
    assert here.strategy.shares == there.strategy.shares


@pytest.mark.parametrize("holding", [UntilChanged(), Rebalanced(band=0.0)])
@given(seed=st.integers(0, 100))
def test_always_long_without_costs_equals_buy_and_hold(holding, seed):
    prices = synthetic_prices(sessions=60, seed=seed)
    forecasts = random_decisions(prices, horizon=2)
    bullish = replace(forecasts, quantiles=np.abs(forecasts.quantiles) + 0.01)

    found = simulate(prices, bullish, market=FREE, strategy=Strategy(rule=SIGN, holding=holding))

    assert found.strategy.equity == pytest.approx(found.buy_and_hold.equity, rel=1e-12)


def test_buy_and_hold_without_costs_has_the_total_return():
    prices = synthetic_prices(sessions=400, seed=5, dividend=0.03)
    bars = prices.bars
    first_open = bars.open[21] * bars.adj_close[21] / bars.close[21]

    found = simulate(prices, random_decisions(prices), market=FREE, capital=50_000.0)

    expected = [50_000.0, *(50_000.0 * bars.adj_close[21:400] / first_open)]
    assert expected == pytest.approx(found.buy_and_hold.equity, rel=1e-9)


@pytest.mark.parametrize("is_in_ticks", [False, True])
@given(seed=st.integers(0, 10**6), row=st.integers(25, 70), index=st.integers(0, 2))
def test_trades_do_not_depend_on_prices_after_their_open(is_in_ticks, seed, row, index):
    prices = synthetic_prices(sessions=80, seed=4)
    if is_in_ticks:
        in_ticks = {name: column.round(2) for name, column in prices.bars.columns.items()}
        prices = replace(prices, bars=Bars.from_columns(prices.sessions, in_ticks))
    forecasts = random_decisions(prices, seed=seed)
    strategy = Strategy(rule=SIGN, sizing=VolatilitySize(), holding=HOLDINGS[index])
    noisy = randomise_after(prices, row, seed=seed)
    # The next open and the corporate action before it are known at the trade.
    columns = {name: column.copy() for name, column in noisy.bars.columns.items()}
    columns["open"][row + 1] = prices.bars.open[row + 1]
    # Twice the close and the adjusted close keep the factor between them to the last bit.
    for name in ("high", "close", "adj_close"):
        columns[name][row + 1] = 2 * prices.bars.columns[name][row + 1]
    other = replace(prices, bars=Bars.from_columns(prices.sessions, columns))
    generator = np.random.default_rng(seed)
    late = forecasts.cutoffs > prices.sessions[row]
    quantiles = forecasts.quantiles.copy()
    quantiles[late] = np.sort(generator.normal(0, 1, quantiles[late].shape))
    unlike = replace(forecasts, quantiles=quantiles)
    next_open = prices.sessions[row + 1].item()

    def until_next_open(found):
        return [
            each
            for each in found.strategy.trades
            if each.session < next_open or (each.session == next_open and each.at == "open")
        ]

    one = simulate(prices, forecasts, market=DEAR, strategy=strategy)
    two = simulate(other, unlike, market=DEAR, strategy=strategy)

    assert until_next_open(one) == until_next_open(two)
    known = row - 20 + 1
    assert one.strategy.equity[:known] == two.strategy.equity[:known]


def test_a_decision_is_executed_at_the_open_of_the_next_session(quoted, forecasts):
    prices = quoted([10, 11, 12, 13], [10.5, 11.5, 12.5, 13.5])

    found = simulate(
        prices, forecasts(prices, [0.05]), market=FREE, strategy=Strategy(holding=UntilChanged())
    )

    trade = found.strategy.trades[0]
    assert (prices.sessions[1].item(), "open", 11.0) == (trade.session, trade.at, trade.price)


def test_foresight_of_the_next_close_gains_nothing_where_prices_move_overnight(quoted, forecasts):
    # Alternately up and down by 1 %, all before the open: the next close cannot be traded on.
    closes = 100 * 1.01 ** (np.arange(60) % 2)
    prices = quoted([100.0, *closes[1:]], closes)
    foreseen = np.log(closes[1:] / closes[:-1])

    found = simulate(
        prices,
        forecasts(prices, foreseen),
        market=FREE,
        strategy=Strategy(rule=SIGN, holding=Rebalanced(band=0.0)),
    )

    assert all(
        after <= before
        for before, after in zip(found.strategy.equity, found.strategy.equity[1:], strict=False)
    )
    assert found.strategy.results.after_costs.total_return < -0.4


@pytest.mark.parametrize("name", TRADING_RULES)
@pytest.mark.parametrize("holding", HOLDINGS, ids=lambda each: each.kind)
def test_an_account_without_trades_has_no_costs(name, holding, quoted, forecasts):
    prices = quoted([10, 11, 9, 12], [10, 11, 9, 12])

    found = simulate(
        prices,
        forecasts(prices, [0.0, 0.0, 0.0]),
        market=TRADING_RULES[name],
        strategy=Strategy(holding=holding),
        cash_rate=0.1,
    )

    assert found.cash == found.strategy.model_copy(update={"shares": found.cash.shares})
    assert 0 == found.strategy.results.num_trades
    assert 1.1 ** (3 / 252) * 100_000 == pytest.approx(found.strategy.equity[-1])


@pytest.mark.parametrize("way", [1, -1])
def test_a_round_trip_at_unchanged_prices_loses_exactly_its_costs(quoted, forecasts, way):
    prices = quoted([10.0] * 5, [10.0] * 5)
    market = DEAR.replace(borrow_annual=0.252)

    found = simulate(
        prices,
        forecasts(prices, [way * 0.05, -way * 1e-4], horizon=1),
        market=market,
        strategy=Strategy(rule=ByMedian(cost=0.01), holding=Rebalanced()),
        capital=10_000.0,
    ).strategy

    # 0.06 % off 10.00, against the trader to the tick: bought at 10.01, sold at 9.99.
    shares = 990
    assert [shares, shares] == [each.shares for each in found.trades]
    assert {10.01, 9.99} == {each.price for each in found.trades}
    fees = shares * (10.01 * 7e-4 + 9.99 * 8e-4) + 5.0
    borrow = 0.0 if way > 0 else shares * 10 * 0.001
    slippage = shares * 0.02
    assert fees == pytest.approx(found.results.fees)
    assert slippage == pytest.approx(found.results.slippage)
    assert borrow == pytest.approx(found.results.borrow)
    assert 10_000 - fees - slippage - borrow == pytest.approx(found.equity[-1])
    assert 10_000 == pytest.approx(found.results.before_costs.final_equity)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("band", [0.0, 0.2])
def test_the_equity_path_equals_a_loop_over_position_values(seed, band):
    prices = synthetic_prices(sessions=150, seed=seed, dividend=0.02)
    decisions = random_decisions(prices, seed=seed, horizon=1)
    strategy = Strategy(rule=SIGN, sizing=FixedSize(share=0.8), holding=Rebalanced(band=band))
    bars = prices.bars
    adjusted_open = bars.open * bars.adj_close / bars.close
    side_at = dict(zip(decisions.cutoffs, np.sign(decisions.at(0.5, step=1)), strict=True))
    cash, value, equity = 1000.0, 0.0, [1000.0]
    for row in range(21, len(prices)):
        cash -= max(-value, 0) * 0.04 / 252
        value *= adjusted_open[row] / bars.adj_close[row - 1]
        side = side_at.get(prices.sessions[row - 1])
        if side is not None:
            spread = (bars.high[row - 1] - bars.low[row - 1]) / bars.close[row - 1]
            slip = 0.0006 + 0.02 * spread
            total = cash + value
            wanted = side * 0.8 * total / (1 + slip) / 1.0007
            is_near = value * side > 0 and abs(side * 0.8 - value / total) <= band
            if not is_near:
                change = wanted - value
                worse = 1 + slip if change > 0 else 1 - slip
                rate = 0.0007 if change > 0 else 0.0008
                cash -= change * worse + abs(change) * worse * rate
                value = wanted
        value *= bars.adj_close[row] / adjusted_open[row]
        equity.append(cash + value)

    found = simulate(prices, decisions, market=PROPORTIONAL, strategy=strategy, capital=1000.0)

    assert equity == pytest.approx(found.strategy.equity, rel=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_orders_in_lots_and_ticks_equal_those_of_whole_cents(seed, quoted):
    """Compare with integer arithmetic in cents and whole shares."""
    generator = np.random.default_rng(seed)
    closes = np.round(20 * np.exp(np.cumsum(generator.normal(0, 0.03, 80))), 2)
    opens = np.round(closes * np.exp(generator.normal(0, 0.01, 80)), 2)
    prices = quoted(opens.astype(np.float32), closes.astype(np.float32))
    decisions = random_decisions(prices, seed=seed, horizon=1, skip=1, every=5)
    sides = [int(each) for each in np.sign(decisions.at(0.5, step=1))]
    side_at = dict(zip(range(1, 79, 5), sides, strict=False))
    market = DEAR.replace(slippage_range_share=0.0, borrow_annual=0.0, lot_shares=100)
    cash, held, side, trades = 5_000_000, 0, 0, []
    for row in range(2, 80):
        wish = side_at.get(row - 1, 0)
        if wish in {0, side}:
            continue
        quote = round(opens[row] * 100)
        ask, bid = math.ceil(quote * 1.0006 - 1e-6), math.floor(quote * 0.9994 + 1e-6)
        equity = cash + held * quote
        target = wish * int((equity - 250) / (ask * 1.0007) // 100 * 100)
        number = target - held
        price = ask if number > 0 else bid
        cash -= number * price + abs(number) * price * (7 if number > 0 else 8) / 10_000 + 250
        held, side = target, wish
        trades.append((number, price))

    found = simulate(
        prices,
        decisions,
        market=market,
        strategy=Strategy(rule=SIGN, holding=UntilChanged()),
        capital=50_000.0,
    ).strategy

    signed = [(each.shares if each.side == "buy" else -each.shares) for each in found.trades]
    assert [number for number, _ in trades] == signed
    assert [price for _, price in trades] == [round(100 * each.price, 6) for each in found.trades]
    assert (cash + held * round(closes[77] * 100)) / 100 == pytest.approx(found.equity[-1])


def test_a_split_changes_the_shares_alone(quoted, forecasts):
    whole = quoted([10, 10, 12, 12, 12], [10, 11, 12, 12, 12])
    split = quoted([10, 10, 6, 6, 6], [10, 11, 6, 6, 6], factors=[0.5, 0.5, 1, 1, 1])
    decisions = forecasts(whole, [0.05, 0.05, 0.05, 0.05])
    market = TRADING_RULES["b3"].replace(tick=0.0)

    one, two = (
        simulate(each, decisions, market=market, strategy=Strategy(), capital=10_000.0)
        for each in (whole, split)
    )

    assert one.strategy.equity == two.strategy.equity
    assert (900.0, 1800.0) == two.strategy.shares["TEST3"][1:3]


def test_a_dividend_is_reinvested_in_a_long_position_and_owed_by_a_short_one(quoted, forecasts):
    # 1.00 of 11.00 is paid before the third session, which opens without it.
    prices = quoted([11, 11, 10, 10], [11, 11, 10, 10], factors=[10 / 11, 10 / 11, 1, 1])

    for way in (0.05, -0.05):
        found = simulate(
            prices, forecasts(prices, [way] * 3), market=FREE, strategy=Strategy(), capital=1100.0
        )

        assert [1100.0] * 4 == pytest.approx(found.strategy.equity)
        assert abs(found.strategy.shares["TEST3"][2]) == pytest.approx(110.0)


def test_ticks_apply_to_quoted_prices_and_not_to_adjusted_ones(quoted, forecasts):
    adjusted = quoted([10.1234, 10.1234, 11.0, 12.0], [10.1, 10.4321, 11.1, 12.0])

    bought = [
        simulate(each, forecasts(each, [0.05]), market=TRADING_RULES["b3"], strategy=Strategy())
        .strategy.trades[0]
        .price
        for each in (quoted([10.12, 10.13, 11], [10.1, 10.4, 11]), adjusted)
    ]

    assert 10.14 == bought[0]
    assert 10.1234 * 1.0005 == pytest.approx(bought[1], abs=1e-12)


def test_orders_are_whole_lots_unless_they_close_a_position():
    prices = synthetic_prices(sessions=300, seed=2, dividend=0.02)
    strategy = Strategy(rule=SIGN, sizing=VolatilitySize(), holding=Rebalanced(band=0.02))

    found = simulate(
        prices, random_decisions(prices), market=TRADING_RULES["b3"], strategy=strategy
    )

    shares = found.strategy.shares["TEST3"]
    kinds = set()
    for trade in found.strategy.trades:
        signed = trade.shares if trade.side == "buy" else -trade.shares
        after = shares[found.sessions.index(trade.session)]
        before = after - signed
        if after * before > 0:
            kinds.add("resized")
            assert trade.shares % 100 == 0
        else:
            kinds.add("opened, closed or turned")
            assert after % 100 == pytest.approx(0, abs=1e-6)
    assert {"resized", "opened, closed or turned"} == kinds


def test_a_long_account_never_borrows():
    prices = synthetic_prices(sessions=200, seed=6)
    forecasts = random_decisions(prices)

    for market in (DEAR, TRADING_RULES["b3"], TRADING_RULES["us"]):
        found = simulate(
            prices, forecasts, market=market, strategy=Strategy(rule=SIGN, is_long_only=True)
        )
        assert min(found.strategy.cash) >= 0
        assert min(found.buy_and_hold.cash) >= 0
        assert min(found.strategy.shares["TEST3"]) >= 0


def test_a_market_without_shorts_is_traded_long_only():
    prices = synthetic_prices(sessions=120, seed=6)
    forecasts = random_decisions(prices)
    free_of_shorts = DEAR.replace(allows_short=False)

    forbidden = simulate(prices, forecasts, market=free_of_shorts, strategy=Strategy(rule=SIGN))
    unwanted = simulate(
        prices, forecasts, market=DEAR, strategy=Strategy(rule=SIGN, is_long_only=True)
    )

    assert unwanted.strategy == forbidden.strategy


def test_a_wider_band_makes_fewer_trades():
    prices = synthetic_prices(sessions=200, seed=6)
    forecasts = random_decisions(prices)
    turnover = [
        simulate(
            prices,
            replace(forecasts, quantiles=forecasts.quantiles + 0.1),
            market=FREE,
            strategy=Strategy(sizing=VolatilitySize(), holding=Rebalanced(band=band)),
        ).strategy.results.turnover
        for band in (0.0, 0.05, 0.2, 1.0)
    ]

    assert sorted(turnover, reverse=True) == turnover
    assert turnover[0] > 3 * turnover[-1]


def test_an_account_too_small_for_a_lot_counts_unfilled_orders(quoted, forecasts):
    prices = quoted([30] * 4, [30] * 4)

    found = simulate(
        prices, forecasts(prices, [0.05] * 3), market=TRADING_RULES["b3"], capital=1_000.0
    )

    assert (3, 0) == (found.strategy.results.num_unfilled, found.strategy.results.num_trades)
    assert 1 == found.buy_and_hold.results.num_unfilled


def test_an_account_without_equity_trades_no_more(quoted, forecasts):
    prices = quoted([10, 10, 30, 30, 20, 10], [10, 10, 30, 30, 20, 10])

    found = simulate(
        prices, forecasts(prices, [-0.05] * 5), market=FREE, strategy=Strategy(), capital=100.0
    ).strategy

    assert (100.0, 100.0, -100.0, -100.0, -100.0, -100.0) == found.equity
    assert 2 == found.results.num_trades
    assert -2.0 == found.results.after_costs.total_return
    assert 2.0 == found.results.after_costs.max_drawdown


@pytest.mark.parametrize(
    ("share", "way", "base"), [(0.5, 1, 50_000), (1.5, 1, -50_000), (1.0, -1, 100_000)]
)
def test_interest_is_earned_on_cash_paid_on_debt_and_not_earned_on_short_proceeds(
    share, way, base, quoted, forecasts
):
    prices = quoted([10] * 4, [10] * 4)

    found = simulate(
        prices,
        forecasts(prices, [way * 0.05] * 3),
        market=FREE,
        strategy=Strategy(sizing=FixedSize(share=share), holding=UntilChanged()),
        cash_rate=0.1,
    )

    night = 1.1 ** (1 / 252) - 1
    # The first night passes before the first open: 100,000 of cash, then a position of the equity.
    expected = [0.0, 100_000 * night, base * night * (1 + night)]
    assert expected == pytest.approx(found.strategy.interest[:3])
    assert 100_000 * 1.1 ** (3 / 252) == pytest.approx(found.cash.equity[-1])


def test_a_short_whose_gain_is_below_its_borrow_cost_is_no_hit(quoted, forecasts):
    prices = quoted([10, 10, 9.99, 9.99], [10, 10, 9.99, 9.99])
    decisions = forecasts(prices, [-0.05, 0.0])
    hits = [
        simulate(
            prices, decisions, market=FREE.replace(borrow_annual=annual), strategy=Strategy()
        ).strategy.results
        for annual in (0.001 * 252 * 0.99, 0.001 * 252 * 1.01)
    ]

    assert [(1.0, 1.0), (1.0, 0.0)] == [
        (each.hit_rate_before_costs, each.hit_rate) for each in hits
    ]


def test_a_horizon_of_one_session_is_a_day_trade(quoted, forecasts):
    prices = quoted([10, 10, 11, 12], [10, 11, 12, 11])

    found = simulate(
        prices,
        forecasts(prices, [0.05, -0.05]),
        market=FREE,
        strategy=Strategy(holding=ToHorizon()),
    ).strategy

    assert [("open", "buy"), ("close", "sell"), ("open", "sell"), ("close", "buy")] == [
        (each.at, each.side) for each in found.trades
    ]
    assert [100_000, 110_000, 100_000] == pytest.approx(found.equity[:3])


def test_the_simulation_ends_with_the_last_horizon(quoted, forecasts):
    prices = quoted([10] * 12, [10] * 12)

    found = simulate(prices, forecasts(prices, [0.0] * 4, horizon=5), market=FREE)

    expected = [session.item() for session in prices.sessions[:9]]
    assert expected == list(found.sessions)


def test_a_simulation_equals_its_own_json():
    prices = synthetic_prices(sessions=80, seed=6)

    found = simulate(prices, random_decisions(prices), market=TRADING_RULES["b3"], tax=True)

    assert found == Trading.model_validate_json(found.model_dump_json())
    assert found.summary == TradingSummary.model_validate_json(found.summary.model_dump_json())
    assert len(found.summary.model_dump_json()) < 12_000


@pytest.mark.parametrize("missing", ["buy_and_hold", "cash"])
def test_a_simulation_without_one_of_its_accounts_is_an_error(missing):
    prices = synthetic_prices(sessions=40)
    found = simulate(prices, random_decisions(prices), market=FREE)
    for value in (found, found.summary):
        fields = {name: each for name, each in value if name != missing}

        with pytest.raises(ValueError, match=missing):
            type(value).model_validate(fields)


def test_a_portfolio_of_one_symbol_equals_the_simulation_of_that_symbol():
    prices = synthetic_prices(sessions=80, seed=6)
    forecasts = random_decisions(prices)

    alone = simulate(prices, forecasts, market=TRADING_RULES["b3"], tax=True)

    assert alone == simulate_portfolio(
        {"TEST3": (prices, forecasts)}, market=TRADING_RULES["b3"], tax=True
    )


@pytest.mark.parametrize("split", ["equal", "risk_parity"])
def test_a_portfolio_is_the_sum_of_its_sub_accounts(split):
    both = {}
    for number, ticker in enumerate(("PETR4", "VALE3", "ITUB4")):
        prices = synthetic_prices(ticker, 120, seed=number)
        both[ticker] = prices, random_decisions(prices, seed=number)
    first = [forecasts.annual_volatility(step=3)[0] for _, forecasts in both.values()]
    weights = np.ones(3) if split == "equal" else 1 / np.array(first)
    parts = 90_000 * weights / weights.sum()

    found = simulate_portfolio(both, market=DEAR, capital=90_000.0, split=split)

    alone = [
        simulate(*each, market=DEAR, capital=part)
        for each, part in zip(both.values(), parts, strict=True)
    ]
    for name in ("strategy", "buy_and_hold", "cash"):
        accounts = [getattr(each, name) for each in alone]
        added = np.sum([each.equity for each in accounts], axis=0)
        assert added == pytest.approx(getattr(found, name).equity)
        trades = sum(each.results.num_trades for each in accounts)
        assert trades == getattr(found, name).results.num_trades


def test_a_sub_account_is_unchanged_while_its_exchange_is_closed():
    here = synthetic_prices("PETR4", 60, seed=1)
    there = synthetic_prices("VALE3", 60, seed=2)
    holes = replace(there, bars=there.bars.take(np.delete(np.arange(60), [30, 31])))
    both = {
        "PETR4": (here, random_decisions(here)),
        "VALE3": (holes, random_decisions(holes, skip=25)),
    }

    found = simulate_portfolio(both, market=FREE)

    assert [session.item() for session in here.sessions[20:]] == list(found.sessions)
    shares = found.buy_and_hold.shares["VALE3"]
    assert shares[1] > 0, "every part is invested from the earliest cutoff on"
    at = [found.sessions.index(here.sessions[row].item()) for row in (29, 31)]
    assert shares[at[0]] == shares[at[1]]


def test_symbols_of_two_currencies_are_an_error():
    one, two = synthetic_prices("PETR4", 60), synthetic_prices("NVDA", 60)
    both = {"PETR4": (one, random_decisions(one)), "NVDA": (two, random_decisions(two))}

    with pytest.raises(InputError, match="BRL, USD"):
        simulate_portfolio(both, market=FREE)


def test_cutoffs_that_are_no_sessions_are_an_error_that_names_them(quoted, forecasts):
    prices = quoted([10] * 4, [10] * 4)
    sunday = replace(forecasts(prices, [0.0]), cutoffs=np.array(["2024-01-07"], "datetime64[D]"))

    with pytest.raises(InputError, match="2024-01-07"):
        simulate(prices, sunday, market=FREE)


def test_a_cutoff_on_the_last_session_is_an_error(quoted, forecasts):
    prices = quoted([10] * 4, [10] * 4)
    late = replace(forecasts(prices, [0.0]), cutoffs=prices.sessions[-1:])

    with pytest.raises(InputError, match="no session after"):
        simulate(prices, late, market=FREE)


def test_tax_without_a_tax_rule_is_an_error(quoted, forecasts):
    prices = quoted([10] * 4, [10] * 4)

    with pytest.raises(InputError, match="no tax rule"):
        simulate(prices, forecasts(prices, [0.0]), market=FREE, tax=True)
