"""Reminders of hand-outs and remarks: for each rule somebody whom it must reach, and somebody whom it must not."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from portal.rules.lifecycle import DRAFTING, STATES
from portal.rules.reminders import Case, day_of, due, due_of_remarks, mark, mark_of_remarks

DUE = dt.date(2025, 7, 15)
CASE = Case(due=DUE, handed_out_on=dt.date(2025, 6, 16), in_hands=True, in_office=True, state="preparing")
WEEK_TO_HOLDER = [("week", "holder")]
DAY_TO_HOLDER = [("day", "holder")]
AFTER_TO_BOTH = [("after", "holder"), ("after", "leaders")]


def on(day: int, month: int = 7) -> dt.date:
    return dt.date(2025, month, day)


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (on(16, 6), []),
        (on(7), []),
        (on(8), WEEK_TO_HOLDER),
        (on(13), WEEK_TO_HOLDER),
        (on(14), DAY_TO_HOLDER),
        (on(15), DAY_TO_HOLDER),
        (on(16), AFTER_TO_BOTH),
        (on(30), AFTER_TO_BOTH),
    ],
)
def test_which_day_calls_for_which_reminder(today: dt.date, expected: list[tuple[str, str]]) -> None:
    assert due(CASE, today, ()) == expected


@pytest.mark.parametrize(
    ("today", "sent", "expected"),
    [
        (on(8), {"week"}, []),
        (on(14), {"week"}, DAY_TO_HOLDER),
        (on(14), {"day"}, []),
        (on(16), {"week", "day"}, AFTER_TO_BOTH),
        (on(17), {"after"}, []),
    ],
)
def test_none_is_sent_twice(today: dt.date, sent: set[str], expected: list[tuple[str, str]]) -> None:
    assert due(CASE, today, {mark(kind, DUE) for kind in sent}) == expected


def test_a_later_day_calls_for_reminders_of_its_own() -> None:
    sent = {mark("week", DUE), mark("day", DUE), mark("after", DUE)}
    later = replace(CASE, due=DUE + dt.timedelta(days=14))
    assert due(later, on(22), sent) == WEEK_TO_HOLDER


@pytest.mark.parametrize(
    ("change", "on_the_day_before", "on_the_day_after"),
    [
        ({}, DAY_TO_HOLDER, AFTER_TO_BOTH),
        ({"in_hands": False}, [], []),
        ({"in_office": False}, [], [("after", "leaders")]),
        ({"due": None}, [], []),
        ({"state": "clearing"}, [], []),
        ({"state": "clarifying"}, DAY_TO_HOLDER, AFTER_TO_BOTH),
    ],
)
def test_whom_a_reminder_reaches(
    change: dict[str, object], on_the_day_before: list[tuple[str, str]], on_the_day_after: list[tuple[str, str]]
) -> None:
    case = replace(CASE, **change)  # type: ignore[arg-type]
    assert (due(case, on(14), ()), due(case, on(16), ())) == (on_the_day_before, on_the_day_after)


@pytest.mark.parametrize("state", STATES)
def test_only_while_the_draft_is_open(state: str) -> None:
    assert bool(due(replace(CASE, state=state), on(14), ())) is (state in DRAFTING)


@pytest.mark.parametrize(
    ("handed_out", "today", "expected"),
    [
        (on(7), on(8), WEEK_TO_HOLDER),
        (on(8), on(8), []),
        (on(13), on(14), DAY_TO_HOLDER),
        (on(14), on(14), []),
        (on(15), on(16), AFTER_TO_BOTH),
        (on(16), on(16), []),
    ],
)
def test_no_reminder_of_a_day_that_had_come_when_it_was_handed_out(
    handed_out: dt.date, today: dt.date, expected: list[tuple[str, str]]
) -> None:
    assert due(replace(CASE, handed_out_on=handed_out), today, ()) == expected


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (dt.datetime(2025, 7, 16, 11, 59, tzinfo=dt.UTC), on(15)),
        (dt.datetime(2025, 7, 16, 12, 0, tzinfo=dt.UTC), on(16)),
    ],
)
def test_a_day_ends_where_it_ends_last(moment: dt.datetime, day: dt.date) -> None:
    assert day_of(moment) == day


@pytest.mark.parametrize(
    ("today", "sent", "expected"),
    [
        (on(7), set(), None),
        (on(8), set(), "week"),
        (on(13), {"week"}, None),
        (on(14), {"week"}, "day"),
        (on(15), {"week", "day"}, None),
        (on(16), {"week", "day"}, "after"),
        (on(30), {"week", "day", "after"}, None),
    ],
)
def test_remarks_are_reminded_of_by_the_same_days(today: dt.date, sent: set[str], expected: str | None) -> None:
    marks = {mark_of_remarks(kind, DUE, 1) for kind in sent}
    assert due_of_remarks(DUE, 1, on(16, 6), today, marks) == expected


def test_remarks_sent_within_the_week_and_those_of_another_version_or_day() -> None:
    assert [due_of_remarks(DUE, 1, sent_on, on(8), ()) for sent_on in (on(7), on(8))] == ["week", None]
    marks = {mark_of_remarks("week", DUE, 1), mark("week", DUE)}
    assert due_of_remarks(DUE, 2, on(7), on(8), marks) == "week"
    assert due_of_remarks(on(14), 1, on(7), on(13), marks) == "day"
