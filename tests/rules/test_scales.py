"""Where days and counts stand in a drawing, and what is written beside it."""

from __future__ import annotations

import datetime as dt

import pytest

from portal.rules.scales import Scale, quarter_ends, scale

FIRST, END = dt.date(2024, 6, 21), dt.date(2026, 6, 30)
TEN = Scale(dt.date(2025, 1, 1), dt.date(2025, 1, 11), 20, 10)


@pytest.mark.parametrize(
    ("most", "counts"),
    [
        (0, [0, 1]),
        (1, [0, 1]),
        (5, [0, 1, 2, 3, 4, 5]),
        (6, [0, 2, 4, 6]),
        (20.7, [0, 5, 10, 15, 20, 25]),
        (40, [0, 10, 20, 30, 40]),
        (48, [0, 10, 20, 30, 40, 50]),
        (195, [0, 50, 100, 150, 200]),
        (501, [0, 200, 400, 600]),
    ],
)
def test_round_counts_from_nothing_to_at_least_the_most(most: float, counts: list[int]) -> None:
    assert list(scale(FIRST, END, most).counts()) == counts


@pytest.mark.parametrize(
    ("most", "months"),
    [
        (30, 24),
        (8, 8),
        (6, 4),
        (3, 2),
    ],
)
def test_as_many_months_as_there_is_room_for(most: int, months: int) -> None:
    assert len(scale(FIRST, END, 1).months(most)) == months


def test_months_stand_on_the_first_of_half_years_and_years() -> None:
    drawn = scale(FIRST, END, 1)
    half = [dt.date(2024, 7, 1), dt.date(2025, 1, 1), dt.date(2025, 7, 1), dt.date(2026, 1, 1)]
    assert (drawn.months(6), drawn.months(3)) == (half, [half[1], half[3]])


def test_days_run_to_the_end_and_no_further_and_counts_from_the_top() -> None:
    days = [dt.date(2024, 1, 1), dt.date(2025, 1, 1), dt.date(2025, 1, 6), dt.date(2025, 1, 11), dt.date(2030, 1, 1)]
    assert [TEN.x(day) for day in days] == [0, 0, 50, 100, 100]
    assert [TEN.y(count) for count in (0, 5, 20)] == [100, 75, 0]


def test_stairs_keep_a_count_until_the_next() -> None:
    came: list[tuple[dt.date, float]] = [(dt.date(2025, 1, 3), 1), (dt.date(2025, 1, 6), 4)]
    assert TEN.stairs(came, dt.date(2025, 1, 9)) == (
        "0.00,100.00 20.00,100.00 20.00,95.00 50.00,95.00 50.00,80.00 80.00,80.00"
    )
    assert TEN.stairs([], dt.date(2025, 1, 9)) == "0.00,100.00 80.00,100.00"
    assert TEN.stairs(came, dt.date(2025, 1, 4)).split()[-1] == "50.00,80.00"
    assert TEN.line(came) == "20.00,95.00 50.00,80.00"


@pytest.mark.parametrize(
    ("first", "until", "ends"),
    [
        (FIRST, dt.date(2025, 6, 16), ["2024-06-30", "2024-09-30", "2024-12-31", "2025-03-31"]),
        (FIRST, dt.date(2024, 6, 29), []),
        (FIRST, dt.date(2024, 6, 30), ["2024-06-30"]),
        (dt.date(2024, 7, 1), dt.date(2024, 12, 31), ["2024-09-30", "2024-12-31"]),
    ],
)
def test_the_ends_of_quarters(first: dt.date, until: dt.date, ends: list[str]) -> None:
    assert [day.isoformat() for day in quarter_ends(first, until)] == ends
