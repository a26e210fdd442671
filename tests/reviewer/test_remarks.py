"""Clarification in the pages and the API: each side's path without script, and what never reaches the other side."""

from __future__ import annotations

import csv
import html
import io
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from portal.db import db
from portal.queries import remarks as reads
from portal.queries import reports
from portal.services import accounts, remarks
from portal.services.remarks import Order
from portal.services.steps import Order as StepOrder
from tests.factories import BLOCKERS, PASSWORD, World, address, csrf
from tests.house.addresses import ADDRESSES
from tests.house.test_permissions import furnish
from tests.portal.test_remarks import BETTER, PROCESS, SUMMARY, act_on, gather, sent, write

CANARY = "The canary sings of the reviewers"


def page(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return answer.get_data(as_text=True)


def post(client: FlaskClient, address: str, token: str, status: int = 303, **form: Any) -> str:
    answer = client.post(address, data={"csrf_token": token, **form})
    assert answer.status_code == status, answer.get_data(as_text=True)[-3000:]
    return answer.get_data(as_text=True)


def problems(text: str) -> list[str]:
    found = re.search(r'aria-labelledby="problems-title">.*?<ul>(.*?)</ul>', text, re.DOTALL)
    return (
        [html.unescape(one) for one in re.findall(r"<li>(?:<a [^>]*>)?(.*?)(?:</a>)?</li>", found[1])] if found else []
    )


def said(text: str, remark: Any) -> str:
    """The words of one remark on a page."""
    [article] = re.findall(rf'<article class="thread remark" id="remark-{remark}">.*?</article>', text, re.DOTALL)
    return html.unescape(re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", article)))


def test_a_round_of_clarification_without_script(world: World) -> None:
    report = world.report("KAZ", "in_review")
    team, state = world.browser("reviewer"), world.browser("focal_point", "KAZ")
    review, answers = f"/review/{report.id}", f"/reports/{report.id}/remarks"
    shown = page(team, f"{review}?remark={SUMMARY}")
    assert shown.count('id="remark-form"') == 1
    token = csrf(shown)
    written: dict[str, Any] = {
        "question": SUMMARY,
        "kind": "unclear",
        "words": "Which year?",
        "wording": BETTER,
        "due": "2025-07-01",
    }
    post(team, f"{review}/remarks", token, **written)
    post(team, f"{review}/remarks", token, question=PROCESS, kind="evidence", words="Where is the record?")
    assert "No remark has been sent" in page(state, answers)
    post(team, f"{review}/steps/clarify", token, reason="")
    db.session.rollback()
    first, second = (row.Remark.id for row in reads.of_report(db.session, report.id, gathered=True))
    shown = page(state, answers)
    mine = csrf(shown)
    assert "Which year?" in said(shown, first)
    assert "answer asked for by 1 July 2025" in said(shown, first)
    assert (said(shown, first).count("The reporting team proposes these words:"), shown.count("/take")) == (1, 1)
    post(state, f"{answers}/{first}/take", mine, seen="1")
    shown = page(state, answers)
    assert (said(shown, first).count("The answer has the words that the"), shown.count("/take")) == (1, 0)
    text = post(state, f"{answers}/{second}/answer", mine, 422, answer="declined", words="")
    assert problems(text) == ["Please write the explanation or the reason: the reporting team reads it."]
    post(state, f"{answers}/{second}/answer", mine, answer="declined", words="The law keeps it closed.")
    assert "The law keeps it closed." not in page(team, review)
    assert "With the state" in said(page(team, review), second)
    for step in ("ask", "submit", "claim"):
        world.step(report, step)
    shown = page(team, review)
    assert "The law keeps it closed." in said(shown, second)
    assert "by 2024</ins>" in shown
    token = csrf(shown)
    post(team, f"{review}/remarks/{first}/settle", token)
    post(team, f"{review}/remarks/{second}/again", token, words="Which law?")
    assert "asked again" in said(page(team, review), second)
    rows = list(csv.DictReader(io.StringIO(page(state, f"{answers}.csv"))))
    assert [(row["question"], row["standing"], row["closed_as"]) for row in rows] == [
        (SUMMARY, "changed", "settled"),
        (PROCESS, "declined", "again"),
    ]
    texts = [text.replace("\n\n", "\n") for text in (BLOCKERS[SUMMARY], BETTER)]
    assert [rows[0]["before"], rows[0]["now"]] == texts


def test_a_remark_that_will_not_do_comes_back_with_its_words(world: World) -> None:
    report = world.report("KAZ", "in_review")
    team = world.browser("reviewer")
    token = csrf(page(team, f"/review/{report.id}"))
    sent_: dict[str, Any] = {
        "question": SUMMARY,
        "kind": "unclear",
        "words": "Which year is meant?",
        "due": "2025-06-01",
    }
    text = post(team, f"/review/{report.id}/remarks", token, 422, **sent_)
    assert problems(text) == ["Please choose a day from today on, or none."]
    assert "Which year is meant?</textarea>" in text


def test_a_closed_question_cannot_be_written_on_its_page(world: World) -> None:
    report, [which] = sent(world, SUMMARY)
    state = world.browser("focal_point", "KAZ")
    assert " readonly" not in page(state, f"/reports/{report.id}/sections/F.2").split('id="F-2_summary')[-1][:600]
    shown = page(state, f"/reports/{report.id}/sections/F.3")
    assert "Open for writing are the answers that the remarks" in shown
    answer = state.post(
        f"/reports/{report.id}/sections/F.3",
        data={"csrf_token": csrf(shown), PROCESS: "Others.", f"{PROCESS}@revision": "1"},
    )
    assert answer.status_code == 409
    assert f"#remark-{which}" in page(state, f"/reports/{report.id}/sections/F.2")


def test_proposed_words_that_meet_a_colleagues_are_told_and_nothing_is_lost(world: World) -> None:
    report, [which] = sent(world, SUMMARY, wording="Quite other words of one sentence.")
    state = world.browser("focal_point", "KAZ")
    token = csrf(page(state, f"/reports/{report.id}/remarks"))
    write(world, report, SUMMARY, "A colleague wrote all anew.")
    text = post(state, f"/reports/{report.id}/remarks/{which}/take", token, 409, seen="1")
    assert [one[:40] for one in problems(text)] == ["Somebody saved this answer while you wer"]


def test_the_history_names_words_that_were_proposed(world: World) -> None:
    report, [which] = sent(world, SUMMARY, wording=BETTER)
    act_on(world, report, "focal_point", remarks.take, which, 1)
    shown = page(world.browser("focal_point", "KAZ"), f"/reports/{report.id}/history/{SUMMARY}")
    assert shown.count("words that the reporting team proposed") == 1


def test_differences_stand_open_where_the_address_asks_for_them(world: World) -> None:
    report, [which] = sent(world, SUMMARY, wording=BETTER)
    act_on(world, report, "focal_point", remarks.take, which, 1)
    for step in ("ask", "submit"):
        world.step(report, step)
    team = world.browser("reviewer")
    folded, unfolded = (
        page(team, f"/review/{report.id}{asked}").count("<details open><summary>What changed since version 1")
        for asked in ("", "?changes=1")
    )
    assert (folded, unfolded) == (0, 1)


@pytest.mark.any_database
@pytest.mark.parametrize("state", ["in_review", "clarifying", "accepted", "published"])
def test_no_internal_note_and_no_gathered_remark_ever_reaches_a_state(world: World, state: str) -> None:
    case = furnish(world, "in_review")
    report = reports.get(db.session, case.report)
    act_on(world, report, "reviewer", remarks.note, CANARY, SUMMARY)
    which = act_on(world, report, "reviewer", remarks.write, Order(SUMMARY, "unclear", CANARY))
    assert CANARY in page(world.browser("reviewer"), f"/review/{report.id}")
    if state != "in_review":
        act_on(world, report, "reviewer", remarks.remove, which)
        for step in {"clarifying": ["clarify"], "accepted": ["check", "accept"]}.get(
            state, ["check", "accept", "consent", "publish"]
        ):
            world.step(report, step)
    heard = []
    for role, entity in (("focal_point", "KAZ"), ("certifier", "KAZ"), ("contributor", "KAZ"), ("focal_point", "KEN")):
        browser, token = world.browser(role, entity), world.token(role, entity)
        for method, rule in ADDRESSES:
            if method != "GET" or rule == "/logout":
                continue
            headers = {"Authorization": f"Bearer {token}"} if rule.startswith("/api/") else {}
            client = world.app.test_client() if headers else browser
            answer = client.get(case.path(rule), headers=headers)
            if CANARY.encode() in answer.data:
                heard.append((role, entity, rule))
            answer.close()
    assert heard == []


def test_a_reviewer_who_reports_for_the_state_reads_no_note_of_it(world: World) -> None:
    report = world.report("KAZ", "in_review")
    act_on(world, report, "reviewer", remarks.note, CANARY)
    gather(world, report)
    accounts.add(world.act(None), address("focal_point", "KAZ"), "reviewer", None, PASSWORD)
    world.done()
    read = [page(world.browser(*who), f"/review/{report.id}") for who in (("lead", None), ("focal_point", "KAZ"))]
    assert [(CANARY in shown, "Which year?" in shown) for shown in read] == [(True, True), (False, False)]


def call(world: World, who: tuple[str, str | None], method: str, address: str, **body: Any) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {world.token(*who)}"}
    sent_: dict[str, Any] = {"json": body} if method != "GET" else {}
    answer = world.app.test_client().open(f"/api/v1{address}", method=method, headers=headers, **sent_)
    return answer.status_code, answer.get_json()


def test_the_same_round_by_api(world: World) -> None:
    report = world.report("KAZ", "in_review")
    team, state = ("reviewer", None), ("focal_point", "KAZ")
    there = f"/reports/{report.id}/remarks"
    status, made = call(world, team, "POST", there, question=SUMMARY, kind="unclear", words="Which year?")
    assert (status, made["standing"]) == (201, "gathered")
    assert call(world, state, "GET", there)[1]["items"] == []
    one = f"/remarks/{made['id']}"
    assert call(world, state, "PATCH", one, answer="explained", words="Words")[0] == 404
    assert call(world, ("focal_point", "KEN"), "PATCH", one, answer="explained", words="Words")[0] == 404
    world.step(report, "clarify", StepOrder(reason=""))
    assert call(world, state, "PATCH", one, answer="changed")[0] == 422
    status, answered = call(world, state, "PATCH", one, answer="explained", words="The last one.")
    assert (status, answered["standing"], answered["answer_words"]) == (200, "explained", "The last one.")
    [kept] = call(world, team, "GET", there)[1]["items"]
    assert (kept["standing"], kept["answer_words"], kept["now"]) == ("with_the_state", "", None)
    assert call(world, state, "PATCH", one, answer="settle")[0] == 403
    for step in ("ask", "submit", "claim"):
        world.step(report, step)
    status, closed = call(world, team, "PATCH", one, answer="settle")
    assert (status, closed["standing"], closed["closed_as"]) == (200, "explained", "settled")
