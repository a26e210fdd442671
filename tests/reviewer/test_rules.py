"""What a reviewer asks the queue for, and how long a report has been waiting."""

from __future__ import annotations

import datetime as dt
import uuid
from types import SimpleNamespace
from typing import Any

import pytest

from reviewer.rules.review import Wanted, age

ME, OTHER = uuid.UUID(int=1), uuid.UUID(int=2)
ROW = {"state": "in_review", "region": "Africa", "modality": "full", "languages": ["en", "fr"], "assigned_to": ME}
ROW["regional_group"] = "African States"
NOON = dt.datetime(2025, 6, 16, 12, tzinfo=dt.UTC)


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
        ({"age": "30"}, {}, True),
        ({"age": "31"}, {}, False),
        ({"age": "many"}, {}, True),
        ({"state": "in_review", "language": "ar"}, {}, False),
    ],
)
def test_what_is_asked_for(wanted: dict[str, str], row: dict[str, Any], held: bool) -> None:
    assert Wanted(**wanted).holds(SimpleNamespace(**ROW | row), ME, "after_deadline", 30) is held


def test_a_settled_report_has_no_age_to_be_asked_for() -> None:
    assert Wanted(age="0").holds(SimpleNamespace(**ROW), ME, "in_time", None) is False


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
