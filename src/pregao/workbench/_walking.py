"""Forecasters fitted anew before each fold of their test part, beside every baseline alike."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from pregao.dataset import Borders, Dataset, WalkForward, folds_of
from pregao.evaluation import Fold, Judged, Walk, compare, pooled, truth_of
from pregao.training import Experiment, datasets_for
from pregao.workbench._entrants import COMBINATIONS, Entrant, Group, OnProgress, Terms
from pregao.workbench._judging import judge_baselines, judge_entrants, teller

_ROWS_AT_ONCE = 2_000_000
"""Rows of all folds that are in memory at the same time: one fold of a large pool."""

_Round = dict[str, Judged]
"""What one fold says of each forecaster."""


def finalists_of(name: str, made_from: Sequence[Experiment]) -> tuple[Entrant, ...]:
    """Give who has to be trained before each fold: a champion, or those whom it averages."""
    if name not in COMBINATIONS:
        return (Entrant(name, made_from[0]),)
    return tuple(Entrant(f"member {number}", each) for number, each in enumerate(made_from, 1))


def walked(
    group: Group,
    finalists: Sequence[Entrant],
    terms: Terms,
    *,
    plan: WalkForward,
    subject: str,
    on_progress: OnProgress | None = None,
) -> Walk:
    """Fit the finalists and every baseline before each fold, and compare them over all folds.

    The folds share the test windows of the group: what is said of a single fit and of a
    walk-forward is said of the same windows. `subject` is a finalist or their average.

    Raises
    ------
    SplitError
        If a fold would have too few windows.
    """
    is_average = subject in COMBINATIONS
    terms = replace(terms, ensemble=len(finalists) if is_average else 0, walk=None)
    borders = folds_of(group.first, plan)
    rows = len(group.first.train.source)
    at_once = max(1, _ROWS_AT_ONCE // rows)
    folds: list[Dataset] = []
    rounds: list[tuple[_Round, _Round]] = []
    for start in range(0, len(borders), at_once):
        groups = [_group(group, finalists, each) for each in borders[start : start + at_once]]
        rounds.extend(_rounds(groups, terms, subject=subject, on_progress=on_progress))
        folds.extend(each.first for each in groups)
    truth = truth_of([each.sealed_test for each in folds])
    names = [subject] if is_average else [each.name for each in finalists]
    candidates = {name: pooled([networks[name] for _, networks in rounds], truth) for name in names}
    # A baseline that one fold lacks is no rival.
    baselines = {
        name: pooled([naive[name] for naive, _ in rounds], truth)
        for name in rounds[0][0]
        if all(name in naive for naive, _ in rounds)
    }
    return Walk(
        plan=plan.replace(num_folds=len(borders)),
        folds=tuple(
            Fold.of(data, {**naive, **{name: networks[name] for name in names}})
            for data, (naive, networks) in zip(folds, rounds, strict=True)
        ),
        comparison=compare(candidates, baselines, subject=subject, num_folds=len(folds)),
    )


def _group(group: Group, finalists: Sequence[Entrant], borders: Borders) -> Group:
    prices = [each.prices for each in group.prices]
    experiments = [each.experiment for each in finalists]
    return Group(group.prices, tuple(finalists), datasets_for(prices, experiments, borders=borders))


def _rounds(
    groups: Sequence[Group], terms: Terms, *, subject: str, on_progress: OnProgress | None
) -> Iterator[tuple[_Round, _Round]]:
    """Judge baselines and networks of some folds, all at the same time."""
    tell = teller(on_progress, groups, terms, subject=subject)
    data = tuple(each.datasets for each in groups)
    seed = groups[0].entrants[0].experiment.seed
    baselines = judge_baselines(data, seed, terms.engine, tell)
    networks: dict[int, Mapping[str, Judged]] = {}
    with terms.engine.crew(data) as crew:
        for number, said in judge_entrants(crew, groups, terms, subject=subject, tell=tell):
            networks[number] = {name: each.judged for name, each in said.items()}
    for number, fold in enumerate(baselines):
        yield {name: each.judged for name, each in fold.said.items()}, dict(networks[number])
