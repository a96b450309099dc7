"""The report of a run or a sweep: the data, every forecaster's result, and the verdict."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Literal, Self

from pregao.evaluation._comparison import Comparison
from pregao.evaluation._diagnostics import Diagnostics
from pregao.evaluation._layouts import RankedCandidate, ReportedBaselines
from pregao.evaluation._results import EvaluatedForecaster, Training, Trials, WindowCounts
from pregao.evaluation._walk_forward import WalkForwardResult
from pregao.findings import Finding
from pregao.inference import Edge, Overfitting, Promotion, Verdict
from pregao.training import Experiment
from pregao.values import Value

Mark = Literal["champion", "candidate", "asked_for", "best_network"]
"""Why a forecaster stands out in a ranking; a key of the texts."""


class PricesUsed(Value):
    """The price history of one symbol; the digest changes with any of its bars."""

    symbol: str
    provider: str
    sessions: int
    first: date
    last: date
    digest: str


class DataSummary(Value):
    """The prices of a report; the digest changes with any of them."""

    symbols: tuple[str, ...]
    sessions: int
    """Bars of all symbols together."""
    first: date
    last: date
    digest: str
    histories: tuple[PricesUsed, ...] = ()
    """One for each symbol."""


class Report(Value):
    """Networks ranked beside the baselines, all scored on the same windows.

    Ranked by validation CRPS; the metrics are those of the test part.
    """

    experiment: Experiment
    data: DataSummary
    windows: WindowCounts
    baselines: ReportedBaselines
    ranking: tuple[RankedCandidate, ...]
    """The networks and their averages, best validation CRPS first."""
    best_baseline: str
    candidate: str
    """The network that the verdict is about."""
    champion: str
    """The forecaster that is served: the candidate if it has an edge, else the best baseline."""
    edge: Edge
    promotion: Promotion | None
    confidence_set: tuple[str, ...] = ()
    """Of the ranking and the baselines, those that the test part cannot tell from the best, all of
    the single fit. That of the promotion is of a walk-forward, if there was one."""
    overfitting: Overfitting | None
    """Of choosing the best of this ranking by the test part, which no method here does."""
    verdict: Verdict
    findings: tuple[Finding, ...]
    seconds: float
    trials: Trials = Trials()
    dossiers: tuple[Diagnostics, ...] = ()
    """Of the candidate and of the best baseline; none where each ticker is decided by itself."""
    walk: WalkForwardResult | None = None
    """The candidate refitted before each fold of the test part; edge and verdict are then of it."""

    def ranked(self) -> tuple[EvaluatedForecaster, ...]:
        """Return networks and baselines together, best validation CRPS first."""
        everyone = (*self.ranking, *self.baselines)
        return tuple(sorted(everyone, key=lambda each: each.validation_crps))

    def forecaster(self, name: str) -> EvaluatedForecaster:
        """Return the result of one forecaster, network or baseline."""
        return next(each for each in (*self.ranking, *self.baselines) if each.name == name)

    @property
    def subject(self) -> EvaluatedForecaster:
        """The result of the candidate."""
        return self.forecaster(self.candidate)

    @property
    def is_candidate_requested(self) -> bool:
        """Whether the candidate was named beforehand, and another network ranks above it."""
        return bool(self.ranking) and self.candidate != self.ranking[0].name

    def mark(self, name: str) -> Mark | None:
        """Return why a forecaster stands out in the ranking; None for most."""
        if name == self.champion:
            return "champion"
        if name == self.candidate:
            return "asked_for" if self.is_candidate_requested else "candidate"
        return "best_network" if self.ranking and name == self.ranking[0].name else None

    def in_confidence_set(self, name: str) -> bool | None:
        """Return whether the test part cannot tell it from the best; None if that is unknown."""
        return name in self.confidence_set if self.confidence_set else None

    @property
    def searched(self) -> tuple[EvaluatedForecaster, ...]:
        """The networks whose settings a search chose, in the order of the ranking."""
        return tuple(each for each in self.ranking if each.is_searched)

    @property
    def has_ensembles(self) -> bool:
        """Whether some of the ranking average others of it."""
        return any(each.kind == "ensemble" for each in self.ranking)

    def diagnostics(self, name: str) -> Diagnostics | None:
        """Return the diagnostics of a forecaster; None if they were not run."""
        return next((each for each in self.dossiers if each.name == name), None)

    @classmethod
    def from_comparison(
        cls,
        comparison: Comparison,
        training: Mapping[str, Training],
        *,
        experiment: Experiment,
        data: DataSummary,
        windows: WindowCounts,
        findings: Iterable[Finding],
        seconds: float,
        trials: Trials | None = None,
        walk: WalkForwardResult | None = None,
        dossiers: tuple[Diagnostics, ...] = (),
    ) -> Self:
        """Join a comparison with how each network was trained, and on what data.

        Parameters
        ----------
        walk
            Its comparison, if there is one, decides about edge, champion and verdict.
        """
        decisive = comparison if walk is None else walk.comparison
        return cls(
            experiment=experiment,
            data=data,
            windows=windows,
            baselines=tuple(each.untested() for each in comparison.baselines),
            ranking=tuple(each.beside_training(training[each.name]) for each in comparison.ranking),
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
