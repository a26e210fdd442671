"""Pasting: what the portal answers, keeps and refuses, and what happens in the field of a browser."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.test import TestResponse

from portal.db import db
from portal.queries import reports
from portal.services import drafting
from portal.services.drafting import Given
from portal.web.paste import LIMIT
from tests.factories import World, csrf
from tests.journeys.conftest import Running, browser, running

__all__ = ["browser"]

WORD = (
    "<html xmlns:o='urn:schemas-microsoft-com:office:office'><body><!--StartFragment--><p class=MsoNormal><b>السكن</b>"
    " 住房 жильё<o:p></o:p></p><p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>"
    "·<span>&nbsp;&nbsp; </span></span>One</p><img src='https://example.org/x.gif'><!--EndFragment--></body></html>"
)
CLEANED = "**السكن** 住房 жильё\n\n- One"
FIELD = "F.2/summary"


def sent(world: World, html: bytes, **headers: str) -> TestResponse:
    client = world.browser("contributor", "KAZ")
    token = csrf(client.get("/desk").get_data(as_text=True))
    told = {"X-CSRFToken": token, "Accept": "application/json", **headers}
    return client.post("/paste", data=html, content_type="text/html; charset=utf-8", headers=told)


def test_the_portal_answers_with_markdown_and_says_what_stays_behind(world: World) -> None:
    answer = sent(world, WORD.encode())
    assert answer.status_code == 200
    assert answer.get_json() == {
        "text": CLEANED,
        "said": "1 picture was left out; attach it as a file beside the answer.",
    }


def test_more_than_two_megabytes_are_refused_in_words(world: World) -> None:
    answer = sent(world, b"<p>" + b"a" * LIMIT)
    assert answer.status_code == 413
    assert answer.get_json()["detail"] == (
        "This is more than 2 MB at once; paste it in parts. Its words stand in the field, without their marks."
    )


def test_only_people_who_are_logged_in_are_answered(world: World) -> None:
    assert world.app.test_client().post("/paste", data=b"<p>x</p>").status_code == 400
    assert sent(world, b"<p>x</p>", **{"X-CSRFToken": "none"}).status_code == 400


def test_saving_a_narrative_cleans_it_as_pasting_does(world: World) -> None:
    made = world.report()
    act = world.acting("focal_point", "KAZ")
    saved = drafting.save(act, reports.get(act.session, made.id, lock=True), Given(FIELD, "en", WORD, 0))
    world.done()
    assert saved.value == CLEANED
    row = reports.answer(db.session, made.id, FIELD, "en")
    assert row is not None
    assert row.value == CLEANED


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("portal")) as portal:
        yield portal


@pytest.fixture(scope="module")
def section(portal: Running) -> str:
    """The address of the section with the summary in a new report of Kazakhstan."""
    headers = {
        "Authorization": f"Bearer {portal.token('focal.point.kaz@example.org')}",
        "Content-Type": "application/json",
    }
    body = json.dumps({"entity": "KAZ", "cycle": "2026", "modality": "full", "languages": ["en"]}).encode()
    asked = urllib.request.Request(f"{portal.address}/api/v1/reports", body, headers)
    with urllib.request.urlopen(asked) as answer:
        return f"{portal.address}/reports/{json.load(answer)['id']}/sections/{FIELD.partition('/')[0]}"


@pytest.fixture
def page(browser: Browser, portal: Running, section: str) -> Iterator[Page]:
    """That section in a browser, its summary empty."""
    context = browser.new_context(locale="en-GB", permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{portal.address}/login")
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


@pytest.mark.browser
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


@pytest.mark.browser
def test_undoing_gives_the_words_and_then_what_was_there(page: Page) -> None:
    field(page).press_sequentially("Held.")
    paste(page, "<p><b>Bold</b> words</p>", "Bold words")
    expect(field(page)).to_have_value("Held.**Bold** words")
    page.keyboard.press("Control+z")
    expect(field(page)).to_have_value("Held.Bold words")


@pytest.mark.browser
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


@pytest.mark.browser
def test_without_a_line_the_words_stand_at_once(page: Page) -> None:
    page.route("**/paste", lambda route: route.abort())
    paste(page, "<p><b>Bold</b> words</p>", "Bold words")
    expect(field(page)).to_have_value("Bold words")
    expect(page.locator(".pasted")).to_contain_text("the portal could not be asked")


@pytest.mark.browser
def test_words_changed_meanwhile_stay_as_they_are(page: Page) -> None:
    held: list[Any] = []
    page.route("**/paste", lambda route: held.append(route))
    paste(page, "<p><b>Bold</b> words</p>", "Bold words")
    expect(field(page)).to_have_value("Bold words")
    field(page).fill("Bolder words")
    held[0].continue_()
    expect(page.locator(".pasted")).to_contain_text("the text was changed meanwhile")
    expect(field(page)).to_have_value("Bolder words")
