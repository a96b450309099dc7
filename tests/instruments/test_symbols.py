import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pregao.errors import (
    InvalidExperimentError,
    InvalidSymbolError,
    StatedTwiceError,
    UnknownExchangeError,
)
from pregao.instruments import (
    B3,
    EXCHANGES,
    LONDON,
    NYSE,
    TOKYO,
    Symbol,
    load_statements,
    spell_symbol,
    symbol_key,
)

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
        ("EURUSD=X", "EURUSD=X", EXCHANGES["FOREX"]),
        ("BTC-USD", "BTC-USD", EXCHANGES["CRYPTO"]),
        ("CL=F", "CL=F", EXCHANGES["CMES"]),
        ("BRK-B", "BRK-B", NYSE),
        ("GGAL.BA", "GGAL", EXCHANGES["XBUE"]),
        ("RCI-B.TO", "RCI-B", EXCHANGES["XTSE"]),
        ("0700.HK", "0700", EXCHANGES["XHKG"]),
        ("IBOV", "IBOV", B3),
        ("PETRH305", "PETRH305", B3),
        ("WINFUT", "WINFUT", B3),
        ("^GDAXI", "^GDAXI", EXCHANGES["XETR"]),
        ("ggald@XBUE", "GGALD", EXCHANGES["XBUE"]),
        ("sap@xetr", "SAP", EXCHANGES["XETR"]),
        ("nvda@xnys", "NVDA", NYSE),
        (" sap.de@Xetr:Eur ", "SAP", EXCHANGES["XETR"]),
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


def parsed(text):
    """Parse a text, unless its exchange is not known."""
    try:
        return Symbol.parse(text)
    except InvalidSymbolError:
        assume(False)


@given(TICKERS)
def test_a_symbol_is_what_its_text_reads_back_as(text):
    symbol = parsed(text)
    again = Symbol.parse(str(symbol))

    assert (symbol, symbol.currency, symbol.kind) == (again, again.currency, again.kind)


@given(TICKERS, st.sampled_from(list(EXCHANGES.values())), st.sampled_from(["", "USD", "GBp"]))
def test_a_stated_symbol_reads_back_as_itself(ticker, exchange, currency):
    stated = f"{ticker}@{exchange.code}" + (f":{currency}" if currency else "")
    symbol = parsed(stated)
    again = Symbol.parse(str(symbol))

    assert (currency or exchange.currency) == symbol.currency
    assert (symbol, symbol.currency) == (again, again.currency)


@pytest.mark.parametrize("text", ["ABCDEFG", "0700", "0700.XX", "^XYZ", "FOO@XXXX", "PETR.Q4"])
def test_a_ticker_that_does_not_tell_its_exchange_is_refused_with_what_to_type(text):
    with pytest.raises(UnknownExchangeError, match=r"instruments\.toml"):
        Symbol.parse(text)


@pytest.mark.parametrize(
    ("text", "currency", "kind"),
    [("PETR4", "BRL", "share"), ("TAEE11", "BRL", "unit_or_fund"), ("AAPL34", "BRL", "bdr"),
     ("PETR1", "BRL", "right"), ("WINZ24", "BRL", "future"), ("IFIX", "BRL", "index"),
     ("USDBRL=X", "BRL", "currency"), ("BRL=X", "BRL", "currency"), ("BTC-USD", "USD", "crypto"),
     ("ETH-BRL", "BRL", "crypto"), ("GGAL.BA", "ARS", "share"), ("VOD.L", "GBp", "share"),
     ("VUSA@XLON:GBP", "GBP", "share"), ("NVDA", "USD", "share")],
)  # fmt: skip
def test_a_ticker_tells_its_class_and_currency(text, currency, kind):
    symbol = Symbol.parse(text)

    assert (currency, kind) == (symbol.currency, symbol.kind)


@pytest.mark.parametrize(
    ("text", "currency"),
    [("vusa@xlon:gbp", "GBP"), ("VUSA@XLON:GBp", "GBp"), ("npn@xjse:ZAc", "ZAc"),
     ("npn@xjse:zac", "ZAC"), ("sap@xetr:usd", "USD")],
)  # fmt: skip
def test_currencies_are_read_in_any_case_but_for_hundredths(text, currency):
    assert currency == Symbol.parse(text).currency


@given(TICKERS, st.sampled_from(list(EXCHANGES)), st.sampled_from(["", "USD", "GBP", "GBp"]))
def test_a_key_is_the_same_in_every_currency_and_reads_back_as_the_symbol(ticker, code, currency):
    symbol = parsed(f"{ticker}@{code}" + (f":{currency}" if currency else ""))
    plain = parsed(f"{ticker}@{code}")

    assert plain.key == symbol.key == symbol_key(str(symbol)) == symbol_key(symbol.key.lower())
    assert symbol == Symbol.parse(symbol.key)


