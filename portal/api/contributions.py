"""Contributions of partners for programs: drafted, sent, decided about, replied to, and brought in as a table."""

from __future__ import annotations

import uuid
from typing import Any, BinaryIO, cast

from flask import Response, url_for
from flask_babel import gettext as _
from marshmallow import ValidationError, fields

from forms import build
from forms.outline import Guideline
from portal.api.answers import NOT_THE_SHAPE
from portal.api.calls import Answer, Calls
from portal.api.cursors import portion
from portal.api.shapes import (
    Asked,
    File,
    Given,
    Moment,
    Paging,
    Place,
    Query,
    Remarks,
    StrictWhole,
    entity_code,
    key_text,
    language_code,
    one_of,
    page_of,
    words,
)
from portal.http import contributing
from portal.http.context import signer
from portal.http.contributing import filing, filing_unheld
from portal.http.errors import places
from portal.http.uploads import receive
from portal.models.contributions import Contribution, ContributionFile
from portal.queries import calls_for_input, partners
from portal.queries import contributions as held
from portal.queries.guidelines import guideline
from portal.rules.contributions import CHANNELS, LICENCES, MODALITY, OUTCOMES, STATES, Filing, Head
from portal.rules.refusals import Invalid, Missing, Problem
from portal.services import contribution_files, contribution_import, contributions, moderation
from portal.services.act import Act
from portal.services.contributions import Begin, Draft

calls = Calls("Contributions", __name__, "Channels c to f: what partners contribute, with the replies of states.")
ONE = "/contributions/<uuid:contribution_id>"
VERSION = f"{ONE}/versions/<int(min=1, max=99999):number>"
HERE: dict[str, Any] = {"subject": filing, "by": "contribution_id", "conceal": None}


class ContributionListing(Given):
    """A contribution in a list. `accepted` is the version that stands accepted, null for none."""

    id = fields.UUID()
    cycle = fields.String()
    channel = one_of(CHANNELS)
    call = fields.UUID(allow_none=True)
    partner = fields.String()
    title = fields.String()
    language = language_code()
    state = one_of(STATES)
    versions = fields.Integer()
    accepted = fields.Integer(allow_none=True)
    licence = fields.String()
    credit = fields.String()
    areas = fields.List(fields.String())
    first_sent_at = Moment(allow_none=True)


class ReplyShape(Given):
    """What a state that is named in a contribution says to a version of it."""

    id = fields.UUID()
    entity = fields.String()
    version = fields.Integer()
    text = fields.String()
    language = language_code()
    written_at = Moment()


class DecisionShape(Given):
    """What the team decided about a version; the partner and the team read it."""

    version = fields.Integer()
    outcome = one_of(OUTCOMES)
    reason = fields.String()
    decided_at = Moment()


class ContributionFileShape(Given):
    """A file beside a question of a draft."""

    id = fields.UUID()
    question = fields.String()
    name = fields.String()
    media_type = fields.String()
    size = fields.Integer()
    sha256 = fields.String()
    remarks = Remarks()


class ContributionShape(ContributionListing):
    """One contribution as the caller may know it. `values` and `revision` are those of the draft, for the partner
    alone; `shown` is the version that the caller reads, as it was frozen; `problems` hinder sending.
    """

    revision = fields.Integer(allow_none=True)
    values = fields.Dict(keys=fields.String(), allow_none=True)
    draft_areas = fields.List(fields.String(), allow_none=True)
    files = fields.List(fields.Nested(ContributionFileShape))
    problems = fields.List(fields.Nested(Place))
    decisions = fields.List(fields.Nested(DecisionShape))
    replies = fields.List(fields.Nested(ReplyShape))
    shown = fields.Dict(keys=fields.String(), allow_none=True)
    merged = fields.Boolean(metadata={"description": "Whether this save was joined with another."})


class ContributionsWanted(Paging):
    """Which contributions are listed; `entity` is a state that is named in them."""

    cycle = key_text()
    channel = one_of(CHANNELS)
    state = one_of(STATES)
    entity = entity_code()
    partner = fields.UUID()


class Parts(Asked):
    """The parts of a draft. What is not given stays. `areas` are names or keys; `values` by key of question, null or
    blank for none.
    """

    title = words(300)
    licence = one_of(LICENCES)
    credit = words(300)
    areas = fields.List(words(300))
    values = fields.Dict(keys=words(64), values=fields.Raw(allow_none=True))


