"""The main job in a real browser: Kazakhstan's report from the first word to the bundle, by the people whose work
each part is.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from portal.config import ROOT
from tests.journeys import kazakhstan
from tests.journeys.conftest import Running

PASSWORD = "demonstration only"
PUT_RIGHT = "Failed to load resource: the server responded with a status of 422 (Unprocessable Entity)"
pytestmark = pytest.mark.browser


@contextmanager
def signed_in(browser: Browser, portal: Running, email: str, *, refused: int = 0) -> Iterator[Page]:
    """A page of this person; the test fails on any error in the browser's console, but what the browser says of so
    many forms that come back to be put right.
    """
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True, locale="en-GB")
    page, told = context.new_page(), []
    page.on("console", lambda message: told.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: told.append(str(error)))
    page.goto(f"{portal.address}/login")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    yield page
    context.close()
    assert told == [PUT_RIGHT] * refused


def control(page: Page, name: str) -> Any:
    return page.locator(f'[name="{name}"]')


ALL_SENT = """() => {
  const leaving = new Event("beforeunload", { cancelable: true });
  dispatchEvent(leaving);
  return !leaving.defaultPrevented;
}"""


def all_sent(page: Page, seconds: float = 15) -> None:
    """Waits until the page would let a person go without a warning: nothing that was typed is still to be sent. Of a
    question with several fields the first may say that it is saved while the last is typed.
    """
    until = time.monotonic() + seconds
    while not page.evaluate(ALL_SENT):
        assert time.monotonic() < until, "something is still not sent"
        page.wait_for_timeout(50)


def saved(page: Page, question: str) -> None:
    """Waits until all is sent and the answer to this question says that it is saved."""
    all_sent(page)
    words = page.locator(f'[data-question="{question}"] [data-saved]')
    expect(words).to_have_text(re.compile(r"^Saved \d\d:\d\d"), timeout=15_000)


def write(page: Page, question: str, value: Any) -> None:
    """Types an answer as a person does: words into the field, figures row by row."""
    if isinstance(value, str):
        control(page, question).fill(value)
    elif isinstance(value, dict) and "rows" in value:
        ours = page.locator(f'[name="{question}-status"][value="data"]')
        if ours.count():
            ours.check()
        else:  # international figures stand beside: ours are a correction, with a reason
            page.locator(f'[name="{question}-status"][value="corrected"]').check()
            control(page, f"{question}-reason").fill("The national series is given.")
        group = page.locator(f'[data-rows][data-name="{question}"]')
        for index, row in enumerate(value["rows"]):
            while control(page, f"{question}-{index}-year").count() == 0:
                group.locator("[data-add-row]").click()
            for column, text in row.items():
                control(page, f"{question}-{index}-{column}").fill(text)
    else:
        cells = value.items() if isinstance(value, dict) else [(f"0-{k}", v) for k, v in value[0].items()]
        for name, text in cells:
            control(page, f"{question}-{name}").fill(text)
    page.keyboard.press("Tab")
    saved(page, question)


def test_the_whole_way(served: Running, browser: Browser, shared_data: Path, tmp_path: Path) -> None:
    with signed_in(browser, served, "data.officer@example.org") as page:
        _takes_in_channel_b(page, served, shared_data)
    with signed_in(browser, served, "focal.point.kaz@example.org") as page:
        address = _writes_the_report(page, served, shared_data)
    with signed_in(browser, served, "certifier.kaz@example.org") as page:
        _approves(page, address, tmp_path)
    with signed_in(browser, served, "reviewer@example.org") as page:
        _reviews(page, served)
    with signed_in(browser, served, "certifier.kaz@example.org") as page:
        page.goto(address)
        page.get_by_label(kazakhstan.ATTACHMENTS[0]).check()
        page.get_by_role("button", name="Consent to publication").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Kazakhstan")
    with signed_in(browser, served, "lead@example.org") as page:
        _publishes_and_bundles(page, served, tmp_path)
    _the_public_reads(browser, served)


def _takes_in_channel_b(page: Page, portal: Running, data: Path) -> None:
    for file, told in kazakhstan.CHANNEL_B:
        page.goto(f"{portal.address}/channels/b")
        page.get_by_label("File", exact=True).set_input_files(data / file)
        if "edition" in told:
            page.get_by_label("Edition").fill(told["edition"])
        if "entity" in told:
            page.get_by_label("State, for a national file").select_option(told["entity"])
        page.get_by_label("Only try").uncheck()
        page.get_by_role("button", name="Read the file").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(Path(file).name)


def _writes_the_report(page: Page, portal: Running, data: Path) -> str:
    page.goto(f"{portal.address}/reports")
    page.get_by_label("Full national progress report").check()
    page.locator("#first_language").select_option("ru")
    page.get_by_role("button", name="Start the report").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kazakhstan")
    address = page.url
    sections: dict[str, dict[str, Any]] = {}
    for question, value in kazakhstan.answers(data).items():
        sections.setdefault(question.partition("/")[0], {})[question] = value
    for section, written in sections.items():
        page.goto(f"{address}/sections/{section}")
        for question, value in written.items():
            write(page, question, value)
    page.goto(f"{address}/sections/1.3.2.1")
    expect(page.get_by_role("heading", name="International figures").first).to_be_visible()
    page.goto(f"{address}/sections/A.4")
    for name in kazakhstan.ATTACHMENTS:
        _attach(page, data / "uploads" / "multilingual" / name)
        expect(page.get_by_role("link", name=name)).to_be_visible()
    _attach(page, data / "uploads" / "hostile" / "simple_macro.docm")
    expect(page.get_by_role("alert")).to_contain_text("macro")
    page.goto(address)
    page.get_by_role("button", name="Ask for clearance").click()
    expect(page.get_by_text("Waits for the certifier")).to_be_visible()
    return address


def _attach(page: Page, file: Path) -> None:
    control(page, "A.4/files@file").set_input_files(file)
    page.locator('button[name="at"][value="A.4/files"]').click()
    page.wait_for_load_state()


def _approves(page: Page, address: str, folder: Path) -> None:
    page.goto(f"{address}/clearance")
    expect(page.get_by_text(kazakhstan.PROSE["1.1.2.4/challenges"])).to_be_visible()
    page.get_by_role("button", name="Approve and submit").click()
    page.goto(f"{address}/versions/1")
    for name in ("receipt.json", "version.json"):
        with page.expect_download() as download:
            page.locator(f'a[href$="{name}"]').first.click()
        download.value.save_as(folder / name)
    _verified(folder / "receipt.json", folder / "version.json")


def _reviews(page: Page, portal: Running) -> None:
    page.goto(f"{portal.address}/review?state=submitted")
    page.get_by_role("link", name="Kazakhstan").click()
    page.get_by_role("button", name="Claim for review").click()
    expect(page.get_by_role("heading", name="What international sources hold").first).to_be_visible()
    expect(page.get_by_text("The checklist still has points without an answer.")).to_be_visible()
    for yes in page.locator('#checklist input[type="radio"][value="yes"]').all():
        yes.check()
    page.get_by_role("button", name="Save the checklist").click()
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_text("The reporting team accepted the report.").first).to_be_visible()


def _publishes_and_bundles(page: Page, portal: Running, folder: Path) -> None:
    page.goto(f"{portal.address}/review?state=accepted")
    page.get_by_role("link", name="Kazakhstan").click()
    page.get_by_role("button", name="Publish").click()
    page.goto(f"{portal.address}/bundles")
    page.get_by_role("button", name="Build a bundle").click()
    link = page.get_by_role("link", name="Download").first
    expect(link).to_be_visible(timeout=90_000)
    with page.expect_download() as download:
        link.click()
    download.value.save_as(folder / "bundle.zip")
    _verified(folder / "bundle.zip")


def _the_public_reads(browser: Browser, portal: Running) -> None:
    context = browser.new_context(viewport={"width": 375, "height": 800}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{portal.address}/published")
    page.get_by_role("link", name="Kazakhstan").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Kazakhstan")
    expect(page.get_by_text(kazakhstan.PROSE["1.1.2.4/next"])).to_be_visible()
    expect(page.get_by_role("link", name=kazakhstan.ATTACHMENTS[0]).first).to_be_visible()
    expect(page.get_by_role("link", name=kazakhstan.ATTACHMENTS[1])).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    context.close()


def _verified(*files: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "portal.verify", *map(str, files)], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout
