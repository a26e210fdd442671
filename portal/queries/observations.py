"""Reads of channel b: figures by indicator and area, what stands beside a section, and the reports of imports."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from portal.models.observations import Area, Cut, Import, Observation, Omission, Series
from portal.rules.refusals import Missing

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


COLUMNS = Figure._fields
"""The headings of a CSV of figures, in order."""


@dataclass(frozen=True)
class Wanted:
    """Which figures are asked for; what is None does not limit."""

    indicator: str | None = None
    entity: str | None = None
    year_from: int | None = None
    year_to: int | None = None
    source: str | None = None
    kind: str | None = None


def _figures() -> Select[*tuple[Any, ...]]:
    columns = (
        *(Observation.id, Series.source, Series.code, Series.title, Series.indicator, Series.sdg),
        *(Area.key, Area.kind, Area.name, Area.entity, Observation.year, Observation.period),
        *(Cut.dimensions, Cut.unit, Observation.value_text, Observation.value, Observation.bound),
        *(Observation.nature, Observation.status, Observation.revision, Import.edition, Import.id),
        *(Series.licence, Series.credit, Series.note),
    )
    return (
        select(*columns)
        .join(Series, Series.id == Observation.series_id)
        .join(Area, Area.id == Observation.area_id)
        .join(Cut, Cut.id == Observation.cut_id)
        .join(Import, Import.number == Observation.import_number)
    )


def _limited(query: Select[*tuple[Any, ...]], wanted: Wanted) -> Select[*tuple[Any, ...]]:
    """`indicator` is a code of the monitoring framework, an SDG indicator number or a series code."""
    if wanted.indicator is not None:
        asked = wanted.indicator
        query = query.where(or_(Series.indicator == asked, Series.sdg == asked, Series.code == asked))
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


def for_section(session: Session, entity: str, indicators: Sequence[str]) -> dict[str, list[Figure]]:
    """The latest figures of the country itself for these indicators, one a series and cut, in one query.

    Headline cuts come first: whole dimensions, both sexes, all ages. An indicator without figures is not in the answer.
    """
    rank = func.row_number().over(
        partition_by=(Observation.series_id, Observation.cut_id),
        order_by=(Observation.year.desc(), Observation.period.desc()),
    )
    newest = (
        select(Observation.id, rank.label("rank"))
        .join(Series, Series.id == Observation.series_id)
        .join(Area, Area.id == Observation.area_id)
        .where(Area.key == entity, Series.indicator.in_(indicators))
        .subquery()
    )
    order = (Series.indicator, Cut.headline.desc(), Series.source, Series.code, Cut.dimensions, Cut.unit)
    query = _figures().join(newest, newest.c.id == Observation.id).where(newest.c.rank == 1).order_by(*order)
    found = (Figure(*row) for row in session.execute(query))
    return {str(code): list(figures) for code, figures in groupby(found, key=lambda figure: figure.indicator)}


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
    mapping: Mapping[str, Any]
    reasons: tuple[Reason, ...] = ()

    @property
    def taken(self) -> int:
        """How many figures of the file are held now as the file gives them."""
        return self.new + self.revised + self.unchanged


def _report(row: Import, reasons: tuple[Reason, ...] = ()) -> ImportReport:
    names = [name for name in ImportReport.__dataclass_fields__ if name != "reasons"]
    return ImportReport(**{name: getattr(row, name) for name in names}, reasons=reasons)


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


def list_imports(session: Session, *, limit: int = 100) -> list[ImportReport]:
    """The newest imports without their omissions; one query."""
    return [_report(row) for row in session.scalars(select(Import).order_by(Import.number.desc()).limit(limit))]
