"""Typing in a browser beside a portal that can be killed: what the journeys share in which no word may be lost."""

from __future__ import annotations

import datetime as dt
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Error, Page, expect
from sqlalchemy import create_engine, text

from portal.config import ROOT
from tests.journeys.conftest import Demonstrations, Running, _wait, free_port
from tests.journeys.windows import PASSWORD, Window

ON_THE_DISK = 1000
"""How long a copy may take to the disk, in milliseconds, on a busy machine: what is typed later dies with the power."""
STORED = """async () => {
  const settled = (asked) => new Promise((resolve) => { asked.onsuccess = () => resolve(asked.result); });
  const local = JSON.stringify({ ...localStorage });
  if (!(await indexedDB.databases()).length) return { records: 0, bytes: "", local };
  const opened = await settled(indexedDB.open("portal"));
  const all = await settled(opened.transaction("unsaved").objectStore("unsaved").getAll());
  opened.close();
  const plain = (record) => new TextDecoder().decode(record.sealed) + JSON.stringify({ ...record, sealed: 0, iv: 0 });
  return { records: all.length, bytes: all.map(plain).join(), local };
}"""


@dataclass
class Portal(Running):
    """A running portal that can be killed and started again at the same address."""

    port: int
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "portal.serve", "--port", str(self.port)]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, start_new_session=True)
        _wait(self.address)

    def kill(self) -> None:
        """Ends every process of the server at once, as a power cut does."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def change(self, statement: str, **values: Any) -> None:
        """Changes something in the database behind the portal's back."""
        home = Path(self.environment["PORTAL_HOME"])
        engine = create_engine(f"sqlite:///{home / 'portal.db'}", connect_args={"timeout": 20})
        with engine.begin() as connection:
            connection.execute(text(statement), values)
        engine.dispose()

    def expire_sessions(self) -> None:
        """Every session has been idle for an hour."""
        an_hour_ago = dt.datetime.now(dt.UTC).replace(tzinfo=None) - dt.timedelta(hours=1)
        self.change("UPDATE sign_ins SET seen_at = :moment", moment=an_hour_ago.isoformat(sep=" "))


@contextmanager
def killable(demonstrations: Demonstrations, home: Path) -> Iterator[Portal]:
    """A demonstration of its own in this folder, running, and killed at the end."""
    port = free_port()
    made = Portal(f"http://127.0.0.1:{port}", demonstrations.sqlite(home), port)
    made.start()
    try:
        yield made
    finally:
        made.kill()


@contextmanager
def windowed(browser: Browser, portal: Portal, folder: Path) -> Iterator[Window]:
    """A window that keeps what it holds in this folder, closed at the end where nobody killed it."""
    made = Window(browser.browser_type, folder, portal.address)
    made.folder.mkdir()
    yield made
    if made.context is not None:
        with suppress(Error):
            made.context.close()


def field(page: Page, question: str) -> Any:
    return page.locator(f'textarea[name="{question}"]')


def said(page: Page, question: str) -> Any:
    return page.locator(f'[data-question="{question}"] [data-saved]')


def type_on(page: Page, question: str, words: str) -> None:
    """Types at the end of a field, character by character."""
    field(page, question).focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(words)


def all_saved(page: Page, *questions: str) -> None:
    for question in questions:
        expect(said(page, question)).to_have_text(re.compile(r"^Saved \d\d:\d\d"), timeout=40_000)


def logs_in_in_place(page: Page, question: str) -> None:
    """By keyboard alone: from the field to the button beside it, the password, and back into the field."""
    field(page, question).focus()
    page.keyboard.press("Tab")
    expect(said(page, question).get_by_role("button", name="Log in and go on")).to_be_focused()
    page.keyboard.press("Enter")
    door = page.get_by_role("dialog", name="Please log in again")
    expect(door.get_by_label("Password")).to_be_focused()
    page.keyboard.type("not the password")
    page.keyboard.press("Enter")
    expect(door.get_by_role("alert")).to_contain_text("is not right")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(door).to_be_hidden()
    expect(field(page, question)).to_be_focused()


def copies(page: Page) -> int:
    page.wait_for_timeout(500)
    return int(page.evaluate(STORED)["records"])
