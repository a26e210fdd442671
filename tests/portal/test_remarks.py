"""Clarification as cases, on the database: what opens, what counts as an answer, who is told, and what never leaves."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.db import db
from portal.http.mailing import TOLD
from portal.http.telling import notice_words
from portal.models.accounts import User
from portal.models.events import Event, Notice
from portal.models.remarks import Remark
from portal.models.reports import Report
from portal.queries import events, reports
from portal.queries import remarks as reads
from portal.rules.refusals import Forbidden, Invalid, Missing, NotNow, Stale
from portal.services import drafting, history, remarks
from portal.services.drafting import Given
from portal.services.remarks import Order, Reply
from portal.services.steps import Order as StepOrder
from tests.factories import BLOCKERS, World, address

SUMMARY, PROCESS = "F.2/summary", "F.3/process"
BETTER = "Where the country stands, by 2024.\n\nWhat comes next."
KINDS = ("missing", "unclear", "inconsistent", "evidence", "editorial")


def act_on(world: World, report: Report, role: str, do: Callable[..., Any], *args: Any, **more: Any) -> Any:
    """Does something with the report as a person of its state or of the team, a second later, and commits."""
    world.at += dt.timedelta(seconds=1)
    act = world.acting(role, report.entity if role in ("focal_point", "contributor", "certifier") else None)
    made = do(act, reports.get(act.session, report.id, lock=True), *args, **more)
    made = getattr(made, "id", made)
    world.done()
    return made


def gather(world: World, report: Report, question: str = SUMMARY, kind: str = "unclear", **more: Any) -> uuid.UUID:
    which: uuid.UUID = act_on(world, report, "reviewer", remarks.write, Order(question, kind, "Which year?", **more))
    return which


def sent(world: World, *questions: str, **more: Any) -> tuple[Report, list[uuid.UUID]]:
    """A report whose clarification asks about these questions, and the remarks."""
    report = world.report("KAZ", "in_review")
    made = [gather(world, report, question, **more) for question in questions]
    world.step(report, "clarify", StepOrder(reason=""))
    return reports.get(db.session, report.id), made


def write(world: World, report: Report, question: str, value: Any) -> None:
    act = world.acting("focal_point", "KAZ")
    held = reports.answer(act.session, report.id, question, "en")
    given = Given(question, "en", value, held.revision if held else 0)
    drafting.save(act, reports.get(act.session, report.id, lock=True), given)
    world.done()


def reply(world: World, report: Report, remark: uuid.UUID, answer: str, words: str = "") -> None:
    act_on(world, report, "focal_point", remarks.answer, remark, Reply(answer, words))


def told(session: Session, kind: str) -> list[tuple[str, Any]]:
    session.rollback()
    query = select(User.email, Notice.data).join(Notice, Notice.user_id == User.id).where(Notice.kind == kind)
    return sorted((email, data.get("remarks")) for email, data in session.execute(query))


def hindered(world: World, report: Report) -> list[str]:
    with pytest.raises(NotNow) as refused:
        world.step(report, "ask")
    return list(refused.value.reasons)


@pytest.mark.parametrize("kind", KINDS)
def test_a_remark_of_each_type_is_kept_and_unknown_to_the_state_until_it_is_sent(world: World, kind: str) -> None:
    report = world.report("KAZ", "in_review")
    which = gather(world, report, kind=kind)
    assert [row.Remark.kind for row in reads.of_report(db.session, report.id, gathered=True)] == [kind]
    assert reads.of_report(db.session, report.id, gathered=False) == []
    with pytest.raises(Missing):
        reply(world, report, which, "explained", "Words")


@pytest.mark.parametrize(
    ("order", "where"),
    [
        (Order(SUMMARY, "other", "Words"), ["kind"]),
        (Order(SUMMARY, "unclear", " "), ["words"]),
        (Order(SUMMARY, "unclear", "Words", due=dt.date(2025, 6, 15)), ["due"]),
        (Order(SUMMARY, "unclear", "Words", words_language="xx"), ["words_language"]),
        (Order(SUMMARY, "unclear", "Words", wording=BLOCKERS[SUMMARY]), ["wording"]),
        (Order("F.1/contacts", "unclear", "Words", wording="Words"), ["wording"]),
        (Order(SUMMARY, "unclear", "x" * 10_001), ["words"]),
        (Order(SUMMARY, "unclear", "Words", wording="x" * 10_001), ["wording"]),
    ],
)
def test_what_a_remark_may_not_be(world: World, order: Order, where: list[str]) -> None:
    report = world.report("KAZ", "in_review")
    with pytest.raises(Invalid) as refused:
        act_on(world, report, "reviewer", remarks.write, order)
    assert [problem.where for problem in refused.value.problems] == where


def test_only_the_reviewer_of_the_report_writes_and_only_in_review(world: World) -> None:
    report = world.report("KAZ", "in_review")
    with pytest.raises(NotNow):
        act_on(world, report, "lead", remarks.write, Order(SUMMARY, "unclear", "Words"))
    with pytest.raises(Forbidden):
        act_on(world, report, "focal_point", remarks.write, Order(SUMMARY, "unclear", "Words"))
    received = world.report("KEN", "submitted")
    with pytest.raises(NotNow):
        act_on(world, received, "reviewer", remarks.write, Order(SUMMARY, "unclear", "Words"))


def test_only_the_questions_asked_about_open(world: World) -> None:
    report, _made = sent(world, SUMMARY)
    write(world, report, SUMMARY, BETTER)
    with pytest.raises(NotNow, match="not part of the clarification"):
        write(world, report, PROCESS, "Others wrote.")
    act = world.acting("focal_point", "KAZ")
    held = reports.get(act.session, report.id, lock=True)
    rows = reports.answers(act.session, report.id)
    page = [Given(key, "en", rows[key, "en"].value, 1) for key in (SUMMARY, PROCESS)]
    assert drafting.save_section(act, held, page).saved == []
    with pytest.raises(NotNow, match="not part of the clarification"):
        drafting.save_section(act, held, [Given(PROCESS, "en", "Others wrote.", 1)])


def test_without_remarks_all_opens_as_before(world: World) -> None:
    report = world.report("KAZ", "clarifying")
    write(world, report, PROCESS, "Others wrote.")
    assert reads.questioned(db.session, report) is None


def test_a_report_opened_after_a_withdrawal_is_open_whole(world: World) -> None:
    report, _made = sent(world, SUMMARY)
    world.step(report, "withdraw")
    world.step(report, "reopen")
    write(world, report, PROCESS, "Others wrote.")
    world.step(report, "ask")


def test_a_restore_point_brings_back_no_closed_question(world: World) -> None:
    report = world.report("KAZ")
    point = act_on(world, report, "focal_point", history.make_point, "Empty")
    act = world.acting("focal_point", "KAZ")
    world.fill(act, reports.get(act.session, report.id, lock=True))
    world.done()
    for step in ("ask", "submit", "claim"):
        world.step(report, step)
    gather(world, report)
    world.step(report, "clarify", StepOrder(reason=""))
    with pytest.raises(NotNow, match="not part of the clarification"):
        act_on(world, report, "focal_point", history.go_back, point)


def test_changed_is_checked_and_taken_back_with_the_change(world: World) -> None:
    report, [which] = sent(world, SUMMARY)
    with pytest.raises(Invalid) as refused:
        reply(world, report, which, "changed")
    assert [problem.where for problem in refused.value.problems] == ["answer"]
    write(world, report, SUMMARY, BETTER)
    reply(world, report, which, "changed")
    assert reads.unanswered(db.session, report) == 0
    write(world, report, SUMMARY, BLOCKERS[SUMMARY])
    assert reads.unanswered(db.session, report) == 1
    assert hindered(world, report) == [
        "One remark of the reporting team waits for an answer; the page of the remarks names it."
    ]
    write(world, report, SUMMARY, BETTER)
    world.step(report, "ask")


@pytest.mark.parametrize("answer", ["explained", "declined"])
def test_explaining_and_declining_need_words(world: World, answer: str) -> None:
    report, [which] = sent(world, SUMMARY)
    with pytest.raises(Invalid):
        reply(world, report, which, answer, " ")
    reply(world, report, which, answer, "It is in paragraph 14.")
    assert reads.unanswered(db.session, report) == 0


def test_an_answer_of_no_kind_and_one_too_long_are_refused_by_their_place(world: World) -> None:
    report, [which] = sent(world, SUMMARY)
    for answer, words, place in (("agreed", "Yes.", "answer"), ("explained", "x" * 10_001, "words")):
        with pytest.raises(Invalid) as refused:
            reply(world, report, which, answer, words)
        assert [problem.where for problem in refused.value.problems] == [place]
    assert reads.unanswered(db.session, report) == 1


def test_the_report_waits_until_each_remark_is_answered_and_needs_no_other_change(world: World) -> None:
    report, [first, second] = sent(world, SUMMARY, PROCESS)
    assert hindered(world, report) == [
        "Some remarks of the reporting team wait for an answer; the page of the remarks names each."
    ]
    reply(world, report, first, "explained", "It is in paragraph 14.")
    assert len(hindered(world, report)) == 1
    reply(world, report, second, "declined", "The law forbids it.")
    world.step(report, "ask")
    world.step(report, "submit")
    assert reports.get(db.session, report.id).versions == 2


def test_one_notice_for_all_remarks_and_one_for_all_answers(world: World, session: Session) -> None:
    report, made = sent(world, SUMMARY, PROCESS, due=dt.date(2025, 7, 1))
    assert told(session, "remark.send") == [(address("certifier", "KAZ"), 2), (address("focal_point", "KAZ"), 2)]
    assert told(session, "review.clarify") == []
    for which in made:
        reply(world, report, which, "explained", "It is in paragraph 14.")
    assert told(session, "remark.answer") == []
    world.step(report, "ask")
    world.step(report, "submit")
    assert told(session, "remark.answer") == [(address("reviewer"), 2)]


FIRST, LATER = dt.date(2025, 7, 1), dt.date(2025, 7, 10)
EACH = "Please answer each; the answers they name are open."


@pytest.mark.parametrize(
    ("dues", "words"),
    [
        ((FIRST, FIRST), "Please answer each by 1 July 2025; the answers they name are open."),
        ((LATER, FIRST), f"{EACH} The first is asked for by 1 July 2025."),
        ((FIRST, None), f"{EACH} The first is asked for by 1 July 2025."),
        ((None, None), EACH),
    ],
)
def test_the_notice_says_the_first_day_as_the_day_of_all_only_where_it_is(
    world: World, dues: tuple[dt.date | None, dt.date | None], words: str
) -> None:
    report = world.report("KAZ", "in_review")
    for question, due in zip((SUMMARY, PROCESS), dues, strict=True):
        gather(world, report, question, due=due)
    world.step(report, "clarify", StepOrder(reason=""))
    inbox = world.browser("focal_point", "KAZ").get("/inbox").get_data(as_text=True)
    letter = db.session.scalars(select(Notice.data).where(Notice.kind == "remark.send")).first()
    assert letter is not None
    said = f"Remarks of the reporting team: 2. {words}"
    with world.app.test_request_context():
        mailed = notice_words("remark.send", {key: letter[key] for key in TOLD if key in letter})
    assert (said in inbox, mailed) == (True, said)


def test_proposed_words_are_taken_by_one_click(world: World) -> None:
    report, [which] = sent(world, SUMMARY, wording=BETTER)
    with pytest.raises(Invalid):
        act_on(world, report, "focal_point", remarks.take, which, 7)
    act_on(world, report, "focal_point", remarks.take, which, 1)
    held = reports.answer(db.session, report.id, SUMMARY, "en")
    assert held is not None
    assert (held.value, held.revision) == (BETTER, 2)
    assert reads.unanswered(db.session, report) == 0
    [taken] = events.events(db.session, report.id, ("remark.take",))
    assert taken.data == {"remark": str(which), "question": SUMMARY, "language": "en", "revision": 2}


def test_proposed_words_do_not_run_over_what_a_colleague_saved(world: World) -> None:
    report, [which] = sent(world, SUMMARY, wording="Quite other words of one sentence.")
    write(world, report, SUMMARY, "A colleague wrote all anew.")
    with pytest.raises(Stale):
        act_on(world, report, "focal_point", remarks.take, which, 1)
    db.session.rollback()
    assert reads.get(db.session, report.id, which).answer is None


def test_a_contributor_answers_what_is_in_their_hands_alone(world: World) -> None:
    report, [first, second] = sent(world, SUMMARY, PROCESS)
    world.hand_out(report, "F.2")
    act_on(world, report, "contributor", remarks.answer, first, Reply("explained", "See the annex."))
    with pytest.raises(Missing):
        act_on(world, report, "contributor", remarks.answer, second, Reply("explained", "See the annex."))
    with pytest.raises(Forbidden):
        act_on(world, report, "certifier", remarks.answer, second, Reply("explained", "See the annex."))


def test_both_sides_talk_and_the_other_is_told(world: World, session: Session) -> None:
    report, [which] = sent(world, SUMMARY)
    act_on(world, report, "focal_point", remarks.say, which, "Which of the years?")
    act_on(world, report, "reviewer", remarks.say, which, "The last one.")
    said = [row.RemarkWord.words for row in reads.talk(db.session, [which])[which]]
    assert said == ["Which of the years?", "The last one."]
    people = [email for email, _count in told(session, "remark.say")]
    assert people == [address("certifier", "KAZ"), address("focal_point", "KAZ"), address("reviewer")]


def again_in_review(world: World, report: Report, made: list[uuid.UUID]) -> None:
    for which in made:
        reply(world, report, which, "explained", "It is in paragraph 14.")
    for step in ("ask", "submit", "claim"):
        world.step(report, step)


def test_the_reviewer_closes_each_or_opens_it_again(world: World) -> None:
    report, made = sent(world, SUMMARY, PROCESS)
    again_in_review(world, report, made)
    world.step(report, "check")
    with pytest.raises(NotNow, match="still open"):
        world.step(report, "accept")
    act_on(world, report, "reviewer", remarks.settle, made[0])
    follower = act_on(world, report, "reviewer", remarks.open_again, made[1], "Paragraph 14 does not say it.")
    with pytest.raises(NotNow):
        world.step(report, "accept")
    found = reads.get(db.session, report.id, follower)
    assert (found.version, found.question, found.follows, found.sent_at) == (2, PROCESS, made[1], None)
    world.step(report, "clarify", StepOrder(reason=""))
    assert reads.questioned(db.session, reports.get(db.session, report.id)) == frozenset({PROCESS})


def test_what_was_not_sent_can_be_taken_out_and_nothing_that_was(world: World) -> None:
    report = world.report("KAZ", "in_review")
    which = gather(world, report)
    act_on(world, report, "reviewer", remarks.remove, which)
    assert db.session.get(Remark, which) is None
    gather(world, report)
    [left] = reads.gathered(db.session, report)
    kept = left.id
    world.step(report, "clarify", StepOrder(reason=""))
    again_in_review(world, report, [kept])
    with pytest.raises(NotNow, match="This remark has been sent"):
        act_on(world, report, "reviewer", remarks.remove, kept)


def test_taking_out_what_follows_opens_the_remark_before_it(world: World) -> None:
    report, made = sent(world, SUMMARY)
    again_in_review(world, report, made)
    follower = act_on(world, report, "reviewer", remarks.open_again, made[0], "Which one?")
    act_on(world, report, "reviewer", remarks.remove, follower)
    assert reads.get(db.session, report.id, made[0]).closed_at is None


def test_the_record_names_remarks_and_notes_and_holds_no_word_of_them(world: World, session: Session) -> None:
    report, [which] = sent(world, SUMMARY, wording=BETTER)
    act_on(world, report, "reviewer", remarks.note, "The canary sings.", SUMMARY)
    act_on(world, report, "focal_point", remarks.say, which, "The canary asks.")
    kept = str([row.data for row in session.scalars(select(Event).where(Event.report_id == report.id))])
    assert [word for word in ("canary", "Which year?", "by 2024") if word in kept] == []
