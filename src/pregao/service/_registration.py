"""Registration in a process of its own: it takes torch, which answering does not."""

from pregao.errors import RegistrationError
from pregao.service._subprocess import BesideError, run_beside

_PATIENCE_SECONDS = 300


def register_beside(run: str) -> None:
    """Register a run, and wait for it.

    Raises
    ------
    RegistrationError
        If it cannot be; the reason is the command line's.
    """
    try:
        run_beside("register-run", run, patience_seconds=_PATIENCE_SECONDS)
    except BesideError as error:
        raise RegistrationError(run, str(error)) from None
