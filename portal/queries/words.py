"""Reads where the words and figures of a state or a partner went: out of a release, and the cases."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from forms.words import N_
from portal.models.contradictions import Case
from portal.models.contributions import Contribution
from portal.models.passages import Passage
from portal.models.reports import Report, Version
from portal.models.synthesis import Supplement, SynthesisRelease
from portal.queries import contributions, cycles, partners
from portal.queries.passages import stands_accepted
from portal.queries.reports import SEEN
from portal.rules.cases import ANSWER, RAISED
from portal.rules.contributions import WITHDRAWN
from portal.rules.refusals import Missing
from portal.rules.reported_figures import answers_of
from portal.rules.synthesis import PASSAGE

CITED, SUPPLEMENTED = "cited", "supplemented"
NO_RELEASE = N_("There is no release with this number.")


@dataclass(frozen=True)
class Reader:
    """Whose words are asked for: a state by its `entity`, or a partner with its `members`. `name` is by language."""

    entity: str
    partner: uuid.UUID | None
    name: Mapping[str, str]
    members: frozenset[uuid.UUID] = frozenset()

    def own(self, citation: Mapping[str, Any]) -> bool:
        """Whether a citation of a release is of this reader: its report, a figure about it, its contribution."""
        if self.partner is not None:
            return citation.get("partner") == str(self.partner)
        return citation["entity"] == self.entity and not citation.get("partner")


@dataclass(frozen=True)
class Used:
    """A released statement that cites the reader: the statement as it was released, and the reader's own citations."""

    statement: Mapping[str, Any]
    own: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Words:
    """What a release of a cycle says to one reader; `newest` is the number of the newest. `supplements` name the
    statements of it that the late report of the state touches.
    """

    number: int
    newest: int
    digest: str
    released_at: dt.datetime
    used: Sequence[Used]
    supplements: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]


class Taken(NamedTuple):
    """A contradiction as those it concerns may know it: `sides` are what stands against what, `question` is what is put
    to the state, "" for a partner. The reason of the outcome is for the team alone, and so is no part of it.
    """

    rule: str
    indicator: str | None
    sides: Sequence[Mapping[str, Any]]
    question: str
    state: str
    outcome: str | None
    settled_at: dt.datetime | None


def of_state(session: Session, iso3: str) -> Reader:
    """The reader for a state; Missing when there is no such entity."""
    found = cycles.entity(session, iso3)
    return Reader(found.iso3, None, found.names)


def of_partner(session: Session, partner_id: uuid.UUID) -> Reader:
    """The reader for a partner with the people who file for it; Missing when there is none."""
    found = partners.get(session, partner_id)
    return Reader("", found.id, {"en": found.name}, contributions.members(session, found.id))


def released(session: Session, cycle: str, reader: Reader, number: int | None = None) -> Words | None:
    """What the release with this number, or the newest of a cycle, holds of this reader; None before the first release,
    Missing where there is none with the number. One statement.
    """
    newest = select(func.max(SynthesisRelease.number)).where(SynthesisRelease.cycle == cycle).scalar_subquery()
    found = session.execute(
        select(SynthesisRelease, newest.label("newest")).where(
            SynthesisRelease.cycle == cycle, SynthesisRelease.number == (newest if number is None else number)
        )
    ).one_or_none()
    if found is None and number is not None:
        raise Missing(NO_RELEASE)
    if found is None:
        return None
    row = found.SynthesisRelease
    told = json.loads(row.document)
    used = [
        Used(one, [citation for citation in one["citations"] if reader.own(citation)]) for one in told["statements"]
    ]
    by_id = {one["id"]: one for one in told["statements"]}
    late = [
        (by_id[one["statement"]], one)
        for one in told["supplements"]
        if reader.partner is None and one["entity"] == reader.entity and one["statement"] in by_id
    ]
    return Words(row.number, found.newest, row.digest, row.released_at, [one for one in used if one.own], late)


