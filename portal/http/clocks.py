"""A closing moment by the clocks that people read it by: the last time zone, their own capital, UTC."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from portal.http import render
from portal.rules.capitals import by_its_clock, capital_zones
from portal.rules.timeline import LAST_ZONE, last_day


@dataclass(frozen=True)
class Clocks:
    """When something ends, each moment with the day of the week. `day` is the last day that counts, None where the
    moment ends none; `own` is by the clock of a capital, "" where none is known, and `zone` the name of its time zone.
    """

    ends: dt.datetime
    day: dt.date | None
    last: str
    own: str
    zone: str
    utc: str


def clocks(ends: dt.datetime, entity: str) -> Clocks:
    """This moment for a reader of this entity, "" for one of none."""
    own = by_its_clock(ends, entity)
    return Clocks(
        ends,
        last_day(ends),
        render.by_clock(ends.astimezone(LAST_ZONE), weekday=True),
        render.by_clock(own, weekday=True) if own else "",
        capital_zones().get(entity, ""),
        render.by_clock(ends.astimezone(dt.UTC), weekday=True),
    )
