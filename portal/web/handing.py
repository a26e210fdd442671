"""Handing out: what is in whose hands, a form that hands sections out, and what came back, answer by answer."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from forms.handing import HandOutForm
from forms.words import N_
from portal.http import guard, render
from portal.http.comparing import word_steps
from portal.http.guard import guarded
from portal.models.reports import Report
from portal.models.sharing import Handout
from portal.queries import accounts, cycles
from portal.queries import asides as beside
from portal.queries import handing as in_hands
from portal.queries.guidelines import guideline
from portal.rules.handing import PARTS, Holding
from portal.rules.lifecycle import DRAFTING
from portal.rules.refusals import Invalid, Problem
from portal.services import handing
from portal.services.act import Act

pages = Blueprint("handing", __name__)

ONE: dict[str, Any] = {"subject": guard.handout, "by": ("report_id", "handout_id")}
OUTCOMES = {
    "accepted": N_("accepted"),
    "beside": N_("some of it kept beside"),
    "withdrawn": N_("taken back"),
}
SETTLED = {
    "accepted": N_("The hand-out is settled: what was written stays in the report."),
    "beside": N_("The hand-out is settled. What was kept beside waits beside its answer in the section."),
}


@pages.get("/reports/<uuid:report_id>/handing")
@guarded("handout:give", subject=guard.report)
def listing(act: Act, report: Report) -> ResponseReturnValue:
    """Who has what, until when; what was settled; and the form that hands out more."""
    return _listing(act, report, _form(act, report, None))


@pages.post("/reports/<uuid:report_id>/handing")
@guarded("handout:give", subject=guard.report)
def hand_out(act: Act, report: Report) -> ResponseReturnValue:
    """Hands the chosen sections to the chosen people."""
    form = _form(act, report, request.form)
    if not form.validate():
        return _listing(act, report, form), 422
    order = handing.Order(
        sections=form.sections.data or [],
        people=[uuid.UUID(person) for person in form.people.data or []],
        part=form.part.data,
        due=form.due.data,
        shared=form.shared.data,
        note=form.note.data or "",
    )
    try:
        made = handing.hand_out(act, report, order)
    except Invalid as refusal:
        return _listing(act, report, form, refusal.problems), 422
    said = ngettext("%(num)d hand-out is made.", "%(num)d hand-outs are made; each person is told.", len(made))
    flash(said, "success")
    return redirect(url_for("handing.listing", report_id=report.id), 303)


def _form(act: Act, report: Report, formdata: Any) -> HandOutForm:
    asked = guideline(act.session, report.edition)
    sections = asked.counted_sections(report.modality)
    return HandOutForm(
        formdata,
        sections=[(one.key, f"{one.key} {render.words(one.title)}") for one in sections],
        people=[
            (str(row.id), f"{row.name} ({row.email})") for row in in_hands.contributors(act.session, report.entity)
        ],
        parts=[(key, _(title)) for key, title in PARTS.items()],
        data={"part": "all", "sections": request.args.getlist("section")},
    )


def _listing(act: Act, report: Report, form: HandOutForm, problems: Any = ()) -> str:
    asked = guideline(act.session, report.edition)
    wrong = [Problem(name, str(next(iter(errors)))) for name, errors in form.errors.items() if errors]
    return render_template(
        "reports/handing.html",
        **_heading(act, report),
        asked=asked,
        form=form,
        problems=[_placed(problem) for problem in (*wrong, *problems)],
        rows=in_hands.in_hands(act.session, report.id),
        settled=in_hands.settled(act.session, report.id),
        contributors=in_hands.contributors(act.session, report.entity),
        parts=PARTS,
        outcomes=OUTCOMES,
        open=report.state in DRAFTING,
        today=act.at.date(),
    )


def _placed(problem: Problem) -> Problem:
    """A problem at its field, in the reader's language; one about a section begins with its number."""
    section = problem.where.removeprefix("sections.")
    if section == problem.where:
        return Problem(problem.where, _(problem.sentence))
    return Problem("sections", f"{section}: {_(problem.sentence)}")


def _heading(act: Act, report: Report) -> dict[str, Any]:
    return {"report": report, "entity": cycles.entity(act.session, report.entity)}


@pages.get("/reports/<uuid:report_id>/handing/<uuid:handout_id>")
@guarded("handout:give", **ONE)
def handout(act: Act, holding: Holding) -> ResponseReturnValue:
    """What changed since a hand-out began, question by question, and the choice for each."""
    return _handout(act, holding.report, holding.handout)


