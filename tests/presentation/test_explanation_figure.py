"""Explanations as figures and in the terminal."""

import re
from datetime import date
from pathlib import Path
from string import Formatter

import numpy as np
import plotly.graph_objects as go
import pytest
from rich.cells import cell_len

import pregao.presentation
from pregao.explanation import (
    Explanation,
    IntegratedGradients,
    PermutationImportance,
    PermutationImportances,
)
from pregao.presentation import Language
from pregao.presentation._texts_explanation import EXPLANATION_TEXTS
from pregao.presentation.figures import PALETTES, Theme, explanation_figure
from pregao.report import page_html
from pregao.terminal import print_explanation
from pregao.training import ActionProbability, Attribution, MedianAt, Quantity, WidthAt

BOTH: tuple[Language, ...] = ("en", "pt")
FEATURES = ("return", "volatility_11_60", "range_smoothed", "<gap>")
LAGS = tuple(range(30, 0, -1))
QUANTITIES = (
    MedianAt(step=10),
    WidthAt(step=10),
    *(ActionProbability(action=action) for action in ("buy", "sell", "hold")),
)


def attributed(quantity: Quantity, seed: int, windows: int) -> IntegratedGradients:
    shares = np.random.default_rng(seed).normal(0, 0.01 * seed, (windows, len(FEATURES), 30))
    value = shares.sum(axis=(1, 2))
    return IntegratedGradients.from_attribution(
        Attribution(quantity, shares, value, np.zeros(windows)), FEATURES
    )


def importance(name: str, rise: float, error: float) -> PermutationImportance:
    return PermutationImportance(
        name=name, members=(), rise_percent=rise, standard_error_percent=error
    )


@pytest.fixture(scope="module", params=["forecast", "run"])
def explanation(request: pytest.FixtureRequest) -> Explanation:
    return of_run() if request.param == "run" else of_forecast()


def of_forecast() -> Explanation:
    return Explanation(
        about="forecast",
        run="lstm_small-0123456789ab",
        model="0123456789abcdef",
        forecaster="lstm_small",
        edge="none",
        symbol="PETR4",
        as_of=date(2024, 1, 5),
        features=FEATURES,
        lags=LAGS,
        is_untrained=False,
        num_windows=1,
        attributed=tuple(attributed(each, n + 1, 1) for n, each in enumerate(QUANTITIES)),
        what_mattered=({"en": "A sentence.", "pt_br": "Uma frase."},),
    )


def of_run() -> Explanation:
    rises = (0.2, -0.1, 0.7, 0.01)
    importances = PermutationImportances(
        num_windows=1024,
        repeats=5,
        reads_features=True,
        everything=importance("all", 1.5, 0.1),
        by_feature=tuple(
            importance(name, rise, 0.05) for name, rise in zip(FEATURES, rises, strict=True)
        ),
        by_cluster=(importance("volatility_11_60 + range_smoothed", 0.9, 0.1),),
        by_lag=tuple(importance(name, 0.3, 0.1) for name in ("1", "2-5", "6-20", "21-30")),
    )
    many = tuple(attributed(each, n + 1, 3) for n, each in enumerate(QUANTITIES))
    return of_forecast().replace(
        about="run", symbol=None, num_windows=3, attributed=many, importances=importances
    )


def bars(figure: go.Figure) -> go.Bar:
    return next(each for each in figure.data if isinstance(each, go.Bar))


def heat(figure: go.Figure) -> go.Heatmap:
    return next(each for each in figure.data if isinstance(each, go.Heatmap))


@pytest.mark.parametrize("language", BOTH)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_figure_wears_the_template(explanation, language: Language, theme: Theme):
    figure = explanation_figure(explanation, language=language, theme=theme)

    layout = figure.layout.template.layout
    assert PALETTES[theme].paper == layout.paper_bgcolor
    assert {"en": ".,", "pt": ",."}[language] == layout.separators


def test_what_was_explained_is_on_the_page(case, explanation):
    page = page_html(case.report, (), (), explanations=(explanation,))

    assert 'id="explanation-0"' in page
    for sentence in explanation.what_mattered:
        assert sentence.en in page
        assert sentence.pt_br in page
    assert "explanation-title" not in page_html(case.report, (), ())


def test_a_figure_in_the_dark_holds_no_colour_of_the_light(explanation):
    only_light = set(vars(PALETTES["light"]).values()) - set(vars(PALETTES["dark"]).values())

    text = explanation_figure(explanation, theme="dark").to_json()

    assert [] == [colour for colour in only_light if colour in text]


