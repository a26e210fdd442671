"""Who a request comes from: a session cookie for pages, a token for the API, never the one for the other."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Flask, g, request, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from portal.db import db
from portal.http.context import wall_clock
from portal.queries import accounts
from portal.rules.policy import Person
from portal.services.accounts import Entrance, secret_digest

IDLE = dt.timedelta(minutes=30)
LONGEST = dt.timedelta(hours=12)
TOUCH = dt.timedelta(minutes=5)
API = "/api/"


class Visitor(UserMixin):
    """Flask-Login's view of a signed-in person; its id is the secret of the session, not of the person."""

    def __init__(self, secret: str, person: Person | None = None, seen_at: dt.datetime | None = None) -> None:
        self.secret, self.person, self.seen_at = secret, person, seen_at

    def get_id(self) -> str:
        return self.secret


def _visitor(secret: str) -> Visitor | None:
    moment = wall_clock()
    person, seen_at = accounts.by_sign_in(
        db.session, secret_digest(secret), idle_since=moment - IDLE, began_since=moment - LONGEST
    )
    return Visitor(secret, person, seen_at) if person else None


def install(app: Flask) -> None:
    """Lets Flask-Login read the session cookie."""
    manager = LoginManager()
    manager.session_protection = None  # type: ignore[assignment]
    manager.user_loader(_visitor)
    manager.init_app(app, add_context_processor=False)


def is_api() -> bool:
    """True of a request to the JSON API."""
    return request.path.startswith(API)


def bearer() -> str | None:
    """The token of the Authorization header."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" and secret.strip() else None


def person() -> Person | None:
    """The person of this request, read once."""
    if not hasattr(g, "person"):
        g.person = _read_person()
    return g.person  # type: ignore[no-any-return]


def _read_person() -> Person | None:
    if is_api():
        secret = bearer()
        return accounts.by_token(db.session, secret_digest(secret)) if secret else None
    visitor: Any = current_user
    return visitor.person if visitor.is_authenticated else None


def session_secret() -> str | None:
    """The secret of the session cookie of a signed-in person."""
    visitor: Any = current_user
    return visitor.secret if visitor.is_authenticated else None


def wants_touch() -> str | None:
    """The secret of a session whose idle time should start anew; None most of the time, and always for
    autosave and polling.
    """
    visitor: Any = current_user
    if is_api() or not visitor.is_authenticated or visitor.seen_at > wall_clock() - TOUCH:
        return None
    return str(visitor.secret)


def enter(entrance: Entrance) -> None:
    """Begins the browser session anew: nothing of the session before it is kept."""
    language = session.get("language")
    session.clear()
    session["language"] = language or entrance.language
    login_user(Visitor(entrance.secret))


def leave() -> None:
    """Empties the browser session."""
    logout_user()
    session.clear()
