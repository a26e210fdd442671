"""History of an answer and restore points of a draft: what is shown, what going back writes, and what it refuses."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from sqlalchemy.orm import Session

from portal.http.telling import point_words
from portal.models.events import Notice
from portal.models.reports import Report
from portal.queries import events, history, reports
from portal.rules.refusals import Forbidden, Invalid, Missing, NotNow, Stale
from portal.services import drafting
from portal.services import history as going
from portal.services.drafting import Given
from portal.web.history import POINTS_A_PAGE, SAVES_A_PAGE
from tests.factories import DAY, World, csrf
from tests.portal.callers import Caller
from tests.portal.test_pages_drafting import counted, notices, page

KEY = "1.1.1.1/actions"
CONTACTS = "F.1/contacts"


def save(world: World, report: Report, value: Any, question: str = KEY) -> int:
    """Saves an answer upon what stands now; its newest revision."""
    act = world.acting("focal_point", "KAZ")
    held = reports.get(act.session, report.id, lock=True)
    row = reports.answer(act.session, report.id, question, "en")
    saved = drafting.save(act, held, Given(question, "en", value, row.revision if row else 0))
    world.done()
    return saved.revision


def keep(world: World, report: Report, name: str, minute: int = 0) -> uuid.UUID:
    """A restore point of the draft as it stands."""
    act = world.acting("focal_point", "KAZ", DAY + dt.timedelta(minutes=minute))
    made = going.make_point(act, reports.get(act.session, report.id, lock=True), name).id
    world.done()
    return made


def go_back(world: World, report: Report, point: uuid.UUID, minute: int = 0) -> int:
    """Takes the draft back; how many answers changed."""
    act = world.acting("focal_point", "KAZ", DAY + dt.timedelta(minutes=minute))
    count = going.go_back(act, reports.get(act.session, report.id, lock=True), point)
    world.done()
    return count


def values(session: Session, report: Report) -> dict[str, Any]:
    session.rollback()
    return {question: value for (question, _language), value in reports.values(session, report.id).items()}


def articles(text: str) -> list[str]:
    """The saved values of a history page, newest first."""
    return re.findall(r"<article.*?</article>", text, re.S)


def test_an_earlier_text_stands_again_as_a_new_revision(world: World, session: Session) -> None:
    report = world.report()
    for text in ("One.", "Two.", "Three."):
        save(world, report, text)
    act = world.acting("focal_point", "KAZ")
    saved = going.take_back(act, reports.get(session, report.id, lock=True), KEY, "en", 1, 3)
    world.done()
    assert (saved.value, saved.revision, saved.merged) == ("One.", 4, False)
    rows = reports.history(session, report.id, KEY, "en")
    assert [(row.revision, row.value) for row in rows] == [(4, "One."), (3, "Three."), (2, "Two."), (1, "One.")]
    told = events.events(session, report.id, ("answer.take_back",))
    assert [row.data for row in told] == [{"question": KEY, "language": "en", "to": 1, "revision": 4}]


def test_taking_back_on_an_old_page_overwrites_nothing(world: World, session: Session) -> None:
    """What was saved since is joined where it stands elsewhere, and refused where it touches the same words."""
    report = world.report()
    save(world, report, "One.\n\nTwo.")
    save(world, report, "One changed.\n\nTwo.")
    save(world, report, "One changed.\n\nTwo.\n\nThree.")
    act = world.acting("focal_point", "KAZ")
    saved = going.take_back(act, reports.get(session, report.id, lock=True), KEY, "en", 1, 2)
    world.done()
    assert (saved.value, saved.merged) == ("One.\n\nTwo.\n\nThree.", True)
    save(world, report, "One again.\n\nTwo.\n\nThree.")
    act = world.acting("focal_point", "KAZ")
    with pytest.raises(Stale) as stale:
        going.take_back(act, reports.get(session, report.id, lock=True), KEY, "en", 2, 4)
    assert stale.value.texts.theirs == "One again.\n\nTwo.\n\nThree."


@pytest.mark.parametrize(
    ("role", "state", "revision", "refusal"),
    [
        ("focal_point", "preparing", 9, Missing),
        ("certifier", "preparing", 1, Forbidden),
        ("contributor", "preparing", 1, Missing),
        ("focal_point", "clearing", 1, NotNow),
    ],
)
def test_who_takes_back_what_and_when(world: World, role: str, state: str, revision: int, refusal: type) -> None:
    report = world.report("KAZ", state)
    act = world.acting(role, "KAZ")
    with pytest.raises(refusal):
        going.take_back(act, reports.get(act.session, report.id, lock=True), "F.2/summary", "en", revision, 1)


def test_the_page_shows_every_save_and_the_way_back(world: World, session: Session) -> None:
    report = world.report()
    for text in ("One.", "", "Three."):
        save(world, report, text)
    client = world.browser("focal_point", "KAZ")
    address = f"/reports/{report.id}/history/{KEY}"
    text = page(client, address)
    third, second, first = articles(text)
    assert "stands now" in third
    assert "Take back revision" not in third
    assert "emptied" in second
    assert "<del>One.</del>" in second
    assert "Take back revision 1" in first
    sent = {"csrf_token": csrf(text), "language": "en", "revision": "1", "seen": "3"}
    answer = client.post(address, data=sent)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{address}?language=en")
    text = page(client, address)
    assert notices(text) == ["The text of revision 1 stands again; the others stay in the history."]
    assert "the text of revision 1, taken back" in articles(text)[0]
    assert values(session, report) == {KEY: "One."}


def test_the_page_refuses_what_would_overwrite_and_shows_the_newest(world: World, session: Session) -> None:
    report = world.report()
    for text in ("One.", "Two.", "Three."):
        save(world, report, text)
    client = world.browser("focal_point", "KAZ")
    address = f"/reports/{report.id}/history/{KEY}"
    sent = {"csrf_token": csrf(page(client, address)), "language": "en", "revision": "1", "seen": "2"}
    answer = client.post(address, data=sent)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert notices(text)[0].startswith("Nothing was changed: somebody saved this answer while you were looking at it")
    assert "<ins>Three</ins>." in articles(text)[0]
    assert values(session, report) == {KEY: "Three."}
    assert client.post(address, data=sent | {"revision": "none"}).status_code == 404


@pytest.mark.parametrize(
    ("question", "first", "second", "steps"),
    [
        (KEY, "Parks stay.\n\nRoads stay.", "Parks go.\n\nRoads stay.", "Parks <del>stay</del><ins>go</ins>."),
        (KEY, "住房政策。", "住宅政策。", "住<del>房</del><ins>宅</ins>政策。"),
        (
            CONTACTS,
            [{"name": "Office", "email": "focal.point@example.org"}],
            [{"name": "Bureau", "email": "focal.point@example.org"}],
            "Name: <del>Office</del><ins>Bureau</ins> · E-mail address: focal.point@example.org",
        ),
    ],
)
def test_any_two_saves_can_be_compared(world: World, question: str, first: Any, second: Any, steps: str) -> None:
    report = world.report()
    for value in (first, [] if isinstance(first, list) else "Between.", second):
        save(world, report, value, question)
    client = world.browser("certifier", "KAZ")
    address = f"/reports/{report.id}/history/{question}"
    difference = page(client, f"{address}?from=1&to=3").split('id="difference"', 1)[1].split("</section>", 1)[0]
    assert steps in difference
    backwards = page(client, f"{address}?from=3&to=1").split('id="difference"', 1)[1].split("</section>", 1)[0]
    assert (backwards.count("<ins>"), backwards.count("<del>")) == (
        difference.count("<del>"),
        difference.count("<ins>"),
    )
    for odd in ("from=1", "from=1&to=4", "from=0&to=1", "from=x&to=%00", "from=٣&to=1"):
        assert 'id="difference"' not in client.get(f"{address}?{odd}").get_data(as_text=True)


def test_a_long_history_is_paged_at_the_same_cost(world: World) -> None:
    report = world.report()
    save(world, report, "Text 1.")
    client = world.browser("focal_point", "KAZ")
    address = f"/reports/{report.id}/history/{KEY}"
    page(client, address)
    with counted() as short:
        page(client, address)
    for number in range(2, SAVES_A_PAGE + 6):
        save(world, report, f"Text {number}.")
    with counted() as long:
        first = page(client, address)
    second = page(client, f"{address}?page=2&from=1&to=3")
    assert len(long["statements"]) == len(short["statements"])
    assert (len(articles(first)), len(articles(second))) == (SAVES_A_PAGE, 5)
    assert "<del>5</del><ins>6</ins>" in articles(first)[-1]
    assert "<ins>Text 1.</ins>" in articles(second)[-1]
    assert 'value="1">1 ·' in first  # the first revision can be compared from every page
    assert "page=1&amp;from=1&amp;to=3" in second


def test_going_back_writes_what_differs_and_keeps_what_was(world: World, session: Session) -> None:
    report = world.report()
    save(world, report, "One.")
    save(world, report, "Stays.", "F.3/process")
    point = keep(world, report, "  As it \n was ", 1)
    save(world, report, "Two.")
    save(world, report, "Summary.", "F.2/summary")
    save(world, report, [{"name": "Office"}], CONTACTS)
    after = values(session, report)
    assert go_back(world, report, point, 2) == 3
    assert values(session, report) == {KEY: "One.", "F.3/process": "Stays.", "F.2/summary": "", CONTACTS: []}
    row = reports.answers(session, report.id)[KEY, "en"]
    assert (row.revision, row.changed_at) == (3, DAY + dt.timedelta(minutes=2))
    written = reports.history(session, report.id, KEY, "en")[0]
    assert (written.revision, written.base_revision, written.value) == (3, 2, "One.")
    assert reports.answers(session, report.id)["F.3/process", "en"].revision == 1
    before, kept = (row.RestorePoint for row in history.points(session, report.id))
    assert (before.name, kept.name) == ("Before going back to “As it was”", "As it was")
    assert go_back(world, report, before.id, 3) == 3
    assert values(session, report) == after
    assert go_back(world, report, before.id, 4) == 0
    assert history.points_count(session, report.id) == 3


def test_going_back_is_recorded_and_told_to_those_who_write(world: World, session: Session) -> None:
    report = world.report()
    point = keep(world, report, "Empty", 1)
    save(world, report, "One.")
    go_back(world, report, point, 2)
    before = history.points(session, report.id)[0].RestorePoint.id
    (told,) = events.events(session, report.id, ("draft.restore",))
    assert told.data == {"point": str(point), "name": "Empty", "before": str(before), "answers": 1}
    sent = session.query(Notice).filter(Notice.kind == "draft.restore").all()
    assert {notice.user_id for notice in sent} == {world.person("contributor", "KAZ").id}


@pytest.mark.parametrize("name", ["", " \n ", "\0", "x" * 201])
def test_a_restore_point_needs_a_name(world: World, name: str) -> None:
    report = world.report()
    act = world.acting("focal_point", "KAZ")
    with pytest.raises(Invalid) as refused:
        going.make_point(act, reports.get(act.session, report.id, lock=True), name)
    assert [problem.where for problem in refused.value.problems] == ["name"]


@pytest.mark.parametrize(
    ("role", "state", "refusal"),
    [
        ("contributor", "preparing", Forbidden),
        ("certifier", "preparing", Forbidden),
        ("focal_point", "clearing", NotNow),
    ],
)
def test_who_keeps_and_goes_back_and_when(world: World, role: str, state: str, refusal: type) -> None:
    report = world.report()
    point = keep(world, report, "Then")
    act = world.acting("focal_point", "KAZ")
    world.fill(act, reports.get(act.session, report.id, lock=True))
    world.done()
    if state == "clearing":
        world.step(report, "ask")
    act = world.acting(role, "KAZ")
    held = reports.get(act.session, report.id, lock=True)
    with pytest.raises(refusal):
        going.make_point(act, held, "Now")
    with pytest.raises(refusal):
        going.go_back(act, held, point)


def test_a_restore_point_of_another_report_is_none(world: World) -> None:
    point = keep(world, world.report(), "Then")
    act = world.acting("focal_point", "KEN")
    other = drafting.start(act, drafting.Draft("KEN", "2026", "full", ["en"]))
    with pytest.raises(Missing):
        going.go_back(act, other, point)


def test_asking_for_clearance_keeps_a_restore_point(world: World, session: Session) -> None:
    report = world.report("KAZ", "clearing")
    assert [row.RestorePoint.name for row in history.points(session, report.id)] == ["Clearance asked for"]


def test_a_text_that_came_back_by_itself_does_not_differ(world: World, session: Session) -> None:
    report = world.report()
    save(world, report, "One.")
    point = keep(world, report, "Then")
    save(world, report, "Two.")
    save(world, report, "One.")
    save(world, report, "Written.", "F.2/summary")
    save(world, report, "", "F.2/summary")
    kept = [history.point(session, report.id, point)]
    assert history.differing_counts(session, report.id, world.edition(), kept) == {point: 0}
    assert history.differences(session, report.id, world.edition(), kept[0]) == []


def test_the_pages_of_restore_points(world: World, session: Session) -> None:
    report = world.report()
    save(world, report, "Parks stay.")
    client = world.browser("focal_point", "KAZ")
    address = f"/reports/{report.id}/restore-points"
    assert f'href="{address}"' in page(client, f"/reports/{report.id}")
    text = page(client, address)
    assert "No restore point yet" in text
    token = csrf(text)
    refused = client.post(address, data={"csrf_token": token, "name": " "})
    assert refused.status_code == 422
    assert 'href="#q-name"' in refused.get_data(as_text=True)
    assert client.post(address, data={"csrf_token": token, "name": "Before <b>"}).status_code == 303
    text = page(client, address)
    assert notices(text) == ["The draft as it stands is kept as “Before &lt;b&gt;”."]
    assert "as it stands now" in text
    save(world, report, "Parks go.")
    point = history.points(session, report.id)[0].RestorePoint.id
    assert "1 answer differs from now" in page(client, address)
    shown = page(client, f"{address}/{point}")
    assert "Parks <del>go</del><ins>stay</ins>." in shown
    assert "Files are left as they are" in shown
    assert client.post(f"{address}/{point}", data={"csrf_token": token}).status_code == 303
    text = page(client, address)
    assert notices(text)[0].startswith("The draft stands as it stood then: 1 answer was taken back.")
    assert "Before going back to “Before &lt;b&gt;”" in text
    assert values(session, report) == {KEY: "Parks stay."}
    assert client.post(f"{address}/{point}", data={"csrf_token": token}).status_code == 303
    assert notices(page(client, address)) == ["The draft stands as it stood then already; nothing was changed."]


def test_the_certifier_reads_restore_points_and_changes_nothing(world: World) -> None:
    report = world.report()
    point = keep(world, report, "Then")
    save(world, report, "One.")
    client = world.browser("certifier", "KAZ")
    address = f"/reports/{report.id}/restore-points"
    for shown in (page(client, address), page(client, f"{address}/{point}")):
        assert '<form method="post" action="/reports' not in shown
    token = csrf(page(client, address))
    assert client.post(address, data={"csrf_token": token, "name": "x"}).status_code == 403
    assert client.post(f"{address}/{point}", data={"csrf_token": token}).status_code == 403


def test_many_restore_points_are_paged_at_the_same_cost(world: World, session: Session) -> None:
    report = world.report()
    keep(world, report, "Point 0")
    save(world, report, "One.")
    client = world.browser("focal_point", "KAZ")
    address = f"/reports/{report.id}/restore-points"
    page(client, address)
    with counted() as few:
        page(client, address)
    for number in range(1, POINTS_A_PAGE + 3):
        keep(world, report, f"Point {number}", number)
    with counted() as many:
        first = page(client, address)
    assert len(many["statements"]) == len(few["statements"])
    assert (first.count("<bdi>Point "), page(client, f"{address}?page=2").count("<bdi>Point ")) == (POINTS_A_PAGE, 3)


def test_going_back_is_the_same_few_statements_for_any_number_of_answers(world: World) -> None:
    report = world.report()
    point = keep(world, report, "Then")
    keys = [q.key for q in world.edition().counted("full") if q.kind == "narrative"][:30]
    costs = []
    for some in (keys[:1], keys):
        for key in some:
            save(world, report, "Written.", key)
        act = world.acting("focal_point", "KAZ")
        held = reports.get(act.session, report.id, lock=True)
        with counted() as seen:
            assert going.go_back(act, held, point) == len(some)
        world.done()
        costs.append(len(seen["statements"]))
    assert costs[0] == costs[1]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Clearance asked for", "Clearance asked for"),
        ("Before going back to “A”", "Before going back to “A”"),
        ("Before going back to “Before going back to “A””", "Before going back to “Before going back to “A””"),
        ("Before going back to “", "Before going back to “"),
        ("a name", "a name"),
    ],
)
def test_names_of_restore_points_are_told_whole(world: World, name: str, shown: str) -> None:
    with world.app.test_request_context():
        assert point_words(name) == shown


def test_programs_read_the_history_page_by_page(world: World) -> None:
    report = world.report()
    for text in ("One.", "Two.", "Three."):
        save(world, report, text)
    call = Caller(world, "certifier", "KAZ")
    address = f"/reports/{report.id}/answers/{KEY}/history"
    first = call.get(f"{address}?limit=2").json
    assert [(item["revision"], item["value"], item["changed_by"]) for item in first["items"]] == [
        (3, "Three.", "focal point kaz"),
        (2, "Two.", "focal point kaz"),
    ]
    second = call.get(address, query_string={"limit": 2, "cursor": first["next"]}).json
    assert ([item["revision"] for item in second["items"]], second["next"]) == ([1], None)
    assert Caller(world, "focal_point", "KEN").get(address).status_code == 404


def test_programs_keep_a_restore_point_and_go_back(world: World, session: Session) -> None:
    report = world.report()
    save(world, report, "One.")
    call = Caller(world, "focal_point", "KAZ")
    address = f"/reports/{report.id}/restore-points"
    made = call.post(address, {"name": "Then"})
    assert (made.status_code, made.json["name"], made.json["differing"]) == (201, "Then", 0)
    save(world, report, "Two.")
    assert [(item["name"], item["differing"]) for item in call.get(address).json["items"]] == [("Then", 1)]
    assert call.post(f"{address}/{made.json['id']}/restore", {}).json == {"answers": 1}
    assert values(session, report) == {KEY: "One."}
    assert call.post(address, {"name": " "}).status_code == 422
    assert Caller(world, "certifier", "KAZ").post(address, {"name": "x"}).status_code == 403
