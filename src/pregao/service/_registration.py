"""Registration of runs in a subprocess, as it needs torch."""

from pregao.errors import RegistrationError
from pregao.service._subprocess import SubprocessError, run_command

_TIMEOUT_SECONDS = 300


def register_in_subprocess(run: str) -> None:
    """Register a run, and wait for it.

    Raises
    ------
    RegistrationError
        If it fails, with the reason of the command.
    """
    try:
        run_command("register-run", run, timeout_seconds=_TIMEOUT_SECONDS)
    except SubprocessError as error:
        raise RegistrationError(run, str(error)) from None
