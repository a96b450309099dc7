"""The database: short transactions that wait for a lock and lose no write."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import time_ns
from typing import Literal

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, InterfaceError, OperationalError
from sqlalchemy.pool import QueuePool

from pregao.database._schema import migrate
from pregao.errors import (
    CorruptDatabaseError,
    DatabaseBusyError,
    DatabaseUnavailableError,
    InvalidDatabaseUrlError,
)
from pregao.texts import gettext_lazy as _

Dialect = Literal["sqlite", "postgresql"]

_BUSY_TIMEOUT_MS = 30_000
# Before this version a crash in the middle of resetting the write-ahead log can corrupt a file that
# several processes use: https://sqlite.org/wal.html, "The WAL-Reset Bug".
_FIRST_SAFE_WAL_VERSION = (3, 51, 3)


@dataclass(frozen=True, eq=False)
class Database:
    """A database, by its URL; open it once per process, after any fork.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as home:
    ...     database = Database.open(home=Path(home))
    ...     with database.read_transaction() as connection:
    ...         connection.execute(text("SELECT 6 * 7")).scalar_one()
    ...     database.close()
    42
    """

    engine: Engine
    file: Path | None
    """The file of a SQLite database; None for PostgreSQL."""

    @classmethod
    def open(cls, url: str | None = None, *, home: Path) -> "Database":
        """Open a database and migrate its schema; without a URL it is ``pregao.db`` in `home`.

        Raises
        ------
        InvalidDatabaseUrlError
            For an invalid URL, or one of an unsupported kind of database.
        DatabaseUnavailableError
            If no server answers there.
        CorruptDatabaseError
            If the file is not a valid database; it is left as it is.
        NewerSchemaError
            If a newer version of Pregao has migrated it.
        """
        parsed = _parse_url(url, home)
        file = Path(parsed.database) if parsed.get_backend_name() == "sqlite" else None  # type: ignore[arg-type] # sqlite without a file is refused
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
        database = cls(_create_engine(parsed), file)
        with database._translated_errors():
            database._check_integrity()
            migrate(database.engine, file)
        return database

    @property
    def dialect(self) -> Dialect:
        """The kind of database."""
        return "sqlite" if self.file is not None else "postgresql"

    @contextmanager
    def read_transaction(self) -> Iterator[Connection]:
        """Open a read-only transaction whose statements all see one snapshot."""
        with (
            self._translated_errors(),
            self.engine.connect().execution_options(**self._snapshot) as connection,
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def write_transaction(self) -> Iterator[Connection]:
        """Open a transaction that commits at the end of the block and rolls back on an error.

        SQLite allows one writer at a time: the transaction waits for the lock when it begins, so
        that no statement inside can find the database locked.
        """
        with (
            self._translated_errors(),
            self.engine.connect().execution_options(pregao_writes=True) as connection,
            connection.begin(),
        ):
            yield connection

    def now_ms(self, connection: Connection) -> int:
        """Return milliseconds since 1970 by the clock that all workers share.

        It is the server's clock with PostgreSQL, and this machine's with SQLite.
        """
        if self.dialect == "sqlite":
            return time_ns() // 1_000_000
        milliseconds = text("SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)")
        return int(connection.execute(milliseconds).scalar_one())

    def integrity_errors(self) -> tuple[str, ...]:
        """List the damage in every page, index and reference; empty with PostgreSQL.

        PostgreSQL has tools of its own for this.
        """
        if self.dialect == "postgresql":
            return ()
        with self.read_transaction() as connection:
            pages = connection.execute(text("PRAGMA integrity_check")).scalars().all()
            dangling = connection.execute(text("PRAGMA foreign_key_check")).all()
        references = (
            f"{row[0]} refers to a row of {row[2]} that does not exist" for row in dangling
        )
        return (*(each for each in pages if each != "ok"), *references)

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def _check_integrity(self) -> None:
        with self.engine.connect() as connection:
            if self.dialect == "postgresql":
                connection.execute(text("SELECT 1"))
                return
            found = connection.execute(text("PRAGMA quick_check(1)")).scalar_one()
        if found != "ok":
            raise CorruptDatabaseError(str(self.file), str(found))

    @contextmanager
    def _translated_errors(self) -> Iterator[None]:
        try:
            yield
        except (OperationalError, InterfaceError) as error:
            reason = str(error.orig)
            if "locked" in reason or "busy" in reason:
                raise DatabaseBusyError(_BUSY_TIMEOUT_MS / 1000) from error
            raise DatabaseUnavailableError(self.name, reason.strip()) from error
        except DatabaseError as error:
            if isinstance(error.orig, sqlite3.DatabaseError) and _is_corruption(error.orig):
                raise CorruptDatabaseError(str(self.file), str(error.orig)) from error
            raise

    @property
    def _snapshot(self) -> dict[str, str]:
        # SQLite always reads a snapshot; by default each statement of PostgreSQL sees its own.
        return {} if self.dialect == "sqlite" else {"isolation_level": "REPEATABLE READ"}

    @property
    def name(self) -> str:
        """Its file, or its URL without the password."""
        return str(self.file) if self.file else self.engine.url.render_as_string()


def _is_corruption(error: sqlite3.DatabaseError) -> bool:
    code = getattr(error, "sqlite_errorcode", None)
    return code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def _parse_url(given: str | None, home: Path) -> URL:
    if given is None:
        return URL.create("sqlite", database=str(home / "pregao.db"))
    try:
        url = make_url(given)
    except ArgumentError:
        raise InvalidDatabaseUrlError(_("it is not a URL")) from None
    match url.get_backend_name():
        case "sqlite" if url.database not in {None, "", ":memory:"}:
            return url.set(drivername="sqlite")
        case "postgresql" | "postgres":
            return url.set(drivername="postgresql+psycopg")
        case "sqlite":
            raise InvalidDatabaseUrlError(_("a SQLite URL needs a file"))
        case other:
            raise InvalidDatabaseUrlError(
                _("{other} is not supported: give sqlite:/// or postgresql://", other=other)
            )


def _create_engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True, pool_size=5, max_overflow=10)
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=5,
        max_overflow=27,
        connect_args={"timeout": _BUSY_TIMEOUT_MS / 1000, "check_same_thread": False},
    )
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin)
    return engine


def _configure_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # `_begin` begins the transactions
    is_wal_safe = sqlite3.sqlite_version_info >= _FIRST_SAFE_WAL_VERSION
    for pragma in (
        f"busy_timeout={_BUSY_TIMEOUT_MS}",
        f"journal_mode={'WAL' if is_wal_safe else 'DELETE'}",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("pregao_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
