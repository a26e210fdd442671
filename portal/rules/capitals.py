"""The time zones of capitals: by which clock a state reads a moment."""

from __future__ import annotations

import csv
import datetime as dt
import functools
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from portal.rules.shipped import TABLES


@functools.cache
def capital_zones() -> Mapping[str, str]:
    """The zone of the capital of each member state and observer, by its code, as the tz database names it."""
    with (TABLES / "capitals.csv").open(encoding="utf-8", newline="") as file:
        return {row["iso3"]: row["zone"] for row in csv.DictReader(file)}


def by_its_clock(moment: dt.datetime, entity: str) -> dt.datetime | None:
    """The same moment by the clock of the entity's capital; None for an entity whose capital is not known."""
    zone = capital_zones().get(entity)
    return moment.astimezone(ZoneInfo(zone)) if zone else None
