"""Registration of runs in a subprocess, as it needs torch."""

from pregao.errors import RegistrationError
from pregao.service._subprocess import SubprocessError, run_command

_PATIENCE_SECONDS = 300


def register_in_subprocess(run: str) -> None:
    """Register a run, and wait for it.

    Raises
    ------
    RegistrationError
        If it cannot be; the reason is the command line's.
    """
    try:
        run_command("register-run", run, patience_seconds=_PATIENCE_SECONDS)
    except SubprocessError as error:
        raise RegistrationError(run, str(error)) from None
