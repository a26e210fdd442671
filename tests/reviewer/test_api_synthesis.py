"""The synthesis for programs: the same people, services and refusals as on the pages."""

from __future__ import annotations

import hashlib
import json
import uuid
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.db import db
from portal.models.events import Event, Notice
from portal.models.synthesis import Citation, Recheck, Supplement, SupplementMark
from tests.factories import World
from tests.portal.callers import Caller
from tests.portal.test_passages import again
from tests.portal.test_reported_figures import SLUMS, reported, series
from tests.reviewer import test_reported_citations, test_supplement_figures
from tests.reviewer.synthesising import (
    ACTIONS,
    LATE,
    RESULTS,
    TEXTS,
    corrected,
    figured,
    passage,
    stated,
    statement,
    submitted,
    take,
    waiting,
)

NOBODY = str(uuid.UUID(int=7))
SIDE = dict.fromkeys(
    [
        "reference",
        "question",
        "version",
        "text",
        "language",
        "value",
        "unit",
        "period",
        "indicator",
        "disaggregation",
        "place",
        "source",
    ]
)


def recorded(kind: str) -> int:
    """How often the record tells of this."""
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Event).where(Event.kind == kind)) or 0


def problems(answer: Any) -> tuple[int, list[str]]:
    assert answer.mimetype == "application/problem+json"
    return answer.status_code, [one["where"] for one in answer.json["problems"]]


# statements


def test_statements_by_the_api(world: World) -> None:
    report = submitted(world)
    key = passage(report).key
    client, token = world.app.test_client(), {"Authorization": f"Bearer {world.token('reviewer')}"}
    draft = {"cycle": "2026", "heading": "1.1.1.1", "text": "Cash transfers reach the poor."}
    ground = {"kind": "passage", "reference": key, "stance": "for"}
    made = client.post("/api/v1/statements", json=draft | {"citations": [ground]}, headers=token)
    assert made.status_code == 201, made.text
    told = made.get_json()
    address = f"/api/v1/statements/{told['id']}"
    assert (told["state"], told["behind"]["states"], told["citations"][0]["reference"]) == ("draft", ["KAZ"], key)
    assert client.post(f"{address}/support", json={"revision": 1}, headers=token).get_json()["state"] == "supported"
    stale = client.put(address, json={"text": "Another.", "base_revision": 9}, headers=token)
    assert (stale.status_code, stale.get_json()["theirs"]) == (409, "Cash transfers reach the poor.")
    assert client.post("/api/v1/statements", json=draft | {"score": 1}, headers=token).status_code == 422
    wrong = client.post("/api/v1/statements", json=draft | {"heading": "9"}, headers=token)
    assert [one["where"] for one in wrong.get_json()["problems"]] == ["heading"]
    listed = client.get("/api/v1/statements?state=supported&limit=1", headers=token).get_json()
    assert ([one["id"] for one in listed["items"]], listed["next"]) == ([told["id"]], None)
    state = {"Authorization": f"Bearer {world.token('focal_point', 'KAZ')}"}
    assert client.get("/api/v1/statements", headers=state).status_code == 403
    assert json.loads(client.get("/api/v1/statements?limit=1", headers=token).data)["items"][0]["waiting"] == 0


def test_a_citation_is_taken_away_by_its_id(world: World) -> None:
    report = submitted(world)
    made, other = stated(world, passage(report), passage(report, RESULTS)), stated(world, passage(report), text="B.")
    team, path = Caller(world, "reviewer"), f"/statements/{made}"
    first, second = (one["id"] for one in team.get(path).json["citations"])
    (foreign,) = (one["id"] for one in team.get(f"/statements/{other}").json["citations"])
    told = team.post(f"{path}/citations/{first}/remove", {}).json
    assert (told["state"], [one["id"] for one in told["citations"]]) == ("supported", [second])
    told = team.post(f"{path}/citations/{second}/remove", {}).json
    assert (told["state"], told["citations"], recorded("statement.uncite")) == ("draft", [], 2)
    for gone in (first, foreign, NOBODY):
        assert problems(team.post(f"{path}/citations/{gone}/remove", {})) == (404, [])
    assert db.session.scalars(select(Citation.removed_by).where(Citation.id == uuid.UUID(foreign))).one() is None
    team.post(f"/statements/{other}/withdraw", {"reason": "It is said elsewhere."})
    assert team.post(f"/statements/{other}/citations/{foreign}/remove", {}).status_code == 409


