"""Two texts for the same words: both are kept by the portal until a person chooses, with script and without."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models.events import Notice
from portal.models.keeping import Aside
from portal.models.reports import Report
from portal.queries import asides as kept
from portal.queries import reports
from portal.rules.refusals import Forbidden, Missing, NotNow, Stale
from portal.services import asides, drafting
from portal.services.drafting import Given
from tests.factories import World, csrf
from tests.portal.test_pages_drafting import counted

KEY = "F.2/summary"
MINE, THEIRS, BASE = "The text of one.", "The text of another.", "The text of both."
JSON = {"Accept": "application/json"}


def write(world: World, report: Report, words: str, base: int) -> None:
    """A save by a colleague."""
    act = world.acting("focal_point", "KAZ")
    drafting.save(act, reports.get(act.session, report.id, lock=True), Given(KEY, "en", words, base))
    world.done()


def conflicting(world: World) -> Report:
    report = world.report()
    write(world, report, BASE, 0)
    write(world, report, THEIRS, 1)
    return report


def autosave(client: FlaskClient, report: Report, words: str, base: int, **more: Any) -> Any:
    token = csrf(client.get(f"/reports/{report.id}/sections/F.2").get_data(as_text=True))
    body = {"question": KEY, "language": "en", "fields": {KEY: words}, "base_revision": base}
    headers = {"X-CSRFToken": token, **JSON}
    return client.post(f"/reports/{report.id}/answers", json=body | more, headers=headers).get_json()


def choose(client: FlaskClient, report: Report, aside: Any, headers: Any = None, **sent: str) -> Any:
    token = csrf(client.get(f"/reports/{report.id}/sections/F.2").get_data(as_text=True))
    path = f"/reports/{report.id}/asides/{aside}"
    return client.post(path, data={"csrf_token": token, **sent}, headers=headers)


def rows(session: Session) -> list[Aside]:
    session.rollback()
    return list(session.scalars(select(Aside).order_by(Aside.kept_at)))


def saved(session: Session, report: Report) -> tuple[Any, int]:
    session.rollback()
    row = reports.answer(session, report.id, KEY, "en")
    assert row is not None
    return row.value, row.revision


def test_a_text_that_cannot_be_joined_is_kept_in_the_same_request(world: World, session: Session) -> None:
    report = conflicting(world)
    stale = autosave(world.browser("focal_point", "KAZ"), report, MINE, 1)["stale"]
    assert (stale["base"], stale["theirs"], stale["yours"], stale["revision"]) == (BASE, THEIRS, MINE, 2)
    (row,) = rows(session)
    assert (str(row.id), row.value, row.base_revision, row.origin, row.settled_at) == (
        stale["aside"], MINE, 1, "conflict", None,
    )  # fmt: skip
    assert saved(session, report) == (THEIRS, 2)
    assert "<ins>one</ins>" in stale["card"]
    assert "<ins>another</ins>" in stale["card"]


def test_what_is_typed_further_goes_on_into_the_text_beside(world: World, session: Session) -> None:
    report = conflicting(world)
    client = world.browser("focal_point", "KAZ")
    aside = autosave(client, report, MINE, 1)["stale"]["aside"]
    assert autosave(client, report, f"{MINE} More.", 1, aside=aside)["stale"]["aside"] == aside
    assert [row.value for row in rows(session)] == [f"{MINE} More."]
    assert autosave(client, report, "Another window.", 1)["stale"]["aside"] != aside
    assert autosave(client, report, "Another window.", 1)["stale"]["aside"] != aside
    assert sorted(row.value for row in rows(session)) == ["Another window.", f"{MINE} More."]


def test_a_text_that_can_be_saved_after_all_waits_no_longer(world: World, session: Session) -> None:
    report = conflicting(world)
    client = world.browser("focal_point", "KAZ")
    aside = autosave(client, report, MINE, 1)["stale"]["aside"]
    assert autosave(client, report, f"{THEIRS} And mine.", 2, aside=aside)["revision"] == 3
    assert [(row.outcome, row.settled_at is None) for row in rows(session)] == [("taken", False)]


def test_the_card_stands_on_the_page_of_every_colleague_who_may_write(world: World) -> None:
    report = conflicting(world)
    client = world.browser("focal_point", "KAZ")
    aside = autosave(client, report, MINE, 1)["stale"]["aside"]
    page = client.get(f"/reports/{report.id}/sections/F.2").get_data(as_text=True)
    assert re.findall(r'<div class="conflict"[^>]* data-aside="([^"]+)"', page) == [aside]
    assert f'<form method="post" id="choice-{aside}" action="/reports/{report.id}/asides/{aside}">' in page
    reader = world.browser("certifier", "KAZ").get(f"/reports/{report.id}/sections/F.2").get_data(as_text=True)
    assert re.findall(r'<div class="conflict"[^>]* data-aside="([^"]+)"', reader) == [aside]
    assert MINE in re.sub("<del>.*?</del>|</?ins>", "", reader)
    assert re.findall(r'name="(?:choice|text)"', reader) == []
    assert f"/asides/{aside}" not in reader


@pytest.mark.parametrize(
    ("sent", "value", "revision", "outcome"),
    [
        ({"choice": "beside", "revision": "2"}, MINE, 3, "taken"),
        ({"choice": "saved", "revision": "2"}, THEIRS, 2, "left"),
        ({"choice": "joined", "revision": "2", "text": "Both texts."}, "Both texts.", 3, "joined"),
    ],
)
def test_a_choice_without_script(
    world: World, session: Session, sent: dict[str, str], value: str, revision: int, outcome: str
) -> None:
    report = conflicting(world)
    client = world.browser("focal_point", "KAZ")
    aside = autosave(client, report, MINE, 1)["stale"]["aside"]
    answer = choose(client, report, aside, **sent)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/reports/{report.id}/sections/F.2#q-F-2-summary")
    assert saved(session, report) == (value, revision)
    assert [row.outcome for row in rows(session)] == [outcome]
    assert choose(client, report, aside, **sent).status_code == 409


def test_a_choice_upon_a_text_that_has_moved_on_leaves_the_card_open(world: World, session: Session) -> None:
    report = conflicting(world)
    client = world.browser("focal_point", "KAZ")
    aside = autosave(client, report, MINE, 1)["stale"]["aside"]
    write(world, report, "The text of a third.", 2)
    told = choose(client, report, aside, JSON, choice="beside", revision="2").get_json()
    assert (told["chosen"], told["value"], told["revision"]) == (False, "The text of a third.", 3)
    assert [row.settled_at for row in rows(session)] == [None]
    told = choose(client, report, aside, JSON, choice="beside", revision="3").get_json()
    assert (told["chosen"], told["value"], told["revision"]) == (True, MINE, 4)


@pytest.mark.parametrize("sent", [{"choice": "none"}, {"choice": "joined"}, {"choice": "joined", "text": "  "}])
def test_a_choice_that_says_nothing_changes_nothing(world: World, session: Session, sent: dict[str, str]) -> None:
    report = conflicting(world)
    client = world.browser("focal_point", "KAZ")
    aside = autosave(client, report, MINE, 1)["stale"]["aside"]
    assert choose(client, report, aside, JSON, revision="2", **sent).status_code == 422
    assert [row.settled_at for row in rows(session)] == [None]


def test_the_save_button_keeps_both_texts_and_saves_the_rest(world: World, session: Session) -> None:
    report = conflicting(world)
    client = world.browser("focal_point", "KAZ")
    path = f"/reports/{report.id}/sections/F.2"
    sent = {"language": "en", KEY: MINE, f"{KEY}@revision": "1"}
    token = csrf(client.get(path).get_data(as_text=True))
    answer = client.post(path, data={"csrf_token": token, **sent}, content_type="multipart/form-data")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{path}#q-F-2-summary")
    assert saved(session, report) == (THEIRS, 2)
    assert [(row.value, row.origin) for row in rows(session)] == [(MINE, "conflict")]
    page = client.get(path).get_data(as_text=True)
    assert "Both texts are kept; please choose." in page
    assert f"{THEIRS}</textarea>" in page


def test_who_may_not_write_keeps_and_chooses_nothing(world: World, session: Session) -> None:
    report = conflicting(world)
    aside = autosave(world.browser("focal_point", "KAZ"), report, MINE, 1)["stale"]["aside"]
    for role, entity, refusal in (("certifier", "KAZ", Forbidden), ("focal_point", "KEN", Missing)):
        act = world.acting(role, entity)
        mine = reports.get(act.session, report.id, lock=True)
        with pytest.raises(refusal):
            asides.keep(act, mine, Given(KEY, "en", "Words.", 1), "conflict")
        with pytest.raises(refusal):
            asides.leave(act, mine, kept.aside(act.session, report.id, uuid.UUID(aside)))
        with pytest.raises(refusal):
            asides.take(act, mine, kept.aside(act.session, report.id, uuid.UUID(aside)), 2)
    with pytest.raises(Missing):
        kept.aside(session, uuid.uuid4(), uuid.UUID(aside))


def test_nothing_is_chosen_while_the_certifier_decides(world: World) -> None:
    report = world.report()
    world.fill(world.acting("focal_point", "KAZ"), report)
    world.done()
    write(world, report, THEIRS, 1)
    act = world.acting("focal_point", "KAZ")
    mine = reports.get(act.session, report.id, lock=True)
    with pytest.raises(Stale):
        drafting.save(act, mine, Given(KEY, "en", MINE, 0))
    row = asides.keep(act, mine, Given(KEY, "en", MINE, 0), "conflict")
    world.done()
    world.step(report, "ask")
    act = world.acting("focal_point", "KAZ")
    with pytest.raises(NotNow):
        asides.leave(act, reports.get(act.session, report.id, lock=True), kept.aside(act.session, report.id, row.id))


HISTORY = "/reports/{}/history/" + KEY


def kept_by_a_contributor(world: World, report: Report) -> Aside:
    """A contributor's text beside the answer."""
    act = world.acting("focal_point", "KAZ")
    writer = world.person("contributor", "KAZ").id
    mine = reports.get(act.session, report.id, lock=True)
    made = asides.keep(act, mine, Given(KEY, "en", MINE, 1), asides.HANDOUT, written_by=writer)
    world.done()
    return made


