"""What the script of a form sends by itself, one part as it is typed, and what it is answered."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from forms.findings import Finding
from forms.words import N_
from portal.http import render
from portal.queries.asides import NO_TEXT
from portal.rules.refusals import Forbidden, Invalid, Missing, Problem, Stale
from portal.services.act import Act

SOMEBODY_ELSES = N_(
    "This text was written by somebody else who was logged in here before. It is not saved under your name."
)
NO_CONTROL = N_("The request carries no control of this question.")
WANTED = {"question": str, "language": str, "fields": dict, "base_revision": int}


@dataclass(frozen=True)
class Typed:
    """One part as it stood in its controls, with the revision that its writer saw. `since` holds the controls as they
    were sent before without an answer, none for nothing; `aside` names a text of the writer that this one continues.
    """

    question: str
    language: str
    fields: MultiDict[str, str]
    base_revision: int
    since: MultiDict[str, str]
    aside: uuid.UUID | None


def typed(act: Act) -> Typed:
    """The request of an autosave, in order; Invalid names what is missing, Forbidden tells that it was written by
    another person than the one who is logged in.
    """
    body = request.get_json()
    if not isinstance(body, dict):
        raise unreadable("", N_("The request must be a JSON object."))
    for name, shape in WANTED.items():
        if not isinstance(body.get(name), shape):
            raise unreadable(name, N_("The request lacks this part, or it is of another shape."))
    since, aside = body.get("since"), _identifier(body.get("aside"))
    if body.get("person", str(act.actor.id)) != str(act.actor.id):
        raise Forbidden(SOMEBODY_ELSES)
    return Typed(
        body["question"],
        body["language"],
        _controls(body["fields"]),
        body["base_revision"],
        _controls(since if isinstance(since, dict) else {}),
        aside,
    )


def saved(act: Act, revision: int, value: Any, findings: Iterable[Finding], *, merged: bool) -> dict[str, Any]:
    """The answer to a save; the value where it was joined with what somebody else wrote."""
    return {
        "revision": revision,
        "saved_at_text": _("%(moment)s UTC", moment=render.clock_time(act.at)),
        "merged": merged,
        "value": value if merged else None,
        "findings": [{"severity": f.severity, "sentence": _(f.message) % f.params, "place": f.place} for f in findings],
    }


def beside(aside_id: uuid.UUID, stale: Stale, card: str) -> dict[str, Any]:
    """The answer to a text that is kept beside: its three sides, with the card that shows them."""
    texts = stale.texts
    return {
        "aside": str(aside_id),
        "base": texts.base,
        "theirs": texts.theirs,
        "yours": texts.yours,
        "revision": texts.revision,
        "detail": _(stale.sentence),
        "card": card,
    }


def unreadable(where: str, sentence: str) -> Invalid:
    """The refusal of a request that cannot be read."""
    return Invalid(sentence, [Problem(where, sentence)])


def _controls(fields: dict[str, Any]) -> MultiDict[str, str]:
    return MultiDict(
        (str(name), value)
        for name, values in fields.items()
        for value in (values if isinstance(values, list) else [values])
        if isinstance(value, str)
    )


def _identifier(sent: Any) -> uuid.UUID | None:
    try:
        return uuid.UUID(sent) if sent else None
    except (ValueError, TypeError, AttributeError):
        raise Missing(NO_TEXT) from None
