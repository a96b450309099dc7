"""Providers on the network, over HTTP, on a server with recorded answers and faults."""

import json
import traceback
from datetime import date, timedelta

import numpy as np
import pytest
from lying_server import Faults, as_alphavantage, as_brapi, as_yahoo, yahoo_chart

from pregao.errors import InputError, ProviderError, UnknownSymbolError
from pregao.instruments import Symbol, as_date
from pregao.prices import NETWORK_PROVIDERS, PROVIDERS, validate_download
from pregao.testing import PROVIDER_CONTRACT, ProviderCase, synthetic_prices

PETR4, ABSENT = Symbol.parse("PETR4"), Symbol.parse("NONE3")
KEYED = [name for name, entry in NETWORK_PROVIDERS.items() if entry.service.key_variable]
each_provider = pytest.mark.parametrize("name", NETWORK_PROVIDERS)
each_provider_with_a_key = pytest.mark.parametrize("name", KEYED)


@pytest.fixture
def fetch(open_access):
    """Download PETR4 from a provider, with a retry policy of given fields."""

    def fetch(name, symbol=PETR4, start=None, end=None, **patience):
        return NETWORK_PROVIDERS[name](access=open_access(**patience)).download(symbol, start, end)

    return fetch


def refused(fetch, name, **patience):
    with pytest.raises(ProviderError) as caught:
        fetch(name, **patience)
    assert ("PETR4", name) == (caught.value.symbol, caught.value.provider)
    return caught.value


# Recorded answers


@each_provider
@pytest.mark.parametrize("check", PROVIDER_CONTRACT.values(), ids=list(PROVIDER_CONTRACT))
def test_provider_on_the_network_fulfils_the_contract(name, check, open_access, fake_clock):
    provider = PROVIDERS[name](access=open_access())

    check(ProviderCase(provider, PETR4, ABSENT, now=fake_clock.now()))


@each_provider
def test_bars_are_those_of_the_server(name, fetch, market):
    bars = fetch(name).bars

    assert market.sessions.tolist() == bars.sessions.tolist()
    for column in ("open", "high", "low", "close", "volume"):
        np.testing.assert_array_equal(market.bars.columns[column], bars.columns[column])
    is_raw = "PRC016" in [each.code for each in NETWORK_PROVIDERS[name].standing_findings(PETR4)]
    expected = market.bars.close if is_raw else market.bars.adj_close
    np.testing.assert_array_equal(expected, bars.adj_close)


def test_the_request_to_yahoo_is_for_daily_bars_with_all_events(fetch, server):
    fetch("yahoo", start=date(2015, 3, 2), end=date(2015, 3, 31))

    path, query = server.requests[-1]
    assert "/v8/finance/chart/PETR4.SA" == path
    assert ("1d", "div,splits,capitalGains") == (query["interval"], query["events"])


def test_share_classes_of_the_us_have_a_dash_at_yahoo(fetch, server):
    berkshire = synthetic_prices("BRK.B", sessions=40)
    chart = yahoo_chart(berkshire, symbol="BRK-B")
    server.faults = [Faults.body(as_yahoo(chart))]

    download = fetch("yahoo", berkshire.symbol)

    assert berkshire.sessions.tolist() == download.bars.sessions.tolist()
    assert "/v8/finance/chart/BRK-B" == server.requests[-1][0]


def test_a_live_quote_beside_the_last_bar_is_no_bar(fetch, server, market):
    chart = yahoo_chart(market)
    chart["timestamp"].append(chart["meta"]["regularMarketTime"])
    for column in (
        *chart["indicators"]["quote"][0].values(),
        chart["indicators"]["adjclose"][0]["adjclose"],
    ):
        column.append(column[-1])
    server.faults = [Faults.body(as_yahoo(chart))]

    assert market.sessions.tolist() == fetch("yahoo").bars.sessions.tolist()


def test_a_bar_before_midnight_where_clocks_change_belongs_to_the_next_day(fetch, server, market):
    chart = yahoo_chart(market)
    # 10:00 becomes 23:00 of the day before, as midnight is written where clocks were changed.
    chart["timestamp"] = [each - 11 * 3600 for each in chart["timestamp"]]
    server.faults = [Faults.body(as_yahoo(chart))]

    assert market.sessions.tolist() == fetch("yahoo").bars.sessions.tolist()


