"""Taxes against manual computation."""

import numpy as np
import pytest

from pregao.decisions.trading import (
    TRADING_RULES,
    ByMedian,
    FixedSize,
    Rebalanced,
    Strategy,
    SymbolForecasts,
    TaxRule,
    ToHorizon,
    Trading,
    UntilChanged,
    simulate,
    simulate_portfolio,
)
from pregao.decisions.trading._account import AccountHistory, Fill
from pregao.decisions.trading._bars import MarketBars
from pregao.decisions.trading._tax import Gain, assess_tax, realised_gains
from pregao.errors import InputError
from pregao.testing import synthetic_prices

B3_TAX = TRADING_RULES["b3"].tax
FREE = TRADING_RULES["none"]
DAILY = Strategy(rule=ByMedian(cost=0.01), holding=Rebalanced())
UP, FLAT, DOWN = 0.05, 0.0, -0.05


@pytest.fixture
def taxed(quoted, forecasts):
    """Return a simulation with tax at the given opens, prices constant within a session."""

    def trade(opens, medians, rule, **options):
        prices = quoted(opens, opens, **options)
        return simulate(
            prices,
            forecasts(prices, medians),
            market=FREE.replace(tax=rule),
            strategy=DAILY,
            capital=100_000.0,
            tax=True,
        )

    return trade


def days_until(quoted, first, month, count=80):
    """Return the number of sessions from `first` to the end of the month before `month`."""
    sessions = quoted([1.0] * count, [1.0] * count, first=first).sessions
    return int((sessions < np.datetime64(f"{month}-01")).sum())


def test_a_gain_is_taxed_at_the_end_of_its_month(quoted, taxed):
    january = days_until(quoted, "2024-01-01", "2024-02")
    opens = [10.0, 10.0, 11.0, *[11.0] * january]
    medians = [UP, FLAT, *[FLAT] * january]

    found = taxed(opens, medians, B3_TAX)

    # 10,000 shares bought at 10 and sold at 11: far more than R$ 20,000 of sales.
    due = {row: tax for row, tax in enumerate(found.strategy.tax) if tax}
    assert {january - 1: pytest.approx(0.15 * 10_000)} == due
    assert 110_000 == pytest.approx(found.strategy.results.after_costs.final_equity)
    assert 108_500 == pytest.approx(found.strategy.results.after_tax.final_equity)
    assert found.strategy.equity[-1] == pytest.approx(110_000), "never taken out of the account"


def test_small_sales_are_exempt_and_losses_are_not_offset_twice(quoted, forecasts):
    prices = quoted([10, 10, 11, 11, 10, 10], [10, 10, 11, 11, 10, 10])
    medians = [UP, FLAT, FLAT, FLAT, FLAT]
    market = FREE.replace(tax=B3_TAX)

    tax = [
        simulate(
            prices,
            forecasts(prices, medians),
            market=market,
            strategy=DAILY,
            capital=each,
            tax=True,
        ).strategy.results.tax
        for each in (18_181.0, 18_182.0)
    ]

    # Sold for R$ 19,999.10 and for R$ 20,000.20.
    assert [0.0, pytest.approx(0.15 * 1818.2)] == tax


def test_losses_are_carried_to_later_months(quoted, taxed):
    january = days_until(quoted, "2024-01-01", "2024-02")
    # A loss of 10 % in January, gains of 20 % and 10 % in February.
    opens = [10.0, 10.0, *[9.0] * (january - 2), 9.0, 10.8, 10.8, 11.88, 11.88]
    medians = [UP, FLAT, *[FLAT] * (january - 3), UP, FLAT, UP, FLAT]

    found = taxed(opens, medians, B3_TAX)

    gains = 90_000 * 0.2 + 108_000 * 0.1
    assert 0.15 * (gains - 10_000) == pytest.approx(found.strategy.results.tax)


