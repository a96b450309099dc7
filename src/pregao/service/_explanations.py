"""Explanations of forecasts, computed in a subprocess, as they need torch."""

import threading
from dataclasses import dataclass, field
from functools import partial

from pregao.errors import InputError, ServiceBusyError
from pregao.explanation import Explanation
from pregao.service._lru_cache import LruCache
from pregao.service._subprocess import SubprocessError, run_command
from pregao.texts import gettext_lazy as _

_TIMEOUT_SECONDS = 120
_MAX_CACHED = 64
_MAX_WAITING = 3


@dataclass(eq=False)
class Explanations:
    """Explanations on request: computed one at a time, the last ones cached."""

    _cached: LruCache[tuple[str, str, str], Explanation] = field(
        default_factory=lambda: LruCache(_MAX_CACHED)
    )
    _running: threading.Lock = field(default_factory=threading.Lock)
    _waiting: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(_MAX_WAITING))

    def explain(self, run: str, symbol: str, *, digest: str, source: str) -> Explanation:
        """Explain a run's forecast for a symbol from the prices of a digest.

        Raises
        ------
        InputError
            If it cannot be explained, with the reason of the command.
        ServiceBusyError
            If too many requests wait for explanations.
        """
        key = (run, symbol, digest)
        explain = partial(_explain, run, symbol, source)
        if key in self._cached:
            return self._cached.get(key, explain)
        if not self._waiting.acquire(blocking=False):
            raise ServiceBusyError(_("other explanations are being computed: try again later"))
        try:
            with self._running:
                return self._cached.get(key, explain)
        finally:
            self._waiting.release()


def _explain(run: str, symbol: str, source: str) -> Explanation:
    command = ("explain", run, symbol, "--json", "--source", source, "--allow-findings")
    try:
        return Explanation.model_validate_json(
            run_command(*command, timeout_seconds=_TIMEOUT_SECONDS)
        )
    except SubprocessError as error:
        raise InputError(_("{run} was not explained: {error}", run=run, error=error)) from None
