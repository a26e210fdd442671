"""More time for one country, for programs: its focal point asks, the lead answers."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from portal.api.calls import Answer, Calls
from portal.api.cursors import portion
from portal.api.shapes import Asked, Given, Moment, Paging, key_text, one_of, page_of, words
from portal.http.guard import office
from portal.http.phases import extension
from portal.models.phases import Extension
from portal.queries import accounts, cycles, extensions
from portal.queries.colleagues import Office
from portal.rules.refusals import Invalid, Problem
from portal.services import extensions as service
from portal.services.act import Act

calls = Calls(
    "Extensions",
    __name__,
    "More time for one country. A report is received at any time; an extension only shows in the label of one that "
    "came after the deadline of all.",
)
GIVE, KEEP = "give", "keep"
WAITS, GIVEN, DECLINED = "waits", "given", "declined"


class ExtensionShape(Given):
    """A request for more time, up to the end of `wanted_until` in the last time zone. `until` is the day that was
    given, null where none was."""

    id = fields.UUID()
    entity = fields.String()
    cycle = fields.String()
    wanted_until = fields.Date()
    reason = fields.String()
    asked_at = Moment()
    asked_by = fields.String()
    standing = one_of((WAITS, GIVEN, DECLINED))
    until = fields.Date(allow_none=True)
    answer = fields.String()
    answered_at = Moment(allow_none=True)


Extensions = page_of(ExtensionShape)


class NewExtension(Asked):
    """A request for more time in the present cycle."""

    wanted_until = fields.Date(required=True)
    reason = words(service.WORDS_LIMIT, required=True)


class ExtensionAnswer(Asked):
    """The answer to a request: `give` with the day up to the end of which there is time, or `keep` with the reason why
    the deadline stays."""

    answer = one_of((GIVE, KEEP), required=True)
    until = fields.Date(load_default=None, allow_none=True)
    words = words(service.WORDS_LIMIT, load_default="")


class OfCycle(Paging):
    """Which cycle is asked for; without one the present."""

    cycle = key_text()


def _cycle(act: Act, key: str | None) -> str:
    return cycles.counting(act.session, key).key if key else cycles.current(act.session).key


def _shapes(act: Act, found: list[Extension]) -> list[dict[str, Any]]:
    names = accounts.names(act.session, [one.asked_by for one in found])
    return [
        {
            "id": one.id,
            "entity": one.entity,
            "cycle": one.cycle,
            "wanted_until": one.wanted_until,
            "reason": one.reason,
            "asked_at": one.asked_at,
            "asked_by": names[one.asked_by],
            "standing": WAITS if one.answered_at is None else GIVEN if one.until else DECLINED,
            "until": one.until,
            "answer": one.answer,
            "answered_at": one.answered_at,
        }
        for one in found
    ]


@calls.call("GET", "/extensions", "phase:read", query=OfCycle, gives=Extensions, refuses=[404])
def list_extensions(act: Act, which: dict[str, Any]) -> dict[str, Any]:
    """Every request of a cycle, those that wait for an answer first."""
    rows = extensions.listing(act.session, _cycle(act, which["cycle"]))
    return portion("extensions", _shapes(act, [row.Extension for row in rows]), which)


@calls.call(
    "GET",
    "/entities/<iso3:iso3>/extensions",
    "extension:read",
    subject=office,
    by="iso3",
    conceal=None,
    query=OfCycle,
    gives=Extensions,
)
def read_extensions(act: Act, found: Office, which: dict[str, Any]) -> dict[str, Any]:
    """What a country asked for in a cycle and what it was given, newest first."""
    rows = extensions.of_entity(act.session, _cycle(act, which["cycle"]), found.entity)
    return portion("extensions", _shapes(act, rows), which)


@calls.call(
    "POST",
    "/entities/<iso3:iso3>/extensions",
    "extension:ask",
    subject=office,
    by="iso3",
    conceal=None,
    body=NewExtension,
    gives=Answer(ExtensionShape, status=201),
    refuses=[409],
    idempotent=True,
)
def ask_for_extension(act: Act, found: Office, sent: dict[str, Any]) -> dict[str, Any]:
    """Asks for more time in the present cycle; the lead is told."""
    return _shapes(act, [service.ask(act, found, sent["wanted_until"], sent["reason"])])[0]


@calls.call(
    "PATCH",
    "/extensions/<uuid:extension_id>",
    "extension:answer",
    subject=extension,
    by="extension_id",
    conceal=None,
    body=ExtensionAnswer,
    gives=ExtensionShape,
    refuses=[409],
)
def answer_extension(act: Act, found: Extension, sent: dict[str, Any]) -> dict[str, Any]:
    """Answers a request once; the country is told."""
    giving = sent["answer"] == GIVE
    if giving is (sent["until"] is None):
        sentence = service.NO_DAY if giving else service.DAY_TOO_MANY
        raise Invalid(sentence, [Problem("until", sentence)])
    service.answer(act, found, sent["until"], sent["words"])
    return _shapes(act, [found])[0]
