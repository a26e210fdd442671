"""Comments inside the country: who reads them, who is told, and that nothing of them ever leaves."""

from __future__ import annotations

import io
import re
import uuid
import zipfile
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.db import db
from portal.http.context import EXTENSION
from portal.models.accounts import User
from portal.models.events import Event, Notice
from portal.models.reports import Report, Version
from portal.models.sharing import Comment, Handout
from portal.queries import reports
from portal.rules.refusals import Invalid, Missing
from portal.services import bundles, comments
from portal.services.comments import Remark
from tests.factories import World, address, csrf
from tests.house.addresses import ADDRESSES
from tests.house.test_permissions import furnish
from tests.portal.test_pages_drafting import counted, page, post, summary

CANARY = "The canary sings of the ministry's doubts"


def hand_out(world: World, report: Report, section: str, part: str = "all", **more: Any) -> uuid.UUID:
    """A section in the hands of the contributor of the report's state, its row then set as `more` says; its id."""
    (made,) = world.hand_out(report, section, part=part)
    which = made.id
    if more:
        world.act(None).session.execute(update(Handout).where(Handout.id == which).values(**more))
    world.done()
    return which


def say(world: World, report: Report, role: str, words: str, **more: Any) -> uuid.UUID:
    """A comment of a person of the report's state; returns its id."""
    act = world.acting(role, report.entity)
    held = reports.get(act.session, report.id, lock=True)
    made = comments.write(act, held, Remark(section=more.pop("section", "F.2"), words=words, **more))
    world.done()
    return made.id


def told(session: Session, kind: str) -> list[str]:
    """The addresses of those who got notices of this kind, in the alphabet's order."""
    session.rollback()
    query = select(User.email).join(Notice, Notice.user_id == User.id).where(Notice.kind == kind).order_by(User.email)
    return list(session.scalars(query))


def test_those_concerned_are_told_and_never_the_writer(world: World, session: Session) -> None:
    report = world.report()
    hand_out(world, report, "F.2")
    first = say(world, report, "certifier", CANARY)
    assert told(session, "comment.write") == [address("contributor", "KAZ"), address("focal_point", "KAZ")]
    say(world, report, "contributor", "An answer", follows=first)
    assert told(session, "comment.write") == sorted(
        [address("contributor", "KAZ"), *[address("focal_point", "KAZ")] * 2, address("certifier", "KAZ")]
    )


def test_who_neither_wrote_nor_holds_nor_leads_is_not_told(world: World, session: Session) -> None:
    report = world.report()
    hand_out(world, report, "F.3")
    say(world, report, "focal_point", CANARY)
    assert told(session, "comment.write") == []


def test_who_wrote_but_may_read_no_longer_is_not_told(world: World, session: Session) -> None:
    report = world.report()
    handout = hand_out(world, report, "F.2")
    first = say(world, report, "contributor", "Mine")
    ended = {"settled_at": world.at, "outcome": "accepted"}
    world.act(None).session.execute(update(Handout).where(Handout.id == handout).values(**ended))
    world.done()
    say(world, report, "focal_point", "An answer", follows=first)
    assert told(session, "comment.write") == [address("focal_point", "KAZ")]


def test_no_event_and_no_notice_holds_the_words(world: World, session: Session) -> None:
    report = world.report()
    hand_out(world, report, "F.2")
    comment = say(world, report, "focal_point", CANARY, question="F.2/summary")
    session.rollback()
    told_of = {"comment": str(comment), "section": "F.2", "question": "F.2/summary"}
    assert session.scalars(select(Event.data).where(Event.kind == "comment.write")).all() == [told_of]
    assert session.scalars(select(Notice.data).where(Notice.kind == "comment.write")).all() == [told_of]


