"""The pages of handing out, and what a contributor may see: nothing of a draft but what is in their hands."""

from __future__ import annotations

import io
import json
import re
import uuid
from typing import Any

import pytest
from flask.testing import FlaskClient

from portal.db import db
from portal.models.reports import Report
from portal.models.sharing import Handout
from portal.queries import handing as in_hands
from portal.queries import reports
from portal.services import drafting, handing
from portal.services.drafting import Given
from tests.factories import World, csrf
from tests.house.addresses import ADDRESSES
from tests.portal.callers import Caller
from tests.portal.test_pages_drafting import PDF, autosave, counted, files_of, page, post, tasks, value_of

MINE, ACTIONS, FIGURE = "1.1.2.4", "1.1.2.4/actions", "1.1.2.4/NUA-14"
CANARY = "wagtail"


def listing(report: Report) -> str:
    return f"/reports/{report.id}/handing"


def write(world: World, report: Report, role: str, value: Any, question: str = ACTIONS) -> None:
    act = world.acting(role, "KAZ")
    row = reports.answer(act.session, report.id, question, "en")
    held = reports.get(act.session, report.id, lock=True)
    drafting.save(act, held, Given(question, "en", value, row.revision if row else 0))
    world.done()


def test_a_section_is_handed_out_by_the_form(world: World) -> None:
    report = world.report()
    client = world.browser("focal_point", "KAZ")
    person = world.person("contributor", "KAZ").id
    sent = {
        "csrf_token": csrf(page(client, listing(report))),
        "sections": ["1.1.1.1", MINE],
        "people": [str(person)],
        "part": "narrative",
        "due": "2025-06-30",
        "shared": "y",
        "note": "Please write.",
    }
    answer = client.post(listing(report), data=sent)
    assert (answer.status_code, answer.headers["Location"]) == (303, listing(report))
    db.session.rollback()
    rows = [row.Handout for row in in_hands.in_hands(db.session, report.id)]
    assert sorted((one.section, one.part, str(one.due), one.shared, one.note) for one in rows) == [
        (section, "narrative", "2025-06-30", True, "Please write.") for section in ("1.1.1.1", MINE)
    ]
    home = re.sub("<.*?>", "", page(client, f"/reports/{report.id}"))
    assert "contributor kaz, the narrative, due 30 June 2025" in home


@pytest.mark.parametrize(
    ("change", "sentence", "anchor"),
    [
        ({"sections": []}, "Choose at least one section.", "q-sections"),
        ({"people": []}, "Choose at least one contributor.", "q-people"),
        ({"part": ""}, "Choose what is handed out.", "q-part"),
        ({"due": "soon"}, "Write the day as 2025-06-30.", "q-due"),
        ({"due": "2025-06-15"}, "The day lies before today; please choose today or a later day.", "q-due"),
        ({"sections": ["9.9"]}, "Choose one of those that are offered.", "q-sections"),
        ({"sections": ["F.2"], "part": "figures"}, "F.2: The section asks for nothing of this part.", "q-sections"),
    ],
)  # fmt: skip
def test_the_form_says_what_is_to_be_put_right(
    world: World, change: dict[str, Any], sentence: str, anchor: str
) -> None:
    report = world.report()
    client = world.browser("focal_point", "KAZ")
    sent = {"sections": [MINE], "people": [str(world.person("contributor", "KAZ").id)], "part": "all"} | change
    answer = client.post(listing(report), data={"csrf_token": csrf(page(client, listing(report)))} | sent)
    assert answer.status_code == 422
    assert f'<li><a href="#{anchor}">{sentence}</a></li>' in answer.get_data(as_text=True)


def test_the_way_there_and_back_by_the_pages(world: World) -> None:
    report = world.report()
    (handout,) = world.hand_out(report, MINE, due=world.at.date(), note="The years too, please.")
    client = world.browser("contributor", "KAZ")
    desk = page(client, "/desk")
    assert tasks(desk)[0].startswith("Write 1.1.2.4 ")
    assert "due 16 June 2025" in desk
    section = f"/reports/{report.id}/sections/{MINE}"
    text = page(client, section)
    assert "The years too, please." in text
    assert post(client, section, csrf(text), language="en", **{ACTIONS: "Written by the ministry."}).status_code == 303
    token = csrf(page(client, section))
    answer = client.post(f"{listing(report)}/{handout.id}/return", data={"csrf_token": token, "note": "Done."})
    assert (answer.status_code, answer.headers["Location"]) == (303, section)
    text = page(client, section)
    assert "Written by the ministry." in text
    assert "Hand back" not in text
    assert "You handed this back; the focal point looks at it now." in text
    assert post(client, section, token, language="en", **{ACTIONS: "Too late."}).status_code == 403
    leader = world.browser("focal_point", "KAZ")
    assert tasks(page(leader, "/desk"))[0] == "Look at 1 hand-out that came back"
    one = page(leader, f"{listing(report)}/{handout.id}")
    assert "<ins>Written by the ministry.</ins>" in one
    seen = re.findall(r'name="seen" value="([^"]+)"', one)
    assert seen == [f"{ACTIONS} en 1"]
    sent = {"csrf_token": csrf(one), "seen": seen, f"{ACTIONS} en": "beside"}
    assert leader.post(f"{listing(report)}/{handout.id}/settle", data=sent).status_code == 303
    assert value_of(report.id, ACTIONS) == ""
    assert "Written by the ministry." in page(leader, section)
    assert client.get(section).status_code == 404
    assert tasks(page(client, "/desk"))[0] == "See the report of Kazakhstan"


