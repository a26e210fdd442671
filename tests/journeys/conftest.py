"""A running portal as `make run` starts it, on a free port and in a folder of its own, and a browser beside it."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from portal.app import create_app
from portal.config import ROOT, load
from portal.db import db
from tests import databases
from tests.journeys.chromium import QUIET, chromium

BIN = Path(sys.executable).parent


@dataclass
class Running:
    """A portal that answers at `address`; commands run in its surroundings."""

    address: str
    environment: dict[str, str]

    def flask(self, *words: str) -> str:
        """What a command prints; a failing one fails the test with its words."""
        done = subprocess.run([BIN / "flask", *words], cwd=ROOT, env=self.environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def inside(self, *words: str) -> str:
        """The same inside this process, where the portal is loaded already."""
        app = create_app(load(self.environment))
        done = app.test_cli_runner().invoke(args=words)
        with app.app_context():
            db.engine.dispose()
        assert done.exit_code == 0, done.output
        return done.output

    def token(self, email: str) -> str:
        """A new API token of an account."""
        return self.inside("token", "issue", email).split()[-1]


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def surroundings(home: Path, url: str | None = None) -> dict[str, str]:
    """The environment of a portal that lives in this folder, and on this database where one is named."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    return clean | {"PORTAL_HOME": str(home)} | ({"PORTAL_DATABASE_URL": url} if url else {})


def furnish(environment: dict[str, str]) -> None:
    """Brings the demonstration in, by the commands of `make run`."""
    subprocess.run([sys.executable, "-m", "portal.config", "2025-06-16"], cwd=ROOT, env=environment, check=True)
    for words in (["db", "upgrade"], ["demo"]):
        Running("", environment).flask(*words)


@contextmanager
def serving(environment: dict[str, str]) -> Iterator[Running]:
    """Serves a furnished portal, and ends it."""
    port = free_port()
    command = [sys.executable, "-m", "portal.serve", "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
    try:
        portal = Running(f"http://127.0.0.1:{port}", environment)
        _wait(portal.address)
        yield portal
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def _wait(address: str) -> None:
    for _ in range(1200):
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=2).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("the portal did not begin to answer within two minutes")


class Demonstrations:
    """Demonstrations to copy, one for each kind of database: bringing one in takes longer than most journeys."""

    def __init__(self, folder: Path, templates: databases.Templates) -> None:
        self.folder, self.templates = folder, templates

    def sqlite(self, home: Path) -> dict[str, str]:
        """The surroundings of a new demonstration in this folder."""
        model = self.folder / "sqlite"
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # the processes of one run share it
            if not model.exists():
                furnish(surroundings(model))
        shutil.copytree(model, home, dirs_exist_ok=True)
        return surroundings(home)

    def postgres(self, home: Path) -> dict[str, str]:
        """The same on PostgreSQL."""
        model, name = home.parent / "demonstration-on-postgresql", "template_demonstration"
        if not model.exists():
            self.templates.create(name)
            furnish(surroundings(model, self.templates.address(name)))
        shutil.copytree(model, home, dirs_exist_ok=True)
        return surroundings(home, self.templates.copy(name))


@pytest.fixture(scope="session")
def demonstrations(tmp_path_factory: pytest.TempPathFactory, templates: databases.Templates) -> Demonstrations:
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "demonstrations"
    folder.mkdir(exist_ok=True)
    return Demonstrations(folder, templates)


@pytest.fixture(scope="module")
def portal(
    database_kind: str, tmp_path_factory: pytest.TempPathFactory, demonstrations: Demonstrations
) -> Iterator[Running]:
    """A running demonstration on each kind of database."""
    home = tmp_path_factory.mktemp("portal")
    if database_kind == "postgresql" and demonstrations.templates.server is None:
        pytest.skip("PostgreSQL is not installed here: the journey on it is left out")
    made = demonstrations.sqlite(home) if database_kind == "sqlite" else demonstrations.postgres(home)
    with serving(made) as portal:
        yield portal


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, demonstrations: Demonstrations) -> Iterator[Running]:
    """A running demonstration on SQLite, for what is no matter of the database."""
    with serving(demonstrations.sqlite(tmp_path_factory.mktemp("portal"))) as portal:
        yield portal


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium from the system's packages."""
    found = chromium()
    if found is None:
        pytest.skip("Chromium is not installed here: the journeys in a browser are left out")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found, args=QUIET)
        yield launched
        launched.close()
