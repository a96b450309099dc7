"""A file that is about another ticker is told, and of a long file the asked rows are read."""

from datetime import date

import pytest

from pregao.errors import MalformedFileError
from pregao.instruments import Symbol
from pregao.prices import PROVIDERS, read_pasted

DAYS = ("2024-01-02", "2024-01-03", "2024-01-04")


def content(*tickers: str, header: str = "Symbol") -> str:
    """Write a row a day for each ticker, one after the other; closes tell them apart."""
    rows = [
        f"{ticker},{day},10,30,9,{10 + place},{10 + place},1000"
        for place, ticker in enumerate(tickers)
        for day in DAYS
    ]
    return "\n".join([f"{header},Date,Open,High,Low,Close,Adj Close,Volume", *rows]) + "\n"


def read(path, symbol):
    return PROVIDERS["csv"](path=path).download(Symbol.parse(symbol))


def severities(download):
    return [each.severity for each in download.findings if each.code == "PRC028"]


@pytest.mark.parametrize(
    ("name", "asked"),
    [("PETR4.csv", "VALE3"), ("petr4.csv", "VALE3"), ("PETR4.SA.csv", "VALE3"),
     ("NVDA.csv", "PETR4"),
     ("petr4_2024.csv", "VALE3"), ("B3-PETR4 (1).csv", "VALE3"), ("btc-usd.csv", "ETH-USD"),
     ("BRK-B.csv", "NVDA"), ("SAP.DE.csv", "SAP@XPAR:USD"), ("^GSPC.csv", "PETR4")],
)  # fmt: skip
def test_a_file_called_after_another_ticker_is_a_warning(write, name, asked):
    assert ["warning"] == severities(read(write(content("", header="Note"), name), asked))


@pytest.mark.parametrize(
    ("name", "asked"),
    [("PETR4.csv", "PETR4"), ("petr4.sa.csv", "PETR4"), ("data.csv", "PETR4"),
     ("prices.csv", "NVDA"), ("SAP.DE.csv", "SAP@XETR"), ("ELET3.SA.csv", "AXIA3"),
     ("VALE3_DAILY.csv", "VALE3"), ("ELET3.csv", "AXIA3"), ("AXIA3.csv", "ELET3"),
     ("bars 2024.csv", "PETR4"), ("BTC-USD.csv", "BTC-USD"), ("GGALD.csv", "GGALD@XBUE"),
     ("IBOV.csv", "IBOV"), ("^BVSP.csv", "IBOV"), ("0700.HK.csv", "0700.HK"),
     ("ohlc.csv", "SP500")],
)  # fmt: skip
def test_a_file_called_after_the_ticker_or_after_none_is_not(write, name, asked):
    assert [] == severities(read(write(content("", header="Note"), name), asked))


@pytest.mark.parametrize(
    "header", ["Symbol", "TICKER", "<TICKER>", "Stock Code", "codigo", "C\u00f3digo", "Ativo"]
)
def test_a_column_that_names_another_ticker_is_an_error(write, header):
    path = write(content("PETR4", header=header), "prices.csv")

    [finding] = [each for each in read(path, "VALE3").findings if each.code == "PRC028"]

    assert "error" == finding.severity
    assert "names PETR4, and VALE3 was asked for" in finding.seen.en
    assert [] == severities(read(path, "PETR4"))


@pytest.mark.parametrize(
    ("named", "asked"),
    [("NASDAQ:NVDA", "NVDA"), ("AMZN.US", "AMZN"), ("PETR4.SA", "PETR4"), ("petr4", "PETR4"),
     ("PETR4 BZ Equity", "PETR4"), ("Petrobras PN", "PETR4"), ("532540", "SAP@XETR"), ("", "NVDA")],
)  # fmt: skip
def test_a_column_in_another_spelling_or_of_no_ticker_is_none(write, named, asked):
    download = read(write(content(named), "prices.csv"), asked)

    assert [] == severities(download)
    assert 3 == len(download.bars)


def test_of_a_long_file_the_rows_of_the_ticker_are_read(write):
    path = write(content("PETR4", "VALE3", "ITUB4"), "all.csv")

    download = read(path, "VALE3")

    assert [11.0] * 3 == download.bars.close.tolist()
    assert [5, 6, 7] == download.lines.tolist()
    assert [] == severities(download)


def test_a_long_file_without_the_ticker_is_refused_with_those_that_it_holds(write):
    with pytest.raises(MalformedFileError, match="holds ITUB4, PETR4, and VALE3 was asked for"):
        read(write(content("PETR4", "ITUB4"), "all.csv"), "VALE3")


def test_pasted_prices_of_another_ticker_are_told():
    pasted = read_pasted(content("PETR4"), Symbol.parse("VALE3"), today=date(2024, 1, 5))

    assert "error" in [each.severity for each in pasted.findings if each.code == "PRC028"]
