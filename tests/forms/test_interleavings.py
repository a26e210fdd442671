"""No word that anybody types is lost without a card: random interleavings of two editors and history, upon the merge.

10,000 interleavings as a rule; `PORTAL_INTERLEAVINGS=1000000 pytest tests/forms/test_interleavings.py` for more.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from forms.answers import Merged, holds, merge
from forms.build import clean
from forms.guideline import load, shipped
from forms.outline import Guideline
from tests.interleavings import Card, Field, Kept, play

COUNT = int(os.environ.get("PORTAL_INTERLEAVINGS", "10000"))
PARTS = 8
Merge = Callable[[Any, Any, Any], Merged]


@functools.cache
def edition() -> Guideline:
    """The edition whose questions are answered."""
    return load(next(iter(shipped().values())))


@dataclass(frozen=True)
class Revision:
    """One saved value: who saved it upon which revision, and whether it was joined with what stood."""

    value: Any
    who: int | None = None
    base: int = 0
    joined: bool = False


class Model:
    """The save as the portal promises it: every revision kept, a stale one merged with its base, or a card."""

    def __init__(self, joins: Merge) -> None:
        self.joins = joins
        self.revisions: dict[str, list[Revision]] = {}

    def _of(self, one: Field) -> list[Revision]:
        return self.revisions.setdefault(one.key, [Revision(None)])

    def read(self, one: Field) -> tuple[Any, int]:
        rows = self._of(one)
        return rows[-1].value, len(rows) - 1

    def value_at(self, one: Field, revision: int) -> Any:
        return self._of(one)[revision].value

    def save(self, one: Field, who: int, value: Any, base: int, since: Any = None) -> Kept | Card:
        rows, question = self._of(one), edition().questions[one.key]
        sent, (standing, current) = clean(question, value), self.read(one)
        upon = rows[base].value
        if since is not None:
            base, upon = self._upon(one, who, base, clean(question, since))
        joined = False
        if current and (base != current or upon != standing):
            merged = self.joins(upon, standing, sent)
            if merged.conflicts:
                return Card(standing, current, sent)
            sent, joined = clean(question, merged.value), True
        if current == 0 or joined or sent != standing:
            rows.append(Revision(sent, who, base, joined))
        return Kept(sent, len(rows) - 1)

    def _upon(self, one: Field, who: int, base: int, since: Any) -> tuple[int, Any]:
        """What the value was written upon: the revision that the writer saw or, where that was kept, what the writer
        had sent since then.
        """
        rows = self._of(one)
        seen = rows[base].value
        for at in range(len(rows) - 1, base, -1):
            if rows[at].who == who and rows[at].value == since:
                return at, since
            if rows[at].who == who and rows[at].joined and holds(rows[at].value, seen, since):
                return base, since
        return base, seen

    def take_back(self, one: Field, who: int, revision: int, seen: int) -> Kept | Card:
        return self.save(one, who, self.value_at(one, revision), seen)

    def keep_point(self) -> Any:
        return {key: rows[-1].value for key, rows in self.revisions.items()}

    def go_back(self, point: Any) -> None:
        for key, rows in self.revisions.items():
            then = point.get(key)
            then = clean(edition().questions[key], None) if then is None else then
            if len(rows) > 1 and rows[-1].value != then:
                rows.append(Revision(then, base=len(rows) - 1))


def interleavings(joins: Merge, seeds: range) -> list[tuple[int, str]]:
    """What is lost in the interleavings of these seeds: the seed and what happened."""

    return [(seed, said) for seed in seeds for said in play(seed, Model(joins)).lost]


@pytest.mark.parametrize("part", range(PARTS))
def test_no_word_is_lost_without_a_card(part: int) -> None:
    assert interleavings(merge, range(part, COUNT, PARTS))[:5] == []


def last_write_wins(_base: Any, _theirs: Any, yours: Any) -> Merged:
    return Merged(yours)


def first_write_wins(_base: Any, theirs: Any, _yours: Any) -> Merged:
    return Merged(theirs)


def no_cards(base: Any, theirs: Any, yours: Any) -> Merged:
    """Joins what can be joined and, of what cannot, keeps the text sent last."""
    merged = merge(base, theirs, yours)
    return Merged(yours) if merged.conflicts else merged


@pytest.mark.parametrize("planted", [last_write_wins, first_write_wins, no_cards])
def test_a_planted_loss_is_found(planted: Merge) -> None:
    seeds = range(200)
    found = {seed for seed, _said in interleavings(planted, seeds)}
    assert len(found) > len(seeds) // 10


def test_the_plays_come_to_joined_texts_and_to_cards() -> None:
    """A play in which nobody meets would find nothing lost either."""
    accounts = [play(seed, Model(merge)) for seed in range(200)]
    saves, joined, cards = (sum(getattr(one, name) for one in accounts) for name in ("saves", "joined", "cards"))
    assert saves > 1000
    assert joined > saves // 20
    assert cards > saves // 20
