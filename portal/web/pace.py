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
from portal.models.cycles import Cycle
from portal.models.reports import Report
from portal.queries import arrivals, cycles, pace, team
from portal.rules import forecast, minutes
from portal.rules.refusals import Invalid, Problem
from portal.rules.timeline import PhaseDates
from portal.services import intentions
from portal.services.act import Act

pages = Blueprint("pace", __name__)

AHEAD = (30, 60, 90)
MOST_DAYS, MOST_REVIEWERS = 365, 20
ENOUGH = 5  # reviews after which the team's own record tells how often a state is asked
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
    deadline = phases[0].closes
    states = arrivals.by_state(act.session, cycle.key, counted=True)
    stated = pace.stated(act.session, cycle.key)
    received, of = cycles.received(act.session, cycle.key)
    known = forecast.Known(
        (act.at.date() - deadline).days,
        received,
        states.get("submitted", 0) + states.get("in_review", 0),
        tuple((row.by_day - deadline).days for row in stated),
        of,
    )
    usual = forecast.Team(len(team.reviewers(act.session)), asked=_asked(act, cycle.key))
    days = _days(act.at.date(), phases)
    extension, more = _number("extension", 0, MOST_DAYS), _number("reviewers", -usual.reviewers, MOST_REVIEWERS)
    accepted = states.get("accepted", 0) + states.get("published", 0)
    now = _rows(known, usual, days, deadline, accepted)
    changed = _rows(known, _with(usual, more), days, deadline, accepted, extension) if extension or more else None
    trials = _back_test()
    return render_template(
        "review/forecast.html",
        cycle=cycle,
        known=known,
        team=usual,
        phases={phase.closes: phase.title for phase in phases},
        stated=stated,
        rows=now,
        changed=changed,
        extension=extension,
        more=more,
        band=_band(known, [row["received"] for row in now], [row["offset"] for row in now]),
        trials=[(_of_last(t.on, deadline), _of_last(t.by, deadline), t) for t in trials],
        mean_error=f"{forecast.mean_error(trials):.1f}",
        inside=sum(1 for trial in trials if trial.inside),
        runs=forecast.RUNS,
        accepted_now=accepted,
    )


_simulated = functools.lru_cache(maxsize=64)(forecast.forecast)


@functools.cache
def _back_test() -> list[forecast.Trial]:
    return forecast.back_test()


def _number(name: str, least: int, most: int) -> int:
    """A whole number of the address within its bounds; 0 where there is none."""
    try:
        return min(max(int(request.args.get(name) or 0), least), most)
    except ValueError:
        return 0


def _asked(act: Act, cycle: str) -> float:
    """How often a review ends in a request for clarification: by the team's own record once it tells something."""
    kinds = [step.kind for step in pace.steps(act.session, cycle)]
    asked, accepted = kinds.count("review.clarify"), kinds.count("review.accept")
    reviews = asked + accepted
    return forecast.Team().asked if reviews < ENOUGH else asked / reviews


def _days(today: dt.date, phases: Sequence[PhaseDates]) -> list[dt.date]:
    """The days the page tells of: in one, two and three months, and the end of each phase that is ahead."""
    days = {today + dt.timedelta(days=ahead) for ahead in AHEAD}
    return sorted(days | {phase.closes for phase in phases if phase.closes > today})


def _with(usual: forecast.Team, more: int) -> forecast.Team:
    return forecast.Team(usual.reviewers + more, usual.days, usual.asked, usual.answer, usual.rounds)


def _rows(
    known: forecast.Known,
    working: forecast.Team,
    days: Sequence[dt.date],
    deadline: dt.date,
    accepted: int,
    extension: int = 0,
) -> list[dict[str, Any]]:
    offsets = tuple((day - deadline).days for day in days)
    found = _simulated(known, offsets, working, extension=extension)
    return [
        {
            "day": day,
            "offset": offset,
            "received": found.received[offset],
            "accepted": found.accepted[offset].after(accepted),
        }
        for day, offset in zip(days, offsets, strict=True)
    ]


def _band(known: forecast.Known, ranges: Sequence[forecast.Range], offsets: Sequence[int]) -> dict[str, str]:
    """The points of the drawing, 100 wide and 40 high: the band of four in five runs, and the middle."""
    most = max(one.high for one in ranges) or 1
    begin, end = known.today, offsets[-1]

    def point(offset: int, count: int) -> str:
        return f"{100 * (offset - begin) / (end - begin):.1f},{40 - 38 * count / most:.1f}"

    start = point(begin, known.received)
    high = [point(o, one.high) for o, one in zip(offsets, ranges, strict=True)]
    low = [point(o, one.low) for o, one in zip(offsets, ranges, strict=True)]
    middle = [point(o, one.middle) for o, one in zip(offsets, ranges, strict=True)]
    return {"area": " ".join([start, *high, *reversed(low)]), "line": " ".join([start, *middle])}


def _of_last(offset: int, deadline: dt.date) -> dt.date:
    """A day of the last cycle, which is laid four years before this one."""
    return deadline.replace(year=deadline.year - 4) + dt.timedelta(days=offset)


@pages.post("/reports/<uuid:report_id>/intention")
@guarded("report:announce", subject=guard.report)
def intend(act: Act, report: Report) -> ResponseReturnValue:
    """The state says by which day it will report, or takes that back."""
    written = request.form.get("by_day", "").strip()
    try:
        by_day = dt.date.fromisoformat(written) if written else None
    except ValueError as wrong:
        raise Invalid(UNREADABLE, [Problem("by_day", UNREADABLE)]) from wrong
    intentions.state(act, report, by_day)
    said = _("The reporting team is told that your state has stated this day; nothing else of the draft is shown.")
    flash(said if by_day else _("The stated day is taken back."), "success")
    return redirect(url_for("reports.report", report_id=report.id), 303)


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
