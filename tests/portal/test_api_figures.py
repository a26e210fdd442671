"""Figures over the API: a file taken in, what it gave, and the figures as JSON and as CSV."""

from __future__ import annotations

import csv
import io
import uuid
from typing import Any

import pytest

from tests.factories import World
from tests.portal.callers import Caller

NAME = "ddf--datapoints--en_lnd_slum--by--geo_area--location--nature--units--year.csv"
HEADER = "geo_area,location,nature,units,year,en_lnd_slum\n"
FIGURES = HEADER + "398,urban,g,percent,2018,5.5\n398,urban,g,percent,2020,>95\n4,urban,g,percent,2020,73.3\n"


def send(caller: Caller, text: str = FIGURES, name: str = NAME, **more: Any) -> Any:
    return caller("POST", "/datasets", data={"file": (io.BytesIO(text.encode()), name)} | more)


def test_a_file_of_figures_is_taken_in_and_reported(world: World) -> None:
    officer = Caller(world, "data_officer")
    sent = send(officer, edition="December 2023")
    assert sent.status_code == 201
    told = {
        name: sent.json[name] for name in ("source", "edition", "rows_read", "figures_read", "taken", "new", "left_out")
    }
    assert told == {
        "source": "un_sdg",
        "edition": "December 2023",
        "rows_read": 3,
        "figures_read": 3,
        "taken": 3,
        "new": 3,
        "left_out": 0,
    }
    kept = Caller(world, "reviewer").get(sent.headers["Location"].removeprefix("/api/v1")).json
    assert kept == {name: value for name, value in sent.json.items() if name != "dry_run"}
    again = send(officer, edition="December 2023").json
    assert (again["new"], again["revised"], again["unchanged"]) == (0, 0, 3)


def test_what_is_left_out_has_its_reason_and_place(world: World) -> None:
    sent = send(Caller(world, "data_officer"), FIGURES + "99999,urban,g,percent,2020,1.0\n").json
    assert (sent["figures_read"], sent["taken"], sent["left_out"]) == (4, 3, 1)
    (reason,) = sent["reasons"]
    assert (reason["figures"], len(reason["examples"])) == (1, 1)
    assert reason["examples"][0]["place"] != ""


def test_a_file_can_be_tried_first(world: World) -> None:
    officer = Caller(world, "data_officer")
    tried = send(officer, dry_run="true")
    assert (tried.status_code, tried.json["dry_run"], tried.json["new"]) == (200, True, 3)
    assert "Location" not in tried.headers
    assert officer.get("/observations").json["items"] == []
    assert officer.get(f"/datasets/{tried.json['id']}").status_code == 404


@pytest.mark.parametrize(
    ("text", "more", "status"),
    [
        ("\x00\x01", {}, 415),
        ("a,b\n1,2\n", {}, 422),
        (FIGURES, {"entity": "kaz"}, 422),
        (FIGURES, {"source": "a\x00b"}, 422),
        (FIGURES, {"edition": "x" * 121}, 422),
        (FIGURES, {"dry_run": "perhaps"}, 422),
        (FIGURES, {"surprise": "x"}, 422),
    ],
)
def test_a_file_that_will_not_do_is_refused_whole(world: World, text: str, more: dict[str, str], status: int) -> None:
    officer = Caller(world, "data_officer")
    refused = send(officer, text, **more)
    assert (refused.status_code, refused.mimetype) == (status, "application/problem+json")
    assert officer.get("/observations").json["items"] == []


def test_only_a_data_officer_brings_figures_in(world: World) -> None:
    for role, entity in (("lead", None), ("reviewer", None), ("focal_point", "KAZ")):
        assert send(Caller(world, role, entity)).status_code == 403
    assert Caller(world, "focal_point", "KAZ").get(f"/datasets/{uuid.UUID(int=7)}").status_code == 403


def test_figures_keep_their_text_and_a_bound(world: World) -> None:
    send(Caller(world, "data_officer"))
    partner = Caller(world, "partner")
    (figure,) = partner.get("/observations?entity=KAZ&from=2020&to=2020&channel=b").json["items"]
    told = {name: figure[name] for name in ("entity", "year", "value_text", "value", "bound", "unit", "dimensions")}
    assert told == {
        "entity": "KAZ",
        "year": 2020,
        "value_text": ">95",
        "value": 95.0,
        "bound": ">",
        "unit": "percent",
        "dimensions": {"location": "urban"},
    }
    assert (
        partner.get(f"/observations?indicator={figure['series']}&entity=AFG").json["items"][0]["value_text"] == "73.3"
    )
    assert partner.get("/observations?indicator=none").json == {"items": [], "next": None}
    assert partner.get("/observations?channel=c").status_code == 422


def test_figures_come_a_page_at_a_time(world: World) -> None:
    send(Caller(world, "data_officer"))
    partner = Caller(world, "partner")
    first = partner.get("/observations?limit=2").json
    second = partner.get(f"/observations?limit=2&cursor={first['next']}").json
    assert [figure["value_text"] for page in (first, second) for figure in page["items"]] == ["5.5", ">95", "73.3"]
    assert second["next"] is None


def test_figures_come_as_one_table(world: World) -> None:
    send(Caller(world, "data_officer"))
    partner = Caller(world, "partner")
    table = partner.get("/observations?entity=KAZ", headers={"Accept": "text/csv"})
    assert (table.status_code, table.mimetype) == (200, "text/csv")
    rows = list(csv.DictReader(io.StringIO(table.get_data(as_text=True))))
    assert [(row["area"], row["year"], row["value_text"], row["bound"]) for row in rows] == [
        ("KAZ", "2018", "5.5", ""),
        ("KAZ", "2020", ">95", ">"),
    ]
    items = partner.get("/observations?entity=KAZ").json["items"]
    assert set(rows[0]) | {"converted"} == set(items[0])
