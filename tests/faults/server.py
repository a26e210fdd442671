"""A real portal in a folder of its own: prepared in this process, served by another one, killed and started again."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask

from portal import migrations
from portal.app import create_app
from portal.config import ROOT, load
from portal.db import db
from portal.serve import ENVIRONMENT, commands
from tests import databases

DAY = "2025-06-16"
START_SECONDS = 30.0
ANSWER_SECONDS = 30.0
PORTAL = "wsgi:app"


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """The address of a new, empty database; PostgreSQL is a private server that syncs to disk as it does in use."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'portal.db'}"
        return
    with databases.postgres(durable=True) as url:
        yield url


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Place:
    """Where a portal lives: its folder and its settings as the environment of its processes."""

    folder: Path
    database_url: str
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        own = {
            "PORTAL_HOME": str(self.folder),
            "PORTAL_DATABASE_URL": self.database_url,
            "PORTAL_SECRET_KEY": secrets.token_urlsafe(48),
            "PORTAL_CLOCK": DAY,
        }
        self.environment = own | self.environment

    @contextmanager
    def application(self) -> Iterator[Flask]:
        """The portal inside this process, migrated: to furnish it, and to look into it when no server runs."""
        engine = databases.engine(self.database_url)
        migrations.upgrade(engine)
        engine.dispose()
        app = create_app(load(self.environment))
        with app.app_context():
            yield app
            db.session.close()
            db.engine.dispose()


@dataclass
class Server:
    """One web server as `make run` starts it, in a process group of its own. `what` names the application to serve."""

    environment: Mapping[str, str]
    workers: int = 1
    what: str = PORTAL
    ready: str = "/healthz"
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Starts it and waits for its first answer; gives the seconds that took."""
        self.port = self.port or free_port()
        command = [*commands(self.port, "127.0.0.1", workers=self.workers)[0][:-1], self.what]
        rest = {name: value for name, value in os.environ.items() if not name.startswith(("PORTAL_", "PYTHONDONT"))}
        began = time.monotonic()
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=rest | ENVIRONMENT | dict(self.environment),
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=None if "FAULTS_TELL" in os.environ else subprocess.DEVNULL,
        )
        self._await(began)
        return time.monotonic() - began

    def _await(self, began: float) -> None:
        while time.monotonic() - began < START_SECONDS:
            assert self.process is not None
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.what} ended at its start; FAULTS_TELL=1 shows why")
            with contextlib.suppress(OSError, http.client.HTTPException):
                if self.get(self.ready) < 500:
                    return
            time.sleep(0.02)
        self.kill()
        raise RuntimeError(f"{self.what} did not answer within {START_SECONDS:g} seconds")

    def get(self, path: str) -> int:
        """The status of one GET on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        with contextlib.closing(connection):
            connection.request("GET", path)
            return connection.getresponse().status

    def kill(self) -> None:
        """kill -9 of the whole process group: nothing gets the chance to finish."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ends it in order."""
        self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> None:
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)
        try:
            self.process.wait(timeout=40)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.process = None

    @contextmanager
    def running(self) -> Iterator[Server]:
        """Started for the length of a block, ended in order after it."""
        try:
            self.start()
            yield self
        finally:
            self.stop()

    def worker(self) -> int:
        """The id of the (first) process that answers requests: a child of the one that was started, or that one."""
        assert self.process is not None
        told = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text("ascii").split()
        return int(told[0]) if told else self.process.pid


class Caller:
    """Speaks to a server that may vanish: each request on one kept connection, opened anew after a fault."""

    def __init__(self, server: Server, token: str | None = None) -> None:
        self.server = server
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.connection: http.client.HTTPConnection | None = None

    def send(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, bytes]:
        """Status and body of one request; OSError or HTTPException when no whole answer came."""
        sent = {**self.headers, **(headers or {})}
        if body is not None and not isinstance(body, bytes | str):
            body, sent["Content-Type"] = json.dumps(body), "application/json"
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=ANSWER_SECONDS)
        try:
            self.connection.request(method, path, body, sent)
            answer = self.connection.getresponse()
            self.answered = answer.headers
            return answer.status, answer.read()
        except BaseException:
            self.connection.close()
            self.connection = None
            raise
