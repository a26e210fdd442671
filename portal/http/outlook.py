"""The forecast as pages show it: what is known of a cycle today, and what the simulation makes of it."""

from __future__ import annotations

import datetime as dt
import functools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from portal.db import AnyRow
from portal.queries import cycles, pace, team
from portal.rules import forecast
from portal.rules.minutes import ENTERS
from portal.rules.scales import Scale
from portal.rules.timeline import PhaseDates
from portal.services.act import Act

AHEAD = (30, 60, 90)
ENOUGH = 5  # reviews after which the team's own record tells how often a state is asked
ASKS, ACCEPTS = "review.clarify", "review.accept"
WAITING = (ENTERS["report.submit"], ENTERS["review.claim"])
DONE = (ENTERS[ACCEPTS], ENTERS["review.publish"])

_simulated = functools.lru_cache(maxsize=64)(forecast.forecast)


@dataclass(frozen=True)
class Row:
    """One day of the forecast."""

    day: dt.date
    received: forecast.Range
    accepted: forecast.Range


@dataclass(frozen=True)
class Outlook:
    """What a forecast starts from; `stated` are rows of `queries.pace.stated`, `accepted` counts published ones too."""

    today: dt.date
    deadline: dt.date
    known: forecast.Known
    team: forecast.Team
    accepted: int
    stated: Sequence[AnyRow]

    def rows(self, days: Sequence[dt.date], *, extension: int = 0, reviewers: int = 0) -> list[Row]:
        """What will have come and been accepted by these days, with so many days more for all and reviewers more."""
        offsets = tuple((day - self.deadline).days for day in days)
        working = replace(self.team, reviewers=self.team.reviewers + reviewers)
        found = _simulated(self.known, offsets, working, extension=extension)
        return [
            Row(day, found.received[offset], found.accepted[offset].after(self.accepted))
            for day, offset in zip(days, offsets, strict=True)
        ]

    def band(self, rows: Sequence[Row], drawn: Scale) -> dict[str, str]:
        """The points of the reports received: the band of four in five runs, and the line of the middle."""
        start = [(self.today, float(self.known.received))]
        low, middle, high = (
            [(row.day, getattr(row.received, end)) for row in rows] for end in ("low", "middle", "high")
        )
        return {"area": drawn.line([*start, *high, *reversed(low)]), "line": drawn.line([*start, *middle])}


def outlook_of(act: Act, cycle: str, phases: Sequence[PhaseDates]) -> Outlook:
    """What is known of a cycle with these phases at the moment of the act. Member states and observers are counted;
    the days that invented states have stated are listed alone.
    """
    today, deadline = act.at.date(), phases[0].closes
    states = {row.id: str(row.state) for row in pace.standing(act.session, cycle)}
    steps = [step for step in pace.steps(act.session, cycle) if step.report_id in states]
    asked = Counter(step.report_id for step in steps if step.kind == ASKS)
    stated = pace.stated(act.session, cycle)
    received = cycles.received(act.session, cycle)
    known = forecast.Known(
        (today - deadline).days,
        received.reports,
        waiting=tuple(sorted(asked[one] for one, state in states.items() if state in WAITING)),
        clarifying=tuple(sorted(asked[one] for one, state in states.items() if state == ENTERS[ASKS])),
        stated=tuple((row.by_day - deadline).days for row in stated if row.counted),
        states=received.of,
    )
    working = forecast.Team(len(team.reviewers(act.session)), asked=_asked([step.kind for step in steps]))
    accepted = sum(1 for state in states.values() if state in DONE)
    return Outlook(today, deadline, known, working, accepted, stated)


def days_ahead(today: dt.date, phases: Sequence[PhaseDates], *more: dt.date) -> list[dt.date]:
    """The days that pages tell of: in one, two and three months, the end of each phase that is ahead, and `more`."""
    days = {today + dt.timedelta(days=ahead) for ahead in AHEAD}
    return sorted(days | {phase.closes for phase in phases if phase.closes > today} | set(more))


def _asked(kinds: Sequence[Any]) -> float:
    """How often a review ends in a request for clarification: by the team's own record once it tells something."""
    asked = kinds.count(ASKS)
    reviews = asked + kinds.count(ACCEPTS)
    return forecast.Team().asked if reviews < ENOUGH else asked / reviews
