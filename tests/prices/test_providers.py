import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import typer.main

from pregao.cli import app
from pregao.errors import InputError, UnknownSymbolError
from pregao.instruments import Symbol
from pregao.prices import (
    COLUMNS,
    NETWORK_PROVIDERS,
    PROVIDERS,
    SERVICES,
    Bars,
    Clock,
    Download,
    NetworkAccess,
)
from pregao.settings import Settings
from pregao.testing import PROVIDER_CONTRACT, ProviderCase, provider_contract, synthetic_prices
from pregao.workbench import SOURCES

ROOT = Path(__file__).parents[2]
ABSENT = Symbol.parse("NONE3")
EVERY_CHECK = pytest.mark.parametrize(
    "check", PROVIDER_CONTRACT.values(), ids=list(PROVIDER_CONTRACT)
)


@pytest.fixture(scope="session")
def cases(tmp_path_factory):
    """A case of each provider without a network; test_network_providers.py has the others."""
    market = synthetic_prices(sessions=100)
    path = tmp_path_factory.mktemp("prices") / "TEST3.csv"
    market.frame.rename_axis("Date").to_csv(path)
    return {
        "sample": ProviderCase(PROVIDERS["sample"](), Symbol.parse("SP500"), ABSENT),
        "csv": ProviderCase(PROVIDERS["csv"](path=path.parent), market.symbol, ABSENT),
    }


@EVERY_CHECK
@pytest.mark.parametrize("name", sorted(PROVIDERS.keys() - NETWORK_PROVIDERS.keys()))
def test_provider_fulfils_the_contract(cases, name, check):
    assert name == cases[name].provider.name

    check(cases[name])


class SoundProvider:
    """A provider of one synthetic market, which the faulty ones below wrap."""

    name = "sound"
    market = synthetic_prices(sessions=100)

    def download(self, symbol, start=None, end=None):
        if symbol != self.market.symbol:
            raise UnknownSymbolError(str(symbol), self.name, f"it has {self.market.symbol}")
        raw = Download(symbol, self.market.bars, self.name, "memory")
        return raw.between(start, end)


class FaultyProvider:
    """The sound provider with another name, request or answer."""

    def __init__(self, name="sound", request=lambda *request: request, answer=lambda raw: raw):
        self.name, self.request, self.answer = name, request, answer

    def download(self, symbol, start=None, end=None):
        return self.answer(SoundProvider().download(*self.request(symbol, start, end)))


def noisy(raw, random=np.random.default_rng(0)):  # noqa: B008 - one stream for all calls: each answer differs
    columns = {**raw.bars.columns, "volume": raw.bars.volume + random.random()}
    return replace(raw, bars=Bars.from_columns(raw.bars.sessions, columns))


def writable(raw):
    bars = raw.bars
    return replace(raw, bars=Bars(bars.sessions, *(bars.columns[n].copy() for n in COLUMNS)))


def jumping(raw):
    half = len(raw.bars) // 2
    columns = {n: np.r_[c[:half] * 4, c[half:]] for n, c in raw.bars.columns.items()}
    return replace(raw, bars=Bars.from_columns(raw.bars.sessions, columns))


FAULTY = {
    "has a plain name": FaultyProvider(name="../x"),
    "names its symbol, provider and source": FaultyProvider(
        answer=lambda raw: replace(raw, symbol=ABSENT)
    ),
    "returns bars that validate": FaultyProvider(answer=jumping),
    "returns equal bars for equal requests": FaultyProvider(answer=noisy),
    "returns the rows of the span": FaultyProvider(
        request=lambda symbol, start, _: (symbol, start, None)
    ),
    "returns no rows for an empty span": FaultyProvider(
        request=lambda symbol, *_: (symbol, None, None)
    ),
    "refuses an absent symbol by name": FaultyProvider(
        request=lambda _, *span: (SoundProvider.market.symbol, *span)
    ),
    "leaves out the running session": FaultyProvider(),
    "returns read-only arrays": FaultyProvider(answer=writable),
}


