"""What the people of a state say to each other about a section of their draft."""

from __future__ import annotations

import uuid
from typing import Any

from marshmallow import fields

from portal.api.calls import Answer, Calls
from portal.api.cursors import portion
from portal.api.shapes import Asked, Given, Moment, Paging, page_of
from portal.api.shapes import words as words_field
from portal.http.guard import section
from portal.models.sharing import Comment
from portal.queries import accounts
from portal.queries import comments as said
from portal.queries.guidelines import guideline
from portal.rules.handing import Piece
from portal.rules.policy import granted
from portal.services import comments as service
from portal.services.act import Act
from portal.services.comments import MOST, Remark

calls = Calls("Comments", __name__, "Words between colleagues of a state; the reporting team never gets them.")
ALL = "/reports/<uuid:report_id>/sections/<key:key>/comments"
ONE = f"{ALL}/<uuid:comment_id>"
PLACE: dict[str, Any] = {"subject": section, "by": ("report_id", "key")}


class CommentShape(Given):
    """A comment about a section, or about one of its questions; `follows` is the comment that it answers."""

    id = fields.UUID()
    section = fields.String()
    question = fields.String(allow_none=True)
    follows = fields.UUID(allow_none=True)
    words = fields.String()
    written_at = Moment()
    written_by = fields.String()
    settled_at = Moment(allow_none=True)
    settled_by = fields.String(allow_none=True)


class NewComment(Asked):
    """What a person says: about the section, about a question of it, or in answer to a comment."""

    words = words_field(MOST, required=True)
    question = words_field(64, load_default=None, allow_none=True)
    follows = fields.UUID(load_default=None, allow_none=True)


def _shape(one: Comment, written_by: str, settled_by: str | None) -> dict[str, Any]:
    return {
        "id": one.id,
        "section": one.section,
        "question": one.question,
        "follows": one.follows,
        "words": one.words,
        "written_at": one.written_at,
        "written_by": written_by,
        "settled_at": one.settled_at,
        "settled_by": settled_by,
    }


def _one(act: Act, comment: Comment) -> dict[str, Any]:
    act.session.flush()
    names = accounts.names(act.session, [who for who in (comment.written_by, comment.settled_by) if who])
    return _shape(comment, names[comment.written_by], names.get(comment.settled_by) if comment.settled_by else None)


@calls.call("GET", ALL, "section:read", query=Paging, gives=page_of(CommentShape), **PLACE)
def list_comments(act: Act, piece: Piece, paging: dict[str, Any]) -> dict[str, Any]:
    """The comments about a section and about those of its questions that the caller may read, oldest first."""
    asked = guideline(act.session, piece.report.edition).counted(piece.report.modality, piece.section)
    readable = {None, *(one.key for one in granted(act.person, "section:read", piece.report, asked))}
    rows = said.of_section(act.session, piece.report.id, piece.section)
    seen = [
        _shape(row.Comment, row.written_by_name, row.settled_by_name)
        for row in rows
        if row.Comment.question in readable
    ]
    return portion("comments", seen, paging)


@calls.call(
    "POST",
    ALL,
    "section:read",
    body=NewComment,
    gives=Answer(CommentShape, 201),
    idempotent=True,
    refuses=[409],
    **PLACE,
)
def write_comment(act: Act, piece: Piece, sent: dict[str, Any]) -> dict[str, Any]:
    """Writes a comment, or answers one; an answer opens a settled thread again."""
    return _one(act, service.write(act, piece.report, Remark(section=piece.section, **sent)))


@calls.call("POST", f"{ONE}/settle", "section:read", gives=CommentShape, **PLACE)
def settle_comment(act: Act, piece: Piece, comment_id: uuid.UUID) -> dict[str, Any]:
    """Settles the thread that a comment belongs to; its first comment is given."""
    return _one(act, service.settle(act, piece.report, comment_id))


@calls.call("POST", f"{ONE}/reopen", "section:read", gives=CommentShape, **PLACE)
def reopen_comment(act: Act, piece: Piece, comment_id: uuid.UUID) -> dict[str, Any]:
    """Opens a settled thread again; its first comment is given."""
    return _one(act, service.reopen(act, piece.report, comment_id))
