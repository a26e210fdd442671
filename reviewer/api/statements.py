"""Statements of the synthesis for programs: listed, written with what they cite, reworded, found supported."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from marshmallow import fields, validate

from portal.api.calls import Answer, Calls
from portal.api.cursors import opened, page, portion
from portal.api.shapes import (
    USUAL,
    Asked,
    Given,
    Moment,
    Paging,
    StrictWhole,
    key_text,
    language_code,
    one_of,
    page_of,
    words,
)
from portal.models.synthesis import Statement
from portal.queries import cycles
from portal.queries.guidelines import guideline
from portal.rules.synthesis import GROUNDS, STANCES, STATES, Entry, outline
from portal.services.act import Act
from reviewer.queries import statements as queries
from reviewer.rules.statements import mark, statement_told
from reviewer.services import statements as service
from reviewer.services.statements import MOST, MOST_GROUNDS, MOST_REASON, Draft, Ground

calls = Calls("Statements", __name__, "The statements of the synthesis, and what each of them cites.")


class GroundShape(Asked):
    """What a statement cites: `reference` is the key of a passage or the number of a figure, of channel b
    (`observation`) or of a report (`reported`); `stance` tells whether it speaks for the statement or against it."""

    kind = one_of(GROUNDS, required=True)
    reference = words(240, required=True)
    stance = one_of(STANCES, required=True)


class NewStatement(Asked):
    """A statement to write, under a heading of the outline of the extended report, with what it cites."""

    cycle = key_text(required=True)
    heading = words(64, required=True)
    text = words(MOST, required=True)
    language = language_code(load_default="en")
    citations = fields.List(fields.Nested(GroundShape), load_default=list, validate=validate.Length(max=MOST_GROUNDS))


class NewText(Asked):
    """Another text, upon the revision that the caller saw; `note` says why."""

    text = words(MOST, required=True)
    base_revision = StrictWhole(least=1, required=True)
    note = words(MOST_REASON, load_default="")


class Grounds(Asked):
    """What is to be cited; all of it is taken or none."""

    citations = fields.List(fields.Nested(GroundShape), required=True, validate=validate.Length(1, MOST_GROUNDS))


class Seen(Asked):
    """The revision of the text that the caller saw, and the citations."""

    revision = StrictWhole(least=1, required=True)
    cited = words(
        16,
        load_default=None,
        metadata={"description": "`cited` of the statement as it was read; leave it out to ask nothing."},
    )


class WhichStatements(Paging):
    """Which statements are asked for; without a cycle those of the newest."""

    cycle = key_text()
    heading = words(64)
    state = one_of(STATES)


class BehindShape(Given):
    """What speaks for a statement: `states` in their own reports, other states that it is told of, regions, channels,
    languages of the passages, how many citations for and against, open contradictions that touch what it cites, and
    those elsewhere on its commitment; `standing_contradictions` were settled as unresolved or as both standing."""

    states = fields.List(fields.String())
    spoken_of = fields.List(fields.String())
    regions = fields.List(fields.String())
    channels = fields.List(fields.String())
    languages = fields.List(language_code())
    speaking_for = fields.Integer(data_key="for")
    against = fields.Integer()
    open_contradictions = fields.Integer()
    open_contradictions_elsewhere = fields.Integer()
    standing_contradictions = fields.Integer()
    standing_contradictions_elsewhere = fields.Integer()


class CitedShape(Given):
    """One citation. Of a passage `text`, `language`, `question` and `version` are given, of a figure `value`, `unit`,
    `period`, `indicator` and `source`; of one of channel b also `area`, `edition` and `standing`, what was said of its
    file, of one of a report `question`, `version`, `disaggregation` and `place`. `credit` is how a partner or a source
    wants to be named, and `licence` under which terms; the others are null. By its `id` it is taken
    away."""

    id = fields.UUID()
    kind = one_of(GROUNDS)
    stance = one_of(STANCES)
    reference = fields.String()
    channel = fields.String()
    entity = fields.String(allow_none=True)
    region = fields.String(allow_none=True)
    text = fields.String(allow_none=True)
    language = fields.String(allow_none=True)
    question = fields.String(allow_none=True)
    version = fields.Integer(allow_none=True)
    partner_name = fields.String(allow_none=True)
    credit = fields.String(allow_none=True)
    licence = fields.String(allow_none=True)
    value = fields.String(allow_none=True)
    unit = fields.String(allow_none=True)
    period = fields.String(allow_none=True)
    indicator = fields.String(allow_none=True)
    disaggregation = fields.String(allow_none=True)
    place = fields.String(allow_none=True)
    area = fields.String(allow_none=True)
    source = fields.String(allow_none=True)
    edition = fields.String(allow_none=True)
    standing = fields.String(allow_none=True)


class StatementShape(Given):
    """A statement with what stands behind it. `ordinal` is its place under the heading; `waiting` counts the citations
    to check again."""

    id = fields.UUID()
    cycle = fields.String()
    heading = fields.String()
    ordinal = fields.Integer()
    title = fields.String()
    text = fields.String()
    language = language_code()
    revision = fields.Integer()
    state = one_of(STATES)
    changed_at = Moment()
    waiting = fields.Integer()
    behind = fields.Nested(BehindShape)
    citations = fields.List(fields.Nested(CitedShape))
    cited = fields.String(metadata={"description": "A mark that changes with the citations."})


OF_A_CITATION = tuple(CitedShape().fields)


def statement_of(act: Act, statement_id: uuid.UUID) -> Statement:
    """Loads the statement of an address."""
    return queries.get(act.session, statement_id)


LOADED: dict[str, Any] = {"subject": statement_of, "by": "statement_id", "conceal": None}


@calls.call("GET", "/statements", "synthesis:read", query=WhichStatements, gives=page_of(StatementShape), refuses=[404])
def list_statements(act: Act, which: dict[str, Any]) -> dict[str, Any]:
    """The statements of a cycle with what they cite, in a fixed order."""
    cycle = cycles.counting(act.session, which["cycle"]) if which["cycle"] else cycles.current(act.session)
    limit = which["limit"] or USUAL
    (after,) = opened("statements", which["cursor"], uuid.UUID) or (None,)
    rows = queries.listed(
        act.session, cycle.key, heading=which["heading"], state=which["state"], after=after, limit=limit + 1
    )
    shown = _shapes(act, outline(guideline(act.session, cycle.edition)), rows[:limit])
    return page("statements", [*shown, *rows[limit:]], limit, lambda last: (last["id"],))


@calls.call(
    "POST",
    "/statements",
    "synthesis:write",
    body=NewStatement,
    gives=Answer(StatementShape, status=201),
    refuses=[404],
    idempotent=True,
)
def write_statement(act: Act, sent: dict[str, Any]) -> dict[str, Any]:
    """Writes a statement as a draft, and cites what is given with it; all of it is taken or nothing."""
    draft = Draft(sent["cycle"], sent["heading"], sent["text"], sent["language"])
    return _one(act, service.write(act, draft, _grounds(sent)))


@calls.call("GET", "/statements/<uuid:statement_id>", "synthesis:read", gives=StatementShape, **LOADED)
def read_statement(act: Act, found: Statement) -> dict[str, Any]:
    """One statement."""
    return _one(act, found)


@calls.call(
    "PUT",
    "/statements/<uuid:statement_id>",
    "synthesis:write",
    body=NewText,
    gives=StatementShape,
    refuses=[409],
    **LOADED,
)
def reword_statement(act: Act, found: Statement, sent: dict[str, Any]) -> dict[str, Any]:
    """Gives a statement another text; what was supported is a draft again. 409 `stale` with both texts where a
    colleague saved first."""
    return _one(act, service.reword(act, found.id, sent["text"], sent["base_revision"], sent["note"]))


@calls.call(
    "POST",
    "/statements/<uuid:statement_id>/citations",
    "synthesis:write",
    body=Grounds,
    gives=StatementShape,
    refuses=[409],
    **LOADED,
)
def cite_in_statement(act: Act, found: Statement, sent: dict[str, Any]) -> dict[str, Any]:
    """Cites passages and figures; all are taken or none."""
    service.cite(act, found.id, _grounds(sent))
    return _one(act, found)


@calls.call(
    "POST",
    "/statements/<uuid:statement_id>/support",
    "synthesis:write",
    body=Seen,
    gives=StatementShape,
    refuses=[409],
    **LOADED,
)
def support_statement(act: Act, found: Statement, sent: dict[str, Any]) -> dict[str, Any]:
    """Finds a statement supported; 409 `not_now` with the reasons where it cites nothing that speaks for it, or
    something that it cites has moved, or its citations are not those that were read."""
    return _one(act, service.support(act, found.id, sent["revision"], sent["cited"]))


@calls.call(
    "POST",
    "/statements/<uuid:statement_id>/citations/<uuid:citation_id>/remove",
    "synthesis:write",
    gives=StatementShape,
    refuses=[409],
    **LOADED,
)
def remove_citation(act: Act, found: Statement, citation_id: uuid.UUID) -> dict[str, Any]:
    """Takes a citation away; the record keeps that it was there. A supported statement without one that speaks for it
    is a draft again."""
    return _one(act, service.uncite(act, found.id, citation_id))


class WhyWithdrawn(Asked):
    """Why a statement is withdrawn."""

    reason = words(MOST_REASON, required=True)


@calls.call(
    "POST",
    "/statements/<uuid:statement_id>/withdraw",
    "synthesis:write",
    body=WhyWithdrawn,
    gives=StatementShape,
    refuses=[409],
    **LOADED,
)
def withdraw_statement(act: Act, found: Statement, sent: dict[str, Any]) -> dict[str, Any]:
    """Withdraws a statement with a reason; it stays to be read."""
    return _one(act, service.withdraw(act, found.id, sent["reason"]))


class NewPlace(Asked):
    """Where a statement goes: one place `up` or `down` under its heading, or `last` under another."""

    to = one_of(("up", "down", "last"), required=True)
    heading = words(64, load_default="")


@calls.call(
    "POST",
    "/statements/<uuid:statement_id>/place",
    "synthesis:write",
    body=NewPlace,
    gives=StatementShape,
    refuses=[409],
    **LOADED,
)
def place_statement(act: Act, found: Statement, sent: dict[str, Any]) -> dict[str, Any]:
    """Moves a statement under its heading, or puts it under another."""
    if sent["to"] == "last":
        return _one(act, service.put_under(act, found.id, sent["heading"]))
    return _one(act, service.move(act, found.id, -1 if sent["to"] == "up" else 1))


class RevisionShape(Given):
    """One text that a statement had, with the note that says why it was changed."""

    number = fields.Integer()
    text = fields.String()
    language = language_code()
    note = fields.String()
    changed_at = Moment()
    changed_by = fields.String()


@calls.call(
    "GET",
    "/statements/<uuid:statement_id>/revisions",
    "synthesis:read",
    query=Paging,
    gives=page_of(RevisionShape),
    **LOADED,
)
def list_revisions(act: Act, found: Statement, paging: dict[str, Any]) -> dict[str, Any]:
    """Every text that a statement had, newest first."""
    names = ("number", "text", "language", "note", "changed_at")
    rows = [
        {name: getattr(row.StatementRevision, name) for name in names} | {"changed_by": row.name}
        for row in queries.revisions(act.session, found.id)
    ]
    return portion("revisions", rows, paging)


def _grounds(sent: dict[str, Any]) -> list[Ground]:
    return [Ground(**one) for one in sent["citations"]]


def _one(act: Act, statement: Statement) -> dict[str, Any]:
    cycle = cycles.counting(act.session, statement.cycle)
    return _shapes(act, outline(guideline(act.session, cycle.edition)), [statement])[0]


def _shapes(act: Act, entries: Sequence[Entry], found: Sequence[Statement]) -> list[dict[str, Any]]:
    """The statements as they are given; three statements to the database for all of them."""
    by_key = {entry.key: entry for entry in entries}
    ids = [statement.id for statement in found]
    cited = queries.citations(act.session, ids)
    waiting = queries.waiting(act.session, ids)
    cases = queries.speaking_cases(act.session, found[0].cycle if found else "", {one.commitment for one in entries})
    shapes = []
    for statement in found:
        entry = by_key.get(statement.heading) or Entry(statement.heading, {}, 1)
        told = statement_told(statement, entry.title, cited[statement.id], cases[entry.commitment])
        told["behind"]["speaking_for"] = told["behind"].pop("for")
        told["citations"] = [
            {name: one.get(name) for name in OF_A_CITATION} | {"id": row.id}
            for row, one in zip(cited[statement.id], told["citations"], strict=True)
        ]
        more = {name: getattr(statement, name) for name in ("id", "cycle", "ordinal", "changed_at")}
        shapes.append(told | more | {"waiting": waiting.get(statement.id, 0), "cited": mark(cited[statement.id])})
    return shapes
