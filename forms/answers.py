"""Answers as data: canonical JSON and its digest, paragraphs, the three-way merge, the difference of two texts."""

from __future__ import annotations

import difflib
import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any


class NotCanonical(ValueError):
    """A value that has no canonical form; `place` says where in the value."""

    def __init__(self, place: str, sentence: str) -> None:
        super().__init__(f"{place or 'the value'}: {sentence}")
        self.place, self.sentence = place, sentence


def canonical(value: Any) -> bytes:
    """JSON in UTF-8 with sorted keys, no blanks and every text in NFC: equal values give equal bytes.

    Numbers are whole or kept as text: a float raises NotCanonical, as does anything else that JSON cannot hold exactly.
    """
    return json.dumps(_normal(value, ""), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _normal(value: Any, place: str) -> Any:
    if isinstance(value, str):
        normal = value if value.isascii() else unicodedata.normalize("NFC", value)
        if re.search("[\ud800-\udfff]", normal):
            raise NotCanonical(place, "half of a surrogate pair cannot be stored")
        return normal
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Mapping):
        normal_map: dict[str, Any] = {}
        for key, item in value.items():
            if not isinstance(key, str):
                raise NotCanonical(place, "every key must be a text")
            normal_key = _normal(key, place)
            if normal_key in normal_map:
                raise NotCanonical(place, f"the key {key} stands here twice")
            normal_map[normal_key] = _normal(item, f"{place}.{key}" if place else key)
        return normal_map
    if isinstance(value, list | tuple):
        return [_normal(item, f"{place}[{index}]") for index, item in enumerate(value)]
    kind = "a float; write it as a text" if isinstance(value, float) else f"of the type {type(value).__name__}"
    raise NotCanonical(place, f"this is {kind}")


def digest(data: bytes) -> str:
    """SHA-256 in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a narrative: `ordinal` from 1; `hash` of the text with blanks joined: layout does not count."""

    ordinal: int
    text: str
    hash: str


def paragraphs(text: str) -> list[Paragraph]:
    """The paragraphs of a text, apart by blank lines; a list or a table without blank lines is one."""
    parts = (part.strip("\n") for part in re.split(r"\n[ \t]*(?:\n[ \t]*)+", text) if part.strip())
    return [Paragraph(at, part, digest(_joined(part).encode())) for at, part in enumerate(parts, 1)]


