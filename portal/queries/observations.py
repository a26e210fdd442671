"""Reads of channel b: figures by indicator and area, what stands beside a section, and the reports of imports."""

from __future__ import annotations

import datetime as dt
import functools
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select
from sqlalchemy.orm import Session

from portal.db import AnySelect
from portal.models.entities import Entity
from portal.models.observations import Area, Cut, Import, Observation, ObservationRevision, Omission, Series
from portal.models.reports import Report
from portal.rules.datasets import Note
from portal.rules.offers import MOST_LINES, MOST_YEARS, Held, covers
from portal.rules.refusals import Missing
from portal.rules.verdicts import WITHDRAWN

BATCH = 2000
EXAMPLES = 3


class Figure(NamedTuple):
    """One observation as it leaves: everything that names it, the text as published, and the number read."""

    id: int
    source: str
    series: str
    title: str
    indicator: str | None
    sdg: str
    area: str
    area_kind: str
    area_name: str
    entity: str | None
    year: int
    period: str
    dimensions: str
    unit: str
    value_text: str
    value: float | None
    bound: str
    nature: str
    status: str
    revision: int
    edition: str
    import_id: uuid.UUID
    licence: str
    credit: str
    note: str
    standing: str


COLUMNS = Figure._fields
"""The headings of a CSV of figures, in order."""


@dataclass(frozen=True)
class Wanted:
    """Which figures are asked for; what is None does not limit. `indicators` are several codes of the framework, and
    `region` is that of the entities.
    """

    indicator: str | None = None
    indicators: frozenset[str] | None = None
    region: str | None = None
    entity: str | None = None
    year_from: int | None = None
    year_to: int | None = None
    source: str | None = None
    kind: str | None = None


def offered() -> ColumnElement[bool]:
    """True of an observation whose import is not withdrawn: every read that offers figures asks for it."""
    return Observation.import_number.not_in(select(Import.number).where(Import.standing == WITHDRAWN))


def _figures() -> Select[*tuple[Any, ...]]:
    columns = (
        *(Observation.id, Series.source, Series.code, Series.title, Series.indicator, Series.sdg),
        *(Area.key, Area.kind, Area.name, Area.entity, Observation.year, Observation.period),
        *(Cut.dimensions, Cut.unit, Observation.value_text, Observation.value, Observation.bound),
        *(Observation.nature, Observation.status, Observation.revision, Import.edition, Import.id),
        *(Series.licence, Series.credit, Series.note, Import.standing),
    )
    return (
        select(*columns)
        .join(Series, Series.id == Observation.series_id)
        .join(Area, Area.id == Observation.area_id)
        .join(Cut, Cut.id == Observation.cut_id)
        .join(Import, Import.number == Observation.import_number)
        .where(Import.standing != WITHDRAWN)
    )


def _limited(query: Select[*tuple[Any, ...]], wanted: Wanted) -> Select[*tuple[Any, ...]]:
    """`indicator` is a code of the monitoring framework, an SDG indicator number or a series code."""
    if wanted.indicator is not None:
        asked = wanted.indicator
        query = query.where(or_(Series.indicator == asked, Series.sdg == asked, Series.code == asked))
    if wanted.indicators is not None:
        query = query.where(Series.indicator.in_(sorted(wanted.indicators)))
    if wanted.region is not None:
        query = query.where(Area.entity.in_(select(Entity.iso3).where(Entity.region == wanted.region)))
    limits = (
        (Area.entity, wanted.entity),
        (Series.source, wanted.source),
        (Area.kind, wanted.kind),
    )
    for column, value in limits:
        if value is not None:
            query = query.where(column == value)
    if wanted.year_from is not None:
        query = query.where(Observation.year >= wanted.year_from)
    if wanted.year_to is not None:
        query = query.where(Observation.year <= wanted.year_to)
    return query


def list_observations(
    session: Session, wanted: Wanted, *, after: int = 0, limit: int = 100
) -> tuple[list[Figure], int | None]:
    """One page in the order of taking in, and the cursor of the next page or None; one query."""
    query = _limited(_figures(), wanted).where(Observation.id > after).order_by(Observation.id).limit(limit + 1)
    found = [Figure(*row) for row in session.execute(query)]
    page = found[:limit]
    return page, page[-1].id if len(found) > limit else None


