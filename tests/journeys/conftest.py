"""A running portal as `make run` starts it, on a free port and in a folder of its own, and a browser beside it."""

from __future__ import annotations

import os
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

from portal.config import ROOT
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

    def token(self, email: str) -> str:
        """A new API token of an account."""
        return self.flask("token", "issue", email).split()[-1]


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def running(home: Path, url: str | None = None) -> Iterator[Running]:
    """Prepares a demonstration in this folder, serves it, and ends it."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PORTAL_")} | {"PORTAL_HOME": str(home)}
    if url:
        environment["PORTAL_DATABASE_URL"] = url
    subprocess.run([sys.executable, "-m", "portal.config", "2025-06-16"], cwd=ROOT, env=environment, check=True)
    port = free_port()
    portal = Running(f"http://127.0.0.1:{port}", environment)
    portal.flask("db", "upgrade")
    portal.flask("demo")
    command = [sys.executable, "-m", "portal.serve", "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
    try:
        _wait(portal.address)
        yield portal
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def _wait(address: str) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=2).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("the portal did not begin to answer within 30 seconds")


@pytest.fixture(scope="module")
def portal(
    database_kind: str, tmp_path_factory: pytest.TempPathFactory, templates: databases.Templates
) -> Iterator[Running]:
    """A running demonstration on each kind of database."""
    home = tmp_path_factory.mktemp("portal")
    if database_kind == "sqlite":
        with running(home) as portal:
            yield portal
        return
    if templates.server is None:
        pytest.skip("PostgreSQL is not installed here: the journey on it is left out")
    with running(home, templates.empty()) as portal:
        yield portal


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A running demonstration on SQLite, for what is no matter of the database."""
    with running(tmp_path_factory.mktemp("portal")) as portal:
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
