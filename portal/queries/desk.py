"""Reads what waits for a person: the own state's reports, the team's queue in numbers, the own last acts."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, selectinload

from portal.db import AnyRow
from portal.models.cycles import Cycle
from portal.models.entities import Entity
from portal.models.events import Event
from portal.models.reports import Answer, Report
from portal.models.review import Consent

OF_THE_DOOR = ("login", "logout")


def of_entities(session: Session, codes: Collection[str]) -> list[AnyRow]:
    """The reports of these entities with their open hand-outs, newest cycle first: Report, names, label of the cycle,
    consented version.
    """
    if not codes:
        return []
    agreed = and_(Consent.report_id == Report.id, Consent.version == Report.versions, Consent.number == 1)
    query = (
        select(Report, Entity.names, Cycle.label, Consent.version.label("consented"))
        .join(Entity, Entity.iso3 == Report.entity)
        .join(Cycle, Cycle.key == Report.cycle)
        .outerjoin(Consent, agreed)
        .where(Report.entity.in_(sorted(codes)))
        .options(selectinload(Report.handouts))
        .order_by(Report.cycle.desc(), Report.entity)
    )
    return list(session.execute(query).all())


def entity_names(session: Session, codes: Collection[str]) -> dict[str, dict[str, str]]:
    """The names of these entities by code."""
    if not codes:
        return {}
    rows = session.execute(
        select(Entity.iso3, Entity.names).where(Entity.iso3.in_(sorted(codes))).order_by(Entity.iso3)
    )
    return {row.iso3: row.names for row in rows}


def values_of(session: Session, report_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[tuple[str, str], Any]]:
    """The answers of several drafts, by report, then by (question, language)."""
    held: dict[uuid.UUID, dict[tuple[str, str], Any]] = {report_id: {} for report_id in report_ids}
    if held:
        columns = select(Answer.report_id, Answer.question, Answer.language, Answer.value)
        for row in session.execute(columns.where(Answer.report_id.in_(list(held)))):
            held[row.report_id][row.question, row.language] = row.value
    return held


def team_counts(session: Session, person: uuid.UUID) -> AnyRow:
    """How many received reports wait: `unclaimed`, `mine` in review, `answered` (submitted again to this reviewer),
    `agreed` (accepted, with the state's consent)."""
    agreed = and_(Consent.report_id == Report.id, Consent.version == Report.versions, Consent.number == 1)
    return session.execute(
        select(
            func.count().filter(Report.state == "submitted", Report.assigned_to.is_(None)).label("unclaimed"),
            func.count().filter(Report.state == "submitted", Report.assigned_to == person).label("answered"),
            func.count().filter(Report.state == "in_review", Report.assigned_to == person).label("mine"),
            func.count().filter(Report.state == "accepted", Consent.version.is_not(None)).label("agreed"),
        )
        .select_from(Report)
        .outerjoin(Consent, agreed)
        .where(Report.first_submitted_at.is_not(None))
    ).one()


def acts_of(session: Session, person: uuid.UUID, limit: int = 8) -> list[AnyRow]:
    """What a person did last, log-in and log-out aside: at, kind, data, report_id, names of the entity."""
    query = (
        select(Event.at, Event.kind, Event.data, Event.report_id, Entity.names)
        .outerjoin(Entity, Entity.iso3 == Event.entity)
        .where(Event.actor == person, Event.kind.not_in(OF_THE_DOOR))
        .order_by(Event.sequence.desc())
        .limit(limit)
    )
    return list(session.execute(query).all())
