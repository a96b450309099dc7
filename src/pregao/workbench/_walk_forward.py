"""Forecasters fitted anew before each fold of their test part, beside every baseline alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from pregao.dataset import Borders, Dataset, WalkForward, folds_of
from pregao.evaluation import Fold, Walk, compare
from pregao.scores import Judged, Truth, joined, pooled, truth_of
from pregao.training import Experiment, Model, datasets_for
from pregao.training.engines import Crew
from pregao.workbench._candidates import COMBINATIONS, Entrant, Group, OnProgress, Said, Terms
from pregao.workbench._evaluating import Baselines, judge_baselines, judge_refitted, teller
from pregao.zoo.baselines import BASELINES

_ROWS_AT_ONCE = 2_000_000
"""Rows of all fits that are in memory at the same time: one of a large pool."""


@dataclass(frozen=True, eq=False)
class Folds:
    """Where a walk-forward fits anew, with the windows of as many folds as memory holds."""

    plan: WalkForward
    borders: tuple[Borders, ...]
    beside: tuple[Group, ...]
    """The first folds: workers hold them beside the single fit, and need not start again."""
    again: int | None
    """1 if the first of these is fitted on the very windows of the single fit."""

    @classmethod
    def of(cls, group: Group, experiments: Sequence[Experiment], plan: WalkForward) -> Self:
        """Plan the folds over the test part of a group.

        Raises
        ------
        SplitError
            If a fold would have too few windows.
        """
        borders = folds_of(group.first, plan)
        num_beside = max(1, _ROWS_AT_ONCE // len(group.first.train.source)) - 1
        beside = tuple(_fold(group, experiments, each) for each in borders[:num_beside])
        is_again = bool(beside) and _are_fitted_alike(group.first, beside[0].first)
        return cls(plan, tuple(borders), beside, 1 if is_again else None)


def finalists_of(name: str, made_from: Sequence[Experiment]) -> tuple[Entrant, ...]:
    """Give who has to be trained before each fold: a champion, or those whom it averages."""
    if name not in COMBINATIONS:
        return (Entrant(name, made_from[0]),)
    return tuple(Entrant(f"member {number}", each) for number, each in enumerate(made_from, 1))


@dataclass(frozen=True, eq=False)
class Round:
    """One fold, judged: what is left of it once its windows are gone."""

    fold: Fold
    truth: Truth
    judged: dict[str, Judged]

    @classmethod
    def of(cls, dataset: Dataset, said: Mapping[str, Said]) -> Self:
        """Sum a fold up."""
        judged = {name: each.judged for name, each in said.items()}
        return cls(Fold.of(dataset, judged), truth_of([dataset.sealed_test]), judged)


@dataclass(frozen=True, eq=False)
class Walking:
    """Fits the finalists before each fold, and compares them with the baselines over all folds.

    The folds share the test windows of the group: what is said of a single fit and of a
    walk-forward is said of the same windows.
    """

    folds: Folds
    finalists: tuple[Entrant, ...]
    subject: str
    """A finalist, or their average."""
    terms: Terms
    on_progress: OnProgress | None

    def beside(
        self, crew: Crew, baselines: Sequence[Baselines], model: Model | None = None
    ) -> list[Round]:
        """Judge the folds whose windows the crew holds after those of the group.

        Parameters
        ----------
        baselines
            Of these folds.
        model
            What was trained of the subject on the group, if it was just now: a first fold that is
            fitted on the same windows needs no other.
        """
        groups = {
            place: replace(each, entrants=self.finalists)
            for place, each in enumerate(self.folds.beside, 1)
        }
        again = self.folds.again
        trained = {} if model is None or again is None else {again: model}
        new = {place: each for place, each in groups.items() if place not in trained}
        tell = teller(self.on_progress, len(trained) + len(new) * len(self.finalists))
        said = dict(
            judge_refitted(crew, new, self.terms, subject=self.subject, tell=tell, trained=trained)
        )
        return [
            Round.of(each.first, {**naive.said, self.subject: said[place]})
            for (place, each), naive in zip(groups.items(), baselines, strict=True)
        ]

    def to_the_end(self, beside: Sequence[Round], group: Group) -> Walk:
        """Judge the folds that stand alone in memory, and put all of them together."""
        later = self.folds.borders[len(beside) :]
        rounds = [*beside, *(self._alone(group, borders) for borders in later)]
        truth = joined([each.truth for each in rounds])
        # A baseline that one fold lacks is no rival.
        together = {
            name: pooled([each.judged[name] for each in rounds], truth)
            for name in rounds[0].judged
            if all(name in each.judged for each in rounds)
        }
        rivals = {name: each for name, each in together.items() if name != self.subject}
        return Walk(
            plan=self.folds.plan.replace(num_folds=len(rounds)),
            folds=tuple(each.fold for each in rounds),
            comparison=compare(
                {self.subject: together[self.subject]},
                rivals,
                subject=self.subject,
                num_folds=len(rounds),
            ),
        )

    def _alone(self, group: Group, borders: Borders) -> Round:
        experiments = [each.experiment for each in self.finalists]
        fold = replace(_fold(group, experiments, borders), entrants=self.finalists)
        data = (fold.datasets,)
        tell = teller(self.on_progress, len(BASELINES) + len(self.finalists))
        engine, seed = self.terms.engine, experiments[0].seed
        [naive] = judge_baselines(data, seed, engine, tell)
        with engine.crew(data) as crew:
            judging = judge_refitted(crew, {0: fold}, self.terms, subject=self.subject, tell=tell)
            [(_, said)] = judging
        return Round.of(fold.first, {**naive.said, self.subject: said})


def _fold(group: Group, experiments: Sequence[Experiment], borders: Borders) -> Group:
    prices = [each.prices for each in group.prices]
    return replace(group, datasets=datasets_for(prices, experiments, borders=borders))


def _are_fitted_alike(single: Dataset, fold: Dataset) -> bool:
    """Tell whether two datasets differ in nothing but where their test parts end."""
    until = fold.borders.test_last
    return single.borders.replace(test_last=until) == fold.borders and single.scaler == fold.scaler
