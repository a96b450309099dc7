"""Searching: every strategy, halving that resumes, and the same end whatever happens on the way."""

from collections import Counter
from collections.abc import Callable, Generator, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from search_work import NOT_BUILT, TOO_FAST, bowl, dataset_of, deadly_bowl, floor

from pregao.errors import InvalidExperimentError, ReplayError, TooManyTrialsError, UnknownNameError
from pregao.training import Experiment, finish, fitted_from_checkpoint, train
from pregao.training.engines import Local
from pregao.training.search._halving import RUNGS
from pregao.training.search._plan import Search, SearchResult
from pregao.training.search._search import InMemoryJournal, SearchProgress, never, run_step, search
from pregao.training.search._space import Space
from pregao.training.search._strategies import STRATEGIES, Verdict

BASE = Experiment(
    symbols=("TEST3",),
    network="lstm_small",
    features=("return", "log_sigma"),
    lookback=8,
    horizon=3,
    epochs=20,
)
SMOOTH = Space.parse(
    {
        "learning_rate": {"low": 1e-5, "high": 1e-1, "log": True},
        "dropout": {"low": 0.0, "high": 0.9},
    }
)
TABLE = Space.parse(
    {
        "learning_rate": [1e-4, 3e-4, 1e-3, 3e-3, 1e-2],
        "dropout": [0.1, 0.2, 0.3],
        "epochs": [3, 12, 20],
        "activation": ["relu", "tanh"],
    }
)
ROUGH = Space.parse(
    {
        "learning_rate": [1e-4, 1e-3, 1e-2, TOO_FAST],
        "batch_size": [16, 32, NOT_BUILT],
        "epochs": [1, 5, 20],
    }
)


def plan_of(**fields: Any) -> Search:
    entries = {"lstm_classic": "lstm_classic", "gru_classic": "gru_classic"}
    return Search.parse({"experiment": BASE, "entries": entries, "space": TABLE, **fields})


def lone(**fields: Any) -> Search:
    return plan_of(entries={"gru_classic": "gru_classic"}, **fields)


class Shuffled:
    """A pool in this process whose workers finish in an order of chance."""

    def __init__(self, data: object, *, num_workers: int = 4, seed: int = 0) -> None:
        self.num_workers = num_workers
        self._data = data
        self._random = np.random.default_rng(seed)
        self._pending: list[tuple[Callable[..., object], object]] = []

    def submit(self, work: Callable[..., object], task: object) -> None:
        self._pending.append((work, task))

    def results(self) -> Iterator[tuple[Any, Any]]:
        while self._pending:
            work, task = self._pending.pop(int(self._random.integers(len(self._pending))))
            yield task, work(self._data, task)


def ran(
    plan: Search,
    *,
    diary: Path | None = None,
    journal: InMemoryJournal | None = None,
    num_workers: int = 4,
    seed: int = 0,
    out_of_time: Callable[[], bool] = never,
) -> tuple[SearchResult, list[SearchProgress]]:
    """Run a search down the bowl, and give what it found and all that it told."""
    pool = Shuffled(diary, num_workers=num_workers, seed=seed)
    searching = search(
        plan, pool=pool, journal=journal or InMemoryJournal(), work=bowl, out_of_time=out_of_time
    )
    told = []
    while True:
        try:
            told.append(next(searching))
        except StopIteration as end:
            return end.value, told


def ended(searching: Generator[SearchProgress, None, SearchResult]) -> SearchResult:
    """Run a search to its end."""
    while True:
        try:
            next(searching)
        except StopIteration as end:
            return end.value


def epochs_of(diary: Path) -> Counter[tuple[str, int, int]]:
    """Count how often each epoch of each trial was trained."""
    lines = diary.read_text(encoding="ascii").splitlines()
    return Counter(
        (entry, int(trial), int(epoch)) for entry, trial, epoch in (each.split() for each in lines)
    )


# What is tried


