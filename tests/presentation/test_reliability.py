"""The reliability figure shows what the value holds, in both languages and themes."""

from string import Formatter

import numpy as np
import plotly.graph_objects as go
import pytest
from scipy.stats import norm

from pregao.calibration import MarketConditions, Reliability, reliability
from pregao.presentation import Language
from pregao.presentation._texts_reliability import RELIABILITY_TEXTS
from pregao.presentation.figures import PALETTES, Theme
from pregao.presentation.figures._reliability import reliability_figure
from pregao.scores import Truth
from pregao.training import LEVELS


def made(horizon: int, *, has_breaks: bool = True) -> Reliability:
    generator = np.random.default_rng(horizon)
    returns = np.cumsum(generator.normal(size=(1200, horizon)) * 0.01, axis=1)
    truth = Truth(
        symbols=np.zeros(1200, np.intp),
        names=("PETR4",),
        currencies=("BRL",),
        sessions=np.datetime64("2015-01-01") + np.arange(1200),
        last_price=np.ones(1200),
        future_price=np.exp(returns),
    )
    steps = np.sqrt(np.arange(1, horizon + 1))[:, None]
    quantiles = np.tile(0.009 * steps * norm.ppf(LEVELS), (1200, 1, 1))
    conditions = MarketConditions(
        generator.random(1200) < 0.3, (generator.random(1200) < 0.1) & has_breaks
    )
    return reliability(quantiles, LEVELS, truth, conditions)


@pytest.fixture(scope="module")
def found() -> Reliability:
    return made(10)


def trace(figure: go.Figure, name: str) -> go.Scatter:
    return next(each for each in figure.data if each.name == name)


@pytest.mark.parametrize("language", ["en", "pt"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_figure_wears_the_template(found, language: Language, theme: Theme) -> None:
    layout = reliability_figure(found, language=language, theme=theme).layout.template.layout

    assert PALETTES[theme].paper == layout.paper_bgcolor
    assert {"en": ".,", "pt": ",."}[language] == layout.separators


def test_in_the_dark_it_holds_no_colour_of_the_light(found) -> None:
    only_light = set(vars(PALETTES["light"]).values()) - set(vars(PALETTES["dark"]).values())

    text = reliability_figure(found, theme="dark").to_json()

    assert [] == [colour for colour in only_light if colour in text]


@pytest.mark.parametrize(("horizon", "steps"), [(10, (1, 5, 10)), (2, (1, 2)), (1, (1,))])
def test_lines_show_observed_less_promised_at_the_first_the_middle_and_the_last_step(
    horizon, steps
) -> None:
    found = made(horizon)

    figure = reliability_figure(found)

    lines = [each.name for each in figure.data if each.mode == "lines+markers"]
    assert [f"{step} ahead" for step in steps] == lines
    for step in steps:
        expected = 100 * (np.array(found.below[step - 1]) - LEVELS)
        np.testing.assert_allclose(expected, trace(figure, f"{step} ahead").y)


def test_the_band_is_what_luck_does_at_the_last_step(found) -> None:
    band = trace(reliability_figure(found), "chance at 10")

    middle = list(band.x).index(50.0)
    assert pytest.approx(50 * found.uniformity_by_step[-1].critical) == band.y[middle]
    assert pytest.approx(max(band.y)) == -min(band.y)


def test_coverages_stand_beside_the_promised_with_their_number_of_windows(found) -> None:
    figure = reliability_figure(found)

    names = {
        "all windows: 1,200": found.overall,
        f"high volatility: {found.volatile.num_windows}": found.volatile,
        f"after a break: {found.after_break.num_windows}": found.after_break,
    }
    for name, coverage in names.items():
        dots = trace(figure, name)
        assert [100 * share for share in coverage.shares] == list(dots.x)
        assert ["50 %", "80 %", "90 %", "95 %"] == list(dots.y)
    assert [50, 80, 90, 95] == list(trace(figure, "promised").x)


def test_where_there_was_no_break_nothing_is_drawn_and_the_legend_says_so() -> None:
    figure = reliability_figure(made(3, has_breaks=False), language="pt")

    assert [None] * 4 == list(trace(figure, "após uma ruptura: nenhuma").x)


def test_both_languages_have_the_same_texts_and_blanks() -> None:
    english, portuguese = RELIABILITY_TEXTS["en"], RELIABILITY_TEXTS["pt"]

    assert list(english) == list(portuguese)
    for key, text in english.items():
        blanks = [
            {name for _, name, _, _ in Formatter().parse(each) if name}
            for each in (text, portuguese[key])
        ]
        assert text.strip()
        assert portuguese[key].strip()
        assert blanks[0] == blanks[1]
