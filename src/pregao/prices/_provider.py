"""What a provider of prices is, and what it hands over."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from pregao.findings import Finding
from pregao.instruments import Symbol
from pregao.prices._access import Access
from pregao.prices._breaker import Breaker
from pregao.prices._prices import Bars


@dataclass(frozen=True)
class Download:
    """Raw bars as a provider gave them; nothing but their shape has been checked."""

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
    """What the provider itself knows about its answer."""

    def between(self, start: date | None, end: date | None) -> Self:
        """Give the rows from `start` to `end`, both included; None leaves a side open."""
        sessions = self.bars.sessions
        inside = np.ones(len(sessions), bool)
        if start is not None:
            inside &= sessions >= np.datetime64(start, "D")
        if end is not None:
            inside &= sessions <= np.datetime64(end, "D")
        lines = None if self.lines is None else self.lines[inside]
        return replace(self, bars=self.bars.take(inside), lines=lines)


class Provider(Protocol):
    """Where prices come from; `pregao.testing.PROVIDER_CONTRACT` says what every one promises."""

    @property
    def name(self) -> str:
        """What provenance and the store call it: lower-case letters, digits, underscores."""
        ...

    def download(
        self, symbol: Symbol, start: date | None = None, end: date | None = None
    ) -> Download:
        """Give the daily bars from `start` to `end`, both included; None leaves a side open.

        Raises
        ------
        UnknownSymbolError
            If this provider has no such symbol; the message says what there is.
        ProviderError
            If a provider on the network gives no usable answer; its reason says why.
        """
        ...


class ProviderFactory(Protocol):
    """Make a provider: those that read files take a path, those on the network an access.

    What reads no files refuses a path.
    """

    def __call__(self, *, path: Path | None = None, access: Access | None = None) -> Provider:
        """Make the provider."""
        ...


class NetworkProvider(Provider, Protocol):
    """A provider that is asked over the network, and left alone while it fails."""

    @property
    def breaker(self) -> Breaker:
        """What this process knows of it."""
        ...


class NetworkFactory(Protocol):
    """Make a provider on the network."""

    def __call__(
        self, *, path: Path | None = None, access: Access | None = None
    ) -> NetworkProvider:
        """Make the provider."""
        ...
