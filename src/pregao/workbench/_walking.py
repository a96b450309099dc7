"""Forecasters fitted anew before each fold of their test part, beside every baseline alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from pregao.dataset import Borders, Dataset, WalkForward, folds_of
from pregao.evaluation import Fold, Judged, Walk, compare, pooled, truth_of
from pregao.training import Crew, Experiment, Model, datasets_for
from pregao.workbench._entrants import COMBINATIONS, Entrant, Group, OnProgress, Said, Terms
from pregao.workbench._judging import (
    Baselines,
    judge_baselines,
    judge_refitted,
    teller,
)
from pregao.zoo import BASELINES

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


def walked(
    crew: Crew,
    group: Group,
    folds: Folds,
    *,
    baselines: Sequence[Baselines],
    finalists: Sequence[Entrant],
    terms: Terms,
    subject: str,
    model: Model | None = None,
    on_progress: OnProgress | None = None,
) -> Walk:
    """Fit the finalists before each fold, and compare them with the baselines over all folds.

    The folds share the test windows of the group: what is said of a single fit and of a
    walk-forward is said of the same windows.

    Parameters
    ----------
    crew
        It holds the group's windows, and after them those of the folds beside it.
    baselines
        Of the folds beside it.
    subject
        A finalist, or their average.
    model
        What was trained of the subject on the group, if it was just now: a first fold that is
        fitted on the same windows needs no other.
    """
    groups = {
        place: replace(each, entrants=tuple(finalists))
        for place, each in enumerate(folds.beside, 1)
    }
    trained = {} if model is None or folds.again is None else {folds.again: model}
    untrained = {place: each for place, each in groups.items() if place not in trained}
    tell = teller(on_progress, len(trained) + len(untrained) * len(finalists))
    said = dict(judge_refitted(crew, untrained, terms, subject=subject, tell=tell, trained=trained))
    rounds = [
        (each.first, _judged({**naive.said, subject: said[place]}))
        for (place, each), naive in zip(groups.items(), baselines, strict=True)
    ]
    for borders in folds.borders[len(groups) :]:
        later = _fold(group, [each.experiment for each in finalists], borders)
        later = replace(later, entrants=tuple(finalists))
        rounds.append((later.first, _one_fold(later, terms, subject, on_progress)))
    return _walk(folds.plan, rounds, subject)


def _one_fold(
    group: Group, terms: Terms, subject: str, on_progress: OnProgress | None
) -> dict[str, Judged]:
    """Judge baselines and finalists of a fold that stands alone in memory."""
    data = (group.datasets,)
    tell = teller(on_progress, len(BASELINES) + len(group.entrants))
    seed = group.entrants[0].experiment.seed
    [naive] = judge_baselines(data, seed, terms.engine, tell)
    with terms.engine.crew(data) as crew:
        [(_, said)] = judge_refitted(crew, {0: group}, terms, subject=subject, tell=tell)
    return _judged({**naive.said, subject: said})


def _walk(
    plan: WalkForward, rounds: Sequence[tuple[Dataset, dict[str, Judged]]], subject: str
) -> Walk:
    truth = truth_of([each.sealed_test for each, _ in rounds])
    # A baseline that one fold lacks is no rival.
    together = {
        name: pooled([judged[name] for _, judged in rounds], truth)
        for name in rounds[0][1]
        if all(name in judged for _, judged in rounds)
    }
    return Walk(
        plan=plan.replace(num_folds=len(rounds)),
        folds=tuple(Fold.of(data, judged) for data, judged in rounds),
        comparison=compare(
            {subject: together.pop(subject)}, together, subject=subject, num_folds=len(rounds)
        ),
    )


def _judged(said: Mapping[str, Said]) -> dict[str, Judged]:
    return {name: each.judged for name, each in said.items()}


def _fold(group: Group, experiments: Sequence[Experiment], borders: Borders) -> Group:
    prices = [each.prices for each in group.prices]
    return replace(group, datasets=datasets_for(prices, experiments, borders=borders))


def _are_fitted_alike(single: Dataset, fold: Dataset) -> bool:
    """Tell whether two datasets differ in nothing but where their test parts end."""
    until = fold.borders.test_last
    return single.borders.replace(test_last=until) == fold.borders and single.scaler == fold.scaler
