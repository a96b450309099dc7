"""Explanations of forecasts, computed in a subprocess, as they need torch."""

import threading
from dataclasses import dataclass, field
from functools import partial

from pregao.errors import InputError, ServiceBusyError
from pregao.explanation import Explanation
from pregao.service._lru_cache import LruCache
from pregao.service._subprocess import SubprocessError, run_command

_PATIENCE_SECONDS = 120
_MOST_KEPT = 64
_MOST_WAITING = 3


@dataclass(eq=False)
class Explanations:
    """Explanations on request: computed one at a time, the last ones cached."""

    _known: LruCache[tuple[str, str, str], Explanation] = field(
        default_factory=lambda: LruCache(_MOST_KEPT)
    )
    _one: threading.Lock = field(default_factory=threading.Lock)
    _waiting: threading.Semaphore = field(
        default_factory=lambda: threading.Semaphore(_MOST_WAITING)
    )

    def of(self, run: str, symbol: str, *, digest: str, source: str) -> Explanation:
        """Explain a run's forecast for a symbol from the prices of a digest.

        Raises
        ------
        InputError
            If it cannot be explained; the reason is the command line's.
        ServiceBusyError
            If too many explanations are waited for.
        """
        key = (run, symbol, digest)
        explained = partial(_explained, run, symbol, source)
        if key in self._known:
            return self._known.get(key, explained)
        if not self._waiting.acquire(blocking=False):
            raise ServiceBusyError("other explanations are being made: ask again later")
        try:
            with self._one:
                return self._known.get(key, explained)
        finally:
            self._waiting.release()


def _explained(run: str, symbol: str, source: str) -> Explanation:
    command = ("explain", run, symbol, "--json", "--source", source, "--allow-findings")
    try:
        return Explanation.model_validate_json(
            run_command(*command, patience_seconds=_PATIENCE_SECONDS)
        )
    except SubprocessError as error:
        raise InputError(f"{run} was not explained: {error}") from None