def test_a_split_of_alphavantage_divides_earlier_prices(fetch, server, market):
    answer = as_alphavantage(market, adjusted=True)
    days = sorted(answer["Time Series (Daily)"])
    answer["Time Series (Daily)"][days[40]]["8. split coefficient"] = "4.0"
    server.faults = [Faults.body(json.dumps(answer).encode())]

    bars = fetch("alphavantage_adjusted").bars

    np.testing.assert_allclose(market.bars.close[:40] / 4, bars.close[:40])
    np.testing.assert_array_equal(market.bars.close[40:], bars.close[40:])
    np.testing.assert_allclose(market.bars.volume[:40] * 4, bars.volume[:40])


def at_open(market, row):
    return yahoo_chart(market)["timestamp"][row]


def test_yahoo_states_splits_and_dividends_which_are_told_as_paid(fetch, server, market):
    splits = {"1": {"date": at_open(market, 60), "numerator": 2.0, "denominator": 1.0}}
    dividends = {
        "2": {"date": at_open(market, 20), "amount": 0.5},
        "3": {"date": at_open(market, 20), "amount": 0.25},
        "4": {"date": at_open(market, 70), "amount": 0.3, "currency": "BRL"},
        "5": {"date": at_open(market, 71), "amount": 0.3, "currency": "USD"},
        "6": {"date": at_open(market, 72), "amount": -1.0},
    }
    chart = {**yahoo_chart(market), "events": {"splits": splits, "dividends": dividends}}
    server.faults = [Faults.body(as_yahoo(chart))]

    actions = fetch("yahoo").actions

    days = [as_date(market.sessions[row]) for row in (20, 60, 70, 71, 72)]
    assert days == [each.ex_date for each in actions]
    assert ["dividend", "split", "dividend", "unknown", "unknown"] == [e.kind for e in actions]
    assert [1.5, None, 0.3, None, None] == [each.amount for each in actions]
    assert (2.0, True) == (actions[1].ratio, actions[1].is_in_prices)


def test_amounts_in_pounds_of_a_series_in_pence_are_pence(fetch, server):
    london = synthetic_prices("VOD.L", sessions=40)
    paid = {"1": {"date": at_open(london, 20), "amount": 0.04, "currency": "GBP"}}
    chart = {**yahoo_chart(london), "events": {"dividends": paid}}
    server.faults = [Faults.body(as_yahoo(chart))]

    [found] = fetch("yahoo", london.symbol).actions

    assert ("dividend", 4.0) == (found.kind, found.amount)


@pytest.mark.parametrize(
    "events", [{"splits": 1}, {"dividends": {"1": {"amount": "x", "date": 1}}}]
)
def test_events_of_yahoo_in_another_form_are_refused(events, fetch, server, market):
    server.faults = [Faults.body(as_yahoo({**yahoo_chart(market), "events": events}))]

    assert "schema_changed" == refused(fetch, "yahoo").reason


def test_alphavantage_states_dividends_and_splits(fetch, server, market):
    answer = as_alphavantage(market, adjusted=True)
    rows = answer["Time Series (Daily)"]
    days = sorted(rows)
    rows[days[40]]["8. split coefficient"] = "4.0"
    rows[days[50]]["7. dividend amount"] = "0.11"
    server.faults = [Faults.body(json.dumps(answer).encode())]

    split, paid = fetch("alphavantage_adjusted").actions

    assert (days[40], 4.0, True) == (str(split.ex_date), split.ratio, split.is_in_prices)
    assert (days[50], 0.11, "dividend") == (str(paid.ex_date), paid.amount, paid.kind)


def test_a_free_key_has_findings_about_raw_and_missing_bars(fetch):
    codes = [each.code for each in fetch("alphavantage").findings]
    of_the_end = [each.code for each in fetch("alphavantage", start=date(2015, 4, 1)).findings]

    assert ["PRC016", "PRC017"] == codes
    assert ["PRC016"] == of_the_end
    assert () == fetch("alphavantage_adjusted").findings


