"""Words between colleagues about a section or one of its questions: writing, answering, settling, opening again.

They are read by those of the country who may read the section, and by nobody else; no event and no notice holds them.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from forms.words import N_
from portal.models.reports import Report
from portal.models.sharing import Comment
from portal.queries import colleagues, comments
from portal.queries.guidelines import guideline
from portal.rules.handing import Piece
from portal.rules.policy import may
from portal.rules.refusals import Invalid, Missing, Problem
from portal.services.act import Act
from portal.services.drafting import NO_QUESTION, asked_question, asked_section, readable

MOST = 10_000
READ = "section:read"


@dataclass(frozen=True)
class Remark:
    """What a person says: about a section, about one of its questions, or in answer to another comment."""

    section: str
    words: str
    question: str | None = None
    follows: uuid.UUID | None = None


def write(act: Act, report: Report, remark: Remark) -> Comment:
    """Writes a comment. An answer stands in the thread of the comment it answers and opens a settled thread again;
    Invalid without words. Those concerned are told that there is one, not what it says.
    """
    thread, about = _held(act, report, remark.follows) if remark.follows else (None, _piece(act, report, remark))
    comment = Comment(
        report_id=report.id,
        section=about.section,
        question=thread.question if thread else remark.question,
        follows=thread.id if thread else None,
        words=_taken(remark.words),
        written_at=act.at,
        written_by=act.actor.id,
    )
    act.session.add(comment)
    if thread:
        thread.settled_at = thread.settled_by = None
    act.session.flush()
    _tell(act, report, "comment.write", thread or comment, about)
    return comment


def settle(act: Act, report: Report, comment_id: uuid.UUID) -> Comment:
    """Settles a thread; one that is settled stays as it is."""
    thread, about = _held(act, report, comment_id)
    if thread.settled_at is None:
        thread.settled_at, thread.settled_by = act.at, act.actor.id
        _tell(act, report, "comment.settle", thread, about)
    return thread


def reopen(act: Act, report: Report, comment_id: uuid.UUID) -> Comment:
    """Opens a settled thread again; an open one stays as it is."""
    thread, about = _held(act, report, comment_id)
    if thread.settled_at is not None:
        thread.settled_at = thread.settled_by = None
        _tell(act, report, "comment.reopen", thread, about)
    return thread


def _taken(words: str) -> str:
    """The words as they are kept: without blanks at the ends, and without characters that no database holds."""
    kept = words.replace("\0", "").replace("\r\n", "\n").strip()
    if not kept:
        raise Invalid(N_("Please write the comment first."), [Problem("words", N_("Please write the comment first."))])
    if len(kept) > MOST:
        sentence = N_("A comment has at most 10,000 characters; please divide it.")
        raise Invalid(sentence, [Problem("words", sentence)])
    return kept


def _piece(act: Act, report: Report, remark: Remark) -> Piece:
    """The section or the question that a new thread is about; Missing where nothing is asked there."""
    asked = guideline(act.session, report.edition)
    section = asked_section(asked, report, remark.section)
    question = asked_question(asked, report, remark.question) if remark.question else None
    if question is not None and question.section != section.key:
        raise Missing(NO_QUESTION)
    return readable(act, Piece(report, section.key, question))


def _held(act: Act, report: Report, comment_id: uuid.UUID) -> tuple[Comment, Piece]:
    """The first comment of the thread that this one belongs to, and what it is about; Missing where the person may not
    read it. A thread about a question that is asked no longer is read by those who read the section.
    """
    found = comments.get(act.session, report.id, comment_id)
    thread = comments.get(act.session, report.id, found.follows) if found.follows else found
    asked = guideline(act.session, report.edition)
    counted = {one.key: one for one in asked.counted(report.modality, thread.section)}
    about = Piece(report, thread.section, counted.get(thread.question or ""))
    if not may(act.person, READ, about):
        raise Missing(comments.NO_COMMENT)
    return thread, about


def _tell(act: Act, report: Report, kind: str, thread: Comment, about: Piece) -> None:
    """Records the act, and tells who wrote in the thread, who holds the section and who leads the report, as far as
    they may read it now.
    """
    data = {"comment": str(thread.id), "section": thread.section, "question": thread.question}
    act.record(kind, data, report=report)
    concerned = set(comments.writers(act.session, thread.id))
    concerned |= {one.user_id for one in report.handouts if one.section == thread.section}
    told = [
        person.id
        for person in colleagues.people(act.session, report.entity)
        if (person.id in concerned or "focal_point" in person.roles) and may(person, READ, about)
    ]
    act.notify(kind, told, data, report=report)
