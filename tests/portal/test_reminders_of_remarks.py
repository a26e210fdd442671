"""Reminders of remarks: sent once while one waits for an answer, to those who lead the report, and to nobody else."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal import worker
from portal.models.accounts import Membership
from portal.models.events import Event, Notice
from portal.models.outbox import CycleReminder
from portal.models.remarks import Remark
from portal.models.reports import Report
from portal.rules.notices import RULES
from portal.services import reminders
from portal.services.steps import Order as StepOrder
from tests.factories import BLOCKERS, World, address
from tests.portal.test_notices import rows, told
from tests.portal.test_pages_drafting import counted, page
from tests.portal.test_remarks import BETTER, PROCESS, SUMMARY, gather, reply, sent, write

DUE = dt.date(2025, 7, 15)
LEADER = address("focal_point", "KAZ")
KINDS = "reminder.remarks.%"


def remind(world: World, day: int, month: int = 7) -> int:
    """Sends what is due at noon of this day in the last time zone."""
    count = reminders.send_of_remarks(world.act(None, dt.datetime(2025, month, day, 23, tzinfo=dt.UTC)))
    world.done()
    return count


def asked(world: World, *questions: str) -> tuple[Report, list[uuid.UUID]]:
    return sent(world, *questions or (SUMMARY, PROCESS), due=DUE)


def test_each_reminder_goes_once_to_those_who_lead(world: World, session: Session) -> None:
    asked(world)
    days = [(day, remind(world, day)) for day in (1, 7, 8, 9, 13, 14, 15, 16, 17, 30)]
    assert [day for day, count in days if count] == [8, 14, 16]
    assert told(session, KINDS) == [(f"reminder.remarks.{kind}", LEADER) for kind in ("week", "day", "after")]
    noted = session.scalars(select(CycleReminder.kind).order_by(CycleReminder.sent_at)).all()
    assert noted == [f"remarks.{kind} 2025-07-15 1" for kind in ("week", "day", "after")]
    record = session.scalars(select(Event.data).where(Event.kind == "remark.remind").order_by(Event.sequence)).all()
    assert record == [{"kind": kind, "remarks": 2, "due": "2025-07-15"} for kind in ("week", "day", "after")]


@pytest.mark.parametrize(
    "hindrance",
    ["explained", "changed", "not sent", "no day", "in clearance", "withdrawn", "practice", "role ended"],
)
def test_whom_no_reminder_reaches(world: World, session: Session, hindrance: str) -> None:
    if hindrance == "not sent":
        gather(world, world.report("KAZ", "in_review"), due=DUE)
    elif hindrance == "no day":
        sent(world, SUMMARY)
    else:
        report, [which] = asked(world, SUMMARY)
        if hindrance == "changed":
            write(world, report, SUMMARY, BETTER)
        if hindrance in ("explained", "changed", "in clearance"):
            reply(world, report, which, "changed" if hindrance == "changed" else "explained", "It is in paragraph 14.")
        if hindrance in ("in clearance", "withdrawn"):
            world.step(report, "ask" if hindrance == "in clearance" else "withdraw")
        act = world.act(None)
        if hindrance == "practice":
            act.session.execute(update(Report).values(practice=True))
        elif hindrance == "role ended":
            leader = world.person("focal_point", "KAZ").id
            world.act(None).session.execute(
                update(Membership).where(Membership.user_id == leader).values(ended_at=world.at)
            )
        world.done()
    for day in (8, 14, 16):
        remind(world, day)
    assert told(session, KINDS) == []


def test_one_whose_change_was_taken_back_is_reminded(world: World, session: Session) -> None:
    report, [which] = asked(world, SUMMARY)
    write(world, report, SUMMARY, BETTER)
    reply(world, report, which, "changed")
    assert remind(world, 8) == 0
    write(world, report, SUMMARY, BLOCKERS[SUMMARY])
    assert remind(world, 8) == 1
    assert told(session, KINDS) == [("reminder.remarks.week", LEADER)]


def test_the_reminder_counts_what_waits_and_a_next_round_is_reminded_of_anew(world: World, session: Session) -> None:
    report, [first, second] = asked(world)
    reply(world, report, first, "explained", "It is in paragraph 14.")
    remind(world, 8)
    reply(world, report, second, "declined", "The law forbids it.")
    for step in ("ask", "submit", "claim"):
        world.step(report, step)
    gather(world, report, due=DUE)
    world.step(report, "clarify", StepOrder(reason=""))
    assert (remind(world, 8), remind(world, 8)) == (1, 0)
    data = session.scalars(select(Notice.data).where(Notice.kind.like(KINDS)).order_by(Notice.at)).all()
    assert data == [{"remarks": 1, "due": "2025-07-15"}] * 2


def test_the_inbox_says_it_with_tact_and_leads_to_the_remarks_and_the_team_reads_nothing_of_it(world: World) -> None:
    report, _made = asked(world)
    for day in (8, 16):
        remind(world, day)
    seen = page(world.browser("focal_point", "KAZ"), "/inbox")
    assert (
        "Remarks of the reporting team that wait for an answer: 2. The answers are asked for by 15 July 2025." in seen
    )
    assert "The answers were asked for by 15 July 2025 and are as welcome after it" in seen
    assert seen.count(f'href="/reports/{report.id}/remarks"') == 3
    assert [word for word in ("overdue", "default", "failed", "too late") if word in seen.lower()] == []
    assert [row for row in rows(page(world.browser("lead"), "/notices/log")) if "wait for an answer" in row] == []
    assert not RULES["reminder.remarks.week"].shown


def test_any_number_of_remarks_is_read_with_the_same_statements(world: World) -> None:
    report, [which] = asked(world, SUMMARY)
    write(world, report, SUMMARY, BETTER)
    reply(world, report, which, "changed")
    with counted() as few:
        assert remind(world, 8) == 0
    other = world.report("KEN", "in_review")
    for question in (SUMMARY, PROCESS, "F.1/period"):
        gather(world, other, question, due=DUE)
    world.step(other, "clarify", StepOrder(reason=""))
    assert remind(world, 8) == 1
    with counted() as many:
        assert remind(world, 9) == 0
    assert len(many["statements"]) == len(few["statements"])


def test_the_command_and_the_worker_send_them(world: World, session: Session) -> None:
    sent(world, SUMMARY, due=dt.date(2025, 6, 16))
    world.act(None).session.execute(update(Remark).values(sent_at=world.at - dt.timedelta(days=30)))
    world.done()
    runner = world.app.test_cli_runner()
    assert runner.invoke(args=["reminders", "remarks"]).output == "A reminder of remarks was sent.\n"
    assert runner.invoke(args=["reminders", "remarks"]).output == "Reminders of remarks that were sent: 0.\n"
    assert told(session, KINDS) == [("reminder.remarks.day", LEADER)]
    assert reminders.send_of_remarks in worker.HOURLY
