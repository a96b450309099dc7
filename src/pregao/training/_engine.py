"""Many trainings at once: a pool of spawned workers, one thread each, one copy of the data."""

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import lru_cache
from multiprocessing import get_context, parent_process
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any, TypeVar

from pregao.errors import WorkerLostError
from pregao.training._sharing import Shared

Data = TypeVar("Data")
Task = TypeVar("Task")
Result = TypeVar("Result")

_MOST_WORKERS = 61
"""Windows cannot wait for more processes at once."""
_THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")


def default_workers() -> int:
    """Give the number of processors that this process may use."""
    available = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    return min(available, _MOST_WORKERS)


def run(
    work: Callable[[Data, Task], Result],
    tasks: Sequence[Task],
    *,
    data: Data,
    num_workers: int | None = None,
) -> Iterator[tuple[Task, Result]]:
    """Give each task's result as it finishes; tasks start in the order given.

    Parameters
    ----------
    work
        A function at the top of a module (workers import it), called as ``work(data, task)``.
    data
        Written once and mapped by all workers; never sent with a task.
    num_workers
        None is one for every processor.

    Raises
    ------
    WorkerLostError
        If a worker dies (out of memory, killed); an exception of `work` is raised as it is.
    """
    if not tasks:
        return
    workers = min(num_workers or default_workers(), len(tasks))
    with TemporaryDirectory(prefix="pregao-") as folder:
        shared = Shared.write(data, Path(folder))
        with _one_thread_each():
            # Spawned, never forked: a fork copies locks that another thread may hold.
            pool = ProcessPoolExecutor(
                workers, mp_context=get_context("spawn"), initializer=_obey_the_parent
            )
            futures = {pool.submit(_call, work, shared, task): task for task in tasks}
        try:
            for future in as_completed(futures):
                yield futures[future], _result(future)
        except BaseException:
            # Nobody waits for the rest any more: not Ctrl-C, not a consumer that stopped early.
            _stop(pool)
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _obey_the_parent() -> None:
    """Leave Ctrl-C to the parent, and end when it does, however it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    assert parent is not None, "runs in a worker"

    def watch() -> None:
        parent.join()
        os._exit(1)

    Thread(target=watch, daemon=True).start()


def _stop(pool: ProcessPoolExecutor) -> None:
    processes = pool._processes  # noqa: SLF001 - terminate_workers() came with Python 3.14
    for process in list((processes or {}).values()):
        process.terminate()


def _result(future: Future[Result]) -> Result:
    try:
        return future.result()
    except BrokenProcessPool as error:
        raise WorkerLostError(str(error)) from None


def _call(work: Callable[[Data, Task], Result], shared: Shared, task: Task) -> Result:
    return work(_opened(shared), task)


@lru_cache(maxsize=1)
def _opened(shared: Shared) -> Any:
    return shared.open()


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Let children inherit one thread; libraries read these when they are loaded."""
    environment = os.environ  # noqa: TID251 - the workers' thread budget is no setting of the user's
    before = {name: environment.get(name) for name in _THREADS}
    environment.update(dict.fromkeys(_THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del environment[name]
            else:
                environment[name] = value
