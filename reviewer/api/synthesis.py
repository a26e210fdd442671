"""The synthesis for programs: its outline, the list to check again, late reports, releases."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from flask import Response
from marshmallow import fields

from portal.api.calls import Answer, Calls
from portal.api.cursors import opened, page, portion
from portal.api.shapes import (
    USUAL,
    Asked,
    Given,
    Moment,
    Paging,
    StrictWhole,
    by_language,
    entity_code,
    key_text,
    language_code,
    one_of,
    page_of,
    words,
)
from portal.db import AnyRow
from portal.queries import cycles
from portal.queries.guidelines import guideline
from portal.rules.lifecycle import STATES as STATES_OF_REPORTS
from portal.rules.synthesis import (
    DOUBTED,
    EFFECTS,
    GROUNDS,
    OBSERVATION,
    OUTCOMES,
    PASSAGE,
    REASONS,
    REVISED,
    SETTLED_AS,
    STANCES,
    STATES,
    outcomes_of,
    outline,
)
from portal.rules.verdicts import STANDINGS
from portal.services.act import Act
from reviewer.queries import statements, synthesis
from reviewer.queries.synthesis import Marked
from reviewer.rules.statements import figure_told, mark_told
from reviewer.services import synthesis as service
from reviewer.services.statements import MOST as MOST_TEXT
from reviewer.services.synthesis import MOST, Effect, Settlement

calls = Calls(
    "Synthesis", __name__, "The outline of the extended report, what is to be checked again, late reports, releases."
)


class WhichCycle(Paging):
    """The cycle that is asked for; without one the newest."""

    cycle = key_text()


def _key(act: Act, given: str | None) -> str:
    return cycles.counting(act.session, given).key if given else cycles.current(act.session).key


class HeadingShape(Given):
    """A heading of the extended report; `level` is 1 for a part. `counts` says how many statements stand under it, by
    their state."""

    key = fields.String()
    title = by_language()
    level = fields.Integer()
    region = fields.String()
    commitment = fields.String()
    counts = fields.Dict(keys=one_of(STATES), values=fields.Integer())


@calls.call("GET", "/outline", "synthesis:read", query=WhichCycle, gives=page_of(HeadingShape), refuses=[404])
def list_headings(act: Act, which: dict[str, Any]) -> dict[str, Any]:
    """The headings of the extended report in their order."""
    cycle = cycles.counting(act.session, _key(act, which["cycle"]))
    held = statements.counts(act.session, cycle.key)
    entries = outline(guideline(act.session, cycle.edition))
    return portion("outline", [vars(entry) | {"counts": held.get(entry.key, {})} for entry in entries], which)


class FigureNamed(Given):
    """A figure of a report, each text as typed, with the unit that holds."""

    reference = fields.String()
    question = fields.String()
    version = fields.Integer()
    value = fields.String()
    unit = fields.String()
    period = fields.String()
    indicator = fields.String()
    disaggregation = fields.String()
    place = fields.String()
    source = fields.String()


class SideOfRecheck(Given):
    """What was cited, or what stands there now: of a passage `text` and `language`, of a figure `value`, `unit` and
    `period`, of one of a report also `indicator`, `disaggregation`, `place` and `source`; the others are null."""

    reference = fields.String()
    question = fields.String(allow_none=True)
    version = fields.Integer(allow_none=True)
    text = fields.String(allow_none=True)
    language = language_code(allow_none=True)
    value = fields.String(allow_none=True)
    unit = fields.String(allow_none=True)
    period = fields.String(allow_none=True)
    indicator = fields.String(allow_none=True)
    disaggregation = fields.String(allow_none=True)
    place = fields.String(allow_none=True)
    source = fields.String(allow_none=True)


class RecheckShape(Given):
    """A citation that has moved: why, what was cited and what stands there now, null where nothing does. `outcomes` are
    those that can be chosen, none once it is settled; `revision` is that of the text of the statement. `standing` says
    where the file stands that gave a figure of channel b, `doubt` in which words it was found doubtful."""

    id = fields.UUID()
    statement = fields.UUID()
    heading = fields.String()
    text = fields.String()
    language = language_code()
    revision = fields.Integer()
    citation = fields.UUID()
    kind = one_of(GROUNDS)
    stance = one_of(STANCES)
    entity = fields.String(allow_none=True)
    reason = one_of(REASONS)
    cited = fields.Nested(SideOfRecheck)
    now = fields.Nested(SideOfRecheck, allow_none=True)
    standing = one_of(STANDINGS, allow_none=True)
    doubt = fields.String(allow_none=True)
    raised_at = Moment()
    outcomes = fields.List(one_of(OUTCOMES))
    outcome = one_of(SETTLED_AS, allow_none=True)
    words = fields.String()
    settled_at = Moment(allow_none=True)
    settled_by = fields.String(allow_none=True)


class WhichRechecks(WhichCycle):
    """Which entries of the list are asked for: those that wait, or with `settled` those that are settled."""

    statement = fields.UUID()
    settled = fields.Boolean(truthy={"true"}, falsy={"false"})


class RecheckOutcome(Asked):
    """What becomes of a citation that has moved. Words are needed where the statement still holds or is withdrawn; a
    rewording brings the text, upon the revision that the caller saw."""

    outcome = one_of(OUTCOMES, required=True)
    text = words(MOST_TEXT, load_default="")
    words = words(MOST, load_default="")
    base_revision = StrictWhole(least=1)


SIDE: Mapping[str, None] = dict.fromkeys(SideOfRecheck().fields)


def _passage(row: AnyRow, which: str) -> dict[str, Any]:
    key, text, language, version = (getattr(row, f"{which}_{name}") for name in ("key", "text", "language", "version"))
    return {**SIDE, "reference": key, "question": row.question, "version": version, "text": text, "language": language}


def _sides(row: AnyRow) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """What was cited and what stands there now."""
    found = row.Recheck
    if row.kind == PASSAGE:
        return _passage(row, "old"), _passage(row, "new") if row.new_key else None
    if row.kind == OBSERVATION:
        named = {"reference": f"figure:{row.observation_id}", "unit": row.unit, "period": row.period}
        cited = {**SIDE, **named, "value": found.old_value}
        stands = found.reason in (REVISED, DOUBTED)
        return cited, cited | {"value": found.new_value or found.old_value} if stands else None
    new = row.new_figure
    return {**SIDE, **figure_told(row.old_figure)}, {**SIDE, **figure_told(new)} if new else None


def _recheck(row: AnyRow) -> dict[str, Any]:
    found, statement = row.Recheck, row.Statement
    cited, now = _sides(row)
    return {
        "id": found.id,
        "statement": statement.id,
        "heading": statement.heading,
        "text": statement.text,
        "language": statement.language,
        "revision": statement.revision,
        "citation": found.citation_id,
        "kind": row.kind,
        "stance": row.stance,
        "entity": row.entity,
        "reason": found.reason,
        "cited": cited,
        "now": now,
        "standing": row.standing,
        "doubt": row.doubt,
        "raised_at": found.raised_at,
        "outcomes": [] if found.settled_at else outcomes_of(found.reason),
        "outcome": found.outcome,
        "words": found.words,
        "settled_at": found.settled_at,
        "settled_by": row.settled_by_name,
    }


@calls.call("GET", "/rechecks", "synthesis:read", query=WhichRechecks, gives=page_of(RecheckShape), refuses=[404])
def list_rechecks(act: Act, which: dict[str, Any]) -> dict[str, Any]:
    """The citations that wait to be checked again, oldest first, or what was settled, newest first."""
    limit, settled = which["limit"] or USUAL, bool(which["settled"])
    of = "settled" if settled else "waiting"
    after = opened(of, which["cursor"], dt.datetime.fromisoformat, uuid.UUID)
    asked: dict[str, Any] = {"settled": settled, "statement": which["statement"], "after": after}
    rows = synthesis.rechecks(act.session, _key(act, which["cycle"]), **asked, limit=limit + 1)
    place = "settled_at" if settled else "raised_at"
    return page(of, [_recheck(row) for row in rows], limit, lambda last: (last[place], last["id"]))


@calls.call(
    "PATCH",
    "/rechecks/<uuid:recheck_id>",
    "synthesis:write",
    body=RecheckOutcome,
    gives=RecheckShape,
    refuses=[409],
)
def settle_recheck(act: Act, sent: dict[str, Any], recheck_id: uuid.UUID) -> dict[str, Any]:
    """Settles one entry of the list. 409 `not_now` where a colleague did so first, `stale` with both texts where a
    rewording is upon an older one."""
    given = Settlement(sent["outcome"], sent["words"], sent["text"], sent.get("base_revision", 0))
    return _recheck(synthesis.recheck(act.session, service.settle(act, recheck_id, given).id))


class SupplementShape(Given):
    """A report received after the synthesis cut-off; `looked_at` counts the statements that a person held it against.
    What it does to them stands at `/supplements/<id>/marks`."""

    id = fields.UUID()
    cycle = fields.String()
    entity = entity_code()
    report = fields.UUID()
    state = one_of(STATES_OF_REPORTS)
    versions = fields.Integer()
    received_at = Moment()
    looked_at = fields.Integer()


class MarkShape(Given):
    """What a late report does to a statement, the newest choice: by a passage (`reference`, `text`, `language`), a
    `figure`, or both; null where none is named. `stands` tells whether the report still says what was chosen;
    `statement_revision` is the text that was looked at, `number` counts the choices about the statement."""

    statement = fields.UUID()
    number = fields.Integer()
    statement_revision = fields.Integer()
    effect = one_of(EFFECTS)
    words = fields.String()
    reference = fields.String(allow_none=True)
    text = fields.String(allow_none=True)
    language = language_code(allow_none=True)
    figure = fields.Nested(FigureNamed, allow_none=True)
    stands = fields.Boolean()
    chosen_at = Moment()
    chosen_by = fields.String()


class NewMark(Asked):
    """What a late report does to a statement: `passage` is the key of a passage of its newest version, `figure` the
    number of a figure that it gives. One of them is needed unless it does not touch the statement."""

    statement = fields.UUID(required=True)
    effect = one_of(EFFECTS, required=True)
    passage = words(240, load_default="")
    figure = StrictWhole(least=1, load_default=None, allow_none=True)
    seen = words(
        24,
        load_default=None,
        metadata={
            "description": "What you looked at: the `revision` of the statement, a hyphen, and the `number` of the "
            "newest choice about it, 0 for none; leave it out to ask nothing."
        },
    )
    words = words(MOST, load_default="")


@calls.call("GET", "/supplements", "synthesis:read", query=WhichCycle, gives=page_of(SupplementShape), refuses=[404])
def list_supplements(act: Act, which: dict[str, Any]) -> dict[str, Any]:
    """The reports received after the synthesis cut-off, newest first."""
    rows = synthesis.supplements(act.session, _key(act, which["cycle"]))
    return portion("supplements", [_supplement(row) for row in rows], which)


def _supplement(row: AnyRow) -> dict[str, Any]:
    found = row.Supplement
    same = {name: getattr(found, name) for name in ("id", "cycle", "entity", "received_at")}
    rest = {"report": found.report_id, "state": row.state, "versions": row.versions, "looked_at": row.looked}
    return {**same, **rest}


def _mark(one: Marked) -> dict[str, Any]:
    named = {name: getattr(one.mark, name) for name in ("number", "statement_revision", "chosen_at")}
    return {"figure": None} | mark_told(one) | named | {"stands": one.stands, "chosen_by": one.chosen_by}


@calls.call(
    "GET",
    "/supplements/<uuid:supplement_id>/marks",
    "synthesis:read",
    query=Paging,
    gives=page_of(MarkShape),
)
def list_marks(act: Act, paging: dict[str, Any], supplement_id: uuid.UUID) -> dict[str, Any]:
    """What a late report does to each statement that a person held it against."""
    found = synthesis.supplement(act.session, supplement_id).Supplement
    marks = synthesis.marks_of_supplement(act.session, found.id)
    return portion("marks", [_mark(one) for one in marks.values()], paging)


@calls.call(
    "POST",
    "/supplements/<uuid:supplement_id>/marks",
    "synthesis:write",
    body=NewMark,
    gives=Answer(MarkShape, status=201),
    refuses=[409],
    idempotent=True,
)
def mark_statement(act: Act, sent: dict[str, Any], supplement_id: uuid.UUID) -> dict[str, Any]:
    """Says what a late report does to a statement, which stays as it is; an earlier choice is kept. 409 `not_now` where
    a colleague chose or reworded it since `seen`."""
    figure = "" if sent["figure"] is None else str(sent["figure"])
    effect = Effect(sent["effect"], sent["passage"], sent["words"], figure, sent["seen"])
    made = service.mark(act, supplement_id, sent["statement"], effect)
    return _mark(synthesis.marks_of_supplement(act.session, supplement_id)[made.statement_id])


class ReleaseShape(Given):
    """A release of the synthesis to those who are cited; `digest` is the SHA-256 of its document."""

    cycle = fields.String()
    number = fields.Integer()
    digest = fields.String()
    released_at = Moment()
    released_by = fields.String()


class ToRelease(Asked):
    """The cycle whose supported statements are released."""

    cycle = key_text(required=True)


def _releases(act: Act, cycle: str) -> list[dict[str, Any]]:
    rows = synthesis.releases(act.session, cycle)
    names = ("number", "digest", "released_at")
    return [{"cycle": cycle, "released_by": row.name, **{name: getattr(row, name) for name in names}} for row in rows]


@calls.call("GET", "/releases", "synthesis:read", query=WhichCycle, gives=page_of(ReleaseShape), refuses=[404])
def list_releases(act: Act, which: dict[str, Any]) -> dict[str, Any]:
    """The releases of a cycle, newest first."""
    return portion("releases", _releases(act, _key(act, which["cycle"])), which)


@calls.call(
    "POST",
    "/releases",
    "synthesis:sign",
    body=ToRelease,
    gives=Answer(ReleaseShape, status=201),
    refuses=[404, 409],
    idempotent=True,
)
def release_synthesis(act: Act, sent: dict[str, Any]) -> dict[str, Any]:
    """Releases the supported statements, and tells those who are cited. 409 `not_now` while something waits to be
    checked again, where no statement is supported, or where nothing has changed since the last release."""
    service.release(act, sent["cycle"])
    return _releases(act, sent["cycle"])[0]


@calls.call("GET", "/releases/<key:cycle>/<int(min=1, max=99999):number>", "synthesis:read", gives=Answer())
def read_release(act: Act, cycle: str, number: int) -> Response:
    """The canonical bytes of a release; their SHA-256 is its digest."""
    return Response(synthesis.release(act.session, cycle, number).document, mimetype="application/json")