@pytest.mark.parametrize("name", PROVIDER_CONTRACT)
def test_contract_finds_the_fault(name):
    at_noon = datetime.fromisoformat(f"{SoundProvider.market.last}T15:00+00:00")
    case = ProviderCase(FAULTY[name], SoundProvider.market.symbol, ABSENT, now=at_noon)

    with pytest.raises(AssertionError):
        PROVIDER_CONTRACT[name](case)
    with pytest.raises(AssertionError, match="is broken"):
        provider_contract(case)


def test_contract_passes_the_sound_provider():
    provider_contract(ProviderCase(SoundProvider(), SoundProvider.market.symbol, ABSENT))


@pytest.mark.parametrize(("alias", "name"), [("^GSPC", "SP500"), ("^IXIC", "NASDAQ")])
def test_sample_has_its_indices_under_two_names_each(alias, name):
    one, two = (PROVIDERS["sample"]().download(Symbol.parse(each)) for each in (alias, name))

    assert two.bars.close.tolist() == one.bars.close.tolist()


@pytest.mark.parametrize(("ticker", "data_set"), [("SP500", "sp500"), ("NASDAQ", "nasdaq")])
def test_sample_equals_what_arch_itself_loads(ticker, data_set):
    # In a process of its own: importing arch raises warnings of other people.
    code = f"import arch.data.{data_set} as d; print(d.load()['Adj Close'].to_csv(header=False))"
    # A fixed program of this test.
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    expected = [line.split(",") for line in done.stdout.split()]

    bars = PROVIDERS["sample"]().download(Symbol.parse(ticker)).bars

    assert [day for day, _ in expected] == [str(day) for day in bars.sessions]
    assert [float(value) for _, value in expected] == bars.adj_close.tolist()


def test_sample_lists_its_symbols_and_takes_no_path():
    with pytest.raises(UnknownSymbolError, match=r"no PETR4: .* holds SP500, NASDAQ"):
        PROVIDERS["sample"]().download(Symbol.parse("PETR4"))
    with pytest.raises(InputError, match="takes no path"):
        PROVIDERS["sample"](path=Path("x"))


def test_prices_import_neither_pandas_nor_torch_nor_arch():
    code = (
        "import sys; from pregao.prices import PROVIDERS; from pregao.instruments import Symbol; "
        "PROVIDERS['sample']().download(Symbol.parse('SP500')); "
        "heavy = {'pandas', 'torch', 'arch', 'pyarrow', 'yfinance', 'curl_cffi'}; "
        "print(sorted(heavy & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "[]" == done.stdout.strip()


def _text(*names):
    return "\n".join((ROOT / name).read_text(encoding="utf-8") for name in names)


def _help_of_source():
    command = typer.main.get_command(app).commands["fetch"]
    return next(each.help for each in command.params if each.name == "source")


@pytest.mark.parametrize("name", SOURCES)
def test_every_source_is_in_the_help_and_in_both_readmes(name):
    assert re.search(rf"\b{name}\b", _help_of_source())
    for readme in ("README.md", "README.pt-BR.md"):
        assert f"`{name}`" in _text(readme), readme


@pytest.mark.parametrize(
    "variable", [each.key_variable for each in SERVICES.values() if each.key_variable]
)
@pytest.mark.parametrize(
    "name",
    [
        "README.md", "README.pt-BR.md", "docs/deploy.md", "docs/pt-BR/deploy.md",
        "deploy/.env.example", "deploy/compose.yaml",
    ],
)  # fmt: skip
def test_every_key_is_documented_and_reaches_the_containers(variable, name):
    assert variable in _text(name)


@pytest.mark.parametrize("name", ["README.md", "README.pt-BR.md", "deploy/.env.example"])
def test_the_default_order_of_sources_is_documented(name, monkeypatch):
    monkeypatch.delenv("PREGAO_SOURCES", raising=False)

    assert ",".join(Settings.read().sources) in _text(name)


def test_entries_are_registered_by_the_names_of_their_providers(tmp_path):
    access = NetworkAccess(tmp_path, Clock(lambda: datetime.now(UTC)))
    made = {
        name: entry(access=access) if entry.service else entry(path=tmp_path)
        for name, entry in PROVIDERS.items()
        if name != "sample"
    }

    assert {name: each.name for name, each in made.items()} == {name: name for name in made}
