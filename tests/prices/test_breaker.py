"""The circuit breaker: no requests to a provider that fails, except one probe a minute."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from lying_server import Faults

from pregao.errors import ProviderError
from pregao.instruments import Symbol
from pregao.prices import NETWORK_PROVIDERS

PETR4 = Symbol.parse("PETR4")


@pytest.fixture
def provider(open_access):
    return NETWORK_PROVIDERS["alphavantage"](access=open_access())


@pytest.fixture
def attempt(provider):
    """Download once and return the error; None is success."""

    def attempt():
        try:
            provider.download(PETR4)
        except ProviderError as error:
            return error
        return None

    return attempt


@pytest.fixture
def health(open_access):
    return lambda: (
        NETWORK_PROVIDERS["alphavantage"].breaker(open_access()).health(open_access().clock)
    )


def test_a_provider_that_refuses_gets_no_request_for_a_minute(attempt, server, fake_clock):
    server.faults = [Faults.status(429, Retry_After="30")]

    first, second = attempt(), attempt()

    assert 1 == server.num_requests
    assert "rate_limited" == first.reason == second.reason
    assert "no request is sent for now" in str(second)
    assert 59 < second.retry_after_seconds <= 60


def test_one_probe_a_minute_goes_through(attempt, server, fake_clock):
    server.faults = [Faults.status(429, Retry_After="20")] + [Faults.status(500)] * 99
    attempt()
    num_requests = []

    for _ in range(60):
        fake_clock.slept.append(10.0)
        attempt()
        num_requests.append(server.num_requests)

    assert 10 == num_requests[-1] - 1


def test_a_probe_that_succeeds_closes_the_circuit(attempt, server, fake_clock, health):
    server.faults = [Faults.status(429, Retry_After="30")]
    attempt()

    fake_clock.slept.append(61.0)

    assert attempt() is None
    assert attempt() is None
    assert not health().is_open


@pytest.mark.parametrize(("header", "seconds"), [("600", 600), ("999999999", 86_400)])
def test_a_required_wait_is_respected_up_to_a_day(header, seconds, attempt, server):
    server.faults = [Faults.status(429, Retry_After=header)]
    attempt()

    assert seconds - 1 < attempt().retry_after_seconds <= seconds


def test_the_circuit_opens_at_the_third_bad_payload(attempt, server, health):
    server.faults = [Faults.body(b"<html>")] * 9

    opened = [(attempt(), health().is_open)[1] for _ in range(3)]

    assert [False, False, True] == opened


def test_a_bad_key_does_not_open_the_circuit(attempt, server, health):
    server.faults = [Faults.status(403)] * 9

    for _ in range(5):
        attempt()

    assert not health().is_open
    assert "auth" == health().reason


def test_health_reports_the_last_success_and_the_last_failure(attempt, server, fake_clock, health):
    before = health()
    attempt()
    fake_clock.slept.append(100.0)
    server.faults = [Faults.status(429, Retry_After="30")]
    attempt()

    now = fake_clock.now()
    assert (None, None, None) == (before.last_success, before.last_failure, before.retry_at)
    assert now - timedelta(seconds=100) == health().last_success
    assert now == health().last_failure
    assert timedelta(seconds=59) < health().retry_at - now <= timedelta(seconds=60)


def test_all_threads_of_a_process_share_one_circuit(open_access, server):
    server.faults = [Faults.status(429, Retry_After="30")]
    access = open_access()
    with pytest.raises(ProviderError):
        NETWORK_PROVIDERS["alphavantage"](access=access).download(PETR4)

    def refused(_):
        try:
            NETWORK_PROVIDERS["alphavantage"](access=access).download(PETR4)
        except ProviderError as error:
            return error.reason
        return None

    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(refused, range(32)))

    assert {"rate_limited"} == found
    assert 1 == server.num_requests
