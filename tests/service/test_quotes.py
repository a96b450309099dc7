"""Prices at hand: whom they are asked for, and when."""

import socket
from datetime import UTC, datetime
from select import select

import pytest

from pregao.instruments import Symbol
from pregao.prices import PROVIDERS, Clock, PriceStore, RetryPolicy, open_feed, validate_download
from pregao.service._quotes import Quotes


@pytest.fixture
def make_quotes(tmp_path):
    prices, _ = validate_download(PROVIDERS["sample"]().download(Symbol.parse("SP500")))
    PriceStore(tmp_path).append(prices)
    opened = []
    with socket.create_server(("127.0.0.1", 0)) as provider:

        def made(now):
            feed = open_feed(
                order=("yahoo", "store"),
                home=tmp_path,
                clock=Clock(lambda: now),
                base_urls={"yahoo": f"http://127.0.0.1:{provider.getsockname()[1]}"},
                retry_policy=RetryPolicy(deadline_seconds=0.5, num_attempts=1),
            )
            opened.append(Quotes(feed))
            return opened[-1]

        def was_asked():
            return bool(select([provider], [], [], 0)[0])

        yield made, was_asked
    for each in opened:
        each.close()


def test_nobody_is_asked_for_what_is_stored_to_the_last_session(make_quotes):
    made, was_asked = make_quotes
    quotes = made(datetime(2019, 1, 1, 12, tzinfo=UTC))

    quote = quotes.newest("SP500")
    quotes._fetch_in_thread("SP500").result()

    assert ("store", False) == (quote.source, quote.is_stale)
    assert not was_asked()


def test_a_provider_is_asked_beside_the_answer_once_a_session_is_missing(make_quotes):
    made, was_asked = make_quotes
    quotes = made(datetime(2019, 1, 4, 12, tzinfo=UTC))

    quote = quotes.newest("SP500")
    quotes._fetch_in_thread("SP500").result()

    assert ("store", True) == (quote.source, quote.is_stale)
    assert was_asked()
