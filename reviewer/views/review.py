"""The pages of the reporting team: the queue, one report in review."""

from __future__ import annotations

import datetime as dt
import functools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from babel.dates import format_date
from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from forms.words import N_
from portal.http import guard, remarking, render, steps
from portal.http.figures import beside
from portal.http.frozen import changed, files_of, frozen
from portal.http.guard import guarded
from portal.http.telling import event_words, reason_of
from portal.http.timing import timing_words
from portal.models.reports import Report
from portal.queries import events, extensions, observations, team
from portal.queries.guidelines import guideline
from portal.rules.policy import may
from portal.rules.refusals import Invalid, Missing, Problem
from portal.services.act import Act
from portal.services.steps import Order, open_steps, shown_state
from reviewer.queries import review as queries
from reviewer.rules.review import AFTER, AGES, ASSIGNED, DAYS, EXTENDED, RECORD, Line, Wanted, sift
from reviewer.services import review as services
from reviewer.views import (
    contradictions,
    crosswalk,
    matrix,
    passages,
    remarks,
    reported_figures,
    requests,
    statements,
    synthesis,
)

pages = Blueprint("review", __name__)

STEPS: dict[str, steps.Taker] = {
    "claim": services.claim,
    "clarify": services.clarify,
    "accept": services.accept,
    "publish": services.publish,
}
TIMING = {
    "in_time": N_("in time"),
    "after_deadline": N_("after the deadline"),
    EXTENDED: N_("within an extension"),
    "after_cut_off": N_("after the synthesis cut-off"),
}
ASSIGNED_TITLES = {"mine": N_("me"), "nobody": N_("nobody yet"), "somebody": N_("a colleague or me")}
FILTERS = {
    "state": N_("Stage"),
    "timing": N_("Timing"),
    "phase": N_("Phase"),
    "region": N_("Region"),
    "group": N_("Group"),
    "assigned": N_("Assigned to"),
    "language": N_("Language"),
    "modality": N_("Way of reporting"),
    "age": N_("Age, days"),
    "waits": N_("Waiting for the state"),
}
MOST_LETTERS = 100
STAGES = {
    "submitted": N_("Submitted"),
    "in_review": N_("In review"),
    "clarifying": N_("Clarifying"),
    "accepted": N_("Accepted"),
    "published": N_("Published"),
    "withdrawn": N_("Withdrawn"),
}
DONE = {
    "claim": N_("The report is yours to review. The state has been told."),
    "clarify": N_("The state has been asked, and its draft is open for writing again."),
    "accept": N_("The report is accepted. It can be published once the state consents."),
    "publish": N_("The report is published. The state has been told."),
}


def register(app: Flask) -> None:
    """Joins the pages of the reporting team to the application."""
    app.register_blueprint(pages)
    app.register_blueprint(remarks.pages)
    for room in (contradictions, crosswalk, matrix, passages, reported_figures, requests, statements, synthesis):
        app.register_blueprint(room.pages)


@pages.get("/review")
@guarded("review:queue")
def queue(act: Act) -> ResponseReturnValue:
    """The received reports of a cycle, longest waiting first, filtered by the words of the address; with `choose` each
    row is chosen already.
    """
    calendar = _calendar(act, request.args.get("cycle"))
    modalities = _modalities(act, calendar)
    untils = extensions.untils(act.session, calendar.key)
    received = [
        calendar.line(row, untils, act.at) for row in queries.lines(act.session, calendar.key, render.language())
    ]
    asked = Wanted(**{name: request.args.get(name, "")[:MOST_LETTERS] for name in Wanted.__dataclass_fields__})
    unknown = queries.unknown(act.session, calendar, asked, received)
    wanted = replace(asked, **dict.fromkeys(unknown, ""))
    found, counts = sift(received, wanted, act.actor.id)
    return render_template(
        "review/queue.html",
        cycle=request.args.get("cycle"),
        wanted=wanted,
        unknown=[(_(FILTERS[name]), getattr(asked, name)) for name in unknown],
        filters_now=wanted.asked(),
        views=[(view.id, view.name, _address(view.filters)) for view in team.views(act.session, act.actor.id)],
        may_assign=may(act.person, "review:assign"),
        chosen="choose" in request.args,
        choose_all=_address(wanted.asked() | {"choose": "all"}),
        choose_none=_address(wanted.asked()),
        stages=_stages(wanted, counts["state"]),
        sentence=_sentence(wanted, _choices(act, calendar, modalities, received, wanted), counts),
        rows=_rows(act, calendar, modalities, untils, found),
        longest=max((line.days for line in found if line.days), default=1),
        caption=ngettext(
            "%(num)s report of %(cycle)s", "%(num)s reports of %(cycle)s", len(found), cycle=calendar.label
        ),
        received=len(received),
        everything=url_for(".queue", cycle=calendar.key),
        claim=_("Claim"),
    )


