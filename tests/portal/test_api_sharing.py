"""What colleagues share, for programs: hand-outs, comments, people and invitations, and asking for clearance."""

from __future__ import annotations

import io
import uuid
from typing import Any

import pytest
from sqlalchemy import select

from portal.db import db
from portal.models.events import Event
from portal.models.reports import Report
from portal.queries import reports
from portal.services import accounts, invitations
from tests.factories import PASSWORD, World, address
from tests.portal.callers import Caller
from tests.portal.test_pages_drafting import PDF

SECTION, ACTIONS, RESULTS = "1.1.2.4", "1.1.2.4/actions", "1.1.2.4/results"
SECOND = "second.certifier.kaz@example.org"


@pytest.fixture
def focal(world: World) -> Caller:
    return Caller(world, "focal_point", "KAZ")


@pytest.fixture
def contributor(world: World) -> Caller:
    return Caller(world, "contributor", "KAZ")


@pytest.fixture
def certifier(world: World) -> Caller:
    return Caller(world, "certifier", "KAZ")


def mine(caller: Caller) -> str:
    return str(caller.get("/me").json["id"])


def give(focal: Caller, contributor: Caller, report: Report, **more: Any) -> Any:
    sent = {"sections": [SECTION], "people": [mine(contributor)]} | more
    return focal.post(f"/reports/{report.id}/handouts", sent)


def write(caller: Caller, report: Report, question: str, value: str, base: int) -> None:
    sent = {"value": value, "language": "en", "base_revision": base}
    assert caller.put(f"/reports/{report.id}/answers/{question}", sent).status_code == 200


def value(report: Report, question: str) -> Any:
    db.session.rollback()
    row = reports.answer(db.session, report.id, question, "en")
    return row.value if row else None


def where(answer: Any) -> list[str]:
    return [problem["where"] for problem in answer.json["problems"]]


def test_a_section_is_handed_out_written_handed_back_and_settled(
    world: World, focal: Caller, contributor: Caller, certifier: Caller
) -> None:
    report = world.report()
    write(focal, report, ACTIONS, "As it was.", 0)
    made = give(focal, contributor, report, due="2025-06-30", note="Please.")
    assert (made.status_code, len(made.json["items"]), made.json["next"]) == (201, 1, None)
    one = made.json["items"][0]
    assert {name: one[name] for name in ("section", "part", "person", "due", "shared", "note", "outcome")} == {
        "section": SECTION,
        "part": "all",
        "person": mine(contributor),
        "due": "2025-06-30",
        "shared": False,
        "note": "Please.",
        "outcome": None,
    }
    listing = f"/reports/{report.id}/handouts"
    assert [caller.get(listing).json["items"] for caller in (focal, contributor, certifier)] == [[one], [one], []]

    write(contributor, report, ACTIONS, "As it was. And more.", 1)
    write(contributor, report, RESULTS, "What came of it.", 0)
    returned = contributor.post(f"{listing}/{one['id']}/return", {"note": "Done."})
    assert (returned.status_code, returned.json["returned_note"]) == (200, "Done.")

    changes = focal.get(f"{listing}/{one['id']}/changes").json["items"]
    told = [(c["question"], c["revision"], c["before"], c["now"], c["rest"], c["own"]) for c in changes]
    assert told == [
        (ACTIONS, 2, "As it was.", "As it was. And more.", "As it was.", True),
        (RESULTS, 1, "", "What came of it.", "", True),
    ]
    accepts = {"question": ACTIONS, "language": "en", "revision": 2, "choice": "accept"}
    beside = {"question": RESULTS, "language": "en", "revision": 1, "choice": "beside"}
    missing = focal.post(f"{listing}/{one['id']}/settle", {"choices": [accepts]})
    assert (missing.status_code, where(missing)) == (422, [RESULTS])
    stale = focal.post(f"{listing}/{one['id']}/settle", {"choices": [accepts | {"revision": 1}, beside]})
    assert (stale.status_code, stale.json["type"]) == (409, "not_now")
    settled = focal.post(f"{listing}/{one['id']}/settle", {"choices": [accepts, beside]})
    assert (settled.status_code, settled.json["outcome"]) == (200, "beside")
    assert (value(report, ACTIONS), value(report, RESULTS)) == ("As it was. And more.", "")
    assert focal.get(f"{listing}/{one['id']}/changes").json["items"] == []
    assert contributor.get(listing).json["items"] == [settled.json]


