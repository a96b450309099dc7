"""What all tests and doctests share: a home of their own, a hypothesis profile, real prices."""

import os
import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Examples are few and the deadline is off: the laws run over whole registries, on shared machines.
settings.register_profile(
    "pregao",
    max_examples=10,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("pregao")

pytest_plugins = ("databases",)  # of tests/workers: it starts nothing before it is asked

_REAL = Path(__file__).parents[1] / "shared" / "data"


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real market data beside the checkout; tests that need it skip without."""
    if not _REAL.is_dir():
        pytest.skip("no ../shared/data beside this checkout")
    return _REAL


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep prices and runs of a test out of the developer's home."""
    monkeypatch.setenv("PREGAO_HOME", str(tmp_path / "pregao-home"))


# A shell starts what runs in the background with Ctrl-C ignored, and children inherit that: tests
# that interrupt a program would wait for ever.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_configure(config: pytest.Config) -> None:
    """Give each of several test processes processors of its own.

    A command starts a worker for every processor that it may use: on two processors, two test
    processes would have four workers of networks at a time, each of which loads all libraries.
    """
    own = getattr(config, "workerinput", None)
    if own is not None and hasattr(os, "sched_setaffinity"):
        number, count = int(own["workerid"].removeprefix("gw")), own["workercount"]
        processors = sorted(os.sched_getaffinity(0))
        chosen = processors[number::count] or [processors[number % len(processors)]]
        os.sched_setaffinity(0, chosen)