class NewContribution(Parts):
    """A contribution of a partner to a call that is open to it."""

    call = fields.UUID(required=True)
    partner = fields.UUID(required=True)
    language = language_code(load_default="en")


class SavedParts(Parts):
    """A save: the parts that change, and the revision from which the writer began."""

    base_revision = StrictWhole(least=1, required=True)


class Decision(Asked):
    """What the team decides about the newest version; a reason is needed unless it is accepted. A version that was not
    read is never decided about: where the partner has sent a newer one, the answer is 409.
    """

    version = StrictWhole(least=1, required=True, metadata={"description": "`versions` as it was read."})
    state = one_of(
        STATES,
        load_default=None,
        metadata={"description": "`state` as it was read: a colleague's decision since is not overruled unseen."},
    )
    outcome = one_of(OUTCOMES, required=True)
    reason = words(moderation.LONGEST_WORDS, load_default="")


class NewReply(Asked):
    """A reply of a state that is named in the contribution."""

    entity = entity_code(required=True)
    text = words(moderation.LONGEST_WORDS, required=True)
    language = language_code(load_default="en")


class LaidFile(Asked):
    """A file and the question that it belongs to."""

    question = words(64, required=True)
    file = File(required=True)


class ContributionTable(Query):
    """A table of contributions (CSV, XLSX, XLS), one a row, or JSON Lines, one an object, of one partner to one call.
    With `dry_run` nothing is kept; with `send` each
    in which nothing is missing is sent.
    """

    file = File(required=True)
    call = fields.UUID(required=True)
    partner = fields.UUID(required=True)
    dry_run = fields.Boolean(load_default=False, truthy={"true"}, falsy={"false"})
    send = fields.Boolean(load_default=False, truthy={"true"}, falsy={"false"})


class ContributionRow(Given):
    """What became of one row: new, revised, unchanged or left_out, what is to be put right in it, and remarks on its
    texts by question, which hinder nothing.
    """

    row = fields.Integer()
    mark = fields.String()
    title = fields.String()
    outcome = one_of(contribution_import.OUTCOMES)
    sent = fields.Boolean()
    contribution = fields.UUID(allow_none=True)
    problems = fields.List(fields.Nested(Place))
    remarks = fields.List(fields.Nested(Place))


class ContributionTableReport(Given):
    """What became of a table."""

    file_name = fields.String()
    dry_run = fields.Boolean()
    new = fields.Integer()
    revised = fields.Integer()
    unchanged = fields.Integer()
    left_out = fields.Integer()
    sent = fields.Integer()
    rows = fields.List(fields.Nested(ContributionRow))


def _listed(one: Contribution, partner: str, accepted: int, head: Head) -> dict[str, Any]:
    return {
        "id": one.id,
        "cycle": one.cycle,
        "channel": one.channel,
        "call": one.call_id,
        "partner": partner,
        "title": head.title,
        "language": one.language,
        "state": one.state,
        "versions": one.versions,
        "accepted": accepted or None,
        "licence": head.licence,
        "credit": head.credit,
        "areas": list(head.areas),
        "first_sent_at": one.first_sent_at,
    }


def _shape(act: Act, found: Filing, *, merged: bool = False) -> dict[str, Any]:
    """One contribution as the caller may know it."""
    one: Contribution = found.contribution
    within, reads_all = contributing.inside(act, found), contributing.reads_all(act, found)
    number = contributing.shown_number(act, found)
    shown = contributing.shown(act, found, number) if number else None
    told = shown.told if shown else None
    if shown is not None and not shown.whole:
        told = {name: shown.told[name] for name in ("title", "credit", "licence", "areas", "partner", "number")}
    partner = partners.get(act.session, one.partner_id).name
    base = _listed(one, partner, found.accepted, held.heads(act.session, act.person, [one])[one.id])
    judged = contributions.check(act, one).problems if within else []
    return base | {
        "revision": one.revision if within else None,
        "values": one.values if within else None,
        "draft_areas": one.areas if within else None,
        "files": held.files(act.session, one.id) if within else [],
        "problems": [{"where": p.where, "sentence": _(p.sentence)} for p in judged],
        "decisions": held.moderations(act.session, one.id) if within or reads_all else [],
        "replies": [row.StateReply for row in held.replies(act.session, [one.id]).get(one.id, [])],
        "shown": told,
        "merged": merged,
    }


