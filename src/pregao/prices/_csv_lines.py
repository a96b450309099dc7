"""Lines of an untrusted text file: bounded in size and UTF-8, or refused."""

import stat
from pathlib import Path
from typing import BinaryIO

from pregao.errors import MalformedFileError
from pregao.texts import gettext_lazy as _

MAX_FILE_BYTES = 64 * 2**20
MAX_LINE_BYTES = 4096
MAX_LINES = 200_000

# The first bytes of files that are no plain text, and the advice.
_SIGNATURES = {
    b"\xff\xfe": _("UTF-16 text: save it as CSV UTF-8"),
    b"\xfe\xff": _("UTF-16 text: save it as CSV UTF-8"),
    b"\x1f\x8b": _("a gzip archive: unpack it first"),
    b"PK\x03\x04": _("a zip archive or a spreadsheet: save it as CSV UTF-8"),
    b"PAR1": _("a Parquet file: write it as CSV"),
}
_CARRIAGE_RETURNS = _("carriage returns between lines, as old Macs wrote: save it as CSV UTF-8")


def read_lines(path: Path) -> list[str]:
    """Read the lines of a file without their ends, in bounded memory whatever the file is.

    Raises
    ------
    MalformedFileError
        If the file is too large, has too many lines or too long ones, or is no UTF-8 text.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise MalformedFileError(str(path), None, _("not a regular file"))
        if status.st_size > MAX_FILE_BYTES:
            found = _(
                "{size:,.0f} MiB, and {most} are allowed",
                size=status.st_size / 2**20,
                most=MAX_FILE_BYTES >> 20,
            )
            raise MalformedFileError(
                str(path), None, _("{found}: give one symbol a file", found=found)
            )
        with path.open("rb") as file:
            return read_text_lines(file, str(path))
    except OSError as error:
        raise MalformedFileError(
            str(path), None, _("cannot be read: {strerror}", strerror=error.strerror)
        ) from error


def read_text_lines(file: BinaryIO, name: str) -> list[str]:
    """Read the lines of an open file, as `read_lines` does; the name is for messages.

    Raises
    ------
    MalformedFileError
        If there are too many lines or too long ones, or if it is no UTF-8 text.
    """
    return [_decode(name, number, line) for number, line in enumerate(_raw_lines(file, name), 1)]


def _raw_lines(file: BinaryIO, name: str) -> list[bytes]:
    """Read line by line, and stop at the first that is too long."""
    lines: list[bytes] = []
    while line := file.readline(MAX_LINE_BYTES + 1):
        if not lines:
            _check_signature(name, line)
        if len(line) > MAX_LINE_BYTES:
            has_carriage_returns = b"\r" in line and b"\0" not in line
            too_long = _(
                "longer than {max_line_bytes} bytes: this is no CSV file of daily bars",
                max_line_bytes=MAX_LINE_BYTES,
            )
            reason = _CARRIAGE_RETURNS if has_carriage_returns else too_long
            raise MalformedFileError(name, len(lines) + 1, reason)
        if len(lines) == MAX_LINES:
            reason = _(
                "more than {max_lines} lines: give one symbol a file, daily bars only",
                max_lines=MAX_LINES,
            )
            raise MalformedFileError(name, MAX_LINES + 1, reason)
        lines.append(line)
    return lines


def _check_signature(name: str, first: bytes) -> None:
    for magic, found in _SIGNATURES.items():
        if first.startswith(magic):
            raise MalformedFileError(name, 1, found)


def _decode(name: str, number: int, line: bytes) -> str:
    if b"\0" in line:
        reason = _("a NUL byte: binary or UTF-16; save it as CSV UTF-8")
        raise MalformedFileError(name, number, reason)
    try:
        text = line.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError as error:
        found = _(
            "byte {byte:#04x} is not UTF-8: save it as CSV UTF-8",
            byte=error.object[error.start],
        )
        raise MalformedFileError(name, number, found) from None
    text = text.rstrip("\r\n")
    if "\r" in text:
        raise MalformedFileError(name, number, _CARRIAGE_RETURNS)
    return text