# The running session


@each_provider
@pytest.mark.parametrize(("hours", "is_there"), [(13, False), (20, False), (22, True)])
def test_the_running_session_is_left_out_until_an_hour_after_its_close(
    name, hours, is_there, fetch, market, fake_clock
):
    """B3 closed at 17:00 on this day, which is 20:00 in UTC."""
    midnight = fake_clock.start.replace(hour=0) - timedelta(days=1)
    fake_clock.start = midnight + timedelta(hours=hours)

    download = fetch(name)

    assert is_there == (market.last in download.bars.sessions)
    assert is_there != ("PRC015" in [each.code for each in download.findings])


@each_provider
def test_bars_of_the_future_are_quarantined(name, fetch, market, fake_clock):
    fake_clock.start -= timedelta(days=10)

    _, findings = validate_download(fetch(name))

    [future] = [each for each in findings if each.code == "PRC012"]
    assert "error" == future.severity


# Failures of the provider


@each_provider
def test_a_rate_limit_is_waited_out_as_required(name, fetch, server, fake_clock, market):
    server.faults = [Faults.status(429, Retry_After="5")]

    assert len(market) == len(fetch(name).bars)
    assert [5.0] == fake_clock.slept
    assert 2 == server.num_requests


@each_provider
def test_waits_double_with_jitter_where_none_is_required(name, fetch, server, fake_clock):
    server.faults = [Faults.status(429), Faults.status(503)]

    fetch(name)

    first, second = fake_clock.slept
    assert 0.5 <= first <= 1 <= second <= 2


@each_provider
def test_a_wait_beyond_the_deadline_is_not_waited(name, fetch, server, fake_clock):
    server.faults = [Faults.status(429, Retry_After="3600")]

    error = refused(fetch, name)

    assert ("rate_limited", 3600.0) == (error.reason, error.retry_after_seconds)
    assert [] == fake_clock.slept


@each_provider
def test_retry_after_may_be_a_date(name, fetch, server, fake_clock):
    server.faults = [Faults.status(429, Retry_After="Fri, 01 Jan 2100 00:00:00 GMT")]

    assert refused(fetch, name).retry_after_seconds > 86_400 * 365


@each_provider
@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_transient_failure_is_retried(name, status, fetch, server, market):
    server.faults = [Faults.status(status), Faults.reset]

    assert len(market) == len(fetch(name).bars)


@each_provider
def test_a_permanent_failure_ends_after_three_attempts(name, fetch, server):
    server.faults = [Faults.status(500)] * 9

    assert "unavailable" == refused(fetch, name).reason
    assert 3 == server.num_requests


@each_provider
@pytest.mark.parametrize("fault", ["hang", "drip"])
def test_no_answer_takes_longer_than_the_deadline(name, fault, fetch, server):
    server.faults = [getattr(Faults, fault)] * 3

    error = refused(fetch, name, deadline_seconds=0.4)

    assert "unavailable" == error.reason
    assert "in time" in str(error)


@each_provider
@pytest.mark.parametrize("fault", ["endless", "bomb"])
def test_no_answer_is_read_beyond_the_cap(name, fault, fetch, server):
    server.faults = [getattr(Faults, fault)]

    error = refused(fetch, name, max_bytes=100_000)

    assert "bad_payload" == error.reason
    assert "100,000 bytes" in str(error) or "no JSON" in str(error)


@each_provider
def test_a_refused_connection_is_unavailable(name, fetch, server):
    server.server_close()

    assert "unavailable" == refused(fetch, name).reason


@each_provider_with_a_key
@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_is_an_auth_error(name, status, fetch, server):
    server.faults = [Faults.status(status)] * 9

    assert "auth" == refused(fetch, name).reason


@pytest.mark.parametrize("status", [401, 403])
def test_yahoo_needs_no_key_so_that_a_refusal_is_a_block(status, fetch, server):
    server.faults = [Faults.status(status)] * 99

    assert "rate_limited" == refused(fetch, "yahoo").reason