def beside(client: FlaskClient, report: Report) -> list[str]:
    """The texts that stood beside, as the history of the answer tells them: without tags, blanks joined."""
    page = client.get(HISTORY.format(report.id)).get_data(as_text=True)
    found = re.findall(r'<article class="answer" id="beside-.*?</article>', page, re.S)
    return [" ".join(re.sub(r"<[^>]+>", " ", article).split()) for article in found]


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        ({"choice": "saved"}, "The answer was left as it was."),
        ({"choice": "joined", "text": "Both texts."}, "It was joined with the answer."),
        ({"choice": "beside"}, "It became the answer."),
    ],
)
def test_a_text_that_was_chosen_against_stays_in_the_history(
    world: World, session: Session, choice: dict[str, str], said: str
) -> None:
    report = conflicting(world)
    aside = kept_by_a_contributor(world, report).id
    client = world.browser("focal_point", "KAZ")
    (waiting,) = beside(client, report)
    assert waiting.startswith("Waits for a choice Written by contributor kaz")
    assert choose(client, report, aside, revision="2", **choice).status_code == 303
    (told,) = beside(client, report)
    assert told.startswith(f"{said} Written by contributor kaz")
    assert "chosen by focal point kaz" in told
    assert ("The text of both one ." in told, "Take this text back" in told) == (True, True)
    page = client.get(f"{HISTORY.format(report.id)}?beside={aside}").get_data(as_text=True)
    now = {"saved": "another", "joined": "Both texts", "beside": None}[choice["choice"]]
    difference = re.findall(r'id="to-now".*?</section>', page, re.S)[0]
    assert re.findall(r"<ins>(\w+)", difference) == ([now.split()[0]] if now else [])


