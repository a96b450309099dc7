"""The report of a run or a sweep: what was tried, on what, and what it is worth."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Self

from pregao.evaluation._comparison import Comparison
from pregao.evaluation._results import AgainstNaive, AgainstRival, Scored, Verdict
from pregao.evaluation._scores import Metrics
from pregao.findings import Finding
from pregao.training import Epoch, Experiment, Plain
from pregao.values import Value


class DataSummary(Value):
    """Which prices were used; the digest changes with any of them."""

    symbols: tuple[str, ...]
    sessions: int
    """Bars of all symbols together."""
    first: date
    last: date
    digest: str


class WindowCounts(Value):
    """How many windows each part has."""

    train: int
    validation: int
    test: int


class BaselineScore(Value):
    """One baseline's test scores."""

    name: str
    metrics: Metrics
    validation_crps: float
    versus_random_walk: AgainstNaive


class NetworkScore(Value):
    """One network's test scores, beside the naive forecast's, and how it was trained."""

    network: str
    parameters: int
    metrics: Metrics
    validation_crps: float
    versus_random_walk: AgainstNaive
    versus_best_baseline: AgainstRival
    best_epoch: int
    epochs: tuple[Epoch, ...]
    seconds: float
    """Of all its trainings, those of its trials included."""
    best_params: dict[str, Plain] | None = None
    """What a search chose; None where nothing was searched."""
    trials: int | None = None
    pruned: int | None = None


class Trained(Value):
    """How a network was trained: what a comparison does not know."""

    parameters: int
    epochs: tuple[Epoch, ...]
    best_epoch: int
    seconds: float
    best_params: dict[str, Plain] | None = None
    trials: int | None = None
    pruned: int | None = None

    def beside(self, scored: Scored) -> NetworkScore:
        """Put the training beside the scores."""
        return NetworkScore(
            network=scored.name,
            parameters=self.parameters,
            metrics=scored.metrics,
            validation_crps=scored.validation_crps,
            versus_random_walk=scored.versus_random_walk,
            versus_best_baseline=scored.versus_best_baseline,
            best_epoch=self.best_epoch,
            epochs=self.epochs,
            seconds=self.seconds,
            best_params=self.best_params,
            trials=self.trials,
            pruned=self.pruned,
        )


class Report(Value):
    """Networks ranked beside the baselines, all scored on the same windows.

    Ranked by validation CRPS; the metrics are the test part's.
    """

    experiment: Experiment
    data: DataSummary
    windows: WindowCounts
    baselines: tuple[BaselineScore, ...]
    ranking: tuple[NetworkScore, ...]
    best_baseline: str
    champion: str
    edge: bool
    verdict: Verdict
    findings: tuple[Finding, ...]
    seconds: float

    def network(self, name: str) -> NetworkScore:
        """Give the scores of one network."""
        return next(each for each in self.ranking if each.network == name)

    @property
    def winner(self) -> NetworkScore:
        """The scores of the champion."""
        return self.network(self.champion)

    def baseline(self, name: str) -> BaselineScore:
        """Give the scores of one baseline."""
        return next(each for each in self.baselines if each.name == name)

    @classmethod
    def of(
        cls,
        comparison: Comparison,
        trained: Mapping[str, Trained],
        *,
        experiment: Experiment,
        data: DataSummary,
        windows: WindowCounts,
        findings: Iterable[Finding],
        seconds: float,
    ) -> Self:
        """Put what a comparison found beside how each network was trained, and on what."""
        return cls(
            experiment=experiment,
            data=data,
            windows=windows,
            baselines=tuple(
                BaselineScore(
                    name=each.name,
                    metrics=each.metrics,
                    validation_crps=each.validation_crps,
                    versus_random_walk=each.versus_random_walk,
                )
                for each in comparison.baselines
            ),
            ranking=tuple(trained[each.name].beside(each) for each in comparison.ranking),
            best_baseline=comparison.best_baseline,
            champion=comparison.champion,
            edge=comparison.edge,
            verdict=comparison.verdict,
            findings=(*findings, *comparison.findings),
            seconds=seconds,
        )
