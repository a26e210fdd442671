"""What must be true to write, sign and close: every condition once met and once not; and the curve of arrivals."""

from __future__ import annotations

import datetime as dt

import pytest

from portal.rules import phases
from portal.rules.phases import PhaseCase, by_day, closing, hindrances, last_cycle_shifted, running

CLOSED = "This phase is closed; its record stays as it is."
ORDER = "The phase before this one is still open; close that first."
DAYS = "The last day of this phase has not ended everywhere; to close it all the same, give a reason."
TEXT = "There is no text yet; write what the phase delivers first."
SIGNED = "The newest version of the text needs the sign-off of two persons."
TWICE = "You have signed this version already."


@pytest.mark.parametrize(
    ("case", "sentences"),
    [
        (PhaseCase("feedback", days="closed"), []),
        (PhaseCase("feedback", days="open", reason="all have reported"), []),
        (PhaseCase("feedback", days="open"), [DAYS]),
        (PhaseCase("feedback", days="ahead"), [DAYS]),
        (PhaseCase("feedback", days="closed", closed=True), [CLOSED]),
        (PhaseCase("synthesis"), [TEXT]),
        (PhaseCase("synthesis", newest=1), [SIGNED]),
        (PhaseCase("synthesis", newest=1, signatures=1), [SIGNED]),
        (PhaseCase("synthesis", newest=3, signatures=2), []),
        (PhaseCase("synthesis", newest=3, signatures=2, closed_before=False), [ORDER]),
        (PhaseCase("approval", newest=3, signatures=2, closed=True), [CLOSED]),
        (
            PhaseCase("revision", closed_before=False, closed=True, reason="a reason opens nothing"),
            [CLOSED, ORDER, TEXT],
        ),
    ],
)
def test_what_stands_against_closing(case: PhaseCase, sentences: list[str]) -> None:
    assert hindrances(closing(case.key), case) == sentences


@pytest.mark.parametrize(
    ("case", "sentences"),
    [
        (PhaseCase("synthesis", newest=1), []),
        (PhaseCase("synthesis"), [TEXT]),
        (PhaseCase("synthesis", newest=1, signed_by_actor=True), [TWICE]),
        (PhaseCase("synthesis", newest=1, closed=True), [CLOSED]),
    ],
)
def test_what_stands_against_signing(case: PhaseCase, sentences: list[str]) -> None:
    assert hindrances(phases.SIGNING, case) == sentences


def test_a_closed_phase_takes_no_text() -> None:
    assert hindrances(phases.WRITING, PhaseCase("synthesis", closed=True)) == [CLOSED]
    assert hindrances(phases.WRITING, PhaseCase("synthesis", newest=4, closed_before=False)) == []


def test_arrivals_add_up_day_by_day_in_utc() -> None:
    almaty = dt.timezone(dt.timedelta(hours=5))
    moments = [
        dt.datetime(2025, 6, 1, 3, tzinfo=almaty),  # the last day of May in UTC
        dt.datetime(2025, 6, 1, 23, 59, tzinfo=dt.UTC),
        dt.datetime(2025, 6, 1, 23, 59, 59, tzinfo=dt.UTC),
    ]
    curve = running(moments)
    assert curve == [(dt.date(2025, 5, 31), 1), (dt.date(2025, 6, 1), 3)]
    assert [by_day(curve, dt.date(2025, 5, 30)), by_day(curve, dt.date(2025, 5, 31)), by_day(curve, dt.date.max)] == [
        0,
        1,
        3,
    ]


def test_the_last_cycle_lies_four_years_on() -> None:
    assert last_cycle_shifted() == [
        (dt.date(2025, 7, 31), 15),
        (dt.date(2025, 12, 31), 21),
        (dt.date(2026, 4, 30), 30),
        (dt.date(2026, 6, 30), 40),
    ]
