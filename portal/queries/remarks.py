"""Reads remarks with the talk about each, what a clarification opens, and the internal notes of the team."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import Session, aliased

from forms.outline import Question
from forms.words import N_
from portal.db import AnyRow
from portal.models.accounts import User
from portal.models.remarks import InternalNote, Remark, RemarkWord
from portal.models.reports import Answer, Attachment, Report, Version
from portal.models.review import Check
from portal.queries.guidelines import guideline
from portal.rules import remarks as rules
from portal.rules.refusals import Missing

NO_REMARK = N_("There is no such remark.")
CLARIFYING = "clarifying"


@dataclass(frozen=True)
class Written:
    """What stands under one question: the answers by language, and the digests of its files."""

    answers: Mapping[str, Any]
    files: frozenset[str]


NOTHING = Written({}, frozenset())


def get(session: Session, report_id: uuid.UUID, remark_id: uuid.UUID) -> Remark:
    """The remark with this id of this report, sent or not; Missing when there is none."""
    found = session.get(Remark, remark_id)
    if found is None or found.report_id != report_id:
        raise Missing(NO_REMARK)
    return found


def find(session: Session, remark_id: uuid.UUID) -> tuple[Remark, Report]:
    """A remark and its report; Missing when there is none."""
    row = session.execute(
        select(Remark, Report).join(Report, Report.id == Remark.report_id).where(Remark.id == remark_id)
    ).one_or_none()
    if row is None:
        raise Missing(NO_REMARK)
    return row[0], row[1]


def of_report(session: Session, report_id: uuid.UUID, *, gathered: bool) -> list[AnyRow]:
    """The remarks that were sent, in the order in which they were written, and with `gathered` those that wait to be
    sent: Remark, written_by_name, answered_by_name.
    """
    writer, answerer = aliased(User), aliased(User)
    query = (
        select(Remark, writer.name.label("written_by_name"), answerer.name.label("answered_by_name"))
        .join(writer, writer.id == Remark.written_by)
        .outerjoin(answerer, answerer.id == Remark.answered_by)
        .where(Remark.report_id == report_id)
        .order_by(Remark.version, Remark.written_at, Remark.id)
    )
    return list(session.execute(query if gathered else query.where(Remark.sent_at.is_not(None))).all())


def talk(session: Session, remarks: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[AnyRow]]:
    """What both sides said about each of these remarks, oldest first: RemarkWord, name."""
    query = (
        select(RemarkWord, User.name)
        .join(User, User.id == RemarkWord.said_by)
        .where(RemarkWord.remark_id.in_(list(remarks)))
        .order_by(RemarkWord.said_at, RemarkWord.id)
    )
    found: dict[uuid.UUID, list[AnyRow]] = defaultdict(list)
    for row in session.execute(query):
        found[row.RemarkWord.remark_id].append(row)
    return found


def gathered(session: Session, report: Report) -> list[Remark]:
    """The remarks on the newest version that are not sent yet."""
    query = select(Remark).where(Remark.report_id == report.id, Remark.sent_at.is_(None))
    return list(session.scalars(query.order_by(Remark.written_at, Remark.id)))


def of_round(session: Session, report: Report) -> list[Remark]:
    """The remarks that the state answers now: those sent about the newest version, while the report is open for them or
    with the certifier after that.
    """
    if CLARIFYING not in (report.state, report.drafting) or report.state not in (CLARIFYING, "clearing"):
        return []
    query = select(Remark).where(Remark.report_id == report.id, Remark.version == report.versions)
    return list(session.scalars(query.where(Remark.sent_at.is_not(None)).order_by(Remark.written_at, Remark.id)))


def questioned(session: Session, report: Report) -> frozenset[str] | None:
    """The questions that a clarification opens; None where it opens all: without remarks, and in any other state."""
    return frozenset(remark.question for remark in of_round(session, report)) or None


def in_review(session: Session, report: Report) -> tuple[int, int, int]:
    """What acceptance waits for: points of the checklist that have an answer, remarks that are not sent yet, remarks
    that are not closed, those not sent among them; one statement.
    """
    checked = (
        select(func.count())
        .select_from(Check)
        .where(Check.report_id == report.id, Check.version == report.versions, Check.verdict != "")
        .scalar_subquery()
    )
    query = select(checked, func.count(Remark.id), func.count(Remark.sent_at))
    row = session.execute(query.where(Remark.report_id == report.id, Remark.closed_at.is_(None))).one()
    return int(row[0]), int(row[1] - row[2]), int(row[1])


def unanswered(session: Session, report: Report) -> int:
    """How many remarks of this round wait for an answer; one answered as changed waits again where the change was taken
    back.
    """
    sent = of_round(session, report)
    changed = changed_since(session, report, {one.question for one in sent if one.answer == rules.CHANGED})
    return sum(rules.standing(one.answer, one.question in changed) in rules.WAITING for one in sent)


def awaited(session: Session, until: dt.date) -> list[AnyRow]:
    """The remarks of every clarification that runs whose answers are asked for by this day or an earlier one and that
    wait for one, in the order of reports and days: Remark, Report. The rows of these reports are held until the end
    of the transaction; the number of statements does not grow with theirs.
    """
    asked = (Remark.sent_at.is_not(None), Remark.closed_at.is_(None), Remark.due <= until)
    this_round = (Remark.report_id == Report.id, Remark.version == Report.versions, *asked)
    clarifying = (Report.state == CLARIFYING, Report.practice.is_(False))
    query = select(Report.id).where(*clarifying, exists().where(*this_round)).order_by(Report.id)
    held = list(session.scalars(query.with_for_update()))
    rows = session.execute(
        select(Remark, Report)
        .join(Report, and_(*this_round))
        .where(Report.id.in_(held), Report.state == CLARIFYING)
        .order_by(Report.id, Remark.due, Remark.id)
    ).all()
    taken_back = _unchanged(session, [(row.Remark, row.Report) for row in rows if row.Remark.answer == rules.CHANGED])
    return [row for row in rows if rules.standing(row.Remark.answer, row.Remark.id not in taken_back) in rules.WAITING]


def _unchanged(session: Session, found: Sequence[tuple[Remark, Report]]) -> set[uuid.UUID]:
    """Those of these remarks under whose question the draft says what the newest version says; three statements."""
    if not found:
        return set()
    reports = {report.id: report for _remark, report in found}
    now = _drafts(session, reports, {remark.question for remark, _report in found})
    newest = session.execute(
        select(Version.report_id, Version.document)
        .join(Report, and_(Report.id == Version.report_id, Report.versions == Version.number))
        .where(Report.id.in_(reports))
    )
    before = {report: _told(document) for report, document in newest}
    return {
        remark.id
        for remark, report in found
        if not differ(
            guideline(session, report.edition).questions[remark.question],
            before[report.id].get(remark.question, NOTHING),
            now[report.id].get(remark.question, NOTHING),
        )
    }


def changed_since(session: Session, report: Report, questions: Collection[str]) -> frozenset[str]:
    """Those of these questions under which the draft says something else than the newest version, or holds other
    files.
    """
    if not questions:
        return frozenset()
    before = frozen(session, report.id, [report.versions])[report.versions]
    now = drafted(session, report.id, questions)
    asked = guideline(session, report.edition).questions
    return frozenset(
        key for key in questions if key in asked and differ(asked[key], before.get(key, NOTHING), now.get(key, NOTHING))
    )


def differ(question: Question, before: Written, now: Written) -> bool:
    """Whether something else is written under a question now, or other files lie there."""
    return before.files != now.files or rules.differs(question, before.answers, now.answers)


def drafted(session: Session, report_id: uuid.UUID, questions: Collection[str]) -> dict[str, Written]:
    """What stands in the draft under each of these questions."""
    return _drafts(session, [report_id], questions)[report_id]


def _drafts(
    session: Session, reports: Collection[uuid.UUID], questions: Collection[str]
) -> dict[uuid.UUID, dict[str, Written]]:
    """The same of several reports, by report; two statements."""
    answers: dict[uuid.UUID, dict[str, dict[str, Any]]] = {one: defaultdict(dict) for one in reports}
    rows = session.execute(
        select(Answer.report_id, Answer.question, Answer.language, Answer.value)
        .where(Answer.report_id.in_(reports), Answer.question.in_(list(questions)))
    )  # fmt: skip
    for report, question, language, value in rows:
        answers[report][question][language] = value
    files: dict[uuid.UUID, list[tuple[str, str]]] = defaultdict(list)
    for row in session.execute(
        select(Attachment.report_id, Attachment.question, Attachment.sha256)
        .where(Attachment.report_id.in_(reports), Attachment.removed_at.is_(None))
    ):  # fmt: skip
        files[row.report_id].append((row.question, row.sha256))
    return {report: _written(answers[report], files[report]) for report in answers}


def frozen(session: Session, report_id: uuid.UUID, versions: Iterable[int]) -> dict[int, dict[str, Written]]:
    """What stands under each question in these versions, by version."""
    wanted = (Version.report_id == report_id, Version.number.in_(list(versions)))
    rows = session.execute(select(Version.number, Version.document).where(*wanted))
    return {number: _told(document) for number, document in rows}


def _told(document: bytes) -> dict[str, Written]:
    told = json.loads(document)
    answers: dict[str, dict[str, Any]] = defaultdict(dict)
    for one in told["answers"]:
        answers[one["question"]][one["language"]] = one["value"]
    return _written(answers, [(file.get("question", ""), file["sha256"]) for file in told["files"]])


def _written(answers: Mapping[str, Mapping[str, Any]], files: Iterable[Any]) -> dict[str, Written]:
    held: dict[str, set[str]] = defaultdict(set)
    for question, sha256 in files:
        held[question].add(sha256)
    return {key: Written(answers.get(key, {}), frozenset(held.get(key, ()))) for key in {*answers, *held}}


def notes(session: Session, report_id: uuid.UUID) -> list[AnyRow]:
    """The internal notes on a report and its questions, newest first: InternalNote, name."""
    query = (
        select(InternalNote, User.name)
        .join(User, User.id == InternalNote.written_by)
        .where(InternalNote.report_id == report_id)
    )
    return list(session.execute(query.order_by(InternalNote.written_at.desc(), InternalNote.id)).all())
