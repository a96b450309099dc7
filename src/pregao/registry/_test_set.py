"""The ledger of openings: every look at a test part is a line, and no line can leave unnoticed.

A score that was looked for a hundred times is worth less than one that was looked for once, so
each opening is written down before it happens, and no function takes one back.
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
    only_writer,
    read_chain,
)
from pregao.registry._runs import Run
from pregao.registry._searches import load_search, stored_searches
from pregao.scores import truth_of
from pregao.training import Experiment
from pregao.values import Value

Purpose = Literal["train", "sweep", "search", "evaluate", "reproduce"]


class Look(Value):
    """One forecaster that a test part is opened for."""

    name: str
    digests: tuple[str, ...] = Field(min_length=1)
    """What it is made from, such as `Experiment.digest`: of an average, one a member.

    It is seen again, and no new trial, where each of them was seen on the same windows before.
    """
    num_trials: int = Field(default=1, ge=0)
    """Configurations that were tried for it. An opening with a search counts the search's own."""

    @classmethod
    def of(cls, name: str, made_from: Iterable[Experiment], *, num_trials: int = 1) -> Self:
        """Look at what was asked for: an experiment, or those of the members of an average."""
        digests = tuple(each.digest for each in made_from)
        return cls(name=name, digests=digests, num_trials=num_trials)

    @classmethod
    def of_run(cls, run: Run) -> Self:
        """Look at a stored run again: on the windows it was made with that is no new trial."""
        return cls.of(run.provenance.forecaster, run.made_from)


class SealedWindows(Value):
    """Which windows of a test part are opened."""

    symbols: tuple[str, ...] = Field(min_length=1)
    first: date
    """The first cutoff."""
    last: date
    num_windows: int = Field(ge=1)
    digest: str
    """Of the windows and what came after them: equal digests, equal test parts."""

    @classmethod
    def of(cls, datasets: Sequence[Dataset]) -> Self:
        """Describe the test parts of one or several datasets, opening none to a forecaster."""
        truth = truth_of([each.sealed_test for each in datasets])
        return cls(
            symbols=tuple(dict.fromkeys(truth.names)),
            first=as_date(truth.sessions.min()),
            last=as_date(truth.sessions.max()),
            num_windows=len(truth),
            digest=truth.digest,
        )

    def overlaps(self, symbols: Iterable[str], first: date, last: date) -> bool:
        """Tell whether any of these symbols has a cutoff in this span."""
        return self.first <= last and first <= self.last and not {*symbols}.isdisjoint(self.symbols)


class Opening(Value):
    """One opening of a test part: who is scored on it, what for, after how many trials.

    >>> look = Look(name="gru_classic", digests=("8c0f",))
    >>> windows = SealedWindows(
    ...     symbols=("PETR4",),
    ...     first=date(2023, 1, 2),
    ...     last=date(2023, 12, 28),
    ...     num_windows=247,
    ...     digest="51ab",
    ... )
    >>> opening = Opening(purpose="train", windows=windows, looks=(look,))
    >>> Opening.model_validate_json(opening.model_dump_json()) == opening
    True
    """

    purpose: Purpose
    windows: SealedWindows
    """All folds of a walk-forward are one opening."""
    looks: tuple[Look, ...] = Field(min_length=1)
    search: str | None = None
    """The id of the stored search that chose the settings."""
    run: str | None = None
    """The id of the stored run that is looked at again."""
    when: datetime | None = None


class Openings(Value):
    """How often some test windows, or some that overlap them, were opened, and after how much."""

    num_openings: int
    """Those with something new to score."""
    num_repeats: int
    """Those that scored again what had been scored on the same windows."""
    num_trials: int
    """Configurations tried on all of them together, repeats and baselines left out."""
    searches: tuple[str, ...]
    """The searches whose trials are among them, each counted once."""
    num_lost: int
    """Lines of the whole ledger that are known to have been there and cannot be counted."""
    breaks: tuple[LedgerBreak, ...]
    """Where the ledger was tampered with or damaged; what is left is counted all the same."""


class Opened(Value):
    """What the ledger says of an opening that it has just written down."""

    number: int
    digest: str
    """SHA-256 of its line: kept elsewhere, it proves what the ledger said up to here."""
    is_repeat: bool
    earlier: Openings
    """Overlapping openings before this one."""
    now: Openings
    """The same with this one: its `num_trials` are what a good score has to be measured by."""


def open_test(home: Path, opening: Opening) -> Opened:
    """Write down that a test part is about to be opened, and say how often it was before.

    Call it once, before anything is judged. When it returns, the line is on the disk.

    Raises
    ------
    UnknownSearchError
        If the opening names a search that is not stored.
    StoreBusyError
        If another process holds the ledger for a minute.
    """
    [opened] = open_tests(home, [opening])
    return opened


