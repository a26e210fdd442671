"""The report of a state: where it stands, its check, clearance, steps and versions, and the history of an answer."""

from __future__ import annotations

import csv
import io
import json
import uuid
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from forms import build
from forms.cycles import StartForm
from forms.findings import SEVERITIES
from forms.outline import Guideline, text
from forms.words import N_
from portal.adapters.content import disposition
from portal.http import guard, render, steps
from portal.http.comparing import changes, word_steps
from portal.http.guard import guarded
from portal.http.reading import frozen_values, reading
from portal.http.telling import event_words, reason_of
from portal.models.reports import Report
from portal.queries import accounts, cycles, desk, events, reports
from portal.queries.guidelines import guideline
from portal.rules.policy import may
from portal.rules.refusals import Invalid, Missing, Problem
from portal.services import drafting
from portal.services.act import Act
from portal.services.steps import Order, open_steps

pages = Blueprint("reports", __name__)

LAST_EVENTS = 12
ROLES = {
    "focal_point": N_("focal point"),
    "contributor": N_("contributor"),
    "certifier": N_("certifier"),
}
TIMING = {
    "in_time": N_("received before the deadline"),
    "after_deadline": N_("received after the deadline, before the cut-off of the synthesis"),
    "after_cut_off": N_("received after the cut-off of the synthesis"),
}
STEP_DONE = {
    "ask": N_("The certifier has been asked for clearance. You can take the request back until it is decided."),
    "recall": N_("The request is taken back; the draft is open for writing again."),
    "decline": N_("You declined; the focal point has been told your reason and the draft is open for writing again."),
    "consent": N_("You consented to publication; the reporting team has been told."),
    "withdraw": N_("The report is withdrawn. Its versions and receipts stay, and you can open it again."),
    "reopen": N_("The report is open for writing again. The date of its first submission stays."),
}


@pages.get("/reports")
@guarded("report:list")
def listing(act: Act) -> ResponseReturnValue:
    """The reports of the states I report for, and the form that starts one."""
    return render_template("reports/listing.html", **_listing(act, None))


@pages.post("/reports")
@guarded("report:list")
def start(act: Act) -> ResponseReturnValue:
    """Starts the report of a state for the present cycle."""
    page = _listing(act, request.form)
    form = page["form"]
    if form is None or not form.validate():
        return render_template("reports/listing.html", **page), 422
    draft = drafting.Draft(form.entity.data, page["cycle"].key, form.modality.data, form.all_languages())
    report = drafting.start(act, draft)
    flash(_("The report is started. Nobody outside your state sees it before you submit."), "success")
    return redirect(url_for("reports.report", report_id=report.id), 303)


def _listing(act: Act, formdata: MultiDict[str, str] | None) -> dict[str, Any]:
    """What the list page shows; `form` is None where there is nothing for this person to start."""
    person = act.actor
    cycle = cycles.current(act.session)
    asked = guideline(act.session, cycle.edition)
    rows = desk.of_entities(act.session, person.entities)
    begun = {row.Report.entity for row in rows if row.Report.cycle == cycle.key}
    leads = {grant.entity for grant in person.grants if grant.role == "focal_point" and grant.entity}
    names = desk.entity_names(act.session, leads - begun)
    form = None
    if names:
        form = StartForm(
            formdata,
            entities=[(code, render.words(name)) for code, name in names.items()],
            modalities=[(m.key, text(m.title, render.language())) for m in asked.modalities.values()],
            languages=list(render.LANGUAGES.items()),
            data={"entity": request.args.get("entity", ""), "first_language": render.language()},
        )
    return {"rows": rows, "form": form, "cycle": cycle, "asked": asked}


@pages.get("/reports/<uuid:report_id>")
@guarded("report:draft", subject=guard.report)
def report(act: Act, report: Report) -> ResponseReturnValue:
    """Where the report stands, who does what, and the step that is next or what hinders it."""
    asked = guideline(act.session, report.edition)
    requests = reports.clearances(act.session, report.id)
    told = events.events(act.session, report.id)
    asked_for = next((row for row in told if row.kind == "review.clarify"), None)
    judged = drafting.check(act.session, report)
    return render_template(
        "reports/report.html",
        **_heading(act, report),
        asked=asked,
        parts=reading(asked, report.modality, report.languages, {}),
        state=judged,
        openings={opening.step.name: opening for opening in open_steps(act.session, report, act.person, judged)},
        people=reports.people(act.session, report.entity),
        versions=reports.versions(act.session, report.id),
        files=reports.version(act.session, report.id, report.versions).files if report.state == "accepted" else [],
        requests=requests,
        names=accounts.names(act.session, [who for r in requests for who in (r.asked_by, r.decided_by)]),
        told=told[:LAST_EVENTS],
        clarification=asked_for if asked_for and report.state == "clarifying" else None,
        event_words=event_words,
        reason_of=reason_of,
        role_title=lambda role: _(ROLES.get(role, role)),
    )


