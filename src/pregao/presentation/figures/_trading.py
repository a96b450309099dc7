"""A trading simulation beside buy-and-hold and cash, with what was held and how deep it fell."""

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING

from pregao.presentation import TEXTS_TRADING, Language, currency_sign
from pregao.presentation.figures._theme import PALETTES, Palette, Theme, date_stops, template

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from pregao.decisions.trading import Trading

_LEGEND = ("strategy", "after_tax", "buy_and_hold", "cash", "long", "short")
"""The order of the legend; later curves are drawn over earlier ones, the strategy's last."""


def trading_figure(
    trading: "Trading", *, language: Language = "en", theme: Theme = "light"
) -> "go.Figure":
    """Draw the equity of the three accounts, what the strategy held, and how far all fell.

    The shaded band in the middle is the position as a share of the equity: long above zero, short
    below it.
    """
    from plotly.subplots import make_subplots

    text, colours = TEXTS_TRADING[language], PALETTES[theme]
    figure = make_subplots(
        rows=3,
        cols=1,
        shared_xaxes=True,
        row_heights=[0.6, 0.15, 0.25],
        vertical_spacing=0.05,
    )
    days = [session.isoformat() for session in trading.sessions]
    _add_equities(figure, days, trading, text, colours)
    _add_positions(figure, days, trading, text, colours)
    _add_drawdowns(figure, days, trading, text, colours)
    sign = currency_sign(trading.currency, language=language)
    figure.update_yaxes(title_text=f"{text['equity']}, {sign}", tickformat=",.0f", row=1, col=1)
    figure.update_yaxes(title_text=f"{text['position']}, %", nticks=5, row=2, col=1)
    figure.update_yaxes(title_text=f"{text['drawdown']}, %", nticks=4, row=3, col=1)
    figure.update_xaxes(
        hoverformat="%Y-%m-%d" if language == "en" else "%d/%m/%Y",
        tickformatstops=date_stops(language),
    )
    figure.update_layout(template=template(theme, language), height=560, hovermode="x unified")
    return figure


def _add_positions(
    figure: "go.Figure",
    days: Sequence[str],
    trading: "Trading",
    text: Mapping[str, str],
    colours: Palette,
) -> None:
    import plotly.graph_objects as go

    own = trading.strategy
    shares = [
        100 * value / equity if equity > 0 else 0.0
        for value, equity in zip(own.position, own.equity, strict=True)
    ]
    for name, side, colour in (("long", 1, colours.band_50), ("short", -1, colours.faint)):
        held = [share if side * share > 0 else 0.0 for share in shares]
        if not any(held):
            continue
        figure.add_trace(
            go.Scatter(
                x=days,
                y=held,
                name=text[name],
                mode="lines",
                line={"width": 0, "shape": "hvh"},
                fill="tozeroy",
                fillcolor=colour,
                hovertemplate="%{y:.0f} %",
                legendrank=_LEGEND.index(name),
            ),
            row=2,
            col=1,
        )


def _add_equities(
    figure: "go.Figure",
    days: Sequence[str],
    trading: "Trading",
    text: Mapping[str, str],
    colours: Palette,
) -> None:
    import plotly.graph_objects as go

    own = trading.strategy
    curves: list[tuple[str, Sequence[float], dict[str, object]]] = [
        ("cash", trading.cash.equity, {"color": colours.muted, "width": 1.5, "dash": "dash"}),
        ("buy_and_hold", trading.buy_and_hold.equity, {"color": colours.baseline, "width": 1.5}),
        ("strategy", own.equity, {"color": colours.network, "width": 2.25}),
    ]
    if own.results.after_tax is not None:
        paid = accumulate(own.tax)
        left = [equity - tax for equity, tax in zip(own.equity, paid, strict=True)]
        line = {"color": colours.network, "width": 1.5, "dash": "dot"}
        curves.append(("after_tax", left, line))
    for name, equity, line in curves:
        figure.add_trace(
            go.Scatter(
                x=days,
                y=equity,
                name=text[name],
                mode="lines",
                line=line,
                hovertemplate="%{y:,.0f}",
                legendrank=_LEGEND.index(name),
            ),
            row=1,
            col=1,
        )


def _add_drawdowns(
    figure: "go.Figure",
    days: Sequence[str],
    trading: "Trading",
    text: Mapping[str, str],
    colours: Palette,
) -> None:
    import plotly.graph_objects as go

    for name, equity, colour in (
        ("strategy", trading.strategy.equity, colours.network),
        ("buy_and_hold", trading.buy_and_hold.equity, colours.baseline),
    ):
        figure.add_trace(
            go.Scatter(
                x=days,
                y=drawdowns(equity),
                name=f"{text[name]}, {text['drawdown']}",
                mode="lines",
                line={"color": colour, "width": 1.25},
                fill="tozeroy" if name == "strategy" else None,
                fillcolor=colours.band_95,
                hovertemplate="%{y:.1f} %",
                showlegend=False,
            ),
            row=3,
            col=1,
        )


def drawdowns(equity: Sequence[float]) -> list[float]:
    """Return how far each value is below the highest before it, in percent, 0 or less.

    >>> drawdowns([100.0, 120.0, 90.0, 130.0])
    [0.0, 0.0, -25.0, 0.0]
    """
    return [
        100 * (value / peak - 1)
        for value, peak in zip(equity, accumulate(equity, max), strict=True)
    ]
