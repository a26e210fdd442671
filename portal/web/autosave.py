"""What the script of a section's page sends by itself: one answer as it is typed."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, render_template
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from forms import build
from forms.outline import Guideline, Question
from portal.http import autosaving, cards, guard, render
from portal.http.guard import guarded
from portal.models.reports import Report
from portal.queries import reports
from portal.queries.guidelines import guideline
from portal.rules.refusals import Stale
from portal.services import asides, drafting
from portal.services.act import Act
from portal.services.drafting import Given

pages = Blueprint("autosave", __name__)


@pages.post("/reports/<uuid:report_id>/answers")
@guarded("report:fill", subject=guard.report, polling=True)
def autosave(act: Act, report: Report) -> ResponseReturnValue:
    """Saves one answer, its controls read as the page's form reads them. A text that cannot be joined with what was
    saved meanwhile is kept beside the answer, and the reply carries the card that asks for a choice.
    """
    sent = autosaving.typed(act)
    asked = guideline(act.session, report.edition)
    question = drafting.asked_question(asked, report, sent.question)
    drafting.demand_writable(act, report, question)
    value, since = (_read(asked, report, question, fields) for fields in (sent.fields, sent.since))
    if value is None:
        raise autosaving.unreadable("fields", autosaving.NO_CONTROL)
    given = Given(question.key, sent.language, value[0], sent.base_revision, since[0] if since else None)
    try:
        saved = drafting.save(act, report, given)
    except Stale as stale:
        kept = asides.keep(act, report, given, asides.CONFLICT, instead_of=sent.aside)
        answer = reports.answer(act.session, report.id, kept.question, kept.language)
        card = cards.card(act, report.id, asked, kept.id, answer)
        return jsonify(stale=autosaving.beside(kept.id, stale, render_template("sections/card.html", card=card)))
    if sent.aside:
        asides.continued(act, report, sent.aside, saved)
    return jsonify(autosaving.saved(act, saved.revision, saved.value, saved.findings, merged=saved.merged))


def _read(asked: Guideline, report: Report, question: Question, fields: MultiDict[str, str]) -> tuple[Any] | None:
    """The value that these controls hold; None where none of them belongs to the question."""
    section = asked.sections[question.section]
    made = build.section_form(asked, section, report.modality, render.language(), question.key)
    read = build.values(made(fields))
    return (read[question.key],) if question.key in read else None
