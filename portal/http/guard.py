"""The guard: every view declares its permission; the guard finds the person and the subject, opens the act, and
commits once when the answer is below 400.
"""

from __future__ import annotations

import functools
import hashlib
import uuid
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import Unauthorized

from forms.words import N_
from portal.db import begin_write, db
from portal.http import people
from portal.http.context import make_act, now, wall_clock
from portal.models.observations import Import
from portal.queries import colleagues, handing, imports, replies, reports
from portal.queries.colleagues import Office
from portal.queries.guidelines import guideline
from portal.rules.handing import Asking, Holding, Piece
from portal.rules.policy import POLICY, Person, may, refusal
from portal.rules.refusals import Forbidden, Invalid, Missing, Problem
from portal.services import replies as reply_service
from portal.services.accounts import stay
from portal.services.act import Act
from portal.services.drafting import asked_question, asked_section, readable

PUBLIC = "public"
ONCE, CSRF = "once", "csrf_token"
"""The fields of a form that hold what makes it one request, and what proves that it is ours."""

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
View = Callable[..., ResponseReturnValue]
Loader = Callable[..., Any]
LOG_IN = N_("Please log in first.")


def report(act: Act, report_id: uuid.UUID) -> Any:
    """Loads the report of an address; a request that writes holds its row until the commit."""
    return reports.get(act.session, report_id, lock=request.method not in SAFE)


def report_unheld(act: Act, report_id: uuid.UUID) -> Any:
    """Loads the report of an address without holding its row: for a request that receives a file first."""
    return reports.get(act.session, report_id)


def dataset(act: Act, dataset_id: uuid.UUID) -> Import:
    """Loads a file of figures that was taken in; a request that writes holds its row."""
    return imports.get_import(act.session, dataset_id, lock=request.method not in SAFE)


def section(act: Act, report_id: uuid.UUID, key: str) -> Piece:
    """Loads a section of a report, from `by=("report_id", "key")`. One that was not handed to this person and one that
    is not asked get the same answer. A request that writes holds the row of the report.
    """
    return _section(act, report(act, report_id), key)


def section_unheld(act: Act, report_id: uuid.UUID, key: str) -> Piece:
    """As `section`, without holding the row of the report: for a request that receives a file first."""
    return _section(act, report_unheld(act, report_id), key)


def question(act: Act, report_id: uuid.UUID, question: str) -> Asking:
    """Loads a question of a report, from `by=("report_id", "question")`, as `section` does."""
    found = report(act, report_id)
    _demand(act.person, "report:home", found, "report:see")
    asked = asked_question(guideline(act.session, found.edition), found, question)
    return readable(act, Asking(found, asked.section, asked))


def handout(act: Act, report_id: uuid.UUID, handout_id: uuid.UUID) -> Holding:
    """Loads a hand-out, from `by=("report_id", "handout_id")`: for who hands out, and for the one who holds it."""
    found = report(act, report_id)
    _demand(act.person, "report:home", found, "report:see")
    held = Holding(found, handing.handout(act.session, report_id, handout_id))
    if not (may(act.person, "handout:give", held) or may(act.person, "handout:return", held)):
        raise Missing(handing.NO_HANDOUT)
    return held


def office(act: Act, iso3: str) -> Office:
    """Loads those who report for an entity; a request that writes holds its row until the commit."""
    return colleagues.office(act.session, iso3, lock=request.method not in SAFE)


def _section(act: Act, found: Any, key: str) -> Piece:
    _demand(act.person, "report:home", found, "report:see")
    asked = asked_section(guideline(act.session, found.edition), found, key)
    return readable(act, Piece(found, asked.key))


