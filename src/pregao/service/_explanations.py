"""Explaining a forecast in a process of its own: it takes torch, which answering does not."""

import threading
from dataclasses import dataclass, field
from functools import partial

from pregao.errors import InputError, ServiceBusyError
from pregao.explanation import Explanation
from pregao.service._lru_cache import Kept
from pregao.service._subprocess import BesideError, run_beside

_PATIENCE_SECONDS = 120
_MOST_KEPT = 64
_MOST_WAITING = 3


@dataclass(eq=False)
class Explanations:
    """Explanations that were asked for, one made at a time, the last few kept."""

    _known: Kept[tuple[str, str, str], Explanation] = field(
        default_factory=lambda: Kept(_MOST_KEPT)
    )
    _one: threading.Lock = field(default_factory=threading.Lock)
    _waiting: threading.Semaphore = field(
        default_factory=lambda: threading.Semaphore(_MOST_WAITING)
    )

    def of(self, run: str, symbol: str, *, digest: str, source: str) -> Explanation:
        """Explain what a run forecasts for a symbol out of prices of a digest.

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
            run_beside(*command, patience_seconds=_PATIENCE_SECONDS)
        )
    except BesideError as error:
        raise InputError(f"{run} was not explained: {error}") from None
