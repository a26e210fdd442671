"""The choice between an answer and a text that stands beside it."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forms.words import N_
from portal.http import guard, render
from portal.http.guard import guarded
from portal.models.reports import Report
from portal.queries import asides as kept
from portal.queries import reports
from portal.queries.guidelines import guideline
from portal.rules.refusals import Invalid, Problem, Stale
from portal.services import asides
from portal.services.act import Act

pages = Blueprint("asides", __name__)
CHOICES = ("beside", "saved", "joined")
CHOSEN = {
    "beside": N_("The text that stood beside is the answer now; the other stays in the history."),
    "saved": N_("The answer stays as it was saved."),
    "joined": N_("The joined text is the answer now; the earlier ones stay in the history."),
}
SAVED_SINCE = N_(
    "Somebody saved this answer again meanwhile. Both texts are still kept; please look at them and choose."
)


@pages.post("/reports/<uuid:report_id>/asides/<uuid:aside_id>")
@guarded("report:fill", subject=guard.report)
def choose(act: Act, report: Report, aside_id: uuid.UUID) -> ResponseReturnValue:
    """Makes one of the texts, or one that joins them, the answer. Where somebody saved since, the card stays open."""
    aside = kept.aside(act.session, report.id, aside_id)
    choice = request.form.get("choice", "")
    if choice not in CHOICES:
        sentence = N_("Please choose one of the texts.")
        raise Invalid(sentence, [Problem("choice", sentence)])
    said, kind = CHOSEN[choice], "success"
    try:
        if choice == "saved":
            asides.leave(act, report, aside)
        else:
            asked = guideline(act.session, report.edition)
            text = asides.joined_text(asked, aside, request.form.get("text")) if choice == "joined" else None
            asides.take(act, report, aside, _revision(request.form.get("revision", "")), text)
    except Stale:
        said, kind = SAVED_SINCE, "problem"
    if request.headers.get("Accept", "").startswith("application/json"):
        answer = reports.answer(act.session, report.id, aside.question, aside.language)
        value, revision = (answer.value, answer.revision) if answer else (None, 0)
        return jsonify(chosen=kind == "success", sentence=_(said), value=value, revision=revision)
    flash(_(said), kind)
    key = aside.question.partition("/")[0]
    language = aside.language if len(report.languages) > 1 else None
    anchor = render.slug(aside.question)
    address = url_for("sections.section", report_id=report.id, key=key, language=language, _anchor=anchor)
    return redirect(address, 303)


def _revision(sent: str) -> int:
    return int(sent) if sent.isdecimal() and len(sent) < 10 else 0