def test_a_handout_goes_again_to_another_and_back(world: World, focal: Caller, contributor: Caller) -> None:
    report = world.report()
    accounts.add(world.act(None), "second.contributor.kaz@example.org", "contributor", "KAZ", PASSWORD)
    world.done()
    other = str(next(row["person"] for row in people(focal) if row["email"].startswith("second.contributor")))
    one = give(focal, contributor, report).json["items"][0]
    at = f"/reports/{report.id}/handouts/{one['id']}"
    assert focal.post(f"{at}/again", {}).status_code == 409  # it is in their hands still
    contributor.post(f"{at}/return", {})
    assert contributor.post(f"{at}/return", {}).status_code == 409
    again = focal.post(f"{at}/again", {"note": "The figures, please.", "due": "2025-06-25"})
    assert (again.json["returned_at"], again.json["note"], again.json["due"]) == (
        None,
        "The figures, please.",
        "2025-06-25",
    )
    passed = focal.post(f"{at}/pass", {"person": other})
    assert (passed.status_code, passed.json["person"], passed.json["section"]) == (200, other, SECTION)
    taken = focal.post(f"/reports/{report.id}/handouts/{passed.json['id']}/withdraw", {})
    assert (taken.status_code, taken.json["outcome"]) == (200, "withdrawn")
    listed = focal.get(f"/reports/{report.id}/handouts").json["items"]
    assert sorted(row["outcome"] for row in listed) == ["withdrawn", "withdrawn"]


def people(caller: Caller) -> list[dict[str, Any]]:
    return list(caller.get("/entities/KAZ/people").json["items"])


def test_what_will_not_do_is_named_and_nothing_is_handed_out(world: World, focal: Caller, contributor: Caller) -> None:
    report = world.report()
    refused = give(focal, contributor, report, sections=["F.2", SECTION], due="2025-06-01", people=[mine(focal)])
    assert (refused.status_code, where(refused)) == (422, ["people", "due"])
    unknown = give(focal, contributor, report, until="2025-06-30")
    assert (unknown.status_code, where(unknown)) == (422, ["until"])
    for part in ({"sections": []}, {"people": []}, {"part": "half"}, {"shared": "yes"}):
        assert (give(focal, contributor, report, **part).status_code, part) == (422, part)
    assert focal.get(f"/reports/{report.id}/handouts").json["items"] == []


@pytest.mark.parametrize(("role", "entity", "status"), [
    ("contributor", "KAZ", 403), ("certifier", "KAZ", 403), ("focal_point", "KEN", 404), ("lead", None, 404),
])  # fmt: skip
def test_who_may_not_hand_out_does_not(world: World, role: str, entity: str | None, status: int) -> None:
    report = world.report()
    sent = {"sections": [SECTION], "people": [str(world.person("contributor", "KAZ").id)]}
    assert Caller(world, role, entity).post(f"/reports/{report.id}/handouts", sent).status_code == status


def test_colleagues_talk_and_only_they_read_it(world: World, focal: Caller, contributor: Caller) -> None:
    report = world.report()
    talk = f"/reports/{report.id}/sections/{SECTION}/comments"
    assert contributor.get(talk).status_code == 404  # nothing was handed to them
    give(focal, contributor, report, part="narrative")
    first = focal.post(talk, {"words": "Which year?", "question": ACTIONS})
    assert (first.status_code, first.json["question"], first.json["follows"]) == (201, ACTIONS, None)
    hidden = focal.post(talk, {"words": "About the figure.", "question": f"{SECTION}/NUA-14"})
    answer = contributor.post(talk, {"words": "2023.", "follows": first.json["id"]})
    assert (answer.status_code, answer.json["follows"], answer.json["question"]) == (201, first.json["id"], ACTIONS)
    assert [row["words"] for row in focal.get(talk).json["items"]] == ["Which year?", "About the figure.", "2023."]
    assert [row["words"] for row in contributor.get(talk).json["items"]] == ["Which year?", "2023."]
    settled = contributor.post(f"{talk}/{answer.json['id']}/settle", {})
    assert (settled.json["id"], settled.json["settled_by"]) == (first.json["id"], contributor.get("/me").json["name"])
    assert focal.post(f"{talk}/{first.json['id']}/reopen", {}).json["settled_at"] is None
    assert contributor.post(f"{talk}/{hidden.json['id']}/settle", {}).status_code == 404
    empty = focal.post(talk, {"words": " "})
    assert (empty.status_code, where(empty)) == (422, ["words"])
    assert focal.post(talk, {"words": "x", "section": "F.2"}).status_code == 422
    for role, entity in (("focal_point", "KEN"), ("reviewer", None), ("lead", None)):
        outside = Caller(world, role, entity)
        assert (outside.get(talk).status_code, outside.post(talk, {"words": "x"}).status_code) == (404, 404)


