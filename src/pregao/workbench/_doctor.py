"""Check a home and repair it: rows, folders, digests, leftovers."""

import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Literal, Self

from pregao.database import Database
from pregao.errors import CorruptDatabaseError, CorruptFileError, NotRegisteredError, PregaoError
from pregao.prices import NETWORK_PROVIDERS
from pregao.registry import (
    Run,
    check_registration,
    check_run,
    delete_registration,
    delete_run_row,
    mark_registered,
    record_run,
    register,
    row_digests,
    stored_runs,
)
from pregao.values import Text, Value, bilingual
from pregao.workbench._reproducing import has_its_prices

_LEFT_ALONE_FOR = timedelta(days=1)
"""Younger drafts may still be written to."""

Kind = Literal[
    "database",
    "row_without_folder",
    "folder_without_row",
    "damaged_run",
    "damaged_registration",
    "leftover",
    "missing_prices",
]


class HomeFault(Value):
    """One fault of a home."""

    kind: Kind
    what: str
    """The run, the file or the folder."""
    seen: Text
    do: Text
    """The remedy where it is not mended."""
    is_mended: bool = False


class DoctorReport(Value):
    """The faults that were found in a home."""

    num_runs: int
    ailments: tuple[HomeFault, ...]

    @property
    def is_well(self) -> bool:
        """Whether no fault remains."""
        return all(each.is_mended for each in self.ailments)

    def beside_damage(self, error: CorruptDatabaseError) -> Self:
        """Return the same with the database as a fault, which could not be opened."""
        ailment = HomeFault(
            kind="database", what=error.path, seen=Text.from_message(error.reason), do=_TAKE_UP
        )
        return self.replace(ailments=(ailment, *self.ailments))


@dataclass(frozen=True)
class _Fault:
    """A fault, with the function that mends it."""

    ailment: HomeFault
    mend: Callable[[], object] | None = None

    def mended(self) -> HomeFault:
        """Mend it if possible, and return it, marked as mended."""
        if self.mend is None:
            return self.ailment
        try:
            self.mend()
        except (PregaoError, OSError):
            return self.ailment  # its `do` names the remedy
        return self.ailment.replace(is_mended=True)


def examine(home: Path, database: Database | None, *, now: datetime, mend: bool) -> DoctorReport:
    """Check everything that is stored in a home.

    Parameters
    ----------
    database
        None if it cannot be opened: the folders are checked all the same.
    now
        The time that the age of leftovers is measured against.
    mend
        Whether to mend; nothing is changed otherwise.
    """
    runs = stored_runs(home)
    found = [
        *_leftovers(home, now),
        *(() if database is None else _database_faults(database)),
        *(() if database is None else _row_faults(database, runs)),
        *(each for run in runs for each in _run_faults(home, run, database)),
    ]
    ailments = tuple(each.mended() if mend else each.ailment for each in found)
    return DoctorReport(num_runs=len(runs), ailments=ailments)


def _leftovers(home: Path, now: datetime) -> Iterator[_Fault]:
    oldest = (now - _LEFT_ALONE_FOR).timestamp()
    drafts = [*home.glob("runs/.draft-*"), *home.glob("runs/*/.draft-*")]
    for draft in drafts:
        if draft.stat().st_mtime >= oldest:
            continue
        ailment = HomeFault(
            kind="leftover",
            what=str(draft),
            seen=bilingual("a process was stopped before it published this folder"),
            do=_MEND,
        )
        yield _Fault(ailment, partial(shutil.rmtree, draft))


def _database_faults(database: Database) -> Iterator[_Fault]:
    for fault in database.integrity_errors():
        ailment = HomeFault(
            kind="database",
            what=database.name,
            seen=Text.same(fault),
            do=_TAKE_UP,
        )
        yield _Fault(ailment)


def _row_faults(database: Database, runs: Iterable[Run]) -> Iterator[_Fault]:
    rows = row_digests(database)
    stored = {run.id: run for run in runs}
    for lost in sorted(rows.keys() - stored.keys()):
        ailment = HomeFault(
            kind="row_without_folder",
            what=lost,
            seen=bilingual("it is on the list and has no folder"),
            do=bilingual("restore its folder; or, if it serves nothing, give --mend"),
        )
        yield _Fault(ailment, partial(delete_run_row, database, lost))
    for name, run in stored.items():
        if name in rows and rows[name] != run.digest:
            seen = bilingual("its folder is not the one that was put onto the list")
            yield _Fault(HomeFault(kind="damaged_run", what=name, seen=seen, do=_RESTORE))
        elif name not in rows and _is_whole(run):
            ailment = HomeFault(
                kind="folder_without_row",
                what=name,
                seen=bilingual("it is not on the list"),
                do=_MEND,
            )
            yield _Fault(ailment, partial(_listed, database, run))


def _run_faults(home: Path, run: Run, database: Database | None) -> Iterator[_Fault]:
    try:
        check_run(run)
    except PregaoError as error:
        yield _Fault(_damaged("damaged_run", run, error, _RESTORE))
        return
    try:
        check_registration(run)
    except NotRegisteredError:
        pass  # not every run is registered
    except CorruptFileError as error:
        ailment = _damaged("damaged_registration", run, error, _MEND)
        yield _Fault(ailment, partial(_registered_again, run, database))
    for record in run.provenance.data:
        if run.experiment.source not in {"store", "live", *NETWORK_PROVIDERS}:
            continue
        if not has_its_prices(home, run, record):
            ailment = HomeFault(
                kind="missing_prices",
                what=run.id,
                seen=bilingual(
                    "the store has no prices of {symbol} from {provider} with the digest {digest}",
                    symbol=record.symbol,
                    provider=record.provider,
                    digest=record.digest,
                ),
                do=bilingual(
                    "restore the folder prices; without them the run forecasts and cannot be "
                    "reproduced"
                ),
            )
            yield _Fault(ailment)


def _damaged(kind: Kind, run: Run, error: PregaoError, do: Text) -> HomeFault:
    return HomeFault(kind=kind, what=run.id, seen=Text.from_message(error), do=do)


def _is_whole(run: Run) -> bool:
    try:
        check_run(run)
    except PregaoError:
        return False
    return True


def _listed(database: Database, run: Run) -> None:
    record_run(database, run)
    try:
        check_registration(run)
    except PregaoError:
        return
    mark_registered(database, run.id)


def _registered_again(run: Run, database: Database | None) -> None:
    delete_registration(run)
    register(run)
    if database is not None:
        mark_registered(database, run.id)


_TAKE_UP = bilingual(
    "put a backup in its place, or move it away: the runs are taken up again, without champions"
)
_MEND = bilingual("give --mend")
_RESTORE = bilingual("restore its folder from a backup, or delete the run and train it again")
