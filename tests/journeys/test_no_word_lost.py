"""Not a word is lost: the line is cut, the session ends, the window is killed, the portal is killed, in the middle of
typing Arabic, Chinese and Russian text; then a second window, and log-out.
"""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.faults import windows
from tests.journeys.calls import Caller
from tests.journeys.conftest import Demonstrations
from tests.journeys.windows import FOCAL_POINT, PASSWORD, Window
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

SECTION = "1.1.1.1"
WORDS = {
    f"{SECTION}/actions": "وضعت الحكومة خطة وطنية للإسكان الميسور، وأُعيد تأهيل الأحياء القديمة في ثلاث مدن. "
    "وشاركت البلديات في إعدادها منذ البداية.",
    f"{SECTION}/results": "国家制定了可负担住房计划，三个城市的老旧社区得到改造。"
    "市政府从一开始就参与了编制工作，居民的意见也被听取。",
    f"{SECTION}/challenges": "Правительство приняло программу доступного жилья; "
    "в трёх городах обновлены старые кварталы. Муниципалитеты участвовали в её подготовке с самого начала.",
}
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory, demonstrations: Demonstrations) -> Iterator[Portal]:
    with killable(demonstrations, tmp_path_factory.mktemp("portal")) as made:
        yield made


@pytest.fixture(scope="module")
def report(portal: Portal) -> str:
    """The address of a draft of Kazakhstan's."""
    sent = {"entity": "KAZ", "cycle": "2026", "modality": "full", "languages": ["en"]}
    started = Caller(portal.address, portal.token(FOCAL_POINT)).post("/reports", sent)
    assert started.status == 201, started.body.decode()
    return f"{portal.address}/reports/{started.json['id']}"


@pytest.fixture
def window(browser: Browser, portal: Portal, tmp_path: Path) -> Iterator[Window]:
    with windowed(browser, portal, tmp_path / "browser") as made:
        yield made


def kept(portal: Portal, report: str, question: str) -> str:
    """What the portal holds, as a program outside reads it."""
    path = f"/reports/{report.rpartition('/')[2]}/answers/{question}?language=en"
    answered = Caller(portal.address, portal.token(FOCAL_POINT)).get(path)
    assert answered.status == 200, answered.body.decode()
    return str(answered.json["value"] or "")


