"""Clearance: the requests of a state, asking with a note, a named certifier and a letter, and more letters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from marshmallow import fields
from werkzeug.datastructures import FileStorage

from portal.api.calls import Answer, Calls
from portal.api.cursors import portion
from portal.api.shapes import Asked, File, Given, Moment, Paging, Whole, one_of, page_of, words
from portal.http.guard import report, report_unheld
from portal.http.uploads import receive
from portal.models.keeping import ClearanceTerms
from portal.models.reports import Attachment, Clearance, Report
from portal.queries import accounts, reports
from portal.queries import clearance as requests
from portal.rules.clearance import MOST_DAYS, USUAL_DAYS, doubt_of_letter
from portal.services import clearance as service
from portal.services.act import Act
from portal.services.clearance import MOST_WORDS, Letter, Terms
from portal.services.steps import Order

calls = Calls("Clearance", __name__, "Requests for clearance: preparing and certifying are acts of two people.")
ALL = "/reports/<uuid:report_id>/clearance"
OUTCOMES = ("approved", "declined", "recalled")


class LetterShape(Given):
    """A scanned letter of a request; `doubt` is what is odd about its date, which is taken nevertheless."""

    attachment = fields.UUID()
    name = fields.String()
    dated = fields.String()
    doubt = fields.String(allow_none=True)


class ClearanceShape(Given):
    """A request for clearance; `outcome` is null while it waits. `asked_of` is who is asked first, null for every
    certifier at once; the others are asked too at `others_at`."""

    id = fields.UUID()
    asked_at = Moment()
    asked_by = fields.String()
    note = fields.String()
    asked_of = fields.UUID(allow_none=True)
    others_at = Moment(allow_none=True)
    letters = fields.List(fields.Nested(LetterShape))
    outcome = one_of(OUTCOMES, allow_none=True)
    reason = fields.String(allow_none=True)
    decided_at = Moment(allow_none=True)


class Request(Asked):
    """What is said with a request: a note, the certifier who is asked first and for how many working days, and a
    scanned letter with the date that stands on it."""

    note = words(MOST_WORDS, load_default="")
    asked_of = fields.UUID(load_default=None)
    days = Whole(least=1, most=MOST_DAYS, load_default=USUAL_DAYS)
    letter = File()
    dated = words(10, load_default="")


class NewLetter(Asked):
    """A scanned letter, and the date that stands on it as year-month-day."""

    letter = File(required=True)
    dated = words(10, required=True)


def _listed(act: Act, found: Report) -> list[dict[str, Any]]:
    """Every request of a report, the newest first."""
    made = reports.clearances(act.session, found.id)
    terms = requests.terms(act.session, [one.id for one in made])
    files = requests.letters(act.session, terms.values())
    names = accounts.names(act.session, [one.asked_by for one in made])
    return [_shape(found, one, terms.get(one.id), files, names[one.asked_by]) for one in made]


def _shape(
    found: Report, one: Clearance, kept: ClearanceTerms | None, files: Mapping[str, Attachment], asked_by: str
) -> dict[str, Any]:
    return {
        "id": one.id,
        "asked_at": one.asked_at,
        "asked_by": asked_by,
        "note": kept.note if kept else "",
        "asked_of": kept.asked_of if kept else None,
        "others_at": kept.escalates_at if kept else None,
        "letters": [_letter(found, files[file], day) for file, day in kept.letters] if kept else [],
        "outcome": one.outcome,
        "reason": one.reason,
        "decided_at": one.decided_at,
    }


def _letter(found: Report, file: Attachment, dated: str) -> dict[str, Any]:
    doubt = doubt_of_letter(dated, found.created_at)
    return {"attachment": file.id, "name": file.name, "dated": dated, "doubt": _(doubt) if doubt else None}


@calls.call("GET", ALL, "report:draft", subject=report, query=Paging, gives=page_of(ClearanceShape))
def list_clearances(act: Act, found: Report, paging: dict[str, Any]) -> dict[str, Any]:
    """The requests for clearance, the newest first."""
    return portion("clearances", _listed(act, found), paging)


@calls.call(
    "POST",
    ALL,
    "report:ask",
    form=Request,
    gives=Answer(ClearanceShape, 201),
    refuses=[409],
    subject=report_unheld,
    later=True,
)
def ask_for_clearance(act: Act, found: Report, sent: dict[str, Any]) -> dict[str, Any]:
    """Asks for clearance with what goes with it, as the step `ask` does without. The letter is judged and kept first;
    only then is the draft held."""
    report_id = found.id
    letter = _received(act, sent["letter"], sent["dated"]) if sent.get("letter") else None
    act.write()
    held = reports.get(act.session, report_id, lock=True)
    service.ask(act, held, Order(), Terms(sent["note"], sent["asked_of"], sent["days"], letter, sent["dated"]))
    return _listed(act, held)[0]


@calls.call(
    "POST",
    f"{ALL}/letters",
    "clearance:letter",
    form=NewLetter,
    gives=Answer(LetterShape, 201),
    refuses=[409],
    subject=report_unheld,
    later=True,
)
def add_letter(act: Act, found: Report, sent: dict[str, Any]) -> dict[str, Any]:
    """Adds a scanned letter to the request that waits; the version that the approval makes will hold it."""
    report_id = found.id
    letter = _received(act, sent["letter"], sent["dated"])
    act.write()
    held = reports.get(act.session, report_id, lock=True)
    return _letter(held, service.attach_letter(act, held, letter), letter.dated)


def _received(act: Act, file: FileStorage, dated: str) -> Letter:
    """The letter of a form, its bytes judged and kept while nothing is held."""
    act.session.rollback()
    return Letter(receive(file), dated.strip())
