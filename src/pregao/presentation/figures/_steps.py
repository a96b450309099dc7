"""The skill of the candidate and of baselines by sessions ahead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from pregao.presentation import TEXTS, Language, number, percent
from pregao.presentation.figures._theme import PALETTES, Palette, Theme, empty_figure

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from pregao.evaluation import EvaluatedForecaster, Report

Skills = Mapping[str, Sequence[float]]
"""Percent, step by step, by the forecaster's name."""

FAR_BELOW_PERCENT = -10.0
"""Baselines worse than this on average would flatten the others: they are named, not drawn."""


def skill_by_step_figure(
    report: "Report", *, language: Language = "en", theme: Theme = "light"
) -> "go.Figure":
    """Draw the CRPS skill of candidate and baselines against the best baseline, step by step.

    CRPS itself grows with the square root of the step, which would hide the differences; it
    is in the hover text.
    """
    text, colours = TEXTS[language], PALETTES[theme]
    figure = empty_figure(theme, language, height=400)
    chosen = [row for row in report.ranked() if row.is_baseline or row.name == report.candidate]
    skills = _skills(chosen, report.forecaster(report.best_baseline))
    is_drawn = {
        name: name == report.candidate or float(np.mean(each)) >= FAR_BELOW_PERCENT
        for name, each in skills.items()
    }
    drawn = [row for row in chosen if is_drawn[row.name]]
    styles = {row.name: _style(row, report, colours) for row in drawn}
    # The important ones are drawn last, over the others.
    for row in sorted(drawn, key=lambda row: styles[row.name].importance):
        _add_line(figure, row, skills[row.name], language, styles[row.name])
    _add_labels(figure, drawn, skills, styles, colours)
    below = [row for row in chosen if row not in drawn]
    _name_those_below(figure, below, skills, language, colours)
    horizon = chosen[0].metrics.horizon
    figure.update_xaxes(
        title_text=text["sessions_ahead"], tickformat="d", range=[0.7, horizon + 0.3]
    )
    if horizon <= 12:
        figure.update_xaxes(dtick=1)
    figure.update_yaxes(title_text=text["skill_best_axis"])
    figure.update_layout(showlegend=False)
    return figure


@dataclass(frozen=True)
class _Style:
    """How a forecaster's line stands out: the candidate's most, then the best baseline's."""

    importance: int
    colour: str


def _style(row: "EvaluatedForecaster", report: "Report", colours: Palette) -> _Style:
    importance = 2 if row.name == report.candidate else int(row.name == report.best_baseline)
    if importance == 0:
        return _Style(0, colours.faint)
    return _Style(importance, colours.baseline if row.is_baseline else colours.network)


def _skills(rows: "Sequence[EvaluatedForecaster]", best: "EvaluatedForecaster") -> Skills:
    from pregao.scores import skill

    return {
        row.name: [
            100 * skill(own, other)
            for own, other in zip(
                row.metrics.per_step["crps"], best.metrics.per_step["crps"], strict=True
            )
        ]
        for row in rows
    }


def _add_line(
    figure: "go.Figure",
    row: "EvaluatedForecaster",
    skills: Sequence[float],
    language: Language,
    style: _Style,
) -> None:
    steps = row.metrics.per_step["crps"]
    important = style.importance > 0
    figure.add_scatter(
        x=list(range(1, len(steps) + 1)),
        y=list(skills),
        customdata=[number(each, 4, language) for each in steps],
        name=escape(row.name, quote=False),
        mode="lines+markers",
        line={"color": style.colour, "width": 2.5 if important else 1.5},
        marker={"size": 6 if important else 3},
        hovertemplate=f"<b>{escape(row.name, quote=False)}</b>, %{{x}}: %{{y:.2f}} %"
        f"<br>{TEXTS[language]['crps']}: %{{customdata}}<extra></extra>",
    )


def _add_labels(
    figure: "go.Figure",
    rows: "Sequence[EvaluatedForecaster]",
    skills: Skills,
    styles: Mapping[str, _Style],
    colours: Palette,
) -> None:
    """Name each line at its end, a little apart from where it ends if others end there too."""
    everything = [skill for row in rows for skill in skills[row.name]]
    spread = max(max(everything) - min(everything), 0.1)
    ordered = sorted(rows, key=lambda row: skills[row.name][-1])
    heights = _apart([skills[row.name][-1] for row in ordered], least=0.06 * spread)
    for row, height in zip(ordered, heights, strict=True):
        style = styles[row.name]
        quiet = style.importance == 0
        name = escape(row.name, quote=False)
        figure.add_annotation(
            x=1,
            xref="paper",
            xanchor="left",
            xshift=6,
            y=height,
            text=name if quiet else f"<b>{name}</b>",
            font={"color": colours.muted if quiet else style.colour, "size": 11},
        )
    low, high = min(everything), max(*everything, *heights)
    figure.update_yaxes(range=[low - 0.06 * spread, high + 0.06 * spread])
    figure.update_layout(margin={"r": 18 + 7 * max(len(row.name) for row in rows)})


def _apart(heights: Sequence[float], *, least: float) -> list[float]:
    """Lift ascending heights so that each stands at least so far above the one before."""
    lifted: list[float] = []
    for height in heights:
        lifted.append(max(height, lifted[-1] + least) if lifted else height)
    return lifted


def _name_those_below(
    figure: "go.Figure",
    rows: "Sequence[EvaluatedForecaster]",
    skills: Skills,
    language: Language,
    colours: Palette,
) -> None:
    if not rows:
        return
    names = [
        f"{escape(row.name, quote=False)} "
        f"{percent(float(np.mean(skills[row.name])) / 100, 0, language)}"
        for row in rows
    ]
    figure.add_annotation(
        x=0,
        xref="paper",
        xanchor="left",
        y=1,
        yref="paper",
        yanchor="bottom",
        text=f"{TEXTS[language]['step_below']}: {', '.join(names)}",
        font={"color": colours.muted, "size": 11},
    )
