"""Reads requests for clearance with what goes with them, and who may decide them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.db import AnyRow
from portal.models.accounts import Membership, User
from portal.models.keeping import ClearanceTerms
from portal.models.reports import Attachment, Clearance


def terms(session: Session, clearance_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, ClearanceTerms]:
    """What goes with these requests, by request; one that was made without terms is left out."""
    query = select(ClearanceTerms).where(ClearanceTerms.clearance_id.in_(list(clearance_ids)))
    return {row.clearance_id: row for row in session.scalars(query)}


def due(session: Session, at: dt.datetime) -> list[AnyRow]:
    """The requests that nobody has decided and that go to the other certifiers now: the report and its request."""
    query = (
        select(Clearance.report_id, Clearance.id)
        .join(ClearanceTerms, ClearanceTerms.clearance_id == Clearance.id)
        .where(Clearance.outcome.is_(None), ClearanceTerms.escalated_at.is_(None), ClearanceTerms.escalates_at <= at)
        .where(ClearanceTerms.asked_of.is_not(None))
        .order_by(ClearanceTerms.escalates_at, Clearance.id)
    )
    return list(session.execute(query).all())


def certifiers(session: Session, entity: str) -> list[AnyRow]:
    """The active certifiers of an entity: id and name, by name."""
    query = (
        select(User.id, User.name)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.entity == entity, Membership.role == "certifier", Membership.ended_at.is_(None), User.active)
        .order_by(User.name, User.id)
    )
    return list(session.execute(query).all())


def letters(session: Session, rows: Iterable[ClearanceTerms]) -> dict[str, Attachment]:
    """The files of the letters that these terms name, by their id as text."""
    wanted = [uuid.UUID(letter) for row in rows for letter, _day in row.letters]
    found = session.scalars(select(Attachment).where(Attachment.id.in_(wanted))) if wanted else ()
    return {str(file.id): file for file in found}