@each_provider_with_a_key
def test_a_redirect_with_a_key_is_not_followed(name, fetch, server):
    server.faults = [Faults.status(302, Location=f"{server.url}/query?elsewhere=1")]

    assert "bad_payload" == refused(fetch, name).reason
    assert 1 == server.num_requests


@each_provider
@pytest.mark.parametrize(
    "fault", [Faults.reset, Faults.status(500), Faults.body(b"<p>")], ids=range(3)
)
def test_no_error_repeats_a_key(name, fault, fetch, server):
    server.faults = [fault] * 9  # curl itself repeats a request over a connection that was reset

    error = refused(fetch, name)

    assert "canary" not in "".join(traceback.format_exception(error))


# Answers without bars


@each_provider
@pytest.mark.parametrize(
    "body",
    [
        b"", b"<html><body>Will be right back</body></html>", b"[]", b"null", b"{}", b"\xff\xfe",
        b"[" * 100_000, b'{"chart": 1, "chart": 2}', b'{"finance": {"error": "x"}}',
        b'{"chart": {"result": [], "error": null}}', b'{"chart": {"result": null, "error": null}}',
    ],
    ids=range(11),
)  # fmt: skip
def test_an_answer_without_bars_is_a_bad_payload_despite_status_200(name, body, fetch, server):
    server.faults = [Faults.body(body)]

    assert "bad_payload" == refused(fetch, name).reason
    assert 1 == server.num_requests


NOTES = {
    "We have detected your API key as canary-key and our standard API rate limit is 25 requests "
    "per day. Please subscribe to any of the premium plans": "rate_limited",
    "Thank you for using Alpha Vantage! Our standard API call frequency is 5 calls per minute":
        "rate_limited",
    "the parameter apikey is invalid or missing. Please claim your free API key": "auth",
    "Thank you for using Alpha Vantage! This is a premium endpoint.": "auth",
    "The outputsize=full parameter value is a premium feature": "auth",
}  # fmt: skip


@pytest.mark.parametrize("field", ["Note", "Information", "Error Message"])
@pytest.mark.parametrize("note", NOTES)
def test_a_note_becomes_the_error_it_describes_without_the_key(note, field, fetch, server):
    server.faults = [Faults.body(json.dumps({field: note}).encode())] * 3

    error = refused(fetch, "alphavantage")

    assert NOTES[note] == error.reason
    assert "canary" not in str(error)


@each_provider_with_a_key
def test_a_missing_key_is_an_error_with_its_variable_and_sends_no_request(
    name, server, open_access
):
    access = open_access()
    access.keys.clear()

    with pytest.raises(
        ProviderError, match=f"set {NETWORK_PROVIDERS[name].service.key_variable}"
    ) as caught:
        PROVIDERS[name](access=access).download(PETR4)
    assert "auth" == caught.value.reason
    assert [] == server.requests


@each_provider
def test_an_unknown_symbol_is_no_failure_of_the_provider(name, fetch, open_access):
    with pytest.raises(UnknownSymbolError, match="has no NONE3"):
        fetch(name, ABSENT)

    assert not NETWORK_PROVIDERS[name].breaker(open_access()).health(open_access().clock).is_open


@pytest.mark.parametrize("ticker", ["^BVSP", "7203.T"])
def test_alphavantage_gets_no_request_for_an_index_or_an_unsupported_exchange(
    ticker, fetch, server
):
    with pytest.raises(UnknownSymbolError, match="no index"):
        fetch("alphavantage", Symbol.parse(ticker))
    assert [] == server.requests


def test_brapi_falls_back_to_the_range_of_a_free_token(fetch, server, market):
    few = market.between(market.sessions[-20], None)
    server.faults = [Faults.status(403), Faults.body(json.dumps(as_brapi(few)).encode())]

    download = fetch("brapi")

    assert few.sessions.tolist() == download.bars.sessions.tolist()
    assert ["PRC017"] == [each.code for each in download.findings]
    assert ["max", "3mo"] == [query["range"] for _, query in server.requests]


def test_brapi_has_b3_only_and_needs_a_token(fetch, server, open_access):
    with pytest.raises(UnknownSymbolError, match="B3"):
        fetch("brapi", Symbol.parse("NVDA"))
    access = open_access()
    access.keys.clear()
    with pytest.raises(ProviderError, match="BRAPI_TOKEN"):
        PROVIDERS["brapi"](access=access).download(PETR4)
    assert [] == server.requests


