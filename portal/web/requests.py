"""What the reporting team asks me for: requests for evidence, each answered with a contribution."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.http.guard import SAFE, guarded
from portal.queries import requests
from portal.rules import crosswalk
from portal.rules.contributions import CHANNELS
from portal.rules.refusals import Invalid, Problem
from portal.rules.requests import OTHER_CHANNEL, STATES, Asked, state_of, way_in
from portal.services import requests as service
from portal.services.act import Act

pages = Blueprint("requests", __name__)


def asked(act: Act, request_id: uuid.UUID) -> Asked:
    """Loads a request; one that writes holds its row until the commit."""
    return requests.request(act.session, request_id, lock=request.method not in SAFE)


@pages.get("/requests")
@guarded("request:mine")
def mine(act: Act) -> ResponseReturnValue:
    """The requests to me and to the partners for whom I file, those that wait first."""
    return _page(act)


@pages.post("/requests/<uuid:request_id>/answer")
@guarded("request:answer", subject=asked, by="request_id", conceal=None)
def answer(act: Act, found: Asked) -> ResponseReturnValue:
    """Names the contribution by which a request is answered."""
    try:
        service.answer_with(act, found, _chosen())
    except Invalid as refusal:
        return _page(act, [Problem(f"{found.request.id}-{one.where}", one.sentence) for one in refusal.problems]), 422
    if found.request.answered_at:
        flash(_("The request is answered; the reporting team has been told."), "success")
    else:
        flash(_("The contribution is chosen. The request is answered once it is sent."), "success")
    return redirect(url_for("requests.mine", _anchor=f"request-{found.request.id}"), 303)


def _chosen() -> uuid.UUID:
    try:
        return uuid.UUID(request.form.get("contribution", ""))
    except ValueError:
        raise Invalid(OTHER_CHANNEL, [Problem("contribution", OTHER_CHANNEL)]) from None


def _page(act: Act, problems: Sequence[Problem] = ()) -> str:
    rows = requests.of_person(act.session, act.actor.id)
    doors = {cycle: requests.doors(act.session, cycle) for cycle in {row.Request.cycle for row in rows}}
    return render_template(
        "evidence/my_requests.html",
        rows=rows,
        doors={row.Request.id: way_in(row.Request, doors[row.Request.cycle], act.at) for row in rows},
        at=act.at,
        fitting=requests.fitting(act.session, act.actor.id, act.at),
        titles={one.key: one.title for one in crosswalk.commitments()},
        channels=CHANNELS,
        states=STATES,
        state_of=state_of,
        problems=problems,
    )
