"""Performance figures against plain Python, and undefined ones."""

import math
import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pregao.decisions.trading import Performance, performance

ANNUAL = {
    "annual_return",
    "annual_volatility",
    "sharpe",
    "sharpe_error",
    "sortino",
    "calmar",
}


def curve(seed, count=300):
    steps = np.random.default_rng(seed).normal(0.0005, 0.012, count)
    return 1000 * np.exp(np.cumsum([0.0, *steps]))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("cash_rate", [0.0, 0.1])
def test_figures_equal_those_of_plain_python(seed, cash_rate):
    equity = [float(each) for each in curve(seed)]
    returns = [after / before - 1 for before, after in zip(equity, equity[1:], strict=False)]
    night = (1 + cash_rate) ** (1 / 252) - 1
    excess = [each - night for each in returns]
    per_session = statistics.fmean(excess) / statistics.stdev(excess)
    downside = math.sqrt(statistics.fmean(min(each, 0) ** 2 for each in excess))
    annual = (equity[-1] / equity[0]) ** (252 / 300) - 1
    deepest, length = 0.0, 0
    for start, top in enumerate(equity):
        below = [each for each in equity[start:] if each < top]
        fall = 1 - min(below, default=top) / top
        if fall > deepest:
            back = [row for row in range(start + 1, 301) if equity[row] >= top]
            deepest, length = fall, (back[0] if back else 300) - start

    found = performance(np.array(equity), cash_rate=cash_rate)

    assert annual == pytest.approx(found.annual_return)
    assert statistics.stdev(returns) * math.sqrt(252) == pytest.approx(found.annual_volatility)
    assert per_session * math.sqrt(252) == pytest.approx(found.sharpe)
    error = math.sqrt((1 + per_session**2 / 2) / 300) * math.sqrt(252)
    assert error == pytest.approx(found.sharpe_error)
    assert statistics.fmean(excess) / downside * math.sqrt(252) == pytest.approx(found.sortino)
    assert annual / deepest == pytest.approx(found.calmar)
    assert (pytest.approx(deepest), length) == (found.max_drawdown, found.max_drawdown_sessions)


def test_the_standard_error_of_the_sharpe_ratio_equals_its_sampling_deviation():
    found = [
        performance(np.cumprod([1.0, *(1 + row)]))
        for row in np.random.default_rng(0).normal(0.001, 0.01, (400, 252))
    ]

    spread = statistics.stdev(each.sharpe for each in found)

    assert spread == pytest.approx(found[0].sharpe_error, rel=0.1)


@given(st.floats(0.01, 1e6), st.integers(0, 20))
def test_performance_is_invariant_to_the_capital(factor, seed):
    one, two = performance(curve(seed)), performance(factor * curve(seed))

    for name in Performance.model_fields.keys() - {"final_equity"}:
        assert getattr(one, name) == pytest.approx(getattr(two, name), rel=1e-6)


def test_a_drawdown_lasts_from_its_peak_until_the_peak_is_reached_again():
    found = performance(np.array([100, 120, 110, 60, 90, 120, 150, 140, 149.0]))

    assert (0.5, 4) == (found.max_drawdown, found.max_drawdown_sessions)


def test_a_drawdown_without_recovery_lasts_until_the_end():
    found = performance(np.array([100, 90, 100, 80, 70.0]))

    assert (pytest.approx(0.3), 2) == (found.max_drawdown, found.max_drawdown_sessions)


def test_a_constant_curve_has_no_ratios():
    found = performance(np.full(100, 7.0))

    assert (0.0, 0.0, 0.0) == (found.total_return, found.annual_return, found.annual_volatility)
    assert [None] * 4 == [found.sharpe, found.sharpe_error, found.sortino, found.calmar]
    assert (0.0, 0) == (found.max_drawdown, found.max_drawdown_sessions)


def test_cash_at_the_cash_rate_has_no_sharpe_ratio():
    assert performance(1.1 ** (np.arange(253) / 252), cash_rate=0.1).sharpe is None


def test_a_curve_without_losses_has_no_sortino_and_no_calmar_ratio():
    found = performance(np.cumprod([1.0, *([1.01, 1.02] * 30)]))

    assert found.sharpe > 0
    assert (None, None) == (found.sortino, found.calmar)


@pytest.mark.parametrize("count", [1, 2, 20])
def test_less_than_a_month_has_no_annual_figures(count):
    found = performance(curve(0, count))

    assert {None} == {getattr(found, name) for name in ANNUAL}
    assert found.final_equity == pytest.approx(curve(0, count)[-1])


@given(
    st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=60),
    st.sampled_from([0.0, 0.15]),
)
def test_performance_figures_are_never_infinite(equity, cash_rate):
    found = performance(np.array([100.0, *equity]), cash_rate=cash_rate)

    assert found == Performance.model_validate_json(found.model_dump_json())


def test_gains_on_a_residue_of_the_capital_are_no_returns():
    found = performance(np.array([100.0, 1e-210, *([1.0] * 30)]))

    assert (-0.99, 1.0) == (pytest.approx(found.total_return), found.max_drawdown)
    assert found.annual_volatility == pytest.approx(np.sqrt(252 / 31), rel=1e-2)


def test_a_loss_of_all_equity_has_an_annual_return_of_minus_one():
    found = performance(np.array([100.0, *([-5.0] * 40)]))

    assert (-1.05, -1.0, 1.05) == (
        pytest.approx(found.total_return),
        found.annual_return,
        pytest.approx(found.max_drawdown),
    )
