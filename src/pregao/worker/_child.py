"""The life of a child: one job, told line by line, ended when its worker ends."""

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
from pregao.worker._messages import Done, Refused, Went
from pregao.worker._work import perform

_NICENESS = 5
"""Those who ask for a forecast come before those who train."""


def run_child(bench: Workbench, folder: Path) -> None:
    """Do the job whose request is the first line of standard input, and tell of it on output.

    What is raised on purpose is told; anything else ends the process with a traceback, which the
    worker takes for a crash and tries again.
    """
    with sys.stdin as asked:
        request = parse_request(asked.readline())
        parent = os.dup(asked.fileno())
    _obey(parent)
    tell = _teller(_own_output())
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    try:
        result = perform(request, bench, folder, _progress(tell))
    except PregaoError as error:
        name = type(error).__name__
        tell(Refused(problem=JobProblem(name=name, detail=str(error))))
    else:
        tell(Done(result=result))


def _progress(tell: Callable[[Value], None]) -> Callable[[JobProgress], None]:
    return lambda progress: tell(Went(progress=progress))


def _own_output() -> BinaryIO:
    """Keep standard output for the worker's ears: what libraries print goes into the log."""
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return output


def _teller(output: BinaryIO) -> Callable[[Value], None]:
    lock = Lock()

    def tell(message: Value) -> None:
        with lock:
            output.write(message.model_dump_json().encode() + b"\n")
            output.flush()

    return tell


def _obey(parent: int) -> None:
    """End with all processes of one's own when the worker does, however it ends."""

    def watch() -> None:
        while os.read(parent, 4096):
            pass
        if hasattr(os, "killpg") and os.getpgid(0) == os.getpid():
            os.killpg(0, signal.SIGKILL)
        os._exit(1)

    Thread(target=watch, daemon=True).start()
