"""Workers and their children as real processes, killed while they work."""

import json
import os
import subprocess
import sys

import psutil
from killed_jobs import EXPERIMENT, ended, is_whole, until, worker

from pregao.jobs import FetchRequest, TrainRequest
from pregao.registry import load_run, stored_runs
from pregao.workbench import Workbench

PROMOTED = TrainRequest(experiment=EXPERIMENT)
TRAIN = PROMOTED.replace(promote=False)


def _epochs(jobs, name):
    return [
        each.data["done"]
        for each in jobs.events(name)
        if each.kind == "progress" and "epoch" in each.data["message"]["en"]
    ]


def test_a_finished_training_job_promotes_its_run(tmp_path, jobs):
    job = jobs.submit(PROMOTED)

    with worker(tmp_path):
        done = ended(jobs, job.id)

    assert "succeeded" == done.state, (done.problem, done.log_tail)
    run = load_run(tmp_path, done.result.run)
    assert EXPERIMENT == run.experiment
    assert ("SP500",) == done.result.promoted
    assert [0, 1, 2, 3, 4] == _epochs(jobs, job.id)
    champion = Workbench(tmp_path).models.champion("SP500")
    assert (run.id, 1) == (champion.run, champion.version)


def test_an_impossible_job_fails_with_its_reason_and_is_not_retried(tmp_path, jobs):
    job = jobs.submit(FetchRequest(symbol="NSCH3", source="sample"))

    with worker(tmp_path):
        done = ended(jobs, job.id)

    assert ("failed", 1) == (done.state, done.attempts)
    assert "NSCH3" in done.problem.detail


def test_an_interrupted_training_resumes_from_its_checkpoint_to_the_same_weights(tmp_path, jobs):
    job = jobs.submit(TRAIN)
    uninterrupted = Workbench(tmp_path / "other").train(EXPERIMENT)

    with worker(tmp_path, "pregao.training._train:_Training.next_epoch:before:3"):
        done = ended(jobs, job.id)

    assert ("succeeded", 2) == (done.state, done.attempts), (done.problem, done.log_tail)
    assert uninterrupted.run.model.digest == load_run(tmp_path, done.result.run).model.digest
    seen = _epochs(jobs, job.id)
    assert 4 == seen[-1]
    is_whole(tmp_path)


def test_a_worker_killed_with_its_children_loses_no_job(tmp_path, jobs):
    job = jobs.submit(TRAIN)
    with worker(tmp_path) as first:
        until(lambda: len(_epochs(jobs, job.id)) > 1)
        children = psutil.Process(first.pid).children(recursive=True)
        first.kill()
        first.wait()
        until(lambda: not any(each.is_running() and _is_alive(each) for each in children), 20)

    with worker(tmp_path):
        done = ended(jobs, job.id)

    assert "succeeded" == done.state, (done.problem, done.log_tail)
    assert 2 == done.attempts
    assert 1 == len(stored_runs(tmp_path))


def _is_alive(process):
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_stopped_worker_requeues_its_job_without_counting_the_attempt(tmp_path, jobs):
    job = jobs.submit(TRAIN.replace(experiment=EXPERIMENT.replace(epochs=500, patience=500)))
    with worker(tmp_path):
        until(lambda: len(_epochs(jobs, job.id)) > 1)

    requeued = jobs.job(job.id)

    assert ("queued", 0) == (requeued.state, requeued.attempts)
    assert list((tmp_path / "jobs" / job.id).glob("checkpoint-*.safetensors"))


def test_a_running_job_is_cancelled_within_seconds_and_the_next_one_runs(tmp_path, jobs):
    long = TRAIN.replace(experiment=EXPERIMENT.replace(epochs=500, patience=500))
    job, other = jobs.submit(long), jobs.submit(FetchRequest(symbol="SP500", source="sample"))

    with worker(tmp_path):
        until(lambda: len(_epochs(jobs, job.id)) > 1)
        jobs.cancel(job.id)
        assert "cancelled" == ended(jobs, job.id).state
        assert "succeeded" == ended(jobs, other.id).state

    assert not stored_runs(tmp_path)


def test_a_job_that_keeps_killing_its_process_ends_dead_and_others_succeed(tmp_path, jobs):
    poison = jobs.submit(FetchRequest(symbol="SP500", source="sample"))

    with worker(tmp_path, "pregao.prices._store:PriceStore.append:before:0"):
        dead = ended(jobs, poison.id)
    other = jobs.submit(FetchRequest(symbol="NASDAQ", source="sample"))
    with worker(tmp_path):
        assert "succeeded" == ended(jobs, other.id).state

    assert ("dead", 3) == (dead.state, dead.attempts)
    assert "SIGKILL" in dead.problem.detail


def test_the_command_line_lists_cancels_and_retries_jobs(tmp_path, jobs):
    job = jobs.submit(FetchRequest(symbol="SP500", source="sample"))
    environment = {**os.environ, "PREGAO_HOME": str(tmp_path), "PREGAO_LANGUAGE": "en"}

    def run(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "pregao", *arguments],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    [listed] = json.loads(run("jobs", "--json").stdout)
    assert job.id == listed["id"]
    assert "waiting" in run("jobs").stdout
    assert "cancelled" == json.loads(run("jobs", "cancel", job.id, "--json").stdout)["state"]
    assert "queued" == json.loads(run("jobs", "retry", job.id, "--json").stdout)["state"]
    unknown = run("jobs", "show", "job-none")
    assert (2, "") == (unknown.returncode, unknown.stdout)
    assert job.id in unknown.stderr
