"""A ticker that does not tell its exchange leads to a choice; instruments are told in words."""

import re

import pytest

from pregao.dashboard._instruments import exchange_choices, facts_of
from pregao.instruments import EXCHANGES, Symbol

TITLES = {
    "en": "On which exchange is FOO123 traded?",
    "pt": "Em que bolsa FOO123 é negociado?",
}


def options(text):
    return re.findall(r'<option value="([A-Z]+)">([^<]+)</option>', text)


@pytest.mark.parametrize("language", ["en", "pt"])
@pytest.mark.parametrize(
    ("path", "goes_to"),
    [("/symbols?symbol=foo123", "/symbols"), ("/symbols/FOO123", "/symbols"),
     ("/symbols?symbol=FOO123%40XXXX", "/symbols"),
     ("/training?symbol=FOO123&network=dlinear", "/training"),
     ("/runs?symbol=FOO123", "/runs")],
)  # fmt: skip
def test_a_ticker_that_does_not_tell_its_exchange_leads_to_a_choice(
    client, path, goes_to, language
):
    answer = client.get(path, headers={"accept-language": language})

    assert 422 == answer.status_code
    assert TITLES[language].casefold() in answer.text.casefold()
    assert f'action="{goes_to}" method="get"' in answer.text
    assert EXCHANGES.keys() == dict(options(answer.text)).keys()
    assert ('name="network" value="dlinear"' in answer.text) == ("network" in path)


def test_the_choice_goes_on_as_the_ticker_with_its_exchange(client):
    asked = {"symbol": "foo123", "exchange": "XETR", "currency": ""}
    stated = {**asked, "currency": "usd"}

    found = [
        client.get("/symbols", params=each, follow_redirects=False) for each in (asked, stated)
    ]

    assert [303, 303] == [each.status_code for each in found]
    places = [each.headers["location"] for each in found]
    assert ["/symbols/FOO123.DE", "/symbols/FOO123@XETR:USD"] == places
    form = client.get("/training", params={**asked, "format": "json"}).json()
    assert ["FOO123.DE"] == form["values"]["symbols"]
    assert "FOO123.DE" == client.get("/runs", params={**asked, "format": "json"}).json()["symbol"]


def test_a_choice_beside_another_exchange_is_a_problem_and_no_new_choice(client):
    answer = client.get("/symbols", params={"symbol": "SAP@XETR", "exchange": "XPAR"})

    assert 422 == answer.status_code
    assert "and XPAR is stated beside it" in answer.text
    assert [] == options(answer.text)


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en", ("Brazil: B3 (BVMF, BRL)",
             "United States: NYSE, Nasdaq (calendar of the NYSE) (XNYS, USD)",
             "Without an exchange: crypto assets (CRYPTO)")),
     ("pt", ("Brasil: B3 (BVMF, BRL)",
             "Estados Unidos: NYSE, Nasdaq (calendário da NYSE) (XNYS, USD)",
             "Sem bolsa: criptoativos (CRYPTO)"))],
)  # fmt: skip
def test_exchanges_are_listed_by_country_in_the_readers_language(language, expected):
    choices = exchange_choices(language)

    assert set(expected) <= {each.label for each in choices}
    assert ["CRYPTO", "FOREX"] == [each.code for each in choices[-2:]]
    labels = [each.label for each in choices[:-2]]
    assert sorted(labels) == labels


@pytest.mark.parametrize(
    ("symbol", "en", "pt"),
    [("PETR4", ("Stock", "B3, Brazil", "Brazilian Real", "São Paulo time"),
      ("Ação", "B3, Brasil", "Real brasileiro", "horário de São Paulo")),
     ("TAEE11", ("Unit, ETF or FII", "B3, Brazil", "Brazilian Real", "São Paulo time"),
      ("Unit, ETF ou FII", "B3, Brasil", "Real brasileiro", "horário de São Paulo")),
     ("AAPL34", ("BDR", "B3, Brazil", "Brazilian Real", "São Paulo time"),
      ("BDR", "B3, Brasil", "Real brasileiro", "horário de São Paulo")),
     ("NVDA", ("Stock or fund", "calendar of the NYSE", "US Dollar", "New York time"),
      ("Ação ou fundo", "calendário da NYSE", "Dólar americano", "horário de Nova York")),
     ("^GSPC", ("Index", "calendar of the NYSE", "US Dollar", "New York time"),
      ("Índice", "calendário da NYSE", "Dólar americano", "horário de Nova York")),
     ("WINFUT", ("Future", "B3, Brazil", "Brazilian Real", "São Paulo time"),
      ("Futuro", "B3, Brasil", "Real brasileiro", "horário de São Paulo")),
     ("USDBRL=X", ("Currency pair", "weekdays, around the clock", "Brazilian Real", "UTC"),
      ("Par de moedas", "dias úteis, sem interrupção", "Real brasileiro", "UTC")),
     ("BTC-USD", ("Crypto asset", "every day, around the clock", "US Dollar", "UTC"),
      ("Criptoativo", "todos os dias, sem interrupção", "Dólar americano", "UTC")),
     ("VOD.L",
      ("Stock or fund", "LSE, United Kingdom", "Pence, hundredths of a pound", "London time"),
      ("Ação ou fundo", "LSE, Reino Unido", "Pence, centésimos de libra", "horário de Londres")),
     ("SAP@XETR", ("Stock or fund", "Xetra, Germany", "Euro", "Berlin time"),
      ("Ação ou fundo", "Xetra, Alemanha", "Euro", "horário de Berlim"))],
)  # fmt: skip
def test_an_instrument_is_told_in_words(symbol, en, pt):
    parsed = Symbol.parse(symbol)

    for language, expected in (("en", en), ("pt", pt)):
        facts = facts_of(parsed, parsed.currency, language)
        assert expected == tuple(each.value for each in facts)


@pytest.mark.parametrize("language", ["en", "pt"])
def test_a_symbols_page_tells_what_it_is(client, language):
    page = client.get("/symbols/SP500", headers={"accept-language": language}).text
    shown = client.get("/symbols/sp500@xnys", params={"format": "json"}).json()

    for each in facts_of(Symbol.parse("SP500"), "USD", language):
        assert f"<dt>{each.name}</dt><dd>{each.value}" in page
    names = ("symbol", "exchange", "exchange_name", "currency", "kind", "time_zone", "calendar")
    expected = ("SP500", "XNYS", "NYSE", "USD", "index", "America/New_York", "XNYS")
    assert expected == tuple(shown[name] for name in names)


def test_the_training_form_lets_the_exchange_be_chosen_and_goes_on(
    browser, make_services, run_services
):
    from browsing import Visit
    from playwright.sync_api import expect

    with (
        run_services(make_services()) as port,
        Visit.begun(browser, f"http://127.0.0.1:{port}", language="pt-BR", width=360) as seen,
    ):
        page = seen.open("/training")
        page.locator("[data-place=symbols]").fill("PETR4, foo123")
        page.locator("form#training-form button[type=submit]").last.click()
        problem = page.locator("#training-problem")
        expect(problem).to_contain_text("Em que bolsa FOO123 é negociado?")
        problem.locator("select").select_option("XETR")
        problem.locator("input[name=currency]").fill("usd")
        problem.get_by_role("button", name="Continuar").click()

        page.wait_for_url("**/training/jobs/*")
        expect(page.locator("h1")).to_contain_text("FOO123@XETR:USD")
