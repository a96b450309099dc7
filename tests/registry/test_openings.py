"""The ledger of test-set accesses: no line is lost, counted twice or removed undetected."""

import json
import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import opening_work
import pytest
import search_work
from hypothesis import given
from hypothesis import strategies as st
from opening_work import WINDOWS, open_often, opening_of

from pregao.dataset import Split, make_dataset
from pregao.errors import UnknownSearchError
from pregao.registry._searches import StoredSearch, count_trials, open_search
from pregao.registry._test_set_ledger import (
    AccessCounts,
    LedgerBreak,
    SealedWindows,
    TestSetAccess,
    Trial,
    count_accesses,
    record_access,
    record_accesses,
)
from pregao.testing import synthetic_prices
from pregao.training import Experiment
from pregao.training.search._plan import Search
from pregao.training.search._search import search

SPAN = WINDOWS.symbols, WINDOWS.first, WINDOWS.last
YEARS = [
    WINDOWS.replace(first=date(year, 1, 2), last=date(year, 12, 28), digest=str(year))
    for year in (2022, 2023, 2024)
]


def count(home: Path) -> AccessCounts:
    return count_accesses(home, *SPAN)


def ledger(home: Path) -> Path:
    return home / "ledger" / "openings.jsonl"


def lines(home: Path) -> list[bytes]:
    return ledger(home).read_bytes().splitlines(keepends=True)


def fill(home: Path, number: int = 5) -> list[bytes]:
    open_often(home, "network", number)
    return lines(home) if number else []


def test_a_missing_ledger_counts_no_access(tmp_path: Path):
    none = AccessCounts(
        num_openings=0, num_repeats=0, num_trials=0, searches=(), num_lost=0, breaks=()
    )

    assert none == count(tmp_path)
    assert [] == list(tmp_path.iterdir())


def test_an_access_is_on_disk_before_its_counts_are_returned(tmp_path: Path):
    trial = Trial(name="gru_classic", digests=("8c0f",))
    moment = datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)
    access = TestSetAccess(
        purpose="train", windows=WINDOWS, looks=(trial,), run="run-1", when=moment
    )

    recorded = record_access(tmp_path, access)

    [line] = lines(tmp_path)
    assert access == TestSetAccess.model_validate(json.loads(line)["entry"]["opening"])
    assert (1, False, 0, 1) == (
        recorded.number,
        recorded.is_repeat,
        recorded.earlier.num_trials,
        recorded.now.num_trials,
    )
    assert recorded == type(recorded).model_validate_json(recorded.model_dump_json())


def test_a_training_is_one_trial_and_a_sweep_one_per_network(tmp_path: Path):
    trials = tuple(Trial(name=name, digests=(name,)) for name in ("a", "b", "c"))
    record_access(tmp_path, opening_of("alone"))

    recorded = record_access(
        tmp_path, TestSetAccess(purpose="sweep", windows=WINDOWS, looks=trials)
    )

    assert (1, 4) == (recorded.earlier.num_trials, recorded.now.num_trials)
    assert (2, 0) == (recorded.now.num_openings, recorded.now.num_repeats)


def test_the_same_forecaster_on_the_same_windows_is_one_trial(tmp_path: Path):
    access = opening_of("network")
    record_access(tmp_path, access)

    again = record_access(tmp_path, access.replace(purpose="evaluate", run="run-1"))

    assert again.is_repeat
    assert (1, 1, 1) == (again.now.num_openings, again.now.num_repeats, again.now.num_trials)


def test_the_same_forecaster_on_other_windows_is_a_new_trial(tmp_path: Path):
    access = opening_of("network")
    record_access(tmp_path, access)

    longer = WINDOWS.replace(last=date(2024, 3, 1), digest="1" * 16)
    again = record_access(tmp_path, access.replace(windows=longer))

    assert not again.is_repeat
    assert 2 == again.now.num_trials


def test_an_ensemble_of_networks_scored_before_is_no_new_trial(tmp_path: Path):
    trials = tuple(Trial(name=name, digests=(name,)) for name in ("a", "b"))
    record_access(tmp_path, TestSetAccess(purpose="sweep", windows=WINDOWS, looks=trials))

    average = Trial(name="ensemble_uniform", digests=("b", "a"))
    unseen = Trial(name="ensemble_uniform", digests=("a", "c"))

    assert record_access(tmp_path, opening_of("x").replace(looks=(average,))).is_repeat
    assert not record_access(tmp_path, opening_of("x").replace(looks=(unseen,))).is_repeat
    assert 3 == count(tmp_path).num_trials


