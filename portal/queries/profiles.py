"""Reads desk profiles: one with its parts and what the state said, and what the other channels hold on a state."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, exists, func, select, tuple_, union
from sqlalchemy.orm import Session, aliased

from forms.words import N_
from portal.db import AnyRow, said
from portal.models.contributions import Contribution, ContributionVersion, Partner
from portal.models.entities import Entity
from portal.models.observations import Area, Cut, Import, Observation, ObservationRevision, Series
from portal.models.passages import Coding, ContributionPlace, Passage
from portal.models.profiles import Profile, ProfileAnswer, ProfileItem
from portal.models.reports import Report
from portal.queries.contributions import of_version, public
from portal.queries.cycles import current, entity
from portal.queries.observations import for_section
from portal.queries.passages import speaks_of
from portal.queries.reports import SEEN
from portal.rules import crosswalk
from portal.rules.offers import Held, covers
from portal.rules.profiles import FIGURE, PASSAGE, figure_reference
from portal.rules.refusals import Missing
from portal.rules.verdicts import WITHDRAWN

NO_PROFILE = N_("No desk profile has been compiled of this state.")
CODE = "commitment:"


@dataclass(frozen=True)
class Desk:
    """A state in the present cycle as the policy looks at it: its profile, None before the first; `reported` whether a
    report of its own was received in the cycle and stands.
    """

    entity: str
    names: dict[str, Any]
    cycle: str
    profile: Profile | None
    reported: bool

    @property
    def released_at(self) -> Any:
        return self.profile.released_at if self.profile else None

    @property
    def held(self) -> Profile:
        """The profile; Missing before the first."""
        if self.profile is None:
            raise Missing(NO_PROFILE)
        return self.profile


class Origin(NamedTuple):
    """The contribution that a part of a profile comes from, its edition, how many files were attached to that version
    and what it says of itself, and the question that the part answers.
    """

    contribution: uuid.UUID
    edition: str
    files: int
    title: str
    credit: str
    licence: str
    question: str


def desk(session: Session, iso3: str, *, lock: bool = False) -> Desk:
    """The state with this code and its profile in the newest cycle; `lock` holds the row of the profile."""
    of, cycle = entity(session, iso3), current(session)
    query = select(Profile).where(Profile.cycle == cycle.key, Profile.entity == of.iso3)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    profile = session.scalars(query).one_or_none()
    reported = bool(session.scalar(select(_received(of.iso3, cycle.key))))
    return Desk(of.iso3, of.names, cycle.key, profile, reported)


def items(session: Session, profile_id: uuid.UUID) -> list[AnyRow]:
    """The parts of a profile by commitment and channel, each with the last word of the state: ProfileItem, answer_id,
    answer, words, language and answered_at of it (None before the first). One statement.
    """
    newest = select(func.max(ProfileAnswer.id)).group_by(ProfileAnswer.item_id)
    last = and_(ProfileAnswer.item_id == ProfileItem.id, ProfileAnswer.id.in_(newest))
    query = (
        select(
            ProfileItem,
            ProfileAnswer.id.label("answer_id"),
            ProfileAnswer.answer,
            ProfileAnswer.words,
            ProfileAnswer.language,
            ProfileAnswer.answered_at,
        )
        .outerjoin(ProfileAnswer, last)
        .where(ProfileItem.profile_id == profile_id)
        .order_by(ProfileItem.commitment == "", ProfileItem.commitment, ProfileItem.channel, ProfileItem.id)
    )
    return list(session.execute(query).all())


def standing(session: Session, desk: Desk) -> list[AnyRow]:
    """The same without the parts that their source withdrew since. Missing before the first."""
    left = gone(session, desk.cycle, [desk.entity])
    return [row for row in items(session, desk.held.id) if row.ProfileItem.id not in left]


def gone(session: Session, cycle: str, entities: Collection[str] | None = None) -> set[int]:
    """The parts of the profiles of a cycle, of these states or of all, that their source withdrew since: those of a
    contribution that is accepted no more, and the figures of a withdrawn import. Two statements, three once an
    import was withdrawn.
    """
    of = [Profile.cycle == cycle, *(() if entities is None else [Profile.entity.in_(sorted(entities))])]
    passages = (
        select(ProfileItem.id)
        .join(Profile, Profile.id == ProfileItem.profile_id)
        .join(Passage, Passage.key == func.substr(ProfileItem.reference, len(PASSAGE) + 2))
        .join(Contribution, Contribution.id == Passage.contribution_id)
        .where(*of, ProfileItem.kind == PASSAGE, ~Passage.current, ~public())
    )
    return {*session.scalars(passages), *_gone_figures(session, of)}


def _gone_figures(session: Session, of: Sequence[ColumnElement[bool]]) -> Iterator[int]:
    """The figures that only withdrawn imports gave. The digest in the reference tells which it is among several with
    the same value in the same year.
    """
    withdrawn = session.scalars(select(Import.number).where(Import.standing == WITHDRAWN)).all()
    if not withdrawn:
        return
    past, good = ObservationRevision, aliased(ObservationRevision)
    again = exists().where(
        good.observation_id == past.observation_id,
        good.value_text == past.value_text,
        good.import_number.not_in(withdrawn),
    )
    named = (Series.source, Series.code, Cut.dimensions, Cut.unit, Observation.period, ProfileItem.value)
    query = (
        select(ProfileItem.id, ProfileItem.reference, *named)
        .select_from(Observation)
        .join(Series, Series.id == Observation.series_id)
        .join(Area, Area.id == Observation.area_id)
        .join(Cut, Cut.id == Observation.cut_id)
        .join(Profile, Profile.entity == Area.key)
        .join(ProfileItem, ProfileItem.profile_id == Profile.id)
        .where(*of, ProfileItem.text == Series.title, ProfileItem.year == Observation.year, ProfileItem.kind == FIGURE)
    )
    now = query.where(Observation.import_number.in_(withdrawn), Observation.value_text == ProfileItem.value)
    before = query.join(past, past.observation_id == Observation.id).where(
        past.import_number.in_(withdrawn),
        past.value_text == ProfileItem.value,
        Observation.value_text != ProfileItem.value,
        ~again,
    )
    for key, reference, source, series, dimensions, unit, period, value in session.execute(union(now, before)):
        if reference == figure_reference(source, series, covers(dimensions), unit, period, value):
            yield key


def answers(session: Session, ids: Collection[int]) -> dict[int, ProfileAnswer]:
    """These answers of states to parts of profiles, by id; one statement, none where there are none."""
    if not ids:
        return {}
    return {one.id: one for one in session.scalars(select(ProfileAnswer).where(ProfileAnswer.id.in_(sorted(ids))))}


def silent(session: Session, cycle: str) -> list[AnyRow]:
    """The states of which no report was received in a cycle, by region and English name, with their profiles: iso3,
    names, region, compiled_at and released_at (None without), parts that stand, and how many of them the state
    answered.
    """
    answered = func.count(ProfileItem.id).filter(exists().where(ProfileAnswer.item_id == ProfileItem.id))
    columns = (Entity.iso3, Entity.names, Entity.region, Profile.compiled_at, Profile.released_at)
    query = (
        select(*columns, func.count(ProfileItem.id).label("parts"), answered.label("answered"))
        .outerjoin(Profile, and_(Profile.entity == Entity.iso3, Profile.cycle == cycle))
        .outerjoin(ProfileItem, and_(ProfileItem.profile_id == Profile.id, ProfileItem.id.not_in(gone(session, cycle))))
        .where(~_received(Entity.iso3, cycle))
        .group_by(*columns, Entity.name_en)
        .order_by(Entity.region, Entity.name_en)
    )
    return list(session.execute(query).all())


def unanswered(session: Session, cycle: str, codes: Collection[str]) -> set[str]:
    """Those of these states whose profile has a part that they have not answered, and that have not reported; what its
    source withdrew since waits for nobody.
    """
    given = exists().where(ProfileAnswer.item_id == ProfileItem.id)
    query = (
        select(ProfileItem.id, Profile.entity)
        .join(Profile, Profile.id == ProfileItem.profile_id)
        .where(Profile.cycle == cycle, Profile.entity.in_(sorted(codes)), ~given, ~_received(Profile.entity, cycle))
    )
    waiting = session.execute(query).all()
    left = gone(session, cycle, {row.entity for row in waiting}) if waiting else set()
    return {row.entity for row in waiting if row.id not in left}


def _received(entity: Any, cycle: Any) -> ColumnElement[bool]:
    """True where a report of this entity was received in this cycle and stands."""
    return exists().where(
        Report.entity == entity,
        Report.cycle == cycle,
        Report.first_submitted_at.is_not(None),
        SEEN != "withdrawn",
    )


def references(session: Session, profile_id: uuid.UUID) -> set[str]:
    """What is in a profile already."""
    return set(session.scalars(select(ProfileItem.reference).where(ProfileItem.profile_id == profile_id)))


def figures(session: Session, iso3: str) -> list[Held]:
    """The newest figure of each headline line that channel b holds of a state itself."""
    held = for_section(session, iso3, sorted(crosswalk.measures()))
    newest: dict[tuple[str, ...], Held] = {}
    for one in (one for found in held.values() for one in found if one.headline):
        newest.setdefault((one.indicator, one.source, one.series, one.dimensions, one.unit), one)
    return list(newest.values())


def passages(session: Session, cycle: str, iso3: str) -> list[AnyRow]:
    """What accepted contributions say of a state in their own text, where the version that stands names it: Passage,
    partner (name), credit, title of that version, and `coded`, a commitment that a coder gave to the passage. The
    lines of attached files are none of it. One statement.
    """
    coded = (
        select(func.min(func.substr(Coding.code, len(CODE) + 1)))
        .where(Coding.passage_id == Passage.id, Coding.removed_at.is_(None), Coding.code.startswith(CODE))
        .scalar_subquery()
    )
    head = (of_version(name, Passage.contribution_id, Passage.version).label(name) for name in ("credit", "title"))
    query = (
        select(Passage, Partner.name.label("partner"), *head, coded.label("coded"))
        .join(Partner, Partner.id == Passage.partner_id)
        .where(Passage.cycle == cycle, Passage.current, Passage.file == "", speaks_of(ContributionPlace.entity == iso3))
        .order_by(Passage.contribution_id, Passage.id)
    )
    return list(session.execute(query).all())


def origins(session: Session, references: Collection[str]) -> dict[str, Origin]:
    """The contributions that these parts of a profile come from, by reference of the part; one statement."""
    found: dict[str, tuple[uuid.UUID, int]] = {}
    questions: dict[str, str] = {}
    for reference in references:
        kind, _colon, key = reference.partition(":")
        owner, version, question, *_rest = [*key.split(":"), "", ""]
        if kind == PASSAGE and version.startswith("v"):
            found[reference] = (uuid.UUID(owner), int(version[1:]))
            questions[reference] = question.partition("@")[0]
    if not found:
        return {}
    sent = ContributionVersion
    head = (said(sent.document, name).label(name) for name in ("title", "credit", "licence"))
    query = (
        select(sent.contribution_id, sent.number, sent.files, Contribution.edition, *head)
        .join(Contribution, Contribution.id == sent.contribution_id)
        .where(tuple_(sent.contribution_id, sent.number).in_(sorted(set(found.values()))))
    )
    held = {(row.contribution_id, row.number): row for row in session.execute(query)}
    return {
        reference: Origin(
            row.contribution_id, row.edition, len(row.files), row.title, row.credit, row.licence, questions[reference]
        )
        for reference, pair in found.items()
        if (row := held.get(pair))
    }
