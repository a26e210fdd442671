"""How the cycle and the team get on: the forecast, the minutes of the team, and the day a state says it will report."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forms.words import N_
from portal.documents.tables import csv_text
from portal.http import guard
from portal.http.guard import guarded
from portal.http.outlook import days_ahead, outlook_of
from portal.models.cycles import Cycle
from portal.models.reports import Report
from portal.queries import cycles, pace, team
from portal.rules import forecast, minutes
from portal.rules.refusals import Invalid, Problem
from portal.rules.scales import scale
from portal.rules.timeline import PhaseDates
from portal.services import intentions
from portal.services.act import Act
from portal.web.reports import home

pages = Blueprint("pace", __name__)

MOST_DAYS, MOST_REVIEWERS = 365, 20
BEYOND = 365  # days after the last phase up to which a day can be asked for
PAST = N_("Please choose a day after today.")
TOO_FAR = N_("Please choose a day up to a year after the last phase.")
UNREADABLE = N_("Please write a day, for instance 2025-06-30.")


def _cycle(act: Act) -> Cycle:
    key = request.args.get("cycle")
    return cycles.counting(act.session, key) if key else cycles.current(act.session)


@pages.get("/review/forecast")
@guarded("review:queue")
def outlook(act: Act) -> ResponseReturnValue:
    """How many reports will have come and been accepted by which day; what an extension or a reviewer would change."""
    cycle = _cycle(act)
    phases = cycles.phases(act.session, cycle.key)
    found = outlook_of(act, cycle.key, phases)
    typed = request.args.get("by", "").strip()
    asked, wrong = _asked_day(typed, found.today, phases)
    days = days_ahead(found.today, phases, *([asked] if asked else []))
    usual = found.team.reviewers
    extension, more = _number("extension", 0, MOST_DAYS), _number("reviewers", -usual, MOST_REVIEWERS)
    rows = found.rows(days)
    drawn = scale(found.today, rows[-1].day, max(row.received.high for row in rows))
    trials = _back_test()
    return render_template(
        "review/forecast.html",
        cycle=cycle,
        found=found,
        phases={phase.closes: phase.title for phase in phases},
        rows=rows,
        told=next((row for row in rows if row.day == asked), rows[-1]),
        by=typed,
        problems=[Problem("by", _(wrong))] if wrong else [],
        changed=found.rows(days, extension=extension, reviewers=more) if extension or more else None,
        extension=extension,
        more=more,
        scale=drawn,
        band=found.band(rows, drawn),
        trials=[(_of_last(t.on, found.deadline), _of_last(t.by, found.deadline), t) for t in trials],
        mean_error=f"{forecast.mean_error(trials):.1f}",
        inside=sum(1 for trial in trials if trial.inside),
        runs=forecast.RUNS,
    )


@functools.cache
def _back_test() -> list[forecast.Trial]:
    return forecast.back_test()


def _asked_day(typed: str, today: dt.date, phases: Sequence[PhaseDates]) -> tuple[dt.date | None, str]:
    """The day that a person asks for, or None and the source text that says why not (none where nothing was asked)."""
    if not typed:
        return None, ""
    try:
        day = dt.date.fromisoformat(typed)
    except ValueError:
        return None, UNREADABLE
    if day <= today:
        return None, PAST
    if day > phases[-1].closes + dt.timedelta(days=BEYOND):
        return None, TOO_FAR
    return day, ""


def _number(name: str, least: int, most: int) -> int:
    """A whole number of the address within its bounds; 0 where there is none."""
    try:
        return min(max(int(request.args.get(name) or 0), least), most)
    except ValueError:
        return 0


def _of_last(offset: int, deadline: dt.date) -> dt.date:
    """A day of the last cycle, which is laid four years before this one."""
    return deadline.replace(year=deadline.year - 4) + dt.timedelta(days=offset)


@pages.post("/reports/<uuid:report_id>/intention")
@guarded("report:announce", subject=guard.report)
def intend(act: Act, report: Report) -> ResponseReturnValue:
    """The state says by which day it will report, or takes that back; a day that will not do comes back in the form."""
    try:
        by_day = _day(request.form.get("by_day", "").strip())
        intentions.state(act, report, by_day)
    except Invalid as refusal:
        return home(act, report, [Problem(one.where, _(one.sentence)) for one in refusal.problems]), 422
    said = _("The reporting team is told that your state has stated this day; nothing else of the draft is shown.")
    flash(said if by_day else _("The stated day is taken back."), "success")
    return redirect(url_for("reports.report", report_id=report.id), 303)


def _day(written: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(written) if written else None
    except ValueError:
        raise Invalid(UNREADABLE, [Problem("by_day", UNREADABLE)]) from None


def _lives(act: Act, cycle: Cycle) -> tuple[list[minutes.Life], list[Any]]:
    steps = pace.steps(act.session, cycle.key)
    return minutes.lives(pace.lives(act.session, cycle.key), steps), steps


@pages.get("/review/minutes")
@guarded("review:queue")
def protocol(act: Act) -> ResponseReturnValue:
    """What each reviewer holds, how old the open reports are, the rounds, and the time in each state."""
    cycle = _cycle(act)
    lives, steps = _lives(act, cycle)
    names = {one.id: one.name for one in team.reviewers(act.session)}
    names |= {life.report.assigned_to: life.report.assigned_name for life in lives if life.report.assigned_to}
    open_days = [(act.at - life.report.first_submitted_at).days for life in lives if life.report.state in minutes.OPEN]
    return render_template(
        "review/minutes.html",
        cycle=cycle,
        count=len(lives),
        times=minutes.times(lives, act.at),
        loads=minutes.workload(lives, [step.actor for step in steps if step.kind == "review.accept"], names),
        rounds=minutes.rounds(lives),
        ages=minutes.ages(open_days),
        open_states=minutes.OPEN,
    )


@pages.get("/review/minutes.csv")
@guarded("review:queue")
def protocol_csv(act: Act) -> ResponseReturnValue:
    """Every received report as a row: who reviews it, its rounds, and the days it stood in each state."""
    cycle = _cycle(act)
    lives, _steps = _lives(act, cycle)
    rows: list[Sequence[object]] = [
        ["entity", "name", "state", "received_at", "reviewer", "rounds", *(f"days_{s}" for s in minutes.STATES)]
    ]
    rows += [
        [
            life.report.entity,
            life.report.name_en,
            life.report.state,
            life.report.first_submitted_at.isoformat(),
            life.report.assigned_name or "",
            life.rounds,
            *(f"{life.days_in(state, act.at):.1f}" for state in minutes.STATES),
        ]
        for life in lives
    ]
    told = {"Content-Disposition": f'attachment; filename="minutes-{cycle.key}.csv"'}
    return Response(csv_text(rows), mimetype="text/csv", headers=told)
