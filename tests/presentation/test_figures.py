import subprocess
import sys

import numpy as np
import plotly.graph_objects as go
import pytest

from pregao.presentation import Language, ranking_table
from pregao.presentation.figures import (
    MOST_CURVES,
    PALETTES,
    Theme,
    compared_curves_figure,
    fan_figure,
    learning_curves_figure,
    pit_figure,
    prices_figure,
    ranking_figure,
    skill_by_step_figure,
)
from pregao.presentation.figures._steps import FAR_BELOW_PERCENT
from pregao.scores import NAIVE, skill
from pregao.testing import synthetic_prices


def _trace(figure: go.Figure, name: str) -> go.Scatter:
    return next(trace for trace in figure.data if trace.name == name)


def _by_name(report) -> dict:
    return {each.name: each for each in report.ranking}


def _figures(case, language: Language, theme: Theme) -> list[go.Figure]:
    report = case.report
    return [
        prices_figure(case.prices[0], language=language, theme=theme),
        fan_figure(case.prices[0], case.forecasts[0], language=language, theme=theme),
        learning_curves_figure(report.ranking, language=language, theme=theme),
        compared_curves_figure(_by_name(report), language=language, theme=theme),
        ranking_figure(report, language=language, theme=theme),
        pit_figure(report.ranked()[0], language=language, theme=theme),
        skill_by_step_figure(report, language=language, theme=theme),
    ]


