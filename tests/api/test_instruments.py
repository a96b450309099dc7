"""Instruments over HTTP: exchanges and currencies are stated, shown and found again."""

from dataclasses import replace

import pytest

from pregao.instruments import EXCHANGES
from pregao.prices import PriceStore
from pregao.testing import synthetic_prices

SPELLINGS = ("VUSA.L", "vusa.l", "VUSA@XLON", "vusa@xlon:gbp", "VUSA%40XLON%3AGBP")
CLOSES = [round(30 + 0.1 * (day % 7), 2) for day in range(60)]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("nvda", ("NVDA", "XNYS", "NYSE", "USD", "share", "America/New_York", "XNYS")),
        ("nvda@xnys", ("NVDA", "XNYS", "NYSE", "USD", "share", "America/New_York", "XNYS")),
        ("sap@xetr", ("SAP.DE", "XETR", "Xetra", "EUR", "share", "Europe/Berlin", "XETR")),
        ("SAP%40XETR", ("SAP.DE", "XETR", "Xetra", "EUR", "share", "Europe/Berlin", "XETR")),
        ("A@XETR:usd", ("A@XETR:USD", "XETR", "Xetra", "USD", "share", "Europe/Berlin", "XETR")),
        ("SAP?exchange=xetr", ("SAP.DE", "XETR", "Xetra", "EUR", "share", "Europe/Berlin", "XETR")),
        ("VOD.L?currency=GBp", ("VOD.L", "XLON", "LSE", "GBp", "share", "Europe/London", "XLON")),
        ("VOD@XLON:GBp", ("VOD.L", "XLON", "LSE", "GBp", "share", "Europe/London", "XLON")),
        ("TAEE11", ("TAEE11", "BVMF", "B3", "BRL", "unit_or_fund", "America/Sao_Paulo", "BVMF")),
        ("BTC-USD", ("BTC-USD", "CRYPTO", "24/7", "USD", "crypto", "UTC", "24/7")),
        ("USDBRL=X", ("USDBRL=X", "FOREX", "24/5", "BRL", "currency", "UTC", "24/5")),
        ("XYZ@XTSX", ("XYZ.V", "XTSX", "TSX Venture", "CAD", "share", "America/Toronto", "XTSE")),
    ],
)  # fmt: skip
def test_a_symbol_shows_what_is_known_of_it_without_a_download(client, path, expected):
    answer = client.get(f"/v1/symbols/{path}")

    assert 200 == answer.status_code
    names = ("symbol", "exchange", "exchange_name", "currency", "class", "time_zone", "calendar")
    assert expected == tuple(answer.json()[name] for name in names)


@pytest.mark.parametrize(
    ("path", "ticker", "said"),
    [("FOO123@XXXX", "FOO123", "no exchange XXXX"), ("FOO123", "FOO123", "FOO123@XETR"),
     ("FOO123?exchange=none", "FOO123", "no exchange NONE"), ("0700.XX/prices", "0700.XX", "@XETR"),
     ("0700.XX/quality", "0700.XX", "@XETR")],
)  # fmt: skip
def test_an_exchange_that_is_not_known_is_a_problem_that_lists_those_that_are(
    client, path, ticker, said
):
    answer = client.get(f"/v1/symbols/{path}")

    problem = answer.json()
    assert (422, "application/problem+json") == (
        answer.status_code,
        answer.headers["content-type"],
    )
    assert "urn:pregao:problem:invalid-symbol" == problem["type"]
    assert (ticker, sorted(EXCHANGES)) == (problem["ticker"], problem["exchanges"])
    assert said in problem["detail"]


def test_a_symbol_that_states_two_exchanges_is_refused(client):
    answer = client.get("/v1/symbols/SAP@XETR?exchange=XPAR")

    assert 422 == answer.status_code
    assert "SAP@XETR states XETR, and XPAR is stated beside it" in answer.json()["detail"]
    assert "exchanges" not in answer.json()


def test_exchanges_are_listed_with_their_facts(client):
    found = {each["code"]: each for each in client.get("/v1/exchanges").json()}

    assert EXCHANGES.keys() == found.keys()
    expected = {"code": "XBUE", "name": "BYMA", "currency": "ARS", "suffix": ".BA"}
    assert {**expected, "zone": "America/Argentina/Buenos_Aires"} == found["XBUE"]
    assert len(found) == len({each["name"] for each in found.values()})


@pytest.mark.parametrize(
    ("stated", "symbol", "currency"),
    [({"symbol": "FOO123@XETR"}, "FOO123.DE", "EUR"),
     ({"symbol": "foo123", "exchange": "xetr"}, "FOO123.DE", "EUR"),
     ({"symbol": "FOO123", "exchange": "XBUE", "currency": "USD"}, "FOO123@XBUE:USD", "USD")],
)  # fmt: skip
def test_own_prices_are_those_of_the_exchange_that_is_stated(client, stated, symbol, currency):
    body = {"prices": {"close": CLOSES, **stated}, "horizon": 2}

    [forecast] = client.post("/v1/forecasts", json=body).json()["forecasts"]

    assert (symbol, currency) == (forecast["symbol"], forecast["currency"])


@pytest.mark.parametrize(
    "experiment",
    [{"experiment": {"symbols": ["FOO123@XETR"]}},
     {"experiment": {"symbols": ["foo123"]}, "exchange": "XETR", "currency": "eur"}],
)  # fmt: skip
def test_a_job_trains_on_the_symbol_with_its_exchange(client, experiment):
    for kind in ("trainings", "sweeps", "searches"):
        job = client.post(f"/v1/{kind}", json={**experiment})

        assert 202 == job.status_code, job.text
        request = job.json()["request"]
        stored = request.get("experiment") or request["search"]["experiment"]
        assert ["FOO123.DE"] == stored["symbols"]


