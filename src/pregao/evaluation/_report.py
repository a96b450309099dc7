"""The report of a run or a sweep: what was tried, on what, and what it is worth."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Self

from pregao.evaluation._comparison import Comparison
from pregao.evaluation._diagnostics import Dossier
from pregao.evaluation._results import AgainstNaive, AgainstRival, Scored, Trials, WindowCounts
from pregao.evaluation._walk_forward import Walk
from pregao.findings import Finding
from pregao.inference import Edge, Overfitting, Promotion, Verdict
from pregao.scores import Metrics
from pregao.training import Epoch, Experiment
from pregao.training.search import Plain
from pregao.values import Value


class PricesUsed(Value):
    """The history of one symbol that was used; the digest changes with any bar of it."""

    symbol: str
    provider: str
    sessions: int
    first: date
    last: date
    digest: str


class DataSummary(Value):
    """Which prices were used; the digest changes with any of them."""

    symbols: tuple[str, ...]
    sessions: int
    """Bars of all symbols together."""
    first: date
    last: date
    digest: str
    histories: tuple[PricesUsed, ...] = ()
    """One a symbol."""


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
    candidate: str
    """The network that the report is about."""
    champion: str
    """Whose forecasts are served: the candidate if it has an edge, else the best baseline."""
    edge: Edge
    promotion: Promotion | None
    confidence_set: tuple[str, ...] = ()
    """Of the ranking and the baselines, those that the test part cannot tell from the best; all of
    the single fit. That of the promotion is of a walk-forward, if there was one."""
    overfitting: Overfitting | None
    """Of choosing the best of this ranking by the test part, which nothing here does."""
    verdict: Verdict
    findings: tuple[Finding, ...]
    seconds: float
    trials: Trials = Trials()
    dossiers: tuple[Dossier, ...] = ()
    """Of the candidate and of the best baseline; none where each ticker has its own contest."""
    walk: Walk | None = None
    """The champion fitted anew before each fold of the test part; edge and verdict are then of it.
    """

    def network(self, name: str) -> NetworkScore:
        """Give the scores of one network."""
        return next(each for each in self.ranking if each.network == name)

    @property
    def subject(self) -> NetworkScore:
        """The scores of the candidate."""
        return self.network(self.candidate)

    def dossier(self, name: str) -> Dossier | None:
        """Give what else is known of a forecaster, if it was examined."""
        return next((each for each in self.dossiers if each.name == name), None)

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
        trials: Trials | None = None,
        walk: Walk | None = None,
        dossiers: tuple[Dossier, ...] = (),
    ) -> Self:
        """Put what a comparison found beside how each network was trained, and on what."""
        decisive = comparison if walk is None else walk.comparison
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
            candidate=comparison.candidate,
            champion=decisive.champion,
            edge=decisive.edge,
            promotion=decisive.promotion,
            confidence_set=comparison.promotion.confidence_set if comparison.promotion else (),
            overfitting=comparison.overfitting,
            verdict=decisive.verdict,
            findings=(*findings, *decisive.findings),
            seconds=seconds,
            trials=trials or Trials(),
            walk=walk,
            dossiers=dossiers,
        )
