"""More time for one country: asked for, answered, shown to it and to the team alone; no time of a submission moves."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.db import db
from portal.models.events import Event, Notice
from portal.models.phases import Extension
from portal.models.reports import Report
from portal.queries import colleagues, extensions, reports
from portal.rules.refusals import Forbidden, Invalid, NotNow
from portal.services import drafting
from portal.services import extensions as service
from portal.services.submission import received
from tests.factories import World, csrf

UNTIL = dt.date(2025, 7, 15)
DEADLINE = dt.datetime(2025, 7, 2, 12, tzinfo=dt.UTC)
WITHIN = "within an extension to 15 July 2025"


def asked(world: World, entity: str = "KAZ", until: dt.date | None = UNTIL, reason: str = "an election") -> uuid.UUID:
    act = world.acting("focal_point", entity)
    made = service.ask(act, colleagues.office(act.session, entity), until, reason).id
    world.done()
    return made


def answered(world: World, of: uuid.UUID, until: dt.date | None = UNTIL, words: str = "") -> None:
    act = world.acting("lead")
    service.answer(act, extensions.extension(act.session, of, lock=True), until, words)
    world.done()


def received_at(world: World, entity: str, at: dt.datetime) -> Report:
    """A report that was submitted at this moment."""
    report = world.report(entity, "clearing")
    world.step(report, "submit", at=at)
    return reports.get(db.session, report.id)


def test_a_request_and_its_answer_are_recorded_and_told(world: World, session: Session) -> None:
    answered(world, asked(world), words="as asked")
    row = session.scalars(sa.select(Extension)).one()
    assert (row.until, row.answer, row.wanted_until, row.reason) == (UNTIL, "as asked", UNTIL, "an election")
    kinds = ["extension.ask", "extension.give"]
    told = session.execute(
        sa.select(Event.kind, Event.entity).where(Event.kind.in_(kinds)).order_by(Event.sequence)
    ).all()
    assert [tuple(one) for one in told] == [("extension.ask", "KAZ"), ("extension.give", "KAZ")]
    notices = session.execute(sa.select(Notice.kind, Notice.user_id).where(Notice.kind.in_(kinds))).all()
    people = {world.person("focal_point", "KAZ").id, world.person("certifier", "KAZ").id}
    assert {one.user_id for one in notices if one.kind == "extension.give"} == people
    assert {one.user_id for one in notices if one.kind == "extension.ask"} == {world.person("lead").id}


@pytest.mark.parametrize(
    ("until", "reason", "where"),
    [
        (UNTIL, "  ", ["reason"]),
        (None, "an election", ["wanted_until"]),
        (dt.date(2025, 7, 1), "an election", ["wanted_until"]),
        (dt.date(2026, 6, 1), "an election", ["wanted_until"]),
        (None, "", ["wanted_until", "reason"]),
        (UNTIL, "x" * 4001, ["reason"]),
    ],
)
def test_a_request_needs_a_reason_and_a_day_in_the_cycle(
    world: World, until: dt.date | None, reason: str, where: list[str]
) -> None:
    with pytest.raises(Invalid) as refusal:
        asked(world, until=until, reason=reason)
    assert [problem.where for problem in refusal.value.problems] == where


def test_one_request_at_a_time_and_one_answer(world: World) -> None:
    first = asked(world)
    with pytest.raises(NotNow, match="waits for its answer"):
        asked(world)
    with pytest.raises(Invalid, match="reason"):
        answered(world, first, until=None)
    answered(world, first, until=None, words="the synthesis begins")
    with pytest.raises(NotNow, match="answered already"):
        answered(world, first)
    assert asked(world) != first


def test_what_has_been_received_needs_no_more_time(world: World) -> None:
    world.report("KAZ", "submitted")
    with pytest.raises(NotNow, match="has been received"):
        asked(world)


@pytest.mark.parametrize(("role", "entity"), [("contributor", "KAZ"), ("focal_point", "KEN"), ("reviewer", None)])
def test_only_the_focal_point_of_the_country_asks(world: World, role: str, entity: str | None) -> None:
    act = world.acting(role, entity)
    with pytest.raises(Forbidden):
        service.ask(act, colleagues.office(act.session, "KAZ"), UNTIL, "an election")


def test_only_the_lead_answers(world: World) -> None:
    of = asked(world)
    for role, entity in (("reviewer", None), ("focal_point", "KAZ"), ("administrator", None)):
        act = world.acting(role, entity)
        with pytest.raises(Forbidden):
            service.answer(act, extensions.extension(act.session, of), UNTIL, "")


def test_the_label_is_the_countrys_own_and_the_deadline_of_all_stays(world: World) -> None:
    answered(world, asked(world))
    at = DEADLINE + dt.timedelta(days=1)
    ours, others = received_at(world, "KAZ", at), received_at(world, "KEN", at)
    team = world.browser("reviewer")
    queue = team.get("/review").get_data(as_text=True)
    assert queue.count(WITHIN) == 1
    shown = {
        report.entity: WITHIN in team.get(f"/review/{report.id}").get_data(as_text=True) for report in (ours, others)
    }
    assert shown == {"KAZ": True, "KEN": False}
    version = world.browser("focal_point", "KAZ").get(f"/reports/{ours.id}/versions/1").get_data(as_text=True)
    assert WITHIN in version
    act = world.acting("lead")
    assert received(act, reports.get(act.session, ours.id), at) == (DEADLINE, "after_deadline")


def test_an_extension_given_after_the_submission_moves_no_time_and_no_receipt(world: World) -> None:
    of = asked(world)
    report = received_at(world, "KAZ", DEADLINE)
    before = reports.version(db.session, report.id, 1)
    kept = (before.receipt, before.submitted_at, report.first_submitted_at)
    answered(world, of)
    after = reports.version(db.session, report.id, 1)
    assert (after.receipt, after.submitted_at, reports.get(db.session, report.id).first_submitted_at) == kept


def test_nothing_of_it_is_public(world: World) -> None:
    answered(world, asked(world), words="between us")
    report = received_at(world, "KAZ", DEADLINE)
    for step in ("claim", "check", "accept", "consent", "publish"):
        world.step(report, step)
    client = world.app.test_client()
    for address in ("/", "/timeline", "/timeline.ics", "/entities/KAZ", f"/published/{report.id}"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert "xtension to" not in answer.get_data(as_text=True), address
    assert client.get("/entities/KAZ/extension").status_code == 302
    assert world.browser("focal_point", "KEN").get("/entities/KAZ/extension").status_code == 403


@pytest.mark.parametrize("moved", ["'2025-06-30 00:00:00'", "NULL"])
def test_no_command_moves_the_first_submission(world: World, session: Session, moved: str) -> None:
    report = received_at(world, "KAZ", DEADLINE)
    statement = f"UPDATE reports SET first_submitted_at = {moved} WHERE entity = 'KAZ'"
    world.act(None)
    with pytest.raises(sa.exc.DBAPIError, match="set once"):
        session.execute(sa.text(statement))
    session.rollback()
    assert reports.get(session, report.id).first_submitted_at == DEADLINE


def test_no_service_moves_it_either(world: World, session: Session) -> None:
    report = received_at(world, "KAZ", DEADLINE)
    act = world.acting("lead")
    reports.get(act.session, report.id).first_submitted_at = DEADLINE - dt.timedelta(days=9)
    with pytest.raises(sa.exc.DBAPIError, match="set once"):
        session.flush()
    session.rollback()


def test_a_later_version_leaves_the_first_date(world: World, session: Session) -> None:
    report = received_at(world, "KAZ", DEADLINE)
    later = DEADLINE + dt.timedelta(days=40)
    for step in ("withdraw", "reopen"):
        world.step(report, step, at=later)
    act = world.acting("focal_point", "KAZ", later)
    held = reports.get(act.session, report.id, lock=True)
    question = reports.answers(act.session, report.id)["F.3/process", "en"]
    drafting.save_section(act, held, [drafting.Given("F.3/process", "en", "Who wrote, once more.", question.revision)])
    world.done()
    for step in ("ask", "submit"):
        world.step(report, step, at=later)
    submitted = [version.submitted_at for version in reports.versions(session, report.id)]
    assert submitted == [DEADLINE, later]
    assert reports.get(session, report.id).first_submitted_at == DEADLINE


def test_the_pages_ask_and_answer_without_script(world: World) -> None:
    country, lead = world.browser("focal_point", "KAZ"), world.browser("lead")
    address = "/entities/KAZ/extension"
    token = csrf(country.get(address).get_data(as_text=True))
    sent = {"csrf_token": token, "wanted_until": "2025-07-15", "reason": ""}
    wrong = country.post(address, data=sent)
    assert (wrong.status_code, "2025-07-15" in wrong.get_data(as_text=True)) == (422, True)
    assert country.post(address, data=sent | {"reason": "an election"}).status_code == 303
    listing = lead.get("/timeline/extensions").get_data(as_text=True)
    assert listing.count("an election") == 1
    (of,) = (row.id for row in extensions.of_entity(db.session, "2026", "KAZ"))
    db.session.rollback()
    answer = {"csrf_token": csrf(listing), "answer": "give", "until": "no day", "words": "gladly"}
    again = lead.post(f"/timeline/extensions/{of}", data=answer)
    assert (again.status_code, "gladly" in again.get_data(as_text=True)) == (422, True)
    assert lead.post(f"/timeline/extensions/{of}", data=answer | {"until": "2025-07-10"}).status_code == 303
    page = country.get(address).get_data(as_text=True)
    assert "more time until the end of 10 July 2025" in page
    inbox = country.get("/inbox").get_data(as_text=True)
    assert "Your country has been given more time, until 10 July 2025." in inbox
    assert f'href="{address}"' in inbox
