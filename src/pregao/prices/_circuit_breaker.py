"""A circuit breaker: no requests to a provider that fails, except one probe a minute."""

from datetime import datetime, timedelta
from threading import Lock

from pregao.errors import ProviderError, ProviderReason
from pregao.prices._access import Clock
from pregao.texts import gettext_lazy as _
from pregao.values import Value

PROBE_SECONDS = 60.0
# A provider that requires a longer wait than a day is probed after a day.
_MAX_OPEN_SECONDS = 86_400.0
# A failure of the whole provider opens at once; a bad payload may concern one symbol only.
_OPENS_AT_ONCE: tuple[ProviderReason, ...] = ("rate_limited", "unavailable")
_BAD_PAYLOAD: tuple[ProviderReason, ...] = ("bad_payload", "schema_changed")
_MAX_BAD_PAYLOADS = 3


class Health(Value):
    """The state of a provider as seen by this process."""

    provider: str
    is_open: bool
    """Open means that no requests are sent, as in an open electric circuit."""
    last_success: datetime | None
    last_failure: datetime | None
    reason: ProviderReason | None
    """Of the last failure."""
    retry_at: datetime | None
    """When the next request is let through, while it is open."""


class CircuitBreaker:
    """The failures of one provider in one process; its methods are safe for several threads."""

    def __init__(self, provider: str) -> None:
        self.provider = provider
        self._lock = Lock()
        self._open_until: float | None = None
        self._num_bad_payloads = 0
        self._error: ProviderError | None = None
        self._last_success: datetime | None = None
        self._last_failure: datetime | None = None

    def admit(self, symbol: str, clock: Clock) -> bool:
        """Admit a request and return whether it is a probe, or refuse it.

        While the breaker is open one request a minute goes through.

        Raises
        ------
        ProviderError
            With the reason of the last failure, and when to try again.
        """
        with self._lock:
            if self._open_until is None:
                return False
            wait = self._open_until - clock.monotonic()
            if wait <= 0:
                # Other requests than this probe are refused until it has ended.
                self._open_until = clock.monotonic() + PROBE_SECONDS
                return True
            assert self._error is not None, "it opens with an error"
            raise ProviderError(
                self.provider,
                symbol,
                self._error.reason,
                _(
                    "no request is sent for now, as the last one failed: {found}",
                    found=self._error.found,
                ),
                retry_after_seconds=wait,
            )

    def record_success(self, clock: Clock) -> None:
        """Close the breaker: the provider answered."""
        with self._lock:
            self._open_until, self._num_bad_payloads = None, 0
            self._last_success = clock.now()

    def record_failure(self, error: ProviderError, clock: Clock) -> None:
        """Record a failure, and open if it is the provider's rather than the request's."""
        with self._lock:
            self._error, self._last_failure = error, clock.now()
            self._num_bad_payloads += error.reason in _BAD_PAYLOAD
            is_probe = self._open_until is not None
            has_too_many = self._num_bad_payloads >= _MAX_BAD_PAYLOADS
            if error.reason in _OPENS_AT_ONCE or has_too_many or is_probe:
                wait = min(max(error.retry_after_seconds or 0, PROBE_SECONDS), _MAX_OPEN_SECONDS)
                self._open_until = clock.monotonic() + wait

    def health(self, clock: Clock) -> Health:
        """Return the state of the provider."""
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


_breakers: dict[tuple[str, str], CircuitBreaker] = {}
_lock = Lock()


def get_breaker(provider: str, base_url: str) -> CircuitBreaker:
    """Return the one breaker that this process has for a provider at an address."""
    with _lock:
        return _breakers.setdefault((provider, base_url), CircuitBreaker(provider))
