"""What stands beside the answers of a section, told by one statement: a page then reads only what there is."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from portal.models.keeping import Aside, Explanation
from portal.models.reports import Attachment
from portal.models.sharing import Comment, Presence
from portal.models.sources import Carried, SourceDocument, Taking
from portal.queries.presence import FADES


def beside(session: Session, report_id: uuid.UUID, section: str, at: dt.datetime) -> frozenset[str]:
    """Which of these there are, for this section or somewhere in the report: presences, comments, asides, files,
    explanations, carried, documents, takings.
    """
    there = {
        "presences": (Presence.report_id == report_id)
        & (Presence.section == section)
        & (Presence.seen_at > at - FADES),
        "comments": (Comment.report_id == report_id) & (Comment.section == section),
        "asides": (Aside.report_id == report_id) & Aside.settled_at.is_(None),
        "files": (Attachment.report_id == report_id) & Attachment.removed_at.is_(None),
        "explanations": Explanation.report_id == report_id,
        "carried": Carried.report_id == report_id,
        "documents": (SourceDocument.report_id == report_id) & SourceDocument.removed_at.is_(None),
        "takings": Taking.report_id == report_id,
    }
    row = session.execute(select(*(exists().where(found).label(name) for name, found in there.items()))).one()
    return frozenset(name for name in there if getattr(row, name))
