"""What is in whose hands: the parts of a section, what a hand-out lets a person do, whose words are whose."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field
from typing import Any

import pytest

from forms.guideline import load, shipped
from portal.rules.handing import Holding, Piece, covers, is_figure, overlap, without
from portal.rules.policy import Grant, Person, may

ASKED = load(next(iter(shipped().values())))
ME, OTHER = uuid.uuid4(), uuid.uuid4()
THEN = dt.datetime(2025, 6, 16, 9, 0, tzinfo=dt.UTC)
NARRATIVE, FIGURE = "1.1.2.4/actions", "1.1.2.4/NUA-14"


@dataclass(frozen=True)
class Out:
    """A hand-out of section 1.1.2.4 to me."""

    part: str = "all"
    shared: bool = False
    returned_at: dt.datetime | None = None
    user_id: uuid.UUID = ME
    settled_at: dt.datetime | None = None
    section: str = "1.1.2.4"


@dataclass
class Draft:
    """As much of a report as the facts look at."""

    handouts: list[Out] = field(default_factory=list)
    entity: str = "KAZ"
    first_submitted_at: object = None
    state: str = "preparing"


@dataclass(frozen=True)
class Saved:
    """A saved value."""

    value: Any
    changed_by: uuid.UUID


def person(role: str = "contributor", entity: str = "KAZ") -> Person:
    return Person(ME, "contributor.kaz@example.org", "contributor", (Grant(role, entity),))


def piece(draft: Draft, key: str) -> Piece:
    section, _slash, suffix = key.partition("/")
    return Piece(draft, section, ASKED.questions[key] if suffix else None)


@pytest.mark.parametrize(
    ("key", "figure"),
    [
        ("1.1.2.4/NUA-14", True),
        ("1.1.2.4/actions", False),
        ("F.1/institution", False),
        ("F.1/contacts", False),
        ("A.4/files", False),
    ],
)
def test_which_questions_are_figures(key: str, figure: bool) -> None:
    assert is_figure(ASKED.questions[key]) is figure


def test_every_question_is_either_figures_or_narrative() -> None:
    for question in ASKED.questions.values():
        assert covers("all", question)
        assert covers("figures", question) is not covers("narrative", question)


def test_a_table_with_a_column_of_figures_is_figures() -> None:
    tables = [question for question in ASKED.questions.values() if question.kind == "table"]
    of_figures = [q for q in tables if any(c.get("type") == "figure" for c in q.options["columns"])]
    assert [q.key for q in tables if is_figure(q)] == [q.key for q in of_figures]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("all", "all", True),
        ("all", "figures", True),
        ("narrative", "all", True),
        ("figures", "figures", True),
        ("figures", "narrative", False),
    ],
)
def test_which_parts_overlap(one: str, other: str, expected: bool) -> None:
    assert overlap(one, other) is expected


BACK = Out(returned_at=THEN)
# what was handed out: where a contributor reads, where they write, and whether the whole draft is open to them
HANDED = [
    ([], "", "", False),
    ([Out()], "section narrative figure", "section narrative figure", False),
    ([Out("figures")], "section figure", "section figure", False),
    ([Out("narrative")], "section narrative", "section narrative", False),
    ([Out("figures"), Out("narrative")], "section narrative figure", "section narrative figure", False),
    ([BACK], "section narrative figure", "", False),
    ([BACK, Out("figures")], "section narrative figure", "section figure", False),
    ([Out(user_id=OTHER)], "", "", False),
    ([Out("figures"), Out("narrative", user_id=OTHER)], "section figure", "section figure", False),
    ([Out("figures", shared=True)], "section narrative figure elsewhere", "section figure", True),
    ([Out("figures", True, THEN)], "section narrative figure elsewhere", "", True),
    ([Out(shared=True, user_id=OTHER)], "", "", False),
]
PLACES = {"section": "1.1.2.4", "narrative": NARRATIVE, "figure": FIGURE, "elsewhere": "F.2/summary"}


@pytest.mark.parametrize(("handouts", "reads", "writes", "whole"), HANDED)
def test_what_a_contributor_may(handouts: list[Out], reads: str, writes: str, whole: bool) -> None:
    draft, me = Draft(handouts), person()
    pieces = {name: piece(draft, key) for name, key in PLACES.items()}
    assert [name for name in PLACES if may(me, "section:read", pieces[name])] == reads.split()
    assert [name for name in PLACES if may(me, "section:write", pieces[name])] == writes.split()
    assert may(me, "report:draft", draft) is whole
    assert may(me, "version:read", draft) is whole
    assert may(me, "report:fill", draft) is bool(writes)
    assert may(me, "report:home", draft) is True
    assert may(me, "report:write", draft) is False


@pytest.mark.parametrize(
    ("role", "entity", "expected"),
    [("contributor", "KAZ", True), ("contributor", "KEN", False), ("focal_point", "KAZ", False)],
)
def test_who_may_hand_back(role: str, entity: str, expected: bool) -> None:
    assert may(person(role, entity), "handout:return", Holding(Draft(), Out())) is expected
    assert may(person(role, entity), "handout:return", Holding(Draft(), Out(user_id=OTHER))) is False
    assert may(person(role, entity), "handout:return", Holding(Draft(), Out(settled_at=THEN))) is False


def test_a_hand_out_is_worth_nothing_once_the_role_has_ended() -> None:
    draft = Draft([Out(shared=True)])
    gone = Person(ME, "contributor.kaz@example.org", "contributor", ())
    for permission in ("section:read", "section:write"):
        assert may(gone, permission, piece(draft, NARRATIVE)) is False
    assert may(gone, "report:draft", draft) is False


A, B, C = "One stands here.", "Two stands here.", "Three stands here."
ONE, TWO, THREE = {"a": "1"}, {"a": "2"}, {"a": "3"}
WITHOUT = {
    "only mine": ("", [(A, ME)], "", False),
    "only theirs": (A, [(B, OTHER)], B, False),
    "mine, then theirs behind it": (A, [(f"{A} Mine.", ME), (f"{A} Mine.\n\n{B}", OTHER)], f"{A}\n\n{B}", False),
    "theirs, then mine": (f"{A}\n\n{B}", [(f"{C}\n\n{B}", OTHER), (f"{C}\n\nMine.", ME)], f"{C}\n\n{B}", False),
    "mine, theirs apart": (f"{A}\n\n{B}", [(f"Mine.\n\n{B}", ME), (f"Mine.\n\n{C}", OTHER)], f"{A}\n\n{C}", False),
    "theirs inside my sentence": (A, [("Mine stands here.", ME), ("Mine stood here.", OTHER)], A, True),
    "they took all of mine back": (A, [(B, ME), (A, OTHER)], A, False),
    "a row of each": ([ONE], [([ONE, TWO], ME), ([ONE, TWO, THREE], OTHER)], [ONE, THREE], False),
    "their change of my row": ([ONE], [([ONE, TWO], ME), ([ONE, THREE], OTHER)], [ONE], True),
    "two others": (A, [(B, ME), (f"{B}\n\n{C}", OTHER), (f"Yes.\n\n{B}\n\n{C}", OTHER)], f"Yes.\n\n{A}\n\n{C}", False),
}


@pytest.mark.parametrize("name", WITHOUT)
def test_the_answer_without_my_words(name: str) -> None:
    before, saves, rest, entangled = WITHOUT[name]
    assert without(ME, before, [Saved(*save) for save in saves]) == (rest, entangled)
