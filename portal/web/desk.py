"""The desk: what waits for me, what I did last, where the cycle stands; and the inbox."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.http.guard import guarded
from portal.http.more_time import more_time
from portal.http.notice_addresses import notice_address
from portal.http.render import closing, day, words
from portal.http.telling import event_words, notice_words, reason_of
from portal.models.cycles import Cycle
from portal.models.reports import Report
from portal.queries import calls_for_input, contributions, cycles, events, observations, profiles, requests
from portal.queries import desk as waiting
from portal.queries.colleagues import Office
from portal.queries.guidelines import guideline
from portal.queries.observations import ImportsWanted
from portal.rules.handing import ALL, PARTS, Holding
from portal.rules.lifecycle import DRAFTING
from portal.rules.policy import Person, may
from portal.rules.requests import OPEN, state_of
from portal.rules.verdicts import UNVERIFIED
from portal.services import notices
from portal.services.act import Act
from portal.services.drafting import check

pages = Blueprint("desk", __name__)


QUIET = 4


@dataclass(frozen=True)
class Task:
    """One row of the desk: `urgency` 0 comes first, from QUIET on nothing waits; `title` begins with a verb."""

    urgency: int
    title: str
    url: str
    note: str = ""
    state: str = ""


@pages.get("/desk")
@guarded("desk:read")
def desk(act: Act) -> ResponseReturnValue:
    """What waits for me, most pressing first; below it what I did last and the phases of the cycle."""
    cycle = cycles.current(act.session)
    rows = [
        *_of_the_state(act, cycle),
        *_of_the_team(act),
        *_of_the_data(act),
        *_of_the_evidence(act, cycle),
        *_of_contributions(act),
    ]
    rows.sort(key=lambda task: task.urgency)
    return render_template(
        "desk/desk.html",
        tasks=[task for task in rows if task.urgency < QUIET],
        quiet=[task for task in rows if task.urgency >= QUIET],
        acts=waiting.acts_of(act.session, act.actor.id),
        event_words=event_words,
        cycle=cycle,
        phases=[vars(phase) | {"state": phase.state(act.at)} for phase in cycles.phases(act.session, cycle.key)],
        today=act.at.date(),
        more_time=more_time(act, cycle.key),
        imports=observations.list_imports(act.session, limit=5) if may(act.person, "datasets:read") else [],
    )


def _of_the_state(act: Act, cycle: Cycle) -> Iterator[Task]:
    """What waits for people who report for a state."""
    person = act.actor
    rows = waiting.of_entities(act.session, person.entities)
    held = waiting.values_of(act.session, [row.Report.id for row in rows if row.Report.state in DRAFTING])
    for row in rows:
        yield from _of_a_report(act, person, row, held)
    begun = {row.Report.entity for row in rows if row.Report.cycle == cycle.key}
    leads = {grant.entity for grant in person.grants if grant.role == "focal_point" and grant.entity}
    names = waiting.entity_names(act.session, leads - begun)
    for code, name in names.items():
        title = _("Start the report of %(entity)s", entity=words(name))
        yield Task(2, title, url_for("reports.listing", entity=code), cycle.label)


def _of_a_report(act: Act, person: Person, row: Any, held: dict[Any, Any]) -> Iterator[Task]:
    report, name = row.Report, words(row.names)
    here = url_for("reports.report", report_id=report.id)
    clearance = url_for("clearance.clearance", report_id=report.id)
    note = row.label
    yield from _in_hands(act, person, report, f"{name} · {note}")
    if report.state in DRAFTING and may(person, "report:draft", report):
        count = check(act.session, report, held[report.id]).progress
        told = _("%(answered)s of %(of)s answered", answered=count.answered, of=count.of)
        writes = may(person, "report:write", report)
        if report.state == "clarifying":
            title = _("Answer the clarification asked of %(entity)s", entity=name)
            yield Task(0 if writes else QUIET, title, here, f"{note} · {told}", report.state)
        elif writes:
            yield Task(2, _("Go on with the draft of %(entity)s", entity=name), here, f"{note} · {told}", report.state)
        else:
            yield Task(QUIET, _("Read the draft of %(entity)s", entity=name), here, f"{note} · {told}", report.state)
    elif report.state == "clearing" and may(person, "report:submit", report):
        yield Task(0, _("Approve or decline the report of %(entity)s", entity=name), clearance, note, report.state)
    elif report.state == "accepted" and row.consented is None and may(person, "report:consent", report):
        yield Task(
            1, _("Consent to the publication of the report of %(entity)s", entity=name), here, note, report.state
        )
    else:
        yield Task(QUIET, _("See the report of %(entity)s", entity=name), here, note, report.state)


def _in_hands(act: Act, person: Person, report: Report, note: str) -> Iterator[Task]:
    """What of a report is in this person's hands; for the focal point, what has come back."""
    sections = guideline(act.session, report.edition).sections
    for handout in report.handouts:
        holds = may(person, "handout:return", Holding(report, handout)) and handout.returned_at is None
        if holds and report.state in DRAFTING:
            title = _("Write %(section)s", section=f"{handout.section} {words(sections[handout.section].title)}")
            url = url_for("sections.section", report_id=report.id, key=handout.section)
            due = _("due %(day)s", day=day(handout.due)) if handout.due else ""
            part = "" if handout.part == ALL else _(PARTS[handout.part])
            yield Task(1, title, url, " · ".join(word for word in (due, part, note) if word))
    back = sum(1 for handout in report.handouts if handout.returned_at is not None)
    if back and may(person, "handout:give", report):
        title = ngettext("Look at %(num)d hand-out that came back", "Look at %(num)d hand-outs that came back", back)
        yield Task(1, title, url_for("handing.listing", report_id=report.id), note)


