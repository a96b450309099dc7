"""The queue of a temporary home."""

import pytest

from pregao.database import Database
from pregao.jobs import JobLimits, Jobs


@pytest.fixture
def jobs(tmp_path):
    database = Database.open(home=tmp_path)
    yield Jobs(database, JobLimits(lease_seconds=3.0))
    database.close()
