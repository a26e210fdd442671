"""Channels c to f: the page of a channel, calls for input, registering for one, contributing by form or by file."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, BinaryIO, cast

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forms.kinds.base import tidy_line
from forms.outline import text
from forms.words import N_
from portal.adapters.content import disposition
from portal.documents.tables import csv_text
from portal.http import contributing, render
from portal.http.clocks import clocks
from portal.http.context import signer
from portal.http.contributing import call
from portal.http.guard import PUBLIC, guarded
from portal.models.contributions import Call
from portal.queries import calls_for_input as calls
from portal.queries import contributions as held
from portal.queries import cycles, partners
from portal.queries.guidelines import guideline
from portal.rules import contribution_rows
from portal.rules.contributions import (
    CALL_STATES,
    CHANNELS,
    LICENCES,
    OPEN,
    PARTNER_KINDS,
    REGISTRATIONS,
    SENT,
    STATES,
    comes_in_by,
)
from portal.rules.naming import REPORTING_REGIONS
from portal.rules.policy import may
from portal.rules.refusals import Invalid, NotNow, Problem
from portal.rules.timeline import end_of_day
from portal.services import calls_for_input as service
from portal.services import contribution_import, contributions
from portal.services.act import Act
from portal.services.calls_for_input import Asking, Terms
from portal.services.contributions import Begin, Draft
from portal.services.partners import NewPartner

pages = Blueprint("calls_for_input", __name__)
ADDRESS = "/channels/<any(c, d, e, f):channel>"
SHOWN = 200
NO_FILE = N_("Please choose a file first.")
NO_DAY = N_("Write the day as 2025-06-30.")
NO_CHOICE = N_("Please choose for whom you file.")


@pages.get(ADDRESS)
@guarded(PUBLIC)
def channel(act: Act, channel: str) -> ResponseReturnValue:
    """What the channel asks, its calls, what waits for the team or is the own partner's, and what was accepted."""
    cycle = cycles.current(act.session)
    team = may(act.person, "partner:see")
    mine = held.Wanted(cycle=cycle.key, channel=channel, mine=act.person.id) if act.person else None
    rows = held.listed(act.session, None, held.Wanted(channel=channel, only_public=True), SHOWN)
    received = _received(act, held.Wanted(cycle=cycle.key, channel=channel)) if team else []
    own = held.listed(act.session, act.person, mine, SHOWN) if mine else []
    heads = held.heads(act.session, None, [row.Contribution for row in rows])
    return render_template(
        "channels/channel.html",
        channel=CHANNELS[channel],
        channels=CHANNELS,
        cycle=cycle,
        calls=[(one, calls.window(one).state(act.at)) for one in calls.calls(act.session, cycle.key, channel)],
        own=own,
        received=received,
        rows=rows,
        heads=heads,
        heads_here=held.heads(act.session, act.person, [row.Contribution for row in (*own, *received)]),
        areas=contributing.areas_of(act, heads),
        replies=held.replies(act.session, list(heads)),
        registrations=calls.registrations(act.session, cycle.key, channel) if team else [],
        open_to=_open_to(act, channel),
        team=team,
        states=STATES,
        licences=LICENCES,
        call_states=CALL_STATES,
        kinds=PARTNER_KINDS,
    )


def _received(act: Act, wanted: held.Wanted) -> list[Any]:
    """What the team received: what waits for a decision first, so that nothing newer crowds it out, then the rest."""
    waiting = held.listed(act.session, act.person, replace(wanted, state=SENT), SHOWN)
    others = held.listed(act.session, act.person, wanted, SHOWN)
    return waiting + [row for row in others if row.Contribution.first_sent_at and row.Contribution.state != SENT]


def _open_to(act: Act, channel: str) -> set[uuid.UUID]:
    """The calls of a channel to which this person can contribute now."""
    if act.person is None:
        return set()
    found = calls.open_to(act.session, act.person.id, act.at)
    return {row.Call.id for row in found if row.Call.channel == channel and comes_in_by(channel, row.Partner.kind)}


@pages.get(ADDRESS + "/calls")
@guarded("call:write")
def new_call(act: Act, channel: str) -> ResponseReturnValue:
    """The form that opens a call."""
    return _call_form(act, channel)


def _call_form(act: Act, channel: str, problems: Sequence[Problem] = ()) -> str:
    return render_template(
        "channels/call_form.html",
        channel=CHANNELS[channel],
        cycle=cycles.current(act.session),
        partners=partners.confirmed(act.session, CHANNELS[channel].kinds),
        registrations=REGISTRATIONS,
        kinds=PARTNER_KINDS,
        problems=problems,
        typed=request.form,
        today=act.at.date(),
    )


