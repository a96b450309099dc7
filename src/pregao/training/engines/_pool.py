"""Many trainings at once: workers that hold the data, on this machine or on a cluster.

An engine opens a pool; a pool takes tasks and gives their results as they finish. The rest of the
program knows no more of processes than this.
"""

import atexit
import os
import reprlib
import shutil
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import Pipe, get_context, parent_process, resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread, current_thread, main_thread
from types import FrameType
from typing import Any, Protocol, TypeVar, cast

from pregao.errors import InputError, WorkerLostError
from pregao.texts import gettext_lazy as _
from pregao.training.engines._ray import Ray
from pregao.training.engines._sharing import (
    INHERITED,
    Shared,
    answered,
    environment,
    requested,
    unpacked,
)

Data = TypeVar("Data")
Task = TypeVar("Task")
Result = TypeVar("Result")

_MOST_WORKERS = 61
"""Windows cannot wait for more processes at once."""
_MOST_LOSSES = 3
_GRACE_SECONDS = 5.0


class WorkerPool(Protocol):
    """Workers that hold the data, for one thread of the program."""

    @property
    def num_workers(self) -> int:
        """The most tasks that run at the same time."""
        ...

    def submit(self, work: Callable[[Any, Task], object], task: Task) -> None:
        """Submit ``work(data, task)``, a function at module level, without waiting for it."""
        ...

    def results(self) -> Iterator[tuple[Any, Any]]:
        """Return each task and its result as it finishes, until nothing is pending.

        More may be submitted while one iterates. An exception of the work is raised as it is, and
        ends the iteration; another call goes on with what is left.
        """
        ...


class Engine(Protocol):
    """Where the workers live; `pregao.testing.ENGINE_CONTRACT` says what every one promises."""

    def pool(self, data: Any) -> AbstractContextManager[WorkerPool]:
        """Open workers that hold this data; they end with the ``with`` block, however it ends."""
        ...


@dataclass(frozen=True)
class Local:
    """Spawned processes of this machine, one thread each; the data is written once, mapped by all.

    A worker that is killed costs nothing but time: its task runs again on a fresh one, and the
    others go on.

    Parameters
    ----------
    num_workers
        The most of them; None is one for every processor. They start as tasks come.

    Raises
    ------
    WorkerLostError
        From `WorkerPool.results`, if a task was running at three losses of a worker, or if no
        worker can start.

    >>> Local(num_workers=2)
    Local(num_workers=2)
    """

    num_workers: int | None = None

    def __post_init__(self) -> None:
        if self.num_workers is not None and self.num_workers < 1:
            raise InputError(
                _(
                    "{num_workers} workers cannot work: ask for 1 or more",
                    num_workers=self.num_workers,
                )
            )

    @contextmanager
    def pool(self, data: object) -> Iterator[WorkerPool]:
        """Open workers that hold this data."""
        with TemporaryDirectory(prefix="pregao-", ignore_cleanup_errors=True) as folder:
            pool = _LocalCrew(
                Shared.write(data, Path(folder)), self.num_workers or default_workers()
            )
            # A pool that nobody closes must not keep the program from ending.
            atexit.register(pool.close)
            try:
                yield pool
            finally:
                pool.close()
                atexit.unregister(pool.close)


ENGINES: dict[str, Callable[..., Engine]] = {
    "local": Local,
    "ray": Ray,
}
"""Every engine by its name; each is called with its own fields."""


def default_workers() -> int:
    """Return the number of processors that this process may use."""
    available = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    return min(available, _MOST_WORKERS)


def run(
    work: Callable[[Data, Task], Result],
    tasks: Iterable[Task],
    *,
    data: Data,
    engine: Engine = Local(),
) -> Iterator[tuple[Task, Result]]:
    """Return each task's result as it finishes; tasks start in the order given.

    Parameters
    ----------
    work
        A function at the top of a module (workers import it), called as ``work(data, task)``.
    tasks
        Small values: each is sent to a worker. None starts no worker.
    data
        Sent once and shared by all workers, read-only; never sent with a task.
    engine
        Where the workers live.

    Raises
    ------
    WorkerLostError
        If a task loses its worker (out of memory, killed) again and again; an exception of `work`
        is raised as it is.
    """
    in_order = list(tasks)
    if not in_order:
        return
    with engine.pool(data) as pool:
        for task in in_order:
            pool.submit(work, task)
        yield from pool.results()


@dataclass(eq=False)
class _Assignment:
    """A task that has no answer yet, and how many workers died with it."""

    task: object
    question: bytes
    num_losses: int = 0


@dataclass(eq=False)
class _Worker:
    """A process, and the task it was given last."""

    process: SpawnProcess
    assignment: _Assignment | None = None
    is_up: bool = False

    def end(self) -> str:
        """Wait for a process that ends by itself, or make it, and say how it ended."""
        self.process.join(_GRACE_SECONDS)
        if self.process.exitcode is None:
            self.process.kill()
            self.process.join()
        code = self.process.exitcode or 0
        return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


