"""Reads contributions: one with the facts the policy looks at, lists for each kind of reader, versions, replies."""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, tuple_
from sqlalchemy.orm import Session

from forms.words import N_
from portal.db import AnyRow, said
from portal.models.accounts import User
from portal.models.contributions import (
    Contribution,
    ContributionArea,
    ContributionFile,
    ContributionRevision,
    ContributionVersion,
    Moderation,
    Partner,
    PartnerMember,
    StateReply,
)
from portal.models.entities import Entity
from portal.rules.areas import EntityFact
from portal.rules.contributions import ACCEPTED, DRAFT, RETURNED, SET_ASIDE, WITHDRAWN, Filing, Head, draft_with
from portal.rules.naming import Names
from portal.rules.policy import Person
from portal.rules.refusals import Missing

NO_CONTRIBUTION = N_("There is no such contribution.")
NO_VERSION = N_("There is no such version of this contribution.")
NO_FILE = N_("There is no such file.")


def get(session: Session, contribution_id: uuid.UUID, *, lock: bool = False) -> Contribution:
    """The contribution; `lock` holds its row, so that saves and steps take turns. Missing when there is none."""
    query = select(Contribution).where(Contribution.id == contribution_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise Missing(NO_CONTRIBUTION)
    return found


def filing(session: Session, contribution: Contribution) -> Filing:
    """A contribution with what the policy looks at."""
    named = select(ContributionArea.area).where(
        ContributionArea.contribution_id == contribution.id, ContributionArea.named
    )
    return Filing(
        partner_id=contribution.partner_id,
        members=members(session, contribution.partner_id),
        named=frozenset(session.scalars(named)),
        state=contribution.state,
        sent=contribution.first_sent_at is not None,
        accepted=accepted(session, [contribution.id]).get(contribution.id, 0),
        contribution=contribution,
    )


def members(session: Session, partner_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """The people who file for a partner now."""
    query = (
        select(PartnerMember.user_id)
        .join(User, User.id == PartnerMember.user_id)
        .where(PartnerMember.partner_id == partner_id, PartnerMember.ended_at.is_(None), User.active)
    )
    return frozenset(session.scalars(query))


def accepted(session: Session, contribution_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """The newest version of each that stands accepted; one of which none does is left out."""
    if not contribution_ids:
        return {}
    rows = session.execute(
        select(Moderation.contribution_id, Moderation.version, Moderation.outcome)
        .where(Moderation.contribution_id.in_(list(contribution_ids)))
        .order_by(Moderation.decided_at, Moderation.id)
    )
    last: dict[uuid.UUID, dict[int, str]] = defaultdict(dict)
    for contribution_id, version, outcome in rows:
        last[contribution_id][version] = outcome
    found = {key: [number for number, said in each.items() if said == ACCEPTED] for key, each in last.items()}
    return {key: max(numbers) for key, numbers in found.items() if numbers}


def standing(session: Session, contribution: Contribution) -> int:
    """The version of a contribution that is evidence: the newest that stands accepted; 0 for none, and of what was set
    aside or withdrawn.
    """
    if contribution.state in (SET_ASIDE, WITHDRAWN):
        return 0
    return accepted(session, [contribution.id]).get(contribution.id, 0)


def public() -> ColumnElement[bool]:
    """True of a contribution of which a version stands accepted: everybody may know of it."""
    taken = exists().where(Moderation.contribution_id == Contribution.id, Moderation.outcome == ACCEPTED)
    return and_(Contribution.state.not_in((SET_ASIDE, WITHDRAWN)), taken)


def visible(person: Person | None) -> ColumnElement[bool]:
    """True of what this person may know of: the own partner's, for the team what was sent, and what is public."""
    if person is None:
        return public()
    own = exists().where(
        PartnerMember.partner_id == Contribution.partner_id,
        PartnerMember.user_id == person.id,
        PartnerMember.ended_at.is_(None),
    )
    seen = [own, public()]
    if {"reviewer", "lead"} & person.roles:
        seen.append(Contribution.first_sent_at.is_not(None))
    return or_(*seen)


@dataclass(frozen=True)
class Wanted:
    """Which contributions a list shows; None for no wish. `entity` is a state that is named in them, `naming`
    several of which one is.
    """

    cycle: str | None = None
    channel: str | None = None
    state: str | None = None
    partner: uuid.UUID | None = None
    entity: str | None = None
    naming: tuple[str, ...] = ()
    only_public: bool = False
    mine: uuid.UUID | None = None


def listed(session: Session, person: Person | None, wanted: Wanted, limit: int | None = None) -> list[AnyRow]:
    """Contributions that this person may know of, newest first: Contribution, partner (name), kind."""
    query = (
        select(Contribution, Partner.name.label("partner"), Partner.kind)
        .join(Partner, Partner.id == Contribution.partner_id)
        .where(public() if wanted.only_public else visible(person))
    )
    for column, value in (
        (Contribution.cycle, wanted.cycle),
        (Contribution.channel, wanted.channel),
        (Contribution.state, wanted.state),
        (Contribution.partner_id, wanted.partner),
    ):
        if value is not None:
            query = query.where(column == value)
    if wanted.entity is not None or wanted.naming:
        named = exists().where(
            ContributionArea.contribution_id == Contribution.id,
            ContributionArea.area.in_([*wanted.naming, *([wanted.entity] if wanted.entity else [])]),
            ContributionArea.named,
        )
        query = query.where(named)
    if wanted.mine is not None:
        own = exists().where(
            PartnerMember.partner_id == Contribution.partner_id,
            PartnerMember.user_id == wanted.mine,
            PartnerMember.ended_at.is_(None),
        )
        query = query.where(own)
    newest = func.coalesce(Contribution.first_sent_at, Contribution.created_at).desc()
    return list(session.execute(query.order_by(newest, Contribution.id).limit(limit)).all())


def counts(session: Session, person: Person | None, cycle: str) -> dict[str, int]:
    """How many contributions to this cycle this person may know of, by channel."""
    query = (
        select(Contribution.channel, func.count())
        .where(Contribution.cycle == cycle, visible(person))
        .group_by(Contribution.channel)
    )
    return {channel: int(count) for channel, count in session.execute(query)}


def waiting(session: Session) -> dict[str, int]:
    """How many contributions wait for the team, by channel."""
    query = (
        select(Contribution.channel, func.count()).where(Contribution.state == "sent").group_by(Contribution.channel)
    )
    return {channel: int(count) for channel, count in session.execute(query)}


def open_of(session: Session, user_id: uuid.UUID) -> list[AnyRow]:
    """The drafts never sent and what was returned, of partners for whom this person files: Contribution, partner."""
    query = (
        select(Contribution, Partner.name.label("partner"))
        .join(Partner, Partner.id == Contribution.partner_id)
        .join(PartnerMember, PartnerMember.partner_id == Contribution.partner_id)
        .where(PartnerMember.user_id == user_id, PartnerMember.ended_at.is_(None))
        .where(Contribution.state.in_((DRAFT, RETURNED)))
    )
    return list(session.execute(query.order_by(Contribution.created_at, Contribution.id)).all())


def unreplied(session: Session, entities: Collection[str]) -> int:
    """How many accepted contributions name one of these states and have no reply of it."""
    answered = exists().where(StateReply.contribution_id == Contribution.id, StateReply.entity == ContributionArea.area)
    query = (
        select(func.count(Contribution.id.distinct()))
        .select_from(Contribution)
        .join(ContributionArea, ContributionArea.contribution_id == Contribution.id)
        .where(ContributionArea.area.in_(list(entities)), ContributionArea.named, public(), ~answered)
    )
    return session.scalar(query) or 0


def revision(session: Session, contribution_id: uuid.UUID, number: int) -> dict[str, Any] | None:
    """A draft as it was saved; None where there is no such revision."""
    row = ContributionRevision
    last = (
        select(row.part, func.max(row.revision).label("revision"))
        .where(row.contribution_id == contribution_id, row.revision <= number)
        .group_by(row.part)
        .subquery()
    )
    rows = session.execute(
        select(row.part, row.value, row.revision)
        .join(last, and_(last.c.part == row.part, last.c.revision == row.revision))
        .where(row.contribution_id == contribution_id)
        .order_by(row.revision, row.part)
    ).all()
    if not rows or rows[-1].revision != number:
        return None
    return draft_with({one.part: one.value for one in rows})


def version(session: Session, contribution_id: uuid.UUID, number: int) -> ContributionVersion:
    """A version that was sent; Missing when there is none of this number."""
    found = session.get(ContributionVersion, (contribution_id, number))
    if found is None:
        raise Missing(NO_VERSION)
    return found


def of_version(name: str, contribution: Any, number: Any) -> ColumnElement[str]:
    """What a version that was sent says of itself under a name: title, licence or credit. A draft may say otherwise by
    now, and is for who files for the partner alone.
    """
    version = (ContributionVersion.contribution_id == contribution, ContributionVersion.number == number)
    return select(said(ContributionVersion.document, name)).where(*version).scalar_subquery()


def credit_of(contribution: Any, number: Any, partner: Any = Partner) -> ColumnElement[str]:
    """How a version that was sent wants to be named, as its partner does where it says nothing."""
    return func.coalesce(func.nullif(of_version("credit", contribution, number), ""), partner.credit)


def heads(session: Session, person: Person | None, found: Collection[Contribution]) -> dict[uuid.UUID, Head]:
    """The title, licence, credit and areas (as keys) of each as this person may know it: of the newest version that was
    sent for the team and for who files for the partner, who have the rest from the draft; of the version that stands
    accepted for everybody else. Three statements.
    """
    own = _filed_by(session, person)
    team = person is not None and bool({"reviewer", "lead"} & person.roles)
    taken = accepted(session, [one.id for one in found])
    shown = {one.id: one.versions if team or one.partner_id in own else taken.get(one.id, 0) for one in found}
    names = ("title", "licence", "credit", "areas")
    sent = ContributionVersion
    query = select(sent.contribution_id, *(said(sent.document, name).label(name) for name in names))
    rows = session.execute(query.where(tuple_(sent.contribution_id, sent.number).in_(sorted(shown.items()))))
    told = {row.contribution_id: row for row in rows}
    given = {}
    for one in found:
        row = told.get(one.id)
        areas = tuple(area["area"] for area in json.loads(row.areas)) if row else ()
        head = one if row is None or one.partner_id in own else row
        given[one.id] = Head(head.title, head.licence, head.credit, areas)
    return given


def _filed_by(session: Session, person: Person | None) -> frozenset[uuid.UUID]:
    """The partners for which a person files now."""
    if person is None:
        return frozenset()
    mine = (PartnerMember.user_id == person.id, PartnerMember.ended_at.is_(None))
    return frozenset(session.scalars(select(PartnerMember.partner_id).where(*mine)))


def versions(session: Session, contribution_id: uuid.UUID) -> list[AnyRow]:
    """What was sent, newest first: number, digest, sent_at, and the name of who sent it."""
    query = (
        select(ContributionVersion.number, ContributionVersion.digest, ContributionVersion.sent_at, User.name)
        .join(User, User.id == ContributionVersion.sent_by)
        .where(ContributionVersion.contribution_id == contribution_id)
    )
    return list(session.execute(query.order_by(ContributionVersion.number.desc())).all())


def moderations(session: Session, contribution_id: uuid.UUID) -> list[Moderation]:
    """What the team decided, newest first."""
    query = select(Moderation).where(Moderation.contribution_id == contribution_id)
    return list(session.scalars(query.order_by(Moderation.decided_at.desc(), Moderation.id)))


def replies(session: Session, contribution_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[AnyRow]]:
    """What states said to these contributions, in order: StateReply, names of the entity. One statement."""
    if not contribution_ids:
        return {}
    query = (
        select(StateReply, Entity.names)
        .join(Entity, Entity.iso3 == StateReply.entity)
        .where(StateReply.contribution_id.in_(list(contribution_ids)))
        .order_by(StateReply.written_at, StateReply.id)
    )
    found: dict[uuid.UUID, list[AnyRow]] = {}
    for row in session.execute(query):
        found.setdefault(row.StateReply.contribution_id, []).append(row)
    return found


def files(session: Session, contribution_id: uuid.UUID) -> list[ContributionFile]:
    """The files of the draft, oldest first."""
    query = select(ContributionFile).where(
        ContributionFile.contribution_id == contribution_id, ContributionFile.removed_at.is_(None)
    )
    return list(session.scalars(query.order_by(ContributionFile.added_at, ContributionFile.id)))


def file(session: Session, file_id: uuid.UUID) -> tuple[ContributionFile, Contribution]:
    """A file with its contribution; Missing when there is none."""
    row = session.execute(
        select(ContributionFile, Contribution)
        .join(Contribution, Contribution.id == ContributionFile.contribution_id)
        .where(ContributionFile.id == file_id)
    ).one_or_none()
    if row is None:
        raise Missing(NO_FILE)
    return row.ContributionFile, row.Contribution


def by_mark(session: Session, partner_id: uuid.UUID, channel: str, cycle: str) -> dict[str, Contribution]:
    """The contributions of a partner that came with a mark of their own, by that mark."""
    query = select(Contribution).where(
        Contribution.partner_id == partner_id,
        Contribution.channel == channel,
        Contribution.cycle == cycle,
        Contribution.mark != "",
    )
    return {row.mark: row for row in session.scalars(query)}


def names(session: Session) -> Names:
    """Every name of an area that a contribution can write."""
    rows = session.execute(select(Entity.iso3, Entity.iso2, Entity.m49, Entity.names).order_by(Entity.iso3))
    return _names(tuple((iso3, iso2, m49, tuple(sorted(words.items()))) for iso3, iso2, m49, words in rows))


@lru_cache(maxsize=4)
def _names(rows: tuple[tuple[str, str, str, tuple[tuple[str, str], ...]], ...]) -> Names:
    return Names(EntityFact(iso3, iso2, m49, dict(words)) for iso3, iso2, m49, words in rows)


def area_rows(session: Session, contribution_id: uuid.UUID) -> list[ContributionArea]:
    """The areas of what was sent, as rows."""
    return list(session.scalars(select(ContributionArea).where(ContributionArea.contribution_id == contribution_id)))
