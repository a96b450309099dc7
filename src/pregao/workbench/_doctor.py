"""What is wrong with a home, and mending what can be: rows, folders, digests, leftovers."""

import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Literal, Self

from pregao.database import Database
from pregao.errors import CorruptDatabaseError, CorruptFileError, NotRegisteredError, PregaoError
from pregao.prices import NETWORK
from pregao.registry import (
    Run,
    check_registered,
    check_run,
    discard_registered,
    forget_run,
    mark_registered,
    record_run,
    register,
    row_digests,
    stored_runs,
)
from pregao.values import Text, Value
from pregao.workbench._reproducing import has_its_prices

_LEFT_ALONE_FOR = timedelta(days=1)
"""A draft that is younger may still be written."""

Kind = Literal[
    "database",
    "row_without_folder",
    "folder_without_row",
    "damaged_run",
    "damaged_registration",
    "leftover",
    "missing_prices",
]


class Ailment(Value):
    """Something that is not as it should be."""

    kind: Kind
    what: str
    """The run, the file or the folder."""
    seen: Text
    do: Text
    """What helps where it is not mended."""
    is_mended: bool = False


class Examination(Value):
    """What a home was found to be like."""

    num_runs: int
    ailments: tuple[Ailment, ...]

    @property
    def is_well(self) -> bool:
        """Whether nothing is wrong any more."""
        return all(each.is_mended for each in self.ailments)

    def beside_damage(self, error: CorruptDatabaseError) -> Self:
        """Add that the database could not even be opened."""
        ailment = Ailment(
            kind="database", what=error.path, seen=Text.same(error.reason), do=_TAKE_UP
        )
        return self.replace(ailments=(ailment, *self.ailments))


@dataclass(frozen=True)
class Found:
    """An ailment, with what mends it."""

    ailment: Ailment
    mend: Callable[[], object] | None = None

    def treated(self) -> Ailment:
        """Mend it, if that is possible, and say so."""
        if self.mend is None:
            return self.ailment
        try:
            self.mend()
        except (PregaoError, OSError):
            return self.ailment  # it says what else to do
        return self.ailment.replace(is_mended=True)


def examine(home: Path, database: Database | None, *, now: datetime, mend: bool) -> Examination:
    """Look at everything that is stored in a home.

    Parameters
    ----------
    database
        None if it cannot even be opened: the folders are looked at all the same.
    now
        What the age of leftovers is measured by.
    mend
        Whether to mend what can be mended; nothing is changed otherwise.
    """
    runs = stored_runs(home)
    found = [
        *_leftovers(home, now),
        *(() if database is None else _of_database(database)),
        *(() if database is None else _of_rows(database, runs)),
        *(each for run in runs for each in _of_run(home, run, database)),
    ]
    ailments = tuple(each.treated() if mend else each.ailment for each in found)
    return Examination(num_runs=len(runs), ailments=ailments)


def _leftovers(home: Path, now: datetime) -> Iterator[Found]:
    oldest = (now - _LEFT_ALONE_FOR).timestamp()
    drafts = [*home.glob("runs/.draft-*"), *home.glob("runs/*/.draft-*")]
    for draft in drafts:
        if draft.stat().st_mtime >= oldest:
            continue
        ailment = Ailment(
            kind="leftover",
            what=str(draft),
            seen=Text(
                en="a process was stopped before it published this folder",
                pt_br="um processo parou antes de publicar esta pasta",
            ),
            do=_MEND,
        )
        yield Found(ailment, partial(shutil.rmtree, draft))


def _of_database(database: Database) -> Iterator[Found]:
    for fault in database.faults():
        ailment = Ailment(
            kind="database",
            what=database.name,
            seen=Text.same(fault),
            do=_TAKE_UP,
        )
        yield Found(ailment)


def _of_rows(database: Database, runs: Iterable[Run]) -> Iterator[Found]:
    rows = row_digests(database)
    stored = {run.id: run for run in runs}
    for lost in sorted(rows.keys() - stored.keys()):
        ailment = Ailment(
            kind="row_without_folder",
            what=lost,
            seen=Text(
                en="it is on the list and has no folder", pt_br="está na lista e não tem pasta"
            ),
            do=Text(
                en="restore its folder; or, if it serves nothing, give --mend",
                pt_br="restaure a pasta; ou, se não serve nada, use --mend",
            ),
        )
        yield Found(ailment, partial(forget_run, database, lost))
    for name, run in stored.items():
        if name in rows and rows[name] != run.digest:
            seen = Text(
                en="its folder is not the one that was put onto the list",
                pt_br="sua pasta não é a que foi posta na lista",
            )
            yield Found(Ailment(kind="damaged_run", what=name, seen=seen, do=_RESTORE))
        elif name not in rows and _is_whole(run):
            ailment = Ailment(
                kind="folder_without_row",
                what=name,
                seen=Text(en="it is not on the list", pt_br="não está na lista"),
                do=_MEND,
            )
            yield Found(ailment, partial(_listed, database, run))


def _of_run(home: Path, run: Run, database: Database | None) -> Iterator[Found]:
    try:
        check_run(run)
    except PregaoError as error:
        yield Found(_damaged("damaged_run", run, error, _RESTORE))
        return
    try:
        check_registered(run)
    except NotRegisteredError:
        pass  # it need not be
    except CorruptFileError as error:
        ailment = _damaged("damaged_registration", run, error, _MEND)
        yield Found(ailment, partial(_registered_again, run, database))
    for record in run.provenance.data:
        if run.experiment.source not in {"store", "live", *NETWORK}:
            continue
        if not has_its_prices(home, run, record):
            ailment = Ailment(
                kind="missing_prices",
                what=run.id,
                seen=Text.of(
                    "the store has no prices of {symbol} from {provider} with the digest {digest}",
                    "o armazém não tem preços de {symbol} de {provider} com o resumo {digest}",
                    symbol=record.symbol,
                    provider=record.provider,
                    digest=record.digest,
                ),
                do=Text(
                    en="restore the folder prices; without them the run forecasts and cannot be "
                    "reproduced",
                    pt_br="restaure a pasta prices; sem eles a execução prevê e não pode ser "
                    "reproduzida",
                ),
            )
            yield Found(ailment)


def _damaged(kind: Kind, run: Run, error: PregaoError, do: Text) -> Ailment:
    return Ailment(kind=kind, what=run.id, seen=Text.same(str(error)), do=do)


def _is_whole(run: Run) -> bool:
    try:
        check_run(run)
    except PregaoError:
        return False
    return True


def _listed(database: Database, run: Run) -> None:
    record_run(database, run)
    try:
        check_registered(run)
    except PregaoError:
        return
    mark_registered(database, run.id)


def _registered_again(run: Run, database: Database | None) -> None:
    discard_registered(run)
    register(run)
    if database is not None:
        mark_registered(database, run.id)


_TAKE_UP = Text(
    en="put a backup in its place, or move it away: the runs are taken up again, without champions",
    pt_br="ponha uma cópia de segurança no lugar, ou tire-o dali: as execuções são listadas de "
    "novo, sem campeãs",
)
_MEND = Text(en="give --mend", pt_br="use --mend")
_RESTORE = Text(
    en="restore its folder from a backup, or delete the run and train it again",
    pt_br="restaure a pasta de uma cópia de segurança, ou apague a execução e treine de novo",
)