def test_a_statement_is_withdrawn_with_a_reason_and_takes_its_place(world: World) -> None:
    ids = [str(stated(world, text=f"Statement {number}.", supported=False)) for number in (1, 2)]
    team = Caller(world, "reviewer")

    def order(heading: str) -> list[str]:
        rows = team.get(f"/statements?heading={heading}").json["items"]
        return [one["id"] for one in sorted(rows, key=lambda one: one["ordinal"])]

    assert team.post(f"/statements/{ids[1]}/place", {"to": "up"}).status_code == 200
    assert order("1.1.1.1") == ids[::-1]
    assert team.post(f"/statements/{ids[1]}/place", {"to": "down"}).status_code == 200
    assert order("1.1.1.1") == ids
    assert problems(team.post(f"/statements/{ids[0]}/place", {"to": "last", "heading": "9.9"})) == (422, ["heading"])
    assert team.post(f"/statements/{ids[0]}/place", {"to": "last", "heading": "S.1"}).json["heading"] == "S.1"
    assert (order("1.1.1.1"), order("S.1")) == (ids[1:], ids[:1])
    assert problems(team.post(f"/statements/{ids[0]}/withdraw", {"reason": " "})) == (422, ["reason"])
    assert team.post(f"/statements/{ids[0]}/withdraw", {"reason": "Said elsewhere."}).json["state"] == "withdrawn"
    assert team.post(f"/statements/{ids[0]}/withdraw", {"reason": "Said elsewhere."}).status_code == 409
    counts = {one["key"]: one["counts"] for one in team.get("/outline").json["items"] if one["counts"]}
    assert counts == {"1.1.1.1": {"draft": 1}, "S.1": {"withdrawn": 1}}


def test_the_texts_of_a_statement_and_the_headings_of_the_report(world: World) -> None:
    made, team = stated(world, supported=False), Caller(world, "lead")
    team.put(f"/statements/{made}", {"text": "Another text.", "base_revision": 1, "note": "Shorter."})
    texts = team.get(f"/statements/{made}/revisions").json["items"]
    assert [(one["number"], one["text"], one["note"], one["changed_by"]) for one in texts] == [
        (2, "Another text.", "Shorter.", world.person("lead").name),
        (1, "Cash transfers reach the poor.", "", world.person("reviewer").name),
    ]
    headings = {one["key"]: one for one in team.get("/outline").json["items"]}
    assert (headings["1.1.1.1"]["commitment"], headings["1.1.1.1"]["level"]) == ("1.1", 4)
    assert headings["1.1.1.1"]["title"]["en"] == world.edition().sections["1.1.1.1"].title["en"]
    assert team.get("/outline?cycle=1066").status_code == 404


# the list to check again