@pytest.mark.parametrize("change", [{"symbol": "VALE3"}, {"currency": "USD"}], ids=str)
def test_an_answer_of_brapi_about_something_else_is_refused(change, fetch, server, market):
    server.faults = [Faults.body(json.dumps(as_brapi(market, **change)).encode())]

    assert "bad_payload" == refused(fetch, "brapi").reason


@pytest.mark.parametrize("label", ["open", "adjustedClose", "date"])
def test_rows_of_brapi_without_a_column_are_a_schema_change(label, fetch, server, market):
    answer = as_brapi(market)
    for row in answer["results"][0]["historicalDataPrice"]:
        row[f"{label}_"] = row.pop(label)
    server.faults = [Faults.body(json.dumps(answer).encode())]

    assert "schema_changed" == refused(fetch, "brapi").reason


def test_incomplete_rows_of_brapi_are_left_out(fetch, server, market):
    answer = as_brapi(market)
    rows = answer["results"][0]["historicalDataPrice"]
    rows[20]["close"] = None
    del rows[21]["volume"]
    server.faults = [Faults.body(json.dumps(answer).encode())]

    prices, findings = validate_download(fetch("brapi"))

    assert "PRC005" in [each.code for each in findings]
    assert len(market) - 2 == len(prices)


def test_an_isin_is_no_ticker_of_yahoo(fetch, server):
    with pytest.raises(UnknownSymbolError, match="ISIN"):
        fetch("yahoo", Symbol.parse("US0378331005@XNYS"))
    assert [] == server.requests


# Answers of a changed schema


def _without(fields, *path):
    at = fields
    for key in path[:-1]:
        at = at[key]
    del at[path[-1]]


@pytest.mark.parametrize(
    "path",
    [
        ("indicators", "quote", 0, "open"), ("indicators", "quote", 0, "volume"),
        ("indicators", "adjclose"), ("indicators", "adjclose", 0, "adjclose"),
        ("indicators", "quote"), ("meta",), ("meta", "symbol"), ("meta", "exchangeTimezoneName"),
    ],
    ids=str,
)  # fmt: skip
def test_a_chart_without_a_column_is_a_schema_change(path, fetch, server, market):
    chart = yahoo_chart(market)
    _without(chart, *path)
    server.faults = [Faults.body(as_yahoo(chart))]

    assert "schema_changed" == refused(fetch, "yahoo").reason


def test_columns_of_different_lengths_are_a_schema_change(fetch, server, market):
    chart = yahoo_chart(market)
    chart["timestamp"].pop()
    server.faults = [Faults.body(as_yahoo(chart))]

    assert "schema_changed" == refused(fetch, "yahoo").reason


@pytest.mark.parametrize("name", ["alphavantage", "alphavantage_adjusted"])
@pytest.mark.parametrize("column", ["1. open", "4. close", "volume"])
def test_rows_without_a_column_are_a_schema_change(name, column, fetch, server, market):
    answer = as_alphavantage(market, adjusted=name != "alphavantage")
    for row in answer["Time Series (Daily)"].values():
        for label in [each for each in row if each.endswith(column)]:
            row[label.replace(".", ":")] = row.pop(label)
    server.faults = [Faults.body(json.dumps(answer).encode())]

    assert "schema_changed" == refused(fetch, name).reason


@pytest.mark.parametrize("value", ["a lot", {}, [1]], ids=str)
def test_a_value_that_is_no_number_is_a_schema_change(value, fetch, server, market):
    answer = as_alphavantage(market)
    next(iter(answer["Time Series (Daily)"].values()))["1. open"] = value
    server.faults = [Faults.body(json.dumps(answer).encode())]

    assert "schema_changed" == refused(fetch, "alphavantage").reason


