"""Networks and baselines of a report as rows of one table."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pregao.evaluation import EvaluatedForecaster, Mark, Report
    from pregao.scores import Metrics


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
    mark: "Mark | None"
    is_subject: bool
    """Whether the verdict is about it."""
    is_best_baseline: bool
    is_in_set: bool | None
    """Whether the test part cannot tell it from the best; None where that was not asked."""


def rows_of(report: "Report") -> tuple[Row, ...]:
    """Return networks and baselines together, best validation CRPS first."""
    return tuple(_row(report, each, rank) for rank, each in enumerate(report.ranked(), start=1))


def row_of(report: "Report", name: str) -> Row:
    """Return the row of one forecaster, network or baseline."""
    return next(row for row in rows_of(report) if row.name == name)


def was_asked_for(report: "Report") -> bool:
    """Return whether the candidate was named beforehand, and another network ranks above it."""
    return report.is_candidate_requested


def searched_of(report: "Report") -> "tuple[EvaluatedForecaster, ...]":
    """Return the networks whose settings a search chose, in the order of the ranking."""
    return report.searched


def has_ensembles(report: "Report") -> bool:
    """Return whether some of the ranking average others of it."""
    return report.has_ensembles


def best_loss(score: "EvaluatedForecaster") -> float | None:
    """Return the validation loss of the weights that were kept."""
    return score.best_validation_loss


def _row(report: "Report", forecaster: "EvaluatedForecaster", rank: int) -> Row:
    name = forecaster.name
    return Row(
        rank=rank,
        name=name,
        kind="baseline" if forecaster.is_baseline else "network",
        parameters=forecaster.parameters,
        validation_crps=forecaster.validation_crps,
        metrics=forecaster.metrics,
        skill_vs_random_walk=forecaster.versus_random_walk.crps_skill,
        skill_vs_best_baseline=forecaster.versus_best_baseline.crps_skill,
        dm_p_value=forecaster.versus_best_baseline.dm_p_value,
        seconds=forecaster.seconds,
        mark=report.mark(name),
        is_subject=name == report.candidate,
        is_best_baseline=name == report.best_baseline,
        is_in_set=report.in_confidence_set(name),
    )