def test_a_grid_covers_the_product_exactly_once():
    searched, _ = ran(lone(strategy="grid", pruning=False))

    tried = [tuple(each.params.values()) for each in searched.entries["gru_classic"].trials]
    assert sorted(product(*(knob.values for knob in TABLE.knobs.values()))) == sorted(tried)


def test_a_grid_with_a_number_of_trials_is_a_part_of_the_product_by_the_seed():
    def drawn(seed: int) -> list[tuple[object, ...]]:
        searched, _ = ran(lone(strategy="grid", trials=20, seed=seed))
        return [tuple(each.params.values()) for each in searched.entries["gru_classic"].trials]

    first, second = drawn(1), drawn(2)

    assert 20 == len(set(first)) == len(set(second))
    assert set(first) != set(second)
    assert first == drawn(1)


def test_a_grid_never_has_more_trials_than_combinations():
    assert 90 == lone(strategy="grid", trials=1000).num_trials


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("pruning", [True, False])
def test_every_strategy_tries_values_of_its_space_and_names_the_best(strategy: str, pruning: bool):
    plan = plan_of(strategy=strategy, pruning=pruning, trials=24)

    searched, _ = ran(plan)

    assert searched.is_complete
    for raced in searched.entries.values():
        assert list(range(24)) == [each.trial for each in raced.trials]
        for each in raced.trials:
            assert all(each.params[name] in knob.values for name, knob in TABLE.knobs.items())
        assert raced.champion is not None
        ended = [each.loss for each in raced.trials if each.fate == "finished"]
        assert raced.champion.loss == min(ended)
        assert (raced.num_pruned > 0) == pruning
    assert searched.best is not None
    assert 48 == searched.num_trials


@pytest.mark.parametrize("strategy", ["random", "bayesian"])
def test_values_of_a_range_lie_in_it(strategy: str):
    space = Space.parse(
        {
            "learning_rate": {"low": 1e-4, "high": 1e-2, "log": True},
            "batch_size": {"low": 8, "high": 64},
            "network": ["lstm_classic", "gru_classic"],
        }
    )

    searched, _ = ran(lone(strategy=strategy, space=space, trials=25))

    trials = searched.entries["gru_classic"].trials
    assert all(1e-4 <= each.params["learning_rate"] <= 1e-2 for each in trials)
    assert all(8 <= each.params["batch_size"] <= 64 for each in trials)
    assert {int} == {type(each.params["batch_size"]) for each in trials}
    assert {"lstm_classic", "gru_classic"} == {each.params["network"] for each in trials}


def test_learning_beats_chance_on_a_smooth_objective():
    def found(strategy: str, seed: int) -> float:
        plan = lone(strategy=strategy, space=SMOOTH, trials=40, pruning=False, seed=seed)
        best = ran(plan)[0].best
        assert best is not None
        return floor(plan.trial_experiment("gru_classic", best.params)) - 0.5

    gaps = [np.log(found("random", seed) / found("bayesian", seed)) for seed in range(12)]

    # Its misses are a fraction of those of chance: 12 seeds put the mean beyond 2 deviations of 0.
    assert np.mean(gaps) > 2 * np.std(gaps, ddof=1) / np.sqrt(len(gaps))


@pytest.mark.parametrize("sign", [1, -1])
def test_later_bayesian_trials_go_where_earlier_ones_were_good(sign: int):
    proposer = STRATEGIES["bayesian"].proposer(SMOOTH, None, 0)
    number, asked = 0, []

    for size in (10, 5, 5, 5, 5, 5):
        asked = proposer.ask(size)
        for params in asked:
            proposer.tell(number, Verdict(sign * params["dropout"], 1, is_complete=True))
            number += 1

    far = np.mean([params["dropout"] for params in asked]) - 0.45
    assert sign * far < -0.15


