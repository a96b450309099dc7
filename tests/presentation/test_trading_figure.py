"""The figure of a trading simulation shows all three accounts as they were."""

from functools import cache
from string import Formatter

import numpy as np
import pytest

from pregao.decisions.trading import (
    TRADING_RULES,
    ByMedian,
    Strategy,
    SymbolForecasts,
    Trading,
    UntilChanged,
    simulate,
)
from pregao.presentation import Language
from pregao.presentation._texts_trading import TEXTS_TRADING
from pregao.presentation.figures import PALETTES
from pregao.presentation.figures._trading import trading_figure
from pregao.testing import synthetic_prices


@cache
def traded(*, tax: bool = False, is_long_only: bool = False) -> Trading:
    prices = synthetic_prices("PETR4", 200, seed=3)
    middle = np.random.default_rng(0).normal(0, 0.03, (150, 1, 1))
    said = SymbolForecasts(
        prices.sessions[20:170], middle + np.array([-0.02, 0.0, 0.02]), (0.1, 0.5, 0.9)
    )
    strategy = Strategy(rule=ByMedian(cost=0.03), holding=UntilChanged(), is_long_only=is_long_only)
    return simulate(prices, said, market=TRADING_RULES["b3"], strategy=strategy, tax=tax)


def trace(figure, name):
    return next(each for each in figure.data if each.name == name)


@pytest.mark.parametrize("language", ["en", "pt"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_wears_the_template_in_both_languages_and_themes(language: Language, theme) -> None:
    figure = trading_figure(traded(), language=language, theme=theme)

    layout = figure.layout.template.layout
    assert PALETTES[theme].paper == layout.paper_bgcolor
    assert {"en": ".,", "pt": ",."}[language] == layout.separators
    text = TEXTS_TRADING[language]
    names = {each.name for each in figure.data}
    assert {text[key] for key in ("strategy", "buy_and_hold", "cash", "long", "short")} < names
    assert f"{text['equity']}, R$" == figure.layout.yaxis.title.text


def test_in_the_dark_it_holds_no_colour_of_the_light() -> None:
    only_light = set(vars(PALETTES["light"]).values()) - set(vars(PALETTES["dark"]).values())

    text = trading_figure(traded(tax=True), theme="dark").to_json()

    assert [] == [colour for colour in only_light if colour in text]


def test_all_three_accounts_are_drawn_as_they_were() -> None:
    found = traded()

    figure = trading_figure(found)

    assert list(found.strategy.equity) == list(trace(figure, "strategy").y)
    assert list(found.buy_and_hold.equity) == list(trace(figure, "buy and hold").y)
    assert list(found.cash.equity) == list(trace(figure, "cash").y)
    assert [day.isoformat() for day in found.sessions] == list(trace(figure, "cash").x)


def test_the_deepest_point_drawn_is_the_maximum_drawdown() -> None:
    found = traded()

    for name in ("strategy", "buy_and_hold"):
        text = TEXTS_TRADING["en"]
        drawn = trace(trading_figure(found), f"{text[name]}, {text['drawdown']}").y
        deepest = getattr(found, name).results.after_costs.max_drawdown
        assert -100 * deepest == pytest.approx(min(drawn))


def test_sessions_are_shaded_by_what_was_held() -> None:
    own = traded().strategy
    figure = trading_figure(traded())

    for name, side in (("long", 1), ("short", -1)):
        held = [
            100 * value / equity if side * value > 0 else 0.0
            for value, equity in zip(own.position, own.equity, strict=True)
        ]
        assert held == list(trace(figure, name).y)


def test_a_side_that_was_never_held_is_not_in_the_legend() -> None:
    names = {each.name for each in trading_figure(traded(is_long_only=True)).data}

    assert "long" in names
    assert "short" not in names


def test_tax_has_a_line_of_its_own_where_it_was_asked_for() -> None:
    taxed = traded(tax=True)

    line = trace(trading_figure(taxed), "strategy after tax")

    assert taxed.strategy.results.after_tax is not None
    assert taxed.strategy.results.after_tax.final_equity == pytest.approx(line.y[-1])
    assert "strategy after tax" not in {each.name for each in trading_figure(traded()).data}


def test_both_languages_have_the_same_words_and_none_is_empty() -> None:
    english, portuguese = TEXTS_TRADING["en"], TEXTS_TRADING["pt"]

    assert list(english) == list(portuguese)
    for key in english:
        assert english[key].strip()
        assert portuguese[key].strip()
        blanks = [
            {name for _, name, _, _ in Formatter().parse(each[key]) if name}
            for each in (english, portuguese)
        ]
        assert blanks[0] == blanks[1]
