"""Pasting in a browser: what happens in the field when text with marks comes from a program or a page."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Running
from tests.portal.test_paste import CLEANED, FIELD, WORD

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def section(served: Running) -> str:
    """The address of the section with the summary in a new report of Kazakhstan."""
    headers = {
        "Authorization": f"Bearer {served.token('focal.point.kaz@example.org')}",
        "Content-Type": "application/json",
    }
    body = json.dumps({"entity": "KAZ", "cycle": "2026", "modality": "full", "languages": ["en"]}).encode()
    asked = urllib.request.Request(f"{served.address}/api/v1/reports", body, headers)
    with urllib.request.urlopen(asked) as answer:
        return f"{served.address}/reports/{json.load(answer)['id']}/sections/{FIELD.partition('/')[0]}"


@pytest.fixture
def page(browser: Browser, served: Running, section: str) -> Iterator[Page]:
    """That section in a browser, its summary empty."""
    context = browser.new_context(locale="en-GB", permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{served.address}/login")
    page.get_by_label("E-mail address").fill("focal.point.kaz@example.org")
    page.get_by_label("Password").fill("demonstration only")
    page.get_by_role("button", name="Log in").click()
    page.goto(section)
    field(page).fill("")
    yield page
    context.close()


def field(page: Page) -> Any:
    return page.locator(f'textarea[name="{FIELD}"]')


def paste(page: Page, html: str, plain: str) -> None:
    """Pastes at the caret as a program's clipboard gives it, styles of Word and all."""
    field(page).evaluate(
        """(area, [html, plain]) => {
          const data = new DataTransfer();
          data.setData("text/html", html);
          data.setData("text/plain", plain);
          area.focus();
          area.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }""",
        [html, plain],
    )


def test_word_comes_in_with_its_marks_and_is_saved(page: Page) -> None:
    field(page).fill("Before  after")
    field(page).evaluate("area => area.setSelectionRange(7, 7)")
    paste(page, WORD, "السكن 住房 жильё\r\n·   One")
    expect(field(page)).to_have_value(f"Before {CLEANED} after")
    expect(page.locator(".pasted")).to_have_text("1 picture was left out; attach it as a file beside the answer.")
    assert field(page).evaluate("area => area.selectionStart") == len(f"Before {CLEANED}")
    expect(page.locator(f'[data-question="{FIELD}"] [data-saved]')).to_have_text(re.compile("^Saved"), timeout=15_000)
    page.reload()
    expect(field(page)).to_have_value(f"Before {CLEANED} after")


def test_undoing_gives_the_words_and_then_what_was_there(page: Page) -> None:
    field(page).press_sequentially("Held.")
    paste(page, "<p><b>Bold</b> words</p>", "Bold words")
    expect(field(page)).to_have_value("Held.**Bold** words")
    page.keyboard.press("Control+z")
    expect(field(page)).to_have_value("Held.Bold words")


def test_the_real_clipboard_of_a_web_page(page: Page) -> None:
    page.evaluate(
        """async () => {
          const of = (type, text) => new Blob([text], {type});
          const html = "<ul><li>one</li><li><b>two</b></li></ul>";
          await navigator.clipboard.write([new ClipboardItem({"text/html": of("text/html", html),
            "text/plain": of("text/plain", "one\\ntwo")})]);
        }"""
    )
    field(page).focus()
    page.keyboard.press("Control+v")
    expect(field(page)).to_have_value("- one\n- **two**")


def test_without_a_line_the_words_stand_at_once(page: Page) -> None:
    page.route("**/paste", lambda route: route.abort())
    paste(page, "<p><b>Bold</b> words</p>", "Bold words")
    expect(field(page)).to_have_value("Bold words")
    expect(page.locator(".pasted")).to_contain_text("the portal could not be asked")


def test_words_changed_meanwhile_stay_as_they_are(page: Page) -> None:
    held: list[Any] = []
    page.route("**/paste", lambda route: held.append(route))
    paste(page, "<p><b>Bold</b> words</p>", "Bold words")
    expect(field(page)).to_have_value("Bold words")
    field(page).fill("Bolder words")
    held[0].continue_()
    expect(page.locator(".pasted")).to_contain_text("the text was changed meanwhile")
    expect(field(page)).to_have_value("Bolder words")
