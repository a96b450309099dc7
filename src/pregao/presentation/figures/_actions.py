"""Predicted actions beside the right ones, and the calibration of their probabilities."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from pregao.presentation import ABSENT, TEXTS_ACTIONS, Language, number, percent
from pregao.presentation.figures._theme import PALETTES, Palette, Theme, template

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from pregao.decisions import ActionName, ActionReport, ActionScores, Thresholds

_TRADES: "tuple[ActionName, ...]" = ("buy", "sell")


class _Style(NamedTuple):
    """How a figure speaks and looks."""

    text: Mapping[str, str]
    colours: Palette
    language: Language


def actions_figure(
    report: "ActionReport", *, language: Language = "en", theme: Theme = "light"
) -> "go.Figure":
    """Draw confusion matrices of the test part, and the reliability of its probabilities.

    On the left the likeliest action as the network says it, on the right what the thresholds
    decide out of calibrated probabilities; the accuracy stands beside that of always the commonest.
    """
    from plotly.subplots import make_subplots

    style = _Style(TEXTS_ACTIONS[language], PALETTES[theme], language)
    titles = (style.text["likeliest"], _at(report.tuning.thresholds, style))
    figure = make_subplots(
        rows=2, cols=2, row_heights=[0.5, 0.5], vertical_spacing=0.2, horizontal_spacing=0.14
    )
    for column, (title, scores) in enumerate(
        zip(titles, (report.test.raw, report.test.tuned), strict=True), start=1
    ):
        _add_confusion(figure, scores, title, column, style)
    _add_reliability(figure, report, style)
    figure.update_layout(
        template=template(theme, language),
        height=640,
        margin={"t": 76},
        legend={"y": 0.42, "yanchor": "bottom"},
    )
    return figure


def _at(thresholds: "Thresholds", style: _Style) -> str:
    """Return the probability from which each action is taken, in words."""
    reached = {}
    for action, least in zip(_TRADES, (thresholds.buy, thresholds.sell), strict=True):
        key = "reached" if least < 1 else "never"
        share = percent(least, 1, style.language)
        reached[action] = style.text[key].format(action=style.text[action], share=share)
    return style.text["at_thresholds"].format(**reached)


def _accuracy(scores: "ActionScores", style: _Style) -> str:
    return style.text["accuracy"].format(
        share=percent(scores.accuracy, 1, style.language),
        action=style.text[scores.majority.action],
        majority=percent(scores.majority.accuracy, 1, style.language),
    )


def _add_confusion(
    figure: "go.Figure", scores: "ActionScores", title: str, column: int, style: _Style
) -> None:
    import plotly.graph_objects as go

    names = [style.text[name] for name in scores.confusion]
    counts = [list(row.values()) for row in scores.confusion.values()]
    shares = [[count / max(sum(row), 1) for count in row] for row in counts]
    figure.add_trace(
        go.Heatmap(
            x=names,
            y=names,
            z=shares,
            zmin=0,
            zmax=1,
            text=[[_cell(count, sum(row), style) for count in row] for row in counts],
            texttemplate="%{text}",
            textfont={"color": style.colours.ink, "size": 12},
            colorscale=[[0, style.colours.surface], [1, style.colours.band_50]],
            showscale=False,
            xgap=2,
            ygap=2,
            hovertemplate=f"{style.text['right']}: %{{y}}<br>{style.text['said']}: %{{x}}"
            "<br>%{text}<extra></extra>",
        ),
        row=1,
        col=column,
    )
    figure.update_xaxes(title_text=style.text["said"], showline=False, ticks="", row=1, col=column)
    figure.update_yaxes(
        title_text=style.text["right"] if column == 1 else None,
        autorange="reversed",
        showgrid=False,
        ticks="",
        row=1,
        col=column,
    )
    figure.add_annotation(
        x=0,
        xref="x domain" if column == 1 else f"x{column} domain",
        xanchor="left",
        y=1,
        yref="y domain" if column == 1 else f"y{column} domain",
        yanchor="bottom",
        yshift=4,
        align="left",
        text=f"<b>{title}</b><br>{_accuracy(scores, style)}",
        font={"color": style.colours.ink, "size": 12},
    )


def _cell(count: int, total: int, style: _Style) -> str:
    """Write the share of the row and the windows; a row without any has no shares."""
    share = percent(count / total, 1, style.language) if total else ABSENT
    windows = style.text["windows"].format(count=number(count, 0, style.language))
    return f"{share}<br>{windows}"


def _add_reliability(figure: "go.Figure", report: "ActionReport", style: _Style) -> None:
    for column, action in enumerate(_TRADES, start=1):
        _add_diagonal(figure, _most(report, action), column, style)
        # What counts is drawn last, over what it replaces.
        _add_bins(figure, report.test.raw, action, style, is_raw=True)
        _add_bins(figure, report.test.calibrated, action, style, is_raw=False)
        figure.update_xaxes(
            title_text=f"{style.text['chance'].format(action=style.text[action])}, %",
            rangemode="tozero",
            row=2,
            col=column,
        )
    figure.update_yaxes(title_text=f"{style.text['came']}, %", row=2, col=1)
    figure.update_yaxes(rangemode="tozero", row=2)


def _most(report: "ActionReport", action: "ActionName") -> float:
    bins = [
        each
        for scores in (report.test.raw, report.test.calibrated)
        for each in scores.per_action[action].reliability
    ]
    return max(max(each.predicted, each.observed) for each in bins)


def _add_diagonal(figure: "go.Figure", most: float, column: int, style: _Style) -> None:
    figure.add_scatter(
        x=[0, 100 * most],
        y=[0, 100 * most],
        mode="lines",
        line={"color": style.colours.ink, "width": 1.5, "dash": "dot"},
        hoverinfo="skip",
        showlegend=False,
        row=2,
        col=column,
    )


def _add_bins(
    figure: "go.Figure",
    scores: "ActionScores",
    action: "ActionName",
    style: _Style,
    *,
    is_raw: bool,
) -> None:
    bins = scores.per_action[action].reliability
    colour = style.colours.baseline if is_raw else style.colours.network
    name = style.text["as_said" if is_raw else "as_calibrated"]
    figure.add_scatter(
        x=[100 * each.predicted for each in bins],
        y=[100 * each.observed for each in bins],
        customdata=[
            style.text["windows"].format(count=number(each.count, 0, style.language))
            for each in bins
        ],
        name=name,
        legendgroup=name,
        showlegend=action == _TRADES[0],
        mode="markers",
        cliponaxis=False,
        marker={
            "color": colour,
            "size": 9,
            "symbol": "circle-open" if is_raw else "circle",
            "line": {"color": colour, "width": 2},
        },
        hovertemplate="%{x:.1f} % | <b>%{y:.1f} %</b><br>%{customdata}<extra></extra>",
        row=2,
        col=1 + _TRADES.index(action),
    )
