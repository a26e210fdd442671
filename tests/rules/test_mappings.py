"""What columns are: proposed from headings and cells, judged in sentences, the same for the next file of the kind."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

import pytest

from portal.rules.areas import EntityFact, Gazetteer, Place, UnknownArea
from portal.rules.conversions import converted, unit_rules
from portal.rules.mappings import ColumnPlan, adopted, fingerprint, problems, propose, read_mapping
from portal.rules.shipped import entities
from portal.rules.verdicts import problem

GAZETTEER = Gazetteer(EntityFact(e["iso3"], e["iso2"], e["m49"], e["names"]) for e in entities())


def knows(wording: str) -> bool:
    try:
        GAZETTEER.find(Place("any", wording))
    except UnknownArea:
        return False
    return True


def proposed(header: str, *rows: str) -> ColumnPlan:
    return propose(header.split(","), [row.split(",") for row in rows], knows)


@pytest.mark.parametrize(
    ("header", "row", "roles"),
    [
        ("Country,Jahr,Wert", "Kenya,2020,12.5", "area period figure"),
        ("code,country,year,share,unit", "KEN,Kenya,2020,12.5,%", "area name period figure unit"),
        ("ISO,2019,2020", "KEN,3,4", "area figure figure"),
        ("страна,год,показатель,значение", "Казахстан,2020,nua,7", "area period series figure"),
        ("geo_area,year,sex,value", "404,2020,f,7", "area period dimension figure"),
        ("x,y", "1,2", "figure figure"),
    ],
)
def test_what_columns_are_is_proposed_from_headings_and_cells(header: str, row: str, roles: str) -> None:
    assert proposed(header, row, row).roles == tuple(roles.split())


@pytest.mark.parametrize(
    ("language", "name"),
    [("ar", "كازاخستان"), ("zh", "哈萨克斯坦"), ("fr", "Kazakhstan"), ("ru", "Казахстан"), ("es", "Kazajstán")],
)
def test_an_area_is_found_by_code_then_by_its_name_in_six_languages(language: str, name: str) -> None:
    assert GAZETTEER.find(Place("any", "KAZ")).key == "KAZ"
    assert GAZETTEER.find(Place("any", "no code", name)).key == "KAZ", language


def test_a_code_outweighs_the_name_beside_it() -> None:
    assert GAZETTEER.find(Place("any", "KEN", "Kazakhstan")).key == "KEN"


def test_what_a_person_said_is_heard_last() -> None:
    heard = Gazetteer(EntityFact(e["iso3"], e["iso2"], e["m49"], e["names"]) for e in entities())
    heard.hear({"the hill country": "NPL", "kenya": "NPL"})
    assert heard.find(Place("any", "The Hill  Country")).key == "NPL"
    assert heard.find(Place("any", "Kenya")).key == "KEN"


def wheres(plan: ColumnPlan) -> list[str]:
    return [problem.where for problem in problems(plan)]


def test_what_hinders_a_mapping_is_told_at_its_place() -> None:
    whole = ColumnPlan(("a", "y", "v"), ("area", "period", "figure"), series="share")
    assert wheres(whole) == []
    assert wheres(dataclasses.replace(whole, series="")) == ["series"]
    assert wheres(dataclasses.replace(whole, roles=("area", "leave", "figure"))) == ["period"]
    assert wheres(dataclasses.replace(whole, roles=("area", "leave", "figure"), period="2020")) == []
    assert wheres(dataclasses.replace(whole, roles=("area", "leave", "figure"), period="soon")) == ["period"]
    assert wheres(dataclasses.replace(whole, roles=("area", "area", "figure"))) == ["role-1", "period"]
    assert wheres(dataclasses.replace(whole, roles=("leave", "period", "figure"))) == ["role-0"]
    assert wheres(dataclasses.replace(whole, roles=("area", "period", "leave"))) == ["role-0"]
    assert wheres(dataclasses.replace(whole, roles=("area", "period", "guess"))) == ["role-2", "role-0"]
    assert wheres(dataclasses.replace(whole, roles=("area",))) == ["roles"]


def test_a_mapping_is_read_as_it_was_written() -> None:
    plan = ColumnPlan(("a", "2019"), ("area", "figure"), 4, "Sheet 1", "%", "", "share")
    assert read_mapping(plan.document()) == plan
    for wrong in ({"header": "a", "roles": []}, {"header": [], "roles": [], "more": 1}, {"header": [], "roles": [1]}):
        with pytest.raises(ValueError, match="mapping"):
            read_mapping(wrong)


def test_the_next_file_of_a_kind_may_have_other_years_and_other_order() -> None:
    saved = ColumnPlan(("ISO", "note", "2019", "2020"), ("area", "leave", "figure", "figure"), series="share")
    following = ("iso ", "note", "2020", "2021", "2022")
    assert fingerprint(following) == fingerprint(saved.header)
    assert fingerprint(("ISO", "note", "more", "2019")) != fingerprint(saved.header)
    assert adopted(saved, following).roles == ("area", "leave", "figure", "figure", "figure")


def test_units_are_told_in_another_only_by_a_stated_rule() -> None:
    assert [(rule.rule, rule.factor) for rule in unit_rules()][:2] == [("U1", Decimal(1000)), ("U2", Decimal(1000))]
    told = {unit: converted("0.035", unit) for unit in ("MG_CUB_METER", "mg/m3", "мг/м³", "µg/m3", "percent", "index")}
    assert {unit: (one.value, one.unit, one.rule) if one else None for unit, one in told.items()} == {
        "MG_CUB_METER": ("35", "µg/m3", "U1"),
        "mg/m3": ("35", "µg/m3", "U1"),
        "мг/м³": ("35", "µg/m3", "U1"),
        "µg/m3": None,
        "percent": None,
        "index": None,
    }
    bound = converted("<5", "mg/m3")
    assert bound is not None
    assert bound.value == "<5000"


def test_what_can_be_said_of_an_import() -> None:
    assert problem("unverified", "verified", "") is None
    assert [where for where, _ in filter(None, (problem("unverified", v, "") for v in ("doubtful", "withdrawn")))] == [
        "reason",
        "reason",
    ]
    for standing, verdict in (("unverified", "good"), ("withdrawn", "verified")):
        wrong = problem(standing, verdict, "a reason")
        assert wrong is not None
        assert wrong[0] == "verdict"
