"""Networks and baselines of a report as rows of one table."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pregao.evaluation import NetworkScore, Report
    from pregao.scores import Metrics


ENSEMBLES = ("ensemble_uniform", "ensemble_weighted", "ensemble_stacked")
"""Names of what averages networks and stands beside them in a ranking."""

Mark = Literal["champion", "candidate", "asked_for", "best_network"]
"""Why a forecaster stands out; a key of the texts."""


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
    mark: Mark | None
    is_subject: bool
    """Whether the verdict is about it."""
    is_best_baseline: bool
    is_in_set: bool | None
    """Whether the test part cannot tell it from the best; None where that was not asked."""


def rows_of(report: "Report") -> tuple[Row, ...]:
    """Give networks and baselines together, best validation CRPS first."""
    rows = [*_network_rows(report), *_baseline_rows(report)]
    rows.sort(key=lambda row: row.validation_crps)
    return tuple(_ranked(row, rank) for rank, row in enumerate(rows, start=1))


def row_of(report: "Report", name: str) -> Row:
    """Give the row of one forecaster, network or baseline."""
    return next(row for row in rows_of(report) if row.name == name)


def was_asked_for(report: "Report") -> bool:
    """Tell whether the verdict is about what was asked for, and another network is better."""
    return bool(report.ranking) and report.candidate != report.ranking[0].network


def searched_of(report: "Report") -> "tuple[NetworkScore, ...]":
    """Give the networks whose settings a search chose, in the order of the ranking."""
    return tuple(each for each in report.ranking if each.trials is not None)


def has_ensembles(report: "Report") -> bool:
    """Tell whether some of the ranking average others of it."""
    return any(each.network in ENSEMBLES for each in report.ranking)


def best_loss(score: "NetworkScore") -> float:
    """Give the validation loss of the weights that were kept."""
    return next(e.validation_loss for e in score.epochs if e.number == score.best_epoch)


def _mark_of(report: "Report", name: str) -> Mark | None:
    if name == report.champion:
        return "champion"
    if name == report.candidate:
        return "asked_for" if was_asked_for(report) else "candidate"
    return "best_network" if report.ranking and name == report.ranking[0].network else None


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
            mark=_mark_of(report, each.network),
            is_subject=each.network == report.candidate,
            is_best_baseline=False,
            is_in_set=_is_in_set(report, each.network),
        )
        for each in report.ranking
    ]


def _baseline_rows(report: "Report") -> list[Row]:
    from pregao.scores import skill

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
            mark=_mark_of(report, each.name),
            is_subject=each.name == report.candidate,
            is_best_baseline=each.name == report.best_baseline,
            is_in_set=_is_in_set(report, each.name),
        )
        for each in report.baselines
    ]


def _is_in_set(report: "Report", name: str) -> bool | None:
    return name in report.confidence_set if report.confidence_set else None


def _ranked(row: Row, rank: int) -> Row:
    return replace(row, rank=rank)
