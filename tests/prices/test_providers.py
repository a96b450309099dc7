import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from pregao.errors import InputError, UnknownSymbolError
from pregao.instruments import Symbol
from pregao.prices import COLUMNS, NETWORK, PROVIDERS, Bars, Download
from pregao.testing import PROVIDER_CONTRACT, ProviderCase, provider_contract, synthetic_prices

ABSENT = Symbol.parse("NONE3")
EVERY_PROMISE = pytest.mark.parametrize(
    "promise", PROVIDER_CONTRACT.values(), ids=list(PROVIDER_CONTRACT)
)


@pytest.fixture(scope="session")
def cases(tmp_path_factory):
    """A case of each provider that needs no network; test_network_providers.py has the others."""
    market = synthetic_prices(sessions=100)
    path = tmp_path_factory.mktemp("prices") / "TEST3.csv"
    market.frame.rename_axis("Date").to_csv(path)
    return {
        "sample": ProviderCase(PROVIDERS["sample"](), Symbol.parse("SP500"), ABSENT),
        "csv": ProviderCase(PROVIDERS["csv"](path=path.parent), market.symbol, ABSENT),
    }


@EVERY_PROMISE
@pytest.mark.parametrize("name", sorted(PROVIDERS.keys() - NETWORK.keys()))
def test_provider_keeps_its_promise(cases, name, promise):
    assert name == cases[name].provider.name

    promise(cases[name])


class Honest:
    """A provider of one market of chance, from which the liars below derive by wrapping."""

    name = "honest"
    market = synthetic_prices(sessions=100)

    def download(self, symbol, start=None, end=None):
        if symbol != self.market.symbol:
            raise UnknownSymbolError(str(symbol), self.name, f"it has {self.market.symbol}")
        raw = Download(symbol, self.market.bars, self.name, "memory")
        return raw.between(start, end)


class Liar:
    """The honest provider with one lie about its name, its question or its answer."""

    def __init__(self, name="honest", ask=lambda *question: question, answer=lambda raw: raw):
        self.name, self.ask, self.answer = name, ask, answer

    def download(self, symbol, start=None, end=None):
        return self.answer(Honest().download(*self.ask(symbol, start, end)))


def noisy(raw, random=np.random.default_rng(0)):  # noqa: B008 - one stream for all calls: each answer differs
    columns = {**raw.bars.columns, "volume": raw.bars.volume + random.random()}
    return replace(raw, bars=Bars.of(raw.bars.sessions, columns))


def writable(raw):
    bars = raw.bars
    return replace(raw, bars=Bars(bars.sessions, *(bars.columns[n].copy() for n in COLUMNS)))


def jumping(raw):
    half = len(raw.bars) // 2
    columns = {n: np.r_[c[:half] * 4, c[half:]] for n, c in raw.bars.columns.items()}
    return replace(raw, bars=Bars.of(raw.bars.sessions, columns))


LIARS = {
    "has a plain name": Liar(name="../x"),
    "says whose bars they are": Liar(answer=lambda raw: replace(raw, symbol=ABSENT)),
    "gives bars that validate": Liar(answer=jumping),
    "gives the same twice": Liar(answer=noisy),
    "keeps to the span": Liar(ask=lambda symbol, start, _: (symbol, start, None)),
    "gives no rows for an empty span": Liar(ask=lambda symbol, *_: (symbol, None, None)),
    "knows what it has not": Liar(ask=lambda _, *span: (Honest.market.symbol, *span)),
    "leaves the running session out": Liar(),
    "is read-only": Liar(answer=writable),
}


@pytest.mark.parametrize("promise", PROVIDER_CONTRACT)
def test_contract_catches_the_liar(promise):
    at_noon = datetime.fromisoformat(f"{Honest.market.last}T15:00+00:00")
    case = ProviderCase(LIARS[promise], Honest.market.symbol, ABSENT, now=at_noon)

    with pytest.raises(AssertionError):
        PROVIDER_CONTRACT[promise](case)
    with pytest.raises(AssertionError, match="is broken"):
        provider_contract(case)


def test_contract_passes_the_honest_provider():
    provider_contract(ProviderCase(Honest(), Honest.market.symbol, ABSENT))


@pytest.mark.parametrize(("alias", "name"), [("^GSPC", "SP500"), ("^IXIC", "NASDAQ")])
def test_sample_answers_to_the_names_of_its_indices(alias, name):
    one, two = (PROVIDERS["sample"]().download(Symbol.parse(each)) for each in (alias, name))

    assert two.bars.close.tolist() == one.bars.close.tolist()


@pytest.mark.parametrize(("ticker", "data_set"), [("SP500", "sp500"), ("NASDAQ", "nasdaq")])
def test_sample_is_what_arch_itself_loads(ticker, data_set):
    # In a process of its own: importing arch raises warnings of other people.
    code = f"import arch.data.{data_set} as d; print(d.load()['Adj Close'].to_csv(header=False))"
    # A fixed program of this test.
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    expected = [line.split(",") for line in done.stdout.split()]

    bars = PROVIDERS["sample"]().download(Symbol.parse(ticker)).bars

    assert [day for day, _ in expected] == [str(day) for day in bars.sessions]
    assert [float(value) for _, value in expected] == bars.adj_close.tolist()


def test_sample_says_what_it_has_and_takes_no_path():
    with pytest.raises(UnknownSymbolError, match=r"no PETR4: .* holds SP500 and NASDAQ"):
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
