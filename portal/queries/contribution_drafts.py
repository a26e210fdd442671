"""Reads the draft of a contribution as people write it: who changed a part, and the texts that stand beside."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from portal.db import AnyRow
from portal.models.accounts import User
from portal.models.contributions import ContributionAside, ContributionRevision
from portal.queries.asides import NO_TEXT
from portal.rules.contributions import part_of
from portal.rules.refusals import Missing


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


def saves(session: Session, contribution_id: uuid.UUID, start: int) -> list[AnyRow]:
    """The drafts as they were saved from this revision on, oldest first: revision, draft, changed_by and name."""
    query = (
        select(
            ContributionRevision.revision,
            ContributionRevision.draft,
            ContributionRevision.changed_by,
            User.name,
        )
        .join(User, User.id == ContributionRevision.changed_by)
        .where(ContributionRevision.contribution_id == contribution_id, ContributionRevision.revision >= start)
    )
    return list(session.execute(query.order_by(ContributionRevision.revision)).all())


def changes_of(saved: Sequence[AnyRow], part: str, start: int) -> list[PartChange]:
    """Those of these saves, after a revision, that changed this part of the draft."""
    steps = [(row, part_of(row.draft, part)) for row in saved if row.revision >= start]
    return [
        PartChange(row.revision, value, row.revision - 1, row.changed_by, row.name)
        for (row, value), (_before, was) in zip(steps[1:], steps, strict=False)
        if value != was
    ]


def last_saved(session: Session, contribution_id: uuid.UUID) -> AnyRow:
    """When the draft was saved last, and the name of who saved it."""
    query = (
        select(ContributionRevision.changed_at, User.name)
        .join(User, User.id == ContributionRevision.changed_by)
        .where(ContributionRevision.contribution_id == contribution_id)
    )
    return session.execute(query.order_by(ContributionRevision.revision.desc()).limit(1)).one()


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
