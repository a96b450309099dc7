"""Explaining a forecast in a process of its own: it takes torch, which answering does not."""

import subprocess
import sys
import threading
from collections import OrderedDict
from dataclasses import dataclass, field

import structlog
from pydantic import ValidationError

from pregao.errors import InputError
from pregao.evaluation import Explanation
from pregao.serving._problems import Refusal

_log = structlog.get_logger("pregao.serving")
_PATIENCE_SECONDS = 120
_MOST_KEPT = 64
_MOST_WAITING = 3


@dataclass(eq=False)
class Explanations:
    """Explanations that were asked for, one made at a time, the last few kept."""

    _known: OrderedDict[tuple[str, str, str], Explanation] = field(default_factory=OrderedDict)
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
        Refusal
            If too many explanations are waited for.
        """
        key = (run, symbol, digest)
        if key in self._known:
            return self._known[key]
        if not self._waiting.acquire(blocking=False):
            raise Refusal("busy", "other explanations are being made: ask again later")
        try:
            with self._one:
                if key not in self._known:
                    self._known[key] = _explained(run, symbol, source)
                    while len(self._known) > _MOST_KEPT:
                        self._known.popitem(last=False)
                return self._known[key]
        finally:
            self._waiting.release()


def _explained(run: str, symbol: str, source: str) -> Explanation:
    command = [sys.executable, "-m", "pregao", "explain", run, symbol, "--json"]
    try:
        done = subprocess.run(
            [*command, "--source", source, "--allow-findings"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise InputError(f"{run} was not explained in {_PATIENCE_SECONDS} s") from None
    if done.returncode == 0:
        try:
            return Explanation.model_validate_json(done.stdout)
        except ValidationError as error:
            _log.error("no explanation", run=run, said=done.stdout[-500:], exc_info=error)
    lines = done.stderr.decode(errors="replace").strip().splitlines()
    _log.warning("not explained", run=run, said=lines[-20:])
    raise InputError(lines[-1].removeprefix("pregao: ") if lines else f"{run} was not explained")
