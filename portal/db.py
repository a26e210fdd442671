"""The database: engine settings that keep promises, the declarative base, and the column types every table uses."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from collections.abc import Mapping
from typing import Any

from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy import JSON, DateTime, Engine, MetaData, Row, Select, String, Text, TypeDecorator, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql.functions import GenericFunction

BUSY_TIMEOUT_MS = 10_000

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Instant(TypeDecorator[dt.datetime]):
    """A moment with its zone: always UTC in the database, always aware in Python."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a zone")
        return value.astimezone(dt.UTC).replace(tzinfo=None) if dialect.name == "sqlite" else value.astimezone(dt.UTC)

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


AnyRow = Row[*tuple[Any, ...]]
AnySelect = Select[*tuple[Any, ...]]

Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
Iso3 = String(3)
Key = String(64)


def new_id() -> uuid.UUID:
    """A random identifier of 122 bits: nobody guesses the next one."""
    return uuid.uuid4()


class Base(DeclarativeBase):
    """The base of every table."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {dt.datetime: Instant(), dict[str, Any]: Json, list[Any]: Json, Any: Json}


db = SQLAlchemy()


class said(GenericFunction[str]):  # noqa: N801 stands beside the functions of the database
    """What a frozen document says under a name, as text: `said(Version.document, "title")`."""

    type = Text()
    inherit_cache = True


@compiles(said, "sqlite")
def _said_on_sqlite(element: Any, compiler: Any, **how: Any) -> str:
    document, name = (compiler.process(one, **how) for one in element.clauses)
    return f"json_extract(CAST({document} AS TEXT), '$.' || {name})"


@compiles(said, "postgresql")
def _said_on_postgres(element: Any, compiler: Any, **how: Any) -> str:
    document, name = (compiler.process(one, **how) for one in element.clauses)
    return f"(convert_from({document}, 'UTF8')::json ->> CAST({name} AS TEXT))"


class UnsafeDatabase(RuntimeError):
    """The database does not keep the promises that an acknowledged write needs."""


SQLITE_SETTINGS: Mapping[str, str | int] = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "busy_timeout": BUSY_TIMEOUT_MS,
}


def _settle_sqlite(connection: Any, _record: Any) -> None:
    """Sets and then reads back each setting on a new connection, so that a silent refusal is seen."""
    connection.isolation_level = None
    for name, wanted in SQLITE_SETTINGS.items():
        connection.execute(f"PRAGMA {name}={wanted}")
    assert_sqlite(connection)


def assert_sqlite(connection: Any) -> None:
    """Raises UnsafeDatabase unless every setting of SQLITE_SETTINGS is in force on this raw connection."""
    for name, wanted in SQLITE_SETTINGS.items():
        (found,) = connection.execute(f"PRAGMA {name}").fetchone()
        if found != wanted:
            raise UnsafeDatabase(f"SQLite answers {name}={found}, the portal needs {wanted}.")


class Turn:
    """Whose turn it is to write to a SQLite file among the threads of this process.

    SQLite's own wait for a lock sleeps longer and longer, and a thread that comes later may write first. The turn
    promises no more than that nobody sleeps: BEGIN IMMEDIATE keeps two writers apart, and a turn that is not given
    back costs the next one a busy timeout. It ends when the connection goes back to the pool.
    """

    KEY = "turn to write"

    def __init__(self) -> None:
        self._lock = threading.Lock()

    @property
    def taken(self) -> bool:
        """Whether somebody writes now."""
        return self._lock.locked()

    def begin(self, connection: Connection) -> None:
        """Begins the transaction of a connection; one that writes waits for its turn first."""
        writes = connection.get_execution_options().get("writes", False)
        if writes and self.KEY not in connection.info and self._lock.acquire(timeout=BUSY_TIMEOUT_MS / 1000):
            connection.info[self.KEY] = self
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    def end(self, _connection: Any, record: ConnectionPoolEntry, *_more: Any) -> None:
        """Gives the turn back, where this connection of the pool has it."""
        if record.info.pop(self.KEY, None) is self:
            self._lock.release()


def _settle_postgres(connection: Any, _record: Any) -> None:
    """Times in UTC, and no longer a wait for a lock than SQLite's busy timeout."""
    with connection.cursor() as cursor:
        cursor.execute("SET TIME ZONE 'UTC'")
        cursor.execute(f"SET lock_timeout = {BUSY_TIMEOUT_MS}")
    connection.commit()


def guard_engine(engine: Engine) -> Engine:
    """Installs the settings and their assertion on each new connection of this engine."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _settle_sqlite)
        turn = Turn()
        event.listen(engine, "begin", turn.begin)
        event.listen(engine, "checkin", turn.end)
        event.listen(engine, "invalidate", turn.end)
    else:
        event.listen(engine, "connect", _settle_postgres)
    return engine


def engine_options(url: str) -> dict[str, Any]:
    """Engine options for a database address: pool sizes, and WAL readers beside one writer on SQLite."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return {"url": parsed, "connect_args": {"check_same_thread": False}, "pool_size": 16, "max_overflow": 16}
    return {"url": parsed, "pool_size": 16, "max_overflow": 16, "pool_pre_ping": True}


def begin_write(session: Session) -> None:
    """Opens the transaction of a write: BEGIN IMMEDIATE on SQLite, so that two writers queue instead of
    failing half-way.
    """
    session.connection(execution_options={"writes": True})
