"""`--source live` and its providers on the command line, and in a notebook."""

import json
import subprocess
import sys

import pytest
from lying_server import Faults

import pregao
from pregao.settings import Settings


@pytest.fixture
def environment(server, monkeypatch):
    """Point the settings at the server."""
    monkeypatch.setenv("PREGAO_YAHOO_URL", server.url)
    monkeypatch.setenv("PREGAO_ALPHAVANTAGE_URL", server.url)
    monkeypatch.setenv("ALPHAVANTAGE_API_KEY", "canary-key")
    return monkeypatch


def run(*arguments):
    command = [sys.executable, "-m", "pregao", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("source", [[], ["--source", "live"], ["--source", "yahoo"]], ids=str)
def test_fetch_stores_the_bars_of_yahoo(source, environment, market):
    done = run("fetch", "PETR4", *source, "--json")

    assert (0, "") == (done.returncode, done.stderr)
    [fetched] = json.loads(done.stdout)
    assert ("yahoo", market.digest) == (fetched["provider"], fetched["digest"])


def test_without_a_network_fetch_uses_the_store_with_a_finding(environment, server):
    run("fetch", "PETR4")
    server.server_close()

    done = run("fetch", "PETR4", "--source", "live")

    assert 0 == done.returncode
    assert "PRC018" in done.stdout
    assert "store answers, with the bars of yahoo" in " ".join(done.stdout.split())


@pytest.mark.parametrize(
    ("arguments", "changes", "code", "words"),
    [
        (["--source", "yahoo"], {"PREGAO_YAHOO_URL": "http://127.0.0.1:9"}, 1, "connection failed"),
        (["--source", "alphavantage"], {"ALPHAVANTAGE_API_KEY": ""}, 1, "ALPHAVANTAGE_API_KEY"),
        (["--source", "live"], {"PREGAO_SOURCES": "foo"}, 2, "did you mean"),
        (["--source", "live"], {"PREGAO_SOURCES": ","}, 2, "names no source"),
        (["--source", "live"], {"PREGAO_YAHOO_URL": "ftp://x"}, 2, "http://"),
        (["--source", "live", "--path", "x"], {}, 2, "takes no path"),
        (["--source", "livre"], {}, 2, "did you mean live"),
    ],
    ids=str,
)
def test_an_error_is_one_line_and_an_exit_code(arguments, changes, code, words, environment):
    for name, value in changes.items():
        environment.setenv(name, value)

    done = run("fetch", "PETR4", *arguments)

    assert code == done.returncode
    assert words in done.stderr
    assert 1 == len(done.stderr.splitlines())


def test_an_unknown_symbol_is_one_line(environment):
    done = run("fetch", "NONE3", "--source", "yahoo")

    assert 2 == done.returncode
    assert "yahoo has no NONE3" in done.stderr


def test_a_key_is_never_printed(environment, server):
    note = {"Information": "We have detected your API key as canary-key, and the rate limit is 25"}
    server.faults = [Faults.status(500)] * 3 + [Faults.body(json.dumps(note).encode())] * 9

    done = run("fetch", "PETR4")

    assert "canary" not in done.stdout + done.stderr
    assert "canary" not in repr(Settings.read())


def test_a_damaged_cache_of_yfinance_is_an_error_of_one_line(environment):
    cache = Settings.read().home / "cache" / "yahoo"
    cache.mkdir(parents=True)
    for name in ("cookies.db", "tkr-tz.db"):
        (cache / name).write_bytes(b"no database at all" * 100)

    done = run("fetch", "PETR4", "--source", "yahoo")

    assert 1 == done.returncode
    assert f"delete {cache}" in done.stderr
    assert 1 == len(done.stderr.splitlines())


def test_a_notebook_fetches_live_prices(environment, market):
    assert market == pregao.fetch("PETR4")
    assert market == pregao.fetch("PETR4", source="store")


def test_nothing_is_written_outside_the_home(environment, tmp_path):
    home = tmp_path / "user"
    home.mkdir()
    for name in ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        environment.setenv(name, str(home))

    done = run("fetch", "PETR4", "--source", "yahoo")

    assert 0 == done.returncode
    assert [] == list(home.iterdir())
