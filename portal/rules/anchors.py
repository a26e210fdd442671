"""Anchoring: what of a text counts for its place, and which passage of a new version continues which of the old one."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

NEW, SAME, EDITED, MOVED = "new", "same", "edited", "moved"
ALIKE = 0.5
"""From which share of common words on a passage counts as an edited one and not as another."""

_MARK_OF_NUMBER = re.compile(r"(?<=\d)[.,\u066b\u066c'](?=\d)")
_KEPT = frozenset("%‰")
_TOKEN = re.compile("\\d+(?:[.,\u066b\u066c']\\d+)*|[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]|[^\\W\\d]+|\\S")


@dataclass(frozen=True)
class Placed:
    """A passage for the comparison: where it stands, as (question, language), the hash and the text."""

    place: tuple[str, str]
    hash: str
    text: str


def folded(text: str) -> str:
    """A text as far as it counts for the anchor: NFC, one blank for every run of blanks, small letters, no punctuation.

    The marks inside a number stay, a minus before one and the signs of per cent too: 17.4 is not 174, nor -3 the same
    as 3. Marks of the Markdown subset are punctuation.
    """
    text = unicodedata.normalize("NFC", text)
    numbers = {match.start() for match in _MARK_OF_NUMBER.finditer(text)}
    kept = [c if at in numbers or _counts(text, at) else " " for at, c in enumerate(text)]
    return unicodedata.normalize("NFC", " ".join("".join(kept).casefold().split()))


def _counts(text: str, at: int) -> bool:
    c = text[at]
    if c in "-\u2212\u2013":
        return text[at + 1 : at + 2].isdigit() and not text[max(at - 1, 0) : at].strip()
    return c in _KEPT or unicodedata.category(c)[0] != "P"


def anchor(text: str) -> str:
    """The hash of a passage: SHA-256 of its folded text in hexadecimal digits."""
    return hashlib.sha256(folded(text).encode()).hexdigest()


def follow(old: Sequence[Placed], new: Sequence[Placed]) -> list[tuple[int | None, str]]:
    """For each passage of a new version: the place in `old` of the passage that it continues, and how: same, moved,
    edited, or (None, new). No old passage is continued twice; one that nobody continues is gone.

    In each question the longest run in the old order is `same`; equal texts elsewhere are `moved`; what is left is
    `edited` where at least half of the words agree, the most alike pairs first.
    """
    told: dict[int, tuple[int, str]] = {}
    for here, there in _by_place(old, new):
        for a, b in _in_order([old[at].hash for at in here], [new[at].hash for at in there]):
            told[there[b]] = (here[a], SAME)
    taken = {at for at, _change in told.values()}
    waiting: dict[tuple[str, str], list[int]] = defaultdict(list)
    for at, one in enumerate(old):
        if at not in taken:
            waiting[one.place[1], one.hash].append(at)
    for at, one in enumerate(new):
        left = waiting.get((one.place[1], one.hash))
        if at not in told and left:
            told[at] = (left.pop(0), MOVED)
    _pair_edited(old, new, told)
    return [told.get(at, (None, NEW)) for at in range(len(new))]


def _by_place(old: Sequence[Placed], new: Sequence[Placed]) -> Iterator[tuple[list[int], list[int]]]:
    """The places in both lists, question by question."""
    places: dict[tuple[str, str], tuple[list[int], list[int]]] = {}
    for side, passages in enumerate((old, new)):
        for at, one in enumerate(passages):
            places.setdefault(one.place, ([], []))[side].append(at)
    yield from places.values()


def _in_order(old: list[str], new: list[str]) -> Iterator[tuple[int, int]]:
    if old == new:
        yield from zip(range(len(old)), range(len(new)), strict=True)
        return
    for start, other, length in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks():
        yield from ((start + step, other + step) for step in range(length))


def _pair_edited(old: Sequence[Placed], new: Sequence[Placed], told: dict[int, tuple[int, str]]) -> None:
    """Adds the edited ones: within a question, the most alike pair first."""
    taken = {at for at, _change in told.values()}
    for here, there in _by_place(old, new):
        left = [at for at in here if at not in taken]
        wanted = [at for at in there if at not in told]
        if not left or not wanted:
            continue
        bags = {("old", at): _bag(old[at].text) for at in left} | {("new", at): _bag(new[at].text) for at in wanted}
        pairs = [(_share(bags["old", a], bags["new", b]), a, b) for a in left for b in wanted]
        for share, a, b in sorted(pairs, key=lambda pair: (-pair[0], pair[2], pair[1])):
            if share < ALIKE:
                break
            if a not in taken and b not in told:
                told[b] = (a, EDITED)
                taken.add(a)


def _bag(text: str) -> dict[str, int]:
    bag: dict[str, int] = {}
    for token in _TOKEN.findall(folded(text)):
        bag[token] = bag.get(token, 0) + 1
    return bag


def _share(one: dict[str, int], other: dict[str, int]) -> float:
    """The words that both have, twice, among the words of both: from 0 to 1."""
    common = sum(min(number, other[token]) for token, number in one.items() if token in other)
    whole = sum(one.values()) + sum(other.values())
    return 2 * common / whole if whole else 0.0
