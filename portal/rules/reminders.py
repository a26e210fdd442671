"""Reminders of what was handed out, of remarks, and of requests for evidence: which are due on a day, and to whom."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from portal.rules.lifecycle import DRAFTING
from portal.rules.timeline import LAST_ZONE

WEEK, DAY, AFTER = "week", "day", "after"
KINDS = (WEEK, DAY, AFTER)
HOLDER, LEADERS = "holder", "leaders"


@dataclass(frozen=True)
class Case:
    """A hand-out as the rules look at it. `in_hands` is false once it is handed back or settled; `in_office` says
    whether the holder's role is in force; `state` is that of the report.
    """

    due: dt.date | None
    handed_out_on: dt.date
    in_hands: bool
    in_office: bool
    state: str


def day_of(at: dt.datetime) -> dt.date:
    """The day that a moment belongs to where days end last: the day that is due has then passed everywhere."""
    return at.astimezone(LAST_ZONE).date()


def mark(kind: str, due_on: dt.date) -> str:
    """What is noted of a reminder that was sent: a new day calls for new reminders, the same day for none twice."""
    return f"{kind} {due_on.isoformat()}"


def due(case: Case, today: dt.date, sent: Collection[str]) -> list[tuple[str, str]]:
    """The reminders of a hand-out that are due today and whose mark is not among those sent, as (kind, to whom).

    A week before and a day before go to the holder, the one on the day after to the holder and to those who lead the
    report. A reminder whose time passed is not sent late, except the last; and none is sent of a day that had come
    already when the section was handed out.
    """
    if case.due is None or not case.in_hands or case.state not in DRAFTING:
        return []
    kind = due_kind(case.due, case.handed_out_on, today, sent)
    if kind is None:
        return []
    holder = [(kind, HOLDER)] if case.in_office else []
    return holder + ([(kind, LEADERS)] if kind == AFTER else [])


def due_kind(due_on: dt.date, since: dt.date, today: dt.date, sent: Collection[str]) -> str | None:
    """The reminder of something wanted by a day, and known `since` a day, that is due today; None for none."""
    kind = _standing(due_on, since, today)
    return None if kind is None or mark(kind, due_on) in sent else kind


def mark_of_remarks(kind: str, due_on: dt.date, version: int) -> str:
    """The same of a reminder of the remarks on a version whose answers are asked for by a day."""
    return f"remarks.{mark(kind, due_on)} {version}"


def due_of_remarks(
    due_on: dt.date, version: int, sent_on: dt.date, today: dt.date, sent: Collection[str]
) -> str | None:
    """The reminder of remarks on a version that wait for an answer, sent to the state on one day and asked for by
    another: `week`, `day` or `after`, by the days of a hand-out; None where none is due or its mark is among those
    sent. Only remarks that are not answered are brought here.
    """
    kind = _standing(due_on, sent_on, today)
    return None if kind is None or mark_of_remarks(kind, due_on, version) in sent else kind


def _standing(due_on: dt.date, given_on: dt.date, today: dt.date) -> str | None:
    """The reminder whose time it is, unless its time had come already on the day on which the matter was given."""
    kind = _kind(due_on, today)
    return None if kind is None or given_on >= _begins(kind, due_on) else kind


def _begins(kind: str, due_on: dt.date) -> dt.date:
    """The first day on which this reminder is sent."""
    return due_on + dt.timedelta(days={WEEK: -7, DAY: -1, AFTER: 1}[kind])


def _kind(due_on: dt.date, today: dt.date) -> str | None:
    """The reminder whose time it is: the latest that has begun."""
    return next((kind for kind in reversed(KINDS) if today >= _begins(kind, due_on)), None)
