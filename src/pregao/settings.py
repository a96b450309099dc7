"""The environment, read here only."""

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import SecretStr

from pregao.values import Language, Value

# A free key of Alpha Vantage gives a hundred raw sessions: stored history, though old, is better.
_SOURCES = "yahoo,store,alphavantage,sample"
_KEYS = {"alphavantage": "ALPHAVANTAGE_API_KEY", "brapi": "BRAPI_TOKEN"}
_BASE_URLS = {
    "yahoo": "PREGAO_YAHOO_URL",
    "alphavantage": "PREGAO_ALPHAVANTAGE_URL",
    "brapi": "PREGAO_BRAPI_URL",
}
_COLLECTORS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


class Settings(Value):
    """Where Pregao keeps its prices and runs, which language it speaks, whom it asks for prices."""

    home: Path
    language: Language
    sources: tuple[str, ...]
    """Whom ``--source live`` asks, in this order."""
    keys: Mapping[str, SecretStr]
    """By provider, those that there are."""
    base_urls: Mapping[str, str]
    """By provider, where it is not at its usual address."""
    database_url: SecretStr | None
    """Where champions and jobs are; None is a file in the home folder."""
    api_keys: tuple[SecretStr, ...]
    """Any of them opens what changes something over HTTP."""
    allowed_hosts: tuple[str, ...]
    """The names under which the server is reached, beside this machine's own."""
    is_traced: bool
    """Whether a collector of OpenTelemetry is named, by the variables of its own."""

    @classmethod
    def read(cls) -> "Settings":
        """Read PREGAO_HOME (else ~/.pregao), PREGAO_LANGUAGE (else the locale's), PREGAO_SOURCES.

        And the keys and addresses of providers: ALPHAVANTAGE_API_KEY, BRAPI_TOKEN,
        PREGAO_YAHOO_URL, PREGAO_ALPHAVANTAGE_URL, PREGAO_BRAPI_URL. PREGAO_DATABASE_URL, and for
        the server PREGAO_API_KEYS, PREGAO_ALLOWED_HOSTS and OTEL_EXPORTER_OTLP_ENDPOINT. What is
        empty is absent.
        """
        environment = os.environ  # noqa: TID251 - the one place that may
        home = environment.get("PREGAO_HOME")
        names = ("PREGAO_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
        locale = next((environment[name] for name in names if environment.get(name)), "en")
        sources = environment.get("PREGAO_SOURCES", "").strip() or _SOURCES
        return cls(
            home=Path(home) if home else Path.home() / ".pregao",
            language="pt" if locale.lower().startswith("pt") else "en",
            sources=_listed(sources),
            keys={
                provider: SecretStr(environment[name].strip())
                for provider, name in _KEYS.items()
                if environment.get(name, "").strip()
            },
            base_urls={
                provider: environment[name].strip()
                for provider, name in _BASE_URLS.items()
                if environment.get(name, "").strip()
            },
            database_url=_secret(environment.get("PREGAO_DATABASE_URL", "")),
            api_keys=tuple(map(SecretStr, _listed(environment.get("PREGAO_API_KEYS", "")))),
            allowed_hosts=_listed(environment.get("PREGAO_ALLOWED_HOSTS", "")),
            is_traced=any(environment.get(name, "").strip() for name in _COLLECTORS),
        )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in text.split(",") if each.strip())


def _secret(text: str) -> SecretStr | None:
    return SecretStr(text.strip()) if text.strip() else None
