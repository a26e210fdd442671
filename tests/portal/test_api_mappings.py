"""What columns mean, kept by API for the next file with the same headings."""

from __future__ import annotations

import io
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.db import db
from portal.models.datasets import ColumnMapping
from portal.models.events import Event
from portal.rules.mappings import LEAVE
from tests.factories import World
from tests.portal.callers import Caller

TABLE = b"Country,Year,Share of homes,Remark\nKazakhstan,2020,12.5,good\nKenya,2020,50.1,fair\n"
COLUMNS: dict[str, Any] = {
    "header": ["Country", "Year", "Share of homes", "Remark"],
    "roles": ["area", "period", "figure", LEAVE],
    "unit": "percent",
    "series": "homes",
}
WHOLE = {"row": 1, "sheet": "", "period": ""} | COLUMNS


def count(kind: str) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Event).where(Event.kind == kind)) or 0


def problems(answer: Any) -> tuple[int, list[str]]:
    assert answer.mimetype == "application/problem+json"
    return answer.status_code, [one["where"] for one in answer.json["problems"]]


def take(world: World) -> Any:
    sent = {"file": (io.BytesIO(TABLE), "homes.csv"), "source": "homes"}
    return Caller(world, "data_officer")("POST", "/datasets", data=sent)


def test_a_mapping_that_is_kept_reads_the_next_file(world: World) -> None:
    officer = Caller(world, "data_officer")
    assert take(world).status_code == 422
    told = officer.post("/mappings", {"name": "homes.csv", "source": "homes", "columns": COLUMNS})
    assert told.status_code == 201
    assert told.json == {
        "id": told.json["id"],
        "name": "homes.csv",
        "source": "homes",
        "columns": WHOLE,
        "revision": 1,
        "saved_at": told.json["saved_at"],
    }
    assert (take(world).json["taken"], count("mapping.save")) == (2, 1)
    assert Caller(world, "reviewer").get("/mappings").json == {"items": [told.json], "next": None}
    page = world.browser("data_officer").get("/channels/b/rules").get_data(as_text=True)
    assert page.count("homes.csv") > 0
    same = officer.post("/mappings", {"name": "other.csv", "columns": COLUMNS})
    assert (same.json, count("mapping.save")) == (told.json, 1)
    another = officer.post("/mappings", {"name": "other.csv", "columns": COLUMNS | {"unit": "households"}}).json
    assert (another["id"], another["revision"], another["name"], another["columns"]["unit"]) == (
        *(told.json["id"], 2),
        *("other.csv", "households"),
    )
    forgotten = officer.post(f"/mappings/{another['id']}/forget", {})
    assert (forgotten.status_code, forgotten.json, count("mapping.forget")) == (200, another, 1)
    assert officer.get("/mappings").json["items"] == []
    assert officer.post(f"/mappings/{another['id']}/forget", {}).status_code == 404


def test_the_mapping_that_the_preview_proposes_can_be_kept(world: World) -> None:
    officer = Caller(world, "data_officer")
    shown = officer("POST", "/datasets/preview", data={"file": (io.BytesIO(TABLE), "homes.csv")}).json["mapping"]
    assert officer.post("/mappings", {"name": "homes.csv", "columns": shown | {"series": "homes"}}).status_code == 201


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"roles": ["area", "period", "figure"]}, ["roles"]),
        ({"roles": [LEAVE, "period", "figure", LEAVE]}, ["role-0"]),
        ({"roles": ["area", "period", "figure", "area"]}, ["role-3"]),
        ({"roles": ["area", LEAVE, "figure", LEAVE]}, ["period"]),
        ({"roles": ["area", "period", "figure", "guess"]}, ["columns.roles.3"]),
        ({"period": "soon"}, ["period"]),
        ({"header": []}, ["columns.header"]),
        ({"row": 0}, ["columns.row"]),
        ({"more": 1}, ["columns.more"]),
    ],
)
def test_what_will_not_do_is_named_by_its_place(world: World, change: dict[str, Any], where: list[str]) -> None:
    answer = Caller(world, "data_officer").post("/mappings", {"name": "homes.csv", "columns": COLUMNS | change})
    assert problems(answer) == (422, where)
    assert db.session.scalar(select(func.count()).select_from(ColumnMapping)) == 0


@pytest.mark.parametrize(
    ("role", "sees"), [("reviewer", 200), ("lead", 200), ("partner", 403), ("administrator", 403), ("focal_point", 403)]
)
def test_the_data_officer_alone_says_what_columns_are(world: World, role: str, sees: int) -> None:
    made = Caller(world, "data_officer").post("/mappings", {"name": "homes.csv", "columns": COLUMNS}).json
    caller = Caller(world, role, "KAZ" if role == "focal_point" else None)
    assert caller.get("/mappings").status_code == sees
    assert caller.post("/mappings", {"name": "homes.csv", "columns": COLUMNS}).status_code == 403
    assert caller.post(f"/mappings/{made['id']}/forget", {}).status_code == 403
