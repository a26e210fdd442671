"""Cutting: what of a frozen version becomes passages, in the order of its questions. Names of people are left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from forms.answers import paragraphs
from forms.figures import parse_year
from forms.kinds.practices import COMMITMENTS
from portal.rules.crosswalk import commitment_of

PRACTICE_WORDS = ("title", "cost_funding", "before", "done", "results", "lessons", "replicable")
_CHOSEN = re.compile(r"commitment_(\d)_(\d)")
_HAS_WORDS = re.compile(r"[^\W_]")


@dataclass(frozen=True)
class Piece:
    """A passage before it has a place in a version: `commitments` are that of its section, or those chosen."""

    question: str
    language: str
    ordinal: int
    text: str
    commitments: tuple[str, ...] = ()

    @property
    def section(self) -> str:
        """The key of the section of its question."""
        return self.question.partition("/")[0]


def pieces(document: Mapping[str, Any]) -> list[Piece]:
    """The passages of a frozen report or contribution: paragraphs of narratives, the texts of each practice, the rows
    of tables; by question and language, ordinals from 1. What a partner chose as its parts of the Agenda counts for all
    of its contribution, what a practice names for that practice.
    """
    chosen = _chosen(document)
    found = []
    for answer in document["answers"]:
        placed = _placed(answer["question"])
        for ordinal, (text, own) in enumerate(_texts(answer["kind"], answer["value"]), 1):
            found.append(Piece(answer["question"], answer["language"], ordinal, text, placed or own or chosen))
    return found


def texts_of(kind: str, value: Any) -> list[str]:
    """The texts of an answer of this kind that become passages."""
    return [text for text, _commitments in _texts(kind, value)]


def until(document: Mapping[str, Any]) -> int | None:
    """The last year that a frozen report or contribution says it covers: that of its period, else that of the day which
    a contribution gives to its consultation or text. None where it says none that can be read.
    """
    dated = "date" if "contribution" in document else None
    for kind in ("period", dated):
        for answer in document["answers"]:
            if answer["kind"] == kind:
                value = answer["value"]
                typed = (value.get("to") if isinstance(value, dict) else value) or ""
                return parse_year(str(typed)[:4]).last
    return None


def commitments_of_files(document: Mapping[str, Any], question: str) -> tuple[str, ...]:
    """The commitments that the text of a file attached to this question is of."""
    return _placed(question) or _chosen(document)


def _placed(question: str) -> tuple[str, ...]:
    found = commitment_of(question)
    return (found,) if found else ()


def _chosen(document: Mapping[str, Any]) -> tuple[str, ...]:
    """The commitments that a contribution ticks as its parts of the Agenda, in their order."""
    ticked: list[Any] = []
    for answer in document["answers"]:
        if answer["kind"] == "choice" and answer["question"].endswith("/commitment"):
            ticked += answer["value"] if isinstance(answer["value"], list) else [answer["value"]]
    keys = {".".join(found.groups()) for found in map(_CHOSEN.fullmatch, map(str, ticked)) if found}
    return tuple(key for key in COMMITMENTS if key in keys)


def _texts(kind: str, value: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The texts of an answer, each with the commitments that its practice names."""
    if kind == "narrative" and isinstance(value, str):
        yield from ((text, ()) for text in cut_text(value))
    elif kind == "practices" and isinstance(value, list):
        for row in value:
            named = set(row.get("commitments") or ())
            own = tuple(key for key in COMMITMENTS if key in named)
            for column in PRACTICE_WORDS:
                yield from ((text, own) for text in cut_text(str(row.get(column) or "")))
    elif kind == "table" and isinstance(value, list):
        rows = (" · ".join(cell for cell in row.values() if isinstance(cell, str) and cell.strip()) for row in value)
        yield from ((row, ()) for row in rows if _HAS_WORDS.search(row))


def cut_text(text: str) -> list[str]:
    """The paragraphs of a text that hold a word."""
    return [one.text for one in paragraphs(text) if _HAS_WORDS.search(one.text)]