def test_a_text_that_stood_beside_is_taken_back_like_an_earlier_value(world: World, session: Session) -> None:
    report = conflicting(world)
    aside = kept_by_a_contributor(world, report).id
    client = world.browser("focal_point", "KAZ")
    path = HISTORY.format(report.id)

    def take_back(seen: int, named: Any = aside) -> Any:
        token = csrf(client.get(path).get_data(as_text=True))
        return client.post(path, data={"csrf_token": token, "beside": str(named), "seen": str(seen)})

    assert take_back(2).status_code == 409
    choose(client, report, aside, choice="saved", revision="2")
    assert take_back(2, uuid.uuid4()).status_code == 404
    assert saved(session, report) == (THEIRS, 2)
    assert take_back(1).status_code == 409
    assert saved(session, report) == (THEIRS, 2)
    assert take_back(2).status_code == 303
    assert saved(session, report) == (MINE, 3)
    page = client.get(path).get_data(as_text=True)
    assert "a text that stood beside, taken back" in page
    assert "Take this text back" not in world.browser("certifier", "KAZ").get(path).get_data(as_text=True)


def test_the_writer_is_told_of_a_choice_against_the_text(world: World, session: Session) -> None:
    writer = world.person("contributor", "KAZ").id

    def told() -> list[Any]:
        session.rollback()
        found = session.scalars(select(Notice).where(Notice.kind.startswith("aside.")).order_by(Notice.at, Notice.id))
        return sorted((notice.kind, notice.user_id, notice.data["section"]) for notice in found)

    report = conflicting(world)
    client = world.browser("focal_point", "KAZ")
    choose(client, report, kept_by_a_contributor(world, report).id, choice="saved", revision="2")
    assert told() == [("aside.left", writer, "F.2")]
    own = autosave(client, report, "The text of mine.", 1)["stale"]["aside"]
    choose(client, report, own, choice="saved", revision="2")
    assert told() == [("aside.left", writer, "F.2")]
    choose(client, report, kept_by_a_contributor(world, report).id, choice="beside", revision="2")
    assert told() == [("aside.left", writer, "F.2")]
    choose(client, report, kept_by_a_contributor(world, report).id, choice="joined", text="Both.", revision="3")
    assert told() == [("aside.joined", writer, "F.2"), ("aside.left", writer, "F.2")]
    inbox = world.browser("contributor", "KAZ").get("/inbox").get_data(as_text=True)
    assert "In section F.2 an answer was left as it is; your text beside it is kept in the history" in inbox


