"""How several runs learnt, in one figure."""

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING

from pregao.presentation import TEXTS, Language
from pregao.presentation.figures._theme import PALETTES, Palette, Theme, empty_figure

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from pregao.evaluation import EvaluatedForecaster

_DASHES = ("solid", "dash", "dot", "dashdot", "longdash")
MOST_CURVES = len(_DASHES)
"""Lines of one colour that can be told apart by their dashes."""


def compared_curves_figure(
    scores: "Mapping[str, EvaluatedForecaster]",
    *,
    language: Language = "en",
    theme: Theme = "light",
) -> "go.Figure":
    """Draw the validation loss of each, the epoch that was kept as a dot on it.

    Parameters
    ----------
    scores
        By the name that stands in the legend, five at most; each has epochs.
    """
    assert len(scores) <= MOST_CURVES, "each has a colour and a dash of its own"
    text, colours = TEXTS[language], PALETTES[theme]
    figure = empty_figure(theme, language, height=340 + 18 * len(scores))
    for (name, score), colour, dash in zip(
        scores.items(), _colours(colours), _DASHES, strict=False
    ):
        _add_curve(figure, name, score, text, colour=colour, dash=dash)
    last = max((score.epochs[-1].number for score in scores.values()), default=0)
    figure.update_xaxes(
        title_text=text["epoch"],
        tickformat="d",
        range=[-0.04 * last - 0.1, 1.04 * last + 0.1],
        dtick=1 if last <= 10 else None,
    )
    figure.update_yaxes(title_text=text["loss_of_validation"])
    figure.update_layout(showlegend=True)
    return figure


def _colours(colours: Palette) -> tuple[str, ...]:
    """Return colours of networks: orange is a baseline's, so it is not among them."""
    return (colours.network, colours.good, colours.ink, colours.error, colours.muted)


def _add_curve(
    figure: "go.Figure",
    name: str,
    score: "EvaluatedForecaster",
    text: Mapping[str, str],
    *,
    colour: str,
    dash: str,
) -> None:
    shown = escape(name, quote=False)
    figure.add_scatter(
        x=[epoch.number for epoch in score.epochs],
        y=[epoch.validation_loss for epoch in score.epochs],
        name=shown,
        mode="lines",
        line={"color": colour, "width": 2.25, "dash": dash},
        hovertemplate=f"{text['epoch']} %{{x}}: <b>%{{y:.5f}}</b><extra>{shown}</extra>",
    )
    figure.add_scatter(
        x=[score.best_epoch],
        y=[score.best_validation_loss],
        name=f"{text['best_epoch']}: {score.best_epoch}",
        mode="markers",
        marker={"color": colour, "size": 9},
        hoverinfo="skip",
        showlegend=False,
    )
