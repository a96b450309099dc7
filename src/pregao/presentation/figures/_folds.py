"""The splits of a walk-forward, and what the candidate made of each."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from html import escape
from typing import TYPE_CHECKING, NamedTuple

from pregao.presentation import (
    PROOF_TEXTS,
    FoldLine,
    Language,
    Proof,
    day,
    number,
    percent,
    proof_of,
)
from pregao.presentation.figures._theme import PALETTES, Palette, Theme, date_stops, template

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from pregao.evaluation import Report

_FEW = 20
_ROW_HEIGHT_PX = {True: 34, False: 16}
"""By whether the folds are few."""
_DAY_MILLISECONDS = 86_400_000
_SESSIONS_A_WEEK = 5


class _Span(NamedTuple):
    """A stretch of days, and what was done with it."""

    name: str
    """A key of the texts."""
    first: date
    last: date

    @property
    def milliseconds(self) -> int:
        return ((self.last - self.first).days + 1) * _DAY_MILLISECONDS


def folds_figure(
    report: "Report", *, language: Language = "en", theme: Theme = "light"
) -> "go.Figure":
    """Draw a row a fold: on the left its parts in time, on the right the candidate's skill.

    Purges are drawn where they lie and as long as they are, with an edge that stays visible. The
    skill is that over the best baseline; the band is the interval of all folds together.
    """
    from plotly.subplots import make_subplots

    text, colours = PROOF_TEXTS[language], PALETTES[theme]
    proof = proof_of(report)
    assert proof.folds, "a walk-forward has folds"
    figure = make_subplots(
        rows=1, cols=2, shared_yaxes=True, column_widths=[0.64, 0.36], horizontal_spacing=0.05
    )
    purge = max(report.experiment.split.purge_sessions or 0, report.experiment.horizon)
    spans = [(line, span) for line in proof.folds for span in _spans(line, purge)]
    for name, colour in _looks(colours).items():
        shown = text[name].format(count=number(purge, 0, language))
        drawn = [(line, span) for line, span in spans if span.name == name]
        figure.add_trace(_bars(drawn, shown, colour, language), row=1, col=1)
    _add_skills(figure, proof, language, colours)
    _lay_out(figure, proof, text, colours)
    figure.update_xaxes(tickformatstops=date_stops(language), row=1, col=1)
    figure.update_layout(
        template=template(theme, language),
        height=130 + _ROW_HEIGHT_PX[len(proof.folds) <= _FEW] * len(proof.folds),
        barmode="overlay",
        bargap=0.45,
    )
    return figure


def _looks(colours: Palette) -> Mapping[str, str]:
    """Return the colour of each part, those drawn last over the others."""
    return {
        "part_train": colours.band_90,
        "part_validation": colours.band_50,
        "part_test": colours.network,
        "purge": colours.ink,
    }


def _spans(line: FoldLine, purge_sessions: int) -> list[_Span]:
    """Cut a fold into its parts: the end of training and validation is purged."""
    fold = line.fold
    purge = timedelta(days=round(purge_sessions * 7 / _SESSIONS_A_WEEK))
    return [
        _Span("part_train", fold.train_first, fold.train_last),
        _Span("part_validation", fold.validation_first, fold.validation_last),
        _Span("part_test", fold.test_first, fold.test_last),
        _Span("purge", fold.train_last - purge, fold.train_last),
        _Span("purge", fold.validation_last - purge, fold.validation_last),
    ]


def _bars(
    drawn: Sequence[tuple[FoldLine, _Span]], shown: str, colour: str, language: Language
) -> "go.Bar":
    import plotly.graph_objects as go

    days = [f"{day(span.first, language)} .. {day(span.last, language)}" for _, span in drawn]
    return go.Bar(
        orientation="h",
        base=[span.first.isoformat() for _, span in drawn],
        x=[span.milliseconds for _, span in drawn],
        y=[str(line.number) for line, _ in drawn],
        customdata=days,
        name=shown,
        # A purge of ten sessions in twenty years is narrower than a pixel: its edge is not.
        marker={"color": colour, "line": {"color": colour, "width": 1}},
        hovertemplate=f"{shown}<br>%{{customdata}}<extra></extra>",
    )


def _add_skills(figure: "go.Figure", proof: Proof, language: Language, colours: Palette) -> None:
    import plotly.graph_objects as go

    text = PROOF_TEXTS[language]
    rows = [str(line.number) for line in proof.folds]
    skills = [100 * line.skill for line in proof.folds]
    colour = [colours.network if line.is_won else colours.baseline for line in proof.folds]
    figure.add_trace(
        go.Bar(
            orientation="h",
            x=skills,
            y=rows,
            width=0.08,
            marker={"color": colour},
            hoverinfo="skip",
            showlegend=False,
        ),
        row=1,
        col=2,
    )
    figure.add_trace(
        go.Scatter(
            x=skills,
            y=rows,
            mode="markers",
            marker={
                "color": colour,
                "size": 10,
                "symbol": ["circle" if line.is_won else "circle-open" for line in proof.folds],
                "line": {"color": colour, "width": 2},
            },
            customdata=[_hover(line, proof, language) for line in proof.folds],
            hovertemplate="%{customdata}<extra></extra>",
            name=text["skill_axis"],
            showlegend=False,
        ),
        row=1,
        col=2,
    )


def _hover(line: FoldLine, proof: Proof, language: Language) -> str:
    skill = percent(line.skill, 2, language, signed=True)
    each = (
        (proof.candidate.name, line.crps),
        (proof.rival.name, line.rival_crps),
        (proof.naive.name, line.naive_crps),
    )
    rows = [f"{escape(name, quote=False)}: {number(crps, 4, language)}" for name, crps in each]
    return "<br>".join((f"<b>{skill}</b>", *dict.fromkeys(rows)))


def _lay_out(figure: "go.Figure", proof: Proof, text: Mapping[str, str], colours: Palette) -> None:
    rows = [str(line.number) for line in proof.folds]
    figure.update_xaxes(type="date", nticks=5, row=1, col=1)
    # Of both sides: by itself the right one would take the numbers for a scale that goes up.
    figure.update_yaxes(
        type="category",
        categoryorder="array",
        categoryarray=rows[::-1],
        showgrid=False,
        ticks="",
        tickvals=rows if len(rows) <= _FEW else rows[:: len(rows) // 10],
    )
    figure.update_yaxes(title_text=text["fold"], row=1, col=1)
    figure.update_xaxes(title_text=text["skill_axis"], nticks=5, showgrid=True, row=1, col=2)
    skill = None if proof.promotion is None else proof.promotion.skill
    if skill is not None and skill.low is not None and skill.high is not None:
        figure.add_vrect(
            x0=100 * skill.low,
            x1=100 * skill.high,
            fillcolor=colours.band_95,
            line={"width": 0},
            layer="below",
            row=1,
            col=2,
        )
    figure.add_vline(x=0, line={"color": colours.ink, "width": 1.25}, row=1, col=2)
    figure.add_vline(
        x=100 * proof.skill_vs_rival,
        line={"color": colours.network, "width": 1.5, "dash": "dot"},
        row=1,
        col=2,
    )
