"""Many trainings at once on Ray: a small one of this program's own, or a running cluster.

Ray is optional and heavy (1 GB, seconds to start): it is imported when a pool is opened.
"""

import logging
import pickle
import reprlib
import secrets
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from tempfile import TemporaryDirectory, gettempdir
from threading import current_thread, main_thread
from types import ModuleType
from typing import Any, TypeVar
from urllib.parse import urlsplit

from pregao.errors import EngineUnavailableError, InputError, MissingExtraError, WorkerLostError
from pregao.texts import N_, LocalText, join_messages
from pregao.texts import gettext_lazy as _
from pregao.training.engines._sharing import INHERITED, answered, environment, requested, unpacked

Task = TypeVar("Task")

_RETRIES = 3
_ANSWER_SECONDS = 8.0
_GRACE_SECONDS = 10.0
_LEAST_STORE_BYTES = 100_000_000
_LONGEST_FOLDER = 30
"""Ray's sockets lie 70 characters below its folder, and a socket's path has at most 107."""
_QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",  # no copy of the working folder to every node
    "RAY_DEDUP_LOGS_SKIP_REGEX": ".",  # it would write of lost workers on standard output
    "RAY_task_oom_retries": str(_RETRIES),  # Ray's own is for ever
}
_AUTHENTICATION = ("RAY_AUTH_MODE",)
"""What Ray sets by itself when it starts one of our own."""
_START = _(
    "start one with 'ray start --head --port 6379' on its first machine and "
    "'ray start --address HOST:6379' on the others, or leave the address out for one of your own"
)


@dataclass(frozen=True)
class Ray:
    """Workers of a Ray cluster; needs ``pip install 'pregao[ray]'``.

    The data goes into Ray's object store once, and every node maps its copy of it. Tasks that lose
    their worker or their node run again elsewhere, up to three times.

    Parameters
    ----------
    address
        ``host:port`` of a running cluster of which this machine is a node; None starts a Ray of
        one's own for as long as the pool is open, or uses the one this process has connected to.
    num_workers
        The most tasks that run at the same time; None is one for every CPU (or share of a GPU).
    gpus_per_worker
        What each worker takes of a GPU: 0.25 lets four share one.

    Raises
    ------
    EngineUnavailableError
        If the address is malformed, or no cluster that can be used answers at it.
    MissingExtraError
        From `pool`, if Ray is not installed.
    WorkerLostError
        From `WorkerPool.results`, if a task lost its worker more often than it is retried.

    >>> Ray("10.0.0.5:6379", gpus_per_worker=0.5)
    Ray(address='10.0.0.5:6379', num_workers=None, gpus_per_worker=0.5)
    """

    address: str | None = None
    num_workers: int | None = None
    gpus_per_worker: float = 0.0

    def __post_init__(self) -> None:
        if self.num_workers is not None and self.num_workers < 1:
            raise InputError(
                _(
                    "{num_workers} workers cannot work: ask for 1 or more",
                    num_workers=self.num_workers,
                )
            )
        if not 0 <= self.gpus_per_worker < float("inf"):
            raise InputError(
                _(
                    "{gpus_per_worker} GPUs per worker: ask for 0 or more",
                    gpus_per_worker=self.gpus_per_worker,
                )
            )
        if self.address is not None:
            _check_spelling(self.address)

    @contextmanager
    def pool(self, data: object) -> Iterator["_RayCrew"]:
        """Open workers that hold this data."""
        ray = _imported()
        with _connected(ray, self, data):
            pool = _RayCrew(ray, self._size(ray), self.gpus_per_worker, data)
            try:
                yield pool
            finally:
                pool.close()

    def _size(self, ray: ModuleType) -> int:
        """Return the requested number of workers, or as many as fit the cluster."""
        kind, share = ("GPU", self.gpus_per_worker) if self.gpus_per_worker else ("CPU", 1.0)
        room = int(ray.cluster_resources().get(kind, 0.0) / share)
        if room < 1:
            found = _(
                "a Ray without room for one worker (no {share:g} {kind} on it)",
                share=share,
                kind=kind,
            )
            raise EngineUnavailableError(
                self.address or "this machine", found, _("add a {kind} node", kind=kind)
            )
        return self.num_workers or room


