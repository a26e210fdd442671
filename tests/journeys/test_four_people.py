"""A report of sixty leaves, filled by four people at once in four browsers, handed out, handed back, cleared and
submitted: every word of each of them stands in the version.
"""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from forms.guideline import load, shipped
from forms.outline import Guideline
from portal.rules.shipped import cycle_plan
from tests.journeys import kazakhstan
from tests.journeys.calls import Caller
from tests.journeys.chromium import QUIET, chromium
from tests.journeys.conftest import Running
from tests.journeys.test_story_in_a_browser import PASSWORD, all_sent, control, signed_in, write

pytestmark = pytest.mark.browser
FOCAL_POINT, CERTIFIER = "focal.point.kaz@example.org", "certifier.kaz@example.org"
MINISTRIES = ("housing", "transport", "environment")
WORDS = {
    "actions": "Что сделано: {key}. Приняты решения, за ними следят.",
    "results": "{key}：取得的成果。城市更加包容。",
    "challenges": "{key}: ما الذي حال دون ذلك؟ التمويل والوقت.",
    "next": "Next for {key}: three steps, each with a date.",
}


def address_of(ministry: str) -> str:
    return f"ministry.of.{ministry}.kaz@example.org"


def leaves(asked: Guideline) -> list[str]:
    """The sections of the outline proper, which all ask the same four things."""
    return [s.key for s in asked.counted_sections("full") if f"{s.key}/actions" in asked.questions]


def words_for(asked: Guideline, section: str) -> dict[str, str]:
    """What is typed into the narratives of a section, each its own words."""
    keys = [q.key for q in asked.counted("full", section) if q.kind == "narrative"]
    return {key: WORDS.get(key.rpartition("/")[2], "Words for {key}.").format(key=key) for key in keys}


def series_of(asked: Guideline, section: str) -> list[str]:
    return [q.key for q in asked.counted("full", section) if q.kind == "series"]


def fill(page: Page, report: str, asked: Guideline, section: str) -> None:
    """Fills all narratives and indicators of a section without waiting in between, then waits until all are saved."""
    page.goto(f"{report}/sections/{section}")
    written = words_for(asked, section)
    for question, text in written.items():
        control(page, question).fill(text)
    for question in series_of(asked, section):
        page.locator(f'[name="{question}-status"][value="no_data"]').check()
        control(page, f"{question}-reason").fill(f"{question}: no survey was held.")
    page.keyboard.press("Tab")
    all_sent(page, 30)
    for question in (*written, *series_of(asked, section)):
        place = page.locator(f'[data-question="{question}"] [data-saved]')
        expect(place).to_have_attribute("data-state", "saved", timeout=20_000)