class _LocalCrew:
    """Gives each worker one task at a time: a lost worker is then one lost task."""

    def __init__(self, shared: Shared, num_workers: int) -> None:
        self.num_workers = num_workers
        self._shared = shared
        self._workers: dict[Connection, _Worker] = {}
        self._waiting: deque[_Assignment] = deque()
        self._finished: deque[tuple[object, bytes]] = deque()

    def submit(self, work: Callable[[Any, Task], object], task: Task) -> None:
        self._waiting.append(_Assignment(task, requested(work, task)))
        self._hand_out()

    def results(self) -> Iterator[tuple[Any, Any]]:
        while True:
            while self._finished:
                task, answer = self._finished.popleft()
                yield task, unpacked(answer)
            if not self._waiting and all(
                each.assignment is None for each in self._workers.values()
            ):
                return
            self._hand_out()
            for connection in wait(list(self._workers)):
                self._hear(cast("Connection[bytes, bytes]", connection))
            # Before anything is yielded: nobody idles while the consumer thinks.
            self._hand_out()

    def close(self) -> None:
        """End all workers at once: nobody needs what they hold, and unloading torch takes long."""
        for connection, worker in self._workers.items():
            connection.close()
            worker.process.kill()
        while self._workers:
            self._workers.popitem()[1].end()

    def _hand_out(self) -> None:
        idle = [each for each in self._workers.items() if each[1].assignment is None]
        while self._waiting:
            if not idle and len(self._workers) == self.num_workers:
                return
            connection, worker = idle.pop() if idle else self._started()
            worker.assignment = self._waiting.popleft()
            with suppress(OSError):  # it died: that is heard at the other end of the pipe
                connection.send_bytes(worker.assignment.question)

    def _started(self) -> tuple[Connection, _Worker]:
        ours, theirs = Pipe()
        with theirs, _as_workers_inherit():
            # Spawned, never forked: a fork copies locks that another thread may hold.
            process = get_context("spawn").Process(target=_serve, args=(theirs, self._shared))
            process.start()
        self._workers[ours] = _Worker(process)
        return ours, self._workers[ours]

    def _hear(self, connection: Connection) -> None:
        worker = self._workers[connection]
        try:
            message = connection.recv_bytes()
        except (EOFError, OSError):
            connection.close()
            self._retry(self._workers.pop(connection))
            return
        if worker.is_up:
            assert worker.assignment is not None, "workers speak when they are asked"
            self._finished.append((worker.assignment.task, message))
            worker.assignment = None
        worker.is_up = True

    def _retry(self, lost: _Worker) -> None:
        how = lost.end()
        if not lost.is_up and lost.process.exitcode == 1:
            raise WorkerLostError(_("before it could begin; its own words are above"))
        if lost.assignment is None:
            return
        lost.assignment.num_losses += 1
        if lost.assignment.num_losses == _MOST_LOSSES:
            task = reprlib.repr(lost.assignment.task)
            reason = _(
                "{how}, the last of {most_losses} that ran the task {task}",
                how=how,
                most_losses=_MOST_LOSSES,
                task=task,
            )
            raise WorkerLostError(reason, lost.assignment.task)
        self._waiting.appendleft(lost.assignment)


def _serve(connection: Connection, shared: Shared) -> None:
    """Answer questions for as long as somebody asks: the life of a worker."""
    _obey_the_parent(shared.folder)
    with connection, suppress(EOFError, OSError):
        connection.send_bytes(b"up")
        while True:
            connection.send_bytes(answered(connection.recv_bytes(), shared.opened))
    # Nobody asks any more: the pool is closed, or the parent was killed and cannot delete it.
    shutil.rmtree(shared.folder, ignore_errors=True)


def _obey_the_parent(folder: Path) -> None:
    """Leave Ctrl-C to the parent, and end when it does, however it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    assert parent is not None, "runs in a worker"

    def watch() -> None:
        parent.join()
        shutil.rmtree(folder, ignore_errors=True)  # a parent that was killed could not
        os._exit(1)

    Thread(target=watch, daemon=True).start()


@contextmanager
def _as_workers_inherit() -> Iterator[None]:
    """Make children inherit one thread, which libraries read when loaded, and ignore Ctrl-C."""
    with environment(INHERITED), _interrupted_later():
        yield


@contextmanager
def _interrupted_later() -> Iterator[None]:
    """Hold Ctrl-C back: a child that starts meanwhile inherits the mask, and never sees it.

    The mask is that of this thread. Of the others one may take the signal and have Python answer it
    here, in the middle of what the child is told; so the answer waits too.
    """
    if sys.platform == "win32":
        yield
        return
    resource_tracker.ensure_running()  # as it starts, it lifts the mask
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        with _answered_later():
            yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


@contextmanager
def _answered_later() -> Iterator[None]:
    """Defer Ctrl-C to the end of the block; only the main thread receives it."""
    answer = signal.getsignal(signal.SIGINT)
    if current_thread() is not main_thread() or not callable(answer):
        yield
        return
    held: list[FrameType | None] = []
    signal.signal(signal.SIGINT, lambda _number, frame: held.append(frame))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, answer)
        if held:
            answer(signal.SIGINT, held[0])
