"""Stored searches: readable, verified, and resumable after a kill."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import search_work
from hypothesis import given
from hypothesis import strategies as st
from search_work import NOT_BUILT, RECORD, TOO_FAST, bowl

from pregao.errors import (
    CorruptFileError,
    ReplayError,
    SearchMismatchError,
    StoreBusyError,
    UnknownSearchError,
)
from pregao.registry._searches import (
    StoredSearch,
    count_trials,
    differences,
    load_search,
    open_search,
    search_id,
    stored_searches,
)
from pregao.training import Experiment, finish, fitted_from_checkpoint, train
from pregao.training.search._plan import Search, SearchResult, TrialRecord
from pregao.training.search._search import InMemoryJournal, Journal, Work, search
from pregao.training.search._space import Space

BASE = Experiment(
    symbols=("TEST3",),
    network="lstm_small",
    features=("return", "log_sigma"),
    lookback=8,
    horizon=2,
    epochs=20,
)
PLAN = Search.parse(
    {
        "experiment": BASE,
        "entries": {"lstm_classic": "lstm_classic", "../gru": "gru_classic"},
        "space": Space.parse(
            {
                "learning_rate": [1e-4, 1e-3, 1e-2, TOO_FAST],
                "features": [["return"], ["log_sigma"]],
                "batch_size": [16, NOT_BUILT],
                "epochs": [1, 5, 20],
            }
        ),
        "trials": 12,
    }
)


class InOrder:
    """A worker pool in this process that does one task after another."""

    num_workers = 3

    def __init__(self, data: object = None) -> None:
        self._data = data
        self._pending: list[Any] = []

    def submit(self, work: Any, task: Any) -> None:
        self._pending.append((work, task))

    def results(self) -> Iterator[tuple[Any, Any]]:
        while self._pending:
            work, task = self._pending.pop(0)
            yield task, work(self._data, task)


def run_all(plan: Search, journal: Journal, *, pool: Any = None, work: Work = bowl) -> SearchResult:
    searching = search(plan, pool=pool or InOrder(), journal=journal, work=work)
    while True:
        try:
            next(searching)
        except StopIteration as end:
            return end.value


def begun(home: Path, plan: Search = PLAN) -> StoredSearch:
    return open_search(home, plan, data=(RECORD,), asked=("search", "TEST3"))


def ended(home: Path, plan: Search = PLAN) -> StoredSearch:
    stored = begun(home, plan)
    with stored.journal() as journal:
        run_all(plan, journal)
    return stored


def interrupted(home: Path, steps: int) -> StoredSearch:
    stored = begun(home)
    with stored.journal() as journal:
        searching = search(PLAN, pool=InOrder(), journal=journal, work=bowl)
        list(islice(searching, steps))
        searching.close()
    return stored


def test_a_stored_search_keeps_its_command_line_and_its_trials(tmp_path: Path):
    stored = load_search(tmp_path, ended(tmp_path).id)

    searched = run_all(PLAN, InMemoryJournal())
    assert PLAN == stored.record.search
    assert (RECORD,) == stored.record.data
    assert ("search", "TEST3") == stored.record.asked
    expected = [each for raced in searched.entries.values() for each in raced.trials]
    assert tuple(expected) == stored.trials()


def test_the_folder_is_readable_and_keeps_the_checkpoints_of_the_best(tmp_path: Path):
    stored = ended(tmp_path)

    searched = run_all(PLAN, InMemoryJournal())
    lines = (stored.folder / "trials.jsonl").read_text(encoding="utf-8").splitlines()
    assert {"step", "fate"} == {json.loads(line)["kind"] for line in lines}
    assert len(PLAN.entries) == len(list((stored.folder / "checkpoints").iterdir()))
    for entry, raced in searched.entries.items():
        experiment = PLAN.trial_experiment(entry, raced.champion.params)
        assert experiment.digest == json.loads(stored.checkpoint(entry, raced.best))["of"]


def test_the_checkpoint_of_a_beaten_trial_is_deleted(tmp_path: Path):
    stored = ended(tmp_path)
    [best] = {e.best for e in [run_all(PLAN, InMemoryJournal()).entries["../gru"]]}

    with pytest.raises(CorruptFileError, match="No such file"):
        stored.checkpoint("../gru", next(n for n in range(12) if n != best and _built(n, stored)))


def _built(number: int, stored: StoredSearch) -> bool:
    [trial] = [e for e in stored.trials() if (e.entry, e.trial) == ("../gru", number)]
    return trial.fate not in ("failed", "duplicate")


@given(steps=st.lists(st.integers(0, 50), min_size=1, max_size=2), torn=st.integers(0, 400))
def test_a_search_interrupted_anywhere_resumes_to_the_same_result(
    steps: list[int], torn: int, tmp_path_factory: pytest.TempPathFactory
):
    home = Path(tmp_path_factory.mktemp("home"))
    stored = begun(home)
    for number in steps:
        stored = interrupted(home, number)
    path = stored.folder / "trials.jsonl"
    path.write_bytes(_torn(path.read_bytes(), torn))

    with stored.journal() as journal:
        resumed = run_all(PLAN, journal)

    assert run_all(PLAN, InMemoryJournal()) == resumed
    other = Path(tmp_path_factory.mktemp("other"))
    assert ended(other).trials() == stored.trials()
    assert len(PLAN.entries) == len(list((stored.folder / "checkpoints").iterdir()))


def _torn(content: bytes, num_bytes: int) -> bytes:
    """Cut bytes off the last line, as a kill in the middle of a write would."""
    last = len(content) - (content.rfind(b"\n", 0, -1) + 1)
    return content[: len(content) - min(num_bytes, last)]


@pytest.mark.parametrize("tail", [b'{"kind": "st', b"\0\0\0\0", b"\n", b'{"kind": "step"}\n'])
def test_a_torn_last_line_is_ignored(tmp_path: Path, tail: bytes):
    stored = interrupted(tmp_path, 12)
    path = stored.folder / "trials.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole + tail)

    before = stored.num_trained()
    with stored.journal():
        pass

    assert before > 0
    assert whole == path.read_bytes()


def test_a_corrupt_line_in_the_middle_is_an_error_that_names_it(tmp_path: Path):
    stored = interrupted(tmp_path, 12)
    path = stored.folder / "trials.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([lines[0], lines[1].replace(b"losses", b"lasses"), *lines[2:]]))

    with pytest.raises(CorruptFileError, match="line 2"), stored.journal():
        pass
    with pytest.raises(CorruptFileError, match="line 2"):
        stored.trials()


def test_a_flipped_byte_of_a_checkpoint_is_detected(tmp_path: Path):
    stored = ended(tmp_path)
    best = run_all(PLAN, InMemoryJournal()).entries["lstm_classic"].best
    for path in (stored.folder / "checkpoints").iterdir():
        content = bytearray(path.read_bytes())
        content[3] ^= 1
        path.write_bytes(content)

    with pytest.raises(CorruptFileError, match="digest"):
        stored.checkpoint("lstm_classic", best)


def test_a_search_resumes_without_lost_or_damaged_checkpoints(tmp_path: Path):
    stored = interrupted(tmp_path, 14)
    for number, path in enumerate(sorted((stored.folder / "checkpoints").iterdir())):
        if number % 2:
            path.unlink()
        else:
            path.write_bytes(b"")

    with stored.journal() as journal:
        resumed = run_all(PLAN, journal)

    assert run_all(PLAN, InMemoryJournal()) == resumed


def test_a_checkpoint_that_no_line_names_is_deleted_at_resumption(tmp_path: Path):
    stored = interrupted(tmp_path, 10)
    stray = stored.folder / "checkpoints" / "00-0099-4.safetensors"
    stray.write_bytes(b"half")

    with stored.journal():
        pass

    assert not stray.exists()


def test_a_second_process_cannot_open_the_journal(tmp_path: Path):
    stored = begun(tmp_path)

    with stored.journal():
        script = (
            "import sys; from pathlib import Path\n"
            "from pregao.registry._searches import StoredSearch\n"
            "with StoredSearch(Path(sys.argv[1])).journal(): pass\n"
        )
        other = subprocess.run(
            [sys.executable, "-c", script, stored.folder],
            capture_output=True,
            text=True,
            check=False,
        )
        with pytest.raises(StoreBusyError), StoredSearch(stored.folder).journal():
            pass

    assert "StoreBusyError" in other.stderr
    with stored.journal():
        pass


def test_starting_a_search_twice_resumes_it(tmp_path: Path):
    first = begun(tmp_path)
    content = (first.folder / "search.json").read_bytes()

    assert first == begun(tmp_path)
    assert content == (first.folder / "search.json").read_bytes()
    assert [first] == stored_searches(tmp_path)


def test_other_prices_or_other_settings_are_another_search():
    other = RECORD.replace(digest="1" * 16)

    ids = {
        search_id(PLAN, (RECORD,)),
        search_id(PLAN, (other,)),
        search_id(PLAN.replace(seed=1), (RECORD,)),
        search_id(PLAN.replace(experiment=BASE.replace(lookback=9)), (RECORD,)),
    }

    assert 4 == len(ids)


def test_resuming_with_other_settings_is_refused_with_every_difference(tmp_path: Path):
    stored = begun(tmp_path)
    requested = PLAN.replace(
        experiment=BASE.replace(dropout=0.2, network="gru_classic"), strategy="random"
    )
    data = (RECORD.replace(sessions=2),)

    stored.check_same(PLAN, (RECORD,))
    with pytest.raises(SearchMismatchError) as caught:
        stored.check_same(requested, data)

    found = caught.value.differences
    assert "experiment.dropout is 0.5 and 0.2 was requested" in found
    assert "strategy is 'bayesian' and 'random' was requested" in found
    assert "prices.TEST3.sessions is 1 and 2 was requested" in found
    assert any(each.startswith("experiment.network.layers is [") for each in found)


@pytest.mark.parametrize(
    "changes",
    [
        {"seed": 4},
        {"pruning": False},
        {"trials": None},
        {"space": Space.parse({"dropout": [0.1]})},
        {"entries": {"dlinear": "dlinear"}},
    ],
)
def test_every_field_of_a_search_is_compared(changes: dict[str, object]):
    assert [] == differences(PLAN, PLAN)
    assert [
        each for each in differences(PLAN.replace(**changes), PLAN) if next(iter(changes)) in each
    ]


def test_an_unknown_search_is_an_error_that_lists_the_newest(tmp_path: Path):
    known = begun(tmp_path).id

    with pytest.raises(UnknownSearchError, match=known):
        load_search(tmp_path, "../searches")
    with pytest.raises(UnknownSearchError, match="pregao search"):
        load_search(tmp_path / "empty", known)


def test_a_damaged_search_record_is_detected(tmp_path: Path):
    stored = begun(tmp_path)
    (stored.folder / "search.json").write_text("{", encoding="utf-8")

    with pytest.raises(CorruptFileError, match=r"search\.json"):
        _ = StoredSearch(stored.folder).record


def test_trials_of_another_release_are_refused(tmp_path: Path):
    stored = interrupted(tmp_path, 10)
    path = stored.folder / "trials.jsonl"
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for each in lines:
        if each["kind"] == "step":
            each["digest"] = "0" * 16
    path.write_text("".join(f"{json.dumps(each)}\n" for each in lines), encoding="utf-8")

    with pytest.raises(ReplayError), stored.journal() as journal:
        run_all(PLAN, journal)


def test_trials_of_all_searches_are_counted_once(tmp_path: Path):
    assert 0 == count_trials(tmp_path)
    searched = [run_all(plan, InMemoryJournal()) for plan in (PLAN, PLAN.replace(seed=1))]

    for plan in (PLAN, PLAN, PLAN.replace(seed=1)):
        ended(tmp_path, plan)

    trained = [
        each
        for found in searched
        for raced in found.entries.values()
        for each in raced.trials
        if each.fate not in ("failed", "duplicate")
    ]
    assert len(trained) == count_trials(tmp_path)


def test_a_failed_write_of_the_record_leaves_no_search(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def full_disk(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full_disk)
    with pytest.raises(OSError, match="No space left"):
        begun(tmp_path)

    assert [] == stored_searches(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
def test_a_killed_search_resumes_and_repeats_at_most_the_running_steps(tmp_path: Path):
    plan = Search.parse(
        {
            "experiment": BASE.replace(epochs=4),
            "entries": {"dlinear": "dlinear"},
            "space": Space.parse({"learning_rate": {"low": 1e-4, "high": 1e-2, "log": True}}),
            "strategy": "random",
            "trials": 7,
        }
    )
    (tmp_path / "plan.json").write_text(plan.model_dump_json(), encoding="utf-8")
    script = tmp_path / "script.py"
    script.write_text(
        "import search_work\nif __name__ == '__main__':\n    search_work.main()\n", encoding="utf-8"
    )
    command = [sys.executable, str(script), str(tmp_path)]
    folder = str(Path(search_work.__file__).parent)
    environment = {**os.environ, "PYTHONPATH": folder, "TMPDIR": str(tmp_path)}

    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        known = [running.stdout.readline() for _ in range(4)]
        running.kill()
    data = search_work.dataset_of(plan.experiment)
    [stored] = stored_searches(tmp_path)
    with stored.journal() as journal:
        pool = InOrder((tmp_path / "diary", data))
        resumed = run_all(plan, journal, pool=pool, work=search_work.logged_step)
    whole = run_all(plan, InMemoryJournal(), pool=InOrder(data), work=search_work.run_step)

    assert all(known)
    lines = (tmp_path / "diary").read_text(encoding="ascii").splitlines()
    begins = [line for line in lines if line.startswith("begin")]
    # Two workers had a step each, and one more may have been about to be written down.
    assert len(begins) - len(set(begins)) <= 2 + 1
    assert _untimed(whole) == _untimed(resumed)
    best = resumed.best
    assert best is not None
    experiment = plan.trial_experiment("dlinear", best.params)
    [dataset] = data.values()
    again = fitted_from_checkpoint(experiment, dataset, stored.checkpoint("dlinear", best.trial))
    assert again.best_epoch > 0, "the champion has learnt something"
    assert finish(train(experiment, dataset)).digest == again.digest


def _untimed(searched: SearchResult) -> list[TrialRecord]:
    return [each.replace(seconds=0.0) for each in searched.entries["dlinear"].trials]
