"""Requests for evidence on the side of the team: a hole of the matrix becomes a request, or it is taken back."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass

from forms.kinds.base import tidy
from forms.words import N_
from portal.models.contributions import Partner
from portal.models.requests import Request
from portal.queries import contributions, requests
from portal.queries.cycles import counting
from portal.rules import crosswalk
from portal.rules.contributions import CHANNELS, comes_in_by
from portal.rules.refusals import Invalid, NotNow, Problem
from portal.rules.reminders import day_of
from portal.rules.requests import MOST, OPEN, SETTLED, Asked, day_problem, state_of
from portal.services.act import Act
from portal.services.requests import told

PERSONS = ("regional_officer",)
ASKED_ALREADY = N_(
    "The same is asked of them already and waits for an answer. Please take that request back first, or ask for "
    "something else."
)


@dataclass(frozen=True)
class Wish:
    """What the team asks for: evidence on a commitment through a channel (c to f) in a region, "" for all, of a partner
    or of one person.
    """

    cycle: str
    commitment: str
    channel: str
    region: str
    text: str
    due: dt.date | None
    partner_id: uuid.UUID | None = None
    person: uuid.UUID | None = None


def make(act: Act, wish: Wish, regions: Collection[str]) -> Request:
    """Makes a request and tells those who are asked. `regions` are those there are. Invalid names each part that will
    not do; nothing is asked of a partner that nobody files for, and nothing twice while it waits for an answer.
    """
    act.demand("request:make")
    problems = [*_place_problems(wish, regions), *_word_problems(act, wish), *_asked_problems(act, wish)]
    place = (counting(act.session, wish.cycle).key, wish.commitment, wish.channel, wish.region)
    if not problems and requests.open_to(act.session, place, wish.partner_id, wish.person) is not None:
        problems = [Problem("asked", ASKED_ALREADY)]
    if problems or wish.due is None:
        raise Invalid(problems[0].sentence, problems)
    made = Request(
        cycle=place[0],
        commitment=wish.commitment,
        channel=wish.channel,
        region=wish.region,
        partner_id=wish.partner_id,
        person=wish.person,
        text=tidy(wish.text),
        due=wish.due,
        made_at=act.at,
        made_by=act.actor.id,
    )
    act.session.add(made)
    act.session.flush()
    act.record("request.make", told(made))
    act.notify("request.make", requests.people(act.session, [made])[made.id], told(made))
    return made


def _place_problems(wish: Wish, regions: Collection[str]) -> list[Problem]:
    problems = []
    if wish.commitment not in {one.key for one in crosswalk.commitments()}:
        problems.append(Problem("commitment", N_("Please choose a commitment.")))
    if wish.channel not in CHANNELS:
        problems.append(Problem("channel", N_("Please choose one of the channels c to f.")))
    if wish.region and wish.region not in regions:
        problems.append(Problem("region", N_("Please choose a region from the list.")))
    return problems


def _word_problems(act: Act, wish: Wish) -> list[Problem]:
    problems = []
    if not tidy(wish.text):
        problems.append(Problem("text", N_("Please write what you ask for.")))
    if len(wish.text) > MOST:
        problems.append(Problem("text", N_("A request has at most 4,000 characters; please shorten it.")))
    wrong = day_problem(wish.due, day_of(act.at))
    return [*problems, Problem("due", wrong)] if wrong else problems


def _asked_problems(act: Act, wish: Wish) -> list[Problem]:
    if wish.person is not None and wish.partner_id is None:
        known = wish.person in act.holders(*PERSONS)
        return [] if known else [Problem("asked", N_("Please choose a person from the list."))]
    partner = act.session.get(Partner, wish.partner_id) if wish.partner_id else None
    if partner is None or partner.confirmed_at is None:
        return [Problem("asked", N_("Please choose whom to ask."))]
    if wish.channel in CHANNELS and not comes_in_by(wish.channel, partner.kind):
        return [Problem("asked", N_("This partner does not come in by this channel; please choose another of either."))]
    if not contributions.members(act.session, partner.id):
        return [Problem("asked", N_("Nobody files for this partner yet, so nobody would get the request."))]
    return []


def withdraw(act: Act, asked: Asked, reason: str) -> Request:
    """Takes a request back with a reason, which those who were asked read."""
    act.demand("request:make")
    request: Request = asked.request
    if state_of(request) != OPEN:
        raise NotNow(SETTLED[state_of(request)])
    kept = tidy(reason)
    if not kept or len(kept) > MOST:
        sentence = N_("Please write a reason of up to 4,000 characters: those who were asked read it.")
        raise Invalid(sentence, [Problem("reason", sentence)])
    request.withdrawn_at, request.withdrawn_by, request.reason = act.at, act.actor.id, kept
    act.record("request.withdraw", told(request))
    act.notify("request.withdraw", asked.members, told(request))
    return request
