"""Reads about files taken in: one of them, what was said of it, its series with their editions, files kept aside."""

from __future__ import annotations

import datetime as dt
import functools
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, Select, bindparam, func, or_, select
from sqlalchemy.orm import Session

from forms.words import N_
from portal.models.accounts import User
from portal.models.datasets import (
    AreaAlias,
    ColumnMapping,
    ImportSeries,
    ImportVerdict,
    ObservationTotal,
    PendingFile,
)
from portal.models.observations import Area, Cut, Import, Series
from portal.rules.refusals import Missing
from portal.rules.verdicts import DOUBTFUL, WITHDRAWN

MOST_SERIES = 200
CUT = (ObservationTotal.series_id, ObservationTotal.cut_id)
_NAMED = or_(*(column == bindparam("indicator") for column in (Series.indicator, Series.sdg, Series.code)))


class Said(NamedTuple):
    """One verdict on an import, with the name of who said it."""

    verdict: str
    reason: str
    said_at: dt.datetime
    name: str


class Edition(NamedTuple):
    """One import that gave a series: its edition, file and standing."""

    series_id: int
    import_id: uuid.UUID
    edition: str
    file_name: str
    imported_at: dt.datetime
    standing: str


@dataclass(frozen=True)
class SeriesEditions:
    """One series of an import, with every import that gave it, newest first."""

    code: str
    title: str
    indicator: str | None
    editions: tuple[Edition, ...]


class Given(NamedTuple):
    """What is said of a file that gave figures: its standing, and in which words it was found doubtful, if ever."""

    standing: str
    doubt: str | None


@dataclass
class Total:
    """The figures of one cut of a series in one region and year; `states` gave them. Not frozen: thousands are made."""

    source: str
    series: str
    title: str
    indicator: str | None
    dimensions: str
    unit: str
    region: str
    year: int
    count: int
    sum: float
    low: float
    high: float
    states: int


def get_import(session: Session, import_id: uuid.UUID, *, lock: bool = False) -> Import:
    """One import; raises Missing. With `lock` its row is held until the commit."""
    query = select(Import).where(Import.id == import_id)
    row = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise Missing("There is no such import.")
    return row


def verdicts(session: Session, number: int) -> list[Said]:
    """What was said of an import, newest first; one query."""
    query = (
        select(ImportVerdict.verdict, ImportVerdict.reason, ImportVerdict.said_at, User.name)
        .join(User, User.id == ImportVerdict.said_by)
        .where(ImportVerdict.import_number == number)
        .order_by(ImportVerdict.id.desc())
    )
    return [Said(*row) for row in session.execute(query)]


def doubt(import_number: Any) -> ScalarSelect[str]:
    """In which words an import was found doubtful last; for those who may read datasets."""
    query = select(ImportVerdict.reason).where(
        ImportVerdict.import_number == import_number, ImportVerdict.verdict == DOUBTFUL
    )
    return query.order_by(ImportVerdict.id.desc()).limit(1).correlate_except(ImportVerdict).scalar_subquery()


