"""The queue: no job is lost or done twice, and a lost lease cannot write."""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from pregao.database import Database
from pregao.errors import (
    IdempotencyMismatchError,
    JobStateError,
    JobTooLargeError,
    LostLeaseError,
    QueueFullError,
    UnknownJobError,
    UnknownNameError,
)
from pregao.jobs import (
    FetchRequest,
    JobLimits,
    JobProblem,
    JobProgress,
    JobResult,
    Jobs,
    SweepRequest,
    TrainRequest,
    parse_request,
)
from pregao.training import Experiment
from pregao.values import Text

SP500 = FetchRequest(symbol="SP500", source="sample")
NASDAQ = FetchRequest(symbol="NASDAQ", source="sample")
PROBLEM = JobProblem(name="Crashed", detail="for the test")


@pytest.fixture
def make_jobs(database_url, tmp_path):
    opened = []

    def made(**limits):
        database = Database.open(database_url, home=tmp_path)
        opened.append(database)
        return Jobs(database, JobLimits(**limits))

    yield made
    for each in opened:
        each.close()


@pytest.fixture
def jobs(make_jobs):
    return make_jobs()


def _states(jobs):
    return Counter(each.state for each in jobs.jobs())


@pytest.mark.parametrize(
    "request_",
    [
        SP500,
        TrainRequest(experiment=Experiment(symbols=("SP500",)), recipe="petr4-60d"),
        SweepRequest(experiment=Experiment(symbols=("PETR4",)), networks=("gru_classic",)),
    ],
)
def test_a_request_round_trips_through_its_json(request_):
    assert request_ == parse_request(request_.model_dump_json())


def test_an_accepted_job_is_stored_for_every_process(make_jobs):
    job = make_jobs().submit(SP500)

    assert job == make_jobs().job(job.id)
    assert "queued" == job.state
    assert SP500 == job.request


def test_the_oldest_job_is_claimed_first_and_by_one_worker(jobs):
    first, second = jobs.submit(SP500), jobs.submit(NASDAQ)

    claims = [jobs.claim("one"), jobs.claim("two"), jobs.claim("three")]

    assert [first.id, second.id] == [each.job.id for each in claims if each]
    assert claims[2] is None
    assert 1 == jobs.job(first.id).attempts


def test_the_same_key_returns_the_same_job_and_another_request_is_refused(jobs):
    first = jobs.submit(SP500, key="a")

    assert first.id == jobs.submit(SP500, key="a").id
    assert first.id != jobs.submit(SP500, key="b").id
    with pytest.raises(IdempotencyMismatchError, match=first.id):
        jobs.submit(NASDAQ, key="a")


def test_concurrent_submissions_with_one_key_create_one_job(jobs):
    with ThreadPoolExecutor(16) as pool:
        found = set(pool.map(lambda _: jobs.submit(SP500, key="k").id, range(64)))

    assert 1 == len(found)


def test_an_interrupted_group_commit_loses_no_other_submission(jobs, monkeypatch):
    write_transaction, interrupted = Database.write_transaction, []
    has_started, may_continue = threading.Event(), threading.Event()

    @contextmanager
    def interrupting(database):
        with write_transaction(database) as connection:
            yield connection
            if not interrupted:
                interrupted.append(threading.current_thread())
                has_started.set()
                may_continue.wait()
                raise KeyboardInterrupt

    monkeypatch.setattr(Database, "write_transaction", interrupting)
    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(jobs.submit, SP500)
        has_started.wait()
        others = [pool.submit(jobs.submit, NASDAQ) for _ in range(7)]
        may_continue.set()
        with pytest.raises(KeyboardInterrupt):
            first.result()
        accepted = {each.result().id for each in others}

    assert accepted == {each.id for each in jobs.jobs()}
    assert 7 == len(accepted)


def test_a_full_queue_refuses_with_a_retry_delay(make_jobs):
    jobs = make_jobs(queued=3, retry_after_seconds=7)
    accepted = [jobs.submit(SP500) for _ in range(3)]

    with pytest.raises(QueueFullError) as caught:
        jobs.submit(SP500)

    assert 7 == caught.value.retry_after_seconds
    jobs.cancel(accepted[0].id)
    assert jobs.submit(SP500)


