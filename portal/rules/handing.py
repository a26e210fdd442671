"""What is in whose hands: the questions a hand-out covers, what it lets a person read and write, and how what one
person wrote in an answer is told apart from the rest.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from forms.answers import merge
from forms.outline import Question
from forms.words import N_

ALL, FIGURES, NARRATIVE = "all", "figures", "narrative"
PARTS = {ALL: N_("the whole section"), FIGURES: N_("the figures"), NARRATIVE: N_("the narrative")}
OF_FIGURES = frozenset({"series", "number"})


class Save(Protocol):
    """A saved value of an answer as these rules look at it."""

    @property
    def value(self) -> Any: ...
    @property
    def changed_by(self) -> uuid.UUID: ...


class InHands(Protocol):
    """A hand-out as these rules look at it."""

    @property
    def section(self) -> str: ...
    @property
    def part(self) -> str: ...
    @property
    def user_id(self) -> uuid.UUID: ...
    @property
    def shared(self) -> bool: ...
    @property
    def returned_at(self) -> dt.datetime | None: ...


@dataclass(frozen=True)
class Piece:
    """A section of a report, or one question of it: at what the permissions `section:read` and `section:write` look."""

    report: Any
    section: str
    question: Question | None = None

    @property
    def entity(self) -> str:
        return str(self.report.entity)

    @property
    def handouts(self) -> Iterable[InHands]:
        """The hand-outs of the report that are not settled."""
        found: Iterable[InHands] = self.report.handouts
        return found


@dataclass(frozen=True)
class Asking(Piece):
    """One question of a report."""

    question: Question = field()


@dataclass(frozen=True)
class Holding:
    """A hand-out with its report: at what the permission `handout:return` looks."""

    report: Any
    handout: Any

    @property
    def entity(self) -> str:
        return str(self.report.entity)

    @property
    def user_id(self) -> uuid.UUID:
        found: uuid.UUID = self.handout.user_id
        return found

    @property
    def settled_at(self) -> dt.datetime | None:
        found: dt.datetime | None = self.handout.settled_at
        return found


def is_figure(question: Question) -> bool:
    """Whether a question asks for figures: a series, a number, or a table with a column of figures."""
    if question.kind in OF_FIGURES:
        return True
    columns = question.options.get("columns", ()) if question.kind == "table" else ()
    return any(column.get("type") == "figure" for column in columns)


def covers(part: str, question: Question) -> bool:
    """Whether this part of a section holds the question; figures and narrative together are the whole."""
    return part == ALL or (part == FIGURES) == is_figure(question)


def overlap(one: str, other: str) -> bool:
    """Whether two parts of the same section have questions in common."""
    return one == other or ALL in (one, other)


def reaches(handout: InHands, piece: Piece) -> bool:
    """Whether a hand-out covers a question, or anything of a section."""
    if handout.section != piece.section:
        return False
    return piece.question is None or covers(handout.part, piece.question)


def reads(person: uuid.UUID, handouts: Iterable[InHands], piece: Piece) -> bool:
    """Whether these hand-outs let a person read the piece: until they are settled."""
    return any(one.user_id == person and reaches(one, piece) for one in handouts)


def writes(person: uuid.UUID, handouts: Iterable[InHands], piece: Piece) -> bool:
    """Whether these hand-outs let a person write in the piece: until they are handed back."""
    return any(one.user_id == person and one.returned_at is None and reaches(one, piece) for one in handouts)


def shares_all(person: uuid.UUID, handouts: Iterable[InHands]) -> bool:
    """Whether one of these hand-outs lets a person read the whole report."""
    return any(one.user_id == person and one.shared for one in handouts)


def holds_any(person: uuid.UUID, handouts: Iterable[InHands]) -> bool:
    """Whether anything is in a person's hands to be written."""
    return any(one.user_id == person and one.returned_at is None for one in handouts)


def without(person: uuid.UUID, before: Any, saves: Sequence[Save]) -> tuple[Any, bool]:
    """The answer without what one person wrote: `before` with what the others changed in these saves, oldest first.

    The second value is True where something of the others stands among this person's own words and cannot be told
    apart; it is then left out of the first.
    """
    rest = last = before
    entangled = False
    for save in saves:
        if save.changed_by != person:
            outcome = merge(last, rest, save.value)
            found = _around(last, rest, save.value) if outcome.conflicts else outcome.value
            entangled = entangled or found is None
            rest = rest if found is None else found
        last = save.value
    return rest, entangled


def _around(last: Any, rest: Any, value: Any) -> Any:
    """`rest` with what was added before or behind the whole of `last`; None where anything else was changed."""
    if isinstance(last, str) and isinstance(rest, str) and isinstance(value, str) and last:
        ahead, found, behind = value.partition(last)
        return ahead + rest + behind if found else None
    if isinstance(last, list) and isinstance(rest, list) and isinstance(value, list):
        return rest + value[len(last) :] if value[: len(last)] == last else None
    return None
