"""The ledger of test-set accesses: a hash chain with a line for each evaluation of a test part.

A score that is the best of a hundred trials is worth less than the score of a single one, so each
access is recorded before it happens, and no function removes a record.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, ValidationError

from pregao.dataset import Dataset
from pregao.errors import CorruptFileError
from pregao.instruments import as_date
from pregao.registry._hash_chain import (
    Chain,
    LedgerBreak,
    Link,
    append_links,
    read_chain,
    writer_lock,
)
from pregao.registry._runs import Run
from pregao.registry._searches import load_search, stored_searches
from pregao.scores import observed_outcomes
from pregao.training import Experiment
from pregao.values import Value

Purpose = Literal["train", "sweep", "search", "evaluate", "reproduce"]


class Trial(Value):
    """A forecaster that is scored on a test part."""

    name: str
    digests: tuple[str, ...] = Field(min_length=1)
    """Digests of what it is made from, such as `Experiment.digest`: of an ensemble, one per member.

    It is a repeat, and not a new trial, if each of them was scored on the same windows before.
    """
    num_trials: int = Field(default=1, ge=0)
    """Configurations that were tried for it; an access with a search counts the search's trials."""

    @classmethod
    def from_experiments(
        cls, name: str, member_experiments: Iterable[Experiment], *, num_trials: int = 1
    ) -> Self:
        """Return the trial of an experiment, or of those of an ensemble's members."""
        digests = tuple(each.digest for each in member_experiments)
        return cls(name=name, digests=digests, num_trials=num_trials)

    @classmethod
    def from_run(cls, run: Run) -> Self:
        """Return the trial of a stored run: on the windows it was scored on, a repeat."""
        return cls.from_experiments(run.provenance.forecaster, run.member_experiments)


class SealedWindows(Value):
    """The windows of a test part."""

    symbols: tuple[str, ...] = Field(min_length=1)
    first: date
    """The first cutoff."""
    last: date
    num_windows: int = Field(ge=1)
    digest: str
    """Of the windows and their outcomes: equal digests, equal test parts."""

    @classmethod
    def from_datasets(cls, datasets: Sequence[Dataset]) -> Self:
        """Describe the test parts of datasets, without showing them to a forecaster."""
        truth = observed_outcomes([each.sealed_test for each in datasets])
        return cls(
            symbols=tuple(dict.fromkeys(truth.names)),
            first=as_date(truth.sessions.min()),
            last=as_date(truth.sessions.max()),
            num_windows=len(truth),
            digest=truth.digest,
        )

    def overlaps(self, symbols: Iterable[str], first: date, last: date) -> bool:
        """Return whether any of these symbols has a cutoff in this span."""
        return self.first <= last and first <= self.last and not {*symbols}.isdisjoint(self.symbols)


class TestSetAccess(Value):
    """An access to a test part: the forecasters scored on it, the purpose, the number of trials.

    >>> trial = Trial(name="gru_classic", digests=("8c0f",))
    >>> windows = SealedWindows(
    ...     symbols=("PETR4",),
    ...     first=date(2023, 1, 2),
    ...     last=date(2023, 12, 28),
    ...     num_windows=247,
    ...     digest="51ab",
    ... )
    >>> access = TestSetAccess(purpose="train", windows=windows, looks=(trial,))
    >>> TestSetAccess.model_validate_json(access.model_dump_json()) == access
    True
    """

    __test__ = False  # pytest does not collect it as a class of tests

    purpose: Purpose
    windows: SealedWindows
    """All folds of a walk-forward are one access."""
    looks: tuple[Trial, ...] = Field(min_length=1)
    """The trials that are scored; the key of the stored records is ``looks``."""
    search: str | None = None
    """The id of the stored search that chose the settings."""
    run: str | None = None
    """The id of the stored run that is scored again."""
    when: datetime | None = None


class AccessCounts(Value):
    """The accesses to test windows, or to windows that overlap them, and their trials."""

    num_openings: int
    """Accesses with at least one new trial."""
    num_repeats: int
    """Accesses with only trials that had been scored on the same windows before."""
    num_trials: int
    """Configurations tried in all accesses together, without repeats and baselines."""
    searches: tuple[str, ...]
    """The searches whose trials are among them, each counted once."""
    num_lost: int
    """Lines of the whole ledger that are known to have existed and cannot be read."""
    breaks: tuple[LedgerBreak, ...]
    """Where the ledger was tampered with or damaged; the readable lines are counted."""


class RecordedAccess(Value):
    """An access as recorded in the ledger."""

    number: int
    digest: str
    """SHA-256 of its line: kept elsewhere, it proves the content of the ledger up to this line."""
    is_repeat: bool
    earlier: AccessCounts
    """Counts of the overlapping accesses before this one."""
    now: AccessCounts
    """The counts with this one: a test for a best score corrects for its `num_trials`."""


def record_access(home: Path, access: TestSetAccess) -> RecordedAccess:
    """Record an access to a test part, and count the earlier ones.

    Call it once, before anything is scored. When it returns, the line is on disk.

    Raises
    ------
    UnknownSearchError
        If the access names a search that is not stored.
    StoreBusyError
        If another process holds the ledger for a minute.
    """
    [recorded] = record_accesses(home, [access])
    return recorded


