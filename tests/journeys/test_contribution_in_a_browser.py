"""The form of a contribution loses no more than that of a report: the tab is killed, the portal fails, the session
ends, a colleague changes the same words; and nothing is called saved that is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.faults.windows import FORGETFUL
from tests.journeys.calls import Caller
from tests.journeys.conftest import Demonstrations
from tests.journeys.windows import Window
from tests.journeys.writing import (
    ON_THE_DISK,
    STORED,
    Portal,
    all_saved,
    copies,
    field,
    killable,
    logs_in_in_place,
    said,
    type_on,
    windowed,
)

PARTNER, COLLEAGUE = "partner@example.org", "regional.officer@example.org"
TEXT, PROGRESS = "CF.2/text", "CF.2/progress"
WORDS = "ارتفعت الإيجارات. 城市的声音。 Города просят, чтобы их услышали."
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory, demonstrations: Demonstrations) -> Iterator[Portal]:
    with killable(demonstrations, tmp_path_factory.mktemp("portal")) as made:
        made.change(
            "INSERT INTO partner_members (partner_id, user_id, added_at) SELECT m.partner_id, u.id, m.added_at "
            "FROM partner_members m, users u WHERE u.email = :email AND m.user_id = "
            "(SELECT id FROM users WHERE email = :partner) AND m.partner_id NOT IN "
            "(SELECT partner_id FROM partner_members WHERE user_id = u.id)",
            email=COLLEAGUE,
            partner=PARTNER,
        )
        yield made


@pytest.fixture
def draft(portal: Portal) -> str:
    """The address of a new draft in channel f, which the partner and a colleague may write."""
    caller = Caller(portal.address, portal.token(PARTNER))
    (call,) = [one["id"] for one in caller.get("/calls").json["items"] if one["channel"] == "f"]
    kinds = {"stakeholder", "city", "academia", "private"}
    of = next(one["id"] for one in caller.get("/partners").json["items"] if one["kind"] in kinds)
    made = caller.post("/contributions", {"call": call, "partner": of, "title": "Voices"})
    assert made.status == 201, made.body.decode()
    return f"{portal.address}/contributions/{made.json['id']}/draft"


@pytest.fixture
def window(browser: Browser, portal: Portal, tmp_path: Path) -> Iterator[Window]:
    with windowed(browser, portal, tmp_path / "browser") as made:
        yield made


def opened(window: Window, draft: str, who: str = PARTNER) -> Page:
    page = window.start()
    window.log_in(page, who)
    page.goto(draft)
    return page


def held(portal: Portal, draft: str) -> dict[str, Any]:
    """The draft as a program outside reads it."""
    path = f"/contributions/{draft.split('/')[-2]}"
    answered = Caller(portal.address, portal.token(PARTNER)).get(path)
    assert answered.status == 200, answered.body.decode()
    return dict(answered.json)


def colleague_saves(portal: Portal, draft: str, value: str) -> None:
    """A colleague saves another text, upon what stands now."""
    path = f"/contributions/{draft.split('/')[-2]}"
    sent = {"values": {TEXT: value}, "base_revision": held(portal, draft)["revision"]}
    saved = Caller(portal.address, portal.token(COLLEAGUE)).put(path, sent)
    assert saved.status == 200, saved.body.decode()


def test_every_part_saves_itself_and_says_so(portal: Portal, draft: str, window: Window) -> None:
    page = opened(window, draft)
    type_on(page, TEXT, WORDS)
    expect(said(page, TEXT)).to_have_text(re.compile(r"^Saved \d\d:\d\d UTC$"), timeout=15_000)
    page.locator("#title").fill("Voices of cities")
    page.locator("#areas").fill("Kenya\nAtlantis")
    page.locator("#licence").select_option("quote")
    page.locator("#q-CF-1-form input[value=statement]").check()
    all_saved(page, "title", "areas", "licence", "CF.1/form")
    expect(page.locator("#q-areas [data-findings]")).to_contain_text("No area has the code or the name “Atlantis”")
    kept = held(portal, draft)
    assert (kept["values"], kept["title"], kept["licence"], kept["draft_areas"]) == (
        {TEXT: WORDS, "CF.1/form": "statement"},
        "Voices of cities",
        "quote",
        ["KEN", "Atlantis"],
    )
    expect(page.locator(".notice, [data-keeping] p, .flash")).to_have_count(0)
    page.get_by_role("button", name="Save and look at what is sent").click()
    expect(page).to_have_url(re.compile("/sending$"))


def test_no_character_is_lost_when_the_portal_fails_and_the_tab_dies(
    portal: Portal, draft: str, window: Window
) -> None:
    page = opened(window, draft)
    half = len(WORDS) // 3
    page.route("**/parts", lambda route: route.fulfill(status=503, body="busy"))
    type_on(page, TEXT, WORDS[:half])
    expect(said(page, TEXT)).to_have_text("Not saved yet: the portal is busy. Your text is kept and is sent again.")
    page.unroute("**/parts")
    all_saved(page, TEXT)

    portal.kill()
    type_on(page, TEXT, WORDS[half : 2 * half])
    expect(said(page, TEXT)).to_contain_text("Not saved yet: the line is down", timeout=15_000)
    page.wait_for_timeout(ON_THE_DISK)
    with page.expect_event("crash"):
        window.kill_windows()
    portal.start()
    page = window.another(page)
    window.log_in(page, PARTNER)
    page.goto(draft)
    expect(page.locator("[data-keeping]")).to_contain_text("Text of yours that had not arrived is back in its fields")
    all_saved(page, TEXT)
    expect(field(page, TEXT)).to_have_value(WORDS[: 2 * half])

    window.cut(True)
    type_on(page, TEXT, WORDS[2 * half :])
    page.locator("#title").fill("Voices of cities")
    page.wait_for_timeout(ON_THE_DISK)
    window.kill()
    portal.expire_sessions()
    page = opened(window, draft)
    all_saved(page, TEXT, "title")
    kept = held(portal, draft)
    assert (kept["values"], kept["title"], copies(page)) == ({TEXT: WORDS}, "Voices of cities", 0)
    expect(page.locator("[data-card]")).to_have_count(0)


def test_a_browser_that_keeps_no_copy_loses_the_words_and_says_before_that_it_may(
    portal: Portal, draft: str, window: Window
) -> None:
    """The planted fault: the same kill takes the words where no copy is kept."""
    page = window.start()
    page.context.add_init_script(FORGETFUL)
    window.log_in(page, PARTNER)
    page.goto(draft)
    expect(page.locator("[data-keeping]")).to_contain_text("This browser cannot keep a protected copy")
    window.cut(True)
    type_on(page, TEXT, WORDS)
    page.wait_for_timeout(ON_THE_DISK)
    window.kill()
    page = opened(window, draft)
    page.wait_for_timeout(2000)
    expect(field(page, TEXT)).to_have_value("")
    assert held(portal, draft)["values"] == {}


def test_a_session_that_ends_keeps_the_text_and_goes_on_in_place(portal: Portal, draft: str, window: Window) -> None:
    page = opened(window, draft)
    portal.expire_sessions()
    type_on(page, TEXT, WORDS)
    expect(said(page, TEXT)).to_contain_text("your session has ended. Your text is kept", timeout=15_000)
    assert page.evaluate(STORED)["records"] == 1
    logs_in_in_place(page, TEXT)
    all_saved(page, TEXT)
    assert (held(portal, draft)["values"], copies(page)) == ({TEXT: WORDS}, 0)


def test_what_is_kept_is_sealed_and_gone_after_log_out(draft: str, window: Window) -> None:
    page = opened(window, draft)
    page.on("dialog", lambda dialog: dialog.accept())
    page.route("**/parts", lambda route: route.abort())
    type_on(page, TEXT, "A sentence for nobody else.")
    expect(said(page, TEXT)).to_contain_text("Not saved yet", timeout=15_000)
    kept = page.evaluate(STORED)
    assert (kept["records"], "sentence" in kept["bytes"], "sentence" in kept["local"]) == (1, False, False)
    page.get_by_role("button", name="Log out").first.click()
    expect(page.get_by_role("link", name="Log in").first).to_be_visible()
    assert page.evaluate(STORED)["records"] == 0


def test_two_people_in_the_same_words_choose_and_both_texts_stay(portal: Portal, draft: str, window: Window) -> None:
    page = opened(window, draft)
    type_on(page, TEXT, "Cities ask to be heard.")
    all_saved(page, TEXT)
    colleague_saves(portal, draft, "Cities were heard at last.")
    type_on(page, TEXT, " Now.")
    expect(said(page, TEXT)).to_contain_text(
        "Kept beside the answer: somebody else changed the same words", timeout=15_000
    )
    card = page.locator("[data-card]")
    expect(card.locator(".side").nth(1)).to_contain_text("at last")
    expect(card.locator(".side").nth(2)).to_contain_text("Now.")
    page.reload()
    expect(field(page, TEXT)).to_have_value("Cities were heard at last.")
    page.locator("[data-card]").get_by_label("Or write one text that joins both").fill("Cities were heard. Now.")
    page.get_by_role("button", name="Save the joined text").click()
    expect(page.locator("[data-card]")).to_have_count(0)
    expect(field(page, TEXT)).to_have_value("Cities were heard. Now.")
    assert held(portal, draft)["values"][TEXT] == "Cities were heard. Now."
    page.reload()
    page.get_by_text("Texts that were not chosen (1)").click()
    expect(page.locator("#not-chosen")).to_contain_text("Cities ask to be heard. Now.")


def test_a_withdrawn_contribution_lays_the_text_out_to_copy(portal: Portal, draft: str, window: Window) -> None:
    page = opened(window, draft)
    type_on(page, PROGRESS, "Kept")
    all_saved(page, PROGRESS)
    portal.change(
        "UPDATE contributions SET state = 'withdrawn' WHERE id = :one", one=draft.split("/")[-2].replace("-", "")
    )
    type_on(page, PROGRESS, " and more")
    expect(said(page, PROGRESS)).to_have_text("Not saved: This contribution was withdrawn.", timeout=15_000)
    page.wait_for_timeout(ON_THE_DISK)
    window.kill()
    page = opened(window, draft)
    expect(said(page, PROGRESS)).to_have_text("Not saved: This contribution was withdrawn.", timeout=15_000)
    expect(field(page, PROGRESS)).to_have_value("Kept and more")
    expect(page.get_by_role("button", name="Discard what is not saved")).to_be_visible()
    assert copies(page) == 1


def test_without_script_the_form_saves_by_its_button(portal: Portal, draft: str, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{portal.address}/login")
    page.get_by_label("E-mail address").fill(PARTNER)
    page.get_by_label("Password").fill("demonstration only")
    page.get_by_role("button", name="Log in").click()
    page.goto(draft)
    field(page, TEXT).fill("Cities ask to be heard.")
    colleague_saves(portal, draft, "Cities were heard at last.")
    page.get_by_role("button", name="Save the draft").last.click()
    expect(page.get_by_text("Both texts are kept; please choose.")).to_be_visible()
    page.get_by_role("button", name="Keep my text").click()
    expect(field(page, TEXT)).to_have_value("Cities ask to be heard.")
    assert held(portal, draft)["values"] == {TEXT: "Cities ask to be heard."}
    context.close()