def test_an_entry_of_the_list_is_read_and_settled(world: World) -> None:
    report = submitted(world)
    first = passage(report).key
    made = stated(world, passage(report), passage(report, RESULTS))
    corrected(world, report, {ACTIONS: TEXTS[ACTIONS].replace("40,000", "45,000")})
    team, (row,) = Caller(world, "reviewer"), waiting(made)
    (one,) = team.get(f"/rechecks?statement={made}").json["items"]
    said = {"question": ACTIONS, "language": "en"}
    assert one == {
        "id": str(row.id),
        "statement": str(made),
        "heading": "1.1.1.1",
        "text": "Cash transfers reach the poor.",
        "language": "en",
        "revision": 1,
        "citation": str(row.citation_id),
        "kind": "passage",
        "stance": "for",
        "entity": "KAZ",
        "reason": "edited",
        "cited": SIDE
        | said
        | {"reference": first, "version": 1, "text": "The cash transfer reached 40,000 households."},
        "now": SIDE
        | said
        | {
            "reference": first.replace(":v1:", ":v2:"),
            "version": 2,
            "text": "The cash transfer reached 45,000 households.",
        },
        "standing": None,
        "doubt": None,
        "raised_at": one["raised_at"],
        "outcomes": ["holds", "reworded", "citation_removed", "withdrawn"],
        "outcome": None,
        "words": "",
        "settled_at": None,
        "settled_by": None,
    }
    path = f"/rechecks/{row.id}"

    def settle(**sent: Any) -> Any:
        return team("PATCH", path, json=sent)

    assert problems(settle(outcome="holds")) == (422, ["words"])
    assert problems(settle(outcome="perhaps")) == (422, ["outcome"])
    assert problems(settle(outcome="reworded", text="Cash transfers reach the poor.", base_revision=1)) == (
        *(422, ["text"]),
    )
    stale = settle(outcome="reworded", text="It reaches 45,000.", base_revision=7)
    assert (stale.status_code, stale.json["type"], stale.json["yours"], stale.json["theirs"]) == (
        *(409, "stale", "It reaches 45,000."),
        "Cash transfers reach the poor.",
    )
    assert settle(outcome="reworded", text="It reaches 45,000.").status_code == 409
    told = settle(outcome="reworded", text="It reaches 45,000.", base_revision=1, words="With the number.").json
    assert told == one | {
        "text": "It reaches 45,000.",
        "revision": 2,
        "outcomes": [],
        "outcome": "reworded",
        "words": "With the number.",
        "settled_at": told["settled_at"],
        "settled_by": world.person("reviewer").name,
    }
    assert (statement(made).state, recorded("statement.check")) == ("supported", 1)
    late = settle(outcome="holds", words="It holds.")
    assert (late.status_code, late.json["type"]) == (409, "not_now")
    assert team.get("/rechecks").json["items"] == []
    assert team.get("/rechecks?settled=true").json["items"] == [told]
    assert problems(team("PATCH", f"/rechecks/{NOBODY}", json={"outcome": "holds"})) == (404, [])
    assert team.get("/rechecks?cycle=1066").status_code == 404


def test_what_stands_no_more_says_so(world: World) -> None:
    report = submitted(world)
    made = stated(world, passage(report))
    world.step(report, "withdraw")
    (one,) = Caller(world, "reviewer").get("/rechecks").json["items"]
    assert (one["statement"], one["reason"], one["now"], one["outcomes"]) == (
        *(str(made), "withdrawn", None),
        ["citation_removed", "reworded", "withdrawn"],
    )


def test_figures_that_moved_are_told_on_both_sides(world: World) -> None:
    take(world, "12.5", "one")
    figured(world)
    take(world, "13.1", "two")
    report = reported(world, "KAZ", {SLUMS: series(("2020", "9"), place="Astana")})
    test_reported_citations.stated(world, *test_reported_citations.figures(report))
    again(world, report, {SLUMS: series(("2020", "8"), place="Astana")})
    found = {one["kind"]: one for one in Caller(world, "reviewer").get("/rechecks").json["items"]}
    number = db.session.scalars(select(Citation.observation_id).where(Citation.kind == "observation")).one()
    cited = SIDE | {"reference": f"figure:{number}", "unit": "PERCENT", "period": "2022", "value": "12.5"}
    assert (found["observation"]["cited"], found["observation"]["now"]) == (cited, cited | {"value": "13.1"})
    (row,) = db.session.scalars(select(Recheck).where(Recheck.old_reported_figure_id.is_not(None)))
    cited = SIDE | {
        "reference": f"reported:{row.old_reported_figure_id}",
        "question": SLUMS,
        "version": 1,
        "value": "9",
        "unit": "percent",
        "period": "2020",
        "indicator": "NUA-14",
        "disaggregation": "",
        "place": "Astana",
        "source": "Census",
    }
    now = cited | {"reference": f"reported:{row.new_reported_figure_id}", "version": 2, "value": "8"}
    assert (found["reported"]["cited"], found["reported"]["now"]) == (cited, now)
    assert {kind: one["entity"] for kind, one in found.items()} == {"observation": "KAZ", "reported": "KAZ"}


