"""The figure of actions shows what the report says, in both languages and themes."""

import plotly.graph_objects as go
import pytest

from pregao.dataset import ACTIONS, make_dataset
from pregao.decisions import ActionReport, evaluate_implied_actions
from pregao.decisions._thresholds import NO_TRADE
from pregao.presentation import Language
from pregao.presentation._numbers import percent
from pregao.presentation._texts_actions import TEXTS_ACTIONS
from pregao.presentation.figures import PALETTES, Theme
from pregao.presentation.figures._actions import actions_figure
from pregao.testing import synthetic_prices
from pregao.training import LEVELS, Experiment
from pregao.zoo.baselines import BASELINES

BOTH: tuple[Language, ...] = ("en", "pt")


@pytest.fixture(scope="module")
def report() -> ActionReport:
    experiment = Experiment(symbols=("TEST3",), features=("return",), lookback=20, horizon=5)
    dataset = make_dataset(
        [synthetic_prices(sessions=900, seed=4)],
        features=experiment.features,
        lookback=experiment.lookback,
        horizon=experiment.horizon,
        split=experiment.split,
    )
    fitted = BASELINES["rolling_250"].fit(dataset.train, LEVELS, 0)
    return evaluate_implied_actions(fitted, dataset, levels=LEVELS)


def _words(figure: go.Figure) -> str:
    return " ".join(each.text for each in figure.layout.annotations)


@pytest.mark.parametrize("language", BOTH)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_figure_wears_the_template(report, language: Language, theme: Theme) -> None:
    figure = actions_figure(report, language=language, theme=theme)

    layout = figure.layout.template.layout
    assert PALETTES[theme].paper == layout.paper_bgcolor
    assert {"en": ".,", "pt": ",."}[language] == layout.separators


def test_the_figure_in_the_dark_holds_no_colour_of_the_light(report) -> None:
    only_light = set(vars(PALETTES["light"]).values()) - set(vars(PALETTES["dark"]).values())

    text = actions_figure(report, theme="dark").to_json()

    assert [] == [colour for colour in only_light if colour in text]


@pytest.mark.parametrize("language", BOTH)
def test_both_confusion_matrices_name_every_action(report, language: Language) -> None:
    maps = [
        each for each in actions_figure(report, language=language).data if each.type == "heatmap"
    ]

    names = [TEXTS_ACTIONS[language][name] for name in ACTIONS]
    assert [names, names] == [list(each.x) for each in maps]
    assert [names, names] == [list(each.y) for each in maps]


def test_cells_are_shares_of_what_was_right_with_their_windows(report) -> None:
    left, right = (each for each in actions_figure(report).data if each.type == "heatmap")

    for drawn, scores in ((left, report.test.raw), (right, report.test.tuned)):
        for row, came in enumerate(ACTIONS):
            support = scores.per_action[came].support
            for column, said in enumerate(ACTIONS):
                count = scores.confusion[came][said]
                assert count / support == pytest.approx(drawn.z[row][column])
                assert (
                    f"{percent(count / support, 1, 'en')}<br>{count} windows"
                    == (drawn.text[row][column])
                )


@pytest.mark.parametrize("language", BOTH)
def test_no_accuracy_is_shown_without_that_of_always_the_commonest(
    report, language: Language
) -> None:
    words = _words(actions_figure(report, language=language))

    text = TEXTS_ACTIONS[language]
    for scores in (report.test.raw, report.test.tuned):
        beside = text["accuracy"].format(
            share=percent(scores.accuracy, 1, language),
            action=text[scores.majority.action],
            majority=percent(scores.majority.accuracy, 1, language),
        )
        assert beside in words


def test_thresholds_are_named_and_never_is_said_as_such(report) -> None:
    some = NO_TRADE.replace(buy=0.4321)

    words = _words(actions_figure(report.replace(tuning=report.tuning.replace(thresholds=some))))

    assert f"buy from {percent(0.4321, 1, 'en')}, sell never" in words


def test_reliability_is_that_of_buying_and_selling_before_and_after(report) -> None:
    drawn = [
        each
        for each in actions_figure(report).data
        if each.type == "scatter" and each.mode == "markers"
    ]

    expected = [
        (name, scores.per_action[action].reliability)
        for action in ("buy", "sell")
        for name, scores in (
            ("as predicted", report.test.raw),
            ("calibrated", report.test.calibrated),
        )
    ]
    assert [name for name, _ in expected] == [each.name for each in drawn]
    for trace, (_, bins) in zip(drawn, expected, strict=True):
        assert [100 * each.predicted for each in bins] == pytest.approx(list(trace.x))
        assert [100 * each.observed for each in bins] == pytest.approx(list(trace.y))
    assert [True, True, False, False] == [each.showlegend for each in drawn]


def test_an_action_that_never_was_right_has_no_shares(report) -> None:
    scores = report.test.raw
    confusion = {**scores.confusion, "sell": dict.fromkeys(ACTIONS, 0)}
    without = report.replace(test=report.test.replace(raw=scores.replace(confusion=confusion)))

    drawn = actions_figure(without).data[0]

    assert ["\N{EN DASH}<br>0 windows"] * 3 == list(drawn.text[1])


def test_both_languages_have_the_same_texts() -> None:
    assert list(TEXTS_ACTIONS["en"]) == list(TEXTS_ACTIONS["pt"])
    for key, text in TEXTS_ACTIONS["en"].items():
        blanks = {part.split("}")[0] for part in text.split("{")[1:]}
        assert blanks == {part.split("}")[0] for part in TEXTS_ACTIONS["pt"][key].split("{")[1:]}
