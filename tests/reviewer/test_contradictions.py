"""Contradictions as cases, on the database: raised once, followed, asked, settled by people, and never removed."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from portal.db import db
from portal.http.file_texts import read_waiting_file
from portal.models.contradictions import Case, CaseOutcome
from portal.models.contributions import Contribution, Partner
from portal.models.events import Notice
from portal.models.observations import Area, Cut, Import, Observation, Series
from portal.models.passages import Passage
from portal.models.remarks import Remark
from portal.models.reports import Report
from portal.queries import reports
from portal.rules.cases import Tally
from portal.rules.datasets import cut_fact, is_headline
from portal.rules.refusals import Forbidden, Invalid, NotNow
from portal.rules.shipped import cycle_plan
from portal.services import contribution_files, remarks
from portal.services.contributions import Draft
from reviewer.queries import contradictions as queries
from reviewer.queries.contradictions import Wanted
from reviewer.services import contradictions as service
from reviewer.services.contradictions import Run
from tests.factories import World, csrf
from tests.portal.contributing import contribution, decide, filing, save, send
from tests.portal.test_contributions import upload
from tests.portal.test_sources import docx, paragraph

CYCLE = "2026"
SLUMS, POLICY, RESULTS = "1.1.2.4/NUA-14", "2.1.2/NUA-56", "1.1.2.4/results"
UN, OTHERS = ("un_sdg", "en_lnd_slum"), ("demonstration", "11-1-1")


HABITAT_PART = ("un_habitat", "Proportion of urban population living in inadequate housing (%) (b)")


class Figures:
    """Writes figures of channel b as an import would, with series, areas and cuts as they come."""

    def __init__(self, session: Session, at: dt.datetime) -> None:
        self.session = session
        self.file = Import(
            source="test", layout="test", file_name="test.csv", blob="", size=0, sha256="", imported_at=at, mapping={}
        )
        session.add(self.file)
        session.flush()

    def _one(self, model: Any, wanted: dict[str, Any], **more: Any) -> Any:
        held = self.session.scalars(select(model).filter_by(**wanted)).one_or_none()
        if held is None:
            held = model(**wanted, **more)
            self.session.add(held)
            self.session.flush()
        return held

    def add(
        self,
        series: tuple[str, str],
        values: dict[str, str],
        *,
        unit: str = "percent",
        entity: str = "KAZ",
        area: str = "",
        indicator: str = "NUA-14",
        **dimensions: str,
    ) -> None:
        """The figures of one series by period, in one cut and area."""
        fact = cut_fact(dimensions, unit)
        whole = not area
        place = self._one(
            Area,
            {"key": area or entity},
            kind="country" if whole else "city",
            entity=entity,
            name=area.rpartition("/")[2] or entity,
            names={},
        )
        held = self._one(Series, {"source": series[0], "code": series[1]}, title=series[1], indicator=indicator)
        cut = self._one(Cut, fact._asdict(), headline=is_headline(fact.dimensions))
        for period, value in values.items():
            self._one(
                Observation,
                {"series_id": held.id, "area_id": place.id, "cut_id": cut.id, "period": period},
                year=int(period[-4:]),
                value_text=value,
                value=float(value.strip("<>")),
                import_number=self.file.number,
            )
        self.session.flush()


def figures(world: World) -> Figures:
    return Figures(world.act(None).session, world.at)


def run(world: World, role: str = "lead") -> Run:
    world.at += dt.timedelta(minutes=1)
    made = service.find(world.acting(role), CYCLE)
    world.done()
    return made


def cases() -> list[Case]:
    db.session.rollback()
    return list(db.session.scalars(select(Case).order_by(Case.entity, Case.rule)))


def kinds() -> list[tuple[str | None, str]]:
    return [(case.entity, case.rule) for case in cases()]


def series_answer(*rows: tuple[str, str], unit: str = "percent", status: str = "data") -> dict[str, Any]:
    cells = {"unit": unit, "source": "Survey", "disaggregation": "", "place": ""}
    return {"status": status, "reason": "", "rows": [{"year": y, "value": v, **cells} for y, v in rows]}


def report(world: World, values: dict[str, Any], state: str = "in_review", entity: str = "KAZ") -> Report:
    """A report with these answers, moved to this state."""
    made = world.report(entity)
    act = world.acting("focal_point", entity)
    held = reports.get(act.session, made.id, lock=True)
    world.fill(act, held)
    world.fill(act, held, values)
    world.done()
    for step in ("ask", "submit", "claim") if state == "in_review" else ("ask", "submit"):
        world.step(made, step)
    return reports.get(db.session, made.id)


def passage(world: World, entity: str, text: str) -> str:
    """A passage of a contribution of channel d about a state; gives its key."""
    session = world.act(None).session
    partner = Partner(name="Country office", kind="country_office", credit="Country office", created_at=world.at)
    session.add(partner)
    session.flush()
    person = world.person("partner").id
    made = Contribution(
        cycle=CYCLE, channel="d", partner_id=partner.id, edition=cycle_plan().edition, language="en", title="Survey",
        values={}, areas=[], created_at=world.at, created_by=person, state="accepted", versions=1,
    )  # fmt: skip
    session.add(made)
    session.flush()
    key = f"{made.id}:v1:CD.2/challenges:en:1"
    session.add(
        Passage(
            key=key, source="contribution", contribution_id=made.id, version=1, cycle=CYCLE, channel="d", entity=entity,
            partner_id=partner.id, question="CD.2/challenges", section="CD.2", commitment="2.1", language="en",
            ordinal=1, text=text, hash="0" * 64, cut_at=world.at,
        )
    )  # fmt: skip
    world.done()
    return key


def settle(world: World, case: Case, outcome: str, reason: str = "The survey of the office.") -> None:
    act = world.acting("reviewer")
    service.settle(act, queries.get(act.session, case.id, lock=True), outcome, reason)
    world.done()


def differing(world: World) -> Case:
    """One case: two sources that differ."""
    made = figures(world)
    made.add(UN, {"2020": "10.0"}, location="urban")
    made.add(OTHERS, {"2020": "20.0"})
    world.done()
    assert run(world).new == 1
    [case] = cases()
    return case


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


def test_a_second_run_raises_nothing_new(world: World) -> None:
    case = differing(world)
    assert run(world) == Run(1, 0, 1, 0, 0)
    assert [one.id for one in cases()] == [case.id]


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


FALLING = {"2019": "20.0", "2020": "19.0", "2021": "17.5", "2022": "16.0", "2023": "15.0"}


def told_by_a_partner(world: World, text: str, state: str = "accepted", **head: Any) -> Any:
    made = contribution(world, "c", **{"areas": ["Kazakhstan", "Kenya"]} | head)
    values = {"CC.2/text": text, "CC.1/period": {"from": "2019", "to": "2023"}}
    save(world, made.id, Draft(values=values), made.revision)
    send(world, made.id)
    if state != "sent":
        decide(world, made.id, state, "A reason.")
    return made


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


def test_a_case_whose_ground_went_away_is_marked_and_stays(world: World) -> None:
    case = differing(world)
    act = world.act(None)
    act.session.execute(update(Observation).where(Observation.value_text == "20.0").values(value_text="10.1"))
    world.done()
    assert run(world) == Run(1, 0, 0, 0, 1)
    [held] = cases()
    assert (held.id, held.state, held.gone_at) == (case.id, "raised", world.at)
    assert run(world) == Run(1, 0, 0, 0, 0)
    act = world.act(None)
    act.session.execute(update(Observation).where(Observation.value_text == "10.1").values(value_text="20.0"))
    world.done()
    run(world)
    assert [one.gone_at for one in cases()] == [None]


def test_the_figures_of_a_withdrawn_import_are_left_out(world: World) -> None:
    differing(world)
    world.act(None).session.execute(update(Import).values(standing="withdrawn"))
    world.done()
    assert run(world) == Run(1, 0, 0, 0, 1)


def test_an_outcome_is_of_a_person_with_a_reason_and_each_is_kept(world: World) -> None:
    case = differing(world)
    for outcome, reason, where in (("other", "Words", ["outcome"]), ("corrected", " ", ["reason"])):
        with pytest.raises(Invalid) as refused:
            settle(world, case, outcome, reason)
        assert [problem.where for problem in refused.value.problems] == where
    settle(world, case, "unresolved", "Nothing is known yet.")
    settle(world, case, "both_stand", "Another survey; both are published.")
    [held] = cases()
    assert (held.state, held.outcome, held.reason) == ("settled", "both_stand", "Another survey; both are published.")
    rows = db.session.execute(select(CaseOutcome.number, CaseOutcome.outcome).order_by(CaseOutcome.number))
    assert [tuple(row) for row in rows] == [(1, "unresolved"), (2, "both_stand")]


def test_outcomes_are_append_only(world: World) -> None:
    settle(world, differing(world), "both_stand")
    with pytest.raises(DatabaseError, match="append-only"):
        world.act(None).session.execute(update(CaseOutcome).values(reason="Other words"))


def test_what_was_decided_stays_and_is_marked_when_figures_move(world: World) -> None:
    case = differing(world)
    settle(world, case, "both_stand")
    world.act(None).session.execute(
        update(Observation).where(Observation.value_text == "20.0").values(value_text="30.0")
    )
    world.done()
    assert run(world) == Run(1, 0, 1, 1, 0)
    [held] = cases()
    assert (held.state, held.outcome, held.moved_at) == ("settled", "both_stand", world.at)
    assert held.sides[0]["value"] == "30.0"
    [kept] = db.session.scalars(select(CaseOutcome))
    assert kept.sides[0]["value"] == "20.0"


def test_who_may_do_what(world: World) -> None:
    case = differing(world)
    for role in ("reviewer", "data_officer", "administrator"):
        with pytest.raises(Forbidden):
            service.find(world.acting(role), CYCLE)
    for role, entity in (("data_officer", None), ("focal_point", "KAZ"), ("partner", None)):
        act = world.acting(role, entity)
        with pytest.raises(Forbidden):
            service.settle(act, queries.get(act.session, case.id), "both_stand", "Words")


def asked(world: World, case_id: uuid.UUID, role: str = "reviewer") -> None:
    act = world.acting(role)
    service.ask(act, queries.get(act.session, case_id, lock=True), "Which of the two is meant?")
    world.done()


def test_the_question_goes_to_the_state_as_a_remark(world: World) -> None:
    figures(world).add(UN, {"2020": "12.0"}, location="urban")
    world.done()
    made = report(world, {SLUMS: series_answer(("2020", "50"))})
    run(world)
    [case] = cases()
    with pytest.raises(NotNow):
        asked(world, case.id, "lead")
    asked(world, case.id)
    [held] = cases()
    remark = db.session.get_one(Remark, held.remark_id)
    assert (remark.report_id, remark.question, remark.kind, remark.words, remark.sent_at) == (
        made.id,
        SLUMS,
        "inconsistent",
        "Which of the two is meant?",
        None,
    )
    assert (held.state, held.question) == ("asked", "Which of the two is meant?")
    with pytest.raises(NotNow, match="asked already"):
        asked(world, case.id)


def test_a_remark_taken_out_lets_the_case_wait_again(world: World) -> None:
    figures(world).add(UN, {"2020": "12.0"}, location="urban")
    world.done()
    made = report(world, {SLUMS: series_answer(("2020", "50"))})
    run(world)
    [case] = cases()
    asked(world, case.id)
    act = world.acting("reviewer")
    remarks.remove(act, reports.get(act.session, made.id, lock=True), cases()[0].remark_id or uuid.uuid4())
    world.done()
    [held] = cases()
    assert (held.state, held.remark_id, held.asked_at, held.asked_by) == ("raised", None, None, None)


def test_without_a_report_there_is_nobody_to_ask(world: World) -> None:
    with pytest.raises(NotNow, match="No report of this state"):
        asked(world, differing(world).id)


def test_how_often_each_rule_was_right(world: World) -> None:
    made = figures(world)
    for entity in ("KAZ", "KEN", "FRA", "DEU", "BRA"):
        made.add(UN, {"2020": "10"}, location="urban", entity=entity)
        made.add(OTHERS, {"2020": "20"}, entity=entity)
    world.done()
    run(world)
    for case, outcome in zip(cases(), ("corrected", "both_stand", "definition_differs", "unresolved"), strict=False):
        settle(world, case, outcome)
    tallies = {one.rule: one for one in queries.rightness(db.session, CYCLE)}
    assert tallies["figure"] == Tally("figure", 5, 2, 1, 1, 0)
    assert tallies["figure"].right == pytest.approx(2 / 3)
    assert tallies["claim"].right is None


def test_a_run_costs_the_same_statements_for_a_block_of_one_and_of_many(world: World) -> None:
    def statements() -> int:
        counted = 0

        def count(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
            nonlocal counted
            counted += not statement.startswith("BEGIN")

        event.listen(db.engine, "before_cursor_execute", count)
        try:
            run(world)
        finally:
            event.remove(db.engine, "before_cursor_execute", count)
        return counted

    differing(world)
    before = statements()
    made = figures(world)
    for entity in ("KEN", "FRA", "DEU", "BRA", "EGY", "CHN"):
        made.add(UN, {"2020": "10"}, location="urban", entity=entity)
        made.add(OTHERS, {"2020": "20"}, entity=entity)
    world.done()
    assert run(world).new == 6
    assert statements() == before


def test_one_notice_tells_the_team_of_new_cases(world: World) -> None:
    differing(world)
    run(world)
    told = db.session.execute(select(Notice.user_id, Notice.data).where(Notice.kind == "contradiction.find")).all()
    assert [(row.user_id, row.data["new"]) for row in told] == [(world.person("reviewer").id, 1)]


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
    refused = browser.post(f"{address}/outcome", data={"csrf_token": token, "reason": "Kept words"})
    assert refused.status_code == 422
    assert "Kept words" in refused.get_data(as_text=True)
    told = {"csrf_token": token, "outcome": "both_stand", "reason": "Two surveys."}
    assert browser.post(f"{address}/outcome", data=told).status_code == 303
    assert "Two surveys." in browser.get(address).get_data(as_text=True)
    nobody = browser.post(f"{address}/question", data={"csrf_token": token, "question": "Which?"})
    assert nobody.status_code == 409
    assert browser.post("/evidence/contradictions/find", data={"csrf_token": token}).status_code == 403
    lead = world.browser("lead")
    token = csrf(lead.get("/evidence/contradictions").get_data(as_text=True))
    assert lead.post("/evidence/contradictions/find", data={"csrf_token": token}).status_code == 303


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