def test_bars_of_a_forecast_are_its_shares_with_their_sign():
    explanation = of_forecast()

    drawn = bars(explanation_figure(explanation, quantity=1))

    shares = [each.signed_percent for each in explanation.attributed[1].by_feature]
    assert shares == list(drawn.x)
    colours = {True: PALETTES["light"].network, False: PALETTES["light"].baseline}
    assert [colours[share >= 0] for share in shares] == list(drawn.marker.color)


def test_bars_of_a_run_are_rises_of_the_crps_with_two_standard_errors():
    drawn = bars(explanation_figure(of_run()))

    assert [0.2, -0.1, 0.7, 0.01] == list(drawn.x)
    assert [0.1] * 4 == list(drawn.error_x.array)
    network, faint = PALETTES["light"].network, PALETTES["light"].faint
    assert [network, faint, network, faint] == list(drawn.marker.color)


def test_what_mattered_most_is_on_top():
    order = explanation_figure(of_run()).layout.yaxis.categoryarray

    assert ("volatility_11_60", "<gap>", "return", "range_smoothed") == order


def test_the_map_holds_every_share_the_newest_session_on_the_right(explanation):
    figure = explanation_figure(explanation, quantity=0)

    drawn = heat(figure)
    matrix = explanation.attributed[0].matrix_percent
    np.testing.assert_array_equal(matrix, np.array([list(row) for row in drawn.z]))
    assert list(FEATURES) == list(drawn.y)
    assert (30.5, 0.5) == (drawn.x[0], drawn.x[-1])
    assert "reversed" == figure.layout.xaxis2.autorange
    assert ("1", "2", "3", "5", "10", "20") == figure.layout.xaxis2.ticktext


def test_zero_is_paper_in_the_map_of_a_forecast():
    drawn = heat(explanation_figure(of_forecast()))

    assert drawn.zmin == -drawn.zmax
    assert (0.5, PALETTES["light"].paper) == tuple(drawn.colorscale[1])


def test_the_number_that_was_read_most_for_is_drawn_by_default(explanation):
    headings = explanation_figure(explanation).layout.annotations

    assert any("Probability of hold" in each.text for each in headings)


def test_a_run_that_reads_nothing_is_drawn_as_that():
    explanation = of_run()
    nothing = [
        IntegratedGradients.from_attribution(
            Attribution(each, np.zeros((1, len(FEATURES), 30)), np.ones(1), np.ones(1)), FEATURES
        )
        for each in QUANTITIES
    ]

    figure = explanation_figure(explanation.replace(attributed=tuple(nothing)))

    assert any("nothing is read" in each.text for each in figure.layout.annotations)


def test_names_of_features_are_escaped(explanation):
    assert "&lt;gap&gt;" in explanation_figure(explanation).layout.yaxis.ticktext


@pytest.mark.parametrize("language", BOTH)
def test_the_terminal_says_what_mattered_and_fits_eighty_columns(
    explanation, capsys, monkeypatch, language: Language
):
    monkeypatch.setenv("COLUMNS", "80")

    print_explanation(explanation, language=language)

    lines = capsys.readouterr().out.splitlines()
    assert {"en": "A sentence.", "pt": "Uma frase."}[language] in lines
    table = [line for line in lines if line.startswith(FEATURES) or re.match(r"\d", line)]
    assert table
    assert max(cell_len(line.rstrip()) for line in table) <= 80
    assert not any("\N{HORIZONTAL ELLIPSIS}" in line for line in lines)


def test_the_terminal_shows_every_rise_with_its_error(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")

    print_explanation(of_run(), language="pt")

    output = capsys.readouterr().out
    assert re.search(r"^range_smoothed +0,700 +0,050", output, re.MULTILINE)
    assert re.search(r"^2-5 +0,300 +0,100", output, re.MULTILINE)
    assert output.index("range_smoothed") < output.index("return")
    assert "1.024 janelas, 5 vezes" in output


def test_both_languages_have_the_same_texts_with_the_same_blanks():
    english, portuguese = EXPLANATION_TEXTS["en"], EXPLANATION_TEXTS["pt"]

    assert list(english) == list(portuguese)
    for key in english:
        blanks = [
            {name for _, name, _, _ in Formatter().parse(each[key]) if name}
            for each in (english, portuguese)
        ]
        assert blanks[0] == blanks[1]


def test_every_text_is_shown_somewhere():
    folder = Path(pregao.presentation.__file__).parent
    rooms = (folder, folder / "figures", folder.parent / "terminal", folder.parent / "report")
    files = [room / "_explanation.py" for room in rooms[:3]] + [*rooms[3].glob("*.j2")]
    source = "".join(each.read_text(encoding="utf-8") for each in files)

    assert [] == [
        key for key in EXPLANATION_TEXTS["en"] if f'"{key}"' not in source.replace("'", '"')
    ]
