"""Reads the evidence matrix: a fixed number of statements, figures of channel b from their totals alone, never from
observations.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import and_, case, func, or_, select, true
from sqlalchemy.orm import Session

from portal.db import AnyRow
from portal.models.contradictions import Case
from portal.models.contributions import ContributionVersion
from portal.models.datasets import ObservationTotal
from portal.models.entities import Entity
from portal.models.observations import Series
from portal.models.passages import ContributionPlace, Passage
from portal.models.profiles import Profile, ProfileAnswer, ProfileItem
from portal.models.reported_figures import ReportedFigure
from portal.models.reports import Report, Version
from portal.queries.passages import under_commitments
from portal.queries.profiles import gone
from portal.queries.reports import SEEN, after_cut_off
from portal.rules import coverage, crosswalk
from portal.rules.cases import SETTLED
from portal.rules.coverage import Coverage
from portal.rules.profiles import AGREED
from reviewer.queries.contradictions import SPEAKING
from reviewer.rules.matrix import CHANNELS, FIGURES, REPORTS, SINCE, Matrix, Place, Tally

YEAR = dt.timedelta(days=365.2425)
Told = tuple[str, str, dict[str, Tally]]
"""What is told of a commitment by a channel, the same in each region."""
OPEN_ONE, SETTLED_ONE = Tally(cases=1), Tally(standing=1)


@dataclass(frozen=True)
class Evidence:
    """The matrix of a cycle, and the coverage of the world and of each region by reports. Both count the same states:
    the invented entities of a demonstration are none, though their passages and figures stand in the cells. `whole`
    where it is that of the team, with contradictions. What stands in reports first received after the synthesis
    cut-off cannot be cited: it is in no cell and in no number, and stands in `late` alone.
    """

    matrix: Matrix
    coverage: list[Coverage]
    whole: bool
    late: Mapping[Place, Tally]


def evidence(session: Session, cycle: str, at: dt.datetime, *, whole: bool) -> Evidence:
    """The matrix of a cycle at this moment: nine statements, ten once an import was withdrawn. `whole` counts
    the passages and the figures of every report and contribution that was received, as the team may read them, and the
    contradictions that are open or stand, else passages and figures of what everybody may know alone: a contradiction
    would tell of a report that is not published.
    """
    places = [coverage.Place(*row) for row in session.execute(select(Entity.iso3, Entity.region, Entity.status))]
    cells: defaultdict[Place, Tally] = defaultdict(Tally)
    again: defaultdict[tuple[str, str], Tally] = defaultdict(Tally)
    late: defaultdict[Place, Tally] = defaultdict(Tally)
    reports = _reports(session, cycle)
    after = {entity for entity, is_late in reports.items() if is_late}
    for commitment, channel, tallies in _passages(session, cycle, at, whole=whole):
        for region, tally in tallies.items():
            is_late = channel == REPORTS and tally.entities <= after
            (late if is_late else cells)[Place(commitment, channel, region)] += tally
        for tally in list(tallies.values())[1:]:
            again[commitment, channel] += tally
    invented = Counter(place.region for place in places if place.status not in coverage.REAL)
    for place, tally in _reported(session, cycle, at, whole=whole):
        (late if tally.entities <= after else cells)[place] += tally
    for place, tally in _figures(session, at, invented):
        cells[place] += tally
    cases: Counter[tuple[str, str]] = Counter()
    regions = {place.iso3: place.region for place in places}
    for commitment, region, channels, tally in _cases(session, cycle, regions) if whole else ():
        cases[commitment, region] += 1
        for channel in channels:
            cells[Place(commitment, channel, region)] += tally
    real = {place.iso3 for place in places if place.status in coverage.REAL}
    counted = {
        place: tally
        if tally.entities <= real
        else replace(tally, entities=tally.entities & real, invented=tally.entities - real)
        for place, tally in cells.items()
    }
    reach = _coverage(session, cycle, places, reports)
    states = {one.region: one.of for one in reach if one.region}
    return Evidence(Matrix(counted, states, dict(cases), dict(again)), reach, whole, dict(late))


def covered(session: Session, cycle: str) -> list[Coverage]:
    """The coverage of the world, then of each region, by reports that can be cited, with late reports and desk profiles
    apart.
    """
    places = [coverage.Place(*row) for row in session.execute(select(Entity.iso3, Entity.region, Entity.status))]
    return _coverage(session, cycle, places, _reports(session, cycle))


def _reports(session: Session, cycle: str) -> dict[str, bool]:
    """The entities whose report was received and stands, each with whether it came after the synthesis cut-off."""
    query = select(Report.entity, after_cut_off(Report.id)).where(
        Report.cycle == cycle, Report.first_submitted_at.is_not(None), SEEN != "withdrawn"
    )
    return {entity: bool(late) for entity, late in session.execute(query)}


def _coverage(
    session: Session, cycle: str, places: Iterable[coverage.Place], reports: Mapping[str, bool]
) -> list[Coverage]:
    stands = ProfileItem.id.not_in(gone(session, cycle))
    newest = select(func.max(ProfileAnswer.id)).group_by(ProfileAnswer.item_id)
    profiled = (
        select(Profile.entity, func.max(case((ProfileAnswer.answer.in_(AGREED), 1), else_=0)).label("agreed"))
        .join(ProfileItem, ProfileItem.profile_id == Profile.id)
        .outerjoin(ProfileAnswer, and_(ProfileAnswer.item_id == ProfileItem.id, ProfileAnswer.id.in_(newest)))
        .where(Profile.cycle == cycle, stands)
        .group_by(Profile.entity)
    )
    found = {row.entity: bool(row.agreed) for row in session.execute(profiled)}
    late = {entity for entity, is_late in reports.items() if is_late}
    agreed = {entity for entity, has_agreed in found.items() if has_agreed}
    return coverage.by_region(places, reports.keys() - late, found, agreed, late)


def _passages(session: Session, cycle: str, at: dt.datetime, *, whole: bool) -> Iterator[Told]:
    """The passages that stand, under each commitment that they are of. Those of a contribution are of each region and
    state that it speaks of; the rows of one count come once for each of these. They are as old as the last year that
    their version says it covers, as figures are, and where it says none as its sending.
    """
    told = under_commitments(Passage.cycle == cycle, Passage.current.is_(True)).subquery()
    version = and_(Version.report_id == Passage.report_id, Version.number == Passage.version)
    sent = and_(
        ContributionVersion.contribution_id == Passage.contribution_id, ContributionVersion.number == Passage.version
    )
    moment = func.coalesce(Version.submitted_at, ContributionVersion.sent_at)
    of = (Passage.channel, Passage.region, Passage.entity, Passage.contribution_id, Passage.version, Passage.until)
    of_a_file = case((Passage.file == "", 0), else_=1)
    by = (told.c.commitment, *of, Passage.partner_id, of_a_file.label("of_a_file"), moment.label("moment"))
    # What was accepted alone stands, and everybody may know of it.
    known = or_(Report.state == "published", Passage.contribution_id.is_not(None)) if not whole else true()
    counted = (
        select(*by, func.count().label("passages"))
        .join_from(told, Passage, Passage.id == told.c.id)
        .outerjoin(Version, version)
        .outerjoin(ContributionVersion, sent)
        .outerjoin(Report, Report.id == Passage.report_id)
        .where(known)
        .group_by(*by)
        .subquery()
    )
    named = and_(
        ContributionPlace.contribution_id == counted.c.contribution_id, ContributionPlace.version == counted.c.version
    )
    rows = session.execute(
        select(counted, ContributionPlace.region.label("place"), ContributionPlace.entity.label("state"))
        .outerjoin(ContributionPlace, named)
        .order_by(counted.c.contribution_id)
    )
    regions: defaultdict[tuple[Any, ...], defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for *found, place, state in rows:
        _commitment, _channel, region, entity, *_rest = found
        named_in = regions[tuple(found)][(region if place is None else place) or ""]
        named_in.update({entity if state is None else state} - {None, ""})
    for counts, places in regions.items():
        commitment, channel, _region, entity, _owner, _version, until, partner, of_file, sent_at, count = counts
        age = count * max(0.0, (at - sent_at) / YEAR if until is None else at.year - until)
        held = Tally(
            passages=0 if of_file else count,
            of_files=count if of_file else 0,
            age=age,
            sources=frozenset({str(partner or entity)}),
        )
        tallies = {place: replace(held, entities=frozenset(states)) for place, states in places.items()}
        yield commitment, channel, tallies


def _reported(session: Session, cycle: str, at: dt.datetime, *, whole: bool) -> Iterator[tuple[Place, Tally]]:
    """The figures of reports that stand, by the commitment of their indicator, of whatever year; of the year of
    `at` or a later one they are 0 years old.
    """
    of = (ReportedFigure.indicator, ReportedFigure.region, ReportedFigure.entity)
    age = case((ReportedFigure.year < at.year, at.year - ReportedFigure.year), else_=0)
    rows = session.execute(
        select(*of, func.count(), func.count(ReportedFigure.year), func.sum(age))
        .join(Report, Report.id == ReportedFigure.report_id)
        .where(ReportedFigure.cycle == cycle, ReportedFigure.current, true() if whole else Report.state == "published")
        .group_by(*of)
    )
    for indicator, region, entity, count, dated, years in rows:
        commitment = crosswalk.commitment_of_indicator(indicator)
        if commitment is not None:
            yield (
                Place(commitment, REPORTS, region),
                Tally(
                    figures=count,
                    entities=frozenset({entity}),
                    age=float(years),
                    undated=count - dated,
                    sources=frozenset({entity}),
                ),
            )


def figures(session: Session) -> list[AnyRow]:
    """What the totals hold from SINCE on: indicator, region, figures, years (their sum), states (at most so many stand
    in one series in one year), first and last year.
    """
    query = (
        select(
            Series.indicator,
            ObservationTotal.region,
            func.sum(ObservationTotal.count).label("figures"),
            func.sum(ObservationTotal.count * ObservationTotal.year).label("years"),
            func.max(ObservationTotal.states).label("states"),
            func.min(ObservationTotal.year).label("first"),
            func.max(ObservationTotal.year).label("last"),
        )
        .join(Series, Series.id == ObservationTotal.series_id)
        .where(Series.indicator.is_not(None), ObservationTotal.year >= SINCE)
        .group_by(Series.indicator, ObservationTotal.region)
        .order_by(Series.indicator, ObservationTotal.region)
    )
    return list(session.execute(query).all())


def _figures(session: Session, at: dt.datetime, invented: Mapping[str, int]) -> Iterator[tuple[Place, Tally]]:
    """The totals count invented entities too: so many of a region fewer are surely states."""
    most: dict[Place, int] = {}
    for row in figures(session):
        commitment = crosswalk.commitment_of_indicator(row.indicator)
        if commitment is None or not row.region:
            continue
        place, count = Place(commitment, FIGURES, row.region), int(row.figures)
        more = max(0, row.states - invented.get(row.region, 0) - most.get(place, 0))
        most[place] = most.get(place, 0) + more
        yield place, Tally(figures=count, counted=more, age=float(count * at.year - row.years))


def _cases(session: Session, cycle: str, regions: dict[str, str]) -> Iterator[tuple[str, str, set[str], Tally]]:
    """Each contradiction that is open or stands: its commitment, its region, "" without one, the channels that stand in
    it, and what it counts as; a side that is silent stands in none.
    """
    query = select(Case.commitment, Case.indicator, Case.entity, Case.sides, Case.state).where(
        Case.cycle == cycle, or_(*SPEAKING.values())
    )
    for commitment, indicator, entity, sides, state in session.execute(query):
        key = commitment or crosswalk.commitment_of_indicator(indicator or "")
        if key is not None:
            channels = {side["channel"] for side in sides} & set(CHANNELS)
            yield key, regions.get(entity or "", ""), channels, SETTLED_ONE if state == SETTLED else OPEN_ONE


def regions(session: Session) -> list[str]:
    """The regions that there are states in, by name."""
    query = select(Entity.region).where(Entity.region != "").distinct().order_by(Entity.region)
    return list(session.scalars(query))
