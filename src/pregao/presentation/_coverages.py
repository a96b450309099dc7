"""How much of what came lay within the ranges, in all windows and in hard times."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pregao.evaluation import Report
    from pregao.scores import Metrics

NOMINAL_PERCENT = (50, 80, 90, 95)


@dataclass(frozen=True)
class CoverageLine:
    """What the ranges of one forecaster held of some windows."""

    times: Literal["all_windows", "volatile", "after_break"]
    """A key of the texts of reliability."""
    num_windows: int
    name: str
    is_subject: bool
    shares: tuple[float | None, ...]
    """Of the 50, 80, 90 and 95 % range."""


def coverages_of(report: "Report") -> Iterator[CoverageLine]:
    """Give the candidate's coverages beside the best baseline's and the random walk's.

    Of hard times those of who was examined: nobody, where each symbol had its own contest, or
    where there were none.
    """
    from pregao.scores import NAIVE

    for name in dict.fromkeys((report.candidate, report.best_baseline, NAIVE)):
        metrics = _metrics_of(report, name)
        yield CoverageLine(
            "all_windows",
            metrics.num_windows,
            name,
            name == report.candidate,
            coverages(metrics),
        )
    dossiers = sorted(report.dossiers, key=lambda each: each.name != report.candidate)
    for times in ("volatile", "after_break"):
        for each in dossiers:
            own = each.reliability.volatile if times == "volatile" else each.reliability.after_break
            if own.num_windows:
                is_subject = each.name == report.candidate
                yield CoverageLine(times, own.num_windows, each.name, is_subject, own.shares)


def coverages(metrics: "Metrics") -> tuple[float, ...]:
    """Give the observed coverage of the 50, 80, 90 and 95 % ranges."""
    return (metrics.coverage_50, metrics.coverage_80, metrics.coverage_90, metrics.coverage_95)


def _metrics_of(report: "Report", name: str) -> "Metrics":
    return report.forecaster(name).metrics
