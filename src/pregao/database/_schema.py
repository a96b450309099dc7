"""Migrations: forward only, under a lock, after a backup."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock
from sqlalchemy import Connection, Engine, inspect, text

from pregao.errors import NewerSchemaError

if TYPE_CHECKING:
    from alembic.config import Config

SCHEMA_REVISION = "0001"
"""The revision that this version of Pregao reads and writes."""

_MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK_TIMEOUT_SECONDS = 60.0
_ADVISORY_LOCK = 0x707265676F  # the key of a PostgreSQL advisory lock: "prego" in ASCII


def migrate(engine: Engine, file: Path | None) -> None:
    """Migrate the schema to `SCHEMA_REVISION`; concurrent processes migrate it once.

    Parameters
    ----------
    file
        The file of a SQLite database, which is copied before a migration changes it.

    Raises
    ------
    NewerSchemaError
        If a newer version of Pregao has migrated it.
    """
    if _current_revision(engine) == SCHEMA_REVISION:
        return
    with _migration_lock(engine, file) as connection:
        found = _read_revision(connection)
        connection.commit()
        if found == SCHEMA_REVISION:
            return
        if found is not None and found not in _known_revisions():
            raise NewerSchemaError(str(engine.url.render_as_string()), found, SCHEMA_REVISION)
        if found is not None and file is not None:
            _back_up(file, file.with_name(f"{file.name}.{found}.bak"))
        from alembic import command

        config = _alembic_config()
        config.attributes["connection"] = connection
        command.upgrade(config, SCHEMA_REVISION)
        connection.commit()


def _current_revision(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return _read_revision(connection)


def _read_revision(connection: Connection) -> str | None:
    # Read alembic's own table: loading alembic takes longer than this whole check.
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def _known_revisions() -> set[str]:
    from alembic.script import ScriptDirectory

    return {
        each.revision for each in ScriptDirectory.from_config(_alembic_config()).walk_revisions()
    }


def _alembic_config() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    return config


@contextmanager
def _migration_lock(engine: Engine, file: Path | None) -> Iterator[Connection]:
    if file is not None:
        lock = FileLock(file.with_name(f"{file.name}.lock"), timeout=_LOCK_TIMEOUT_SECONDS)
        with lock, engine.connect() as connection:
            yield connection
        return
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:number)"), {"number": _ADVISORY_LOCK})
        connection.commit()
        try:
            yield connection
        finally:
            connection.rollback()
            connection.execute(
                text("SELECT pg_advisory_unlock(:number)"), {"number": _ADVISORY_LOCK}
            )
            connection.commit()


def _back_up(file: Path, copy: Path) -> None:
    """Copy a database that other connections may be reading."""
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
