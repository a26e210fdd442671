"""Reads what stands behind the figures of a desk profile: the series, and what was said of the file that gave them."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import and_, case, or_, select
from sqlalchemy.orm import Session

from portal.models.observations import Area, Cut, Import, Observation, ObservationRevision, Series
from portal.models.profiles import Profile, ProfileItem
from portal.queries.imports import doubt
from portal.rules.offers import covers
from portal.rules.profiles import FIGURE, figure_reference


class Behind(NamedTuple):
    """What a figure is of, how its source wants to be named and under which terms, and what was said of its file."""

    indicator: str
    credit: str
    licence: str
    standing: str
    doubt: str | None


def behind(session: Session, items: Collection[int]) -> dict[int, Behind]:
    """What stands behind the figures among these parts of profiles, by part; one statement, none without parts. The
    digest in the reference tells which it is among several with the same value in the same year.
    """
    if not items:
        return {}
    past = ObservationRevision
    same = Observation.value_text == ProfileItem.value
    query = (
        select(
            *(ProfileItem.id, ProfileItem.reference, ProfileItem.value),
            *(Series.source, Series.code, Cut.dimensions, Cut.unit, Observation.period),
            *(Series.indicator, Series.credit, Series.licence, Import.standing, doubt(Import.number).label("doubt")),
        )
        .select_from(ProfileItem)
        .join(Profile, Profile.id == ProfileItem.profile_id)
        .join(Area, Area.key == Profile.entity)
        .join(Series, Series.title == ProfileItem.text)
        .join(
            Observation,
            and_(
                Observation.series_id == Series.id,
                Observation.area_id == Area.id,
                Observation.year == ProfileItem.year,
            ),
        )
        .join(Cut, Cut.id == Observation.cut_id)
        .outerjoin(past, and_(past.observation_id == Observation.id, past.value_text == ProfileItem.value, ~same))
        .join(Import, Import.number == case((same, Observation.import_number), else_=past.import_number))
        .where(ProfileItem.id.in_(sorted(items)), ProfileItem.kind == FIGURE, or_(same, past.id.is_not(None)))
        .order_by(Import.number)
    )
    found = {}
    for row in session.execute(query):
        named = (row.source, row.code, covers(row.dimensions), row.unit, row.period, row.value)
        if row.reference == figure_reference(*named):
            credit = "" if row.credit == row.source else row.credit
            found[row.id] = Behind(row.indicator or "", credit, row.licence, row.standing, row.doubt)
    return found
