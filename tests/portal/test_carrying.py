"""Carrying over an earlier report: what comes, what stays and why, the tint, and what the reviewer is told."""

from __future__ import annotations

import copy
import json
import uuid
from typing import Any

import pytest

from forms.guideline import shipped
from portal.db import db
from portal.models.reports import Report
from portal.queries import events, reports, sources
from portal.rules.refusals import Forbidden, Missing, NotNow
from portal.rules.shipped import cycle_plan
from portal.services import attachments, carrying, cycles, drafting, guidelines
from portal.services.attachments import Upload
from portal.services.carrying import Staying, own_figures, without_files
from portal.services.drafting import Draft, Given
from tests.factories import BLOCKERS, World, csrf
from tests.portal.test_pages_drafting import counted, page, post

GONE_KEY = "F.2/gone"


def older_edition() -> dict[str, Any]:
    """The edition of today as it was four years ago: one question more, and one of another kind."""
    document: dict[str, Any] = copy.deepcopy(json.loads(shipped()[cycle_plan().edition].read_text("utf-8")))
    document["key"] = "older"
    section = next(s for p in document["parts"] for s in p["sections"] if s["key"] == "F.2")
    section["questions"].append({"key": GONE_KEY, "kind": "text", "title": {"en": "Asked no more"}})
    process = next(
        q for p in document["parts"] for s in p["sections"] for q in s["questions"] if q["key"] == "F.3/process"
    )
    process["kind"] = "text"
    process.pop("options", None)
    return document


def older_cycle(world: World) -> None:
    """The cycle of 2022, asked by the older edition."""
    act = world.act(None)
    guidelines.publish(act, older_edition())
    cycles.open_cycle(act, "2022", "Cycle of 2022", "older", cycle_plan().phases)
    world.done()


def submitted(world: World, entity: str, answers: dict[str, Any]) -> Report:
    """The report of an entity for the cycle of 2022 with these answers and what a submission needs, submitted once."""
    act = world.acting("focal_point", entity)
    made = drafting.start(act, Draft(entity, "2022", "full", ["en"]))
    given = [Given(key, "en", value, 0) for key, value in (BLOCKERS | answers).items()]
    drafting.save_section(act, made, given)
    world.done()
    world.step(made, "ask")
    world.step(made, "submit")
    return reports.get(db.session, made.id)


def earlier(world: World, answers: dict[str, Any] | None = None) -> Report:
    """The report of Kazakhstan for the cycle of 2022."""
    older_cycle(world)
    return submitted(world, "KAZ", answers or {})


def carry(world: World, into: Report, source: Report, number: int = 1) -> carrying.Plan:
    act = world.acting("focal_point", "KAZ")
    made = carrying.carry(act, reports.get(act.session, into.id, lock=True), source.id, number)
    world.done()
    return made


def row_of(report: Report, question: str, language: str = "en") -> Any:
    db.session.rollback()
    return reports.answer(db.session, report.id, question, language)


def test_answers_come_into_empty_questions_and_the_rest_is_told(world: World) -> None:
    old = earlier(world, {GONE_KEY: "no more", "F.1/institution": "The old ministry"})
    new = world.report()
    act = world.acting("focal_point", "KAZ")
    drafting.save(
        act, reports.get(act.session, new.id, lock=True), Given("F.1/institution", "en", "The new ministry", 0)
    )
    world.done()
    made = carry(world, new, old)
    assert {one.question for one in made.coming} == {"F.1/period", "F.1/contacts", "F.2/summary"}
    assert set(made.staying) == {
        Staying(GONE_KEY, "en", carrying.GONE),
        Staying("F.1/institution", "en", carrying.ANSWERED),
        Staying("F.3/process", "en", carrying.OTHER_KIND),
    }
    assert row_of(new, "F.1/institution").value == "The new ministry"
    assert row_of(new, "F.2/summary").value == BLOCKERS["F.2/summary"]
    kept = reports.history(db.session, new.id, "F.2/summary", "en")
    assert [(row.revision, row.value) for row in kept] == [(1, BLOCKERS["F.2/summary"])]
    told = events.events(db.session, new.id)[0]
    assert (told.kind, told.data) == (
        "report.carry",
        {"report": str(old.id), "version": 1, "cycle": "2022", "answers": 3},
    )


def test_an_emptied_answer_is_filled_by_a_new_revision(world: World) -> None:
    old, new = earlier(world), world.report()
    for base, value in enumerate(["a word", ""]):
        act = world.acting("focal_point", "KAZ")
        drafting.save(act, reports.get(act.session, new.id, lock=True), Given("F.2/summary", "en", value, base))
        world.done()
    carry(world, new, old)
    row = row_of(new, "F.2/summary")
    assert (row.revision, row.value) == (3, BLOCKERS["F.2/summary"])
    assert sources.untouched(db.session, new.id)["F.2"] == 1
    act = world.acting("focal_point", "KAZ")
    drafting.save(act, reports.get(act.session, new.id, lock=True), Given("F.2/summary", "en", "", 3))
    world.done()
    carry(world, new, old)
    assert row_of(new, "F.2/summary").revision == 5
    assert sources.untouched(db.session, new.id)["F.2"] == 1


