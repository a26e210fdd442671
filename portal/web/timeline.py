"""The timeline of a cycle for everyone, its calendar feed, and the page of each phase for the reporting team."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forms.words import N_
from portal.documents.calendar import AllDay, calendar
from portal.http import render
from portal.http.clocks import Clocks, clocks
from portal.http.guard import PUBLIC, guarded
from portal.http.more_time import more_time
from portal.http.outlook import Outlook, Row, days_ahead, outlook_of
from portal.http.phases import PhaseOnPage, phases_on_page
from portal.http.phases import phase as loaded
from portal.models.cycles import Cycle, Phase
from portal.queries import arrivals, cycles, phases
from portal.rules import phases as rules
from portal.rules import scales, shipped
from portal.rules.policy import may
from portal.rules.refusals import Invalid, NotNow, Problem
from portal.rules.timeline import Dated, PhaseDates
from portal.services import phases as service
from portal.services.act import Act
from portal.services.phases import Draft
from portal.services.submission import DEADLINE_PHASE

pages = Blueprint("timeline", __name__)

UNREAD = N_("Please say that you have read this version: a signature cannot be taken back.")


@dataclass(frozen=True)
class Region:
    """The arrivals of one region: `curve` is how many had come by the end of each day on which one came."""

    name: str
    of: int
    received: int
    curve: list[tuple[dt.date, int]]

    @property
    def share(self) -> float:
        """In per cent of its states."""
        return 100 * self.received / self.of

    @property
    def shares(self) -> list[tuple[dt.date, float]]:
        return [(day, 100 * count / self.of) for day, count in self.curve]


def _cycle(act: Act) -> Cycle:
    key = request.args.get("cycle")
    return cycles.counting(act.session, key) if key else cycles.current(act.session)


@pages.get("/timeline")
@guarded(PUBLIC)
def page(act: Act) -> ResponseReturnValue:
    """The phases of a cycle, the deadline by three clocks, and what has been received so far."""
    cycle = _cycle(act)
    shown = phases_on_page(act, cycle.key)
    team = may(act.person, "phase:read")
    return render_template(
        "timeline/timeline.html",
        cycle=cycle,
        phases=shown,
        clocks=_clocks(act, shown),
        more_time=more_time(act, cycle.key),
        events=shipped.events(cycle.key),
        received=cycles.received(act.session, cycle.key),
        curve=_curve(act, cycle.key, shown),
        team=team,
        closings=phases.closings(act.session, cycle.key) if team else {},
        states=arrivals.by_state(act.session, cycle.key) if team else {},
    )


def _clocks(act: Act, shown: list[PhaseOnPage]) -> Clocks | None:
    """The deadline as an instant, by the clock of the last time zone and by that of the reader's capital."""
    ends = next((phase.ends for phase in shown if phase.dates.key == DEADLINE_PHASE), None)
    of = min(act.person.entities, default="") if act.person else ""
    return None if ends is None else clocks(ends, of)


def _curve(act: Act, cycle: str, shown: list[PhaseOnPage]) -> dict[str, Any]:
    """The arrivals of this cycle, whole and by region, and of the last one, laid on the days of the phases; for those
    who may see forecasts the rows of one.
    """
    today, deadline = act.at.date(), shown[0].closes
    moments = arrivals.moments(act.session, cycle)
    now = rules.running(moment for _region, moment in moments)
    last = rules.last_cycle_shifted()
    found, ahead = _forecast(act, cycle, [phase.dates for phase in shown])
    first = shown[0].opens
    end = max(shown[-1].closes, last[-1][0], *(day for day, _count in now), *(row.day for row in ahead))
    regions = [
        Region(
            row.region, row.of, row.received, rules.running(moment for where, moment in moments if where == row.region)
        )
        for row in arrivals.by_region(act.session, cycle)
    ]
    of_last = [(day, 100 * count / rules.LAST_CYCLE_OF) for day, count in last]
    highest = [last[-1][1], len(moments), *(row.received.high for row in ahead)]
    drawn = scales.scale(first, end, max(highest))
    days = {*scales.quarter_ends(first, min(today, end)), min(today, end), deadline, *(day for day, _count in last)}
    return {
        "scale": drawn,
        "share": scales.scale(first, end, max(of_last[-1][1], *(region.share for region in regions))),
        "now": now,
        "last": last,
        "last_share": of_last,
        "regions": regions,
        "ahead": ahead,
        "band": found.band(ahead, drawn) if found else None,
        "deadline": deadline,
        "today": today,
        "days": [(day, dict(last).get(day), day <= today) for day in sorted(days)],
        "last_of": rules.LAST_CYCLE_OF,
        "by_day": rules.by_day,
    }


def _forecast(act: Act, cycle: str, dates: list[PhaseDates]) -> tuple[Outlook | None, list[Row]]:
    """The forecast and its rows for those who may see it."""
    if not may(act.person, "review:queue"):
        return None, []
    found = outlook_of(act, cycle, dates)
    return found, found.rows(days_ahead(found.today, dates))


