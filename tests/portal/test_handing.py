"""Sections handed out: to whom, until when, handed back, accepted or kept beside; nothing of anybody is lost."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from sqlalchemy import select, update

from portal.db import db
from portal.models.accounts import Membership
from portal.models.events import Event, Notice
from portal.models.keeping import Aside
from portal.models.reports import Report
from portal.models.sharing import Handout
from portal.queries import accounts as people
from portal.queries import handing as in_hands
from portal.queries import reports
from portal.rules.refusals import Forbidden, Invalid, Missing, NotNow
from portal.services import accounts, drafting, handing
from portal.services.drafting import Given
from portal.services.handing import Choice, Order
from tests.factories import DAY, PASSWORD, World

SECTION, ACTIONS, RESULTS, FIGURE = "1.1.2.4", "1.1.2.4/actions", "1.1.2.4/results", "1.1.2.4/NUA-14"
BASE = "The first paragraph.\n\nThe second paragraph."
SERIES = {"status": "no_data", "reason": "It is not collected.", "rows": []}


def write(world: World, report: Report, role: str, value: Any, question: str = ACTIONS) -> None:
    """Saves an answer on top of what stands."""
    act = world.acting(role, "KAZ")
    row = reports.answer(act.session, report.id, question, "en")
    held = reports.get(act.session, report.id, lock=True)
    drafting.save(act, held, Given(question, "en", value, row.revision if row else 0))
    world.done()


def values(report: Report) -> dict[str, Any]:
    db.session.rollback()
    return {question: value for (question, _language), value in reports.values(db.session, report.id).items()}


def back(world: World, report: Report, handout: Handout, note: str = "") -> None:
    act = world.acting("contributor", "KAZ")
    handing.give_back(act, reports.get(act.session, report.id, lock=True), handout.id, note)
    world.done()


def settle(world: World, report: Report, handout: Handout, **beside: bool) -> Handout:
    """Decides of each answer by the suffix of its question."""
    act = world.acting("focal_point", "KAZ")
    held = reports.get(act.session, report.id, lock=True)
    found = handing.changes(act, held, in_hands.handout(act.session, report.id, handout.id))
    choices = [Choice(c.question.key, c.language, c.revision, beside.get(c.question.suffix, False)) for c in found]
    done = handing.settle(act, held, handout.id, choices)
    world.done()
    return done


def told(kind: str) -> list[uuid.UUID]:
    db.session.rollback()
    return list(db.session.scalars(select(Notice.user_id).where(Notice.kind == kind)))


def recorded() -> list[str]:
    rows = select(Event.kind).where(Event.kind.like("handout.%")).order_by(Event.sequence)
    return list(db.session.scalars(rows))


def asides() -> list[tuple[str, Any, int, str, uuid.UUID]]:
    db.session.rollback()
    return [(a.question, a.value, a.base_revision, a.origin, a.written_by) for a in db.session.scalars(select(Aside))]


def test_a_section_goes_out_comes_back_and_is_accepted(world: World) -> None:
    report = world.report()
    contributor, focal_point = world.person("contributor", "KAZ").id, world.person("focal_point", "KAZ").id
    write(world, report, "focal_point", BASE)
    (handout,) = world.hand_out(report, SECTION, due=DAY.date(), note="Please write this.")
    write(world, report, "contributor", BASE + "\n\nA third paragraph.")
    back(world, report, handout, "Here it is.")
    with pytest.raises(Forbidden):
        write(world, report, "contributor", "More.")
    settle(world, report, handout)
    assert values(report) == {ACTIONS: BASE + "\n\nA third paragraph."}
    assert asides() == []
    assert (told("handout.give"), told("handout.return"), told("handout.accepted")) == (
        [contributor], [focal_point], [contributor],
    )  # fmt: skip
    assert recorded() == ["handout.give", "handout.return", "handout.settle"]
    with pytest.raises(Missing):
        write(world, report, "contributor", "More.")


def test_a_contributor_without_a_hand_out_writes_nothing(world: World) -> None:
    report = world.report()
    with pytest.raises(Missing):
        write(world, report, "contributor", "Text.")


@pytest.mark.parametrize(("part", "mine", "closed"), [("figures", FIGURE, ACTIONS), ("narrative", ACTIONS, FIGURE)])
def test_a_part_of_a_section_is_written_alone(world: World, part: str, mine: str, closed: str) -> None:
    report = world.report()
    sent = {ACTIONS: "Text.", FIGURE: SERIES}
    world.hand_out(report, SECTION, part=part)
    write(world, report, "contributor", sent[mine], mine)
    with pytest.raises(Missing):
        write(world, report, "contributor", sent[closed], closed)
    assert list(values(report)) == [mine]


def test_what_is_kept_beside_waits_whole_and_the_answer_goes_back(world: World) -> None:
    report = world.report()
    contributor = world.person("contributor", "KAZ").id
    write(world, report, "focal_point", BASE)
    (handout,) = world.hand_out(report, SECTION)
    write(world, report, "contributor", "Another text.")
    write(world, report, "contributor", "Results.", RESULTS)
    back(world, report, handout)
    done = settle(world, report, handout, actions=True)
    assert done.outcome == "beside"
    assert values(report) == {ACTIONS: BASE, RESULTS: "Results."}
    assert asides() == [(ACTIONS, "Another text.", 1, "handout", contributor)]
    history = reports.history(db.session, report.id, ACTIONS, "en")
    assert [row.value for row in history] == [BASE, "Another text.", BASE]
    assert told("handout.beside") == [contributor]


def test_an_answer_that_was_not_there_goes_back_to_nothing(world: World) -> None:
    report = world.report()
    (handout,) = world.hand_out(report, SECTION)
    write(world, report, "contributor", "Results.", RESULTS)
    settle(world, report, handout, results=True)
    assert values(report) == {RESULTS: ""}
    assert [(question, value, base) for question, value, base, *_ in asides()] == [(RESULTS, "Results.", 0)]


def test_what_somebody_else_wrote_meanwhile_stays(world: World) -> None:
    report = world.report()
    write(world, report, "focal_point", BASE)
    (handout,) = world.hand_out(report, SECTION)
    mine = BASE.replace("first paragraph", "first paragraph of the ministry")
    write(world, report, "contributor", mine)
    both = mine.replace("second", "second, corrected")
    write(world, report, "focal_point", both)
    settle(world, report, handout, actions=True)
    assert values(report) == {ACTIONS: BASE.replace("second", "second, corrected")}
    assert [value for _question, value, *_ in asides()] == [both]


def test_what_cannot_be_told_apart_waits_beside_and_is_lost_nowhere(world: World) -> None:
    report = world.report()
    write(world, report, "focal_point", BASE)
    (handout,) = world.hand_out(report, SECTION)
    write(world, report, "contributor", "The ministry's sentence.")
    write(world, report, "focal_point", "The ministry's own sentence.")
    act = world.acting("focal_point", "KAZ")
    held = reports.get(act.session, report.id, lock=True)
    (change,) = handing.changes(act, held, in_hands.handout(act.session, report.id, handout.id))
    assert (change.entangled, change.others, change.rest) == (True, ("focal point kaz",), BASE)
    settle(world, report, handout, actions=True)
    assert values(report) == {ACTIONS: BASE}
    assert [value for _question, value, *_ in asides()] == ["The ministry's own sentence."]


def test_an_answer_that_only_others_changed_asks_for_no_choice(world: World) -> None:
    report = world.report()
    (handout,) = world.hand_out(report, SECTION)
    write(world, report, "focal_point", BASE)
    act = world.acting("focal_point", "KAZ")
    done = handing.settle(act, reports.get(act.session, report.id, lock=True), handout.id, [])
    world.done()
    assert (done.outcome, values(report)) == ("accepted", {ACTIONS: BASE})


def test_settling_asks_for_a_choice_of_what_stands_now(world: World) -> None:
    report = world.report()
    (handout,) = world.hand_out(report, SECTION)
    write(world, report, "contributor", "One.")
    write(world, report, "contributor", "Two.")
    act = world.acting("focal_point", "KAZ")
    held = reports.get(act.session, report.id, lock=True)
    with pytest.raises(Invalid) as refusal:
        handing.settle(act, held, handout.id, [])
    assert [problem.where for problem in refusal.value.problems] == [ACTIONS]
    with pytest.raises(NotNow):
        handing.settle(act, held, handout.id, [Choice(ACTIONS, "en", 1, beside=True)])
    assert (values(report), asides()) == ({ACTIONS: "Two."}, [])


def test_what_came_back_can_be_given_back_with_a_note(world: World) -> None:
    report = world.report()
    (handout,) = world.hand_out(report, SECTION)
    back(world, report, handout)
    act = world.acting("focal_point", "KAZ")
    held = reports.get(act.session, report.id, lock=True)
    handing.open_again(act, held, handout.id, "The years are missing.", DAY.date())
    world.done()
    write(world, report, "contributor", "Text with years.")
    assert told("handout.again") == [world.person("contributor", "KAZ").id]
    act = world.acting("focal_point", "KAZ")
    held = reports.get(act.session, report.id, lock=True)
    with pytest.raises(NotNow):
        handing.open_again(act, held, handout.id, "", None)


def test_a_hand_out_is_taken_back_and_the_text_stays(world: World) -> None:
    report = world.report()
    (handout,) = world.hand_out(report, SECTION)
    write(world, report, "contributor", "Text.")
    act = world.acting("focal_point", "KAZ")
    handing.withdraw(act, reports.get(act.session, report.id, lock=True), handout.id)
    world.done()
    assert values(report) == {ACTIONS: "Text."}
    with pytest.raises(Missing):
        write(world, report, "contributor", "More.")
    act = world.acting("focal_point", "KAZ")
    with pytest.raises(NotNow):
        handing.withdraw(act, reports.get(act.session, report.id, lock=True), handout.id)


def second(world: World) -> uuid.UUID:
    """A second contributor of Kazakhstan."""
    act = world.act(None)
    accounts.add(act, "institute.kaz@example.org", "contributor", "KAZ", PASSWORD)
    world.done()
    return next(r.id for r in in_hands.contributors(db.session, "KAZ") if r.email == "institute.kaz@example.org")


def test_several_sections_go_to_several_people_in_one_act(world: World) -> None:
    report = world.report()
    other = second(world)
    act = world.acting("focal_point", "KAZ")
    held = reports.get(act.session, report.id, lock=True)
    both = [world.person("contributor", "KAZ").id, other]
    made = handing.hand_out(act, held, Order(["1.1.1.1", SECTION], both))
    world.done()
    pairs = [(section, person) for section in ("1.1.1.1", SECTION) for person in both]
    assert [(one.section, one.user_id) for one in made] == pairs
    assert sorted(told("handout.give")) == sorted(both * 2)


def test_what_one_whose_role_ended_held_goes_to_another_in_one_act(world: World) -> None:
    report = world.report()
    other = second(world)
    (handout,) = world.hand_out(report, SECTION, part="narrative", due=DAY.date(), shared=True, note="Please.")
    act = world.act(None)
    gone = world.person("contributor", "KAZ").id
    act.session.execute(update(Membership).where(Membership.user_id == gone).values(ended_at=DAY))
    world.done()
    assert [row.active for row in in_hands.in_hands(db.session, report.id)] == [False]
    act = world.acting("focal_point", "KAZ", DAY + dt.timedelta(days=2))
    new = handing.pass_on(act, reports.get(act.session, report.id, lock=True), handout.id, other)
    world.done()
    rows = in_hands.in_hands(db.session, report.id)
    assert [(row.Handout.id, row.Handout.user_id, row.active) for row in rows] == [(new.id, other, True)]
    assert (new.part, new.due, new.shared, new.note) == ("narrative", None, True, "Please.")


@pytest.mark.parametrize(
    ("order", "where"),
    [
        ({"sections": []}, "sections"),
        ({"people": []}, "people"),
        ({"part": "half"}, "part"),
        ({"due": DAY.date() - dt.timedelta(days=1)}, "due"),
        ({"note": "x" * 10_001}, "note"),
        ({"people": [uuid.uuid4()]}, "people"),
        ({"people": ["focal_point"]}, "people"),
        ({"sections": ["F.2"], "part": "figures"}, "sections.F.2"),
    ],
)
def test_what_cannot_be_handed_out(world: World, order: dict[str, Any], where: str) -> None:
    report = world.report()
    terms = {"sections": [SECTION], "people": [world.person("contributor", "KAZ").id]} | order
    terms["people"] = [world.person(p, "KAZ").id if isinstance(p, str) else p for p in terms["people"]]
    act = world.acting("focal_point", "KAZ")
    with pytest.raises(Invalid) as refusal:
        handing.hand_out(act, reports.get(act.session, report.id, lock=True), Order(**terms))
    assert [problem.where for problem in refusal.value.problems] == [where]


def test_nobody_holds_the_same_words_twice(world: World) -> None:
    report = world.report()
    world.hand_out(report, SECTION, part="figures")
    world.hand_out(report, SECTION, part="narrative")
    with pytest.raises(Invalid) as refusal:
        world.hand_out(report, SECTION)
    assert [problem.where for problem in refusal.value.problems] == [f"sections.{SECTION}"]


def test_a_section_that_is_not_asked_is_not_handed_out(world: World) -> None:
    report = world.report(modality="upload")
    with pytest.raises(Missing):
        world.hand_out(report, SECTION)


@pytest.mark.parametrize("state", ["clearing", "submitted"])
def test_nothing_is_handed_out_while_the_draft_is_closed(world: World, state: str) -> None:
    report = world.report(state=state)
    with pytest.raises(NotNow):
        world.hand_out(report, SECTION)


def test_an_open_hand_out_holds_no_step_back(world: World) -> None:
    report = world.report()
    world.fill(world.acting("focal_point", "KAZ"), report)
    world.done()
    (handout,) = world.hand_out(report, SECTION)
    for step in ("ask", "submit"):
        world.step(report, step)
    act = world.acting("focal_point", "KAZ")
    done = handing.settle(act, reports.get(act.session, report.id, lock=True), handout.id, [])
    assert done.outcome == "accepted"


@pytest.mark.parametrize(("role", "entity"), [("contributor", "KAZ"), ("certifier", "KAZ"), ("focal_point", "KEN")])
def test_who_may_not_hand_out_nor_settle(world: World, role: str, entity: str) -> None:
    report = world.report()
    (handout,) = world.hand_out(report, SECTION)
    act = world.acting(role, entity)
    held = reports.get(act.session, report.id, lock=True)
    for attempt in (
        lambda: handing.hand_out(act, held, Order(["1.1.1.1"], [world.person("contributor", "KAZ").id])),
        lambda: handing.changes(act, held, handout),
        lambda: handing.settle(act, held, handout.id, []),
        lambda: handing.withdraw(act, held, handout.id),
        lambda: handing.open_again(act, held, handout.id, "", None),
    ):
        with pytest.raises(Forbidden):
            attempt()


def test_only_its_holder_hands_back(world: World) -> None:
    report = world.report()
    (handout,) = world.hand_out(report, SECTION)
    second(world)
    act = world.act(people.by_email(db.session, "institute.kaz@example.org"))
    with pytest.raises(Missing):
        handing.give_back(act, reports.get(act.session, report.id, lock=True), handout.id)
