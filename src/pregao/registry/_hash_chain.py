"""A hash chain: an append-only file with one entry per line, chained by the digests of the lines.

The number and the digest of the last line are kept in a second file, the head, so that lines
missing at the end are detected as well as those in the middle. No function removes a line.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout
from pydantic import JsonValue, ValidationError

from pregao.errors import StoreBusyError
from pregao.registry._atomic_writes import write_file
from pregao.values import Value

DamageKind = Literal["changed", "missing", "unreadable"]

_LOCK_TIMEOUT_SECONDS = 60.0
_GENESIS = "0" * 64
"""The digest before the first line."""


class LedgerBreak(Value):
    """A place where a ledger differs from what was written."""

    file: str
    line: int | None
    """Counted from 1 in the present file; None for the whole file."""
    what: DamageKind
    """``missing``: lines before this place were removed."""

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}, line {self.line}"
        return f"{place}: {self.what}"


class Head(Value):
    """The number and the digest of the last line."""

    number: int
    digest: str


class Link(Value):
    """A line: an entry chained to the line before."""

    number: int
    before: str
    """The digest of the line before."""
    entry: dict[str, JsonValue]

    @property
    def text(self) -> bytes:
        """The line without its line feed."""
        return self.model_dump_json().encode()

    @property
    def head(self) -> Head:
        """The head when this is the last line."""
        return Head(number=self.number, digest=sha256(self.text).hexdigest())


@dataclass(frozen=True, eq=False)
class Chain:
    """The readable lines, and the breaks in the chain."""

    links: tuple[Link, ...]
    breaks: tuple[LedgerBreak, ...]
    num_lost: int
    """Lines that are known to have existed and cannot be read."""
    last: Head
    """The last line that was ever written, even if it is missing now; the next one follows it."""
    length: int
    """Bytes of the complete lines; what follows them is a torn write."""

    def next_links(self, entries: Sequence[dict[str, JsonValue]]) -> Iterator[Link]:
        """Yield the lines of new entries."""
        last = self.last
        for entry in entries:
            link = Link(number=last.number + 1, before=last.digest, entry=entry)
            last = link.head
            yield link


@contextmanager
def writer_lock(path: Path) -> Iterator[None]:
    """Hold the lock of a file against other processes that append.

    Raises
    ------
    StoreBusyError
        If another process holds it for a minute.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path.with_suffix(".lock"))
    try:
        lock.acquire(timeout=_LOCK_TIMEOUT_SECONDS)
    except Timeout:
        raise StoreBusyError(str(path)) from None
    try:
        yield
    finally:
        lock.release()


def read_chain(path: Path) -> Chain:
    """Read all lines and check that each follows the one before; a missing file is empty."""
    # The head first: another process may append meanwhile, and lines may be newer than their head.
    head, is_damaged = _read_head(path)
    content = path.read_bytes() if path.exists() else b""
    *whole, torn = content.split(b"\n")
    if torn and head is not None and head.number > len(whole):
        # By its head the line was complete once: it stays, as an unreadable line.
        whole, torn = [*whole, torn], b""
    verifier = _ChainVerifier(path.name)
    for line, text in enumerate(whole, start=1):
        verifier.add(line, text)
    if head is not None:
        verifier.check_head(head)
    elif is_damaged or len(whole) > 1:
        # A kill between the first line and its head leaves one line without a head, and no more.
        file = _head_path(path).name
        what: DamageKind = "unreadable" if is_damaged else "missing"
        verifier.breaks.append(LedgerBreak(file=file, line=None, what=what))
    is_ahead = head is not None and head.number >= verifier.last.number
    return Chain(
        links=tuple(verifier.links),
        breaks=tuple(verifier.breaks),
        num_lost=verifier.num_lost,
        last=head if head is not None and is_ahead else verifier.last,
        length=len(content) - len(torn),
    )


def append_links(path: Path, chain: Chain, links: Sequence[Link]) -> None:
    """Append lines, then write the head: a kill at any moment loses no complete line.

    The caller holds the `writer_lock` and has read the chain while holding it.
    """
    with path.open("r+b" if path.exists() else "w+b") as file:
        if chain.length:
            file.seek(chain.length - 1)
            if file.read(1) != b"\n":
                file.write(b"\n")
        file.write(b"".join(each.text + b"\n" for each in links))
        # A torn line may be longer than the lines written over it.
        file.truncate()
        file.flush()
        os.fsync(file.fileno())
    write_file(_head_path(path), links[-1].head.model_dump_json().encode())


class _ChainVerifier:
    """Checks line by line that each follows the one before, and collects the breaks."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.links: list[Link] = []
        self.breaks: list[LedgerBreak] = []
        self.num_lost = 0
        self.last = Head(number=0, digest=_GENESIS)
        self._lines: dict[int, tuple[int, str]] = {}
        """By number: the line in the file, and its digest."""
        self._is_last_readable = True

    def add(self, line: int, text: bytes) -> None:
        number = self.last.number + 1
        try:
            link = Link.model_validate_json(text)
        except ValidationError:
            self._add_break(line, "unreadable")
            self.num_lost += 1
            self._is_last_readable = False
        else:
            self._check(line, link, number)
            number = link.number
            self.links.append(link)
            self._is_last_readable = True
        self.last = Head(number=number, digest=sha256(text).hexdigest())
        self._lines[number] = line, self.last.digest

    def _check(self, line: int, link: Link, number: int) -> None:
        if link.number != number:
            self._add_break(line, "missing")
            self.num_lost += max(0, link.number - number)
        elif link.before != self.last.digest and self._is_last_readable:
            self._add_break(max(1, line - 1), "changed")

    def check_head(self, head: Head) -> None:
        """Check the last line against the head."""
        if head.number > self.last.number:
            self._add_break(len(self._lines) + 1, "missing")
            self.num_lost += head.number - self.last.number
        elif head.number in self._lines:
            line, digest = self._lines[head.number]
            if digest != head.digest and all(each.line != line for each in self.breaks):
                self._add_break(line, "changed")

    def _add_break(self, line: int, what: DamageKind) -> None:
        self.breaks.append(LedgerBreak(file=self.file, line=line, what=what))


def _head_path(path: Path) -> Path:
    return path.with_suffix(".head")


def _read_head(path: Path) -> tuple[Head | None, bool]:
    """Return the head, None without one, and whether it is damaged."""
    try:
        return Head.model_validate_json(_head_path(path).read_bytes()), False
    except FileNotFoundError:
        return None, False
    except ValidationError:
        return None, True