def test_day_trades_have_their_own_rate_and_losses_and_no_exemption(quoted, forecasts):
    # Bought at 10 and sold at 11 in one session; then bought at 10 and sold at 9.
    prices = quoted([10, 10, 10, 10], [10, 11, 9, 9])
    strategy = Strategy(rule=ByMedian(cost=0.01), holding=ToHorizon())
    market = FREE.replace(tax=B3_TAX)

    def tax_of(medians):
        return simulate(
            prices,
            forecasts(prices, medians),
            market=market,
            strategy=strategy,
            capital=1_000.0,
            tax=True,
        ).strategy.results.tax

    assert pytest.approx(0.2 * 100) == tax_of([UP])
    assert tax_of([FLAT, UP]) == 0
    assert pytest.approx(0.0) == tax_of([UP, UP]), "110 lost after 100 was earned"


def test_costs_are_part_of_the_gain(quoted, forecasts):
    prices = quoted([10, 10, 12, 12], [10, 10, 12, 12])
    market = FREE.replace(tax=TaxRule(period="month", rate=0.15), brokerage_bps=10.0)

    found = simulate(
        prices,
        forecasts(prices, [UP, FLAT]),
        market=market,
        strategy=DAILY,
        capital=10_010.0,
        tax=True,
    ).strategy

    assert 0.15 * (found.equity[-1] - 10_010) == pytest.approx(found.results.tax)
    assert found.results.fees > 20


def test_open_positions_are_taxed_as_if_sold_at_the_end(taxed):
    found = taxed([10, 10, 12, 12], [UP, UP, UP], B3_TAX)

    assert 0.15 * 20_000 == pytest.approx(found.strategy.results.tax)
    assert found.strategy.results.tax == found.buy_and_hold.results.tax
    assert 0 == found.cash.results.tax


def test_a_short_position_is_taxed_on_the_fall_of_the_price(taxed):
    found = taxed([10, 10, 8, 8], [DOWN, FLAT, FLAT], B3_TAX)

    assert 0.15 * 20_000 == pytest.approx(found.strategy.results.tax)


def test_positions_of_more_than_a_year_have_the_long_term_rate(quoted, forecasts):
    count = 300
    opens = np.r_[[10.0] * 2, [20.0] * (count - 2)]
    prices = quoted(opens, opens, ticker="NVDA")
    market = FREE.replace(tax=TRADING_RULES["us"].tax)

    found = simulate(
        prices,
        forecasts(prices, [UP, UP, FLAT, *[FLAT] * (count - 4)]),
        market=market,
        strategy=Strategy(rule=ByMedian(cost=0.01), holding=Rebalanced()),
        tax=True,
    )

    assert 0.24 * 100_000 == pytest.approx(found.strategy.results.tax)
    assert 0.15 * 100_000 == pytest.approx(found.buy_and_hold.results.tax)


def test_a_reinvested_dividend_is_no_gain_and_a_split_changes_no_cost(quoted, forecasts):
    dividend = quoted(
        [11, 11, 10, 12, 12], [11, 11, 10, 12, 12], factors=[10 / 11, 10 / 11, 1, 1, 1]
    )
    split = quoted([10, 10, 6, 6, 6], [10, 10, 6, 6, 6], factors=[0.5, 0.5, 1, 1, 1])
    rule = TaxRule(period="month", rate=0.15)

    tax = [
        simulate(
            prices,
            forecasts(prices, [UP] * 4),
            market=FREE.replace(tax=rule),
            strategy=DAILY,
            capital=1_100.0,
            tax=True,
        ).strategy.results.tax
        for prices in (dividend, split)
    ]

    # 100 shares for 11, and 10 more for 10 each out of the dividend, are worth 12 each at the end;
    # 110 shares for 10 have become 220, worth 6 each.
    assert [0.15 * (110 * 12 - 1_100 - 100), 0.15 * (220 * 6 - 1_100)] == pytest.approx(tax)


