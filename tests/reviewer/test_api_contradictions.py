"""Contradictions for programs: what was compared, the run, the question to the state, what was decided."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.db import db
from portal.models.events import Event, Notice
from portal.models.remarks import Remark
from tests.factories import World
from tests.portal.callers import Caller
from tests.reviewer.contradicting import (
    HABITAT_PART,
    OTHERS,
    SLUMS,
    UN,
    cases,
    differing,
    figures,
    report,
    run,
    series_answer,
    settle,
)
from tests.reviewer.test_pages import statements

NOBODY = str(uuid.UUID(int=7))


def count(model: Any, kind: str) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model).where(model.kind == kind)) or 0


def problems(answer: Any) -> tuple[int, list[str]]:
    assert answer.mimetype == "application/problem+json"
    return answer.status_code, [one["where"] for one in answer.json["problems"]]


def against_the_report(world: World, state: str = "in_review") -> uuid.UUID:
    """A report whose figure differs from one of channel b, and a run that found it."""
    figures(world).add(UN, {"2020": "12.0"}, location="urban")
    world.done()
    made = report(world, {SLUMS: series_answer(("2020", "50"))}, state)
    run(world)
    return made.id


def test_what_was_compared_is_told_pair_by_pair(world: World) -> None:
    made = figures(world)
    made.add(UN, {"2018": "12.1", "2019": "11", "2020": "10"}, location="urban")
    made.add(OTHERS, {"2018": "12.5", "2019": "17"})
    made.add(HABITAT_PART, {"2020": "60"})
    made.add(("national:KAZ", "11-6-2"), {"2018": "0.2"}, unit="MG_CUB_METER", indicator="NUA-21")
    made.add(("un_sdg", "en_atm_pm25"), {"2018": "41.6"}, unit="mgr_m_3", indicator="NUA-21")
    made.add(UN, {"2020": "55.1"}, location="urban", entity="KEN")
    world.done()
    team = Caller(world, "reviewer")
    found = team.get("/contradictions/compared?entity=KAZ").json
    told = [(one["indicator"], one["result"], one["agree"], one["differ"], one["why"]) for one in found["items"]]
    assert sorted(told, key=str) == [
        ("NUA-14", "apart", 0, 0, "definition"),
        ("NUA-14", "apart", 0, 0, "definition"),
        ("NUA-14", "compared", 1, 1, None),
        ("NUA-21", "unit", 0, 0, None),
    ]
    (pair,) = (one for one in found["items"] if one["result"] == "compared")
    sides = {side["source"]: side for side in (pair["one"], pair["other"])}
    assert sides["un_sdg"] == {
        "channel": "b",
        "label": "United Nations SDG database",
        "source": "un_sdg",
        "title": "en_lnd_slum",
        "area": "KAZ",
        "unit": "percent",
    }
    page = team.get("/contradictions/compared?entity=KAZ&cycle=2026&limit=3").json
    rest = team.get(f"/contradictions/compared?entity=KAZ&cycle=2026&limit=3&cursor={page['next']}").json
    assert (page["items"] + rest["items"], rest["next"]) == (found["items"], None)
    assert team.get("/contradictions/compared?entity=KEN").json["items"] == []
    assert problems(team.get("/contradictions/compared")) == (422, ["entity"])
    for missing in ("entity=XXX", "entity=KAZ&cycle=1066"):
        assert team.get(f"/contradictions/compared?{missing}").status_code == 404, missing


def test_comparing_costs_the_same_for_few_figures_and_many(world: World) -> None:
    team = Caller(world, "reviewer")
    team.get("/me")

    def cost() -> int:
        with statements() as seen:
            assert team.get("/contradictions/compared?entity=KAZ").status_code == 200
        return len(seen)

    made = figures(world)
    made.add(UN, {"2020": "10"}, location="urban")
    world.done()
    few = cost()
    made = figures(world)
    made.add(OTHERS, {str(year): "12" for year in range(2010, 2024)})
    made.add(HABITAT_PART, {"2020": "60"})
    world.done()
    assert cost() == few


def test_the_run_is_the_leads_and_raises_nothing_twice(world: World) -> None:
    made = figures(world)
    made.add(UN, {"2020": "10.0"}, location="urban")
    made.add(OTHERS, {"2020": "20.0"})
    world.done()
    lead = Caller(world, "lead")
    assert Caller(world, "reviewer").post("/contradictions/find", {}).status_code == 403
    first = lead.post("/contradictions/find", {"cycle": "2026"})
    assert (first.status_code, first.json) == (200, {"entities": 1, "new": 1, "again": 0, "moved": 0, "gone": 0})
    assert lead.post("/contradictions/find", {}).json == {"entities": 1, "new": 0, "again": 1, "moved": 0, "gone": 0}
    assert (len(cases()), count(Event, "contradiction.find"), count(Notice, "contradiction.find")) == (1, 2, 1)
    assert lead.post("/contradictions/find", {"cycle": "1066"}).status_code == 404
    assert problems(lead.post("/contradictions/find", {"entity": "KAZ"})) == (422, ["entity"])


def test_the_state_is_asked_in_a_case(world: World) -> None:
    of = against_the_report(world)
    (case,) = cases()
    team, path = Caller(world, "reviewer"), f"/contradictions/{case.id}/question"
    colleague = Caller(world, "lead").post(path, {"question": "Which of the two?"})
    assert (colleague.status_code, colleague.json["type"], colleague.json["detail"]) == (
        *(409, "not_now"),
        "The report is assigned to a colleague.",
    )
    assert problems(team.post(path, {"question": " "})) == (422, ["question"])
    assert problems(team.post(path, {"question": "Which?", "due": "2025-01-01"})) == (422, ["due"])
    assert problems(team.post(path, {"question": "Which?", "due": "soon"})) == (422, ["due"])
    assert count(Event, "contradiction.ask") == 0
    told = team.post(path, {"question": "Which of the two is meant?", "due": "2025-07-31"})
    assert (told.status_code, told.json["state"], told.json["question"]) == (200, "asked", "Which of the two is meant?")
    db.session.rollback()
    remark = db.session.get_one(Remark, uuid.UUID(told.json["remark_id"]))
    assert (remark.report_id, remark.question, str(remark.due), remark.sent_at) == (of, SLUMS, "2025-07-31", None)
    assert (count(Event, "contradiction.ask"), count(Event, "team.remark")) == (1, 1)
    twice = team.post(path, {"question": "Again?"})
    assert (twice.status_code, twice.json["detail"][:27]) == (409, "The state is asked already;")


def test_nobody_is_asked_where_no_report_is_in_review(world: World) -> None:
    case = differing(world)
    answer = Caller(world, "reviewer").post(f"/contradictions/{case.id}/question", {"question": "Which?"})
    assert (answer.status_code, answer.json["detail"][:27]) == (409, "No report of this state has")
    against_the_report(world, "submitted")
    answer = Caller(world, "reviewer").post(f"/contradictions/{case.id}/question", {"question": "Which?"})
    assert (answer.status_code, answer.json["detail"]) == (409, "Remarks are gathered while the report is in review.")


def test_each_decision_of_a_case_is_read(world: World) -> None:
    case = differing(world)
    settle(world, case, "unresolved", "Nothing is known yet.")
    settle(world, case, "both_stand", "Another survey.")
    (one,) = Caller(world, "reviewer").get("/contradictions").json["items"]
    found = Caller(world, "reviewer").get(f"/contradictions/{case.id}/outcomes").json["items"]
    name = world.person("reviewer").name
    assert found == [
        {
            "number": number,
            "outcome": outcome,
            "reason": reason,
            "sides": one["sides"],
            "settled_at": found[0]["settled_at"],
            "settled_by": name,
        }
        for number, outcome, reason in (
            (2, "both_stand", "Another survey."),
            (1, "unresolved", "Nothing is known yet."),
        )
    ]


@pytest.mark.parametrize("role", ["data_officer", "regional_officer", "partner", "administrator", "focal_point"])
def test_the_team_alone_comes_in(world: World, role: str) -> None:
    case, caller = differing(world), Caller(world, role, "KAZ" if role == "focal_point" else None)
    for path in ("compared?entity=KAZ", f"{case.id}/outcomes"):
        assert caller.get(f"/contradictions/{path}").status_code == 403, path
    for path, body in (("find", {}), (f"{case.id}/question", {"question": "Which?"})):
        assert caller.post(f"/contradictions/{path}", body).status_code == 403, path
    assert Caller(world, "reviewer").post(f"/contradictions/{NOBODY}/question", {"question": "?"}).status_code == 404
