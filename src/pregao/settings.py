"""The settings of the environment, which is read here only."""

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import SecretStr

from pregao.values import Language, Value

# A free key of Alpha Vantage gives a hundred raw sessions: stored history, though old, is better.
_DEFAULT_SOURCES = "yahoo,store,alphavantage,sample"
_COLLECTORS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


class Settings(Value):
    """The folder of prices and runs, the language, the sources of prices, and the server's keys."""

    home: Path
    language: Language
    sources: tuple[str, ...]
    """The sources of ``--source live``, in this order."""
    keys: Mapping[str, SecretStr]
    """The keys that are set, by the name of the service."""
    base_urls: Mapping[str, str]
    """By the name of the service, where it is not at its usual address."""
    database_url: SecretStr | None
    """The database of champions and jobs; None is a file in the home folder."""
    api_keys: tuple[SecretStr, ...]
    """Any of them authorises requests that change something over HTTP."""
    allowed_hosts: tuple[str, ...]
    """The host names of the server, beside this machine's own."""
    is_traced: bool
    """Whether the variables of OpenTelemetry name a collector."""

    @classmethod
    def read(cls) -> "Settings":
        """Read PREGAO_HOME (else ~/.pregao), PREGAO_LANGUAGE (else the locale's), PREGAO_SOURCES.

        Also the keys and addresses of the services in `pregao.prices.SERVICES`, by the variables
        that they name, PREGAO_DATABASE_URL, and for the server PREGAO_API_KEYS,
        PREGAO_ALLOWED_HOSTS and OTEL_EXPORTER_OTLP_ENDPOINT. An empty variable counts as absent.
        """
        # Only here: importing it loads numpy, which help texts do not need.
        from pregao.prices import SERVICES

        environment = os.environ  # noqa: TID251 - the one place that may
        home = environment.get("PREGAO_HOME")
        names = ("PREGAO_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
        locale = next((environment[name] for name in names if environment.get(name)), "en")
        sources = environment.get("PREGAO_SOURCES", "").strip() or _DEFAULT_SOURCES
        return cls(
            home=Path(home) if home else Path.home() / ".pregao",
            language="pt" if locale.lower().startswith("pt") else "en",
            sources=_split_list(sources),
            keys={
                name: SecretStr(key)
                for name, service in SERVICES.items()
                if service.key_variable
                and (key := environment.get(service.key_variable, "").strip())
            },
            base_urls={
                name: url
                for name, service in SERVICES.items()
                if (url := environment.get(service.base_url_variable, "").strip())
            },
            database_url=_secret(environment.get("PREGAO_DATABASE_URL", "")),
            api_keys=tuple(map(SecretStr, _split_list(environment.get("PREGAO_API_KEYS", "")))),
            allowed_hosts=_split_list(environment.get("PREGAO_ALLOWED_HOSTS", "")),
            is_traced=any(environment.get(name, "").strip() for name in _COLLECTORS),
        )


def _split_list(text: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in text.split(",") if each.strip())


def _secret(text: str) -> SecretStr | None:
    return SecretStr(text.strip()) if text.strip() else None