def test_tax_is_optional_and_changes_no_trade():
    prices = synthetic_prices("PETR4", 120, seed=1)
    from_row = prices.sessions[20:100]
    generator = np.random.default_rng(0)
    quantiles = generator.normal(0, 0.03, (80, 1, 1)) + np.array([-0.02, 0.0, 0.02])
    forecasts = SymbolForecasts(from_row, quantiles, (0.1, 0.5, 0.9))

    without = simulate(prices, forecasts, market=TRADING_RULES["b3"])
    taxed = simulate(prices, forecasts, market=TRADING_RULES["b3"], tax=True)

    assert without.strategy.results.after_tax is None
    assert {0.0} == set(without.strategy.tax)
    assert taxed.strategy.results.tax > 0
    assert without.strategy.equity == taxed.strategy.equity
    assert without.strategy.trades == taxed.strategy.trades
    expected = without.strategy.equity[-1] - taxed.strategy.results.tax
    assert expected == pytest.approx(taxed.strategy.results.after_tax.final_equity)


def test_the_exemption_is_one_for_all_symbols(quoted, forecasts):
    one, two = (
        quoted([10, 10, 11, 11], [10, 10, 11, 11], ticker=name) for name in ("PETR4", "VALE3")
    )
    market = FREE.replace(tax=B3_TAX)
    decisions = forecasts(one, [UP, FLAT])

    alone = simulate(one, decisions, market=market, strategy=DAILY, capital=10_000.0, tax=True)
    both = simulate_portfolio(
        {"PETR4": (one, decisions), "VALE3": (two, decisions)},
        market=market,
        strategy=DAILY,
        capital=20_000.0,
        tax=True,
    )

    assert 0 == alone.strategy.results.tax
    assert 0.15 * 2_000 == pytest.approx(both.strategy.results.tax)


def test_a_reversed_position_is_closed_and_reopened_for_tax(taxed):
    # 10,000 bought at 10; at 11 sold, and as many sold short as the equity pays for; closed at 9.
    found = taxed([10, 10, 11, 9, 9], [UP, DOWN, FLAT, FLAT], B3_TAX)

    assert 0.15 * (10_000 + 20_000) == pytest.approx(found.strategy.results.tax)
    assert 2 == found.strategy.results.num_round_trips
    assert 1.0 == found.strategy.results.hit_rate


def test_resizing_realises_the_average_price(quoted, forecasts):
    # Half the equity at 10, twice as wide a price: what is sold of it cost 10 a share.
    prices = quoted([10, 10, 20, 20, 20], [10, 10, 20, 20, 20])
    strategy = Strategy(
        rule=ByMedian(cost=0.01), sizing=FixedSize(share=0.5), holding=Rebalanced(band=0.0)
    )

    found = simulate(
        prices,
        forecasts(prices, [UP] * 4),
        market=FREE.replace(tax=B3_TAX),
        strategy=strategy,
        tax=True,
    ).strategy

    assert [5000.0, 1250.0] == [each.shares for each in found.trades]
    assert 0.15 * 50_000 == pytest.approx(found.results.tax)


DAYS = np.array(["2024-01-10", "2024-01-31", "2024-02-29", "2024-03-28"], "datetime64[D]")


def gain(row, amount, *, kind="ordinary", sales=50_000.0, rule=B3_TAX, is_short=False):
    return Gain(DAYS[row], kind, amount, sales, rule, is_short)


