"""One database for assignments, reviews and the log: a GeoPackage, or PostGIS by URL."""

from __future__ import annotations

import contextlib
import sqlite3
import time
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    DisconnectionError,
    InterfaceError,
    OperationalError,
)

from evenbeat.core.errors import StoreError
from evenbeat.core.store.database import advice
from evenbeat.core.store.database import crs as reference
from evenbeat.core.store.database.postgis import BEGIN_WRITING, FLUSH, LOCK
from evenbeat.core.store.database.revision import is_current

_PATIENCE_S, _REST_S = 30, 5.0
_READING = "evenbeat_reading"


class Database:
    """An opened database at the newest schema.

    Make one with `Database.open`; it may be shared between threads, not between processes that
    were forked after it was opened. It is closed when it is no longer used, or with `close`.
    """

    def __init__(self, engine: sa.Engine, location: str) -> None:
        self.engine = engine
        self.location = location
        self._closing = weakref.finalize(self, engine.dispose)

    @classmethod
    def open(cls, location: Path | str, *, crs: str | None) -> Database:
        """Open a database; make it, or bring its schema up to date, where that is needed.

        Parameters
        ----------
        location
            The path of a GeoPackage, made when absent, or ``postgresql+psycopg://user@host/name``.
        crs
            The grid's CRS, an EPSG code where it has one; None while it is not known: then the
            log can be written, boxes cannot.

        Raises
        ------
        StoreError
            It cannot be reached or is not ours, its schema is newer than this code, or it holds
            boxes in another CRS.
        """
        engine, words = _engine(location)
        database = cls(engine, words)
        try:
            with database.reading() as connection:
                current = is_current(connection)
                unregistered = current and crs and reference.needs_registering(connection, crs)
            if not current:
                # Alembic takes longer to import than all the rest of an ordinary command.
                from evenbeat.core.store.database.migrate import migrate

                with database.transaction() as connection:
                    migrate(connection)
            if crs and (unregistered or not current):
                database.use_crs(crs)
        except DBAPIError as error:
            database.close()
            raise StoreError(advice.unreachable(words, error)) from error
        except StoreError as error:
            database.close()
            # What stops an opened database has other reasons than one that was never reached.
            if isinstance(error.__cause__, DBAPIError) and not advice.is_held(error.__cause__):
                raise StoreError(advice.unreachable(words, error.__cause__)) from error
            raise
        return database

    @property
    def is_postgis(self) -> bool:
        """Return whether this is a server rather than a file."""
        return self.engine.dialect.name == "postgresql"

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """Yield a connection in one write transaction; writers take turns on both back ends.

        It commits when the block ends and is on the disk when this returns; it rolls back when the
        block raises.

        Raises
        ------
        StoreError
            Another program holds the database, the connection was lost, or a text is not Unicode.
        """
        with self._advising(), self.engine.connect() as connection:
            with connection.begin():
                if self.is_postgis:
                    connection.execute(BEGIN_WRITING, {"key": LOCK})
                yield connection
            if self.is_postgis:
                connection.execute(FLUSH)
                connection.commit()

    @contextlib.contextmanager
    def appending(self) -> Iterator[sa.Connection]:
        """Yield a connection for one statement that is a transaction of its own.

        In PostgreSQL this saves the round trips of beginning and committing, in a GeoPackage it is
        a transaction like any other.
        """
        if not self.is_postgis:
            with self.transaction() as connection:
                yield connection
            return
        with self._advising(), self.engine.connect() as connection:
            yield connection.execution_options(isolation_level="AUTOCOMMIT")
            connection.execute(FLUSH)

    @contextlib.contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Yield a connection that sees the database as it stands now, whatever others write.

        Raises
        ------
        StoreError
            Another program holds the database, the connection was lost, or a text is not Unicode.
        """
        with self._advising(), self.engine.connect() as connection:
            options = (
                {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
                if self.is_postgis
                else {_READING: True}
            )
            yield connection.execution_options(**options)

    @contextlib.contextmanager
    def _advising(self) -> Iterator[None]:
        """Say what to do when the database could not begin, go on or commit."""
        try:
            yield
        except (OperationalError, InterfaceError) as error:
            raise StoreError(advice.stopped(self.location, error)) from error
        except UnicodeEncodeError as error:
            raise StoreError(
                f"A text is not valid Unicode: {error.reason}, at character {error.start + 1} of "
                f"{error.object!a}. Write it in UTF-8."
            ) from error

    def use_crs(self, crs: str) -> None:
        """Register the layers in a CRS that became known; nothing to do where they are.

        Raises
        ------
        StoreError
            Rows are there in another CRS, or the login may not register one.
        """
        with self.transaction() as connection:
            reference.register(connection, crs)

    def close(self) -> None:
        """Close every connection; the database may not be used afterwards."""
        self._closing()


def _engine(location: Path | str) -> tuple[sa.Engine, str]:
    """Return the engine and the location in words, a password left out."""
    if isinstance(location, Path) or "://" not in location:
        return _package_engine(Path(location)), str(location)
    try:
        url = sa.make_url(location)
    except ArgumentError as error:
        raise StoreError(f"The database's URL cannot be read. {_EXPECTED}") from error
    if url.get_backend_name() != "postgresql":
        raise StoreError(f"A {url.get_backend_name()} database is not supported. {_EXPECTED}")
    engine = sa.create_engine(
        url.set(drivername="postgresql+psycopg"),
        connect_args={"connect_timeout": _PATIENCE_S, "application_name": "evenbeat"},
    )
    sa.event.listen(engine, "checkin", _note_rest)
    sa.event.listen(engine, "checkout", _ping_after_rest)
    return engine, url.render_as_string(hide_password=True)


_EXPECTED = "Give store.url as postgresql+psycopg://user@host/database, or leave it out."


def _package_engine(path: Path) -> sa.Engine:
    path.parent.mkdir(parents=True, exist_ok=True)
    # No connection is kept, so the file may be moved or copied as soon as a command is done.
    engine = sa.create_engine(
        f"sqlite:///{path}", connect_args={"timeout": _PATIENCE_S}, poolclass=sa.pool.NullPool
    )
    sa.event.listen(engine, "connect", _prepare)
    sa.event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
    # SQLite's driver would otherwise begin only at the first write, after the head was read.
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")


def _note_rest(_connection: Any, record: Any) -> None:
    record.info["rested_since"] = time.monotonic()


def _ping_after_rest(connection: Any, record: Any, _proxy: Any) -> None:
    """See that a connection still lives that was not used for a while; otherwise another is made.

    Asking every time, as SQLAlchemy can, would be a third of the time that an append takes.
    """
    since = record.info.get("rested_since")
    if since is None or time.monotonic() - since < _REST_S:
        return
    from psycopg import Error

    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except Error as error:
        raise DisconnectionError from error


def _begin(connection: sa.Connection) -> None:
    reading = connection.get_execution_options().get(_READING)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