def test_a_request_over_a_size_limit_is_refused(jobs):
    base = Experiment(symbols=("SP500",))

    with pytest.raises(JobTooLargeError, match="epochs"):
        jobs.submit(TrainRequest(experiment=base.replace(epochs=1_001)))
    with pytest.raises(JobTooLargeError, match="values of a batch"):
        jobs.submit(TrainRequest(experiment=base.replace(batch_size=65_536)))
    slow = base.replace(epochs=1_000, symbols=[f"T{number:03}3" for number in range(400)])
    with pytest.raises(JobTooLargeError, match="hours of training"):
        jobs.submit(TrainRequest(experiment=slow))
    wide = {"layers": [{"kind": "recurrent", "cell": "lstm", "width": 1_000}] * 3}
    with pytest.raises(JobTooLargeError, match="parameters"):
        jobs.submit(TrainRequest(experiment=base.replace(network={"kind": "stack", **wide})))


def test_a_claim_with_a_lost_lease_cannot_write(make_jobs):
    jobs = make_jobs(lease_seconds=0.0)
    job = jobs.submit(SP500)
    slow = jobs.claim("slow")
    time.sleep(0.002)  # a lease of no time is over a millisecond later
    quick = jobs.claim("quick")

    assert quick.job.id == slow.job.id == job.id
    for write in (
        slow.renew,
        lambda: slow.progress(JobProgress(done=1, total=2)),
        lambda: slow.succeed(JobResult(run="wrong")),
        lambda: slow.fail(PROBLEM),
        slow.cancel,
        slow.release,
        lambda: slow.requeue_crashed(PROBLEM, None, most_attempts=3, wait_seconds=0),
    ):
        with pytest.raises(LostLeaseError):
            write()
    quick.succeed(JobResult(run="right"))
    assert "right" == jobs.job(job.id).result.run


def test_renewing_extends_the_lease(make_jobs):
    jobs = make_jobs(lease_seconds=60)
    jobs.submit(SP500)
    claim = jobs.claim("one")

    assert claim.renew() is False
    assert jobs.claim("two") is None


def test_a_job_that_keeps_crashing_ends_dead_with_its_log_tail(jobs):
    job = jobs.submit(SP500)

    states = [
        jobs.claim("one").requeue_crashed(
            PROBLEM, "x" * 100_000 + "last words", most_attempts=3, wait_seconds=0
        )
        for _ in range(3)
    ]

    assert ["queued", "queued", "dead"] == states
    dead = jobs.job(job.id)
    assert dead.log_tail.endswith("last words")
    assert len(dead.log_tail) < 10_000
    assert PROBLEM == dead.problem
    assert jobs.claim("one") is None


def test_a_crashed_job_waits_before_its_next_attempt(jobs):
    jobs.submit(SP500)
    other = jobs.submit(NASDAQ)

    jobs.claim("one").requeue_crashed(PROBLEM, None, most_attempts=3, wait_seconds=3600)

    assert other.id == jobs.claim("one").job.id
    assert jobs.claim("one") is None


def test_only_the_last_progress_events_of_an_ended_job_are_kept(jobs):
    job = jobs.submit(SP500)
    claim = jobs.claim("one")
    for done in range(520):
        claim.progress(JobProgress(done=done, total=520))
    claim.succeed(JobResult())

    events = jobs.events(job.id, limit=1_000)
    assert 502 == len(events)
    assert ["queued", "running", "succeeded"] == [
        each.data["state"] for each in events if each.kind == "state"
    ]
    assert 519 == [each.data["done"] for each in events if each.kind == "progress"][-1]


def test_expired_leases_use_up_the_attempts_of_a_job(make_jobs):
    jobs = make_jobs(lease_seconds=0.0)
    job = jobs.submit(SP500)

    for _ in range(3):
        assert jobs.claim("silent") is not None
        time.sleep(0.002)  # a lease of no time is over a millisecond later

    assert jobs.claim("next") is None
    assert "dead" == jobs.job(job.id).state


