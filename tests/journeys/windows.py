"""A browser of one person on a disk of its own, which can be killed and started again."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, BrowserType, Page, expect

from tests.journeys.chromium import QUIET, chromium

PASSWORD = "demonstration only"
FOCAL_POINT = "focal.point.kaz@example.org"


def descendants(pid: int) -> list[int]:
    """The processes that a process has started, and those that they have."""
    children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [*children, *(grandchild for child in children for grandchild in descendants(child))]


@dataclass
class Window:
    """A browser of one person on a disk of its own, which can be killed and started again."""

    kind: BrowserType
    folder: Path
    address: str
    context: BrowserContext | None = None

    def start(self) -> Page:
        for lock in self.folder.glob("Singleton*"):
            lock.unlink()
        self.context = self.kind.launch_persistent_context(
            str(self.folder),
            executable_path=chromium(),
            args=QUIET,
            viewport={"width": 1280, "height": 900},
            locale="en-GB",
        )
        return self.context.pages[0]

    def kill(self) -> None:
        """Ends the browser at once: no page hears of it."""
        os.kill(self.pid, signal.SIGKILL)
        time.sleep(0.5)

    def kill_windows(self) -> None:
        """Ends the processes of the pages alone, as a tab that crashes does."""
        for process in descendants(self.pid):
            with suppress(OSError):
                if b"--type=renderer" in Path(f"/proc/{process}/cmdline").read_bytes():
                    os.kill(process, signal.SIGKILL)

    def another(self, crashed: Page) -> Page:
        """A new window in place of one that has crashed."""
        crashed.close()
        return crashed.context.new_page()

    @property
    def pid(self) -> int:
        return int((self.folder / "SingletonLock").readlink().name.rpartition("-")[2])

    def log_in(self, page: Page, email: str = FOCAL_POINT) -> None:
        page.goto(f"{self.address}/login")
        page.get_by_label("E-mail address").fill(email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_role("heading", level=1)).to_be_visible()

    @property
    def cut(self) -> Any:
        assert self.context is not None
        return self.context.set_offline