@pytest.mark.parametrize(
    ("symbols", "first", "last", "expected"),
    [
        (("TEST3",), date(2022, 1, 2), date(2024, 12, 28), 3),
        (("TEST3", "TEST4"), date(2023, 6, 1), date(2023, 6, 1), 1),
        (("TEST3",), date(2022, 12, 28), date(2023, 1, 2), 2),
        (("TEST3",), date(2022, 12, 29), date(2023, 1, 1), 0),
        (("TEST4",), date(2022, 1, 2), date(2024, 12, 28), 0),
    ],
)
def test_only_accesses_that_overlap_in_symbol_and_span_count(
    tmp_path: Path, symbols: tuple[str, ...], first: date, last: date, expected: int
):
    record_accesses(tmp_path, [opening_of("network").replace(windows=each) for each in YEARS])

    assert expected == count_accesses(tmp_path, symbols, first, last).num_trials


def test_accesses_recorded_together_count_as_one_by_one(tmp_path: Path):
    accesses = [opening_of(name) for name in ("a", "b", "a", "c")]

    together = record_accesses(tmp_path / "together", accesses)
    apart = [record_access(tmp_path / "apart", each) for each in accesses]

    assert apart == list(together)
    assert [1, 2, 2, 3] == [each.now.num_trials for each in together]
    assert lines(tmp_path / "together") == lines(tmp_path / "apart")


@given(names=st.lists(st.sampled_from("abcdef"), min_size=1, max_size=12))
def test_trials_are_the_distinct_forecasters_in_any_order(
    tmp_path_factory: pytest.TempPathFactory, names: list[str]
):
    home = tmp_path_factory.mktemp("home")

    counts = record_accesses(home, [opening_of(each) for each in names])[-1].now

    assert (len({*names}), len(names)) == (
        counts.num_trials,
        counts.num_openings + counts.num_repeats,
    )


def test_the_digest_of_windows_depends_on_their_outcomes():
    prices = synthetic_prices(sessions=600, seed=21)
    parts = {"features": ("return",), "lookback": 10, "horizon": 3, "split": Split()}
    whole = make_dataset([prices], **parts)
    shorter = make_dataset([prices.up_to(prices.sessions[-2])], **{**parts, "split": whole.borders})
    other = make_dataset([prices], **{**parts, "split": whole.borders, "lookback": 5})

    windows = SealedWindows.from_datasets([whole])

    cutoffs = whole.sealed_test.cutoffs
    assert (("TEST3",), len(cutoffs)) == (windows.symbols, windows.num_windows)
    assert [str(cutoffs[0]), str(cutoffs[-1])] == [str(windows.first), str(windows.last)]
    assert windows.digest != SealedWindows.from_datasets([shorter]).digest
    assert windows == SealedWindows.from_datasets([other])


def test_a_trial_is_identified_by_the_digests_of_its_experiments():
    experiments = [Experiment(symbols=("TEST3",), seed=seed) for seed in (1, 2)]

    trial = Trial.from_experiments("ensemble_uniform", experiments)

    assert tuple(each.digest for each in experiments) == trial.digests


# Searches.

PLAN = Search.parse(
    {
        "experiment": Experiment(symbols=("TEST3",), epochs=4),
        "entries": {"gru_classic": "gru_classic"},
        "strategy": "random",
        "trials": 6,
    }
)


class SequentialPool:
    """A pool of one worker that computes when its results are read."""

    num_workers = 1

    def __init__(self) -> None:
        self.tasks = []

    def submit(self, work, task) -> None:
        self.tasks.append((work, task))

    def results(self):
        while self.tasks:
            work, task = self.tasks.pop(0)
            yield task, work(None, task)


def run_search(home: Path, plan: Search) -> StoredSearch:
    stored = open_search(home, plan, data=(search_work.RECORD,))
    with stored.journal() as journal:
        for _ in search(plan, pool=SequentialPool(), journal=journal, work=search_work.bowl):
            pass
    return stored


def test_trials_of_a_search_come_from_its_journal_and_count_once(tmp_path: Path):
    first, second = run_search(tmp_path, PLAN), run_search(tmp_path, PLAN.replace(seed=1))
    best = opening_of("best").replace(purpose="search", search=first.id)

    once = record_access(tmp_path, best).now
    again = record_access(tmp_path, best.replace(looks=(Trial(name="x", digests=("other",)),))).now
    both = record_access(tmp_path, best.replace(search=second.id, looks=best.looks)).now

    assert 6 == once.num_trials == again.num_trials
    assert count_trials(tmp_path) == both.num_trials
    assert (first.id, second.id) == both.searches


