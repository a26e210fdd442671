"""The page that takes over an earlier report of the same state: what would come, what came, what stays and why."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from forms.outline import Guideline
from forms.words import N_
from portal.http import guard, render
from portal.http.guard import guarded
from portal.models.reports import Report
from portal.queries import cycles, sources
from portal.queries.guidelines import guideline
from portal.rules.lifecycle import DRAFTING
from portal.rules.refusals import Invalid, Problem
from portal.services import carrying
from portal.services.act import Act

pages = Blueprint("carrying", __name__)

NO_CHOICE = N_("Please choose one of the earlier versions.")


@dataclass(frozen=True)
class Line:
    """An answer of the earlier version on the page: its title, its language, its place in this draft."""

    title: str
    language: str
    url: str | None
    files: int = 0


def chosen(sent: str) -> tuple[uuid.UUID, int]:
    """The version that a form names as `report:number`; Invalid for anything else."""
    report, _colon, number = sent.partition(":")
    try:
        return uuid.UUID(report), int(number)
    except ValueError:
        raise Invalid(NO_CHOICE, [Problem("version", NO_CHOICE)]) from None


@pages.get("/reports/<uuid:report_id>/carry")
@guarded("report:carry", subject=guard.report)
def page(act: Act, report: Report) -> ResponseReturnValue:
    """The earlier versions of the state, and of the chosen one what comes over and what stays behind."""
    offered = sources.earlier(act.session, [report.entity], but=report.id)
    asked_for = request.args.get("version", "")
    plan = carrying.plan(act, report, *chosen(asked_for)) if asked_for else None
    return render_template(
        "reports/carry.html",
        report=report,
        entity=cycles.entity(act.session, report.entity),
        offered=offered,
        chosen=asked_for,
        open=report.state in DRAFTING,
        **(_shown(act, report, plan) if plan else {}),
    )


def _shown(act: Act, report: Report, plan: carrying.Plan) -> dict[str, Any]:
    """The plan in words, in three groups: what can come, what came over before, what stays behind by reason."""
    asked, old = guideline(act.session, report.edition), guideline(act.session, plan.edition)
    came = {
        key
        for key, row in sources.carried(act.session, report.id).items()
        if (row.source_report, row.source_version) == (plan.source.report_id, plan.source.number)
    }
    staying: dict[str, list[Line]] = {}
    for one in plan.staying:
        if (one.question, one.language) not in came:
            staying.setdefault(one.reason, []).append(_line(report, asked, old, one.question, one.language))
    return {
        "coming": [_line(report, asked, old, one.question, one.language, one.files) for one in plan.coming],
        "came": [_line(report, asked, old, *key) for key in sorted(came)],
        "staying": staying,
    }


def _line(report: Report, asked: Guideline, old: Guideline, key: str, language: str, files: int = 0) -> Line:
    """One answer of the earlier version, with the way to its question where this report asks it."""
    question = asked.questions.get(key)
    url = None
    if question is not None and question in asked.counted(report.modality):
        spoken = language if language in report.languages else None
        anchor = render.slug(key)
        url = url_for("sections.section", report_id=report.id, key=question.section, language=spoken, _anchor=anchor)
    shown = question or old.questions.get(key)
    return Line(render.words(shown.title) if shown else key, language, url, files)


@pages.post("/reports/<uuid:report_id>/carry")
@guarded("report:carry", subject=guard.report)
def carry(act: Act, report: Report) -> ResponseReturnValue:
    """Takes the answers over, and shows what stayed behind."""
    sent = request.form.get("version", "")
    made = carrying.carry(act, report, *chosen(sent))
    tell(made)
    return redirect(url_for("carrying.page", report_id=report.id, version=sent), 303)


def tell(made: carrying.Plan) -> None:
    """Says how many answers came over, and how many stayed behind."""
    count, left = len(made.coming), len(made.staying)
    came = ngettext(
        "%(num)d answer came over; it is marked until somebody changes it or says that it is still right.",
        "%(num)d answers came over; each is marked until somebody changes it or says that it is still right.",
        count,
    )
    stayed = ngettext("%(num)d answer stayed behind.", "%(num)d answers stayed behind.", left)
    flash(" ".join([came] * bool(count) + [stayed] * bool(left)) or _("That version holds no answers."), "success")
