"""What a reviewer asks the queue for, and how long a report has been waiting."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from portal.rules.assigning import OPEN
from portal.rules.lifecycle import RECEIVED
from reviewer.rules.review import Line, Wanted, age, sift, waited

ME, OTHER = uuid.UUID(int=1), uuid.UUID(int=2)
ROW = {"state": "in_review", "region": "Africa", "modality": "full", "languages": ["en", "fr"], "assigned_to": ME}
ROW["regional_group"] = "African States"
NOON = dt.datetime(2025, 6, 16, 12, tzinfo=dt.UTC)


def line(days: int | None = 30, waits: int | None = None, extended: bool = False, **row: Any) -> Line:
    return Line(SimpleNamespace(**ROW | row), "after_deadline", "synthesis", extended, days, waits)


@pytest.mark.parametrize(
    ("wanted", "row", "held"),
    [
        ({}, {}, True),
        ({"state": "in_review"}, {}, True),
        ({"state": "accepted"}, {}, False),
        ({"region": "Arab States"}, {}, False),
        ({"modality": "update"}, {}, False),
        ({"language": "fr"}, {}, True),
        ({"language": "ar"}, {}, False),
        ({"assigned": "mine"}, {}, True),
        ({"assigned": "mine"}, {"assigned_to": OTHER}, False),
        ({"assigned": "mine"}, {"assigned_to": None}, False),
        ({"assigned": "somebody"}, {}, True),
        ({"assigned": "somebody"}, {"assigned_to": OTHER}, True),
        ({"assigned": "somebody"}, {"assigned_to": None}, False),
        ({"assigned": "nobody"}, {"assigned_to": None}, True),
        ({"assigned": "nobody"}, {}, False),
        ({"assigned": str(OTHER)}, {"assigned_to": OTHER}, True),
        ({"assigned": str(OTHER)}, {}, False),
        ({"assigned": str(OTHER)}, {"assigned_to": None}, False),
        ({"group": "African States"}, {}, True),
        ({"group": "Asia-Pacific States"}, {}, False),
        ({"timing": "after_deadline"}, {}, True),
        ({"timing": "in_time"}, {}, False),
        ({"phase": "synthesis"}, {}, True),
        ({"phase": "revision"}, {}, False),
        ({"age": "30"}, {}, True),
        ({"age": "31"}, {}, False),
        ({"age": "many"}, {}, True),
        ({"state": "in_review", "language": "ar"}, {}, False),
    ],
)
def test_what_is_asked_for(wanted: dict[str, str], row: dict[str, Any], held: bool) -> None:
    assert Wanted(**wanted).holds(line(**row), ME) is held


def test_a_settled_report_has_no_age_to_be_asked_for() -> None:
    assert Wanted(age="0").holds(line(days=None), ME) is False


@pytest.mark.parametrize(("days", "held"), [(None, False), (6, False), (7, True)])
def test_how_long_the_state_was_asked_is_asked_for_apart_from_the_age(days: int | None, held: bool) -> None:
    assert Wanted(waits="7").holds(line(days=90, waits=days), ME) is held
    assert Wanted(waits="7", age="90").holds(line(days=89, waits=days), ME) is False


@pytest.mark.parametrize("state", sorted(RECEIVED | {"withdrawn"}))
def test_nobody_has_what_can_still_be_claimed_or_assigned(state: str) -> None:
    assert Wanted(assigned="nobody").holds(line(state=state, assigned_to=None), ME) is (state in OPEN)


def asked(state: str, day: int, **row: Any) -> Line:
    came, at = NOON - dt.timedelta(days=100), NOON - dt.timedelta(days=day)
    return line(100, day, state=state, first_submitted_at=came, asked_at=at, id=uuid.UUID(int=day), **row)


@pytest.mark.parametrize(
    ("wanted", "order"),
    [({}, [3, 9, 6]), ({"state": "clarifying"}, [9, 6, 3]), ({"waits": "6"}, [9, 6]), ({"waits": "x"}, [3, 9, 6])],
)
def test_those_that_wait_for_their_state_come_by_how_long_it_was_asked(
    wanted: dict[str, str], order: list[int]
) -> None:
    found, _counts = sift([asked("clarifying", day) for day in (3, 9, 6)], Wanted(**wanted), ME)
    assert [one.waits for one in found] == order


def test_each_choice_says_how_many_it_would_show_while_the_others_stay() -> None:
    lines = [line(), line(region="Europe"), line(state="submitted", assigned_to=None), line(region="Europe", days=7)]
    found, counts = sift(lines, Wanted(state="in_review", region="Europe", age="5"), ME)
    assert found == [lines[1], lines[3]]
    assert counts["state"] == {"in_review": 2}
    assert counts["region"] == {"Europe": 2, "Africa": 1}
    assert counts["age"] == {"5": 2, "7": 2, "14": 1, "30": 1}
    assert counts["assigned"] == {"somebody": 2, "mine": 2, str(ME): 2}
    assert sift(lines, Wanted(), ME)[1]["assigned"] == {"somebody": 3, "mine": 3, str(ME): 3, "nobody": 1}
    for name, values in counts.items():
        for value, number in values.items():
            asked_for = replace(Wanted(state="in_review", region="Europe", age="5"), **{name: value})
            assert sum(asked_for.holds(one, ME) for one in lines) == number, (name, value)


@pytest.mark.parametrize(
    ("state", "hours", "days"),
    [
        ("submitted", 23, 0),
        ("submitted", 24, 1),
        ("in_review", 49, 2),
        ("clarifying", 240, 10),
        ("submitted", -5, 0),
        ("accepted", 240, None),
        ("published", 240, None),
        ("withdrawn", 240, None),
    ],
)
def test_age(state: str, hours: int, days: int | None) -> None:
    assert age(state, NOON - dt.timedelta(hours=hours), NOON) == days


@pytest.mark.parametrize(
    ("state", "hours", "days"),
    [("clarifying", 23, 0), ("clarifying", 49, 2), ("clarifying", -5, 0), ("in_review", 49, None)],
)
def test_how_long_a_report_waits_for_its_state(state: str, hours: int, days: int | None) -> None:
    assert waited(state, NOON - dt.timedelta(hours=hours), NOON) == days
    assert waited(state, None, NOON) is None
