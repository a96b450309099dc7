"""The skill of each forecaster against the naive forecast."""

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from pregao.presentation import TEXTS, Language, number, percent
from pregao.presentation.figures._theme import PALETTES, Palette, Theme, empty_figure

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from pregao.evaluation import EvaluatedForecaster, Report

ROW_HEIGHT_PX = 21


def ranking_figure(
    report: "Report", *, language: Language = "en", theme: Theme = "light"
) -> "go.Figure":
    """Draw each forecaster's test CRPS skill against the random walk, in the table's order.

    A forecaster that is far off would squeeze the others together: it stands at the left edge as
    a triangle, with its number beside it.
    """
    text, colours = TEXTS[language], PALETTES[theme]
    rows = report.ranked()
    low = _left_edge([100 * row.versus_random_walk.crps_skill for row in rows])
    figure = empty_figure(theme, language, height=110 + ROW_HEIGHT_PX * len(rows))
    _add_stems(figure, rows, low, colours)
    networks = [row for row in rows if not row.is_baseline]
    _add_dots(
        figure, networks, low, name=text["networks"], colour=colours.network, language=language
    )
    _add_dots(
        figure,
        [row for row in rows if row.is_baseline],
        low,
        name=text["baselines"],
        colour=colours.baseline,
        language=language,
    )
    best = report.forecaster(report.best_baseline)
    figure.add_vline(
        x=100 * best.versus_random_walk.crps_skill,
        line={"color": colours.baseline, "width": 1.25, "dash": "dot"},
    )
    figure.add_vline(x=0, line={"color": colours.ink, "width": 1.25})
    figure.update_xaxes(title_text=text["skill_naive_axis"], showgrid=True)
    figure.update_yaxes(
        type="category",
        categoryorder="array",
        categoryarray=[row.name for row in reversed(rows)],
        range=[-0.7, len(rows) - 0.3],
        showgrid=False,
        tickvals=[row.name for row in rows],
        ticktext=[_label(row, colours, is_subject=row.name == report.candidate) for row in rows],
    )
    return figure


def _left_edge(skills: Sequence[float]) -> float:
    """Return the lowest place on the axis: left of all but those that are far off."""
    median, lower = np.percentile(skills, [50, 25])
    least = median - max(6 * (median - lower), 5.0)
    near = [0.0, *(skill for skill in skills if skill >= least)]
    if min(skills) >= least:
        return min(near)
    return min(near) - 0.15 * (max(near) - min(near))


def _add_stems(
    figure: "go.Figure", rows: "Sequence[EvaluatedForecaster]", low: float, colours: Palette
) -> None:
    lengths: list[float | None] = []
    names: list[str | None] = []
    for row in rows:
        lengths += [0.0, max(100 * row.versus_random_walk.crps_skill, low), None]
        names += [row.name, row.name, None]
    figure.add_scatter(
        x=lengths,
        y=names,
        mode="lines",
        line={"color": colours.grid, "width": 3},
        hoverinfo="skip",
        showlegend=False,
    )


def _add_dots(
    figure: "go.Figure",
    rows: "Sequence[EvaluatedForecaster]",
    low: float,
    *,
    name: str,
    colour: str,
    language: Language,
) -> None:
    skills = [100 * row.versus_random_walk.crps_skill for row in rows]
    figure.add_scatter(
        x=[max(skill, low) for skill in skills],
        y=[row.name for row in rows],
        customdata=[_hover(row, language) for row in rows],
        text=[number(skill, 1, language) if skill < low else "" for skill in skills],
        textposition="middle right",
        textfont={"color": colour, "size": 11},
        name=name,
        mode="markers+text",
        marker={
            "color": colour,
            "size": 9,
            "symbol": ["triangle-left" if skill < low else "circle" for skill in skills],
        },
        hovertemplate="%{customdata}<extra></extra>",
    )


def _hover(row: "EvaluatedForecaster", language: Language) -> str:
    text = TEXTS[language]
    skill = percent(row.versus_random_walk.crps_skill, 2, language, signed=True)
    return (
        f"<b>{escape(row.name, quote=False)}</b><br>{text['skill_naive']}: {skill}<br>"
        f"{text['crps']}: {number(row.metrics.crps, 4, language)}"
    )


def _label(row: "EvaluatedForecaster", colours: Palette, *, is_subject: bool) -> str:
    name = escape(row.name, quote=False)
    shown = f"<b>{name}</b>" if is_subject else name
    return f"<span style='color:{colours.baseline}'>{shown}</span>" if row.is_baseline else shown
