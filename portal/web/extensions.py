"""More time for one country: its page, where it asks, and the lead's list, where requests are answered."""

from __future__ import annotations

import datetime as dt
import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.http.guard import guarded, office
from portal.http.phases import extension
from portal.models.phases import Extension
from portal.queries import cycles, extensions
from portal.queries.colleagues import Office
from portal.rules.refusals import Invalid, Problem
from portal.rules.timeline import end_of_day
from portal.services import extensions as service
from portal.services.act import Act
from portal.services.steps import phase_ends
from portal.services.submission import DEADLINE_PHASE

pages = Blueprint("extensions", __name__)


@pages.get("/entities/<iso3>/extension")
@guarded("extension:read", subject=office, by="iso3", conceal=None)
def page(act: Act, found: Office) -> ResponseReturnValue:
    """What this country asked for and what it was given, and the form to ask."""
    return _page(act, found, [])


def _page(act: Act, found: Office, problems: list[Problem]) -> str:
    cycle = cycles.current(act.session)
    deadline = phase_ends(act.session, cycle.key)[DEADLINE_PHASE]
    return render_template(
        "timeline/extension.html",
        office=found,
        cycle=cycle,
        deadline=deadline,
        ends=end_of_day(deadline),
        rows=extensions.of_entity(act.session, cycle.key, found.entity),
        problems=problems,
        typed=request.form,
    )


@pages.post("/entities/<iso3>/extension")
@guarded("extension:ask", subject=office, by="iso3", conceal=None)
def ask(act: Act, found: Office) -> ResponseReturnValue:
    """Asks for more time; what was typed comes back where something is to be put right."""
    try:
        service.ask(act, found, _day("wanted_until"), request.form.get("reason", ""))
    except Invalid as refusal:
        return _page(act, found, refusal.problems), 422
    flash(_("Your request is with the reporting team."), "success")
    return redirect(url_for("extensions.page", iso3=found.entity), 303)


@pages.get("/timeline/extensions")
@guarded("phase:read")
def listing(act: Act) -> ResponseReturnValue:
    """Every request of the present cycle, those that wait for an answer first."""
    return _listing(act, None, [])


def _listing(act: Act, of: uuid.UUID | None, problems: list[Problem]) -> str:
    cycle = cycles.current(act.session)
    return render_template(
        "timeline/extensions.html",
        cycle=cycle,
        rows=extensions.listing(act.session, cycle.key),
        problems=problems,
        of=of,
        typed=request.form,
    )


@pages.post("/timeline/extensions/<uuid:extension_id>")
@guarded("extension:answer", subject=extension, by="extension_id", conceal=None)
def answer(act: Act, found: Extension) -> ResponseReturnValue:
    """The lead gives more time or says that the deadline stays; what was typed comes back with what to put right."""
    giving = request.form.get("answer") == "give"
    try:
        until = _day("until") if giving else None
        if giving and until is None:
            raise Invalid(service.NO_DAY, [Problem("until", service.NO_DAY)])
        service.answer(act, found, until, request.form.get("words", ""))
    except Invalid as refusal:
        return _listing(act, found.id, refusal.problems), 422
    flash(_("The country has been told your answer."), "success")
    return redirect(url_for("extensions.listing"), 303)


def _day(name: str) -> dt.date | None:
    """The day in this field; None where it holds none."""
    try:
        return dt.date.fromisoformat(request.form.get(name, "").strip())
    except ValueError:
        return None