@pytest.mark.parametrize("settled", [False, True])
def test_the_list_comes_in_pages(world: World, settled: bool) -> None:
    report = submitted(world)
    ids = [stated(world, passage(report), text=f"Statement {number}.") for number in range(5)]
    corrected(world, report, {ACTIONS: TEXTS[ACTIONS].replace("40,000", "45,000")})
    team, wanted = Caller(world, "reviewer"), "true" if settled else "false"
    if settled:
        for one in team.get("/rechecks").json["items"]:
            team("PATCH", f"/rechecks/{one['id']}", json={"outcome": "citation_removed"})
    found, cursor = list[str](), ""
    while True:
        page = team.get(f"/rechecks?settled={wanted}&limit=2{cursor}").json
        found += [one["statement"] for one in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert sorted(found) == sorted(str(one) for one in ids)
    assert team.get(f"/rechecks?settled={'false' if settled else 'true'}&limit=2{cursor}").status_code == 422


# reports after the cut-off


def test_a_late_report_is_held_against_a_statement(world: World) -> None:
    early = submitted(world)
    made = stated(world, passage(early))
    late = test_supplement_figures.late_report(world)
    supplement = db.session.scalars(select(Supplement)).one()
    team = Caller(world, "reviewer")
    listed = {
        "id": str(supplement.id),
        "cycle": "2026",
        "entity": "KEN",
        "report": str(late.id),
        "state": "submitted",
        "versions": 1,
        "received_at": LATE.isoformat().replace("+00:00", "Z"),
        "looked_at": 0,
    }
    assert team.get("/supplements").json == {"items": [listed], "next": None}
    path, number = f"/supplements/{listed['id']}/marks", test_supplement_figures.figures(late)[0].id
    sent = {"statement": str(made), "effect": "weakens"}
    for more, where in (
        ({}, ["passage"]),
        ({"passage": passage(early).key}, ["passage"]),
        ({"figure": 77777}, ["figure"]),
        ({"figure": str(number)}, ["figure"]),
        ({"figure": number, "effect": "helps"}, ["effect"]),
        ({"figure": number, "more": 1}, ["more"]),
    ):
        assert problems(team.post(path, sent | more)) == (422, where), more
    key = {"Idempotency-Key": "one"}
    told, repeated = (
        team.post(path, sent | {"figure": number, "words": "Less than that."}, headers=key) for _ in range(2)
    )
    assert (told.status_code, told.data) == (201, repeated.data)
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(SupplementMark)) == 1
    anew = sent | {"figure": number, "effect": "contradicts"}
    assert [team.post(path, anew | {"seen": seen}).status_code for seen in ("1-0", "2-1")] == [409, 409]
    assert told.json == {
        "statement": str(made),
        "number": 1,
        "statement_revision": 1,
        "effect": "weakens",
        "words": "Less than that.",
        "reference": None,
        "text": None,
        "language": None,
        "figure": {
            "reference": f"reported:{number}",
            "question": SLUMS,
            "version": 1,
            "value": "> 9.5",
            "unit": "percent",
            "period": "2019/20",
            "indicator": "NUA-14",
            "disaggregation": "",
            "place": "Nairobi",
            "source": "Census",
        },
        "stands": True,
        "chosen_at": told.json["chosen_at"],
        "chosen_by": world.person("reviewer").name,
    }
    assert team.get(path).json["items"] == [told.json]
    assert (team.get("/supplements").json["items"], recorded("statement.supplement")) == (
        [listed | {"looked_at": 1}],
        1,
    )
    again_ = team.post(path, sent | {"effect": "strengthens", "passage": passage(late).key}).json
    assert (again_["effect"], again_["text"], again_["figure"]) == (
        *("strengthens", "The cash transfer reached 40,000 households."),
        None,
    )
    corrected(world, late, {ACTIONS: "Something quite different is told now."}, at=test_supplement_figures.LATER)
    assert [(one["effect"], one["stands"]) for one in team.get(path).json["items"]] == [("strengthens", False)]
    world.step(late, "withdraw")
    assert [one["state"] for one in team.get("/supplements").json["items"]] == ["withdrawn"]
    world.step(late, "reopen")  # the draft is the state's own
    assert [one["state"] for one in team.get("/supplements").json["items"]] == ["withdrawn"]
    assert problems(team.post(path, sent | {"statement": NOBODY, "effect": "untouched"})) == (404, [])
    assert problems(team.post(f"/supplements/{NOBODY}/marks", sent | {"effect": "untouched"})) == (404, [])
    assert problems(team.get(f"/supplements/{NOBODY}/marks")) == (404, [])


