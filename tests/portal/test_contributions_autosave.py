"""The form of a contribution saves each part by itself: upon the revision its writer saw, joined or kept beside."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.db import db
from portal.models.accounts import SignIn
from portal.models.contributions import Contribution, ContributionAside, ContributionRevision
from portal.models.events import Event, Notice
from portal.queries import contribution_drafts
from portal.queries import contributions as held
from portal.services import contributions, partners
from portal.services.contributions import Draft
from tests.factories import World, address, csrf
from tests.portal.contributing import HEAD, VALUES, contribution, save, send

TEXT = "CC.2/text"
FIRST = str(VALUES["c"][TEXT])
OTHER = "regional_officer"


@pytest.fixture
def made(world: World) -> Contribution:
    """A draft for whose partner two people file."""
    found = contribution(world)
    partners.invite(world.acting("lead"), found.partner_id, address(OTHER))
    world.done()
    return found


def autosave(client: FlaskClient, of: uuid.UUID, part: str, value: Any, base: int, **more: Any) -> Any:
    """What the script sends of one part whose control holds this value."""
    fields = value if isinstance(value, dict) else {part: value}
    body = {"question": part, "language": "en", "fields": fields, "base_revision": base}
    token = client.get("/session", headers={"Accept": "application/json"}).get_json()["csrf"]
    headers = {"X-CSRFToken": token, "Accept": "application/json"}
    return client.post(f"/contributions/{of}/parts", json=body | more, headers=headers)


def now(made: Contribution) -> Contribution:
    db.session.rollback()
    return held.get(db.session, made.id)


def beside(session: Session) -> list[tuple[str, Any, str | None]]:
    session.rollback()
    query = select(ContributionAside.part, ContributionAside.value, ContributionAside.outcome)
    return [tuple(row) for row in session.execute(query.order_by(ContributionAside.kept_at))]


@pytest.mark.parametrize(
    ("part", "controls", "kept"),
    [
        ("title", "  Rents,  again ", "Rents, again"),
        ("areas", "Kenya\nAtlantis", ["KEN", "Atlantis"]),
        ("licence", "quote", "quote"),
        ("credit", "An agency", "An agency"),
        (TEXT, "Rents fell.", "Rents fell."),
        ("CC.1/form", "text", "text"),
        ("CC.1/period", {"CC.1/period-from": "2016", "CC.1/period-to": "2024"}, {"from": "2016", "to": "2024"}),
    ],
)
def test_each_part_is_saved_by_itself_and_quietly(
    world: World, session: Session, made: Contribution, part: str, controls: Any, kept: Any
) -> None:
    def recorded() -> tuple[int, int]:
        session.rollback()
        events = session.scalar(select(func.count()).select_from(Event)) or 0
        return events, session.scalar(select(func.count()).select_from(Notice)) or 0

    before, mine = (now(made).title, now(made).values), world.browser("partner")
    told = recorded()
    answer = autosave(mine, made.id, part, controls, 1)
    assert (answer.status_code, answer.json["revision"], answer.json["merged"]) == (200, 2, False)
    assert re.fullmatch(r"\d\d:\d\d UTC", answer.json["saved_at_text"])
    draft = now(made)
    assert (getattr(draft, part) if part in HEAD else draft.values[part]) == kept
    others = before[1] if part in HEAD else before[1] | {part: kept}
    assert (draft.title if part != "title" else before[0], draft.values) == (before[0], others)
    assert recorded() == told
    rows = select(ContributionRevision.revision, ContributionRevision.part, ContributionRevision.value)
    assert session.execute(rows.where(ContributionRevision.revision > 1)).all() == [(2, part, kept)]


def test_a_save_keeps_what_it_changed_and_every_draft_can_be_read_again(
    world: World, session: Session, made: Contribution
) -> None:
    drafts = [contributions.saved_draft(now(made))]
    for base, draft in enumerate(
        [
            Draft(title="Rents"),
            Draft(values={TEXT: "Rents fell."}, credit="An agency"),
            Draft(values={TEXT: None}),
            Draft(areas=["Kenya"], licence="quote"),
            Draft(values={TEXT: "Rents rose."}),
        ],
        1,
    ):
        save(world, made.id, draft, base)
        drafts.append(contributions.saved_draft(now(made)))
    assert [held.revision(session, made.id, number) for number in range(8)] == [None, *drafts, None]
    row = ContributionRevision
    changed = session.execute(select(row.revision, row.part).where(row.revision > 1).order_by(row.revision, row.part))
    parts = [(2, "title"), (3, TEXT), (3, "credit"), (4, TEXT), (5, "areas"), (5, "licence"), (6, TEXT)]
    assert [tuple(one) for one in changed] == parts
    last = contribution_drafts.last_changes(session, made.id)
    assert {part: one.revision for part, one in last.items()} == {
        "CC.1/form": 1, "CC.1/period": 1, "title": 2, "credit": 3, "areas": 5, "licence": 5, TEXT: 6
    }  # fmt: skip
    assert next(reversed(last)) == TEXT


def test_a_part_that_nobody_touched_is_saved_upon_any_revision_since(world: World, made: Contribution) -> None:
    save(world, made.id, Draft(title="Rents"), 1, OTHER)
    mine = world.browser("partner")
    assert autosave(mine, made.id, TEXT, "Rents fell.", 1).json["revision"] == 3
    told = autosave(mine, made.id, TEXT, "Rents fell again.", 3).json
    assert (told["revision"], told["merged"]) == (4, False)
    for base in (0, 5):
        answer = autosave(mine, made.id, TEXT, "Rents rose.", base)
        assert (answer.status_code, answer.json["detail"]) == (422, "This contribution has no such revision.")


def test_the_same_text_sent_twice_is_one_revision(world: World, made: Contribution) -> None:
    mine = world.browser("partner")
    assert [autosave(mine, made.id, TEXT, "Rents fell.", 1).json["revision"] for _ in range(2)] == [2, 2]
    assert now(made).revision == 2


def test_what_the_check_says_of_the_part_comes_with_the_answer(world: World, made: Contribution) -> None:
    mine = world.browser("partner")
    period = {"CC.1/period-from": "2023", "CC.1/period-to": "2015"}
    told = autosave(mine, made.id, "CC.1/period", period, 1).json["findings"]
    sentence = "The period needs a first and a last year, and the last may not lie before the first."
    assert [(one["severity"], one["sentence"]) for one in told] == [("error", sentence)]
    told = autosave(mine, made.id, "areas", "Atlantis", 1).json["findings"]
    assert [one["severity"] for one in told] == ["blocker"]
    assert "No area has the code or the name “Atlantis”" in told[0]["sentence"]
    page = mine.get(f"/contributions/{made.id}/draft").get_data(as_text=True)
    assert page.split('id="q-areas"')[1].split("</div>")[0].count("Atlantis") == 2


def test_the_parts_of_a_form_go_on_from_the_revision_each_of_them_saw(world: World, made: Contribution) -> None:
    mine = world.browser("partner")
    assert autosave(mine, made.id, "title", "Rents", 1).json["revision"] == 2
    answer = autosave(mine, made.id, TEXT, "Rents fell.", 1)
    assert (answer.json["revision"], answer.json["merged"]) == (3, False)
    form = {"title": "Rents", "title@revision": "2", "areas": "Kazakhstan", "licence": "cc-by-4.0", "credit": "Me"}
    form |= {TEXT: "Rents fell, and rose.", f"{TEXT}@revision": "3", "revision": "1", "CC.1/form": "trend"}
    token = csrf(mine.get(f"/contributions/{made.id}/draft").get_data(as_text=True))
    answer = mine.post(f"/contributions/{made.id}/draft", data=form | {"csrf_token": token})
    assert answer.status_code == 303
    draft = now(made)
    assert (draft.title, draft.values[TEXT], draft.revision) == ("Rents", "Rents fell, and rose.", 4)


def test_two_people_in_one_text_are_joined(world: World, session: Session, made: Contribution) -> None:
    save(world, made.id, Draft(values={TEXT: FIRST.replace("the largest cities", "small towns")}), 1, OTHER)
    mine = world.browser("partner")
    answer = autosave(mine, made.id, TEXT, FIRST.replace("faster", "much faster"), 1)
    joined = "Rents rose much faster than wages.\n\nMost in small towns."
    assert (answer.json["merged"], answer.json["value"], answer.json["revision"]) == (True, joined, 3)
    assert (now(made).values[TEXT], beside(session)) == (joined, [])


def test_areas_of_two_people_are_joined_in_the_words_of_the_reader(world: World, made: Contribution) -> None:
    save(world, made.id, Draft(areas=["Kazakhstan", "Central Asia", "Kenya"]), 1, OTHER)
    answer = autosave(world.browser("partner"), made.id, "areas", "Central Asia\nRwanda", 1)
    assert answer.json["merged"] is True
    assert sorted(answer.json["value"].splitlines()) == ["Central Asia", "Kenya", "Rwanda"]


def test_what_cannot_be_joined_is_kept_beside_and_chosen(world: World, session: Session, made: Contribution) -> None:
    save(world, made.id, Draft(values={TEXT: "Theirs."}), 1, OTHER)
    mine = world.browser("partner")
    told = autosave(mine, made.id, TEXT, "Mine.", 1).json["stale"]
    assert (told["base"], told["theirs"], told["yours"], told["revision"]) == (FIRST, "Theirs.", "Mine.", 2)
    assert 'data-card="CC.2/text"' in told["card"]
    assert f'action="/contributions/{made.id}/asides/{told["aside"]}"' in told["card"]
    assert (now(made).values[TEXT], beside(session)) == ("Theirs.", [(TEXT, "Mine.", None)])
    on = autosave(mine, made.id, TEXT, "Mine, and more.", 1, aside=told["aside"]).json["stale"]
    assert (on["aside"], beside(session)) == (told["aside"], [(TEXT, "Mine, and more.", None)])
    sending = mine.get(f"/contributions/{made.id}/sending").get_data(as_text=True)
    assert "1 text waits for a choice in the draft" in sending
    chosen = choose(mine, made, told["aside"], "beside", 2)
    assert (chosen["chosen"], chosen["value"], chosen["revision"]) == (True, "Mine, and more.", 3)
    assert (now(made).values[TEXT], beside(session)) == ("Mine, and more.", [(TEXT, "Mine, and more.", "taken")])
    assert "for a choice" not in mine.get(f"/contributions/{made.id}/sending").get_data(as_text=True)


def choose(client: FlaskClient, made: Contribution, aside: str, choice: str, seen: int, **more: str) -> Any:
    token = client.get("/session", headers={"Accept": "application/json"}).get_json()["csrf"]
    form = {"choice": choice, "revision": str(seen), "csrf_token": token, **more}
    headers = {"Accept": "application/json"}
    return client.post(f"/contributions/{made.id}/asides/{aside}", data=form, headers=headers).get_json()


def stale(world: World, made: Contribution, part: str = TEXT, words: str = "Mine.") -> tuple[FlaskClient, str]:
    """A text of the partner's that stands beside what a colleague has saved."""
    draft = Draft(title="Theirs") if part == "title" else Draft(values={TEXT: "Theirs."})
    save(world, made.id, draft, 1, OTHER)
    mine = world.browser("partner")
    return mine, str(autosave(mine, made.id, part, words, 1).json["stale"]["aside"])


