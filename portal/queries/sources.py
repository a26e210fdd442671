"""Reads where the words of a draft came from: earlier versions, documents beside the form, passages taken."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forms.answers import canonical, digest
from forms.words import N_
from portal.db import AnyRow
from portal.models.accounts import User
from portal.models.cycles import Cycle
from portal.models.reports import Answer, Attachment, Report, Version
from portal.models.sources import Carried, SourceDocument, SourcePassage, Taking
from portal.rules.refusals import Missing

NO_DOCUMENT = N_("There is no such document beside this form.")
NO_EARLIER = N_("There is no such earlier version of this state.")


def earlier(session: Session, entities: Iterable[str], *, but: uuid.UUID | None = None) -> list[AnyRow]:
    """The submitted versions of the reports of these entities, newest first, without those of one report: report_id,
    entity, cycle, label of the cycle, number, submitted_at.
    """
    query = (
        select(Version.report_id, Report.entity, Report.cycle, Cycle.label, Version.number, Version.submitted_at)
        .join(Report, Report.id == Version.report_id)
        .join(Cycle, Cycle.key == Report.cycle)
        .where(Report.entity.in_(sorted(entities)), Report.practice.is_(False))
        .order_by(Version.submitted_at.desc(), Version.number.desc())
    )
    return [row for row in session.execute(query) if row.report_id != but]


def earlier_version(session: Session, report: Report, source: uuid.UUID, number: int) -> Version:
    """A version of another report of the same entity; Missing where there is none."""
    found = session.scalars(
        select(Version)
        .join(Report, Report.id == Version.report_id)
        .where(
            Version.report_id == source,
            Version.number == number,
            Report.entity == report.entity,
            Report.id != report.id,
            Report.practice.is_(False),
        )
    ).one_or_none()
    if found is None:
        raise Missing(NO_EARLIER)
    return found


def attachment_ids(session: Session, report_id: uuid.UUID) -> frozenset[str]:
    """The ids of all files that were ever laid beside an answer of a report."""
    return frozenset(
        str(found) for found in session.scalars(select(Attachment.id).where(Attachment.report_id == report_id))
    )


def carried(
    session: Session, report_id: uuid.UUID, questions: Iterable[str] | None = None
) -> dict[tuple[str, str], AnyRow]:
    """What came over, by (question, language): source_report, cycle and label of the source, source_version, digest,
    and whether it is `untouched`: still the revision that came over, and nobody said that it is still right.
    """
    same = (
        (Answer.report_id == Carried.report_id)
        & (Answer.question == Carried.question)
        & (Answer.language == Carried.language)
    )
    untouched = (Answer.revision == Carried.revision) & Carried.settled_at.is_(None)
    query = (
        select(
            Carried.question, Carried.language, Carried.source_report, Carried.source_version, Carried.digest,
            Report.cycle, Cycle.label, untouched.label("untouched"),
        )
        .join(Answer, same)
        .join(Report, Report.id == Carried.source_report)
        .join(Cycle, Cycle.key == Report.cycle)
        .where(Carried.report_id == report_id)
    )  # fmt: skip
    if questions is not None:
        query = query.where(Carried.question.in_(list(questions)))
    return {(row.question, row.language): row for row in session.execute(query)}


def untouched(session: Session, report_id: uuid.UUID) -> Counter[str]:
    """How many answers of each section came over and are not looked at yet."""
    rows = carried(session, report_id).values()
    return Counter(row.question.partition("/")[0] for row in rows if row.untouched)


def documents(session: Session, report_id: uuid.UUID) -> list[AnyRow]:
    """The documents beside the form of a report, oldest first, each with how many passages it has and who added it."""
    count = select(func.count()).where(SourcePassage.document_id == SourceDocument.id).scalar_subquery()
    query = (
        select(SourceDocument, count.label("passages"), User.name)
        .join(User, User.id == SourceDocument.added_by)
        .where(SourceDocument.report_id == report_id, SourceDocument.removed_at.is_(None))
        .order_by(SourceDocument.added_at, SourceDocument.id)
    )
    return list(session.execute(query).all())


def titles(session: Session, report_id: uuid.UUID) -> list[AnyRow]:
    """The documents beside the form of a report, oldest first: id and title."""
    query = (
        select(SourceDocument.id, SourceDocument.title)
        .where(SourceDocument.report_id == report_id, SourceDocument.removed_at.is_(None))
        .order_by(SourceDocument.added_at, SourceDocument.id)
    )
    return list(session.execute(query).all())


def document(session: Session, report_id: uuid.UUID, document_id: uuid.UUID) -> SourceDocument:
    """A document that was laid beside the form of a report; Missing for any other."""
    found = session.get(SourceDocument, document_id)
    if found is None or found.report_id != report_id:
        raise Missing(NO_DOCUMENT)
    return found


def passages(session: Session, document_id: uuid.UUID) -> list[AnyRow]:
    """The passages of a document in their order: ordinal, heading, page, text."""
    columns = (SourcePassage.ordinal, SourcePassage.heading, SourcePassage.page, SourcePassage.text)
    query = select(*columns).where(SourcePassage.document_id == document_id).order_by(SourcePassage.ordinal)
    return list(session.execute(query).all())


def passage(session: Session, report_id: uuid.UUID, document_id: uuid.UUID, ordinal: int) -> SourcePassage:
    """A passage of a document that lies beside the form of a report; Missing for any other."""
    found = session.get(SourcePassage, (document_id, ordinal))
    if found is None or document(session, report_id, document_id).removed_at is not None:
        raise Missing(NO_DOCUMENT)
    return found


@dataclass
class Taken:
    """From where words of an answer were taken over: title and page, each once, in order; and the revision that the
    last taking wrote: while it stands nobody has touched the answer since."""

    entries: list[dict[str, Any]]
    revision: int = 0


def takings(
    session: Session, report_id: uuid.UUID, questions: Iterable[str] | None = None
) -> dict[tuple[str, str], Taken]:
    """What was taken over into answers, by (question, language)."""
    query = (
        select(Taking.question, Taking.language, Taking.revision, SourceDocument.title, SourcePassage.page)
        .join(SourceDocument, SourceDocument.id == Taking.document_id)
        .join(
            SourcePassage,
            (SourcePassage.document_id == Taking.document_id) & (SourcePassage.ordinal == Taking.ordinal),
        )
        .where(Taking.report_id == report_id)
        .order_by(Taking.taken_at, Taking.id)
    )
    if questions is not None:
        query = query.where(Taking.question.in_(list(questions)))
    found: dict[tuple[str, str], Taken] = {}
    for row in session.execute(query):
        entry = {"title": row.title, "page": row.page}
        kept = found.setdefault((row.question, row.language), Taken([]))
        kept.revision = max(kept.revision, row.revision)
        if entry not in kept.entries:
            kept.entries.append(entry)
    return found


@dataclass(frozen=True)
class Origins:
    """Where the answers of a draft came from, as a version says it of each."""

    carried: Mapping[tuple[str, str], AnyRow]
    taken: Mapping[tuple[str, str], Taken]

    def of(self, answer: AnyRow) -> dict[str, Any]:
        """`unchanged_since` where the answer still has the value that came over; `taken_from` of its takings, whether
        nobody has changed it since the last of them, `taken_unchanged`.
        """
        key = (answer.question, answer.language)
        row = self.carried.get(key)
        same = row is not None and digest(canonical(answer.value)) == row.digest
        since = {"cycle": row.cycle, "version": row.source_version} if row is not None and same else None
        told: dict[str, Any] = {"unchanged_since": since}
        if answer.value and (taken := self.taken.get(key)):
            told |= {"taken_from": taken.entries, "taken_unchanged": answer.revision == taken.revision}
        return told


def origins(session: Session, report_id: uuid.UUID) -> Origins:
    """Where every answer of a draft came from."""
    return Origins(carried(session, report_id), takings(session, report_id))
