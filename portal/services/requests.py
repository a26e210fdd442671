"""Requests for evidence on the side of those who are asked: the answer by a contribution, and the reminders."""

from __future__ import annotations

import uuid

from portal.models.contributions import Contribution
from portal.models.requests import Request, RequestReminder
from portal.queries import requests
from portal.rules.contributions import WITHDRAWN
from portal.rules.refusals import Invalid, NotNow, Problem
from portal.rules.reminders import day_of, due_kind, mark
from portal.rules.requests import OPEN, OTHER_CHANNEL, OWN_ALONE, SETTLED, Asked, state_of
from portal.services.act import Act
from portal.services.reminders import AHEAD


def answer_with(act: Act, asked: Asked, contribution_id: uuid.UUID) -> Request:
    """Those who are asked name the contribution by which they answer. Where it was sent after the request was made the
    request is answered at once, else when it is sent.
    """
    act.demand("request:answer", asked)
    request: Request = asked.request
    if state_of(request) != OPEN:
        raise NotNow(SETTLED[state_of(request)])
    chosen, members = requests.contribution(act.session, contribution_id)
    if act.actor.id not in members or (request.partner_id is not None and request.partner_id != chosen.partner_id):
        raise Invalid(OWN_ALONE, [Problem("contribution", OWN_ALONE)])
    if (chosen.cycle, chosen.channel) != (request.cycle, request.channel) or chosen.state == WITHDRAWN:
        raise Invalid(OTHER_CHANNEL, [Problem("contribution", OTHER_CHANNEL)])
    request.contribution_id = chosen.id
    act.record("request.choose", told(request) | {"contribution": str(chosen.id)})
    if chosen.first_sent_at is not None and chosen.first_sent_at >= request.made_at:
        _answered(act, request)
    return request


def after_sending(act: Act, contribution: Contribution) -> int:
    """Marks the requests that waited for this contribution as answered, at the moment at which it is sent; returns how
    many. It is part of the sending.
    """
    waiting = requests.waiting_for(act.session, contribution.id)
    for request in waiting:
        _answered(act, request)
    return len(waiting)


def _answered(act: Act, request: Request) -> None:
    request.answered_at = act.at
    words = told(request) | {"contribution": str(request.contribution_id)}
    act.record("request.answer", words)
    act.notify("request.answer", [request.made_by], words)


def remind(act: Act) -> int:
    """Sends the reminders of requests that are due at the moment of the act; returns of how many requests. Run again at
    the same moment, it sends none.
    """
    today = day_of(act.at)
    held = requests.outstanding(act.session, today + AHEAD)
    sent = requests.reminded(act.session, [one.id for one in held])
    people = requests.people(act.session, held)
    count = 0
    for one in held:
        kind = due_kind(one.due, day_of(one.made_at), today, sent.get(one.id, set()))
        if kind is None:
            continue
        count += 1
        act.session.add(RequestReminder(request_id=one.id, kind=mark(kind, one.due), sent_at=act.at))
        act.record("request.remind", told(one) | {"kind": kind})
        act.notify(f"request.{kind}", people[one.id], told(one))
    return count


def told(request: Request) -> dict[str, object]:
    """What the record and a notice say of a request: which, and its day; never its words."""
    return {
        "request": str(request.id),
        "commitment": request.commitment,
        "channel": request.channel,
        "region": request.region,
        "due": request.due.isoformat(),
    }
