import pytest
from hypothesis import given
from hypothesis import strategies as st

from pregao.errors import InvalidSymbolError
from pregao.instruments import B3, EXCHANGES, LONDON, NYSE, TOKYO, Symbol

TICKERS = st.from_regex(r"[A-Z0-9^][A-Z0-9.^=-]{0,10}", fullmatch=True)


@pytest.mark.parametrize(
    ("text", "ticker", "exchange"),
    [
        ("PETR4", "PETR4", B3),
        (" petr4.sa ", "PETR4", B3),
        ("B3SA3", "B3SA3", B3),
        ("BOVA11", "BOVA11", B3),
        ("AAPL34", "AAPL34", B3),
        ("PETR4F", "PETR4", None),
        ("^bvsp", "^BVSP", B3),
        ("^BVSP.SA", "^BVSP", B3),
        ("NVDA", "NVDA", NYSE),
        ("SP500", "SP500", NYSE),
        ("BRK.B", "BRK.B", NYSE),
        ("CON", "CON", NYSE),
        ("^GSPC", "^GSPC", NYSE),
        ("EURUSD=X", "EURUSD=X", NYSE),
        ("4063.T", "4063", TOKYO),
        ("AET.L", "AET", LONDON),
    ],
)
def test_ticker_is_parsed_in_its_common_spellings(text, ticker, exchange):
    if exchange is None:  # the fractional market has a ticker of its own
        ticker, exchange = text, B3

    assert Symbol(ticker, exchange) == Symbol.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "../../x",
        "..",
        "a/b",
        "a\\b",
        "%252e",
        "PETR4\0",
        "PETR4\nX",
        "\u202ePETR4",
        "\uff30\uff25\uff34\uff32\uff14",
        "A" * 16,
        "A" * 10_000,
        "-X",
        ".SA",
        "A B",
        "'; DROP TABLE",
    ],
)
def test_text_that_is_no_ticker_is_refused_with_an_example(text):
    with pytest.raises(InvalidSymbolError, match="such as PETR4") as raised:
        Symbol.parse(text)

    assert len(str(raised.value)) < 300


@given(TICKERS)
def test_yahoo_spelling_reads_back_as_the_same_symbol(text):
    symbol = Symbol.parse(text)

    if len(symbol.yahoo) <= 15:
        assert symbol == Symbol.parse(symbol.yahoo)


@given(st.lists(TICKERS, min_size=2, max_size=6))
def test_symbols_sort_by_ticker(texts):
    symbols = sorted(map(Symbol.parse, texts))

    assert sorted(s.ticker for s in symbols) == [s.ticker for s in symbols]


def test_every_exchange_has_a_zone_that_exists():
    from zoneinfo import ZoneInfo

    assert EXCHANGES.keys() == {e.code for e in EXCHANGES.values() if ZoneInfo(e.zone)}