def test_carrying_takes_a_fixed_number_of_statements(world: World) -> None:
    older_cycle(world)
    narratives = [q.key for q in world.edition().questions.values() if q.kind == "narrative" and q.key not in BLOCKERS]
    few = submitted(world, "KAZ", {})
    many = submitted(world, "KEN", dict.fromkeys(narratives[:40], "Words."))
    taken = []
    for entity, source, count in (("KAZ", few, 4), ("KEN", many, 44)):
        new = world.report(entity)
        act = world.acting("focal_point", entity)
        locked = reports.get(act.session, new.id, lock=True)
        with counted() as seen:
            made = carrying.carry(act, locked, source.id, 1)
        world.done()
        assert len(made.coming) == count
        taken.append(len(seen["statements"]))
    assert taken[0] == taken[1]


def test_files_stay_with_the_earlier_report(world: World) -> None:
    older_cycle(world)
    act = world.acting("focal_point", "KAZ")
    old = drafting.start(act, Draft("KAZ", "2022", "full", ["en"]))
    picture = attachments.attach(act, old, "1.1.1.1/practices", Upload("p.png", "image/png", "a/b", 3, "0" * 64))
    practice = {"title": "Old town", "pictures": [str(picture.id)]}
    answers = BLOCKERS | {
        "1.1.1.1/practices": [practice],
        "A.4/files": [{"attachment": str(picture.id), "caption": "Map"}],
    }
    asked = world.edition().questions
    given = [Given(key, "en", value, 0) for key, value in answers.items() if key in asked]
    drafting.save_section(act, old, given)
    world.done()
    world.step(old, "ask")
    world.step(old, "submit")
    new = world.report()
    made = carry(world, new, old)
    assert [(one.question, one.files) for one in made.without_files] == [("1.1.1.1/practices", 1)]
    assert row_of(new, "1.1.1.1/practices").value[0]["title"] == "Old town"
    assert row_of(new, "1.1.1.1/practices").value[0]["pictures"] == []


@pytest.mark.parametrize(
    ("value", "left", "count"),
    [
        ("text with x in it", "text with x in it", 0),
        ("x", "", 1),
        (
            [{"attachment": "x", "caption": "c"}, {"attachment": "z", "caption": ""}],
            [{"attachment": "z", "caption": ""}],
            1,
        ),
        ([{"pictures": ["x", "z", "y"], "title": "t"}], [{"pictures": ["z"], "title": "t"}], 2),
        ({"rows": [{"file": "y", "n": "1"}]}, {"rows": [{"file": "", "n": "1"}]}, 1),
    ],
)
def test_names_of_files_are_left_out_of_a_value(value: Any, left: Any, count: int) -> None:
    assert without_files(value, frozenset({"x", "y"})) == (left, count)


@pytest.mark.parametrize(
    ("value", "own"),
    [
        ({"status": "data", "rows": [1]}, {"status": "data", "rows": [1]}),
        ({"status": "no_data", "reason": "r", "rows": []}, {"status": "no_data", "reason": "r", "rows": []}),
        ({"status": "corrected", "rows": [1], "offered": [2]}, {"status": "data", "rows": [1], "offered": []}),
        ({"status": "confirmed", "rows": [], "offered": [2]}, None),
        ({"status": "rejected", "rows": [], "offered": [2]}, None),
    ],
)
def test_a_decision_on_international_figures_is_taken_anew(value: Any, own: Any) -> None:
    assert own_figures(value) == own


@pytest.mark.parametrize(("role", "refusal"), [("contributor", Forbidden), ("certifier", Forbidden)])
def test_only_the_focal_point_takes_over(world: World, role: str, refusal: type[Exception]) -> None:
    old, new = earlier(world), world.report()
    act = world.acting(role, "KAZ")
    with pytest.raises(refusal):
        carrying.carry(act, reports.get(act.session, new.id, lock=True), old.id, 1)


def test_only_versions_of_the_own_state_and_an_open_draft(world: World) -> None:
    old, other = earlier(world), world.report("KEN", "submitted")
    new = world.report()
    act = world.acting("focal_point", "KAZ")
    mine = reports.get(act.session, new.id, lock=True)
    for source, number in ((other.id, 1), (old.id, 2), (new.id, 1)):
        with pytest.raises(Missing):
            carrying.carry(act, mine, source, number)
    world.fill(world.acting("focal_point", "KAZ"), reports.get(db.session, new.id, lock=True))
    world.done()
    world.step(new, "ask")
    act = world.acting("focal_point", "KAZ")
    with pytest.raises(NotNow):
        carrying.carry(act, reports.get(act.session, new.id, lock=True), old.id, 1)


