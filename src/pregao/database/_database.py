"""The database: short transactions, waits instead of errors, and no writer lost."""

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

Dialect = Literal["sqlite", "postgresql"]

_PATIENCE_MS = 30_000
# Before this version a crash in the middle of resetting the write-ahead log can corrupt a file that
# several processes use: https://sqlite.org/wal.html, "The WAL-Reset Bug".
_WAL_IS_SAFE_FROM = (3, 51, 3)


@dataclass(frozen=True, eq=False)
class Database:
    """One database, by its URL; open it once a process, after any fork.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as home:
    ...     database = Database.opened(home=Path(home))
    ...     with database.reading() as connection:
    ...         connection.execute(text("SELECT 6 * 7")).scalar_one()
    ...     database.close()
    42
    """

    engine: Engine
    file: Path | None
    """Where SQLite keeps it."""

    @classmethod
    def opened(cls, url: str | None = None, *, home: Path) -> "Database":
        """Open a database, and bring its schema up to date; None is ``pregao.db`` in `home`.

        Raises
        ------
        InvalidDatabaseUrlError
            For a URL that is none, or of another kind of database.
        DatabaseUnavailableError
            If nothing answers there.
        CorruptDatabaseError
            If the file is no database any more; it is left as it is.
        NewerSchemaError
            If a newer version of Pregao has been at it.
        """
        asked = _url(url, home)
        file = Path(asked.database) if asked.get_backend_name() == "sqlite" else None  # type: ignore[arg-type] # sqlite without a file is refused
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
        database = cls(_engine(asked), file)
        with database._in_our_words():
            database._check()
            migrate(database.engine, file)
        return database

    @property
    def dialect(self) -> Dialect:
        """Which kind of database it is."""
        return "sqlite" if self.file is not None else "postgresql"

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection whose statements see one state; it changes nothing."""
        with (
            self._in_our_words(),
            self.engine.connect().execution_options(**self._one_state) as connection,
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection that commits at the end of the block, or nothing at all on an error.

        SQLite has one writer at a time: it is waited for at the beginning, so that no statement
        inside can find the database locked.
        """
        with (
            self._in_our_words(),
            self.engine.connect().execution_options(pregao_writes=True) as connection,
            connection.begin(),
        ):
            yield connection

    def now_ms(self, connection: Connection) -> int:
        """Give the moment by the clock that all workers share: the server's, if there is one."""
        if self.dialect == "sqlite":
            return time_ns() // 1_000_000
        milliseconds = text("SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)")
        return int(connection.execute(milliseconds).scalar_one())

    def faults(self) -> tuple[str, ...]:
        """Look for damage in every page, index and reference; PostgreSQL has tools of its own."""
        if self.dialect == "postgresql":
            return ()
        with self.reading() as connection:
            pages = connection.execute(text("PRAGMA integrity_check")).scalars().all()
            dangling = connection.execute(text("PRAGMA foreign_key_check")).all()
        references = (f"{row[0]} refers to a row of {row[2]} that is not there" for row in dangling)
        return (*(each for each in pages if each != "ok"), *references)

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def _check(self) -> None:
        with self.engine.connect() as connection:
            if self.dialect == "postgresql":
                connection.execute(text("SELECT 1"))
                return
            found = connection.execute(text("PRAGMA quick_check(1)")).scalar_one()
        if found != "ok":
            raise CorruptDatabaseError(str(self.file), str(found))

    @contextmanager
    def _in_our_words(self) -> Iterator[None]:
        try:
            yield
        except (OperationalError, InterfaceError) as error:
            reason = str(error.orig)
            if "locked" in reason or "busy" in reason:
                raise DatabaseBusyError(_PATIENCE_MS / 1000) from error
            raise DatabaseUnavailableError(self.name, reason.strip()) from error
        except DatabaseError as error:
            if isinstance(error.orig, sqlite3.DatabaseError) and _is_damage(error.orig):
                raise CorruptDatabaseError(str(self.file), str(error.orig)) from error
            raise

    @property
    def _one_state(self) -> dict[str, str]:
        # SQLite knows nothing else; PostgreSQL by itself has each statement see a state of its own.
        return {} if self.dialect == "sqlite" else {"isolation_level": "REPEATABLE READ"}

    @property
    def name(self) -> str:
        """What to call it: its file, or its URL without the password."""
        return str(self.file) if self.file else self.engine.url.render_as_string()


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    code = getattr(error, "sqlite_errorcode", None)
    return code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def _url(asked: str | None, home: Path) -> URL:
    if asked is None:
        return URL.create("sqlite", database=str(home / "pregao.db"))
    try:
        url = make_url(asked)
    except ArgumentError:
        raise InvalidDatabaseUrlError("it is no URL") from None
    match url.get_backend_name():
        case "sqlite" if url.database not in {None, "", ":memory:"}:
            return url.set(drivername="sqlite")
        case "postgresql" | "postgres":
            return url.set(drivername="postgresql+psycopg")
        case "sqlite":
            raise InvalidDatabaseUrlError("a SQLite URL needs a file")
        case other:
            raise InvalidDatabaseUrlError(f"{other} is no kind of database that Pregao uses")


def _engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True, pool_size=5, max_overflow=10)
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=5,
        max_overflow=27,
        connect_args={"timeout": _PATIENCE_MS / 1000, "check_same_thread": False},
    )
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return engine


def _set_up(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions begin where `_begin` says so
    is_wal_safe = sqlite3.sqlite_version_info >= _WAL_IS_SAFE_FROM
    for pragma in (
        f"busy_timeout={_PATIENCE_MS}",
        f"journal_mode={'WAL' if is_wal_safe else 'DELETE'}",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("pregao_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
