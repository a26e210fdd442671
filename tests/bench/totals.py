"""Measures the totals of figures beside the same work in plain SQL on the same tables."""

from __future__ import annotations

import contextvars
import io
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

from sqlalchemy import event, text

from portal.adapters.tabular_layouts import Told
from portal.db import db
from portal.http.context import storage
from portal.services import observations, totals
from tests.bench.client import Answer, Connection
from tests.bench.data import DDF, HEADER, revised
from tests.bench.floor import DATABASE
from tests.bench.goals import Row
from tests.bench.visitors import Inside, Unexpected
from tests.factories import World
from tests.faults.server import Place, Server

MORE = 1000
TOTALS = "/api/v1/observations/totals?"
GROUPED = """
SELECT o.series_id, o.year, o.cut_id, e.region, count(*), sum(o.value), min(o.value), max(o.value)
FROM observations o JOIN areas a ON a.id = o.area_id JOIN entities e ON e.iso3 = a.key
WHERE o.value IS NOT NULL GROUP BY 1, 2, 3, 4
"""
ASKED = "indicator=sl_tlf_uem&region=Africa&year=2001"
TILES = {"P19": f"{ASKED}&cuts=1", "P19 all": f"{ASKED}&cuts=1000"}


def measure(place: Place, of: str = "") -> Iterator[Row]:
    """P18, P20 and the matrix in a portal that holds figures already; `of` stands behind each key."""
    with place.application() as app:
        world = World(app)
        anew, grouped, after = [], [], []
        for number in range(3):
            session = world.act(None).session
            grouped.append(_seconds(lambda: session.execute(text(GROUPED)).all()))  # noqa: B023 - called at once
            anew.append(_seconds(lambda: totals.rebuild(session)))  # noqa: B023 - called at once
            world.done()
            after.append(_after_more(world, number))
        yield Row(f"P18{of}", min(anew), min(grouped))
        yield Row(f"P20{of}", min(after), min(anew))
        yield _matrix(world, of)


def tiles(place: Place, repeats: int = 41) -> Iterator[Row]:
    """A tile of a dashboard, the figure of one indicator in one region and year, as a program asks for it; then all its
    breakdowns. Each beside the floor, which reads the bare rows of the same totals for everybody.
    """
    asked: list[str] = []
    with place.application() as app:
        headers = {"Authorization": f"Bearer {World(app).token('data_officer')}"}
        event.listen(db.engine, "before_cursor_execute", lambda _c, _cursor, statement, *_rest: asked.append(statement))
        for query in TILES.values():
            Inside(app).send("GET", TOTALS + query, headers=headers)
    yield Row("P19 rows", sum("observations" in statement for statement in asked))
    with ExitStack() as stack:
        portal = stack.enter_context(Server(place.environment).running())
        floor = stack.enter_context(Server({DATABASE: place.database_url}, what="tests.bench.floor_wsgi:app").running())
        ours, theirs = Connection(portal.port), Connection(floor.port)
        for key, query in TILES.items():
            taken = [_tile(ours, theirs, query, headers) for _ in range(repeats)]
            yield Row(key, *(statistics.median(side) * 1000 for side in zip(*taken, strict=True)))


def _tile(ours: Connection, theirs: Connection, query: str, headers: dict[str, str]) -> tuple[float, float]:
    """The seconds of one answer of each side, which must hold as many rows."""
    answers: list[Answer] = []
    took = (
        _seconds(lambda: answers.append(ours.send("GET", TOTALS + query, headers=headers))),
        _seconds(lambda: answers.append(theirs.send("GET", f"/totals?{query}"))),
    )
    found = [answer.body.count(b'"region":') for answer in answers]
    if found[0] != found[1] or not found[0]:
        raise Unexpected(f"the totals differ: {found} rows, {answers[0].body[:200]!r}")
    return took


def _matrix(world: World, of: str) -> Row:
    """The page of the evidence matrix, and the same statements alone with all that they give."""
    asked: list[tuple[str, Any]] = []
    engine = db.engine
    reader = world.browser("lead")

    def page() -> None:
        if contextvars.Context().run(reader.get, "/evidence/matrix").status_code != 200:
            raise ValueError("the evidence matrix did not answer")

    def note(_connection: object, _cursor: object, statement: str, given: Any, *_rest: object) -> None:
        asked.append((statement, given))

    page()
    event.listen(engine, "before_cursor_execute", note)
    page()
    event.remove(engine, "before_cursor_execute", note)
    reads = [one for one in asked if one[0].lstrip().upper().startswith(("SELECT", "WITH"))]

    def bare() -> None:
        with engine.connect() as connection:
            for statement, given in reads:
                connection.exec_driver_sql(statement, given).all()

    ours, theirs = [], []
    for _ in range(11):
        ours.append(_seconds(page))
        theirs.append(_seconds(bare))
    return Row(f"matrix{of}", statistics.median(ours) * 1000, statistics.median(theirs) * 1000)


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