@pytest.mark.parametrize("strategy", ["random", "bayesian"])
def test_the_seed_chooses_the_trials(strategy: str):
    plans = [lone(strategy=strategy, space=SMOOTH, trials=12, seed=seed) for seed in (0, 0, 1)]

    first, again, other = (
        [each.params for each in ran(plan)[0].entries["gru_classic"].trials] for plan in plans
    )

    assert first == again
    assert first != other


def test_the_same_parameters_are_trained_once(tmp_path: Path):
    space = Space.parse({"learning_rate": [1e-3, 1e-2], "dropout": [0.1, 0.2]})
    diary = tmp_path / "diary"

    searched, _ = ran(lone(space=space, strategy="random", trials=20), diary=diary)

    trials = searched.entries["gru_classic"].trials
    firsts = [each for each in trials if each.fate != "duplicate"]
    assert 4 == len(firsts)
    assert {each.trial for each in firsts} == {trial for _, trial, _ in epochs_of(diary)}
    for each in trials:
        if each.fate == "duplicate":
            first = trials[each.duplicate_of]
            assert first.params == each.params
            assert (first.loss, first.epochs) == (each.loss, each.epochs)
    assert searched.seconds == sum(each.seconds for each in firsts)


# What is trained


def test_no_epoch_is_trained_twice_and_pruned_trials_never_go_on(tmp_path: Path):
    diary = tmp_path / "diary"

    searched, _ = ran(plan_of(strategy="grid", pruning=True), diary=diary)

    trained = epochs_of(diary)
    assert {1} == set(trained.values())
    for raced in searched.entries.values():
        for each in raced.trials:
            epochs = [epoch for e, t, epoch in trained if (e, t) == (raced.entry, each.trial)]
            assert list(range(1, each.epochs + 1)) == sorted(epochs)
            if each.fate == "pruned":
                assert each.epochs in RUNGS
            else:
                assert each.params["epochs"] == each.epochs


def test_one_in_four_goes_on_from_each_rung():
    space = Space.parse({"learning_rate": {"low": 1e-4, "high": 1e-2}})

    searched, _ = ran(lone(space=space, strategy="random", trials=64))

    raced = searched.entries["gru_classic"]
    assert {1: 48, 4: 12, 16: 3, 20: 1} == Counter(each.epochs for each in raced.trials)
    assert raced.champion.loss == min(each.loss for each in raced.trials)


def test_those_that_go_on_are_the_best_of_their_rung():
    space = Space.parse({"learning_rate": {"low": 1e-4, "high": 1e-2}})
    plan = lone(space=space, strategy="random", trials=64)

    trials = ran(plan)[0].entries["gru_classic"].trials

    ranked = sorted(
        trials, key=lambda each: floor(plan.trial_experiment("gru_classic", each.params))
    )
    assert [20, 16, 16, 16, *[4] * 12, *[1] * 48] == [each.epochs for each in ranked]


def test_later_generations_are_compared_with_all_earlier_trials():
    searched, _ = ran(lone(space=SMOOTH, strategy="bayesian", trials=30))

    trials = searched.entries["gru_classic"].trials
    at_first = [each.epochs for each in trials[:10]]
    assert Counter({1: 8, 4: 1, 20: 1}) == Counter(at_first)
    finished = [each for each in trials if each.fate == "finished"]
    # Each that went to the end was the best of all that stood at the last rung before it.
    assert sorted((each.loss for each in finished), reverse=True) == [e.loss for e in finished]


def test_without_pruning_every_trial_is_one_step_to_its_end():
    searched, told = ran(lone(strategy="grid", pruning=False))

    trials = searched.entries["gru_classic"].trials
    assert {"finished"} == {each.fate for each in trials}
    assert [each.params["epochs"] for each in trials] == [each.epochs for each in trials]
    assert 90 + 1 == len(told)


