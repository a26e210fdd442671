"""Databases for tests: a fresh SQLite file, and a private PostgreSQL started and ended by the tests themselves."""

from __future__ import annotations

import functools
import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from portal import migrations
from portal.db import engine_options, guard_engine

PLACES = (
    "/usr/lib/postgresql/17/bin",
    "/usr/lib/postgresql/16/bin",
    "/usr/lib/postgresql/15/bin",
    "/usr/lib/postgresql/14/bin",
)


def engine(url: str) -> sa.Engine:
    """A guarded engine, as the portal makes it."""
    options = engine_options(url)
    return guard_engine(sa.create_engine(options.pop("url"), **options))


def postgres_bin() -> Path | None:
    """The folder of PostgreSQL's own programs; None where it is not installed."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    return next((Path(place) for place in PLACES if (Path(place) / "initdb").exists()), None)


@contextmanager
def postgres(*, durable: bool = False) -> Iterator[str]:
    """A private server on a socket in a new folder, with no network; yields the address of its first database,
    ends it after.

    It keeps nothing through a power cut, which tests do not need; `durable` leaves its own safe settings as they are.
    """
    programs = postgres_bin()
    if programs is None:
        raise FileNotFoundError("PostgreSQL is not installed")
    folder = Path(tempfile.mkdtemp(prefix="portal-pg-"))
    who: dict[str, int] = {}
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        who = {"user": owner.pw_uid, "group": owner.pw_gid}
    quiet = {"check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **who}
    data, log = str(folder / "data"), str(folder / "log")
    options = f"-k {folder} -c listen_addresses= -c max_connections=200"
    if not durable:
        options += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    try:
        initdb = [
            programs / "initdb",
            "-D",
            data,
            "-A",
            "trust",
            "-U",
            "postgres",
            "--no-sync",
            "--locale=C.UTF-8",
            "-E",
            "UTF8",
        ]
        subprocess.run(initdb, **quiet)
        subprocess.run([programs / "pg_ctl", "-D", data, "-w", "-o", options, "-l", log, "start"], **quiet)
        yield f"postgresql://postgres@/postgres?host={folder}"
    finally:
        subprocess.run([programs / "pg_ctl", "-D", data, "-m", "immediate", "stop"], **{**quiet, "check": False})
        shutil.rmtree(folder, ignore_errors=True)


class Templates:
    """Migrated and furnished databases, copied for each test: doing it once is enough."""

    def __init__(self, folder: Path, server: str | None = None, furnish: Callable[[str], None] | None = None) -> None:
        self.folder, self.server, self.furnish = folder, server, furnish
        self._names: list[str] = []

    def sqlite(self) -> str:
        """The address of a new migrated SQLite file."""
        template = self.folder / "template.db"
        if not template.exists():
            self._make(f"sqlite:///{template}")
        path = self.folder / f"{uuid.uuid4().hex}.db"
        shutil.copy(template, path)
        return f"sqlite:///{path}"

    def postgres(self) -> str:
        """The address of a new migrated PostgreSQL database."""
        if self.server is None:
            raise FileNotFoundError("PostgreSQL is not running")
        if "template_portal" not in self._names:
            self.create("template_portal")
            self._make(self.address("template_portal"))
        return self.copy("template_portal")

    def copy(self, template: str) -> str:
        """The address of a new PostgreSQL database with what this one holds, which nobody may be using."""
        name = f"t{uuid.uuid4().hex}"
        self.create(name, template)
        return self.address(name)

    def remove(self, url: str) -> None:
        """Removes a database that nobody needs any more."""
        made = sa.make_url(url)
        if made.get_backend_name() == "sqlite":
            for file in self.folder.glob(f"{Path(str(made.database)).name}*"):
                file.unlink()
        else:
            self._command(f"DROP DATABASE {made.database} WITH (FORCE)")

    def _make(self, url: str) -> None:
        made = engine(url)
        migrations.upgrade(made)
        made.dispose()
        if self.furnish is not None:
            self.furnish(url)

    def address(self, name: str) -> str:
        """Where a database of this name is reached."""
        assert self.server is not None
        return self.server.replace("/postgres?", f"/{name}?")

    def create(self, name: str, template: str | None = None) -> None:
        """Makes a PostgreSQL database of this name."""
        # Copying the files of the template takes half as long as writing them to the log, which newer servers do.
        quick = " STRATEGY FILE_COPY" if self._version() >= (15,) else ""
        self._command(f"CREATE DATABASE {name}{f' TEMPLATE {template}{quick}' if template else ''}")
        self._names.append(name)

    def _version(self) -> tuple[int, ...]:
        with self._admin.connect() as connection:
            return connection.dialect.server_version_info or (0,)

    def _command(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.exec_driver_sql(statement)

    @functools.cached_property
    def _admin(self) -> sa.Engine:
        assert self.server is not None
        return sa.create_engine(self.server, isolation_level="AUTOCOMMIT")
