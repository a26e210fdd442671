"""Cutting: what of a frozen version becomes passages, in the order of its questions. Names of people are left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from forms.answers import paragraphs
from forms.kinds.practices import COMMITMENTS
from portal.rules.crosswalk import commitment_of

PRACTICE_WORDS = ("title", "cost_funding", "before", "done", "results", "lessons", "replicable")
_CHOSEN = re.compile(r"commitment_(\d)_(\d)")
_HAS_WORDS = re.compile(r"[^\W_]")


@dataclass(frozen=True)
class Piece:
    """A passage before it has a place in a version: `commitment` is that of its section, or the one chosen."""

    question: str
    language: str
    ordinal: int
    text: str
    commitment: str | None = None

    @property
    def section(self) -> str:
        """The key of the section of its question."""
        return self.question.partition("/")[0]


def pieces(document: Mapping[str, Any]) -> list[Piece]:
    """The passages of a frozen report or contribution: paragraphs of narratives, the texts of each practice, the rows
    of tables; by question and language, ordinals from 1. What a partner chose as its part of the Agenda counts for all
    of its contribution, what a practice names first for that practice.
    """
    answers: Sequence[Mapping[str, Any]] = document["answers"]
    chosen = _chosen(answers)
    found = []
    for answer in answers:
        for ordinal, (text, own) in enumerate(_texts(answer["kind"], answer["value"]), 1):
            commitment = commitment_of(answer["question"]) or own or chosen
            found.append(Piece(answer["question"], answer["language"], ordinal, text, commitment))
    return found


def _chosen(answers: Sequence[Mapping[str, Any]]) -> str | None:
    """The commitment that a contribution names as its part of the Agenda."""
    for answer in answers:
        if answer["kind"] == "choice" and answer["question"].endswith("/commitment"):
            found = _CHOSEN.fullmatch(str(answer["value"]))
            if found and ".".join(found.groups()) in COMMITMENTS:
                return ".".join(found.groups())
    return None


def _texts(kind: str, value: Any) -> Iterator[tuple[str, str | None]]:
    """The texts of an answer, each with the commitment that its practice names."""
    if kind == "narrative" and isinstance(value, str):
        yield from ((text, None) for text in cut_text(value))
    elif kind == "practices" and isinstance(value, list):
        for row in value:
            named = [key for key in row.get("commitments") or () if key in COMMITMENTS]
            for column in PRACTICE_WORDS:
                yield from ((text, named[0] if named else None) for text in cut_text(str(row.get(column) or "")))
    elif kind == "table" and isinstance(value, list):
        rows = (" · ".join(cell for cell in row.values() if isinstance(cell, str) and cell.strip()) for row in value)
        yield from ((row, None) for row in rows if _HAS_WORDS.search(row))


def cut_text(text: str) -> list[str]:
    """The paragraphs of a text that hold a word."""
    return [one.text for one in paragraphs(text) if _HAS_WORDS.search(one.text)]
