"""Figures as decisions: what is offered, kept, renewed, confirmed many at once, and told when it moves."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from portal.db import db
from portal.documents import tables
from portal.documents.version import FrozenAnswer, Submission, freeze
from portal.http.context import storage
from portal.models.events import Event, Notice
from portal.models.observations import Import, Observation
from portal.models.reports import Answer, AnswerRevision, Report
from portal.queries import accounts as people
from portal.queries import observations, reports
from portal.rules import offers
from portal.rules.datasets import definition
from portal.rules.refusals import Forbidden, NotNow
from portal.services import accounts, drafting, figures, verifying
from portal.services.drafting import Given, Saved
from portal.services.figures import Chosen
from portal.services.observations import take_in
from tests.factories import DAY, PASSWORD, World, csrf
from tests.house.test_pages import faults
from tests.portal.callers import Caller
from tests.portal.test_pages_drafting import autosave, counted, page, post

SLUMS, AIR, JOBS = "1.1.2.4/NUA-14", "1.3.2.1/NUA-21", "1.1.1.2/NUA-10"
SLUM_SERIES = "ddf--datapoints--en_lnd_slum.csv"
AIR_SERIES = "ddf--datapoints--en_atm_pm25.csv"
ROW = {"year": "2020", "value": "12", "unit": "percent", "source": "Census", "disaggregation": "", "place": ""}


def slums(*figures_given: tuple[str, int, str, str]) -> str:
    """A file of the United Nations: location, year, value of a country by its number."""
    rows = "".join(f"{area},urban,c,percent,{year},{value}\n" for area, year, value, _edition in figures_given)
    return "geo_area,location,nature,units,year,en_lnd_slum\n" + rows


def air(*given: tuple[str, int, str]) -> str:
    rows = "".join(f"398,{location},c,mgr_m_3,{year},{value}\n" for location, year, value in given)
    return "geo_area,location,nature,units,year,en_atm_pm25\n" + rows


FIRST = slums(("398", 2018, "17.4", ""), ("398", 2020, "16.9", ""), ("404", 2018, "46.5", ""))
SECOND = slums(("398", 2018, "18.1", ""), ("398", 2020, "16.90", ""), ("404", 2018, "47.5", ""))
BREATH = air(("allarea", 2019, "30.9"), ("allarea", 2018, "31.2"), ("city", 2019, "34.1"))


def bring(world: World, text: str, name: str = SLUM_SERIES, edition: str = "2023") -> None:
    act = world.acting("data_officer")
    take_in(act, storage(), io.BytesIO(text.encode()), name, edition=edition)
    world.done()


def save(world: World, report: Report, value: Any, base: int = 0, question: str = SLUMS, **more: Any) -> Saved:
    act = world.acting("focal_point", "KAZ")
    given = Given(question, "en", value, base, **more)
    saved = drafting.save(act, reports.get(act.session, report.id, lock=True), given)
    world.done()
    return saved


def said(status: str, reason: str = "", rows: tuple[dict[str, str], ...] = (), **more: Any) -> dict[str, Any]:
    return {"status": status, "reason": reason, "rows": list(rows), **more}


def short(value: Any) -> list[tuple[str, str, str]]:
    return [(one["year"], one["value"], one["edition"]) for one in value["offered"]]


def revisions(session: Session, report: Report) -> int:
    session.rollback()
    return session.scalar(select(func.count()).where(AnswerRevision.report_id == report.id)) or 0


def rules(saved: Saved) -> list[str]:
    return [finding.rule for finding in saved.findings]


# What channel b offers


def test_all_years_of_all_lines_are_offered_headlines_first(world: World, session: Session) -> None:
    bring(world, FIRST)
    bring(world, BREATH, AIR_SERIES)
    with counted() as seen:
        found = observations.for_section(session, "KAZ", ["NUA-14", "NUA-21", "NUA-19"])
    assert len(seen["statements"]) == 1
    told = {code: [(f.dimensions, f.year, f.value, f.headline, f.lines) for f in held] for code, held in found.items()}
    assert told == {
        "NUA-14": [("location: urban", "2020", "16.9", False, 1), ("location: urban", "2018", "17.4", False, 1)],
        "NUA-21": [
            ("location: allarea", "2019", "30.9", True, 2),
            ("location: allarea", "2018", "31.2", True, 2),
            ("location: city", "2019", "34.1", False, 2),
        ],
    }


def test_lines_and_years_are_capped_and_counted(world: World, session: Session) -> None:
    header = "age,geo_area,nature,observation_status,sex,units,year,sl_tlf_uem\n"
    many = "".join(f"a{age},398,c,a,bothsex,percent,2020,{age}\n" for age in range(offers.MOST_LINES + 3))
    long = "".join(f"allage,398,c,a,bothsex,percent,{1950 + n},5\n" for n in range(offers.MOST_YEARS + 5))
    bring(world, header + long + many, "ddf--datapoints--sl_tlf_uem.csv")
    held = observations.for_section(session, "KAZ", ["NUA-10"])["NUA-10"]
    lines = offers.lines(held)
    assert (len(lines), held[0].lines) == (offers.MOST_LINES, offers.MOST_LINES + 4)
    assert (lines[0].covers, len(lines[0].figures), lines[0].newest.year) == (
        "age: allage; sex: bothsex", offers.MOST_YEARS, "1994",
    )  # fmt: skip
    assert [one["dimensions"] for one in offers.offered(held)] == ["age: allage; sex: bothsex"] * offers.MOST_YEARS


# The decision is part of the answer


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (said("confirmed"), []),
        (said("confirmed", rows=(ROW | {"year": "2021"},)), []),
        (said("confirmed", rows=(ROW,)), ["other_than_confirmed"]),
        (said("confirmed", rows=(ROW | {"value": "16,9"},)), []),
        (said("confirmed", rows=(ROW | {"place": "Almaty"},)), []),
        (said("corrected", "A newer census.", (ROW,)), []),
        (said("corrected", "", (ROW,)), ["reason"]),
        (said("corrected", "A newer census."), ["correction"]),
        (said("rejected", "The method is not ours."), []),
        (said("rejected"), ["reason"]),
        (said("no_data", "No survey yet."), []),
        (said("not_relevant"), ["reason"]),
        (said("", rows=(ROW,)), []),
    ],
)
def test_each_decision_keeps_both_figures(world: World, value: dict[str, Any], found: list[str]) -> None:
    bring(world, FIRST)
    saved = save(world, world.report(), value)
    assert short(saved.value) == [("2020", "16.9", "2023"), ("2018", "17.4", "2023")]
    assert saved.value["rows"] == value["rows"]
    assert rules(saved) == found


def test_who_answers_never_writes_what_was_offered(world: World) -> None:
    bring(world, FIRST)
    report = world.report()
    fake = [{"source": "un_sdg", "series": "en_lnd_slum", "year": "2018", "value": "1"}]
    saved = save(world, report, said("confirmed", offered=fake))
    assert short(saved.value) == [("2020", "16.9", "2023"), ("2018", "17.4", "2023")]
    again = save(world, report, said("confirmed", "words", offered=fake), 1)
    assert short(again.value) == short(saved.value)


def test_what_was_offered_stays_until_the_decision_is_taken_anew(world: World) -> None:
    bring(world, FIRST)
    report = world.report()
    before = save(world, report, said("confirmed"))
    bring(world, SECOND, edition="2024")
    kept = save(world, report, said("confirmed", "Still so."), 1)
    assert short(kept.value) == short(before.value)
    anew = save(world, report, said("rejected", "No longer."), 2)
    assert short(anew.value) == [("2020", "16.9", "2023"), ("2018", "18.1", "2024")]
    open_again = save(world, report, said(""), 3)
    assert open_again.value["offered"] == []


def test_without_figures_of_channel_b_there_is_nothing_to_confirm(world: World) -> None:
    report = world.report()
    assert rules(save(world, report, said("confirmed"))) == ["nothing_held"]
    assert save(world, report, said("data", rows=(ROW,)), 1).value["offered"] == []


def test_an_answer_from_before_decisions_stays_as_it_is(world: World, session: Session) -> None:
    bring(world, FIRST)
    report = world.report()
    save(world, report, said("data", rows=(ROW,)))
    old = said("data", rows=(ROW,))
    session.execute(update(Answer).values(value=old))
    session.commit()
    assert save(world, report, old, 1).revision == 1
    assert save(world, report, said("data", "words", (ROW,)), 1).value == said("data", "words", (ROW,))
    assert len(save(world, report, said("rejected", "words"), 2).value["offered"]) == 2


def test_two_people_in_two_cells_are_joined_whatever_was_offered(world: World) -> None:
    bring(world, FIRST)
    report = world.report()
    save(world, report, said("corrected", "", (ROW,)))
    save(world, report, said("corrected", "A census.", (ROW,)), 1)
    joined = save(world, report, said("corrected", "", (ROW | {"value": "13"},)), 1)
    assert joined.merged
    assert (joined.value["reason"], joined.value["rows"][0]["value"], len(joined.value["offered"])) == (
        "A census.",
        "13",
        2,
    )


def test_both_figures_leave_with_whose_they_are(world: World) -> None:
    bring(world, FIRST)
    value = save(world, world.report(), said("corrected", "A census.", (ROW,))).value
    answers = [FrozenAnswer(SLUMS, "series", "en", 1, value)]
    frozen = freeze(Submission("KAZ", "2026", "e", "d", "full", ("en",), 1, DAY, "certifier", answers))
    table = [
        dict(zip([c.name for c in tables.ANSWERS], row, strict=True)) for row in tables.answer_rows(json.loads(frozen))
    ]
    told = {(row["whose"], row["field"]): row["value"] for row in table}
    assert told["own", "rows[1].value"] == "12"
    assert told["international", "offered[1].value"] == "16.9"
    assert told["", "reason"] == "A census."


# Confirming many at once


def marks(world: World, report: Report) -> list[Chosen]:
    act = world.acting("focal_point", "KAZ")
    return [
        Chosen(one.question.key, one.revision, offers.mark(one.held))
        for one in figures.overview(act, reports.get(act.session, report.id))
    ]


def confirm(world: World, report: Report, chosen: list[Chosen], role: str = "focal_point") -> figures.Confirmed:
    act = world.acting(role, "KAZ")
    outcome = figures.confirm(act, reports.get(act.session, report.id, lock=True), chosen)
    world.done()
    return outcome


def test_many_are_confirmed_each_as_a_save_with_its_history(world: World, session: Session) -> None:
    bring(world, FIRST)
    bring(world, BREATH, AIR_SERIES)
    report = world.report()
    save(world, report, said("", "Words that came first."))
    outcome = confirm(world, report, marks(world, report))
    assert ([question.key for question in outcome.done], outcome.left) == ([SLUMS, AIR], [])
    held = reports.answers(session, report.id)
    value = held[SLUMS, "en"].value
    assert (value["status"], value["reason"], held[SLUMS, "en"].revision) == ("confirmed", "Words that came first.", 2)
    assert [one["value"] for one in held[AIR, "en"].value["offered"]] == ["30.9", "31.2"]
    history = reports.history(session, report.id, AIR, "en")
    assert [(row.revision, row.value["status"], row.name) for row in history] == [(1, "confirmed", history[0].name)]
    recorded = session.scalars(select(Event.data).where(Event.kind == "figures.confirm")).all()
    assert [data["questions"] for data in recorded] == [[SLUMS, AIR]]


def test_the_same_number_of_statements_for_one_and_for_many(world: World) -> None:
    bring(world, FIRST)
    bring(world, BREATH, AIR_SERIES)
    report = world.report()
    chosen = marks(world, report)
    counts = []
    for these in ([chosen[0]], chosen):
        act = world.acting("focal_point", "KAZ")
        mine = reports.get(act.session, report.id, lock=True)
        with counted() as seen:
            figures.confirm(act, mine, these)
        counts.append(len(seen["statements"]))
        act.session.rollback()
    assert counts[0] == counts[1]


def test_what_was_answered_or_moved_meanwhile_is_left_alone_and_said(world: World, session: Session) -> None:
    bring(world, FIRST)
    bring(world, BREATH, AIR_SERIES)
    report = world.report()
    chosen = marks(world, report)
    save(world, report, said("rejected", "Not ours."))
    bring(world, air(("allarea", 2019, "29.9")), AIR_SERIES, "2024")
    outcome = confirm(world, report, [*chosen, Chosen(JOBS, 0, "")])
    assert outcome.done == []
    assert [(question.key, sentence) for question, sentence in outcome.left] == [
        (SLUMS, figures.ANSWERED_MEANWHILE), (AIR, figures.OTHERS_NOW), (JOBS, figures.NOTHING_HELD),
    ]  # fmt: skip
    assert revisions(session, report) == 1


@pytest.mark.parametrize("role", ["contributor", "certifier"])
def test_who_does_not_write_the_whole_report_confirms_nothing(world: World, role: str) -> None:
    bring(world, FIRST)
    report = world.report()
    with pytest.raises(Forbidden):
        confirm(world, report, marks(world, report), role)


def test_nothing_is_confirmed_while_the_draft_is_closed(world: World) -> None:
    bring(world, FIRST)
    report = world.report(state="clearing")
    with pytest.raises(NotNow):
        confirm(world, report, marks(world, report))


# What moved since


def moved_of(world: World, report: Report) -> list[tuple[str, str, str, str]]:
    act = world.acting("focal_point", "KAZ")
    (one,) = figures.overview(act, reports.get(act.session, report.id))
    return [(found.year, found.was, found.now, found.edition) for found in one.moved]


def notices(session: Session) -> list[tuple[str, dict[str, Any]]]:
    session.rollback()
    rows = session.execute(select(Notice.user_id, Notice.data).where(Notice.kind == "figures.moved"))
    return [(str(user), data) for user, data in rows]


def test_a_later_import_tells_the_country_which_confirmed_figure_moved(world: World, session: Session) -> None:
    bring(world, FIRST)
    report = world.report()
    save(world, report, said("confirmed"))
    bring(world, SECOND, edition="2024")
    assert moved_of(world, report) == [("2018", "17.4", "18.1", "2024")]
    focal_point = world.person("focal_point", "KAZ")
    assert notices(session) == [(str(focal_point.id), {"figures": 1})]


def test_a_figure_that_stands_again_after_a_withdrawal_is_told_too(world: World, session: Session) -> None:
    bring(world, FIRST)
    report = world.report()
    bring(world, SECOND, edition="2024")
    save(world, report, said("confirmed"))
    second = "second.data.officer@example.org"
    accounts.add(world.act(None), second, "data_officer", None, PASSWORD)
    world.done()
    verifier = people.by_email(db.session, second)
    found = session.scalars(select(Import).where(Import.edition == "2024")).one()
    verifying.say(world.act(verifier), found.id, "withdrawn", "The wrong table.")
    world.done()
    assert moved_of(world, report) == [("2018", "18.1", "17.4", "2023")]
    focal_point = world.person("focal_point", "KAZ")
    assert notices(session) == [(str(focal_point.id), {"figures": 1})]


def test_nobody_is_told_of_what_was_not_confirmed_or_did_not_move(world: World, session: Session) -> None:
    bring(world, FIRST)
    report = world.report()
    save(world, report, said("rejected", "Not ours."))
    bring(world, SECOND, edition="2024")
    assert notices(session) == []
    save(world, report, said("confirmed"), 1)
    bring(world, SECOND, edition="2025")
    assert (notices(session), moved_of(world, report)) == ([], [])


def test_a_trial_tells_nobody(world: World, session: Session) -> None:
    bring(world, FIRST)
    save(world, world.report(), said("confirmed"))
    act = world.acting("data_officer")
    take_in(act, storage(), io.BytesIO(SECOND.encode()), SLUM_SERIES, edition="2024", dry_run=True)
    world.done()
    assert notices(session) == []


def test_telling_takes_the_same_statements_for_one_country_and_for_two(world: World, session: Session) -> None:
    def imported(edition: str, text: str) -> int:
        act = world.acting("data_officer")
        with counted() as seen:
            take_in(act, storage(), io.BytesIO(text.encode()), SLUM_SERIES, edition=edition)
        world.done()
        return len(seen["statements"])

    bring(world, FIRST)
    save(world, world.report(), said("confirmed"))
    one = imported("2024", SECOND)
    kenya = world.report("KEN")
    act = world.acting("focal_point", "KEN")
    drafting.save(act, reports.get(act.session, kenya.id, lock=True), Given(SLUMS, "en", said("confirmed"), 0))
    world.done()
    two = imported("2025", slums(("398", 2018, "19.1", ""), ("404", 2018, "50", "")))
    assert two == one
    assert len(notices(session)) == 3


@pytest.mark.parametrize(
    ("decision", "offered"),
    [
        ("renew", [("2020", "16.9", "2023", ""), ("2018", "18.1", "2024", "")]),
        ("keep", [("2020", "16.9", "2023", ""), ("2018", "17.4", "2023", "18.1")]),
    ],
)
def test_the_country_takes_the_new_figure_or_stays_with_the_old(
    world: World, session: Session, decision: str, offered: Any
) -> None:
    bring(world, FIRST)
    report = world.report()
    save(world, report, said("confirmed"))
    bring(world, SECOND, edition="2024")
    act = world.acting("focal_point", "KAZ")
    figures.settle(act, reports.get(act.session, report.id, lock=True), SLUMS, decision, 1)
    world.done()
    value = reports.values(session, report.id)[SLUMS, "en"]
    assert [(one["year"], one["value"], one["edition"], one["seen_value"]) for one in value["offered"]] == offered
    assert moved_of(world, report) == []
    bring(world, slums(("398", 2018, "19.9", "")), edition="2025")
    was = "18.1" if decision == "renew" else "17.4"
    assert moved_of(world, report) == [("2018", was, "19.9", "2025")]


def test_settling_an_answer_that_changed_meanwhile(world: World) -> None:
    bring(world, FIRST)
    report = world.report()
    save(world, report, said("confirmed"))
    save(world, report, said("rejected", "Not ours."), 1)
    act = world.acting("focal_point", "KAZ")
    with pytest.raises(NotNow):
        figures.settle(act, reports.get(act.session, report.id, lock=True), SLUMS, "renew", 1)


# Checks of figures, wherever the draft is judged


def test_the_check_the_save_and_the_page_say_the_same(world: World, session: Session) -> None:
    bring(world, BREATH, AIR_SERIES)
    report = world.report()
    world.fill(world.acting("focal_point", "KAZ"), report, {"F.1/period": {"from": "2021", "to": "2024"}})
    world.done()
    rows = (
        ROW | {"year": "2019", "value": "0.031", "unit": "µg/m3"},
        ROW | {"year": "2030", "value": "30", "unit": "µg/m3"},
    )
    saved = save(world, report, said("corrected", "Our stations.", rows), question=AIR)
    assert sorted(rules(saved)) == ["unit_meant", "year_ahead"]
    judged = drafting.check(session, reports.get(session, report.id))
    assert [f.rule for f in judged.findings if f.question == AIR] == rules(saved)
    sentences = [finding.sentence for finding in saved.findings]
    shown = page(world.browser("focal_point", "KAZ"), f"/reports/{report.id}/sections/1.3.2.1")
    assert all(sentence in shown for sentence in sentences)


def test_the_check_takes_one_statement_more_for_figures(world: World, session: Session) -> None:
    bring(world, FIRST)
    report = world.report()
    with counted() as without:
        drafting.check(session, reports.get(session, report.id))
    save(world, report, said("data", rows=(ROW,)))
    save(world, report, said("data", rows=(ROW,)), question=AIR)
    session.expire_all()
    mine = reports.get(session, report.id)
    with counted() as seen:
        drafting.check(session, mine)
    assert len(seen["statements"]) <= len(without["statements"]) + 1


# The API and the pages


def test_a_program_confirms_and_settles_and_what_it_offers_is_not_believed(world: World) -> None:
    bring(world, FIRST)
    report = world.report()
    caller = Caller(world, "focal_point", "KAZ")
    (one,) = caller.get(f"/reports/{report.id}/figures").json["items"]
    assert (one["question"], one["undecided"], one["moved"], one["offered"][1]["value"]) == (SLUMS, True, [], "17.4")
    chosen = {name: one[name] for name in ("question", "revision", "mark")}
    for expected in (([SLUMS], 0), ([], 1)):
        told = caller.post(f"/reports/{report.id}/figures/confirm", {"indicators": [chosen]}).json
        assert (told["confirmed"], len(told["left"])) == expected
    held = caller.get(f"/reports/{report.id}/answers/{SLUMS}").json
    echo = held["value"] | {"reason": "Said by a program.", "offered": [held["value"]["offered"][0] | {"value": "1"}]}
    saved = caller.put(f"/reports/{report.id}/answers/{SLUMS}", {"value": echo, "base_revision": 1}).json
    assert (saved["revision"], saved["value"]["offered"]) == (2, held["value"]["offered"])
    odd = held["value"] | {"offered": [{"colour": "red"}]}
    assert caller.put(f"/reports/{report.id}/answers/{SLUMS}", {"value": odd, "base_revision": 2}).status_code == 422
    bring(world, SECOND, edition="2024")
    (one,) = caller.get(f"/reports/{report.id}/figures").json["items"]
    assert [(found["was"], found["now"]) for found in one["moved"]] == [("17.4", "18.1")]
    settled = {"question": SLUMS, "revision": 2, "decision": "renew"}
    assert caller.post(f"/reports/{report.id}/figures/moved", settled).json == {"question": SLUMS, "revision": 3}
    assert caller.post(f"/reports/{report.id}/figures/moved", settled).status_code == 409


@pytest.fixture
def browser(world: World) -> FlaskClient:
    return world.browser("focal_point", "KAZ")


def test_the_section_shows_what_is_held_and_the_decisions(world: World, browser: FlaskClient) -> None:
    bring(world, FIRST)
    report = world.report()
    text = page(browser, f"/reports/{report.id}/sections/1.1.2.4")
    for words in ("17.4", "16.9", "edition 2023", "United Nations SDG database", "UN data terms", "location: urban"):
        assert words in text
    (told,) = re.findall(
        r'Definition: <bdi lang="en">(.*?)</bdi> <span class="soft tiny">· <bdi lang="en">(.*?)</bdi>', text
    )
    shipped = definition("NUA-14")
    assert shipped is not None
    assert told == (shipped.words, shipped.source)
    radios = re.findall(r'name="1.1.2.4/NUA-14-status" value="(\w*)"', text)
    assert radios == ["confirmed", "corrected", "rejected", "no_data", "not_relevant", ""]
    other = page(browser, f"/reports/{report.id}/sections/1.3.2.1")
    assert re.findall(r'name="1.3.2.1/NUA-21-status" value="(\w*)"', other) == ["data", "no_data", "not_relevant", ""]


def test_the_section_takes_one_statement_for_figures_and_autosave_six_at_most(
    world: World, browser: FlaskClient
) -> None:
    bring(world, FIRST)
    report = world.report()
    address = f"/reports/{report.id}/sections/1.1.2.4"
    token = csrf(page(browser, address))
    with counted() as seen:
        page(browser, address)
    assert sum("FROM observations" in sql for sql in seen["statements"]) == 1, seen["statements"]
    fields = {f"{SLUMS}-status": "confirmed", f"{SLUMS}-reason": ""}
    with counted() as seen:
        body = {"question": SLUMS, "language": "en", "fields": fields, "base_revision": 0}
        answer = autosave(browser, report, token, **body)
    assert answer.status_code == 200
    assert len(seen["statements"]) <= 6, seen["statements"]
    db.session.rollback()
    assert len(reports.values(db.session, report.id)[SLUMS, "en"]["offered"]) == 2


def test_the_page_of_figures_confirms_what_is_ticked_without_script(world: World, browser: FlaskClient) -> None:
    bring(world, FIRST)
    bring(world, BREATH, AIR_SERIES)
    report = world.report()
    address = f"/reports/{report.id}/figures"
    text = page(browser, address)
    assert re.findall(r'name="confirm" value="([^"]+)" checked', text) == [SLUMS, AIR]
    assert "indicators of which nothing was said and which have no figures of your own: NUA-14, NUA-21." in text
    hidden = dict(re.findall(r'type="hidden" name="([^"]+@\w+)" value="([^"]*)"', text))
    answer = post(browser, address, csrf(text), confirm=[AIR], **hidden)
    assert answer.status_code == 303
    after = page(browser, address)
    assert "The figures of 1 indicator are confirmed: NUA-21." in after
    assert re.findall(r'name="confirm" value="([^"]+)" checked', after) == [SLUMS]
    assert "The international figures are confirmed as ours" in after


def test_a_moved_figure_is_shown_and_settled_on_both_pages(world: World, browser: FlaskClient) -> None:
    bring(world, FIRST)
    report = world.report()
    save(world, report, said("confirmed"))
    bring(world, SECOND, edition="2024")
    inbox = page(browser, "/inbox")
    assert "have moved since: 1 of them" in inbox
    assert f'href="/reports/{report.id}/figures"' in inbox
    section = page(browser, f"/reports/{report.id}/sections/1.1.2.4")
    overview = page(browser, f"/reports/{report.id}/figures")
    for text in (section, overview):
        assert "was 17.4, now 18.1 in edition 2024" in text
    sent = {"question": SLUMS, f"{SLUMS}@revision": "1", "decision": "keep"}
    assert post(browser, f"/reports/{report.id}/figures/moved", csrf(overview), **sent).status_code == 303
    assert "was 17.4" not in page(browser, f"/reports/{report.id}/sections/1.1.2.4")
    bring(world, slums(("398", 2018, "19.9", "")), edition="2025")
    typed = {f"{SLUMS}-status": "confirmed", f"{SLUMS}-reason": "", f"{SLUMS}@revision": "2", "renew": SLUMS}
    assert post(browser, f"/reports/{report.id}/sections/1.1.2.4", csrf(section), **typed).status_code == 303
    db.session.rollback()
    assert ("2018", "19.9", "2025") in short(reports.values(db.session, report.id)[SLUMS, "en"])


def test_both_pages_keep_the_rules_of_the_house(world: World, browser: FlaskClient) -> None:
    bring(world, FIRST)
    report = world.report()
    save(world, report, said("confirmed"))
    bring(world, SECOND, edition="2024")
    for rest in ("figures", "sections/1.1.2.4", "figures?lang=ar"):
        assert faults(page(browser, f"/reports/{report.id}/{rest}")) == [], rest


def test_the_reader_sees_both_figures_and_whose_they_are(world: World) -> None:
    bring(world, FIRST)
    report = world.report()
    save(world, report, said("corrected", "A newer census.", (ROW,)))
    text = page(world.browser("certifier", "KAZ"), f"/reports/{report.id}/clearance")
    for words in ("Our own figures differ.", "A newer census.", "2 international figures as they stood then", "17.4"):
        assert words in text


def test_the_table_of_the_report_says_whose(world: World) -> None:
    assert [column.name for column in tables.ANSWERS].count("whose") == 1
    assert next(csv.reader([tables.headings(tables.ANSWERS).decode()]))[-3:] == ["whose", "field", "value"]
    assert db.session.scalar(select(func.count()).select_from(Observation)) == 0
