"""Reads what was handed out with a day on which it is due, and which reminders of it and of remarks were sent."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import Session

from portal.db import AnyRow
from portal.models.accounts import Membership, User
from portal.models.outbox import CycleReminder
from portal.models.reports import Report
from portal.models.sharing import Handout, Reminder


def outstanding(session: Session, until: dt.date) -> list[AnyRow]:
    """What is in somebody's hands and due by this day: Handout, Report, in_office (the holder's role is in force).

    The rows of the reports are held until the end of the transaction, in the order in which everybody holds them.
    """
    waits = (Handout.settled_at.is_(None), Handout.returned_at.is_(None), Handout.due <= until)
    held = select(Report.id).where(exists().where(Handout.report_id == Report.id, *waits)).order_by(Report.id)
    ids = list(session.scalars(held.with_for_update()))
    in_office = (
        exists()
        .where(Membership.user_id == Handout.user_id, Membership.role == "contributor", Membership.ended_at.is_(None))
        .where(Membership.entity == Report.entity, User.id == Handout.user_id, User.active)
    )
    query = (
        select(Handout, Report, in_office.label("in_office"))
        .join(Report, Report.id == Handout.report_id)
        .where(Report.id.in_(ids), *waits)
        .order_by(Report.id, Handout.due, Handout.section, Handout.id)
    )
    return list(session.execute(query).all())


def sent(session: Session, handouts: Collection[uuid.UUID]) -> dict[uuid.UUID, set[str]]:
    """The reminders that were sent of these hand-outs, by hand-out."""
    found: dict[uuid.UUID, set[str]] = defaultdict(set)
    rows = session.execute(select(Reminder.handout_id, Reminder.kind).where(Reminder.handout_id.in_(handouts)))
    for handout, kind in rows:
        found[handout].add(kind)
    return found


def sent_of_remarks(session: Session, reports: Collection[uuid.UUID]) -> dict[uuid.UUID, set[str]]:
    """The marks of the reminders that the states of these reports were sent in their cycles, by report."""
    found: dict[uuid.UUID, set[str]] = defaultdict(set)
    of_the_report = and_(CycleReminder.cycle == Report.cycle, CycleReminder.entity == Report.entity)
    query = select(Report.id, CycleReminder.kind).join(CycleReminder, of_the_report).where(Report.id.in_(reports))
    for report, kind in session.execute(query):
        found[report].add(kind)
    return found


def leaders(session: Session, entities: Collection[str]) -> dict[str, list[uuid.UUID]]:
    """The active focal points of these entities, by entity."""
    found: dict[str, list[uuid.UUID]] = defaultdict(list)
    rows = session.execute(
        select(Membership.entity, Membership.user_id)
        .join(User, User.id == Membership.user_id)
        .where(Membership.entity.in_(sorted(entities)), Membership.role == "focal_point")
        .where(Membership.ended_at.is_(None), User.active)
        .order_by(Membership.entity, Membership.user_id)
    )
    for entity, user in rows:
        found[str(entity)].append(user)
    return found
