"""Reads the texts that stand beside an answer until a person chooses."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from forms.words import N_
from portal.db import AnyRow
from portal.models.accounts import User
from portal.models.keeping import Aside
from portal.models.reports import AnswerRevision
from portal.rules.refusals import Missing


def open_asides(session: Session, report_id: uuid.UUID, questions: Iterable[str]) -> list[AnyRow]:
    """What waits for a choice at these questions, oldest first: Aside, writer (a name), and base, the value that the
    writer began from.
    """
    began_from = and_(
        AnswerRevision.report_id == Aside.report_id,
        AnswerRevision.question == Aside.question,
        AnswerRevision.language == Aside.language,
        AnswerRevision.revision == Aside.base_revision,
    )
    query = (
        select(Aside, User.name.label("writer"), AnswerRevision.value.label("base"))
        .join(User, User.id == Aside.written_by)
        .outerjoin(AnswerRevision, began_from)
        .where(Aside.report_id == report_id, Aside.settled_at.is_(None), Aside.question.in_(list(questions)))
    )
    return list(session.execute(query.order_by(Aside.kept_at, Aside.id)).all())


def aside(session: Session, report_id: uuid.UUID, aside_id: uuid.UUID) -> Aside:
    """A text beside an answer of this report; Missing when there is none."""
    found = session.get(Aside, aside_id, populate_existing=True)
    if found is None or found.report_id != report_id:
        raise Missing(N_("There is no such text beside an answer."))
    return found
