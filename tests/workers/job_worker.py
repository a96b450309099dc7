"""A worker with short leases, as a program: python job_worker.py HOME [POINT ...].

Its children kill themselves at these points (`dying`), or itself where one begins with "worker/".
"""

import os
import sys
from pathlib import Path
from threading import Event, Thread

from dying import arm

from pregao.database import Database
from pregao.jobs import JobLimits, Jobs
from pregao.worker import WorkerSettings, run_worker

OWN = "worker/"
CHILD = Path(__file__).with_name("job_child.py")
LEASE_SECONDS = 3.0


def main(home: str, *points: str) -> None:
    jobs = Jobs(Database.open(home=Path(home)), JobLimits(lease_seconds=LEASE_SECONDS))
    terms = WorkerSettings(
        poll_seconds=0.1,
        heartbeat_seconds=0.5,
        progress_seconds=0.0,
        grace_seconds=2.0,
        child=(sys.executable, str(CHILD), home, *(p for p in points if not p.startswith(OWN))),
    )
    for point in points:
        if point.startswith(OWN):
            arm(Path(home), point.removeprefix(OWN))
    stop = Event()

    def watch() -> None:
        while os.read(sys.stdin.fileno(), 4096):
            pass
        stop.set()

    Thread(target=watch, daemon=True).start()
    run_worker(jobs, Path(home), terms, stop)


if __name__ == "__main__":
    main(*sys.argv[1:])
