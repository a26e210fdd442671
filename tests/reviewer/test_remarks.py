"""Clarification in the pages and the API: each side's path without script, and what never reaches the other side."""

from __future__ import annotations

import csv
import datetime as dt
import html
import io
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from portal.db import db
from portal.models.remarks import Remark
from portal.queries import remarks as reads
from portal.queries import reports
from portal.services import accounts, drafting, remarks
from portal.services.remarks import CHANGED_MEANWHILE, CLOSED, Order, Reply
from portal.services.steps import Order as StepOrder
from tests.factories import BLOCKERS, PASSWORD, World, address, csrf
from tests.house.addresses import ADDRESSES
from tests.house.test_permissions import furnish
from tests.portal.test_figures import AIR, AIR_SERIES, air, bring
from tests.portal.test_remarks import BETTER, PROCESS, SUMMARY, act_on, again_in_review, gather, sent, write

PEOPLE = "A.3/people"
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


def entries(client: FlaskClient) -> list[tuple[str, str]]:
    """What the inbox says of remarks, newest first: the words, and where they lead."""
    found = re.findall(r'<a href="([^"]*)">([^<]*)</a>', page(client, "/inbox"))
    return [(html.unescape(words), html.unescape(to)) for to, words in found if "remark" in words.lower()]


def test_a_notice_leads_the_reviewer_to_the_remark_and_the_answer_is_written_there(world: World) -> None:
    report, [which] = sent(world, SUMMARY)
    act_on(world, report, "focal_point", remarks.say, which, "De quelle ann\u00e9e ?", "fr")
    team, review = world.browser("reviewer"), f"/review/{report.id}"
    assert entries(team)[0] == ("There are new words about a remark.", f"{review}#remark-{which}")
    shown = page(team, review)
    [article] = re.findall(rf'<article class="thread remark" id="remark-{which}">.*?</article>', shown, re.DOTALL)
    assert re.findall(r'<p class="said" dir="auto" lang="(..)">([^<]*)</p>', article) == [
        ("en", "Which year?"),
        ("fr", "De quelle ann\u00e9e ?"),
    ]
    [there] = re.findall(r'<form method="post" action="([^"]*/words)">', article)
    answer = team.post(there, data={"csrf_token": csrf(shown), "words": "La derni\u00e8re.", "words_language": "fr"})
    assert (answer.status_code, answer.location) == (303, f"{review}#remark-{which}")
    db.session.rollback()
    words = [row.RemarkWord for row in reads.talk(db.session, [which])[which]]
    assert sorted((one.language, one.words) for one in words) == [
        ("fr", "De quelle ann\u00e9e ?"),
        ("fr", "La derni\u00e8re."),
    ]


def test_words_in_no_language_come_back_with_the_form(world: World) -> None:
    report, [which] = sent(world, SUMMARY)
    team, state = world.browser("reviewer"), world.browser("focal_point", "KAZ")
    for client, address_ in ((team, f"/review/{report.id}"), (state, f"/reports/{report.id}")):
        token = csrf(page(client, f"/review/{report.id}" if client is team else f"{address_}/remarks"))
        there = f"{address_}/remarks/{which}/words"
        text = post(client, there, token, 422, words="The last one.", words_language="xx")
        assert problems(text) == ["Please choose one of ar, zh, en, fr, ru, es."]
        assert "The last one.</textarea>" in text


def test_a_remark_says_its_language_that_of_the_person_unless_another_is_chosen(world: World) -> None:
    report = world.report("KAZ", "in_review")
    team = world.browser("reviewer")
    shown = page(team, f"/review/{report.id}?remark={SUMMARY}&lang=es")
    assert re.findall(r'<option value="(..)" lang=".." selected>', shown) == ["es"]
    for language in ("", "fr"):
        form = {"question": SUMMARY, "kind": "unclear", "words": "Quoi ?", "words_language": language}
        post(team, f"/review/{report.id}/remarks", csrf(shown), **form)
    db.session.rollback()
    rows = reads.of_report(db.session, report.id, gathered=True)
    assert [row.Remark.words_language for row in rows] == ["es", "fr"]
    assert 'lang="fr">Quoi ?</p>' in page(team, f"/review/{report.id}")


