"""What a figure refers to is held and stays, whether the database checks it row by row or once a statement."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Connection, Update, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from portal import migrations
from portal.db import db
from portal.models.observations import Area, Cut, Import, Observation, Series
from tests.factories import DAY

STRANGE = 999
REFERRED = {"series_id": Series.id, "area_id": Area.id, "cut_id": Cut.id, "import_number": Import.number}
AT = {"series_id": 1, "area_id": 1, "cut_id": 1, "import_number": 1}
FIGURE = {**AT, "year": 2020, "period": "2020", "value_text": "7", "revision": 1}


@pytest.fixture(params=["0012", "0013"])
def connection(app: Flask, request: pytest.FixtureRequest) -> Iterator[Connection]:
    """A database with one figure, that was brought down to a revision, and up again where it is the newest."""
    with db.engine.connect().execution_options(writes=True) as made, made.begin():
        made.execute(insert(Series).values(id=1, source="UN", code="A", title="A"))
        made.execute(insert(Area).values(id=1, key="WLD", kind="region", name="World", names={}))
        made.execute(insert(Cut).values(id=1, dimensions="", unit=""))
        told = {"source": "UN", "layout": "ddf", "file_name": "a.csv", "blob": "", "size": 1, "sha256": ""}
        made.execute(insert(Import).values(number=1, **told, imported_at=DAY, mapping={}))
        made.execute(insert(Observation).values(FIGURE))
    migrations.downgrade(db.engine, "0012")
    migrations.upgrade(db.engine, request.param)
    with db.engine.connect().execution_options(writes=True) as made:
        yield made


@pytest.mark.parametrize("column", REFERRED)
def test_no_figure_refers_to_what_is_not_held(connection: Connection, column: str) -> None:
    added = insert(Observation).values({**FIGURE, "period": "2021", column: STRANGE})
    for change in (added, update(Observation).values({column: STRANGE})):
        with pytest.raises(IntegrityError), connection.begin():
            connection.execute(change)
    assert connection.execute(select(Observation.period)).all() == [("2020",)]


@pytest.mark.parametrize("column", REFERRED)
def test_what_a_figure_refers_to_stays(connection: Connection, column: str) -> None:
    key = REFERRED[column]
    moved: Update = update(key.class_).values({key: STRANGE})
    for change in (delete(key.class_), moved):
        with pytest.raises(IntegrityError), connection.begin():
            connection.execute(change)
    assert connection.execute(select(key)).all() == [(1,)]


def test_what_no_figure_refers_to_goes(connection: Connection) -> None:
    with connection.begin():
        connection.execute(delete(Observation))
        for key in REFERRED.values():
            connection.execute(delete(key.class_))
    held = [connection.execute(select(key)).all() for key in REFERRED.values()]
    assert held == [[], [], [], []]
