"""The queue: submissions per second of one process, and many processes on one database.

Every submission is on disk when it returns. `python bench/jobs.py [SECONDS]` sets how long the
processes run; a minute by default.
"""

import multiprocessing
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from _figures import show
from pregao.database import Database
from pregao.errors import PregaoError
from pregao.jobs import FetchRequest, JobLimits, JobResult, Jobs

REQUEST = FetchRequest(symbol="SP500", source="sample")
NUM_SUBMISSIONS = 1_000
NUM_THREADS = 64
NUM_PROCESSES = 32


def main(seconds: float = 60.0) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as home:
        jobs = open_queue(Path(home))
        for threads in (1, 16, NUM_THREADS):
            found = submissions_per_second(jobs, threads)
            bound = 500 if threads == NUM_THREADS else 0
            show(f"submissions per second, {threads} threads", found, bound, "/s", at_least=True)
        jobs.database.close()
    with tempfile.TemporaryDirectory() as home:
        jobs = open_queue(Path(home))
        context = multiprocessing.get_context("spawn")
        with context.Pool(NUM_PROCESSES) as pool:
            arguments = [(Path(home), seconds, number) for number in range(NUM_PROCESSES)]
            results = pool.starmap(work, arguments, chunksize=1)
        submitted = [name for each in results for name in each[0]]
        finished: Counter[str] = Counter()
        for each in results:
            finished.update(each[1])
        lost = set(submitted) - set(finished) - {each.id for each in jobs.jobs(limit=10**6)}
        errors = [each for result in results for each in result[2]]
        print(f"{NUM_PROCESSES} processes for {seconds:.0f} s: {len(submitted):,} submitted")
        print(f"  {len(finished):,} done; by state {jobs.counts()}")
        show("jobs lost", len(lost), 0, "")
        show("jobs done twice", sum(times > 1 for times in finished.values()), 0, "")
        show("errors", len(errors), 0, "")
        print("\n".join(errors[:3]))
        jobs.database.close()


def open_queue(home: Path) -> Jobs:
    """Open the queue of a home."""
    return Jobs(Database.open(home=home), JobLimits(queued=10**6))


def submissions_per_second(jobs: Jobs, threads: int) -> float:
    """Return the submissions per second of many threads."""
    started = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda _: jobs.submit(REQUEST), range(NUM_SUBMISSIONS)))
    return NUM_SUBMISSIONS / (time.perf_counter() - started)


def work(home: Path, seconds: float, number: int) -> tuple[list[str], list[str], list[str]]:
    """Submit, claim, renew and finish jobs; return the submitted, the finished and the errors."""
    jobs = open_queue(home)
    submitted, finished, errors = [], [], []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            submitted.append(jobs.submit(REQUEST).id)
            claim = jobs.claim(f"worker-{number}")
            if claim is not None:
                claim.renew()
                claim.succeed(JobResult())
                finished.append(claim.job.id)
        except (PregaoError, SQLAlchemyError) as error:
            errors.append(f"{type(error).__name__}: {error}")
    jobs.database.close()
    return submitted, finished, errors


if __name__ == "__main__":
    main(*map(float, sys.argv[1:]))
