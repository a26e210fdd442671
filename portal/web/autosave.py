"""What the script of a section's page sends by itself: one answer as it is typed."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from forms import build
from forms.outline import Guideline, Question
from forms.words import N_
from portal.http import cards, guard, render
from portal.http.guard import guarded
from portal.models.reports import Report
from portal.queries import reports
from portal.queries.guidelines import guideline
from portal.rules.refusals import Forbidden, Invalid, Missing, Problem, Stale
from portal.services import asides, drafting
from portal.services.act import Act
from portal.services.drafting import Given

pages = Blueprint("autosave", __name__)
SOMEBODY_ELSES = N_(
    "This text was written by somebody else who was logged in here before. It is not saved under your name."
)
WANTED = {"question": str, "language": str, "fields": dict, "base_revision": int}


@pages.post("/reports/<uuid:report_id>/answers")
@guarded("report:fill", subject=guard.report, polling=True)
def autosave(act: Act, report: Report) -> ResponseReturnValue:
    """Saves one answer, its controls read as the page's form reads them. A text that cannot be joined with what was
    saved meanwhile is kept beside the answer, and the reply carries the card that asks for a choice.
    """
    sent = _sent(request.get_json())
    if sent.get("person", str(act.actor.id)) != str(act.actor.id):
        raise Forbidden(SOMEBODY_ELSES)
    asked = guideline(act.session, report.edition)
    question = drafting.asked_question(asked, report, sent["question"])
    drafting.demand_writable(act, report, question)
    value, since = (_read(asked, report, question, sent[name]) for name in ("fields", "since"))
    if value is None:
        raise _unreadable("fields", N_("The request carries no control of this question."))
    given = Given(question.key, sent["language"], value[0], sent["base_revision"], since[0] if since else None)
    try:
        saved = drafting.save(act, report, given)
    except Stale as stale:
        return jsonify(stale=_beside(act, report, asked, given, stale, sent["aside"]))
    if sent["aside"]:
        asides.continued(act, report, sent["aside"], saved)
    return jsonify(
        revision=saved.revision,
        saved_at_text=_("%(moment)s UTC", moment=render.clock_time(act.at)),
        merged=saved.merged,
        value=saved.value if saved.merged else None,
        findings=[
            {"severity": f.severity, "sentence": _(f.message) % f.params, "place": f.place} for f in saved.findings
        ],
    )


def _read(asked: Guideline, report: Report, question: Question, fields: MultiDict[str, str]) -> tuple[Any] | None:
    """The value that these controls hold; None where none of them belongs to the question."""
    section = asked.sections[question.section]
    made = build.section_form(asked, section, report.modality, render.language(), question.key)
    read = build.values(made(fields))
    return (read[question.key],) if question.key in read else None


def _beside(
    act: Act, report: Report, asked: Guideline, given: Given, stale: Stale, instead_of: uuid.UUID | None
) -> dict[str, Any]:
    """Keeps the text beside the answer, and tells the three sides with the card that shows them."""
    kept = asides.keep(act, report, given, asides.CONFLICT, instead_of=instead_of)
    answer = reports.answer(act.session, report.id, kept.question, kept.language)
    card = cards.card(act, report.id, asked, kept.id, answer)
    texts = stale.texts
    return {
        "aside": str(kept.id),
        "base": texts.base,
        "theirs": texts.theirs,
        "yours": texts.yours,
        "revision": texts.revision,
        "detail": _(stale.sentence),
        "card": render_template("sections/card.html", report=report, card=card),
    }


def _sent(body: Any) -> dict[str, Any]:
    """The request of an autosave, in order; Invalid names what is missing."""
    if not isinstance(body, dict):
        raise _unreadable("", N_("The request must be a JSON object."))
    for name, shape in WANTED.items():
        if not isinstance(body.get(name), shape):
            raise _unreadable(name, N_("The request lacks this part, or it is of another shape."))
    since = body.get("since")
    return {
        **body,
        "fields": _controls(body["fields"]),
        "since": _controls(since if isinstance(since, dict) else {}),
        "aside": _identifier(body.get("aside")),
    }


def _controls(fields: dict[str, Any]) -> MultiDict[str, str]:
    return MultiDict(
        (str(name), value)
        for name, values in fields.items()
        for value in (values if isinstance(values, list) else [values])
        if isinstance(value, str)
    )


def _identifier(sent: Any) -> uuid.UUID | None:
    try:
        return uuid.UUID(sent) if sent else None
    except (ValueError, TypeError, AttributeError):
        raise Missing(N_("There is no such text beside an answer.")) from None


def _unreadable(where: str, sentence: str) -> Invalid:
    return Invalid(sentence, [Problem(where, sentence)])
