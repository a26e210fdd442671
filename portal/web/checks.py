"""What the check says of a draft, with the way to each field; its explanations; and the list of all checks."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forms.findings import SEVERITIES
from forms.outline import Guideline
from forms.words import N_
from portal.adapters.content import disposition
from portal.http import guard
from portal.http.guard import guarded
from portal.http.weighing import grouped, told
from portal.models.reports import Report
from portal.queries import cycles
from portal.queries.guidelines import guideline
from portal.rules import plausible
from portal.rules.lifecycle import DRAFTING
from portal.rules.policy import may
from portal.rules.refusals import Invalid, Problem
from portal.services import asides, explaining, handing
from portal.services.act import Act
from portal.services.explaining import Said

pages = Blueprint("checks", __name__)

NOTHING_SAID = N_("Please write why it is right as it is.")


@pages.get("/reports/<uuid:report_id>/check")
@guarded("report:check", subject=guard.report)
def check(act: Act, report: Report) -> ResponseReturnValue:
    """Everything that the check says of the draft, by weight and section as far as the address asks for them. A
    contributor is told of what was handed to them, unless the report is open to them for reading.
    """
    return _page(act, report)


def _page(act: Act, report: Report, problems: Sequence[Problem] = (), typed: str | None = None) -> str:
    asked = guideline(act.session, report.edition)
    state, whole = handing.check(act, report), may(act.person, "report:draft", report)
    listed = explaining.judged_draft(act.session, report, state.findings)
    rows = told(asked, report, [*listed, *asides.notes(act, report)])
    wanted = {name: request.args.get(name, "") for name in ("severity", "section")}
    shown = [row for row in rows if wanted["section"] in ("", row.section)]
    groups = grouped(shown)
    return render_template(
        "reports/check.html",
        report=report,
        entity=cycles.entity(act.session, report.entity),
        asked=asked,
        state=state,
        nothing=not rows,
        counts=[(group, len(found)) for group, found in groups],
        groups=[(group, found) for group, found in groups if wanted["severity"] in ("", group)],
        wanted=wanted,
        sections=[asked.sections[key] for key in dict.fromkeys(row.section for row in rows)],
        begun=request.args.get("explain", ""),
        problems=problems,
        typed=typed,
        whole=whole,
        left_over=explaining.left_over(act.session, report, listed) if whole else [],
        can_explain=may(act.person, "report:write", report) and report.state in DRAFTING,
    )


@pages.post("/reports/<uuid:report_id>/explanations")
@guarded("report:write", subject=guard.report)
def explain(act: Act, report: Report) -> ResponseReturnValue:
    """Keeps why a finding is right as it is, or takes the explanation back."""
    question, language, rule, about = (request.form.get(name, "") for name in ("question", "language", "rule", "about"))
    words = request.form.get("words", "")
    taken_back = request.form.get("act") == "remove"
    began = None if taken_back else request.form.get("began", "")
    said = Said(question, language, rule, about, "" if taken_back else words, began)
    try:
        if not taken_back and not said.words.strip():
            raise Invalid(NOTHING_SAID, [Problem("words", NOTHING_SAID)])
        one = explaining.explain(act, report, said)
    except Invalid as refusal:
        return _page(act, report, [Problem("explain-words", _(refusal.sentence))], words), 422
    flash(
        _("The explanation is taken back; the words stay in the record.")
        if taken_back
        else _("The explanation is kept. The reporting team reads it beside the finding once the report is submitted."),
        "success",
    )
    narrowed: dict[str, Any] = {name: request.args.get(name) or None for name in ("severity", "section")}
    return redirect(url_for("checks.check", report_id=report.id, **narrowed, _anchor="f-" + one.mark), 303)


@pages.get("/reports/<uuid:report_id>/rules.csv")
@guarded("report:check", subject=guard.report)
def rules_of_report(act: Act, report: Report) -> ResponseReturnValue:
    """The list of all checks of the report's edition as a table to take along."""
    return _table(guideline(act.session, report.edition))


@pages.get("/guidelines/<edition>/rules")
@guarded("facts:read")
def rules(act: Act, edition: str) -> ResponseReturnValue:
    """Every check of an edition in plain words: how much it weighs and which questions it looks at."""
    asked = guideline(act.session, edition)
    return render_template("guidelines/rules.html", asked=asked, rules=_by_weight(asked))


@pages.get("/guidelines/<edition>/rules.csv")
@guarded("facts:read")
def rules_table(act: Act, edition: str) -> ResponseReturnValue:
    """The same as a table."""
    return _table(guideline(act.session, edition))


def _by_weight(asked: Guideline) -> list[tuple[str, list[Any]]]:
    listed = plausible.rules(asked)
    return [(weight, [rule for rule in listed if rule.severity == weight]) for weight in SEVERITIES]


def _table(asked: Guideline) -> Response:
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(["rule", "severity", "says", "questions"])
    table.writerows([rule.key, rule.severity, rule.says, " ".join(rule.questions)] for rule in plausible.rules(asked))
    headers = {"Content-Disposition": disposition(f"checks-{asked.key}.csv")}
    return Response("\ufeff" + out.getvalue(), mimetype="text/csv", headers=headers)
