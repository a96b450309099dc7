"""A file that only grows: a line an entry, each chained to the one before by its digest.

Beside the file stands its head, the number and the digest of the last line, so that lines missing
at the end are noticed as those in the middle are. Nothing here takes a line out.
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
from pregao.registry._atomic import write_file
from pregao.values import Value

Damage = Literal["changed", "missing", "unreadable"]

_PATIENCE_SECONDS = 60.0
_BEGINNING = "0" * 64
"""What the first line holds in place of the digest of a line before."""


class LedgerBreak(Value):
    """A place where a ledger is not what was written."""

    file: str
    line: int | None
    """Counted from 1, as the file is now; None where it is about the whole file."""
    what: Damage
    """``missing``: lines that stood before this place were taken out."""

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}, line {self.line}"
        return f"{place}: {self.what}"


class Head(Value):
    """Which line is the last."""

    number: int
    digest: str


class Link(Value):
    """A line."""

    number: int
    before: str
    """The digest of the line before."""
    entry: dict[str, JsonValue]

    @property
    def text(self) -> bytes:
        """The line as it is written, but for its end."""
        return self.model_dump_json().encode()

    @property
    def head(self) -> Head:
        """What the head is when this is the last line."""
        return Head(number=self.number, digest=sha256(self.text).hexdigest())


@dataclass(frozen=True, eq=False)
class Chain:
    """The lines that can be read, and what is wrong with the others."""

    links: tuple[Link, ...]
    breaks: tuple[LedgerBreak, ...]
    num_lost: int
    """Lines that are known to have been there and cannot be read."""
    last: Head
    """The last line that was ever written, whatever is there now: the next one follows it."""
    length: int
    """Of the whole lines, in bytes: what stands after them never was one."""

    def then(self, entries: Sequence[dict[str, JsonValue]]) -> Iterator[Link]:
        """Make the next lines."""
        last = self.last
        for entry in entries:
            link = Link(number=last.number + 1, before=last.digest, entry=entry)
            last = link.head
            yield link


@contextmanager
def only_writer(path: Path) -> Iterator[None]:
    """Keep other processes from appending meanwhile.

    Raises
    ------
    StoreBusyError
        If another one holds the file for a minute.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path.with_suffix(".lock"))
    try:
        lock.acquire(timeout=_PATIENCE_SECONDS)
    except Timeout:
        raise StoreBusyError(str(path)) from None
    try:
        yield
    finally:
        lock.release()


def read_chain(path: Path) -> Chain:
    """Read all lines and check that each follows the one before; what is not there is empty."""
    # The head first: another process may append meanwhile, and lines may run ahead of their head.
    head, is_damaged = _head_of(path)
    content = path.read_bytes() if path.exists() else b""
    *whole, torn = content.split(b"\n")
    if torn and head is not None and head.number > len(whole):
        # It was whole once: what is left of it stays, as a line that cannot be read.
        whole, torn = [*whole, torn], b""
    follower = _Follower(path.name)
    for place, text in enumerate(whole, start=1):
        follower.follow(place, text)
    if head is not None:
        follower.compare(head)
    elif is_damaged or len(whole) > 1:
        # A kill between the first line and its head leaves one line without a head, and no more.
        file = _head_path(path).name
        what: Damage = "unreadable" if is_damaged else "missing"
        follower.breaks.append(LedgerBreak(file=file, line=None, what=what))
    is_ahead = head is not None and head.number >= follower.last.number
    return Chain(
        links=tuple(follower.links),
        breaks=tuple(follower.breaks),
        num_lost=follower.num_lost,
        last=head if head is not None and is_ahead else follower.last,
        length=len(content) - len(torn),
    )


def append_links(path: Path, chain: Chain, links: Sequence[Link]) -> None:
    """Write lines after the whole ones, then the head: a kill at any moment loses no whole line.

    Call it as the `only_writer`, with the chain as it was read since.
    """
    with path.open("r+b" if path.exists() else "w+b") as file:
        if chain.length:
            file.seek(chain.length - 1)
            if file.read(1) != b"\n":
                file.write(b"\n")
        file.write(b"".join(each.text + b"\n" for each in links))
        # What is left of a torn line may be longer than what was written over it.
        file.truncate()
        file.flush()
        os.fsync(file.fileno())
    write_file(_head_path(path), links[-1].head.model_dump_json().encode())


class _Follower:
    """Follows the lines one by one, and notes where one does not follow the one before."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.links: list[Link] = []
        self.breaks: list[LedgerBreak] = []
        self.num_lost = 0
        self.last = Head(number=0, digest=_BEGINNING)
        self._places: dict[int, tuple[int, str]] = {}
        """By number: where the line stands, and its digest."""
        self._is_known = True
        """Whether the last line could be read."""

    def follow(self, place: int, text: bytes) -> None:
        number = self.last.number + 1
        try:
            link = Link.model_validate_json(text)
        except ValidationError:
            self._note(place, "unreadable")
            self.num_lost += 1
            self._is_known = False
        else:
            self._check(place, link, number)
            number = link.number
            self.links.append(link)
            self._is_known = True
        self.last = Head(number=number, digest=sha256(text).hexdigest())
        self._places[number] = place, self.last.digest

    def _check(self, place: int, link: Link, number: int) -> None:
        if link.number != number:
            self._note(place, "missing")
            self.num_lost += max(0, link.number - number)
        elif link.before != self.last.digest and self._is_known:
            self._note(max(1, place - 1), "changed")

    def compare(self, head: Head) -> None:
        """Compare the last line with its head."""
        if head.number > self.last.number:
            self._note(len(self._places) + 1, "missing")
            self.num_lost += head.number - self.last.number
        elif head.number in self._places:
            place, digest = self._places[head.number]
            if digest != head.digest and all(each.line != place for each in self.breaks):
                self._note(place, "changed")

    def _note(self, place: int, what: Damage) -> None:
        self.breaks.append(LedgerBreak(file=self.file, line=place, what=what))


def _head_path(path: Path) -> Path:
    return path.with_suffix(".head")


def _head_of(path: Path) -> tuple[Head | None, bool]:
    """Give the head, and whether there is one that cannot be read."""
    try:
        return Head.model_validate_json(_head_path(path).read_bytes()), False
    except FileNotFoundError:
        return None, False
    except ValidationError:
        return None, True
