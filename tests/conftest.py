"""Fixtures of every test: a database of each kind, an application on it, people who can act."""

from __future__ import annotations

import contextvars
import copy
import datetime as dt
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import Undefined
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from portal.app import create_app, open_outside
from portal.config import Settings
from portal.db import db
from tests import databases
from tests.factories import World

EXTENSION = "flask_sqlalchemy_lite._extension"
KINDS = ("sqlite", "postgresql")
MEMORY, ROOM = Path("/dev/shm"), 6 << 30
SHARED = Path(__file__).resolve().parents[1].parent / "shared" / "data"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=(*KINDS, "both"), default=os.environ.get("TEST_DATABASE", "both"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that touches the database runs on each kind; one marked `any_database` on the first alone."""
    if "database_kind" in metafunc.fixturenames:
        wanted = metafunc.config.getoption("--database")
        kinds = KINDS[:1] if metafunc.definition.get_closest_marker("any_database") else KINDS
        metafunc.parametrize("database_kind", kinds if wanted == "both" else [wanted], scope="session")


def pytest_configure() -> None:
    """What tests keep for a moment stays in memory where there is room: thousands of databases are made, and a disk
    that has to sync each of them takes longer than the tests.
    """
    if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest stand first: at the end of the run no process is left alone with one of them."""
    items.sort(key=lambda item: "journeys" not in item.path.parts)


def settings_for(url: str, folder: Path) -> Settings:
    """Settings of a portal in a folder of its own, on a set day."""
    return Settings(
        secret_key="a secret key for tests alone, never more",
        database_url=url,
        storage_url=f"file://{folder / 'files'}",
        home=folder / "var",
        clock=dt.date(2025, 6, 16),
    )


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[databases.Templates]:
    """Furnished databases to copy; PostgreSQL is started when it is there."""
    folder = tmp_path_factory.mktemp("databases")

    def furnish(url: str) -> None:
        made = create_app(settings_for(url, folder))
        with made.app_context():
            World(made).build()
            db.session.close()
            db.engine.dispose()

    if databases.postgres_bin() is None:
        yield databases.Templates(folder, None, furnish)
        return
    with databases.postgres() as server:
        yield databases.Templates(folder, server, furnish)


@pytest.fixture
def database_url(database_kind: str, templates: databases.Templates) -> Iterator[str]:
    """The address of a fresh, migrated database of this kind, gone after the test."""
    if database_kind == "postgresql" and templates.server is None:
        pytest.skip("PostgreSQL is not installed here: the tests on it are left out")
    url = templates.sqlite() if database_kind == "sqlite" else templates.postgres()
    yield url
    templates.remove(url)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings of a portal in a folder of its own, on a set day."""
    return settings_for(database_url, tmp_path)


class ApartClient(FlaskClient):
    """A client whose requests run outside the test's own context, as a browser's do."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        return contextvars.Context().run(super().open, *args, **{"buffered": True, **kwargs})


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """A portal that serves nobody: making one takes longer than most tests, so that each test has a copy of it."""
    folder = tmp_path_factory.mktemp("model")
    made = create_app(settings_for(f"sqlite:///{folder / 'nobody.db'}", folder))
    made.jinja_env.undefined = Unprintable
    return made


class Unprintable(Undefined):
    """What a template names and nobody gave: printing it is an error here, where pages would show a gap. What a form
    did not send prints as nothing.
    """

    __slots__ = ()

    def __str__(self) -> str:
        return "" if isinstance(self._undefined_obj, dict) else str(self._fail_with_undefined_error())


def copied(model: Flask, settings: Settings) -> Flask:
    """The model on a database, a storage and a key of its own; addresses, pages and commands are shared with it."""
    made = copy.copy(model)
    made.config = copy.copy(model.config)
    made.extensions = {name: held for name, held in model.extensions.items() if name != "sqlalchemy"}
    made.view_functions = dict(model.view_functions)
    made.teardown_appcontext_funcs = [f for f in model.teardown_appcontext_funcs if f.__module__ != EXTENSION]
    made.shell_context_processors = []
    open_outside(made, settings)
    return made


def compile_once(engine: Engine, known: dict[str, Engine] = {}) -> None:  # noqa: B006 - one for the process
    """Lets the engines of all tests share what they have compiled; else each test writes every statement anew, which
    is a quarter of its time. The statements belong to a dialect, so the first engine's serves all of its kind.
    """
    if engine.dialect.name not in known:
        engine.connect().close()  # a dialect learns about its server with the first connection of its engine
        known[engine.dialect.name] = engine
    first: Any = known[engine.dialect.name]
    engine.dialect = engine.pool._dialect = first.dialect
    engine._compiled_cache = first._compiled_cache


@contextmanager
def running(made: Flask) -> Iterator[Flask]:
    """The portal of one test, until its end."""
    made.testing = True
    made.test_client_class = ApartClient
    with made.app_context():
        compile_once(db.engine)
        yield made
        db.session.close()
        db.engine.dispose()


@pytest.fixture
def app(model: Flask, settings: Settings) -> Iterator[Flask]:
    """The portal on a fresh database."""
    with running(copied(model, settings)) as made:
        yield made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without script, not logged in."""
    return app.test_client()


@pytest.fixture
def session(app: Flask) -> Session:
    """The session of the application context."""
    return db.session


@pytest.fixture
def world(app: Flask) -> World:
    """A portal with entities, the edition, the cycle of 2026 and an account of each role for Kazakhstan,
    Kenya and the team.
    """
    return World(app)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real files beside the project; a test that needs it is left out where it is missing."""
    if not SHARED.is_dir():
        pytest.skip("the folder ../shared/data with real files is not here")
    return SHARED
