"""Yahoo and Alpha Vantage, asked over HTTP, on a server that tells the truth and lies."""

import json
import traceback
from datetime import date, timedelta

import numpy as np
import pytest
from lying_server import Lies, as_alphavantage, as_brapi, as_yahoo, yahoo_chart

from pregao.errors import InputError, ProviderError, UnknownSymbolError
from pregao.instruments import Symbol
from pregao.prices import NETWORK, PROVIDERS, validated
from pregao.testing import PROVIDER_CONTRACT, ProviderCase, synthetic_prices

PETR4, ABSENT = Symbol.parse("PETR4"), Symbol.parse("NONE3")
each_provider = pytest.mark.parametrize("name", NETWORK)


@pytest.fixture
def ask(open_access):
    """Ask a provider for PETR4, with as much patience as is said."""

    def ask(name, symbol=PETR4, start=None, end=None, **patience):
        return NETWORK[name](access=open_access(**patience)).download(symbol, start, end)

    return ask


def refused(ask, name, **patience):
    with pytest.raises(ProviderError) as caught:
        ask(name, **patience)
    assert ("PETR4", name) == (caught.value.symbol, caught.value.provider)
    return caught.value


# The truth


@each_provider
@pytest.mark.parametrize("promise", PROVIDER_CONTRACT.values(), ids=list(PROVIDER_CONTRACT))
def test_provider_on_the_network_keeps_its_promise(name, promise, open_access, fake_clock):
    provider = PROVIDERS[name](access=open_access())

    promise(ProviderCase(provider, PETR4, ABSENT, now=fake_clock.now()))


@each_provider
def test_bars_are_those_that_the_server_has(name, ask, market):
    bars = ask(name).bars

    assert market.sessions.tolist() == bars.sessions.tolist()
    for column in ("open", "high", "low", "close", "volume"):
        np.testing.assert_array_equal(market.bars.columns[column], bars.columns[column])
    is_adjusted = name != "alphavantage"
    told = market.bars.adj_close if is_adjusted else market.bars.close
    np.testing.assert_array_equal(told, bars.adj_close)


def test_yahoo_is_asked_for_days_with_all_events(ask, server):
    ask("yahoo", start=date(2015, 3, 2), end=date(2015, 3, 31))

    path, query = server.asked[-1]
    assert "/v8/finance/chart/PETR4.SA" == path
    assert ("1d", "div,splits,capitalGains") == (query["interval"], query["events"])


def test_share_classes_of_the_us_have_a_dash_at_yahoo(ask, server):
    berkshire = synthetic_prices("BRK.B", sessions=40)
    chart = yahoo_chart(berkshire, symbol="BRK-B")
    server.lies = [Lies.body(as_yahoo(chart))]

    download = ask("yahoo", berkshire.symbol)

    assert berkshire.sessions.tolist() == download.bars.sessions.tolist()
    assert "/v8/finance/chart/BRK-B" == server.asked[-1][0]


def test_a_live_quote_beside_the_last_bar_is_no_bar(ask, server, market):
    chart = yahoo_chart(market)
    chart["timestamp"].append(chart["meta"]["regularMarketTime"])
    for column in (
        *chart["indicators"]["quote"][0].values(),
        chart["indicators"]["adjclose"][0]["adjclose"],
    ):
        column.append(column[-1])
    server.lies = [Lies.body(as_yahoo(chart))]

    assert market.sessions.tolist() == ask("yahoo").bars.sessions.tolist()


def test_midnights_that_clocks_moved_belong_to_the_next_day(ask, server, market):
    chart = yahoo_chart(market)
    # 10:00 becomes 23:00 of the day before, as midnight is written where clocks were changed.
    chart["timestamp"] = [each - 11 * 3600 for each in chart["timestamp"]]
    server.lies = [Lies.body(as_yahoo(chart))]

    assert market.sessions.tolist() == ask("yahoo").bars.sessions.tolist()


def test_splits_of_alphavantage_divide_what_came_before(ask, server, market):
    answer = as_alphavantage(market, adjusted=True)
    days = sorted(answer["Time Series (Daily)"])
    answer["Time Series (Daily)"][days[40]]["8. split coefficient"] = "4.0"
    server.lies = [Lies.body(json.dumps(answer).encode())]

    bars = ask("alphavantage_adjusted").bars

    np.testing.assert_allclose(market.bars.close[:40] / 4, bars.close[:40])
    np.testing.assert_array_equal(market.bars.close[40:], bars.close[40:])
    np.testing.assert_allclose(market.bars.volume[:40] * 4, bars.volume[:40])


