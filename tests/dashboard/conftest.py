"""One browser for all of a module's tests, and servers to look at."""

import pytest
from servers import client as client
from servers import connected as connected
from servers import make_client as make_client
from servers import make_services as make_services
from servers import run_services as run_services
from servers import served_home as served_home
from servers import trained_home as trained_home
from starlette.testclient import TestClient

from pregao.server import create_app


@pytest.fixture(scope="module")
def browser():
    from browsing import CHROMIUM, chromium

    if CHROMIUM is None:
        pytest.skip("no chromium is installed: apt-get install chromium")
    with chromium() as found:
        yield found


@pytest.fixture
def client_of():
    """Ask as a browser that navigates does."""
    accepted = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    return lambda services: TestClient(
        create_app(services), base_url="http://localhost", headers=accepted
    )
