"""Near copies: a sketch of each passage by which likely pairs are found, and the share that two have in common."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from forms.words import N_

RUN = 4
SLOTS = 48
ROWS = 3
SHORTEST = 12
"""Fewer terms than this are no passage to compare: a heading or a phrase of everybody."""

LIKE = 0.6
"""From which share of common runs of words on two passages are near copies."""

LAST_CYCLE, PARTNER, STATE, OWN = "last_cycle", "partner", "state", "own"
KINDS = {
    LAST_CYCLE: N_("the state's own report of an earlier cycle"),
    PARTNER: N_("the text of a partner"),
    STATE: N_("the report of another state"),
    OWN: N_("another text of the same source"),
}


def runs(terms: list[str]) -> frozenset[int]:
    """The runs of four terms of a passage, each as a number of 64 bits; empty where there are too few terms."""
    if len(terms) < SHORTEST:
        return frozenset()
    return frozenset(
        int.from_bytes(hashlib.blake2b(" ".join(terms[at : at + RUN]).encode(), digest_size=8).digest())
        for at in range(len(terms) - RUN + 1)
    )


def bands(found: frozenset[int]) -> list[int]:
    """The bands of the sketch of a passage, as signed numbers of 64 bits; none for an empty one.

    Each run falls in one of 48 slots, which keeps the least; an empty slot takes from the next that is not. Passages
    that share at least 0.6 of their runs share one of the 16 bands of three slots with a probability of 0.98.
    """
    if not found:
        return []
    least: list[int | None] = [None] * SLOTS
    for run in found:
        slot, value = run % SLOTS, run // SLOTS
        held = least[slot]
        if held is None or value < held:
            least[slot] = value
    sketch = [_taken(least, slot) for slot in range(SLOTS)]
    return [
        int.from_bytes(
            hashlib.blake2b(repr((at, sketch[at : at + ROWS])).encode(), digest_size=8).digest(), signed=True
        )
        for at in range(0, SLOTS, ROWS)
    ]


def _taken(least: list[int | None], slot: int) -> tuple[int, int]:
    """The value of a slot, or of the next one that holds any, with the distance, so that borrowed ones differ."""
    for step in range(SLOTS):
        value = least[(slot + step) % SLOTS]
        if value is not None:
            return step, value
    raise ValueError("no run at all")


def likeness(one: frozenset[int], other: frozenset[int]) -> float:
    """The share of the runs that both have among those that either has, from 0 to 1."""
    either = len(one | other)
    return len(one & other) / either if either else 0.0


def kind_of_pair(one: tuple[str | None, object, str], other: tuple[str | None, object, str]) -> str:
    """What a near copy is of, from (entity, partner, cycle) of the later passage and of the other."""
    entity, partner, cycle = one
    if other[1] is not None:
        return OWN if other[1] == partner else PARTNER
    if partner is None and other[0] == entity:
        return LAST_CYCLE if other[2] != cycle else OWN
    return STATE


def most_alike(found: Iterable[tuple[float, int]], most: int) -> list[tuple[float, int]]:
    """The most alike first, at most so many."""
    return sorted((pair for pair in found if pair[0] >= LIKE), reverse=True)[:most]
