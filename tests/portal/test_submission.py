"""Clearance and submission: frozen versions, receipts, the same receipt for the same request, and the chain of
events.
"""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.config import ROOT
from portal.http.context import signer
from portal.models.events import Event, Notice
from portal.models.reports import Report, Version
from portal.queries import reports
from portal.rules.refusals import Forbidden, Invalid, NotNow
from portal.services import audit, drafting, submission
from portal.services.steps import Order
from tests.factories import World


def clearing(world: World) -> Report:
    return world.report(state="clearing")


def test_a_submission_freezes_a_version_that_the_verifier_accepts(
    world: World, session: Session, tmp_path: Path
) -> None:
    report = clearing(world)
    world.step(report, "submit")
    version = reports.version(session, report.id, 1)
    (tmp_path / "receipt.json").write_bytes(version.receipt)
    (tmp_path / "version.json").write_bytes(version.document)
    command = [sys.executable, "-m", "portal.verify", str(tmp_path / "receipt.json"), str(tmp_path / "version.json")]
    assert subprocess.run(command, cwd=ROOT, capture_output=True).returncode == 0
    (tmp_path / "version.json").write_bytes(version.document.replace(b"Ministry", b"ministry"))
    assert subprocess.run(command, cwd=ROOT, capture_output=True).returncode == 1


def test_what_was_written_stands_in_the_version(world: World, session: Session) -> None:
    report = clearing(world)
    world.step(report, "submit")
    document = json.loads(reports.version(session, report.id, 1).document)
    values = {answer["question"]: answer["value"] for answer in document["answers"]}
    assert values["F.2/summary"] == "Where the country stands.\n\nWhat comes next."
    assert (document["entity"], document["number"], document["submitted_by"]) == ("KAZ", 1, "certifier")
    assert document["submitted_at"] == "2025-06-16T09:00:00.000000Z"


def test_approving_the_same_request_twice_gives_the_same_receipt(world: World, session: Session) -> None:
    report = clearing(world)
    request = reports.open_clearance(session, report.id)
    assert request is not None
    order = Order(request=request.id)
    receipts = []
    for minute in (0, 1):
        act = world.acting("certifier", "KAZ", world.at + dt.timedelta(minutes=minute))
        mine = reports.get(act.session, report.id, lock=True)
        receipts.append(bytes(submission.submit(act, mine, order, signer()).receipt))
        world.done()
    assert receipts[0] == receipts[1]
    assert session.scalar(sa.select(sa.func.count()).select_from(Version)) == 1


def test_who_asked_cannot_approve(world: World, session: Session) -> None:
    report = world.report()
    world.fill(world.acting("focal_point", "KAZ"), report)
    world.done()
    act = world.act(None)
    from portal.services import accounts

    accounts.add(act, "focal.point.kaz@example.org", "certifier", "KAZ", "not used because known")
    world.done()
    world.step(report, "ask")
    act = world.acting("focal_point", "KAZ")
    with pytest.raises(NotNow) as refusal:
        submission.submit(act, reports.get(act.session, report.id, lock=True), Order(), signer())
    assert refusal.value.reasons == [
        "The person who asked for clearance cannot approve it: preparing and certifying are acts of two people."
    ]


def test_a_contributor_cannot_submit(world: World) -> None:
    report = clearing(world)
    act = world.acting("contributor", "KAZ")
    with pytest.raises(Forbidden):
        submission.submit(act, reports.get(act.session, report.id, lock=True), Order(), signer())


def test_a_draft_with_blockers_is_not_cleared(world: World) -> None:
    report = world.report()
    with pytest.raises(NotNow) as refusal:
        world.step(report, "ask")
    assert len(refusal.value.reasons) == 1


def test_declining_needs_a_reason(world: World, session: Session) -> None:
    report = clearing(world)
    with pytest.raises(Invalid) as refusal:
        world.step(report, "decline", Order(reason=" "))
    assert [problem.where for problem in refusal.value.problems] == ["reason"]
    world.step(report, "decline", Order(reason="The figures of 2023 are missing."))
    assert reports.get(session, report.id).state == "preparing"


def test_the_first_submission_date_never_moves(world: World, session: Session) -> None:
    report = world.report(state="clarifying")
    first = report.first_submitted_at
    act = world.acting("focal_point", "KAZ")
    locked = reports.get(act.session, report.id, lock=True)
    drafting.save(act, locked, drafting.Given("F.2/summary", "en", "A corrected summary.", 1))
    world.done()
    later = dt.datetime(2025, 8, 1, tzinfo=dt.UTC)
    world.step(report, "ask", at=later)
    world.step(report, "submit", at=later)
    again = reports.get(session, report.id)
    assert (again.first_submitted_at, again.versions, again.state) == (first, 2, "submitted")
    receipt = json.loads(reports.version(session, report.id, 2).receipt)
    assert receipt["statement"]["timing"] == "after_deadline"
    assert receipt["statement"]["deadline"] == "2025-07-02T12:00:00.000000Z"


def test_a_clarification_without_a_change_is_not_sent_again(world: World) -> None:
    report = world.report(state="clarifying")
    with pytest.raises(NotNow) as refusal:
        world.step(report, "ask")
    assert refusal.value.reasons == ["Nothing has changed since the last submitted version."]


@pytest.mark.parametrize("table", ["versions", "events", "answer_revisions", "consents", "editions"])
def test_frozen_rows_cannot_be_changed_or_removed(world: World, session: Session, table: str) -> None:
    world.report(state="published")
    for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET {_column(table)} = {_column(table)}"):
        world.act(None)
        with pytest.raises(sa.exc.DBAPIError, match="append-only"):
            session.execute(sa.text(statement))
        session.rollback()


def _column(table: str) -> str:
    return {"versions": "digest", "events": "digest", "editions": "digest"}.get(table, "report_id")


def _thaw(session: Session) -> None:
    """Takes the guard off the events, as whoever owns the database could."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(sa.text("DROP TRIGGER events_no_update"))
        session.execute(sa.text("DROP TRIGGER events_no_delete"))
    else:
        session.execute(sa.text("ALTER TABLE events DISABLE TRIGGER ALL"))


@pytest.mark.parametrize(
    ("attack", "told"),
    [
        ("UPDATE events SET kind = 'changed' WHERE sequence = 3", "Event 3 (changed) has been changed."),
        ("DELETE FROM events WHERE sequence = 3", "Event 3 is missing: the next one is event 4."),
    ],
)
def test_the_chain_shows_where_it_was_broken(world: World, session: Session, attack: str, told: str) -> None:
    world.report(state="submitted")
    assert audit.verify(session).broken is None
    world.act(None)
    _thaw(session)
    session.execute(sa.text(attack))
    world.done()
    assert audit.verify(session).broken == told


def test_a_cut_tail_is_seen(world: World, session: Session) -> None:
    world.report(state="submitted")
    last = audit.verify(session).events
    world.act(None)
    _thaw(session)
    session.execute(sa.delete(Event).where(Event.sequence == last))
    world.done()
    told = audit.verify(session).broken or ""
    assert told.startswith(f"The chain ends at event {last - 1}, but its head says event {last}")


def test_nobody_is_told_of_the_own_act(world: World, session: Session) -> None:
    report = world.report(state="submitted")
    certifier = world.person("certifier", "KAZ")
    told = session.scalars(sa.select(Notice.kind).where(Notice.user_id == certifier.id, Notice.report_id == report.id))
    assert sorted(told) == ["report.ask", "report.start"]
