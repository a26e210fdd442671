"""Reads the draft of a contribution as people write it: who changed a part, and the texts that stand beside."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from portal.db import AnyRow
from portal.models.accounts import User
from portal.models.contributions import ContributionAside, ContributionRevision
from portal.queries.asides import NO_TEXT
from portal.rules.refusals import Missing


@dataclass(frozen=True)
class LastChange:
    """The save that changed a part last."""

    revision: int
    changed_at: dt.datetime
    name: str


@dataclass(frozen=True)
class PartChange:
    """A save that changed one part of a draft, as `portal.rules.bases` reads it. Whether the value was joined is not
    kept: it is taken as one that may have been.
    """

    revision: int
    value: Any
    base_revision: int
    changed_by: uuid.UUID
    name: str
    merged: bool = True


def saves(session: Session, contribution_id: uuid.UUID, start: int, parts: Iterable[str]) -> list[AnyRow]:
    """These parts as they stood at a revision, then what later saves made of them, oldest first: part, revision, value,
    changed_by and name.
    """
    row, before = ContributionRevision, aliased(ContributionRevision)
    stood = (
        select(func.max(before.revision))
        .where(before.contribution_id == contribution_id, before.part == row.part, before.revision <= start)
        .correlate(row)
        .scalar_subquery()
    )
    query = (
        select(row.part, row.revision, row.value, row.changed_by, User.name)
        .join(User, User.id == row.changed_by)
        .where(row.contribution_id == contribution_id, row.part.in_(list(parts)))
        .where(row.revision >= func.coalesce(stood, 0))
    )
    return list(session.execute(query.order_by(row.revision)).all())


def stood_at(saved: Iterable[AnyRow], part: str, revision: int) -> Any:
    """The value of a part at a revision, from `saves`; None for a question without an answer."""
    values = [row.value for row in saved if row.part == part and row.revision <= revision]
    return values[-1] if values else None


def changes_of(saved: Iterable[AnyRow], part: str, start: int) -> list[PartChange]:
    """Those of these saves, after a revision, that changed this part of the draft."""
    return [
        PartChange(row.revision, row.value, row.revision - 1, row.changed_by, row.name)
        for row in saved
        if row.part == part and row.revision > start
    ]


def last_changes(session: Session, contribution_id: uuid.UUID) -> dict[str, LastChange]:
    """The save that changed each part of a draft last, oldest first; a question that was never answered has none."""
    row = ContributionRevision
    last = (
        select(row.part, func.max(row.revision).label("revision"))
        .where(row.contribution_id == contribution_id)
        .group_by(row.part)
        .subquery()
    )
    query = (
        select(row.part, row.revision, row.changed_at, User.name)
        .join(last, and_(last.c.part == row.part, last.c.revision == row.revision))
        .join(User, User.id == row.changed_by)
        .where(row.contribution_id == contribution_id)
    )
    rows = session.execute(query.order_by(row.revision, row.part))
    return {one.part: LastChange(one.revision, one.changed_at, one.name) for one in rows}


def asides(session: Session, contribution_id: uuid.UUID) -> list[AnyRow]:
    """Every text that stands or stood beside a part of a draft, oldest first: ContributionAside, and the names of its
    writer and of its chooser, None while it waits.
    """
    writer, chooser = aliased(User), aliased(User)
    query = (
        select(ContributionAside, writer.name.label("writer"), chooser.name.label("chooser"))
        .join(writer, writer.id == ContributionAside.written_by)
        .outerjoin(chooser, chooser.id == ContributionAside.settled_by)
        .where(ContributionAside.contribution_id == contribution_id)
    )
    return list(session.execute(query.order_by(ContributionAside.kept_at, ContributionAside.id)).all())


def waiting(session: Session, contribution_id: uuid.UUID) -> int:
    """How many texts beside parts of a draft wait for a choice."""
    query = select(func.count(ContributionAside.id)).where(
        ContributionAside.contribution_id == contribution_id, ContributionAside.settled_at.is_(None)
    )
    return session.scalar(query) or 0


def aside(session: Session, contribution_id: uuid.UUID, aside_id: uuid.UUID) -> ContributionAside:
    """A text beside a part of this draft; Missing when there is none."""
    found = session.get(ContributionAside, aside_id, populate_existing=True)
    if found is None or found.contribution_id != contribution_id:
        raise Missing(NO_TEXT)
    return found