def test_a_released_attempt_does_not_count(jobs):
    job = jobs.submit(SP500)

    jobs.claim("one").release()

    assert ("queued", 0) == (jobs.job(job.id).state, jobs.job(job.id).attempts)
    assert 1 == jobs.claim("two").job.attempts


def test_cancelling_ends_a_queued_job_and_reaches_a_running_one_at_its_renewal(jobs):
    waiting, running = jobs.submit(SP500), jobs.submit(NASDAQ)
    jobs.cancel(waiting.id)
    claim = jobs.claim("one")

    assert running.id == claim.job.id
    assert "cancelled" == jobs.job(waiting.id).state
    assert jobs.cancel(running.id).is_cancelling
    assert claim.renew() is True
    claim.cancel()
    assert "cancelled" == jobs.job(running.id).state
    assert jobs.cancel(running.id).state == "cancelled"


def test_a_succeeded_job_cannot_be_cancelled_or_retried(jobs):
    job = jobs.submit(SP500)
    jobs.claim("one").succeed(JobResult())

    with pytest.raises(JobStateError, match="succeeded"):
        jobs.cancel(job.id)
    with pytest.raises(JobStateError, match="succeeded"):
        jobs.retry(job.id)


def test_a_retried_job_starts_from_its_first_attempt(jobs):
    job = jobs.submit(SP500)
    jobs.claim("one").fail(PROBLEM)

    again = jobs.retry(job.id)

    assert ("queued", 0, None) == (again.state, again.attempts, again.problem)
    assert job.id == jobs.claim("two").job.id


def test_events_are_numbered_without_gaps_and_resume_after_any_number(jobs):
    job = jobs.submit(SP500)
    claim = jobs.claim("one")
    for done in range(5):
        claim.progress(JobProgress(done=done, total=5, message=Text.same("going")))
    claim.succeed(JobResult())

    events = jobs.events(job.id)

    assert list(range(1, 9)) == [each.number for each in events]
    states = [each.data["state"] for each in events if each.kind == "state"]
    assert ["queued", "running", "succeeded"] == states
    assert events[3:] == jobs.events(job.id, after=3)


def test_an_unknown_job_is_an_error_that_lists_the_newest(jobs):
    known = jobs.submit(SP500)

    for ask in (jobs.job, jobs.cancel, jobs.retry):
        with pytest.raises(UnknownJobError, match=known.id):
            ask("job-none")


def test_an_unknown_state_is_an_error_that_suggests_the_nearest(jobs):
    with pytest.raises(UnknownNameError, match="queued"):
        jobs.jobs(state="queue")


def test_pages_list_every_job_once(jobs):
    made = {jobs.submit(SP500).id for _ in range(7)}

    seen, before = [], None
    while page := jobs.jobs(limit=3, before=before):
        seen += [each.id for each in page]
        before = seen[-1]

    assert 7 == len(seen)
    assert made == set(seen)


def test_concurrent_workers_claim_every_job_once(jobs):
    done = Counter()
    lock = threading.Lock()

    def submit(_):
        return jobs.submit(SP500).id

    def work(name):
        while (claim := jobs.claim(f"w{name}")) is not None:
            claim.succeed(JobResult())
            with lock:
                done[claim.job.id] += 1

    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(submit, range(60)))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))

    assert dict.fromkeys(made, 1) == dict(done)
    assert {"succeeded": 60} == _states(jobs)
    assert 60 == jobs.counts()["succeeded"]


def test_workers_are_listed_from_their_heartbeat_until_their_end(jobs):
    jobs.record_heartbeat("one", host="h", pid=1, job=None)
    jobs.record_heartbeat("one", host="h", pid=1, job="job-x")
    jobs.record_heartbeat("two", host="h", pid=2, job=None)

    assert {"one": "job-x", "two": None} == {each.id: each.job for each in jobs.workers()}
    jobs.remove_worker("one")
    assert ["two"] == [each.id for each in jobs.workers()]