class _RayCrew:
    """Keeps as many tasks in flight as there are workers: what is left can still be called off."""

    def __init__(self, ray: ModuleType, num_workers: int, gpus: float, data: object) -> None:
        self.num_workers = num_workers
        self._ray = ray
        options = {
            "num_cpus": 1,
            "num_gpus": gpus,
            "max_retries": _RETRIES,
            # A node that has just joined may take the data for lost.
            "retry_exceptions": [ray.exceptions.ObjectLostError],
            "runtime_env": {"env_vars": INHERITED},
        }
        self._answer = ray.remote(**options)(_answer)
        # In a list it is not unpacked for every task, but once in a worker.
        self._held = [ray.put(data)]
        self._waiting: deque[tuple[object, bytes]] = deque()
        self._running: dict[object, object] = {}

    def submit(self, work: Callable[[Any, Task], object], task: Task) -> None:
        question = requested(work, task, dumps=self._ray.cloudpickle.dumps)
        self._waiting.append((task, question))
        self._hand_out()

    def results(self) -> Iterator[tuple[Any, Any]]:
        while self._running:
            [done], _ = self._ray.wait(list(self._running), num_returns=1)
            task = self._running.pop(done)
            self._hand_out()
            yield task, unpacked(self._fetched(done, task))

    def close(self) -> None:
        """Call off what still runs, and wait until its workers have ended."""
        self._waiting.clear()
        running = list(self._running)
        self._running.clear()
        for reference in running:
            self._ray.cancel(reference, force=True)
        if running:
            self._ray.wait(running, num_returns=len(running), timeout=_GRACE_SECONDS)

    def _hand_out(self) -> None:
        while self._waiting and len(self._running) < self.num_workers:
            task, question = self._waiting.popleft()
            self._running[self._answer.remote(question, self._held)] = task

    def _fetched(self, reference: object, task: object) -> bytes:
        errors = self._ray.exceptions
        try:
            return bytes(self._ray.get(reference))
        except errors.ObjectLostError as error:
            raise self._lost(error, task) from None
        except (errors.RayTaskError, errors.RuntimeEnvSetupError) as error:
            # The work's own exceptions are part of the answer: this one came before it could begin.
            raise EngineUnavailableError(
                "its nodes",
                _last_line(str(error)),
                _("install the same pregao and Python on each"),
            ) from None
        except errors.RayError as error:
            raise self._lost(error, task) from None

    @staticmethod
    def _lost(error: Exception, task: object) -> WorkerLostError:
        reason = _(
            "{first_line}, after {retries} retries of the task",
            first_line=_first_line(str(error)),
            retries=_RETRIES,
        )
        return WorkerLostError(join_messages([reason, reprlib.repr(task)], " "), task)


def _answer(question: bytes, held: list[Any]) -> bytes:
    """Do the work in a worker of the cluster.

    The data is opened first: where that fails, it is the cluster that failed, and not the work.
    """
    from ray import cloudpickle

    data = _opened(held[0])
    return answered(question, lambda: data, dumps=cloudpickle.dumps)


@lru_cache(maxsize=1)
def _opened(reference: Any) -> Any:
    import ray

    return ray.get(reference)


def _imported() -> ModuleType:
    try:
        with environment(_QUIET):
            import ray
    except ImportError as error:
        raise MissingExtraError("ray", "ray", str(error)) from None
    return ray


@contextmanager
def _connected(ray: ModuleType, engine: Ray, data: object) -> Iterator[None]:
    """Be connected: as this process is, to the cluster asked for, or to a Ray of our own."""
    if ray.is_initialized():
        _check_same(engine.address, ray.get_runtime_context().gcs_address)
        yield
    elif engine.address is None:
        with TemporaryDirectory(
            prefix="pregao-", dir=_short_folder(), ignore_cleanup_errors=True
        ) as folder:
            own = _own_ray(engine, data, folder)
            with _initialised(ray, _QUIET | _locked(), own):
                yield
    else:
        if _locked.cache_info().currsize:
            found = _("this process has had a Ray of its own, and shows its key to every other")
            raise EngineUnavailableError(
                engine.address, found, _("join a cluster in a fresh process")
            )
        _check_answer(engine.address)
        with _initialised(ray, _QUIET, {"address": engine.address}):
            yield


