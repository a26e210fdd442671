"""Partners on pages: the list, the people of one, invitations, and the answers to those who registered."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forms.account import CodeForm, NewAccountForm
from forms.outline import text
from portal.http import people, render
from portal.http.context import settings, wall_clock
from portal.http.guard import PUBLIC, SAFE, guarded
from portal.models.contributions import Partner
from portal.queries import cycles
from portal.queries import partners as held
from portal.rules.contributions import PARTNER_KINDS
from portal.rules.naming import REPORTING_REGIONS
from portal.rules.refusals import Invalid, Problem
from portal.services import accounts
from portal.services import calls_for_input as calls
from portal.services import partners as service
from portal.services.act import Act
from portal.services.invitations import Chosen
from portal.services.partners import NewPartner

pages = Blueprint("partners", __name__)


def partner(act: Act, partner_id: uuid.UUID) -> Partner:
    """Loads the partner of an address; a request that writes holds its row until the commit."""
    return held.get(act.session, partner_id, lock=request.method not in SAFE)


@pages.get("/partners")
@guarded("partner:see")
def listing(act: Act) -> ResponseReturnValue:
    """Every partner with its people and what it sent, and the form for another."""
    return _listing(act)


def _listing(act: Act, problems: Sequence[Problem] = ()) -> str:
    language = render.language()
    return render_template(
        "partners/listing.html",
        rows=held.with_counts(act.session),
        kinds=PARTNER_KINDS,
        regions=list(REPORTING_REGIONS),
        entities=sorted((text(one.names, language), one.iso3) for one in cycles.entities(act.session)),
        problems=problems,
        typed=request.form,
    )


@pages.post("/partners")
@guarded("partner:manage")
def add(act: Act) -> ResponseReturnValue:
    """Brings a partner in."""
    sent = request.form
    told = NewPartner(
        sent.get("name", ""),
        sent.get("kind", ""),
        sent.get("region") or None,
        sent.get("entity") or None,
        sent.get("credit", ""),
    )
    try:
        made = service.add_partner(act, told)
    except Invalid as refusal:
        return _listing(act, refusal.problems), 422
    flash(_("The partner is there. Invite the people who file for it below."), "success")
    return redirect(url_for(".page", partner_id=made.id), 303)


@pages.get("/partners/<uuid:partner_id>")
@guarded("partner:see", subject=partner, by="partner_id", conceal=None)
def page(act: Act, found: Partner) -> ResponseReturnValue:
    """One partner: who files for it, and the open invitations."""
    return _page(act, found)


def _page(act: Act, found: Partner, problems: Sequence[Problem] = (), fresh: dict[str, Any] | None = None) -> str:
    rows = held.people(act.session, found.id)
    return render_template(
        "partners/partner.html",
        partner=found,
        people=[row for row in rows if row.PartnerMember.ended_at is None],
        ended=[row for row in rows if row.PartnerMember.ended_at is not None],
        invitations=held.invitations(act.session, found.id, act.at),
        kinds=PARTNER_KINDS,
        problems=problems,
        typed=request.form,
        fresh=fresh,
    )


@pages.post("/partners/<uuid:partner_id>/people")
@guarded("partner:manage", subject=partner, by="partner_id", conceal=None)
def invite(act: Act, found: Partner) -> ResponseReturnValue:
    """Lets a person file for the partner; the code of an invitation is shown this once."""
    email = request.form.get("email", "")
    try:
        secret = service.invite(act, found.id, email)
    except Invalid as refusal:
        return _page(act, found, refusal.problems), 422
    return _invited(act, found, email, secret)


def _invited(act: Act, found: Partner, email: str, secret: str | None) -> ResponseReturnValue:
    if secret is None:
        flash(_("This person has an account and files for the partner from now on; they have been told."), "success")
        return redirect(url_for(".page", partner_id=found.id), 303)
    fresh = {"email": email.strip().lower(), "code": secret, "page": settings().base_url + url_for(".invitation")}
    return _page(act, found, fresh=fresh)


@pages.post("/partners/<uuid:partner_id>/people/<uuid:user_id>/end")
@guarded("partner:manage", subject=partner, by="partner_id", conceal=None)
def end(act: Act, found: Partner, user_id: uuid.UUID) -> ResponseReturnValue:
    """Ends that a person files for the partner."""
    service.leave(act, found.id, user_id)
    flash(_("This person does not file for the partner any more. What they wrote stays."), "success")
    return redirect(url_for(".page", partner_id=found.id), 303)


@pages.post("/registrations/<uuid:registration_id>/confirm")
@guarded("partner:manage")
def confirm(act: Act, registration_id: uuid.UUID) -> ResponseReturnValue:
    """Confirms an organisation that registered; the code of an invitation is shown this once."""
    row, secret = calls.confirm(act, registration_id)
    return _invited(act, held.get(act.session, row.partner_id), row.email, secret)


@pages.post("/registrations/<uuid:registration_id>/decline")
@guarded("partner:manage")
def decline(act: Act, registration_id: uuid.UUID) -> ResponseReturnValue:
    """Declines an organisation that registered, with a reason."""
    row = calls.decline(act, registration_id, request.form.get("reason", ""))
    flash(_("The registration is declined; your reason is kept with it."), "success")
    return redirect(url_for("calls_for_input.page", call_id=row.call_id), 303)


@pages.get("/partner-invitation")
@guarded(PUBLIC)
def invitation(_act: Act) -> ResponseReturnValue:
    """Asks for the code of an invitation to file for a partner."""
    return render_template("partners/invitation.html", form=CodeForm(), offer=None)


@pages.post("/partner-invitation")
@guarded(PUBLIC)
def accept(act: Act) -> ResponseReturnValue:
    """Shows what the bearer of the code is invited to; with a password, opens the account and comes in."""
    code, decides = request.form.get("code", ""), "password" in request.form
    found = service.offer(act, code, lock=decides)
    if found is None:
        return render_template("partners/invitation.html", form=CodeForm(), offer=None, wrong=_(service.NOT_OPEN)), 422
    form = NewAccountForm(request.form if decides else None)
    if not decides or not form.validate():
        page = render_template("partners/invitation.html", offer=found, code=code, form=form)
        return page, 422 if decides else 200
    user = service.accept(act, found, Chosen(form.name.data or "", form.password.data or "", render.language()))
    people.enter(accounts.come_in(Act(act.session, act.person, wall_clock()), user))
    flash(_("Welcome. You file for %(partner)s.", partner=found.partner.name), "success")
    return redirect(url_for("desk.desk"), 303)