def test_a_settling_that_is_not_whole_names_the_answer(world: World) -> None:
    report = world.report()
    (handout,) = world.hand_out(report, MINE)
    write(world, report, "contributor", "Text.")
    client = world.browser("focal_point", "KAZ")
    here = f"{listing(report)}/{handout.id}"
    answer = client.post(f"{here}/settle", data={"csrf_token": csrf(page(client, here))})
    assert answer.status_code == 422
    assert '<a href="#q-1-1-2-4-actions">Please choose for each answer' in answer.get_data(as_text=True)


def test_given_back_and_taken_back_by_the_page(world: World) -> None:
    report = world.report()
    (handout,) = world.hand_out(report, MINE)
    contributor, leader = world.browser("contributor", "KAZ"), world.browser("focal_point", "KAZ")
    here = f"{listing(report)}/{handout.id}"
    contributor.post(f"{here}/return", data={"csrf_token": csrf(page(contributor, "/desk"))})
    token = csrf(page(leader, here))
    assert leader.post(f"{here}/again", data={"csrf_token": token, "due": "2025-01-01"}).status_code == 422
    sent = {"csrf_token": token, "due": "2025-07-01", "note": "The years."}
    assert leader.post(f"{here}/again", data=sent).status_code == 303
    assert "due 1 July 2025" in page(contributor, "/desk")
    assert leader.post(f"{here}/withdraw", data={"csrf_token": token}).status_code == 303
    assert "taken back" in page(leader, listing(report))


def test_figures_alone_are_shown_and_taken_alone(world: World) -> None:
    report = world.report()
    write(world, report, "focal_point", f"The {CANARY} of the narrative.")
    world.hand_out(report, MINE, part="figures")
    client = world.browser("contributor", "KAZ")
    section = f"/reports/{report.id}/sections/{MINE}"
    text = page(client, section)
    assert set(re.findall(r'data-question="([^"]+)"', text)) == {
        q.key for q in world.edition().sections[MINE].questions if q.kind == "series"
    }
    assert CANARY not in text
    assert post(client, section, csrf(text), language="en", **{ACTIONS: "Mine."}).status_code == 404
    body = {"question": ACTIONS, "language": "en", "fields": {ACTIONS: "Mine."}, "base_revision": 1}
    assert autosave(client, report, csrf(text), **body).status_code == 404
    assert value_of(report.id, ACTIONS) == f"The {CANARY} of the narrative."


def test_a_shared_report_is_read_whole_and_written_in_part(world: World) -> None:
    report = world.report()
    world.hand_out(report, MINE, part="figures", shared=True)
    client = world.browser("contributor", "KAZ")
    for rest in ("", "/check", "/clearance", "/sections/F.2", "/history/F.2/summary"):
        assert client.get(f"/reports/{report.id}{rest}").status_code == 200, rest
    text = page(client, f"/reports/{report.id}/sections/{MINE}")
    narrative = re.search(rf'<textarea[^>]*name="{ACTIONS}"[^>]*>', text)
    assert narrative is not None
    assert " disabled" in narrative.group() or " readonly" in narrative.group()
    token = csrf(text)
    assert post(client, f"/reports/{report.id}/sections/F.2", token, **{"F.2/summary": "Mine."}).status_code == 403
    assert post(client, f"/reports/{report.id}/sections/{MINE}", token, **{ACTIONS: "Mine."}).status_code == 403


def test_a_section_page_of_a_contributor_costs_one_statement_more(world: World) -> None:
    report = world.report()
    world.hand_out(report, MINE)
    section = f"/reports/{report.id}/sections/{MINE}"
    cost = []
    for role in ("focal_point", "contributor"):
        client = world.browser(role, "KAZ")
        page(client, section)
        with counted() as seen:
            page(client, section)
        cost.append(len(seen["statements"]))
    assert cost[1] - cost[0] <= 1


