"""Remarks: where an answer stands, what a clarification opens, what counts as a change, and what hinders a step."""

from __future__ import annotations

from typing import Any

import pytest

from forms.guideline import Question
from portal.rules.lifecycle import STEPS, Case, hindrances
from portal.rules.remarks import differs, opens, standing, takes_wording

ONE = "One remark of the reporting team waits for an answer; the page of the remarks names it."
SOME = "Some remarks of the reporting team wait for an answer; the page of the remarks names each."
REASON = "Please give a reason: the other side reads it."
OPEN = "Some remarks are still open; please close each, take it out, or send it to the state."
SAME = "Nothing has changed since the last submitted version."


def question(kind: str) -> Question:
    return Question("F.2/x", kind, {"en": "X"}, {}, "", {}, None, ("full",))


@pytest.mark.parametrize(
    ("answer", "another", "stands"),
    [
        (None, False, "unanswered"),
        (None, True, "unanswered"),
        ("changed", True, "changed"),
        ("changed", False, "taken_back"),
        ("explained", False, "explained"),
        ("explained", True, "explained"),
        ("declined", False, "declined"),
    ],
)
def test_where_an_answer_stands(answer: str | None, another: bool, stands: str) -> None:
    assert standing(answer, another) == stands


@pytest.mark.parametrize(
    ("questioned", "open_"), [(None, True), (frozenset({"F.2/x"}), True), (frozenset({"F.3/y"}), False)]
)
def test_what_a_clarification_opens(questioned: frozenset[str] | None, open_: bool) -> None:
    assert opens("F.2/x", questioned) is open_


@pytest.mark.parametrize(
    ("kind", "before", "now", "another"),
    [
        ("narrative", {"en": "a"}, {"en": "a"}, False),
        ("narrative", {"en": "a"}, {"en": "b"}, True),
        ("narrative", {"en": "a"}, {"en": "a", "fr": "b"}, True),
        ("narrative", {"en": "a"}, {"en": "a", "fr": ""}, False),
        ("narrative", {"en": "a"}, {}, True),
        ("narrative", {}, {"en": ""}, False),
        ("links", {}, {"en": []}, False),
        ("links", {"en": [{"url": "https://example.org"}]}, {"en": []}, True),
    ],
)
def test_what_counts_as_a_change(kind: str, before: dict[str, Any], now: dict[str, Any], another: bool) -> None:
    assert differs(question(kind), before, now) is another


@pytest.mark.parametrize(("kind", "taken"), [("narrative", True), ("text", True), ("series", False), ("links", False)])
def test_where_words_can_be_proposed(kind: str, taken: bool) -> None:
    assert takes_wording(question(kind)) is taken


@pytest.mark.parametrize(
    ("step", "case", "sentences"),
    [
        ("ask", Case("clarifying", unanswered=1, remarks=1), [ONE]),
        ("ask", Case("clarifying", unanswered=2, remarks=2), [SOME]),
        ("ask", Case("clarifying", remarks=2), []),
        ("ask", Case("clarifying", unchanged=True), [SAME]),
        ("ask", Case("clarifying", unchanged=True, remarks=1), []),
        ("submit", Case("clearing", unanswered=1, remarks=1), [ONE]),
        ("submit", Case("clearing", unchanged=True, remarks=1), []),
        ("clarify", Case("in_review", reason=""), [REASON]),
        ("clarify", Case("in_review", reason="", gathered=1), []),
        ("clarify", Case("in_review", reason="why"), []),
        ("accept", Case("in_review", unsettled=1), [OPEN]),
        ("accept", Case("in_review"), []),
    ],
)
def test_what_hinders_a_step(step: str, case: Case, sentences: list[str]) -> None:
    assert list(hindrances(STEPS[step], case)) == sentences
