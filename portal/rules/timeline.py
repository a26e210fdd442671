"""Time as the cycle counts it: the end of a day in the last time zone, phases, and the label of a submission."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

LAST_ZONE = dt.timezone(dt.timedelta(hours=-12), "UTC-12")


@dataclass(frozen=True)
class PhaseDates:
    """One phase of a cycle; `opens` and `closes` are calendar days, both counted in."""

    key: str
    title: str
    opens: dt.date
    closes: dt.date
    delivers: str = ""

    @property
    def opens_at(self) -> dt.datetime:
        """The first moment of the day of opening in UTC."""
        return dt.datetime.combine(self.opens, dt.time(), dt.UTC)

    @property
    def closes_at(self) -> dt.datetime:
        return end_of_day(self.closes)

    def state(self, at: dt.datetime) -> str:
        """`ahead`, `open` or `closed` at this moment."""
        if at < self.opens_at:
            return "ahead"
        return "open" if at < self.closes_at else "closed"


def end_of_day(day: dt.date) -> dt.datetime:
    """The first moment that is no longer `day` anywhere on earth: the end of the day in UTC-12, as UTC. 1
    July 2025 ends 2025-07-02T12:00Z.
    """
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), LAST_ZONE).astimezone(dt.UTC)


def timing(submitted_at: dt.datetime, deadline: dt.datetime, cut_off: dt.datetime) -> str:
    """`in_time`, `after_deadline` or `after_cut_off`: a label, never a wall. The deadline itself is already after."""
    if submitted_at < deadline:
        return "in_time"
    return "after_deadline" if submitted_at < cut_off else "after_cut_off"


def within_extension(submitted_at: dt.datetime, deadline: dt.datetime, until: dt.date | None) -> bool:
    """True of a submission after the deadline of all that came before its country's own more distant day had ended."""
    return until is not None and deadline <= submitted_at < end_of_day(until)