def test_people_are_listed_invited_and_taken_out(world: World, focal: Caller, certifier: Caller) -> None:
    assert [(row["role"], row["email"], row["ended_at"]) for row in people(certifier)] == [
        (role, address(role, "KAZ"), None) for role in ("certifier", "contributor", "focal_point")
    ]
    at = "/entities/KAZ/invitations"
    made = focal.post(at, {"email": "New.Colleague.kaz@example.org", "role": "contributor"})
    assert (made.status_code, made.json["email"], made.json["succeeds"]) == (
        201,
        "new.colleague.kaz@example.org",
        False,
    )
    assert made.json["link"].endswith(f"/invitation#{made.json['code']}")
    listed = certifier.get(at).json["items"]
    assert listed == [{name: value for name, value in made.json.items() if name not in ("code", "link")}]
    offer = invitations.offer(world.act(None), made.json["code"])
    assert offer is not None
    assert str(offer.invitation.id) == made.json["id"]
    world.done()
    assert focal.post(f"{at}/{made.json['id']}/revoke", {}).status_code == 200
    assert focal.post(f"{at}/{made.json['id']}/revoke", {}).status_code == 404
    assert (focal.get(at).json["items"], invitations.offer(world.act(None), made.json["code"])) == ([], None)
    world.done()
    held = {row["role"]: row["id"] for row in people(focal)}
    ended = focal.post(f"/entities/KAZ/people/{held['contributor']}/end", {})
    assert (ended.status_code, ended.json["role"], ended.json["ended_at"] is None) == (200, "contributor", False)
    assert focal.post(f"/entities/KAZ/people/{held['focal_point']}/end", {}).status_code == 409


def test_an_invitation_that_will_not_do_is_refused(world: World, focal: Caller) -> None:
    at = "/entities/KAZ/invitations"
    for sent, places in (
        ({"email": "nobody", "role": "contributor"}, ["email"]),
        ({"email": "a@example.org", "role": "lead"}, ["role"]),
        ({"email": address("certifier", "KAZ"), "role": "certifier"}, ["email"]),
        ({"email": "a@example.org", "role": "certifier", "entity": "KEN"}, ["entity"]),
    ):
        refused = focal.post(at, sent)
        assert (refused.status_code, where(refused)) == (422, places)
    for role, entity in (("certifier", "KAZ"), ("contributor", "KAZ"), ("focal_point", "KEN"), ("lead", None)):
        sent = {"email": "a@example.org", "role": "contributor"}
        assert (role, entity, Caller(world, role, entity).post(at, sent).status_code) == (role, entity, 403)
    assert focal.get(at).json["items"] == []


def ready(world: World) -> Report:
    report = world.report()
    act = world.acting("focal_point", "KAZ")
    world.fill(act, reports.get(act.session, report.id, lock=True))
    world.done()
    return report


def letter(data: bytes = PDF, dated: str = "2025-06-10", **more: Any) -> dict[str, Any]:
    return {"letter": (io.BytesIO(data), "letter.pdf"), "dated": dated} | more


def ask(caller: Caller, report: Report, **form: Any) -> Any:
    more = {"content_type": "multipart/form-data"}
    return caller("POST", f"/reports/{report.id}/clearance", data=form, **more)


