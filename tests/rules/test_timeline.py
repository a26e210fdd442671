"""Time as the cycle counts it: the end of a day in the last time zone, at the second."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from portal.rules.timeline import PhaseDates, end_of_day, timing

DEADLINE = dt.datetime(2025, 7, 2, 12, tzinfo=dt.UTC)
CUT_OFF = dt.datetime(2025, 12, 1, 12, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)


def test_the_first_of_july_ends_at_noon_utc_of_the_second() -> None:
    assert end_of_day(dt.date(2025, 7, 1)) == DEADLINE


@pytest.mark.parametrize(
    ("at", "label"),
    [
        (DEADLINE - SECOND, "in_time"),
        (DEADLINE - dt.timedelta(microseconds=1), "in_time"),
        (DEADLINE, "after_deadline"),
        (DEADLINE + SECOND, "after_deadline"),
        (CUT_OFF - SECOND, "after_deadline"),
        (CUT_OFF, "after_cut_off"),
    ],
)
def test_the_label_of_a_submission(at: dt.datetime, label: str) -> None:
    assert timing(at, DEADLINE, CUT_OFF) == label


@pytest.mark.parametrize(
    "zone", ["Pacific/Kiritimati", "Asia/Almaty", "Africa/Nairobi", "America/New_York", "Pacific/Pago_Pago"]
)
def test_no_state_is_late_by_its_own_clock(zone: str) -> None:
    last_second = dt.datetime(2025, 7, 1, 23, 59, 59, tzinfo=ZoneInfo(zone))
    assert timing(last_second, DEADLINE, CUT_OFF) == "in_time"


def test_the_state_of_a_phase() -> None:
    phase = PhaseDates("feedback", "Feedback", dt.date(2024, 6, 21), dt.date(2025, 7, 1))
    assert phase.state(dt.datetime(2024, 6, 20, 23, 59, tzinfo=dt.UTC)) == "ahead"
    assert phase.state(dt.datetime(2024, 6, 21, tzinfo=dt.UTC)) == "open"
    assert phase.state(DEADLINE - SECOND) == "open"
    assert phase.state(DEADLINE) == "closed"
