"""Reads reports, their answers, files and versions."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, case, exists, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from forms.words import N_
from portal.db import AnyRow, AnySelect
from portal.models.accounts import Membership, User
from portal.models.entities import Entity
from portal.models.reports import Answer, AnswerRevision, Attachment, Clearance, Report, Version
from portal.models.review import Consent
from portal.models.synthesis import Supplement
from portal.rules.policy import Person
from portal.rules.refusals import Missing

NO_REPORT = N_("There is no such report.")

# What rules.lifecycle.seen_state says, for statements.
_REPORT = Report.__table__.c
_INSIDE = case((_REPORT.state == "clearing", _REPORT.drafting), else_=_REPORT.state)
SEEN = case(((_INSIDE == "preparing") & (_REPORT.versions > 0), "withdrawn"), else_=_INSIDE)


def after_cut_off(report: ColumnElement[Any] | InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """True of a report first received after the synthesis cut-off: one with a supplement. It cannot be cited."""
    return exists().where(Supplement.report_id == report)


WITHOUT, ALONE = "without", "alone"
LATE = {WITHOUT: lambda report: ~after_cut_off(report), ALONE: after_cut_off}
"""How a list is left to what is of no late report, or to what is of late reports alone."""


def get(session: Session, report_id: uuid.UUID, *, lock: bool = False) -> Report:
    """The report with this id; `lock` holds its row until the end of the transaction, so that saves and steps
    of one report take turns.
    """
    found = session.get(Report, report_id, with_for_update=lock, populate_existing=lock)
    if found is None:
        raise Missing(NO_REPORT)
    return found


def answer(session: Session, report_id: uuid.UUID, question: str, language: str) -> AnyRow | None:
    """One answer: value, revision, changed_at, changed_by; None before the first."""
    return session.execute(
        select(Answer.value, Answer.revision, Answer.changed_at, Answer.changed_by).where(
            Answer.report_id == report_id, Answer.question == question, Answer.language == language
        )
    ).one_or_none()


def _answers(report_id: uuid.UUID) -> AnySelect:
    columns = (
        Answer.question, Answer.language, Answer.value, Answer.revision, Answer.changed_at, Answer.changed_by,
        User.name.label("changed_by_name"),
    )  # fmt: skip
    return select(*columns).join(User, User.id == Answer.changed_by).where(Answer.report_id == report_id)


def answers(
    session: Session, report_id: uuid.UUID, questions: Iterable[str] | None = None
) -> dict[tuple[str, str], AnyRow]:
    """Answers by (question, language), with who changed each and when; only those of `questions` when given."""
    query = _answers(report_id)
    if questions is not None:
        query = query.where(Answer.question.in_(list(questions)))
    return {(row.question, row.language): row for row in session.execute(query)}


def values(session: Session, report_id: uuid.UUID) -> dict[tuple[str, str], Any]:
    """The values alone, by (question, language): what the check judges."""
    rows = session.execute(select(Answer.question, Answer.language, Answer.value).where(Answer.report_id == report_id))
    return {(row.question, row.language): row.value for row in rows}


def open_of(session: Session, entities: Iterable[str]) -> list[AnyRow]:
    """The reports of these entities that are not published: id, entity, edition."""
    query = select(Report.id, Report.entity, Report.edition)
    return list(session.execute(query.where(Report.entity.in_(list(entities)), Report.state != "published")).all())


def answers_of(session: Session, report_ids: Iterable[uuid.UUID], questions: Iterable[str]) -> list[tuple[Any, Any]]:
    """The values of these questions in these reports: report id, value; one query."""
    query = select(Answer.report_id, Answer.value)
    wanted = (Answer.report_id.in_(list(report_ids)), Answer.question.in_(list(questions)))
    return [(report_id, value) for report_id, value in session.execute(query.where(*wanted))]


def revision(session: Session, report_id: uuid.UUID, question: str, language: str, number: int) -> Any:
    """The value an answer had at this revision; None when it never had one."""
    return session.scalar(
        select(AnswerRevision.value).where(
            AnswerRevision.report_id == report_id,
            AnswerRevision.question == question,
            AnswerRevision.language == language,
            AnswerRevision.revision == number,
        )
    )


def own_revisions(
    session: Session, report_id: uuid.UUID, question: str, language: str, user_id: uuid.UUID, start: int
) -> list[AnyRow]:
    """What one person saved of an answer from this revision on, oldest first."""
    query = select(
        AnswerRevision.revision, AnswerRevision.value, AnswerRevision.base_revision, AnswerRevision.merged
    ).where(
        AnswerRevision.report_id == report_id,
        AnswerRevision.question == question,
        AnswerRevision.language == language,
        AnswerRevision.changed_by == user_id,
        AnswerRevision.revision >= start,
    )
    return list(session.execute(query.order_by(AnswerRevision.revision)).all())


def history(
    session: Session,
    report_id: uuid.UUID,
    question: str,
    language: str,
    *,
    upto: int | None = None,
    most: int | None = None,
    only: Iterable[int] | None = None,
) -> list[AnyRow]:
    """The saved values of one answer, newest first, with who and when: all of them, those from revision `upto` down, at
    most `most`, or `only` these revisions.
    """
    columns = (
        AnswerRevision.revision, AnswerRevision.base_revision, AnswerRevision.value, AnswerRevision.merged,
        AnswerRevision.changed_at, User.name,
    )  # fmt: skip
    query = (
        select(*columns)
        .join(User, User.id == AnswerRevision.changed_by)
        .where(
            AnswerRevision.report_id == report_id,
            AnswerRevision.question == question,
            AnswerRevision.language == language,
        )
        .order_by(AnswerRevision.revision.desc())
        .limit(most)
    )
    if upto is not None:
        query = query.where(AnswerRevision.revision <= upto)
    if only is not None:
        query = query.where(AnswerRevision.revision.in_(sorted(set(only))))
    return list(session.execute(query).all())


def attachments(session: Session, report_id: uuid.UUID) -> list[Attachment]:
    """The files of a report that have not been removed, oldest first."""
    query = (
        select(Attachment)
        .where(Attachment.report_id == report_id, Attachment.removed_at.is_(None))
        .order_by(Attachment.added_at, Attachment.id)
    )
    return list(session.scalars(query))


def attachment(session: Session, attachment_id: uuid.UUID) -> tuple[Attachment, Report]:
    """A file and its report; Missing when there is none. A removed file is still part of the versions that hold it."""
    row = session.execute(
        select(Attachment, Report).join(Report, Report.id == Attachment.report_id).where(Attachment.id == attachment_id)
    ).one_or_none()
    if row is None:
        raise Missing(N_("There is no such file."))
    return row[0], row[1]


def version(session: Session, report_id: uuid.UUID, number: int) -> Version:
    """A submitted version; Missing when there is none with this number."""
    found = session.get(Version, (report_id, number))
    if found is None:
        raise Missing(N_("There is no such version."))
    return found


def versions(session: Session, report_id: uuid.UUID) -> list[AnyRow]:
    """The versions of a report without their documents, oldest first."""
    columns = (
        Version.number, Version.digest, Version.content_digest, Version.submitted_at, Version.submitted_by,
        User.name.label("submitted_by_name"),
    )  # fmt: skip
    query = select(*columns).join(User, User.id == Version.submitted_by).where(Version.report_id == report_id)
    return list(session.execute(query.order_by(Version.number)).all())


def submitted_files(session: Session, report_id: uuid.UUID) -> set[str]:
    """The ids of the files that some submitted version holds: what people outside the state may open."""
    held = session.scalars(select(Version.files).where(Version.report_id == report_id))
    return {entry["attachment"] for files in held for entry in files}


def people(session: Session, entity: str) -> list[AnyRow]:
    """Who reports for an entity now: role, name, email, by role and name."""
    query = (
        select(Membership.role, User.name, User.email)
        .join(User, User.id == Membership.user_id)
        .where(Membership.entity == entity, Membership.ended_at.is_(None), User.active)
        .order_by(Membership.role, User.name)
    )
    return list(session.execute(query).all())


def open_clearance(session: Session, report_id: uuid.UUID) -> Clearance | None:
    """The request that waits for the certifier."""
    return session.scalars(
        select(Clearance)
        .where(Clearance.report_id == report_id, Clearance.outcome.is_(None))
        .order_by(Clearance.asked_at.desc())
    ).first()


def consent(session: Session, report: Report) -> Consent | None:
    """The consent to publish the newest version, as it was given last."""
    of_it = (Consent.report_id == report.id, Consent.version == report.versions)
    return session.scalars(select(Consent).where(*of_it).order_by(Consent.number.desc()).limit(1)).first()


def clearances(session: Session, report_id: uuid.UUID) -> list[Clearance]:
    """Every request for clearance, newest first."""
    return list(
        session.scalars(select(Clearance).where(Clearance.report_id == report_id).order_by(Clearance.asked_at.desc()))
    )


def visible(
    session: Session,
    person: Person,
    *,
    cycle: str | None = None,
    state: str | None = None,
    region: str | None = None,
    entity: str | None = None,
    after: tuple[dt.datetime, uuid.UUID] | None = None,
    limit: int = 100,
) -> list[AnyRow]:
    """Reports that this person may see, newest first: the own state's drafts, for the team what has been
    received, for all what is published.
    """
    query = select(Report, Entity.names, Entity.name_en, Entity.region).join(Entity, Entity.iso3 == Report.entity)
    seen = Report.state == "published"
    if person.entities:
        seen = seen | Report.entity.in_(sorted(person.entities))
    if person.roles & {"reviewer", "lead"}:
        seen = seen | Report.first_submitted_at.is_not(None)
    query = query.where(seen)
    own = Report.entity.in_(sorted(person.entities))
    shown = case((own, Report.state), else_=SEEN)
    for column, wanted in ((Report.cycle, cycle), (shown, state), (Entity.region, region), (Report.entity, entity)):
        if wanted is not None:
            query = query.where(column == wanted)
    if after is not None:
        query = query.where(tuple_(Report.created_at, Report.id) < tuple_(*after))
    return list(session.execute(query.order_by(Report.created_at.desc(), Report.id.desc()).limit(limit)).all())
