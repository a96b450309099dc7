"""Retries: fetch from a provider within a deadline, with exponential backoff and jitter."""

from collections.abc import Callable
from typing import TypeVar

from pregao.errors import ProviderError, ProviderReason, UnknownSymbolError
from pregao.prices._access import NetworkAccess, RetryPolicy
from pregao.prices._circuit_breaker import CircuitBreaker

Result = TypeVar("Result")

_TRANSIENT: tuple[ProviderReason, ...] = ("rate_limited", "unavailable")


def fetch_with_retry(
    symbol: str,
    fetch: Callable[[float], Result],
    *,
    access: NetworkAccess,
    breaker: CircuitBreaker,
) -> Result:
    """Return the result of `fetch`, which takes the deadline as a monotonic moment.

    A transient failure is retried after a wait that doubles, or after as long as the provider
    requires; any other (a bad key, a bad payload, an unknown symbol) is not.

    Raises
    ------
    ProviderError
        Of the last attempt, or at once where the circuit breaker is open.
    UnknownSymbolError
        If the provider has no such symbol.
    """
    clock, retry_policy = access.clock, access.retry_policy
    deadline = clock.monotonic() + retry_policy.deadline_seconds
    max_attempts = 1 if breaker.admit(symbol, clock) else retry_policy.num_attempts
    attempt = 1
    while True:
        try:
            result = fetch(deadline)
        except UnknownSymbolError:
            breaker.record_success(clock)
            raise
        except ProviderError as error:
            wait = _wait_seconds(
                retry_policy, attempt, error.retry_after_seconds, access.random.random()
            )
            is_last = attempt >= max_attempts or clock.monotonic() + wait >= deadline
            if error.reason not in _TRANSIENT or is_last:
                breaker.record_failure(error, clock)
                raise
            clock.sleep(wait)
            attempt += 1
        else:
            breaker.record_success(clock)
            return result


def _wait_seconds(
    retry_policy: RetryPolicy, attempt: int, retry_after_seconds: float | None, jitter: float
) -> float:
    wait: float = retry_policy.first_wait_seconds * 2 ** (attempt - 1) * (0.5 + 0.5 * jitter)
    return max(wait, retry_after_seconds or 0.0)
