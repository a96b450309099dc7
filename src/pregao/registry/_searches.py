"""Stored searches: a folder each, whose journal lets an interrupted search resume."""

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
from pregao.registry._atomic_writes import sync_folder, write_file
from pregao.registry._runs import DataRecord
from pregao.registry._search_journal import JournalIndex, SearchJournal, load_checkpoint, read_lines
from pregao.training.search import Search, TrialRecord
from pregao.values import Value

_LIBRARIES = ("numpy", "optuna", "torch")
_MAX_SHOWN_CHARACTERS = 60


class SearchRecord(Value):
    """What a search varies, the prices that it trains on, and the software that started it."""

    search: Search
    data: tuple[DataRecord, ...]
    asked: tuple[str, ...] = ()
    """The command line that started it."""
    pregao: str
    libraries: dict[str, str]


@dataclass(frozen=True)
class StoredSearch:
    """A search on disk: ``search.json``, ``trials.jsonl`` and the checkpoints still needed."""

    folder: Path

    @property
    def id(self) -> str:
        """The name of the search's folder."""
        return self.folder.name

    @cached_property
    def record(self) -> SearchRecord:
        """The search as it was started.

        Raises
        ------
        CorruptFileError
            If the file is damaged.
        """
        path = self.folder / "search.json"
        try:
            return SearchRecord.model_validate_json(path.read_bytes())
        except (OSError, ValidationError) as error:
            raise CorruptFileError(str(path), str(error)[:200]) from None

    def trials(self) -> tuple[TrialRecord, ...]:
        """Return the records of all finished trials, by entry and number.

        Raises
        ------
        CorruptFileError
            If a complete line is damaged.
        """
        finished = self._journal_index().finished
        numbers = {entry: number for number, entry in enumerate(self.record.search.entries)}
        return tuple(sorted(finished.values(), key=lambda each: (numbers[each.entry], each.trial)))

    def num_trained(self) -> int:
        """Count the trials with at least one successful training step."""
        latest = self._journal_index().latest
        return sum(each.stepped.outcome != "failed" for each in latest.values())

    def checkpoint(self, entry: str, trial: int) -> bytes:
        """Load the checkpoint of a trial, such as the best of an entry.

        Raises
        ------
        CorruptFileError
            If it is missing or differs from what was written.
        """
        return load_checkpoint(self.folder, self._journal_index(), entry, trial)

    def check_same(self, requested: Search, data: tuple[DataRecord, ...]) -> None:
        """Check that a search equals the stored one, before it resumes.

        Raises
        ------
        SearchMismatchError
            With every field that differs.
        """
        stored = self.record
        found = [
            *differences(requested, stored.search),
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
        """Open the journal for writing, in one process at a time.

        Raises
        ------
        StoreBusyError
            If another process runs this search.
        CorruptFileError
            If a complete line is damaged; a torn last line is dropped.
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
                yield SearchJournal(self.folder, entries, JournalIndex.from_lines(lines), file)
        finally:
            lock.release()

    @property
    def _path(self) -> Path:
        return self.folder / "trials.jsonl"

    def _journal_index(self) -> JournalIndex:
        return JournalIndex.from_lines(read_lines(self._path)[0])


def search_id(search: Search, data: tuple[DataRecord, ...]) -> str:
    """Return the id of a search: a digest of its settings and its prices."""
    content = json.dumps([search.digest, [each.model_dump() for each in data]])
    return f"search-{sha256(content.encode()).hexdigest()[:12]}"


def open_search(
    home: Path, search: Search, *, data: tuple[DataRecord, ...], asked: Sequence[str] = ()
) -> StoredSearch:
    """Create the folder of a search, or return the stored one to resume."""
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
    """Load a stored search by its id.

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
    """List the stored searches, the newest first."""
    records = (home / "searches").glob("*/search.json")
    return [
        StoredSearch(each.parent) for each in sorted(records, key=lambda p: -p.stat().st_mtime_ns)
    ]


def count_trials(home: Path) -> int:
    """Count the trials of all stored searches, each a chance of a good result by luck."""
    return sum(each.num_trained() for each in stored_searches(home))


def differences(requested: Search, stored: Search) -> list[str]:
    """Describe each field in which a requested search differs from the stored one.

    >>> from pregao.training import Experiment
    >>> base = Experiment(symbols=("SP500",))
    >>> stored = Search(experiment=base, entries={"gru_classic": "gru_classic"})
    >>> requested = stored.replace(experiment=base.replace(horizon=5), trials=9)
    >>> differences(requested, stored)
    ['experiment.horizon is 10 and 5 was requested', 'trials is None and 9 was requested']
    """
    return _differences("", requested.model_dump(mode="json"), stored.model_dump(mode="json"))


def _differences(path: str, requested: Any, stored: Any) -> list[str]:
    if isinstance(requested, dict) and isinstance(stored, dict):
        names = [*stored, *(name for name in requested if name not in stored)]
        return [
            each
            for name in names
            for each in _differences(
                f"{path}.{name}" if path else name, requested.get(name), stored.get(name)
            )
        ]
    if requested == stored:
        return []
    return [f"{path} is {_abbreviated(stored)} and {_abbreviated(requested)} was requested"]


def _abbreviated(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _MAX_SHOWN_CHARACTERS else f"{text[: _MAX_SHOWN_CHARACTERS - 3]}..."
