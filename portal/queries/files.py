"""Reads the files of drafts, of reports and of contributions, of which it is not known what they carry."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models.contributions import ContributionFile
from portal.models.reports import Attachment

KINDS = (Attachment, ContributionFile)


@dataclass(frozen=True)
class NotLookedAt:
    """A file that nobody looked at: which it is, what it is, and where its bytes lie."""

    kind: type[Attachment] | type[ContributionFile]
    id: uuid.UUID
    name: str
    media_type: str
    blob: str


def not_looked_at(session: Session) -> list[NotLookedAt]:
    """The files that stand beside a question and were not looked at, oldest first."""
    found = []
    for kind in KINDS:
        query = select(kind.id, kind.name, kind.media_type, kind.blob)
        query = query.where(kind.remarks.is_(None), kind.removed_at.is_(None)).order_by(kind.added_at, kind.id)
        found += [NotLookedAt(kind, *row) for row in session.execute(query)]
    return found
