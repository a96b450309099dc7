"""Action labels, by the future or by rule, against plain loops."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from pregao.dataset import (
    ACTIONS,
    FEATURES,
    AdjustedBars,
    Dataset,
    Labelling,
    Split,
    Windows,
    action_labels,
    make_dataset,
)
from pregao.dataset._labels import rule_actions
from pregao.instruments import Symbol
from pregao.prices import Bars, Prices
from pregao.testing import randomise_after, rescale_prices, synthetic_prices

PRICES = synthetic_prices(sessions=2500, seed=3)
LABELLINGS: tuple[Labelling, ...] = ("forward", "rule")
COST = 0.002
SIGMAS = 0.4


@cache
def dataset(lookback: int = 8, horizon: int = 4) -> Dataset:
    return cut(PRICES, lookback=lookback, horizon=horizon)


def cut(prices: Prices, *, lookback: int = 8, horizon: int = 4) -> Dataset:
    return make_dataset(
        [prices], features=("close",), lookback=lookback, horizon=horizon, split=Split()
    )


def labelled(windows: Windows, labelling: Labelling) -> list[str]:
    labels = action_labels(windows, labelling, cost=COST, threshold_sigmas=SIGMAS)
    return [ACTIONS[number] for number in labels.tolist()]


def by_future(prices: Prices, rows: list[int], horizon: int) -> list[str]:
    """Label with plain loops over raw prices: EWMA variance of half-life 11 up to each row."""
    closes = prices.bars.adj_close.tolist()
    actions = []
    for row in rows:
        total = weights = 0.0
        for age in range(row):
            weight = 0.5 ** (age / 11)
            total += weight * np.log(closes[row - age] / closes[row - age - 1]) ** 2
            weights += weight
        bar = COST + SIGMAS * np.sqrt(total / weights) * np.sqrt(horizon)
        ahead = closes[row + horizon] / closes[row] - 1
        actions.append("buy" if ahead > bar else "sell" if ahead < -bar else "hold")
    return actions


def by_rule(prices: Prices) -> list[str]:
    """Label with pandas over raw adjusted prices."""
    close = pd.Series(prices.bars.adj_close)
    volume = pd.Series(prices.bars.volume)
    change = close.diff()
    gain = change.clip(lower=0).rolling(14).mean()
    loss = (-change).clip(lower=0).rolling(14).mean()
    rsi = 100 - 100 / (1 + gain / loss)
    macd = close.ewm(span=12).mean() - close.ewm(span=26).mean()
    rising, momentum = volume.pct_change(), close.diff(5)
    actions = []
    for row in range(len(close)):
        ready = row >= 26
        buy = rsi[row] < 30 and macd[row] > 0 and rising[row] > 0
        sell = rsi[row] > 70 and momentum[row] < 0 and rising[row] < 0
        actions.append("buy" if ready and buy else "sell" if ready and sell else "hold")
    return actions


def test_the_actions_are_numbered_buy_sell_hold():
    assert ("buy", "sell", "hold") == ACTIONS


@pytest.mark.parametrize("horizon", [1, 4])
def test_forward_labels_equal_plain_loops(horizon: int):
    windows = dataset(horizon=horizon).validation

    expected = by_future(PRICES, windows.cutoff_rows.tolist(), horizon)

    assert expected == labelled(windows, "forward")
    assert set(ACTIONS) == set(expected)


def test_rule_labels_equal_an_independent_implementation():
    expected = by_rule(PRICES)

    assert expected == [
        ACTIONS[number] for number in rule_actions(AdjustedBars.from_prices(PRICES))
    ]
    assert set(ACTIONS) == set(expected)


def test_windows_have_the_rule_label_of_their_cutoff():
    windows, rule = dataset().train, by_rule(PRICES)

    assert [rule[row] for row in windows.cutoff_rows] == labelled(windows, "rule")


def test_the_rule_buys_a_fall_on_rising_volume_and_sells_a_dip_after_a_rise():
    up, down = np.full(200, 0.01), np.full(10, -0.012)
    bought = market(np.concatenate([up, down]), rising=True)
    # The relative strength of 14 sessions is above 70 and yet the last five have fallen.
    sold = market(np.concatenate([up, np.full(5, -0.003)]), rising=False)

    assert "buy" in [ACTIONS[each] for each in rule_actions(bought)[200:]]
    assert "sell" in [ACTIONS[each] for each in rule_actions(sold)[200:]]


def market(returns: np.ndarray, *, rising: bool) -> AdjustedBars:
    close = 100 * np.exp(np.cumsum(returns))
    sessions = synthetic_prices(sessions=len(close)).sessions
    prices = dict.fromkeys(("open", "high", "low", "close", "adj_close"), close)
    volume = 1e6 * np.exp((0.01 if rising else -0.01) * np.arange(len(close)))
    bars = Bars.from_columns(sessions, {**prices, "volume": volume})
    return AdjustedBars.from_prices(Prices(Symbol.parse("TEST3"), bars, "synthetic"))


def test_the_rule_holds_until_all_indicators_are_valid():
    warmup = max(
        FEATURES[name].warmup_sessions
        for name in ("rsi_14", "macd", "volume_change", "price_momentum_5")
    )
    # A rise, then two weeks of small losses: to be bought, were the averages old enough.
    young = market(np.concatenate([np.full(11, 0.03), np.full(20, -0.001)]), rising=True)

    actions = [ACTIONS[number] for number in rule_actions(young)]

    assert 26 == warmup
    assert {"hold"} == set(actions[:warmup])
    assert {"buy"} == set(actions[warmup:])


def test_the_rule_holds_without_volume():
    columns = {**PRICES.bars.columns, "volume": np.zeros(len(PRICES))}
    silent = Prices(PRICES.symbol, Bars.from_columns(PRICES.sessions, columns), "synthetic")

    assert {"hold"} == {
        ACTIONS[number] for number in rule_actions(AdjustedBars.from_prices(silent))
    }


@pytest.mark.parametrize("row", [30, 777, 2400])
def test_a_rule_label_does_not_depend_on_later_bars(row: int):
    full = rule_actions(AdjustedBars.from_prices(PRICES))[: row + 1]

    truncated = rule_actions(AdjustedBars.from_prices(PRICES.up_to(PRICES.sessions[row])))
    noisy = rule_actions(AdjustedBars.from_prices(randomise_after(PRICES, row)))[: row + 1]

    assert full.tobytes() == truncated.tobytes() == noisy.tobytes()


@pytest.mark.parametrize("part", ["train", "validation"])
@pytest.mark.parametrize("horizon", [1, 4, 10])
def test_no_label_reads_past_the_border_of_its_part(part: str, horizon: int):
    data = dataset(horizon=horizon)
    following = {"train": data.validation, "validation": data.sealed_test}[part]
    border = int(following.cutoff_rows[0])
    # The first cutoff of the next part is the first row that this one may not touch.
    changed = cut(randomise_after(PRICES, border - 1), horizon=horizon)

    for labelling in LABELLINGS:
        assert labelled(getattr(data, part), labelling) == labelled(
            getattr(changed, part), labelling
        )


def test_a_forward_label_depends_on_its_horizon():
    data = dataset()
    last = int(data.train.cutoff_rows[-1])
    changed = cut(randomise_after(PRICES, last + data.train.horizon - 1))

    before, after = (labelled(each.train, "forward") for each in (data, changed))

    assert before[:-1] == after[:-1]
    assert by_future(randomise_after(PRICES, last + 3), [last], 4) == after[-1:]


@pytest.mark.parametrize("labelling", LABELLINGS)
def test_labels_do_not_depend_on_the_currency(labelling: Labelling):
    dear = cut(rescale_prices(PRICES, 4.0))

    assert labelled(dataset().train, labelling) == labelled(dear.train, labelling)


def test_a_higher_cost_makes_more_windows_hold():
    windows = dataset().train

    held = [
        (action_labels(windows, "forward", cost=cost, threshold_sigmas=0.0) == 2).sum()
        for cost in (0.0, 0.01, 0.05, 0.9)
    ]

    assert held == sorted(held)
    assert 0 == held[0]
    assert len(windows) == held[-1]


def test_live_windows_have_no_forward_label_and_a_rule_label():
    live = dataset().live

    assert [by_rule(PRICES)[-1]] == labelled(live, "rule")
    with pytest.raises(AssertionError, match="no future"):
        labelled(live, "forward")
