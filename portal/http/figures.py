"""What channel b offers for an indicator, as pages show it: lines with their chart, what moved, what is left out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from forms.figures import parse_figure
from portal.rules import offers
from portal.rules.datasets import Definition, definition, source_fact
from portal.rules.offers import Held, Line, Moved
from portal.rules.plausible import named


class Point(NamedTuple):
    """One point of a small chart: the year, the number, and the text as published."""

    year: int
    number: float
    text: str


@dataclass(frozen=True)
class ShownLine:
    """One line with the name of its source, its unit in words, and the points of its chart."""

    line: Line
    source: str
    unit: str
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Offer:
    """What is offered for an indicator. `first` are the lines that a decision is about, `other` further breakdowns that
    are held; `left_out` counts lines that are held and not shown. `definition` says what the indicator measures.
    """

    first: tuple[ShownLine, ...]
    other: tuple[ShownLine, ...]
    moved: tuple[Moved, ...]
    left_out: int
    mark: str
    definition: Definition | None


def offer(held: Sequence[Held], value: Any = None) -> Offer | None:
    """What is offered; None where channel b holds nothing. `value` is the answer, for what moved since it."""
    if not held:
        return None
    decided = {id(one) for one in offers.about(held)}
    first = offers.lines([one for one in held if id(one) in decided])
    other = offers.lines([one for one in held if id(one) not in decided])
    return Offer(
        tuple(_shown(line) for line in first),
        tuple(_shown(line) for line in other),
        tuple(offers.moved(value, held)),
        max(0, held[0].lines - len(first) - len(other)),
        offers.mark(held),
        definition(held[0].indicator),
    )


def _shown(line: Line) -> ShownLine:
    read = ((one, parse_figure(one.value).number) for one in line.figures)
    points = tuple(Point(one.last, float(number), one.value) for one, number in read if number is not None)
    return ShownLine(line, source_fact(line.source).title, named(line.unit), points)


class Beside(NamedTuple):
    """One line beside the figures of a report: its newest figure, and those of the other years of the report."""

    newest: Held
    source: str
    unit: str
    same: tuple[Held, ...]


def beside(held: Sequence[Held], years: Collection[int], most: int) -> list[Beside]:
    """The first `most` lines of an indicator, in the order of the query, for a report with figures of these years."""
    found = []
    for line in offers.lines(held)[:most]:
        newest = line.newest
        same = tuple(one for one in line.figures if one.last in years and one is not newest)
        found.append(Beside(newest, source_fact(line.source).title, named(line.unit), same))
    return found
