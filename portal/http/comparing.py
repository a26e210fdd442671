"""Two states of a report laid side by side: which answers differ, and by which words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from forms.answers import difference
from forms.build import empty
from forms.kinds import KINDS
from forms.outline import Guideline, Question
from portal.http import render


@dataclass(frozen=True)
class Change:
    """One answer that differs: the steps from the old words to the new, each ("same" | "added" | "removed", text)."""

    question: Question
    language: str
    steps: tuple[tuple[str, str], ...]


def word_steps(question: Question, old: Any, new: Any) -> tuple[tuple[str, str], ...]:
    """The way from one value of a question to another, by words."""
    kind = KINDS[question.kind]
    before, after = ("" if empty(question, value) else kind.text(question, value, render.said) for value in (old, new))
    return tuple(difference(before, after))


def changes(
    asked: Guideline, modality: str, old: Mapping[tuple[str, str], Any], new: Mapping[tuple[str, str], Any]
) -> list[Change]:
    """What differs between two maps of values by (question, language), in the order of the report."""
    found = []
    languages = dict.fromkeys(language for _question, language in [*old, *new])
    for question in asked.counted(modality):
        for language in languages:
            before, after = old.get((question.key, language)), new.get((question.key, language))
            if before != after and not (empty(question, before) and empty(question, after)):
                found.append(Change(question, language, word_steps(question, before, after)))
    return found
