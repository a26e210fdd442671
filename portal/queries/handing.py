"""Reads what of a report is in whose hands, and what was saved there since."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from forms.words import N_
from portal.db import AnyRow
from portal.models.accounts import Membership, User
from portal.models.reports import Answer, AnswerRevision, Report
from portal.models.sharing import Handout
from portal.rules.refusals import Missing

NO_HANDOUT = N_("There is no such hand-out, or none that you may know of.")


def handout(session: Session, report_id: uuid.UUID, handout_id: uuid.UUID) -> Handout:
    """A hand-out of this report as it stands now; Missing when there is none."""
    found = session.get(Handout, handout_id, populate_existing=True)
    if found is None or found.report_id != report_id:
        raise Missing(NO_HANDOUT)
    return found


def in_hands(session: Session, report_id: uuid.UUID) -> list[AnyRow]:
    """What is not settled yet, oldest first: Handout, name, email, `active` (whether the person contributes still)."""
    contributes = exists().where(
        Membership.user_id == User.id,
        Membership.role == "contributor",
        Membership.entity == Report.entity,
        Membership.ended_at.is_(None),
        User.active,
    )
    query = (
        select(Handout, User.name, User.email, contributes.label("active"))
        .join(User, User.id == Handout.user_id)
        .join(Report, Report.id == Handout.report_id)
        .where(Handout.report_id == report_id, Handout.settled_at.is_(None))
        .order_by(Handout.handed_out_at, Handout.id)
    )
    return list(session.execute(query).all())


def settled(session: Session, report_id: uuid.UUID, limit: int = 20) -> list[AnyRow]:
    """What was settled last, newest first: Handout, name, settled_by_name."""
    other = aliased(User)
    query = (
        select(Handout, User.name, other.name.label("settled_by_name"))
        .join(User, User.id == Handout.user_id)
        .join(other, other.id == Handout.settled_by)
        .where(Handout.report_id == report_id, Handout.settled_at.is_not(None))
        .order_by(Handout.settled_at.desc(), Handout.id)
        .limit(limit)
    )
    return list(session.execute(query).all())


def of_person(session: Session, user_id: uuid.UUID, report_ids: Collection[uuid.UUID]) -> list[Handout]:
    """What of these reports is in a person's hands or handed back, by the day it is due."""
    if not report_ids:
        return []
    query = (
        select(Handout)
        .where(Handout.user_id == user_id, Handout.report_id.in_(list(report_ids)), Handout.settled_at.is_(None))
        .order_by(Handout.due.is_(None), Handout.due, Handout.handed_out_at, Handout.id)
    )
    return list(session.scalars(query))


def contributors(session: Session, entity: str) -> list[AnyRow]:
    """Who contributes for an entity now: id, name, email, by name."""
    query = (
        select(User.id, User.name, User.email)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.entity == entity, Membership.role == "contributor")
        .where(Membership.ended_at.is_(None), User.active)
        .distinct()
        .order_by(User.name, User.email)
    )
    return list(session.execute(query).all())


def revisions(session: Session, report_id: uuid.UUID) -> dict[tuple[str, str], int]:
    """The revision of each answer as it stands, by (question, language)."""
    columns = select(Answer.question, Answer.language, Answer.revision).where(Answer.report_id == report_id)
    return {(row.question, row.language): row.revision for row in session.execute(columns)}


def saves(session: Session, report_id: uuid.UUID, questions: Collection[str]) -> list[AnyRow]:
    """Every saved value of these questions, oldest first: question, language, revision, value, changed_by, name."""
    columns = (
        AnswerRevision.question, AnswerRevision.language, AnswerRevision.revision, AnswerRevision.value,
        AnswerRevision.changed_by, User.name,
    )  # fmt: skip
    query = (
        select(*columns)
        .join(User, User.id == AnswerRevision.changed_by)
        .where(AnswerRevision.report_id == report_id, AnswerRevision.question.in_(list(questions)))
        .order_by(AnswerRevision.question, AnswerRevision.language, AnswerRevision.revision)
    )
    return list(session.execute(query).all())
