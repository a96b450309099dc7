"""Workers, children and servers killed at named points: no job is lost or done twice."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
import requests
from browsing import address_of, serving
from dying import died
from killed_jobs import EXPERIMENT, ended, is_whole, until, worker

from pregao.jobs import TrainRequest
from pregao.registry import load_run, stored_runs
from pregao.workbench import Workbench

SERVER = Path(__file__).parents[1] / "workers" / "dying_server.py"
RECLAIM_SECONDS = 40
TURNS = 8

CHILD_POINTS = [
    "pregao.jobs._kinds:parse_request:after:1",
    "pregao.workbench._prices:PriceReader.read:before:1",
    "pregao.workbench._test_set:record_test_access:after:1",
    "pregao.training._train:_Training.next_epoch:before:1",
    "pregao.training._train:_Training.next_epoch:after:2",
    "pregao.registry._atomic_writes:write_file:before:1",
    "pregao.registry._atomic_writes:write_file:after:1",
    "pregao.registry._runs:write_folder:before:1",
    "pregao.registry._runs:write_folder:after:1",
    "pregao.registry._run_rows:record_run:before:1",
    "pregao.registry._registration:register:before:1",
    "pregao.registry._atomic_writes:write_folder:after:2",
    "pregao.registry._champions:Champions.promote:before:1",
    "pregao.registry._champions:Champions.promote:after:1",
    "pregao.worker._messages:ResultMessage:before:1",
]
WORKER_POINTS = [
    "pregao.jobs._queue:Jobs.claim:before:1",
    "pregao.jobs._queue:Jobs.claim:after:1",
    "pregao.worker._attempt:Attempt.start:after:1",
    "pregao.jobs._claim:Claim.renew:after:1",
    "pregao.jobs._claim:Claim.succeed:before:1",
    "pregao.jobs._claim:Claim.succeed:after:1",
]
SERVER_POINTS = [
    "pregao.jobs._queue:Jobs._write:before:1",
    "pregao.jobs._queue:Jobs._write:after:1",
]
PROMOTION_POINTS = [
    "pregao.registry._champions:Champions.promote:before:1",
    "pregao.registry._champions:Champions.promote:after:1",
]


def test_the_kill_points_are_twenty_five():
    points = [CHILD_POINTS, WORKER_POINTS, SERVER_POINTS, PROMOTION_POINTS]

    assert 25 == sum(len(set(each)) for each in points)


def _assert_done_once(home, done):
    assert "succeeded" == done.state, (done.problem, done.log_tail)
    assert 1 == len(stored_runs(home))
    is_whole(home)
    assert EXPERIMENT == load_run(home, done.result.run).experiment
    bench = Workbench(home)
    assert 1 == bench.models.champion("SP500").version
    assert 1 == len(bench.models.trail("SP500", 2))
    bench.database.close()


@pytest.mark.soak
@pytest.mark.parametrize("turn", range(TURNS))
@pytest.mark.parametrize("point", CHILD_POINTS)
def test_a_child_killed_at_any_point_leaves_no_partial_result(tmp_path, jobs, point, turn):
    job = jobs.submit(TrainRequest(experiment=EXPERIMENT))

    with worker(tmp_path, point):
        done = ended(jobs, job.id)

    assert died(tmp_path, point).exists()
    assert 2 == done.attempts
    _assert_done_once(tmp_path, done)


@pytest.mark.soak
@pytest.mark.parametrize("turn", range(TURNS))
@pytest.mark.parametrize("point", WORKER_POINTS)
def test_a_worker_killed_at_any_point_loses_no_job_and_repeats_none(tmp_path, jobs, point, turn):
    job = jobs.submit(TrainRequest(experiment=EXPERIMENT))
    with worker(tmp_path, f"worker/{point}") as first:
        assert -signal.SIGKILL == first.wait(90)
    attempts = jobs.job(job.id).attempts

    with worker(tmp_path):
        until(
            lambda: (now := jobs.job(job.id)).has_ended or now.attempts > attempts, RECLAIM_SECONDS
        )
        done = ended(jobs, job.id)

    _assert_done_once(tmp_path, done)


def _kill_server_during(home, point, ask):
    """Start a server that dies at a point, send a request, and check that it died."""
    command = [sys.executable, str(SERVER), point, "--port", "0"]
    environment = {**os.environ, "PREGAO_HOME": str(home), "PREGAO_SOURCES": "store,sample"}
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as server:
        with suppress(requests.ConnectionError):
            ask(address_of(server, []))
        assert -signal.SIGKILL == server.wait(60)


@pytest.mark.soak
@pytest.mark.parametrize("turn", range(TURNS))
@pytest.mark.parametrize("point", SERVER_POINTS)
def test_a_server_killed_while_it_accepts_a_job_accepts_it_once(tmp_path, jobs, point, turn):
    def ask(address):
        return requests.post(
            f"{address}/v1/trainings",
            json={"experiment": EXPERIMENT.model_dump(mode="json")},
            headers={"Idempotency-Key": "mine"},
            timeout=60,
        )

    _kill_server_during(tmp_path, point, ask)
    kept = jobs.jobs()
    with serving(tmp_path, "--no-worker") as address:
        answer = ask(address)

    assert 202 == answer.status_code
    assert [answer.json()["id"]] == [each.id for each in jobs.jobs()]
    assert len(kept) == (":after:" in point)


@pytest.fixture(scope="module")
def registered(tmp_path_factory):
    """Two registered runs of PETR4."""
    from made_runs import EXPERIMENTS, made_run

    home = tmp_path_factory.mktemp("registered")
    bench = Workbench(home)
    names = []
    for seed in (0, 1):
        experiment = EXPERIMENTS["ensemble"].replace(symbols=("PETR4",), members=1, seed=seed)
        names.append(made_run(home, experiment).id)
        bench.models.register(names[-1])
    yield home, bench, names
    bench.database.close()


@pytest.mark.soak
@pytest.mark.parametrize("turn", range(TURNS))
@pytest.mark.parametrize("point", PROMOTION_POINTS)
def test_a_server_killed_while_it_promotes_leaves_one_champion_and_one_trail(
    registered, point, turn
):
    home, bench, names = registered
    horizon = load_run(home, names[0]).experiment.horizon
    died(home, point).unlink(missing_ok=True)
    before = bench.models.champions()
    version = before[0].version if before else 0
    new = names[(version + 1) % 2]

    def ask(address):
        return requests.put(
            f"{address}/v1/champions/PETR4",
            json={"run": new, "reason": "a test"},
            headers={"If-Match": f'"{version}"'},
            timeout=60,
        )

    _kill_server_during(home, point, ask)
    with serving(home, "--no-worker") as address:
        answer = ask(address)

    # A repeated request may find that its own first try has changed the version.
    assert answer.status_code in ({200, 412} if ":after:" in point else {200})
    [champion] = bench.models.champions()
    assert (new, version + 1) == (champion.run, champion.version)
    trail = bench.models.trail("PETR4", horizon)
    assert [*range(1, version + 2)] == [each.version for each in trail]
