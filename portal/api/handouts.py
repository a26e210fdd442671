"""Sections in the hands of contributors: handed out, handed back, and settled answer by answer."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from portal.api.calls import Answer, Calls
from portal.api.cursors import portion
from portal.api.shapes import (
    MOST,
    Asked,
    Given,
    Moment,
    Paging,
    StrictWhole,
    language_code,
    one_of,
    page_of,
    words,
)
from portal.http.guard import handout, report
from portal.models.reports import Report
from portal.models.sharing import Handout
from portal.queries import accounts
from portal.queries import handing as in_hands
from portal.rules.handing import PARTS, Holding
from portal.rules.policy import may
from portal.services import handing as service
from portal.services.act import Act
from portal.services.handing import ACCEPTED, BESIDE, LONGEST_NOTE, WITHDRAWN, Choice, Order

calls = Calls("Hand-outs", __name__, "Sections in the hands of contributors; nothing of it is seen outside the state.")
ALL = "/reports/<uuid:report_id>/handouts"
ONE = f"{ALL}/<uuid:handout_id>"
HELD: dict[str, Any] = {"subject": handout, "by": ("report_id", "handout_id")}
ACCEPT, KEEP_BESIDE = "accept", "beside"


class HandoutShape(Given):
    """A section, or its figures or narrative alone, in the hands of one contributor. `outcome` is null until it is
    settled: accepted, beside (some of the text was kept beside the report's own) or withdrawn."""

    id = fields.UUID()
    section = fields.String()
    part = one_of(PARTS)
    person = fields.UUID()
    name = fields.String()
    due = fields.Date(allow_none=True)
    shared = fields.Boolean()
    note = fields.String()
    handed_out_at = Moment()
    returned_at = Moment(allow_none=True)
    returned_note = fields.String()
    settled_at = Moment(allow_none=True)
    outcome = one_of((ACCEPTED, BESIDE, WITHDRAWN), allow_none=True)


HandoutPage = page_of(HandoutShape)


class HandoutChange(Given):
    """An answer that is not what it was when its hand-out began. `rest` is what stays in the report if the text is kept
    beside; `own` is false where only others changed it, and then there is nothing to decide."""

    question = fields.String()
    language = language_code()
    revision = fields.Integer()
    before = fields.Raw(allow_none=True)
    now = fields.Raw(allow_none=True)
    rest = fields.Raw(allow_none=True)
    own = fields.Boolean()
    entangled = fields.Boolean()
    others = fields.List(fields.String())


class NewHandouts(Asked):
    """The same part of each of these sections, to each of these people. `shared` lets them read the whole report."""

    sections = fields.List(words(64), required=True)
    people = fields.List(fields.UUID(), required=True)
    part = one_of(PARTS, load_default="all")
    due = fields.Date(load_default=None, allow_none=True)
    shared = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    note = words(LONGEST_NOTE, load_default="")


class Noted(Asked):
    """Words that go with an act."""

    note = words(LONGEST_NOTE, load_default="")


class AgainShape(Noted):
    """What is still asked for, and until when."""

    due = fields.Date(load_default=None, allow_none=True)


class OtherPerson(Asked):
    """To whom it is handed instead."""

    person = fields.UUID(required=True)


class ChoiceShape(Asked):
    """What becomes of one answer, as it was seen at this revision."""

    question = words(64, required=True)
    language = language_code(required=True)
    revision = StrictWhole(required=True)
    choice = one_of((ACCEPT, KEEP_BESIDE), required=True)


class Settlement(Noted):
    """A choice for each answer that the contributor changed."""

    choices = fields.List(fields.Nested(ChoiceShape), load_default=list)


def _shape(one: Handout, name: str) -> dict[str, Any]:
    return {
        "id": one.id,
        "section": one.section,
        "part": one.part,
        "person": one.user_id,
        "name": name,
        "due": one.due,
        "shared": one.shared,
        "note": one.note,
        "handed_out_at": one.handed_out_at,
        "returned_at": one.returned_at,
        "returned_note": one.returned_note,
        "settled_at": one.settled_at,
        "outcome": one.outcome,
    }


def _named(act: Act, *those: Handout) -> list[dict[str, Any]]:
    act.session.flush()
    names = accounts.names(act.session, [one.user_id for one in those])
    return [_shape(one, names[one.user_id]) for one in those]


@calls.call("GET", ALL, "report:home", subject=report, query=Paging, gives=HandoutPage)
def list_handouts(act: Act, found: Report, paging: dict[str, Any]) -> dict[str, Any]:
    """What is in whose hands, oldest first, then what was settled, the newest first: for the focal point all of it, for
    others what was handed to them."""
    rows = [*in_hands.in_hands(act.session, found.id), *in_hands.settled(act.session, found.id, MOST)]
    gives = may(act.person, "handout:give", found)
    seen = [_shape(row.Handout, row.name) for row in rows if gives or row.Handout.user_id == act.actor.id]
    return portion("handouts", seen, paging)


@calls.call(
    "POST",
    ALL,
    "handout:give",
    subject=report,
    body=NewHandouts,
    gives=Answer(HandoutPage, 201),
    refuses=[409],
    idempotent=True,
)
def hand_out(act: Act, found: Report, sent: dict[str, Any]) -> dict[str, Any]:
    """Hands out sections, each to each. 422 names each section, person or day that will not do; then nothing is handed
    out."""
    return {"items": _named(act, *service.hand_out(act, found, Order(**sent))), "next": None}


@calls.call("GET", f"{ONE}/changes", "handout:give", query=Paging, gives=page_of(HandoutChange), refuses=[409], **HELD)
def list_handout_changes(act: Act, held: Holding, paging: dict[str, Any]) -> dict[str, Any]:
    """What changed since a hand-out began, answer by answer; nothing once it is settled."""
    found = [] if held.handout.settled_at else service.changes(act, held.report, held.handout)
    told = [
        {
            "question": change.question.key,
            "language": change.language,
            "revision": change.revision,
            "before": change.before,
            "now": change.now,
            "rest": change.rest,
            "own": change.own,
            "entangled": change.entangled,
            "others": change.others,
        }
        for change in found
    ]
    return portion("changes", told, paging)


@calls.call("POST", f"{ONE}/return", "handout:return", body=Noted, gives=HandoutShape, refuses=[409], **HELD)
def return_handout(act: Act, held: Holding, sent: dict[str, Any]) -> dict[str, Any]:
    """The contributor hands back what was handed to them; from here on they read it and write in it no more."""
    return _named(act, service.give_back(act, held.report, held.handout.id, sent["note"]))[0]


@calls.call("POST", f"{ONE}/settle", "handout:give", body=Settlement, gives=HandoutShape, refuses=[409], **HELD)
def settle_handout(act: Act, held: Holding, sent: dict[str, Any]) -> dict[str, Any]:
    """Accepts what was written, or keeps the text of some answers beside the report's own. 409 where somebody saved
    since the revision that was seen."""
    choices = [
        Choice(one["question"], one["language"], one["revision"], one["choice"] == KEEP_BESIDE)
        for one in sent["choices"]
    ]
    return _named(act, service.settle(act, held.report, held.handout.id, choices, sent["note"]))[0]


@calls.call("POST", f"{ONE}/again", "handout:give", body=AgainShape, gives=HandoutShape, refuses=[409], **HELD)
def open_handout_again(act: Act, held: Holding, sent: dict[str, Any]) -> dict[str, Any]:
    """Gives back to the contributor what was handed back, with a note."""
    return _named(act, service.open_again(act, held.report, held.handout.id, sent["note"], sent["due"]))[0]


@calls.call("POST", f"{ONE}/withdraw", "handout:give", gives=HandoutShape, refuses=[409], **HELD)
def withdraw_handout(act: Act, held: Holding) -> dict[str, Any]:
    """Takes a hand-out back; what was written stays in the report."""
    return _named(act, service.withdraw(act, held.report, held.handout.id))[0]


@calls.call("POST", f"{ONE}/pass", "handout:give", body=OtherPerson, gives=HandoutShape, refuses=[409], **HELD)
def pass_on_handout(act: Act, held: Holding, sent: dict[str, Any]) -> dict[str, Any]:
    """Hands to another contributor what is in somebody's hands, in one act; the new hand-out is given."""
    return _named(act, service.pass_on(act, held.report, held.handout.id, sent["person"]))[0]
