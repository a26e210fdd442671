"""Reports: those a caller may see, one as the caller may see it, the start of one, and what its check says."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from marshmallow import fields, validate

from forms.findings import Finding
from portal.api.calls import Answer, Calls
from portal.api.cursors import opened, page, portion
from portal.api.shapes import (
    USUAL,
    Asked,
    FindingShape,
    Given,
    Moment,
    Paging,
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
from portal.queries import accounts, cycles, reports
from portal.rules.lifecycle import STATES, STEPS
from portal.rules.policy import may
from portal.services import carrying, drafting, handing
from portal.services.act import Act
from portal.services.drafting import Draft, State
from portal.services.explaining import Judged, judged
from portal.services.steps import open_steps, shown_state
from portal.services.submission import received

calls = Calls("Reports", __name__, "Reports of entities for a cycle.")


class ReportSummary(Given):
    """A report in a list. `state` is as the caller may know it; `version` is the number of the newest version, 0
    before the first; `submitted_at` is the first submission. One to `practice` with counts nowhere and is never
    received."""

    id = fields.UUID()
    entity = fields.String()
    names = by_language()
    region = fields.String()
    cycle = fields.String()
    edition = fields.String()
    modality = fields.String()
    languages = fields.List(language_code())
    state = one_of(STATES)
    version = fields.Integer()
    submitted_at = Moment(allow_none=True)
    practice = fields.Boolean()


class OpenStep(Given):
    """A step that the caller's roles include, and what stands between the report and it; nothing means that it can be
    taken."""

    name = one_of(STEPS)
    title = fields.String()
    hindrances = fields.List(fields.String())
    reason_needed = fields.Boolean()


class SectionProgressShape(Given):
    """How far a section is."""

    section = fields.String()
    answered = fields.Integer()
    of = fields.Integer()
    state = one_of(("not_started", "in_progress", "complete", "blocked"))


class ProgressShape(Given):
    """How far a report is: questions answered, of those whose answer is asked for."""

    answered = fields.Integer()
    of = fields.Integer()
    blockers = fields.Integer()
    sections = fields.List(fields.Nested(SectionProgressShape))


class VersionShape(Given):
    """A submitted version; `sha256` is the digest of its canonical bytes."""

    number = fields.Integer()
    sha256 = fields.String()
    submitted_at = Moment()


class Reviewer(Given):
    """The member of the reporting team to whom a report is assigned."""

    id = fields.UUID()
    name = fields.String()


class WholeReport(ReportSummary):
    """A report as the caller may see it: `progress` is null outside the state and counts for a contributor what was
    handed to them alone; `versions` are empty and `timing` is null for those who may not read versions."""

    created_at = Moment(allow_none=True)
    state_since = Moment(allow_none=True)
    announced = fields.Boolean()
    deadline = Moment()
    timing = one_of(("in_time", "after_deadline", "after_cut_off"), allow_none=True)
    assigned_to = fields.Nested(Reviewer, allow_none=True)
    progress = fields.Nested(ProgressShape, allow_none=True)
    versions = fields.List(fields.Nested(VersionShape))
    steps = fields.List(fields.Nested(OpenStep))


class Which(Paging):
    """Which reports are asked for."""

    cycle = key_text()
    state = one_of(STATES)
    region = words(100)
    entity = entity_code()


class EarlierVersion(Asked):
    """A submitted version of the same entity in another cycle, whose answers come over into the new draft."""

    report = fields.UUID(required=True)
    version = fields.Integer(required=True, strict=True, validate=validate.Range(1, 99999))


class Start(Asked):
    """The report to start; `languages` are those it is written in, the first one leading."""

    entity = entity_code(required=True)
    cycle = key_text(required=True)
    modality = words(64, required=True)
    languages = fields.List(language_code(), required=True, validate=validate.Length(1, 6))
    carry = fields.Nested(EarlierVersion, load_default=None, allow_none=True)


class ExplanationShape(Given):
    """What the state says to a finding; `current` is false when the answer changed since: it then does not count."""

    words = fields.String()
    current = fields.Boolean()
    written_at = Moment()


class ReportFinding(FindingShape):
    """A finding about a report. `about` tells two findings of one rule apart, and names the one to explain."""

    about = fields.String()
    explanation = fields.Nested(ExplanationShape, allow_none=True)


def told(finding: Finding) -> dict[str, Any]:
    """A finding in the language of the request."""
    return {
        "severity": finding.severity,
        "question": finding.question,
        "language": finding.language,
        "rule": finding.rule,
        "place": finding.place,
        "sentence": _(finding.message) % finding.params,
    }


def finding_of_draft(one: Judged) -> dict[str, Any]:
    """A finding of a draft with the explanation of the state."""
    explanation = None
    if one.row is not None:
        explanation = {"words": one.words, "current": one.current, "written_at": one.row.written_at}
    return told(one.finding) | {"about": one.about, "explanation": explanation}


def _summary(found: Report, names: dict[str, str], region: str, state: str) -> dict[str, Any]:
    return {
        "id": found.id,
        "entity": found.entity,
        "names": names,
        "region": region,
        "cycle": found.cycle,
        "edition": found.edition,
        "modality": found.modality,
        "languages": found.languages,
        "state": state,
        "version": found.versions,
        "submitted_at": found.first_submitted_at,
        "practice": found.practice,
        "created_at": found.created_at,
    }


def document(act: Act, found: Report) -> dict[str, Any]:
    """A report as the person who acts may see it."""
    session, person = act.session, act.actor
    of = cycles.entity(session, found.entity)
    own, reads = may(person, "report:home", found), may(person, "version:read", found)
    state = shown_state(found, person)
    deadline, timing = received(act, found, found.first_submitted_at or act.at)
    names = accounts.names(session, [found.assigned_to]) if reads else {}
    held = reports.versions(session, found.id) if reads else []
    judged = handing.check(act, found) if own else None
    return {
        **_summary(found, of.names, of.region, state),
        "created_at": found.created_at if own else None,
        "state_since": found.state_since if own or state not in {"clarifying", "withdrawn"} else None,
        "announced": found.announced,
        "deadline": deadline,
        "timing": timing if reads and found.first_submitted_at else None,
        "assigned_to": next(({"id": who, "name": name} for who, name in names.items()), None),
        "progress": _progress(judged) if judged else None,
        "versions": [{"number": row.number, "sha256": row.digest, "submitted_at": row.submitted_at} for row in held],
        "steps": [
            {
                "name": opening.step.name,
                "title": _(opening.step.title),
                "hindrances": [_(sentence) for sentence in opening.hindrances],
                "reason_needed": opening.step.reason,
            }
            for opening in open_steps(session, found, person, judged)
        ],
    }


def _progress(state: State) -> dict[str, Any]:
    count = state.progress
    return {
        "answered": count.answered,
        "of": count.of,
        "blockers": state.blockers,
        "sections": [
            {"section": name, "answered": each.answered, "of": each.of, "state": each.state}
            for name, each in count.sections.items()
        ],
    }


@calls.call("GET", "/reports", "report:list", query=Which, gives=page_of(ReportSummary))
def list_reports(act: Act, which: dict[str, Any]) -> dict[str, Any]:
    """The reports that the caller may see, newest first.

    For people of a state these are its own, drafts included; for the reporting team those received; for everyone
    those published.
    """
    limit = which.pop("limit") or USUAL
    after = opened("reports", which.pop("cursor"), dt.datetime.fromisoformat, uuid.UUID)
    rows = reports.visible(act.session, act.actor, **which, after=after, limit=limit + 1)
    shown = [_summary(row.Report, row.names, row.region, shown_state(row.Report, act.person)) for row in rows]
    return page("reports", shown, limit, lambda last: (last["created_at"], last["id"]))


@calls.call(
    "POST",
    "/reports",
    "report:list",
    body=Start,
    gives=Answer(WholeReport, 201, ("Location",)),
    refuses=[409],
    idempotent=True,
)
def start_report(act: Act, start: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Starts the report of an entity for a cycle; its focal point may."""
    made = drafting.start(act, Draft(start["entity"], start["cycle"], start["modality"], start["languages"]))
    if start["carry"]:
        carrying.carry(act, made, start["carry"]["report"], start["carry"]["version"])
    return document(act, made), {"Location": url_for("Reports.read_report", report_id=made.id)}


@calls.call("GET", "/reports/<uuid:report_id>", "report:see", subject=report, gives=WholeReport)
def read_report(act: Act, found: Report) -> dict[str, Any]:
    """One report: its state, the steps open to the caller with what hinders them, progress and versions."""
    return document(act, found)


@calls.call(
    "GET",
    "/reports/<uuid:report_id>/problems",
    "report:check",
    subject=report,
    query=Paging,
    gives=page_of(ReportFinding),
)
def list_problems(act: Act, found: Report, paging: dict[str, Any]) -> dict[str, Any]:
    """What the check says of the draft, in the order of the report: of the whole, or to a contributor of what was
    handed to them. Only a blocker holds back submission.
    """
    values = reports.values(act.session, found.id)
    listed = judged(act.session, found, handing.check(act, found, values).findings, values)
    return portion("problems", [finding_of_draft(one) for one in listed], paging)
