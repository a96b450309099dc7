"""What crosses the border of a process: one copy of the data, and questions and answers."""

import mmap
import os
import pickle
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import FunctionType
from typing import Any

Dumps = Callable[[object], bytes]
INHERITED = {
    **dict.fromkeys(
        ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"),
        "1",
    ),
    # Steps of training ask for the same few megabytes again and again: glibc would give them back
    # to the system after each, and have every page of them cleared anew.
    "MALLOC_MMAP_THRESHOLD_": str(32 * 2**20),
    "MALLOC_TRIM_THRESHOLD_": str(128 * 2**20),
}
"""What libraries of a worker read when they are loaded: one thread, and memory that is kept."""


@contextmanager
def environment(variables: Mapping[str, str], *, back: tuple[str, ...] = ()) -> Iterator[None]:
    """Set variables that children inherit; restore them, and those in `back`, afterwards."""
    ours = os.environ  # noqa: TID251 - what children are told is no setting of the user's
    before = {name: ours.get(name) for name in (*variables, *back)}
    ours.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                ours.pop(name, None)
            else:
                ours[name] = value


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
        """Return the value, its arrays mapped and read-only."""
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

    def opened(self) -> Any:
        """Return the value as this process opened it the first time."""
        return _opened(self)


_ALIGNMENT = 64


@lru_cache(maxsize=1)
def _opened(shared: Shared) -> Any:
    return shared.open()


def requested(
    work: Callable[[Any, Any], object], task: object, *, dumps: Dumps = pickle.dumps
) -> bytes:
    """Pack a question; what cannot be sent is an error here, where it is asked."""
    return dumps((work, task))


def answered(question: bytes, data: Callable[[], Any], *, dumps: Dumps = pickle.dumps) -> bytes:
    """Do the work, in a worker, and pack its result or its exception."""
    try:
        work, task = pickle.loads(question)  # noqa: S301 - packed by the parent of this worker
        return dumps((True, work(data(), task)))
    except BaseException as error:  # noqa: BLE001 - it is raised again where the question was asked
        error.add_note(f"In the worker:\n{traceback.format_exc()}")
        return _packed(error, dumps)


def unpacked(answer: bytes) -> Any:
    """Return the result of the work, or raise its exception."""
    is_result, content = pickle.loads(answer)  # noqa: S301 - packed by a worker of this process
    if is_result:
        return content
    raise content() if isinstance(content, _Exact) else content


@dataclass(frozen=True)
class _Exact:
    """An exception as it was, made again without calling its own ``__init__``.

    Pickle calls it with `args`, which hold what was given to ``Exception.__init__``; a class that
    composes its message from other arguments takes those for them.
    """

    kind: type[BaseException]
    arguments: tuple[object, ...]
    attributes: dict[str, object]

    def __call__(self) -> BaseException:
        error = self.kind.__new__(self.kind, *self.arguments)
        error.__dict__.update(self.attributes)
        return error


def _packed(error: BaseException, dumps: Dumps) -> bytes:
    kind = type(error)
    composes = isinstance(kind.__init__, FunctionType)
    is_plain = kind.__reduce__ is BaseException.__reduce__
    content = _Exact(kind, error.args, error.__dict__) if composes and is_plain else error
    try:
        answer = dumps((False, content))
        pickle.loads(answer)  # noqa: S301 - packed in the line before
    except Exception:  # noqa: BLE001 - what it holds cannot be sent: its words can
        words = RuntimeError(f"{kind.__qualname__}: {error}")
        words.add_note("\n".join(error.__notes__))
        return dumps((False, words))
    return answer
