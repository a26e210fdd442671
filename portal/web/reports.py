"""The report of a state: where it stands, its check, clearance, steps and versions."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from forms.words import N_
from portal.adapters.content import disposition
from portal.http import guard, steps
from portal.http.guard import guarded
from portal.http.problems import of_form, of_refusal
from portal.http.reading import frozen_values, origins, reading
from portal.http.starting import entities_to_start, start_form
from portal.http.telling import event_words, reason_of
from portal.http.timing import timing_words
from portal.models.reports import Report
from portal.queries import accounts, cycles, desk, events, extensions, pace, presence, reports, sources
from portal.queries import handing as in_hands
from portal.queries.guidelines import guideline
from portal.rules.handing import PARTS
from portal.rules.lifecycle import DRAFTING
from portal.rules.policy import may
from portal.rules.refusals import Invalid, Problem
from portal.services import asides, carrying, drafting, explaining, handing
from portal.services.act import Act
from portal.services.steps import Order, open_steps
from portal.services.submission import received
from portal.web import clearance
from portal.web.carrying import chosen, tell

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
        return render_template("reports/listing.html", **page | {"problems": of_form(form)}), 422
    draft = drafting.Draft(form.entity.data, page["cycle"].key, form.modality.data, form.all_languages())
    report = drafting.start(act, draft)
    if request.form.get("carry"):
        tell(carrying.carry(act, report, *chosen(request.form["carry"])))
    flash(_("The report is started. Nobody outside your state sees it before you submit."), "success")
    return redirect(url_for("reports.report", report_id=report.id), 303)


def _listing(act: Act, formdata: MultiDict[str, str] | None) -> dict[str, Any]:
    """What the list page shows; `form` is None where there is nothing for this person to start."""
    person = act.actor
    cycle = cycles.current(act.session)
    asked = guideline(act.session, cycle.edition)
    rows = desk.of_entities(act.session, person.entities)
    begun = {row.Report.entity for row in rows if row.Report.cycle == cycle.key}
    names = entities_to_start(act, begun)
    form = start_form(formdata, asked, names, request.args.get("entity", ""))
    earlier = sources.earlier(act.session, names) if names else []
    return {"rows": rows, "form": form, "problems": [], "cycle": cycle, "asked": asked, "earlier": earlier}


@pages.get("/reports/<uuid:report_id>")
@guarded("report:home", subject=guard.report)
def report(act: Act, report: Report) -> ResponseReturnValue:
    """Where the report stands, who does what, and the step that is next or what hinders it. A contributor sees the
    sections that were handed to them and what is asked of them there, unless the report is open to them for reading.
    """
    return home(act, report)


def home(act: Act, report: Report, problems: Sequence[Problem] = ()) -> str:
    """The page of a report; `problems` are those of a stated day or of a step whose reason was not taken, whose form is
    shown as it was sent.
    """
    asked = guideline(act.session, report.edition)
    whole = may(act.person, "report:draft", report)
    requests = reports.clearances(act.session, report.id) if whole else []
    told = events.events(act.session, report.id) if whole else []
    accepted = whole and report.state == "accepted"
    consent = reports.consent(act.session, report) if accepted else None
    asked_and_decided = [who for r in requests for who in (r.asked_by, r.decided_by)]
    asked_for = next((row for row in told if row.kind == "review.clarify"), None)
    judged = handing.check(act, report)
    waiting = asides.notes(act, report)
    said = explaining.judged_draft(act.session, report, judged.findings)
    return render_template(
        "reports/report.html",
        **_heading(act, report),
        problems=problems,
        typed=request.form,
        stated_day=pace.stated_day(act.session, report.cycle, report.entity) if not report.versions else None,
        sent_day=request.form.get("by_day") if problems else None,
        asked=asked,
        parts=reading(asked, report.modality, report.languages, {}, judged.progress.sections),
        whole=whole,
        out=_out(act, report) if whole else {},
        parts_of=PARTS,
        state=judged,
        here=presence.by_section(act.session, report.id, act.at, act.actor.id),
        weights=explaining.tally([*said, *waiting]),
        waiting=asides.by_section(waiting),
        openings={opening.step.name: opening for opening in open_steps(act.session, report, act.person, judged)},
        people=reports.people(act.session, report.entity),
        versions=reports.versions(act.session, report.id) if whole else [],
        untouched=sources.untouched(act.session, report.id) if whole else {},
        earlier=sources.earlier(act.session, [report.entity], but=report.id) if _may_carry(act, report) else [],
        files=reports.version(act.session, report.id, report.versions).files if accepted else [],
        consent=consent,
        requests=requests,
        names=accounts.names(act.session, [*asked_and_decided, consent.given_by if consent else None]),
        told=[row for row in told if not row.kind.startswith(("comment.", "team."))][:LAST_EVENTS],
        clarification=asked_for if asked_for and report.state == "clarifying" else None,
        event_words=event_words,
        reason_of=reason_of,
        role_title=lambda role: _(ROLES.get(role, role)),
    )


def _may_carry(act: Act, report: Report) -> bool:
    return report.state in DRAFTING and may(act.person, "report:carry", report)


def _out(act: Act, report: Report) -> dict[str, list[Any]]:
    """What is in whose hands, by section."""
    found: dict[str, list[Any]] = {}
    for row in in_hands.in_hands(act.session, report.id):
        found.setdefault(row.Handout.section, []).append(row)
    return found


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
    """Takes a step of the lifecycle; each step demands its own permission. Without the reason that it needs, the page
    of its form is shown again.
    """
    order = _order()
    try:
        steps.take(act, report, step, order)
    except Invalid as refusal:
        if step not in OF_WORDS:
            raise
        return OF_WORDS[step](act, report, of_refusal(refusal, {"reason": f"{step}-reason"})), 422
    act.session.flush()
    if not may(act.person, "report:draft", report):
        return redirect(f"/review/{report.id}", 303)
    if step == "submit":
        return redirect(url_for("reports.version", report_id=report.id, n=_approved(act, report)), 303)
    flash(_(STEP_DONE[step]), "success")
    return redirect(url_for("reports.report", report_id=report.id), 303)


OF_WORDS: Mapping[str, Callable[[Act, Report, Sequence[Problem]], str]] = {
    "decline": clearance.shown_again,
    "withdraw": home,
    "reopen": home,
}
"""The steps that need words, each with the page on which its form stands."""


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
        origins=origins(document),
        attachments=[entry | {"id": entry["attachment"]} for entry in kept.files],
        timing=timing_words(
            _(TIMING[receipt["statement"]["timing"]]),
            kept.submitted_at,
            received(act, report, kept.submitted_at)[0],
            extensions.untils(act.session, report.cycle).get(report.entity),
        ),
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
