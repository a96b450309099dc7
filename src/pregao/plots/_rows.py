"""Networks and baselines of a report as rows of one table."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pregao.evaluation import Metrics, Report


@dataclass(frozen=True)
class Row:
    """One forecaster's line in the ranking; None is what a baseline has not."""

    rank: int
    name: str
    kind: Literal["network", "baseline"]
    parameters: int | None
    validation_crps: float
    metrics: "Metrics"
    skill_vs_random_walk: float
    skill_vs_best_baseline: float
    dm_p_value: float | None
    """Against the best baseline."""
    seconds: float | None
    is_champion: bool
    is_best_baseline: bool


def rows_of(report: "Report") -> tuple[Row, ...]:
    """Give networks and baselines together, best validation CRPS first."""
    rows = [*_network_rows(report), *_baseline_rows(report)]
    rows.sort(key=lambda row: row.validation_crps)
    return tuple(_ranked(row, rank) for rank, row in enumerate(rows, start=1))


def row_of(report: "Report", name: str) -> Row:
    """Give the row of one forecaster, network or baseline."""
    return next(row for row in rows_of(report) if row.name == name)


def _network_rows(report: "Report") -> list[Row]:
    return [
        Row(
            rank=0,
            name=each.network,
            kind="network",
            parameters=each.parameters,
            validation_crps=each.validation_crps,
            metrics=each.metrics,
            skill_vs_random_walk=each.versus_random_walk.crps_skill,
            skill_vs_best_baseline=each.versus_best_baseline.crps_skill,
            dm_p_value=each.versus_best_baseline.dm_p_value,
            seconds=each.seconds,
            is_champion=each.network == report.champion,
            is_best_baseline=False,
        )
        for each in report.ranking
    ]


def _baseline_rows(report: "Report") -> list[Row]:
    from pregao.evaluation import skill

    best = report.baseline(report.best_baseline).metrics.crps
    return [
        Row(
            rank=0,
            name=each.name,
            kind="baseline",
            parameters=None,
            validation_crps=each.validation_crps,
            metrics=each.metrics,
            skill_vs_random_walk=each.versus_random_walk.crps_skill,
            skill_vs_best_baseline=skill(each.metrics.crps, best),
            dm_p_value=None,
            seconds=None,
            is_champion=each.name == report.champion,
            is_best_baseline=each.name == report.best_baseline,
        )
        for each in report.baselines
    ]


def _ranked(row: Row, rank: int) -> Row:
    return replace(row, rank=rank)
