"""The worker process of a server: restarted when it dies, stopped with the server."""

import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic

import structlog

_log = structlog.get_logger("pregao.server")

_SHORTEST_PAUSE_SECONDS = 0.25
_LONGEST_PAUSE_SECONDS = 30.0
_STEADY_SECONDS = 60.0


@dataclass(eq=False)
class Supervisor:
    """Keeps one program running.

    The program reads its standard input and ends in good order when that ends: so it does too when
    this process is killed without a chance to stop it.
    """

    arguments: Sequence[str]
    """After the interpreter: ``-m pregao worker ...``."""
    grace_seconds: float = 35.0
    _stopping: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _thread: threading.Thread | None = None
    _process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """Start the program, and watch it."""
        self._thread = threading.Thread(target=self._watch, name="supervisor", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop the program, and wait for its end."""
        with self._lock:
            self._stopping.set()
            process = self._process
        if process is None or self._thread is None:
            return
        assert process.stdin is not None, "it has a pipe"
        with suppress(OSError):
            process.stdin.close()
        self._thread.join(self.grace_seconds)
        if process.poll() is None:
            _log.warning("worker killed", pid=process.pid)
            process.kill()
        self._thread.join()

    @property
    def pid(self) -> int | None:
        """The program's process, while it runs."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def _watch(self) -> None:
        pause = _SHORTEST_PAUSE_SECONDS
        while (process := self._start_process()) is not None:
            started = monotonic()
            code = process.wait()
            if self._stopping.is_set():
                return
            was_steady = monotonic() - started > _STEADY_SECONDS
            pause = (
                _SHORTEST_PAUSE_SECONDS if was_steady else min(2 * pause, _LONGEST_PAUSE_SECONDS)
            )
            _log.warning("worker ended", code=code, again_in_seconds=pause)
            self._stopping.wait(pause)

    def _start_process(self) -> "subprocess.Popen[bytes] | None":
        with self._lock:
            if self._stopping.is_set():
                return None
            self._process = subprocess.Popen(
                [sys.executable, *self.arguments], stdin=subprocess.PIPE
            )
            return self._process
