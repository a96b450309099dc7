"""Fixtures for tests of the deployed files by the programs that read them."""

import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def deploy() -> Path:
    return ROOT / "deploy"


@pytest.fixture(scope="session")
def program():
    def found(name: str, package: str) -> str:
        path = shutil.which(name)
        if path is None:
            pytest.skip(f"no {name} on this machine: install {package}")
        return path

    return found
