"""Symbols over HTTP: their bars in columns, and their certificate."""

import pytest

from pregao.instruments import as_date
from pregao.prices import CorporateAction, Download, PriceStore, validate_download
from pregao.testing import synthetic_prices


def test_bundled_symbols_are_known(client):
    found = {each["symbol"]: each for each in client.get("/v1/symbols").json()}

    assert {"SP500", "NASDAQ"} <= set(found)
    assert ["sample"] == found["SP500"]["sources"]


def test_prices_come_in_columns_of_the_span_asked_for(client):
    shown = client.get("/v1/symbols/SP500/prices?start=2018-12-01&end=2018-12-10").json()

    assert "2018-12-03" == shown["sessions"][0]
    assert "2018-12-10" == shown["sessions"][-1]
    columns = ("open", "high", "low", "close", "adj_close", "volume")
    assert {len(shown["sessions"])} == {len(shown[name]) for name in columns}
    assert all(low <= high for low, high in zip(shown["low"], shown["high"], strict=True))


def test_a_span_without_a_session_is_columns_without_a_row(client):
    response = client.get("/v1/symbols/SP500/prices?start=2030-01-01")

    assert 200 == response.status_code
    assert [] == response.json()["sessions"] == response.json()["close"]


def test_the_last_rows_are_given(client):
    shown = client.get("/v1/symbols/SP500/prices?rows=3").json()

    assert ["2018-12-27", "2018-12-28", "2018-12-31"] == shown["sessions"]


def test_the_certificate_says_how_old_the_prices_are(client):
    shown = client.get("/v1/symbols/SP500/quality").json()

    assert shown["stale"] is True
    assert shown["quarantined"] is False
    assert ("doubtful", "not_needed", False, 1.0) == (
        shown["verdict"],
        shown["adjustment"],
        shown["fresh"],
        shown["coverage"],
    )
    assert "PRC010" in [each["code"] for each in shown["findings"]]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("NSCH3/prices", 404),
        ("%2e%2e%2fx/prices", 404),
        ("a%00b/prices", 422),
        ("%C3%A9/prices", 422),
        ("SP500/prices?rows=0", 422),
        ("SP500/prices?start=tomorrow", 422),
        ("CON/quality", 404),
        ("BRK.B/quality", 404),
        ("%5EGSPC/quality", 200),
    ],
)
def test_odd_symbols_are_answered_and_never_fail(client, path, status):
    assert status == client.get(f"/v1/symbols/{path}").status_code


def test_a_refresh_without_a_provider_is_unavailable_and_prices_are_given_all_the_same(client):
    response = client.post("/v1/symbols/SP500/refresh")

    assert 503 == response.status_code
    assert response.json()["type"].endswith("provider")
    assert 200 == client.get("/v1/symbols/SP500/prices").status_code


def test_actions_that_closes_lack_are_applied_and_listed(make_services, client_of, tmp_path):
    made = synthetic_prices("PETR4", sessions=300, seed=4, dividend=0.0)
    paid = CorporateAction(
        ex_date=as_date(made.sessions[150]),
        kind="jcp",
        amount=0.02 * float(made.bars.close[149]),
        source="mine.csv",
    )
    prices, findings = validate_download(
        Download(made.symbol, made.bars, "csv", "mine.csv", actions=(paid,))
    )
    PriceStore(tmp_path).append(prices, findings)
    client = client_of(make_services())

    [listed] = client.get("/v1/symbols/PETR4/actions").json()
    shown = client.get("/v1/symbols/PETR4/prices?rows=300").json()

    assert ("jcp", "applied") == (listed["action"]["kind"], listed["state"])
    assert shown["close"][150:] == shown["adj_close"][150:]
    assert pytest.approx([0.98 * each for each in shown["close"][:150]]) == shown["adj_close"][:150]
    assert "derived" == client.get("/v1/symbols/PETR4/quality").json()["adjustment"]
