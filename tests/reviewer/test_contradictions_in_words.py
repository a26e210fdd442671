"""Contradictions in words: a trend, a yes or a claim that no figure or other voice goes with."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from portal.db import db
from portal.http.file_texts import read_waiting_file
from portal.models.contributions import Contribution
from portal.services import contribution_files
from portal.services.contributions import Draft
from reviewer.services.contradictions import Run
from tests.factories import World
from tests.portal.contributing import contribution, decide, filing, save, send
from tests.portal.test_contributions import upload
from tests.portal.test_sources import docx, paragraph
from tests.reviewer.contradicting import (
    FALLING,
    POLICY,
    RESULTS,
    UN,
    cases,
    figures,
    kinds,
    passage,
    report,
    run,
    series_answer,
    told_by_a_partner,
)


def test_a_trend_told_against_the_figures_becomes_a_case(world: World) -> None:
    slums = {"2020": "10.0", "2021": "11.0", "2022": "12.5", "2023": "13.0", "2024": "14.0"}
    figures(world).add(UN, slums, location="urban")
    world.done()
    report(world, {RESULTS: "Much was built. The share of people in slums fell, as the survey shows.\n\nMore to come."})
    run(world)
    [case] = cases()
    assert (case.rule, case.period, case.sides[0]["text"]) == (
        "trend",
        "2020–2024",
        "The share of people in slums fell, as the survey shows.",
    )


def test_a_trend_told_by_an_accepted_contribution_is_held_against_the_figures_of_each_state_it_names(
    world: World,
) -> None:
    for entity in ("KAZ", "KEN", "NPL"):
        figures(world).add(UN, FALLING, location="urban", entity=entity)
        world.done()
    told_by_a_partner(world, "Much is new. The share of people in slums rose in these years.")
    assert run(world).new == 2
    assert kinds() == [("KAZ", "trend"), ("KEN", "trend")]
    case = cases()[0]
    assert [(side["channel"], side["label"], side["source"]) for side in case.sides] == [
        ("c", "Example agency", "contribution"),
        ("b", "United Nations SDG database", "un_sdg"),
    ]
    assert case.question == (
        "On “Urban population living in slums, informal settlements or inadequate housing” another channel says of "
        "your country: “The share of people in slums rose in these years.” (Example agency). The figures held go from "
        "20.0 percent (2019) to 15.0 percent (2023) (United Nations SDG database). Could you tell us what explains the "
        "difference, or whether another period or definition is meant?"
    )
    assert run(world) == Run(3, 0, 2, 0, 0)


def test_a_sentence_that_names_one_of_the_states_is_told_of_this_one_alone(world: World) -> None:
    for entity in ("KAZ", "KEN"):
        figures(world).add(UN, FALLING, location="urban", entity=entity)
        world.done()
    told_by_a_partner(world, "In Kenya the share of people in slums rose.")
    run(world)
    assert kinds() == [("KEN", "trend")]


def test_a_state_that_only_a_version_not_looked_at_yet_names_is_told_nothing_by_the_one_before(world: World) -> None:
    figures(world).add(UN, FALLING, location="urban")
    world.done()
    made = told_by_a_partner(world, "The share of people in slums rose.", areas=["Africa"])
    save(world, made.id, Draft(areas=["Kazakhstan"]), 2)
    send(world, made.id)
    assert run(world).new == 0


@pytest.mark.parametrize(
    ("state", "text"),
    [
        ("sent", "The share of people in slums rose."),
        ("set_aside", "The share of people in slums rose."),
        ("accepted", "The share of people in slums fell."),
        ("accepted", "The share of people in slums will have to rise no more."),
    ],
)
def test_a_trend_that_is_not_accepted_or_goes_with_the_figures_is_no_case(world: World, state: str, text: str) -> None:
    figures(world).add(UN, FALLING, location="urban")
    world.done()
    told_by_a_partner(world, text, state)
    assert run(world).new == 0


def test_a_trend_of_a_contribution_is_held_against_the_years_it_speaks_of(world: World) -> None:
    newer = {"2024": "16.0", "2025": "18.0", "2026": "20.0", "2027": "22.0", "2028": "25.0"}
    figures(world).add(UN, FALLING | newer, location="urban")
    world.done()
    told_by_a_partner(world, "The share of people in slums rose.")
    run(world)
    assert [(case.rule, case.period) for case in cases()] == [("trend", "2019–2023")]


def test_words_that_go_with_the_figures_are_no_case(world: World) -> None:
    figures(world).add(UN, {"2020": "14.0", "2021": "13.0", "2022": "12.5", "2023": "11.0"}, location="urban")
    world.done()
    report(world, {RESULTS: "The share of people in slums fell."})
    assert run(world).new == 0


def test_a_figure_that_no_other_channel_speaks_of_is_asked_about(world: World) -> None:
    report(world, {"1.2.2.3/results": "The scheme reached 12,500 households in 2023."})
    run(world)
    [case] = cases()
    assert (case.rule, case.commitment, case.indicator) == ("claim", "1.2", None)
    assert case.sides[1] == {
        "kind": "passage",
        "ref": "",
        "channel": "",
        "label": "No other channel",
        "text": "",
        "value": "",
        "unit": "",
        "period": "",
        "source": "",
        "points": [],
    }


def test_a_figure_that_a_partner_on_several_states_speaks_of_is_no_case(world: World) -> None:
    report(world, {"1.2.2.3/results": "The scheme reached 12,500 households in 2023."})
    ticked = {"CC.1/commitment": ["commitment_1_1", "commitment_1_2"]}
    made = contribution(world, "c", "sent", areas=["Kenya", "Kazakhstan"], values=ticked)
    assert run(world).new == 1
    decide(world, made.id, "accepted")
    assert run(world) == Run(2, 0, 0, 0, 1)


CLAIMS = "Much was done. The scheme reached 12,500 households in 2023."


ON_PROSPERITY = {"CC.2/text": CLAIMS, "CC.1/commitment": ["commitment_1_2"]}


def claims() -> list[tuple[str | None, str | None]]:
    return [(case.entity, case.commitment) for case in cases() if case.rule == "claim" and case.gone_at is None]


def test_a_figure_of_a_partner_that_nobody_else_speaks_of_is_asked_about(world: World) -> None:
    made = contribution(world, "c", "sent", areas=["Kazakhstan"], values=ON_PROSPERITY)
    run(world)
    assert claims() == []
    decide(world, made.id, "accepted")
    run(world)
    [case] = cases()
    assert (case.rule, case.entity, case.commitment, case.indicator) == ("claim", "KAZ", "1.2", None)
    assert [(side["channel"], side["label"], side["text"]) for side in case.sides] == [
        ("c", "Example agency", "The scheme reached 12,500 households in 2023."),
        ("", "No other channel", ""),
    ]
    assert case.question == (
        "Another channel says of your country: “The scheme reached 12,500 households in 2023.” (Example agency). No "
        "other channel holds a figure or a text on this yet. Could you tell us whether this is so, or name a source "
        "that the reader can follow?"
    )
    assert run(world) == Run(1, 0, 1, 0, 0)


def test_a_figure_of_a_partner_is_no_case_where_another_voice_speaks_on_the_commitment(world: World) -> None:
    contribution(world, "c", "accepted", areas=["Kazakhstan"], values=ON_PROSPERITY)
    run(world)
    assert claims() == [("KAZ", "1.2")]
    other = {"CF.1/commitment": ["commitment_1_2"]}
    city = contribution(world, "f", "accepted", areas=["Kazakhstan"], values=other)
    run(world)
    assert claims() == []
    decide(world, city.id, "set_aside", "A reason.")
    figures(world).add(UN, {"2020": "4.0"}, indicator="NUA-08")
    world.done()
    run(world)
    assert claims() == []


def test_a_report_of_the_state_is_another_voice_and_another_text_of_the_same_partner_is_none(world: World) -> None:
    first = contribution(world, "c", "accepted", areas=["Kazakhstan"], values=ON_PROSPERITY)
    second = contribution(world, "c", areas=["Kazakhstan"], values={"CC.1/commitment": ["commitment_1_2"]})
    db.session.execute(update(Contribution).where(Contribution.id == second.id).values(partner_id=first.partner_id))
    db.session.commit()
    send(world, second.id)
    decide(world, second.id, "accepted")
    run(world)
    assert claims() == [("KAZ", "1.2")]
    report(world, {"1.2.2.3/actions": "The scheme goes on."})
    run(world)
    assert claims() == []


def test_how_a_partner_knows_it_and_what_is_attached_are_no_claims(world: World) -> None:
    values = ON_PROSPERITY | {"CC.2/text": "Much was done.", "CC.2/basis": "A survey of 4,000 households."}
    made = contribution(world, "c", areas=["Kazakhstan"], values=values)
    act = world.acting("partner")
    contribution_files.attach(act, filing(act, made.id), "CC.3/files", upload("one.docx", docx(paragraph(CLAIMS))))
    world.done()
    send(world, made.id)
    decide(world, made.id, "accepted")
    while read_waiting_file() is not None:
        pass
    run(world)
    assert claims() == []


def test_a_figure_of_a_partner_on_several_states_is_of_the_one_that_its_sentence_names(world: World) -> None:
    told = {"CC.2/text": "In Kenya the scheme reached 12,500 households. It grew by 40 per cent."}
    contribution(world, "c", "accepted", areas=["Kazakhstan", "Kenya"], values=ON_PROSPERITY | told)
    run(world)
    assert claims() == [("KEN", "1.2")]


def test_a_yes_against_the_no_of_a_partner_becomes_a_case(world: World) -> None:
    made = report(world, {POLICY: series_answer(("2023", "Yes, since 2019"), unit="yes/no with amount")})
    spoken = passage(world, "KAZ", "There is no national urban policy with a budget.")
    passage(world, "KEN", "There is no national urban policy with a budget.")
    run(world)
    [case] = [one for one in cases() if one.rule == "yes_no"]
    assert [(side["kind"], side["ref"], side["channel"], side["value"], side["text"]) for side in case.sides] == [
        ("answer", f"{made.id}/{POLICY}", "a", "Yes, since 2019", ""),
        ("passage", spoken, "d", "", "There is no national urban policy with a budget."),
    ]