def _calendar(act: Act, key: str | None) -> queries.Calendar:
    """The cycle asked for, else the newest; Missing when there is none."""
    found = next((c for c in queries.calendars(act.session) if key in (None, "", c.key)), None)
    if found is None:
        raise Missing(N_("There is no such cycle."))
    return found


@functools.lru_cache(maxsize=4096)
def _short_day(day: dt.date, language: str) -> str:
    return format_date(day, "d MMM y", locale=language)


def _rows(
    act: Act,
    calendar: queries.Calendar,
    modalities: Mapping[str, str],
    untils: Mapping[str, dt.date],
    found: Sequence[Line],
) -> list[tuple[Any, ...]]:
    """The rows of the table as plain tuples in the order of its columns; nothing is translated or asked row by row."""
    language = render.language()
    timings = {name: _(title) for name, title in TIMING.items()}
    stages = {name: _(title) for name, title in STAGES.items()}
    mine = act.actor.id
    return [
        (
            str(row.id),
            row.name,
            row.entity,
            row.region,
            row.regional_group,
            _short_day(row.first_submitted_at.date(), language),
            timing_words(timings[line.timing], row.first_submitted_at, calendar.deadline, untils.get(row.entity)),
            "" if line.days is None else str(line.days),
            "" if line.waits is None else str(line.waits),
            str(row.versions),
            modalities.get(row.modality, row.modality),
            " ".join(row.languages),
            row.state,
            stages[row.state],
            row.assigned_name or "",
            row.state == "submitted" and row.assigned_to in (None, mine) and may(act.person, "review:claim", row),
        )
        for line, row in ((line, line.row) for line in found)
    ]


def _modalities(act: Act, calendar: queries.Calendar) -> dict[str, str]:
    asked = guideline(act.session, calendar.edition)
    return {key: render.words(modality.title) for key, modality in asked.modalities.items()}


def _stages(wanted: Wanted, counted: Counter[str]) -> list[tuple[str, str, int]]:
    """The counts above the table: state, address of the queue with that state and the other filters, number of reports
    there; all of them first.
    """
    listed = [("", counted.total()), *((state, counted[state]) for state in STAGES)]
    return [(state, _address(replace(wanted, state=state).asked()), number) for state, number in listed]


def _address(filters: Mapping[str, str]) -> str:
    words = {**filters, "cycle": request.args.get("cycle", "")}
    asked = urlencode({name: value for name, value in words.items() if value})
    return f"{url_for('.queue')}?{asked}" if asked else url_for(".queue")


def _choices(
    act: Act, calendar: queries.Calendar, modalities: Mapping[str, str], received: Sequence[Line], wanted: Wanted
) -> dict[str, dict[str, str]]:
    """What each filter offers, words by value: what occurs in this cycle, and what is asked for."""
    rows = [line.row for line in received]
    colleagues = sorted({(row.assigned_name, str(row.assigned_to)) for row in rows if row.assigned_to})
    aged = {str(days): _("%(num)s days or longer", num=days) for days in AGES}
    regions, groups = {row.region for row in rows if row.region}, {row.regional_group for row in rows}
    languages = sorted({code for row in rows for code in row.languages})
    choices = {
        "state": {name: _(title) for name, title in STAGES.items()},
        "timing": {name: _(title) for name, title in TIMING.items()},
        "phase": {key: render.sentence(title) for key, title, _ends in calendar.phases}
        | {AFTER: _("after the last phase")},
        "age": aged,
        "waits": dict(aged),
        "region": {region: region for region in sorted(regions)},
        "group": {group: group for group in sorted(groups) if group},
        "assigned": {name: _(ASSIGNED_TITLES[name]) for name in ASSIGNED}
        | {held_by: name for name, held_by in colleagues},
        "language": {code: render.LANGUAGES.get(code, code) for code in languages},
        "modality": dict(modalities),
    }
    for name, value in wanted.asked().items():
        if value not in choices[name]:
            choices[name][value] = _words(act, name, value)
    return choices


def _words(act: Act, name: str, value: str) -> str:
    """How a value reads that is asked for and occurs in no received report."""
    if name == "assigned":
        return queries.member(act.session, value) or value
    if name in DAYS:
        return _("%(num)s days or longer", num=value)
    return render.LANGUAGES.get(value, value)


