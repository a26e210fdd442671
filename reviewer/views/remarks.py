"""The forms of the reporting team beside the review: remarks, what becomes of each, internal notes."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forms.words import N_
from portal.http import guard
from portal.http.guard import guarded
from portal.http.remarking import marking
from portal.http.render import language, slug
from portal.models.reports import Report
from portal.queries import cycles, remarks
from portal.queries.guidelines import guideline
from portal.rules.refusals import Invalid, NotNow, Problem
from portal.rules.remarks import KINDS
from portal.services import remarks as service
from portal.services.act import Act
from portal.services.drafting import asked_question
from portal.services.remarks import Order

pages = Blueprint("team_remarks", __name__)


@pages.post("/review/<uuid:report_id>/remarks")
@guarded("review:remark", subject=guard.report)
def write(act: Act, report: Report) -> ResponseReturnValue:
    """Gathers a remark; one that will not do comes back in its form, with what was written."""
    question = request.form.get("question", "")
    try:
        service.write(act, report, _order(question))
    except (Invalid, NotNow) as refusal:
        asked = asked_question(guideline(act.session, report.edition), report, question)
        return _form(act, report, refusal, marking=marking(act, report, asked, request.form))
    flash(_("The remark is gathered. The state sees it when you ask for clarification."), "success")
    return _back(report, slug(question))


@pages.post("/review/<uuid:report_id>/remarks/<uuid:remark_id>/change")
@guarded("review:remark", subject=guard.report)
def change(act: Act, report: Report, remark_id: uuid.UUID) -> ResponseReturnValue:
    """Writes a gathered remark anew; where that cannot be, what was typed stands beside how the remark is now."""
    try:
        service.change(act, report, remark_id, _order(""))
    except (Invalid, NotNow) as refusal:
        remark = remarks.get(act.session, report.id, remark_id)
        asked = asked_question(guideline(act.session, report.edition), report, remark.question)
        stands = remark if isinstance(refusal, NotNow) else None
        shown = marking(act, report, asked, request.form, remark)
        return _form(act, report, refusal, marking=shown, stands=stands)
    flash(_("The remark is changed. The state sees it when you ask for clarification."), "success")
    return _back(report, f"remark-{remark_id}")


def _order(question: str) -> Order:
    return Order(
        question=question,
        kind=request.form.get("kind", ""),
        words=request.form.get("words", ""),
        language=request.form.get("language") or None,
        words_language=_language(),
        wording=request.form.get("wording", ""),
        due=_due(),
        offered=True,
        seen=request.form.get("seen"),
    )


def _language() -> str:
    """The language in which the words of the form are written: that of the page unless the form says."""
    return request.form.get("words_language") or language()


def _form(act: Act, report: Report, refusal: Invalid | NotNow, **which: Any) -> ResponseReturnValue:
    """What was refused, in its form again with what was typed."""
    later = isinstance(refusal, NotNow)
    problems = [Problem("words", refusal.sentence)] if isinstance(refusal, NotNow) else refusal.problems
    page = render_template(
        "review/remark.html",
        report=report,
        entity=cycles.entity(act.session, report.entity),
        kinds=KINDS,
        sent=request.form,
        problems=[Problem(one.where, _(one.sentence)) for one in problems],
        **which,
    )
    return page, 409 if later else 422


@pages.post("/review/<uuid:report_id>/remarks/<uuid:remark_id>/remove")
@guarded("review:remark", subject=guard.report)
def remove(act: Act, report: Report, remark_id: uuid.UUID) -> ResponseReturnValue:
    """Takes out a remark that is not sent."""
    service.remove(act, report, remark_id)
    flash(_("The remark is taken out."), "success")
    return _back(report, "remarks")


@pages.post("/review/<uuid:report_id>/remarks/<uuid:remark_id>/settle")
@guarded("review:remark", subject=guard.report)
def settle(act: Act, report: Report, remark_id: uuid.UUID) -> ResponseReturnValue:
    """Closes a remark."""
    service.settle(act, report, remark_id)
    flash(_("The remark is closed; it stays to be read."), "success")
    return _back(report, f"remark-{remark_id}")


@pages.post("/review/<uuid:report_id>/remarks/<uuid:remark_id>/again")
@guarded("review:remark", subject=guard.report)
def again(act: Act, report: Report, remark_id: uuid.UUID) -> ResponseReturnValue:
    """Closes a remark, and gathers one that follows it for the next round."""
    try:
        made = service.open_again(act, report, remark_id, request.form.get("words", ""), _due(), _language())
    except (Invalid, NotNow) as refusal:
        return _form(act, report, refusal, again=remarks.get(act.session, report.id, remark_id))
    flash(_("The remark is gathered again; it is sent when you ask for clarification."), "success")
    return _back(report, f"remark-{made.id}")


@pages.post("/review/<uuid:report_id>/remarks/<uuid:remark_id>/words")
@guarded("review:remark", subject=guard.report)
def say(act: Act, report: Report, remark_id: uuid.UUID) -> ResponseReturnValue:
    """Adds words of the team to the talk about a remark, and stays with the review."""
    try:
        service.say(act, report, remark_id, request.form.get("words", ""), _language())
    except (Invalid, NotNow) as refusal:
        return _form(act, report, refusal, said=remarks.get(act.session, report.id, remark_id))
    flash(_("Your words are sent; the other side has been told."), "success")
    return _back(report, f"remark-{remark_id}")


@pages.post("/review/<uuid:report_id>/notes")
@guarded("review:note", subject=guard.report)
def note(act: Act, report: Report) -> ResponseReturnValue:
    """Keeps an internal note; one that will not do comes back in its form."""
    try:
        service.note(act, report, request.form.get("note", ""), _coded(act, report) or None)
    except Invalid as refusal:
        return _form(act, report, refusal, noting=True)
    flash(_("The note is kept. The reporting team alone reads it."), "success")
    return _back(report, "notes")


def _coded(act: Act, report: Report) -> str:
    """The key of the question that was meant: of an indicator, the page shows its code instead."""
    code = request.form.get("question", "").strip()
    counted = guideline(act.session, report.edition).counted(report.modality)
    return next((question.key for question in counted if code and question.indicator == code), code)


def _due() -> dt.date | None:
    sent = request.form.get("due", "")
    try:
        return dt.date.fromisoformat(sent) if sent else None
    except ValueError:
        sentence = N_("Please give the day as year-month-day, or none.")
        raise Invalid(sentence, [Problem("due", sentence)]) from None


def _back(report: Report, place: Any) -> ResponseReturnValue:
    return redirect(url_for("review.read", report_id=report.id, _anchor=place), 303)
