"""What is read from the environment."""

from pathlib import Path

import pytest

from pregao.prices import LIVE_SOURCES
from pregao.settings import Settings

NAMES = (
    "PREGAO_SOURCES", "ALPHAVANTAGE_API_KEY", "BRAPI_TOKEN",
    "PREGAO_YAHOO_URL", "PREGAO_ALPHAVANTAGE_URL", "PREGAO_BRAPI_URL",
)  # fmt: skip


@pytest.fixture(autouse=True)
def empty(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def test_without_any_live_prices_come_from_yahoo_first_and_from_what_is_here_else():
    settings = Settings.read()

    assert ("yahoo", "store", "alphavantage", "sample") == settings.sources
    assert set(settings.sources) <= set(LIVE_SOURCES)
    assert ({}, {}) == (settings.keys, settings.base_urls)


def test_sources_keys_and_addresses_are_read(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PREGAO_SOURCES", " brapi, store ,")
    monkeypatch.setenv("BRAPI_TOKEN", " canary ")
    monkeypatch.setenv("PREGAO_BRAPI_URL", "http://127.0.0.1:9")

    settings = Settings.read()

    assert ("brapi", "store") == settings.sources
    assert "canary" == settings.keys["brapi"].get_secret_value()
    assert {"brapi": "http://127.0.0.1:9"} == settings.base_urls


def test_keys_are_shown_nowhere(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("BRAPI_TOKEN", "canary")
    settings = Settings.read()

    assert "canary" not in f"{settings!r} {settings.model_dump_json()}"


@pytest.mark.parametrize("name", NAMES)
def test_what_is_empty_is_absent(name: str, monkeypatch: pytest.MonkeyPatch):
    absent = Settings.read()
    monkeypatch.setenv(name, " ")

    assert absent == Settings.read()
    assert isinstance(absent.home, Path)