def _heading(act: Act, report: Report) -> dict[str, Any]:
    """What every page of a report begins with."""
    entity = cycles.entity(act.session, report.entity)
    return {"report": report, "entity": entity, "cycle": cycles.cycle(act.session, report.cycle)}


@pages.post("/reports/<uuid:report_id>/announce")
@guarded("report:announce", subject=guard.report)
def announce(act: Act, report: Report) -> ResponseReturnValue:
    """The state says, or takes back, that it is preparing a report."""
    announced = request.form.get("announced") == "yes"
    drafting.announce(act, report, announced)
    said = _("It is said in public now that your state is preparing a report; nothing else of the draft is shown.")
    taken_back = _("It is no longer said that your state is preparing a report.")
    flash(said if announced else taken_back, "success")
    return redirect(url_for("reports.report", report_id=report.id), 303)


@pages.post("/reports/<uuid:report_id>/steps/<step>")
@guarded("report:see", subject=guard.report)
def take_step(act: Act, report: Report, step: str) -> ResponseReturnValue:
    """Takes a step of the lifecycle; each step demands its own permission."""
    steps.take(act, report, step, _order())
    act.session.flush()
    if not may(act.person, "report:draft", report):
        return redirect(f"/review/{report.id}", 303)
    if step == "submit":
        return redirect(url_for("reports.version", report_id=report.id, n=_approved(act, report)), 303)
    flash(_(STEP_DONE[step]), "success")
    return redirect(url_for("reports.report", report_id=report.id), 303)


def _order() -> Order:
    """The order that the form gives; Invalid when an identifier in it is none."""
    try:
        files = tuple(uuid.UUID(given) for given in request.form.getlist("attachments"))
        asked = request.form.get("request")
        return Order(request.form.get("reason"), files, uuid.UUID(asked) if asked else None)
    except ValueError:
        sentence = N_(
            "The form names something by an identifier that is none; please reload the page and send it again."
        )
        raise Invalid(sentence, [Problem("request", sentence)]) from None


def _approved(act: Act, report: Report) -> int:
    """The version that the request in this form led to: the same for a second click on the same button."""
    asked = request.form.get("request")
    made = (r.version for r in reports.clearances(act.session, report.id) if str(r.id) == asked and r.version)
    return next(made, report.versions)


@pages.get("/reports/<uuid:report_id>/check")
@guarded("report:draft", subject=guard.report)
def check(act: Act, report: Report) -> ResponseReturnValue:
    """Everything that the check says of the draft, by severity, with the way to each field."""
    asked = guideline(act.session, report.edition)
    state = drafting.check(act.session, report)
    page = {"groups": _weighed(asked, report, state), "state": state, "asked": asked, "rules": build.rules(asked)}
    return render_template("reports/check.html", **_heading(act, report), **page)


@dataclass(frozen=True)
class Told:
    """A finding in the reader's language, with the way to its field."""

    section: str
    title: str
    language: str
    sentence: str
    url: str


def _weighed(asked: Guideline, report: Report, state: drafting.State) -> list[tuple[str, list[Told]]]:
    """The findings by severity, the heaviest first."""
    weighed: dict[str, list[Told]] = {weight: [] for weight in SEVERITIES}
    for finding in state.findings:
        question = asked.questions[finding.question]
        url = url_for(
            "sections.section",
            report_id=report.id,
            key=question.section,
            language=finding.language or None,
            _anchor=render.slug(finding.place),
        )
        told = Told(
            question.section, render.words(question.title), finding.language, _(finding.message) % finding.params, url
        )
        weighed[finding.severity].append(told)
    return list(weighed.items())


