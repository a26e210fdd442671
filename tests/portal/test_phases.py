"""Phases on the real database: texts with versions, sign-offs by named people, closing with its record."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.db import db
from portal.models.events import Event
from portal.models.phases import Deliverable, PhaseClosing, SignOff
from portal.queries import phases
from portal.rules.refusals import Forbidden, Invalid, NotNow
from portal.services import phases as service
from portal.services.phases import Draft
from tests.factories import DAY, World, csrf

LATER = dt.datetime(2025, 12, 2, 9, tzinfo=dt.UTC)


def write(world: World, key: str = "synthesis", text: str = "What was found.", began: int = 0) -> int:
    act = world.acting("lead", at=LATER)
    number = service.write(
        act, phases.phase(act.session, "2026", key, lock=True), Draft("Report", text, "", began)
    ).number
    world.done()
    return number


def sign(world: World, role: str, number: int = 1, key: str = "synthesis") -> None:
    act = world.acting(role, at=LATER)
    service.sign(act, phases.phase(act.session, "2026", key, lock=True), number, f"post of the {role}")
    world.done()


def close(world: World, key: str, reason: str = "", at: dt.datetime = LATER) -> None:
    act = world.acting("lead", at=at)
    service.close(act, phases.phase(act.session, "2026", key, lock=True), reason)
    world.done()


def test_the_phases_are_closed_one_after_the_other_with_their_record(world: World, session: Session) -> None:
    close(world, "feedback")
    for key in ("synthesis", "revision", "approval"):
        write(world, key)
        sign(world, "lead", key=key)
        sign(world, "reviewer", key=key)
        close(world, key, "cleared")
    rows = session.execute(
        sa.select(PhaseClosing.phase, PhaseClosing.deliverable, PhaseClosing.reason, PhaseClosing.closed_by)
    ).all()
    lead = world.person("lead").id
    assert {tuple(row) for row in rows} == {
        ("feedback", None, "", lead),
        ("synthesis", 1, "cleared", lead),
        ("revision", 1, "cleared", lead),
        ("approval", 1, "cleared", lead),
    }
    kinds = session.scalars(sa.select(Event.kind).where(Event.kind.startswith("phase.")).order_by(Event.sequence))
    assert list(kinds) == ["phase.close", *["phase.write", "phase.sign", "phase.sign", "phase.close"] * 3]


def test_what_stands_against_closing_is_said_all_at_once(world: World, session: Session) -> None:
    write(world)
    sign(world, "lead")
    with pytest.raises(NotNow) as refusal:
        close(world, "synthesis")
    assert refusal.value.reasons == [
        "The phase before this one is still open; close that first.",
        "The newest version of the text needs the sign-off of two persons.",
    ]
    session.rollback()
    assert session.scalars(sa.select(PhaseClosing)).all() == []


def test_the_collection_closes_early_only_with_a_reason(world: World) -> None:
    with pytest.raises(NotNow, match="has not ended everywhere"):
        close(world, "feedback", "  ", at=DAY)
    close(world, "feedback", "all have reported", at=DAY)
    assert set(phases.closings(db.session, "2026")) == {"feedback"}


def test_a_new_version_is_signed_anew(world: World, session: Session) -> None:
    close(world, "feedback")
    write(world)
    sign(world, "lead")
    sign(world, "reviewer")
    assert write(world, text="What was found, and more.", began=1) == 2
    with pytest.raises(NotNow, match="sign-off of two"):
        close(world, "synthesis")
    with pytest.raises(NotNow, match="newer version"):
        sign(world, "lead", 1)
    sign(world, "lead", 2)
    with pytest.raises(NotNow, match="signed this version already"):
        sign(world, "lead", 2)
    session.rollback()
    held = [(row.number, row.text) for row in session.scalars(sa.select(Deliverable).order_by(Deliverable.number))]
    assert held == [(1, "What was found."), (2, "What was found, and more.")]


def test_a_post_that_is_too_long_signs_nothing(world: World, session: Session) -> None:
    close(world, "feedback")
    write(world)
    act = world.acting("lead", at=LATER)
    with pytest.raises(Invalid, match="200 characters"):
        service.sign(act, phases.phase(act.session, "2026", "synthesis", lock=True), 1, "x" * 201)
    session.rollback()
    assert session.scalar(sa.select(sa.func.count()).select_from(SignOff)) == 0


def test_two_who_write_at_once_lose_nothing(world: World) -> None:
    write(world)
    with pytest.raises(Invalid, match="newer version meanwhile"):
        write(world, text="Written beside it.", began=0)


def test_the_same_text_again_makes_no_version_and_its_signatures_stand(world: World, session: Session) -> None:
    write(world)
    sign(world, "lead")
    for began in (0, 1):
        with pytest.raises(Invalid, match="Nothing has changed"):
            write(world, text=" What was found.\r\n", began=began)
    session.rollback()
    assert [one.text.number for one in phases.texts(session, "2026", "synthesis")] == [1]
    act = world.acting("lead", at=LATER)
    found = phases.phase(act.session, "2026", "synthesis", lock=True)
    assert service.write(act, found, Draft("Another title", "What was found.", "", 1)).number == 2
    world.done()
    assert write(world, text="What was found.", began=2) == 3  # under the first title again


def problems(text: str) -> list[tuple[str, str]]:
    """What is to be put right: where it leads, and what it says."""
    told = text.split('id="problems-title"', 1)[1].split("</ul>", 1)[0]
    return re.findall(r'<a href="#([\w-]+)">(.*?)</a>', told)


def test_a_signature_is_given_by_who_says_to_have_read(world: World, session: Session) -> None:
    write(world)
    reviewer, address = world.browser("reviewer"), "/timeline/phases/synthesis"
    sent = {"csrf_token": csrf(reviewer.get(address).get_data(as_text=True)), "number": "1", "post": "Chief"}
    answer = reviewer.post(f"{address}/signatures", data=sent)
    text = answer.get_data(as_text=True)
    told = "Please say that you have read this version: a signature cannot be taken back."
    assert (answer.status_code, problems(text)) == (422, [("q-read", told)])
    assert 'name="post" maxlength="200" dir="auto" value="Chief"' in text
    write(world, text="And more.", began=1)
    answer = reviewer.post(f"{address}/signatures", data=sent | {"read": "1"})
    told = "A newer version has been written since; please read that one and sign it."
    assert (answer.status_code, problems(answer.get_data(as_text=True))) == (409, [("q-sign", told)])
    session.rollback()
    assert session.scalars(sa.select(SignOff.post)).all() == []
    assert reviewer.post(f"{address}/signatures", data=sent | {"read": "1", "number": "2"}).status_code == 303
    session.rollback()
    assert session.scalars(sa.select(SignOff.post)).all() == ["Chief"]


def test_closing_early_asks_for_its_reason_beside_the_field(world: World, session: Session) -> None:
    lead, address = world.browser("lead"), "/timeline/phases/feedback"
    sent = {"csrf_token": csrf(lead.get(address).get_data(as_text=True)), "reason": " \n "}
    answer = lead.post(f"{address}/closing", data=sent)
    told = "The last day of this phase has not ended everywhere; to close it all the same, give a reason."
    text = answer.get_data(as_text=True)
    assert (answer.status_code, problems(text)) == (409, [("q-reason", told)])
    field = text.split('id="q-reason"', 1)[1].split("</div>", 1)[0]
    assert field.count(told) == 1
    assert 'aria-invalid="true" aria-describedby="reason-error"' in field
    assert lead.post(f"{address}/closing", data=sent | {"reason": "all have reported"}).status_code == 303
    assert session.scalars(sa.select(PhaseClosing.reason)).all() == ["all have reported"]
    row = lead.get("/timeline").get_data(as_text=True).split("phases/feedback", 1)[1].split("</tr>", 1)[0]
    [now] = re.findall(r'data-label="Now">(.*?)</td>', row)
    assert re.fullmatch(r"closed on record [^<]+", now)
    again = lead.post(f"{address}/closing", data=sent | {"reason": "once more"}).get_data(as_text=True)
    assert problems(again) == [("q-closed", "This phase is closed; its record stays as it is.")]


def test_what_was_typed_for_the_record_is_kept_when_it_cannot_close_yet(world: World) -> None:
    write(world)
    lead, address = world.browser("lead"), "/timeline/phases/synthesis"
    sent = {"csrf_token": csrf(lead.get(address).get_data(as_text=True)), "reason": "the board agreed"}
    answer = lead.post(f"{address}/closing", data=sent)
    text = answer.get_data(as_text=True)
    assert (answer.status_code, [where for where, _told in problems(text)]) == (409, ["q-close", "q-close"])
    assert re.findall(r'<textarea id="reason".*?>(.*?)</textarea>', text) == ["the board agreed"]


@pytest.mark.parametrize(
    ("title", "text", "where"), [("", "words", ["title"]), ("t", " \n", ["text"]), ("x" * 301, "", ["title", "text"])]
)
def test_a_text_has_a_title_and_words(world: World, title: str, text: str, where: list[str]) -> None:
    act = world.acting("lead")
    with pytest.raises(Invalid) as refusal:
        service.write(act, phases.phase(act.session, "2026", "synthesis"), Draft(title, text, "", 0))
    assert [problem.where for problem in refusal.value.problems] == where


def test_a_closed_phase_stays_as_it_is(world: World) -> None:
    close(world, "feedback")
    for refused in (lambda: write(world, "feedback"), lambda: close(world, "feedback")):
        with pytest.raises(NotNow, match="is closed"):
            refused()


def test_who_may_write_sign_and_close(world: World) -> None:
    act = world.acting("reviewer")
    found = phases.phase(act.session, "2026", "synthesis")
    with pytest.raises(Forbidden):
        service.write(act, found, Draft("t", "w", "", 0))
    with pytest.raises(Forbidden):
        service.close(act, found, "")
    act = world.acting("administrator")
    with pytest.raises(Forbidden):
        service.sign(act, phases.phase(act.session, "2026", "synthesis"), 1, "")


@pytest.mark.parametrize(
    ("table", "column"), [("deliverables", "text"), ("sign_offs", "post"), ("phase_closings", "reason")]
)
def test_the_record_cannot_be_changed(world: World, session: Session, table: str, column: str) -> None:
    close(world, "feedback")
    write(world)
    sign(world, "lead")
    for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET {column} = 'other'"):
        world.act(None)
        with pytest.raises(sa.exc.DBAPIError, match="append-only"):
            session.execute(sa.text(statement))
        session.rollback()


def test_the_page_of_a_phase_without_script(world: World) -> None:
    lead, reviewer = world.browser("lead"), world.browser("reviewer")
    address = "/timeline/phases/synthesis"
    page = lead.get(address).get_data(as_text=True)
    assert "There is no text yet; write what the phase delivers first." in page
    sent = {"csrf_token": csrf(page), "began": "0", "title": "Extended report", "text": "One **strong** word <script>"}
    wrong = lead.post(f"{address}/texts", data=sent | {"title": ""})
    assert (wrong.status_code, "One **strong** word &lt;script&gt;" in wrong.get_data(as_text=True)) == (422, True)
    assert lead.post(f"{address}/texts", data=sent).status_code == 303
    page = reviewer.get(address).get_data(as_text=True)
    assert "One <strong>strong</strong> word &lt;script&gt;" in page
    assert "Keep this version" not in page
    signing = {"csrf_token": csrf(page), "number": "1", "post": "Section chief", "read": "1"}
    assert reviewer.post(f"{address}/signatures", data=signing).status_code == 303
    assert "Section chief" in lead.get(address).get_data(as_text=True)
    refused = lead.post(f"{address}/closing", data={"csrf_token": csrf(lead.get(address).get_data(as_text=True))})
    assert refused.status_code == 409
    assert db.session.scalars(sa.select(SignOff.post)).all() == ["Section chief"]
    assert lead.get("/timeline/phases/none").status_code == 404
