"""One browser for all of a module's tests, and servers to look at."""

import pytest


@pytest.fixture(scope="module")
def browser():
    from browsing import CHROMIUM, chromium

    if CHROMIUM is None:
        pytest.skip("no chromium is installed: apt-get install chromium")
    with chromium() as found:
        yield found
