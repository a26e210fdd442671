"""Totals of figures by region and year, kept right in the transaction that changes the figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, delete, func, insert, select, tuple_
from sqlalchemy.orm import Session
from sqlalchemy.schema import DropTable

from portal.models.datasets import ImportSeries, ObservationTotal
from portal.models.entities import Entity
from portal.models.observations import Area, Observation
from portal.queries.observations import offered

NAMES = ("series_id", "year", "cut_id", "region", "count", "sum", "low", "high", "states")


def rebuild(session: Session) -> None:
    """Makes every total anew from the figures: two statements."""
    session.execute(delete(ObservationTotal).execution_options(synchronize_session=False))
    _fill(session)


def after_import(session: Session, number: int, series: Sequence[int], *, fresh: bool) -> None:
    """Mends the totals of the series and years in which an import gave figures; nothing else is read.

    `fresh` says that these series had no figures before, so that none of their totals is there.
    """
    if fresh:
        _fill(session, Observation.series_id.in_(series))
        return
    touched = select(Observation.series_id, Observation.year).where(Observation.import_number == number).distinct()
    totals = tuple_(ObservationTotal.series_id, ObservationTotal.year)
    session.execute(delete(ObservationTotal).where(totals.in_(touched)).execution_options(synchronize_session=False))
    met = touched.subquery()
    mine = (Observation.series_id == met.c.series_id) & (Observation.year == met.c.year)
    states = select(Area.id).join(Entity, Entity.iso3 == Area.key)
    _fill(session, mine, Observation.area_id.in_(states))  # named, so that the index by area, series and year is used


def after_withdrawal(session: Session, number: int) -> None:
    """Mends the totals of every series that an import gave figures of."""
    given = select(ImportSeries.series_id).where(ImportSeries.import_number == number)
    gone = delete(ObservationTotal).where(ObservationTotal.series_id.in_(given))
    session.execute(gone.execution_options(synchronize_session=False))
    _fill(session, Observation.series_id.in_(given))


def _fill(session: Session, *limits: ColumnElement[bool]) -> None:
    value = Observation.value
    groups: tuple[Any, ...] = (Observation.series_id, Observation.year, Observation.cut_id, Entity.region)
    sums = (func.count(), func.sum(value), func.min(value), func.max(value))
    columns = (*groups, *sums, func.count(Observation.area_id.distinct()))
    rows = (
        select(*(column.label(name) for name, column in zip(NAMES, columns, strict=True)))
        .join(Area, Area.id == Observation.area_id)
        .join(Entity, Entity.iso3 == Area.key)
        .where(value.is_not(None), offered(), *limits)
        .group_by(*groups)
    )
    made = rows.into("totals_made", temporary=True)  # for an INSERT alone PostgreSQL would group on one core
    session.execute(made)
    session.execute(insert(ObservationTotal).from_select(NAMES, select(made.table)))
    session.execute(DropTable(made.table))
