"""When a request for clearance reaches the other certifiers, and which day a letter may bear."""

from __future__ import annotations

import datetime as dt

import pytest

from portal.rules.clearance import (
    AHEAD,
    EARLY,
    NO_DAY,
    doubt_of_letter,
    escalates,
    hindrance_of_letter,
    working_days_after,
)


def moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("asked", "days", "expected"),
    [
        ("2025-06-16T09:00", 1, "2025-06-17T09:00"),  # Monday
        ("2025-06-16T09:00", 4, "2025-06-20T09:00"),
        ("2025-06-16T09:00", 5, "2025-06-23T09:00"),
        ("2025-06-20T23:59", 1, "2025-06-23T23:59"),  # Friday
        ("2025-06-21T09:00", 1, "2025-06-23T09:00"),  # Saturday
        ("2025-06-22T09:00", 1, "2025-06-23T09:00"),  # Sunday
        ("2025-06-22T09:00", 5, "2025-06-27T09:00"),
        ("2025-12-31T12:00", 10, "2026-01-14T12:00"),  # holidays are not known
    ],
)
def test_working_days_leave_out_the_weekend(asked: str, days: int, expected: str) -> None:
    assert working_days_after(moment(asked), days) == moment(expected)


@pytest.mark.parametrize(
    ("at", "due", "done", "expected"),
    [
        ("2025-06-20T09:00", "2025-06-20T09:00", None, True),
        ("2025-06-20T08:59", "2025-06-20T09:00", None, False),
        ("2025-06-21T09:00", "2025-06-20T09:00", "2025-06-20T09:01", False),
        ("2025-06-21T09:00", None, None, False),
    ],
)
def test_a_request_goes_to_the_others_once(at: str, due: str | None, done: str | None, expected: bool) -> None:
    assert escalates(moment(at), due and moment(due), done and moment(done)) is expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2025-06-16", None),
        ("2025-06-17", None),  # it is the 17th already where the day begins first
        ("2025-06-18", AHEAD),
        ("1999-01-01", None),
        ("", NO_DAY),
        ("16.06.2025", NO_DAY),
        ("2025-6-1", NO_DAY),
        ("20250616", NO_DAY),
        ("2025-02-30", NO_DAY),
        ("2025-W25-1", NO_DAY),
        ("٢٠٢٥-٠٦-١٦", NO_DAY),
    ],
)
def test_the_date_of_a_letter_is_a_day_that_has_begun(written: str, expected: str | None) -> None:
    assert hindrance_of_letter(written, moment("2025-06-16T11:00")) == expected


def test_a_letter_older_than_the_report_is_taken_with_a_doubt() -> None:
    started = moment("2025-06-16T09:00")
    assert doubt_of_letter("2025-06-15", started) == EARLY
    assert doubt_of_letter("2025-06-16", started) is None
    assert doubt_of_letter("no day", started) is None
