"""The forecast as a fan that opens where the prices end."""

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from typing import TYPE_CHECKING

from pregao.instruments import as_date, price_digits
from pregao.presentation import (
    TEXTS,
    Language,
    currency_sign,
    day,
    money,
    number,
    short_day,
)
from pregao.presentation.figures._theme import PALETTES, Palette, Theme, empty_figure

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from pregao.evaluation import Forecast
    from pregao.prices import Prices

RECENT_SESSIONS = 60
BANDS: dict[int, tuple[float, float]] = {
    95: (0.025, 0.975),
    90: (0.05, 0.95),
    80: (0.1, 0.9),
    50: (0.25, 0.75),
}


def fan_figure(
    prices: "Prices",
    forecast: "Forecast",
    *,
    language: Language = "en",
    theme: Theme = "light",
) -> "go.Figure":
    """Draw the last sessions and the ranges of the next ones.

    Sessions stand side by side on the axis, so that nights, weekends and holidays leave no gap.
    """
    text, colours = TEXTS[language], PALETTES[theme]
    figure = empty_figure(theme, language, height=440)
    known = prices.up_to(str(forecast.as_of))
    past = [as_date(session) for session in known.sessions[-RECENT_SESSIONS:]]
    days = [*past, *forecast.sessions]
    for percent in BANDS:
        _add_band(figure, forecast, percent, colours)
    _add_last_price(figure, forecast, text, colours)
    closes = known.bars.close[-RECENT_SESSIONS:].tolist()
    digits = price_digits(forecast.last_price, forecast.symbol)
    _add_closes(figure, past, closes, text, colours, digits=digits)
    _add_median(figure, forecast, language, colours)
    _mark_as_of(figure, forecast, language, colours)
    figure.update_xaxes(
        type="category",
        categoryorder="array",
        categoryarray=_iso(days),
        tickangle=0,
        range=[-1, len(days) - 0.5],
        **_ticks(days, len(past) - 1, language),
    )
    sign = currency_sign(forecast.currency, forecast.symbol, language=language)
    figure.update_yaxes(title_text=f"{escape(forecast.symbol, quote=False)}, {sign}")
    figure.update_layout(
        hovermode="closest",
        margin={"t": 60},
        legend={"traceorder": "reversed", "y": 1.07, "entrywidth": 28},
    )
    return figure


def _add_band(figure: "go.Figure", forecast: "Forecast", percent: int, colours: Palette) -> None:
    low, high = BANDS[percent]
    if not {low, high} <= set(forecast.levels):
        return
    days = _iso([forecast.as_of, *forecast.sessions])
    below, above = ([forecast.last_price, *forecast.at(level)] for level in (low, high))
    figure.add_scatter(
        x=[*days, *reversed(days)],
        y=[*below, *reversed(above)],
        name=f"{percent} %",
        mode="lines",
        line={"width": 0},
        fill="toself",
        fillcolor=getattr(colours, f"band_{percent}"),
        hoverinfo="skip",
    )


def _add_last_price(
    figure: "go.Figure", forecast: "Forecast", text: Mapping[str, str], colours: Palette
) -> None:
    figure.add_scatter(
        x=_iso([forecast.as_of, forecast.sessions[-1]]),
        y=[forecast.last_price] * 2,
        name=text["last_price"],
        mode="lines",
        line={"color": colours.ink, "width": 1.5, "dash": "dot"},
        hoverinfo="skip",
        showlegend=False,
    )


def _add_closes(
    figure: "go.Figure",
    past: Sequence[date],
    closes: Sequence[float],
    text: Mapping[str, str],
    colours: Palette,
    *,
    digits: int,
) -> None:
    figure.add_scatter(
        x=_iso(past),
        y=closes,
        name=text["close"],
        mode="lines",
        line={"color": colours.ink, "width": 1.75},
        hovertemplate=f"%{{x}}<br><b>%{{y:,.{digits}f}}</b><extra></extra>",
        showlegend=False,
    )


def _add_median(
    figure: "go.Figure", forecast: "Forecast", language: Language, colours: Palette
) -> None:
    digits = price_digits(forecast.last_price, forecast.symbol)
    low, high = BANDS[90]
    ranges = [
        f"{number(below, digits, language)} .. {number(above, digits, language)}"
        for below, above in zip(forecast.at(low), forecast.at(high), strict=True)
    ]
    label = TEXTS[language]["range_90"]
    figure.add_scatter(
        x=_iso([forecast.as_of, *forecast.sessions]),
        y=[forecast.last_price, *forecast.median],
        customdata=["", *(f"<br>{label}: {each}" for each in ranges)],
        name=TEXTS[language]["median"],
        mode="lines",
        line={"color": colours.network, "width": 2.5},
        hovertemplate=f"%{{x}}<br><b>%{{y:,.{digits}f}}</b>%{{customdata}}<extra></extra>",
        showlegend=False,
    )


def _mark_as_of(
    figure: "go.Figure", forecast: "Forecast", language: Language, colours: Palette
) -> None:
    text = TEXTS[language]
    figure.add_vline(x=forecast.as_of.isoformat(), line={"color": colours.faint, "width": 1})
    figure.add_scatter(
        x=_iso([forecast.as_of]),
        y=[forecast.last_price],
        name=text["as_of"],
        mode="markers",
        marker={"color": colours.ink, "size": 8},
        hoverinfo="skip",
        showlegend=False,
    )
    price = money(forecast.last_price, forecast.currency, language, forecast.symbol)
    figure.add_annotation(
        x=forecast.as_of.isoformat(),
        y=1,
        yref="paper",
        text=f"{text['as_of']} {day(forecast.as_of, language)}: <b>{price}</b>",
        font={"color": colours.ink, "size": 12},
        xanchor="right",
        yanchor="bottom",
        xshift=4,
    )


def _ticks(days: Sequence[date], as_of: int, language: Language) -> dict[str, list[str]]:
    """Choose few sessions to name; the year stands where it is new."""
    last = len(days) - 1
    # Close to the last session the two dates would touch; as_of has its own label above.
    nearest = as_of if last - as_of >= 15 else as_of - 20
    chosen = sorted({*range(nearest, -1, -20), last})
    texts, year = [], None
    for index in chosen:
        shown = short_day(days[index], language)
        texts.append(shown if days[index].year == year else f"{shown}<br>{days[index].year}")
        year = days[index].year
    return {"tickvals": _iso([days[index] for index in chosen]), "ticktext": texts}


def _iso(days: Sequence[date]) -> list[str]:
    return [each.isoformat() for each in days]
