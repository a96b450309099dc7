"""Lines of an untrusted text file: bounded in size and UTF-8, or refused."""

import stat
from pathlib import Path
from typing import BinaryIO

from pregao.errors import MalformedFileError

MAX_FILE_BYTES = 64 * 2**20
MAX_LINE_BYTES = 4096
MAX_LINES = 200_000

# The first bytes of files that are no plain text, and the advice.
_SIGNATURES = {
    b"\xff\xfe": "UTF-16 text: save it as CSV UTF-8",
    b"\xfe\xff": "UTF-16 text: save it as CSV UTF-8",
    b"\x1f\x8b": "a gzip archive: unpack it first",
    b"PK\x03\x04": "a zip archive or a spreadsheet: save it as CSV UTF-8",
    b"PAR1": "a Parquet file: write it as CSV",
}
_CARRIAGE_RETURNS = "carriage returns between lines, as old Macs wrote: save it as CSV UTF-8"


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
            raise MalformedFileError(str(path), None, "not a regular file")
        if status.st_size > MAX_FILE_BYTES:
            found = f"{status.st_size / 2**20:,.0f} MiB, and {MAX_FILE_BYTES >> 20} are allowed"
            raise MalformedFileError(str(path), None, f"{found}: give one symbol a file")
        with path.open("rb") as file:
            return read_text_lines(file, str(path))
    except OSError as error:
        raise MalformedFileError(str(path), None, f"cannot be read: {error.strerror}") from error


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
            reason = f"longer than {MAX_LINE_BYTES} bytes: this is no CSV file of daily bars"
            reason = _CARRIAGE_RETURNS if has_carriage_returns else reason
            raise MalformedFileError(name, len(lines) + 1, reason)
        if len(lines) == MAX_LINES:
            reason = f"more than {MAX_LINES} lines: give one symbol a file, daily bars only"
            raise MalformedFileError(name, MAX_LINES + 1, reason)
        lines.append(line)
    return lines


def _check_signature(name: str, first: bytes) -> None:
    for magic, found in _SIGNATURES.items():
        if first.startswith(magic):
            raise MalformedFileError(name, 1, found)


def _decode(name: str, number: int, line: bytes) -> str:
    if b"\0" in line:
        reason = "a NUL byte: binary or UTF-16; save it as CSV UTF-8"
        raise MalformedFileError(name, number, reason)
    try:
        text = line.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError as error:
        found = f"byte {error.object[error.start]:#04x} is not UTF-8: save it as CSV UTF-8"
        raise MalformedFileError(name, number, found) from None
    text = text.rstrip("\r\n")
    if "\r" in text:
        raise MalformedFileError(name, number, _CARRIAGE_RETURNS)
    return text
