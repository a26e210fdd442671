"""Practice: starting a report that counts nowhere, and beginning it again."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from portal.http import guard
from portal.http.guard import guarded
from portal.http.problems import of_form
from portal.http.starting import entities_to_start, start_form
from portal.models.reports import Report
from portal.queries import cycles, desk
from portal.queries.guidelines import guideline
from portal.services import practice
from portal.services.act import Act

pages = Blueprint("practice", __name__)


@pages.get("/practice")
@guarded("report:list")
def begin(act: Act) -> ResponseReturnValue:
    """What practice is, the practice reports that are there, and the form that starts one."""
    return render_template("reports/practice.html", **_page(act, None))


@pages.post("/practice")
@guarded("report:list")
def start(act: Act) -> ResponseReturnValue:
    """Starts the practice report of a state."""
    page = _page(act, request.form)
    form = page["form"]
    if form is None or not form.validate():
        return render_template("reports/practice.html", **page | {"problems": of_form(form)}), 422
    report = practice.start(act, form.entity.data, form.modality.data, form.all_languages())
    flash(_("The practice report is started. It counts nowhere: try everything."), "success")
    return redirect(url_for("reports.report", report_id=report.id), 303)


def _page(act: Act, formdata: MultiDict[str, str] | None) -> dict[str, Any]:
    person, cycle = act.actor, cycles.current(act.session)
    asked = guideline(act.session, cycle.edition)
    rows = [row for row in desk.of_entities(act.session, person.entities) if row.Report.practice]
    begun = {row.Report.entity for row in rows if row.Report.cycle == cycle.key + practice.AFTER}
    form = start_form(formdata, asked, entities_to_start(act, begun))
    return {"rows": rows, "form": form, "problems": [], "asked": asked, "cycle": cycle}


@pages.post("/reports/<uuid:report_id>/practice")
@guarded("practice:again", subject=guard.report)
def again(act: Act, report: Report) -> ResponseReturnValue:
    """Opens the practice report for writing again, emptied where that is asked for."""
    practice.again(act, report, emptied=request.form.get("emptied") == "yes")
    flash(_("The practice begins again. What stood before is kept as a restore point, receipts stay."), "success")
    return redirect(url_for("reports.report", report_id=report.id), 303)
