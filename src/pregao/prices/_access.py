"""What providers on the network need: services, keys, addresses, a clock, a retry policy."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random, SystemRandom

from pydantic import SecretStr

from pregao.errors import InputError, ProviderError
from pregao.texts import gettext_lazy as _


@dataclass(frozen=True)
class Service:
    """A web service that providers read, and the environment variables that configure it."""

    name: str
    """Lower-case letters, digits, underscores; keys and addresses are configured by it."""
    title: str
    base_url: str
    """Its usual address, without a slash at the end."""
    key_variable: str | None = None
    """The environment variable that holds its key; None where it needs none."""

    @property
    def base_url_variable(self) -> str:
        """The environment variable that replaces its usual address."""
        return f"PREGAO_{self.name.upper()}_URL"


@dataclass(frozen=True)
class Clock:
    """The current time, and how to wait."""

    now: Callable[[], datetime]
    """The moment, with its time zone."""
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True)
class RetryPolicy:
    """How long and how often one download is attempted."""

    deadline_seconds: float = 30.0
    """For everything together: all requests, all attempts, all waits between them."""
    num_attempts: int = 3
    first_wait_seconds: float = 1.0
    """Doubled before each further attempt, and multiplied by a random share of 0.5 to 1."""
    max_bytes: int = 32 * 2**20
    """Of one response, unpacked; 60 years of daily bars take 2 MiB."""


@dataclass(frozen=True)
class NetworkAccess:
    """How the network is reached; nothing here is read from the environment."""

    home: Path
    clock: Clock
    keys: Mapping[str, SecretStr] = field(default_factory=dict)
    """By the name of the service."""
    base_urls: Mapping[str, str] = field(default_factory=dict)
    """By the name of the service, where it replaces the usual address."""
    retry_policy: RetryPolicy = RetryPolicy()
    random: Random = field(default_factory=SystemRandom)
    """For the jitter of waits."""

    def __post_init__(self) -> None:
        for name, url in self.base_urls.items():
            if not url.startswith(("http://", "https://")):
                raise InputError(
                    _(
                        "the address {url!r} of {name} cannot be used: give one that begins with "
                        "http:// or https://",
                        url=url[:80],
                        name=name,
                    )
                )

    def base_url(self, service: Service) -> str:
        """Return the address of a service, without a slash at the end."""
        return self.base_urls.get(service.name, service.base_url).rstrip("/")

    def key(self, service: Service, provider: str, symbol: str) -> SecretStr:
        """Return the key of a service.

        Raises
        ------
        ProviderError
            ``auth``, with the environment variable to set, if there is none.
        """
        key = self.keys.get(service.name)
        if key is None:
            advice = _(
                "set {key_variable} to the key that {title} issues",
                key_variable=service.key_variable,
                title=service.title,
            )
            raise ProviderError(provider, symbol, "auth", _("it has no key"), advice=advice)
        return key


def require_access(access: NetworkAccess | None, provider: str, path: Path | None) -> NetworkAccess:
    """Return the access of a provider on the network, and refuse a path, which it does not read.

    Raises
    ------
    InputError
        If a path is given, or no access.
    """
    refuse_path(provider, path)
    if access is None:
        raise InputError(
            _(
                "{provider} is on the network: give it a NetworkAccess, with a home and a clock",
                provider=provider,
            )
        )
    return access


def refuse_path(provider: str, path: Path | None) -> None:
    """Raise an InputError if a path is given to a provider that reads no files."""
    if path is not None:
        raise InputError(
            _(
                "{provider} takes no path, and {path} was given: use csv",
                provider=provider,
                path=path,
            )
        )
