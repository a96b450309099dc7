"""Answers of Yahoo as public bug reports describe them, from the command line to the store."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest
from lying_server import as_yahoo, yahoo_chart

from pregao import notebook as pregao_notebook
from pregao.prices import Bars
from pregao.testing import rescale_prices, synthetic_prices

NOT_FOUND = {
    "chart": {
        "result": None,
        "error": {"code": "Not Found", "description": "No data found, symbol may be delisted"},
    }
}


@pytest.fixture
def answers(server, monkeypatch):
    """Answers by the ticker that Yahoo is asked for; of others it has none."""
    known: dict[str, bytes] = {}

    def respond(handler):
        ticker = handler.server.requests[-1][0].rpartition("/")[2]
        body = known.get(ticker)
        missing = json.dumps(NOT_FOUND).encode()
        handler.reply(404 if body is None else 200, missing if body is None else body, {})

    server.respond = respond
    monkeypatch.setenv("PREGAO_YAHOO_URL", server.url)
    monkeypatch.setenv("PREGAO_SOURCES", "yahoo,store")
    return known


def pregao(*arguments):
    command = [sys.executable, "-W", "error::RuntimeWarning", "-m", "pregao", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def fetched(*symbols):
    done = pregao("fetch", *symbols, "--source", "yahoo", "--json")
    assert (0, "") == (done.returncode, done.stderr)
    return json.loads(done.stdout)


def words_of(done):
    return " ".join((done.stdout + done.stderr).split())


# What Yahoo states


STATED = {
    "VUSA.L": ("VUSA.L", "GBP", "Europe/London"),
    "VUSD.L": ("VUSD.L", "USD", "Europe/London"),
    "VOD.L": ("VOD.L", "GBp", "Europe/London"),
    "GGAL.BA": ("GGAL.BA", "ARS", "America/Argentina/Buenos_Aires"),
    "BTC-USD": ("BTC-USD", "USD", "UTC"),
    "USDBRL=X": ("USDBRL=X", "BRL", "Europe/London"),
    "ES=F": ("ES=F", "USD", "America/New_York"),
    "^GDAXI": ("^GDAXI", "EUR", "Europe/Berlin"),
    "SAP.DE": ("SAP.DE", "EUR", "Europe/Berlin"),
    "0700.HK": ("0700.HK", "HKD", "Asia/Hong_Kong"),
    "7203.T": ("7203.T", "JPY", "Asia/Tokyo"),
    "TSM": ("TSM", "USD", "America/New_York"),
    "BRK.B": ("BRK-B", "USD", "America/New_York"),
    "PETR4F": ("PETR4F.SA", "BRL", "America/Sao_Paulo"),
    "AAPL34": ("AAPL34.SA", "BRL", "America/Sao_Paulo"),
    "IBOV": ("^BVSP", "BRL", "America/Sao_Paulo"),
}
"""By symbol: the ticker that Yahoo is asked for, and the currency and zone that it states."""


def test_prices_are_in_the_currency_that_yahoo_states(answers, server):
    prices = {}
    for symbol, (ticker, currency, zone) in STATED.items():
        prices[symbol] = synthetic_prices(symbol, sessions=80)
        chart = yahoo_chart(
            prices[symbol], symbol=ticker, currency=currency, exchangeTimezoneName=zone
        )
        answers[ticker] = as_yahoo(chart)

    found = dict(zip(STATED, fetched(*STATED), strict=True))

    assert {each[0] for each in STATED.values()} == {
        path.rpartition("/")[2] for path, _ in server.requests if "/chart/" in path
    }
    for symbol, (_, currency, _) in STATED.items():
        assert currency == found[symbol]["currency"], symbol
        assert (80, False) == (found[symbol]["sessions"], found[symbol]["quarantined"]), symbol
        assert str(prices[symbol].first) == found[symbol]["first"], symbol
        assert str(prices[symbol].last) == found[symbol]["last"], symbol

    stored = json.loads(pregao("check", *STATED, "--source", "store", "--json").stdout)
    assert [each[1] for each in STATED.values()] == [each["currency"] for each in stored]
    assert [each["digest"] for each in found.values()] == [each["digest"] for each in stored]


def test_sessions_of_seven_days_have_no_gap(answers):
    bitcoin = synthetic_prices("BTC-USD", sessions=80)
    answers["BTC-USD"] = as_yahoo(yahoo_chart(bitcoin))

    [found] = fetched("BTC-USD")

    assert "PRC010" in [each["code"] for each in found["findings"]]  # of 2015
    assert not {"PRC001", "PRC002"} & {each["code"] for each in found["findings"]}


@pytest.mark.parametrize(
    ("symbol", "stated", "words"),
    [
        ("SAP.DE", {"exchangeTimezoneName": "America/New_York"}, "at America/New_York"),
        ("SAP.DE", {"currency": "USD"}, "in USD"),
        ("GGAL.BA", {"exchangeTimezoneName": "America/New_York", "currency": "USD"}, "in USD"),
        ("0700.HK", {"symbol": "0700.HKG"}, "about 0700.HKG"),
        ("TSM", {"currency": "TWD", "exchangeTimezoneName": "Asia/Taipei"}, "at Asia/Taipei"),
        ("BTC-USD", {"currency": "BTC"}, "in BTC"),
    ],
    ids=str,
)
def test_an_answer_that_contradicts_the_exchange_is_an_error(symbol, stated, words, answers):
    chart = yahoo_chart(synthetic_prices(symbol, sessions=80), **stated)
    answers[symbol] = as_yahoo(chart)

    done = pregao("fetch", symbol, "--source", "yahoo")

    assert 1 == done.returncode
    assert words in words_of(done)
    assert f"asked for {symbol}" in words_of(done)
    assert "--exchange" in words_of(done)
    assert 1 == len(done.stderr.splitlines())


# A renamed ticker


def test_a_ticker_that_yahoo_has_no_more_is_told_with_its_new_name(answers):
    answers["AXIA3.SA"] = as_yahoo(yahoo_chart(synthetic_prices("AXIA3", sessions=80)))

    old, new = (pregao("fetch", each, "--source", "yahoo") for each in ("ELET3", "AXIA3"))

    assert 2 == old.returncode
    assert "yahoo has no ELET3: it is AXIA3 since 2025-11-10" in words_of(old)
    assert 0 == new.returncode


# Pence to pounds


def test_a_history_in_another_unit_is_no_dividend_and_joins(answers):
    pence = synthetic_prices("ISF.L", sessions=300)
    answers["ISF.L"] = as_yahoo(yahoo_chart(pence.up_to(pence.sessions[279])))
    fetched("ISF.L")
    pounds = rescale_prices(pence, 0.01)
    answers["ISF.L"] = as_yahoo(yahoo_chart(pounds))

    [second] = fetched("ISF.L")

    [rewritten] = [each for each in second["findings"] if each["code"] == "PRC013"]
    assert "warning" == rewritten["severity"]
    assert "in another unit, by a factor of 0.01" in rewritten["seen"]["en"]
    assert (300, 20) == (second["sessions"], second["added"])
    assert pounds.digest == second["digest"]


def test_the_newest_bars_in_another_unit_are_joined_in_it(answers):
    pence = synthetic_prices("ISF.L", sessions=300)
    answers["ISF.L"] = as_yahoo(yahoo_chart(pence.up_to(pence.sessions[279])))
    fetched("ISF.L")
    pounds = rescale_prices(pence, 0.01)
    answers["ISF.L"] = as_yahoo(yahoo_chart(pounds.between(pence.sessions[200], None)))

    [second] = fetched("ISF.L")

    stored = json.loads(pregao("check", "ISF.L", "--source", "store", "--json").stdout)[0]
    assert [300, 300] == [second["sessions"] + 200, stored["sessions"]]
    assert not {"PRC009", "PRC027"} & {each["code"] for each in stored["findings"]}
    [rewritten] = [each for each in second["findings"] if each["code"] == "PRC013"]
    assert "in another unit, by a factor of 0.01" in rewritten["seen"]["en"]


def test_another_currency_than_stored_is_refused_with_what_to_do(answers):
    pence = synthetic_prices("ISF.L", sessions=100)
    answers["ISF.L"] = as_yahoo(yahoo_chart(pence))
    fetched("ISF.L")
    answers["ISF.L"] = as_yahoo(yahoo_chart(rescale_prices(pence, 0.01), currency="GBP"))

    done = pregao("fetch", "ISF.L", "--source", "yahoo")

    assert 2 == done.returncode
    assert "stored in GBp" in words_of(done)
    assert "GBP" in words_of(done)
    stored = json.loads(pregao("check", "ISF.L", "--source", "store", "--json").stdout)[0]
    assert ("GBp", pence.digest) == (stored["currency"], stored["digest"])


# A quarantine that the store remembers


def with_step(prices, row, factor):
    """Divide the prices before a row by a factor, as a split does that nothing explains."""
    columns = {name: column.copy() for name, column in prices.bars.columns.items()}
    for name in ("open", "high", "low", "close", "adj_close"):
        columns[name][:row] /= factor
    return replace(prices, bars=Bars.from_columns(prices.sessions, columns))


def test_a_quarantine_is_told_by_fetch_and_remembered_by_the_store(answers):
    broken = with_step(synthetic_prices("JNJ", sessions=600), 300, 7)
    answers["JNJ"] = as_yahoo(yahoo_chart(broken))

    done = pregao("fetch", "JNJ", "--source", "yahoo")

    assert 0 == done.returncode
    assert "quarantined" in words_of(done)
    assert "PRC009" in words_of(done)
    whole = pregao("check", "JNJ", "--source", "store")
    assert (1, True) == (whole.returncode, "PRC009" in words_of(whole))
    refused = pregao("forecast", "JNJ", "--source", "store", "--epochs", "0")
    assert 2 == refused.returncode
    assert "JNJ is quarantined: PRC009" in words_of(refused)


def test_a_quarantine_is_remembered_after_newer_sound_bars(answers):
    """A later answer begins after the step: what is stored before it is as broken as it was."""
    broken = with_step(synthetic_prices("JNJ", sessions=600), 300, 7)
    answers["JNJ"] = as_yahoo(yahoo_chart(broken.up_to(broken.sessions[499])))
    fetched("JNJ")
    answers["JNJ"] = as_yahoo(yahoo_chart(broken.between(broken.sessions[400], None)))

    assert not fetched("JNJ")[0]["quarantined"]

    whole = pregao("check", "JNJ", "--source", "store")
    assert (1, True) == (whole.returncode, "PRC009" in words_of(whole))
    start = str(broken.sessions[310])
    rest = pregao("check", "JNJ", "--source", "store", "--start", start)
    assert (0, False) == (rest.returncode, "PRC009" in words_of(rest))


def test_missing_last_bars_are_left_out(answers):
    """The newest rows come without values before the exchange has published them."""
    chart = yahoo_chart(synthetic_prices("TSM", sessions=80))
    for column in (
        *chart["indicators"]["quote"][0].values(),
        chart["indicators"]["adjclose"][0]["adjclose"],
    ):
        column[-2:] = [None, None]
    answers["TSM"] = as_yahoo(chart)

    [found] = fetched("TSM")

    assert (78, False) == (found["sessions"], found["quarantined"])
    assert "PRC005" in [each["code"] for each in found["findings"]]


# From the store to a forecast


def test_a_symbol_in_a_stated_currency_is_trained_on_and_forecast_in_it(answers):
    dollars = synthetic_prices("VUSD.L", sessions=300)
    answers["VUSD.L"] = as_yahoo(yahoo_chart(dollars, currency="USD"))
    tiny = {"network": "dlinear", "features": "return", "lookback": 4, "horizon": 2, "epochs": 0}

    result = pregao_notebook.train("VUSD.L", source="yahoo", **tiny)
    pregao_notebook.fetch("VUSD.L", source="yahoo")
    again = pregao_notebook.forecast("VUSD.L", run=result.run.id, source="store")

    assert "USD" == result.forecasts[0].currency == again.currency
    assert result.forecasts[0].prices == again.prices
    assert "LRN005" not in [each.code for each in again.findings]
    assert result.fan("VUSD.L").data
    assert result.explain("VUSD.L").features
