"""Forecasts over HTTP: of symbols that are known, and of prices in the body."""

import json
import math

import numpy as np
import pytest

from pregao.errors import InputError
from pregao.service._forecasts import PreparedForecast
from pregao.training import LEVELS


def _asked(client, **body):
    return client.post("/v1/forecasts", json=body)


def _posted(client, content):
    headers = {"content-type": "application/json"}
    return client.post("/v1/forecasts", content=content, headers=headers)


def test_a_symbol_without_a_champion_is_forecast_by_a_baseline_that_says_so(client):
    response = _asked(client, symbols=["SP500"], horizon=5)

    assert 200 == response.status_code, response.text
    [shown] = response.json()["forecasts"]
    assert "none" == shown["edge"]
    assert shown["run"] is None
    assert "2018-12-31" == shown["as_of"]
    assert ["2019-01-02", "2019-01-03"] == shown["sessions"][:2]
    assert 5 == len(shown["prices"]) == len(shown["median"])
    assert list(LEVELS) == shown["levels"]
    assert "SRV001" in [each["code"] for each in shown["findings"]]
    assert all(np.all(np.diff(row) > 0) for row in shown["prices"])
    assert shown["stale"] is True


def test_the_same_symbol_by_any_spelling_is_the_same_forecast(client):
    first = _asked(client, symbols=["sp500"], horizon=3).json()
    again = _asked(client, symbols=["SP500"], horizon=3).json()

    assert first == again


def test_many_symbols_fail_one_by_one(client):
    response = _asked(client, symbols=["SP500", "NSCH3"], horizon=2)

    body = response.json()
    assert 200 == response.status_code
    assert ["SP500"] == [each["symbol"] for each in body["forecasts"]]
    assert "NSCH3" in body["failures"]["NSCH3"]


def test_an_unknown_symbol_alone_is_not_found(client):
    response = _asked(client, symbols=["NSCH3"])

    assert 404 == response.status_code
    assert response.json()["type"].endswith("unknown-symbol")


def test_only_the_levels_asked_for_come_back(client):
    [shown] = _asked(client, symbols=["SP500"], horizon=1, levels=[0.05, 0.95]).json()["forecasts"]

    assert [0.05, 0.95] == shown["levels"]
    assert 2 == len(shown["prices"][0])
    assert shown["prices"][0][0] < shown["median"][0] < shown["prices"][0][1]


def _closes(count=60, start=30.0):
    generator = np.random.default_rng(7)
    return (start * np.exp(np.cumsum(generator.normal(0, 0.01, count)))).round(2).tolist()


def test_own_closes_are_forecast_in_their_own_currency_and_scale_with_them(client):
    closes = _closes()
    body = {"symbol": "PETR4", "close": closes}
    tenfold = {"symbol": "PETR4", "close": [10 * each for each in closes]}

    [one] = _asked(client, prices=body, horizon=3).json()["forecasts"]
    [ten] = _asked(client, prices=tenfold, horizon=3).json()["forecasts"]

    assert "BRL" == one["currency"]
    assert "request" == one["source"]
    assert closes[-1] == one["last_price"]
    np.testing.assert_allclose(10 * np.array(one["prices"]), ten["prices"], rtol=1e-9)


def test_own_bars_with_dates_are_forecast_from_their_last_session(client):
    closes = _closes(40)
    days = np.arange("2024-03-04", "2024-06-01", dtype="datetime64[D]")
    sessions = [str(day) for day in days[np.is_busday(days)]][:40]
    body = {
        "symbol": "NVDA", "sessions": sessions, "close": closes, "open": closes,
        "high": [each * 1.01 for each in closes], "low": [each * 0.99 for each in closes],
    }  # fmt: skip

    response = _asked(client, prices=body, horizon=2)

    [shown] = response.json()["forecasts"]
    assert sessions[-1] == shown["as_of"]
    assert shown["sessions"][0] > sessions[-1]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"symbols": []},
        {"symbols": ["SP500"], "prices": {"close": [1.0] * 30}},
        {"symbols": ["../../etc/passwd"]},
        {"symbols": ["SP500\u202e"]},
        {"symbols": ["%252e"]},
        {"symbols": ["A" * 10_000]},
        {"symbols": ["SP500"] * 51},
        {"symbols": [1]},
        {"symbols": ["SP500"], "horizon": 0},
        {"symbols": ["SP500"], "horizon": 253},
        {"symbols": ["SP500"], "horizon": True},
        {"symbols": ["SP500"], "horizon": 2.5},
        {"symbols": ["SP500"], "levels": [0.123]},
        {"symbols": ["SP500"], "more": 1},
        {"prices": {"close": [1.0] * 29}},
        {"prices": {"close": [1.0] * 29 + [0.0]}},
        {"prices": {"close": [1.0] * 29 + [-1.0]}},
        {"prices": {"close": [1.0] * 29 + [1e-300]}},
        {"prices": {"close": [1.0] * 29 + ["1"]}},
        {"prices": {"close": [1.0] * 29 + [True]}},
        {"prices": {"close": [1.0] * 29 + [None]}},
        {"prices": {"close": [1.0] * 30, "open": [1.0] * 30}},
        {"prices": {"close": [1.0] * 30, "volume": [1.0] * 29}},
        {"prices": {"close": [1.0] * 30, "sessions": ["2024-01-02"] * 30}},
        {"prices": {"close": [1.0] * 30, "sessions": ["yesterday"] * 30}},
        [],
        "SP500",
        None,
    ],
)
def test_what_cannot_be_forecast_is_refused_with_reasons(client, body):
    response = _posted(client, json.dumps(body))

    assert 422 == response.status_code, response.text
    assert "application/problem+json" == response.headers["content-type"]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400", "9" * 5000])
def test_numbers_that_are_none_are_refused(client, number):
    text = '{"prices": {"close": [' + ", ".join(["1.5"] * 30 + [number]) + "]}}"

    response = _posted(client, text)

    assert 422 == response.status_code, response.text


@pytest.mark.parametrize(
    "text", ["", "{", "{'a': 1}", "\xff\xfe", '{"symbols": ["\\ud800"]}', "\0"]
)
def test_what_is_no_json_is_refused(client, text):
    response = _posted(client, text.encode("latin-1"))

    assert 422 == response.status_code, response.text


def test_numbers_in_answers_are_finite(client):
    shown = _asked(client, symbols=["SP500"], horizon=252).json()["forecasts"][0]

    assert all(math.isfinite(each) for row in shown["prices"] for each in row)


def test_a_forecast_that_no_number_holds_is_no_fault_of_the_server(make_services):
    services = make_services()
    far = np.full((1, len(LEVELS)), 800.0)
    ready = PreparedForecast(
        quantiles=lambda: far, sessions=(), forecaster="har", run=None, edge="none"
    )

    with pytest.raises(InputError, match="SP500 jump so far"):
        services.forecasts._make_forecast(services.quotes.newest("SP500"), ready, None, 1, None)


def test_the_outcomes_are_counted(make_services):
    from starlette.testclient import TestClient

    from pregao.server import create_app

    services = make_services()
    client = TestClient(create_app(services), base_url="http://localhost")

    _asked(client, symbols=["SP500"], horizon=2)

    page = client.get("/metrics").text
    assert 'pregao_forecasts_total{outcome="baseline"} 1.0' in page
    assert "pregao_stale_forecasts_total 1.0" in page
