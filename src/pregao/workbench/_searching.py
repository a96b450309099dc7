"""A search on the same windows for all its trials, then a contest of what it chose."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter

from pregao.errors import NothingLeftError
from pregao.findings import Finding
from pregao.registry import StoredSearch
from pregao.training import datasets_for
from pregao.training.search import Progress, Raced, Search, Searched, TrialRecord, search, step_work
from pregao.values import Text
from pregao.workbench._benchmark import contest
from pregao.workbench._candidates import Chosen, Entrant, Group, OnProgress, Sweep, Terms
from pregao.workbench._prices import Checked
from pregao.workbench._test_set import opened
from pregao.zoo.networks import name_of

OnTrial = Callable[[Progress], None]


@dataclass(frozen=True, eq=False)
class Found:
    """A finished search: its trials, and the contest of the best of each network."""

    searched: Searched
    sweep: Sweep
    findings: tuple[Finding, ...]


def run_search(
    home: Path,
    stored: StoredSearch,
    prices: list[Checked],
    terms: Terms,
    *,
    budget_seconds: float | None = None,
    on_trial: OnTrial | None = None,
    on_progress: OnProgress | None = None,
) -> Found:
    """Run a stored search to its end, from wherever it stands, then score what it chose.

    Raises
    ------
    NothingLeftError
        If not one trial could be trained.
    """
    started = perf_counter()
    plan = stored.record.search
    datasets = datasets_for([each.prices for each in prices], plan.cuttings())

    def out_of_time() -> bool:
        return budget_seconds is not None and perf_counter() - started >= budget_seconds

    with stored.journal() as journal, terms.engine.crew(datasets) as crew:
        searched = _finished(
            search(
                plan,
                crew=crew,
                journal=journal,
                work=partial(step_work, device=terms.device),
                out_of_time=out_of_time,
            ),
            on_trial,
        )
    entrants = [
        _entrant(plan, stored, raced, best)
        for raced in searched.entries.values()
        if (best := raced.champion) is not None
    ]
    if not entrants:
        reasons = {each.reason for raced in searched.entries.values() for each in raced.trials}
        raise NothingLeftError(sorted(reasons), "trial could be trained")
    group = Group(tuple(prices), tuple(entrants), datasets)
    [trials] = opened(home, "search", [group], terms, search=stored.id)
    sweep = contest(group, terms, trials=trials, on_progress=on_progress)
    return Found(searched, sweep, tuple(_findings(stored.id, searched)))


def _finished(searching: Generator[Progress, None, Searched], on_trial: OnTrial | None) -> Searched:
    while True:
        try:
            progress = next(searching)
        except StopIteration as end:
            searched: Searched = end.value
            return searched
        if on_trial:
            on_trial(progress)


def _entrant(plan: Search, stored: StoredSearch, raced: Raced, best: TrialRecord) -> Entrant:
    """Let the best trial of an entry compete with the weights that it has."""
    experiment = plan.trial_experiment(raced.entry, best.params)
    if best.fate in ("pruned", "unfinished"):
        # What was stopped early is what a training of so many epochs gives, to the bit.
        experiment = experiment.replace(epochs=best.epochs)
    varies_network = "network" in plan.space.knobs
    return Entrant(
        name_of(experiment.network) if varies_network else raced.entry,
        experiment,
        Chosen(
            checkpoint=stored.checkpoint(raced.entry, best.trial),
            best_params=best.params,
            trials=len(raced.trials),
            pruned=raced.num_pruned,
            seconds=raced.seconds,
        ),
    )


def _findings(search_id: str, searched: Searched) -> Generator[Finding, None, None]:
    for raced in searched.entries.values():
        if raced.champion is None:
            why = (
                Text.same(f": {raced.trials[0].reason}")
                if raced.trials
                else Text(en=" in the time given", pt_br=" no tempo dado")
            )
            seen = Text.of(
                "no trial of {network} could be trained{why}",
                "nenhuma tentativa de {network} pôde ser treinada{why}",
                network=raced.entry,
                why=why,
            )
            yield Finding.of("LRN008", seen)
    if not searched.is_complete:
        yield Finding.of(
            "LRN009",
            Text.of(
                "the time was up after {trials} trials",
                "o tempo acabou depois de {trials} tentativas",
                trials=searched.num_trials,
            ),
            do=Text.of(
                "'pregao search --resume {search}' goes on",
                "'pregao search --resume {search}' continua",
                search=search_id,
            ),
        )
