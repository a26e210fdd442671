"""Reads what has been received, and what the public may know of a state's report."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from portal.db import AnyRow
from portal.models.cycles import Cycle
from portal.models.entities import Entity
from portal.models.reports import Report
from portal.models.review import Publication
from portal.queries.reports import SEEN

REAL = ("member", "observer")


def by_region(session: Session, cycle: str) -> list[AnyRow]:
    """For each region of member states and observers: region, how many reports were received, of how many entities."""
    joined = and_(Report.entity == Entity.iso3, Report.cycle == cycle)
    return list(
        session.execute(
            select(Entity.region, func.count(Report.first_submitted_at).label("received"), func.count().label("of"))
            .outerjoin(Report, joined)
            .where(Entity.status.in_(REAL))
            .group_by(Entity.region)
            .order_by(Entity.region)
        ).all()
    )


def moments(session: Session, cycle: str) -> list[tuple[str, dt.datetime]]:
    """The region and the moment of the first submission of each member state and observer in this cycle, in order."""
    query = (
        select(Entity.region, Report.first_submitted_at)
        .join(Entity, Entity.iso3 == Report.entity)
        .where(Report.cycle == cycle, Report.first_submitted_at.is_not(None), Entity.status.in_(REAL))
    )
    rows = session.execute(query.order_by(Report.first_submitted_at))
    return [(region, moment) for region, moment in rows if moment is not None]


def by_state(session: Session, cycle: str) -> dict[str, int]:
    """How many received reports stand in each state, as the reporting team may know it."""
    query = select(SEEN.label("state"), func.count()).where(
        Report.cycle == cycle, Report.first_submitted_at.is_not(None), Report.practice.is_(False)
    )
    return {str(state): count for state, count in session.execute(query.group_by(SEEN))}


def of_entity(session: Session, iso3: str) -> list[AnyRow]:
    """The cycles of an entity, newest first, with the public facts alone.

    Each has key, label, id, announced, first_submitted_at, state and published_at (None unless it is published now).
    """
    report = and_(Report.cycle == Cycle.key, Report.entity == iso3)
    in_force = and_(Publication.report_id == Report.id, Publication.ended_at.is_(None))
    columns = (Cycle.key, Cycle.label, Report.id, Report.announced, Report.first_submitted_at, Report.state)
    query = select(*columns, Publication.published_at).outerjoin(Report, report).outerjoin(Publication, in_force)
    query = query.where(Cycle.practice_of.is_(None))
    return list(session.execute(query.order_by(Cycle.opened_at.desc(), Cycle.key.desc())).all())
