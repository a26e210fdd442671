"""Reads the record: what was done to a report, the chain, and a person's notices."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.db import AnyRow
from portal.models.accounts import User
from portal.models.entities import Entity
from portal.models.events import ChainHead, Event, Notice
from portal.models.reports import Report


def events(session: Session, report_id: uuid.UUID, kinds: tuple[str, ...] = ()) -> list[AnyRow]:
    """What was done to a report, newest first: at, kind, data, the name of the person."""
    query = (
        select(Event.sequence, Event.at, Event.kind, Event.data, User.name)
        .outerjoin(User, User.id == Event.actor)
        .where(Event.report_id == report_id)
    )
    if kinds:
        query = query.where(Event.kind.in_(kinds))
    return list(session.execute(query.order_by(Event.sequence.desc())).all())


def chain(session: Session) -> Iterator[Event]:
    """Every event in order, read in batches."""
    yield from session.scalars(select(Event).order_by(Event.sequence).execution_options(yield_per=1000))


def head(session: Session) -> tuple[int, str] | None:
    """The sequence and digest of the last event as the head keeps them; None before the first."""
    row = session.execute(select(ChainHead.sequence, ChainHead.digest).where(ChainHead.id == 1)).one_or_none()
    return (row.sequence, row.digest) if row else None


def unread(session: Session, user_id: uuid.UUID) -> int:
    """How many notices a person has not read."""
    query = select(func.count()).select_from(Notice).where(Notice.user_id == user_id, Notice.read_at.is_(None))
    return session.scalar(query) or 0


def notices(session: Session, user_id: uuid.UUID, limit: int = 100) -> list[AnyRow]:
    """The newest notices of a person, with the report each is about: notice, entity code, names of the
    entity, cycle.
    """
    query = (
        select(Notice, Report.entity, Entity.names, Report.cycle)
        .outerjoin(Report, Report.id == Notice.report_id)
        .outerjoin(Entity, Entity.iso3 == Report.entity)
        .where(Notice.user_id == user_id)
        .order_by(Notice.at.desc(), Notice.id)
        .limit(limit)
    )
    return list(session.execute(query).all())
