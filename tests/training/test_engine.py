"""Engines: workers that hold the data, spawned ones first; what every engine promises."""

import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import engine_work
import numpy as np
import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pregao.errors import InputError, WorkerLostError
from pregao.testing import ENGINE_CONTRACT, engine_contract
from pregao.training.engines import ENGINES, Engine, Local, WorkerPool, run
from pregao.training.engines._sharing import Shared

DATA = {"values": np.arange(1000.0), "empty": np.empty(0)}


@pytest.mark.parametrize("promise", ENGINE_CONTRACT.values(), ids=list(ENGINE_CONTRACT))
def test_workers_of_this_machine_keep_every_promise(promise):
    promise(Local(2))


@pytest.mark.parametrize("name", ENGINES)
def test_no_task_opens_no_crew(name):
    assert [] == list(run(engine_work.say, [], data=DATA, engine=ENGINES[name]()))


@pytest.mark.parametrize("name", ENGINES)
def test_no_workers_are_an_input_error(name):
    with pytest.raises(InputError, match="ask for 1 or more"):
        ENGINES[name](num_workers=0)


def test_a_worker_computes_on_one_thread_and_the_parent_keeps_its_own():
    before = os.environ.get("OMP_NUM_THREADS")

    results = list(run(engine_work.threads, [0], data=DATA, engine=Local(1)))

    assert [(0, (1, "1"))] == results
    assert before == os.environ.get("OMP_NUM_THREADS")


def test_what_cannot_be_sent_is_an_error_where_it_is_asked():
    with Local(1).pool(DATA) as pool, pytest.raises(Exception, match="lambda"):
        pool.submit(lambda *_: None, 1)

    assert [] == multiprocessing.active_children()


def test_an_answer_that_cannot_be_sent_is_an_error_that_says_so():
    with pytest.raises(TypeError, match="a lock cannot be sent"):
        list(run(engine_work.answer_what_cannot_be_sent, [0], data=None, engine=Local(1)))


def test_of_an_exception_that_cannot_be_sent_the_words_are_raised():
    with pytest.raises(RuntimeError, match=r"LookupError: .*no answer"):
        list(run(engine_work.fail_with_what_cannot_be_sent, [0], data=None, engine=Local(1)))


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
def test_a_lost_worker_costs_its_neighbour_nothing(tmp_path: Path):
    tasks = [(str(tmp_path), "patient"), (str(tmp_path), "unlucky")]

    results = run(engine_work.outlive_a_lost_neighbour, tasks, data=None, engine=Local(2))

    assert {"patient", "unlucky"} == {name for _, name in results}


def test_a_program_that_is_no_module_is_an_error_that_says_what_to_write(tmp_path: Path):
    script = tmp_path / "script.py"
    script.write_text(
        "import engine_work\n"
        "from pregao.training.engines import Local, run\n"
        "list(run(engine_work.say, [0], data=None, engine=Local(1)))\n",
        encoding="utf-8",
    )

    done = subprocess.run(
        [sys.executable, script], env=environment(), capture_output=True, check=False
    )

    assert 1 == done.returncode
    assert b"WorkerLostError" in done.stderr
    assert b"if __name__ == '__main__':" in done.stderr.splitlines()[-1]


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_workers_and_their_files_end_with_the_parent_however_it_ends(tmp_path: Path, end):
    script = tmp_path / "script.py"
    script.write_text(
        "import engine_work\n"
        "from pregao.training.engines import Local, run\n"
        "if __name__ == '__main__':\n"
        "    list(run(engine_work.linger, [0, 1], data=None, engine=Local(2)))\n",
        encoding="utf-8",
    )
    folder = tmp_path / "temporary"
    folder.mkdir()
    with subprocess.Popen(
        [sys.executable, script],
        env=environment(TMPDIR=str(folder)),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        workers = [psutil.Process(int(parent.stdout.readline())) for _ in range(2)]
        parent.send_signal(end)

    assert [] == psutil.wait_procs(workers, timeout=30)[1]
    assert [] == list(folder.iterdir())


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(engine_work.__file__).parent), **more}


