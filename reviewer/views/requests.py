"""Requests for evidence, for the team: every one of a cycle, the form to make one, and taking one back."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.http.guard import SAFE, guarded
from portal.models.cycles import Cycle
from portal.queries import cycles, requests
from portal.rules import crosswalk
from portal.rules.contributions import CHANNELS
from portal.rules.policy import may
from portal.rules.refusals import Invalid, Problem
from portal.rules.requests import NO_WAY_IN, STATES, Asked, state_of, way_in
from portal.services.act import Act
from reviewer.queries import matrix
from reviewer.services import requests as service
from reviewer.services.requests import Wish

pages = Blueprint("requests_of_the_team", __name__)
PLACE = ("commitment", "channel", "region")


def asked(act: Act, request_id: uuid.UUID) -> Asked:
    """Loads a request; one that writes holds its row until the commit."""
    return requests.request(act.session, request_id, lock=request.method not in SAFE)


@pages.get("/evidence/requests")
@guarded("evidence:read")
def listing(act: Act) -> ResponseReturnValue:
    """Every request of a cycle, those that wait first; the address may name the place that a new one is for."""
    return _page(act, _cycle(act), request.args)


@pages.post("/evidence/requests")
@guarded("request:make")
def make(act: Act) -> ResponseReturnValue:
    """Makes a request; what was typed comes back where something is to be put right."""
    cycle = _cycle(act)
    try:
        made = service.make(act, _wish(cycle), matrix.regions(act.session))
    except Invalid as refusal:
        return _page(act, cycle, request.form, refusal.problems), 422
    flash(_("The request is made; those who are asked have been told."), "success")
    if way_in(made, requests.doors(act.session, cycle.key), act.at) is None:
        flash(_(NO_WAY_IN), "problem")
    return redirect(url_for(".listing", cycle=cycle.key, _anchor=f"request-{made.id}"), 303)


@pages.post("/evidence/requests/<uuid:request_id>/withdraw")
@guarded("request:make", subject=asked, by="request_id", conceal=None)
def withdraw(act: Act, found: Asked) -> ResponseReturnValue:
    """Takes a request back with a reason."""
    of = found.request
    try:
        service.withdraw(act, found, request.form.get("reason", ""))
    except Invalid as refusal:
        problems = [Problem(f"{of.id}-{one.where}", one.sentence) for one in refusal.problems]
        return _page(act, cycles.counting(act.session, of.cycle), {}, problems), 422
    flash(_("The request is taken back; those who were asked have been told the reason."), "success")
    return redirect(url_for(".listing", cycle=of.cycle, _anchor=f"request-{of.id}"), 303)


def _cycle(act: Act) -> Cycle:
    key = request.values.get("cycle")
    return cycles.counting(act.session, key) if key else cycles.current(act.session)


def _wish(cycle: Cycle) -> Wish:
    kind, _colon, asked_of = request.form.get("asked", "").partition(":")
    try:
        chosen = uuid.UUID(asked_of)
    except ValueError:
        chosen = None
    try:
        due = dt.date.fromisoformat(request.form.get("due", "").strip())
    except ValueError:
        due = None
    return Wish(
        cycle.key,
        **{name: request.form.get(name, "") for name in PLACE},
        text=request.form.get("text", ""),
        due=due,
        partner_id=chosen if kind == "partner" else None,
        person=chosen if kind == "person" else None,
    )


def _page(act: Act, cycle: Cycle, typed: Mapping[str, str], problems: Sequence[Problem] = ()) -> str:
    making = may(act.person, "request:make")
    rows, doors = requests.of_cycle(act.session, cycle.key), requests.doors(act.session, cycle.key)
    return render_template(
        "evidence/requests.html",
        cycle=cycle,
        rows=rows,
        shut={row.Request.id for row in rows if way_in(row.Request, doors, act.at) is None},
        no_way_in=_(NO_WAY_IN),
        states=STATES,
        state_of=state_of,
        commitments=crosswalk.commitments(),
        titles={one.key: one.title for one in crosswalk.commitments()},
        channels=CHANNELS,
        regions=matrix.regions(act.session),
        partners=requests.partners(act.session) if making else [],
        persons=requests.persons(act.session, service.PERSONS) if making else [],
        may_ask=making,
        typed=typed,
        today=act.at.date(),
        problems=problems,
    )