def test_a_free_key_says_what_it_does_not_give(ask):
    codes = [each.code for each in ask("alphavantage").findings]
    of_the_end = [each.code for each in ask("alphavantage", start=date(2015, 4, 1)).findings]

    assert ["PRC016", "PRC017"] == codes
    assert ["PRC016"] == of_the_end
    assert () == ask("alphavantage_adjusted").findings


# The running session


@each_provider
@pytest.mark.parametrize(("hours", "is_there"), [(13, False), (20, False), (22, True)])
def test_the_running_session_is_left_out_until_an_hour_after_its_close(
    name, hours, is_there, ask, market, fake_clock
):
    """B3 closed at 17:00 on this day, which is 20:00 in UTC."""
    midnight = fake_clock.start.replace(hour=0) - timedelta(days=1)
    fake_clock.start = midnight + timedelta(hours=hours)

    download = ask(name)

    assert is_there == (market.last in download.bars.sessions)
    assert is_there != ("PRC015" in [each.code for each in download.findings])


@each_provider
def test_bars_of_the_future_are_quarantined(name, ask, market, fake_clock):
    fake_clock.start -= timedelta(days=10)

    _, findings = validated(ask(name))

    [future] = [each for each in findings if each.code == "PRC012"]
    assert "error" == future.severity


# Trouble of the provider


@each_provider
def test_too_many_questions_are_answered_by_waiting_as_told(name, ask, server, fake_clock, market):
    server.lies = [Lies.status(429, Retry_After="5")]

    assert len(market) == len(ask(name).bars)
    assert [5.0] == fake_clock.slept
    assert 2 == server.num_questions


@each_provider
def test_waits_double_with_jitter_where_nothing_is_told(name, ask, server, fake_clock):
    server.lies = [Lies.status(429), Lies.status(503)]

    ask(name)

    first, second = fake_clock.slept
    assert 0.5 <= first <= 1 <= second <= 2


@each_provider
def test_a_wait_beyond_the_deadline_is_not_waited(name, ask, server, fake_clock):
    server.lies = [Lies.status(429, Retry_After="3600")]

    error = refused(ask, name)

    assert ("rate_limited", 3600.0) == (error.reason, error.retry_after_seconds)
    assert [] == fake_clock.slept


@each_provider
def test_retry_after_may_be_a_date(name, ask, server, fake_clock):
    server.lies = [Lies.status(429, Retry_After="Fri, 01 Jan 2100 00:00:00 GMT")]

    assert refused(ask, name).retry_after_seconds > 86_400 * 365


@each_provider
@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_passing_failure_passes(name, status, ask, server, market):
    server.lies = [Lies.status(status), Lies.reset]

    assert len(market) == len(ask(name).bars)


@each_provider
def test_a_failure_that_stays_is_given_up_after_three_attempts(name, ask, server):
    server.lies = [Lies.status(500)] * 9

    assert "unavailable" == refused(ask, name).reason
    assert 3 == server.num_questions


@each_provider
@pytest.mark.parametrize("lie", ["hang", "drip"])
def test_no_answer_takes_longer_than_the_deadline(name, lie, ask, server):
    server.lies = [getattr(Lies, lie)] * 3

    error = refused(ask, name, deadline_seconds=0.4)

    assert "unavailable" == error.reason
    assert "in time" in str(error)


@each_provider
@pytest.mark.parametrize("lie", ["endless", "bomb"])
def test_no_answer_is_read_beyond_the_cap(name, lie, ask, server):
    server.lies = [getattr(Lies, lie)]

    error = refused(ask, name, max_bytes=100_000)

    assert "bad_payload" == error.reason
    assert "100,000 bytes" in str(error) or "no JSON" in str(error)


@each_provider
def test_a_refused_connection_is_unavailable(name, ask, server):
    server.server_close()

    assert "unavailable" == refused(ask, name).reason


@pytest.mark.parametrize("name", ["alphavantage", "brapi"])
@pytest.mark.parametrize("status", [401, 403])
def test_a_key_that_is_refused_is_said_so(name, status, ask, server):
    server.lies = [Lies.status(status)] * 9

    assert "auth" == refused(ask, name).reason


@pytest.mark.parametrize("status", [401, 403])
def test_yahoo_needs_no_key_so_that_a_refusal_is_a_block(status, ask, server):
    server.lies = [Lies.status(status)] * 99

    assert "rate_limited" == refused(ask, "yahoo").reason


@pytest.mark.parametrize("name", ["alphavantage", "brapi"])
def test_a_key_goes_nowhere_else(name, ask, server):
    server.lies = [Lies.status(302, Location=f"{server.url}/query?elsewhere=1")]

    assert "bad_payload" == refused(ask, name).reason
    assert 1 == server.num_questions


