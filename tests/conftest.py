"""What all tests share: a hypothesis profile, and the folder of real prices where it is there."""

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

_REAL = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real market data beside the checkout; tests that need it skip without."""
    if not _REAL.is_dir():
        pytest.skip("no ../shared/data beside this checkout")
    return _REAL
