"""Work for the ledger's tests: spawned processes import it by name."""

import sys
from datetime import date
from itertools import count
from pathlib import Path

from pregao.registry._test_set_ledger import SealedWindows, TestSetAccess, Trial, record_access

WINDOWS = SealedWindows(
    symbols=("TEST3",),
    first=date(2023, 1, 2),
    last=date(2023, 12, 28),
    num_windows=247,
    digest="0" * 16,
)


def opening_of(name: str) -> TestSetAccess:
    return TestSetAccess(
        purpose="train", windows=WINDOWS, looks=(Trial(name=name, digests=(name,)),)
    )


def open_often(home: Path, name: str, times: int) -> list[int]:
    """Open the test part again and again, and give the numbers of the lines."""
    return [record_access(home, opening_of(f"{name}-{each}")).number for each in range(times)]


def main() -> None:
    """Open the test part until killed, and say each number once its line is written."""
    home = Path(sys.argv[1])
    for each in count():
        print(record_access(home, opening_of(f"{each}")).number, flush=True)  # noqa: T201 - the test reads it