def guarded(
    permission: str,
    *,
    subject: Loader | None = None,
    by: str | tuple[str, ...] = "report_id",
    conceal: str | None = "report:see",
    later: bool = False,
    polling: bool = False,
    idempotent: bool = False,
) -> Callable[[View], View]:
    """Declares the permission of a view, and wraps it.

    The view is called with the act, then the subject when there is one, then what is left of the address. `subject`
    loads from the part of the address named `by`, or several. A person who may not know of the subject (`conceal`)
    gets the same answer as for one that does not exist. `later` leaves the opening of the writing transaction to the
    view, which receives a file first. `polling` marks requests a page makes by itself: they do not prolong the
    session. `idempotent` honours the Idempotency-Key header, and the field ONCE of a page's form.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def wrapped(*args: Any, **kwargs: Any) -> Response:
            act = _open(late=later)
            if permission != PUBLIC and act.person is None:
                return _to_the_door()
            loaded: tuple[Any, ...] = ()
            if subject is not None:
                named = (by,) if isinstance(by, str) else by
                loaded = (subject(act, *(kwargs.pop(name) for name in named)),)
                # The row is held from here on: the moment of the act is not that of a request that waited for it.
                act.at = now()
            if permission != PUBLIC:
                _demand(act.person, permission, loaded[0] if loaded else None, conceal if loaded else None)
            if idempotent and (key := _idempotency_key() or _key_of_form()):
                response = _once(act, key, lambda: make_response(view(*args, act, *loaded, **kwargs)))
            else:
                response = make_response(view(*args, act, *loaded, **kwargs))
            return _close(act, response, polling=polling)

        wrapped.permission = permission  # type: ignore[attr-defined]
        return wrapped

    return decorate


def _open(*, late: bool) -> Act:
    """Receives the body, then opens the transaction: nobody holds the writing lock while a slow line sends."""
    # The API refuses such a value by its place; a page has no address that holds one.
    if not people.is_api() and "\0" in request.path + "".join(told for _name, told in request.args.items(multi=True)):
        raise Missing(N_("There is no such address."))
    if request.method not in SAFE and not late:
        _ = (
            request.form
            if request.mimetype in ("multipart/form-data", "application/x-www-form-urlencoded")
            else request.data
        )
        begin_write(db.session)
    return make_act(people.person())


def _demand(person: Person | None, permission: str, subject: Any, conceal: str | None) -> None:
    if may(person, permission, subject):
        return
    if conceal is not None and not may(person, conceal, subject):
        raise Missing(reports.NO_REPORT)
    raise Forbidden(refusal(person, permission))


def _to_the_door() -> Response:
    db.session.rollback()
    if people.is_api() or request.method not in SAFE or request.headers.get("Accept") == "application/json":
        raise Unauthorized(LOG_IN)
    return make_response(redirect(url_for("sessions.login", next=request.full_path.rstrip("?"))))


def _close(act: Act, response: Response, *, polling: bool) -> Response:
    """Commits a writing request whose answer is below 400, and only then lets the answer go."""
    if request.method in SAFE:
        secret = None if polling else people.wants_touch()
        if secret:
            _prolong(act, secret)
        return response
    if response.status_code < 400:
        db.session.commit()
    else:
        db.session.rollback()
    return response


def _prolong(act: Act, secret: str) -> None:
    """Starts the idle time of the session anew; a busy database leaves it to the next page and spoils none."""
    try:
        act.write()
        stay(Act(db.session, act.person, wall_clock()), secret)
        db.session.commit()
    except OperationalError:
        db.session.rollback()


def _idempotency_key() -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is not None and not (1 <= len(key) <= 200 and key.isascii() and key.isprintable()):
        sentence = N_("An Idempotency-Key has 1 to 200 printable ASCII characters.")
        raise Invalid(sentence, [Problem("Idempotency-Key", sentence)])
    return key


def _key_of_form() -> str | None:
    """The key of a form that was drawn once and is sent again with the same words, as by a second press; with other
    words it is another request.
    """
    if not request.form.get(ONCE):
        return None
    sent = sorted((name, value) for name, value in request.form.items(multi=True) if name != CSRF)
    return f"form {hashlib.sha256(repr(sent).encode()).hexdigest()}"


def _once(act: Act, key: str, answer: Callable[[], Response]) -> Response:
    """Answers a repeated request with the bytes of the first answer; the same key with another request is refused."""
    told = hashlib.sha256(b"\n".join([request.method.encode(), request.path.encode(), request.get_data()])).hexdigest()
    if not reply_service.reserve(act, key, told):
        earlier = replies.reply(act.session, act.actor.id, key)
        if earlier.request_digest != told:
            sentence = N_("This Idempotency-Key was used for another request; please choose a new one.")
            raise Invalid(sentence, [Problem("Idempotency-Key", sentence)])
        again = Response(earlier.body, earlier.status, mimetype=earlier.media_type)
        if earlier.location:
            again.headers["Location"] = earlier.location
        return again
    response = answer()
    if response.status_code < 400:
        reply_service.keep(act, key, _kept(response))
    return response


def _kept(response: Response) -> dict[str, Any]:
    """What a repeated request is answered with."""
    return {
        "status": response.status_code,
        "media_type": response.mimetype or "application/json",
        "location": response.headers.get("Location"),
        "body": response.get_data(),
    }


class Undeclared(RuntimeError):
    """A view has no declared permission; the application does not start."""


def permissions(app: Flask) -> dict[tuple[str, str], str]:
    """The declared permission of each (endpoint, method); Undeclared names the views without one."""
    found: dict[tuple[str, str], str] = {}
    missing = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        view = app.view_functions[rule.endpoint]
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            handler = getattr(getattr(view, "view_class", None), method.lower(), view)
            declared = getattr(handler, "permission", None)
            if declared is None or (declared != PUBLIC and declared not in POLICY):
                missing.append(f"{method} {rule.rule} ({rule.endpoint})")
            else:
                found[rule.endpoint, method] = declared
    if missing:
        raise Undeclared("no permission is declared for " + ", ".join(sorted(missing)))
    return found
