"""Reads what the rules of contradictions compare, entity by entity in blocks: a block is seven statements at most."""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import and_, func, or_, select, tuple_, union
from sqlalchemy.orm import Session

from forms.figures import parse_year
from forms.outline import Guideline, Question
from portal.models.contributions import Contribution, ContributionVersion, Partner
from portal.models.observations import Area, Cut, Import, Observation, Series
from portal.models.passages import ContributionPlace, Passage
from portal.models.reports import Report, Version
from portal.queries import contributions
from portal.queries.guidelines import guideline
from portal.queries.passages import BESIDE, under_commitments
from portal.queries.reports import SEEN
from portal.rules.plausible import period_question
from portal.rules.reported_figures import answers_of, on_indicators
from reviewer.rules.raising import THE_REPORT, Answered, Figure, Ground, Words

BLOCK = 20
"""So many entities are read at a time."""
WITHDRAWN = "withdrawn"


def indicators(asked: Guideline) -> dict[str, Question]:
    """The questions of an edition that ask for indicators, by indicator."""
    return {one.indicator: one for one in asked.questions.values() if one.kind == "series" and one.indicator}


def entities(session: Session, cycle: str) -> list[str]:
    """The entities of which there is anything to compare in this cycle, in order; one statement."""
    figures = (
        select(Area.entity)
        .join(Observation, Observation.area_id == Area.id)
        .join(Series, Series.id == Observation.series_id)
        .where(Area.entity.is_not(None), Series.indicator.is_not(None))
    )
    passages = select(Passage.entity).where(Passage.cycle == cycle, Passage.entity.is_not(None))
    named = (
        select(ContributionPlace.entity)
        .join(Contribution, Contribution.id == ContributionPlace.contribution_id)
        .where(Contribution.cycle == cycle, ContributionPlace.entity != "")
    )
    reports = select(Report.entity).where(Report.cycle == cycle, Report.versions > 0)
    return sorted(session.scalars(union(figures, passages, named, reports)))


def grounds(session: Session, cycle: str, block: Sequence[str]) -> list[Ground]:
    """What stands on these entities now, in their order; four statements, six where contributions speak."""
    found = {entity: Ground(entity) for entity in block}
    for entity, figure in _figures(session, block):
        found[entity].figures.append(figure)
    for report, version in _versions(session, cycle, block):
        _answers(found[report.entity], report, version, guideline(session, report.edition))
    for entity, words in _words(session, cycle, block):
        found[entity].words.append(words)
    for entity, commitment, partner in _spoken_of(session, cycle, block):
        found[entity].spoken_of.setdefault(commitment, set()).add(partner)
    return list(found.values())


def _figures(session: Session, block: Sequence[str]) -> Iterator[tuple[str, Figure]]:
    """The figures of indicators of every area of these entities, those of withdrawn imports left out."""
    columns = (
        *(Area.entity, Series.indicator, Area.key, Area.name, Series.source, Series.code, Series.title),
        *(Cut.dimensions, Cut.unit, Observation.period, Observation.value_text, Observation.id),
    )
    query = (
        select(*columns)
        .select_from(Observation)
        .join(Series, Series.id == Observation.series_id)
        .join(Area, Area.id == Observation.area_id)
        .join(Cut, Cut.id == Observation.cut_id)
        .join(Import, Import.number == Observation.import_number)
        .where(Area.entity.in_(block), Series.indicator.is_not(None), Import.standing != WITHDRAWN)
        .order_by(Area.entity, Series.indicator, Observation.id)
    )
    for row in session.execute(query):
        yield str(row.entity), Figure._make(row[1:])


def _versions(session: Session, cycle: str, block: Sequence[str]) -> Iterator[tuple[Report, bytes]]:
    """The newest version of each report that stands."""
    query = (
        select(Report, Version.document)
        .join(Version, (Version.report_id == Report.id) & (Version.number == Report.versions))
        .where(Report.cycle == cycle, Report.entity.in_(block), SEEN != WITHDRAWN, Report.practice.is_(False))
        .order_by(Report.entity)
    )
    for row in session.execute(query):
        yield row.Report, row.document


def _answers(ground: Ground, report: Report, document: bytes, asked: Guideline) -> None:
    """Takes the answers to questions of indicators out of a version, and the years that it covers."""
    answers = answers_of(document)
    for question, _indicator, value in on_indicators(answers, asked):
        ground.answers.append(Answered(report.id, report.versions, question, value))
    period = answers.get(period_question(asked) or "") or {}
    ground.period = _years(period)


