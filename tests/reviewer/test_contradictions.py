"""Contradictions between figures: of channel b with each other, and with those that a state reports."""

from __future__ import annotations

from sqlalchemy import update

from portal.models.observations import Import
from portal.queries import reports
from reviewer.services.contradictions import Run
from tests.factories import World
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
)


def test_a_national_figure_of_any_country_is_set_against_the_united_nations_and_not_against_a_part(
    world: World,
) -> None:
    made = figures(world)
    made.add(UN, {"2020": "50.8"}, location="urban", entity="KEN")
    made.add(HABITAT_PART, {"2020": "60"}, entity="KEN", unit="PERCENT")
    made.add(("national:KEN", "11-1-1"), {"2020": "44"}, entity="KEN", unit="PT")
    world.done()
    assert run(world).new == 1
    [case] = cases()
    assert [(side["source"], side["value"]) for side in case.sides] == [("national:KEN", "44"), ("un_sdg", "50.8")]


def test_figures_that_differ_become_one_case_and_agreements_none(world: World) -> None:
    made = figures(world)
    made.add(UN, {"2018": "12.1", "2019": "11", "2020": "10"}, location="urban")
    made.add(OTHERS, {"2018": "12.5", "2019": "17", "2020": "16"})
    made.add(UN, {"2020": "55.1"}, location="urban", entity="KEN")
    made.add(OTHERS, {"2020": "55"}, entity="KEN")
    world.done()
    assert run(world) == Run(2, 1, 0, 0, 0)
    [case] = cases()
    assert (case.entity, case.rule, case.indicator, case.commitment, case.period) == (
        "KAZ",
        "figure",
        "NUA-14",
        "1.1",
        "2019–2020",
    )
    assert [(side["source"], side["points"]) for side in case.sides] == [
        ("demonstration", [["2019", "17"], ["2020", "16"]]),
        ("un_sdg", [["2019", "11"], ["2020", "10"]]),
    ]
    assert case.question == (
        "On “Urban population living in slums, informal settlements or inadequate housing” two figures stand for 2019 "
        "and 2020: 16 percent (Made-up figures of the demonstration, 2020) and 10 percent (United Nations SDG "
        "database, 2020). Could you tell us what explains the difference, for example the definition, the period, the "
        "area or the source, and whether both figures should stand?"
    )


def test_a_unit_slip_of_a_national_series_becomes_a_case(world: World) -> None:
    made = figures(world)
    code = ("national:KAZ", "11-6-2/_L_KZ_110602_1B")
    made.add(code, {"2018": "0.041"}, unit="MG_CUB_METER", area="KAZ/KZALA", indicator="NUA-21")
    made.add(("un_sdg", "en_atm_pm25"), {"2018": "41.6"}, unit="mgr_m_3", indicator="NUA-21", location="city")
    world.done()
    run(world)
    [case] = cases()
    assert (case.rule, [(side["value"], side["unit"]) for side in case.sides]) == (
        "unit",
        [("0.041", "MG_CUB_METER"), ("41.6", "mgr_m_3")],
    )


def test_the_figures_of_a_report_are_held_against_channel_b(world: World) -> None:
    figures(world).add(UN, {"2020": "12.0", "2021": "11.0"}, location="urban")
    world.done()
    made = report(world, {SLUMS: series_answer(("2020", "12.4"), ("2021", "1100"))})
    assert run(world).new == 1
    [case] = cases()
    assert (case.rule, case.period, case.sides[0]["ref"]) == ("scale", "2021", f"{made.id}/{SLUMS}")
    assert (case.sides[0]["channel"], case.sides[1]["channel"]) == ("a", "b")


def test_a_draft_and_a_withdrawn_report_are_never_compared(world: World) -> None:
    figures(world).add(UN, {"2020": "12.0"}, location="urban")
    world.done()
    made = world.report("KAZ")
    act = world.acting("focal_point", "KAZ")
    world.fill(act, reports.get(act.session, made.id, lock=True), {SLUMS: series_answer(("2020", "50"))})
    world.done()
    assert run(world) == Run(1, 0, 0, 0, 0)
    kenya = report(world, {SLUMS: series_answer(("2020", "50"))}, "submitted", "KEN")
    figures(world).add(UN, {"2020": "12.0"}, location="urban", entity="KEN")
    world.done()
    assert run(world).new == 1
    world.step(kenya, "withdraw")
    assert run(world) == Run(2, 0, 0, 0, 1)


def test_the_figures_of_a_withdrawn_import_are_left_out(world: World) -> None:
    differing(world)
    world.act(None).session.execute(update(Import).values(standing="withdrawn"))
    world.done()
    assert run(world) == Run(1, 0, 0, 0, 1)
