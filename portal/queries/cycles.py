"""Reads cycles, their phases, and entities."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from forms.words import N_
from portal.models.cycles import Cycle, Phase
from portal.models.entities import Entity
from portal.models.reports import Report
from portal.rules.refusals import Missing
from portal.rules.timeline import PhaseDates

MEMBER, OBSERVER = "member", "observer"
NO_CYCLE = N_("There is no such cycle.")


def cycles(session: Session) -> list[Cycle]:
    """Every cycle that counts, newest first."""
    return list(session.scalars(select(Cycle).where(Cycle.practice_of.is_(None)).order_by(Cycle.key.desc())))


def cycle(session: Session, key: str) -> Cycle:
    """The cycle with this key, one to practise in as well; Missing when there is none."""
    found = session.get(Cycle, key)
    if found is None:
        raise Missing(NO_CYCLE)
    return found


def counting(session: Session, key: str) -> Cycle:
    """The cycle with this key as everybody may know it; Missing when there is none, or one to practise in."""
    found = cycle(session, key)
    if found.practice_of is not None:
        raise Missing(NO_CYCLE)
    return found


def current(session: Session) -> Cycle:
    """The newest cycle that counts; Missing before the first is opened."""
    counted = select(Cycle).where(Cycle.practice_of.is_(None))
    found = session.scalars(counted.order_by(Cycle.opened_at.desc(), Cycle.key.desc()).limit(1)).first()
    if found is None:
        raise Missing(N_("No reporting cycle has been opened yet."))
    return found


def phases(session: Session, key: str) -> list[PhaseDates]:
    """The phases of a cycle in their order."""
    rows = session.scalars(select(Phase).where(Phase.cycle == key).order_by(Phase.position))
    return [PhaseDates(row.key, row.title, row.opens, row.closes, row.delivers) for row in rows]


@dataclass(frozen=True)
class Received:
    """How many reports of member states and observers were received, and how many of both there are."""

    reports: int
    members: int
    observers: int

    @property
    def of(self) -> int:
        return self.members + self.observers


def received(session: Session, key: str) -> Received:
    """What was received in this cycle; demonstration entities are not counted."""
    query = (
        select(Entity.status, func.count(), func.count(Report.first_submitted_at))
        .outerjoin(Report, and_(Report.entity == Entity.iso3, Report.cycle == key))
        .where(Entity.status.in_([MEMBER, OBSERVER]))
        .group_by(Entity.status)
    )
    found = {status: (of, reports) for status, of, reports in session.execute(query)}
    members, observers = (found.get(status, (0, 0)) for status in (MEMBER, OBSERVER))
    return Received(members[1] + observers[1], members[0], observers[0])


def entities(session: Session, status: str | None = None) -> list[Entity]:
    """Entities by their English name."""
    query = select(Entity).order_by(Entity.name_en)
    return list(session.scalars(query.where(Entity.status == status) if status else query))


def entity(session: Session, iso3: str) -> Entity:
    """The entity with this code; Missing when there is none."""
    found = session.get(Entity, iso3.upper())
    if found is None:
        raise Missing(N_("There is no entity with this code."))
    return found