def _draft(asked: Guideline, sent: dict[str, Any]) -> Draft:
    """The parts of a draft; Invalid names each value that has not the shape of its kind of question."""
    values, problems = {}, []
    for key, value in (sent.pop("values", None) or {}).items():
        question = asked.questions.get(key)
        try:
            values[key] = value if question is None else build.answer_schema(question).load({"value": value})["value"]
        except ValidationError as error:
            told = [("values." + key + place.removeprefix("value"), why) for place, why in places(error.messages)]
            problems += [Problem(place, why) for place, why in told]
    if problems:
        raise Invalid(NOT_THE_SHAPE, problems)
    return Draft(**sent, values=values)


@calls.call("GET", "/contributions", "contribution:list", query=ContributionsWanted, gives=page_of(ContributionListing))
def list_contributions(act: Act, wanted: dict[str, Any]) -> dict[str, Any]:
    """The contributions that the caller may know of: the own partner's, for the team what was sent, and what is
    accepted.
    """
    asked = held.Wanted(wanted["cycle"], wanted["channel"], wanted["state"], wanted["partner"], wanted["entity"])
    rows = held.listed(act.session, act.person, asked)
    found = portion("contributions", rows, wanted)
    ids = [row.Contribution.id for row in found["items"]]
    accepted = held.accepted(act.session, ids)
    heads = held.heads(act.session, act.person, [row.Contribution for row in found["items"]])
    items = [
        _listed(row.Contribution, row.partner, accepted.get(row.Contribution.id, 0), heads[row.Contribution.id])
        for row in found["items"]
    ]
    return {"items": items, "next": found["next"]}