def test_a_note_about_no_question_comes_back_with_its_words(world: World) -> None:
    report = world.report("KAZ", "in_review")
    team, there = world.browser("reviewer"), f"/review/{report.id}/notes"
    token = csrf(page(team, f"/review/{report.id}"))
    text = post(team, there, token, 422, note="Ask the colleagues.", question="1.1.1.1")
    assert problems(text) == [
        "No question of the report has this code. Please copy the code that stands above the answer, or leave the "
        "field empty."
    ]
    assert "Ask the colleagues.</textarea>" in text
    assert 'value="1.1.1.1" aria-invalid="true" aria-describedby="question-error"' in text
    post(team, there, token, note="Ask the colleagues.", question="NUA-21")
    db.session.rollback()
    assert [row.InternalNote.question for row in reads.notes(db.session, report.id)] == ["1.3.2.1/NUA-21"]


def test_asking_again_by_a_past_day_comes_back_with_its_words(world: World) -> None:
    report, [which] = sent(world, SUMMARY)
    again_in_review(world, report, [which])
    team = world.browser("reviewer")
    token = csrf(page(team, f"/review/{report.id}"))
    there = f"/review/{report.id}/remarks/{which}/again"
    text = post(team, there, token, 422, words="Which of the two?", due="2025-06-01")
    assert problems(text) == ["Please choose a day from today on, or none."]
    assert "Which of the two?</textarea>" in text
    assert 'value="2025-06-01" aria-invalid="true" aria-describedby="due-error"' in text
    assert reads.get(db.session, report.id, which).closed_at is None


def test_the_words_proposed_begin_with_the_answer_and_propose_nothing_as_it_is(world: World) -> None:
    report = world.report("KAZ", "in_review")
    team, review = world.browser("reviewer"), f"/review/{report.id}"
    shown = page(team, f"{review}?remark={SUMMARY}")
    [offered] = re.findall(r'<textarea id="remark-wording"[^>]*>(.*?)</textarea>', shown, re.DOTALL)
    assert html.unescape(offered) == BLOCKERS[SUMMARY]
    form = {"question": SUMMARY, "kind": "unclear", "words": "Which year?"}
    post(team, f"{review}/remarks", csrf(shown), **form, wording=BLOCKERS[SUMMARY].replace("\n", "\r\n"))
    db.session.rollback()
    assert [row.Remark.wording for row in reads.of_report(db.session, report.id, gathered=True)] == [""]


def test_an_end_of_a_line_counts_once_as_in_the_field(world: World) -> None:
    report = world.report("KAZ", "in_review")
    team, review = world.browser("reviewer"), f"/review/{report.id}"
    long = "\n".join(["x" * 99] * 100)
    form = {"question": SUMMARY, "kind": "unclear"} | dict.fromkeys(("words", "wording"), long.replace("\n", "\r\n"))
    post(team, f"{review}/remarks", csrf(page(team, f"{review}?remark={SUMMARY}")), **form)
    db.session.rollback()
    [row] = reads.of_report(db.session, report.id, gathered=True)
    assert (len(long), row.Remark.words, row.Remark.wording) == (9_999, long, long)


def test_words_are_proposed_for_the_language_that_was_chosen(world: World) -> None:
    report = world.report("KAZ", languages=("en", "fr"))
    act = world.acting("focal_point", "KAZ")
    world.fill(act, reports.get(act.session, report.id, lock=True))
    drafting.save(
        act,
        reports.get(act.session, report.id, lock=True),
        drafting.Given(SUMMARY, "fr", "O\u00f9 en est le pays.", 1),
    )
    world.done()
    for step in ("ask", "submit", "claim"):
        world.step(report, step)
    team, review = world.browser("reviewer"), f"/review/{report.id}"
    shown = page(team, f"{review}?remark={SUMMARY}")
    [there] = re.findall(r'<a href="([^"]*)" lang="fr">Fran\u00e7ais</a>', shown[shown.index("remark-form") :])
    assert html.unescape(there) == f"{review}?remark=F.2/summary&in=fr#remark-form"
    shown = page(team, html.unescape(there))
    [offered] = re.findall(r'<textarea id="remark-wording"[^>]*lang="(..)"[^>]*>(.*?)</textarea>', shown, re.DOTALL)
    assert offered == ("fr", "O\u00f9 en est le pays.")
    assert 'name="language" value="fr"' in shown