def stream_observations(session: Session, wanted: Wanted | None = None) -> Iterator[Figure]:
    """Every figure asked for, ordered by source, series, area, cut and period: the same figures give the same bytes.

    One query, fetched in batches: memory does not grow with the number of figures.
    """
    order = (Series.source, Series.code, Area.key, Cut.dimensions, Cut.unit, Observation.period)
    query = _limited(_figures(), wanted or Wanted()).order_by(*order).execution_options(yield_per=BATCH)
    for row in session.connection().execute(query):
        yield Figure._make(row)


def for_section(session: Session, entity: str, indicators: Sequence[str]) -> dict[str, list[Held]]:
    """What is held of the country itself for these indicators, by indicator and line, in one query.

    A line is a series with one cover in one unit. Headline cuts come first: whole dimensions, both sexes, all ages. Of
    an indicator at most MOST_LINES lines are given, of a line the newest MOST_YEARS figures, newest first; `lines` says
    how many lines there are. An indicator without figures is not in the answer.
    """
    return _by_indicator(session.execute(_for_section(), {"entity": entity, "indicators": list(indicators)}))


@functools.cache
def _for_section() -> AnySelect:
    """The statement behind `for_section`, built once."""
    order = (Cut.headline.desc(), Series.source, Series.code, Cut.dimensions, Cut.unit)
    line = func.dense_rank().over(partition_by=Series.indicator, order_by=order)
    newest = (Observation.year.desc(), Observation.period.desc())
    place = func.row_number().over(partition_by=(Observation.series_id, Observation.cut_id), order_by=newest)
    wanted = (Area.key == bindparam("entity"), Series.indicator.in_(bindparam("indicators", expanding=True)))
    ranked = _held(line.label("line"), place.label("place")).where(*wanted).subquery().c
    counted = select(*ranked, func.max(ranked.line).over(partition_by=ranked.indicator).label("lines")).subquery().c
    shown = (counted.line <= MOST_LINES) & (counted.place <= MOST_YEARS)
    query = select(*(counted[name] for name in Held._fields)).where(shown)
    return query.order_by(counted.indicator, counted.line, counted.place)


def revised_of_reports(session: Session, number: int, series: Sequence[int]) -> list[Held]:
    """The figures of indicators that an import revised, of these series, for countries with a report that is not
    published; one query.
    """
    mine = (Observation.series_id.in_(series), Observation.import_number == number, Observation.revision > 1)
    return _of_reports(session, *mine)


def restored_of_reports(session: Session, number: int) -> list[Held]:
    """The same of the figures that stand again since an import was withdrawn that had revised them; one query."""
    past = ObservationRevision
    back = select(past.observation_id).where(past.import_number == number, past.superseded_by < number)
    return _of_reports(session, Observation.id.in_(back))


def _of_reports(session: Session, *which: ColumnElement[bool]) -> list[Held]:
    reporting = select(Report.entity).where(Report.state != "published")
    found = session.execute(_held().where(*which, Series.indicator.is_not(None), Area.key.in_(reporting)))
    return [one for figures in _by_indicator(found).values() for one in figures]


def _held(*more: Any) -> Select[*tuple[Any, ...]]:
    """Figures by the names of Held, without `lines`."""
    columns = (
        *(Series.indicator, Series.source, Series.code.label("series"), Series.title, Area.key.label("area")),
        *(Cut.dimensions, Cut.unit, Observation.period.label("year"), Observation.year.label("last")),
        *(Observation.value_text.label("value"), Import.edition, Cut.headline, Series.note),
        *(Series.licence, Series.credit),
    )
    return (
        select(*columns, *more)
        .select_from(Observation)
        .join(Series, Series.id == Observation.series_id)
        .join(Area, Area.id == Observation.area_id)
        .join(Cut, Cut.id == Observation.cut_id)
        .join(Import, Import.number == Observation.import_number)
        .where(Import.standing != WITHDRAWN)
    )


def _by_indicator(rows: Iterable[Any]) -> dict[str, list[Held]]:
    held: dict[str, list[Held]] = {}
    for row in rows:
        one = Held(*row)
        held.setdefault(one.indicator, []).append(one._replace(dimensions=covers(one.dimensions)))
    return held


@dataclass(frozen=True)
class Reason:
    """One reason for leaving out: how many figures, and the first places."""

    reason: str
    figures: int
    examples: tuple[OmissionRow, ...]


