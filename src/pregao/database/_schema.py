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
"""What this version of Pregao reads and writes."""

_MIGRATIONS = Path(__file__).parent / "migrations"
_PATIENCE_SECONDS = 60.0
_LOCK_NUMBER = 0x707265676F  # of PostgreSQL's advisory locks: "prego"


def migrate(engine: Engine, file: Path | None) -> None:
    """Bring the schema to `SCHEMA_REVISION`, once however many processes ask at a time.

    Parameters
    ----------
    file
        Where SQLite keeps the database: it is copied before a migration changes it.

    Raises
    ------
    NewerSchemaError
        If a newer version of Pregao has been at it.
    """
    if _revision(engine) == SCHEMA_REVISION:
        return
    with _alone(engine, file) as connection:
        found = _revision_seen_by(connection)
        connection.commit()
        if found == SCHEMA_REVISION:
            return
        if found is not None and found not in _known():
            raise NewerSchemaError(str(engine.url.render_as_string()), found, SCHEMA_REVISION)
        if found is not None and file is not None:
            _copy(file, file.with_name(f"{file.name}.{found}.bak"))
        from alembic import command

        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, SCHEMA_REVISION)
        connection.commit()


def _revision(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return _revision_seen_by(connection)


def _revision_seen_by(connection: Connection) -> str | None:
    # As alembic keeps it, which takes longer to load than all this takes to run.
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def _known() -> set[str]:
    from alembic.script import ScriptDirectory

    return {each.revision for each in ScriptDirectory.from_config(_config()).walk_revisions()}


def _config() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    return config


@contextmanager
def _alone(engine: Engine, file: Path | None) -> Iterator[Connection]:
    if file is not None:
        lock = FileLock(file.with_name(f"{file.name}.lock"), timeout=_PATIENCE_SECONDS)
        with lock, engine.connect() as connection:
            yield connection
        return
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:number)"), {"number": _LOCK_NUMBER})
        connection.commit()
        try:
            yield connection
        finally:
            connection.rollback()
            connection.execute(text("SELECT pg_advisory_unlock(:number)"), {"number": _LOCK_NUMBER})
            connection.commit()


def _copy(file: Path, copy: Path) -> None:
    """Copy a database that others may be reading."""
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
