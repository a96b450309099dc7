"""The database: concurrent opening, migration with a backup, refusal of damaged or newer files."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from pregao.database import SCHEMA_REVISION, Database, workers
from pregao.database._tables import METADATA
from pregao.errors import CorruptDatabaseError, InvalidDatabaseUrlError, NewerSchemaError


def _row(number):
    return {"id": f"w{number}", "host": "h", "pid": number, "started_ms": 1, "beat_ms": 1}


def test_migrations_create_the_tables_that_the_code_uses(database):
    with database.read_transaction() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), METADATA)

    assert differences == []


def test_concurrent_opening_creates_the_schema_once_and_loses_no_row(tmp_path, database_url):
    def write(number):
        database = Database.open(database_url, home=tmp_path)
        with database.write_transaction() as connection:
            connection.execute(workers.insert(), _row(number))
        database.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(24)))

    database = Database.open(database_url, home=tmp_path)
    with database.read_transaction() as connection:
        found = connection.execute(select(workers.c.pid)).scalars().all()
    database.close()
    assert set(range(24)) == set(found)


def test_a_failed_transaction_writes_nothing(database):
    with pytest.raises(IntegrityError), database.write_transaction() as connection:
        connection.execute(workers.insert(), [_row(1), _row(1)])

    with database.read_transaction() as connection:
        assert connection.execute(select(workers.c.id)).all() == []


def test_statements_of_one_read_transaction_see_one_snapshot(database):
    count = select(func.count()).select_from(workers)
    with database.read_transaction() as reader:
        before = reader.execute(count).scalar_one()
        if database.dialect == "postgresql":  # SQLite's rollback journal blocks writers now
            with database.write_transaction() as writer:
                writer.execute(workers.insert(), _row(1))
        after = reader.execute(count).scalar_one()

    assert (0, 0) == (before, after)


def test_a_damaged_file_is_refused_and_left_unchanged(tmp_path):
    Database.open(home=tmp_path).close()
    file = tmp_path / "pregao.db"
    damaged = b"no database at all" * 100
    file.write_bytes(damaged)

    with pytest.raises(CorruptDatabaseError, match="pregao doctor"):
        Database.open(home=tmp_path)

    assert damaged == file.read_bytes()


def test_a_corrupt_page_is_detected_when_the_database_is_opened(tmp_path):
    database = Database.open(home=tmp_path)
    with database.write_transaction() as connection:
        connection.execute(workers.insert(), [_row(number) for number in range(500)])
    database.close()
    file = tmp_path / "pregao.db"
    content = bytearray(file.read_bytes())
    content[4096:-4096] = b"\xff" * (len(content) - 8192)
    file.write_bytes(content)

    with pytest.raises(CorruptDatabaseError):
        Database.open(home=tmp_path)


def test_a_newer_schema_revision_is_refused(tmp_path):
    Database.open(home=tmp_path).close()
    with closing(sqlite3.connect(tmp_path / "pregao.db")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()

    with pytest.raises(NewerSchemaError, match=rf"9999.*{SCHEMA_REVISION}"):
        Database.open(home=tmp_path)


@pytest.mark.parametrize(
    "url", ["mysql://u:hidden@h/x", "sqlite://", "sqlite:///:memory:", "hidden", "://"]
)
def test_an_unusable_url_is_refused_without_repeating_it(tmp_path, url):
    with pytest.raises(InvalidDatabaseUrlError) as caught:
        Database.open(url, home=tmp_path)

    assert "hidden" not in str(caught.value)


def test_sqlite_syncs_every_commit_and_enforces_foreign_keys(tmp_path):
    database = Database.open(home=tmp_path)

    with database.read_transaction() as connection:
        found = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("synchronous", "foreign_keys")
        }

    assert {"synchronous": 2, "foreign_keys": 1} == found
    database.close()