@each_provider
@pytest.mark.parametrize("lie", [Lies.reset, Lies.status(500), Lies.body(b"<p>")], ids=range(3))
def test_no_error_repeats_a_key(name, lie, ask, server):
    server.lies = [lie] * 9  # curl itself asks again over a connection that was reset

    error = refused(ask, name)

    assert "canary" not in "".join(traceback.format_exception(error))


# Answers that are none


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
def test_success_is_bars_and_not_http_200(name, body, ask, server):
    server.lies = [Lies.body(body)]

    assert "bad_payload" == refused(ask, name).reason
    assert 1 == server.num_questions


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
def test_a_note_in_a_200_is_what_it_says_and_never_repeats_the_key(note, field, ask, server):
    server.lies = [Lies.body(json.dumps({field: note}).encode())] * 3

    error = refused(ask, "alphavantage")

    assert NOTES[note] == error.reason
    assert "canary" not in str(error)


def test_a_key_that_is_missing_is_named_without_a_question(server, open_access):
    access = open_access()
    access.keys.clear()

    with pytest.raises(ProviderError, match="set ALPHAVANTAGE_API_KEY") as caught:
        PROVIDERS["alphavantage"](access=access).download(PETR4)
    assert "auth" == caught.value.reason
    assert [] == server.asked


@each_provider
def test_an_unknown_symbol_is_no_failure_of_the_provider(name, ask, open_access):
    with pytest.raises(UnknownSymbolError, match="has no NONE3"):
        ask(name, ABSENT)

    assert not NETWORK[name](access=open_access()).breaker.health(open_access().clock).is_open


@pytest.mark.parametrize("ticker", ["^BVSP", "7203.T"])
def test_what_alphavantage_cannot_have_is_not_asked(ticker, ask, server):
    with pytest.raises(UnknownSymbolError, match="no index"):
        ask("alphavantage", Symbol.parse(ticker))
    assert [] == server.asked


def test_brapi_gives_less_where_the_token_allows_no_more(ask, server, market):
    few = market.between(market.sessions[-20], None)
    server.lies = [Lies.status(403), Lies.body(json.dumps(as_brapi(few)).encode())]

    download = ask("brapi")

    assert few.sessions.tolist() == download.bars.sessions.tolist()
    assert ["PRC017"] == [each.code for each in download.findings]
    assert ["max", "3mo"] == [query["range"] for _, query in server.asked]


def test_brapi_has_b3_alone_and_needs_a_token(ask, server, open_access):
    with pytest.raises(UnknownSymbolError, match="B3"):
        ask("brapi", Symbol.parse("NVDA"))
    access = open_access()
    access.keys.clear()
    with pytest.raises(ProviderError, match="BRAPI_TOKEN"):
        PROVIDERS["brapi"](access=access).download(PETR4)
    assert [] == server.asked


@pytest.mark.parametrize("change", [{"symbol": "VALE3"}, {"currency": "USD"}], ids=str)
def test_an_answer_of_brapi_about_something_else_is_refused(change, ask, server, market):
    server.lies = [Lies.body(json.dumps(as_brapi(market, **change)).encode())]

    assert "bad_payload" == refused(ask, "brapi").reason


@pytest.mark.parametrize("label", ["open", "adjustedClose", "date"])
def test_rows_of_brapi_without_a_column_have_another_form(label, ask, server, market):
    answer = as_brapi(market)
    for row in answer["results"][0]["historicalDataPrice"]:
        row[f"{label}_"] = row.pop(label)
    server.lies = [Lies.body(json.dumps(answer).encode())]

    assert "schema_changed" == refused(ask, "brapi").reason


def test_half_rows_of_brapi_are_taken_out(ask, server, market):
    answer = as_brapi(market)
    rows = answer["results"][0]["historicalDataPrice"]
    rows[20]["close"] = None
    del rows[21]["volume"]
    server.lies = [Lies.body(json.dumps(answer).encode())]

    prices, findings = validated(ask("brapi"))

    assert "PRC005" in [each.code for each in findings]
    assert len(market) - 2 == len(prices)


def test_an_isin_is_no_ticker_of_yahoo(ask, server):
    with pytest.raises(UnknownSymbolError, match="ISIN"):
        ask("yahoo", Symbol.parse("US0378331005"))
    assert [] == server.asked


# Answers of another form


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
def test_a_chart_without_a_column_has_another_form(path, ask, server, market):
    chart = yahoo_chart(market)
    _without(chart, *path)
    server.lies = [Lies.body(as_yahoo(chart))]

    assert "schema_changed" == refused(ask, "yahoo").reason


def test_columns_of_different_lengths_are_another_form(ask, server, market):
    chart = yahoo_chart(market)
    chart["timestamp"].pop()
    server.lies = [Lies.body(as_yahoo(chart))]

    assert "schema_changed" == refused(ask, "yahoo").reason


