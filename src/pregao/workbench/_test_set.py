"""Record the access to test parts in the ledger, before anything is scored on them."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from pregao.evaluation import COMBINATIONS, Trials
from pregao.registry import (
    Purpose,
    RecordedAccess,
    Run,
    SealedWindows,
    TestSetAccess,
    Trial,
    record_accesses,
)
from pregao.workbench._candidates import Group
from pregao.workbench._settings import BenchmarkSettings


def record_test_access(
    home: Path,
    purpose: Purpose,
    groups: Sequence[Group],
    settings: BenchmarkSettings,
    *,
    search: str | None = None,
    run: Run | None = None,
) -> list[Trials]:
    """Write a line into the ledger for each group, and return the accesses to its windows.

    Parameters
    ----------
    run
        The stored run that is scored again, which adds no trial.
    """
    openings = [
        TestSetAccess(
            purpose=purpose,
            windows=SealedWindows.from_datasets([group.first]),
            looks=tuple(_trials_of(group, settings)) if run is None else (Trial.from_run(run),),
            search=search,
            run=None if run is None else run.id,
        )
        for group in groups
    ]
    return [_counts(each) for each in record_accesses(home, openings)]


def _trials_of(group: Group, settings: BenchmarkSettings) -> Iterator[Trial]:
    experiments = [each.experiment for each in group.candidates]
    for candidate in group.candidates:
        yield Trial.from_experiments(candidate.name, [candidate.experiment])
    # Which networks are averaged is not known yet: some of all that compete.
    for name in COMBINATIONS if min(settings.ensemble, len(experiments)) > 1 else ():
        digests = tuple(f"{name} {settings.ensemble} {each.digest}" for each in experiments)
        yield Trial(name=name, digests=digests)


def _counts(recorded: RecordedAccess) -> Trials:
    now = recorded.now
    return Trials(
        num_openings=now.num_openings, num_trials=max(now.num_trials, 1), num_lost=now.num_lost
    )