def parts(words: str, count: int) -> list[str]:
    """A text cut into pieces of about the same length."""
    at = [len(words) * number // count for number in range(count + 1)]
    return [words[start:end] for start, end in pairwise(at)]


def test_no_character_is_lost_whatever_breaks(portal: Portal, report: str, window: Window) -> None:
    pieces = {question: iter(parts(words, 7)) for question, words in WORDS.items()}
    address = f"{report}/sections/{SECTION}"

    def write_all(page: Page) -> None:
        for question in WORDS:
            type_on(page, question, next(pieces[question]))

    page = window.start()
    window.log_in(page)
    page.goto(address)
    write_all(page)
    all_saved(page, *WORDS)

    window.cut(True)
    write_all(page)
    for question in WORDS:
        expect(said(page, question)).to_contain_text("Not saved yet: the line is down", timeout=15_000)
    window.cut(False)
    all_saved(page, *WORDS)

    portal.expire_sessions()
    write_all(page)
    last = list(WORDS)[-1]
    expect(said(page, last)).to_contain_text("your session has ended", timeout=15_000)
    logs_in_in_place(page, last)
    all_saved(page, *WORDS)

    half = [next(pieces[question]) for question in WORDS]
    for question, words in zip(WORDS, half, strict=True):
        type_on(page, question, words[: len(words) // 2])
        if question == list(WORDS)[1]:
            portal.kill()
        page.keyboard.type(words[len(words) // 2 :])
    expect(said(page, last)).to_contain_text("Not saved yet", timeout=15_000)
    portal.start()
    all_saved(page, *WORDS)

    window.cut(True)
    write_all(page)
    page.wait_for_timeout(ON_THE_DISK)
    with page.expect_event("crash"):
        window.kill_windows()
    page = window.another(page)
    window.cut(False)
    window.log_in(page)  # the cookie of the session has gone with its only window
    page.goto(address)
    all_saved(page, *WORDS)

    window.cut(True)
    write_all(page)
    page.wait_for_timeout(ON_THE_DISK)
    window.kill()
    portal.expire_sessions()
    page = window.start()
    window.log_in(page)
    page.goto(address)
    expect(page.locator("[data-keeping]")).to_contain_text("Text of yours that had not arrived is back")
    all_saved(page, *WORDS)

    write_all(page)
    page, closed = page.context.new_page(), page
    closed.close()  # no pause: what was typed last goes out as the window closes, or with the next
    page.goto(address)
    for question, words in WORDS.items():
        expect(field(page, question)).to_have_value(words)
    page.wait_for_timeout(3000)
    assert {question: kept(portal, report, question) for question in WORDS} == WORDS
    expect(page.locator("[data-card]")).to_have_count(0)


def test_the_browser_is_killed_while_a_person_types(report: str, window: Window) -> None:
    """The short form of `python -m tests.faults windows`, where each copy has had its time to the disk."""
    result = windows.kill_again_and_again(window, report, 2, random.Random(7), shortest=ON_THE_DISK / 1000)
    assert (result.lost, result.typed > 0) == ([0, 0], True)


def test_the_killed_browser_loses_what_it_has_not_kept(report: str, window: Window) -> None:
    """The planted fault: a browser that keeps no copy. The same harness must find what it lost."""
    result = windows.kill_again_and_again(window, report, 1, random.Random(7), mutant=windows.MUTANT)
    assert result.lost[0] > 0


TWICE = "1.1.1.2/actions"
"""Open in two windows; a field that no test before has written in."""


def test_a_second_window_of_the_same_person_loses_nothing(portal: Portal, report: str, window: Window) -> None:
    first = window.start()
    window.log_in(first)
    address = f"{report}/sections/1.1.1.2"
    first.goto(address)
    type_on(first, TWICE, "One.\n\nTwo.")
    all_saved(first, TWICE)
    second = first.context.new_page()
    second.goto(address)
    type_on(second, TWICE, "\n\nThree.")
    all_saved(second, TWICE)
    field(first, TWICE).focus()
    first.keyboard.press("Control+Home")
    first.keyboard.type("Zero.\n\n")
    expect(field(first, TWICE)).to_have_value("Zero.\n\nOne.\n\nTwo.\n\nThree.", timeout=15_000)
    all_saved(first, TWICE)
    assert kept(portal, report, TWICE) == "Zero.\n\nOne.\n\nTwo.\n\nThree."


def test_nothing_is_called_saved_that_is_not(report: str, window: Window) -> None:
    page = window.start()
    window.log_in(page)
    page.goto(f"{report}/sections/1.1.1.3")
    question = "1.1.1.3/actions"
    type_on(page, question, "Saved words")
    all_saved(page, question)
    words = said(page, question).inner_text()
    held: list[Any] = []
    page.route("**/answers", lambda route: held.append(route))
    type_on(page, question, "!")
    expect(said(page, question)).to_have_text("")
    page.keyboard.press("Backspace")
    expect(said(page, question)).to_have_text(words)
    assert held == []
    type_on(page, question, ", and more")
    expect(said(page, question)).to_have_text("Saving…")
    page.keyboard.type(" of them")
    held[0].continue_()
    page.unroute("**/answers")
    all_saved(page, question)
    page.reload()
    expect(field(page, question)).to_have_value("Saved words, and more of them")


def test_what_is_kept_in_the_browser_is_sealed_and_gone_after_log_out(
    portal: Portal, report: str, window: Window
) -> None:
    page = window.start()
    page.on("dialog", lambda dialog: dialog.accept())
    window.log_in(page)
    page.goto(f"{report}/sections/F.3")
    page.route("**/answers", lambda route: route.abort())
    type_on(page, "F.3/process", "A sentence for nobody else.")
    expect(said(page, "F.3/process")).to_contain_text("Not saved yet", timeout=15_000)
    held = page.evaluate(STORED)
    assert (held["records"], "sentence" in held["bytes"], "sentence" in held["local"]) == (1, False, False)
    page.get_by_role("button", name="Log out").first.click()
    expect(page.get_by_role("link", name="Log in").first).to_be_visible()
    assert page.evaluate(STORED)["records"] == 0
    page.unroute("**/answers")
    window.log_in(page)
    page.goto(f"{report}/sections/F.3")
    expect(field(page, "F.3/process")).to_have_value("")
    page.wait_for_timeout(2000)
    assert (kept(portal, report, "F.3/process"), page.locator("[data-keeping]").inner_text()) == ("", "")


MINISTRY, IN_HANDS = "contributor.xaa@example.org", "1.1.1.2"
FIGURES, PRACTICES = f"{IN_HANDS}/NUA-10", f"{IN_HANDS}/practices"


@pytest.fixture(scope="module")
def handed(portal: Portal) -> str:
    """The address of a draft of which sections are in the hands of a contributor."""
    caller = Caller(portal.address, portal.token("focal.point.xaa@example.org"))
    (found,) = [one for one in caller.get("/reports?entity=XAA").json["items"] if one["entity"] == "XAA"]
    return f"{portal.address}/reports/{found['id']}"


def hand_back(portal: Portal, returned: bool) -> None:
    """The section is handed back, or given to its contributor again, in another window."""
    moment = dt.datetime.now(dt.UTC).replace(tzinfo=None).isoformat(sep=" ") if returned else None
    statement = "UPDATE handouts SET returned_at = :moment WHERE section = :section"
    portal.change(statement, moment=moment, section=IN_HANDS)


def shown(page: Page, name: str) -> Any:
    return page.locator(f'[name="{name}"]')


def not_saved(page: Page, question: str, why: str) -> Any:
    """Waits for the word that a question is not saved, and gives what is laid out for copying."""
    expect(said(page, question)).to_have_text(f"Not saved: {why}", timeout=15_000)
    return page.locator(f'[data-question="{question}"]').get_by_label("What you wrote, to copy")


def value_of(portal: Portal, report: str, question: str, who: str = "focal.point.xaa@example.org") -> Any:
    path = f"/reports/{report.rpartition('/')[2]}/answers/{question}"
    return Caller(portal.address, portal.token(who)).get(path).json["value"]


def test_figures_and_choices_of_a_section_that_has_closed_are_kept_until_they_arrive(
    portal: Portal, handed: str, window: Window
) -> None:
    why = "This is not in your hands now. Please keep your text and ask the focal point to hand it to you again."
    hand_back(portal, False)
    page = window.start()
    window.log_in(page, MINISTRY)
    address = f"{handed}/sections/{IN_HANDS}"
    page.goto(address)
    before = value_of(portal, handed, FIGURES), value_of(portal, handed, PRACTICES)
    window.cut(True)
    page.locator(f'[name="{FIGURES}-status"][value="no_data"]').check()
    shown(page, f"{FIGURES}-reason").fill("No survey was held.")
    shown(page, f"{FIGURES}-0-year").fill("2019")
    shown(page, f"{FIGURES}-0-value").fill("12.5")
    page.locator(f'[data-question="{PRACTICES}"] details[data-row] > summary').first.click()
    shown(page, f"{PRACTICES}-0-title").fill("A square for all")
    page.locator(f'[name="{PRACTICES}-0-scale"]:is(select)').select_option(index=1)
    scale = page.locator(f'[name="{PRACTICES}-0-scale"]').input_value()
    identifier = page.locator(f'[name="{PRACTICES}-0-id"]').input_value()
    page.wait_for_timeout(ON_THE_DISK)
    window.kill()
    portal.expire_sessions()
    hand_back(portal, True)

    page = window.start()
    window.log_in(page, MINISTRY)
    for _visit in range(2):  # what is refused once is still there the next time
        page.goto(address)
        to_copy = not_saved(page, FIGURES, why)
        expect(to_copy).to_have_value(re.compile(r"There are no data\n.*No survey was held\.\n2019\t12\.5"))
        expect(page.locator(f'[name="{FIGURES}-status"][value="no_data"]')).to_be_checked()
        expect(shown(page, f"{FIGURES}-0-value")).to_have_value("12.5")
        assert "A square for all" in not_saved(page, PRACTICES, why).input_value()
        expect(page.locator(f'[name="{PRACTICES}-0-scale"]')).to_have_value(scale)
        expect(page.locator("[data-keeping]")).to_contain_text("so it is not saved; it is kept in this browser")
        assert (copies(page), value_of(portal, handed, FIGURES), value_of(portal, handed, PRACTICES)) == (2, *before)

    hand_back(portal, False)
    page.goto(address)
    all_saved(page, FIGURES, PRACTICES)
    assert copies(page) == 0
    held = value_of(portal, handed, FIGURES)
    assert (held["status"], held["rows"][0]["year"], held["rows"][0]["value"]) == ("no_data", "2019", "12.5")
    (practice,) = value_of(portal, handed, PRACTICES)
    assert (practice["id"], practice["title"], practice["scale"]) == (identifier, "A square for all", scale)


def test_what_a_closed_draft_does_not_take_goes_only_when_its_writer_discards_it(
    portal: Portal, report: str, window: Window
) -> None:
    table, address = "3.4/commitments", f"{report}/sections/3.4"
    page = window.start()
    window.log_in(page)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(address)
    first = page.locator(f'[data-question="{table}"] [data-row="0"] :is(input[type=text], textarea)').first
    name = first.get_attribute("name")
    window.cut(True)
    first.fill("A word on a table")
    page.wait_for_timeout(ON_THE_DISK)
    window.kill()
    portal.expire_sessions()
    state = "UPDATE reports SET state = :state WHERE entity = 'KAZ'"
    portal.change(state, state="clearing")
    try:
        page = window.start()
        page.on("dialog", lambda dialog: dialog.accept())
        window.log_in(page)
        page.goto(address)
        question = page.locator(f'[data-question="{table}"]')
        expect(said(page, table)).to_contain_text("Not saved: ", timeout=15_000)
        expect(shown(page, str(name))).to_have_value("A word on a table")
        expect(shown(page, str(name))).to_have_attribute("readonly", "")
        expect(question.get_by_label("What you wrote, to copy")).to_have_value("A word on a table")
        assert copies(page) == 1
        question.get_by_role("button", name="Discard what is not saved").click()
        expect(said(page, table)).to_have_text("Discarded; this is what is saved.")
        expect(said(page, table)).to_be_focused()
        expect(shown(page, str(name))).to_have_value("")
        assert copies(page) == 0
    finally:
        portal.change(state, state="preparing")


def test_what_was_typed_a_moment_before_the_section_is_handed_back_is_saved_first(
    portal: Portal, handed: str, window: Window
) -> None:
    hand_back(portal, False)
    page = window.start()
    window.log_in(page, MINISTRY)
    page.goto(f"{handed}/sections/{IN_HANDS}")
    shown(page, f"{FIGURES}-0-value").fill("77.5")
    page.get_by_role("button", name="Hand back").click()
    expect(page.get_by_text("You handed the section back")).to_be_visible()
    expect(shown(page, f"{FIGURES}-0-value")).to_have_value("77.5")
    assert (value_of(portal, handed, FIGURES)["rows"][0]["value"], copies(page)) == ("77.5", 0)
    hand_back(portal, False)


def test_a_page_whose_button_is_pressed_twice_is_sent_once(portal: Portal, report: str, window: Window) -> None:
    page = window.start()
    window.log_in(page)
    page.goto(f"{report}/sections/1.1.1.3")
    sent: list[str] = []
    page.on(
        "request", lambda one: sent.append(one.url) if one.is_navigation_request() and one.method == "POST" else None
    )
    page.get_by_role("button", name="Save", exact=True).last.dblclick()
    expect(page.get_by_text("Everything was saved already.")).to_be_visible()
    assert len(sent) == 1


def test_after_the_log_in_that_opened_by_itself_the_focus_is_where_the_person_typed(
    portal: Portal, report: str, window: Window
) -> None:
    page = window.start()
    window.log_in(page)
    page.goto(f"{report}/sections/1.1.1.4")
    question = "1.1.1.4/actions"
    type_on(page, question, "Some words")
    portal.expire_sessions()
    page.keyboard.type(" and more")
    expect(said(page, question)).to_contain_text("your session has ended", timeout=15_000)
    page.keyboard.press("Tab")
    expect(said(page, question).get_by_role("button", name="Log in and go on")).to_be_focused()
    door = page.get_by_role("dialog", name="Please log in again")
    expect(door).to_be_visible(timeout=45_000)  # the next sign of life, or what is sent again, knocks
    door.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(door).to_be_hidden()
    all_saved(page, question)
    expect(field(page, question)).to_be_focused()


def test_the_words_are_counted_again_where_somebody_else_wrote(portal: Portal, report: str, window: Window) -> None:
    page = window.start()
    window.log_in(page)
    page.goto(f"{report}/sections/1.1.1.4")
    question = "1.1.1.4/results"
    type_on(page, question, "One two three")
    all_saved(page, question)
    counted = page.locator(f"#{field(page, question).get_attribute('aria-describedby')}")
    expect(counted).to_contain_text("3 of about")
    path = f"/reports/{report.rpartition('/')[2]}/answers/{question}"
    sent = {"value": "One two three four five", "base_revision": 1, "language": "en"}
    assert Caller(portal.address, portal.token(FOCAL_POINT)).put(path, sent).status == 200
    page.keyboard.press("Tab")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # a sign of life at once
    expect(said(page, question)).to_contain_text("Updated")
    expect(counted).to_contain_text("5 of about")


def test_a_role_that_has_ended_is_said_and_the_text_is_kept(portal: Portal, handed: str, window: Window) -> None:
    hand_back(portal, False)
    page = window.start()
    window.log_in(page, MINISTRY)
    page.goto(f"{handed}/sections/{IN_HANDS}")
    role = (
        "UPDATE memberships SET ended_at = :moment "
        "WHERE user_id = (SELECT id FROM users WHERE email = 'contributor.xaa@example.org')"
    )
    portal.change(role, moment=dt.datetime.now(dt.UTC).replace(tzinfo=None).isoformat(sep=" "))
    shown(page, f"{FIGURES}-0-value").fill("99")
    page.keyboard.press("Tab")
    why = "your role in this report has ended, or this section is open to you no more. Please keep your text."
    expect(not_saved(page, FIGURES, why)).to_have_value(re.compile(r"\b99\b"))
    assert copies(page) == 1
