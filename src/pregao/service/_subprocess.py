"""A command of ours in a process of its own: for what takes torch, which answering does not."""

import subprocess
import sys

import structlog

_log = structlog.get_logger("pregao.server")


class BesideError(Exception):
    """A command that did not do what it was to do, with the reason that it gave."""


def run_beside(*arguments: str, patience_seconds: float) -> bytes:
    """Run a command of ours and wait for it; give what it wrote to standard output.

    Raises
    ------
    BesideError
        If it fails or takes too long; the reason is the command line's.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pregao", *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=patience_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise BesideError(f"it took more than {patience_seconds:g} s") from None
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        _log.warning("not done", command=arguments, said=lines[-20:])
        raise BesideError(lines[-1].removeprefix("pregao: ") if lines else "no reason")
    return done.stdout
