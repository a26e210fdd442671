"""Time as the cycle counts it: the end of a day in the last time zone, at the second."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from portal.rules.capitals import by_its_clock, capital_zones
from portal.rules.shipped import entities, events
from portal.rules.timeline import Dated, PhaseDates, dated, end_of_day, last_day, timing, within_extension

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


def test_the_last_day_is_that_which_ends_with_the_moment() -> None:
    moments = (DEADLINE, DEADLINE - SECOND, DEADLINE + SECOND, DEADLINE + dt.timedelta(hours=12))
    assert [last_day(moment) for moment in moments] == [dt.date(2025, 7, 1), None, None, None]


MEMBERS = [row["iso3"] for row in entities() if row["status"] == "member"]
LAST_DAY = dt.date(2025, 7, 1)


def test_every_member_state_and_observer_has_the_zone_of_its_capital() -> None:
    assert len(MEMBERS) == 193
    assert set(capital_zones()) == {row["iso3"] for row in entities()}


@pytest.mark.parametrize("entity", MEMBERS)
def test_the_deadline_in_each_capital_at_the_second(entity: str) -> None:
    """One second before the end is in time in every capital, the end itself after the deadline; and whoever submits
    while it is the last day at home is in time.
    """
    zone = ZoneInfo(capital_zones()[entity])
    assert timing((DEADLINE - SECOND).astimezone(zone), DEADLINE, CUT_OFF) == "in_time"
    assert timing(DEADLINE.astimezone(zone), DEADLINE, CUT_OFF) == "after_deadline"
    at_home = dt.datetime.combine(LAST_DAY, dt.time(23, 59, 59), zone)
    assert timing(at_home, DEADLINE, CUT_OFF) == "in_time"
    assert (DEADLINE - at_home) > dt.timedelta(0)


@pytest.mark.parametrize(
    ("entity", "written"),
    [
        ("KAZ", "2025-07-02T17:00:00+05:00"),
        ("KEN", "2025-07-02T15:00:00+03:00"),
        ("NPL", "2025-07-02T17:45:00+05:45"),
        ("USA", "2025-07-02T08:00:00-04:00"),
        ("WSM", "2025-07-03T01:00:00+13:00"),
        ("KIR", "2025-07-03T00:00:00+12:00"),
        ("AUS", "2025-07-02T22:00:00+10:00"),
        ("BRA", "2025-07-02T09:00:00-03:00"),
    ],
)
def test_the_deadline_by_the_clock_of_a_capital(entity: str, written: str) -> None:
    moment = by_its_clock(DEADLINE, entity)
    assert moment is not None
    assert moment.isoformat() == written


def test_an_entity_of_a_demonstration_has_no_capital() -> None:
    assert by_its_clock(DEADLINE, "XAA") is None


UNTIL = dt.date(2025, 7, 15)
EXTENDED = dt.datetime(2025, 7, 16, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("at", "until", "within"),
    [
        (DEADLINE - SECOND, UNTIL, False),
        (DEADLINE, UNTIL, True),
        (EXTENDED - SECOND, UNTIL, True),
        (EXTENDED, UNTIL, False),
        (DEADLINE, None, False),
    ],
)
def test_a_submission_within_an_extension(at: dt.datetime, until: dt.date | None, within: bool) -> None:
    assert within_extension(at, DEADLINE, until) is within


def test_the_state_of_a_phase() -> None:
    phase = PhaseDates("feedback", "Feedback", dt.date(2024, 6, 21), dt.date(2025, 7, 1))
    assert phase.state(dt.datetime(2024, 6, 20, 23, 59, tzinfo=dt.UTC)) == "ahead"
    assert phase.state(dt.datetime(2024, 6, 21, tzinfo=dt.UTC)) == "open"
    assert phase.state(DEADLINE - SECOND) == "open"
    assert phase.state(DEADLINE) == "closed"


@pytest.mark.parametrize(
    ("on", "until", "first", "last", "exact"),
    [
        ("2025-02-06", "", (2025, 2, 6), (2025, 2, 6), True),
        ("2026-05-17", "2026-05-22", (2026, 5, 17), (2026, 5, 22), True),
        ("2026-06", "", (2026, 6, 1), (2026, 6, 30), False),
        ("2026-12", "", (2026, 12, 1), (2026, 12, 31), False),
        ("2028-02", "", (2028, 2, 1), (2028, 2, 29), False),
    ],
)
def test_a_date_is_as_precise_as_it_is_written(
    on: str, until: str, first: tuple[int, int, int], last: tuple[int, int, int], exact: bool
) -> None:
    assert dated("it", "What", on, until) == Dated("it", "What", dt.date(*first), dt.date(*last), exact)


@pytest.mark.parametrize(
    ("on", "until"),
    [("2026", ""), ("June 2026", ""), ("2026-13", ""), ("2026-06", "2026-07-01"), ("2026-05-22", "2026-05-17")],
)
def test_a_date_that_is_none_is_refused(on: str, until: str) -> None:
    with pytest.raises(ValueError, match=r"ends before|Invalid isoformat|month must"):
        dated("it", "What", on, until)


def test_what_is_dated_of_the_shipped_cycle_and_nothing_of_another() -> None:
    assert [(event.key, event.first.isoformat(), event.exact) for event in events("2026")] == [
        ("note-verbale", "2024-06-21", True),
        ("first-webinar", "2025-02-06", True),
        ("wuf13", "2026-05-17", True),
        ("publication", "2026-06-01", False),
        ("high-level-meeting", "2026-07-01", False),
    ]
    assert events("2022") == ()
