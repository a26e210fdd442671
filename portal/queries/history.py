"""Reads what a draft once was: its restore points, and how the draft differs from each."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from forms.answers import canonical, digest
from forms.build import empty
from forms.outline import Guideline
from forms.words import N_
from portal.db import AnyRow
from portal.models.accounts import User
from portal.models.keeping import RestorePoint
from portal.models.reports import Answer, AnswerRevision
from portal.rules.refusals import Missing

NO_POINT = N_("There is no such restore point.")


@dataclass(frozen=True)
class Difference:
    """An answer that is not what it was at a restore point; `then` is None where it was not written yet."""

    question: str
    language: str
    revision: int
    now: Any
    then: Any


def points_count(session: Session, report_id: uuid.UUID) -> int:
    """How many restore points a draft has."""
    counting = select(func.count()).select_from(RestorePoint).where(RestorePoint.report_id == report_id)
    return session.scalar(counting) or 0


def points(session: Session, report_id: uuid.UUID, *, most: int | None = None, skip: int = 0) -> list[AnyRow]:
    """The restore points of a draft, newest first: RestorePoint, and the name of the person who made it."""
    query = (
        select(RestorePoint, User.name)
        .join(User, User.id == RestorePoint.made_by)
        .where(RestorePoint.report_id == report_id)
        .order_by(RestorePoint.made_at.desc(), RestorePoint.id)
    )
    return list(session.execute(query.limit(most).offset(skip)).all())


def point(session: Session, report_id: uuid.UUID, point_id: uuid.UUID) -> RestorePoint:
    """A restore point of this draft; Missing when there is none."""
    found = session.get(RestorePoint, point_id)
    if found is None or found.report_id != report_id:
        raise Missing(NO_POINT)
    return found


def standing(session: Session, report_id: uuid.UUID) -> list[list[Any]]:
    """[question, language, revision, digest of the value] of each answer as it stands: what a restore point keeps."""
    held = _held(session, report_id)
    return [[*key, row.revision, digest(canonical(row.value))] for key, row in sorted(held.items())]


def _held(session: Session, report_id: uuid.UUID) -> dict[tuple[str, str], AnyRow]:
    columns = select(Answer.question, Answer.language, Answer.revision, Answer.value)
    rows = session.execute(columns.where(Answer.report_id == report_id))
    return {(row.question, row.language): row for row in rows}


def differing_counts(
    session: Session, report_id: uuid.UUID, asked: Guideline, kept: Sequence[RestorePoint]
) -> dict[uuid.UUID, int]:
    """How many answers are not what they were at each of these restore points; one statement for all of them."""
    held = _held(session, report_id)
    digests: dict[tuple[str, str], str] = {}
    return {point.id: len(_moved(asked, held, point, digests)) for point in kept}


def differences(session: Session, report_id: uuid.UUID, asked: Guideline, kept: RestorePoint) -> list[Difference]:
    """The answers that are not what they were at a restore point, with both values."""
    held = _held(session, report_id)
    moved = _moved(asked, held, kept, {})
    then = _values(session, report_id, [(*key, revision) for key, revision in moved.items() if revision])
    return [Difference(*key, held[key].revision, held[key].value, then.get(key)) for key in moved]


def _moved(
    asked: Guideline,
    held: Mapping[tuple[str, str], AnyRow],
    kept: RestorePoint,
    digests: dict[tuple[str, str], str],
) -> dict[tuple[str, str], int]:
    """The answers whose value has moved since, with the revision that each had then, 0 for none. `digests` keeps what
    was computed of the values of now, for the next restore point.
    """
    then = {(question, language): (revision, was) for question, language, revision, was in kept.revisions}
    moved = {}
    for key, row in held.items():
        revision, was = then.get(key, (0, ""))
        if revision == row.revision:
            continue
        if key not in digests:
            digests[key] = digest(canonical(row.value))
        written = revision or not empty(asked.questions[row.question], row.value)
        if written and digests[key] != was:
            moved[key] = revision
    return moved


def _values(
    session: Session, report_id: uuid.UUID, wanted: Sequence[tuple[str, str, int]]
) -> dict[tuple[str, str], Any]:
    if not wanted:
        return {}
    key = tuple_(AnswerRevision.question, AnswerRevision.language, AnswerRevision.revision)
    query = select(AnswerRevision.question, AnswerRevision.language, AnswerRevision.value)
    rows = session.execute(query.where(AnswerRevision.report_id == report_id, key.in_(list(wanted))))
    return {(row.question, row.language): row.value for row in rows}
