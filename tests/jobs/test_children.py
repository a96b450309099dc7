"""Workers with children that print, hang or end while the database is locked."""

import sqlite3
import sys
import threading
from contextlib import closing, contextmanager

import pytest
from sqlalchemy import event
from structlog.testing import capture_logs

from pregao.database import Database
from pregao.errors import DatabaseBusyError
from pregao.jobs import FetchRequest, JobLimits, Jobs
from pregao.worker import WorkerSettings, run_worker

SP500 = FetchRequest(symbol="SP500", source="sample")

PRINTING = """
import os, sys
from dataclasses import dataclass
from pathlib import Path
from pregao.workbench import Workbench
from pregao.worker import run_child

@dataclass(frozen=True)
class Printing(Workbench):
    def fetch(self, symbol, **fields):
        print("output", flush=True)
        os.write(1, b"output of a library\\n")
        return super().fetch(symbol, **fields)

run_child(Printing(Path(sys.argv[1])), Path(sys.argv[2]))
"""
WAITING = """
import sys, time
from pathlib import Path
from pregao.workbench import Workbench
from pregao.worker import run_child

folder = Path(sys.argv[2])
(folder / "started").touch()
while not (folder / "go").exists():
    time.sleep(0.01)
run_child(Workbench(Path(sys.argv[1])), folder)
"""
HANGING = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
LINGERING = """
import sys, threading
from pathlib import Path
from pregao.workbench import Workbench
from pregao.worker import run_child

run_child(Workbench(Path(sys.argv[1])), Path(sys.argv[2]))
threading.Event().wait(600)
"""


@pytest.fixture
def make_jobs(tmp_path):
    opened = []

    def made(**limits):
        opened.append(Database.open(home=tmp_path))
        return Jobs(opened[-1], JobLimits(**limits))

    yield made
    for each in opened:
        each.close()


@contextmanager
def _running_worker(jobs, home, script):
    stop = threading.Event()
    settings = WorkerSettings(
        poll_seconds=0.05,
        heartbeat_seconds=0.2,
        grace_seconds=0.5,
        child=(sys.executable, "-c", script, str(home)),
    )
    worker = threading.Thread(target=run_worker, args=(jobs, home, settings, stop))
    worker.start()
    try:
        yield worker
    finally:
        stop.set()
        worker.join()


def _until(worker, condition):
    """Wait for a condition while the worker is alive."""
    while not condition():
        worker.join(0.02)
        assert worker.is_alive(), "the worker is alive"


def _run_to_end(jobs, home, script, job):
    with _running_worker(jobs, home, script) as worker:
        _until(worker, lambda: jobs.job(job.id).has_ended)
    return jobs.job(job.id)


def test_the_output_of_libraries_goes_into_the_log_and_corrupts_no_message(tmp_path, make_jobs):
    jobs = make_jobs()
    job = jobs.submit(SP500)

    done = _run_to_end(jobs, tmp_path, PRINTING, job)

    assert ("succeeded", 1) == (done.state, done.attempts), (done.problem, done.log_tail)
    assert "output of a library" in (tmp_path / "jobs" / job.id / "log.txt").read_text()


def test_a_child_over_its_time_limit_is_killed_even_if_it_ignores_sigterm(tmp_path, make_jobs):
    jobs = make_jobs(seconds=0.5)

    done = _run_to_end(jobs, tmp_path, HANGING, jobs.submit(SP500))

    assert ("failed", 1, "TimeLimit") == (done.state, done.attempts, done.problem.name)


def test_a_child_that_lingers_after_its_result_is_killed(tmp_path, make_jobs):
    jobs = make_jobs()

    done = _run_to_end(jobs, tmp_path, LINGERING, jobs.submit(SP500))

    assert "succeeded" == done.state, (done.problem, done.log_tail)


def test_a_worker_survives_a_locked_database_at_the_end_of_a_job(tmp_path, make_jobs):
    jobs = make_jobs()
    _shorten_busy_timeout(jobs.database)
    job = jobs.submit(SP500)

    with capture_logs() as logs, _running_worker(jobs, tmp_path, WAITING) as worker:
        _until(worker, (tmp_path / "jobs" / job.id / "started").exists)
        with closing(sqlite3.connect(tmp_path / "pregao.db", isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            (tmp_path / "jobs" / job.id / "go").touch()
            _until(worker, lambda: "end not written" in {each["event"] for each in logs})
            other.execute("ROLLBACK")
        _until(worker, lambda: _has_ended(jobs, job.id))

    done = jobs.job(job.id)
    assert ("succeeded", 1) == (done.state, done.attempts), (done.problem, done.log_tail)


def _has_ended(jobs, name):
    """Return whether a job has ended; while the worker writes, the short timeout may pass."""
    try:
        return jobs.job(name).has_ended
    except DatabaseBusyError:
        return False


def _shorten_busy_timeout(database):
    """Let a locked database raise an error almost at once."""
    database.engine.dispose()
    event.listen(
        database.engine,
        "connect",
        lambda connection, _: connection.execute("PRAGMA busy_timeout=20").close(),
    )
