"""The forecast: its course, its likelihoods, what moves it, and how far it is off on the last cycle."""

from __future__ import annotations

import random

import pytest

from portal.rules.forecast import (
    LAST_CYCLE,
    STATES,
    Course,
    Known,
    Range,
    Team,
    accepted_on,
    back_test,
    course,
    forecast,
    mean_error,
)

DAYS = (30, 106, 242, 364)
ON_THE_DAY = Known(0, 10)


@pytest.mark.parametrize(
    ("day", "share"), [(-400, 0.0), (-375, 0.0), (30, 0.375), (183, 0.525), (303, 0.75), (364, 1.0), (500, 1.0)]
)
def test_the_course_of_the_last_cycle(day: int, share: float) -> None:
    assert course(LAST_CYCLE).share(day) == pytest.approx(share)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 1.0])
def test_the_day_of_a_share_is_the_way_back(share: float) -> None:
    seen = course(LAST_CYCLE)
    assert seen.share(seen.day(share)) == pytest.approx(share)


def test_the_same_question_has_the_same_answer() -> None:
    assert forecast(ON_THE_DAY, DAYS, Team(), runs=200) == forecast(ON_THE_DAY, DAYS, Team(), runs=200)


def test_never_less_than_has_come_never_more_than_there_are_and_never_falling() -> None:
    for known in (Known(-300, 0), ON_THE_DAY, Known(300, 190), Known(400, 40)):
        found = forecast(known, DAYS, Team(), runs=200)
        ranges = [found.received[day] for day in DAYS]
        assert all(known.received <= one.low <= one.middle <= one.high <= STATES for one in ranges)
        assert [one.middle for one in ranges] == sorted(one.middle for one in ranges)


def test_after_the_end_of_the_course_nobody_is_expected_but_who_has_stated_a_day() -> None:
    late = forecast(Known(600, 40), (700,), Team(), runs=300)
    assert late.received[700] == Range(40, 40, 40)
    stated = forecast(Known(600, 40, stated=(610,) * 20), (700,), Team(), runs=300)
    assert 13 <= stated.received[700].middle - 40 <= 17


def test_a_better_start_lets_more_be_expected() -> None:
    few, many = (forecast(Known(0, received), (364,), Team(), runs=400).received[364] for received in (4, 40))
    assert few.high < many.low


def test_an_extension_moves_what_is_to_come_and_not_how_much() -> None:
    plain = forecast(ON_THE_DAY, DAYS, Team(), runs=400).received
    moved = forecast(ON_THE_DAY, (*DAYS, 500), Team(), runs=400, extension=60).received
    assert moved[106].middle < plain[106].middle
    assert moved[500] == forecast(ON_THE_DAY, (500,), Team(), runs=400).received[500]


def test_further_reviewers_let_more_be_accepted_by_a_day() -> None:
    piled = Known(0, 60, waiting=(0,) * 60)
    one, more = (forecast(piled, (60,), Team(n), runs=200).accepted[60] for n in (1, 3))
    assert one.high < more.low


def test_reviews_take_their_time_and_their_turn() -> None:
    team = Team(reviewers=1, days=5.0, asked=0.0)
    three = Known(0, 3, waiting=(0, 0, 0))
    assert accepted_on(random.Random(1), three, [100], team) == [7, 14, 21, 107]
    assert accepted_on(random.Random(1), three, [], Team(0)) == []


@pytest.mark.parametrize(
    ("waiting", "clarifying", "days"),
    [
        ((0,), (), [21]),  # reviewed, asked, reviewed, asked, reviewed
        ((1,), (), [14]),  # asked once before: one round is left
        ((2,), (), [7]),
        ((), (1,), [14]),  # with its state now, which answers at once; then as one that waits
        ((), (2,), [7]),
        ((), (3,), [7]),  # asked more often than is foreseen
        ((2,), (2,), [7, 14]),
        ((), (), []),
    ],
)
def test_each_round_of_clarification_is_reviewed_again_and_there_are_not_more_than_are_foreseen(
    waiting: tuple[int, ...], clarifying: tuple[int, ...], days: list[int]
) -> None:
    always = Team(reviewers=1, days=5.0, asked=1.0, answer=0, rounds=2)
    known = Known(0, 1, waiting=waiting, clarifying=clarifying)
    assert accepted_on(random.Random(1), known, [], always) == days


def test_a_report_with_its_state_comes_back_after_the_time_that_an_answer_takes() -> None:
    sure = Team(reviewers=9, days=5.0, asked=0.0, answer=30)
    found = [accepted_on(random.Random(seed), Known(0, 1, clarifying=(1,)), [], sure)[0] for seed in range(400)]
    assert (min(found), max(found)) == (8, 67)  # 0 to 60 days with the state, and 7 for the review
    assert 35 <= sum(found) / len(found) <= 40


def test_reports_in_clarification_are_accepted_too_and_with_another_reviewer_sooner() -> None:
    asked = Known(0, 60, clarifying=(1,) * 60)
    one, more = (forecast(asked, (90, 2000), Team(n, rounds=1), runs=200).accepted for n in (1, 3))
    assert (one[90].high < more[90].low, one[2000].low >= 60) == (True, True)


def test_tried_on_the_last_cycle_with_what_was_known_then() -> None:
    trials = back_test()
    assert [(trial.on, trial.by, trial.came) for trial in trials] == [
        (30, 183, 21),
        (30, 303, 30),
        (30, 364, 40),
        (183, 303, 30),
        (183, 364, 40),
        (303, 364, 40),
    ]
    assert mean_error(trials) < 6
    assert sum(1 for trial in trials if trial.inside) >= 5


def test_the_error_of_a_trial_is_told_with_its_sign() -> None:
    sure = back_test(((0, 10), (10, 10)), runs=50)
    assert [trial.error for trial in sure] == [sure[0].said.middle - 10]
    assert Course(((0, 0.0), (10, 1.0))).share(5) == 0.5