# What a contributor may see of a draft in which every other word is a canary.


def furnish(world: World) -> tuple[Report, Handout]:
    """A report filled in all over, with files beside answers; one section is in the contributor's hands."""
    report = world.report()
    act = world.acting("focal_point", "KAZ")
    held = reports.get(act.session, report.id, lock=True)
    words: dict[str, Any] = {
        "narrative": f"A {CANARY} here.",
        "text": f"The {CANARY} office",
        "series": {"status": "no_data", "reason": f"No {CANARY} is counted.", "rows": []},
        "links": [{"title": f"The {CANARY} page", "url": "https://example.org/"}],
        "consultations": [{"date": "2025-01-01", "title": f"On the {CANARY}", "participants": "4"}],
        "people": [{"name": f"Office of the {CANARY}", "email": "a@example.org"}],
    }
    others = (q for q in world.edition().counted("full") if q.section != MINE and q.kind in words)
    drafting.save_section(act, held, [Given(q.key, "en", words[q.kind], 0) for q in others])
    world.done()
    leader = world.browser("focal_point", "KAZ")
    token = csrf(page(leader, f"/reports/{report.id}/sections/{MINE}"))
    for question in ("A.4/files", ACTIONS):
        name = f"{CANARY}.pdf" if question == "A.4/files" else "mine.pdf"
        post(leader, f"/reports/{report.id}/attachments", token, question=question, file=(io.BytesIO(PDF), name))
    (handout,) = world.hand_out(report, MINE)
    write(world, report, "contributor", "Mine to read.")
    return report, handout


def links(text: str) -> set[str]:
    """The addresses of this portal that a page leads to."""
    return {found.replace("&amp;", "&").split("#")[0] for found in re.findall(r'(?:href|src|action)="(/[^"]*)"', text)}


def crawl(client: FlaskClient, start: list[str]) -> dict[str, str]:
    """Every page that can be reached from these, with its text."""
    seen: dict[str, str] = {}
    ahead = list(start)
    while ahead:
        address = ahead.pop()
        if address in seen or address.startswith(("/static/", "/logout", "/timeline", "/published", "/entities")):
            continue
        answer = client.get(address)
        seen[address] = answer.get_data(as_text=True)
        if answer.mimetype == "text/html":
            ahead += [link for link in links(seen[address]) if "lang=" not in link]
    return seen


@pytest.mark.parametrize("returned", [False, True])
def test_no_word_of_another_section_reaches_a_contributor(world: World, returned: bool) -> None:
    report, handout = furnish(world)
    if returned:
        act = world.acting("contributor", "KAZ")
        handing.give_back(act, reports.get(act.session, report.id, lock=True), handout.id)
        world.done()
    others = [section.key for section in world.edition().sections.values() if section.key != MINE]
    start = ["/desk", "/inbox", "/reports", f"/reports/{report.id}", f"/reports/{report.id}/clearance"]
    start += [f"/reports/{report.id}/sections/{key}" for key in [MINE, *others]]
    start += [f"/reports/{report.id}/history/{question}" for question in world.edition().questions]
    seen = crawl(world.browser("contributor", "KAZ"), start)
    assert "Mine to read." in seen[f"/reports/{report.id}/sections/{MINE}"]
    assert [address for address, text in seen.items() if CANARY in text] == []


def test_every_address_of_the_report_is_shut_to_a_contributor_but_for_what_is_theirs(world: World) -> None:
    """Each address that names the report, tried with every name of another section, question and file."""
    report, *_rest = furnish(world)
    hidden = next(file.id for file in files_of(report.id) if file.name.startswith(CANARY))
    names = {
        "report_id": str(report.id), "attachment_id": str(hidden), "key": "F.2", "question": "F.2/summary",
        "handout_id": str(uuid.uuid4()), "n": "1", "number": "1", "edition": world.edition().key,
    }  # fmt: skip
    client, program = world.browser("contributor", "KAZ"), Caller(world, "contributor", "KAZ")
    reading = ("report:home", "report:see", "report:check", "source:read", "remark:read")
    theirs = {rule for (_method, rule), permission in ADDRESSES.items() if permission in reading}
    told = {}
    for method, rule in ADDRESSES:
        if method != "GET" or not re.search("<uuid:(report_id|attachment_id)>", rule) or "/public" in rule:
            continue
        path = re.sub(r"<(?:[^:<>]+:)?([a-z0-9_]+)>", lambda found: names.get(found.group(1), str(uuid.uuid4())), rule)
        answer = program.get(path.removeprefix("/api/v1")) if rule.startswith("/api/") else client.get(path)
        assert CANARY not in answer.get_data(as_text=True), rule
        told[rule] = answer.status_code
    assert {rule for rule, status in told.items() if status == 200} <= theirs, told
    assert set(told.values()) <= {200, 403, 404}


