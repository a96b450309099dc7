"""A provider that fails is left alone, but for one probe a minute."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from lying_server import Lies

from pregao.errors import ProviderError
from pregao.instruments import Symbol
from pregao.prices import NETWORK

PETR4 = Symbol.parse("PETR4")


@pytest.fixture
def provider(open_access):
    return NETWORK["alphavantage"](access=open_access())


@pytest.fixture
def ask(provider):
    """Ask once, and say how it failed; None is success."""

    def ask():
        try:
            provider.download(PETR4)
        except ProviderError as error:
            return error
        return None

    return ask


@pytest.fixture
def health(provider, open_access):
    return lambda: provider.breaker.health(open_access().clock)


def test_a_provider_that_refuses_is_not_asked_for_a_minute(ask, server, fake_clock):
    server.lies = [Lies.status(429, Retry_After="30")]

    first, second = ask(), ask()

    assert 1 == server.num_questions
    assert "rate_limited" == first.reason == second.reason
    assert "it is not asked now" in str(second)
    assert 59 < second.retry_after_seconds <= 60


def test_one_probe_a_minute_goes_through(ask, server, fake_clock):
    server.lies = [Lies.status(429, Retry_After="20")] + [Lies.status(500)] * 99
    ask()
    asked = []

    for _ in range(60):
        fake_clock.slept.append(10.0)
        ask()
        asked.append(server.num_questions)

    assert 10 == asked[-1] - 1


def test_a_probe_that_succeeds_closes_the_circuit(ask, server, fake_clock, health):
    server.lies = [Lies.status(429, Retry_After="30")]
    ask()

    fake_clock.slept.append(61.0)

    assert ask() is None
    assert ask() is None
    assert not health().is_open


@pytest.mark.parametrize(("told", "seconds"), [("600", 600), ("999999999", 86_400)])
def test_what_the_provider_says_is_kept_up_to_a_day(told, seconds, ask, server):
    server.lies = [Lies.status(429, Retry_After=told)]
    ask()

    assert seconds - 1 < ask().retry_after_seconds <= seconds


def test_odd_answers_may_be_those_of_one_symbol_until_there_are_three(ask, server, health):
    server.lies = [Lies.body(b"<html>")] * 9

    opened = [(ask(), health().is_open)[1] for _ in range(3)]

    assert [False, False, True] == opened


def test_a_bad_key_does_not_open_the_circuit(ask, server, health):
    server.lies = [Lies.status(403)] * 9

    for _ in range(5):
        ask()

    assert not health().is_open
    assert "auth" == health().reason


def test_health_says_when_it_went_well_and_when_not(ask, server, fake_clock, health):
    before = health()
    ask()
    fake_clock.slept.append(100.0)
    server.lies = [Lies.status(429, Retry_After="30")]
    ask()

    now = fake_clock.now()
    assert (None, None, None) == (before.last_success, before.last_failure, before.retry_at)
    assert now - timedelta(seconds=100) == health().last_success
    assert now == health().last_failure
    assert timedelta(seconds=59) < health().retry_at - now <= timedelta(seconds=60)


def test_all_threads_of_a_process_share_one_circuit(open_access, server):
    server.lies = [Lies.status(429, Retry_After="30")]
    access = open_access()
    with pytest.raises(ProviderError):
        NETWORK["alphavantage"](access=access).download(PETR4)

    def refused(_):
        try:
            NETWORK["alphavantage"](access=access).download(PETR4)
        except ProviderError as error:
            return error.reason
        return None

    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(refused, range(32)))

    assert {"rate_limited"} == found
    assert 1 == server.num_questions
