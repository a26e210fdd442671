"""Measures the totals of figures beside the same work in plain SQL on the same tables."""

from __future__ import annotations

import contextvars
import io
import json
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

from flask import Flask
from sqlalchemy import event, text

from portal.adapters.tabular_layouts import Told
from portal.db import db
from portal.http.context import storage
from portal.services import observations, totals
from tests.bench.client import Answer
from tests.bench.data import DDF, HEADER, revised
from tests.bench.goals import Row
from tests.bench.visitors import Inside
from tests.factories import World
from tests.faults.server import Place

MORE = 1000
SERIES = "sl_tlf_uem"
GROUPED = """
SELECT o.series_id, o.year, o.cut_id, e.region, count(*), sum(o.value), min(o.value), max(o.value)
FROM observations o JOIN areas a ON a.id = o.area_id JOIN entities e ON e.iso3 = a.key
WHERE o.value IS NOT NULL GROUP BY 1, 2, 3, 4
"""
REGION, YEAR = "Africa", 2001
BARE = """
SELECT t.* FROM observation_totals t JOIN series s ON s.id = t.series_id
WHERE s.code = :series AND t.region = :region AND t.year = :year
"""
TILE = f"/api/v1/observations/totals?indicator={SERIES}&region={REGION}&year={YEAR}"


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
        yield from _tile(world)
        yield Row("P20", min(after), min(anew))
        yield _matrix(world)


def _tile(world: World) -> Iterator[Row]:
    """A tile of a dashboard, one indicator in one region and year, as a program asks for it; beside the bare rows of
    the totals and an empty answer of the same framework.
    """
    asked: list[str] = []
    engine = db.engine
    session = world.act(None).session
    bare = {"series": SERIES, "region": REGION, "year": YEAR}
    headers = {"Authorization": f"Bearer {world.token('data_officer')}"}
    portal, hello = Inside(world.app), Inside(_hello())
    event.listen(engine, "before_cursor_execute", lambda _c, _cursor, statement, *_rest: asked.append(statement))

    def tile() -> Answer:
        return contextvars.Context().run(portal.send, "GET", TILE, headers=headers)

    answer = tile()
    read = sum("observations" in statement for statement in asked)
    rows = session.execute(text(BARE), bare).all()
    if answer.status != 200 or len(json.loads(answer.body)["items"]) != len(rows) or not rows:
        raise ValueError(f"the totals differ: {len(rows)} bare rows, and {answer.status} {answer.body[:200]!r}")

    def floor() -> None:
        session.execute(text(BARE), bare).all()
        hello.send("GET", "/")

    ours, theirs = [], []
    for _ in range(41):
        ours.append(_seconds(tile))
        theirs.append(_seconds(floor))
    yield Row("P19", statistics.median(ours) * 1000, statistics.median(theirs) * 1000)
    yield Row("P19 rows", read)


def _matrix(world: World) -> Row:
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
    return Row("matrix", statistics.median(ours) * 1000, statistics.median(theirs) * 1000)


def _hello() -> Flask:
    app = Flask("hello")
    app.add_url_rule("/", view_func=lambda: "hello")
    return app


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