# releases


def test_a_release_is_made_and_read(world: World) -> None:
    report = submitted(world)
    made = stated(world, passage(report))
    lead, team = Caller(world, "lead"), Caller(world, "reviewer")
    assert team.post("/releases", {"cycle": "2026"}).status_code == 403
    first = lead.post("/releases", {"cycle": "2026"})
    assert (first.status_code, recorded("synthesis.release")) == (201, 1)
    assert (first.json["cycle"], first.json["number"], first.json["released_by"]) == (
        *("2026", 1),
        world.person("lead").name,
    )
    told = db.session.scalar(select(func.count()).select_from(Notice).where(Notice.kind == "synthesis.release"))
    assert told == 1
    twice = lead.post("/releases", {"cycle": "2026"})
    assert (twice.status_code, twice.json["type"]) == (409, "not_now")
    assert team.get("/releases?cycle=2026").json == {"items": [first.json], "next": None}
    document = team.get("/releases/2026/1")
    assert (document.status_code, document.mimetype) == (200, "application/json")
    assert hashlib.sha256(document.data).hexdigest() == first.json["digest"]
    assert [one["id"] for one in json.loads(document.data)["statements"]] == [str(made)]
    page = world.browser("reviewer").get("/synthesis/releases/1.json?cycle=2026")
    assert (page.status_code, page.data) == (200, document.data)
    for missing in ("/releases/2026/2", "/releases/1066/1", "/releases?cycle=1066"):
        assert problems(team.get(missing)) == (404, []), missing
    assert world.browser("reviewer").get("/synthesis/releases/2.json").status_code == 404
    assert lead.post("/releases", {"cycle": "1066"}).status_code == 404
    corrected(world, report, {ACTIONS: TEXTS[ACTIONS].replace("40,000", "45,000")})
    waits = lead.post("/releases", {"cycle": "2026"})
    assert (waits.status_code, waits.json["detail"][:38]) == (409, "Some statements wait to be checked aga")


@pytest.mark.parametrize("role", ["data_officer", "regional_officer", "partner", "administrator", "focal_point"])
def test_the_team_alone_comes_in(world: World, role: str) -> None:
    made, caller = stated(world, supported=False), Caller(world, role, "KAZ" if role == "focal_point" else None)
    for path in ("outline", "rechecks", "supplements", "releases", "releases/2026/1", f"statements/{made}/revisions"):
        assert caller.get(f"/{path}").status_code == 403, path
    mark = {"statement": str(made), "effect": "untouched"}
    for method, path, body in (
        ("PATCH", f"rechecks/{NOBODY}", {"outcome": "holds"}),
        ("POST", f"supplements/{NOBODY}/marks", mark),
        ("POST", "releases", {"cycle": "2026"}),
        ("POST", f"statements/{made}/citations/{NOBODY}/remove", {}),
        ("POST", f"statements/{made}/withdraw", {"reason": "A reason."}),
        ("POST", f"statements/{made}/place", {"to": "up"}),
    ):
        assert caller(method, f"/{path}", json=body).status_code == 403, path
    assert statement(made).state == "draft"