def _sentence(
    wanted: Wanted, choices: Mapping[str, Mapping[str, str]], counts: Mapping[str, Counter[str]]
) -> list[dict[str, Any]]:
    """The filters as parts of a sentence; each choice says how many reports it would show, and one that would show none
    is not offered.
    """
    parts = (
        ("state", _("Reports"), _("in every stage")),
        ("timing", _("received"), _("at any time")),
        ("phase", _("during"), _("any phase")),
        ("age", _("open for"), _("any time")),
        ("waits", _("waiting for the state"), _("or not")),
        ("region", _("from"), _("every region")),
        ("group", _("of"), _("every group")),
        ("assigned", _("assigned to"), _("anybody or nobody")),
        ("language", _("written in"), _("any language")),
        ("modality", _("as"), _("any way of reporting")),
    )
    return [
        {
            "name": name,
            "label": label,
            "value": getattr(wanted, name),
            "choices": [
                ("", every),
                *(
                    (value, f"{words} ({counts[name][value]})")
                    for value, words in choices[name].items()
                    if counts[name][value] or value == getattr(wanted, name)
                ),
            ],
        }
        for name, label, every in parts
    ]


@pages.get("/review/<uuid:report_id>")
@guarded("review:read", subject=guard.report)
def read(act: Act, report: Report) -> ResponseReturnValue:
    """One report as it was submitted, with all that a reviewer needs beside it."""
    return _reading(act, report)


@pages.post("/review/<uuid:report_id>/checks")
@guarded("review:check", subject=guard.report)
def save_checks(act: Act, report: Report) -> ResponseReturnValue:
    """Saves the answers to the checklist."""
    given = {}
    for point in (item.key for item in guideline(act.session, report.edition).checklist):
        answer = (request.form.get(f"verdict:{point}", ""), request.form.get(f"note:{point}", "").strip())
        # What stands as the page showed it is not sent on: an older page takes back nothing that was saved since.
        if "|".join(answer) != request.form.get(f"began:{point}", "|"):
            given[point] = answer
    services.check(act, report, given)
    flash(_("The answers to the checklist are saved."), "success")
    return redirect(url_for(".read", report_id=report.id, _anchor="checklist"), 303)


@pages.post("/review/<uuid:report_id>/steps/<step>")
@guarded("review:read", subject=guard.report)
def take_step(act: Act, report: Report, step: str) -> ResponseReturnValue:
    """Takes a step; each step demands its own permission. A step without the reason it needs shows the page again."""
    try:
        steps.take(act, report, step, Order(reason=request.form.get("reason", "")))
    except Invalid as refusal:
        return _reading(act, report, [Problem(f"{step}-{p.where}", p.sentence) for p in refusal.problems]), 422
    flash(_(DONE[step]) if step in DONE else _("Done."), "success")
    return redirect(url_for(".read", report_id=report.id), 303)


def _timing(act: Act, report: Report, at: dt.datetime, until: dt.date | None) -> str:
    """The label of a submission of this report; `until` is the extension of its country."""
    calendar = _calendar(act, report.cycle)
    return timing_words(_(TIMING[calendar.timing(at)]), at, calendar.deadline, until)


def _reading(act: Act, report: Report, problems: Sequence[Problem] = ()) -> str:
    """The page of one report; `problems` are those of a step that was just refused."""
    asked = guideline(act.session, report.edition)
    newest, *before = queries.last_versions(act.session, report.id)
    head = queries.head(act.session, report.id)
    marks: dict[str, list[dict[str, Any]]] = {}
    for found in newest.findings:
        marks.setdefault(found["question"], []).append(found)
    counted = {question.indicator for question in asked.counted(report.modality) if question.indicator}
    return render_template(
        "review/read.html",
        report=report,
        head=head,
        version=newest,
        stage=shown_state(report, act.person),
        modality=asked.modalities[report.modality],
        timing=_timing(act, report, newest.submitted_at, head.until),
        parts=frozen(newest.document, asked, render.language(), files_of(newest.files, "/attachments/"), guidance=True),
        marks=marks,
        changes=changed(before[0].document, newest.document, asked) if before else {},
        compared=before[0].number if before else None,
        figures=observations.for_section(act.session, report.entity, sorted(counted)),
        beside=beside,
        checklist=asked.checklist,
        checks=queries.checks(act.session, report.id, newest.number),
        verdicts=services.VERDICTS,
        may_check=report.state == "in_review" and may(act.person, "review:check", report),
        openings=open_steps(act.session, report, act.person),
        problems=problems,
        record=events.events(act.session, report.id, RECORD),
        event_words=event_words,
        reason_of=reason_of,
        **remarking.review(act, report),
    )
