"""A drawing over days: where a day and a count stand in it, and which of them are written beside it.

Both go from 0 to 100: days from the start side of a drawing that is not mirrored, counts from its top.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

FIRST_STEPS = (1, 2, 5)
MOST_COUNTS = 5  # steps between 0 and the top
MONTHS = (1, 3, 6, 12, 24, 60, 120)


@dataclass(frozen=True)
class Scale:
    """The days from `first` to `end`, and counts from 0 to `top` that are written at each `step`."""

    first: dt.date
    end: dt.date
    top: int
    step: int

    def x(self, day: dt.date) -> float:
        """Where a day stands; one before the first or after the end stands there."""
        span = max((self.end - self.first).days, 1)
        return 100 * min(max((day - self.first).days, 0), span) / span

    def y(self, count: float) -> float:
        return 100 - 100 * count / self.top

    def counts(self) -> range:
        """The counts that are written, from 0 to the top."""
        return range(0, self.top + 1, self.step)

    def months(self, most: int) -> list[dt.date]:
        """The first days of months that are written: every, every third, sixth, twelfth ..., `most` of them at most."""
        for step in MONTHS:
            found = list(_months(self.first, self.end, step))
            if len(found) <= most:
                return found
        return []

    def line(self, points: Iterable[tuple[dt.date, float]]) -> str:
        """Straight from point to point, as the points of a polyline."""
        return " ".join(f"{self.x(day):.2f},{self.y(count):.2f}" for day, count in points)

    def stairs(self, counts: Sequence[tuple[dt.date, float]], until: dt.date) -> str:
        """What stands from each day until the next, from 0 on the first day to `until`."""
        points, before = [(self.first, 0.0)], 0.0
        for day, count in counts:
            points += [(day, before), (day, count)]
            before = count
        return self.line([*points, (max(until, points[-1][0]), before)])


def scale(first: dt.date, end: dt.date, most: float) -> Scale:
    """The scale on which `most` can be drawn, with a round count at the top."""
    step = next(
        base * 10**power
        for power in itertools.count()
        for base in FIRST_STEPS
        if most <= MOST_COUNTS * base * 10**power
    )
    return Scale(first, end, max(math.ceil(most / step), 1) * step, step)


def quarter_ends(first: dt.date, until: dt.date) -> list[dt.date]:
    """The last days of the quarters of the year between these days, both counted in."""
    ends = (day - dt.timedelta(days=1) for day in _months(first, until + dt.timedelta(days=1), 3))
    return [day for day in ends if day >= first]


def _months(first: dt.date, end: dt.date, step: int) -> Iterable[dt.date]:
    for number in range(first.year * 12, end.year * 12 + 12):
        day = dt.date(number // 12, number % 12 + 1, 1)
        if number % step == 0 and first <= day <= end:
            yield day