@calls.call(
    "POST",
    "/contributions",
    "contribution:list",
    body=NewContribution,
    gives=Answer(ContributionShape, 201, ("Location",)),
    refuses=[404, 409],
    idempotent=True,
)
def start_contribution(act: Act, sent: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Begins a contribution. A draft may miss anything; what cannot be kept at all is refused by its place."""
    begin = Begin(sent.pop("call"), sent.pop("partner"), sent.pop("language"))
    asked = guideline(act.session, calls_for_input.get(act.session, begin.call_id).edition)
    made = contributions.start(act, begin, _draft(asked, sent))
    where = url_for("Contributions.read_contribution", contribution_id=made.id)
    return _shape(act, held.filing(act.session, made)), {"Location": where}


@calls.call("GET", ONE, "contribution:read", gives=ContributionShape, **HERE)
def read_contribution(act: Act, found: Filing) -> dict[str, Any]:
    """One contribution, with the replies of the states that are named in it."""
    return _shape(act, found)


@calls.call("PUT", ONE, "contribution:write", body=SavedParts, gives=ContributionShape, refuses=[409], **HERE)
def save_contribution(act: Act, found: Filing, sent: dict[str, Any]) -> dict[str, Any]:
    """Saves the parts that are given upon the revision that the writer saw. Two people's changes are joined; 409
    `stale` with both where they cannot be.
    """
    base = sent.pop("base_revision")
    asked = guideline(act.session, found.contribution.edition)
    merged = contributions.save(act, found, _draft(asked, sent), base)
    return _shape(act, found, merged=merged)


@calls.call("POST", f"{ONE}/send", "contribution:write", gives=ContributionShape, refuses=[409], **HERE)
def send_contribution(act: Act, found: Filing) -> dict[str, Any]:
    """Sends the draft as the next version, with a receipt. Sending what was sent already changes nothing."""
    contributions.send(act, found, signer())
    return _shape(act, held.filing(act.session, found.contribution))


@calls.call("POST", f"{ONE}/withdraw", "contribution:write", gives=ContributionShape, refuses=[409], **HERE)
def withdraw_contribution(act: Act, found: Filing) -> dict[str, Any]:
    """Withdraws the contribution; what was sent stays in the record."""
    contributions.withdraw(act, found)
    return _shape(act, held.filing(act.session, found.contribution))


@calls.call(
    "POST",
    f"{ONE}/moderation",
    "contribution:moderate",
    body=Decision,
    gives=ContributionShape,
    refuses=[409],
    idempotent=True,
    **HERE,
)
def moderate_contribution(act: Act, found: Filing, sent: dict[str, Any]) -> dict[str, Any]:
    """The team accepts the newest version, returns it or sets it aside with a reason."""
    seen = moderation.Seen(sent["version"], sent["state"])
    moderation.moderate(act, found, seen, sent["outcome"], sent["reason"])
    return _shape(act, held.filing(act.session, found.contribution))


@calls.call(
    "POST",
    f"{ONE}/replies",
    "reply:write",
    body=NewReply,
    gives=Answer(ReplyShape, 201),
    idempotent=True,
    **HERE,
)
def reply_to_contribution(act: Act, found: Filing, sent: dict[str, Any]) -> Any:
    """A focal point of a named state replies; the reply stands beside the contribution wherever that is shown."""
    return moderation.reply(act, found, sent["entity"], sent["text"], sent["language"])


@calls.call(
    "POST",
    f"{ONE}/files",
    "contribution:write",
    form=LaidFile,
    gives=Answer(ContributionFileShape, 201),
    refuses=[409],
    subject=filing_unheld,
    by="contribution_id",
    conceal=None,
    later=True,
)
def add_file(act: Act, found: Filing, laid: dict[str, Any]) -> ContributionFile:
    """Lays a file beside a question of the draft. The content decides whether it is taken, never the name."""
    contributions.demand_writable(found.contribution)
    asked = guideline(act.session, found.contribution.edition)
    if laid["question"] not in {question.key for question in asked.counted(MODALITY)}:
        raise Missing(contributions.NO_QUESTION)
    contribution_id: uuid.UUID = found.contribution.id
    act.session.rollback()
    upload = receive(laid["file"])
    act.write()
    return contribution_files.attach(act, filing(act, contribution_id), laid["question"], upload)


@calls.call(
    "POST",
    f"{ONE}/files/<uuid:attached_id>/remove",
    "contribution:write",
    gives=ContributionShape,
    refuses=[409],
    **HERE,
)
def remove_file(act: Act, found: Filing, attached_id: uuid.UUID) -> dict[str, Any]:
    """Takes a file out of the draft and out of its answer; versions that were sent with it keep it."""
    contribution_files.remove_file(act, found, attached_id)
    return _shape(act, found)


@calls.call("GET", VERSION, "contribution:read", gives=Answer(), **HERE)
def read_contribution_version(act: Act, found: Filing, number: int) -> Response:
    """The canonical bytes of a version; their SHA-256 is the digest in the receipt."""
    return Response(contributing.version_for(act, found, number).document, mimetype="application/json")


@calls.call("GET", f"{VERSION}/receipt", "contribution:read", gives=Answer(), **HERE)
def read_contribution_receipt(act: Act, found: Filing, number: int) -> Response:
    """The receipt of a version; `python -m portal.verify` checks it without the portal."""
    return Response(contributing.version_for(act, found, number).receipt, mimetype="application/json")


@calls.call(
    "POST",
    "/contributions/table",
    "contribution:list",
    form=ContributionTable,
    gives=Answer(ContributionTableReport, 201, tried=200),
    refuses=[404, 409],
    later=True,
)
def bring_in_table(act: Act, sent: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Brings in a table of contributions as drafts, with a report of every row. A table that is only tried is answered
    with 200, as nothing is made of it.
    """
    act.write()
    wish = contribution_import.Wish(sent["call"], sent["partner"], sent["dry_run"], sent["send"])
    stream = cast("BinaryIO", sent["file"].stream)
    report = contribution_import.bring_in(act, stream, sent["file"].filename or "", wish, signer())
    rows = [
        {name: getattr(row, name) for name in ("row", "mark", "title", "outcome", "sent")}
        | {"contribution": None if wish.dry_run else row.contribution}
        | {
            name: [{"where": p.where, "sentence": _(p.sentence)} for p in told]
            for name, told in (("problems", row.problems), ("remarks", row.remarks))
        }
        for row in report.rows
    ]
    counts = {outcome: report.count(outcome) for outcome in contribution_import.OUTCOMES}
    told = {"file_name": report.file_name, "dry_run": wish.dry_run, "sent": report.sent, "rows": rows, **counts}
    return told, 200 if wish.dry_run else 201
