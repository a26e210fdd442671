"""Files beside an answer: brought in, and sent out so that they cannot run."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from marshmallow import fields

from portal.api.calls import Answer, Calls
from portal.api.cursors import portion
from portal.api.shapes import Asked, File, Given, Moment, Paging, Remarks, page_of, words
from portal.http.files import Laid, laid, send_blob
from portal.http.guard import report, report_unheld
from portal.http.uploads import receive
from portal.models.reports import Attachment, Report
from portal.queries import reports
from portal.queries.guidelines import guideline
from portal.rules.policy import granted
from portal.services import attachments
from portal.services.act import Act
from portal.services.drafting import asked_question, demand_writable

calls = Calls("Attachments", __name__, "Files laid beside an answer: PDF, DOCX, XLSX, CSV, PNG or JPEG, up to 50 MB.")
ADDRESS = "/reports/<uuid:report_id>/attachments"


class AttachmentShape(Given):
    """A file beside a question; `media_type` follows from its content."""

    id = fields.UUID()
    question = fields.String()
    name = fields.String()
    media_type = fields.String()
    size = fields.Integer()
    sha256 = fields.String()
    added_at = Moment()
    remarks = Remarks()


class Lay(Asked):
    """A file and the question that it belongs to."""

    question = words(64, required=True)
    file = File(required=True)


@calls.call("GET", ADDRESS, "report:home", subject=report, query=Paging, gives=page_of(AttachmentShape))
def list_attachments(act: Act, found: Report, paging: dict[str, Any]) -> dict[str, Any]:
    """The files of the draft, oldest first; for a contributor those beside the questions they may read."""
    counted = guideline(act.session, found.edition).counted(found.modality)
    readable = {question.key for question in granted(act.person, "section:read", found, counted)}
    held = [file for file in reports.attachments(act.session, found.id) if file.question in readable]
    return portion("attachments", held, paging)


@calls.call(
    "POST",
    ADDRESS,
    "report:fill",
    form=Lay,
    gives=Answer(AttachmentShape, 201, ("Location",)),
    refuses=[409],
    subject=report_unheld,
    later=True,
)
def add_attachment(act: Act, found: Report, lay: dict[str, Any]) -> tuple[Attachment, dict[str, str]]:
    """Lays a file beside a question. The content decides whether it is taken, never the name; the reason is given."""
    asked = asked_question(guideline(act.session, found.edition), found, lay["question"])
    demand_writable(act, found, asked)
    report_id, question = found.id, asked.key
    act.session.rollback()
    upload = receive(lay["file"])
    act.write()
    attachment = attachments.attach(act, reports.get(act.session, report_id, lock=True), question, upload)
    return attachment, {"Location": url_for("Attachments.read_attachment", attachment_id=attachment.id)}


@calls.call(
    "GET",
    "/attachments/<uuid:attachment_id>",
    "attachment:read",
    gives=Answer(media="*/*", ranges=True),
    subject=laid,
    by="attachment_id",
    conceal=None,
)
def read_attachment(_act: Act, found: Laid) -> Response:
    """The bytes of a file, whole or in a range."""
    file = found.file
    return send_blob(file.blob, file.name, file.media_type, size=file.size, etag=file.sha256)
