"""Files beside an answer: bringing one in, sending one out so that it cannot run, taking one out of the draft."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forms.words import N_
from portal.http import guard
from portal.http.files import Laid, laid, send_blob
from portal.http.guard import guarded
from portal.http.render import slug
from portal.http.uploads import receive
from portal.models.reports import Report
from portal.queries import reports
from portal.queries.guidelines import guideline
from portal.rules.refusals import Invalid, Problem
from portal.services import attachments
from portal.services.act import Act
from portal.services.drafting import asked_question, demand_writable

pages = Blueprint("attachments", __name__)

NO_FILE = N_("Please choose a file first.")


@pages.post("/reports/<uuid:report_id>/attachments")
@guarded("report:fill", subject=guard.report_unheld, later=True)
def upload(act: Act, report: Report) -> ResponseReturnValue:
    """Lays a file beside a question. The file is judged and kept first; only then is the draft held."""
    question = request.form.get("question", "")
    demand_writable(act, report, asked_question(guideline(act.session, report.edition), report, question))
    report_id = report.id
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise Invalid(NO_FILE, [Problem(question, NO_FILE)])
    taken = receive(sent)
    act.write()
    report = reports.get(act.session, report_id, lock=True)
    attachments.attach_and_name(act, report, question, taken)
    flash(_("The file %(name)s is attached.", name=taken.name), "success")
    return redirect(_place(report_id, question), 303)


def _place(report_id: uuid.UUID, question: str) -> str:
    """The question on the page of its section."""
    section = question.partition("/")[0]
    return url_for("sections.section", report_id=report_id, key=section, _anchor=slug(question))


@pages.get("/attachments/<uuid:attachment_id>")
@guarded("attachment:read", subject=laid, by="attachment_id")
def download(_act: Act, found: Laid) -> ResponseReturnValue:
    """The bytes of a file, to keep and never to run here."""
    file = found.file
    return send_blob(file.blob, file.name, file.media_type, size=file.size, etag=file.sha256)


@pages.post("/reports/<uuid:report_id>/attachments/<uuid:attachment_id>/remove")
@guarded("report:fill", subject=guard.report)
def remove(act: Act, report: Report, attachment_id: uuid.UUID) -> ResponseReturnValue:
    """Takes a file out of the draft; versions that were submitted with it keep it."""
    file, _owner = reports.attachment(act.session, attachment_id)
    name, question = file.name, file.question
    attachments.remove_and_forget(act, report, attachment_id)
    flash(_("The file %(name)s is taken out of the draft.", name=name), "success")
    return redirect(_place(report.id, question), 303)
