"""B3's COTAHIST files, TXT or ZIP: every quote as traded, in bounded memory.

Lines are views of the bytes of a file and are filtered as such; numbers are made of those left.
"""

import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Self

import numpy as np
from numpy.typing import NDArray

from pregao.errors import MalformedFileError
from pregao.instruments import Sessions
from pregao.prices._cotahist_layout import (
    CASH_MARKET,
    COUNT,
    DETAIL,
    FIELDS,
    HEADER,
    MAGIC,
    NUM_CHARACTERS,
    TRAILER,
)
from pregao.prices._prices import Bars
from pregao.texts import LocalText
from pregao.texts import gettext_lazy as _
from pregao.values import Text, bilingual

_LINES_A_SLICE = 65_536
_MAX_BYTES = 4 * 2**30
"""Of a file, unpacked: several times the largest year."""
_MAX_RATIO = 100
"""Of unpacked to packed bytes, beyond `_SMALL_BYTES`: years of B3 have about ten."""
_SMALL_BYTES = 64 * 2**20
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED = 0x1
_UNREADABLE = (OSError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error)
_NAME = "COTAHIST"
_NEWLINE = ord("\n")
_REAL = b"R$"
_PRICES = ("open", "high", "low", "close", "best_bid", "best_ask")

Quotes = NDArray[np.void]
"""(lines,) lines as structured bytes, a field for each of the layout."""


@dataclass(frozen=True, eq=False)
class CotahistQuotes:
    """The quotes of one market, of one ticker or of all, in files of B3."""

    path: str
    quotes: Quotes
    lines: NDArray[np.intp]
    """(quotes,) the line of each in its file, from 1."""
    tickers: frozenset[str]
    """All tickers of the market in the files."""
    defects: tuple[Text, ...] = ()
    """In what a file is not whole."""

    def __len__(self) -> int:
        return len(self.quotes)

    def take(self, rows: NDArray[np.bool_] | NDArray[np.intp]) -> Self:
        """Return some of the quotes."""
        return replace(self, quotes=self.quotes[rows], lines=self.lines[rows])

    @classmethod
    def joined(cls, path: str, parts: Iterable[Self]) -> Self:
        """Return the quotes of several files by session; the same line in two files is one."""
        files = list(parts)
        quotes = np.concatenate([each.quotes for each in files])
        lines = np.concatenate([each.lines for each in files])
        _, first = np.unique(quotes.view(f"S{NUM_CHARACTERS}"), return_index=True)
        rows = first[np.argsort(quotes["session"][first], kind="stable")]
        tickers = frozenset[str]().union(*(each.tickers for each in files))
        defects = tuple(defect for each in files for defect in each.defects)
        return cls(path, quotes[rows], lines[rows], tickers, defects)

    @property
    def is_in_reais(self) -> NDArray[np.bool_]:
        """Whether each quote is in the currency since 1994-07-01."""
        return np.asarray(np.char.strip(self.quotes["currency"]) == _REAL, np.bool_)

    @property
    def sessions(self) -> Sessions:
        """The session of each quote.

        Raises
        ------
        MalformedFileError
            If one is no date, with its line.
        """
        digits = self.integers("session")
        years, months, days = digits // 10_000, digits // 100 % 100, digits % 100
        begin = (12 * (years - 1970) + months - 1).astype("datetime64[M]")
        sessions: Sessions = begin.astype("datetime64[D]") + (days - 1).astype("timedelta64[D]")
        is_day = (months >= 1) & (months <= 12) & (days >= 1) & (years >= 1900)
        is_day &= sessions.astype("datetime64[M]") == begin
        if not is_day.all():
            raise self._error("session", int(np.argmin(is_day)))
        return sessions

    def bars(self) -> Bars:
        """Return the quotes of one ticker as bars, as traded, for one share each.

        They have the order book where every quote has both offers.

        Raises
        ------
        MalformedFileError
            If a number has other characters than digits, with its line.
        """
        shares = self.integers("quotation_factor")
        if (shares == 0).any():
            raise self._error("quotation_factor", int(np.argmin(shares)))
        columns = {name: self.integers(name) / (100.0 * shares) for name in _PRICES}
        columns["adj_close"] = columns["close"]
        columns["volume"] = self.integers("shares").astype(np.float64)
        if not all((columns[name] > 0).all() for name in ("best_bid", "best_ask")):
            del columns["best_bid"], columns["best_ask"]
        return Bars.from_columns(self.sessions, columns)

    def integers(self, name: str) -> NDArray[np.int64]:
        """Return the digits of a field as numbers.

        Raises
        ------
        MalformedFileError
            If there is another character, with its line.
        """
        column = np.ascontiguousarray(self.quotes[name])
        digits = np.frombuffer(column.tobytes(), np.uint8).reshape(
            len(column), column.itemsize
        ) - ord("0")
        is_number = (digits <= 9).all(axis=1)
        if not is_number.all():
            raise self._error(name, int(np.argmin(is_number)))
        numbers: NDArray[np.int64] = digits @ (10 ** np.arange(digits.shape[1])[::-1])
        return numbers

    def _error(self, name: str, row: int) -> MalformedFileError:
        found = repr(self.quotes[name][row].decode("latin-1"))
        reason = _("{found} in field {name}", found=found, name=name)
        return MalformedFileError(self.path, int(self.lines[row]), reason)


