"""The figures of a report: what channel b holds of each indicator, what the country says, confirming many at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from forms.kinds.series import STATUSES
from forms.words import N_
from portal.http import guard, render
from portal.http.figures import Offer, offer
from portal.http.guard import guarded
from portal.models.reports import Report
from portal.queries import cycles
from portal.queries.guidelines import guideline
from portal.rules.lifecycle import DRAFTING, WRONG_STATE
from portal.rules.offers import KEEP, RENEW
from portal.rules.policy import may
from portal.rules.refusals import Invalid, Problem
from portal.services import drafting, figures
from portal.services.act import Act
from portal.services.figures import Chosen, Standing

pages = Blueprint("figures", __name__)

MARK, REVISION = "@figures", "@revision"
UNKNOWN_CHOICE = N_("Please choose to confirm the new figures or to keep what was confirmed.")


@dataclass(frozen=True)
class Shown:
    """One indicator with what is offered and, where a decision was taken, the decision in words."""

    standing: Standing
    offer: Offer
    decision: str


@pages.get("/reports/<uuid:report_id>/figures")
@guarded("report:draft", subject=guard.report)
def overview(act: Act, report: Report) -> ResponseReturnValue:
    """Every indicator for which channel b holds figures, with ours and the decision; those undecided are preset."""
    shown = [_shown(standing) for standing in figures.overview(act, report)]
    return render_template(
        "reports/figures.html",
        report=report,
        entity=cycles.entity(act.session, report.entity),
        shown=shown,
        undecided=[one for one in shown if one.standing.undecided],
        moved=[one for one in shown if one.offer.moved],
        can_edit=may(act.person, "report:write", report) and report.state in DRAFTING,
        closed=None if report.state in DRAFTING else WRONG_STATE[report.state],
    )


def _shown(standing: Standing) -> Shown:
    view = offer(standing.held, standing.value)
    assert view is not None, "the overview lists indicators with figures only"
    status = (standing.value or {}).get("status", "")
    return Shown(standing, view, _(STATUSES[status]["en"]) if status in STATUSES else "")


@pages.post("/reports/<uuid:report_id>/figures")
@guarded("report:write", subject=guard.report)
def confirm(act: Act, report: Report) -> ResponseReturnValue:
    """Confirms the international figures of those indicators that are ticked, all at once."""
    chosen = [
        Chosen(key, _whole(request.form.get(key + REVISION)), request.form.get(key + MARK, ""))
        for key in dict.fromkeys(request.form.getlist("confirm"))
    ]
    outcome = figures.confirm(act, report, chosen)
    if outcome.done:
        names = ", ".join(str(question.indicator) for question in outcome.done)
        said = ngettext(
            "The figures of %(num)d indicator are confirmed: %(names)s.",
            "The figures of %(num)d indicators are confirmed: %(names)s.",
            len(outcome.done),
            names=names,
        )
        flash(said, "success")
    for question, sentence in outcome.left:
        flash(f"{question.indicator}: {_(sentence)}.", "info")
    if not chosen:
        flash(_("Nothing was ticked, so nothing is confirmed."), "info")
    return redirect(url_for(".overview", report_id=report.id), 303)


@pages.post("/reports/<uuid:report_id>/figures/moved")
@guarded("report:write", subject=guard.report)
def settle(act: Act, report: Report) -> ResponseReturnValue:
    """Takes the new figures of a confirmed indicator, or keeps what was confirmed."""
    key, decision = request.form.get("question", ""), request.form.get("decision", "")
    if decision not in (RENEW, KEEP):
        raise Invalid(UNKNOWN_CHOICE, [Problem("decision", UNKNOWN_CHOICE)])
    figures.settle(act, report, key, decision, _whole(request.form.get(key + REVISION)))
    indicator = drafting.asked_question(guideline(act.session, report.edition), report, key).indicator
    taken = _("%(indicator)s: the new figures are confirmed.", indicator=indicator)
    kept = _("%(indicator)s: what you confirmed is kept; the new figures are noted beside it.", indicator=indicator)
    flash(taken if decision == RENEW else kept, "success")
    return redirect(url_for(".overview", report_id=report.id, _anchor=render.slug(key)), 303)


def _whole(sent: Any) -> int:
    return int(sent) if isinstance(sent, str) and sent.isdecimal() and len(sent) < 10 else -1
