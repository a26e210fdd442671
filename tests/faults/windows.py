"""kill -9 of a browser while a person types and the line is down: how much of what the browser has shown is lost."""

from __future__ import annotations

import random
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from tests.journeys.calls import Caller
from tests.journeys.conftest import furnish, serving, surroundings
from tests.journeys.windows import FOCAL_POINT, Window

MOST = 1
"""The target: a kill loses at most the character that was typed as it came."""
LONGEST = 0.02
MUTANT = "no-copy"
FORGETFUL = "delete globalThis.indexedDB; Object.defineProperty(globalThis, 'indexedDB', { value: undefined });"
LETTERS = "abcdefghijklmnopqrstuvwxyzабвгд中文字مدن"
SECTION = "F.2"
PATIENCE = 20_000


@dataclass
class Lost:
    """What the kills took: the characters lost by each, of how many typed since the last save."""

    lost: list[int] = field(default_factory=list)
    typed: int = 0


def run(*, n: int = 50, seed: int | None = None, mutant: str | None = None) -> dict[str, Any]:
    """Kills a browser n times, each at a random moment within 20 ms of a character; `good` within the target."""
    seed = random.randrange(1 << 32) if seed is None else seed
    with (
        tempfile.TemporaryDirectory(prefix="portal-windows-") as folder,
        sync_playwright() as playwright,
        ExitStack() as stack,
    ):
        home = surroundings(Path(folder) / "portal")
        furnish(home)
        portal = stack.enter_context(serving(home))
        sent = {"entity": "KAZ", "cycle": "2026", "modality": "full", "languages": ["en"]}
        report = Caller(portal.address, portal.token(FOCAL_POINT)).post("/reports", sent).json["id"]
        window = Window(playwright.chromium, Path(folder) / "browser", portal.address)
        address = f"{portal.address}/reports/{report}"
        result = kill_again_and_again(window, address, n, random.Random(seed), mutant=mutant)
        if window.context is not None:
            window.context.close()
    return {
        "group": "windows", "mutant": mutant, "seed": seed, "kills": n, "characters typed": result.typed,
        "kills that lost some": sum(1 for lost in result.lost if lost), "characters lost": sum(result.lost),
        "most lost by one": max(result.lost), "target": MOST, "examples": [], "good": max(result.lost) <= MOST,
    }  # fmt: skip


def kill_again_and_again(
    window: Window, report: str, n: int, dice: random.Random, *, shortest: float = 0.0, mutant: str | None = None
) -> Lost:
    """Types with the line cut, kills the browser within `shortest` and 20 ms more of the last character, and reads what
    comes back; n times. The session goes on, as it does for a person who logs in again."""
    window.folder.mkdir(exist_ok=True)
    page, result = _opened(window, mutant), Lost()
    window.log_in(page)
    session = page.context.cookies()
    for _ in range(n):
        page.goto(f"{report}/sections/{SECTION}")
        text = page.locator("textarea").first
        page.wait_for_timeout(1500)  # the key of the session is there
        window.cut(True)
        before, typed = text.input_value(), _type(page, dice)
        time.sleep(shortest + dice.uniform(0, LONGEST))
        window.kill()
        page = _opened(window, mutant)
        page.context.add_cookies(session)  # type: ignore[arg-type]
        page.goto(f"{report}/sections/{SECTION}")
        result.lost.append(_missing(page, before + typed))
        result.typed += len(typed)
    return result


def _opened(window: Window, mutant: str | None) -> Page:
    page = window.start()
    if mutant:
        page.context.add_init_script(FORGETFUL)
    return page


def _type(page: Page, dice: random.Random) -> str:
    """Types at the end of the field at the pace of a person in haste; what is given has been shown by the browser."""
    page.locator("textarea").first.focus()
    page.keyboard.press("Control+End")
    typed = ""
    for _ in range(dice.randrange(6, 15)):
        letter = dice.choice(LETTERS)
        page.keyboard.type(letter)
        typed += letter
        time.sleep(dice.uniform(0, 0.08))
    return typed


def _missing(page: Page, wanted: str) -> int:
    """How many characters at the end of the text have not come back; the page is given its time to bring them."""
    began, held = time.monotonic(), ""
    while held != wanted and (time.monotonic() - began) * 1000 < PATIENCE / 4:
        held = page.locator("textarea").first.input_value()
        page.wait_for_timeout(100)
    page.locator("[data-question] [data-saved]").first.wait_for(state="attached", timeout=PATIENCE)
    page.wait_for_timeout(2500)  # what came back is saved before the next
    return len(wanted) - sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(held, wanted, strict=False)))
