"""One copy of the data for many processes: a file that all of them map."""

import mmap
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Shared:
    """A handle to a value on disk, small enough to send with every task.

    Arrays are written once, out of band, and mapped read-only by every process that opens the
    handle: the operating system keeps a single copy of them in memory. The files are made and read
    by one run of one program, in a folder of its own that is deleted at the end; nothing from
    outside is ever unpickled.
    """

    folder: Path

    @classmethod
    def write(cls, value: object, folder: Path) -> "Shared":
        """Write a value into an empty folder."""
        buffers: list[pickle.PickleBuffer] = []
        body = pickle.dumps(value, protocol=5, buffer_callback=buffers.append)
        (folder / "body").write_bytes(body)
        lengths = []
        with (folder / "arrays").open("wb") as arrays:
            for buffer in buffers:
                with buffer.raw() as raw:
                    lengths.append(raw.nbytes)
                    arrays.write(raw)
                    arrays.write(b"\0" * (-raw.nbytes % _ALIGNMENT))
        (folder / "lengths").write_text(" ".join(map(str, lengths)), encoding="ascii")
        return cls(folder)

    def open(self) -> Any:
        """Give the value, its arrays mapped and read-only."""
        lengths = [int(n) for n in (self.folder / "lengths").read_text(encoding="ascii").split()]
        buffers = []
        if sum(lengths):
            with (self.folder / "arrays").open("rb") as arrays:
                mapped = memoryview(mmap.mmap(arrays.fileno(), 0, access=mmap.ACCESS_READ))
            offset = 0
            for length in lengths:
                buffers.append(mapped[offset : offset + length])
                offset += length + -length % _ALIGNMENT
        else:
            buffers = [memoryview(b"") for _ in lengths]
        return pickle.loads((self.folder / "body").read_bytes(), buffers=buffers)  # noqa: S301 - written by this run itself


_ALIGNMENT = 64
