"""Refusals and faults as people and programs see them: a page, or a problem document."""

from __future__ import annotations

import logging
import secrets
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, json, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from forms.words import N_
from portal.adapters.storage import StorageUnavailable
from portal.db import db
from portal.http.people import is_api
from portal.rules.no_figures import NoFigures
from portal.rules.refusals import Forbidden, Invalid, Missing, NotNow, Refusal, Stale, TooLarge, Unacceptable

log = logging.getLogger("portal")

STATUS: dict[type[Refusal], tuple[int, str]] = {
    Unacceptable: (415, "unacceptable"),
    TooLarge: (413, "too_large"),
    Invalid: (422, "invalid"),
    Forbidden: (403, "forbidden"),
    Missing: (404, "missing"),
    NotNow: (409, "not_now"),
    Stale: (409, "stale"),
}
TITLES = {
    400: N_("The request cannot be read"),
    401: N_("Please log in"),
    403: N_("This is not open to you"),
    404: N_("There is nothing here"),
    405: N_("This address does not take such a request"),
    409: N_("This cannot be done now"),
    413: N_("This is too large"),
    415: N_("This kind of file is not taken"),
    416: N_("The file has no such range"),
    422: N_("Something needs to be put right"),
    429: N_("Please wait a little"),
    500: N_("Something went wrong on our side"),
    503: N_("The portal is busy"),
}
SENTENCES = {
    400: N_("Please go back and try again."),
    401: N_("Please log in first."),
    403: N_("Your role does not include this."),
    404: N_("Please check the address, or begin from the front page."),
    405: N_("Please go back and use the buttons of the page."),
    413: N_("A file may have up to 50 MB."),
    500: N_("Nothing of what was saved before is lost. Please try again; if it happens again, tell us the reference."),
    503: N_("Nothing of what was saved before is lost. Please try again in a moment."),
}
SENTENCES_FOR_PROGRAMS = {
    400: N_("The request cannot be read as HTTP or as what it says it is."),
    401: N_("Please send a token that is in force: Authorization: Bearer TOKEN."),
    404: N_("Please check the address; /api/v1/docs lists all calls."),
    405: N_("Please use one of the methods that the header Allow names."),
    415: N_("Please send what /api/v1/docs says for this call."),
    416: N_("Please ask for a range within the file."),
}
FORM_OUT_OF_DATE = N_(
    "The page was open for too long, or in another session. Please go back, reload the page, and send again."
)


def install(app: Flask) -> None:
    """Answers every refusal and every fault of this application."""
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(CSRFError, lambda _error: answer(400, "forgery", _(FORM_OUT_OF_DATE)))
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _busy)
    app.register_error_handler(StorageUnavailable, _busy)
    app.register_error_handler(Exception, _fault)


def answer(
    status: int,
    kind: str,
    sentence: str,
    *,
    problems: list[dict[str, str]] | None = None,
    extra: dict[str, Any] | None = None,
    reference: str | None = None,
) -> Response:
    """A refusal as the one who asked can read it: a problem document for the API and for scripts, a page for people."""
    title = _(TITLES.get(status, HTTPStatus(status).phrase))
    if is_api() or request.headers.get("Accept", "").startswith("application/json"):
        document = {"type": kind, "title": title, "status": status, "detail": sentence, "problems": problems or []}
        body = json.dumps(document | (extra or {}) | ({"reference": reference} if reference else {}))
        return Response(body, status, mimetype="application/problem+json")
    page = render_template(
        f"errors/{status if status in TITLES else 400}.html",
        title=title,
        sentence=sentence,
        problems=problems or [],
        reasons=(extra or {}).get("reasons", []),
        reference=reference,
    )
    return Response(page, status, mimetype="text/html")


def _refused(refusal: Refusal) -> Response:
    db.session.rollback()
    status, kind = next(STATUS[kind] for kind in type(refusal).__mro__ if kind in STATUS)
    problems: list[dict[str, str]] = []
    extra: dict[str, Any] = {}
    if isinstance(refusal, NoFigures):
        extra["findings"] = findings(refusal)
        problems = [{"where": one["where"], "sentence": one["sentence"]} for one in extra["findings"]]
    elif isinstance(refusal, Invalid):
        problems = [{"where": p.where, "sentence": _(p.sentence)} for p in refusal.problems]
    elif isinstance(refusal, NotNow):
        reasons = [_(reason) for reason in refusal.reasons]
        problems = [{"where": "", "sentence": reason} for reason in reasons]
        extra["reasons"] = reasons
    elif isinstance(refusal, Stale):
        extra.update({k: v for k, v in asdict(refusal.texts).items() if k != "extra"})
    return answer(status, kind, _(refusal.sentence), problems=problems, extra=extra)


def findings(refusal: NoFigures) -> list[dict[str, Any]]:
    """What was found in a file without figures, in the reader's language: each with its count and its first places."""
    return [
        {
            "where": one.where,
            "sentence": _(one.note.words) % one.note.told,
            "count": one.count,
            "places": [{"where": seen.where, "code": seen.code, "text": seen.text} for seen in one.places],
        }
        for one in refusal.findings
    ]


def _http(error: HTTPException) -> Response:
    db.session.rollback()
    status = error.code or 500
    if status < 400:
        return Response(status=status, headers=dict(error.get_headers()))
    data = getattr(error, "data", None) or {}
    problems = [
        {"where": where, "sentence": sentence}
        for source in (data.get("messages") or {}).values()
        for where, sentence in places(source)
    ]
    words = SENTENCES | SENTENCES_FOR_PROGRAMS if is_api() else SENTENCES
    sentence = problems[0]["sentence"] if problems else _(words.get(status, N_("Please check the request.")))
    response = answer(status, _kind(status), sentence, problems=problems)
    for name in ("Allow", "Content-Range", "Retry-After"):
        for header, value in error.get_headers():
            if header == name:
                response.headers[name] = value
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _kind(status: int) -> str:
    """The `type` of a problem document: the same word for the same status, whoever refuses."""
    kinds = {number: kind for number, kind in STATUS.values() if number != 409}
    return kinds.get(status) or HTTPStatus(status).phrase.lower().replace(" ", "_")


def places(messages: Any, where: str = "") -> list[tuple[str, str]]:
    """Marshmallow's nested messages as (where, sentence) pairs."""
    if isinstance(messages, dict):
        return [
            pair for key, value in messages.items() for pair in places(value, f"{where}.{key}" if where else str(key))
        ]
    if isinstance(messages, list):
        return [pair for value in messages for pair in places(value, where)]
    return [(where, str(messages))]


def _busy(error: Exception) -> Response:
    db.session.rollback()
    log.warning("unavailable: %s", type(error).__name__)
    response = answer(503, "busy", _(SENTENCES[503]))
    response.headers["Retry-After"] = "2"
    return response


def _fault(error: Exception) -> Response:
    db.session.rollback()
    reference = secrets.token_hex(4)
    log.error("fault %s at %s %s", reference, request.method, request.path, exc_info=error)
    return answer(500, "fault", _(SENTENCES[500]), reference=reference)
