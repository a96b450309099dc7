"""What a network read: feature by feature, and session by session of its window."""

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from pregao.presentation import EXPLANATION_TEXTS, Language, number
from pregao.presentation.figures._theme import PALETTES, Palette, Theme, empty_figure

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from pregao.explanation import Explanation, IntegratedGradients, PermutationImportance

ROW_HEIGHT_PX = 26
_BARS = (0.0, 0.34)
_MAP = (0.38, 1.0)
_TICKS = (1, 2, 3, 5, 10, 20, 40, 60, 120, 250, 500, 1000, 2000)


def explanation_figure(
    explanation: "Explanation",
    *,
    quantity: int | None = None,
    language: Language = "en",
    theme: Theme = "light",
) -> "go.Figure":
    """Draw a bar a feature, and beside it on which lags it was read.

    Of a forecast, bars are shares with their sign. Of a run they are what it costs to swap the
    feature, with two standard errors either way; those that do not stand out from chance are pale.

    Parameters
    ----------
    quantity
        Which of the explained numbers; by default the one that the network read most for.
    """
    colours = PALETTES[theme]
    attributed = _chosen(explanation, quantity)
    figure = empty_figure(theme, language, height=150 + ROW_HEIGHT_PX * len(explanation.features))
    if explanation.importances is None:
        _add_shares(figure, attributed, language, colours)
    else:
        _add_importances(figure, explanation.importances.by_feature, language, colours)
    _add_map(figure, explanation, attributed, language, colours)
    _lay_out(figure, explanation, _order(explanation, attributed), language, colours)
    _add_headings(figure, explanation, attributed, language, colours)
    return figure


def _chosen(explanation: "Explanation", quantity: int | None) -> "IntegratedGradients":
    if quantity is not None:
        return explanation.attributed[quantity]
    return max(explanation.attributed, key=lambda each: each.absolute_percent)


def _order(explanation: "Explanation", attributed: "IntegratedGradients") -> list[str]:
    """Return the features from the bottom up: the most important is on top."""
    if explanation.importances is None:
        return [each.name for each in reversed(attributed.sorted_by_size())]
    ranked = sorted(explanation.importances.by_feature, key=lambda each: each.rise_percent)
    return [each.name for each in ranked]


def _add_shares(
    figure: "go.Figure", attributed: "IntegratedGradients", language: Language, colours: Palette
) -> None:
    text = EXPLANATION_TEXTS[language]
    shares = [each.signed_percent for each in attributed.by_feature]
    figure.add_bar(
        x=shares,
        y=[each.name for each in attributed.by_feature],
        orientation="h",
        marker={"color": [colours.network if s >= 0 else colours.baseline for s in shares]},
        customdata=[
            f"{text['gained' if share >= 0 else 'took']} {number(abs(share), 4, language)}"
            for share in shares
        ],
        hovertemplate="<b>%{y}</b> %{customdata}<extra></extra>",
        showlegend=False,
    )
    figure.update_xaxes(title_text=text["points"])


def _add_importances(
    figure: "go.Figure",
    importances: "Sequence[PermutationImportance]",
    language: Language,
    colours: Palette,
) -> None:
    text = EXPLANATION_TEXTS[language]
    figure.add_bar(
        x=[each.rise_percent for each in importances],
        y=[each.name for each in importances],
        orientation="h",
        marker={"color": [colours.network if e.is_clear else colours.faint for e in importances]},
        error_x={
            "type": "data",
            "array": [2 * each.standard_error_percent for each in importances],
            "color": colours.muted,
            "thickness": 1.25,
            "width": 3,
        },
        customdata=[
            f"{number(each.rise_percent, 3, language)} "
            f"({text['standard_error']} {number(each.standard_error_percent, 3, language)})"
            for each in importances
        ],
        hovertemplate=f"<b>%{{y}}</b><br>{text['crps_rise']}: %{{customdata}}<extra></extra>",
        showlegend=False,
    )
    figure.update_xaxes(title_text=text["crps_rise"])


def _add_map(
    figure: "go.Figure",
    explanation: "Explanation",
    attributed: "IntegratedGradients",
    language: Language,
    colours: Palette,
) -> None:
    text = EXPLANATION_TEXTS[language]
    rows = attributed.matrix_percent
    largest = max(abs(each) for row in rows for each in row) or 1.0
    is_signed = explanation.about == "forecast"
    scale = [[0, colours.paper], [1, colours.network]]
    if is_signed:
        scale = [[0, colours.baseline], [0.5, colours.paper], [1, colours.network]]
    figure.add_heatmap(
        z=[list(row) for row in rows],
        x=[explanation.lags[0] + 0.5, *(lag - 0.5 for lag in explanation.lags)],
        y=list(explanation.features),
        xaxis="x2",
        colorscale=scale,
        zmin=-largest if is_signed else 0,
        zmax=largest,
        colorbar={
            "thickness": 10,
            "outlinewidth": 0,
            "tickfont": {"color": colours.muted, "size": 11},
            "nticks": 5,
        },
        customdata=[list(explanation.lags)] * len(rows),
        hovertemplate=f"<b>%{{y}}</b>, {text['lag']} %{{customdata}}: %{{z:.4f}} "
        f"{text['points']}<extra></extra>",
    )


def _lay_out(
    figure: "go.Figure",
    explanation: "Explanation",
    order: Sequence[str],
    language: Language,
    colours: Palette,
) -> None:
    """Place the panels; lags get less room the older they are, as they are read the less."""
    ticks = [lag for lag in _TICKS if lag in explanation.lags]
    figure.update_layout(
        xaxis={"domain": _BARS, "zeroline": True, "zerolinecolor": colours.ink, "nticks": 5},
        xaxis2={
            "domain": _MAP,
            "anchor": "y",
            "type": "log",
            "autorange": "reversed",
            "tickvals": ticks,
            "ticktext": [str(each) for each in ticks],
            "title": {"text": EXPLANATION_TEXTS[language]["lag_axis"]},
        },
        yaxis={
            "type": "category",
            "categoryorder": "array",
            "categoryarray": list(order),
            "showgrid": False,
            "tickvals": list(order),
            "ticktext": [escape(name, quote=False) for name in order],
        },
        bargap=0.3,
        margin={"t": 44},
    )


def _add_headings(
    figure: "go.Figure",
    explanation: "Explanation",
    attributed: "IntegratedGradients",
    language: Language,
    colours: Palette,
) -> None:
    """Write a title above each panel."""
    from pregao.explanation import quantity_name

    text = EXPLANATION_TEXTS[language]
    quantity = quantity_name(attributed.quantity).in_language(language)
    key = "shares_by_lag" if explanation.about == "forecast" else "shares_by_lag_mean"
    left = "nothing_read" if attributed.absolute_percent == 0 else "what_mattered"
    headings = ((_BARS[0], text[left]), (_MAP[0], text[key].format(quantity=quantity)))
    for place, heading in headings:
        figure.add_annotation(
            x=place,
            xref="paper",
            xanchor="left",
            y=1,
            yref="paper",
            yanchor="bottom",
            yshift=8,
            text=f"<b>{heading}</b>",
            font={"color": colours.muted, "size": 12},
        )
