"""Registration in a process of its own: it takes torch, which answering does not."""

import subprocess
import sys

import structlog

from pregao.errors import RegistrationError

_log = structlog.get_logger("pregao.serving")
_PATIENCE_SECONDS = 300


def register_beside(run: str) -> None:
    """Register a run, and wait for it.

    Raises
    ------
    RegistrationError
        If it cannot be; the reason is the command line's.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pregao", "register-run", run],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise RegistrationError(run, f"it took more than {_PATIENCE_SECONDS} s") from None
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        _log.warning("not registered", run=run, said=lines[-20:])
        raise RegistrationError(run, lines[-1].removeprefix("pregao: ") if lines else "no reason")
