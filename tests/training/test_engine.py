"""The engine: spawned workers, one thread each, one copy of the data."""

import os
import subprocess
import sys
from pathlib import Path

import engine_work
import numpy as np
import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pregao.errors import WorkerLostError
from pregao.training import run
from pregao.training._sharing import Shared

DATA = {"values": np.arange(1000.0), "empty": np.empty(0)}


def test_every_task_is_answered_once():
    results = list(run(engine_work.add, [1, 2, 3], data=DATA, num_workers=2))

    assert {(1, 499501.0), (2, 499502.0), (3, 499503.0)} == set(results)


def test_no_task_starts_no_worker():
    assert [] == list(run(engine_work.add, [], data=DATA))


def test_a_worker_computes_on_one_thread_and_the_parent_keeps_its_own():
    before = os.environ.get("OMP_NUM_THREADS")

    results = list(run(engine_work.threads, [0], data=DATA, num_workers=1))

    assert [(0, (1, "1"))] == results
    assert before == os.environ.get("OMP_NUM_THREADS")


def test_workers_cannot_write_to_the_data_they_share():
    [(_, answer)] = run(engine_work.write, [0], data=DATA, num_workers=1)

    assert "read-only" in answer


def test_the_data_is_opened_once_a_worker_not_once_a_task():
    results = [
        result for _, result in run(engine_work.identity, range(6), data=DATA, num_workers=2)
    ]

    assert len({process for process, _ in results}) == len(set(results))


def test_an_exception_reaches_the_caller_as_it_is():
    with pytest.raises(LookupError, match="task 5 has no answer"):
        list(run(engine_work.fail, [5], data=DATA, num_workers=1))


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
def test_a_killed_worker_is_an_error_that_says_what_to_try():
    with pytest.raises(WorkerLostError, match="fewer workers"):
        list(run(engine_work.die, [0], data=DATA, num_workers=1))


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
def test_workers_end_with_a_parent_that_is_killed(tmp_path: Path):
    script = tmp_path / "script.py"
    script.write_text(
        "import engine_work\n"
        "from pregao.training import run\n"
        "if __name__ == '__main__':\n"
        "    list(run(engine_work.linger, [0, 1], data=None, num_workers=2))\n",
        encoding="utf-8",
    )
    folder = str(Path(engine_work.__file__).parent)
    with subprocess.Popen(
        [sys.executable, script],
        env={**os.environ, "PYTHONPATH": folder, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        workers = [psutil.Process(int(parent.stdout.readline())) for _ in range(2)]
        parent.kill()

    assert [] == psutil.wait_procs(workers, timeout=20)[1]


def test_stopping_early_ends_the_workers_and_deletes_the_data(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)

    results = run(engine_work.add, [1, 2, 3], data=DATA, num_workers=1)
    next(results)
    results.close()

    assert [] == list(tmp_path.iterdir())


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