@pytest.mark.parametrize(
    ("gains", "due"),
    [
        ([gain(0, 1000), gain(1, -400)], [0, 0.15 * 600, 0, 0]),
        ([gain(0, -1000), gain(2, 400), gain(3, 1000)], [0, 0, 0, 0.15 * 400]),
        ([gain(0, -1000), gain(2, 400, kind="day_trade")], [0, 0, 0.2 * 400, 0]),
        ([gain(0, -1000, kind="day_trade"), gain(2, 400)], [0, 0, 0.15 * 400, 0]),
        ([gain(0, 1000, sales=20_000.0)], [0, 0, 0, 0]),
        ([gain(0, 1000, sales=12_000.0), gain(1, 1.0, sales=9_000.0)], [0, 0.15 * 1001, 0, 0]),
        ([gain(0, 1000, kind="day_trade", sales=500.0)], [0, 0.2 * 1000, 0, 0]),
        ([gain(0, -500), gain(2, 500, sales=1_000.0), gain(3, 600)], [0, 0, 0, 0.15 * 100]),
        ([gain(0, -500, sales=1_000.0), gain(3, 600)], [0, 0, 0, 0.15 * 100]),
    ],
    ids=[
        "netted within a month",
        "a loss waits for gains",
        "no loss of swings for day trades",
        "nor the other way",
        "exempt up to the limit",
        "sales of the month add up",
        "day trades are never exempt",
        "an exempt gain uses up no loss",
        "a loss of a small month counts",
    ],
)
def test_monthly_b3_tax_equals_manual_computation(gains, due):
    assert due == pytest.approx(assess_tax(gains, DAYS))


def rule_of(name):
    return TRADING_RULES[name].tax


FII, ETF, BDR, UNIT = (rule_of(f"b3_{name}") for name in ("fii", "etf", "bdr", "unit"))


@pytest.mark.parametrize(
    ("gains", "due"),
    [
        ([gain(0, 1000, sales=20_000.01)], [0, 150, 0, 0]),
        ([gain(0, 1000, sales=1_100.0, rule=ETF)], [0, 150, 0, 0]),
        ([gain(0, 1000, sales=1_100.0, rule=BDR)], [0, 150, 0, 0]),
        ([gain(0, 1000, sales=1_100.0, rule=UNIT)], [0, 150, 0, 0]),
        ([gain(0, 1000, sales=1_100.0, rule=FII)], [0, 200, 0, 0]),
        ([gain(0, 1000, kind="day_trade", rule=ETF)], [0, 200, 0, 0]),
        ([gain(0, 1000, sales=15_000.0), gain(0, 0, rule=ETF)], [0, 0, 0, 0]),
        (
            [gain(0, 1000, sales=15_000.0), gain(1, 200, sales=9_000.0, rule=FII)],
            [0, 40, 0, 0],
        ),
        ([gain(0, -1000), gain(2, 1500, rule=ETF)], [0, 0, 75, 0]),
        ([gain(0, -1000, rule=BDR), gain(2, 1500, rule=ETF)], [0, 0, 75, 0]),
        (
            [gain(0, -1000, rule=FII), gain(2, 1000), gain(3, 1500, rule=FII)],
            [0, 0, 150, 100],
        ),
        ([gain(0, -1000), gain(2, 1000, rule=FII)], [0, 0, 200, 0]),
        (
            [gain(0, -400), gain(2, 1000, sales=900.0), gain(2, 500, rule=ETF)],
            [0, 0, 15, 0],
        ),
        (
            [gain(0, 1000, sales=15_000.0), gain(0, 300, sales=0.0, is_short=True)],
            [0, 45, 0, 0],
        ),
        (
            [gain(0, 1000, sales=15_000.0), gain(1, 0, sales=6_000.0, is_short=True)],
            [0, 150, 0, 0],
        ),
        (
            [gain(0, 1000, sales=15_000.0), gain(2, -700, sales=0.0, is_short=True), gain(3, 900)],
            [0, 0, 0, 30],
        ),
    ],
    ids=[
        "a cent above the limit",
        "an ETF is never exempt",
        "nor is a BDR",
        "nor is a unit, for it is not sure",
        "a FII at its own rate",
        "a day trade of an ETF",
        "sales of ETFs are no sales of shares",
        "nor are those of FIIs, which are taxed beside exempt shares",
        "a loss of shares is set off against an ETF",
        "and one of a BDR",
        "a loss of FIIs waits for FIIs",
        "which no loss of shares relieves",
        "an exempt gain leaves the loss to an ETF",
        "buying back a short position is no sale, and its gain not exempt",
        "a short sale is a sale of its month",
        "a loss of a short position is carried forward",
    ],
)
def test_tax_by_class_equals_manual_computation(gains, due):
    assert due == pytest.approx(assess_tax(gains, DAYS))


