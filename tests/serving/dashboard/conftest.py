"""One browser for all of a module's tests, and servers to look at."""

import pytest
from starlette.testclient import TestClient

from pregao.serving import create_app


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
