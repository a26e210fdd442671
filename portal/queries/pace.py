"""Reads how a cycle goes: the days that states have stated, and the steps of the review."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.db import AnyRow
from portal.models.accounts import User
from portal.models.entities import Entity
from portal.models.events import Event
from portal.models.phases import Intention
from portal.models.reports import Report
from portal.queries.arrivals import REAL
from portal.queries.reports import SEEN
from portal.rules.minutes import KINDS


def stated(session: Session, cycle: str) -> list[AnyRow]:
    """The newest day that each state has stated and whose report has not been received, soonest first: entity, names,
    by_day, stated_at, counted (a member state or observer, as in what was received). A day taken back is none.
    """
    newest = (
        select(Intention.entity, func.max(Intention.stated_at).label("at"))
        .where(Intention.cycle == cycle)
        .group_by(Intention.entity)
        .subquery()
    )
    come = select(Report.entity).where(Report.cycle == cycle, Report.first_submitted_at.is_not(None))
    query = (
        select(
            Intention.entity, Entity.names, Intention.by_day, Intention.stated_at,
            Entity.status.in_(REAL).label("counted"),
        )
        .join(newest, (newest.c.entity == Intention.entity) & (newest.c.at == Intention.stated_at))
        .join(Entity, Entity.iso3 == Intention.entity)
        .where(Intention.cycle == cycle, Intention.by_day.is_not(None), Intention.entity.not_in(come))
        .order_by(Intention.by_day, Intention.entity)
    )  # fmt: skip
    return list(session.execute(query).all())


def stated_day(session: Session, cycle: str, entity: str) -> dt.date | None:
    """The day that this state has stated last; None before the first, or when it was taken back."""
    query = select(Intention.by_day).where(Intention.cycle == cycle, Intention.entity == entity)
    return session.scalars(query.order_by(Intention.stated_at.desc()).limit(1)).first()


def standing(session: Session, cycle: str) -> list[AnyRow]:
    """Where the received reports of member states and observers stand, as the reporting team may know it: id, state."""
    query = (
        select(Report.id, SEEN.label("state"))
        .join(Entity, Entity.iso3 == Report.entity)
        .where(Report.cycle == cycle, Report.first_submitted_at.is_not(None), Report.practice.is_(False))
        .where(Entity.status.in_(REAL))
    )
    return list(session.execute(query).all())


def lives(session: Session, cycle: str) -> list[AnyRow]:
    """The received reports of a cycle by name: id, entity, name_en, names, state, assigned_to, assigned_name,
    first_submitted_at.
    """
    query = (
        select(
            Report.id, Report.entity, Entity.name_en, Entity.names, SEEN.label("state"), Report.assigned_to,
            User.name.label("assigned_name"), Report.first_submitted_at,
        )
        .join(Entity, Entity.iso3 == Report.entity)
        .outerjoin(User, User.id == Report.assigned_to)
        .where(Report.cycle == cycle, Report.first_submitted_at.is_not(None), Report.practice.is_(False))
        .order_by(Entity.name_en, Report.id)
    )  # fmt: skip
    return list(session.execute(query).all())


def steps(session: Session, cycle: str) -> list[AnyRow]:
    """The steps of the received reports of a cycle that the reporting team knows of, in their order: report_id, kind,
    at, actor. The chain of events is what tells the times: it cannot be changed unseen.
    """
    query = (
        select(Event.report_id, Event.kind, Event.at, Event.actor)
        .join(Report, Report.id == Event.report_id)
        .where(Report.cycle == cycle, Report.first_submitted_at.is_not(None), Report.practice.is_(False))
        .where(Event.kind.in_(KINDS))
        .order_by(Event.sequence)
    )
    return list(session.execute(query).all())
