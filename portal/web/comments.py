"""Comments inside the country: the threads of a section, and the forms that write, settle and open them again."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forms.outline import Question
from portal.http import guard
from portal.http.guard import guarded
from portal.models.reports import Report
from portal.models.sharing import Comment
from portal.queries import comments
from portal.rules.handing import Piece
from portal.rules.refusals import Missing
from portal.services import comments as service
from portal.services.act import Act
from portal.services.comments import Remark

pages = Blueprint("comments", __name__)


@dataclass
class Thread:
    """A comment with its answers; `question` is what it is about, None for the section as a whole."""

    first: Any
    question: Question | None
    answers: list[Any] = field(default_factory=list)


@dataclass
class Talk:
    """What is said about a section, as far as the reader may read it."""

    open: list[Thread]
    settled: list[Thread]
    by_question: Counter[str]


NOTHING_SAID = Talk([], [], Counter())


def talk(act: Act, report: Report, section: str, questions: Sequence[Question]) -> Talk:
    """The threads of a section about these questions or about the whole; open ones first, each oldest first."""
    asked = {question.key: question for question in questions}
    threads: dict[uuid.UUID, Thread] = {}
    for row in comments.of_section(act.session, report.id, section):
        about = row.Comment.question
        if about is not None and about not in asked:
            continue
        if row.Comment.follows is None:
            threads[row.Comment.id] = Thread(row, asked.get(about or ""))
        elif row.Comment.follows in threads:
            threads[row.Comment.follows].answers.append(row)
    still = [thread for thread in threads.values() if thread.first.Comment.settled_at is None]
    settled = [thread for thread in threads.values() if thread.first.Comment.settled_at is not None]
    return Talk(still, settled, Counter(thread.question.key for thread in still if thread.question))


@pages.post("/reports/<uuid:report_id>/sections/<key>/comments")
@guarded("section:read", subject=guard.section, by=("report_id", "key"))
def write(act: Act, piece: Piece) -> ResponseReturnValue:
    """Writes a comment about the section or one of its questions, or answers one."""
    follows = request.form.get("follows")
    sent = Remark(
        section=piece.section,
        words=request.form.get("words", ""),
        question=request.form.get("question") or None,
        follows=_identifier(follows) if follows else None,
    )
    written = service.write(act, piece.report, sent)
    flash(_("Your comment is written. Only people of your state who may read this section see it."), "success")
    return redirect(_place(piece, written), 303)


@pages.post("/reports/<uuid:report_id>/sections/<key>/comments/<uuid:comment_id>/settle")
@guarded("section:read", subject=guard.section, by=("report_id", "key"))
def settle(act: Act, piece: Piece, comment_id: uuid.UUID) -> ResponseReturnValue:
    """Settles a thread."""
    thread = service.settle(act, piece.report, comment_id)
    flash(_("The thread is settled. It stays here to be read, and can be opened again."), "success")
    return redirect(_place(piece, thread), 303)


@pages.post("/reports/<uuid:report_id>/sections/<key>/comments/<uuid:comment_id>/reopen")
@guarded("section:read", subject=guard.section, by=("report_id", "key"))
def reopen(act: Act, piece: Piece, comment_id: uuid.UUID) -> ResponseReturnValue:
    """Opens a settled thread again."""
    thread = service.reopen(act, piece.report, comment_id)
    flash(_("The thread is open again."), "success")
    return redirect(_place(piece, thread), 303)


def _identifier(sent: str) -> uuid.UUID:
    try:
        return uuid.UUID(sent)
    except ValueError:
        raise Missing(comments.NO_COMMENT) from None


def _place(piece: Piece, comment: Comment) -> str:
    """The comment on the page of its section, which may be another than the page it was sent from."""
    anchor = f"comment-{comment.id}"
    language = request.form.get("language") if len(piece.report.languages) > 1 else None
    return url_for(
        "sections.section", report_id=piece.report.id, key=comment.section, language=language, _anchor=anchor
    )
