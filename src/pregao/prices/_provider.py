"""The interface of a provider, its entry in the registry, and what it returns."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from pregao.findings import Finding
from pregao.instruments import Symbol
from pregao.prices._access import NetworkAccess, Service
from pregao.prices._circuit_breaker import CircuitBreaker, get_breaker
from pregao.prices._corporate_actions import Basis, CorporateAction, merge_actions
from pregao.prices._prices import Bars, Prices


@dataclass(frozen=True)
class Download:
    """Raw bars as a provider returned them; only their shape has been checked."""

    symbol: Symbol
    bars: Bars
    provider: str
    source: str
    """Where the bars came from, for messages: a path or an address."""
    lines: NDArray[np.intp] | None = None
    """The 1-based line of each row, where the source is a text file."""
    as_of: date | None = None
    """The day at the exchange when the bars were fetched, where the provider knows it."""
    findings: tuple[Finding, ...] = ()
    """What the provider itself reports about these bars."""
    actions: tuple[CorporateAction, ...] = ()
    """The corporate actions that the provider states; amounts as paid."""

    @classmethod
    def from_prices(cls, prices: Prices, source: str, findings: tuple[Finding, ...] = ()) -> Self:
        """Return prices as they were downloaded: what the source states, and not what follows."""
        actions = tuple(each.action for each in prices.actions)
        return cls(
            prices.symbol, prices.bars, prices.provider, source, findings=findings, actions=actions
        )

    def between(self, start: date | None, end: date | None) -> Self:
        """Return the rows from `start` to `end`, both included; None leaves a side open."""
        sessions = self.bars.sessions
        inside = np.ones(len(sessions), bool)
        if start is not None:
            inside &= sessions >= np.datetime64(start, "D")
        if end is not None:
            inside &= sessions <= np.datetime64(end, "D")
        lines = None if self.lines is None else self.lines[inside]
        return replace(self, bars=self.bars.take(inside), lines=lines)

    def with_actions(self, actions: Iterable[CorporateAction]) -> Self:
        """Return the download with further actions, which correct those that it states."""
        return replace(self, actions=merge_actions(self.actions, actions))


class Provider(Protocol):
    """A source of prices; `pregao.testing.PROVIDER_CONTRACT` checks what every one guarantees."""

    @property
    def name(self) -> str:
        """Its name in provenance and in the store: lower-case letters, digits, underscores."""
        ...

    def download(
        self, symbol: Symbol, start: date | None = None, end: date | None = None
    ) -> Download:
        """Download the daily bars from `start` to `end`, both included; None leaves a side open.

        Raises
        ------
        UnknownSymbolError
            If this provider has no such symbol; the message lists what there is.
        ProviderError
            If a provider on the network gives no usable answer; its reason says why.
        """
        ...


class ProviderFactory(Protocol):
    """Make a provider: those that read files take a path, those on the network an access.

    A provider that reads no files refuses a path.
    """

    def __call__(
        self, *, path: Path | None = None, access: NetworkAccess | None = None
    ) -> Provider:
        """Make the provider."""
        ...


def _no_findings(_: Symbol) -> tuple[Finding, ...]:
    return ()


@dataclass(frozen=True)
class ProviderEntry:
    """A provider in the registry, and what other modules need to know about it.

    Calling the entry makes the provider.
    """

    name: str
    """The name in ``--source``, in provenance and in the store."""
    factory: ProviderFactory
    service: Service | None = None
    """What it reads over the network; None where it reads files or bundled data."""
    basis: Basis = "unknown"
    """How it states quoted prices; a history as traded is never rescaled after an action."""
    standing_findings: Callable[[Symbol], tuple[Finding, ...]] = _no_findings
    """The findings that hold for every series of it, also when read from the store."""

    def __call__(
        self, *, path: Path | None = None, access: NetworkAccess | None = None
    ) -> Provider:
        """Make the provider."""
        return self.factory(path=path, access=access)

    def breaker(self, access: NetworkAccess) -> CircuitBreaker:
        """Return the circuit breaker of a provider on the network."""
        assert self.service is not None, "only a provider on the network has a circuit breaker"
        return get_breaker(self.name, access.base_url(self.service))
