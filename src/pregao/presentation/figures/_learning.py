"""What training did, epoch by epoch."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

from pregao.presentation import TEXTS, Language
from pregao.presentation.figures._theme import PALETTES, Palette, Theme, empty_figure

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from pregao.evaluation import EvaluatedForecaster

_LABELS_PX = 72


def learning_curves_figure(
    scores: "Sequence[EvaluatedForecaster]", *, language: Language = "en", theme: Theme = "light"
) -> "go.Figure":
    """Draw training and validation loss; of several networks the first is shown.

    Every trace carries its network's name as `meta`, by which a page can show another one.
    """
    text, colours = TEXTS[language], PALETTES[theme]
    figure = empty_figure(theme, language, height=340)
    for index, score in enumerate(scores):
        _add_curves(figure, score, text, colours, visible=index == 0)
        _add_marks(figure, score, text, colours, visible=index == 0)
    last = scores[0].epochs[-1].number
    figure.update_xaxes(
        title_text=text["epoch"],
        tickformat="d",
        range=[-0.04 * last - 0.1, 1.04 * last + 0.1],
        dtick=1 if last <= 10 else None,
    )
    # On a phone the legend's rows depend on the width, and the width on the labels beside the
    # height that the legend leaves: Plotly would go round in circles.
    figure.update_yaxes(title_text=text["loss"], automargin=False)
    figure.update_layout(margin={"l": _LABELS_PX})
    return figure


def _add_curves(
    figure: "go.Figure",
    score: "EvaluatedForecaster",
    text: Mapping[str, str],
    colours: Palette,
    *,
    visible: bool,
) -> None:
    train = [epoch.train_loss for epoch in score.epochs]
    validation = [epoch.validation_loss for epoch in score.epochs]
    for name, losses, line in (
        ("training_loss", train, {"color": colours.muted, "width": 1.75, "dash": "dot"}),
        ("validation_loss", validation, {"color": colours.network, "width": 2.25}),
    ):
        figure.add_scatter(
            x=[epoch.number for epoch in score.epochs],
            y=losses,
            name=text[name],
            meta=score.name,
            mode="lines",
            line=line,
            hovertemplate=f"{text[name]}, {text['epoch']} %{{x}}: <b>%{{y:.5f}}</b>"
            f"<extra>{escape(score.name, quote=False)}</extra>",
            visible=visible,
        )


def _add_marks(
    figure: "go.Figure",
    score: "EvaluatedForecaster",
    text: Mapping[str, str],
    colours: Palette,
    *,
    visible: bool,
) -> None:
    """Mark the untrained network and the epoch that was kept, on the validation curve."""
    best = next(each for each in score.epochs if each.number == score.best_epoch)
    marks = (
        (text["untrained"], score.epochs[0], {"symbol": "diamond-open", "size": 11}),
        (f"{text['best_epoch']}: {best.number}", best, {"symbol": "circle", "size": 10}),
    )
    for name, epoch, marker in marks:
        figure.add_scatter(
            x=[epoch.number],
            y=[epoch.validation_loss],
            name=name,
            meta=score.name,
            mode="markers",
            marker={"color": colours.network, "line": {"width": 2}, **marker},
            hoverinfo="skip",
            visible=visible,
        )