def test_what_was_typed_over_a_remark_that_was_changed_meanwhile_stands_beside_it(world: World) -> None:
    report = world.report("KAZ", "in_review")
    which = gather(world, report)
    team, review = world.browser("reviewer"), f"/review/{report.id}"
    shown = page(team, f"{review}?change={which}")
    (seen,) = re.findall(r'name="seen" value="(\w+)"', shown)
    there, form = f"{review}/remarks/{which}/change", {"kind": "unclear", "words_language": "en", "seen": seen}
    post(team, there, csrf(shown), **form, words="Which year of the census?")
    back = post(team, there, csrf(shown), 409, **form, words="Of which city?")
    assert problems(back) == [CHANGED_MEANWHILE]
    assert back.count(">Of which city?</textarea>") == 1
    assert back.count('<p class="said" dir="auto" lang="en">Which year of the census?</p>') == 1
    (now,) = re.findall(r'name="seen" value="(\w+)"', back)
    assert now != seen
    post(team, there, csrf(back), **form | {"seen": now}, words="Of which city?")
    db.session.rollback()
    assert [row.Remark.words for row in reads.of_report(db.session, report.id, gathered=True)] == ["Of which city?"]


@pytest.mark.parametrize("path", ["", "/{}/change", "/{}/again", "/{}/words"])
def test_what_was_typed_when_a_step_came_first_is_not_lost(world: World, path: str) -> None:
    report = world.report("KAZ", "in_review")
    which = gather(world, report)
    team, review = world.browser("reviewer"), f"/review/{report.id}"
    token = csrf(page(team, review))
    post(team, f"{review}/steps/clarify", token, reason="")
    if path.endswith("words"):
        db.session.rollback()
        db.session.get_one(Remark, which).closed_at = world.at
        db.session.commit()
    typed = {"question": SUMMARY, "kind": "unclear", "words": "Typed for an hour.", "words_language": "en"}
    back = post(team, f"{review}/remarks{path.format(which)}", token, 409, **typed)
    assert (back.count(">Typed for an hour.</textarea>"), len(problems(back))) == (1, 1)


CLOSED_ONE = [("answer", CLOSED), ("words", CLOSED), ("take", CLOSED)]
ROUND_OVER = [(what, "Remarks are answered while the draft is open for them.") for what in ("answer", "take")]


@pytest.mark.parametrize(("what", "sentence"), [*CLOSED_ONE, *ROUND_OVER])
def test_what_the_state_typed_on_a_remark_closed_meanwhile_is_not_lost(world: World, what: str, sentence: str) -> None:
    report, [which] = sent(world, SUMMARY, wording="Quite other words of one sentence.")
    mine, remarks_page = world.browser("focal_point", "KAZ"), f"/reports/{report.id}/remarks"
    token = csrf(page(mine, remarks_page))
    if sentence == CLOSED:
        db.session.rollback()
        db.session.get_one(Remark, which).closed_at = world.at
        db.session.commit()
    else:
        again_in_review(world, report, [which])
    typed = {"answer": "declined", "words": "Typed for an hour.", "words_language": "en", "seen": "1"}
    back = post(mine, f"{remarks_page}/{which}/{what}", token, 409, **typed)
    assert f'<article class="thread remark" id="remark-{which}">' in back
    assert problems(back) == [sentence]
    (place,) = re.findall(r'<li><a href="#([^"]+)">', back.partition('id="problems-title"')[2].partition("</ul>")[0])
    assert back.count(f'id="{place}"') == 1
    assert said(back, which).count(sentence) == 1
    assert back.count(">Typed for an hour.</textarea>") == (0 if what == "take" else 1)


def test_a_gathered_remark_is_changed_until_it_is_sent(world: World) -> None:
    report = world.report("KAZ", "in_review")
    which = gather(world, report)
    team, review = world.browser("reviewer"), f"/review/{report.id}"
    shown = page(team, f"{review}?change={which}")
    [there] = re.findall(r'<form method="post" action="([^"]*)" class="remark-form"', shown)
    assert "Which year?</textarea>" in shown
    form = {"kind": "evidence", "words": "Which source?", "wording": BETTER, "due": "2025-07-01"}
    text = post(team, there, csrf(shown), 422, **form | {"due": "2025-06-01"})
    assert (problems(text), f'action="{there}"' in text) == (["Please choose a day from today on, or none."], True)
    post(team, there, csrf(shown), **form)
    db.session.rollback()
    [kept] = [row.Remark for row in reads.of_report(db.session, report.id, gathered=True)]
    assert (kept.kind, kept.words, kept.wording, str(kept.due)) == ("evidence", "Which source?", BETTER, "2025-07-01")
    world.step(report, "clarify", StepOrder(reason=""))
    again_in_review(world, report, [which])
    assert post(team, there, csrf(shown), 409, **form)


