"""The queue and the checklist for programs."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _
from flask_smorest import Api
from flask_wtf.csrf import CSRFProtect
from marshmallow import ValidationError, fields, validate

from forms.outline import Guideline
from forms.words import N_
from portal.api.calls import Calls
from portal.api.cursors import opened, page
from portal.api.shapes import (
    USUAL,
    Asked,
    Given,
    Moment,
    Paging,
    Whole,
    by_language,
    entity_code,
    key_text,
    language_code,
    one_of,
    page_of,
    words,
)
from portal.http.guard import report
from portal.models.reports import Report
from portal.queries import accounts, extensions
from portal.queries.guidelines import guideline
from portal.rules.lifecycle import STATES
from portal.rules.refusals import Invalid, Missing, Problem
from portal.services.act import Act
from reviewer.api import contradictions, matrix, passages, reported_figures, requests, statements, synthesis
from reviewer.queries import review as queries
from reviewer.queries.review import Calendar
from reviewer.rules.review import ASSIGNED, TIMINGS, Line, Wanted, asked_place, in_order, received_place
from reviewer.services import review as services

MOST_DAYS = 3650
HELD_BY = "`mine`, `nobody` (and still open), `somebody`, or the id of a member of the team."
UNKNOWN = N_("Nothing in this cycle is known by this name.")

calls = Calls("Review", __name__, "What the reporting team does with the reports received.")


class Queued(Given):
    """A received report. `submitted_at` is the first submission, `timing` its label, `phase` the key of the phase that
    was running then (`afterwards` once all had ended); `extended_until` is the last day that its state was given for
    itself, `age` the whole days since the first submission of a report that is not settled, `asked_at` the
    moment at which its state was last asked and `waits` the whole days since then, of a report that waits for it;
    `version` the number of the newest version."""

    id = fields.UUID()
    entity = fields.String()
    names = by_language()
    region = fields.String()
    group = fields.String()
    cycle = fields.String()
    state = one_of(STATES)
    submitted_at = Moment()
    timing = one_of(("in_time", "after_deadline", "after_cut_off"))
    phase = fields.String()
    extended_until = fields.Date(allow_none=True)
    age = fields.Integer(allow_none=True)
    asked_at = Moment(allow_none=True)
    waits = fields.Integer(allow_none=True)
    assigned_to = fields.UUID(allow_none=True)
    assigned_name = fields.String(allow_none=True)
    modality = fields.String()
    languages = fields.List(language_code())
    version = fields.Integer()


def whose(value: str) -> None:
    """Refuses what names no holder of a report."""
    if value not in ASSIGNED:
        try:
            uuid.UUID(value)
        except ValueError:
            sentence = _("Please give mine, nobody, somebody, or the id of a person.")
            raise ValidationError(sentence) from None


class WhichQueued(Paging):
    """Which received reports are asked for, by the filters of the page; without a cycle those of the newest. A value
    that means nothing in this cycle is refused."""

    cycle = key_text()
    state = one_of(STATES)
    timing = one_of(TIMINGS)
    phase = key_text(
        metadata={
            "description": "The key of the phase of the cycle that was running when the report was first received, "
            "the first phase for one that came before it opened; `afterwards`: when the last phase had ended."
        }
    )
    age = Whole(most=MOST_DAYS, metadata={"description": "At least so many days since it was received, and open."})
    waits = Whole(
        most=MOST_DAYS,
        metadata={"description": "Waits for its state, and at least so many days since the state was last asked."},
    )
    region = words(100)
    group = words(100)
    language = language_code()
    modality = words(64)
    entity = entity_code()
    assigned = fields.String(validate=whose, metadata={"description": HELD_BY})


class Verdict(Asked):
    """The answer to one point of the checklist; an empty verdict takes it back."""

    point = words(64, required=True)
    verdict = one_of(("", *services.VERDICTS), required=True)
    note = words(services.NOTE_LENGTH, load_default="")


class Verdicts(Asked):
    """Answers to points of the checklist; points that are not named stay as they are."""

    points = fields.List(fields.Nested(Verdict), required=True, validate=validate.Length(1, 200))


class Point(Given):
    """A point of the checklist with its answer, empty before the first."""

    point = fields.String()
    title = by_language()
    verdict = one_of(("", *services.VERDICTS))
    note = fields.String()
    checked_at = Moment(allow_none=True)
    checked_by = fields.String(allow_none=True)


class Checklist(Given):
    """The checklist of the newest version."""

    report = fields.UUID()
    version = fields.Integer()
    points = fields.List(fields.Nested(Point))


def register(json_api: Api, csrf: CSRFProtect) -> None:
    """Joins the reporting team's calls to the API."""
    csrf.exempt(calls)
    json_api.register_blueprint(calls)
    for room in (contradictions, matrix, passages, reported_figures, requests, statements, synthesis):
        csrf.exempt(room.calls)
        json_api.register_blueprint(room.calls)


