"""Measures the totals of figures beside the same work in plain SQL on the same tables."""

from __future__ import annotations

import io
import statistics
import time
from collections.abc import Callable, Iterator

from sqlalchemy import event, text
from sqlalchemy.orm import Session

from portal.adapters.tabular_layouts import Told
from portal.db import db
from portal.http.context import storage
from portal.queries import imports
from portal.services import observations, totals
from tests.bench.data import DDF, HEADER, revised
from tests.bench.goals import Row
from tests.factories import World
from tests.faults.server import Place

MORE = 1000
SERIES = "sl_tlf_uem"
GROUPED = """
SELECT o.series_id, o.year, o.cut_id, e.region, count(*), sum(o.value), min(o.value), max(o.value)
FROM observations o JOIN areas a ON a.id = o.area_id JOIN entities e ON e.iso3 = a.key
WHERE o.value IS NOT NULL GROUP BY 1, 2, 3, 4
"""
BARE = """
SELECT t.* FROM observation_totals t JOIN series s ON s.id = t.series_id WHERE s.code = :series
"""


def measure(place: Place) -> Iterator[Row]:
    """P18 to P20 in a portal that holds figures already."""
    with place.application() as app:
        world = World(app)
        anew, grouped, after = [], [], []
        for number in range(3):
            session = world.act(None).session
            grouped.append(_seconds(lambda: session.execute(text(GROUPED)).all()))  # noqa: B023 - called at once
            anew.append(_seconds(lambda: totals.rebuild(session)))  # noqa: B023 - called at once
            world.done()
            after.append(_after_more(world, number))
        yield Row("P18", min(anew), min(grouped))
        yield from _tile(world.act(None).session)
        yield Row("P20", min(after), min(anew))


def _tile(session: Session) -> Iterator[Row]:
    asked: list[str] = []
    engine = db.engine
    event.listen(engine, "before_cursor_execute", lambda _c, _cursor, statement, *_rest: asked.append(statement))
    found = imports.totals(session, SERIES)
    read = sum("observations" in statement for statement in asked)
    bare = session.execute(text(BARE), {"series": SERIES}).all()
    if len(found) != len(bare):
        raise ValueError(f"the totals differ: {len(found)} and {len(bare)}")
    ours = [_seconds(lambda: imports.totals(session, SERIES)) for _ in range(11)]
    theirs = [_seconds(lambda: session.execute(text(BARE), {"series": SERIES}).all()) for _ in range(11)]
    yield Row("P19", statistics.median(ours) * 1000, statistics.median(theirs) * 1000)
    yield Row("P19 rows", read)


def _after_more(world: World, number: int) -> float:
    """Takes 1000 more figures in, each a revision, and gives what mending the totals took of it."""
    spent: list[float] = []
    mend = totals.after_import

    def timed(*given: object, **named: object) -> None:
        spent.append(_seconds(lambda: mend(*given, **named)))  # type: ignore[arg-type]

    lines = revised(MORE, number)
    act = world.act(None)
    totals.after_import = timed  # type: ignore[assignment]
    try:
        file = io.BytesIO((HEADER + "".join(lines)).encode())
        observations.take_in_from_console(act, storage(), file, DDF, Told())
    finally:
        totals.after_import = mend
    world.done()
    return spent[0]


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
