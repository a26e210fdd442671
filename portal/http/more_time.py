"""The day of their own that countries were given, as pages show it to their own people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from portal.http import render
from portal.queries import extensions
from portal.rules.capitals import by_its_clock, capital_zones
from portal.rules.timeline import end_of_day
from portal.services.act import Act


@dataclass(frozen=True)
class MoreTime:
    """More time for a country: its last day, when that ends, and this by the clock of its capital, if that is known."""

    entity: str
    names: Mapping[str, str]
    until: dt.date
    ends: dt.datetime
    by_the_capital: str
    zone: str


def more_time(act: Act, cycle: str) -> list[MoreTime]:
    """What the countries for which this person reports were given in this cycle; nobody else is shown it here."""
    found = []
    for row in extensions.given(act.session, cycle, act.person.entities if act.person else ()):
        ends = end_of_day(row.until)
        own = by_its_clock(ends, row.entity)
        clock, zone = render.by_clock(own) if own else "", capital_zones().get(row.entity, "")
        found.append(MoreTime(row.entity, row.names, row.until, ends, clock, zone))
    return found