def booked(quoted, *fills):
    """Return the realised gains of shares traded at rows 1 and later, at constant prices."""
    prices = quoted([10, 10, 12, 11], [10, 10, 12, 11])
    history = AccountHistory.start(0.0, 4)
    history.fills = list(fills)
    return realised_gains(MarketBars.from_prices(prices, FREE), history, B3_TAX)


def test_sales_are_gross_of_fees_and_gains_net_of_them(quoted):
    found = booked(
        quoted,
        Fill(1, False, 1000.0, 1000.0, 10.0, 10.0, 30.0),
        Fill(2, False, -1000.0, 0.0, 20.005, 20.005, 100.0),
    )

    assert [(20_005.0, 9_875.0)] == [(each.sales, pytest.approx(each.amount)) for each in found]


def test_sales_of_a_day_trade_are_gross_of_fees(quoted):
    found = booked(
        quoted,
        Fill(2, False, 100.0, 100.0, 12.0, 12.0, 5.0),
        Fill(2, True, -100.0, 0.0, 12.5, 12.5, 5.0),
    )

    assert [("day_trade", 1_250.0, 40.0)] == [
        (each.kind, each.sales, pytest.approx(each.amount)) for each in found
    ]


def test_a_short_sale_is_a_sale_and_buying_back_is_none(quoted):
    found = booked(
        quoted,
        Fill(1, False, -1000.0, -1000.0, 10.0, 10.0, 0.0),
        Fill(2, False, 1000.0, 0.0, 8.0, 8.0, 0.0),
    )

    assert [(0.0, 10_000.0, True), (2_000.0, 0.0, True)] == [
        (each.amount, each.sales, each.is_short) for each in found
    ]


def test_a_reversal_is_one_sale_of_two_parts(quoted):
    found = booked(
        quoted,
        Fill(1, False, 100.0, 100.0, 10.0, 10.0, 0.0),
        Fill(2, False, -300.0, -200.0, 12.0, 12.0, 0.0),
        Fill(3, False, 200.0, 0.0, 11.0, 11.0, 0.0),
    )

    assert [(200.0, 1_200.0, False), (0.0, 2_400.0, True), (200.0, 0.0, True)] == [
        (pytest.approx(each.amount), pytest.approx(each.sales), each.is_short) for each in found
    ]


def test_one_account_taxes_each_symbol_by_its_class(stated, quoted, forecasts):
    market = {
        name: quoted([10, 10, 11, 11], [10, 10, 11, 11], ticker=name)
        for name in ("PETR4", "KNRI11", "BOVA11")
    }
    symbols = {name: (prices, forecasts(prices, [UP, FLAT])) for name, prices in market.items()}

    found = simulate_portfolio(symbols, strategy=DAILY, capital=45_000.0, tax=True)

    earned = dict.fromkeys(symbols, 0.0)
    for each in found.strategy.trades:
        sign = 1 if each.side == "sell" else -1
        earned[each.symbol] += sign * each.shares * each.price - each.fees
    assert min(earned.values()) > 1_000
    # Shares were sold for less than R$ 20,000: exempt.
    expected = 0.20 * earned["KNRI11"] + 0.15 * earned["BOVA11"]
    assert expected == pytest.approx(found.strategy.results.tax)
    assert {"PETR4": 100, "KNRI11": 1, "BOVA11": 1} == {
        name: rules.lot_shares for name, rules in found.rules.items()
    }
    assert found == Trading.model_validate_json(found.model_dump_json())