def _words(session: Session, cycle: str, block: Sequence[str]) -> Iterator[tuple[str, Words]]:
    """The passages that stand now and speak of these entities, each with who says it; one of a contribution for every
    entity of the block that its version names.
    """
    columns = (
        *(func.coalesce(ContributionPlace.entity, Passage.entity).label("entity"), Passage.version),
        *(Passage.key, Passage.report_id, Passage.contribution_id, Passage.source, Passage.channel),
        *(Passage.question, Passage.language, Passage.text, Partner.name),
        *(Passage.partner_id, Passage.commitment, BESIDE.label("beside")),
    )
    query = (
        select(*columns)
        .outerjoin(Partner, Partner.id == Passage.partner_id)
        .outerjoin(
            ContributionPlace,
            (ContributionPlace.contribution_id == Passage.contribution_id)
            & (ContributionPlace.version == Passage.version)
            & ContributionPlace.entity.in_(block),
        )
        .where(Passage.cycle == cycle, Passage.current.is_(True))
        .where(or_(Passage.entity.in_(block), ContributionPlace.entity.is_not(None)))
        .where(or_(Passage.report_id.is_not(None), Passage.contribution_id.is_not(None)))
        .order_by(Passage.id, ContributionPlace.entity)
    )
    rows = session.execute(query).all()
    sent = _sent(session, {(row.contribution_id, row.version) for row in rows if row.contribution_id})
    for row in rows:
        owner: uuid.UUID = row.report_id or row.contribution_id
        label = row.name or THE_REPORT
        words = Words(
            *(row.key, owner, row.source, row.channel, row.question, row.language, row.text, label),
        )
        of = sent.get((row.contribution_id, row.version))
        if of is None:
            yield row.entity, words
        elif row.entity in of.names or not of.names:
            elsewhere = tuple(name for key, names in of.names.items() if key != row.entity for name in names)
            here = of.names.get(row.entity, ())
            commitments = tuple(dict.fromkeys(filter(None, [row.commitment, *(row.beside or "").split()])))
            more = {"partner": row.partner_id, "commitments": commitments}
            yield row.entity, words._replace(period=of.period, here=here, elsewhere=elsewhere, **more)


def _spoken_of(session: Session, cycle: str, block: Sequence[str]) -> Iterator[tuple[str, str, uuid.UUID]]:
    """Each of these entities with each commitment that a passage of a contribution on it is of, and its partner."""
    standing = (Passage.cycle == cycle, Passage.current.is_(True), Passage.contribution_id.is_not(None))
    under = under_commitments(*standing).subquery()
    place = and_(
        ContributionPlace.contribution_id == Passage.contribution_id, ContributionPlace.version == Passage.version
    )
    query = (
        select(ContributionPlace.entity, under.c.commitment, Passage.partner_id)
        .select_from(under)
        .join(Passage, Passage.id == under.c.id)
        .join(ContributionPlace, place)
        .where(ContributionPlace.entity.in_(block))
        .distinct()
    )
    yield from ((row.entity, row.commitment, row.partner_id) for row in session.execute(query))


class _Sent(NamedTuple):
    """What a version of a contribution says of itself: the states that it names, each with its names, and its years."""

    names: Mapping[str, tuple[str, ...]]
    period: tuple[int, int] | None


def _sent(session: Session, versions: Collection[tuple[uuid.UUID, int]]) -> dict[tuple[uuid.UUID, int], _Sent]:
    """These versions of contributions; two statements, none where there are none."""
    if not versions:
        return {}
    known, found = contributions.names(session), {}
    columns = (ContributionVersion.contribution_id, ContributionVersion.number, ContributionVersion.document)
    wanted = tuple_(*columns[:2]).in_(sorted(versions))
    for contribution, number, document in session.execute(select(*columns).where(wanted)):
        told = json.loads(document)
        states = {one["area"]: known.of_key(one["area"]) for one in told["areas"] if one["named"]}
        names = {key: tuple(fact.names.values()) for key, fact in states.items() if fact is not None}
        periods = [one["value"] for one in told["answers"] if one["kind"] == "period" and one["value"]]
        found[contribution, number] = _Sent(names, _years(periods[0]) if periods else None)
    return found


def _years(period: Mapping[str, Any]) -> tuple[int, int] | None:
    """The years from and to which a period goes; None where it does not say both in their order."""
    first, last = (parse_year(str(period.get(end) or "")[:4]).last for end in ("from", "to"))
    return (first, last) if first and last and first <= last else None
