"""Reads passages: by what they say, of whom, under which code; one with its context; what waits to be cut or read."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    and_,
    column,
    exists,
    false,
    func,
    or_,
    select,
    table,
    text,
    tuple_,
)
from sqlalchemy.orm import Session, aliased

from forms.words import N_
from portal.db import AnyRow, AnySelect, said
from portal.models.accounts import User
from portal.models.contributions import Contribution, ContributionVersion, Moderation, Partner, StateReply
from portal.models.entities import Entity
from portal.models.passages import Coded, Coding, ContributionPlace, FileToRead, Passage, PassageCommitment
from portal.models.reports import Report
from portal.queries.contributions import credit_of, of_version
from portal.queries.reports import ALONE, LATE, WITHOUT
from portal.rules.analyser import Search
from portal.rules.contributions import ACCEPTED, NOT_WHOLE, SENT, SET_ASIDE, WITHDRAWN
from portal.rules.refusals import Missing

NO_PASSAGE = N_("There is no such passage.")
WORDS = table("passage_words", column("rowid"))
NO_REGION = "no_region"
COMMITMENT = "commitment:"
"""How a code begins that puts a passage under a commitment."""
OF_FILES = {WITHOUT: Passage.file == "", ALONE: Passage.file != ""}
"""How a list is left to the texts of answers, or to those of attached files."""


@dataclass(frozen=True)
class Which:
    """Which passages are asked for; "" for all. `coded` is nobody, somebody, or not_by_me; `change` one of the ways in
    which a passage continues another. Without `earlier` only those that stand now; `waiting` asks for those of
    contributions that the team has not looked at yet in their place. `source` is report or contribution; `late` is
    WITHOUT, for what does not stand in a report received after the synthesis cut-off, or ALONE, for what does; `files`
    asks the same way for attached files. The region NO_REGION asks for what is of none.
    """

    cycle: str = ""
    channel: str = ""
    region: str = ""
    commitment: str = ""
    entity: str = ""
    partner: str = ""
    language: str = ""
    section: str = ""
    code: str = ""
    coded: str = ""
    change: str = ""
    earlier: str = ""
    waiting: str = ""
    source: str = ""
    late: str = ""
    files: str = ""

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Which:
        """What an address asks for."""
        return cls(**{one.name: given.get(one.name, "").strip() for one in fields(cls)})


@dataclass(frozen=True)
class Reader:
    """Who reads: the team reads every passage, others those of what is published or accepted."""

    id: uuid.UUID
    of_the_team: bool


@dataclass(frozen=True)
class Subject:
    """As much of a passage as the policy looks at; `waits` where nobody has looked at its contribution yet."""

    passage: Passage
    entity: str | None
    state: str
    waits: bool = False


def subject(session: Session, passage_id: int) -> Subject:
    """The passage with what the policy looks at: `state` is published where everybody may read its source. Missing
    when there is none.
    """
    row = session.execute(
        select(Passage, func.coalesce(_open(), false()).label("is_open"), _waits().label("waits"))
        .outerjoin(Report, Report.id == Passage.report_id)
        .outerjoin(Contribution, Contribution.id == Passage.contribution_id)
        .where(Passage.id == passage_id)
    ).one_or_none()
    if row is None:
        raise Missing(NO_PASSAGE)
    return Subject(row.Passage, row.Passage.entity, "published" if row.is_open else "received", bool(row.waits))


def _matching(session: Session, sought: Search) -> ColumnElement[bool]:
    """Whether the words of a passage meet a search; nothing meets one without a word."""
    if not sought.clauses:
        return false()
    if session.get_bind().dialect.name == "sqlite":
        clauses = (
            " OR ".join(f'"{" ".join(one.terms)}"{"*" if one.open else ""}' for one in clause)
            for clause in sought.clauses
        )
        written, condition = " AND ".join(f"({clause})" for clause in clauses), "passage_words MATCH :sought"
    else:
        clauses = (
            " | ".join(
                "(" + " <-> ".join(f"'{term}'" for term in one.terms) + (":*" if one.open else "") + ")"
                for one in clause
            )
            for clause in sought.clauses
        )
        written, condition = " & ".join(f"({clause})" for clause in clauses), "words @@ CAST(:sought AS tsquery)"
    found = select(WORDS.c.rowid).where(text(condition).bindparams(sought=written))
    return Passage.id.in_(found)


def stands_accepted() -> ColumnElement[bool]:
    """True of a passage of a version of a contribution that was accepted, and neither set aside nor withdrawn since;
    the query joins the contribution.
    """
    taken = exists().where(
        Moderation.contribution_id == Passage.contribution_id,
        Moderation.version == Passage.version,
        Moderation.outcome == ACCEPTED,
    )
    return and_(Contribution.state.not_in((SET_ASIDE, WITHDRAWN)), taken)


def published_whole(of: Any = Passage) -> ColumnElement[bool]:
    """True of a passage of a version of a contribution whose licence lets it be published whole."""
    closed = select(ContributionVersion.contribution_id, ContributionVersion.number).where(
        said(ContributionVersion.document, "licence").in_(sorted(NOT_WHOLE))
    )
    return tuple_(of.contribution_id, of.version).not_in(closed)


def _open() -> ColumnElement[bool]:
    """True of a passage that everybody may read: of a published report, or of a version that was accepted and whose
    licence lets it be published whole.
    """
    return or_(Report.state == "published", and_(stands_accepted(), published_whole()))


def _waits() -> ColumnElement[bool]:
    """True of a passage of what was sent and is not looked at yet."""
    return and_(Contribution.state == SENT, Contribution.versions == Passage.version)


def readable(query: AnySelect, reader: Reader) -> AnySelect:
    """A query of passages, left to those that the reader may read."""
    if reader.of_the_team:
        return query
    return (
        query.outerjoin(Report, Report.id == Passage.report_id)
        .outerjoin(Contribution, Contribution.id == Passage.contribution_id)
        .where(_open())
    )


def _conditions(which: Which, reader: Reader) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if which.waiting:
        found.append(_waits())
    elif not which.earlier:
        found.append(Passage.current.is_(True))
    if not reader.of_the_team:
        found.append(_open())
    named = {name: getattr(which, name) for name in ("cycle", "channel", "language", "change", "source")}
    found += [getattr(Passage, name) == wanted for name, wanted in named.items() if wanted]
    if which.region:
        found.append(_of_region(which.region))
    if which.entity:
        found.append(or_(Passage.entity == which.entity, speaks_of(ContributionPlace.entity == which.entity)))
    if which.partner:
        found.append(Passage.partner_id == _uuid(which.partner))
    if which.section:
        found.append(or_(Passage.section == which.section, Passage.section.startswith(f"{which.section}.")))
    if which.commitment:
        found.append(_of_commitment(which.commitment))
    if which.code:
        found.append(_coded(Coding.code == which.code))
    found += [LATE[which.late](Passage.report_id)] if which.late in LATE else []
    found += [OF_FILES[which.files]] if which.files in OF_FILES else []
    return found + _conditions_of_coding(which, reader)


def _of_commitment(commitment: str) -> ColumnElement[bool]:
    beside = exists().where(PassageCommitment.passage_id == Passage.id, PassageCommitment.commitment == commitment)
    return or_(Passage.commitment == commitment, beside, _coded(Coding.code == f"{COMMITMENT}{commitment}"))


def _of_region(region: str) -> ColumnElement[bool]:
    if region == NO_REGION:
        return and_(func.coalesce(Passage.region, "") == "", ~speaks_of(ContributionPlace.region != ""))
    return or_(Passage.region == region, speaks_of(ContributionPlace.region == region))


def speaks_of(place: ColumnElement[bool]) -> ColumnElement[bool]:
    """True of a passage whose contribution names such a place."""
    return exists().where(
        ContributionPlace.contribution_id == Passage.contribution_id,
        ContributionPlace.version == Passage.version,
        place,
    )


def _conditions_of_coding(which: Which, reader: Reader) -> list[ColumnElement[bool]]:
    gone_through = exists().where(Coded.passage_id == Passage.id)
    conditions = {
        "nobody": ~gone_through,
        "somebody": gone_through,
        "not_by_me": ~gone_through.where(Coded.coder == reader.id),
    }
    return [conditions[which.coded]] if which.coded in conditions else []


def _coded(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(Coding.passage_id == Passage.id, Coding.removed_at.is_(None), condition)


def under_commitments(*conditions: ColumnElement[bool]) -> CompoundSelect[int, str | None]:
    """The passages of these conditions, (id, commitment), once for each commitment that they are of: by their place, as
    their partner chose, and as coders gave them.
    """
    placed = select(Passage.id, Passage.commitment.label("commitment")).where(
        *conditions, Passage.commitment.is_not(None)
    )
    beside = (
        select(Passage.id, PassageCommitment.commitment)
        .join(PassageCommitment, PassageCommitment.passage_id == Passage.id)
        .where(*conditions)
    )
    coded = (
        select(Passage.id, func.substr(Coding.code, len(COMMITMENT) + 1))
        .join(Coding, Coding.passage_id == Passage.id)
        .where(*conditions, Coding.removed_at.is_(None), Coding.code.startswith(COMMITMENT))
    )
    return placed.union(beside, coded)


def _uuid(written: str) -> uuid.UUID:
    try:
        return uuid.UUID(written)
    except ValueError:
        return uuid.UUID(int=0)


def _asked_for(session: Session, which: Which, reader: Reader, sought: Search | None, *what: Any) -> AnySelect:
    query = (
        select(*what)
        .select_from(Passage)
        .outerjoin(Report, Report.id == Passage.report_id)
        .outerjoin(Contribution, Contribution.id == Passage.contribution_id)
        .outerjoin(Partner, Partner.id == Passage.partner_id)
        .outerjoin(Entity, Entity.iso3 == Passage.entity)
        .where(*_conditions(which, reader))
    )
    return query.where(_matching(session, sought)) if sought is not None else query


BESIDE = (
    select(func.aggregate_strings(PassageCommitment.commitment, " "))
    .where(PassageCommitment.passage_id == Passage.id)
    .correlate(Passage)
    .scalar_subquery()
)
TERMS = (
    credit_of(Passage.contribution_id, Passage.version).label("credit"),
    of_version("licence", Passage.contribution_id, Passage.version).label("licence"),
)
"""How the contribution of a passage is named, and under which licence it is."""
REPLIES = (
    select(func.count())
    .where(StateReply.contribution_id == Passage.contribution_id)
    .correlate(Passage)
    .scalar_subquery()
)
LISTED = (
    Passage,
    Entity.names.label("entity_names"),
    Partner.name.label("partner_name"),
    *TERMS,
    of_version("title", Passage.contribution_id, Passage.version).label("title"),
    _waits().label("waits"),
    BESIDE.label("beside"),
    REPLIES.label("replies"),
)


def listed(
    session: Session, which: Which, reader: Reader, sought: Search | None, *, after: int = 0, limit: int
) -> list[AnyRow]:
    """The passages asked for, in the order in which they came, behind a place: Passage, entity_names, partner_name,
    credit, licence and title (of the version of a contribution), waits (to be looked at), beside (the commitments that
    it is of beside its first, apart by blanks), replies (how many states said something to its contribution); one
    statement.
    """
    query = _asked_for(session, which, reader, sought, *LISTED).where(Passage.id > after)
    return list(session.execute(query.order_by(Passage.id).limit(limit)).all())


def terms_of(session: Session, passages: Iterable[int]) -> dict[int, AnyRow]:
    """How the contributions of these passages are named and under which licence, by passage: credit, licence. One
    statement.
    """
    query = select(Passage.id, *TERMS).join(Partner, Partner.id == Passage.partner_id)
    query = query.where(Passage.id.in_(list(passages)))
    return {row.id: row for row in session.execute(query)}


def counted(session: Session, which: Which, reader: Reader, sought: Search | None) -> int:
    """How many passages are asked for."""
    return session.scalar(_asked_for(session, which, reader, sought, func.count())) or 0


def all_of(session: Session, passages: Iterable[int]) -> dict[int, dict[str, list[str]]]:
    """The commitments, regions and states (`entities`) that each of these passages is of, in order; two statements."""
    ids = list(passages)
    found: dict[int, dict[str, list[str]]] = {}
    rows = session.execute(
        select(Passage.id, Passage.commitment, Passage.region, Passage.entity, BESIDE.label("beside")).where(
            Passage.id.in_(ids)
        )
    )
    for row in rows:
        commitments = {*(row.beside or "").split(), *([row.commitment] if row.commitment else [])}
        own = [[name] if name else [] for name in (row.region, row.entity)]
        found[row.id] = {"commitments": sorted(commitments), "regions": own[0], "entities": own[1]}
    named = and_(
        ContributionPlace.contribution_id == Passage.contribution_id, ContributionPlace.version == Passage.version
    )
    places = session.execute(
        select(Passage.id, ContributionPlace.region, ContributionPlace.entity)
        .join(ContributionPlace, named)
        .where(Passage.id.in_(ids))
        .order_by(ContributionPlace.region, ContributionPlace.entity)
    )
    for key, region, entity in places:
        for name, value in (("regions", region), ("entities", entity)):
            if value and value not in found[key][name]:
                found[key][name].append(value)
    return found


def codes_of(session: Session, passages: Iterable[int]) -> dict[int, list[str]]:
    """The codes in force of these passages, each once, in order; one statement."""
    rows = session.execute(
        select(Coding.passage_id, Coding.code)
        .where(Coding.passage_id.in_(list(passages)), Coding.removed_at.is_(None))
        .distinct()
        .order_by(Coding.passage_id, Coding.code)
    )
    found: dict[int, list[str]] = {}
    for passage, code in rows:
        found.setdefault(passage, []).append(code)
    return found


@dataclass(frozen=True)
class Context:
    """Where a passage stands: its source's row of the list, the passages before and behind it in the same answer, the
    versions that it continues, newest first, what continues it now, its commitments without those of codes, and the
    places that its contribution speaks of: region, entity, names.
    """

    row: AnyRow
    beside: Sequence[Passage]
    earlier: Sequence[Passage]
    later: Passage | None
    commitments: Sequence[str]
    places: Sequence[AnyRow]


def context(session: Session, passage: Passage, reader: Reader) -> Context:
    """A passage with its surroundings, of other versions as far as this reader may read them."""
    row = session.execute(
        select(*LISTED)
        .select_from(Passage)
        .outerjoin(Contribution, Contribution.id == Passage.contribution_id)
        .outerjoin(Partner, Partner.id == Passage.partner_id)
        .outerjoin(Entity, Entity.iso3 == Passage.entity)
        .where(Passage.id == passage.id)
    ).one()
    owner = owner_of(passage.source)
    same = and_(owner == getattr(passage, owner.key), Passage.question == passage.question)
    rows = session.scalars(
        select(Passage)
        .where(same, Passage.language == passage.language, Passage.file == passage.file)
        .order_by(Passage.version, Passage.ordinal)
    ).all()
    beside = [one for one in rows if one.version == passage.version and abs(one.ordinal - passage.ordinal) <= 2]
    return Context(
        row,
        beside,
        _followed(session, passage, reader),
        _following(session, passage, reader),
        _commitments(session, passage),
        _places(session, passage),
    )


def _commitments(session: Session, passage: Passage) -> list[str]:
    beside = select(PassageCommitment.commitment).where(PassageCommitment.passage_id == passage.id)
    return sorted({*session.scalars(beside), *([passage.commitment] if passage.commitment else [])})


def _places(session: Session, passage: Passage) -> list[AnyRow]:
    query = (
        select(ContributionPlace.region, ContributionPlace.entity, Entity.names)
        .outerjoin(Entity, Entity.iso3 == ContributionPlace.entity)
        .where(ContributionPlace.contribution_id == passage.contribution_id)
        .where(ContributionPlace.version == passage.version)
        .order_by(ContributionPlace.region, ContributionPlace.entity)
    )
    return list(session.execute(query).all())


def _followed(session: Session, passage: Passage, reader: Reader) -> list[Passage]:
    """The passages of earlier versions that this one continues, newest first; one statement."""
    chain = select(Passage.id, Passage.follows).where(Passage.id == passage.id).cte("chain", recursive=True)
    before = aliased(Passage)
    chain = chain.union(select(before.id, before.follows).join(chain, before.id == chain.c.follows))
    query = readable(select(Passage).join(chain, chain.c.id == Passage.id), reader).where(Passage.id != passage.id)
    return list(session.scalars(query.order_by(Passage.version.desc())))


def _following(session: Session, passage: Passage, reader: Reader) -> Passage | None:
    """The newest passage that continues this one; None where nothing does."""
    chain = select(Passage.id).where(Passage.id == passage.id).cte("chain", recursive=True)
    behind = aliased(Passage)
    chain = chain.union(select(behind.id).join(chain, behind.follows == chain.c.id))
    query = readable(select(Passage).join(chain, chain.c.id == Passage.id), reader).where(Passage.id != passage.id)
    return session.scalars(query.order_by(Passage.version.desc()).limit(1)).one_or_none()


def owner_of(source: str) -> Any:
    """The column that names the owner of passages of this source."""
    return Passage.report_id if source == "report" else Passage.contribution_id


def files_of(session: Session, passage: Passage) -> list[FileToRead]:
    """The files of the version of a passage, with what became of them."""
    owner = passage.report_id or passage.contribution_id
    query = select(FileToRead).where(FileToRead.version_of == owner, FileToRead.version == passage.version)
    return list(session.scalars(query.order_by(FileToRead.name)))


def codings(session: Session, passage: int) -> list[AnyRow]:
    """The codings in force of a passage with the names of the coders: Coding, name."""
    query = (
        select(Coding, User.name.label("name"))
        .join(User, User.id == Coding.coder)
        .where(Coding.passage_id == passage, Coding.removed_at.is_(None))
        .order_by(User.name, Coding.coder, Coding.code)
    )
    return list(session.execute(query).all())


def gone_through(session: Session, passage: int) -> dict[uuid.UUID, str]:
    """Who went through a passage: names by id."""
    query = select(Coded.coder, User.name).join(User, User.id == Coded.coder).where(Coded.passage_id == passage)
    return {row.coder: row.name for row in session.execute(query)}