def test_a_search_counts_with_its_present_number_of_trials(tmp_path: Path):
    stored = open_search(tmp_path, PLAN, data=(search_work.RECORD,))
    best = opening_of("best").replace(purpose="search", search=stored.id)
    assert 0 == record_access(tmp_path, best).now.num_trials

    run_search(tmp_path, PLAN)

    assert 6 == count(tmp_path).num_trials


def test_a_deleted_search_counts_with_its_recorded_number_of_trials(tmp_path: Path):
    stored = run_search(tmp_path, PLAN)
    record_access(tmp_path, opening_of("best").replace(purpose="search", search=stored.id))
    (stored.folder / "search.json").unlink()

    assert 6 == count(tmp_path).num_trials


def test_a_damaged_search_counts_with_its_recorded_trials_and_is_named(tmp_path: Path):
    stored = run_search(tmp_path, PLAN)
    record_access(tmp_path, opening_of("best").replace(purpose="search", search=stored.id))
    path = stored.folder / "trials.jsonl"
    path.write_bytes(b"damaged\n" + path.read_bytes())

    now = count(tmp_path)

    assert 6 == now.num_trials
    assert [f"{stored.id}/trials.jsonl: unreadable"] == [str(each) for each in now.breaks]


def test_an_access_that_names_an_unknown_search_is_refused_and_not_recorded(tmp_path: Path):
    with pytest.raises(UnknownSearchError):
        record_access(tmp_path, opening_of("best").replace(search="search-x"))

    assert not ledger(tmp_path).exists()


# Tampering.


@pytest.mark.parametrize("place", [1, 3, 5])
def test_a_changed_line_is_detected_and_all_lines_count(tmp_path: Path, place: int):
    written = fill(tmp_path)
    written[place - 1] = written[place - 1].replace(b"network-", b"notwork-")
    ledger(tmp_path).write_bytes(b"".join(written))

    now = count(tmp_path)

    assert [LedgerBreak(file="openings.jsonl", line=place, what="changed")] == [*now.breaks]
    assert (5, 0) == (now.num_trials, now.num_lost)


@pytest.mark.parametrize(
    ("removed", "place"), [([1], 1), ([2, 3], 2), ([5], 5), ([4, 5], 4), ([1, 2, 3, 4, 5], 1)]
)
def test_removed_lines_are_detected_and_counted_as_lost(
    tmp_path: Path, removed: list[int], place: int
):
    written = fill(tmp_path)
    left = [each for number, each in enumerate(written, 1) if number not in removed]
    ledger(tmp_path).write_bytes(b"".join(left))

    now = count(tmp_path)

    assert [LedgerBreak(file="openings.jsonl", line=place, what="missing")] == [*now.breaks]
    assert (5 - len(removed), len(removed)) == (now.num_trials, now.num_lost)


def test_a_deleted_ledger_is_detected(tmp_path: Path):
    fill(tmp_path)
    ledger(tmp_path).unlink()

    now = count(tmp_path)

    assert ["openings.jsonl, line 1: missing"] == [str(each) for each in now.breaks]
    assert 5 == now.num_lost


@pytest.mark.parametrize("content", [b"{}", b"no line at all", b"\xff\xfe", b""])
@pytest.mark.parametrize("place", [1, 3, 5])
def test_an_unreadable_line_is_detected_and_counted_as_lost(
    tmp_path: Path, place: int, content: bytes
):
    written = fill(tmp_path)
    written[place - 1] = content + b"\n"
    ledger(tmp_path).write_bytes(b"".join(written))

    now = count(tmp_path)

    assert [LedgerBreak(file="openings.jsonl", line=place, what="unreadable")] == [*now.breaks]
    assert (4, 1) == (now.num_trials, now.num_lost)


def test_an_entry_of_another_release_is_detected_and_counted_as_lost(tmp_path: Path):
    fill(tmp_path, 1)
    line = json.loads(lines(tmp_path)[0])
    line["entry"]["opening"]["purpose"] = "curiosity"
    ledger(tmp_path).write_text(f"{json.dumps(line)}\n", encoding="utf-8")
    (tmp_path / "ledger" / "openings.head").unlink()

    now = count(tmp_path)

    assert ["openings.jsonl, line 1: unreadable"] == [str(each) for each in now.breaks]
    assert 1 == now.num_lost


def test_exchanged_lines_are_detected(tmp_path: Path):
    written = fill(tmp_path)
    written[1], written[2] = written[2], written[1]
    ledger(tmp_path).write_bytes(b"".join(written))

    now = count(tmp_path)

    assert now.breaks
    assert 5 == now.num_trials