def _own_ray(engine: Ray, data: object, folder: str) -> dict[str, object]:
    """Return the size of the Ray cluster that this data and these workers need."""
    num_bytes = 0

    def count(buffer: pickle.PickleBuffer) -> None:
        nonlocal num_bytes
        num_bytes += buffer.raw().nbytes

    num_bytes += len(pickle.dumps(data, protocol=5, buffer_callback=count))
    return {
        "address": "local",
        "num_cpus": engine.num_workers,
        "object_store_memory": _LEAST_STORE_BYTES + 2 * num_bytes,
        "include_dashboard": False,
        "_temp_dir": folder,
        "_node_ip_address": "127.0.0.1",
    }


def _short_folder() -> str | None:
    return "/tmp" if len(gettempdir()) > _LONGEST_FOLDER and sys.platform != "win32" else None  # noqa: S108 - the folder made in it has a name nobody can guess


@lru_cache(maxsize=1)
def _locked() -> dict[str, str]:
    """Make the key of this process: a Ray listens to the network, and runs what it is told.

    Ray asks for one unless the user's RAY_AUTH_MODE says otherwise; left alone, it would make one
    and keep it in the user's home.
    """
    return {"RAY_AUTH_TOKEN": secrets.token_hex(32)}


@contextmanager
def _initialised(
    ray: ModuleType, variables: Mapping[str, str], arguments: Mapping[str, object]
) -> Iterator[None]:
    before = signal.getsignal(signal.SIGTERM)
    try:
        with environment(variables, back=_AUTHENTICATION):
            _initialise(ray, arguments)
        # Ray's handler would end the program at once, and leave its files.
        _handle_sigterm(_end_in_order if before is signal.SIG_DFL else before)
        yield
    finally:
        ray.shutdown(wait_for_processes=True)
        _handle_sigterm(before)


def _initialise(ray: ModuleType, arguments: Mapping[str, object]) -> None:
    try:
        ray.init(log_to_driver=False, logging_level=logging.ERROR, **arguments)
    except (ConnectionError, RuntimeError) as error:
        found = _last_line(str(error))
        raise EngineUnavailableError(str(arguments["address"]), found, _START) from error


def _handle_sigterm(handler: Any) -> None:
    if handler is not None and current_thread() is main_thread():
        signal.signal(signal.SIGTERM, handler)


def _end_in_order(number: int, _: object) -> None:
    sys.exit(128 + number)


def _check_spelling(address: str) -> None:
    try:
        parts = urlsplit(f"//{address}")
        found = None if parts.port and parts.hostname else _("it is not spelt host:port")
        if found is None and (parts.netloc != address or parts.username is not None):
            found = _("it has more than host:port")
    except ValueError as error:
        found = _("it is not spelt host:port ({error})", error=error)
    if found:
        raise EngineUnavailableError(address, found, _START)


def _check_same(address: str | None, connected: str) -> None:
    if address not in {None, connected}:
        found = _("this process is connected to the one at {connected}", connected=connected)
        raise EngineUnavailableError(str(address), found, _("call ray.shutdown() first"))


def _check_answer(address: str) -> None:
    """Return whether a cluster answers, from a process that can be killed: Ray waits for long."""
    parts = urlsplit(f"//{address}")
    where = [address, str(parts.hostname), str(parts.port)]
    try:
        subprocess.run(  # noqa: S603 - this Python, and an address that was parsed
            [sys.executable, "-c", _PROBE, *where],
            check=True,
            capture_output=True,
            text=True,
            timeout=_ANSWER_SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        sentence = (
            N_("something listens there, but no Ray answered within {seconds:g} seconds")
            if error.stdout
            else N_("nothing accepts, and no Ray answered within {seconds:g} seconds")
        )
        found: LocalText = _(sentence, seconds=_ANSWER_SECONDS)
    except subprocess.CalledProcessError as error:
        found = _last_line(error.stderr)
    else:
        return
    raise EngineUnavailableError(address, found, _START)


_PROBE = """
import socket, sys
address, host, port = sys.argv[1:]
try:
    socket.create_connection((host, int(port))).close()
except OSError as error:
    sys.exit(f"nothing listens there ({error})")
print("something listens", flush=True)
from ray._private.services import get_node_to_connect_for_driver
from ray._raylet import GcsClient
cluster = GcsClient(address=address)
try:
    get_node_to_connect_for_driver(cluster, timeout_seconds=2)
except RuntimeError:
    makes = f"'ray start --address {address}' makes it one"
    sys.exit(f"a Ray of which this machine is no node ({makes})")
"""


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0]


def _last_line(text: str) -> str:
    return text.strip().rpartition("\n")[2]