@pytest.mark.parametrize(("part", "joined"), [("title", "Theirs and mine"), (TEXT, "Theirs and mine.")])
def test_a_joined_text_becomes_the_part(
    world: World, session: Session, made: Contribution, part: str, joined: str
) -> None:
    mine, aside = stale(world, made, part)
    assert choose(mine, made, aside, "joined", 2, text=joined)["chosen"] is True
    draft = now(made)
    assert (draft.title if part == "title" else draft.values[part], beside(session)) == (
        joined,
        [(part, "Mine.", "joined")],
    )


def test_a_text_that_a_colleague_left_can_still_be_read(world: World, session: Session, made: Contribution) -> None:
    mine, aside = stale(world, made)
    page = mine.get(f"/contributions/{made.id}/draft").get_data(as_text=True)
    assert ("Texts that wait for a choice" in page, "not-chosen" in page) == (True, False)
    assert choose(world.browser(OTHER), made, aside, "saved", 2)["chosen"] is True
    assert (now(made).values[TEXT], beside(session)) == ("Theirs.", [(TEXT, "Mine.", "left")])
    page = mine.get(f"/contributions/{made.id}/draft").get_data(as_text=True)
    assert ("Texts that wait for a choice" in page, "Texts that were not chosen (1)" in page) == (False, True)
    assert '<p class="text" dir="auto">Mine.</p>' in page
    assert choose(mine, made, aside, "beside", 2)["detail"].startswith("Somebody has chosen")


