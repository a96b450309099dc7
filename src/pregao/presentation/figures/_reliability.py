"""The calibration of every level, and the coverage of ranges in hard times."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pregao.presentation import NOMINAL_PERCENT, RELIABILITY_TEXTS, Language, number, percent
from pregao.presentation.figures._theme import PALETTES, Palette, Theme, template

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from pregao.calibration import Coverage, Reliability

_CURVE_POINTS = 101


def reliability_figure(
    reliability: "Reliability", *, language: Language = "en", theme: Theme = "light"
) -> "go.Figure":
    """Draw observed less promised shares by level, and below them the coverage in hard times.

    A line each for the first step, the middle and the last, over what luck alone does at the last.
    One above the other, as a phone has no room for two beside each other.
    """
    from plotly.subplots import make_subplots

    text, colours = RELIABILITY_TEXTS[language], PALETTES[theme]
    figure = make_subplots(rows=2, cols=1, row_heights=[0.6, 0.4], vertical_spacing=0.29)
    _add_chance_band(figure, reliability, text, colours)
    for line in _lines(reliability, colours):
        _add_level_line(figure, reliability, line, language)
    _add_promises(figure, text, colours)
    for kind in _kinds(reliability, colours):
        _add_coverage(figure, kind, language)
    _lay_out(figure, text, colours)
    figure.update_layout(template=template(theme, language), height=640)
    return figure


class _Line(NamedTuple):
    step: int
    colour: str
    dash: str


class _Kind(NamedTuple):
    text: str
    coverage: "Coverage"
    colour: str
    symbol: str


def _lines(reliability: "Reliability", colours: Palette) -> list[_Line]:
    """Return the steps that are drawn, the nearest first; a short horizon has fewer."""
    steps = sorted({1, (reliability.horizon + 1) // 2, reliability.horizon})
    looks = ((colours.band_50, "solid"), (colours.network, "dash"), (colours.ink, "dot"))
    return [_Line(step, *look) for step, look in zip(steps, looks, strict=False)]


def _kinds(reliability: "Reliability", colours: Palette) -> list[_Kind]:
    return [
        _Kind("all_windows", reliability.overall, colours.network, "circle"),
        _Kind("volatile", reliability.volatile, colours.baseline, "diamond-open"),
        _Kind("after_break", reliability.after_break, colours.error, "square-open"),
    ]


def _add_chance_band(
    figure: "go.Figure", reliability: "Reliability", text: Mapping[str, str], colours: Palette
) -> None:
    import plotly.graph_objects as go

    levels = np.linspace(0, 1, _CURVE_POINTS)
    reach = reliability.uniformity_by_step[-1].critical * np.sqrt(levels * (1 - levels))
    figure.add_trace(
        go.Scatter(
            x=(100 * np.concatenate([levels, levels[::-1]])).tolist(),
            y=(100 * np.concatenate([reach, -reach[::-1]])).tolist(),
            name=text["luck"].format(step=reliability.horizon),
            fill="toself",
            fillcolor=colours.grid,
            mode="lines",
            line={"width": 0, "color": colours.grid},
            hoverinfo="skip",
        ),
        row=1,
        col=1,
    )
    figure.add_hline(y=0, line={"color": colours.muted, "width": 1}, row=1, col=1)


def _add_level_line(
    figure: "go.Figure", reliability: "Reliability", line: _Line, language: Language
) -> None:
    import plotly.graph_objects as go

    below = reliability.below[line.step - 1]
    off = [100 * (share - level) for share, level in zip(below, reliability.levels, strict=True)]
    figure.add_trace(
        go.Scatter(
            x=[100 * level for level in reliability.levels],
            y=off,
            customdata=[[number(100 * share, 1, language)] for share in below],
            name=RELIABILITY_TEXTS[language]["step"].format(step=line.step),
            mode="lines+markers",
            line={"color": line.colour, "width": 2, "dash": line.dash},
            marker={"size": 5},
            hovertemplate="%{x:.1f} %: <b>%{customdata[0]} %</b>",
        ),
        row=1,
        col=1,
    )


def _add_coverage(figure: "go.Figure", kind: _Kind, language: Language) -> None:
    import plotly.graph_objects as go

    text = RELIABILITY_TEXTS[language]
    count = kind.coverage.num_windows
    shares = kind.coverage.shares
    figure.add_trace(
        go.Scatter(
            x=[None if share is None else 100 * share for share in shares],
            y=_places(),
            customdata=[percent(share, 1, language) for share in shares],
            name=text[kind.text].format(
                count=number(count, 0, language) if count else text["no_windows"]
            ),
            mode="markers",
            marker={
                "color": kind.colour,
                "size": 11,
                "symbol": kind.symbol,
                "line": {"color": kind.colour, "width": 2},
            },
            hovertemplate="%{y}: <b>%{customdata}</b>",
            legend="legend2",
        ),
        row=2,
        col=1,
    )


def _add_promises(figure: "go.Figure", text: Mapping[str, str], colours: Palette) -> None:
    import plotly.graph_objects as go

    figure.add_trace(
        go.Scatter(
            x=list(NOMINAL_PERCENT),
            y=_places(),
            name=text["nominal"],
            mode="markers",
            marker={
                "color": colours.ink,
                "size": 26,
                "symbol": "line-ns-open",
                "line": {"width": 2},
            },
            hoverinfo="skip",
            legend="legend2",
        ),
        row=2,
        col=1,
    )


def _places() -> list[str]:
    return [f"{nominal} %" for nominal in NOMINAL_PERCENT]


def _lay_out(figure: "go.Figure", text: Mapping[str, str], colours: Palette) -> None:
    figure.update_xaxes(title_text=f"{text['level']}, %", range=[0, 100], row=1, col=1)
    figure.update_yaxes(title_text=text["observed_less_nominal"], row=1, col=1)
    figure.update_xaxes(title_text=f"{text['observed']}, %", showgrid=False, row=2, col=1)
    figure.update_yaxes(type="category", showgrid=True, row=2, col=1)
    figure.update_layout(
        legend2={
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "y": figure.layout.yaxis2.domain[1] + 0.02,
            "yanchor": "bottom",
            "font": {"color": colours.muted, "size": 12},
            "itemclick": False,
            "itemdoubleclick": False,
        },
    )
