"""Commands of Pregao in a subprocess, for work that needs torch."""

import subprocess
import sys

import structlog

_log = structlog.get_logger("pregao.server")


class SubprocessError(Exception):
    """A command that failed, with its reason."""


def run_command(*arguments: str, timeout_seconds: float) -> bytes:
    """Run a command of Pregao, wait for it, and return its standard output.

    Raises
    ------
    SubprocessError
        If it fails or takes too long, with the last line of its error output.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pregao", *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise SubprocessError(f"it took more than {timeout_seconds:g} s") from None
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        _log.warning("not done", command=arguments, output=lines[-20:])
        raise SubprocessError(lines[-1].removeprefix("pregao: ") if lines else "no reason")
    return done.stdout
