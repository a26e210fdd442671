"""Assignment as it is planned: what goes to whom, and what is left alone with which sentence."""

from __future__ import annotations

import uuid

import pytest

from portal.rules.assigning import (
    AS_IT_IS,
    BEING_REVIEWED,
    NO_REVIEWER,
    OWN_COUNTRY,
    REVIEW_OVER,
    Held,
    Move,
    Reviewer,
    by_hand,
    evenly,
    loads,
)

ANNA, BILAL, CHEN = (uuid.UUID(int=n) for n in (1, 2, 3))
A, B, C = Reviewer(ANNA, "A"), Reviewer(BILAL, "B"), Reviewer(CHEN, "C", frozenset({"KEN"}))


def report(number: int, entity: str = "KAZ", state: str = "submitted", held: uuid.UUID | None = None) -> Held:
    return Held(uuid.UUID(int=100 + number), entity, state, held)


@pytest.mark.parametrize(
    ("seen", "to", "expected", "left"),
    [
        (report(1), A, ANNA, None),
        (report(1, held=BILAL), A, ANNA, None),
        (report(1, state="in_review", held=BILAL), A, ANNA, None),
        (report(1, held=ANNA), A, ANNA, AS_IT_IS),
        (report(1, "KEN"), C, None, OWN_COUNTRY),
        (report(1, "KEN", held=BILAL), C, BILAL, OWN_COUNTRY),
        (report(1, state="accepted", held=BILAL), A, BILAL, REVIEW_OVER),
        (report(1, state="withdrawn"), A, None, REVIEW_OVER),
        (report(1, held=BILAL), None, None, None),
        (report(1), None, None, AS_IT_IS),
        (report(1, state="clarifying", held=BILAL), None, None, None),
        (report(1, state="in_review", held=BILAL), None, BILAL, BEING_REVIEWED),
    ],
)
def test_by_hand(seen: Held, to: Reviewer | None, expected: uuid.UUID | None, left: str | None) -> None:
    assert by_hand([seen], to) == [Move(seen, expected, left)]


def test_evenly_by_what_each_holds_already() -> None:
    reports = [report(n) for n in range(6)]
    plan = evenly(reports, [Reviewer(ANNA, "A", load=4), Reviewer(BILAL, "B", load=1), Reviewer(CHEN, "C")])
    assert [move.to for move in plan] == [CHEN, BILAL, CHEN, BILAL, CHEN, BILAL]


def test_nobody_gets_the_own_country_though_others_hold_more() -> None:
    reports = [report(1), report(2, "KEN"), report(3, "KEN"), report(4, "KEN")]
    plan = evenly(reports, [Reviewer(BILAL, "B", load=5), Reviewer(CHEN, "C", frozenset({"KEN"}))])
    assert [move.to for move in plan] == [CHEN, BILAL, BILAL, BILAL]


def test_what_only_few_can_take_is_given_out_first() -> None:
    reports = [report(1), report(2, "KEN")]
    plan = evenly(reports, [A, C])
    assert [move.to for move in plan] == [CHEN, ANNA]


def test_evenly_leaves_alone_what_cannot_move() -> None:
    over, own = report(1, state="published", held=BILAL), report(2, "KEN", held=ANNA)
    assert evenly([over, own], [C]) == [Move(over, BILAL, REVIEW_OVER), Move(own, ANNA, NO_REVIEWER)]


def test_the_order_of_the_reviewers_changes_nothing() -> None:
    reports = [report(n) for n in range(5)]
    assert evenly(reports, [A, B, C]) == evenly(reports, [C, B, A])


def test_reports_spread_anew_do_not_count_as_held() -> None:
    reports = [report(n, held=ANNA) for n in range(4)]
    plan = evenly(reports, [Reviewer(ANNA, "A", load=4), Reviewer(BILAL, "B")])
    assert loads(plan, [Reviewer(ANNA, "A", load=4), Reviewer(BILAL, "B")]) == {ANNA: 2, BILAL: 2}
    assert [move.left for move in plan] == [AS_IT_IS, None, AS_IT_IS, None]