def test_stopping_early_ends_the_workers_and_deletes_the_data(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    results = run(engine_work.say, [1, 2, 3], data=DATA, engine=Local(1))
    next(results)
    results.close()

    assert [] == list(tmp_path.iterdir())
    assert [] == multiprocessing.active_children()


def test_workers_start_as_tasks_come_and_are_never_more_than_needed():
    with Local(64).pool(DATA) as pool:
        before = multiprocessing.active_children()
        pool.submit(engine_work.say, 1)
        after = multiprocessing.active_children()

    assert (64, 0, 1) == (pool.num_workers, len(before), len(after))


@dataclass
class Here:
    """A pool of this process: right in all that needs no process of its own."""

    data: Any
    num_workers: int = 1

    def __post_init__(self) -> None:
        self.pending: list[tuple[Callable[[Any, Any], object], Any]] = []

    def submit(self, work: Callable[[Any, Any], object], task: Any) -> None:
        self.pending.append((work, task))

    def results(self) -> Iterator[tuple[Any, Any]]:
        while self.pending:
            work, task = self.pending.pop(0)
            yield task, self.answer(work, task)

    def answer(self, work: Callable[[Any, Any], object], task: Any) -> object:
        return work(self.data, task)


@dataclass(frozen=True)
class Faulty:
    """An engine whose crews are of this kind."""

    kind: Callable[[Any], WorkerPool]

    @contextmanager
    def pool(self, data: Any) -> Iterator[WorkerPool]:
        yield self.kind(data)


class Twice(Here):
    def results(self):
        for each in super().results():
            yield from (each, each)


class OnlyAtFirst(Here):
    def results(self):
        pending, self.pending = self.pending, []
        for work, task in pending:
            yield task, self.answer(work, task)
        self.pending = []


class InOrder(Here):
    def __init__(self, data):
        super().__init__(data, num_workers=2)

    def answer(self, *_):
        return None


class Rounding(Here):
    def answer(self, work, task):
        return work({"values": np.zeros(7)}, task)


class SendingAgain(Here):
    def answer(self, work, task):
        return work(deepcopy(self.data), task)


class Wrapping(Here):
    def answer(self, work, task):
        try:
            return super().answer(work, task)
        except LookupError as error:
            raise LookupError(f"in a worker: {error}") from error


class Losing(Here):
    def answer(self, *_):
        raise WorkerLostError("at once")


class Forgiving(Here):
    def answer(self, *_):
        return None


@pytest.mark.parametrize(
    ("promise", "kind"),
    [
        ("gives every result once", Twice),
        ("takes more while it gives", OnlyAtFirst),
        ("gives first what finishes first", InOrder),
        ("shows the data as it is", Rounding),
        ("sends the data once", SendingAgain),
        ("lets nobody write", Here),
        ("raises what the work raises", Wrapping),
        ("loses nothing with a worker", Losing),
        ("gives up on what kills its workers", Forgiving),
    ],
)
def test_the_contract_notices_a_broken_promise(promise, kind):
    with pytest.raises(AssertionError):
        ENGINE_CONTRACT[promise](Faulty(kind))


def test_the_contract_names_the_promise_that_is_broken():
    with pytest.raises(AssertionError, match="'gives every result once' is broken"):
        engine_contract(Faulty(Twice))


def test_a_crew_of_ones_own_is_an_engine_for_the_rest_of_the_program():
    engine: Engine = Faulty(Here)

    assert [(2, 1.0), (3, 1.5)] == list(run(divided, [2, 3], data=0.5, engine=engine))


def divided(data: float, task: int) -> float:
    return data * task


@given(
    values=st.lists(
        arrays(np.float64, st.integers(0, 50), elements=st.floats(-1e9, 1e9)), max_size=4
    ),
    text=st.text(max_size=20),
)
def test_a_shared_value_is_read_as_it_was_written(tmp_path_factory, values, text):
    folder = Path(tmp_path_factory.mktemp("shared"))

    again = Shared.write((values, text), folder).open()

    assert text == again[1]
    assert [value.tolist() for value in values] == [value.tolist() for value in again[0]]
