"""Settings: read from the environment."""

from pathlib import Path

import pytest

from pregao.prices import LIVE_SOURCES, SERVICES
from pregao.settings import Settings

KEYED = {name: each.key_variable for name, each in SERVICES.items() if each.key_variable}
NAMES = (
    "PREGAO_SOURCES",
    *KEYED.values(),
    *(each.base_url_variable for each in SERVICES.values()),
)


@pytest.fixture(autouse=True)
def empty(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def test_the_variables_of_services_are_those_of_earlier_versions():
    assert {"alphavantage": "ALPHAVANTAGE_API_KEY", "brapi": "BRAPI_TOKEN"} == KEYED
    assert {"PREGAO_YAHOO_URL", "PREGAO_ALPHAVANTAGE_URL", "PREGAO_BRAPI_URL"} <= set(NAMES)


def test_without_settings_yahoo_is_the_first_source_and_the_sample_the_last():
    settings = Settings.read()

    assert ("yahoo", "store", "alphavantage", "sample") == settings.sources
    assert set(settings.sources) <= set(LIVE_SOURCES)
    assert ({}, {}) == (settings.keys, settings.base_urls)


def test_sources_are_read_in_their_order(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PREGAO_SOURCES", " brapi, store ,")

    assert ("brapi", "store") == Settings.read().sources


@pytest.mark.parametrize("name", SERVICES)
def test_the_address_of_a_service_is_read(name: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(SERVICES[name].base_url_variable, "http://127.0.0.1:9")

    assert {name: "http://127.0.0.1:9"} == Settings.read().base_urls


@pytest.mark.parametrize("name", KEYED)
def test_the_key_of_a_service_is_read(name: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(KEYED[name], " canary ")

    keys = Settings.read().keys

    assert {name} == keys.keys()
    assert "canary" == keys[name].get_secret_value()


def test_no_text_of_settings_shows_a_key(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("BRAPI_TOKEN", "canary")
    settings = Settings.read()

    assert "canary" not in f"{settings!r} {settings.model_dump_json()}"


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_variable_counts_as_absent(name: str, monkeypatch: pytest.MonkeyPatch):
    absent = Settings.read()
    monkeypatch.setenv(name, " ")

    assert absent == Settings.read()
    assert isinstance(absent.home, Path)
