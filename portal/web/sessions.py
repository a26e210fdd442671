"""Coming in and going out."""

from __future__ import annotations

import base64
import re
from typing import Any

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf

from forms.account import LoginForm
from portal.http import people
from portal.http.context import settings, wall_clock
from portal.http.guard import PUBLIC, guarded
from portal.rules.refusals import NotNow
from portal.services import accounts, local_keys
from portal.services.act import Act
from portal.services.local_keys import LocalKey

pages = Blueprint("sessions", __name__)

# Browsers and servers drop control characters and read a backslash as a slash: an address to go on to has neither.
OF_THIS_PORTAL = re.compile(r"/(?![/\\])[^\x00-\x20\x7f\\]*")


def safe_address(address: str | None) -> str:
    """An address of this portal to go on to; the desk when it leads elsewhere."""
    if address and OF_THIS_PORTAL.fullmatch(address):
        return address
    return url_for("desk.desk")


@pages.get("/login")
@guarded(PUBLIC)
def login(act: Act) -> ResponseReturnValue:
    """The log-in page; a person who is in already goes on to the desk."""
    if act.person is not None:
        return redirect(safe_address(request.args.get("next")))
    return render_template("sessions/login.html", form=LoginForm(), next=request.args.get("next", ""))


@pages.post("/login")
@guarded(PUBLIC)
def log_in(act: Act) -> ResponseReturnValue:
    """Checks the password. A wrong one is counted, and the page says the same for an unknown address."""
    act.at = wall_clock()
    form = LoginForm(request.form)
    in_place = request.headers.get("Accept", "").startswith("application/json")
    wrong = None
    if form.validate():
        try:
            user = accounts.verify_password(
                act, form.email.data or "", form.password.data or "", request.remote_addr or ""
            )
        except NotNow as refusal:
            user, wrong = None, _(refusal.sentence)
        if user is not None:
            people.enter(accounts.come_in(act, user))
            if in_place:
                return jsonify(person=str(user))
            return redirect(safe_address(request.form.get("next")), 303)
        wrong = wrong or _(accounts.WRONG)
    if in_place:
        return jsonify(person=None, wrong=wrong or _("Enter your password."))
    return render_template("sessions/login.html", form=form, wrong=wrong, next=request.form.get("next", ""))


@pages.post("/logout")
@guarded("desk:read")
def log_out(act: Act) -> ResponseReturnValue:
    """Ends the session on the server; every copy of its cookie ends with it."""
    act.at = wall_clock()
    accounts.go_out(act, people.session_secret() or "")
    people.leave()
    response = redirect(url_for("public.front"), 303)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@pages.get("/session")
@guarded(PUBLIC, polling=True)
def session_of_page(act: Act) -> ResponseReturnValue:
    """Who is logged in here now, with the token of the forms and the key that seals what is not saved yet: for the
    script of a page that has stood open. The keys of nobody are given to nobody, and the session is not prolonged.
    """
    told: dict[str, Any] = {"person": None, "csrf": generate_csrf()}
    secret = people.session_secret()
    if act.person is not None and secret is not None:
        key = local_keys.local_key(settings().secret_key, accounts.secret_digest(secret))
        told |= {"person": str(act.person.id), "name": act.person.name, "key": _shown(key)}
    return jsonify(told)


@pages.get("/session/keys/<name>")
@guarded("desk:read", polling=True)
def earlier_key(act: Act, name: str) -> ResponseReturnValue:
    """The key of an earlier session of this person that was not ended by log-out, so that a text comes back."""
    act.at = wall_clock()
    return jsonify(_shown(local_keys.earlier_key(act, settings().secret_key, name)))


def _shown(key: LocalKey) -> dict[str, str]:
    return {"name": key.name, "secret": base64.b64encode(key.secret).decode()}