@pages.get("/timeline.ics")
@guarded(PUBLIC)
def feed(act: Act) -> ResponseReturnValue:
    """The phases of a cycle, the last day of each and the events beside them, as all-day events for a calendar."""
    cycle = _cycle(act)
    events = []
    for phase in phases_on_page(act, cycle.key):
        ends = _(
            "The last day ends when it has ended in the last time zone: %(moment)s.", moment=render.instant(phase.ends)
        )
        told = f"{phase.dates.delivers}\n{ends}" if phase.dates.delivers else ends
        name = f"{cycle.key}/{phase.dates.key}"
        events.append(AllDay(_uid(name), phase.opens, phase.closes, phase.title, told))
        last = _("Last day: %(phase)s", phase=phase.title)
        events.append(AllDay(_uid(f"{name}/last-day"), phase.closes, phase.closes, last, told))
    events += [_all_day(cycle.key, one) for one in shipped.events(cycle.key)]
    body = calendar(_("New Urban Agenda reporting, %(cycle)s", cycle=cycle.label), events, cycle.opened_at)
    return Response(body, content_type="text/calendar; charset=utf-8")


def _all_day(cycle: str, event: Dated) -> AllDay:
    """A dated event; one of which the month alone is known stands over the whole of it and says so."""
    title, told = _(event.title), ""
    if not event.exact:
        told = _("In %(month)s; the day is not known.", month=render.month(event.first))
        title = f"{title} ({render.month(event.first)})"
    return AllDay(_uid(f"{cycle}/events/{event.key}"), event.first, event.last, title, told)


def _uid(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"nua-reporting:{name}"))


def held(act: Act, phase: str) -> Phase:
    """Loads a phase of the cycle that the address asks for."""
    return loaded(act, _cycle(act).key, phase)


@pages.get("/timeline/phases/<phase>")
@guarded("phase:read", subject=held, by="phase", conceal=None)
def phase(act: Act, found: Phase) -> ResponseReturnValue:
    """What the phase delivers with its versions and sign-offs, and what stands against closing it."""
    return _phase_page(act, found)


def _phase_page(act: Act, found: Phase, typed: Draft | None = None, problems: Sequence[Problem] = ()) -> str:
    texts = phases.texts(act.session, found.cycle, found.key)
    case = service.case_of(act, found, act.person)
    newest = texts[0] if texts else None
    if typed is None and newest is not None:
        typed = Draft(newest.text.title, newest.text.text, "", newest.text.number)
    chosen = request.args.get("version", type=int)
    return render_template(
        "timeline/phase.html",
        phase=found,
        texts=texts,
        shown=next((one for one in texts if one.text.number == chosen), newest),
        newest=newest,
        typed=typed or Draft(found.delivers, "", "", 0),
        began=newest.text.number if newest else 0,
        problems=problems,
        sent=request.form,
        closing=phases.closings(act.session, found.cycle).get(found.key),
        signing=rules.hindrances(rules.SIGNING, case),
        hindering=rules.hindrances(rules.closing(found.key), case),
        collecting=found.key == rules.COLLECTING,
    )


@pages.post("/timeline/phases/<phase>/texts")
@guarded("phase:write", subject=held, by="phase", conceal=None)
def write(act: Act, found: Phase) -> ResponseReturnValue:
    """Keeps a new version of the text; what was typed comes back where something is to be put right."""
    sent = request.form
    began = sent.get("began", 0, type=int)
    draft = Draft(sent.get("title", ""), sent.get("text", ""), sent.get("note", ""), began)
    try:
        made = service.write(act, found, draft)
    except Invalid as refusal:
        return _phase_page(act, found, draft, refusal.problems), 422
    flash(_("Version %(number)s is kept.", number=made.number), "success")
    return _to(found)


@pages.post("/timeline/phases/<phase>/signatures")
@guarded("phase:sign", subject=held, by="phase", conceal=None)
def sign(act: Act, found: Phase) -> ResponseReturnValue:
    """Signs off the version that the page showed, once the person says to have read it: it cannot be taken back."""
    sent = request.form
    if not sent.get("read"):
        return _phase_page(act, found, problems=[Problem("read", UNREAD)]), 422
    try:
        made = service.sign(act, found, sent.get("number", 0, type=int), sent.get("post", ""))
    except Invalid as refusal:
        return _phase_page(act, found, problems=refusal.problems), 422
    except NotNow as refusal:
        return _phase_page(act, found, problems=_hindering(refusal, "sign")), 409
    flash(_("You have signed version %(number)s.", number=made.number), "success")
    return _to(found)


@pages.post("/timeline/phases/<phase>/closing")
@guarded("phase:close", subject=held, by="phase", conceal=None)
def close(act: Act, found: Phase) -> ResponseReturnValue:
    """Closes the phase for good; what hinders it stands on the page with what was typed."""
    try:
        service.close(act, found, request.form.get("reason", ""))
    except NotNow as refusal:
        return _phase_page(act, found, problems=_hindering(refusal, "close")), 409
    flash(_("The phase is closed, and the record of it stands below."), "success")
    return _to(found)


def _hindering(refusal: NotNow, part: str) -> list[Problem]:
    """What hinders, each at the field that lifts it, at the record of the closing, or at this part of the page."""
    places = {rules.DAYS_OVER.sentence: "reason", rules.NOT_CLOSED.sentence: "closed"}
    return [Problem(places.get(reason, part), reason) for reason in refusal.reasons]


def _to(found: Phase) -> ResponseReturnValue:
    return redirect(url_for("timeline.phase", phase=found.key, cycle=found.cycle), 303)
