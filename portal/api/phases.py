"""What the phases of a cycle deliver, for programs: texts with their versions, sign-offs, closing."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from marshmallow import fields

from portal.api.calls import Answer, Calls
from portal.api.shapes import Asked, Given, Moment, StrictWhole, words
from portal.http.phases import phase
from portal.models.cycles import Phase
from portal.queries import phases
from portal.queries.phases import Delivered
from portal.rules import phases as rules
from portal.rules.refusals import Missing
from portal.services import phases as service
from portal.services.act import Act
from portal.services.phases import Draft

calls = Calls("Phases", __name__, "What each phase of a cycle delivers, who signed it, and the record of its closing.")
PATH = "/cycles/<key:cycle>/phases/<key:phase>"
BY = ("cycle", "phase")


class Signature(Given):
    """The sign-off of one version by a person of the team, under the post that the person gave."""

    name = fields.String()
    post = fields.String()
    signed_at = Moment()


class TextShape(Given):
    """One version of the text that a phase delivers; versions are never changed. `sha256` is that of the text."""

    number = fields.Integer()
    title = fields.String()
    note = fields.String()
    sha256 = fields.String()
    written_at = Moment()
    written_by = fields.String()
    signatures = fields.List(fields.Nested(Signature))


class WholeText(TextShape):
    """A version with its words, a subset of Markdown."""

    text = fields.String()


class ClosingShape(Given):
    """The closing of a phase: with which version, null for none, and the reason or remark for the record."""

    version = fields.Integer(allow_none=True)
    reason = fields.String()
    closed_at = Moment()
    closed_by = fields.String()


class WholePhase(Given):
    """A phase: its days, its texts with the newest first, what stands between it and its closing, and its closing once
    there is one."""

    cycle = fields.String()
    key = fields.String()
    title = fields.String()
    delivers = fields.String()
    opens = fields.Date()
    closes = fields.Date()
    texts = fields.List(fields.Nested(TextShape))
    hindrances = fields.List(fields.String())
    closing = fields.Nested(ClosingShape, allow_none=True)


class NewPhaseText(Asked):
    """A new version; `began` is the number of the version that its writer saw, 0 for none."""

    title = words(300, required=True)
    text = words(rules.TEXT_LIMIT, required=True)
    note = words(1000, load_default="")
    began = StrictWhole(required=True)


class NewSignature(Asked):
    """A sign-off of the newest version, whose number is given."""

    number = StrictWhole(required=True)
    post = words(200, load_default="")


class NewClosing(Asked):
    """The reason or remark for the record; needed where something stands against the closing that a reason lifts."""

    reason = words(4000, load_default="")


def _text(found: Delivered) -> dict[str, Any]:
    text = found.text
    return {
        "number": text.number,
        "title": text.title,
        "note": text.note,
        "sha256": text.digest,
        "written_at": text.written_at,
        "written_by": found.written_name,
        "signatures": [
            {"name": row.name, "post": row.SignOff.post, "signed_at": row.SignOff.signed_at} for row in found.signatures
        ],
        "text": text.text,
    }


def _texts(act: Act, of: Phase) -> dict[int, dict[str, Any]]:
    return {found.text.number: _text(found) for found in phases.texts(act.session, of.cycle, of.key)}


def _phase(act: Act, of: Phase) -> dict[str, Any]:
    row = phases.closings(act.session, of.cycle).get(of.key)
    hindering = rules.hindrances(rules.closing(of.key), service.case_of(act, of, act.person))
    return {
        "cycle": of.cycle,
        "key": of.key,
        "title": _(of.title),
        "delivers": _(of.delivers) if of.delivers else "",
        "opens": of.opens,
        "closes": of.closes,
        "texts": list(_texts(act, of).values()),
        "hindrances": [_(sentence) for sentence in hindering],
        "closing": {
            "version": row.PhaseClosing.deliverable,
            "reason": row.PhaseClosing.reason,
            "closed_at": row.PhaseClosing.closed_at,
            "closed_by": row.name,
        }
        if row
        else None,
    }


@calls.call("GET", PATH, "phase:read", subject=phase, by=BY, conceal=None, gives=WholePhase)
def read_phase(act: Act, found: Phase) -> dict[str, Any]:
    """A phase with its texts and sign-offs, and what stands against closing it now."""
    return _phase(act, found)


@calls.call("GET", f"{PATH}/texts/<int:number>", "phase:read", subject=phase, by=BY, conceal=None, gives=WholeText)
def read_text(act: Act, found: Phase, number: int) -> dict[str, Any]:
    """One version with its words."""
    texts = _texts(act, found)
    if number not in texts:
        raise Missing(phases.NO_TEXT)
    return texts[number]


@calls.call(
    "POST",
    f"{PATH}/texts",
    "phase:write",
    subject=phase,
    by=BY,
    conceal=None,
    body=NewPhaseText,
    gives=Answer(WholeText, status=201),
    refuses=[409],
    idempotent=True,
)
def write_text(act: Act, found: Phase, sent: dict[str, Any]) -> dict[str, Any]:
    """Keeps a new version of the text; it is to be signed anew."""
    made = service.write(act, found, Draft(**sent))
    return _texts(act, found)[made.number]


@calls.call(
    "POST",
    f"{PATH}/signatures",
    "phase:sign",
    subject=phase,
    by=BY,
    conceal=None,
    body=NewSignature,
    gives=Answer(TextShape, status=201),
    refuses=[409],
    idempotent=True,
)
def sign_text(act: Act, found: Phase, sent: dict[str, Any]) -> dict[str, Any]:
    """Signs off the newest version under the caller's name."""
    made = service.sign(act, found, sent["number"], sent["post"])
    return _texts(act, found)[made.number]


@calls.call(
    "POST",
    f"{PATH}/closing",
    "phase:close",
    subject=phase,
    by=BY,
    conceal=None,
    body=NewClosing,
    gives=Answer(WholePhase, status=201),
    refuses=[409],
    idempotent=True,
)
def close_phase(act: Act, found: Phase, sent: dict[str, Any]) -> dict[str, Any]:
    """Closes the phase for good; 409 gives what stands against it."""
    service.close(act, found, sent["reason"])
    return _phase(act, found)
