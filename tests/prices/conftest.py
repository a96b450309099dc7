"""Prices on a server with faults, and in folders of real and of written files."""

import threading
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import settings
from lying_server import FakeClock, FaultyServer, recorded_answers
from pydantic import SecretStr

from pregao.prices import SERVICES, NetworkAccess, RetryPolicy, _circuit_breaker
from pregao.testing import synthetic_prices

settings.register_profile("prices", deadline=None)  # the first example builds a calendar
settings.load_profile("prices")


@pytest.fixture(scope="session")
def real_data():
    folder = next(
        (up / "shared" / "data" for up in Path(__file__).parents if (up / "shared/data").is_dir()),
        None,
    )
    if folder is None:
        pytest.skip("no folder shared/data beside the project: real files are tried where it is")
    return folder


@pytest.fixture
def write(tmp_path):
    """Write a file into a folder of prices and return its path."""

    def write(content, name="TEST3.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture
def server(market, monkeypatch):
    # A free port may have been an earlier server's, and circuit breakers are kept by address.
    monkeypatch.setattr(_circuit_breaker, "_breakers", {})
    with FaultyServer() as server:
        server.respond = recorded_answers(market)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.is_over.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def market():
    """Bars of PETR4 on the server: 80 sessions up to 2015-04-30."""
    return synthetic_prices("PETR4", sessions=80)


@pytest.fixture
def fake_clock(market):
    """The morning after the last session."""
    return FakeClock(datetime.fromisoformat(f"{market.last}T12:00+00:00") + timedelta(days=1))


@pytest.fixture
def open_access(server, fake_clock, tmp_path):
    """Make an access to the server, with a retry policy of given fields."""

    def open_access(**changes):
        retry_policy = {"deadline_seconds": 10.0, "first_wait_seconds": 1.0, **changes}
        return NetworkAccess(
            tmp_path,
            fake_clock.clock,
            keys={
                name: SecretStr("canary-key")
                for name, each in SERVICES.items()
                if each.key_variable
            },
            base_urls=dict.fromkeys(SERVICES, server.url),
            retry_policy=RetryPolicy(**retry_policy),
            random=Random(0),
        )

    return open_access