@pytest.mark.parametrize(
    "body",
    [{"exchange": 5}, {"exchange": ["XETR"]}, {"currency": "EURO"}, {"exchange": "<b>"}],
)
def test_what_is_stated_in_another_form_is_refused(client, body):
    for path, more in (("/v1/forecasts", {"symbols": ["SP500"]}),
                       ("/v1/trainings", {"experiment": {"symbols": ["SP500"]}})):  # fmt: skip
        assert 422 == client.post(path, json={**more, **body}).status_code


@pytest.fixture(scope="module")
def pounds_home(tmp_path_factory):
    """A home where VUSA of London is stored in pounds, with a champion that was asked for as it."""
    from made_runs import EXPERIMENTS, made_run

    from pregao.workbench import Workbench

    home = tmp_path_factory.mktemp("pounds")
    made = synthetic_prices("VUSA@XLON:GBP", sessions=500, seed=3)
    PriceStore(home).append(replace(made, provider="yahoo"))
    models = Workbench(home).models
    experiment = EXPERIMENTS["ensemble"].replace(symbols=("VUSA.L",), members=1)
    run = made_run(home, experiment)
    models.register(run.id)
    models.promote(run.id, by="a test")
    models.database.close()
    return home


@pytest.fixture
def pounds(pounds_home, tmp_path, make_services, client_of):
    import shutil

    shutil.copytree(pounds_home, tmp_path, dirs_exist_ok=True)
    services = make_services()
    services.forecasts.refresh_champions()
    return client_of(services)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_series_in_another_currency_is_found_by_every_spelling(pounds, spelling):
    shown = pounds.get(f"/v1/symbols/{spelling}").json()
    prices = pounds.get(f"/v1/symbols/{spelling}/prices").json()
    [run] = pounds.get(f"/v1/runs?symbol={spelling}").json()
    champion = pounds.get(f"/v1/champions/{spelling}").json()

    assert ("GBP", ["yahoo"], [3]) == tuple(shown[n] for n in ("currency", "sources", "horizons"))
    assert ("VUSA@XLON:GBP", "GBP") == (prices["symbol"], prices["currency"])
    assert prices["digest"] == pounds.get("/v1/symbols/VUSA.L/quality").json()["digest"]
    assert ("VUSA.L", run["id"]) == (champion["champion"]["symbol"], champion["champion"]["run"])
    assert ["promote"] == [each["action"] for each in champion["trail"]]


@pytest.mark.parametrize("spelling", ["VUSA.L", "VUSA@XLON:GBP"])
def test_the_champion_of_it_forecasts_in_its_currency_without_a_complaint(pounds, spelling):
    [run] = pounds.get("/v1/runs").json()
    bars = pounds.get("/v1/symbols/VUSA.L/prices").json()
    own = {n: bars[n] for n in ("sessions", "open", "high", "low", "close", "volume")}

    [known] = pounds.post("/v1/forecasts", json={"symbols": [spelling]}).json()["forecasts"]
    body = {"prices": {"symbol": spelling, **own}}
    [pasted] = pounds.post("/v1/forecasts", json=body).json()["forecasts"]

    assert (run["id"], "GBP") == (known["run"], known["currency"])
    assert not {"SRV001", "LRN005"} & {each["code"] for each in known["findings"]}
    assert run["id"] == pasted["run"]


def test_it_is_listed_once_in_its_currency(pounds):
    listed = [each for each in pounds.get("/v1/symbols").json() if "VUSA" in each["symbol"]]

    expected = {"symbol": "VUSA.L", "exchange": "XLON", "currency": "GBP"}
    assert [{**expected, "sources": ["yahoo"], "horizons": [3]}] == listed


def test_a_run_is_promoted_and_rolled_back_under_either_spelling(pounds):
    [run] = pounds.get("/v1/runs").json()

    answer = pounds.put("/v1/champions/VUSA@XLON:GBP", json={"run": run["id"]})
    back = pounds.put("/v1/champions/VUSA@XLON:GBP", json={"run": None})

    assert (200, "VUSA.L", 1) == (
        answer.status_code,
        answer.json()["symbol"],
        answer.json()["version"],
    )
    assert 422 == back.status_code
    assert "VUSA.L for 3 sessions never had another champion" in back.json()["detail"]
    assert 1 == len(pounds.get("/v1/champions").json())


def test_another_currency_than_the_stored_one_is_refused(pounds):
    answer = pounds.get("/v1/symbols/VUSA@XLON:USD/prices")

    assert 503 == answer.status_code
    assert "stored in GBP, and USD is stated" in answer.json()["detail"]


def test_pages_lead_to_it_by_either_spelling(pounds):
    pages = [
        pounds.get(f"/symbols/{each}", params={"format": "json"}).json()
        for each in ("VUSA.L", "VUSA@XLON:GBP")
    ]

    assert [("VUSA.L", "GBP", [3])] * 2 == [
        (each["symbol"], each["currency"], each["horizons"]) for each in pages
    ]
    assert pages[0]["champion"] == pages[1]["champion"]
    assert pages[0]["champion"] is not None


def test_the_currency_that_is_stored_is_what_a_provider_is_asked_for(pounds_home):
    from pregao.instruments import Symbol

    store = PriceStore(pounds_home)
    plain, stated = Symbol.parse("VUSA.L"), Symbol.parse("VUSA@XLON:USD")

    assert "GBP" == store.with_stored_currency(plain, "yahoo").currency
    assert "GBp" == store.with_stored_currency(plain, "brapi").currency
    assert "USD" == store.with_stored_currency(stated, "yahoo").currency