@calls.call("GET", "/review/queue", "review:queue", query=WhichQueued, gives=page_of(Queued), refuses=[404])
def read_queue(act: Act, which: dict[str, Any]) -> dict[str, Any]:
    """The received reports of a cycle, longest waiting first; where only those are asked for that wait for their state
    (`state=clarifying` or `waits`), by how long the state was asked."""
    cycle = _calendar(act, which["cycle"])
    limit = which["limit"] or USUAL
    wanted = Wanted(**{name: _word(which[name]) for name in Wanted.__dataclass_fields__})
    order, place = ("queue of the asked", asked_place) if wanted.waits_for_the_state() else ("queue", received_place)
    after = opened(order, which["cursor"], dt.datetime.fromisoformat, uuid.UUID)
    untils = extensions.untils(act.session, cycle.key)
    lines = [cycle.line(row, untils, act.at) for row in queries.queue(act.session, cycle.key, which["entity"])]
    unknown = queries.unknown(act.session, cycle, replace(wanted, state=""), lines)  # no draft is found, as ever
    if unknown:
        raise Invalid(UNKNOWN, [Problem(name, UNKNOWN) for name in unknown])
    found = in_order([line for line in lines if wanted.holds(line, act.actor.id)], wanted)
    shown = [line for line in found if after is None or place(line) > after][: limit + 1]
    return page(order, shown, limit, place) | {"items": [_told(cycle, line, untils) for line in shown[:limit]]}


def _told(cycle: Calendar, line: Line, untils: Mapping[str, dt.date]) -> dict[str, Any]:
    """A line of the queue as a program reads it."""
    row = line.row
    told = {"cycle": cycle.key, "submitted_at": row.first_submitted_at, "timing": line.timing, "phase": line.phase}
    told |= {"age": line.days, "waits": line.waits, "group": row.regional_group, "version": row.versions}
    return {**row._mapping, **told, "extended_until": untils.get(row.entity)}


def _word(given: Any) -> str:
    """A filter as the address of the page has it; what is not asked for is empty."""
    return "" if given is None else str(given)


def _calendar(act: Act, key: str | None) -> Calendar:
    for calendar in queries.calendars(act.session):
        if key in (None, calendar.key):
            return calendar
    raise Missing(N_("There is no such cycle."))


def _checklist(act: Act, found: Report, asked: Guideline) -> dict[str, Any]:
    held = queries.checks(act.session, found.id, found.versions)
    names = accounts.names(act.session, [check.checked_by for check in held.values()])
    points = []
    for item in asked.checklist:
        check = held.get(item.key)
        points.append(
            {
                "point": item.key,
                "title": item.title,
                "verdict": check.verdict if check else "",
                "note": check.note if check else "",
                "checked_at": check.checked_at if check else None,
                "checked_by": names[check.checked_by] if check else None,
            }
        )
    return {"report": found.id, "version": found.versions, "points": points}


@calls.call("GET", "/review/<uuid:report_id>/checks", "review:read", subject=report, gives=Checklist)
def read_checks(act: Act, found: Report) -> dict[str, Any]:
    """The checklist of the newest version with the answers so far."""
    return _checklist(act, found, guideline(act.session, found.edition))


@calls.call(
    "PUT",
    "/review/<uuid:report_id>/checks",
    "review:check",
    subject=report,
    body=Verdicts,
    gives=Checklist,
    refuses=[409],
)
def save_checks(act: Act, found: Report, sent: dict[str, Any]) -> dict[str, Any]:
    """Answers points of the checklist; those not named stay as they are."""
    services.check(act, found, {one["point"]: (one["verdict"], one["note"]) for one in sent["points"]})
    return _checklist(act, found, guideline(act.session, found.edition))
