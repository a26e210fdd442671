"""What channel b offers a country for an indicator: its figures in lines, what an answer keeps of them, what moved."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple

from forms.answers import canonical, digest
from forms.figures import parse_figure
from forms.kinds.series import CONFIRMED, CORRECTED, DATA, NO_DATA, NOT_RELEVANT, REJECTED
from portal.rules.datasets import TOTALS

MOST_LINES = 12
MOST_YEARS = 40
DECIDED = frozenset({DATA, CONFIRMED, CORRECTED, REJECTED, NO_DATA, NOT_RELEVANT})


class Held(NamedTuple):
    """One figure of a country as channel b holds it, value and year as published; `lines` counts the lines that are
    held of the indicator, of which no more than MOST_LINES are given, each with its newest MOST_YEARS figures.
    """

    indicator: str
    source: str
    series: str
    title: str
    area: str
    dimensions: str
    unit: str
    year: str
    last: int
    value: str
    edition: str
    headline: bool
    note: str
    licence: str
    credit: str
    lines: int = 1


@lru_cache(maxsize=4096)
def covers(dimensions: str) -> str:
    """What a figure covers, from the dimensions as JSON: `age: 15-24; sex: female`; "" for the whole."""
    return "; ".join(f"{name}: {value}" for name, value in sorted(json.loads(dimensions or "{}").items()))


@lru_cache(maxsize=4096)
def cover_words(cover: str) -> str:
    """The same for people: what stands for a whole, such as both sexes, is left off."""
    parts = (part for part in cover.split("; ") if part.partition(": ")[2].casefold() not in TOTALS)
    return "; ".join(part for part in parts if part)


@dataclass(frozen=True)
class Line:
    """One series with one cover in one unit: its figures in order of year. `headline` where it is of the whole."""

    title: str
    covers: str
    unit: str
    source: str
    credit: str
    licence: str
    note: str
    edition: str
    headline: bool
    figures: tuple[Held, ...]

    @property
    def newest(self) -> Held:
        return self.figures[-1]


def lines(held: Iterable[Held]) -> list[Line]:
    """The figures of an indicator as lines; they come line by line, as the query orders them."""
    found = []
    for _line, group in groupby(held, key=lambda one: (one.source, one.series, one.dimensions, one.unit)):
        figures = sorted(group, key=lambda one: (one.last, one.year))
        one = figures[-1]
        about = (one.title, one.dimensions, one.unit, one.source, one.credit or one.source, one.licence, one.note)
        found.append(Line(*about, one.edition, one.headline, tuple(figures)))
    return found


def about(held: Sequence[Held]) -> list[Held]:
    """The figures that a decision is about: those of the whole country where there are any, else all that are given."""
    return [one for one in held if one.headline] or list(held)


def offered(held: Sequence[Held]) -> list[dict[str, str]]:
    """What an answer keeps of the figures that its decision is about, each a map of texts by the names of OFFERED."""
    return [
        {
            "source": one.source,
            "series": one.series,
            "title": one.title,
            "area": one.area,
            "dimensions": one.dimensions,
            "unit": one.unit,
            "year": one.year,
            "value": one.value,
            "edition": one.edition,
            "seen_value": "",
            "seen_edition": "",
        }
        for one in about(held)
    ]


def mark(held: Sequence[Held]) -> str:
    """A mark of exactly these figures: a page sends it back, so that nobody confirms what the page did not show."""
    return digest(canonical(offered(held)))[:16]


@dataclass(frozen=True)
class Moved:
    """A figure that an import changed since the country confirmed it."""

    year: str
    was: str
    now: str
    unit: str
    title: str
    covers: str
    edition: str


_Key = tuple[str, ...]


def _key(one: Mapping[str, Any]) -> _Key:
    return tuple(str(one[name]) for name in ("source", "series", "area", "dimensions", "unit", "year"))


def _read(value: str) -> tuple[str | Decimal, str]:
    figure = parse_figure(value)
    return (value if figure.number is None else figure.number), figure.bound


def moved(answer: Any, held: Iterable[Held]) -> list[Moved]:
    """Which figures of a confirmed answer channel b gives otherwise now; another way to write the same number is none,
    nor is a figure that the country saw and did not take.
    """
    if not answer or answer["status"] != CONFIRMED:
        return []
    now = {_key(one._asdict()): one for one in held}
    pairs = ((one, now.get(_key(one))) for one in answer.get("offered", ()))
    return [
        Moved(one["year"], one["value"], new.value, new.unit, new.title, new.dimensions, new.edition)
        for one, new in pairs
        if new is not None and _read(new.value) not in (_read(one["value"]), _read(one["seen_value"]))
    ]


RENEW, KEEP = "renew", "keep"
"""What a country can say of a figure that moved: take the new one, or stay with the one it confirmed."""


def carried(value: Any, before: Any) -> Any:
    """A value sent, with the offered figures of the answer as it stands: who answers never writes those."""
    if not isinstance(value, dict) or "offered" not in value:
        return value
    if before is not None and "offered" not in before:
        return {name: part for name, part in value.items() if name != "offered"}
    return {**value, "offered": before["offered"] if before else []}


def decided(value: Any, before: Any, held: Sequence[Held], decision: str = "") -> Any:
    """The value with the figures that its decision is about: those of now where the decision is taken anew, else those
    that it has.
    """
    if not isinstance(value, dict) or "status" not in value:
        return value
    if decision == KEEP:
        return kept(value, held)
    if decision == RENEW or value["status"] != (before or {}).get("status", ""):
        return {**value, "offered": offered(held) if value["status"] in DECIDED else []}
    return value


def kept(answer: Mapping[str, Any], held: Iterable[Held]) -> dict[str, Any]:
    """The answer of a country that stays with what it confirmed: each figure that moved carries what it was kept
    against.
    """
    now = {_key(one._asdict()): one for one in held}
    renewed = []
    for one in answer.get("offered", ()):
        new = now.get(_key(one))
        if new is not None and _read(new.value) != _read(one["value"]):
            one = {**one, "seen_value": new.value, "seen_edition": new.edition}
        renewed.append(one)
    return {**answer, "offered": renewed}
