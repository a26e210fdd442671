"""Clearance: asking for it, what exactly the certifier signs, what changed since the last request, and the letters."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forms.outline import Guideline
from forms.words import N_
from portal.http import guard
from portal.http.comparing import Change, changes
from portal.http.guard import guarded
from portal.http.reading import frozen_values, reading
from portal.http.remarking import Case, cases
from portal.http.telling import reason_of
from portal.http.uploads import receive
from portal.http.weighing import grouped, told
from portal.models.reports import Attachment, Clearance, Report
from portal.queries import accounts, cycles, history, remarks, reports
from portal.queries import clearance as requests
from portal.queries.guidelines import guideline
from portal.rules.clearance import DAYS, USUAL_DAYS, doubt_of_letter
from portal.rules.policy import may
from portal.rules.refusals import Invalid, Problem
from portal.rules.remarks import KINDS, STANDINGS
from portal.services import asides, drafting, explaining
from portal.services import clearance as service
from portal.services.act import Act
from portal.services.clearance import Letter, Terms
from portal.services.steps import LETTER, Order, open_steps

pages = Blueprint("clearance", __name__)

NO_LETTER = N_("Please choose the file of the letter.")
Values = Mapping[tuple[str, str], Any]


@pages.get("/reports/<uuid:report_id>/clearance")
@guarded("report:draft", subject=guard.report)
def clearance(act: Act, report: Report) -> ResponseReturnValue:
    """What exactly is signed: problems, what changed, the whole text; and the way to ask, approve or decline."""
    return _page(act, report)


def shown_again(act: Act, report: Report, problems: Sequence[Problem]) -> str:
    """The page with what is to be put right in the form of a step."""
    return _page(act, report, problems)


def _page(act: Act, report: Report, problems: Sequence[Problem] = ()) -> str:
    asked = guideline(act.session, report.edition)
    values = reports.values(act.session, report.id)
    judged = drafting.check(act.session, report, values)
    listed = explaining.judged(act.session, report, judged.findings, values)
    notes = asides.notes(act, report)
    files = reports.attachments(act.session, report.id)
    return render_template(
        "reports/clearance.html",
        report=report,
        entity=cycles.entity(act.session, report.entity),
        cycle=cycles.cycle(act.session, report.cycle),
        asked=asked,
        waiting_choices=asides.by_section(notes),
        findings=[(group, found) for group, found in grouped(told(asked, report, [*listed, *notes])) if found],
        parts=reading(asked, report.modality, report.languages, values),
        attachments=[file for file in files if file.question != LETTER],
        carrying=[file for file in files if file.question != LETTER and file.remarks != []],
        changed=_changed(act, report, asked, values),
        cases=_cases(act, report),
        kinds=KINDS,
        standings=STANDINGS,
        openings={opening.step.name: opening for opening in open_steps(act.session, report, act.person, judged)},
        problems=problems,
        may_lay=report.state == "clearing" and may(act.person, "clearance:letter", report),
        handed_out=list(dict.fromkeys(handout.section for handout in report.handouts)),
        usual_days=USUAL_DAYS,
        typed=request.form,
        reason_of=reason_of,
        **_requests(act, report, asked, files),
    )


def _cases(act: Act, report: Report) -> list[Case]:
    """The remarks whose answers go out with the approval."""
    asked = {remark.id for remark in remarks.of_round(act.session, report)}
    return [case for case in cases(act, report) if case.remark.id in asked] if asked else []


def _requests(act: Act, report: Report, asked: Guideline, files: Sequence[Attachment]) -> dict[str, Any]:
    """The request that waits, with its terms, and what changed since the one before it."""
    made = reports.clearances(act.session, report.id)
    terms = requests.terms(act.session, [one.id for one in made])
    waiting = next((one for one in made if one.outcome is None), None)
    before = next((one for one in made if one.outcome is not None), None)
    kept = terms.get(waiting.id) if waiting is not None else None
    letters = requests.letters(act.session, [kept] if kept is not None else [])
    certifiers = requests.certifiers(act.session, report.entity)
    return {
        "waiting": waiting,
        "terms": kept,
        "letters": [(letters[file], day, doubt_of_letter(day, report.created_at)) for file, day in kept.letters]
        if kept is not None
        else [],
        "certifiers": [one for one in certifiers if one.id != act.actor.id],
        "others": [one.name for one in certifiers if kept is not None and one.id != kept.asked_of],
        "names": accounts.names(
            act.session, [who for who in (waiting and waiting.asked_by, kept and kept.asked_of) if who]
        ),
        "before": before,
        "since": _since(act, report, asked, before, terms) if before is not None else None,
        "new_files": [f for f in files if before is not None and f.added_at > before.asked_at and f.question != LETTER],
    }


def _since(
    act: Act, report: Report, asked: Guideline, before: Clearance, terms: Mapping[uuid.UUID, Any]
) -> list[Change] | None:
    """What differs from the draft of the request before; None where it was not kept, or where that became the version
    against which the page compares anyway."""
    if before.outcome == "approved" or before.id not in terms:
        return None
    point = history.point(act.session, report.id, terms[before.id].point)
    moved = history.differences(act.session, report.id, asked, point)
    then = {(one.question, one.language): one.then for one in moved}
    now = {(one.question, one.language): one.now for one in moved}
    return changes(asked, report.modality, then, now)


def _changed(act: Act, report: Report, asked: Guideline, values: Values) -> list[Change] | None:
    """The answers that differ from the last version; None before the first."""
    if not report.versions:
        return None
    last = json.loads(reports.version(act.session, report.id, report.versions).document)
    return changes(asked, report.modality, frozen_values(last), values)


@pages.post("/reports/<uuid:report_id>/clearance")
@guarded("report:ask", subject=guard.report_unheld, later=True)
def ask(act: Act, report: Report) -> ResponseReturnValue:
    """Asks for clearance with a note, the certifier who is asked first, and a letter. The letter is judged and kept
    first; only then is the draft held."""
    report_id = report.id
    try:
        terms, problems = _terms()
        act.write()
        report = reports.get(act.session, report_id, lock=True)
        if problems:
            said = {problem.where for problem in problems}
            problems += [one for one in service.problems(act, report, terms) if one.where not in said]
            raise Invalid(problems[0].sentence, problems)
        service.ask(act, report, Order(), terms)
    except Invalid as refusal:
        return _refused(act, report_id, refusal)
    _doubt(report, terms.letter)
    flash(_("Clearance is asked for. You can take the request back until it is decided."), "success")
    return redirect(url_for("reports.report", report_id=report_id), 303)


@pages.post("/reports/<uuid:report_id>/clearance/letters")
@guarded("clearance:letter", subject=guard.report_unheld, later=True)
def add_letter(act: Act, report: Report) -> ResponseReturnValue:
    """Adds a scanned letter to the request that waits."""
    report_id = report.id
    try:
        letter = _letter()
        if letter is None:
            raise Invalid(NO_LETTER)
        act.write()
        report = reports.get(act.session, report_id, lock=True)
        file = service.attach_letter(act, report, letter)
    except Invalid as refusal:
        return _refused(act, report_id, refusal)
    _doubt(report, letter)
    flash(
        _("The letter %(name)s is added; the version that the approval makes will hold it.", name=file.name), "success"
    )
    return redirect(url_for("clearance.clearance", report_id=report_id, _anchor="letters"), 303)


def _refused(act: Act, report_id: uuid.UUID, refusal: Invalid) -> ResponseReturnValue:
    told = refusal.problems or [Problem("letter", refusal.sentence)]
    problems = [Problem(problem.where, _(problem.sentence)) for problem in told]
    return _page(act, reports.get(act.session, report_id), problems), 422


def _terms() -> tuple[Terms, list[Problem]]:
    """What the form says, and what in it could not be read."""
    chosen, days = request.form.get("asked_of", ""), request.form.get("days", "").strip()
    problems, asked_of, letter = [], None, None
    try:
        asked_of = uuid.UUID(chosen) if chosen else None
    except ValueError:
        problems.append(Problem("asked_of", service.NO_CERTIFIER))
    if days and not (days.isascii() and days.isdecimal() and len(days) < 4):
        problems.append(Problem("days", DAYS))
        days = ""
    try:
        letter = _letter()
    except Invalid as refusal:
        problems.append(Problem("letter", refusal.sentence))
    dated = request.form.get("dated", "").strip()
    return Terms(request.form.get("note", ""), asked_of, int(days) if days else USUAL_DAYS, letter, dated), problems


def _letter() -> Letter | None:
    """The letter of the form, its bytes judged and kept; None where no file was chosen. Invalid where it is not taken;
    its place is the field then, not the name of the file.
    """
    sent = request.files.get("letter")
    if sent is None or not sent.filename:
        return None
    try:
        return Letter(receive(sent), request.form.get("dated", "").strip())
    except Invalid as refusal:
        raise Invalid(refusal.sentence) from refusal


def _doubt(report: Report, letter: Letter | None) -> None:
    doubt = doubt_of_letter(letter.dated, report.created_at) if letter is not None else None
    if doubt:
        flash(_(doubt), "info")
