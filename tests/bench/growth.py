"""Measures what grows: the pages with 193 and with 965 reports in the database, and the queue by the row."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator

from tests.bench.data import RECEIVED, Facts, four_cycles_more
from tests.bench.goals import Row
from tests.bench.visitors import Unexpected, Visitor, rows
from tests.faults.server import Place

PAGES = {"queue": "queue", "edit": "edit", "review": "review"}

Middles = dict[str, tuple[float, float]]
"""The middle of each page's milliseconds, of the portal and of the floor."""


def measure(place: Place, facts: Facts, ours: Visitor, theirs: Visitor, requests: int) -> Iterator[Row]:
    """P15 and P16, with both servers at work; leaves 965 reports behind."""
    few = _middles(ours, theirs, requests)
    yield _by_the_row(ours, theirs, requests)
    four_cycles_more(place, facts)
    many = _middles(ours, theirs, requests)
    yield Row("P1 965", *many["queue"])
    yield Row("P6 965", *many["review"])
    for page in PAGES:
        # The floor does not grow: what it took more or less is the machine's mood, and is taken out.
        mood = many[page][1] / few[page][1]
        yield Row(f"P15 {page}", many[page][0], few[page][0] * mood)


def _middles(ours: Visitor, theirs: Visitor, requests: int) -> Middles:
    taken: dict[str, tuple[list[float], list[float]]] = {page: ([], []) for page in PAGES}
    for _ in range(requests):
        for page, held in taken.items():
            for visitor, times in zip((ours, theirs), held, strict=True):
                times.append(_milliseconds(getattr(visitor, PAGES[page])))
    return {page: (statistics.median(a), statistics.median(b)) for page, (a, b) in taken.items()}


def _by_the_row(ours: Visitor, theirs: Visitor, requests: int) -> Row:
    """What one more row costs: all rows against those of one state, by the rows between."""
    few = [rows(visitor.queue("submitted").body) for visitor in (ours, theirs)]
    if few[0] != few[1] or not 0 < few[0] < RECEIVED / 2:
        raise Unexpected(f"the queues of one state differ: {few} rows")
    slopes: tuple[list[float], list[float]] = ([], [])
    for _ in range(requests):
        for visitor, held in zip((ours, theirs), slopes, strict=True):
            whole, part = _milliseconds(visitor.queue), _milliseconds(lambda: visitor.queue("submitted"))  # noqa: B023
            held.append(1000 * (whole - part) / (RECEIVED - few[0]))
    return Row("P16", statistics.median(slopes[0]), statistics.median(slopes[1]))


def _milliseconds(ask: Callable[[], object]) -> float:
    began = time.perf_counter()
    ask()
    return (time.perf_counter() - began) * 1000
