"""Settings: a wrong one stops the start with one sentence; a database that does not keep its promises is not used."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from portal.config import ROOT, BadSetting, fresh, load
from portal.db import SQLITE_SETTINGS, Turn, UnsafeDatabase, assert_sqlite, begin_write
from portal.serve import surroundings
from tests import databases

SECRET = {"PORTAL_SECRET_KEY": "x" * 32}


def test_what_stands_where_nothing_is_said(tmp_path: Path) -> None:
    found = load({**SECRET, "PORTAL_HOME": str(tmp_path)})
    assert found.database_url == f"sqlite:///{tmp_path}/portal.db"
    assert found.storage_url == f"file://{tmp_path}/files"
    assert found.clock is None


def test_the_settings_file_is_read_and_the_environment_overrides_it(tmp_path: Path) -> None:
    (tmp_path / "settings.env").write_text(fresh("2025-06-16"))
    assert load({"PORTAL_HOME": str(tmp_path)}).clock == dt.date(2025, 6, 16)
    assert load({"PORTAL_HOME": str(tmp_path), "PORTAL_CLOCK": "2025-06-17"}).clock == dt.date(2025, 6, 17)


@pytest.mark.parametrize(
    ("port", "given", "expected"),
    [
        (8000, "", "http://127.0.0.1:8000"),
        (8103, "", "http://127.0.0.1:8103"),
        (8103, "https://reports.example.org", "https://reports.example.org"),
    ],
)
def test_links_lead_to_the_port_that_is_served_unless_an_address_is_set(
    tmp_path: Path, port: int, given: str, expected: str
) -> None:
    (tmp_path / "settings.env").write_text(fresh(None) + f"PORTAL_BASE_URL={given}\n")
    told = {name: value for name, value in surroundings(port).items() if not name.startswith("PORTAL_")}
    assert load({**told, "PORTAL_HOME": str(tmp_path)}).base_url == expected
    assert load({**SECRET, "PORTAL_HOME": str(tmp_path / "none"), "PORT": "ttyS0"}).base_url == "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "short"),
        ("DATABASE_URL", "mysql://somewhere"),
        ("DATABASE_URL", "sqlite://"),
        ("STORAGE_URL", "/a/folder"),
        ("STORAGE_URL", "file://relative"),
        ("STORAGE_URL", "s3://"),
        ("MAIL_URL", "mail.example.org"),
        ("MAIL_URL", "smtp://mail.example.org"),
        ("MAIL_URL", "smtp://mail.example.org:port?from=portal@example.org"),
        ("MAIL_URL", "smtp://mail.example.org?from=portal"),
        ("CLOCK", "16 June"),
        ("BASE_URL", "reports.example.org"),
        ("BASE_URL", "https://example.org/portal"),
        ("TRUSTED_PROXIES", "one"),
        ("DATABSE_URL", "sqlite:///x"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=f"PORTAL_{name}"):
        load({**SECRET, "PORTAL_HOME": str(tmp_path), f"PORTAL_{name}": value})


def test_a_start_without_a_key_ends_with_one_sentence(tmp_path: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PORTAL_")} | {"PORTAL_HOME": str(tmp_path)}
    command = [sys.executable, "-c", "import wsgi"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("The portal cannot start. PORTAL_SECRET_KEY must be set")
    assert len(done.stderr.splitlines()) == 1


def test_every_connection_of_the_pool_keeps_its_promises(tmp_path: Path) -> None:
    engine = databases.engine(f"sqlite:///{tmp_path}/one.db")
    held = [engine.connect() for _ in range(5)]
    for connection in held:
        assert_sqlite(connection.connection.dbapi_connection)
        connection.close()
    engine.dispose()


@pytest.mark.parametrize("name", sorted(SQLITE_SETTINGS))
def test_a_connection_that_does_not_is_refused(tmp_path: Path, name: str) -> None:
    connection = sqlite3.connect(tmp_path / "one.db")
    for setting, wanted in SQLITE_SETTINGS.items():
        connection.execute(f"PRAGMA {setting}={wanted}")
    assert_sqlite(connection)
    connection.execute(f"PRAGMA {name}={'delete' if name == 'journal_mode' else 0}")
    with pytest.raises(UnsafeDatabase, match=name):
        assert_sqlite(connection)
    connection.close()


def test_a_write_begins_at_once_and_a_read_does_not(tmp_path: Path) -> None:
    engine = databases.engine(f"sqlite:///{tmp_path}/one.db")
    told: list[str] = []
    sa.event.listen(engine, "before_cursor_execute", lambda _c, _x, statement, *_: told.append(statement))
    with sa.orm.Session(engine) as session:
        session.execute(sa.text("SELECT 1"))
        session.rollback()
        begin_write(session)
        session.rollback()
    assert [statement for statement in told if statement.startswith("BEGIN")] == ["BEGIN", "BEGIN IMMEDIATE"]
    engine.dispose()


def test_the_lock_files_name_packages_and_hashes_only() -> None:
    for name in ("requirements.lock", "requirements-test.lock"):
        text = (ROOT / name).read_text("utf-8")
        assert "://" not in text
        assert "--index" not in text
        lines = [line for line in text.splitlines() if line and not line.startswith(" ")]
        assert all("==" in line for line in lines)


def writing(engine: sa.Engine) -> sa.Connection:
    return engine.connect().execution_options(writes=True)


def test_writers_of_a_file_take_turns_and_each_gives_the_turn_back(tmp_path: Path) -> None:
    engine = databases.engine(f"sqlite:///{tmp_path}/one.db")
    with writing(engine) as connection, connection.begin():
        turn = connection.info[Turn.KEY]
        assert turn.taken
    assert not turn.taken
    with pytest.raises(sa.exc.OperationalError), writing(engine) as connection, connection.begin():
        connection.execute(sa.text("SELECT nothing FROM nowhere"))
    assert not turn.taken
    connection = writing(engine)
    connection.begin()
    connection.invalidate()
    assert not turn.taken
    with engine.connect() as reading, reading.begin():
        assert (reading.info.get(Turn.KEY), turn.taken) == (None, False)
    engine.dispose()


def test_who_waits_for_the_turn_writes_when_it_is_given_back(tmp_path: Path) -> None:
    engine = databases.engine(f"sqlite:///{tmp_path}/one.db")
    order: list[str] = []
    waiting = threading.Event()

    def second() -> None:
        waiting.set()
        with writing(engine) as connection, connection.begin():
            order.append("second")

    with writing(engine) as connection, connection.begin():
        thread = threading.Thread(target=second)
        thread.start()
        waiting.wait()
        order.append("first")
    thread.join()
    engine.dispose()
    assert order == ["first", "second"]