def _joined(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


@dataclass(frozen=True, slots=True)
class Conflict:
    """A place that both sides changed differently: `where` is "" in prose, a field or row of a record else."""

    where: str
    base: Any
    theirs: Any
    yours: Any


@dataclass(frozen=True, slots=True)
class Merged:
    """The outcome of a merge: `value` holds both changes, and is None when there are `conflicts`."""

    value: Any
    conflicts: tuple[Conflict, ...] = ()


def merge(base: Any, theirs: Any, yours: Any) -> Merged:
    """Joins two changes of one value: prose by paragraph, then by sentence; records by field, lists by row.

    Nothing of either side is lost: what cannot be joined comes back as conflicts, and the value is then None.
    """
    if theirs == yours or yours == base:
        return Merged(theirs)
    if theirs == base:
        return Merged(yours)
    if isinstance(theirs, str) and isinstance(yours, str):
        return _merge_prose(base if isinstance(base, str) else "", theirs, yours)
    if isinstance(theirs, dict) and isinstance(yours, dict):
        return _merge_records(base if isinstance(base, dict) else {}, theirs, yours)
    if isinstance(theirs, list) and isinstance(yours, list):
        return _merge_rows(base if isinstance(base, list) else [], theirs, yours)
    return Merged(None, (Conflict("", base, theirs, yours),))


def holds(value: Any, base: Any, sent: Any) -> bool:
    """Whether a value holds all that was changed of `base` in what was sent: joining it once more adds nothing."""
    return bool(merge(base, value, sent).value == value)


_PARAGRAPH = re.compile(r"(\n[ \t]*(?:\n[ \t]*)+)")
_SENTENCE = re.compile(r"(\n+|(?<=[.!?؟])[ \t]+|(?<=[。！？]))")


def _merge_prose(
    base: str, theirs: str, yours: str, marks: tuple[re.Pattern[str], ...] = (_PARAGRAPH, _SENTENCE)
) -> Merged:
    cut = [[part for part in marks[0].split(side) if part] for side in (base, theirs, yours)]
    written: list[str] = []
    conflicts: list[Conflict] = []
    for chunk in _chunks(cut[0], cut[1], cut[2]):
        was, one, other = ("".join(side) for side in chunk)
        merged = _settled(was, one, other)
        if merged is None and len(marks) > 1:
            inner = _merge_prose(was, one, other, marks[1:])
            conflicts += inner.conflicts
            merged = inner.value
        elif merged is None:
            conflicts.append(Conflict("", was, one, other))
        written.append(merged or "")
    return Merged(None, tuple(conflicts)) if conflicts else Merged("".join(written))


def both(base: str, theirs: str, yours: str, marks: tuple[re.Pattern[str], ...] = (_PARAGRAPH, _SENTENCE)) -> str:
    """Two changes of one text, joined where they can be and one after the other where they cannot: what a person who
    writes a text out of both begins with.
    """
    cut = [[part for part in marks[0].split(side) if part] for side in (base, theirs, yours)]
    written = ""
    for chunk in _chunks(cut[0], cut[1], cut[2]):
        was, one, other = ("".join(side) for side in chunk)
        merged = _settled(was, one, other)
        if merged is None and len(marks) > 1:
            merged = both(was, one, other, marks[1:])
        elif merged is None:
            merged = one + ("" if one[-1:].isspace() else " ") + other
        written += merged
    return written


def _settled(base: Any, theirs: Any, yours: Any) -> Any:
    """The one outcome where at most one side changed or both did the same; None where they differ."""
    if theirs == yours or yours == base:
        return theirs
    return yours if theirs == base else None


def _merge_records(base: dict[str, Any], theirs: dict[str, Any], yours: dict[str, Any]) -> Merged:
    value: dict[str, Any] = {}
    conflicts: list[Conflict] = []
    for key in dict.fromkeys([*theirs, *yours]):
        sides = (base.get(key), theirs.get(key), yours.get(key))
        if all(isinstance(side, list | dict) for side in sides[1:]):
            inner = merge(*sides)
            conflicts += [Conflict(f"{key}{c.where}", c.base, c.theirs, c.yours) for c in inner.conflicts]
            value[key] = inner.value
        elif sides[1] == sides[2] or _settled(*sides) is not None:
            value[key] = _settled(*sides)
        else:
            conflicts.append(Conflict(key, *sides))
    return Merged(None, tuple(conflicts)) if conflicts else Merged(value)


def _merge_rows(base: list[Any], theirs: list[Any], yours: list[Any]) -> Merged:
    if _named(base) and _named(theirs) and _named(yours):
        return _merge_named(*({row["id"]: row for row in side} for side in (base, theirs, yours)))
    told_apart = _by_year(base, theirs, yours)
    if told_apart is not None:
        return told_apart
    value: list[Any] = []
    conflicts: list[Conflict] = []
    for chunk in _chunks(base, theirs, yours, key=canonical):
        merged = _settled(*chunk)
        if merged is None and (found := _by_year(*chunk)) is not None and not found.conflicts:
            merged = found.value
        if (
            merged is None
            and len({len(side) for side in chunk}) == 1
            and all(isinstance(r, dict) for s in chunk for r in s)
        ):
            inner = [_merge_records(*rows) for rows in zip(*chunk, strict=True)]
            conflicts += [
                Conflict(f"[{len(value) + at}].{c.where}", c.base, c.theirs, c.yours)
                for at, one in enumerate(inner)
                for c in one.conflicts
            ]
            value += [one.value for one in inner]
        elif merged is None:
            conflicts.append(Conflict(f"[{len(value)}]", *chunk))
        else:
            value += merged
    return Merged(None, tuple(conflicts)) if conflicts else Merged(value)


def _named(rows: list[Any]) -> bool:
    """Whether every row is a record with an identifier of its own."""
    names = [row["id"] for row in rows if isinstance(row, dict) and isinstance(row.get("id"), str)]
    return len(set(names)) == len(rows)


_ABOUT = ("year", "disaggregation", "place")
"""What tells the figures of one series apart."""


def _by_year(*sides: list[Any]) -> Merged | None:
    """Joins figures by what they are about, where both sides only added some or changed what stands beside their year;
    None where a figure was taken out or given another year, or the figures of a side cannot be told apart.
    """
    told = [
        {tuple(row.get(name, "") for name in _ABOUT): row for row in side if isinstance(row, dict) and row.get("year")}
        for side in sides
    ]
    if any(len(found) != len(side) for found, side in zip(told, sides, strict=True)):
        return None
    if not all("value" in row for found in told for row in found.values()):
        return None
    base, theirs, yours = told
    return _merge_named(base, theirs, yours) if base.keys() <= theirs.keys() & yours.keys() else None


def _merge_named(base: dict[Any, Any], theirs: dict[Any, Any], yours: dict[Any, Any]) -> Merged:
    """Joins rows by their names, wherever they stand; a row that one side took out and the other changed is for
    a person to choose.
    """
    value: list[Any] = []
    conflicts: list[Conflict] = []
    for name in _order(list(base), list(theirs), list(yours)):
        sides = base.get(name), theirs.get(name), yours.get(name)
        if sides[1] is not None and sides[2] is not None:
            inner = _merge_records(sides[0] or {}, sides[1], sides[2])
            conflicts += [Conflict(f"[{len(value)}].{c.where}", c.base, c.theirs, c.yours) for c in inner.conflicts]
            value.append(inner.value)
        elif sides[0] is None or sides[0] not in sides[1:]:
            if sides[0] is not None:
                conflicts.append(Conflict(f"[{len(value)}]", *sides))
            value.append(sides[1] or sides[2])
    return Merged(None, tuple(conflicts)) if conflicts else Merged(value)


def _order(base: list[Any], theirs: list[Any], yours: list[Any]) -> list[Any]:
    """The names of both sides in the order of the side that moved them; what the other side added follows its place."""
    both_hold = [name for name in base if name in theirs and name in yours]
    moved = [name for name in theirs if name in both_hold] != both_hold
    order, other = (theirs, yours) if moved else (yours, theirs)
    joined = list(order)
    for at, name in enumerate(other):
        if name not in joined:
            before = next((joined.index(one) for one in reversed(other[:at]) if one in joined), -1)
            joined.insert(before + 1, name)
    return joined


def _same(item: Any) -> Any:
    return item


def _chunks(
    base: list[Any], theirs: list[Any], yours: list[Any], key: Callable[[Any], Any] = _same
) -> Iterator[tuple[list[Any], list[Any], list[Any]]]:
    """The three lists cut at what all of them share: shared stretches and the stretches between, in order."""
    keys = [[key(item) for item in side] for side in (base, theirs, yours)]
    at = (0, 0, 0)
    for start, in_theirs, in_yours, length in _shared(*keys):
        if (start, in_theirs, in_yours) != at:
            yield base[at[0] : start], theirs[at[1] : in_theirs], yours[at[2] : in_yours]
        if length:
            stretch = base[start : start + length]
            yield stretch, stretch, stretch
        at = (start + length, in_theirs + length, in_yours + length)


def _shared(base: list[Any], theirs: list[Any], yours: list[Any]) -> Iterator[tuple[int, int, int, int]]:
    """Stretches of the base that stand in both others: start in each of the three, and length; an empty one last."""
    left = difflib.SequenceMatcher(None, base, theirs, autojunk=False).get_matching_blocks()
    right = difflib.SequenceMatcher(None, base, yours, autojunk=False).get_matching_blocks()
    at_left = at_right = 0
    while at_left < len(left) and at_right < len(right):
        one, other = left[at_left], right[at_right]
        start, end = max(one.a, other.a), min(one.a + one.size, other.a + other.size)
        if start < end:
            yield start, one.b + start - one.a, other.b + start - other.a, end - start
        if one.a + one.size < other.a + other.size:
            at_left += 1
        else:
            at_right += 1
    yield len(base), len(theirs), len(yours), 0


SAME, ADDED, REMOVED = "same", "added", "removed"
_WORD = re.compile(
    r"[<>≤≥]?\d+(?:[.,'\u00a0\u202f]\d+)*%?|[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]|\n|[^\S\n]+"
    r"|[^\W\d\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+|\W"
)


_WORDS_COMPARED = 60_000
"""The most pairs of words that one changed passage is compared by; beyond it the passage shows as replaced whole."""


def difference(old: str, new: str) -> list[tuple[str, str]]:
    """The way from one text to another by words: ("same" | "added" | "removed", text) in order.

    A number such as 17.4 is one word, and so is each Han character. Same and added make up the new text, same and
    removed the old one. Paragraphs and sentences are compared first, so that long texts take milliseconds.
    """
    steps: list[tuple[str, str]] = []
    for op, text in _steps(old, new, (_PARAGRAPH, _SENTENCE)):
        if text and steps and steps[-1][0] == op:
            steps[-1] = (op, steps[-1][1] + text)
        elif text:
            steps.append((op, text))
    return steps


def _steps(old: str, new: str, marks: tuple[re.Pattern[str], ...]) -> Iterator[tuple[str, str]]:
    if marks:
        before, after = ([part for part in marks[0].split(side) if part] for side in (old, new))
    else:
        before, after = _WORD.findall(old), _WORD.findall(new)
    head = _shared_length(before, after)
    tail = _shared_length(before[head:][::-1], after[head:][::-1])
    middle, other = before[head : len(before) - tail], after[head : len(after) - tail]
    yield SAME, "".join(before[:head])
    if marks or len(middle) * len(other) <= _WORDS_COMPARED:
        yield from _matched(middle, other, marks)
    else:
        yield REMOVED, "".join(middle)
        yield ADDED, "".join(other)
    yield SAME, "".join(before[len(before) - tail :])


def _matched(before: list[str], after: list[str], marks: tuple[re.Pattern[str], ...]) -> Iterator[tuple[str, str]]:
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(str.isspace, before, after, autojunk=False).get_opcodes():
        gone, come = "".join(before[i1:i2]), "".join(after[j1:j2])
        if tag == "equal":
            yield SAME, gone
        elif gone and come and marks:
            yield from _steps(gone, come, marks[1:])
        else:
            yield REMOVED, gone
            yield ADDED, come


def _shared_length(one: list[str], other: list[str]) -> int:
    """How many items two lists begin with in common."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (left, right) in pairs if left != right), min(len(one), len(other)))