def is_cotahist(path: Path) -> bool:
    """Return whether a file begins as those of B3 do, as it is or in an archive.

    An archive that cannot be read is one of B3's if its name says so: reading it tells what is
    wrong, where a folder would lack a year otherwise.
    """
    if not path.is_file():  # a named pipe would wait for ever
        return False
    try:
        with _opened(path) as file:
            return file.read(len(MAGIC)) == MAGIC
    except (*_UNREADABLE, MalformedFileError):
        return path.name.upper().startswith(_NAME)


def read_cotahist(
    path: Path, *, market: str = CASH_MARKET, ticker: str | None = None
) -> CotahistQuotes:
    """Read the quotes of one market, of one ticker or of all, in bounded memory.

    A file that ends without its trailer, in the middle of a line, or after another number of lines
    than its trailer counts, is read as far as it goes: `defects` tells so.

    Raises
    ------
    MalformedFileError
        If it cannot be read, or a line before the last is none of the layout, with its number.
    """
    scan = _Scan(str(path))
    found = [scan.select(np.empty(0, _line_type(b"\n")), market, ticker)]
    try:
        with _opened(path) as file:
            found += [scan.select(each, market, ticker) for each in scan.slices(file)]
    except _UNREADABLE as error:
        reason = _("cannot be read: {strerror}", strerror=error)
        raise MalformedFileError(str(path), None, reason) from error
    return CotahistQuotes(
        str(path),
        np.concatenate([quotes for quotes, _lines in found]),
        np.concatenate([lines for _quotes, lines in found]),
        frozenset(scan.tickers),
        tuple(scan.defects()),
    )


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    """Open a file, or the one file of an archive."""
    if not zipfile.is_zipfile(path):
        with path.open("rb") as file:
            yield file
        return
    with zipfile.ZipFile(path) as archive:
        members = [each for each in archive.infolist() if not each.is_dir()]
        if len(members) != 1:
            reason = _("an archive of {count} files: expected one", count=len(members))
            raise MalformedFileError(str(path), None, reason)
        _check_member(path, members[0])
        with archive.open(members[0]) as member:
            yield member


def _check_member(path: Path, member: zipfile.ZipInfo) -> None:
    """Refuse a file of an archive that cannot be unpacked, or grows without measure."""
    ratio = member.file_size / max(1, member.compress_size)
    reason: LocalText = ""
    if member.flag_bits & _ENCRYPTED:
        reason = _("an encrypted archive: unpack it first")
    elif member.compress_type not in _METHODS:
        reason = _("an archive of an unusual method: unpack it first")
    elif member.file_size > _MAX_BYTES:
        reason = _("more than {most} GiB", most=_MAX_BYTES >> 30)
    elif member.file_size > _SMALL_BYTES and ratio > _MAX_RATIO:
        reason = _(
            "unpacked {ratio:.0f} times as large as packed, and {most} times are allowed",
            ratio=ratio,
            most=_MAX_RATIO,
        )
    if reason:
        raise MalformedFileError(str(path), None, reason)