def _of_the_team(act: Act) -> Iterator[Task]:
    """What waits for the reporting team, in numbers; each opens the queue."""
    if not may(act.person, "review:queue"):
        return
    counts = waiting.team_counts(act.session, act.actor.id)
    if counts.answered:
        title = ngettext(
            "Take up %(num)d report that was submitted again",
            "Take up %(num)d reports that were submitted again",
            counts.answered,
        )
        yield Task(0, title, "/review?state=submitted&assigned=mine")
    if counts.mine:
        yield Task(
            1,
            ngettext("Go on with %(num)d review", "Go on with %(num)d reviews", counts.mine),
            "/review?state=in_review&assigned=mine",
        )
    if counts.unclaimed:
        title = ngettext("Claim %(num)d report", "Claim %(num)d reports", counts.unclaimed)
        yield Task(1, title, "/review?state=submitted&assigned=nobody")
    if counts.agreed and "lead" in act.actor.roles:
        title = ngettext(
            "Publish %(num)d report that has the state's consent",
            "Publish %(num)d reports that have the state's consent",
            counts.agreed,
        )
        yield Task(1, title, "/review?state=accepted")


def _of_the_data(act: Act) -> Iterator[Task]:
    """What waits for a data officer: files that somebody else took in, and the way to bring in the next."""
    if {"data_officer", "lead"} & act.actor.roles:
        count = observations.count_imports(act.session, ImportsWanted(UNVERIFIED, not_by=act.actor.id, telling=True))
        if count:
            title = ngettext(
                "Verify %(num)d file of figures that somebody else took in",
                "Verify %(num)d files of figures that somebody else took in",
                count,
            )
            yield Task(3, title, url_for("channels.figures", standing=UNVERIFIED, by="others"))
    if may(act.person, "observations:import"):
        yield Task(3, _("Import a file of indicator data"), "/channels/b")


def _of_the_evidence(act: Act, cycle: Cycle) -> Iterator[Task]:
    """What is asked of a partner or a regional officer, and the desk profile that waits for a state's word."""
    person = act.actor
    if {"partner", "regional_officer"} & person.roles:
        held = requests.of_person(act.session, person.id)
        if due := [row.Request.due for row in held if state_of(row.Request) == OPEN]:
            title = ngettext("Answer %(num)d request for evidence", "Answer %(num)d requests for evidence", len(due))
            yield Task(1, title, url_for("requests.mine"), _("hoped for by %(day)s", day=day(due[0])))
    if leads := {g.entity for g in person.grants if g.role in ("focal_point", "certifier") and g.entity}:
        names = waiting.entity_names(act.session, profiles.unanswered(act.session, cycle.key, leads))
        for code, name in names.items():
            title = _("Look at the desk profile of %(entity)s", entity=words(name))
            yield Task(1, title, url_for("profiles.page", iso3=code), cycle.label)


def _of_contributions(act: Act) -> Iterator[Task]:
    """What waits for people who file for partners, and of contributions for the team and for named states."""
    person = act.actor
    if may(person, "partner:see"):
        for channel, count in contributions.waiting(act.session).items():
            title = ngettext(
                "Look at %(num)d contribution in channel %(channel)s",
                "Look at %(num)d contributions in channel %(channel)s",
                count,
                channel=channel,
            )
            yield Task(1, title, url_for("calls_for_input.channel", channel=channel))
    if {"partner", "regional_officer"} & person.roles:
        yield from _of_a_partner(act, person)
    if leads := {g.entity for g in person.grants if g.role == "focal_point" and g.entity}:
        count = contributions.unreplied(act.session, leads)
        if count:
            title = ngettext(
                "Read %(num)d contribution that names your state, and reply if you wish",
                "Read %(num)d contributions that name your state, and reply if you wish",
                count,
            )
            yield Task(3, title, url_for("contributions.listing", naming=sorted(leads)))


def _of_a_partner(act: Act, person: Person) -> Iterator[Task]:
    """The own drafts and what was returned, and the calls that are open to the partners of this person."""
    for row in contributions.open_of(act.session, person.id):
        one = row.Contribution
        name = one.title or _("Contribution without a title")
        returned = one.state == "returned"
        title = _("Send “%(title)s” anew", title=name) if returned else _("Go on with “%(title)s”", title=name)
        yield Task(0 if returned else 2, title, url_for("contributions.draft", contribution_id=one.id), row.partner)
    found = {row.Call.id: row.Call for row in calls_for_input.open_to(act.session, person.id, act.at)}
    for call in found.values():
        note = _("until %(day)s", day=closing(call.closes_at))
        title = _("Contribute to “%(title)s”", title=call.title)
        yield Task(2, title, url_for("calls_for_input.page", call_id=call.id), note)


@pages.get("/inbox")
@guarded("inbox:read")
def inbox(act: Act) -> ResponseReturnValue:
    """What I was told, newest first."""
    return render_template(
        "desk/inbox.html",
        rows=events.notices(act.session, act.actor.id),
        notice_words=notice_words,
        reason_of=reason_of,
        address=lambda notice, entity: notice_address(act.actor, notice, entity),
        offices=[office for office in _offices(act) if may(act.person, "people:see", office)],
    )


def _offices(act: Act) -> list[Office]:
    return [Office(code, names) for code, names in waiting.entity_names(act.session, act.actor.entities).items()]


@pages.post("/inbox")
@guarded("inbox:read")
def read_inbox(act: Act) -> ResponseReturnValue:
    """Marks everything in the inbox as read."""
    count = notices.read_all(act)
    flash(ngettext("%(num)d notice is marked as read.", "%(num)d notices are marked as read.", count), "success")
    return redirect(url_for("desk.inbox"), 303)