def test_a_thread_is_settled_opened_again_and_an_answer_opens_it(world: World, session: Session) -> None:
    report = world.report()
    first = say(world, report, "focal_point", "First")

    def settled() -> bool:
        session.rollback()
        found = session.get(Comment, first)
        assert found is not None
        return found.settled_at is not None

    for step, expected in ((comments.settle, True), (comments.settle, True), (comments.reopen, False)):
        act = world.acting("certifier", "KAZ")
        step(act, reports.get(act.session, report.id, lock=True), first)
        world.done()
        assert settled() is expected
    act = world.acting("certifier", "KAZ")
    comments.settle(act, reports.get(act.session, report.id, lock=True), first)
    world.done()
    answer = say(world, report, "certifier", "One more word", follows=first)
    assert settled() is False
    say(world, report, "focal_point", "To the answer", follows=answer)
    session.rollback()
    query = select(Comment.follows).where(Comment.follows.is_not(None))
    assert session.scalars(query).all() == [first, first]
    kinds = session.scalars(select(Event.kind).where(Event.kind.startswith("comment.")).order_by(Event.sequence)).all()
    assert kinds == [
        "comment.write", "comment.settle", "comment.reopen", "comment.settle", "comment.write", "comment.write",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "kept"),
    [(" \n ", None), ("\0", None), ("x" * 10_001, None), (" a\r\nb\0 ", "a\nb"), ("x" * 10_000, "x" * 10_000)],
)
def test_which_words_are_kept(world: World, session: Session, words: str, kept: str | None) -> None:
    report = world.report()
    if kept is None:
        with pytest.raises(Invalid) as refusal:
            say(world, report, "focal_point", words)
        assert [problem.where for problem in refusal.value.problems] == ["words"]
    else:
        made = session.get(Comment, say(world, report, "focal_point", words))
        assert made is not None
        assert made.words == kept


@pytest.mark.parametrize(
    ("role", "section", "question"),
    [
        ("contributor", "F.3", None),
        ("contributor", "A.1", None),
        ("focal_point", "F.99", None),
        ("focal_point", "F.2", "F.3/process"),
        ("focal_point", "F.2", "F.2/nothing"),
    ],
)
def test_where_nothing_can_be_said(world: World, role: str, section: str, question: str | None) -> None:
    report = world.report()
    hand_out(world, report, "F.2")
    with pytest.raises(Missing):
        say(world, report, role, "words", section=section, question=question)


def test_a_thread_that_may_not_be_read_cannot_be_answered_nor_settled(world: World) -> None:
    report = world.report()
    hand_out(world, report, "F.2")
    first = say(world, report, "focal_point", CANARY, section="F.3")
    with pytest.raises(Missing):
        say(world, report, "contributor", "An answer", follows=first)
    act = world.acting("contributor", "KAZ")
    with pytest.raises(Missing):
        comments.settle(act, reports.get(act.session, report.id, lock=True), first)


def test_a_comment_of_another_report_is_not_found(world: World) -> None:
    mine, theirs = world.report("KAZ"), world.report("KEN")
    first = say(world, theirs, "focal_point", "Ours")
    with pytest.raises(Missing):
        say(world, mine, "focal_point", "An answer", follows=first)


def test_the_page_shows_threads_and_takes_words_without_script(world: World) -> None:
    report = world.report()
    client = world.browser("focal_point", "KAZ")
    here = f"/reports/{report.id}/sections/F.2"
    token = csrf(page(client, here))
    answer = post(client, f"{here}/comments", token, words="<b>Is this ours?</b>", question="F.2/summary")
    assert answer.status_code == 303
    assert re.fullmatch(rf"{here}#comment-[0-9a-f-]+", answer.headers["Location"])
    text = page(client, here)
    assert "&lt;b&gt;Is this ours?&lt;/b&gt;" in text
    assert "Comments (1)" in text
    comment = answer.headers["Location"].rsplit("#comment-", 1)[1]
    assert post(client, f"{here}/comments", token, words="It is.", follows=comment).status_code == 303
    assert post(client, f"{here}/comments/{comment}/settle", token).status_code == 303
    text = page(client, here)
    assert "Settled (1)" in text
    assert "It is." in text
    assert "Comments (1)" not in text
    assert post(client, f"{here}/comments/{comment}/reopen", token).status_code == 303
    assert "Comments (1)" in page(client, here)


def test_the_contributor_sees_what_is_said_of_the_own_questions_alone(world: World) -> None:
    report = world.report()
    hand_out(world, report, "1.1.1.1", "narrative")
    say(world, report, "focal_point", "About the words", section="1.1.1.1", question="1.1.1.1/actions")
    figures = next(q.key for q in world.edition().counted("full", "1.1.1.1") if q.kind == "series")
    say(world, report, "focal_point", CANARY, section="1.1.1.1", question=figures)
    text = page(world.browser("contributor", "KAZ"), f"/reports/{report.id}/sections/1.1.1.1")
    assert ("About the words" in text, CANARY.split("'")[0] in text) == (True, False)