def test_a_trial_that_diverges_or_fails_is_recorded_and_the_search_goes_on():
    searched, _ = ran(lone(space=ROUGH, strategy="grid"))

    raced = searched.entries["gru_classic"]
    for each in raced.trials:
        if each.params["batch_size"] == NOT_BUILT:
            assert ("failed", "seven is no batch: ask for eight") == (each.fate, each.reason)
        elif each.params["learning_rate"] == TOO_FAST:
            assert each.fate in ("diverged", "pruned", "finished")
    fates = Counter(each.fate for each in raced.trials)
    assert fates["failed"] == 12
    assert raced.champion.fate == "finished"
    assert 1e-3 == raced.champion.params["learning_rate"]


def test_a_trial_that_takes_its_workers_with_it_has_failed_and_the_search_goes_on():
    space = Space.parse({"batch_size": [NOT_BUILT, 32], "learning_rate": [1e-3]})
    with Local(num_workers=2).pool(None) as pool:
        searching = search(
            lone(space=space, strategy="grid"),
            pool=pool,
            journal=InMemoryJournal(),
            work=deadly_bowl,
        )
        searched = ended(searching)

    raced = searched.entries["gru_classic"]
    fates = {each.params["batch_size"]: each for each in raced.trials}
    assert "failed" == fates[NOT_BUILT].fate
    assert "too little memory" in fates[NOT_BUILT].reason
    assert "finished" == fates[32].fate
    assert raced.champion == fates[32]
    assert raced.is_complete


def test_a_search_in_which_all_diverge_has_no_best():
    space = Space.parse({"learning_rate": [TOO_FAST, 0.6], "dropout": [0.1, 0.2]})
    everything, _ = ran(lone(space=space, strategy="grid", pruning=False))

    raced = everything.entries["gru_classic"]
    assert {"diverged"} == {each.fate for each in raced.trials}
    assert {"the loss stopped being finite after epoch 2"} == {e.reason for e in raced.trials}
    assert (None, None) == (raced.best, everything.best)


def test_where_all_that_went_on_diverged_the_best_of_those_pruned_serves():
    space = Space.parse({"learning_rate": [TOO_FAST, 9.0], "dropout": [0.3]})
    journal = InMemoryJournal()

    searched, _ = ran(lone(space=space, strategy="grid"), journal=journal)

    raced = searched.entries["gru_classic"]
    assert ["diverged", "pruned"] == [each.fate for each in raced.trials]
    assert 1 == raced.best
    assert journal.checkpoint("gru_classic", 1)


def test_parameters_that_cannot_be_together_fail_with_the_reason():
    base = BASE.replace(features=("close",), target="close", loss="mse")
    space = Space.parse({"features": [["close"], ["return"]], "dropout": [0.1, 0.2]})

    searched, _ = ran(lone(experiment=base, space=space, strategy="grid"))

    failed = [each for each in searched.entries["gru_classic"].trials if each.fate == "failed"]
    assert [("return",)] * 2 == [each.params["features"] for each in failed]
    assert all("target close is read off" in each.reason for each in failed)


def test_only_the_best_of_each_entry_keeps_its_checkpoint():
    journal = InMemoryJournal()

    searched, _ = ran(plan_of(strategy="grid"), journal=journal)

    kept = {(entry, raced.best) for entry, raced in searched.entries.items()}
    assert kept == set(journal._checkpoints)


# The same end, whatever happens on the way


@pytest.mark.parametrize("strategy", STRATEGIES)
@given(seed=st.integers(0, 1000), num_workers=st.integers(1, 16))
def test_the_end_depends_on_no_order_and_no_number_of_workers(
    strategy: str, seed: int, num_workers: int
):
    plan = plan_of(space=ROUGH, strategy=strategy, trials=22, seed=3)

    expected = ran(plan)[0]

    assert expected == ran(plan, seed=seed, num_workers=num_workers)[0]


