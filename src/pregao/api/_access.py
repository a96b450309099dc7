"""Access control: hosts, origins and keys, refused unless allowed."""

import hmac
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import ip_address
from typing import Self
from urllib.parse import urlsplit

from pregao.api._problems import RequestRefusedError
from pregao.errors import InputError
from pregao.texts import gettext_lazy as _

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
SAFE_METHODS = frozenset({"GET", "HEAD"})
METHODS = frozenset({*SAFE_METHODS, "POST", "PUT", "DELETE"})


class UnprotectedAddressError(InputError):
    """An address that others can reach, without a key."""

    def __init__(self, host: str) -> None:
        self.host = host
        super().__init__(
            _(
                "{host} can be reached by others: set PREGAO_API_KEYS to one key or several "
                "(commas between them), or serve on 127.0.0.1",
                host=host,
            )
        )


@dataclass(frozen=True)
class Access:
    """The hosts that are served, and the keys for requests that change something."""

    hosts: frozenset[str]
    key_digests: tuple[bytes, ...]

    @classmethod
    def for_host(cls, *, host: str, allowed_hosts: tuple[str, ...], keys: tuple[str, ...]) -> Self:
        """Allow the loopback names and `allowed_hosts`, and the keys.

        Raises
        ------
        UnprotectedAddressError
            For an address beyond this machine without a key.
        """
        if not is_loopback(host) and not keys:
            raise UnprotectedAddressError(host)
        named = {each.lower() for each in allowed_hosts}
        own = LOOPBACK if is_loopback(host) else LOOPBACK | {host.lower()}
        digests = tuple(sha256(each.encode()).digest() for each in keys)
        return cls(frozenset(named | own), digests)

    def check(
        self,
        method: str,
        path: str,
        headers: Mapping[str, list[str]],
        *,
        keyless_posts: Collection[str],
    ) -> None:
        """Refuse a request from its head alone.

        Parameters
        ----------
        keyless_posts
            Paths whose POST changes nothing and needs no key.

        Raises
        ------
        Refusal
            With the kind of problem.
        """
        if method not in METHODS:
            allowed = ", ".join(sorted(METHODS))
            detail = _(
                "{method} is no method here: use {allowed}", method=method[:20], allowed=allowed
            )
            raise RequestRefusedError("method-not-allowed", detail, headers={"Allow": allowed})
        self._check_host(headers.get("host", []))
        if method in SAFE_METHODS:
            return
        self._check_origin(headers.get("origin", []))
        if path not in keyless_posts:
            self._check_key(headers)

    def _check_host(self, hosts: list[str]) -> None:
        if len(hosts) != 1 or _name(hosts[0]) not in self.hosts:
            detail = _("the Host header names no host that is served: see PREGAO_ALLOWED_HOSTS")
            raise RequestRefusedError("host-not-allowed", detail)

    def _check_origin(self, origins: list[str]) -> None:
        for each in origins:
            # A page elsewhere, or one in a sandbox ("null"), must not act for whoever looks at it.
            parts = _split(each)
            if parts is None or parts not in self.hosts:
                raise RequestRefusedError(
                    "origin-not-allowed", _("the Origin header names another site")
                )

    def _check_key(self, headers: Mapping[str, list[str]]) -> None:
        if not self.key_digests:
            return
        given = [
            *(each.removeprefix("Bearer ") for each in headers.get("authorization", [])),
            *headers.get("x-api-key", []),
        ]
        digests = [sha256(each.encode()).digest() for each in given]
        # All are compared, so that timing reveals nothing about the keys.
        matches = [hmac.compare_digest(a, b) for a in digests for b in self.key_digests]
        if not any(matches):
            detail = _("give a key as 'Authorization: Bearer KEY' or 'X-API-Key: KEY'")
            raise RequestRefusedError(
                "key-required", detail, headers={"WWW-Authenticate": "Bearer"}
            )


def is_loopback(host: str) -> bool:
    """Return whether only this machine reaches an address.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _name(host: str) -> str | None:
    """Return the name of a Host header, without its port."""
    return _split(f"//{host}")


def _split(address: str) -> str | None:
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return None
    if parts.username is not None or parts.path or parts.query or parts.fragment:
        return None
    return parts.hostname
