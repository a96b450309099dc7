"""Writing down that test parts are about to be opened, and for whom."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from pregao.evaluation import Trials
from pregao.registry import Look, Opened, Opening, Purpose, Run, SealedWindows, open_tests
from pregao.workbench._candidates import COMBINATIONS, Group, Terms


def opened(
    home: Path,
    purpose: Purpose,
    groups: Sequence[Group],
    terms: Terms,
    *,
    search: str | None = None,
    run: Run | None = None,
) -> list[Trials]:
    """Write a line into the ledger for each group, and say how often its windows were opened."""
    openings = [
        Opening(
            purpose=purpose,
            windows=SealedWindows.of([group.first]),
            looks=tuple(_looks(group, terms)) if run is None else (Look.of_run(run),),
            search=search,
            run=None if run is None else run.id,
        )
        for group in groups
    ]
    return [_trials(each) for each in open_tests(home, openings)]


def _looks(group: Group, terms: Terms) -> Iterator[Look]:
    experiments = [each.experiment for each in group.entrants]
    for entrant in group.entrants:
        yield Look.of(entrant.name, [entrant.experiment])
    # Which networks are averaged is not known yet: some of all that compete.
    for name in COMBINATIONS if min(terms.ensemble, len(experiments)) > 1 else ():
        digests = tuple(f"{name} {terms.ensemble} {each.digest}" for each in experiments)
        yield Look(name=name, digests=digests)


def _trials(said: Opened) -> Trials:
    now = said.now
    return Trials(
        num_openings=now.num_openings, num_trials=max(now.num_trials, 1), num_lost=now.num_lost
    )
