"""Many tickers, each with networks of its own: decided one by one, and summed up in a table."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Self

from pregao.errors import InputError, ProviderError
from pregao.evaluation import Report
from pregao.findings import Finding
from pregao.inference import SIGNIFICANCE, Edge, Verdict
from pregao.prices import Provider
from pregao.training import Experiment
from pregao.values import Value
from pregao.workbench._benchmark import contests
from pregao.workbench._candidates import Entrant, Group, Sweep, Terms
from pregao.workbench._prices import ticker_left_out, trainable
from pregao.workbench._test_set import opened

_AT_ONCE = 32
"""Tickers whose prices and windows are in memory at the same time."""


class Row(Value):
    """What came out for one ticker: its champion, beside the naive forecast."""

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
    def of(cls, report: Report, run: str | None) -> Self:
        """Sum a report up in a row."""
        subject = report.subject
        return cls(
            symbol=report.data.symbols[0],
            champion=report.champion,
            edge=report.edge,
            crps=subject.metrics.crps,
            skill_vs_random_walk=subject.versus_random_walk.crps_skill,
            best_baseline=report.best_baseline,
            skill_vs_best_baseline=subject.versus_best_baseline.crps_skill,
            dm_p_value=subject.versus_best_baseline.dm_p_value,
            mase=subject.metrics.mase,
            coverage_90=subject.metrics.coverage_90,
            seconds=report.seconds,
            run=run,
        )


class Tickers(Value):
    """Many tickers beside each other, and what luck alone would have given."""

    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]
    """Of tickers that were left out, each with its symbol, and of networks that did not fit."""

    @property
    def num_edges(self) -> int:
        """How many champions beat their best baseline on the test part, by their own test."""
        return sum(each.edge == "proven" for each in self.rows)

    @property
    def verdict(self) -> Verdict:
        """Say how many tickers have an edge, and how many luck would find."""
        count, total = self.num_edges, len(self.rows)
        luck = f"{SIGNIFICANCE * total:.1f}"
        shows, mostra = ("shows", "mostra") if count == 1 else ("show", "mostram")
        return Verdict(
            en=f"{count} of {total} tickers {shows} an edge over the best baseline; "
            f"where there is none, luck alone shows one in about {luck}.",
            pt_br=f"{count} de {total} ativos {mostra} vantagem sobre a melhor referência; "
            f"onde não há nenhuma, o acaso mostra uma em cerca de {luck.replace('.', ',')}.",
        )


def decided(
    home: Path,
    experiment: Experiment,
    entrants: Sequence[Entrant],
    provider: Provider,
    terms: Terms,
    *,
    as_of: date | None,
    allow_findings: bool,
) -> Iterator[Sweep | Finding]:
    """Give each ticker's contest as it is decided, or why the ticker was left out."""
    for start in range(0, len(experiment.symbols), _AT_ONCE):
        groups = []
        for symbol in experiment.symbols[start : start + _AT_ONCE]:
            alone = experiment.replace(symbols=(symbol,))
            own = [_for_symbol(each, symbol) for each in entrants]
            try:
                prices = trainable(alone, provider, as_of=as_of, allow_findings=allow_findings)
                groups.append(Group.of(prices, own))
            except (InputError, ProviderError) as error:
                yield ticker_left_out(symbol, error)
        if groups:
            yield from contests(groups, terms, trials=opened(home, "sweep", groups, terms))


def _for_symbol(entrant: Entrant, symbol: str) -> Entrant:
    return Entrant(entrant.name, entrant.experiment.replace(symbols=(symbol,)))
