"""The walk-forward of a benchmark: candidate and baselines refitted before each fold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from pregao.dataset import Borders, Dataset, WalkForward, walk_forward_folds
from pregao.evaluation import COMBINATIONS, Fold, WalkForwardResult, compare
from pregao.scores import ScoredForecasts, Truth, concatenate_truths, observed_outcomes, pool_folds
from pregao.training import Experiment, Model, datasets_for
from pregao.training.engines import WorkerPool
from pregao.workbench._candidates import Candidate, Group
from pregao.workbench._fitting import FittedBaselines, FittedForecaster, fit_baselines, refit
from pregao.workbench._settings import BenchmarkSettings, OnProgress, progress_reporter
from pregao.zoo.baselines import BASELINES

_ROWS_AT_ONCE = 2_000_000
"""Rows of all fits that are in memory at the same time: one of a large pool."""


@dataclass(frozen=True, eq=False)
class Folds:
    """The borders of every fold, with the windows of as many folds as fit into memory."""

    plan: WalkForward
    borders: tuple[Borders, ...]
    beside: tuple[Group, ...]
    """The first folds: workers hold them beside the single fit, and need not start again."""
    same_fit: int | None
    """1 if the first of these is fitted on the very windows of the single fit."""

    @classmethod
    def planned(cls, group: Group, experiments: Sequence[Experiment], plan: WalkForward) -> Self:
        """Plan the folds over the test part of a group.

        Raises
        ------
        SplitError
            If a fold would have too few windows.
        """
        borders = walk_forward_folds(group.first, plan)
        num_beside = max(1, _ROWS_AT_ONCE // len(group.first.train.source)) - 1
        beside = tuple(_fold(group, experiments, each) for each in borders[:num_beside])
        is_same = bool(beside) and _have_same_fit(group.first, beside[0].first)
        return cls(plan, tuple(borders), beside, 1 if is_same else None)


def finalists_for(name: str, experiments: Sequence[Experiment]) -> tuple[Candidate, ...]:
    """Return the networks to train before each fold: the candidate, or the members it averages."""
    if name not in COMBINATIONS:
        return (Candidate(name, experiments[0]),)
    return tuple(Candidate(f"member {number}", each) for number, each in enumerate(experiments, 1))


@dataclass(frozen=True, eq=False)
class ScoredFold:
    """One fold, scored; its windows are no longer in memory."""

    fold: Fold
    truth: Truth
    scored: dict[str, ScoredForecasts]

    @classmethod
    def from_fitted(cls, dataset: Dataset, fitted: Mapping[str, FittedForecaster]) -> Self:
        """Summarise a fold."""
        scored = {name: each.scored for name, each in fitted.items()}
        fold = Fold.from_scores(dataset, scored)
        return cls(fold, observed_outcomes([dataset.sealed_test]), scored)


@dataclass(frozen=True, eq=False)
class WalkForwardRunner:
    """Fits the finalists before each fold, and compares them with the baselines over all folds.

    The folds share the test windows of the group, so that the single fit and the walk-forward are
    scored on the same windows.
    """

    folds: Folds
    finalists: tuple[Candidate, ...]
    subject: str
    """A finalist, or their average."""
    settings: BenchmarkSettings
    on_progress: OnProgress | None

    def score_beside(
        self, pool: WorkerPool, baselines: Sequence[FittedBaselines], model: Model | None = None
    ) -> list[ScoredFold]:
        """Score the folds whose windows the pool holds after those of the group.

        Parameters
        ----------
        baselines
            Of these folds.
        model
            The subject as trained on the group, if it is at hand: a first fold that is fitted on
            the same windows needs no other.
        """
        groups = {
            place: replace(each, candidates=self.finalists)
            for place, each in enumerate(self.folds.beside, 1)
        }
        same_fit = self.folds.same_fit
        trained = {} if model is None or same_fit is None else {same_fit: model}
        new = {place: each for place, each in groups.items() if place not in trained}
        fitted = dict(
            refit(
                pool,
                new,
                self.settings,
                subject=self.subject,
                report_progress=progress_reporter(
                    self.on_progress, len(trained) + len(new) * len(self.finalists)
                ),
                trained=trained,
            )
        )
        return [
            ScoredFold.from_fitted(each.first, {**naive.forecasters, self.subject: fitted[place]})
            for (place, each), naive in zip(groups.items(), baselines, strict=True)
        ]

    def finish(self, beside: Sequence[ScoredFold], group: Group) -> WalkForwardResult:
        """Score the folds that stand alone in memory, and compare over all of them."""
        later = self.folds.borders[len(beside) :]
        scored = [*beside, *(self._score_alone(group, borders) for borders in later)]
        truth = concatenate_truths([each.truth for each in scored])
        # A baseline that one fold lacks cannot be compared over all of them.
        together = {
            name: pool_folds([each.scored[name] for each in scored], truth)
            for name in scored[0].scored
            if all(name in each.scored for each in scored)
        }
        rivals = {name: each for name, each in together.items() if name != self.subject}
        return WalkForwardResult(
            plan=self.folds.plan.replace(num_folds=len(scored)),
            folds=tuple(each.fold for each in scored),
            comparison=compare(
                {self.subject: together[self.subject]},
                rivals,
                subject=self.subject,
                num_folds=len(scored),
            ),
        )

    def _score_alone(self, group: Group, borders: Borders) -> ScoredFold:
        experiments = [each.experiment for each in self.finalists]
        fold = replace(_fold(group, experiments, borders), candidates=self.finalists)
        data = (fold.datasets,)
        report_progress = progress_reporter(self.on_progress, len(BASELINES) + len(self.finalists))
        engine, seed = self.settings.engine, experiments[0].seed
        [naive] = fit_baselines(data, seed, engine, report_progress)
        with engine.pool(data) as pool:
            [(_, fitted)] = refit(
                pool,
                {0: fold},
                self.settings,
                subject=self.subject,
                report_progress=report_progress,
            )
        return ScoredFold.from_fitted(fold.first, {**naive.forecasters, self.subject: fitted})


def _fold(group: Group, experiments: Sequence[Experiment], borders: Borders) -> Group:
    prices = [each.prices for each in group.prices]
    return replace(group, datasets=datasets_for(prices, experiments, borders=borders))


def _have_same_fit(single: Dataset, fold: Dataset) -> bool:
    """Return whether two datasets differ only in where their test parts end."""
    until = fold.borders.test_last
    return single.borders.replace(test_last=until) == fold.borders and single.scaler == fold.scaler
