"""Comments inside the country: writing them, settling a thread and opening it again."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.http import guard
from portal.http.guard import guarded
from portal.http.problems import of_refusal
from portal.models.sharing import Comment
from portal.queries import comments
from portal.rules.handing import Piece
from portal.rules.refusals import Invalid, Missing
from portal.services import comments as service
from portal.services.act import Act
from portal.services.comments import Remark
from portal.web.sections import shown_again

pages = Blueprint("comments", __name__)


@pages.post("/reports/<uuid:report_id>/sections/<key>/comments")
@guarded("section:read", subject=guard.section, by=("report_id", "key"))
def write(act: Act, piece: Piece) -> ResponseReturnValue:
    """Writes a comment about the section or one of its questions, or answers one. One that will not do comes back in
    its form on the page of the section, with what was written.
    """
    follows = request.form.get("follows")
    sent = Remark(
        section=piece.section,
        words=request.form.get("words", ""),
        question=request.form.get("question") or None,
        follows=_identifier(follows) if follows else None,
    )
    try:
        written = service.write(act, piece.report, sent)
    except Invalid as refusal:
        place = f"answer-{sent.follows}" if sent.follows else "comment-words"
        return shown_again(act, piece, of_refusal(refusal, {"words": place})), 422
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