def test_the_link_that_opens_the_form_is_spoken_of_only_where_it_is(world: World) -> None:
    report = world.report("KAZ", "in_review")
    told = "No remark yet. Each answer has a link that opens the form for one."
    read = {who: page(world.browser(who), f"/review/{report.id}") for who in ("reviewer", "lead")}
    assert {who: (told in text, "No remark.</p>" in text) for who, text in read.items()} == {
        "reviewer": (True, False),
        "lead": (False, True),
    }


def test_the_certifier_reads_the_answers_that_go_out_with_the_approval(world: World) -> None:
    report, [first, second] = sent(world, SUMMARY, PROCESS)
    act_on(world, report, "focal_point", remarks.answer, first, Reply("declined", "The law keeps it closed."))
    act_on(world, report, "focal_point", remarks.answer, second, Reply("explained", "It is in paragraph 14."))
    world.step(report, "ask")
    shown = page(world.browser("certifier", "KAZ"), f"/reports/{report.id}/clearance")
    [section] = re.findall(r'<section id="remarks">.*?</section>', shown, re.DOTALL)
    cases = re.findall(r"<article.*?</article>", section, re.DOTALL)
    assert [html.unescape(re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", one))).strip() for one in cases] == [
        "F.2/summary Executive summary Unclear Which year? Declined with a reason The law keeps it closed.",
        "F.3/process How the report was prepared Unclear Which year? Explained It is in paragraph 14.",
    ]
    world.step(report, "submit")
    assert '<section id="remarks">' not in page(world.browser("certifier", "KAZ"), f"/reports/{report.id}/clearance")


def responses(text: str) -> list[list[str]]:
    """The response table, row by row."""
    [table] = re.findall(r"<tbody>.*?</tbody>", text[text.index('id="response-table"') :], re.DOTALL)
    rows = re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [[html.unescape(" ".join(re.sub("<[^>]+>", " ", cell).split())) for cell in row] for row in cells]


def test_the_response_table_speaks_in_words_with_the_day_and_the_talk(world: World) -> None:
    bring(world, air(("allarea", 2019, "30.9"), ("allarea", 2018, "31.2")), AIR_SERIES)
    person = {"name": "A", "post": "", "office": "", "email": "a@example.org", "telephone": ""}
    own = {"year": "2020", "value": "29", "unit": "", "source": "Census", "disaggregation": "", "place": "Almaty"}
    given = {
        **BLOCKERS,
        AIR: {"status": "confirmed", "reason": "", "rows": [own]},
        PEOPLE: [{**person, "kind": "national_government"}],
    }
    report = world.report("KAZ")
    act = world.acting("focal_point", "KAZ")
    world.fill(act, reports.get(act.session, report.id, lock=True), given)
    world.done()
    for step in ("ask", "submit", "claim"):
        world.step(report, step)
    which = gather(world, report, AIR, due=dt.date(2025, 7, 1))
    gather(world, report, PEOPLE)
    world.step(report, "clarify", StepOrder(reason=""))
    act_on(world, report, "reviewer", remarks.say, which, "The last one.")
    title = "Annual mean levels of fine particulate matter (population-weighted), by location"
    figures = (
        "The international figures are confirmed as ours. 2020: 29 micrograms per cubic metre · Almaty · Census "
        f"International figures, {title} (micrograms per cubic meter), µg/m³: 2019: 30.9; 2018: 31.2"
    )
    people = "Name: A · E-mail address: a@example.org · Kind of stakeholder: National government"
    shown = responses(page(world.browser("focal_point", "KAZ"), f"/reports/{report.id}/remarks"))
    asked = "Which year? answer asked for by 1 July 2025"
    talk = "Not answered yet reviewer , 16 June 2025: The last one."
    assert shown == [
        ["NUA-21", "1", "Unclear", asked, talk, figures, "As before"],
        [PEOPLE, "1", "Unclear", "Which year?", "Not answered yet", people, "As before"],
    ]
