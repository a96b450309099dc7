"""What providers on the network need from outside: keys, addresses, a clock, patience."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random, SystemRandom

from pydantic import SecretStr

from pregao.errors import InputError


@dataclass(frozen=True)
class Clock:
    """What time it is, and how to wait."""

    now: Callable[[], datetime]
    """The moment, with its time zone."""
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True)
class Patience:
    """How long and how often one question is asked."""

    deadline_seconds: float = 30.0
    """For everything together: all requests, all attempts, all waits between them."""
    num_attempts: int = 3
    first_wait_seconds: float = 1.0
    """Doubled before each further attempt; half of it to all of it is waited."""
    max_bytes: int = 32 * 2**20
    """Of one answer, unpacked; 60 years of daily bars take 2 MiB."""


@dataclass(frozen=True)
class Access:
    """How the network is reached; nothing here is read from the environment."""

    home: Path
    clock: Clock
    keys: Mapping[str, SecretStr] = field(default_factory=dict)
    """By provider."""
    base_urls: Mapping[str, str] = field(default_factory=dict)
    """By provider, where it is not the provider's own."""
    patience: Patience = Patience()
    random: Random = field(default_factory=SystemRandom)
    """For the jitter of waits."""

    def base_url(self, provider: str, default: str) -> str:
        """Give the address of a provider, without a slash at the end.

        Raises
        ------
        InputError
            If it is no http or https address.
        """
        url = self.base_urls.get(provider, default).rstrip("/")
        if not url.startswith(("http://", "https://")):
            raise InputError(
                f"the address {url[:80]!r} of {provider} cannot be used: "
                "give one that begins with http:// or https://"
            )
        return url


def needed(access: Access | None, provider: str, path: Path | None) -> Access:
    """Give what a provider on the network needs, and refuse the path, which it does not read."""
    refuse_path(provider, path)
    if access is None:
        raise InputError(
            f"{provider} is on the network: give it an Access, with a home and a clock"
        )
    return access


def refuse_path(who: str, path: Path | None) -> None:
    """Refuse a path that was given to who reads no files."""
    if path is not None:
        raise InputError(f"{who} takes no path, and {path} was given: use csv")
