"""Reads the texts that stand beside an answer until a person chooses."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

from forms.words import N_
from portal.db import AnyRow, AnySelect
from portal.models.accounts import User
from portal.models.keeping import Aside
from portal.models.reports import AnswerRevision
from portal.rules.refusals import Missing

NO_TEXT = N_("There is no such text beside an answer.")


def open_asides(session: Session, report_id: uuid.UUID, questions: Iterable[str]) -> list[AnyRow]:
    """What waits for a choice at these questions, oldest first: Aside, writer (a name), and base, the value that the
    writer began from.
    """
    query = _written().where(
        Aside.report_id == report_id, Aside.settled_at.is_(None), Aside.question.in_(list(questions))
    )
    return list(session.execute(query.order_by(Aside.kept_at, Aside.id)).all())


def waiting(session: Session, report_id: uuid.UUID) -> list[AnyRow]:
    """What waits for a choice anywhere in a report, oldest first: id, question, language, writer (a name)."""
    query = (
        select(Aside.id, Aside.question, Aside.language, User.name.label("writer"))
        .join(User, User.id == Aside.written_by)
        .where(Aside.report_id == report_id, Aside.settled_at.is_(None))
    )
    return list(session.execute(query.order_by(Aside.kept_at, Aside.id)).all())


def of_answer(session: Session, report_id: uuid.UUID, question: str, language: str) -> list[AnyRow]:
    """Every text that ever stood beside an answer, newest first: Aside, writer, base, and chooser, the name of the
    person who chose, None while it waits.
    """
    chooser = aliased(User)
    query = (
        _written()
        .add_columns(chooser.name.label("chooser"))
        .outerjoin(chooser, chooser.id == Aside.settled_by)
        .where(Aside.report_id == report_id, Aside.question == question, Aside.language == language)
    )
    return list(session.execute(query.order_by(Aside.kept_at.desc(), Aside.id)).all())


def _written() -> AnySelect:
    began_from = and_(
        AnswerRevision.report_id == Aside.report_id,
        AnswerRevision.question == Aside.question,
        AnswerRevision.language == Aside.language,
        AnswerRevision.revision == Aside.base_revision,
    )
    return (
        select(Aside, User.name.label("writer"), AnswerRevision.value.label("base"))
        .join(User, User.id == Aside.written_by)
        .outerjoin(AnswerRevision, began_from)
    )


def aside(session: Session, report_id: uuid.UUID, aside_id: uuid.UUID) -> Aside:
    """A text beside an answer of this report; Missing when there is none."""
    found = session.get(Aside, aside_id, populate_existing=True)
    if found is None or found.report_id != report_id:
        raise Missing(NO_TEXT)
    return found
