"""Live prices: which source is used, which failed, how old the prices are, what is stored."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from lying_server import Faults, as_alphavantage, as_yahoo, recorded_answers, yahoo_chart

from pregao.errors import InputError, ProviderError, UnknownNameError, UnknownSymbolError
from pregao.instruments import Symbol, as_date
from pregao.prices import Bars, Feed, PriceStore, open_feed, validate_download
from pregao.testing import synthetic_prices

PETR4 = Symbol.parse("PETR4")
ALL = ("yahoo", "alphavantage", "store", "sample")


@pytest.fixture
def feed(open_access):
    return Feed(ALL, open_access())


@pytest.fixture
def store(tmp_path):
    return PriceStore(tmp_path)


def refuse_all(server):
    """Refuse every request from now on."""
    server.faults = [Faults.status(429, Retry_After="9999")] * 99


def codes(answer):
    return [each.code for each in answer.findings]


# Which source is used


def test_the_first_source_is_used_without_findings_about_others(feed, market):
    answer = feed.prices("petr4")

    assert market == answer.prices
    assert ("yahoo", (), False) == (answer.source, answer.failures, answer.is_stale)
    assert as_date(market.last) == answer.as_of
    assert not {"PRC018", "PRC019"} & set(codes(answer))


def test_a_failed_source_is_replaced_by_the_next_with_a_finding(feed, server):
    server.faults = [Faults.status(429, Retry_After="9999")]

    answer = feed.prices(PETR4)

    assert "alphavantage" == answer.source == answer.prices.provider
    assert [("yahoo", "rate_limited")] == [(e.provider, e.reason) for e in answer.failures]
    [finding] = [each for each in answer.findings if each.code == "PRC018"]
    assert "yahoo (rate_limited): it answered with HTTP status 429" in finding.seen.en


def test_without_a_network_the_store_is_used(feed, server, fake_clock, market):
    before = feed.prices(PETR4)
    refuse_all(server)
    fake_clock.start += timedelta(days=4)

    answer = feed.prices(PETR4)

    assert before.prices == answer.prices
    assert ("store", "yahoo", True) == (answer.source, answer.prices.provider, answer.is_stale)
    assert ["yahoo", "alphavantage"] == [each.provider for each in answer.failures]
    assert {"PRC018", "PRC019"} <= set(codes(answer))


def test_without_a_network_and_a_store_the_sample_is_used(feed, server, fake_clock):
    fake_clock.start = fake_clock.start.replace(year=2019)
    refuse_all(server)

    answer = feed.prices("SP500")

    assert ("sample", date(2018, 12, 31)) == (answer.source, answer.as_of)
    assert "PRC018" in codes(answer)


def test_the_error_of_no_source_lists_every_reason(feed, server):
    refuse_all(server)

    with pytest.raises(ProviderError) as caught:
        feed.prices(PETR4)

    assert ("live", "rate_limited") == (caught.value.provider, caught.value.reason)
    for words in ("yahoo: ", "alphavantage: ", "store: nothing is stored", "sample: "):
        assert words in str(caught.value)


def test_a_symbol_of_no_source_is_unknown(feed):
    with pytest.raises(UnknownSymbolError, match="NONE3"):
        feed.prices("NONE3")


def test_sound_bars_of_the_next_source_are_used_before_quarantined_ones(feed, server, market):
    chart = yahoo_chart(market)
    for column in (
        *chart["indicators"]["quote"][0].values(),
        chart["indicators"]["adjclose"][0]["adjclose"],
    ):
        column[40:] = [each / 10 for each in column[40:]]
    server.faults = [Faults.body(as_yahoo(chart))]

    answer = feed.prices(PETR4)

    assert "alphavantage" == answer.source
    assert [("yahoo", "quarantined")] == [(e.provider, e.reason) for e in answer.failures]


def test_quarantined_bars_are_used_where_there_are_no_others_and_are_not_stored(
    feed, server, market, store
):
    chart = yahoo_chart(market)
    for column in (
        *chart["indicators"]["quote"][0].values(),
        chart["indicators"]["adjclose"][0]["adjclose"],
    ):
        column[40:] = [each / 10 for each in column[40:]]
    server.faults = [Faults.body(as_yahoo(chart)), Faults.status(429, Retry_After="9999")]

    answer = feed.prices(PETR4)

    assert "yahoo" == answer.source
    assert "PRC009" in codes(answer)
    assert "yahoo" not in [each.provider for each in answer.failures]
    assert () == store.snapshots(PETR4, "yahoo")


@pytest.mark.parametrize(
    "fault",
    [Faults.body(b"<html>"), Faults.body(b""), Faults.reset, Faults.status(500)],
    ids=range(4),
)
def test_nothing_is_written_on_failure(fault, open_access, server, store):
    feed = Feed(("yahoo",), open_access())
    server.faults = [fault] * 9

    with pytest.raises(ProviderError):
        feed.prices(PETR4)

    assert not (store.root / "prices").exists()


# What is stored


def test_the_whole_download_is_stored_though_a_part_is_requested(feed, store, market):
    start, end = as_date(market.sessions[30]), as_date(market.sessions[50])

    answer = feed.prices(PETR4, start=start, end=end)

    assert market.between(market.sessions[30], market.sessions[50]) == answer.prices
    assert not answer.is_stale
    assert market == store.read(PETR4, "yahoo")


def test_equal_prices_are_one_revision_and_rewritten_ones_another(feed, server, store, market):
    for _ in range(2):
        feed.prices(PETR4)
    columns = {**market.bars.columns, "adj_close": market.bars.adj_close * 0.99}
    server.respond = recorded_answers(
        replace(market, bars=Bars.from_columns(market.sessions, columns))
    )

    answer = feed.prices(PETR4)

    first, second = store.snapshots(PETR4, "yahoo")
    assert market == store.read(PETR4, "yahoo", first.digest)
    assert answer.prices.digest == second.digest
    assert ["PRC013"] == [each.code for each in second.findings]


def test_prices_that_cannot_be_stored_are_used(feed, store):
    (store.root / "prices").write_text("a file where the folder should be")

    answer = feed.prices(PETR4)

    assert "yahoo" == answer.source
    assert [("store", "not_stored")] == [(e.provider, e.reason) for e in answer.failures]
    assert "PRC018" in codes(answer)


def test_a_damaged_store_is_skipped_and_named(feed, server, store):
    feed.prices(PETR4)
    [file] = (store.root / "prices" / "yahoo").glob("*.parquet")
    file.write_bytes(b"PAR1")
    refuse_all(server)

    with pytest.raises(ProviderError) as caught:
        feed.prices(PETR4)

    assert str(file) in str(caught.value)
    assert b"PAR1" == file.read_bytes()


def test_of_several_stored_series_the_newest_is_used(feed, server, store, market):
    store.append(replace(market.up_to(market.sessions[60]), provider="yahoo"))
    store.append(replace(market, provider="csv"))
    refuse_all(server)

    assert "csv" == feed.prices(PETR4).prices.provider


def test_stored_raw_prices_are_used_only_without_adjusted_ones(feed, server, store, market):
    store.append(replace(market, provider="alphavantage"))
    refuse_all(server)
    raw = feed.prices(PETR4)
    store.append(replace(market.up_to(market.sessions[60]), provider="yahoo"))

    assert "PRC016" in codes(raw)
    assert "yahoo" == feed.prices(PETR4).prices.provider


def test_without_refresh_a_fresh_store_is_used_without_a_request(feed, server, fake_clock):
    feed.prices(PETR4)
    num_requests = server.num_requests

    fresh = feed.prices(PETR4, refresh=False)
    assert ("store", False, num_requests) == (fresh.source, fresh.is_stale, server.num_requests)
    assert "PRC018" not in codes(fresh)

    fake_clock.start += timedelta(days=4)
    assert ("yahoo", True) == ((again := feed.prices(PETR4, refresh=False)).source, again.is_stale)


def test_the_running_session_is_neither_returned_nor_stored(feed, store, market, fake_clock):
    fake_clock.start = fake_clock.start.replace(hour=15) - timedelta(days=1)

    answer = feed.prices(PETR4)

    assert market.sessions[-2] == answer.prices.last == store.read(PETR4, "yahoo").last
    assert not answer.is_stale
    assert "PRC015" in codes(answer)


# Use


def test_a_feed_is_a_provider_whose_findings_come_once(feed, server, market):
    server.faults = [Faults.status(429, Retry_After="9999")]

    prices, findings = validate_download(feed.download(PETR4))

    found = [each.code for each in findings]
    assert {"PRC016", "PRC017", "PRC018"} <= set(found)
    assert len(set(found)) == len(found)
    assert "alphavantage" == prices.provider


def test_many_threads_may_use_one_feed(feed, market):
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: feed.prices(PETR4), range(16)))

    assert {market.digest} == {each.prices.digest for each in answers}
    assert {"yahoo"} == {each.source for each in answers}


def test_health_is_that_of_the_providers_on_the_network(feed, server):
    server.faults = [Faults.status(429, Retry_After="9999")]
    feed.prices(PETR4)

    yahoo, alphavantage = feed.health()

    assert ("yahoo", True, "rate_limited") == (yahoo.provider, yahoo.is_open, yahoo.reason)
    assert ("alphavantage", False) == (alphavantage.provider, alphavantage.is_open)
    assert alphavantage.last_success is not None


def test_bars_of_a_free_key_accumulate_in_the_store(open_access, server, store, market):
    feed = Feed(("alphavantage",), open_access())
    for rows in (market.up_to(market.sessions[50]), market.between(market.sessions[20], None)):
        server.faults = [Faults.body(json.dumps(as_alphavantage(rows)).encode())]
        feed.prices(PETR4)

    np.testing.assert_array_equal(market.sessions, store.read(PETR4, "alphavantage").sessions)


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"order": ("foo",)}, UnknownNameError, "PREGAO_SOURCES"),
        ({"order": ("csv",)}, UnknownNameError, "csv"),
        ({"order": ()}, InputError, "names no source"),
        ({"base_urls": {"yahoo": "file:///etc/passwd"}}, InputError, "http"),
    ],
)
def test_invalid_settings_of_a_feed_are_refused(changes, error, words, tmp_path, fake_clock):
    given = {"order": ALL, "home": tmp_path, "clock": fake_clock.clock, **changes}

    with pytest.raises(error, match=words):
        open_feed(**given)


def test_the_market_of_another_exchange_has_its_own_calendar(open_access, server, fake_clock):
    nvda = synthetic_prices("NVDA", sessions=80)
    server.respond = recorded_answers(nvda)
    feed = Feed(("yahoo",), open_access())

    assert nvda == feed.prices("NVDA").prices
