"""Past forecasts against what happened."""

from typing import TYPE_CHECKING

from pregao.instruments import Symbol, price_digits
from pregao.presentation import TEXTS, Language, currency_sign
from pregao.presentation.figures._theme import PALETTES, Theme, date_stops, empty_figure

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from pregao.monitoring import PastForecasts


def past_figure(
    past: "PastForecasts", *, language: Language = "en", theme: Theme = "light"
) -> "go.Figure":
    """Draw the ranges that were forecast for each session, and the close that came.

    What fell outside its 90 % range is marked: one in ten should.
    """
    text, colours = TEXTS[language], PALETTES[theme]
    figure = empty_figure(theme, language, height=360)
    digits = price_digits(past.came[-1], past.symbol)
    days = [each.isoformat() for each in past.sessions]
    for name, low, high, colour in (
        ("90 %", past.low_90, past.high_90, colours.band_90),
        ("50 %", past.low_50, past.high_50, colours.band_50),
    ):
        figure.add_scatter(
            x=[*days, *reversed(days)],
            y=[*low, *reversed(high)],
            name=name,
            mode="lines",
            line={"width": 0},
            fill="toself",
            fillcolor=colour,
            hoverinfo="skip",
        )
    figure.add_scatter(
        x=days,
        y=past.naive,
        name=text["last_price"],
        mode="lines",
        line={"color": colours.muted, "width": 1.25, "dash": "dot"},
        hovertemplate=f"{text['last_price']}: %{{y:,.{digits}f}}<extra></extra>",
    )
    figure.add_scatter(
        x=days,
        y=past.came,
        name=text["close"],
        mode="lines",
        line={"color": colours.ink, "width": 1.75},
        hovertemplate=f"{text['close']}: <b>%{{y:,.{digits}f}}</b><extra></extra>",
    )
    missed = [
        (day, came)
        for day, low, came, high in zip(days, past.low_90, past.came, past.high_90, strict=True)
        if not low <= came <= high
    ]
    figure.add_scatter(
        x=[day for day, _ in missed],
        y=[came for _, came in missed],
        name=text["outside_90"],
        mode="markers",
        marker={"color": colours.error, "size": 9, "symbol": "circle-open", "line": {"width": 2}},
        hoverinfo="skip",
    )
    sign = currency_sign(Symbol.parse(past.symbol).currency, past.symbol, language=language)
    figure.update_yaxes(title_text=f"{text['close']}, {sign}")
    figure.update_xaxes(
        hoverformat="%Y-%m-%d" if language == "en" else "%d/%m/%Y",
        tickformatstops=date_stops(language),
    )
    figure.update_layout(hovermode="x unified", margin={"t": 60})
    return figure
