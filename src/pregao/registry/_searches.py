"""Searches: a folder each, whose ledger grows by a line a step and lets the search go on."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from pydantic import ValidationError

from pregao.errors import CorruptFileError, SearchMismatchError, StoreBusyError, UnknownSearchError
from pregao.registry._atomic import sync_folder, write_file
from pregao.registry._ledger import Ledger, SearchJournal, checkpoint_of, read_lines
from pregao.registry._runs import DataRecord
from pregao.training.search import Search, TrialRecord
from pregao.values import Value

_LIBRARIES = ("numpy", "optuna", "torch")
_LONGEST_SHOWN = 60


class SearchRecord(Value):
    """What a search was asked to do, on which prices, and by what it was begun."""

    search: Search
    data: tuple[DataRecord, ...]
    asked: tuple[str, ...] = ()
    """The words that asked for it."""
    pregao: str
    libraries: dict[str, str]


@dataclass(frozen=True)
class StoredSearch:
    """A search on disk: ``search.json``, ``trials.jsonl`` and the checkpoints that still serve."""

    folder: Path

    @property
    def id(self) -> str:
        """The name of the search's folder."""
        return self.folder.name

    @cached_property
    def record(self) -> SearchRecord:
        """What it was asked to do.

        Raises
        ------
        CorruptFileError
            If the file is not what was written.
        """
        path = self.folder / "search.json"
        try:
            return SearchRecord.model_validate_json(path.read_bytes())
        except (OSError, ValidationError) as error:
            raise CorruptFileError(str(path), str(error)[:200]) from None

    def trials(self) -> tuple[TrialRecord, ...]:
        """Give all trials that were decided so far, by entry and number.

        Raises
        ------
        CorruptFileError
            If a line in the middle is not what was written.
        """
        fates = self._ledger().fates
        places = {entry: place for place, entry in enumerate(self.record.search.entries)}
        return tuple(sorted(fates.values(), key=lambda each: (places[each.entry], each.trial)))

    def num_trained(self) -> int:
        """Count the trials that were trained at all."""
        latest = self._ledger().latest
        return sum(each.stepped.outcome != "failed" for each in latest.values())

    def checkpoint(self, entry: str, trial: int) -> bytes:
        """Give the checkpoint of a trial, such as the best of an entry.

        Raises
        ------
        CorruptFileError
            If it is not what was written, or not there any more.
        """
        return checkpoint_of(self.folder, self._ledger(), entry, trial)

    def check_same(self, asked: Search, data: tuple[DataRecord, ...]) -> None:
        """Refuse to go on as another search than the stored one.

        Raises
        ------
        SearchMismatchError
            With every field that differs.
        """
        stored = self.record
        found = [
            *differences(asked, stored.search),
            *_differences(
                "prices",
                {each.symbol: each.model_dump() for each in data},
                {each.symbol: each.model_dump() for each in stored.data},
            ),
        ]
        if found:
            raise SearchMismatchError(self.id, found)

    @contextmanager
    def journal(self) -> Iterator["SearchJournal"]:
        """Open the ledger for writing, as the only process that does.

        Raises
        ------
        StoreBusyError
            If another process runs this search.
        CorruptFileError
            If a line in the middle is not what was written; a torn last one is dropped.
        """
        lock = FileLock(self.folder / "lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise StoreBusyError(str(self.folder)) from None
        try:
            lines, length = read_lines(self._path)
            entries = tuple(self.record.search.entries)
            with self._path.open("r+b" if self._path.exists() else "w+b") as file:
                file.truncate(length)
                file.seek(length)
                yield SearchJournal(self.folder, entries, Ledger.of(lines), file)
        finally:
            lock.release()

    @property
    def _path(self) -> Path:
        return self.folder / "trials.jsonl"

    def _ledger(self) -> Ledger:
        return Ledger.of(read_lines(self._path)[0])


def search_id(search: Search, data: tuple[DataRecord, ...]) -> str:
    """Name a search by what it asks for and its prices: the same again is the same search."""
    content = json.dumps([search.digest, [each.model_dump() for each in data]])
    return f"search-{sha256(content.encode()).hexdigest()[:12]}"


def begin_search(
    home: Path, search: Search, *, data: tuple[DataRecord, ...], asked: Sequence[str] = ()
) -> StoredSearch:
    """Make the folder of a search; one that is there already goes on."""
    folder = home / "searches" / search_id(search, data)
    stored = StoredSearch(folder)
    if not (folder / "search.json").is_file():
        folder.mkdir(parents=True, exist_ok=True)
        record = SearchRecord(
            search=search,
            data=data,
            asked=tuple(asked),
            pregao=version("pregao"),
            libraries={name: version(name) for name in _LIBRARIES},
        )
        write_file(folder / "search.json", record.model_dump_json(indent=2).encode())
        sync_folder(folder.parent)
    return stored


def load_search(home: Path, name: str) -> StoredSearch:
    """Find a stored search by its id.

    Raises
    ------
    UnknownSearchError
        With the newest ones.
    """
    stored = stored_searches(home)
    for each in stored:
        if each.id == name:
            return each
    raise UnknownSearchError(name, [each.id for each in stored])


def stored_searches(home: Path) -> list[StoredSearch]:
    """List the stored searches, the one begun last first."""
    begun = (home / "searches").glob("*/search.json")
    return [
        StoredSearch(each.parent) for each in sorted(begun, key=lambda p: -p.stat().st_mtime_ns)
    ]


def count_trials(home: Path) -> int:
    """Count the trials of all stored searches: so often was a good result looked for."""
    return sum(each.num_trained() for each in stored_searches(home))


def differences(asked: Search, stored: Search) -> list[str]:
    """Say for each field that differs what is stored and what was asked.

    >>> from pregao.training import Experiment
    >>> base = Experiment(symbols=("SP500",))
    >>> stored = Search(experiment=base, entries={"gru_classic": "gru_classic"})
    >>> asked = stored.replace(experiment=base.replace(horizon=5), trials=9)
    >>> differences(asked, stored)
    ['experiment.horizon is 10 and 5 was asked', 'trials is None and 9 was asked']
    """
    return _differences("", asked.model_dump(mode="json"), stored.model_dump(mode="json"))


def _differences(place: str, asked: Any, stored: Any) -> list[str]:
    if isinstance(asked, dict) and isinstance(stored, dict):
        names = [*stored, *(name for name in asked if name not in stored)]
        return [
            each
            for name in names
            for each in _differences(
                f"{place}.{name}" if place else name, asked.get(name), stored.get(name)
            )
        ]
    if asked == stored:
        return []
    return [f"{place} is {_shown(stored)} and {_shown(asked)} was asked"]


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 3]}..."
