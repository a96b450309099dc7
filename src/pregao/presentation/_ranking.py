"""The ranking: networks and baselines in one table."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pregao.presentation._quantities import Flag, Number, Percent, PValue, Quantity, t
from pregao.presentation._tables import Cell, Emphasis, Field, Table, field_of, table_of
from pregao.values import Text

if TYPE_CHECKING:
    from pregao.evaluation import EvaluatedForecaster, Mark, Report
    from pregao.scores import Score

_MARKS: "Mapping[Mark, Text]" = {
    "champion": t("champion"),
    "candidate": t("candidate"),
    "asked_for": t("asked_for"),
    "best_network": t("best_network"),
}
_IMPORTANCE: Mapping[str, int] = {"crps": 10, "coverage_90": 6, "mase": 5, "mae": 3}
"""When a narrow medium leaves a score out; others go before these."""


@dataclass(frozen=True)
class _Ranked:
    """A forecaster at its place in a report's ranking."""

    rank: int
    forecaster: "EvaluatedForecaster"
    report: "Report"


def ranking_table(report: "Report", *, most_networks: int | None = None) -> Table:
    """Return each forecaster's scores on the test part, best validation CRPS first.

    With `most_networks`, only so many networks are in it, and those that are marked; baselines
    always all.
    """
    rows = [_Ranked(rank, each, report) for rank, each in enumerate(report.ranked(), start=1)]
    networks = [row.rank for row in rows if not row.forecaster.is_baseline]
    best = networks[:most_networks]
    return table_of(
        [row for row in rows if row.rank in best or _is_kept(row)],
        list(_fields()),
        emphasis=_emphasis,
        caption=Text.joined([t("ranking_note"), t("in_set_note")], en=" ", pt_br=" "),
    )


def _is_kept(row: _Ranked) -> bool:
    return row.forecaster.is_baseline or row.report.mark(row.forecaster.name) is not None


def _fields() -> "Iterator[Field[_Ranked]]":
    from pregao.scores import TABLE_SCORES

    first, *others = TABLE_SCORES
    yield field_of("rank", t("rank"), lambda row: Number(row.rank), short_title="", importance=13)
    yield field_of("name", t("name"), _name, kind="text", importance=14)
    yield field_of(
        "parameters", t("parameters"), lambda row: Number(row.forecaster.parameters), importance=2
    )
    yield field_of(
        "crps_validation",
        t("crps_validation"),
        lambda row: Number(row.forecaster.validation_crps, 4),
        importance=9,
    )
    yield _score(first)
    yield field_of(
        "skill_naive",
        t("skill_naive"),
        lambda row: Percent(row.forecaster.versus_random_walk.crps_skill, signed=True),
        short_title=t("skill_short_naive"),
        importance=11,
    )
    yield field_of(
        "skill_best",
        t("skill_best"),
        lambda row: Percent(row.forecaster.versus_best_baseline.crps_skill, signed=True),
        short_title=t("skill_short_best"),
        importance=8,
    )
    yield field_of(
        "dm_p",
        t("dm_p"),
        lambda row: PValue(row.forecaster.versus_best_baseline.dm_p_value),
        importance=7,
    )
    yield field_of("in_set", t("in_set"), _in_set, importance=4)
    yield from map(_score, others)
    yield field_of(
        "seconds", t("seconds"), lambda row: Number(row.forecaster.seconds, 1), importance=1
    )


def _score(score: "Score") -> Field[_Ranked]:
    def cell(row: _Ranked) -> Quantity:
        value = row.forecaster.metrics.score(score.name)
        if score.style == "percent":
            return Percent(value, score.digits)
        return Number(value, score.digits)

    return field_of(score.name, t(score.name), cell, importance=_IMPORTANCE.get(score.name, 2))


def _in_set(row: _Ranked) -> Quantity:
    return Flag(row.report.in_confidence_set(row.forecaster.name) or None)


def _name(row: _Ranked) -> Cell:
    name, marks = row.forecaster.name, list[Quantity]()
    if row.forecaster.is_baseline:
        is_best = name == row.report.best_baseline
        marks.append(t("best_baseline" if is_best else "baseline"))
    if (mark := row.report.mark(name)) is not None:
        marks.append(_MARKS[mark])
    return Cell(name, marks=tuple(marks))


def _emphasis(row: _Ranked) -> Iterator[Emphasis]:
    name = row.forecaster.name
    if name == row.report.candidate:
        yield "subject"
    if row.forecaster.is_baseline:
        yield "baseline"
    elif name != row.report.candidate and row.report.mark(name) is not None:
        yield "best_network"