def to_come(session: Session, cycle: str, reader: Reader) -> str:
    """What a later release of a cycle can do with what this reader wrote: CITED, SUPPLEMENTED of a report that was
    received after the synthesis cut-off, or "" where nothing of it was received or accepted and stands. One statement.
    """
    if reader.partner is not None:
        filed = (Contribution.partner_id == reader.partner, Contribution.cycle == cycle)
        standing = select(Contribution.id).where(*filed, contributions.public()).limit(1)
        return CITED if session.scalar(standing) else ""
    query = (
        select(Report.id, Supplement.id.label("late"))
        .outerjoin(Supplement, Supplement.report_id == Report.id)
        .where(Report.entity == reader.entity, Report.cycle == cycle, Report.practice.is_(False))
        .where(Report.first_submitted_at.is_not(None), SEEN != WITHDRAWN)
    )
    row = session.execute(query.limit(1)).one_or_none()
    return "" if row is None else SUPPLEMENTED if row.late else CITED


def cases(session: Session, cycle: str, reader: Reader) -> list[Taken]:
    """The contradictions that concern a reader and that a person has taken up: of a state those about it, of a partner
    those in which a passage of its own is a side. One of which a side is not for this reader is left out whole, for to
    tell that something differs can tell what the other says. At most four statements.
    """
    found = _cases(session, cycle, reader)
    known = _known(session, [side for case in found for side in case.sides], reader)
    return [
        Taken(
            *(case.rule, case.indicator, case.sides, case.question if reader.partner is None else ""),
            *(case.state, case.outcome, case.settled_at),
        )
        for case in found
        if all(known(side) for side in case.sides)
    ]


def _cases(session: Session, cycle: str, reader: Reader) -> list[Case]:
    query = select(Case).where(Case.cycle == cycle, Case.state != RAISED).order_by(Case.raised_at, Case.id)
    if reader.partner is None:
        return list(session.scalars(query.where(Case.entity == reader.entity)))
    filed = session.scalars(select(Contribution.id).where(Contribution.partner_id == reader.partner))
    own = {str(contribution) for contribution in filed}
    return [
        case
        for case in session.scalars(query)
        if any(side["kind"] == PASSAGE and side["ref"].partition(":")[0] in own for side in case.sides)
    ]


def _known(session: Session, sides: Sequence[Mapping[str, Any]], reader: Reader) -> Callable[[Mapping[str, Any]], bool]:
    """Whether a side is for this reader: its own words, figures of channel b, which everybody may read, and of others
    what is published or stands accepted; an answer as the published version gives it, not as one before it did.
    """
    passages = {side["ref"] for side in sides if side["kind"] == PASSAGE and side["ref"]}
    answers = {uuid.UUID(side["ref"].partition("/")[0]) for side in sides if side["kind"] == ANSWER}
    keys: set[str] = set()
    published: dict[str, Mapping[str, Any]] = {}
    if passages:
        query = (
            select(Passage.key)
            .outerjoin(Report, Report.id == Passage.report_id)
            .outerjoin(Contribution, Contribution.id == Passage.contribution_id)
            .where(Passage.key.in_(passages))
        )
        of_the_state = and_(Passage.report_id.is_not(None), Passage.entity == reader.entity)
        own = Passage.partner_id == reader.partner if reader.partner else of_the_state
        keys = set(session.scalars(query.where(or_(own, Report.state == "published", stands_accepted()))))
    if answers and reader.partner:
        newest = and_(Version.report_id == Report.id, Version.number == Report.versions)
        frozen = select(Report.id, Version.document).join(Version, newest)
        rows = session.execute(frozen.where(Report.id.in_(answers), Report.state == "published"))
        published = {str(row.id): answers_of(row.document) for row in rows}

    def known(side: Mapping[str, Any]) -> bool:
        if side["kind"] == PASSAGE:
            return not side["ref"] or side["ref"] in keys
        return side["kind"] != ANSWER or reader.partner is None or _says(published, side)

    return known


def _says(published: Mapping[str, Mapping[str, Any]], side: Mapping[str, Any]) -> bool:
    report, _slash, question = side["ref"].partition("/")
    answer = published.get(report, {}).get(question)
    if not answer or side["text"] not in ("", answer["reason"]):
        return False
    told = [tuple(point) for point in side["points"]] or [(side["period"], side["value"])]
    return {(row["year"], row["value"]) for row in answer["rows"]}.issuperset(told)
