"""The child process: it does one job, reports on standard output, and ends with its worker."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Lock, Thread
from typing import BinaryIO

from pregao.errors import PregaoError
from pregao.jobs import JobProblem, JobProgress, parse_request
from pregao.values import Value
from pregao.workbench import Workbench
from pregao.worker._messages import ProblemMessage, ProgressMessage, ResultMessage
from pregao.worker._work import perform

_NICENESS = 5
"""Training yields the CPU to the processes that answer forecasts."""


def run_child(bench: Workbench, folder: Path) -> None:
    """Do the job whose request is the first line of standard input.

    A `PregaoError` is sent as a problem; any other error ends the process with a traceback, which
    the worker counts as a crash and retries.
    """
    with sys.stdin as requests:
        request = parse_request(requests.readline())
        parent = os.dup(requests.fileno())
    _end_with_parent(parent)
    send = _make_sender(_take_over_stdout())
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    try:
        result = perform(request, bench, folder, _progress_sender(send))
    except PregaoError as error:
        problem = JobProblem.from_message(type(error).__name__, error)
        send(ProblemMessage(problem=problem))
    else:
        send(ResultMessage(result=result))


def _progress_sender(send: Callable[[Value], None]) -> Callable[[JobProgress], None]:
    return lambda progress: send(ProgressMessage(progress=progress))


def _take_over_stdout() -> BinaryIO:
    """Reserve standard output for messages: what libraries print goes into the log."""
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return output


def _make_sender(output: BinaryIO) -> Callable[[Value], None]:
    lock = Lock()

    def send(message: Value) -> None:
        with lock:
            output.write(message.model_dump_json().encode() + b"\n")
            output.flush()

    return send


def _end_with_parent(parent: int) -> None:
    """End this process and its children when the worker does, however it ends."""

    def watch() -> None:
        while os.read(parent, 4096):
            pass
        if hasattr(os, "killpg") and os.getpgid(0) == os.getpid():
            os.killpg(0, signal.SIGKILL)
        os._exit(1)

    Thread(target=watch, daemon=True).start()