@dataclass
class _Scan:
    """What is known of a file while it is read."""

    path: str
    num_lines: int = 0
    num_bytes: int = 0
    count: int | None = None
    """That of the trailer, which is the last line."""
    torn: int | None = None
    """The last line, where it is cut off."""
    tickers: set[str] = field(default_factory=set)

    def slices(self, file: IO[bytes]) -> Iterator[Quotes]:
        """Yield the lines of a file, some ten thousand at a time; a torn last line is none."""
        rest = file.read(NUM_CHARACTERS + 2)
        if not rest.startswith(MAGIC):
            raise MalformedFileError(self.path, 1, _("it does not begin as files of B3 do"))
        ending = b"\r\n" if b"\r\n" in rest else b"\n"
        kind = _line_type(ending)
        while content := file.read(_LINES_A_SLICE * kind.itemsize):
            self.num_bytes += len(content)
            if self.num_bytes > _MAX_BYTES:
                reason = _("more than {most} GiB", most=_MAX_BYTES >> 30)
                raise MalformedFileError(self.path, None, reason)
            rest += content
            whole = len(rest) - len(rest) % kind.itemsize
            yield self._checked(rest[:whole], ending)
            rest = rest[whole:]
        last = rest.rstrip(b"\r\n\x1a")
        if len(last) == NUM_CHARACTERS:
            yield self._checked(last + ending, ending)
        elif last and (b"\n" in last or self.count is not None):
            raise self._line_error(last, self.num_lines + 1, ending, self.count is not None)
        elif last:
            self.torn = self.num_lines + 1

    def _checked(self, content: bytes, ending: bytes) -> Quotes:
        """Return whole lines after checks of their lengths and kinds, and read the trailer."""
        lines = np.frombuffer(content, _line_type(ending))
        if len(lines) == 0:
            return lines
        cells = np.frombuffer(content, np.uint8).reshape(len(lines), lines.itemsize)
        is_good = (cells[:, NUM_CHARACTERS:] == list(ending)).all(axis=1)
        if content.count(b"\n") > len(lines):  # inside of lines too
            is_good &= ~(cells[:, :NUM_CHARACTERS] == _NEWLINE).any(axis=1)
        record = lines["record"]
        is_known = (record == DETAIL) | (record == TRAILER)
        if self.num_lines == 0:
            is_known[0] = record[0] == HEADER
        is_after = np.r_[self.count is not None, record[:-1] == TRAILER]
        is_good &= is_known & ~is_after
        if not is_good.all():
            row = int(np.argmin(is_good))
            rest = content[row * lines.itemsize :]
            raise self._line_error(rest, self.num_lines + row + 1, ending, bool(is_after[row]))
        self.num_lines += len(lines)
        if record[-1] == TRAILER:
            self.count = self._counted(lines[-1:].tobytes()[COUNT])
        return lines

    def _line_error(
        self, content: bytes, number: int, ending: bytes, is_after_trailer: bool
    ) -> MalformedFileError:
        """Return what is wrong with the line that some content begins with."""
        line = content.partition(b"\n")[0].removesuffix(ending[:-1])
        kind = line[: len(DETAIL)].decode("latin-1")
        reason: LocalText = _("no record {found}", found=repr(kind))
        if is_after_trailer:
            reason = _("a line after the trailer")
        elif len(line) != NUM_CHARACTERS:
            reason = _(
                "other than {count} characters: {found}", count=NUM_CHARACTERS, found=len(line)
            )
        return MalformedFileError(self.path, number, reason)

    def _counted(self, digits: bytes) -> int:
        if not digits.isdigit():
            reason = _("a trailer that counts {found}", found=repr(digits.decode("latin-1")))
            raise MalformedFileError(self.path, self.num_lines, reason)
        return int(digits)

    def select(
        self, lines: Quotes, market: str, ticker: str | None
    ) -> tuple[Quotes, NDArray[np.intp]]:
        """Return the quotes of one market, or of one ticker in it, and their lines."""
        rows = np.flatnonzero((lines["market"] == market.encode()) & (lines["record"] == DETAIL))
        tickers = lines["ticker"][rows]
        self.tickers.update(each.decode("latin-1").strip() for each in np.unique(tickers))
        if ticker is not None:
            rows = rows[tickers == ticker.encode().ljust(_WIDTH_OF_TICKER)]
        chosen = lines[rows].view(np.uint8).reshape(len(rows), lines.itemsize)
        quotes = np.ascontiguousarray(chosen[:, :NUM_CHARACTERS]).view(_line_type(b""))[:, 0]
        return quotes, rows + (self.num_lines - len(lines) + 1)

    def defects(self) -> Iterator[Text]:
        """Yield in what the file is not whole."""
        name = Path(self.path).name
        if self.torn is not None:
            yield bilingual(
                "{file} ends in the middle of line {line}, left out", file=name, line=self.torn
            )
        elif self.count is None:
            yield bilingual(
                "{file} ends without a trailer, after {lines} lines",
                file=name,
                lines=self.num_lines,
            )
        elif self.count not in range(self.num_lines - 2, self.num_lines + 1):
            yield bilingual(
                "{file} has {lines} lines, and its trailer counts {count}",
                file=name,
                lines=self.num_lines,
                count=self.count,
            )


_WIDTH_OF_TICKER = FIELDS["ticker"].stop - FIELDS["ticker"].start


def _line_type(ending: bytes) -> np.dtype[np.void]:
    """Return the type of a line as structured bytes."""
    fields = {name: (each.start, each.stop) for name, each in FIELDS.items()}
    if ending:
        fields["ending"] = (NUM_CHARACTERS, NUM_CHARACTERS + len(ending))
    return np.dtype(
        {
            "names": list(fields),
            "formats": [f"S{stop - start}" for start, stop in fields.values()],
            "offsets": [start for start, _ in fields.values()],
            "itemsize": NUM_CHARACTERS + len(ending),
        }
    )
