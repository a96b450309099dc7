"""A server of our own: in this process for most tests, a real one where sockets matter."""

import shutil
import socket
import threading
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from starlette.testclient import TestClient

from pregao.api import HttpLimits, Services
from pregao.api._access import Access
from pregao.prices import Clock, PriceStore, open_feed
from pregao.server import create_app
from pregao.server._server import _Server, listen, uvicorn_config
from pregao.workbench import Workbench

NOW = datetime(2024, 6, 3, 21, tzinfo=UTC)


@pytest.fixture
def make_services(tmp_path):
    def made(*, keys=(), limits=None, host="127.0.0.1", allowed_hosts=()):
        access = Access.for_host(host=host, allowed_hosts=allowed_hosts, keys=keys)
        feed = open_feed(order=("store", "sample"), home=tmp_path, clock=Clock(lambda: NOW))
        bench = Workbench(tmp_path, feed=feed)
        found = Services.create(bench, access, today=NOW.date, limits=limits or HttpLimits())
        opened.append(found)
        return found

    opened = []
    yield made
    for each in opened:
        each.close()
        each.workbench.database.close()


@pytest.fixture
def make_client(make_services, client_of):
    return lambda **fields: client_of(make_services(**fields))


@pytest.fixture
def client_of():
    return lambda services: TestClient(create_app(services), base_url="http://localhost")


@pytest.fixture
def client(make_client):
    return make_client()


@contextmanager
def running(services):
    """Run a real server on a free port, in a thread; gives the port."""
    listener = listen("127.0.0.1", 0)
    ready = threading.Event()
    server = _Server(uvicorn_config(create_app(services), services), services, ready.set)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        assert ready.wait(30), "the server came up"
        yield listener.getsockname()[1]
    finally:
        server.handle_exit(15, None)
        thread.join(30)
        assert not thread.is_alive(), "the server stopped"


@pytest.fixture
def run_services():
    return running


@pytest.fixture
def connected():
    with ExitStack() as open_ones:

        def made(port):
            connection = socket.create_connection(("127.0.0.1", port), timeout=20)
            return open_ones.enter_context(connection)

        yield made


@pytest.fixture(scope="module")
def trained_home(tmp_path_factory):
    """A home with prices of PETR4 and two registered runs of it: copy it, and change the copy."""
    from made_runs import EXPERIMENTS, made_run, prices_of  # torch, for the few who need it

    home = tmp_path_factory.mktemp("trained")
    PriceStore(home).append(replace(prices_of("PETR4"), provider="yahoo"))
    models = Workbench(home).models
    for seed in (0, 1):
        experiment = EXPERIMENTS["ensemble"].replace(symbols=("PETR4",), members=1, seed=seed)
        models.register(made_run(home, experiment).id)
    models.database.close()
    return home


@pytest.fixture
def served_home(trained_home, tmp_path):
    """A copy of that home, where the fixtures of this folder serve from."""
    shutil.copytree(trained_home, tmp_path, dirs_exist_ok=True)
    return tmp_path
