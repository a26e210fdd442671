"""Clarification as cases: the types of a remark, how it can be answered, and which questions it opens for writing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from forms.kinds import KINDS as KINDS_OF_QUESTION
from forms.outline import Question
from forms.words import N_

KINDS = {
    "missing": N_("Missing"),
    "unclear": N_("Unclear"),
    "inconsistent": N_("Inconsistent"),
    "evidence": N_("Evidence"),
    "editorial": N_("Editorial"),
}
CHANGED, EXPLAINED, DECLINED = "changed", "explained", "declined"
ANSWERS = {CHANGED: N_("Changed"), EXPLAINED: N_("Explained"), DECLINED: N_("Declined with a reason")}
NEED_WORDS = frozenset({EXPLAINED, DECLINED})
SETTLED, AGAIN = "settled", "again"

UNANSWERED, TAKEN_BACK = "unanswered", "taken_back"
STANDINGS = {
    UNANSWERED: N_("Not answered yet"),
    TAKEN_BACK: N_("Answered as changed, but the answer is again as it was"),
    **ANSWERS,
}
WAITING = frozenset({UNANSWERED, TAKEN_BACK})
NOT_QUESTIONED = N_(
    "This answer is not part of the clarification, so it stays as it was submitted. "
    "The page of the remarks names the answers that are open."
)


def standing(answer: str | None, differs: bool) -> str:
    """Where the answer to a remark stands. `differs` tells whether what is written under the question is another than
    in the version that the remark is about: "changed" holds only as long as it is.
    """
    if answer is None:
        return UNANSWERED
    return TAKEN_BACK if answer == CHANGED and not differs else answer


def opens(question: str, questioned: Collection[str] | None) -> bool:
    """Whether a clarification opens this question: each that a remark names, and all where there are no remarks."""
    return questioned is None or question in questioned


def differs(question: Question, before: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Whether the answers to a question, by language, are others now; nothing and an emptied answer are the same."""
    empty = KINDS_OF_QUESTION[question.kind].empty
    for language in {*before, *now}:
        old, new = before.get(language), now.get(language)
        if old != new and not all(value is None or empty(value) for value in (old, new)):
            return True
    return False


def takes_wording(question: Question) -> bool:
    """Whether a reviewer can propose the words of an answer: where it is one text."""
    return KINDS_OF_QUESTION[question.kind].translatable
