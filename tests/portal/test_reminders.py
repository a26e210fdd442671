"""Reminders of what was handed out: sent once, to those whom they concern, and to nobody else."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal import worker
from portal.models.accounts import Membership, User
from portal.models.events import Event, Notice
from portal.models.sharing import Handout, Reminder
from portal.services import reminders
from tests.factories import World, address
from tests.portal.test_comments import hand_out
from tests.portal.test_pages_drafting import counted, page

DUE = dt.date(2025, 7, 15)
HOLDER, LEADER = address("contributor", "KAZ"), address("focal_point", "KAZ")


def send(world: World, day: int, month: int = 7) -> int:
    """Sends what is due at noon of this day in the last time zone."""
    count = reminders.send(world.act(None, dt.datetime(2025, month, day, 23, 0, tzinfo=dt.UTC)))
    world.done()
    return count


def told(session: Session) -> list[tuple[str, str]]:
    """Every notice of a reminder: its kind, and whom it went to."""
    session.rollback()
    query = select(Notice.kind, User.email).join(User, User.id == Notice.user_id).where(Notice.kind.like("reminder.%"))
    return [(row.kind, row.email) for row in session.execute(query.order_by(Notice.at, Notice.kind, User.email))]


def test_each_reminder_goes_once_to_whom_it_concerns(world: World, session: Session) -> None:
    hand_out(world, world.report(), "F.2", due=DUE)
    sent = [(day, send(world, day)) for day in (1, 7, 8, 9, 13, 14, 15, 16, 17, 30)]
    assert [day for day, count in sent if count] == [8, 14, 16]
    assert told(session) == [
        ("reminder.week.holder", HOLDER),
        ("reminder.day.holder", HOLDER),
        ("reminder.after.holder", HOLDER),
        ("reminder.after.leaders", LEADER),
    ]
    kinds = session.scalars(select(Reminder.kind).order_by(Reminder.sent_at)).all()
    assert kinds == ["week 2025-07-15", "day 2025-07-15", "after 2025-07-15"]
    logged = session.scalars(select(Event.data).where(Event.kind == "reminder.send").order_by(Event.sequence)).all()
    assert [(data["kind"], data["section"], data["due"]) for data in logged] == [
        (kind, "F.2", "2025-07-15") for kind in ("week", "day", "after")
    ]


@pytest.mark.parametrize(
    "hindrance", ["handed back", "settled", "role ended", "account closed", "left drafting", "no date", "other state"]
)
def test_whom_no_reminder_reaches(world: World, session: Session, hindrance: str) -> None:
    report = world.report()
    changed: dict[str, Any] = {"due": None if hindrance == "no date" else DUE}
    changed |= {"returned_at": world.at} if hindrance == "handed back" else {}
    changed |= {"settled_at": world.at, "outcome": "withdrawn"} if hindrance == "settled" else {}
    hand_out(world, report, "F.2", **changed)
    if hindrance == "left drafting":
        world.fill(world.acting("focal_point", "KAZ"), report)
        world.done()
        world.step(report, "ask")
    holder = world.person("contributor", "KAZ").id
    act = world.act(None)
    if hindrance == "role ended":
        act.session.execute(update(Membership).where(Membership.user_id == holder).values(ended_at=world.at))
    elif hindrance == "account closed":
        act.session.execute(update(User).where(User.id == holder).values(active=False))
    elif hindrance == "other state":
        act.session.execute(update(Membership).where(Membership.user_id == holder).values(entity="KEN"))
    world.done()
    for day in (8, 14, 16):
        send(world, day)
    still_missed = hindrance in {"role ended", "account closed", "other state"}
    assert told(session) == ([("reminder.after.leaders", LEADER)] if still_missed else [])


def test_one_who_handed_back_is_not_reminded_again(world: World, session: Session) -> None:
    handout = hand_out(world, world.report(), "F.2", due=DUE)
    send(world, 8)
    world.act(None).session.execute(update(Handout).where(Handout.id == handout).values(returned_at=world.at))
    world.done()
    assert (send(world, 14), send(world, 16)) == (0, 0)
    assert told(session) == [("reminder.week.holder", HOLDER)]


def test_each_state_is_told_of_its_own(world: World, session: Session) -> None:
    hand_out(world, world.report("KAZ"), "F.2", due=DUE)
    hand_out(world, world.report("KEN"), "F.3", due=DUE)
    assert send(world, 16) == 2
    assert [email for kind, email in told(session) if kind == "reminder.after.leaders"] == [
        address("focal_point", "KAZ"),
        address("focal_point", "KEN"),
    ]


def test_the_inbox_says_it_with_tact_and_leads_there(world: World) -> None:
    report = world.report()
    hand_out(world, report, "F.2", due=DUE)
    for day in (8, 16):
        send(world, day)
    seen = page(world.browser("contributor", "KAZ"), "/inbox")
    assert "Section F.2 is in your hands; the focal point counts on it by 15 July 2025." in seen
    assert "Section F.2 is in your hands still; it was asked for by 15 July 2025." in seen
    assert f'href="/reports/{report.id}/sections/F.2"' in seen
    assert "Section F.2 has not come back yet" in page(world.browser("focal_point", "KAZ"), "/inbox")
    assert [word for word in ("overdue", "late", "fail") if word in seen.lower().replace("latest", "")] == []


def test_any_number_of_hand_outs_is_read_with_the_same_statements(world: World) -> None:
    report = world.report()
    for section in ("F.1", "F.2"):
        hand_out(world, report, section, due=DUE)
    send(world, 16)
    with counted() as few:
        send(world, 17)
    for section in ("F.3", "F.4", "A.1", "A.2"):
        hand_out(world, report, section, due=DUE)
    send(world, 18)
    with counted() as many:
        assert send(world, 19) == 0
    assert len(many["statements"]) == len(few["statements"])


def test_the_command_sends_once(world: World, session: Session) -> None:
    hand_out(world, world.report(), "F.2", due=dt.date(2025, 6, 16))
    world.act(None).session.execute(update(Handout).values(handed_out_at=world.at - dt.timedelta(days=30)))
    world.done()
    runner = world.app.test_cli_runner()
    assert runner.invoke(args=["reminders", "send"]).output == "A reminder was sent of 1 hand-out.\n"
    assert runner.invoke(args=["reminders", "send"]).output == "Reminders were sent of 0 hand-outs.\n"
    assert len(told(session)) == 1


def test_the_worker_sends_them(world: World, session: Session) -> None:
    hand_out(world, world.report(), "F.2", due=dt.date(2025, 6, 16))
    world.act(None).session.execute(update(Handout).values(handed_out_at=world.at - dt.timedelta(days=30)))
    world.done()
    assert world.app.test_cli_runner().invoke(args=["worker", "--once"]).exit_code == 0
    assert [kind for kind, _email in told(session)] == ["reminder.day.holder"]
    assert reminders.send in worker.HOURLY


def test_reports_are_held_before_their_hand_outs_are_read(world: World, session: Session) -> None:
    hand_out(world, world.report(), "F.2", due=DUE)
    with counted() as seen:
        send(world, 16)
    first = next(sql for sql in seen["statements"] if "FROM reports" in sql and "SELECT" in sql)
    assert ("FOR UPDATE" in first) is (session.get_bind().dialect.name == "postgresql")