@pytest.mark.parametrize(
    ("ticker", "reason"),
    [
        ("HGLG11", r"instruments\.toml, as \[HGLG11\] and on the next line class = "),
        ("WINFUT", "WINFUT is a future, an option or a right"),
        ("PETRH305", "PETRH305 is a future, an option or a right"),
        ("PETR1", "PETR1 is a future, an option or a right"),
        ("BTC-USD", "no tax rule is known here for BTC-USD"),
        ("SAP.DE", "no tax rule is known here for SAP.DE"),
    ],
)
def test_where_the_tax_is_not_known_it_is_refused_with_what_to_type(
    stated, quoted, forecasts, ticker, reason
):
    prices = quoted([10, 10, 11, 11], [10, 10, 11, 11], ticker=ticker)
    decisions = forecasts(prices, [UP, FLAT])

    with pytest.raises(InputError, match=reason):
        simulate(prices, decisions, tax=True)
    assert simulate(prices, decisions).strategy.results.after_tax is None
    own = FREE.replace(tax=B3_TAX)
    assert simulate(prices, decisions, market=own, tax=True).strategy.results.tax > 0


def test_annual_us_tax_equals_manual_computation():
    rule = TRADING_RULES["us"].tax
    days = np.array(["2023-06-30", "2023-12-29", "2024-12-31"], "datetime64[D]")
    gains = [
        Gain(days[0], "ordinary", 1000.0, 5000.0, rule),
        Gain(days[1], "ordinary", -1500.0, 5000.0, rule),
        Gain(days[1], "long_term", 700.0, 5000.0, rule),
        Gain(days[2], "ordinary", 900.0, 5000.0, rule),
    ]

    assert [0, 0.15 * 700, 0.24 * 400] == pytest.approx(assess_tax(gains, days))


def test_only_the_shares_that_match_are_a_day_trade(quoted):
    prices = quoted([10, 10, 12, 11], [10, 10, 11, 11])
    history = AccountHistory.start(0.0, 4)
    history.fills = [
        Fill(1, False, 100.0, 100.0, 10.0, 10.0, 0.0),
        Fill(2, False, -300.0, -200.0, 12.0, 12.0, 30.0),
        Fill(2, True, 200.0, 0.0, 11.0, 11.0, 0.0),
    ]

    found = realised_gains(MarketBars.from_prices(prices, FREE), history, B3_TAX)

    assert [("day_trade", 200 * (11.9 - 11)), ("ordinary", 100 * (11.9 - 10))] == [
        (each.kind, pytest.approx(each.amount)) for each in found
    ]


@pytest.mark.parametrize("seed", range(6))
def test_tax_of_round_trips_equals_a_list_of_their_gains(seed):
    prices = synthetic_prices("PETR4", 300, seed=seed, dividend=0.0)
    generator = np.random.default_rng(seed)
    quantiles = generator.normal(0, 0.03, (250, 1, 1)) + np.array([-0.02, 0.0, 0.02])
    forecasts = SymbolForecasts(prices.sessions[20:270], quantiles, (0.1, 0.5, 0.9))
    strategy = Strategy(rule=ByMedian(cost=0.03), holding=UntilChanged(), is_long_only=True)
    market = TRADING_RULES["b3"].replace(lot_shares=1)

    found = simulate(
        prices, forecasts, market=market, strategy=strategy, capital=21_000.0, tax=True
    ).strategy

    by_month: dict[tuple[int, int], list[tuple[float, float]]] = {}
    trades = [(each.session, each.shares, each.price, each.fees) for each in found.trades]
    if len(trades) % 2:
        trades.append((prices.sessions[270].item(), trades[-1][1], prices.bars.close[270], 0.0))
    for (_, shares, paid, fee), (day, _, got, other) in zip(trades[::2], trades[1::2], strict=True):
        month = by_month.setdefault((day.year, day.month), [])
        month.append((shares * got - other - shares * paid - fee, shares * got))
    loss, due = 0.0, 0.0
    for month in sorted(by_month):
        earned = sum(each for each, _ in by_month[month])
        if earned > 0 and sum(sales for _, sales in by_month[month]) <= 20_000:
            continue
        due += 0.15 * max(earned + loss, 0.0)
        loss = min(earned + loss, 0.0)

    assert due == pytest.approx(found.results.tax)
