"""Every connection of the pool keeps what a save stands on; a write holds the lock from its beginning."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection, make_url

from portal.db import begin_write, db
from tests.faults.server import Place, database

CONNECTIONS = 32
PROMISED: dict[str, dict[str, str]] = {
    "sqlite": {"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "10000"},
    "postgresql": {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "TimeZone": "UTC"},
}
RELAX = {"sqlite": "PRAGMA synchronous=NORMAL", "postgresql": "SET synchronous_commit=off"}
MUTANT = "relaxed"


def run(*, kind: str = "sqlite", mutant: str | None = None) -> dict[str, Any]:
    """Opens the whole pool of a portal at once and reads every setting of every connection."""
    with tempfile.TemporaryDirectory(prefix="portal-faults-") as folder, database(kind, Path(folder)) as url:
        place = Place(Path(folder), url)
        with place.application():
            if mutant == MUTANT:
                _relax(db.engine)
            amiss = _read(db.engine, kind)
            if kind == "sqlite" and not _locks():
                amiss.append("a writing transaction does not hold the lock from its beginning")
    read = CONNECTIONS * len(PROMISED[kind])
    return {
        "group": "settings", "database": kind, "mutant": mutant, "connections": CONNECTIONS, "settings read": read,
        "not as promised": len(amiss), "examples": amiss[:3], "good": not amiss,
    }  # fmt: skip


def _relax(engine: Engine) -> None:
    """The planted fault: a later listener, such as a well-meant speed-up, loosens what was promised."""

    def loosen(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute(RELAX[engine.dialect.name])
        cursor.close()

    engine.dispose()
    event.listen(engine, "connect", loosen)


def _read(engine: Engine, kind: str) -> list[str]:
    with ExitStack() as stack:
        opened = [stack.enter_context(engine.connect()) for _ in range(CONNECTIONS)]
        return [
            f"connection {number}: {name} is {found}, promised was {wanted}"
            for number, connection in enumerate(opened, 1)
            for name, wanted in PROMISED[kind].items()
            if (found := _setting(connection, kind, name)) != wanted
        ]


def _setting(connection: Connection, kind: str, name: str) -> str:
    return str(connection.exec_driver_sql(f"PRAGMA {name}" if kind == "sqlite" else f"SHOW {name}").scalar_one())


def _locks() -> bool:
    """Whether another writer is held back as soon as a writing transaction is opened."""
    begin_write(db.session)
    other = sqlite3.connect(str(make_url(str(db.engine.url)).database), timeout=0, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:
        return True
    finally:
        other.close()
        db.session.rollback()
    return False