def write_sections(portal: Running, email: str, report: str, asked: Guideline, sections: Sequence[str]) -> None:
    """One person in a browser of their own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=QUIET)
        with signed_in(browser, portal, email) as page:
            for section in sections:
                fill(page, report, asked, section)
        browser.close()


def test_four_people_fill_sixty_leaves(served: Running, browser: Browser) -> None:
    asked = load(shipped()[cycle_plan().edition])
    sections = leaves(asked)
    assert len(sections) == 60
    shares = {address_of(ministry): sections[at::3] for at, ministry in enumerate(MINISTRIES)}
    for email in shares:
        role = ("--role", "contributor", "--entity", "KAZ", "--name", "Ministry")
        served.inside("user", "add", email, *role, "--password", PASSWORD)
    with signed_in(browser, served, FOCAL_POINT) as page:
        report = _starts(page, served)
        for email, share in shares.items():
            _hands_out(page, report, email, share)
    front = ["F.2", "F.3", "F.4", "F.5"]
    with ThreadPoolExecutor(4) as people:
        writing = [people.submit(write_sections, served, FOCAL_POINT, report, asked, front)]
        writing += [
            people.submit(write_sections, served, email, report, asked, share) for email, share in shares.items()
        ]
        for one in writing:
            one.result(timeout=300)
    for email, share in shares.items():
        with signed_in(browser, served, email) as page:
            _hands_back(page, report, share[0])
        _hands_back_the_rest(served, report, email, share[1:])
    with signed_in(browser, served, FOCAL_POINT) as page:
        _settles(page, report, sections[0])
        _settles_the_rest(served, report, 59)
        _completes_and_asks(page, report)
    with signed_in(browser, served, CERTIFIER) as page:
        page.goto(f"{report}/clearance")
        page.get_by_role("button", name="Approve and submit").click()
        expect(page.get_by_role("heading", name="Receipt")).to_be_visible()
    _holds_every_word(served, report, asked, [*front, *sections])


def _starts(page: Page, portal: Running) -> str:
    page.goto(f"{portal.address}/reports")
    page.get_by_label("Full national progress report").check()
    page.locator("#first_language").select_option("ru")
    page.get_by_role("button", name="Start the report").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kazakhstan")
    return page.url


def _hands_out(page: Page, report: str, email: str, share: Sequence[str]) -> None:
    page.goto(f"{report}/handing")
    folded = page.locator("main details:not([open]) > summary")
    while folded.count():
        folded.first.click()
    for section in share:
        page.locator(f'input[name="sections"][value="{section}"]').check()
    page.get_by_label(email, exact=False).check()
    page.get_by_role("button", name="Hand out").click()
    expect(page.get_by_text(re.compile(r"\d+ hand-outs are made"))).to_be_visible()


def _hands_back(page: Page, report: str, section: str) -> None:
    page.goto(f"{report}/sections/{section}")
    page.get_by_role("button", name="Hand back").click()
    expect(page.get_by_text("You handed the section back")).to_be_visible()


def _open_handouts(portal: Running, report: str, email: str) -> tuple[Caller, str, list[dict[str, Any]]]:
    caller, address = Caller(portal.address, portal.token(email)), f"/reports/{report.rpartition('/')[2]}/handouts"
    listed = caller.get(f"{address}?limit=100").json["items"]
    return caller, address, [one for one in listed if one["settled_at"] is None]


def _hands_back_the_rest(portal: Running, report: str, email: str, share: Sequence[str]) -> None:
    """What was done once in the browser, by a program."""
    caller, address, held = _open_handouts(portal, report, email)
    mine = {one["section"]: one["id"] for one in held if one["returned_at"] is None}
    assert sorted(mine) == sorted(share)
    for identifier in mine.values():
        answered = caller.post(f"{address}/{identifier}/return", {"note": ""})
        assert answered.status == 200, answered.body.decode()


def _settles(page: Page, report: str, section: str) -> None:
    page.goto(f"{report}/handing")
    page.locator("table tr").filter(has_text=section).locator('a[href*="/handing/"]').first.click()
    page.get_by_role("button", name="Settle the hand-out").click()
    expect(page.get_by_text("The hand-out is settled")).to_be_visible()


def _settles_the_rest(portal: Running, report: str, count: int) -> None:
    caller, address, held = _open_handouts(portal, report, FOCAL_POINT)
    assert len(held) == count
    for one in held:
        changes = caller.get(f"{address}/{one['id']}/changes?limit=100").json["items"]
        chosen = [{name: change[name] for name in ("question", "language", "revision")} for change in changes]
        told = {"note": "", "choices": [choice | {"choice": "accept"} for choice in chosen]}
        answered = caller.post(f"{address}/{one['id']}/settle", told)
        assert answered.status == 200, answered.body.decode()


def _completes_and_asks(page: Page, report: str) -> None:
    page.goto(f"{report}/sections/F.1")
    for question in ("F.1/institution", "F.1/period", "F.1/contacts"):
        write(page, question, kazakhstan.FRONT[question])
    page.goto(report)
    page.get_by_role("button", name="Ask for clearance").click()
    expect(page.get_by_text("Waits for the certifier")).to_be_visible()


def _holds_every_word(portal: Running, report: str, asked: Guideline, sections: Sequence[str]) -> None:
    """The version holds exactly what each person typed, character by character."""
    identifier = report.rpartition("/")[2]
    request = urllib.request.Request(f"{portal.address}/api/v1/reports/{identifier}/versions/1")
    request.add_header("Authorization", f"Bearer {portal.token(FOCAL_POINT)}")
    with urllib.request.urlopen(request) as answer:
        version: dict[str, Any] = json.load(answer)
    held = {one["question"]: one["value"] for one in version["answers"]}
    wanted: dict[str, Any] = {}
    for section in sections:
        wanted |= words_for(asked, section)
    assert {key: held.get(key) for key in wanted} == wanted
    reasons = {key: f"{key}: no survey was held." for section in sections for key in series_of(asked, section)}
    assert {key: held[key]["reason"] for key in reasons} == reasons
