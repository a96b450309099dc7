from pathlib import Path

import pytest
from hypothesis import settings

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
    """Write a file of a folder of prices and give its path."""

    def write(content, name="TEST3.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write