def _handout(act: Act, report: Report, one: Handout, problems: Any = ()) -> str:
    asked = guideline(act.session, report.edition)
    changes = [] if one.settled_at else handing.changes(act, report, one)
    covered = [] if one.settled_at else handing.covered(act, report, one.section, one.part)
    cards = beside.open_asides(act.session, report.id, [question.key for question in covered])
    return render_template(
        "reports/handing_one.html",
        **_heading(act, report),
        asked=asked,
        handout=one,
        section=asked.sections[one.section],
        holder=accounts.names(act.session, [one.user_id])[one.user_id],
        changes=[
            {"it": change, "steps": word_steps(change.question, change.before, change.now),
             "stays": word_steps(change.question, change.before, change.rest)}
            for change in changes
        ],
        cards=[(row, asked.questions[row.Aside.question], word_steps(asked.questions[row.Aside.question], row.base,
                row.Aside.value)) for row in cards],
        chosen=request.form,
        problems=[_placed(problem) for problem in problems],
        parts=PARTS,
        outcomes=OUTCOMES,
        open=report.state in DRAFTING,
    )  # fmt: skip


@pages.post("/reports/<uuid:report_id>/handing/<uuid:handout_id>/settle")
@guarded("handout:give", **ONE)
def settle(act: Act, holding: Holding) -> ResponseReturnValue:
    """Accepts what was written, or keeps the text of some answers beside the report's own."""
    report, one = holding.report, holding.handout
    try:
        done = handing.settle(act, report, one.id, list(_choices(request.form)), request.form.get("note", ""))
    except Invalid as refusal:
        return _handout(act, report, one, refusal.problems), 422
    flash(_(SETTLED[str(done.outcome)]), "success")
    return redirect(url_for("handing.listing", report_id=report.id), 303)


def _choices(sent: Mapping[str, Any]) -> Any:
    """One choice for each answer that the page showed: its field is named by question and language."""
    for seen in request.form.getlist("seen"):
        question, language, revision = [*seen.split(" "), "", ""][:3]
        decision = sent.get(f"{question} {language}")
        if decision in ("accept", "beside") and revision.isdecimal():
            yield handing.Choice(question, language, int(revision), decision == "beside")


@pages.post("/reports/<uuid:report_id>/handing/<uuid:handout_id>/again")
@guarded("handout:give", **ONE)
def again(act: Act, holding: Holding) -> ResponseReturnValue:
    """Gives back to the contributor what was handed back, with a note."""
    report, one = holding.report, holding.handout
    try:
        handing.open_again(act, report, one.id, request.form.get("note", ""), _day(request.form.get("due")))
    except Invalid as refusal:
        return _handout(act, report, one, refusal.problems), 422
    flash(_("The section is in the hands of the contributor again."), "success")
    return redirect(url_for("handing.listing", report_id=report.id), 303)


def _day(sent: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(sent) if sent else None
    except ValueError:
        sentence = N_("Write the day as 2025-06-30.")
        raise Invalid(sentence, [Problem("due", sentence)]) from None


@pages.post("/reports/<uuid:report_id>/handing/<uuid:handout_id>/withdraw")
@guarded("handout:give", **ONE)
def withdraw(act: Act, holding: Holding) -> ResponseReturnValue:
    """Takes a hand-out back; what was written stays."""
    handing.withdraw(act, holding.report, holding.handout.id)
    flash(_("The hand-out is taken back; what was written stays in the report."), "success")
    return redirect(url_for("handing.listing", report_id=holding.report.id), 303)


@pages.post("/reports/<uuid:report_id>/handing/<uuid:handout_id>/pass")
@guarded("handout:give", **ONE)
def pass_on(act: Act, holding: Holding) -> ResponseReturnValue:
    """Hands to another person what is in somebody's hands, in one act."""
    handing.pass_on(act, holding.report, holding.handout.id, _person(request.form.get("person")))
    flash(_("The section is handed to the other contributor."), "success")
    return redirect(url_for("handing.listing", report_id=holding.report.id), 303)


def _person(sent: str | None) -> uuid.UUID:
    try:
        return uuid.UUID(sent)
    except (ValueError, TypeError):
        sentence = N_("Please choose at least one contributor.")
        raise Invalid(sentence, [Problem("people", sentence)]) from None


@pages.post("/reports/<uuid:report_id>/handing/<uuid:handout_id>/return")
@guarded("handout:return", **ONE)
def give_back(act: Act, holding: Holding) -> ResponseReturnValue:
    """The contributor hands back what was handed to them."""
    handing.give_back(act, holding.report, holding.handout.id, request.form.get("note", ""))
    flash(_("You handed the section back; the focal point is told. You can read it until it is settled."), "success")
    return redirect(url_for("sections.section", report_id=holding.report.id, key=holding.handout.section), 303)
