"""Contradictions on pages, for programs and by command."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from portal.db import db
from reviewer.queries import contradictions as queries
from reviewer.queries.contradictions import Wanted
from reviewer.services import contradictions as service
from tests.factories import World, csrf
from tests.portal.callers import Caller
from tests.reviewer.contradicting import (
    CYCLE,
    HABITAT_PART,
    OTHERS,
    UN,
    cases,
    differing,
    figures,
    run,
    settle,
)


@pytest.mark.parametrize(
    ("wanted", "entities"),
    [
        (Wanted(), ["KAZ", "KEN"]),
        (Wanted(state="settled"), ["KAZ"]),
        (Wanted(state="open"), ["KEN"]),
        (Wanted(state="gone"), []),
        (Wanted(outcome="both_stand"), ["KAZ"]),
        (Wanted(entity="KEN"), ["KEN"]),
        (Wanted(region="Africa"), ["KEN"]),
        (Wanted(indicator="NUA-14", rule="figure"), ["KAZ", "KEN"]),
        (Wanted(commitment="2.1"), []),
        (Wanted(channel="b"), ["KAZ", "KEN"]),
        (Wanted(channel="a"), []),
    ],
)
def test_the_list_is_filtered(world: World, wanted: Wanted, entities: list[str]) -> None:
    made = figures(world)
    for entity in ("KAZ", "KEN"):
        made.add(UN, {"2020": "10"}, location="urban", entity=entity)
        made.add(OTHERS, {"2020": "20"}, entity=entity)
    world.done()
    run(world)
    settle(world, cases()[0], "both_stand")
    db.session.rollback()
    assert sorted(row.entity for row in queries.listed(db.session, CYCLE, wanted)) == entities
    assert queries.counted(db.session, CYCLE, wanted) == len(entities)


def test_the_pages(world: World) -> None:
    case = differing(world)
    browser = world.browser("reviewer")
    page = browser.get("/evidence/contradictions").get_data(as_text=True)
    assert Counter(page.split()).get("<h1>Contradictions") == 1
    assert f"/evidence/contradictions/{case.id}" in page
    address = f"/evidence/contradictions/{case.id}"
    token = csrf(browser.get(address).get_data(as_text=True))
    seen = {"csrf_token": token, "seen": service.mark(case)}
    refused = browser.post(f"{address}/outcome", data=seen | {"reason": "Kept words"})
    assert refused.status_code == 422
    assert "Kept words" in refused.get_data(as_text=True)
    told = seen | {"outcome": "both_stand", "reason": "Two surveys."}
    assert browser.post(f"{address}/outcome", data=told).status_code == 303
    assert "Two surveys." in browser.get(address).get_data(as_text=True)
    nobody = browser.post(f"{address}/question", data={"csrf_token": token, "question": "Which?"})
    assert nobody.status_code == 409
    assert browser.post("/evidence/contradictions/find", data={"csrf_token": token}).status_code == 403
    lead = world.browser("lead")
    token = csrf(lead.get("/evidence/contradictions").get_data(as_text=True))
    assert lead.post("/evidence/contradictions/find", data={"csrf_token": token}).status_code == 303


def test_an_outcome_of_a_colleague_is_not_replaced_unseen(world: World) -> None:
    case = differing(world)
    browser, lead = world.browser("reviewer"), Caller(world, "lead")
    address = f"/evidence/contradictions/{case.id}"
    page = browser.get(address).get_data(as_text=True)
    [seen] = re.findall(r'name="seen" value="(\w+)"', page)
    read = lead.get(f"/contradictions/{case.id}").json["mark"]
    assert [read] == [one["mark"] for one in lead.get("/contradictions").json["items"]] == [seen]
    settle(world, case, "both_stand")
    told = {"csrf_token": csrf(page), "seen": seen, "outcome": "corrected", "reason": "The state wrote to us."}
    refused = browser.post(address + "/outcome", data=told).get_data(as_text=True)
    assert refused.count("A colleague has decided about this case since") == 2
    assert ('value="corrected" checked' in refused, "The state wrote to us.</textarea>" in refused) == (True, True)
    by_api = {name: told[name] for name in ("seen", "outcome", "reason")}
    answer = lead("PATCH", f"/contradictions/{case.id}", json=by_api)
    assert (answer.status_code, answer.json["reasons"]) == (409, [service.CHANGED])
    assert [row.CaseOutcome.outcome for row in queries.outcomes(db.session, case.id)] == ["both_stand"]
    db.session.rollback()
    repeated = by_api | {"outcome": "both_stand", "reason": "The survey of the office."}
    assert lead("PATCH", f"/contradictions/{case.id}", json=repeated).status_code == 200
    [now] = re.findall(r'name="seen" value="(\w+)"', refused)
    assert browser.post(address + "/outcome", data=told | {"seen": now}).status_code == 303
    db.session.rollback()
    outcomes = [row.CaseOutcome.outcome for row in queries.outcomes(db.session, case.id)]
    assert outcomes == ["corrected", "both_stand"]


def test_no_outcome_is_written_upon_figures_that_were_not_shown(world: World) -> None:
    made = figures(world)
    made.add(UN, {"2020": "10.0"}, location="urban")
    made.add(OTHERS, {"2020": "20.0"})
    world.done()
    run(world)
    [case] = cases()
    seen = service.mark(case)
    db.session.rollback()
    act = world.acting("lead")
    held = queries.get(act.session, case.id, lock=True)
    held.sides = [side | {"value": "30.0"} for side in held.sides]
    world.done()
    sent = {"outcome": "both_stand", "reason": "Two surveys.", "seen": seen}
    assert Caller(world, "lead")("PATCH", f"/contradictions/{case.id}", json=sent).status_code == 409


def test_cycle_and_state_stay_asked_for_while_the_sentence_is_changed(world: World) -> None:
    differing(world)
    asked = "/evidence/contradictions?cycle=2026&entity=KAZ&state=open"
    page = world.browser("reviewer").get(asked).get_data(as_text=True)
    sentence = page.partition("data-filters")[2].partition("</form>")[0]
    kept = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', sentence)
    assert kept == [("cycle", "2026"), ("entity", "KAZ")]


def test_what_is_not_comparable_is_told_with_the_reason(world: World) -> None:
    made = figures(world)
    made.add(UN, {"2018": "12.1", "2019": "11", "2020": "10"}, location="urban")
    made.add(OTHERS, {"2018": "12.5", "2019": "17"})
    made.add(HABITAT_PART, {"2020": "60"})
    made.add(("national:KAZ", "11-2-1"), {"2011": "44"}, indicator="NUA-15", area="KAZ/KZALA")
    made.add(("un_sdg", "sp_trn_publ"), {"2020": "40"}, indicator="NUA-15")
    made.add(("national:KAZ", "11-6-2"), {"2018": "0.2"}, unit="MG_CUB_METER", indicator="NUA-21")
    made.add(("un_sdg", "en_atm_pm25"), {"2018": "41.6"}, unit="mgr_m_3", indicator="NUA-21")
    world.done()
    browser = world.browser("reviewer")
    page = browser.get("/evidence/contradictions/compared?entity=KAZ").get_data(as_text=True)
    rows = re.findall(
        r'<tr><th scope="row"><bdi dir="ltr">([^<]+).*?comparing gave">([^<]+)</td></tr>', page, re.DOTALL
    )
    assert sorted(rows) == [
        ("NUA-14", "1 figure agrees, 1 differs"),
        ("NUA-14", "Not comparable. The sources define the indicator differently."),
        ("NUA-14", "Not comparable. The sources define the indicator differently."),
        ("NUA-15", "Not comparable. They are of different areas."),
        ("NUA-21", "In other units: a question for the state."),
    ]
    assert "Choose a state" in browser.get("/evidence/contradictions/compared?entity=XXX").get_data(as_text=True)


def test_the_calls(world: World) -> None:
    case = differing(world)
    client = world.app.test_client()
    team = {"Authorization": f"Bearer {world.token('reviewer')}"}
    given = client.get("/api/v1/contradictions?state=open", headers=team).get_json()
    assert [(one["id"], one["rule"], one["entity"], one["state"]) for one in given["items"]] == [
        (str(case.id), "figure", "KAZ", "raised")
    ]
    address = f"/api/v1/contradictions/{case.id}"
    assert client.get(address, headers=team).get_json() == given["items"][0]
    wrong = client.patch(address, headers=team, json={"outcome": "both_stand", "reason": "Two surveys.", "more": 1})
    assert (wrong.status_code, [one["where"] for one in wrong.get_json()["problems"]]) == (422, ["more"])
    done = client.patch(address, headers=team, json={"outcome": "both_stand", "reason": "Two surveys."}).get_json()
    assert (done["state"], done["outcome"], done["reason"]) == ("settled", "both_stand", "Two surveys.")
    rules = client.get("/api/v1/contradictions/rules", headers=team).get_json()["items"]
    first = client.get("/api/v1/contradictions/rules?limit=1", headers=team).get_json()
    rest = client.get(f"/api/v1/contradictions/rules?cursor={first['next']}", headers=team).get_json()
    assert (len(first["items"]), first["items"] + rest["items"], rest["next"]) == (1, rules, None)
    assert [(one["rule"], one["right"]) for one in rules if one["raised"]] == [("figure", 1.0)]
    outside = {"Authorization": f"Bearer {world.token('data_officer')}"}
    assert client.get("/api/v1/contradictions", headers=outside).status_code == 403
    assert client.get(address, headers=outside).status_code == 403


def test_the_command(world: World) -> None:
    differing(world)
    db.session.rollback()
    told = world.app.test_cli_runner().invoke(args=["contradictions", "find", "--cycle", CYCLE])
    assert told.exit_code == 0, told.output
    assert told.output.splitlines()[:3] == [
        "Cycle 2026: 1 entities with evidence.",
        "        0  new cases",
        "        1  held before and found again",
    ]
