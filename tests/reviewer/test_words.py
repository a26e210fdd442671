"""Where your words went: what a partner and a state read of the differences between sources, and what they do not."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from portal.db import db
from portal.models.passages import Passage
from portal.models.reports import Report
from portal.queries import words
from portal.services import contributions
from reviewer.services import synthesis
from tests.factories import World, csrf
from tests.portal.contributing import contribution, decide, filing, save, send
from tests.reviewer.contradicting import (
    CYCLE,
    FALLING,
    POLICY,
    UN,
    cases,
    figures,
    report,
    run,
    series_answer,
    settle,
    told_by_a_partner,
)
from tests.reviewer.doors import told_at
from tests.reviewer.synthesising import LATE, corrected, passage, stated, submitted

SAID = "Yes, since 2019"
TOLD = "There is no national urban policy."


def on_a_yes_and_a_no(world: World) -> tuple[Report, Any]:
    """A report that says yes, a partner that says no, their case settled, and a release, so that the page shows it."""
    made = report(world, {POLICY: series_answer(("2023", SAID), unit="yes/no with amount")})
    filed = contribution(world, "d", "accepted", areas=["Kazakhstan"], values={"CD.2/challenges": TOLD})
    run(world)
    [case] = [one for one in cases() if one.rule == "yes_no"]
    settle(world, case, "both_stand")
    released(world, made)
    return made, filed


def released(world: World, made: Report) -> None:
    stated(world, passage(made, "F.2/summary"))
    synthesis.release(world.acting("lead"), CYCLE)
    world.done()


def sides(reader: words.Reader) -> list[list[tuple[str, str]]]:
    """What each case of the page shows, side by side."""
    return [[(one["value"], one["text"]) for one in case.sides] for case in words.cases(db.session, CYCLE, reader)]


def named(made: Report, filed: Any) -> dict[str, Any]:
    keys = {"report_id": made.id, "contribution_id": filed.id, "partner_id": filed.partner_id, "iso3": "KAZ"}
    [case] = cases()
    return keys | {"case_id": case.id, "passage_id": 1, "number": 1, "version": 1, "cycle": CYCLE, "channel": "d"}


def test_a_partner_reads_the_answer_of_a_report_at_no_door_before_it_is_published(world: World) -> None:
    made, filed = on_a_yes_and_a_no(world)
    of = words.of_partner(db.session, filed.partner_id)
    assert sides(of) == []
    assert told_at(world, SAID, named(made, filed), "partner") == set()
    page = f"/partners/{filed.partner_id}/words"
    assert world.browser("partner").get(page).text.count("No difference between sources about you") == 1
    for step in ("check", "accept", "consent", "publish"):
        world.step(made, step)
    assert sides(words.of_partner(db.session, filed.partner_id)) == [[(SAID, ""), ("", TOLD)]]
    html = world.browser("partner").get(page).text
    assert [html.count(one) for one in (SAID, TOLD, "One says yes, another no", "Could you tell us")] == [1, 1, 1, 0]


def test_a_partner_reads_what_is_published_and_not_what_stood_before(world: World) -> None:
    made, filed = on_a_yes_and_a_no(world)
    world.step(made, "clarify")
    corrected(world, made, {POLICY: series_answer(("2023", "No"), unit="yes/no with amount")})
    for step in ("claim", "check", "accept", "consent", "publish"):
        world.step(made, step)
    assert sides(words.of_partner(db.session, filed.partner_id)) == []
    assert told_at(world, SAID, named(made, filed), "partner") == set()


def test_a_state_reads_the_question_until_the_partner_withdraws_what_it_wrote(world: World) -> None:
    made, filed = on_a_yes_and_a_no(world)
    assert sides(words.of_state(db.session, "KAZ")) == [[(SAID, ""), ("", TOLD)]]
    page = world.browser("focal_point", "KAZ").get("/entities/KAZ/words").text
    assert (page.count(TOLD), page.count("Could you tell us")) == (1, 1)
    act = world.acting("partner")
    contributions.withdraw(act, filing(act, filed.id))
    world.done()
    assert sides(words.of_state(db.session, "KAZ")) == []
    assert told_at(world, TOLD, named(made, filed), "focal_point", "KAZ") == set()


@pytest.mark.parametrize("outcome", ["set_aside", "returned"])
def test_what_a_state_reads_of_a_partner_is_what_stands_accepted(world: World, outcome: str) -> None:
    _made, filed = on_a_yes_and_a_no(world)
    if outcome == "set_aside":
        decide(world, filed.id, outcome, "A reason.")
        assert sides(words.of_state(db.session, "KAZ")) == []
        return
    save(world, filed.id, contributions.Draft(values={"CD.2/challenges": "It is none of our concern."}), 1)
    send(world, filed.id)
    decide(world, filed.id, outcome, "A reason.")
    assert sides(words.of_state(db.session, "KAZ")) == [[(SAID, ""), ("", TOLD)]]


def test_a_trend_of_a_partner_against_figures_of_a_report_is_told_to_the_partner_once_it_is_published(
    world: World,
) -> None:
    rows = series_answer(*FALLING.items())
    made = report(world, {"1.1.2.4/NUA-14": rows})
    filed = told_by_a_partner(world, "The share of people in slums rose in these years.", areas=["Kazakhstan"])
    run(world)
    [case] = [one for one in cases() if one.rule == "trend"]
    assert [side["kind"] for side in case.sides] == ["passage", "answer"]
    settle(world, case, "unresolved")
    assert sides(words.of_partner(db.session, filed.partner_id)) == []
    for step in ("check", "accept", "consent", "publish"):
        world.step(made, step)
    assert len(sides(words.of_partner(db.session, filed.partner_id))) == 1


def test_a_trend_against_figures_that_everybody_may_read_is_told_with_its_years(world: World) -> None:
    figures(world).add(UN, FALLING, location="urban")
    world.done()
    filed = told_by_a_partner(world, "The share of people in slums rose in these years.", areas=["Kazakhstan"])
    run(world)
    [case] = cases()
    settle(world, case, "corrected")
    released(world, report(world, {}, entity="KEN"))
    html = world.browser("partner").get(f"/partners/{filed.partner_id}/words").text
    wanted = ("The share of people in slums rose in these years.", "15.0 percent", "20.0 percent", "Could you tell us")
    assert [html.count(one) for one in wanted] == [1, 1, 1, 0]


def test_who_withdraws_is_told_what_stays(world: World) -> None:
    made, filed = on_a_yes_and_a_no(world)
    mine = world.browser("partner")
    address = f"/contributions/{filed.id}"
    mine.post(f"{address}/withdrawal", data={"csrf_token": csrf(mine.get(address).text)})
    html = mine.get(address).text
    told = "What was quoted of it before in a release, in a question to a state, or in a desk profile"
    assert (html.count(told), html.count("nobody outside your organisation and the team any more.")) == (1, 1)
    assert told_at(world, TOLD, named(made, filed), "focal_point", "KAZ") == set()


def test_what_a_later_release_can_do_is_told_to_those_who_wrote_something_that_stands(world: World) -> None:
    submitted(world, "KEN", at=LATE)
    of = {state: contribution(world, "e", state).partner_id for state in ("accepted", "returned", "withdrawn")}
    report(world, {})
    cited = contribution(world, "f", "accepted")
    stated(world, *db.session.scalars(select(Passage).where(Passage.contribution_id == cited.id)))
    synthesis.release(world.acting("lead"), CYCLE)
    world.done()
    pages = {
        "KAZ": world.browser("focal_point", "KAZ").get("/entities/KAZ/words").text,
        "KEN": world.browser("lead").get("/entities/KEN/words").text,
        "cited": world.browser("lead").get(f"/partners/{cited.partner_id}/words").text,
        "ALB": world.browser("lead").get("/entities/ALB/words").text,
    } | {state: world.browser("lead").get(f"/partners/{partner}/words").text for state, partner in of.items()}
    none, later = "No statement of this release", "can be cited in a later"
    after = "after the synthesis cut-off; it is told"
    assert {key: [page.count(one) for one in (none, later, after)] for key, page in pages.items()} == {
        "KAZ": [1, 1, 0],
        "KEN": [1, 0, 1],
        "cited": [0, 0, 0],
        "ALB": [1, 0, 0],
        "accepted": [1, 1, 0],
        "returned": [1, 0, 0],
        "withdrawn": [1, 0, 0],
    }
