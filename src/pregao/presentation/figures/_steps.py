"""How the skill changes with the sessions ahead."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from pregao.presentation import TEXTS, Language, Row, number, percent, rows_of
from pregao.presentation.figures._theme import PALETTES, Palette, Theme, empty_figure

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from pregao.evaluation import Report

Skills = Mapping[str, Sequence[float]]
"""Percent, step by step, by the forecaster's name."""

FAR_BELOW_PERCENT = -10.0
"""Baselines worse than this on average would flatten the others: they are named, not drawn."""


def skill_by_step_figure(
    report: "Report", *, language: Language = "en", theme: Theme = "light"
) -> "go.Figure":
    """Draw the CRPS skill of candidate and baselines against the best baseline, step by step.

    CRPS itself grows with the square root of the step, which would hide what tells them apart; it
    is in the hover text.
    """
    text, colours = TEXTS[language], PALETTES[theme]
    figure = empty_figure(theme, language, height=400)
    chosen = [row for row in rows_of(report) if row.is_subject or row.kind == "baseline"]
    skills = _skills(chosen)
    drawn = [row for row in chosen if _is_drawn(row, skills)]
    # The ones that matter are drawn last, over the others.
    for row in sorted(drawn, key=_importance):
        _add_line(figure, row, skills[row.name], language, colours)
    _add_labels(figure, drawn, skills, colours)
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


def _skills(rows: Sequence[Row]) -> Skills:
    from pregao.scores import skill

    best = next(row for row in rows if row.is_best_baseline).metrics.per_step["crps"]
    return {
        row.name: [
            100 * skill(own, other)
            for own, other in zip(row.metrics.per_step["crps"], best, strict=True)
        ]
        for row in rows
    }


def _is_drawn(row: Row, skills: Skills) -> bool:
    return row.is_subject or float(np.mean(skills[row.name])) >= FAR_BELOW_PERCENT


def _importance(row: Row) -> int:
    return 2 if row.is_subject else int(row.is_best_baseline)


def _colour(row: Row, colours: Palette) -> str:
    if _importance(row) == 0:
        return colours.faint
    return colours.network if row.kind == "network" else colours.baseline


def _add_line(
    figure: "go.Figure", row: Row, skills: Sequence[float], language: Language, colours: Palette
) -> None:
    steps = row.metrics.per_step["crps"]
    important = _importance(row) > 0
    figure.add_scatter(
        x=list(range(1, len(steps) + 1)),
        y=list(skills),
        customdata=[number(each, 4, language) for each in steps],
        name=escape(row.name, quote=False),
        mode="lines+markers",
        line={"color": _colour(row, colours), "width": 2.5 if important else 1.5},
        marker={"size": 6 if important else 3},
        hovertemplate=f"<b>{escape(row.name, quote=False)}</b>, %{{x}}: %{{y:.2f}} %"
        f"<br>{TEXTS[language]['crps']}: %{{customdata}}<extra></extra>",
    )


def _add_labels(figure: "go.Figure", rows: Sequence[Row], skills: Skills, colours: Palette) -> None:
    """Name each line at its end, a little apart from where it ends if others end there too."""
    everything = [skill for row in rows for skill in skills[row.name]]
    spread = max(max(everything) - min(everything), 0.1)
    ordered = sorted(rows, key=lambda row: skills[row.name][-1])
    heights = _apart([skills[row.name][-1] for row in ordered], least=0.06 * spread)
    for row, height in zip(ordered, heights, strict=True):
        quiet = _importance(row) == 0
        name = escape(row.name, quote=False)
        figure.add_annotation(
            x=1,
            xref="paper",
            xanchor="left",
            xshift=6,
            y=height,
            text=name if quiet else f"<b>{name}</b>",
            font={"color": colours.muted if quiet else _colour(row, colours), "size": 11},
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
    figure: "go.Figure", rows: Sequence[Row], skills: Skills, language: Language, colours: Palette
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
