"""A worker as a process of its own, and what tests of killed ones wait for and look at."""

import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from pregao.registry import stored_runs
from pregao.training import Experiment

WORKER = Path(__file__).with_name("job_worker.py")
EXPERIMENT = Experiment.model_validate(
    {
        "symbols": ("SP500",),
        "start": "2014-01-02",
        "features": ("return", "log_sigma"),
        "lookback": 10,
        "horizon": 2,
        "epochs": 4,
        "network": "lstm_small",
    }
)


@contextmanager
def worker(home, *points):
    """Run a worker, and let it end by itself afterwards."""
    process = subprocess.Popen(
        [sys.executable, str(WORKER), str(home), *points], stdin=subprocess.PIPE
    )
    try:
        yield process
    finally:
        process.stdin.close()
        if process.poll() is None:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
        process.wait()


def until(condition, seconds=90.0):
    """Wait for something that another process does; what it is comes back."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "it happened in time"
        time.sleep(0.02)  # between two looks at another process
    return found


def ended(jobs, name):
    """Wait for the end of a job."""
    return until(lambda: (job := jobs.job(name)).has_ended and job)


def is_whole(home):
    """See that no run is half there, nor a draft of one."""
    for run in stored_runs(home):
        assert run.provenance.files
        assert run.report
        assert run.model
    assert not list((home / "runs").glob(".draft-*"))
