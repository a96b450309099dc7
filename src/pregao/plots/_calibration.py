"""Whether ranges hold what they promise."""

from html import escape
from typing import TYPE_CHECKING

from pregao.plots._numbers import percent
from pregao.plots._texts import TEXTS, Language
from pregao.plots._theme import PALETTES, Palette, Theme, template

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from pregao.evaluation import Metrics
    from pregao.evaluation._report import BaselineScore, NetworkScore

NOMINAL_PERCENT = (50, 80, 90, 95)


def calibration_figure(
    score: "NetworkScore | BaselineScore",
    *,
    naive: "BaselineScore | None" = None,
    language: Language = "en",
    theme: Theme = "light",
) -> "go.Figure":
    """Draw the observed coverage of each range beside the promised one, and the PIT histogram."""
    from plotly.subplots import make_subplots

    text, colours = TEXTS[language], PALETTES[theme]
    figure = make_subplots(rows=2, cols=1, row_heights=[0.45, 0.55], vertical_spacing=0.24)
    if naive is not None:
        _add_coverage(figure, _name(naive), naive.metrics, language, colours, is_naive=True)
    _add_coverage(figure, _name(score), score.metrics, language, colours, is_naive=False)
    _add_promises(figure, text, colours)
    _add_pit(figure, score.metrics, text, colours)
    figure.update_layout(template=template(theme, language), height=480, bargap=0.08)
    return figure


def coverages(metrics: "Metrics") -> tuple[float, ...]:
    """Give the observed coverage of the 50, 80, 90 and 95 % ranges."""
    return (metrics.coverage_50, metrics.coverage_80, metrics.coverage_90, metrics.coverage_95)


def _name(score: "NetworkScore | BaselineScore") -> str:
    from pregao.evaluation._report import NetworkScore

    return score.network if isinstance(score, NetworkScore) else score.name


def _add_coverage(
    figure: "go.Figure",
    name: str,
    metrics: "Metrics",
    language: Language,
    colours: Palette,
    *,
    is_naive: bool,
) -> None:
    import plotly.graph_objects as go

    shares = coverages(metrics)
    colour = colours.baseline if is_naive else colours.network
    figure.add_trace(
        go.Scatter(
            x=[100 * share for share in shares],
            y=[f"{nominal} %" for nominal in NOMINAL_PERCENT],
            customdata=[percent(share, 1, language) for share in shares],
            name=escape(name, quote=False),
            mode="markers",
            marker={
                "color": colour,
                "size": 11,
                "symbol": "circle-open" if is_naive else "circle",
                "line": {"color": colour, "width": 2},
            },
            hovertemplate="%{y}: <b>%{customdata}</b>",
        ),
        row=1,
        col=1,
    )


def _add_promises(figure: "go.Figure", text: dict[str, str], colours: Palette) -> None:
    import plotly.graph_objects as go

    figure.add_trace(
        go.Scatter(
            x=list(NOMINAL_PERCENT),
            y=[f"{nominal} %" for nominal in NOMINAL_PERCENT],
            name=text["nominal"],
            mode="markers",
            marker={
                "color": colours.ink,
                "size": 22,
                "symbol": "line-ns-open",
                "line": {"width": 2},
            },
            hoverinfo="skip",
        ),
        row=1,
        col=1,
    )
    figure.update_yaxes(type="category", showgrid=True, row=1, col=1)
    figure.update_xaxes(title_text=f"{text['observed']}, %", showgrid=False, row=1, col=1)


def _add_pit(
    figure: "go.Figure", metrics: "Metrics", text: dict[str, str], colours: Palette
) -> None:
    import plotly.graph_objects as go

    count = len(metrics.pit)
    figure.add_trace(
        go.Bar(
            x=[100 * (index + 0.5) / count for index in range(count)],
            y=[100 * share for share in metrics.pit],
            width=[92 / count] * count,
            marker={"color": colours.band_50},
            hovertemplate="%{y:.1f} %<extra></extra>",
            showlegend=False,
        ),
        row=2,
        col=1,
    )
    figure.add_hline(
        y=100 / count,
        line={"color": colours.ink, "width": 1.5, "dash": "dot"},
        row=2,
        col=1,
    )
    figure.update_xaxes(title_text=f"{text['pit']}, %", range=[0, 100], row=2, col=1)
    figure.update_yaxes(title_text=f"{text['frequency']}, %", rangemode="tozero", row=2, col=1)