@pytest.mark.parametrize("strategy", STRATEGIES)
@given(stops=st.lists(st.integers(0, 50), min_size=1, max_size=3), seed=st.integers(0, 1000))
def test_a_search_interrupted_anywhere_comes_to_the_same_end(
    strategy: str, stops: list[int], seed: int, tmp_path_factory: pytest.TempPathFactory
):
    plan = plan_of(space=TABLE, strategy=strategy, trials=17, seed=5)
    diary = Path(tmp_path_factory.mktemp("search")) / "diary"
    journal = InMemoryJournal()

    for number, stop in enumerate(stops):
        pool = Shuffled(diary, seed=seed + number)
        searching = search(plan, pool=pool, journal=journal, work=bowl)
        for _ in range(stop):
            if next(searching, None) is None:
                break
        searching.close()
    resumed, _ = ran(plan, journal=journal, diary=diary, seed=seed)

    whole = InMemoryJournal()
    assert ran(plan, journal=whole)[0] == resumed
    assert whole.records == journal.records
    assert whole._checkpoints == journal._checkpoints
    # At most the steps of the pool's four places are made again.
    assert sum(epochs_of(diary).values()) <= _num_epochs(resumed) + 4 * 20 * len(stops)


def _num_epochs(searched: SearchResult) -> int:
    return sum(
        each.epochs
        for raced in searched.entries.values()
        for each in raced.trials
        if each.fate != "duplicate"
    )


def test_a_search_that_has_ended_trains_nothing_again(tmp_path: Path):
    plan, journal, diary = plan_of(trials=15), InMemoryJournal(), tmp_path / "diary"
    first, told = ran(plan, journal=journal, diary=diary)
    before = epochs_of(diary)

    again, retold = ran(plan, journal=journal, diary=diary)

    assert first == again
    assert before == epochs_of(diary)
    assert len(told) == len(retold)


def test_a_journal_of_other_trials_is_refused():
    journal = InMemoryJournal()
    ran(lone(space=SMOOTH, trials=5, seed=0), journal=journal)

    with pytest.raises(ReplayError, match=r"trial 0 of gru_classic was recorded as .*dropout"):
        ran(lone(space=SMOOTH, trials=5, seed=1), journal=journal)


@pytest.mark.parametrize("after", [0, 1, 7, 30, 43])
def test_when_the_time_is_over_trials_count_with_what_they_have(after: int):
    plan, journal = plan_of(strategy="random", trials=20), InMemoryJournal()
    asked = iter(range(10_000))

    searched, told = ran(plan, journal=journal, out_of_time=lambda: next(asked) >= after)

    steps = [e for e in told if e.fate not in ("pruned", "duplicate") and not e.is_entry_complete]
    assert after == len(steps)
    assert not searched.is_complete
    begun = [each for raced in searched.entries.values() for each in raced.trials]
    assert all(each.epochs for each in begun)
    assert (after > 0) == any(each.fate == "unfinished" for each in begun)
    for entry, raced in searched.entries.items():
        if raced.champion:
            assert journal.checkpoint(entry, raced.best)
    assert ran(plan)[0] == ran(plan, journal=journal)[0]


def test_an_early_end_is_fair_to_all_entries():
    asked = iter(range(10_000))

    searched, _ = ran(plan_of(strategy="random"), out_of_time=lambda: next(asked) >= 12)

    assert [6, 6] == [len(raced.trials) for raced in searched.entries.values()]


# What is told


def test_progress_counts_up_to_its_estimate():
    searched, told = ran(plan_of(strategy="bayesian", trials=30))

    assert [each.done_epochs for each in told] == sorted(each.done_epochs for each in told)
    assert all(each.done_epochs <= each.total_epochs for each in told)
    assert told[-1].done_epochs == told[-1].total_epochs == _num_epochs(searched)
    assert told[-1].done_trials == told[-1].total_trials == 60
    bests = [each.best_overall for each in told]
    assert bests == sorted(bests, reverse=True)
    assert searched.best.loss == bests[-1]


def test_nothing_is_said_and_optuna_is_left_as_it_was(capfd: pytest.CaptureFixture[str]):
    import optuna

    before = optuna.logging.get_verbosity()

    ran(plan_of(trials=12))

    assert before == optuna.logging.get_verbosity()
    assert ("", "") == capfd.readouterr()