def test_clearance_is_asked_with_a_note_a_letter_and_a_named_certifier(world: World, focal: Caller) -> None:
    accounts.add(world.act(None), SECOND, "certifier", "KAZ", PASSWORD)
    world.done()
    report, named = ready(world), str(world.person("certifier", "KAZ").id)
    asked = ask(focal, report, note="The summary first.", asked_of=named, days="3", **letter())
    assert asked.status_code == 201, asked.json
    told = {name: asked.json[name] for name in ("note", "asked_of", "outcome")}
    assert told == {
        "note": "The summary first.",
        "asked_of": named,
        "outcome": None,
    }
    assert asked.json["others_at"].startswith("2025-06-19")  # three working days after Monday 16 June
    assert [(one["name"], one["dated"]) for one in asked.json["letters"]] == [("letter.pdf", "2025-06-10")]
    assert asked.json["letters"][0]["doubt"].startswith("The date of the letter lies before the day")
    assert focal.get(f"/reports/{report.id}").json["state"] == "clearing"
    more = focal(
        "POST", f"/reports/{report.id}/clearance/letters", data=letter(PDF.replace(b"200", b"300"), "2025-06-16")
    )
    assert (more.status_code, more.json["doubt"]) == (201, None)
    waiting = focal.get(f"/reports/{report.id}/clearance").json["items"]
    assert waiting == [asked.json | {"letters": [*asked.json["letters"], more.json]}]
    assert ask(focal, report).status_code == 409
    certifier = Caller(world, "certifier", "KAZ")
    declined = certifier.post(f"/reports/{report.id}/steps/decline", {"reason": "The annex is missing."})
    assert declined.status_code == 200
    (settled,) = certifier.get(f"/reports/{report.id}/clearance").json["items"]
    assert (settled["outcome"], settled["reason"]) == ("declined", "The annex is missing.")


@pytest.mark.parametrize(
    ("form", "status", "places"),
    [
        ({"asked_of": str(uuid.UUID(int=7))}, 422, ["asked_of"]),
        ({"asked_of": "nobody"}, 422, ["asked_of"]),
        ({"days": "0"}, 422, ["days"]),
        ({"days": "61"}, 422, ["days"]),
        ({"until": "Friday"}, 422, ["until"]),
        ({"letter": "a word"}, 422, ["letter"]),
        (letter(dated="2025-06-40"), 422, ["dated"]),
        (letter(dated="2026-01-01"), 422, ["dated"]),
        (letter(data=b"MZ a program"), 415, ["letter.pdf"]),
    ],
)
def test_what_will_not_do_in_a_request_is_named_and_nothing_is_asked(
    world: World, focal: Caller, form: dict[str, Any], status: int, places: list[str]
) -> None:
    report = ready(world)
    if "letter" in form and not isinstance(form["letter"], str):
        form = form | {"letter": (io.BytesIO(form["letter"][0].getvalue()), "letter.pdf")}
    refused = ask(focal, report, **form)
    assert (refused.status_code, where(refused)) == (status, places)
    assert focal.get(f"/reports/{report.id}/clearance").json["items"] == []
    assert focal.get(f"/reports/{report.id}").json["state"] == "preparing"


def test_only_those_who_may_ask_and_lay_letters_do(world: World) -> None:
    report = ready(world)
    answers = {
        (role, entity): (
            ask(Caller(world, role, entity), report).status_code,
            Caller(world, role, entity)("POST", f"/reports/{report.id}/clearance/letters", data=letter()).status_code,
            Caller(world, role, entity).get(f"/reports/{report.id}/clearance").status_code,
        )
        for role, entity in (("contributor", "KAZ"), ("certifier", "KAZ"), ("focal_point", "KEN"), ("lead", None))
    }
    assert answers == {
        ("contributor", "KAZ"): (403, 403, 403),
        ("certifier", "KAZ"): (403, 409, 200),
        ("focal_point", "KEN"): (404, 404, 404),
        ("lead", None): (404, 404, 404),
    }
    db.session.rollback()
    assert db.session.scalars(select(Event.kind).where(Event.kind == "report.ask")).all() == []