def test_the_programs_of_a_contributor_see_what_is_theirs(world: World) -> None:
    report, *_rest = furnish(world)
    caller = Caller(world, "contributor", "KAZ")
    answers = caller.get(f"/reports/{report.id}/answers?limit=100").json["items"]
    assert {row["question"].partition("/")[0] for row in answers} == {MINE}
    assert [row["name"] for row in caller.get(f"/reports/{report.id}/attachments").json["items"]] == ["mine.pdf"]
    document = caller.get(f"/reports/{report.id}").json
    assert [row["section"] for row in document["progress"]["sections"]] == [MINE]
    assert (document["versions"], document["steps"], document["assigned_to"]) == ([], [], None)
    found = caller.get(f"/reports/{report.id}/problems?limit=200").json["items"]
    assert {one["question"].partition("/")[0] for one in found} == {MINE}
    mine, hidden = sorted(files_of(report.id), key=lambda file: file.name)
    assert caller.get(f"/attachments/{mine.id}").status_code == 200
    missing = caller.get(f"/attachments/{uuid.uuid4()}")
    assert _same(caller.get(f"/attachments/{hidden.id}"), missing)


def _same(one: Any, other: Any) -> bool:
    return one.status_code == other.status_code == 404 and json.loads(one.data) == json.loads(other.data)


@pytest.mark.parametrize("foreign", ["F.2/summary", "1.1.1.1/actions"])
def test_a_foreign_question_and_none_at_all_get_the_same_answer(world: World, foreign: str) -> None:
    report, *_rest = furnish(world)
    caller = Caller(world, "contributor", "KAZ")
    here = f"/reports/{report.id}/answers"
    body = {"value": "Mine.", "base_revision": 0}
    assert _same(caller.get(f"{here}/{foreign}"), caller.get(f"{here}/{MINE}/nothing"))
    assert _same(caller.put(f"{here}/{foreign}", body), caller.put(f"{here}/{MINE}/nothing", body))
    lay = {"question": foreign, "file": (io.BytesIO(PDF), "a.pdf")}
    none = {"question": f"{MINE}/nothing", "file": (io.BytesIO(PDF), "a.pdf")}
    files = f"/reports/{report.id}/attachments"
    sent, missed = (caller("POST", files, data=data, content_type="multipart/form-data") for data in (lay, none))
    assert _same(sent, missed)
    client = world.browser("contributor", "KAZ")
    sections = [foreign.partition("/")[0], "9.9"]
    pages = [page(client, f"/reports/{report.id}/sections/{key}", 404) for key in sections]
    assert pages[0].replace(csrf(pages[0]), "") == pages[1].replace(csrf(pages[1]), "")
    assert value_of(report.id, foreign).startswith(f"A {CANARY}")


def test_a_contributor_hears_of_the_own_hand_outs_alone(world: World) -> None:
    report, *_rest = furnish(world)
    write(world, report, "focal_point", "New.", "F.4/context")
    inbox = page(world.browser("contributor", "KAZ"), "/inbox")
    assert "Section 1.1.2.4 was handed to you." in inbox
    assert CANARY not in inbox


def test_a_contributor_checks_what_is_in_their_hands_and_nothing_else(world: World) -> None:
    report = world.report()
    write(world, report, "focal_point", "words " * 3000, "F.2/summary")
    client, program = world.browser("contributor", "KAZ"), Caller(world, "contributor", "KAZ")
    check, problems = f"/reports/{report.id}/check", f"/reports/{report.id}/problems"
    assert (client.get(check).status_code, program.get(problems).status_code) == (403, 403)
    world.hand_out(report, MINE, part="figures")
    found = program.get(problems).json["items"]
    assert [one["question"] for one in found] == [FIGURE]
    text = page(client, check)
    links = re.findall(rf'<a href="/reports/{report.id}/sections/(.*?)">(.*?)</a>', text)
    assert links == [(f"{MINE}#q-1-1-2-4-NUA-14", found[0]["sentence"])]
    assert "Questions answered of those handed to you" in text
    assert client.get(f"/reports/{report.id}/rules.csv").status_code == 200
    home = page(client, f"/reports/{report.id}")
    assert home.count(f'href="{check}"') == 1
    whole = Caller(world, "focal_point", "KAZ").get(f"{problems}?limit=200").json["items"]
    assert "F.2/summary" in {one["question"] for one in whole}
    assert found[0] in whole
    world.hand_out(report, "F.1", shared=True)
    assert program.get(f"{problems}?limit=200").json["items"] == whole