def open_tests(home: Path, openings: Sequence[Opening]) -> tuple[Opened, ...]:
    """Write down several openings at once, such as those of a contest for each symbol."""
    asked = [_Entry.of(home, each) for each in openings]
    path = _path(home)
    with only_writer(path):
        chain = read_chain(path)
        links = tuple(chain.then([each.model_dump(mode="json") for each in asked]))
        append_links(path, chain, links)
    return tuple(_told(_Book.of(home, chain), asked, links))


def openings_of(home: Path, symbols: Sequence[str], first: date, last: date) -> Openings:
    """Count the openings so far of test windows of any of these symbols, with a cutoff in the span.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as home:
    ...     openings_of(Path(home), ["PETR4"], date(2023, 1, 2), date(2023, 12, 28)).num_trials
    0
    """
    book = _Book.of(home, read_chain(_path(home)))
    return book.counted(book.entries, (symbols, first, last))


def _path(home: Path) -> Path:
    return home / "ledger" / "openings.jsonl"


class _Entry(Value):
    """What a line says."""

    opening: Opening
    search_trials: int | None
    """How many trials the search had: its own ledger may grow, or be deleted."""

    @classmethod
    def of(cls, home: Path, opening: Opening) -> Self:
        if opening.search is None:
            return cls(opening=opening, search_trials=None)
        return cls(opening=opening, search_trials=load_search(home, opening.search).num_trained())

    @property
    def keys(self) -> Iterator[set[tuple[str, str]]]:
        """What each look is known by."""
        for look in self.opening.looks:
            yield {(digest, self.opening.windows.digest) for digest in look.digests}


_Asked = tuple[Sequence[str], date, date]


@dataclass(frozen=True, eq=False)
class _Book:
    """The entries that can be read, and what there is to say of all counts."""

    entries: tuple[_Entry, ...]
    searches: dict[str, int]
    """How many trials each search has by now; of one that was deleted, its openings know."""
    num_lost: int
    breaks: tuple[LedgerBreak, ...]

    @classmethod
    def of(cls, home: Path, chain: Chain) -> Self:
        entries, breaks = [], list(chain.breaks)
        for link in chain.links:
            try:
                entries.append(_Entry.model_validate(link.entry))
            except ValidationError:
                file = _path(home).name
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

    def counted(self, entries: Iterable[_Entry], asked: _Asked) -> Openings:
        """Count those that overlap what is asked for."""
        seen: set[tuple[str, str]] = set()
        by_search: dict[str, int] = {}
        num_openings = num_repeats = num_trials = 0
        for entry in entries:
            opening = entry.opening
            if not opening.windows.overlaps(*asked):
                continue
            looks = zip(opening.looks, entry.keys, strict=True)
            new = [(look, keys) for look, keys in looks if not keys <= seen]
            seen.update(*(keys for _, keys in new))
            num_openings += bool(new)
            num_repeats += not new
            if opening.search is None:
                num_trials += sum(look.num_trials for look, _ in new)
            else:
                known = by_search.get(opening.search, self.searches.get(opening.search, 0))
                by_search[opening.search] = max(known, entry.search_trials or 0)
        return Openings(
            num_openings=num_openings,
            num_repeats=num_repeats,
            num_trials=num_trials + sum(by_search.values()),
            searches=tuple(by_search),
            num_lost=self.num_lost,
            breaks=self.breaks,
        )


def _told(book: _Book, asked: Sequence[_Entry], links: Sequence[Link]) -> Iterator[Opened]:
    """Say of each what was before it; of four hundred symbols apart, each looks at its own."""
    by_symbol: dict[str, dict[int, _Entry]] = {}

    def note(number: int, entry: _Entry) -> None:
        for symbol in entry.opening.windows.symbols:
            by_symbol.setdefault(symbol, {})[number] = entry

    for number, entry in enumerate(book.entries):
        note(number, entry)
    for number, (entry, link) in enumerate(zip(asked, links, strict=True), len(book.entries)):
        windows = entry.opening.windows
        span = windows.symbols, windows.first, windows.last
        about = dict(item for each in windows.symbols for item in by_symbol.get(each, {}).items())
        known = [about[place] for place in sorted(about)]
        note(number, entry)
        earlier, now = book.counted(known, span), book.counted([*known, entry], span)
        yield Opened(
            number=link.number,
            digest=link.head.digest,
            is_repeat=now.num_repeats > earlier.num_repeats,
            earlier=earlier,
            now=now,
        )