NOTE = "From the report of 2022; not changed yet."


def test_the_tint_goes_with_a_change_or_a_word_and_is_counted(world: World) -> None:
    old, new = earlier(world), world.report()
    carry(world, new, old)
    client = world.browser("focal_point", "KAZ")
    home, section = f"/reports/{new.id}", f"/reports/{new.id}/sections/F.1"
    shown = page(client, section)
    assert shown.count(NOTE) == 3
    assert "3 answers of an earlier report are not looked at yet" in page(client, home)
    answer = post(client, section, csrf(shown), still_right="F.1/period")
    assert answer.status_code == 303
    assert page(client, section).count(NOTE) == 2
    assert row_of(new, "F.1/period").revision == 1
    assert events.events(db.session, new.id)[0].kind == "answer.still_right"
    sent = {"F.1/institution": "The new ministry", "F.1/institution@revision": "1"}
    post(client, section, csrf(shown), **sent)
    assert page(client, section).count(NOTE) == 1
    assert "1 answer of an earlier report is not looked at yet" in page(client, home)


def test_the_reviewer_sees_since_when_an_answer_is_unchanged(world: World) -> None:
    old, new = earlier(world), world.report()
    carry(world, new, old)
    act = world.acting("focal_point", "KAZ")
    locked = reports.get(act.session, new.id, lock=True)
    drafting.save_section(
        act, locked, [Given("F.2/summary", "en", "Other words.", 1), Given("F.3/process", "en", "New.", 0)]
    )
    carrying.settle(act, locked, "F.1/period", "en")
    world.done()
    world.step(new, "ask")
    world.step(new, "submit")
    document = json.loads(reports.version(db.session, new.id, 1).document)
    since = {answer["question"]: answer.get("unchanged_since") for answer in document["answers"]}
    unchanged = {"cycle": "2022", "version": 1}
    assert since == {
        "F.1/institution": unchanged,
        "F.1/period": unchanged,
        "F.1/contacts": unchanged,
        "F.2/summary": None,
        "F.3/process": None,
    }
    words = "Unchanged since the report of 2022, version 1."
    assert page(world.browser("focal_point", "KAZ"), f"/reports/{new.id}/versions/1").count(words) == 3
    assert page(world.browser("reviewer"), f"/review/{new.id}").count(words) == 3


def test_an_earlier_version_says_nothing_new(world: World) -> None:
    document = json.loads(reports.version(db.session, world.report(state="submitted").id, 1).document)
    assert {name for answer in document["answers"] for name in answer} == {
        "question", "kind", "language", "revision", "value", "standing",
    }  # fmt: skip


def test_the_page_shows_what_comes_what_came_and_what_stays(world: World) -> None:
    old, new = earlier(world, {GONE_KEY: "no more"}), world.report()
    client = world.browser("focal_point", "KAZ")
    address = f"/reports/{new.id}/carry"
    assert "Cycle of 2022, version 1" in page(client, address)
    shown = page(client, f"{address}?version={old.id}:1")
    assert "4 answers can come over" in shown
    assert "The present guidelines do not ask this any more." in shown
    assert "Asked no more" in shown
    answer = post(client, address, csrf(shown), version=f"{old.id}:1")
    after = page(client, answer.headers["Location"])
    assert "4 answers came over" in after
    assert "2 answers stayed behind." in after
    assert "can come over" not in after.split("</h1>")[1].split("<h2>", 1)[1]
    assert page(client, f"{address}?version=nonsense", 422)


def test_a_report_is_started_from_an_earlier_one(world: World) -> None:
    old = earlier(world)
    client = world.browser("focal_point", "KAZ")
    shown = page(client, "/reports")
    sent = {"entity": "KAZ", "modality": "full", "first_language": "en", "carry": f"{old.id}:1"}
    answer = post(client, "/reports", csrf(shown), **sent)
    assert answer.status_code == 303
    home = page(client, answer.headers["Location"])
    assert "4 answers came over; each is marked" in home
    found = uuid.UUID(answer.headers["Location"].rsplit("/", 1)[1])
    db.session.rollback()
    assert sum(sources.untouched(db.session, found).values()) == 4


def test_the_api_starts_from_an_earlier_report(world: World) -> None:
    old = earlier(world)
    headers = {"Authorization": f"Bearer {world.token('focal_point', 'KAZ')}"}
    body = {"entity": "KAZ", "cycle": "2026", "modality": "full", "languages": ["en"]}
    carried = body | {"carry": {"report": str(old.id), "version": 1}}
    answer = world.app.test_client().post("/api/v1/reports", json=carried, headers=headers)
    assert answer.status_code == 201
    db.session.rollback()
    assert sum(sources.untouched(db.session, uuid.UUID(answer.get_json()["id"])).values()) == 4
