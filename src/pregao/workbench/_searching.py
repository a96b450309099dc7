"""Search settings on the same windows for all trials, then benchmark the best of each network."""

from collections.abc import Callable, Generator, Iterator
from functools import partial
from pathlib import Path
from time import perf_counter

from pregao.errors import NothingLeftError
from pregao.findings import Finding, no_trial_trained, search_unfinished
from pregao.registry import StoredSearch
from pregao.texts import gettext_lazy as _
from pregao.training import datasets_for
from pregao.training.search import (
    EntryTrials,
    Search,
    SearchProgress,
    SearchResult,
    TrialRecord,
    run_step,
    search,
)
from pregao.workbench._benchmark import BenchmarkResult, run_benchmark
from pregao.workbench._candidates import Candidate, Group, SearchChoice
from pregao.workbench._prices import Checked
from pregao.workbench._settings import BenchmarkSettings, OnProgress
from pregao.workbench._test_set import record_test_access
from pregao.zoo.networks import network_name

OnTrial = Callable[[SearchProgress], None]


def run_search(
    home: Path,
    stored: StoredSearch,
    prices: list[Checked],
    settings: BenchmarkSettings,
    *,
    budget_seconds: float | None = None,
    on_trial: OnTrial | None = None,
    on_progress: OnProgress | None = None,
) -> BenchmarkResult:
    """Run a stored search to its end, from wherever it stands, then benchmark its choices.

    Raises
    ------
    NothingLeftError
        If not one trial could be trained.
    """
    started = perf_counter()
    plan = stored.record.search
    datasets = datasets_for([each.prices for each in prices], plan.window_variants())

    def out_of_time() -> bool:
        return budget_seconds is not None and perf_counter() - started >= budget_seconds

    with stored.journal() as journal, settings.engine.pool(datasets) as pool:
        searched = _driven(
            search(
                plan,
                pool=pool,
                journal=journal,
                work=partial(run_step, device=settings.device),
                out_of_time=out_of_time,
            ),
            on_trial,
        )
    candidates = [
        _candidate(plan, stored, halved, best)
        for halved in searched.entries.values()
        if (best := halved.champion) is not None
    ]
    if not candidates:
        reasons = {each.reason for halved in searched.entries.values() for each in halved.trials}
        raise NothingLeftError(sorted(reasons), _("no trial could be trained"))
    group = Group(tuple(prices), tuple(candidates), datasets)
    [trials] = record_test_access(home, "search", [group], settings, search=stored.id)
    benchmark = run_benchmark(group, settings, trials=trials, on_progress=on_progress)
    return benchmark.with_findings(tuple(_findings(stored.id, searched)))


def _driven(
    searching: Generator[SearchProgress, None, SearchResult], on_trial: OnTrial | None
) -> SearchResult:
    """Run a search to its end, and report every trial."""
    while True:
        try:
            progress = next(searching)
        except StopIteration as end:
            searched: SearchResult = end.value
            return searched
        if on_trial:
            on_trial(progress)


def _candidate(
    plan: Search, stored: StoredSearch, halved: EntryTrials, best: TrialRecord
) -> Candidate:
    """Return the best trial of an entry as a candidate, with the weights that it has."""
    experiment = plan.trial_experiment(halved.entry, best.params)
    if best.fate in ("pruned", "unfinished"):
        # A trial that was stopped early equals a training of so many epochs, to the bit.
        experiment = experiment.replace(epochs=best.epochs)
    varies_network = "network" in plan.space.knobs
    return Candidate(
        network_name(experiment.network) if varies_network else halved.entry,
        experiment,
        SearchChoice(
            checkpoint=stored.checkpoint(halved.entry, best.trial),
            best_params=best.params,
            trials=len(halved.trials),
            pruned=halved.num_pruned,
            seconds=halved.seconds,
        ),
    )


def _findings(search_id: str, searched: SearchResult) -> Iterator[Finding]:
    for halved in searched.entries.values():
        if halved.champion is None:
            reason = halved.trials[0].reason if halved.trials else None
            yield no_trial_trained(halved.entry, reason)
    if not searched.is_complete:
        yield search_unfinished(search_id, searched.num_trials)