@pytest.mark.parametrize(
    "damage",
    [
        lambda written: written[:-1],
        lambda written: [*written[:-1], written[-1].replace(b"network-", b"notwork-")],
        lambda written: [*written[:-1], b"no line at all\n"],
        lambda written: [*written[:-1], written[-1][:20]],
        lambda _: [],
    ],
    ids=["removed", "changed", "overwritten", "torn afterwards", "emptied"],
)
def test_later_accesses_hide_no_break(tmp_path: Path, damage):
    path = ledger(tmp_path)
    path.parent.mkdir()
    path.write_bytes(b"".join(damage(fill(tmp_path))))
    before = count(tmp_path)
    assert before.breaks

    for name in ("later", "latest"):
        record_access(tmp_path, opening_of(name))
        after = count(tmp_path)

        assert {each.what for each in before.breaks} == {each.what for each in after.breaks}
        assert before.num_lost == after.num_lost
    assert before.num_trials + 2 == after.num_trials


def test_a_missing_or_damaged_head_is_detected(tmp_path: Path):
    fill(tmp_path)
    head = tmp_path / "ledger" / "openings.head"

    head.unlink()
    missing = count(tmp_path).breaks
    head.write_bytes(b"{")
    damaged = count(tmp_path).breaks

    assert ["openings.head: missing"] == [str(each) for each in missing]
    assert ["openings.head: unreadable"] == [str(each) for each in damaged]


# Crashes and full disks.


def test_a_torn_last_line_is_ignored_and_overwritten_by_the_next(tmp_path: Path):
    written = fill(tmp_path, 3)
    head = (tmp_path / "ledger" / "openings.head").read_bytes()
    record_access(tmp_path, opening_of("fourth"))
    fourth = lines(tmp_path)[-1]

    for length in (1, *range(2, len(fourth) - 1, 9), len(fourth) - 1):
        ledger(tmp_path).write_bytes(b"".join(written) + fourth[:length])
        (tmp_path / "ledger" / "openings.head").write_bytes(head)
        torn = count(tmp_path)
        recorded = record_access(tmp_path, opening_of("4"))

        assert (3, ()) == (torn.num_trials, torn.breaks)
        assert (4, 4, ()) == (recorded.number, recorded.now.num_trials, count(tmp_path).breaks)
        assert 4 == len(lines(tmp_path))


@pytest.mark.parametrize("number", [1, 4])
def test_a_kill_between_a_line_and_its_head_loses_no_line(tmp_path: Path, number: int):
    head = tmp_path / "ledger" / "openings.head"
    fill(tmp_path, number - 1)
    before = head.read_bytes() if head.exists() else None
    record_access(tmp_path, opening_of("last"))
    if before is None:
        head.unlink()
    else:
        head.write_bytes(before)

    now, recorded = count(tmp_path), record_access(tmp_path, opening_of("next"))

    assert (number, ()) == (now.num_trials, now.breaks)
    assert (number + 1, ()) == (recorded.number, count(tmp_path).breaks)


def test_a_full_disk_is_an_error_before_any_scoring(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    fill(tmp_path, 2)

    def full_disk(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", full_disk)
        with pytest.raises(OSError, match="No space left"):
            record_access(tmp_path, opening_of("third"))

    # The line may be recorded or not: counting too many trials is safe, too few is not.
    assert 3 <= record_access(tmp_path, opening_of("fourth")).now.num_trials <= 4
    assert () == count(tmp_path).breaks


def test_concurrent_processes_lose_no_line(tmp_path: Path):
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as pool:
        found = list(pool.map(open_often, [tmp_path] * 3, "abc", [20] * 3))

    now = count(tmp_path)
    assert list(range(1, 61)) == sorted(np.concatenate(found).tolist())
    assert (60, 60, ()) == (now.num_trials, len(lines(tmp_path)), now.breaks)


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
def test_a_recorded_access_survives_a_kill(tmp_path: Path):
    script = tmp_path / "script.py"
    script.write_text("import opening_work\nopening_work.main()\n", encoding="utf-8")
    folder = str(Path(opening_work.__file__).parent)
    environment = {**os.environ, "PYTHONPATH": folder}
    command = [sys.executable, str(script), str(tmp_path)]

    newest = 0
    for _ in range(2):
        with subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, text=True
        ) as running:
            assert running.stdout is not None
            for _ in range(20):
                newest = int(running.stdout.readline())
            running.kill()
            newest = max([newest, *map(int, running.stdout.read().split())])

    now = count(tmp_path)
    assert newest <= len(lines(tmp_path)) <= newest + 2
    assert () == now.breaks
    assert len(lines(tmp_path)) + 1 == record_access(tmp_path, opening_of("next")).number
