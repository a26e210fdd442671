"""Calls for input: the lead opens one in a channel, names partners, confirms who registers, and closes it."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, insert, select

from forms.guideline import channels
from forms.kinds.base import tidy, tidy_line
from forms.words import N_
from portal.documents.version import instant
from portal.models.contributions import Call, CallPartner, Partner, Registration
from portal.models.cycles import Edition
from portal.queries import calls_for_input as calls
from portal.queries import cycles, partners
from portal.queries.guidelines import guideline
from portal.rules.contributions import CHANNELS, MODALITY, NAMED, OPEN, PARTNER_KINDS, REGISTRATIONS, comes_in_by
from portal.rules.refusals import Invalid, NotNow, Problem
from portal.services import guidelines
from portal.services.act import Act
from portal.services.invitations import ADDRESS, LONGEST_ADDRESS
from portal.services.partners import NewPartner, faults, invite, make

LONGEST_TITLE, LONGEST_TEXT, LONGEST_NAME = 300, 10_000, 200
MOST_WAITING = 200
MANY = N_("Many registrations wait for this call already. Please try again in a few days.")
ASKED_BEFORE = N_("Somebody with this address has asked to contribute to this call already; the lead answers soon.")
DECIDED = N_("This registration has been answered already.")


@dataclass(frozen=True)
class Terms:
    """What a call says: in which channel, to whom, from when until when."""

    channel: str
    title: str
    text: str
    registration: str
    opens_at: dt.datetime
    closes_at: dt.datetime
    edition: str = ""
    partners: Sequence[uuid.UUID] = ()
    cycle: str = ""


def open_call(act: Act, terms: Terms) -> Call:
    """Opens a call for input, and tells the people of the partners on its list. Invalid names each part that will not
    do. The form that ships with the portal is published with the first call that asks it.
    """
    me = act.demand("call:write")
    cycle = cycles.counting(act.session, terms.cycle) if terms.cycle else cycles.current(act.session)
    problems = _faults(act, terms)
    if problems:
        raise Invalid(problems[0].sentence, problems)
    call = Call(
        cycle=cycle.key,
        channel=terms.channel,
        title=tidy_line(terms.title),
        text=tidy(terms.text),
        edition=_published(act, terms),
        registration=terms.registration,
        opens_at=terms.opens_at,
        closes_at=terms.closes_at,
        opened_by=me.id,
    )
    act.session.add(call)
    act.session.flush()
    told = {"call": str(call.id), "channel": call.channel, "edition": call.edition, "cycle": call.cycle}
    act.record("call.open", told | {"registration": call.registration, "title": call.title})
    for partner_id in dict.fromkeys(terms.partners):
        _put_on_list(act, call, partners.get(act.session, partner_id))
    return call


def _faults(act: Act, terms: Terms) -> list[Problem]:
    problems = []
    if terms.channel not in CHANNELS:
        problems.append(Problem("channel", N_("Please choose one of the channels c, d, e and f.")))
        return problems
    if not 1 <= len(tidy_line(terms.title)) <= LONGEST_TITLE:
        problems.append(Problem("title", N_("Please give the call a title of up to 300 characters.")))
    if not 1 <= len(tidy(terms.text)) <= LONGEST_TEXT:
        problems.append(Problem("text", N_("Please say what is asked for, in up to 10,000 characters.")))
    if terms.registration not in REGISTRATIONS:
        problems.append(Problem("registration", N_("Please choose who may contribute.")))
    problems += filter(None, [_fault_of_end(act, terms.opens_at, terms.closes_at)])
    return problems + _faults_of_partners(act, terms)


def _faults_of_partners(act: Act, terms: Terms) -> list[Problem]:
    problems = []
    if terms.registration == NAMED and not terms.partners:
        problems.append(Problem("partners", N_("Please name at least one partner, or open the call for registration.")))
    known = {partner.id: partner for partner in partners.confirmed(act.session)}
    for partner_id in terms.partners:
        if partner_id not in known:
            problems.append(Problem("partners", partners.NO_PARTNER))
        elif not comes_in_by(terms.channel, known[partner_id].kind):
            problems.append(Problem("partners", N_("A partner of this kind does not come in by this channel.")))
    return problems


def _published(act: Act, terms: Terms) -> str:
    """The edition of the call, published now where the portal ships it and nobody has."""
    key = terms.edition or CHANNELS[terms.channel].edition
    if act.session.get(Edition, key) is None:
        if key not in channels():
            sentence = N_("Please publish the edition first.")
            raise Invalid(sentence, [Problem("edition", sentence)])
        guidelines.publish(act, json.loads(channels()[key].read_text("utf-8")))
    if MODALITY not in guideline(act.session, key).modalities:
        sentence = N_("This edition is none of a channel.")
        raise Invalid(sentence, [Problem("edition", sentence)])
    return key


def _put_on_list(act: Act, call: Call, partner: Partner) -> None:
    act.session.execute(insert(CallPartner), [{"call_id": call.id, "partner_id": partner.id, "added_at": act.at}])
    act.record("call.name", {"call": str(call.id), "partner": str(partner.id)})
    people = [row.PartnerMember.user_id for row in partners.people(act.session, partner.id)
              if row.PartnerMember.ended_at is None]  # fmt: skip
    told = {"call": str(call.id), "channel": call.channel, "title": call.title}
    act.notify("call.open", people, told | {"closes": instant(call.closes_at)})


def name_partner(act: Act, call_id: uuid.UUID, partner_id: uuid.UUID) -> None:
    """Puts a partner on the list of a call; one that is there already stays there."""
    act.demand("call:write")
    call, partner = calls.get(act.session, call_id, lock=True), partners.get(act.session, partner_id)
    if partner.confirmed_at is None:
        raise Invalid(partners.NO_PARTNER, [Problem("partner", partners.NO_PARTNER)])
    if not comes_in_by(call.channel, partner.kind):
        sentence = N_("A partner of this kind does not come in by this channel.")
        raise Invalid(sentence, [Problem("partner", sentence)])
    if not calls.on_list(act.session, call, partner_id):
        _put_on_list(act, call, partner)


def close_call(act: Act, call_id: uuid.UUID) -> Call:
    """Closes a call before its day. What was sent stays, and can still be corrected."""
    me = act.demand("call:write")
    call = calls.get(act.session, call_id, lock=True)
    if calls.window(call).state(act.at) == "closed":
        raise NotNow(N_("This call is closed already."))
    call.closed_at, call.closed_by = act.at, me.id
    act.record("call.close", {"call": str(call.id), "channel": call.channel})
    return call


def keep_open(act: Act, call_id: uuid.UUID, until: dt.datetime) -> Call:
    """Sets another end of a call; one that was closed takes contributions again. The people of the partners on its list
    or with a draft for it that was never sent are told. Invalid where the moment has passed.
    """
    act.demand("call:write")
    call = calls.get(act.session, call_id, lock=True)
    problem = _fault_of_end(act, call.opens_at, until)
    if problem:
        raise Invalid(problem.sentence, [problem])
    if call.closed_at is None and call.closes_at == until:
        return call
    told = {"call": str(call.id), "channel": call.channel}
    act.record("call.extend", told | {"from": (call.closed_at or call.closes_at).isoformat(), "to": until.isoformat()})
    call.closes_at, call.closed_at, call.closed_by = until, None, None
    act.session.flush()
    act.notify("call.extend", calls.people_of(act.session, call.id), told | {"title": call.title})
    return call


def _fault_of_end(act: Act, opens_at: dt.datetime, closes_at: dt.datetime) -> Problem | None:
    if closes_at <= opens_at:
        return Problem("closes_at", N_("A call opens before it closes."))
    if closes_at <= act.at:
        return Problem("closes_at", N_("Please choose a moment that is still to come."))
    return None


@dataclass(frozen=True)
class Asking:
    """Who asks to contribute: an organisation, and the person who would file for it."""

    organisation: NewPartner
    name: str
    email: str
    words: str = ""


def register(act: Act, call_id: uuid.UUID, asking: Asking) -> Registration:
    """Asks to contribute to an open call, without an account; the lead is told. Invalid names each part that will not
    do, NotNow where the call takes no registration now.
    """
    call = calls.get(act.session, call_id, lock=True)
    if call.registration != OPEN or not calls.window(call).open(act.at):
        raise NotNow(N_("This call takes no registrations now."))
    email = asking.email.strip().lower()
    problems = faults(act, asking.organisation) + _faults_of_person(call, asking, email)
    if problems:
        raise Invalid(problems[0].sentence, problems)
    waits = select(Registration.id).where(Registration.call_id == call.id, Registration.decided_at.is_(None))
    if act.session.scalar(waits.where(Registration.email == email)) is not None:
        raise NotNow(ASKED_BEFORE)
    if (act.session.scalar(select(func.count()).select_from(waits.subquery())) or 0) >= MOST_WAITING:
        raise NotNow(MANY)
    partner = make(act, asking.organisation, confirmed=False)
    row = Registration(
        call_id=call.id,
        partner_id=partner.id,
        name=tidy_line(asking.name),
        email=email,
        words=tidy(asking.words),
        asked_at=act.at,
    )
    act.session.add(row)
    act.session.flush()
    act.record("registration.ask", {"registration": str(row.id), "call": str(call.id), "partner": str(partner.id)})
    act.notify("registration.ask", act.holders("lead"), {"call": str(call.id), "channel": call.channel})
    return row


def _faults_of_person(call: Call, asking: Asking, email: str) -> list[Problem]:
    problems = []
    kind = asking.organisation.kind
    if kind in PARTNER_KINDS and not comes_in_by(call.channel, kind):
        problems.append(Problem("kind", N_("A partner of this kind does not come in by this channel.")))
    if not 1 <= len(tidy_line(asking.name)) <= LONGEST_NAME:
        problems.append(Problem("person", N_("Please write your name, in up to 200 characters.")))
    if not ADDRESS.fullmatch(email) or len(email) > LONGEST_ADDRESS:
        problems.append(Problem("email", N_("Please give an e-mail address such as name@example.org.")))
    if len(tidy(asking.words)) > LONGEST_TEXT:
        problems.append(Problem("words", N_("Please keep this under 10,000 characters.")))
    return problems


def confirm(act: Act, registration_id: uuid.UUID) -> tuple[Registration, str | None]:
    """The lead confirms who registered: the partner stands, is on the list of the call, and the person files for it.
    Where the address has no account, the code of an invitation is returned, which the lead passes on.
    """
    me = act.demand("partner:manage")
    row, partner, call = calls.registration(act.session, registration_id)
    _undecided(row)
    row.decided_at, row.decided_by, row.confirmed = act.at, me.id, True
    partner.confirmed_at = act.at
    act.record("registration.confirm", {"registration": str(row.id), "partner": str(partner.id)})
    if not calls.on_list(act.session, call, partner.id):
        _put_on_list(act, call, partner)
    return row, invite(act, partner.id, row.email)


def decline(act: Act, registration_id: uuid.UUID, reason: str) -> Registration:
    """The lead declines a registration with a reason, which is kept."""
    me = act.demand("partner:manage")
    row, _partner, _call = calls.registration(act.session, registration_id)
    _undecided(row)
    words = tidy(reason)
    if not words or len(words) > LONGEST_TEXT:
        sentence = N_("Please give a reason, in up to 10,000 characters.")
        raise Invalid(sentence, [Problem("reason", sentence)])
    row.decided_at, row.decided_by, row.confirmed, row.reason = act.at, me.id, False, words
    act.record("registration.decline", {"registration": str(row.id)})
    return row


def _undecided(row: Registration) -> None:
    if row.decided_at is not None:
        raise NotNow(DECIDED)
