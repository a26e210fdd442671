"""The people of an entity: who holds which role, inviting, taking an invitation back, ending a role."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forms.account import InviteForm
from forms.words import N_
from portal.http.guard import guarded, office
from portal.http.inviting import door
from portal.http.problems import of_form
from portal.models.sharing import Invitation
from portal.queries import colleagues as people
from portal.queries.colleagues import Office
from portal.rules.refusals import Invalid
from portal.services import colleagues, invitations
from portal.services.act import Act
from portal.services.invitations import Call
from portal.web.reports import ROLES

pages = Blueprint("people", __name__)

SUCCESSOR = "successor"
OFFERED = {
    "contributor": N_("Contributor: writes the sections that you hand out"),
    "certifier": N_("Certifier: approves the report or sends it back"),
    "focal_point": N_("Focal point beside you: leads the report with the same rights"),
    SUCCESSOR: N_("Your successor: becomes focal point, and your own role ends when the invitation is accepted"),
}


@pages.get("/entities/<iso3>/people")
@guarded("people:see", subject=office, by="iso3", conceal=None)
def listing(act: Act, office: Office) -> ResponseReturnValue:
    """Who holds which role since when, and which invitations are open."""
    return _page(act, office, _form())


def _form(sent: Any = None) -> InviteForm:
    return InviteForm(sent, roles=[(key, _(title)) for key, title in OFFERED.items()])


def _page(act: Act, office: Office, form: InviteForm, fresh: dict[str, Any] | None = None) -> str:
    """The page; `fresh` is an invitation just made, whose link is shown this once."""
    rows = people.memberships(act.session, office.entity)
    return render_template(
        "reports/people.html",
        office=office,
        held=[row for row in rows if row.Membership.ended_at is None],
        ended=[row for row in rows if row.Membership.ended_at is not None],
        open_invitations=people.invitations(act.session, office.entity, act.at),
        form=form,
        problems=of_form(form),
        fresh=fresh,
        role_title=lambda role: _(ROLES.get(role, role)),
    )


@pages.post("/entities/<iso3>/people")
@guarded("people:manage", subject=office, by="iso3", conceal=None)
def invite(act: Act, office: Office) -> ResponseReturnValue:
    """Opens an invitation and shows its link in the answer itself: it stands in no address, cookie or log."""
    form = _form(request.form)
    if not form.validate():
        return _page(act, office, form), 422
    succeeds = form.role.data == SUCCESSOR
    try:
        made, secret = invitations.invite(act, office, Call(form.email.data or "", form.role.data, succeeds))
    except Invalid as refusal:
        for problem in refusal.problems:
            form[problem.where].errors = [*form[problem.where].errors, problem.sentence]
        return _page(act, office, form), 422
    return _page(act, office, _form(), _fresh(made, secret))


def _fresh(made: Invitation, secret: str) -> dict[str, Any]:
    """What is passed on."""
    return {"invitation": made, "code": secret, "page": door(), "link": door(secret)}


@pages.post("/entities/<iso3>/invitations/<uuid:invitation_id>/revoke")
@guarded("people:manage", subject=office, by="iso3", conceal=None)
def revoke(act: Act, office: Office, invitation_id: uuid.UUID) -> ResponseReturnValue:
    """Takes an open invitation back."""
    taken = invitations.revoke(act, office, invitation_id)
    flash(_("The invitation of %(email)s is taken back; its link serves no longer.", email=taken.email), "success")
    return redirect(url_for("people.listing", iso3=office.entity), 303)


@pages.post("/entities/<iso3>/people/<uuid:membership_id>/end")
@guarded("people:manage", subject=office, by="iso3", conceal=None)
def end(act: Act, office: Office, membership_id: uuid.UUID) -> ResponseReturnValue:
    """Ends a role from the next request on."""
    ended = colleagues.end(act, office, membership_id)
    flash(_("The role is ended. What the person wrote stays; what was in their hands is yours again."), "success")
    mine = ended.user_id == act.actor.id and ended.role == "focal_point"
    return redirect(url_for("desk.desk") if mine else url_for("people.listing", iso3=office.entity), 303)