def test_what_is_stored_does_not_depend_on_the_users_file(tmp_path, monkeypatch):
    monkeypatch.setattr("pregao.instruments._statements._spellings", {})
    (tmp_path / "instruments.toml").write_text(
        '[FOO-123]\nexchange = "xlon"\n["GGALD.BA"]\nexchange = "XBUE"\ncurrency = "USD"\n'
        '[VALE3]\nexchange = "XBUE"\n'
    )
    load_statements(tmp_path)
    stated = [Symbol.parse(each) for each in ("foo-123", "GGALD.BA", "VALE3", "VALE3@BVMF")]

    texts, keys = [str(each) for each in stated], [each.key for each in stated]
    monkeypatch.setattr("pregao.instruments._statements._spellings", {})

    assert ["FOO-123.L", "GGALD@XBUE:USD", "VALE3.BA", "VALE3.SA"] == texts
    assert ["FOO-123.L", "GGALD.BA", "VALE3.BA", "VALE3.SA"] == keys
    assert stated == [Symbol.parse(each) for each in texts]


def test_what_is_no_symbol_is_its_own_key():
    assert "a run of old" == symbol_key("a run of old")


@pytest.mark.parametrize(
    ("stated", "spelt"),
    [(("SAP", "XETR"), "SAP@XETR"), (("SAP@XETR", "xetr", "EUR"), "SAP@XETR:EUR"),
     (("VUSA.L", None, "GBP"), "VUSA.L@XLON:GBP"), (("SAP@XETR:EUR", None, None), "SAP@XETR:EUR")],
)  # fmt: skip
def test_what_is_stated_beside_a_ticker_is_spelt_with_it(stated, spelt):
    assert spelt == spell_symbol(*stated)


@pytest.mark.parametrize(
    "stated", [("SAP@XETR", "XPAR"), ("SAP@XETR:EUR", None, "USD"), ("VOD@XLON:GBp", None, "GBP")]
)
def test_what_is_stated_twice_must_be_the_same(stated):
    with pytest.raises(StatedTwiceError, match="give one"):
        spell_symbol(*stated)


def test_what_the_user_states_in_a_file_holds(tmp_path, monkeypatch):
    monkeypatch.setattr("pregao.instruments._statements._spellings", {})
    file = tmp_path / "instruments.toml"
    file.write_text('[GGALD-C]\nexchange = "XBUE"\ncurrency = "USD"\n')
    load_statements(tmp_path)

    symbol = Symbol.parse("ggald-c")

    assert ("GGALD-C", "XBUE", "USD") == (symbol.ticker, symbol.exchange.code, symbol.currency)
    file.write_text("[GGALD]\nplace = 1\n")
    with pytest.raises(InvalidExperimentError, match="GGALD: give exchange"):
        load_statements(tmp_path)


@pytest.mark.parametrize("kind", ["unit", "etf", "fii"])
def test_the_class_of_a_ticker_in_11_is_what_the_user_states(tmp_path, monkeypatch, kind):
    monkeypatch.setattr("pregao.instruments._statements._classes", {})
    symbol = Symbol.parse("KNRI11")
    before = symbol.kind
    (tmp_path / "instruments.toml").write_text(f'["knri11.sa"]\nclass = "{kind}"\n')

    load_statements(tmp_path)

    assert ("unit_or_fund", kind) == (before, symbol.kind)
    assert kind == Symbol.parse("KNRI11F").kind, "the same security in the fractional market"
    assert "unit_or_fund" == Symbol.parse("HGLG11").kind


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ('[PETR4]\nclass = "fii"', "PETR4: class is stated for tickers of B3 in 11 alone"),
        ('[ABCDEFG]\nclass = "etf"', "ABCDEFG: class is stated for tickers of B3 in 11 alone"),
        ('[KNRI11]\nclass = "fund"', 'KNRI11: give .*"unit", "etf" or "fii"'),
        ('[KNRI11]\nclass = "fii"\nlot = 1', "KNRI11: give"),
    ],
)
def test_a_class_that_cannot_be_stated_is_refused_with_what_can(tmp_path, table, reason):
    (tmp_path / "instruments.toml").write_text(table)

    with pytest.raises(InvalidExperimentError, match=reason):
        load_statements(tmp_path)


@pytest.mark.parametrize(
    ("text", "is_fractional"),
    [("PETR4F", True), ("TAEE11F", True), ("PETR4", False), ("AAPL34", False), ("INTF", False)],
)
def test_the_fractional_market_has_tickers_in_f_at_b3_alone(text, is_fractional):
    assert is_fractional == Symbol.parse(text).is_fractional


def test_an_index_at_a_stated_exchange_is_an_index():
    assert "index" == Symbol.parse("^XYZ@XETR").kind


@given(st.lists(TICKERS, min_size=2, max_size=6))
def test_symbols_sort_by_ticker(texts):
    symbols = sorted(Symbol.parse(f"{each}@XNYS") for each in texts)

    assert sorted(s.ticker for s in symbols) == [s.ticker for s in symbols]


def test_every_exchange_has_a_zone_that_exists():
    from zoneinfo import ZoneInfo

    assert EXCHANGES.keys() == {e.code for e in EXCHANGES.values() if ZoneInfo(e.zone)}
