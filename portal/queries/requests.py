"""Reads requests for evidence: lists for the team and for those who are asked, and what is outstanding."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from forms.words import N_
from portal.db import AnyRow, AnySelect
from portal.models.accounts import Membership, User
from portal.models.contributions import Call, CallPartner, Contribution, Partner, PartnerMember
from portal.models.requests import Request, RequestReminder
from portal.queries import calls_for_input, contributions
from portal.queries.contributions import of_version
from portal.rules.contributions import OPEN as ANY_PARTNER
from portal.rules.contributions import WITHDRAWN
from portal.rules.refusals import Missing
from portal.rules.requests import Asked, Door

NO_REQUEST = N_("There is no such request.")


def request(session: Session, request_id: uuid.UUID, *, lock: bool = False) -> Asked:
    """A request with those who are asked; `lock` holds its row. Missing when there is none."""
    found = session.get(Request, request_id, with_for_update=lock, populate_existing=lock)
    if found is None:
        raise Missing(NO_REQUEST)
    return Asked(found, people(session, [found])[found.id])


def people(session: Session, requests: Iterable[Request]) -> dict[uuid.UUID, list[uuid.UUID]]:
    """The active people who are asked by each of these requests, by request; two statements at most."""
    held = list(requests)
    of_partner: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    partners = {one.partner_id for one in held if one.partner_id}
    if partners:
        query = (
            select(PartnerMember.partner_id, PartnerMember.user_id)
            .join(User, User.id == PartnerMember.user_id)
            .where(PartnerMember.partner_id.in_(partners), PartnerMember.ended_at.is_(None), User.active)
            .order_by(PartnerMember.user_id)
        )
        for partner, user in session.execute(query):
            of_partner[partner].append(user)
    return {
        one.id: of_partner[one.partner_id] if one.partner_id else [one.person] if one.person else [] for one in held
    }


def _listed() -> AnySelect:
    """Request, partner and person (names of who is asked), asked_by (name), title and contribution state."""
    asker, person = aliased(User), aliased(User)
    sent_title = of_version("title", Contribution.id, Contribution.versions)
    return (
        select(
            Request,
            Partner.name.label("partner"),
            person.name.label("person"),
            asker.name.label("asked_by"),
            func.coalesce(sent_title, Contribution.title).label("title"),
            Contribution.first_sent_at,
        )
        .join(asker, asker.id == Request.made_by)
        .outerjoin(Partner, Partner.id == Request.partner_id)
        .outerjoin(person, person.id == Request.person)
        .outerjoin(Contribution, Contribution.id == Request.contribution_id)
    )


def _open() -> tuple[ColumnElement[bool], ...]:
    return (Request.answered_at.is_(None), Request.withdrawn_at.is_(None))


_WAITS_FIRST = (Request.answered_at.is_not(None) | Request.withdrawn_at.is_not(None), Request.due, Request.id)


def listed(session: Session, request_id: uuid.UUID) -> AnyRow:
    """One request as the lists tell it: see `_listed`."""
    return session.execute(_listed().where(Request.id == request_id)).one()


def of_cycle(session: Session, cycle: str) -> list[AnyRow]:
    """Every request of a cycle, those that wait first, by their day: see `_listed`."""
    return list(session.execute(_listed().where(Request.cycle == cycle).order_by(*_WAITS_FIRST)).all())


def of_person(session: Session, user_id: uuid.UUID) -> list[AnyRow]:
    """What a person is asked for, by name or through a partner, those that wait first: see `_listed`."""
    files_for = exists().where(
        PartnerMember.partner_id == Request.partner_id,
        PartnerMember.user_id == user_id,
        PartnerMember.ended_at.is_(None),
    )
    asked = or_(Request.person == user_id, files_for)
    return list(session.execute(_listed().where(asked).order_by(*_WAITS_FIRST)).all())


def open_places(session: Session, cycle: str) -> dict[tuple[str, str, str], Request]:
    """The requests of a cycle that wait, by commitment, channel and region; of several for one place the first due."""
    query = select(Request).where(Request.cycle == cycle, *_open()).order_by(Request.due.desc(), Request.id)
    return {(one.commitment, one.channel, one.region): one for one in session.scalars(query)}


def open_to(
    session: Session, place: tuple[str, str, str, str], partner: uuid.UUID | None, person: uuid.UUID | None
) -> Request | None:
    """The request of a cycle on a commitment through a channel in a region, these four in this order, that waits for an
    answer of this partner, or of this person; None where there is none. Whoever is asked is held until the end of the
    transaction, so that two who ask take turns.
    """
    asked = select(Partner.id).where(Partner.id == partner) if partner else select(User.id).where(User.id == person)
    session.execute(asked.with_for_update())
    columns = (Request.cycle, Request.commitment, Request.channel, Request.region)
    same = [column == value for column, value in zip(columns, place, strict=True)]
    of = Request.partner_id == partner if partner else Request.person == person
    return session.scalars(select(Request).where(of, *same, *_open()).order_by(Request.due, Request.id)).first()


def waiting_for(session: Session, contribution_id: uuid.UUID) -> list[Request]:
    """The requests that wait for this contribution to be sent, their rows held."""
    query = select(Request).where(Request.contribution_id == contribution_id, *_open()).order_by(Request.id)
    return list(session.scalars(query.with_for_update()))


def doors(session: Session, cycle: str) -> list[Door]:
    """The calls for input of a cycle as ways in; two statements."""
    listed: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    query = select(CallPartner.call_id, CallPartner.partner_id).join(Call, Call.id == CallPartner.call_id)
    for call, partner in session.execute(query.where(Call.cycle == cycle)):
        listed[call].add(partner)
    return [
        Door(
            one.id,
            one.channel,
            calls_for_input.window(one),
            None if one.registration == ANY_PARTNER else frozenset(listed[one.id]),
        )
        for one in calls_for_input.calls(session, cycle)
    ]


def fitting(session: Session, user_id: uuid.UUID, at: dt.datetime) -> list[Contribution]:
    """The contributions that a person may answer a request with, newest first: those of the own partners that are not
    withdrawn, and of those never sent the ones that can be sent at this moment.
    """
    own = exists().where(
        PartnerMember.partner_id == Contribution.partner_id,
        PartnerMember.user_id == user_id,
        PartnerMember.ended_at.is_(None),
    )
    open_now = and_(Call.closed_at.is_(None), Call.opens_at <= at, Call.closes_at > at)
    query = (
        select(Contribution)
        .outerjoin(Call, Call.id == Contribution.call_id)
        .where(own, Contribution.state != WITHDRAWN)
        .where(or_(Contribution.first_sent_at.is_not(None), Call.id.is_(None), open_now))
    )
    return list(session.scalars(query.order_by(Contribution.created_at.desc(), Contribution.id)))


def contribution(session: Session, contribution_id: uuid.UUID) -> tuple[Contribution, Collection[uuid.UUID]]:
    """A contribution, its row held, with those who file for its partner; Missing when there is none."""
    found = contributions.get(session, contribution_id, lock=True)
    return found, contributions.members(session, found.partner_id)


def outstanding(session: Session, until: dt.date) -> list[Request]:
    """The requests that wait and are hoped for by this day, their rows held."""
    query = select(Request).where(Request.due <= until, *_open()).order_by(Request.id)
    return list(session.scalars(query.with_for_update()))


def reminded(session: Session, requests: Collection[uuid.UUID]) -> dict[uuid.UUID, set[str]]:
    """The reminders that were sent of these requests, by request."""
    found: dict[uuid.UUID, set[str]] = defaultdict(set)
    query = select(RequestReminder.request_id, RequestReminder.kind).where(RequestReminder.request_id.in_(requests))
    for request_id, kind in session.execute(query):
        found[request_id].add(kind)
    return found


def partners(session: Session) -> list[Partner]:
    """The partners that can be asked, by name: those that are confirmed and for whom somebody files."""
    files = exists().where(PartnerMember.partner_id == Partner.id, PartnerMember.ended_at.is_(None))
    query = select(Partner).where(Partner.confirmed_at.is_not(None), files)
    return list(session.scalars(query.order_by(Partner.name, Partner.id)))


def persons(session: Session, roles: Collection[str]) -> list[AnyRow]:
    """The active people who hold one of these roles and can be asked by name: id, name."""
    query = (
        select(User.id, User.name)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.role.in_(roles), Membership.ended_at.is_(None), User.active)
        .distinct()
        .order_by(User.name, User.id)
    )
    return list(session.execute(query).all())
