"""Where outcomes fell within the forecast distribution."""

from html import escape
from typing import TYPE_CHECKING

from pregao.presentation import TEXTS, Language
from pregao.presentation.figures._theme import PALETTES, Theme, empty_figure

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from pregao.evaluation import EvaluatedForecaster


def pit_figure(
    forecaster: "EvaluatedForecaster",
    *,
    naive: "EvaluatedForecaster | None" = None,
    language: Language = "en",
    theme: Theme = "light",
) -> "go.Figure":
    """Draw the PIT histogram of a forecaster, level where calibrated; of naive the outline."""
    text, colours = TEXTS[language], PALETTES[theme]
    figure = empty_figure(theme, language, height=300)
    pit = forecaster.metrics.pit
    count = len(pit)
    figure.add_bar(
        x=[100 * (index + 0.5) / count for index in range(count)],
        y=[100 * share for share in pit],
        width=[92 / count] * count,
        name=escape(forecaster.name, quote=False),
        marker={"color": colours.band_50},
        hovertemplate="%{y:.1f} %<extra></extra>",
    )
    if naive is not None:
        shares = [100 * share for share in naive.metrics.pit]
        figure.add_scatter(
            x=[100 * index / count for index in range(count + 1)],
            y=[*shares, shares[-1]],
            name=escape(naive.name, quote=False),
            mode="lines",
            line={"color": colours.baseline, "width": 1.75, "shape": "hv"},
            hoverinfo="skip",
        )
    figure.add_hline(y=100 / count, line={"color": colours.ink, "width": 1.5, "dash": "dot"})
    figure.update_xaxes(title_text=f"{text['pit']}, %", range=[0, 100])
    figure.update_yaxes(title_text=f"{text['frequency']}, %", rangemode="tozero")
    figure.update_layout(bargap=0.08, showlegend=True)
    return figure
