"""Databases for tests: SQLite in a file, and a PostgreSQL of our own for as long as tests run.

A test that takes `database` runs on both. The PostgreSQL is started when it is first asked for,
once a process, reached by a socket file alone, and writes nothing that has to outlive it.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from pregao.database import Database

_INSTALLED = Path("/usr/lib/postgresql")
_USER = "postgres"
_FOR_TESTS = (
    "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off "
    "-c max_connections=200 -c shared_buffers=32MB"
)
_numbers = count(1)


class Cluster:
    """A PostgreSQL server in a folder of its own."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.folder = folder
        self._programs = programs
        if os.geteuid() == 0:  # it refuses to run as root
            shutil.chown(folder, _USER, _USER)
        self._run("initdb", "--no-sync", "--auth=trust", f"--username={_USER}", "--encoding=UTF8")
        self._run("pg_ctl", "-w", "-l", "log", "-o", f"{_FOR_TESTS} -k {folder}", "start")

    def url(self, name: str) -> str:
        return f"postgresql://{_USER}@/{name}?host={self.folder}"

    def execute(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self.url(_USER), autocommit=True) as connection:
            connection.execute(statement.encode())

    def stop(self) -> None:
        self._run("pg_ctl", "-w", "-m", "immediate", "stop")

    def _run(self, program: str, *arguments: str) -> None:
        as_whom = {"user": _USER, "group": _USER, "extra_groups": []} if os.geteuid() == 0 else {}
        # The server inherits what is open: into a pipe nobody would ever see its end.
        with (self.folder.parent / f"{self.folder.name}.out").open("a+") as said:
            done = subprocess.run(
                [self._programs / program, "-D", "data", *arguments],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
                check=False,
                **as_whom,
            )
            said.seek(0)
            assert done.returncode == 0, said.read()[-2000:]


def _programs() -> Path:
    found = sorted(_INSTALLED.glob("*/bin/initdb"), key=lambda each: int(each.parts[-3]))
    if not found:
        pytest.skip("no PostgreSQL here: apt-get install postgresql")
    pytest.importorskip("psycopg", reason="no psycopg here: pip install 'pregao[postgres]'")
    return found[-1].parent


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Cluster]:
    programs = _programs()
    # Not in pytest's folder: only its owner may enter that, and names of sockets are short.
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        inner = Path(folder) / "pg"
        inner.mkdir()
        cluster = Cluster(programs, inner)
        try:
            yield cluster
        finally:
            cluster.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database, for who opens it by its URL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'pregao.db'}"
        return
    cluster = request.getfixturevalue("postgresql")
    name = f"test_{next(_numbers)}"
    cluster.execute(f"CREATE DATABASE {name}")
    try:
        yield cluster.url(name)
    finally:
        cluster.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database(database_url: str, tmp_path: Path) -> Iterator[Database]:
    """An open database without rows."""
    opened = Database.open(database_url, home=tmp_path)
    yield opened
    opened.close()
