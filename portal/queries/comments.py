"""Reads what colleagues of a country say to each other about a section of their draft."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from forms.words import N_
from portal.db import AnyRow
from portal.models.accounts import User
from portal.models.sharing import Comment
from portal.rules.refusals import Missing

NO_COMMENT = N_("There is no such comment.")


def of_section(session: Session, report_id: uuid.UUID, section: str) -> list[AnyRow]:
    """Every comment about a section or its questions, oldest first: Comment, written_by_name, settled_by_name."""
    writer, settler = aliased(User), aliased(User)
    query = (
        select(Comment, writer.name.label("written_by_name"), settler.name.label("settled_by_name"))
        .join(writer, writer.id == Comment.written_by)
        .outerjoin(settler, settler.id == Comment.settled_by)
        .where(Comment.report_id == report_id, Comment.section == section)
        .order_by(Comment.written_at, Comment.id)
    )
    return list(session.execute(query).all())


def get(session: Session, report_id: uuid.UUID, comment_id: uuid.UUID) -> Comment:
    """The comment with this id of this report; Missing when there is none."""
    found = session.get(Comment, comment_id)
    if found is None or found.report_id != report_id:
        raise Missing(NO_COMMENT)
    return found


def writers(session: Session, thread: uuid.UUID) -> Iterable[uuid.UUID]:
    """Those who wrote in a thread, which is named by its first comment."""
    return session.scalars(
        select(Comment.written_by).where((Comment.id == thread) | (Comment.follows == thread)).distinct()
    )
