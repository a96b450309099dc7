"""Asking a provider on the network: within a deadline, again after a while, or not at all."""

from collections.abc import Callable
from typing import TypeVar

from pregao.errors import ProviderError, ProviderReason, UnknownSymbolError
from pregao.prices._access import Access, Patience
from pregao.prices._breaker import Breaker

Answer = TypeVar("Answer")

_PASSING: tuple[ProviderReason, ...] = ("rate_limited", "unavailable")


def asked(
    symbol: str, ask: Callable[[float], Answer], *, access: Access, breaker: Breaker
) -> Answer:
    """Give what `ask` gives, which is told the monotonic moment at which all must be over.

    What may pass is asked again after a wait that doubles, or as long as the provider says; what
    will not (a bad key, an odd answer, an unknown symbol) is not.

    Raises
    ------
    ProviderError
        Of the last attempt, or at once where the breaker is open.
    UnknownSymbolError
        If the provider says that there is no such symbol.
    """
    clock, patience = access.clock, access.patience
    ends = clock.monotonic() + patience.deadline_seconds
    most = 1 if breaker.admit(symbol, clock) else patience.num_attempts
    attempt = 1
    while True:
        try:
            answer = ask(ends)
        except UnknownSymbolError:
            breaker.succeeded(clock)
            raise
        except ProviderError as error:
            wait = _wait(patience, attempt, error.retry_after_seconds, access.random.random())
            is_over = attempt >= most or clock.monotonic() + wait >= ends
            if error.reason not in _PASSING or is_over:
                breaker.failed(error, clock)
                raise
            clock.sleep(wait)
            attempt += 1
        else:
            breaker.succeeded(clock)
            return answer


def _wait(patience: Patience, attempt: int, told: float | None, chance: float) -> float:
    wait: float = patience.first_wait_seconds * 2 ** (attempt - 1) * (0.5 + 0.5 * chance)
    return max(wait, told or 0.0)