def test_a_choice_upon_a_text_that_moved_on_keeps_both(world: World, session: Session, made: Contribution) -> None:
    mine, aside = stale(world, made)
    save(world, made.id, Draft(values={TEXT: "Theirs, once more."}), 2, OTHER)
    assert choose(mine, made, aside, "beside", 2)["chosen"] is False
    assert (now(made).values[TEXT], beside(session)) == ("Theirs, once more.", [(TEXT, "Mine.", None)])


def test_a_licence_that_two_people_chose_differently_is_shown_by_its_name(world: World, made: Contribution) -> None:
    save(world, made.id, Draft(licence="quote"), 1, OTHER)
    told = autosave(world.browser("partner"), made.id, "licence", "cc0-1.0", 1).json["stale"]
    assert "<ins>Zero: no rights reserved</ins>" in told["card"]
    assert 'name="text"' not in told["card"]


def test_what_was_sent_without_an_answer_makes_no_conflict_with_oneself(
    world: World, session: Session, made: Contribution
) -> None:
    mine = world.browser("partner")
    autosave(mine, made.id, TEXT, "Rents fell.", 1)  # the answer is lost
    autosave(mine, made.id, "title", "Rents", 1)
    answer = autosave(mine, made.id, TEXT, "Rents fell, and rose.", 1, since={TEXT: "Rents fell."})
    assert (answer.json["merged"], now(made).values[TEXT]) == (False, "Rents fell, and rose.")
    save(world, made.id, Draft(values={TEXT: "Something else."}), 4, OTHER)
    again = autosave(mine, made.id, TEXT, "Rents fell, and rose.", 1)
    assert (again.json["revision"], again.json["merged"]) == (4, False)
    assert (now(made).values[TEXT], beside(session)) == ("Something else.", [])


