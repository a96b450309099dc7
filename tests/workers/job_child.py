"""A worker's child that may kill itself: python job_child.py HOME [POINT ...] FOLDER."""

import sys
from datetime import UTC, datetime
from pathlib import Path

from dying import arm

from pregao.prices import Clock, open_feed
from pregao.workbench import Workbench
from pregao.worker import run_child


def main(home: str, *rest: str) -> None:
    *points, folder = rest
    for each in points:
        arm(Path(home), each)
    clock = Clock(lambda: datetime(2024, 6, 3, 21, tzinfo=UTC))
    feed = open_feed(order=("store", "sample"), home=Path(home), clock=clock)
    run_child(Workbench(Path(home), feed=feed), Path(folder))


if __name__ == "__main__":
    main(*sys.argv[1:])