class OmissionRow(NamedTuple):
    """One thing left out of a file."""

    place: str
    reason: str
    sentence: str
    content: str
    figures: int


@dataclass(frozen=True)
class ImportReport:
    """What one file gave. `figures_read` is new plus revised plus unchanged plus left out."""

    id: uuid.UUID
    source: str
    layout: str
    file_name: str
    edition: str
    sha256: str
    size: int
    imported_at: dt.datetime
    imported_by: uuid.UUID | None
    rows_read: int
    figures_read: int
    new: int
    revised: int
    unchanged: int
    left_out: int
    no_longer_given: int
    standing: str
    mapping: Mapping[str, Any]
    notes: tuple[Note, ...] = ()
    reasons: tuple[Reason, ...] = ()

    @property
    def taken(self) -> int:
        """How many figures of the file are held now as the file gives them."""
        return self.new + self.revised + self.unchanged


def _report(row: Import, reasons: tuple[Reason, ...] = ()) -> ImportReport:
    names = [name for name in ImportReport.__dataclass_fields__ if name not in ("mapping", "notes", "reasons")]
    mapping = {name: told for name, told in row.mapping.items() if name != "notes"}
    notes = tuple(Note(**one) for one in row.mapping.get("notes", ()))
    return ImportReport(**{name: getattr(row, name) for name in names}, mapping=mapping, notes=notes, reasons=reasons)


def import_report(session: Session, import_id: uuid.UUID) -> ImportReport:
    """The report of one import, its omissions by reason with the first places; raises Missing. Three queries."""
    row = session.scalars(select(Import).where(Import.id == import_id)).one_or_none()
    if row is None:
        raise Missing("There is no such import.")
    here = Omission.import_number == row.number
    sums = select(Omission.reason, func.sum(Omission.figures)).where(here).group_by(Omission.reason)
    counts = session.execute(sums.order_by(Omission.reason))
    rank = func.row_number().over(partition_by=Omission.reason, order_by=Omission.id).label("rank")
    first = select(Omission.id, rank).where(here).subquery()
    examples: dict[str, list[OmissionRow]] = {}
    query = _omissions().join(first, first.c.id == Omission.id).where(first.c.rank <= EXAMPLES).order_by(Omission.id)
    for found in session.execute(query):
        examples.setdefault(found.reason, []).append(OmissionRow(*found))
    return _report(row, tuple(Reason(reason, int(figures), tuple(examples[reason])) for reason, figures in counts))


def _omissions() -> Select[*tuple[Any, ...]]:
    return select(Omission.place, Omission.reason, Omission.sentence, Omission.content, Omission.figures)


def omissions(session: Session, import_id: uuid.UUID) -> Iterator[OmissionRow]:
    """Everything that one import left out, in the order in which it was found, in batches."""
    query = _omissions().join(Import, Import.number == Omission.import_number).where(Import.id == import_id)
    for row in session.execute(query.order_by(Omission.id).execution_options(yield_per=BATCH)):
        yield OmissionRow(*row)


class ImportsWanted(NamedTuple):
    """Which imports: of this standing, of this source, taken in by others than this person, that said something new."""

    standing: str = ""
    source: str = ""
    not_by: uuid.UUID | None = None
    telling: bool = False

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """What a query asks for; nothing for what is left blank."""
        if self.standing:
            yield Import.standing == self.standing
        if self.source:
            yield Import.source == self.source
        if self.not_by:
            yield Import.imported_by.is_distinct_from(self.not_by)
        if self.telling:
            yield Import.new + Import.revised > 0


def list_imports(
    session: Session, wanted: ImportsWanted | None = None, *, start: int = 0, limit: int = 100
) -> list[ImportReport]:
    """The newest imports that are wanted, without their omissions; one query."""
    query = select(Import).where(*(wanted or ImportsWanted()).conditions()).order_by(Import.number.desc())
    return [_report(row) for row in session.scalars(query.offset(start).limit(limit))]


def count_imports(session: Session, wanted: ImportsWanted) -> int:
    """How many imports are wanted; one query."""
    return session.scalar(select(func.count()).select_from(Import).where(*wanted.conditions())) or 0


def sources_of_imports(session: Session) -> list[str]:
    """The sources of which files were taken in; one query."""
    return list(session.scalars(select(Import.source).distinct().order_by(Import.source)))