def record_accesses(home: Path, accesses: Sequence[TestSetAccess]) -> tuple[RecordedAccess, ...]:
    """Record several accesses at once, such as those of a benchmark for each symbol."""
    new = [_Entry.from_access(home, each) for each in accesses]
    path = _ledger_path(home)
    with writer_lock(path):
        chain = read_chain(path)
        links = tuple(chain.next_links([each.model_dump(mode="json") for each in new]))
        append_links(path, chain, links)
    return tuple(_recorded(_TestSetLedger.from_chain(home, chain), new, links))


def count_accesses(home: Path, symbols: Sequence[str], first: date, last: date) -> AccessCounts:
    """Count the accesses so far to windows of any of these symbols, with a cutoff in the span.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as home:
    ...     count_accesses(Path(home), ["PETR4"], date(2023, 1, 2), date(2023, 12, 28)).num_trials
    0
    """
    ledger = _TestSetLedger.from_chain(home, read_chain(_ledger_path(home)))
    return ledger.count(ledger.entries, (symbols, first, last))


def _ledger_path(home: Path) -> Path:
    return home / "ledger" / "openings.jsonl"


class _Entry(Value):
    """The entry of a line; the key of the access is ``opening`` in the stored records."""

    opening: TestSetAccess
    search_trials: int | None
    """The number of trials of the search by then: its journal may grow, or be deleted."""

    @classmethod
    def from_access(cls, home: Path, access: TestSetAccess) -> Self:
        if access.search is None:
            return cls(opening=access, search_trials=None)
        return cls(opening=access, search_trials=load_search(home, access.search).num_trained())

    @property
    def keys(self) -> Iterator[set[tuple[str, str]]]:
        """The identity of each trial: its digests, each on these windows."""
        for trial in self.opening.looks:
            yield {(digest, self.opening.windows.digest) for digest in trial.digests}


_Span = tuple[Sequence[str], date, date]
"""Symbols, and the first and the last cutoff."""


@dataclass(frozen=True, eq=False)
class _TestSetLedger:
    """The readable entries, and what every count needs beside them."""

    entries: tuple[_Entry, ...]
    searches: dict[str, int]
    """The present number of trials of each stored search; a deleted one is not among them."""
    num_lost: int
    breaks: tuple[LedgerBreak, ...]

    @classmethod
    def from_chain(cls, home: Path, chain: Chain) -> Self:
        """Parse the entries of a chain, and count the trials of the searches that they name."""
        entries, breaks = [], list(chain.breaks)
        for link in chain.links:
            try:
                entries.append(_Entry.model_validate(link.entry))
            except ValidationError:
                file = _ledger_path(home).name
                breaks.append(LedgerBreak(file=file, line=link.number, what="unreadable"))
        num_lost = chain.num_lost + len(chain.links) - len(entries)
        named = {each.opening.search for each in entries} - {None}
        searches = {}
        for stored in stored_searches(home) if named else ():
            if stored.id not in named:
                continue
            try:
                searches[stored.id] = stored.num_trained()
            except CorruptFileError:
                file = f"{stored.id}/trials.jsonl"
                breaks.append(LedgerBreak(file=file, line=None, what="unreadable"))
        return cls(tuple(entries), searches, num_lost, tuple(breaks))

    def count(self, entries: Iterable[_Entry], span: _Span) -> AccessCounts:
        """Count the accesses and the trials of the entries that overlap a span."""
        seen: set[tuple[str, str]] = set()
        by_search: dict[str, int] = {}
        num_openings = num_repeats = num_trials = 0
        for entry in entries:
            access = entry.opening
            if not access.windows.overlaps(*span):
                continue
            trials = zip(access.looks, entry.keys, strict=True)
            new = [(trial, keys) for trial, keys in trials if not keys <= seen]
            seen.update(*(keys for _, keys in new))
            num_openings += bool(new)
            num_repeats += not new
            if access.search is None:
                num_trials += sum(trial.num_trials for trial, _ in new)
            else:
                known = by_search.get(access.search, self.searches.get(access.search, 0))
                by_search[access.search] = max(known, entry.search_trials or 0)
        return AccessCounts(
            num_openings=num_openings,
            num_repeats=num_repeats,
            num_trials=num_trials + sum(by_search.values()),
            searches=tuple(by_search),
            num_lost=self.num_lost,
            breaks=self.breaks,
        )


def _recorded(
    ledger: _TestSetLedger, new: Sequence[_Entry], links: Sequence[Link]
) -> Iterator[RecordedAccess]:
    """Count for each new entry the accesses before it and with it.

    Entries are indexed by symbol: of hundreds of new entries, each counts those of its symbols.
    """
    by_symbol: dict[str, dict[int, _Entry]] = {}

    def index(number: int, entry: _Entry) -> None:
        for symbol in entry.opening.windows.symbols:
            by_symbol.setdefault(symbol, {})[number] = entry

    for number, entry in enumerate(ledger.entries):
        index(number, entry)
    for number, (entry, link) in enumerate(zip(new, links, strict=True), len(ledger.entries)):
        windows = entry.opening.windows
        span = windows.symbols, windows.first, windows.last
        related = dict(item for each in windows.symbols for item in by_symbol.get(each, {}).items())
        known = [related[place] for place in sorted(related)]
        index(number, entry)
        earlier, now = ledger.count(known, span), ledger.count([*known, entry], span)
        yield RecordedAccess(
            number=link.number,
            digest=link.head.digest,
            is_repeat=now.num_repeats > earlier.num_repeats,
            earlier=earlier,
            now=now,
        )
