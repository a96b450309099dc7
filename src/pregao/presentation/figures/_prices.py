"""Prices as they were."""

from typing import TYPE_CHECKING

from pregao.presentation import TEXTS, Language, currency_sign
from pregao.presentation.figures._theme import PALETTES, Theme, date_stops, template

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from pregao.prices import Prices


def prices_figure(
    prices: "Prices", *, language: Language = "en", theme: Theme = "light"
) -> "go.Figure":
    """Draw the close, with the volume below where there is any.

    >>> from pregao.testing import synthetic_prices
    >>> figure = prices_figure(synthetic_prices("PETR4"))
    >>> [trace.name for trace in figure.data], figure.layout.yaxis.title.text
    (['close', 'volume'], 'close, R$')
    """
    import plotly.graph_objects as go
    from plotly.subplots import make_subplots

    text, colours = TEXTS[language], PALETTES[theme]
    volume = prices.bars.volume
    heights = [0.76, 0.24] if volume.any() else [1.0]
    figure = make_subplots(
        rows=len(heights), cols=1, shared_xaxes=True, row_heights=heights, vertical_spacing=0.06
    )
    days = [str(session) for session in prices.sessions]
    line = {"color": colours.network, "width": 1.5}
    figure.add_trace(
        go.Scatter(x=days, y=prices.bars.close, name=text["close"], mode="lines", line=line),
        row=1,
        col=1,
    )
    if volume.any():
        # A filled line: thousands of bars thinner than a pixel would fade away.
        area = {"color": colours.faint, "width": 1, "shape": "hvh"}
        figure.add_trace(
            go.Scatter(
                x=days, y=volume, name=text["volume"], mode="lines", line=area, fill="tozeroy"
            ),
            row=2,
            col=1,
        )
        figure.update_yaxes(title_text=text["volume"], nticks=3, rangemode="tozero", row=2, col=1)
    sign = currency_sign(prices.symbol.currency, str(prices.symbol), language=language)
    figure.update_yaxes(title_text=f"{text['close']}, {sign}", row=1, col=1)
    figure.update_xaxes(
        hoverformat="%Y-%m-%d" if language == "en" else "%d/%m/%Y",
        tickformatstops=date_stops(language),
    )
    figure.update_layout(
        template=template(theme, language), height=380, showlegend=False, hovermode="x unified"
    )
    return figure
