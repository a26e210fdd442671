"""Saving answers: revisions, history, merges, conflicts, and what never holds a save back."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from portal.queries import reports
from portal.rules.refusals import Forbidden, Invalid, Missing, NotNow, Stale
from portal.services import drafting
from portal.services.drafting import Given, Saved
from tests.factories import World

KEY = "1.1.2.4/actions"
BASE = "The first paragraph.\n\nThe second paragraph."


def save(
    world: World, value: object, base: int, *, question: str = KEY, role: str = "focal_point", language: str = "en"
) -> Saved:
    act = world.acting(role, "KAZ")
    report = reports.visible(act.session, world.person("focal_point", "KAZ"))[0].Report
    saved = drafting.save(act, reports.get(act.session, report.id, lock=True), Given(question, language, value, base))
    world.done()
    return saved


def test_each_save_has_its_revision_and_stays_in_the_history(world: World, session: Session) -> None:
    report = world.report()
    assert [save(world, text, base).revision for base, text in enumerate(("one", "two", "three"))] == [1, 2, 3]
    rows = reports.history(session, report.id, KEY, "en")
    assert [(row.revision, row.value) for row in rows] == [(3, "three"), (2, "two"), (1, "one")]


def test_the_same_value_again_makes_no_revision(world: World, session: Session) -> None:
    report = world.report()
    save(world, "one", 0)
    assert save(world, "one", 1).revision == 1
    assert len(reports.history(session, report.id, KEY, "en")) == 1


def test_two_people_in_two_paragraphs_are_joined(world: World) -> None:
    world.hand_out(world.report(), "1.1.2.4")
    save(world, BASE, 0)
    save(world, BASE.replace("first", "very first"), 1)
    joined = save(world, BASE.replace("second", "very second"), 1, role="contributor")
    assert (joined.merged, joined.revision) == (True, 3)
    assert joined.value == "The very first paragraph.\n\nThe very second paragraph."


def test_the_same_sentence_changed_twice_is_refused_with_all_three_texts(world: World, session: Session) -> None:
    report = world.report()
    world.hand_out(report, "1.1.2.4")
    save(world, BASE, 0)
    save(world, BASE.replace("first", "one"), 1)
    with pytest.raises(Stale) as refusal:
        save(world, BASE.replace("first", "other"), 1, role="contributor")
    texts = refusal.value.texts
    assert (texts.base, texts.theirs, texts.yours) == (
        BASE, BASE.replace("first", "one"), BASE.replace("first", "other"),
    )  # fmt: skip
    assert texts.revision == 2
    session.rollback()
    assert reports.values(session, report.id)[KEY, "en"] == BASE.replace("first", "one")


def test_languages_are_kept_apart(world: World, session: Session) -> None:
    report = world.report(languages=("ru", "en"))
    save(world, "Что сделано.", 0, language="ru")
    save(world, "What was done.", 0, language="en")
    assert reports.values(session, report.id) == {(KEY, "ru"): "Что сделано.", (KEY, "en"): "What was done."}


def test_a_language_that_the_report_does_not_have(world: World) -> None:
    world.report()
    with pytest.raises(Invalid) as refusal:
        save(world, "Ce qui a été fait.", 0, language="fr")
    assert [problem.where for problem in refusal.value.problems] == ["language"]


def test_a_value_with_problems_is_saved_and_told(world: World) -> None:
    world.report()
    row = {"year": "20019", "value": "about 17", "unit": "percent", "source": "", "disaggregation": "", "place": ""}
    saved = save(world, {"status": "data", "reason": "", "rows": [row]}, 0, question="1.1.2.4/NUA-14")
    assert saved.value["rows"][0]["value"] == "about 17"
    assert {finding.severity for finding in saved.findings} == {"error", "warning"}


def test_a_question_that_is_not_asked(world: World) -> None:
    world.report(modality="upload")
    with pytest.raises(Missing):
        save(world, "text", 0)


def test_a_revision_that_never_was(world: World) -> None:
    world.report()
    save(world, "one", 0)
    with pytest.raises(Invalid):
        save(world, "two", 9)


@pytest.mark.parametrize("role", ["certifier"])
def test_who_only_reads_cannot_write(world: World, role: str) -> None:
    world.report()
    with pytest.raises(Forbidden):
        save(world, "text", 0, role=role)


def test_nothing_is_written_while_the_certifier_decides(world: World) -> None:
    world.report(state="clearing")
    with pytest.raises(NotNow) as refusal:
        save(world, "text", 0)
    assert refusal.value.reasons == ["The report is with the certifier for clearance."]


def test_a_page_saves_what_it_can_and_hands_back_what_it_cannot(world: World, session: Session) -> None:
    report = world.report()
    world.hand_out(report, "1.1.2.4")
    save(world, BASE, 0)
    save(world, BASE.replace("first", "one"), 1)
    act = world.acting("contributor", "KAZ")
    outcome = drafting.save_section(
        act,
        reports.get(act.session, report.id, lock=True),
        [Given(KEY, "en", BASE.replace("first", "other"), 1), Given("1.1.2.4/results", "en", "A result.", 0)],
    )
    world.done()
    assert [saved.question for saved in outcome.saved] == ["1.1.2.4/results"]
    assert [given.question for given, _stale in outcome.stale] == [KEY]
    assert reports.values(session, report.id)["1.1.2.4/results", "en"] == "A result."


def test_one_report_for_a_state_and_a_cycle(world: World) -> None:
    world.report()
    with pytest.raises(NotNow):
        drafting.start(world.acting("focal_point", "KAZ"), drafting.Draft("KAZ", "2026", "full", ["en"]))


@pytest.mark.parametrize(
    ("draft", "where"),
    [
        (drafting.Draft("KAZ", "1999", "full", ["en"]), "cycle"),
        (drafting.Draft("KAZ", "2026", "none", ["en"]), "modality"),
        (drafting.Draft("KAZ", "2026", "full", []), "languages"),
        (drafting.Draft("KAZ", "2026", "full", ["en", "xx"]), "languages"),
    ],
)
def test_a_start_that_will_not_do(world: World, draft: drafting.Draft, where: str) -> None:
    with pytest.raises(Invalid) as refusal:
        drafting.start(world.acting("focal_point", "KAZ"), draft)
    assert [problem.where for problem in refusal.value.problems] == [where]