@pages.post(ADDRESS + "/calls")
@guarded("call:write")
def open_call(act: Act, channel: str) -> ResponseReturnValue:
    """Opens a call."""
    opens, closes = _day("opens"), _day("closes")
    problems = [Problem(name, NO_DAY) for name, day in (("opens", opens), ("closes", closes)) if day is None]
    if opens is None or closes is None:
        return _call_form(act, channel, problems), 422
    terms = Terms(
        channel,
        request.form.get("title", ""),
        request.form.get("text", ""),
        request.form.get("registration", ""),
        dt.datetime.combine(opens, dt.time(), dt.UTC),
        end_of_day(closes),
        partners=[known for one in request.form.getlist("partners") if (known := _identifier(one))],
    )
    try:
        made = service.open_call(act, terms)
    except Invalid as refusal:
        named = {"opens_at": "opens", "closes_at": "closes"}
        found = [Problem(named.get(one.where, one.where), one.sentence) for one in refusal.problems]
        return _call_form(act, channel, found), 422
    closing = render.closing(made.closes_at)
    flash(
        _(
            "The call is open, and the partners on its list have been told. It is open until %(moment)s.",
            moment=closing,
        ),
        "success",
    )
    return redirect(url_for(".page", call_id=made.id), 303)


def _day(name: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(request.form.get(name, ""))
    except ValueError:
        return None


def _identifier(sent: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(sent)
    except ValueError:
        return None


@pages.get("/calls/<uuid:call_id>")
@guarded(PUBLIC, subject=call, by="call_id")
def page(act: Act, found: Call) -> ResponseReturnValue:
    """One call: what it asks, until when, and how to take part."""
    return _page(act, found)


def _page(act: Act, found: Call, problems: Sequence[Problem] = ()) -> str:
    team = may(act.person, "partner:see")
    return render_template(
        "channels/call.html",
        call=found,
        channel=CHANNELS[found.channel],
        state=calls.window(found).state(act.at),
        call_states=CALL_STATES,
        asked=guideline(act.session, found.edition),
        licences=LICENCES,
        listed=calls.partners_of(act.session, found.id) if team else [],
        others=partners.confirmed(act.session, CHANNELS[found.channel].kinds) if may(act.person, "call:write") else [],
        mine=_mine(act, found),
        open_registration=found.registration == OPEN,
        registrations=REGISTRATIONS,
        clocks=clocks(found.closes_at, _country(act)),
        team=team,
        problems=problems,
        kinds=PARTNER_KINDS,
        once=uuid.uuid4(),
    )


def _country(act: Act) -> str:
    """The country whose capital tells this person the time: that of a partner they file for, else their own."""
    if act.person is None:
        return ""
    of_partners = calls.countries(act.session, act.person.id)
    return min(of_partners, default=min(act.person.entities, default=""))


def _mine(act: Act, found: Call) -> list[tuple[str, str]]:
    """The partners for whom this person can contribute to the call now: id, name."""
    if act.person is None:
        return []
    rows = calls.open_to(act.session, act.person.id, act.at)
    return [
        (str(row.Partner.id), row.Partner.name)
        for row in rows
        if row.Call.id == found.id and comes_in_by(found.channel, row.Partner.kind)
    ]


@pages.post("/calls/<uuid:call_id>/close")
@guarded("call:write", subject=call, by="call_id", conceal=None)
def close(act: Act, found: Call) -> ResponseReturnValue:
    """Closes the call before its day."""
    service.close_call(act, found.id)
    flash(_("The call is closed. What was sent stays, and can still be corrected."), "success")
    return redirect(url_for(".page", call_id=found.id), 303)


@pages.post("/calls/<uuid:call_id>/end")
@guarded("call:write", subject=call, by="call_id", conceal=None)
def keep_open(act: Act, found: Call) -> ResponseReturnValue:
    """Sets another last day of the call; a closed one takes contributions again."""
    until = _day("closes")
    if until is None:
        return _page(act, found, [Problem("closes", NO_DAY)]), 422
    try:
        service.keep_open(act, found.id, end_of_day(until))
    except Invalid as refusal:
        return _page(act, found, [Problem("closes", one.sentence) for one in refusal.problems]), 422
    flash(
        _("The call has another end, and those who have a draft for it or are on its list have been told."), "success"
    )
    return redirect(url_for(".page", call_id=found.id), 303)


@pages.post("/calls/<uuid:call_id>/partners")
@guarded("call:write", subject=call, by="call_id", conceal=None)
def name_partner(act: Act, found: Call) -> ResponseReturnValue:
    """Puts a partner on the list of the call."""
    chosen = _identifier(request.form.get("partner", ""))
    if chosen is None:
        return _page(act, found, [Problem("partner", N_("Please choose a partner."))]), 422
    service.name_partner(act, found.id, chosen)
    flash(_("The partner is on the list, and its people have been told."), "success")
    return redirect(url_for(".page", call_id=found.id), 303)


@pages.get("/calls/<uuid:call_id>/registration")
@guarded(PUBLIC, subject=call, by="call_id")
def registration(act: Act, found: Call) -> ResponseReturnValue:
    """The form with which an organisation asks to contribute."""
    return _registration(act, found)


def _registration(act: Act, found: Call, problems: Sequence[Problem] = (), *, done: bool = False) -> str:
    language = render.language()
    return render_template(
        "channels/registration.html",
        call=found,
        channel=CHANNELS[found.channel],
        open_now=found.registration == OPEN and calls.window(found).open(act.at),
        kinds={key: title for key, title in PARTNER_KINDS.items() if comes_in_by(found.channel, key)},
        regions=list(REPORTING_REGIONS),
        entities=sorted((text(one.names, language), one.iso3) for one in cycles.entities(act.session)),
        problems=problems,
        typed=request.form,
        done=done,
    )


@pages.post("/calls/<uuid:call_id>/registration")
@guarded(PUBLIC, subject=call, by="call_id")
def register(act: Act, found: Call) -> ResponseReturnValue:
    """Asks to contribute; the lead answers."""
    try:
        service.register(act, found.id, _asking(request.form))
    except Invalid as refusal:
        return _registration(act, found, refusal.problems), 422
    except NotNow as refusal:
        return _registration(act, found, [Problem("", refusal.sentence)]), 409
    return _registration(act, found, done=True)


def _asking(sent: Mapping[str, str]) -> Asking:
    organisation = NewPartner(
        sent.get("name", ""), sent.get("kind", ""), sent.get("region") or None, sent.get("entity") or None
    )
    return Asking(organisation, sent.get("person", ""), sent.get("email", ""), sent.get("words", ""))


@pages.post("/calls/<uuid:call_id>/contributions")
@guarded("contribution:list", subject=call, by="call_id", conceal=None, idempotent=True)
def begin(act: Act, found: Call) -> ResponseReturnValue:
    """Begins a contribution, and opens its form; a second press opens the same one."""
    chosen = _identifier(request.form.get("partner", ""))
    title = tidy_line(request.form.get("title", ""))
    if chosen is None:
        return _page(act, found, [Problem("begin-partner", NO_CHOICE)]), 422
    try:
        made = contributions.start(
            act, Begin(found.id, chosen, request.form.get("language", "en")), Draft(title=title or None)
        )
    except Invalid as refusal:
        return _page(act, found, [Problem(f"begin-{one.where}", one.sentence) for one in refusal.problems]), 422
    return redirect(url_for("contributions.draft", contribution_id=made.id), 303)


@pages.get("/calls/<uuid:call_id>/template.csv")
@guarded(PUBLIC, subject=call, by="call_id")
def template(act: Act, found: Call) -> ResponseReturnValue:
    """The first row of a table of contributions to this call, to fill in."""
    heading = contribution_rows.heading(guideline(act.session, found.edition))
    named = {"Content-Disposition": disposition(f"channel-{found.channel}.csv")}
    return Response(csv_text([heading]), mimetype="text/csv", headers=named)


@pages.post("/calls/<uuid:call_id>/file")
@guarded("contribution:list", subject=call, by="call_id", conceal=None)
def bring_in(act: Act, found: Call) -> ResponseReturnValue:
    """Brings in a table, one row a contribution, or only tries it; the answer is a report of every row."""
    chosen, sent = _identifier(request.form.get("partner", "")), request.files.get("file")
    if sent is None or not sent.filename or chosen is None:
        problem = Problem("file", NO_FILE) if chosen is not None else Problem("file-partner", NO_CHOICE)
        return _page(act, found, [problem]), 422
    wish = contribution_import.Wish(
        found.id, chosen, dry_run=request.form.get("dry_run") == "yes", send=request.form.get("send") == "yes"
    )
    stream = cast("BinaryIO", sent.stream)
    try:
        report = contribution_import.bring_in(act, stream, sent.filename, wish, signer())
    except Invalid as refusal:
        problems = refusal.problems or [Problem("", refusal.sentence)]
        told = [Problem("file", _("%(place)s: %(sentence)s", place=p.where, sentence=p.sentence)) for p in problems]
        return _page(act, found, told), 422
    context: dict[str, Any] = {"report": report, "call": found, "channel": CHANNELS[found.channel]}
    return render_template("channels/imported.html", titles=contribution_import.TITLES, **context)
