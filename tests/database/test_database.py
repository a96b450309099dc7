"""The database: opened by many at once, migrated with a backup, refused when damaged or newer."""

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


def test_migrations_make_the_tables_that_the_code_uses(database):
    with database.reading() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), METADATA)

    assert differences == []


def test_many_threads_open_one_database_at_a_time_and_all_their_rows_are_there(
    tmp_path, database_url
):
    def write(number):
        database = Database.opened(database_url, home=tmp_path)
        with database.writing() as connection:
            connection.execute(workers.insert(), _row(number))
        database.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(24)))

    database = Database.opened(database_url, home=tmp_path)
    with database.reading() as connection:
        found = connection.execute(select(workers.c.pid)).scalars().all()
    database.close()
    assert set(range(24)) == set(found)


def test_a_block_that_fails_writes_nothing(database):
    with pytest.raises(IntegrityError), database.writing() as connection:
        connection.execute(workers.insert(), [_row(1), _row(1)])

    with database.reading() as connection:
        assert connection.execute(select(workers.c.id)).all() == []


def test_statements_of_a_reader_see_one_state(database):
    count = select(func.count()).select_from(workers)
    with database.reading() as reader:
        before = reader.execute(count).scalar_one()
        if database.dialect == "postgresql":  # SQLite's rollback journal lets nobody write now
            with database.writing() as writer:
                writer.execute(workers.insert(), _row(1))
        after = reader.execute(count).scalar_one()

    assert (0, 0) == (before, after)


def test_a_damaged_file_is_refused_and_left_as_it_is(tmp_path):
    Database.opened(home=tmp_path).close()
    file = tmp_path / "pregao.db"
    damaged = b"no database at all" * 100
    file.write_bytes(damaged)

    with pytest.raises(CorruptDatabaseError, match="pregao doctor"):
        Database.opened(home=tmp_path)

    assert damaged == file.read_bytes()


def test_a_flipped_page_is_found_at_opening(tmp_path):
    database = Database.opened(home=tmp_path)
    with database.writing() as connection:
        connection.execute(workers.insert(), [_row(number) for number in range(500)])
    database.close()
    file = tmp_path / "pregao.db"
    content = bytearray(file.read_bytes())
    content[4096:-4096] = b"\xff" * (len(content) - 8192)
    file.write_bytes(content)

    with pytest.raises(CorruptDatabaseError):
        Database.opened(home=tmp_path)


def test_a_newer_schema_is_refused(tmp_path):
    Database.opened(home=tmp_path).close()
    with closing(sqlite3.connect(tmp_path / "pregao.db")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()

    with pytest.raises(NewerSchemaError, match=rf"9999.*{SCHEMA_REVISION}"):
        Database.opened(home=tmp_path)


@pytest.mark.parametrize(
    "url", ["mysql://u:hidden@h/x", "sqlite://", "sqlite:///:memory:", "hidden", "://"]
)
def test_a_url_that_cannot_be_used_is_refused_without_repeating_it(tmp_path, url):
    with pytest.raises(InvalidDatabaseUrlError) as caught:
        Database.opened(url, home=tmp_path)

    assert "hidden" not in str(caught.value)


def test_a_writer_is_durable_and_refers_to_what_is_there(tmp_path):
    database = Database.opened(home=tmp_path)

    with database.reading() as connection:
        found = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("synchronous", "foreign_keys")
        }

    assert {"synchronous": 2, "foreign_keys": 1} == found
    database.close()