# What is asked


def test_a_search_equals_its_own_json():
    plan = plan_of(space=SMOOTH, trials=7, seed=9)

    again = Search.model_validate_json(plan.model_dump_json())

    assert plan == again
    assert plan.digest == again.digest
    assert plan.digest != plan.replace(seed=10).digest


def test_what_was_found_equals_its_own_json():
    searched, _ = ran(plan_of(space=ROUGH, trials=25))

    assert searched == SearchResult.model_validate_json(searched.model_dump_json())


def test_a_grid_over_a_range_is_refused():
    with pytest.raises(InvalidExperimentError, match=r"dropout: a grid needs a list of values"):
        lone(strategy="grid", space=SMOOTH)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"trials": 0}, "trials: .*greater than or equal to 1"),
        ({"entries": {}}, "entries"),
        ({"prunning": True}, "prunning"),
        ({"space": Space.parse({"network": ["gru_classic"]})}, "network: 2 networks race"),
    ],
)
def test_what_cannot_be_searched_is_refused(fields: dict[str, Any], said: str):
    with pytest.raises(InvalidExperimentError, match=said):
        plan_of(**fields)


def test_an_unknown_strategy_names_the_nearest():
    with pytest.raises(UnknownNameError, match="did you mean bayesian"):
        plan_of(strategy="bayes")


def test_an_unknown_network_names_the_nearest():
    with pytest.raises(UnknownNameError, match="gru_classic"):
        plan_of(entries={"a": "gru_clasic"})


def test_a_grid_of_thousands_must_be_meant():
    plan = Search(experiment=BASE, entries=plan_of().entries, strategy="grid")

    with pytest.raises(
        TooManyTrialsError, match=r"3,360 combinations for each of 2 networks.*--force"
    ):
        plan.check_size()
    plan.check_size(force=True)
    plan.replace(trials=500).check_size()
    plan.replace(strategy="bayesian").check_size()


def test_each_way_of_cutting_windows_has_one_experiment():
    space = Space.parse(
        {"lookback": [8, 12], "features": [["return"], ["log_sigma"]], "dropout": [0.1]}
    )

    cuts = {each.window_settings for each in lone(space=space).window_variants()}

    assert 4 == len(cuts)
    assert {8, 12} == {each.lookback for each in cuts}
    assert (BASE,) == lone().window_variants()


# In earnest


def test_with_real_trainings_a_champion_is_what_one_training_gives():
    base = BASE.replace(epochs=6, horizon=2)
    space = Space.parse({"learning_rate": [1e-3, 5e-3], "epochs": [2, 6]})
    plan = lone(experiment=base, space=space, strategy="grid")
    data = dataset_of(base)
    journal = InMemoryJournal()

    searching = search(plan, pool=Shuffled(data), journal=journal, work=run_step)
    while True:
        try:
            next(searching)
        except StopIteration as end:
            searched = end.value
            break

    best = searched.best
    experiment = plan.trial_experiment("gru_classic", best.params)
    whole = finish(train(experiment, data[experiment.window_settings]))
    again = fitted_from_checkpoint(
        experiment, data[experiment.window_settings], journal.checkpoint("gru_classic", best.trial)
    )
    assert again.best_epoch > 0, "the champion has learnt something"
    assert whole.digest == again.digest
    assert whole.epochs[whole.best_epoch].validation_loss == best.loss


def test_workers_of_this_machine_come_to_the_same_end(tmp_path: Path):
    plan = plan_of(space=ROUGH, trials=16)
    diary = tmp_path / "diary"

    with Local(num_workers=2).pool(diary) as pool:
        found = ended(search(plan, pool=pool, journal=InMemoryJournal(), work=bowl))

    assert ran(plan)[0] == found
    assert {1} == set(epochs_of(diary).values())
