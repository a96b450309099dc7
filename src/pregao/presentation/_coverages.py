"""The share of outcomes within the ranges, in all windows and in hard times."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pregao.presentation._quantities import Number, Percent, t
from pregao.presentation._tables import Field, Table, field_of, table_of
from pregao.presentation._texts_reliability import RELIABILITY_TEXTS

if TYPE_CHECKING:
    from pregao.evaluation import Report
    from pregao.scores import Metrics

NOMINAL_PERCENT = (50, 80, 90, 95)


@dataclass(frozen=True)
class CoverageLine:
    """The observed coverage of one forecaster's ranges in some windows."""

    times: Literal["all_windows", "volatile", "after_break"]
    """A key of the texts of reliability."""
    num_windows: int
    name: str
    is_subject: bool
    shares: tuple[float | None, ...]
    """Of the 50, 80, 90 and 95 % range."""


def coverages_table(report: "Report") -> Table:
    """Return the observed coverage of each range, in all windows, then in hard times."""
    return table_of(
        _coverages_of(report),
        [
            field_of("name", t("name"), lambda line: line.name, kind="text"),
            field_of("windows", t("windows"), lambda line: Number(line.num_windows)),
            *(_share(place, nominal) for place, nominal in enumerate(NOMINAL_PERCENT)),
        ],
        emphasis=lambda line: ("subject",) if line.is_subject else (),
        group=lambda line: t(f"in_{line.times}", RELIABILITY_TEXTS),
        caption=t("coverages_note", RELIABILITY_TEXTS),
    )


def coverages(metrics: "Metrics") -> tuple[float, ...]:
    """Return the observed coverage of the 50, 80, 90 and 95 % ranges."""
    return (metrics.coverage_50, metrics.coverage_80, metrics.coverage_90, metrics.coverage_95)


def _coverages_of(report: "Report") -> Iterator[CoverageLine]:
    """Return the candidate's coverages beside the best baseline's and the random walk's.

    Hard times are known of diagnosed forecasters alone, and of none where each symbol had a
    benchmark of its own.
    """
    from pregao.scores import NAIVE

    for name in dict.fromkeys((report.candidate, report.best_baseline, NAIVE)):
        metrics = _metrics_of(report, name)
        shares, is_subject = coverages(metrics), name == report.candidate
        yield CoverageLine("all_windows", metrics.num_windows, name, is_subject, shares)
    dossiers = sorted(report.dossiers, key=lambda each: each.name != report.candidate)
    for times in ("volatile", "after_break"):
        for each in dossiers:
            own = each.reliability.volatile if times == "volatile" else each.reliability.after_break
            if own.num_windows:
                is_subject = each.name == report.candidate
                yield CoverageLine(times, own.num_windows, each.name, is_subject, own.shares)


def _share(place: int, nominal: int) -> Field[CoverageLine]:
    return field_of(
        f"range_{nominal}", Percent(nominal / 100, 0), lambda line: Percent(line.shares[place])
    )


def _metrics_of(report: "Report", name: str) -> "Metrics":
    return report.forecaster(name).metrics