@pytest.mark.parametrize("name", ["alphavantage", "alphavantage_adjusted"])
@pytest.mark.parametrize("column", ["1. open", "4. close", "volume"])
def test_rows_without_a_column_have_another_form(name, column, ask, server, market):
    answer = as_alphavantage(market, adjusted=name != "alphavantage")
    for row in answer["Time Series (Daily)"].values():
        for label in [each for each in row if each.endswith(column)]:
            row[label.replace(".", ":")] = row.pop(label)
    server.lies = [Lies.body(json.dumps(answer).encode())]

    assert "schema_changed" == refused(ask, name).reason


@pytest.mark.parametrize("value", ["a lot", {}, [1]], ids=str)
def test_a_value_that_is_no_number_is_another_form(value, ask, server, market):
    answer = as_alphavantage(market)
    next(iter(answer["Time Series (Daily)"].values()))["1. open"] = value
    server.lies = [Lies.body(json.dumps(answer).encode())]

    assert "schema_changed" == refused(ask, "alphavantage").reason


@pytest.mark.parametrize(
    "change",
    [{"currency": "USD"}, {"currency": None}, {"symbol": "VALE3.SA"},
     {"exchangeTimezoneName": "Europe/Berlin"}],
    ids=str,
)  # fmt: skip
def test_an_answer_about_something_else_is_refused(change, ask, server, market):
    server.lies = [Lies.body(as_yahoo(yahoo_chart(market, **change)))]

    error = refused(ask, "yahoo")

    assert "bad_payload" == error.reason
    assert "asked for PETR4.SA in BRL" in str(error)


def test_an_answer_of_alphavantage_about_something_else_is_refused(ask, server, market):
    answer = as_alphavantage(market, symbol="VALE3.SAO")
    server.lies = [Lies.body(json.dumps(answer).encode())]

    assert "bad_payload" == refused(ask, "alphavantage").reason


# Bars that cannot be


def _changed(market, **values):
    """A chart in which the column of each name has a value in row 20."""
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
def test_bad_rows_are_taken_out_with_a_finding_and_never_filled(values, code, ask, server, market):
    server.lies = [Lies.body(as_yahoo(_changed(market, **values)))]

    prices, findings = validated(ask("yahoo"))

    assert code in [each.code for each in findings]
    assert market.sessions[20] not in prices.sessions
    assert len(market) - 1 == len(prices)


@pytest.mark.parametrize("value", [None, "NaN"])
def test_half_rows_of_alphavantage_are_taken_out(value, ask, server, market):
    answer = as_alphavantage(market)
    rows = answer["Time Series (Daily)"]
    rows[str(market.sessions[20])]["3. low"] = value
    del rows[str(market.sessions[21])]["2. high"]
    server.lies = [Lies.body(json.dumps(answer).encode())]

    prices, findings = validated(ask("alphavantage"))

    assert "PRC005" in [each.code for each in findings]
    assert len(market) - 2 == len(prices)


@pytest.mark.parametrize(("factor", "severity"), [(1.0, "warning"), (2.0, "error")])
def test_a_day_that_comes_twice_is_found(factor, severity, ask, server, market):
    chart = yahoo_chart(market)
    chart["timestamp"].insert(20, chart["timestamp"][20])
    quote = {**chart["indicators"]["quote"][0], **chart["indicators"]["adjclose"][0]}
    for column in quote.values():
        column.insert(20, column[20] * factor)
    server.lies = [Lies.body(as_yahoo(chart))]

    _, findings = validated(ask("yahoo"))

    assert [severity] == [each.severity for each in findings if each.code == "PRC004"]


def test_a_currency_that_switches_in_the_middle_is_quarantined(ask, server, market):
    chart = yahoo_chart(market)
    for column in (
        *chart["indicators"]["quote"][0].values(),
        chart["indicators"]["adjclose"][0]["adjclose"],
    ):
        column[:30] = [each * 100 for each in column[:30]]
    server.lies = [Lies.body(as_yahoo(chart))]

    _, findings = validated(ask("yahoo"))

    assert "PRC009" in [each.code for each in findings if each.severity == "error"]


# Use


@each_provider
def test_a_provider_on_the_network_needs_an_access_and_takes_no_path(name, open_access, tmp_path):
    with pytest.raises(InputError, match="Access"):
        PROVIDERS[name]()
    with pytest.raises(InputError, match="takes no path"):
        PROVIDERS[name](path=tmp_path, access=open_access())


def test_yfinance_keeps_its_caches_in_our_home(open_access, ask):
    from yfinance.cache import _CookieDBManager, _TzDBManager

    ask("yahoo")

    assert _TzDBManager.get_location() == _CookieDBManager.get_location()
    assert _TzDBManager.get_location().endswith("cache/yahoo")