def test_the_inbox_leads_to_the_thread(world: World) -> None:
    report = world.report()
    first = say(world, report, "certifier", CANARY)
    text = page(world.browser("focal_point", "KAZ"), "/inbox")
    assert f'href="/reports/{report.id}/sections/F.2#thread-{first}"' in text
    assert "A colleague wrote a comment in section F.2." in text
    assert "canary" not in text


def test_any_number_of_threads_costs_the_same_statements(world: World) -> None:
    report = world.report()
    client = world.browser("focal_point", "KAZ")
    here = f"/reports/{report.id}/sections/F.2"
    say(world, report, "certifier", "The first thread")
    page(client, here)
    with counted() as few:
        page(client, here)
    for number in range(6):
        first = say(world, report, "certifier", f"Thread {number}")
        say(world, report, "focal_point", "Answer", follows=first)
    with counted() as many:
        page(client, here)
    assert len(many["statements"]) == len(few["statements"])


@pytest.mark.any_database
@pytest.mark.parametrize("state", ["preparing", "in_review", "published"])
def test_the_canary_never_leaves_the_country(world: World, state: str) -> None:
    """Every page and every call, read by everybody outside the state; every version and every bundle."""
    case = furnish(world, state)
    report = reports.get(db.session, case.report)
    say(world, report, "focal_point", CANARY)
    if state == "preparing":
        for step in ("ask", "submit"):
            world.step(report, step)
    mark = CANARY.split("'")[0].encode()
    heard = []
    outside = [
        ("reviewer", None),
        ("lead", None),
        ("administrator", None),
        ("data_officer", None),
        ("focal_point", "KEN"),
    ]
    for role, entity in [*outside, (None, None)]:
        browser = world.browser(role, entity) if role else world.app.test_client()
        headers = {"Authorization": f"Bearer {world.token(role, entity)}"} if role else {}
        for method, rule in ADDRESSES:
            if method == "GET":
                client, sent = (world.app.test_client(), headers) if rule.startswith("/api/") else (browser, {})
                answer = client.get(case.path(rule), headers=sent)
                heard += [(role, rule)] if mark in answer.get_data() else []
                answer.close()
    assert heard == []
    db.session.rollback()
    assert [
        number for number, document in db.session.execute(select(Version.number, Version.document)) if mark in document
    ] == []
    if state == "published":
        assert mark not in _bundle(world)
    assert mark.decode() in page(world.browser("certifier", "KAZ"), f"/reports/{case.report}/sections/F.2")


def _bundle(world: World) -> bytes:
    """Everything that a synthesis bundle holds."""
    act = world.act(None)
    taken = bundles.take(act)
    world.done()
    assert taken is not None
    built = bundles.build(db.session, world.app.extensions[EXTENSION].storage, taken, lambda _done: None)
    raw = b"".join(world.app.extensions[EXTENSION].storage.chunks(built.blob))
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


def test_a_comment_that_will_not_do_comes_back_in_its_form(world: World) -> None:
    report = world.report()
    first = say(world, report, "certifier", CANARY)
    client = world.browser("focal_point", "KAZ")
    address = f"/reports/{report.id}/sections/F.2"
    token = csrf(page(client, address))
    empty = post(client, f"{address}/comments", token, language="en", question="F.2/summary", words=" ")
    text = empty.get_data(as_text=True)
    assert (empty.status_code, summary(text)) == (422, [("q-comment-words", "Please write the comment first.")])
    assert re.findall(r'<span class="field-error" id="(.*?)">', text) == ["comment-words-error"]
    assert re.findall(r'<option value="(\S*)" selected>', text) == ["F.2/summary"]
    assert '<details id="comment-new" open>' in text
    long = "Too long. " * 1001
    text = post(client, f"{address}/comments", token, language="en", words=long).get_data(as_text=True)
    assert re.findall(r'<textarea class="input" id="comment-words"[^>]*>\n(.*?)</textarea>', text, re.S) == [long]
    answer = post(client, f"{address}/comments", token, language="en", follows=str(first), words=long)
    text = answer.get_data(as_text=True)
    sentence = "A comment has at most 10,000 characters; please divide it."
    assert (answer.status_code, summary(text)) == (422, [(f"q-answer-{first}", sentence)])
    (kept,) = re.findall(rf'<textarea class="input" id="answer-{first}"[^>]*>\n(.*?)</textarea>', text, re.S)
    assert kept == long
    assert "<details open><summary>Answer</summary>" in text