def doubts(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """In which words each of these imports was found doubtful last; one statement, none where there are none."""
    if not ids:
        return {}
    query = select(Import.id, doubt(Import.number).label("doubt")).where(Import.id.in_(list(ids)))
    return {row.id: row.doubt for row in session.execute(query)}


def files_of(session: Session, indicator: str) -> dict[tuple[str, str], list[Given]]:
    """What is said of the files that gave figures of the series of an indicator, SDG number or series code, by source
    and series, oldest first; those that are withdrawn apart. One statement.
    """
    query = (
        select(Series.source, Series.code, Import.standing, doubt(Import.number).label("doubt"))
        .join(ImportSeries, ImportSeries.series_id == Series.id)
        .join(Import, Import.number == ImportSeries.import_number)
        .where(_NAMED, Import.standing != WITHDRAWN)
        .order_by(Import.number)
    )
    found: dict[tuple[str, str], list[Given]] = {}
    for source, code, standing, reason in session.execute(query, {"indicator": indicator}):
        found.setdefault((source, code), []).append(Given(standing, reason))
    return found


def editions(session: Session, number: int) -> list[SeriesEditions]:
    """The series of an import, at most MOST_SERIES, each with the imports that gave it; two queries."""
    mine = (
        select(Series.id, Series.code, Series.title, Series.indicator)
        .join(ImportSeries, ImportSeries.series_id == Series.id)
        .where(ImportSeries.import_number == number)
        .order_by(Series.code)
        .limit(MOST_SERIES)
    )
    series = session.execute(mine).all()
    given = (
        select(
            *(ImportSeries.series_id, Import.id, Import.edition, Import.file_name, Import.imported_at, Import.standing)
        )
        .join(Import, Import.number == ImportSeries.import_number)
        .where(ImportSeries.series_id.in_([one.id for one in series]))
        .order_by(Import.number.desc())
    )
    by_series: dict[int, list[Edition]] = {}
    for row in session.execute(given):
        by_series.setdefault(row.series_id, []).append(Edition(*row))
    return [SeriesEditions(s.code, s.title, s.indicator, tuple(by_series.get(s.id, ()))) for s in series]


def pending(session: Session, file_id: uuid.UUID, *, lock: bool = False) -> PendingFile:
    """A file kept aside; raises Missing."""
    query = select(PendingFile).where(PendingFile.id == file_id)
    row = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise Missing("There is no such file.")
    return row


def indicators_of(session: Session, source: str, codes: Collection[str]) -> dict[str, str | None]:
    """The indicators of those of these series that are held, by code, None for none; one query."""
    query = select(Series.code, Series.indicator).where(Series.source == source, Series.code.in_(codes))
    return {row.code: row.indicator for row in session.execute(query)}


def import_of(session: Session, number: int | None) -> uuid.UUID | None:
    """The identifier of an import by its number."""
    return session.scalar(select(Import.id).where(Import.number == number))


def unsettled_files(session: Session, limit: int = 50) -> list[PendingFile]:
    """Files that are shown, wait, are read or could not be taken in, newest first; one query."""
    open_states = ("shown", "waiting", "reading", "broken")
    query = select(PendingFile).where(PendingFile.state.in_(open_states)).order_by(PendingFile.sent_at.desc())
    return list(session.scalars(query.limit(limit)))


def mapping_of(session: Session, fingerprint: str) -> ColumnMapping | None:
    """The mapping saved for files with these headings."""
    return session.scalars(select(ColumnMapping).where(ColumnMapping.fingerprint == fingerprint)).one_or_none()


def mappings(session: Session) -> list[ColumnMapping]:
    """Every saved mapping, by name; one query."""
    return list(session.scalars(select(ColumnMapping).order_by(ColumnMapping.name, ColumnMapping.id)))


def saved_mapping(session: Session, mapping_id: uuid.UUID) -> ColumnMapping:
    """One saved mapping, held until the commit; raises Missing."""
    row = session.get(ColumnMapping, mapping_id, with_for_update=True)
    if row is None:
        raise Missing(N_("This is not kept any more."))
    return row


def alias(session: Session, alias_id: int) -> AreaAlias:
    """What one name means in files of a source, held until the commit; raises Missing."""
    row = session.get(AreaAlias, alias_id, with_for_update=True)
    if row is None:
        raise Missing(N_("This is not kept any more."))
    return row


def aliases(session: Session, source: str) -> dict[str, str]:
    """What simplified wordings mean in files of this source, as area keys; one query."""
    query = select(AreaAlias.wording, AreaAlias.area).where(AreaAlias.source == source)
    return {row.wording: row.area for row in session.execute(query)}


def all_aliases(session: Session) -> list[tuple[AreaAlias, str | None]]:
    """Every alias with the name of its area, where the portal holds one; one query."""
    query = select(AreaAlias, Area.name).outerjoin(Area, Area.key == AreaAlias.area)
    return [(row[0], row[1]) for row in session.execute(query.order_by(AreaAlias.source, AreaAlias.wording))]


def totals(
    session: Session, indicator: str, *, region: str | None = None, year: int | None = None, cuts: int | None = None
) -> list[Total]:
    """The totals of an indicator, SDG number or series code, headline cuts first and with `cuts` no more than these;
    one query, no observation is read.
    """
    given = {"indicator": indicator, "region": region, "year": year, "cuts": cuts}
    asked = {name: value for name, value in given.items() if value is not None}
    return [Total(*tuple(row)) for row in session.connection().execute(_totals(*asked), asked)]


def count_cuts(session: Session, indicator: str) -> int:
    """Of how many cuts of the series of an indicator totals are held; one query."""
    counted = select(func.count()).select_from(_cuts(_NAMED).subquery())
    return session.scalar(counted, {"indicator": indicator}) or 0


@functools.cache
def _totals(*asked: str) -> Select[*tuple[Any, ...]]:
    """The statement of `totals` with these of its arguments; making it takes longer than most answers."""
    places = {"region": ObservationTotal.region, "year": ObservationTotal.year}
    wanted = [_NAMED, *(column == bindparam(name) for name, column in places.items() if name in asked)]
    query = (
        select(
            *(Series.source, Series.code, Series.title, Series.indicator, Cut.dimensions, Cut.unit),
            *(ObservationTotal.region, ObservationTotal.year, ObservationTotal.count, ObservationTotal.sum),
            *(ObservationTotal.low, ObservationTotal.high, ObservationTotal.states),
        )
        .join(Series, Series.id == ObservationTotal.series_id)
        .join(Cut, Cut.id == ObservationTotal.cut_id)
        .where(*wanted)
    )
    if "cuts" in asked:
        first = _cuts(*wanted).order_by(Cut.headline.desc(), *CUT).limit(bindparam("cuts")).subquery()
        query = query.join(first, (first.c.series_id == CUT[0]) & (first.c.cut_id == CUT[1]))
    return query.order_by(Cut.headline.desc(), *CUT, ObservationTotal.region, ObservationTotal.year)


def _cuts(*wanted: ColumnElement[bool]) -> Select[int, int]:
    joined = select(*CUT).join(Series, Series.id == CUT[0]).join(Cut, Cut.id == CUT[1])
    return joined.where(*wanted).group_by(*CUT, Cut.headline)


def indicators_with_totals(session: Session) -> list[tuple[str, int]]:
    """The indicators of which totals are held, with how many series give them; one query."""
    query = (
        select(Series.indicator, func.count(Series.id.distinct()))
        .join(ObservationTotal, ObservationTotal.series_id == Series.id)
        .where(Series.indicator.is_not(None))
        .group_by(Series.indicator)
        .order_by(Series.indicator)
    )
    return [(str(code), count) for code, count in session.execute(query)]