@pages.get("/reports/<uuid:report_id>/rules.csv")
@guarded("report:draft", subject=guard.report)
def rules(act: Act, report: Report) -> ResponseReturnValue:
    """The list of all checks as a table to take along."""
    asked = guideline(act.session, report.edition)
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(["rule", "severity", "says", "questions"])
    table.writerows([rule.key, rule.severity, rule.says, " ".join(rule.questions)] for rule in build.rules(asked))
    headers = {"Content-Disposition": disposition(f"checks-{asked.key}.csv")}
    return Response("\ufeff" + out.getvalue(), mimetype="text/csv", headers=headers)


@pages.get("/reports/<uuid:report_id>/clearance")
@guarded("report:draft", subject=guard.report)
def clearance(act: Act, report: Report) -> ResponseReturnValue:
    """What exactly is signed: problems, what changed since the last version, the whole text; approve or decline."""
    asked = guideline(act.session, report.edition)
    values = reports.values(act.session, report.id)
    waiting = reports.open_clearance(act.session, report.id)
    judged = drafting.check(act.session, report, values)
    files = reports.attachments(act.session, report.id)
    return render_template(
        "reports/clearance.html",
        **_heading(act, report),
        asked=asked,
        problems=[(weight, found) for weight, found in _weighed(asked, report, judged) if found],
        parts=reading(asked, report.modality, report.languages, values),
        attachments=files,
        changed=_changed(act, report, asked, values),
        waiting=waiting,
        asked_by=accounts.names(act.session, [waiting.asked_by]) if waiting else {},
        openings={opening.step.name: opening for opening in open_steps(act.session, report, act.person, judged)},
    )


def _changed(act: Act, report: Report, asked: Guideline, values: dict[tuple[str, str], Any]) -> Any:
    """The answers that differ from the last version; None before the first."""
    if not report.versions:
        return None
    last = json.loads(reports.version(act.session, report.id, report.versions).document)
    return changes(asked, report.modality, frozen_values(last), values)


@pages.get("/reports/<uuid:report_id>/versions/<int(max=99999):n>")
@guarded("version:read", subject=guard.report)
def version(act: Act, report: Report, n: int) -> ResponseReturnValue:
    """A submitted version for reading, from its frozen document, with its receipt."""
    kept = reports.version(act.session, report.id, n)
    document, receipt = json.loads(kept.document), json.loads(kept.receipt)
    asked = guideline(act.session, document["edition"]["key"])
    return render_template(
        "reports/version.html",
        **_heading(act, report),
        kept=kept,
        document=document,
        receipt=receipt,
        asked=asked,
        parts=reading(asked, document["modality"], document["languages"], frozen_values(document)),
        attachments=[entry | {"id": entry["attachment"]} for entry in kept.files],
        timing=_(TIMING[receipt["statement"]["timing"]]),
    )


@pages.get("/reports/<uuid:report_id>/versions/<int(max=99999):n>/version.json")
@guarded("version:read", subject=guard.report)
def version_document(act: Act, report: Report, n: int) -> ResponseReturnValue:
    """The bytes of a version, to keep."""
    return _bytes(
        reports.version(act.session, report.id, n).document, f"{report.entity}-{report.cycle}-version-{n}.json"
    )


@pages.get("/reports/<uuid:report_id>/versions/<int(max=99999):n>/receipt.json")
@guarded("version:read", subject=guard.report)
def version_receipt(act: Act, report: Report, n: int) -> ResponseReturnValue:
    """The bytes of a receipt, to keep and to check."""
    return _bytes(
        reports.version(act.session, report.id, n).receipt, f"{report.entity}-{report.cycle}-receipt-{n}.json"
    )


def _bytes(body: bytes, name: str) -> Response:
    return Response(body, mimetype="application/json", headers={"Content-Disposition": disposition(name)})


@pages.get("/reports/<uuid:report_id>/history/<path:question>")
@guarded("report:draft", subject=guard.report)
def history(act: Act, report: Report, question: str) -> ResponseReturnValue:
    """Every saved value of one answer, who saved it and when, and what was different."""
    asked = drafting.asked_question(guideline(act.session, report.edition), report, question)
    language = request.args.get("language", str(report.languages[0]))
    if language not in report.languages:
        raise Missing(N_("The report is not written in this language."))
    kept = drafting.language_of(report, asked, language)
    rows = reports.history(act.session, report.id, asked.key, kept)
    before = [row.value for row in rows[1:]] + [None]
    saves = [(row, word_steps(asked, old, row.value)) for row, old in zip(rows, before, strict=True)]
    page = {"question": asked, "shown": kept, "saves": saves}
    return render_template("reports/history.html", **_heading(act, report), **page)
