"""Accepting an invitation: with the code that was passed on, or as the person to whose address it was made."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forms.account import CodeForm, NewAccountForm, PasswordForm
from forms.words import N_
from portal.http import people, render
from portal.http.context import wall_clock
from portal.http.guard import PUBLIC, guarded
from portal.http.problems import of_form
from portal.queries import colleagues
from portal.rules.refusals import NotNow
from portal.services import accounts, invitations
from portal.services.act import Act
from portal.services.invitations import Chosen, Offer
from portal.web.reports import ROLES

pages = Blueprint("invitations", __name__)

NOT_RIGHT = N_("The password is not right. Please check it and try again.")


def _shown(**context: Any) -> str:
    """The page in one of its two steps: asking for the code, or showing what it offers."""
    return render_template(
        "sessions/invitation.html",
        role_title=lambda role: _(ROLES.get(role, role)),
        **{"mine": [], "problems": of_form(context["form"]), **context},
    )


def _not_open() -> ResponseReturnValue:
    """The one answer to a code that is wrong, used, taken back or closed."""
    return _shown(form=_wrong(CodeForm(), "code", invitations.NOT_OPEN)), 422


def _wrong(form: Any, field: str, sentence: str) -> Any:
    """The form with a sentence at one of its fields."""
    form[field].errors = [sentence]
    return form


@pages.get("/invitation")
@guarded(PUBLIC)
def page(act: Act) -> ResponseReturnValue:
    """Asks for the code; a person who is logged in sees the invitations made to their address."""
    person = act.person
    mine = colleagues.invitations_to(act.session, person.email, act.at) if person else []
    return _shown(form=CodeForm(), mine=mine)


@pages.post("/invitation")
@guarded(PUBLIC)
def answer(act: Act) -> ResponseReturnValue:
    """Shows what the bearer of the code is invited to; with a password, accepts it."""
    code, decides = request.form.get("code", ""), "password" in request.form
    offer = invitations.offer(act, code, lock=decides)
    if offer is None:
        return _not_open()
    form: Any = (PasswordForm if offer.account else NewAccountForm)(request.form if decides else None)
    if not decides:
        return _shown(offer=offer, code=code, form=form)
    if not form.validate():
        return _shown(offer=offer, code=code, form=form), 422
    door = replace(act, at=wall_clock())
    user, wrong = _known(door, offer, form) if offer.account else (_new(act, offer, form), None)
    if user is None:
        # Below 400: the wrong password is counted.
        return _shown(offer=offer, code=code, form=_wrong(form, "password", wrong or NOT_RIGHT))
    if offer.account:
        invitations.accept(act, offer.invitation.id, user, offer.invitation.email)
    people.enter(accounts.come_in(door, user))
    return _welcome(offer.invitation.role)


def _new(act: Act, offer: Offer, form: Any) -> uuid.UUID:
    return invitations.accept_anew(act, offer, Chosen(form.name.data, form.password.data, render.language()))


def _known(door: Act, offer: Offer, form: Any) -> tuple[uuid.UUID | None, str | None]:
    """The account of the invited address when the password is its; else a sentence."""
    try:
        origin = request.remote_addr or ""
        user = accounts.verify_password(door, offer.invitation.email, form.password.data, origin)
    except NotNow as refusal:
        return None, refusal.sentence
    return user, NOT_RIGHT


@pages.post("/invitation/<uuid:invitation_id>/accept")
@guarded("desk:read")
def accept_mine(act: Act, invitation_id: uuid.UUID) -> ResponseReturnValue:
    """Accepts as the person who is logged in: the invitation must be to that person's address."""
    taken = invitations.accept(act, invitation_id, act.actor.id, act.actor.email)
    return _welcome(taken.role)


def _welcome(role: str) -> ResponseReturnValue:
    flash(_("You have accepted: your role is %(role)s.", role=_(ROLES.get(role, role))), "success")
    return redirect(url_for("desk.desk"), 303)
