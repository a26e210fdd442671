"""The pages on which the reporting team shares out its work: assignment with its preview, kept views of the queue."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from forms.words import N_
from portal.http import render
from portal.http.guard import guarded
from portal.queries import accounts, team
from portal.rules.assigning import Move, loads
from portal.rules.refusals import Invalid, Problem
from portal.services import assigning
from portal.services.act import Act
from portal.services.assigning import NONE_CHOSEN, Choice, Wish

pages = Blueprint("team", __name__)

MANNERS = {
    "hand": N_("Assign to one reviewer"),
    "evenly": N_("Spread evenly over several reviewers"),
    "away": N_("Take the assignment away"),
}
FILTERS = ("state", "timing", "phase", "region", "group", "assigned", "language", "modality", "age", "waits")
UNREADABLE = N_("The form could not be read; please choose the reports in the queue again.")
NOBODY = "-"


@pages.post("/review/assign")
@guarded("review:assign")
def preview(act: Act) -> ResponseReturnValue:
    """Shows what exactly would happen to the reports chosen in the queue; writes nothing. Without any it goes back to
    the queue and says so.
    """
    choice = Choice(
        request.form.get("manner", ""),
        tuple(_ids(request.form.getlist("report"))),
        tuple(_ids(request.form.getlist("reviewer"))),
    )
    if not choice.reports:
        flash(_(NONE_CHOSEN), "problem")
        return _to_queue()
    if "manner" not in request.form:
        return _preview(act, choice, None)
    try:
        return _preview(act, choice, assigning.plan(act, choice))
    except Invalid as refusal:
        return _preview(act, choice, None, refusal.problems), 422


def _ids(given: Sequence[str]) -> list[uuid.UUID]:
    try:
        return [uuid.UUID(one) for one in dict.fromkeys(given)]
    except ValueError as wrong:
        raise Invalid(UNREADABLE, [Problem("report", UNREADABLE)]) from wrong


def _preview(act: Act, choice: Choice, plan: list[Move] | None, problems: Sequence[Problem] = ()) -> str:
    """The page of an assignment: the choice, and with a plan what will happen to each report."""
    reviewers = team.reviewers(act.session)
    holders = accounts.names(act.session, [move.report.assigned_to for move in plan or ()])
    return render_template(
        "review/assign.html",
        choice=choice,
        manners=MANNERS,
        reviewers=reviewers,
        people={one.id: one.name for one in reviewers} | holders,
        plan=plan,
        moving=sum(1 for move in plan or () if move.left is None),
        after=loads(plan or (), reviewers),
        names=_names(act, [move.report.entity for move in plan or ()]),
        wish_of=_written,
        kept=_kept(),
        queue=_queue(),
        problems=problems,
    )


def _names(act: Act, codes: Sequence[str]) -> dict[str, str]:
    return {code: render.words(row.names) for code, row in team.entity_names(act.session, codes).items()}


def _written(move: Move) -> str:
    """A move as a field of the form: the report, its state and reviewer as they were seen, the reviewer to come."""
    seen, to = move.report.assigned_to or NOBODY, move.to or NOBODY
    return f"{move.report.id}|{move.report.state}|{seen}|{to}"


def _wish(written: str) -> Wish:
    try:
        report, state, seen, to = written.split("|")
        return Wish(uuid.UUID(report), state, _person(seen), _person(to))
    except ValueError as wrong:
        raise Invalid(UNREADABLE, [Problem("move", UNREADABLE)]) from wrong


def _person(written: str) -> uuid.UUID | None:
    return None if written == NOBODY else uuid.UUID(written)


@pages.post("/review/assign/done")
@guarded("review:assign")
def assign(act: Act) -> ResponseReturnValue:
    """Does what the preview showed; what has changed meanwhile is named and left alone."""
    done = assigning.assign(act, [_wish(one) for one in dict.fromkeys(request.form.getlist("move"))])
    moved = sum(1 for move in done if move.left is None)
    flash(ngettext("%(num)s report is assigned anew.", "%(num)s reports are assigned anew.", moved), "success")
    names = _names(act, [move.report.entity for move in done if move.left])
    for move in done:
        if move.left:
            flash(f"{names[move.report.entity]}: {_(move.left)}", "info")
    return _to_queue()


@pages.post("/review/views")
@guarded("review:queue")
def keep_view(act: Act) -> ResponseReturnValue:
    """Keeps the filters of the queue under a name."""
    filters = {name: value for name, value in _kept().items() if name in FILTERS}
    view = assigning.keep_view(act, request.form.get("name", ""), filters)
    flash(_("The view %(name)s is kept.", name=view.name), "success")
    return _to_queue()


def _kept() -> dict[str, str]:
    """The filters and the cycle of the queue that the form came from."""
    sent = {name: request.form.get(name, "")[:100] for name in (*FILTERS, "cycle")}
    return {name: value for name, value in sent.items() if value}


def _queue() -> str:
    """The address of the queue that the form came from."""
    asked = urlencode(_kept())
    return f"/review?{asked}" if asked else "/review"


def _to_queue() -> ResponseReturnValue:
    return redirect(_queue(), 303)


@pages.post("/review/views/<uuid:view_id>/remove")
@guarded("review:queue")
def remove_view(act: Act, view_id: uuid.UUID) -> ResponseReturnValue:
    """Removes a view that I keep."""
    flash(_("The view %(name)s is removed.", name=assigning.remove_view(act, view_id)), "success")
    return _to_queue()
