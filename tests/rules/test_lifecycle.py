"""The lifecycle: every step from every state, and what hinders each."""

from __future__ import annotations

import pytest

from portal.rules.lifecycle import STATES, STEPS, WRONG_STATE, Case, hindrances, seen_state

# Written out by hand: from which states a step starts, and where it lands.
ALLOWED = {
    "ask": {"preparing": "clearing", "clarifying": "clearing"},
    "recall": {"clearing": "preparing"},
    "decline": {"clearing": "preparing"},
    "submit": {"clearing": "submitted"},
    "claim": {"submitted": "in_review"},
    "clarify": {"in_review": "clarifying"},
    "accept": {"in_review": "accepted"},
    "consent": {"accepted": "accepted"},
    "publish": {"accepted": "published"},
    "withdraw": {
        "submitted": "withdrawn",
        "in_review": "withdrawn",
        "clarifying": "withdrawn",
        "accepted": "withdrawn",
        "published": "withdrawn",
    },
    "reopen": {"withdrawn": "preparing"},
}


@pytest.mark.parametrize("name", sorted(STEPS))
@pytest.mark.parametrize("state", STATES)
def test_each_step_from_each_state(name: str, state: str) -> None:
    case = Case(state, consented=True, reason="because")
    found = list(hindrances(STEPS[name], case))
    if state in ALLOWED[name]:
        assert found == []
        assert STEPS[name].lands(case) == ALLOWED[name][state]
    else:
        assert found == [WRONG_STATE[state]]


def test_the_table_names_no_other_step() -> None:
    assert set(STEPS) == set(ALLOWED)


def test_a_declined_clarification_goes_back_to_clarifying() -> None:
    assert STEPS["decline"].lands(Case("clearing", drafting="clarifying")) == "clarifying"
    assert STEPS["recall"].lands(Case("clearing", drafting="clarifying")) == "clarifying"


@pytest.mark.parametrize(
    ("name", "case", "count"),
    [
        ("ask", Case("preparing", blockers=1), 1),
        ("ask", Case("preparing", blockers=7), 1),
        ("ask", Case("clarifying", unchanged=True), 1),
        ("submit", Case("clearing", blockers=2, prepared_by_actor=True), 2),
        ("decline", Case("clearing", reason="  "), 1),
        ("clarify", Case("in_review", reason="", assigned_elsewhere=True), 2),
        ("accept", Case("in_review", unchecked=3), 1),
        ("publish", Case("accepted"), 1),
        ("claim", Case("submitted", assigned_elsewhere=True), 1),
    ],
)
def test_what_hinders(name: str, case: Case, count: int) -> None:
    assert len(list(hindrances(STEPS[name], case))) == count


def test_clearance_inside_the_country_is_not_seen_outside() -> None:
    assert [seen_state(state, "clarifying", 1) for state in STATES] == [
        "withdrawn", "clarifying", "submitted", "in_review", "clarifying", "accepted", "published", "withdrawn",
    ]  # fmt: skip
    assert seen_state("clearing", "preparing", 1) == "withdrawn"
    assert seen_state("preparing", "preparing", 0) == "preparing"