def test_an_unheard_text_that_was_joined_is_not_joined_twice(
    world: World, session: Session, made: Contribution
) -> None:
    save(world, made.id, Draft(values={TEXT: FIRST.replace("the largest cities", "small towns")}), 1, OTHER)
    mine, sent = world.browser("partner"), FIRST.replace("faster", "much faster")
    autosave(mine, made.id, TEXT, sent, 1)  # the answer is lost
    further = sent.replace("much faster", "very much faster")
    answer = autosave(mine, made.id, TEXT, further, 1, since={TEXT: sent})
    joined = "Rents rose very much faster than wages.\n\nMost in small towns."
    assert (answer.json.get("value"), now(made).values[TEXT], beside(session)) == (joined, joined, [])


def test_a_text_of_another_person_is_not_saved_under_this_name(world: World, made: Contribution) -> None:
    mine = world.browser("partner")
    answer = autosave(mine, made.id, TEXT, "Of another.", 1, person=str(uuid.uuid4()))
    assert (answer.status_code, now(made).revision) == (403, 1)
    assert "written by somebody else" in answer.json["detail"]


@pytest.mark.parametrize(
    ("part", "fields", "base", "status"),
    [
        ("CC.9/none", {"CC.9/none": "x"}, 1, 404),
        ("values", {"values": "x"}, 1, 404),
        (TEXT, {"CC.2/basis": "x"}, 1, 422),
        ("title", {"credit": "x"}, 1, 422),
        (TEXT, {TEXT: "x"}, 7, 422),
        (TEXT, {TEXT: "x"}, 0, 422),
        ("title", {"title": "x" * 301}, 1, 422),
        ("licence", {"licence": "mine"}, 1, 422),
    ],
)
def test_what_cannot_be_kept_is_refused(
    world: World, made: Contribution, part: str, fields: dict[str, str], base: int, status: int
) -> None:
    answer = autosave(world.browser("partner"), made.id, part, fields, base)
    assert (answer.status_code, answer.mimetype, now(made).revision) == (status, "application/problem+json", 1)


def test_a_withdrawn_contribution_takes_no_text_and_the_refusal_says_so(world: World) -> None:
    made = contribution(world, "c", "withdrawn")
    answer = autosave(world.browser("partner"), made.id, TEXT, "Late words.", 1)
    assert (answer.status_code, answer.json["detail"]) == (409, "This contribution was withdrawn.")


@pytest.mark.parametrize(("role", "status"), [("reviewer", 403), ("lead", 403), ("data_officer", 404)])
def test_nobody_else_saves_into_it(world: World, made: Contribution, role: str, status: int) -> None:
    send(world, made.id)
    assert autosave(world.browser(role), made.id, TEXT, "Not mine.", 1).status_code == status
    assert now(made).revision == 1


def test_saving_by_itself_prolongs_no_session(world: World, session: Session, made: Contribution) -> None:
    mine = world.browser("partner")
    mine.get("/desk")

    def seen() -> dt.datetime | None:
        session.rollback()
        return session.scalar(select(func.max(SignIn.seen_at)))

    before = seen()
    autosave(mine, made.id, TEXT, "Rents fell.", 1)
    assert mine.get(f"/contributions/{made.id}/draft/again").status_code == 200
    assert seen() == before


def test_a_page_that_was_refused_saves_nothing_by_itself(world: World, made: Contribution) -> None:
    mine, path = world.browser("partner"), f"/contributions/{made.id}/draft"
    page = mine.get(path).get_data(as_text=True)
    assert f'data-autosave="/contributions/{made.id}/parts"' in page
    form = {"csrf_token": csrf(page), "revision": "1", "title": "x" * 301, "areas": "Kenya", TEXT: "Typed."}
    answer = mine.post(path, data=form)
    shown = answer.get_data(as_text=True)
    assert (answer.status_code, "data-autosave" in shown, "Typed." in shown) == (422, False, True)
    assert (now(made).revision, 'name="title@revision" value="1"' in shown) == (1, True)
