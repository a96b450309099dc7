"""A circuit breaker: a provider that fails is left alone, but for one probe a minute."""

from datetime import datetime, timedelta
from threading import Lock

from pregao.errors import ProviderError, ProviderReason
from pregao.prices._access import Clock
from pregao.values import Value

PROBE_SECONDS = 60.0
# A provider that asks for more than a day is asked again after one.
_LONGEST_SECONDS = 86_400.0
# Trouble of the whole provider opens at once; an odd answer may be that of one symbol.
_AT_ONCE: tuple[ProviderReason, ...] = ("rate_limited", "unavailable")
_ODD: tuple[ProviderReason, ...] = ("bad_payload", "schema_changed")
_MANY_ODD_ANSWERS = 3


class Health(Value):
    """How a provider has fared in this process."""

    provider: str
    is_open: bool
    """Open means left alone, as with an electric circuit: nothing flows."""
    last_success: datetime | None
    last_failure: datetime | None
    reason: ProviderReason | None
    """Of the last failure."""
    retry_at: datetime | None
    """When it is asked again, while it is left alone."""


class Breaker:
    """What one process knows of one provider; its methods may be called from several threads."""

    def __init__(self, provider: str) -> None:
        self.provider = provider
        self._lock = Lock()
        self._open_until: float | None = None
        self._num_odd = 0
        self._error: ProviderError | None = None
        self._last_success: datetime | None = None
        self._last_failure: datetime | None = None

    def admit(self, symbol: str, clock: Clock) -> bool:
        """Let a question through and say whether it is a probe, or refuse it.

        While it is open one question a minute goes through.

        Raises
        ------
        ProviderError
            The reason of the last failure, and when to ask again.
        """
        with self._lock:
            if self._open_until is None:
                return False
            wait = self._open_until - clock.monotonic()
            if wait <= 0:
                self._open_until = clock.monotonic() + PROBE_SECONDS  # for others than the probe
                return True
            assert self._error is not None, "it opens with an error"
            raise ProviderError(
                self.provider,
                symbol,
                self._error.reason,
                f"it is not asked now, for it failed: {self._error.found}",
                retry_after_seconds=wait,
            )

    def succeeded(self, clock: Clock) -> None:
        """Close: the provider answered."""
        with self._lock:
            self._open_until, self._num_odd = None, 0
            self._last_success = clock.now()

    def failed(self, error: ProviderError, clock: Clock) -> None:
        """Remember a failure, and open where it is the provider's and not the question's."""
        with self._lock:
            self._error, self._last_failure = error, clock.now()
            self._num_odd += error.reason in _ODD
            is_probe = self._open_until is not None
            if error.reason in _AT_ONCE or self._num_odd >= _MANY_ODD_ANSWERS or is_probe:
                wait = min(max(error.retry_after_seconds or 0, PROBE_SECONDS), _LONGEST_SECONDS)
                self._open_until = clock.monotonic() + wait

    def health(self, clock: Clock) -> Health:
        """Say how the provider has fared."""
        with self._lock:
            wait = None if self._open_until is None else self._open_until - clock.monotonic()
            return Health(
                provider=self.provider,
                is_open=wait is not None,
                last_success=self._last_success,
                last_failure=self._last_failure,
                reason=None if self._error is None else self._error.reason,
                retry_at=None if wait is None else clock.now() + timedelta(seconds=max(wait, 0)),
            )


_breakers: dict[tuple[str, str], Breaker] = {}
_lock = Lock()


def breaker_of(provider: str, base_url: str) -> Breaker:
    """Give the one breaker that this process has for a provider at an address."""
    with _lock:
        return _breakers.setdefault((provider, base_url), Breaker(provider))