@pytest.mark.parametrize(
    "change",
    [{"currency": "USD"}, {"currency": None}, {"symbol": "VALE3.SA"},
     {"exchangeTimezoneName": "Europe/Berlin"}],
    ids=str,
)  # fmt: skip
def test_an_answer_about_something_else_is_refused(change, fetch, server, market):
    server.faults = [Faults.body(as_yahoo(yahoo_chart(market, **change)))]

    error = refused(fetch, "yahoo")

    assert "bad_payload" == error.reason
    assert "asked for PETR4.SA in BRL" in str(error)


def test_an_answer_of_alphavantage_about_something_else_is_refused(fetch, server, market):
    answer = as_alphavantage(market, symbol="VALE3.SAO")
    server.faults = [Faults.body(json.dumps(answer).encode())]

    assert "bad_payload" == refused(fetch, "alphavantage").reason


# Impossible bars


def _changed(market, **values):
    """A chart with given values in row 20, by column."""
    chart = yahoo_chart(market)
    quote = {**chart["indicators"]["quote"][0], **chart["indicators"]["adjclose"][0]}
    for name, value in values.items():
        quote[name][20] = value
    return chart


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"close": None}, "PRC005"), ({"volume": None}, "PRC005"), ({"adjclose": None}, "PRC005"),
        ({"close": float("nan")}, "PRC005"), ({"open": float("inf")}, "PRC005"),
        ({"high": 1.0}, "PRC007"), ({"low": 0.0}, "PRC006"), ({"close": -1.0}, "PRC006"),
    ],
    ids=str,
)  # fmt: skip
def test_bad_rows_are_left_out_with_a_finding_and_never_filled(values, code, fetch, server, market):
    server.faults = [Faults.body(as_yahoo(_changed(market, **values)))]

    prices, findings = validate_download(fetch("yahoo"))

    assert code in [each.code for each in findings]
    assert market.sessions[20] not in prices.sessions
    assert len(market) - 1 == len(prices)


@pytest.mark.parametrize("value", [None, "NaN"])
def test_incomplete_rows_of_alphavantage_are_left_out(value, fetch, server, market):
    answer = as_alphavantage(market)
    rows = answer["Time Series (Daily)"]
    rows[str(market.sessions[20])]["3. low"] = value
    del rows[str(market.sessions[21])]["2. high"]
    server.faults = [Faults.body(json.dumps(answer).encode())]

    prices, findings = validate_download(fetch("alphavantage"))

    assert "PRC005" in [each.code for each in findings]
    assert len(market) - 2 == len(prices)


@pytest.mark.parametrize(("factor", "severity"), [(1.0, "warning"), (2.0, "error")])
def test_a_duplicate_session_is_a_finding(factor, severity, fetch, server, market):
    chart = yahoo_chart(market)
    chart["timestamp"].insert(20, chart["timestamp"][20])
    quote = {**chart["indicators"]["quote"][0], **chart["indicators"]["adjclose"][0]}
    for column in quote.values():
        column.insert(20, column[20] * factor)
    server.faults = [Faults.body(as_yahoo(chart))]

    _, findings = validate_download(fetch("yahoo"))

    assert [severity] == [each.severity for each in findings if each.code == "PRC004"]


def test_a_currency_that_switches_in_the_middle_is_quarantined(fetch, server, market):
    chart = yahoo_chart(market)
    for column in (
        *chart["indicators"]["quote"][0].values(),
        chart["indicators"]["adjclose"][0]["adjclose"],
    ):
        column[:30] = [each * 100 for each in column[:30]]
    server.faults = [Faults.body(as_yahoo(chart))]

    _, findings = validate_download(fetch("yahoo"))

    assert "PRC009" in [each.code for each in findings if each.severity == "error"]


# Use


@each_provider
def test_a_provider_on_the_network_needs_an_access_and_takes_no_path(name, open_access, tmp_path):
    with pytest.raises(InputError, match="Access"):
        PROVIDERS[name]()
    with pytest.raises(InputError, match="takes no path"):
        PROVIDERS[name](path=tmp_path, access=open_access())


def test_yfinance_caches_in_our_home(open_access, fetch):
    from yfinance.cache import _CookieDBManager, _TzDBManager

    fetch("yahoo")

    assert _TzDBManager.get_location() == _CookieDBManager.get_location()
    assert _TzDBManager.get_location().endswith("cache/yahoo")
