"""Time as the cycle counts it: the end of a day in the last time zone, phases, and the label of a submission."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

MONTH = re.compile(r"\d{4}-\d{2}")
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


@dataclass(frozen=True)
class Dated:
    """What a calendar dates beside the phases, from `first` to `last`, both counted in. Where `exact` is False the
    source names the month alone: the days are its first and its last, and no day may be told.
    """

    key: str
    title: str
    first: dt.date
    last: dt.date
    exact: bool = True


def dated(key: str, title: str, on: str, until: str = "") -> Dated:
    """What is written as a day (`2026-05-17`, with `until` the last of several) or as a month (`2026-06`), as precise
    as that. ValueError when it is neither.
    """
    if MONTH.fullmatch(on) and not until:
        first = dt.date.fromisoformat(f"{on}-01")
        after = (first + dt.timedelta(days=31)).replace(day=1)
        return Dated(key, title, first, after - dt.timedelta(days=1), exact=False)
    first = dt.date.fromisoformat(on)
    last = dt.date.fromisoformat(until) if until else first
    if last < first:
        raise ValueError(f"{key} ends before it begins")
    return Dated(key, title, first, last)


def end_of_day(day: dt.date) -> dt.datetime:
    """The first moment that is no longer `day` anywhere on earth: the end of the day in UTC-12, as UTC. 1
    July 2025 ends 2025-07-02T12:00Z.
    """
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), LAST_ZONE).astimezone(dt.UTC)


def last_day(moment: dt.datetime) -> dt.date | None:
    """The day that has ended everywhere on earth at this moment and not before; None where none ends then."""
    there = moment.astimezone(LAST_ZONE)
    return there.date() - dt.timedelta(days=1) if there.time() == dt.time() else None


def timing(submitted_at: dt.datetime, deadline: dt.datetime, cut_off: dt.datetime) -> str:
    """`in_time`, `after_deadline` or `after_cut_off`: a label, never a wall. The deadline itself is already after."""
    if submitted_at < deadline:
        return "in_time"
    return "after_deadline" if submitted_at < cut_off else "after_cut_off"


def within_extension(submitted_at: dt.datetime, deadline: dt.datetime, until: dt.date | None) -> bool:
    """True of a submission after the deadline of all that came before its country's own more distant day had ended."""
    return until is not None and deadline <= submitted_at < end_of_day(until)