@pytest.mark.parametrize("language", ["en", "pt"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_figure_wears_the_template(case, language: Language, theme: Theme) -> None:
    for figure in _figures(case, language, theme):
        layout = figure.layout.template.layout
        assert PALETTES[theme].paper == layout.paper_bgcolor
        assert {"en": ".,", "pt": ",."}[language] == layout.separators


def test_a_figure_in_the_dark_holds_no_colour_of_the_light(case) -> None:
    only_light = set(vars(PALETTES["light"]).values()) - set(vars(PALETTES["dark"]).values())

    for figure in _figures(case, "en", "dark"):
        text = figure.to_json()
        assert [] == [colour for colour in only_light if colour in text]


def test_prices_are_drawn_as_they_are(case) -> None:
    prices = case.prices[0]

    close, volume = prices_figure(prices).data

    assert prices.bars.close.tolist() == list(close.y)
    assert prices.bars.volume.tolist() == list(volume.y)
    assert [str(day) for day in prices.sessions] == list(close.x)


def test_prices_without_volume_have_no_empty_panel() -> None:
    from dataclasses import replace

    prices = synthetic_prices(sessions=30)
    silent = replace(prices, bars=replace(prices.bars, volume=np.zeros(30)))

    assert ["close"] == [trace.name for trace in prices_figure(silent).data]


@pytest.mark.parametrize(
    ("name", "low", "high"), [("95 %", 0.025, 0.975), ("90 %", 0.05, 0.95), ("50 %", 0.25, 0.75)]
)
def test_a_band_of_the_fan_lies_between_its_quantiles(case, name, low, high) -> None:
    forecast = case.forecasts[0]
    start = forecast.last_price

    band = _trace(fan_figure(case.prices[0], forecast), name)

    expected = [start, *forecast.at(low), *reversed(forecast.at(high)), start]
    assert expected == list(band.y)


def test_the_fan_starts_at_the_last_close_and_follows_the_calendar(case) -> None:
    forecast, prices = case.forecasts[0], case.prices[0]

    figure = fan_figure(prices, forecast)

    days = list(figure.layout.xaxis.categoryarray)
    assert [str(day) for day in prices.sessions[-60:]] == days[:60]
    assert [day.isoformat() for day in forecast.sessions] == days[60:]
    assert [forecast.last_price, *forecast.median] == list(_trace(figure, "median").y)
    assert prices.bars.close[-60:].tolist() == list(_trace(figure, "close").y)
    assert "PETR4, R$" == figure.layout.yaxis.title.text


@pytest.mark.parametrize(
    ("ticker", "english", "portuguese"),
    [
        ("^BVSP", "close, pts", "fechamento, pts"),
        ("SP500", "close, pts", "fechamento, pts"),
        ("NVDA", "close, US$", "fechamento, US$"),
        ("VOD.L", "close, p", "fechamento, pence"),
        ("SAP.DE", "close, \u20ac", "fechamento, \u20ac"),
        ("GGAL.BA", "close, ARS", "fechamento, ARS"),
    ],
)
def test_the_axis_of_prices_has_the_unit_of_the_instrument(ticker, english, portuguese) -> None:
    prices = synthetic_prices(ticker, 60)
    titles = [
        prices_figure(prices, language=language).layout.yaxis.title.text
        for language in ("en", "pt")
    ]

    assert [english, portuguese] == titles


def test_the_fan_of_a_tiny_price_has_its_digits_and_that_of_an_index_points(case) -> None:
    factor = 2.0**-20
    forecast, prices = case.forecasts[0], case.prices[0]
    small = forecast.replace(
        symbol="^BVSP",
        last_price=forecast.last_price * factor,
        median=tuple(each * factor for each in forecast.median),
        prices=tuple(tuple(each * factor for each in row) for row in forecast.prices),
    )

    figure = fan_figure(prices, small)

    assert 0.00001 < small.last_price < 0.0001
    assert ":,.8f" in _trace(figure, "median").hovertemplate
    assert ":,.8f" in _trace(figure, "close").hovertemplate
    assert "^BVSP, pts" == figure.layout.yaxis.title.text
    assert "\u00a0pts</b>" in figure.layout.annotations[0].text


def test_the_fan_shows_no_close_after_the_forecast_was_made(case) -> None:
    forecast = case.forecasts[0]
    later = forecast.model_copy(update={"as_of": case.prices[0].sessions[-11].item()})

    figure = fan_figure(case.prices[0], later)

    assert str(case.prices[0].sessions[-11]) == _trace(figure, "close").x[-1]


def test_bands_whose_levels_were_not_forecast_are_left_out(case) -> None:
    forecast = case.forecasts[0]
    keep = [forecast.levels.index(level) for level in (0.05, 0.5, 0.95)]
    sparse = forecast.model_copy(
        update={
            "levels": (0.05, 0.5, 0.95),
            "prices": tuple(tuple(row[index] for index in keep) for row in forecast.prices),
        }
    )

    names = [trace.name for trace in fan_figure(case.prices[0], sparse).data if trace.fill]

    assert ["90 %"] == names


def test_learning_curves_start_at_the_untrained_network_and_mark_the_best_epoch(case) -> None:
    score = case.report.ranking[0]

    figure = learning_curves_figure([score])

    assert [each.validation_loss for each in score.epochs] == list(_trace(figure, "validation").y)
    assert [each.train_loss for each in score.epochs] == list(_trace(figure, "training").y)
    untrained, best = _trace(figure, "untrained"), _trace(figure, "best epoch: 1")
    assert (0, score.epochs[0].validation_loss) == (untrained.x[0], untrained.y[0])
    assert (1, score.epochs[1].validation_loss) == (best.x[0], best.y[0])


def test_of_several_learning_curves_the_first_is_shown(case) -> None:
    figure = learning_curves_figure(case.report.ranking)

    shown = {trace.meta for trace in figure.data if trace.visible}
    assert {case.report.ranking[0].name} == shown
    assert {each.name for each in case.report.ranking} == {trace.meta for trace in figure.data}


def test_the_ranking_holds_everybody_once_in_the_order_of_validation(case) -> None:
    report = case.report
    scored = {each.name: each.validation_crps for each in report.ranking}
    scored |= {each.name: each.validation_crps for each in report.baselines}

    axis = ranking_figure(report).layout.yaxis

    assert sorted(scored, key=scored.__getitem__) == list(reversed(axis.categoryarray))


def test_the_ranking_shows_each_skill_against_the_random_walk(case) -> None:
    report = case.report
    figure = ranking_figure(report)
    baselines = dict(zip(*(_trace(figure, "baselines")[axis] for axis in "yx"), strict=True))
    networks = dict(zip(*(_trace(figure, "networks")[axis] for axis in "yx"), strict=True))

    assert 0.0 == baselines[NAIVE]
    for each in report.baselines:
        assert 100 * each.versus_random_walk.crps_skill == baselines[each.name]
    champion = report.subject
    assert 100 * champion.versus_random_walk.crps_skill == networks[champion.name]


def test_a_network_far_off_stands_at_the_edge_with_its_number(case) -> None:
    skills = {each.name: each.versus_random_walk.crps_skill for each in case.report.ranking}

    dots = _trace(ranking_figure(case.report), "networks")

    place = list(dots.y).index("tcn")
    assert 100 * skills["tcn"] < dots.x[place]
    assert f"{100 * skills['tcn']:.1f}" == dots.text[place]
    assert "triangle-left" == dots.marker.symbol[place]


def test_the_histogram_shows_where_outcomes_fell_beside_the_naive_forecast(case) -> None:
    own, naive = case.report.subject, case.report.forecaster(NAIVE)

    figure = pit_figure(own, naive=naive)

    bars = next(trace for trace in figure.data if isinstance(trace, go.Bar))
    assert [100 * share for share in own.metrics.pit] == list(bars.y)
    outline = list(_trace(figure, NAIVE).y)
    assert [100 * share for share in naive.metrics.pit] == outline[:-1]


def test_skill_by_step_is_against_the_best_baseline(case) -> None:
    report = case.report
    best = report.forecaster(report.best_baseline).metrics.per_step["crps"]
    own = report.subject.metrics.per_step["crps"]

    figure = skill_by_step_figure(report)

    expected = [100 * skill(a, b) for a, b in zip(own, best, strict=True)]
    assert expected == list(_trace(figure, report.candidate).y)
    assert [0.0] * 5 == list(_trace(figure, report.best_baseline).y)
    assert [1, 2, 3, 4, 5] == list(_trace(figure, report.candidate).x)


def test_baselines_far_below_are_named_and_not_drawn(case) -> None:
    report = case.report
    name = next(each.name for each in report.baselines if each.name != report.best_baseline)
    metrics = report.forecaster(name).metrics
    steps = {**metrics.per_step, "crps": tuple(2 * each for each in metrics.per_step["crps"])}
    spoilt = tuple(
        each.replace(metrics=metrics.replace(per_step=steps)) if each.name == name else each
        for each in report.baselines
    )

    figure = skill_by_step_figure(report.replace(baselines=spoilt))

    assert FAR_BELOW_PERCENT > -50
    assert name not in [trace.name for trace in figure.data]
    assert any(f"below the scale: {name} -" in note.text for note in figure.layout.annotations)


def test_rows_hold_networks_and_baselines_by_validation_crps(case) -> None:
    table = ranking_table(case.report)

    place = {column.name: index for index, column in enumerate(table.columns)}
    column = {name: [row.cells[at].quantity for row in table.rows] for name, at in place.items()}
    scores = [each.value for each in column["crps_validation"]]
    assert list(range(1, 8)) == [each.value for each in column["rank"]]
    assert sorted(scores) == scores
    assert {"random_walk", "drift", "anchor", "har"} == {
        row.cells[place["name"]].quantity for row in table.rows if "baseline" in row.emphasis
    }
    best = column["name"].index(case.report.best_baseline)
    assert 0.0 == column["skill_best"][best].share


def test_importing_the_package_and_the_console_loads_nothing_heavy() -> None:
    heavy = "{'torch', 'pandas', 'plotly', 'scipy', 'numpy'}"
    rooms = "pregao.presentation, pregao.terminal"
    code = f"import sys, {rooms}; print(sorted({heavy} & set(sys.modules)))"

    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert "[]" == answer.stdout.strip()


def test_compared_curves_are_each_runs_validation_loss_and_the_epoch_that_it_kept(case) -> None:
    scores = _by_name(case.report)

    figure = compared_curves_figure(scores)

    for name, score in scores.items():
        assert [each.validation_loss for each in score.epochs] == list(_trace(figure, name).y)
    assert list(scores) == [each.name for each in figure.data if each.showlegend is not False]
    kept = [each for each in figure.data if each.mode == "markers"]
    assert [(0.29 + 0.01 * index,) for index in range(3)] == [tuple(each.y) for each in kept]


def test_no_two_compared_curves_look_alike_and_none_like_a_baseline(case) -> None:
    score = case.report.ranking[0]

    figure = compared_curves_figure({f"run <{index}>": score for index in range(MOST_CURVES)})

    lines = [each for each in figure.data if each.mode == "lines"]
    assert MOST_CURVES == len({each.line.color for each in lines})
    assert MOST_CURVES == len({each.line.dash for each in lines})
    assert PALETTES["light"].baseline not in {each.line.color for each in lines}
    assert "run &lt;0&gt;" == lines[0].name
