"""Many tickers, each with networks of its own: decided one by one, one row for each."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Self

from pregao.errors import InputError, ProviderError
from pregao.evaluation import Report
from pregao.findings import Finding, ticker_left_out
from pregao.inference import SIGNIFICANCE, Edge, Verdict
from pregao.training import Experiment
from pregao.values import Value, bilingual_plural
from pregao.workbench._benchmark import BenchmarkResult, run_benchmarks
from pregao.workbench._candidates import Candidate, Group, with_symbols
from pregao.workbench._prices import PriceReader
from pregao.workbench._settings import BenchmarkSettings
from pregao.workbench._test_set import record_test_access

_AT_ONCE = 32
"""Tickers whose prices and windows are in memory at the same time."""


class TickerResult(Value):
    """The result of one ticker: its champion, and its candidate's scores relative to baselines."""

    symbol: str
    champion: str
    edge: Edge
    crps: float
    skill_vs_random_walk: float
    best_baseline: str
    skill_vs_best_baseline: float
    dm_p_value: float
    mase: float
    coverage_90: float
    seconds: float
    run: str | None

    @classmethod
    def from_report(cls, report: Report, run: str | None) -> Self:
        """Summarise a report."""
        subject = report.subject
        return cls(
            symbol=report.data.symbols[0],
            champion=report.champion,
            edge=report.edge,
            crps=subject.metrics.crps,
            skill_vs_random_walk=subject.versus_random_walk.crps_skill,
            best_baseline=report.best_baseline,
            skill_vs_best_baseline=subject.versus_best_baseline.crps_skill,
            dm_p_value=subject.versus_best_baseline.tested_p_value,
            mase=subject.metrics.mase,
            coverage_90=subject.metrics.coverage_90,
            seconds=report.seconds,
            run=run,
        )


class Tickers(Value):
    """The results of many tickers, and how many edges chance alone would show."""

    rows: tuple[TickerResult, ...]
    findings: tuple[Finding, ...]
    """Of tickers that were left out, each with its symbol, and of networks that did not fit."""

    @property
    def num_edges(self) -> int:
        """The number of candidates with an edge over their best baseline, each by its own test."""
        return sum(each.edge == "proven" for each in self.rows)

    @property
    def verdict(self) -> Verdict:
        """Return how many tickers have an edge, and how many chance alone would show."""
        return Verdict.from_text(
            bilingual_plural(
                "{count} of {total} tickers shows an edge over the best baseline; where there is "
                "none, chance alone shows one in about {by_chance:.1f}.",
                "{count} of {total} tickers show an edge over the best baseline; where there is "
                "none, chance alone shows one in about {by_chance:.1f}.",
                count=self.num_edges,
                total=len(self.rows),
                by_chance=SIGNIFICANCE * len(self.rows),
            )
        )


def benchmark_tickers(
    home: Path,
    experiment: Experiment,
    candidates: Sequence[Candidate],
    reader: PriceReader,
    settings: BenchmarkSettings,
    *,
    allow_findings: bool,
) -> Iterator[BenchmarkResult | Finding]:
    """Yield the result of each ticker as it is decided, or why the ticker was left out."""
    for start in range(0, len(experiment.symbols), _AT_ONCE):
        groups = []
        for symbol in experiment.symbols[start : start + _AT_ONCE]:
            alone = experiment.replace(symbols=(symbol,))
            try:
                prices = reader.read(alone, allow_findings=allow_findings)
                groups.append(Group.cut(prices, with_symbols(candidates, (symbol,))))
            except (InputError, ProviderError) as error:
                yield ticker_left_out(symbol, error)
        if groups:
            trials = record_test_access(home, "sweep", groups, settings)
            yield from run_benchmarks(groups, settings, trials=trials)