def test_the_history_reads_all_texts_beside_at_once(world: World, session: Session) -> None:
    report = conflicting(world)
    client = world.browser("focal_point", "KAZ")
    path = HISTORY.format(report.id)
    autosave(client, report, MINE, 1)
    client.get(path)
    with counted() as few:
        client.get(path)
    for number in range(6):
        autosave(client, report, f"Text {number}.", 1)
    with counted() as many:
        client.get(path)
    assert (len(beside(client, report)), len(many["statements"])) == (7, len(few["statements"]))


def test_a_card_is_told_wherever_the_draft_is_judged(world: World) -> None:
    report = conflicting(world)
    client = world.browser("focal_point", "KAZ")

    def text(rest: str, who: FlaskClient = client) -> str:
        return " ".join(re.sub(r"<[^>]+>", " ", who.get(f"/reports/{report.id}{rest}").get_data(as_text=True)).split())

    def note() -> int:
        found = re.findall(r"Note (\d+)", text(""))
        return int(found[0]) if found else 0

    before = note()
    assert ("wait" in text("").partition("F.1")[0], "stands beside this answer" in text("/check")) == (False, False)
    aside = kept_by_a_contributor(world, report).id
    client.get(f"/reports/{report.id}")
    with counted() as one:
        client.get(f"/reports/{report.id}")
    autosave(client, report, "The text of mine.", 1)
    assert note() == before + 2
    assert "2 texts beside answers wait for a choice: F.2" in text("")
    tasks = client.get(f"/reports/{report.id}").get_data(as_text=True)
    (row,) = [item for item in re.findall(r"<li>.*?</li>", tasks, re.S) if "sections/F.2" in item and "task" in item]
    assert "2 texts wait for a choice" in row
    assert tasks.count("texts wait for a choice") == 1
    said = "A text by contributor kaz stands beside this answer and waits for a choice."
    assert "2 texts beside answers wait for a choice: F.2" in text("/clearance")
    for rest in ("/check", "/check?severity=note&section=F.2", "/clearance"):
        assert text(rest).count(said) == 1
        assert f'/sections/F.2?language=en#card-{aside}"' in client.get(f"/reports/{report.id}{rest}").get_data(
            as_text=True
        )
    with counted() as two:
        client.get(f"/reports/{report.id}")
    assert len(one["statements"]) == len(two["statements"])
    assert [sum("FROM asides" in sql for sql in seen["statements"]) for seen in (one, two)] == [1, 1]


def test_a_card_holds_back_neither_clearance_nor_submission_and_is_read_in_the_closed_draft(world: World) -> None:
    report = world.report()
    world.fill(world.acting("focal_point", "KAZ"), report)
    world.done()
    write(world, report, THEIRS, 1)
    aside = kept_by_a_contributor(world, report).id
    world.step(report, "ask")
    for role in ("focal_point", "certifier"):
        page = world.browser(role, "KAZ").get(f"/reports/{report.id}/sections/F.2").get_data(as_text=True)
        assert re.findall(r'<div class="conflict"[^>]* data-aside="([^"]+)"', page) == [str(aside)]
        assert f"/asides/{aside}" not in page
    world.step(report, "recall")
    page = world.browser("focal_point", "KAZ").get(f"/reports/{report.id}/sections/F.2").get_data(as_text=True)
    assert f'action="/reports/{report.id}/asides/{aside}"' in page


def test_the_texts_on_cards_are_listed_where_a_hand_out_is_settled(world: World, session: Session) -> None:
    report = conflicting(world)
    (handout,) = world.hand_out(report, "F.2")
    client = world.browser("focal_point", "KAZ")
    path = f"/reports/{report.id}/handing/{handout.id}"
    assert "Texts that wait for a choice" not in client.get(path).get_data(as_text=True)
    aside = kept_by_a_contributor(world, report).id
    page = client.get(path).get_data(as_text=True)
    (article,) = re.findall(rf'<article class="answer" id="beside-{aside}">.*?</article>', page, re.S)
    assert "<ins>one</ins>" in article
    assert f'/sections/F.2?language=en#card-{aside}"' in article
    assert "contributor kaz" in article


def test_a_contributor_is_told_of_cards_in_their_own_hands_alone(world: World) -> None:
    report = conflicting(world)
    kept_by_a_contributor(world, report)
    contributor = world.browser("contributor", "KAZ")
    world.hand_out(report, "1.1.1.1")
    home = f"/reports/{report.id}"
    assert "for a choice" not in contributor.get(home).get_data(as_text=True)
    world.hand_out(report, "F.2")
    assert contributor.get(home).get_data(as_text=True).count("waits for a choice") == 2
