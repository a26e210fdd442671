"""The pages of the reporting team: what they show, what they never show, and at which cost."""

from __future__ import annotations

import html
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select

from portal.db import db
from portal.models.entities import Entity
from portal.models.reports import Report
from portal.queries import events, reports
from portal.services import drafting, remarks
from portal.services.steps import Order
from reviewer.queries import review as queries
from reviewer.rules.review import RECORD
from tests.factories import BLOCKERS, DAY, World, csrf
from tests.portal.test_figures import AIR, AIR_SERIES, air, bring
from tests.portal.test_remarks import act_on, gather

QUEUE_STATEMENTS = 6
READ_STATEMENTS = 12


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements of what runs inside, the opening of the transaction not counted."""
    seen: list[str] = []

    def told(_connection: Any, _cursor: Any, sql: str, *_rest: Any) -> None:
        if not sql.startswith(("BEGIN", "PRAGMA")):
            seen.append(sql)

    event.listen(db.engine, "before_cursor_execute", told)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", told)


def page(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def listed(text: str) -> list[str]:
    """The states of the queue in their order."""
    return re.findall(r'<th scope="row"><a href="/review/[^"]*"><bdi>(.*?)</bdi>', text)


def kept(report: Report) -> Report:
    db.session.rollback()
    return reports.get(db.session, report.id)


def received(world: World, count: int) -> None:
    """So many received reports of further entities."""
    act = world.act(None)
    lead = world.person("lead").id
    taken = select(Report.entity)
    codes = db.session.scalars(select(Entity.iso3).where(Entity.iso3.not_in(taken)).limit(count))
    edition = world.edition().key
    for code in list(codes):
        values = {"entity": code, "cycle": "2026", "edition": edition, "modality": "full", "languages": ["en"]}
        moments = {"state_since": DAY, "created_at": DAY, "first_submitted_at": DAY}
        act.session.add(Report(**values, **moments, state="submitted", versions=1, created_by=lead))
    world.done()


def test_the_queue_holds_what_is_received_and_no_draft(world: World) -> None:
    world.report("KAZ", "submitted")
    world.report("KEN", "clearing")
    assert listed(page(world.browser("reviewer"), "/review")) == ["Kazakhstan"]


@pytest.mark.parametrize(
    ("asked", "states"),
    [
        ("state=submitted", ["Kenya"]),
        ("state=in_review", ["Kazakhstan"]),
        ("assigned=mine", ["Kazakhstan"]),
        ("assigned=nobody", ["Kenya"]),
        ("region=Africa", ["Kenya"]),
        ("language=fr", ["Kenya"]),
        ("modality=update", []),
    ],
)
def test_the_sentence_of_the_queue(world: World, asked: str, states: list[str]) -> None:
    world.report("KAZ", "in_review")
    world.report("KEN", "submitted", languages=("en", "fr"))
    assert listed(page(world.browser("reviewer"), f"/review?{asked}")) == states


def test_the_queue_costs_the_same_for_few_and_for_all(world: World) -> None:
    world.report("KAZ", "submitted")
    client = world.browser("reviewer")
    costs = []
    for more in (0, 180):
        received(world, more)
        page(client, "/review")
        with statements() as seen:
            rows = listed(page(client, "/review"))
        costs.append((len(rows), len(seen)))
    assert costs == [(1, QUEUE_STATEMENTS), (181, QUEUE_STATEMENTS)]


def test_claiming_from_the_row(world: World) -> None:
    report = world.report("KAZ", "submitted")
    client = world.browser("reviewer")
    text = page(client, "/review")
    [address] = re.findall(r'form="claim" formaction="([^"]+)"', text)
    answer = client.post(address, data={"csrf_token": csrf(text)})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/review/{report.id}")
    assert (kept(report).state, kept(report).assigned_to) == ("in_review", world.person("reviewer").id)


def test_asking_without_a_reason_shows_the_page_again(world: World) -> None:
    report = world.report("KAZ", "in_review")
    client = world.browser("reviewer")
    sent = {"csrf_token": csrf(page(client, f"/review/{report.id}")), "reason": " "}
    answer = client.post(f"/review/{report.id}/steps/clarify", data=sent)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert re.findall(r'<a href="#q-clarify-reason">(.*?)</a>', text) == [
        "Please give a reason: the other side reads it."
    ]
    assert kept(report).state == "in_review"


def test_accepting_waits_for_the_checklist(world: World) -> None:
    report = world.report("KAZ", "in_review")
    client = world.browser("reviewer")
    text = page(client, f"/review/{report.id}")
    reasons = re.findall(r'id="step-accept-reasons"><li>(.*?)</li>', text)
    assert reasons == ["The checklist still has points without an answer."]
    token = {"csrf_token": csrf(text)}
    assert client.post(f"/review/{report.id}/steps/accept", data=token).status_code == 409
    verdicts = {f"verdict:{item.key}": "yes" for item in world.edition().checklist}
    assert client.post(f"/review/{report.id}/checks", data=token | verdicts).status_code == 303
    assert client.post(f"/review/{report.id}/steps/accept", data=token).status_code == 303
    assert kept(report).state == "accepted"


def checklist(text: str) -> dict[str, str]:
    """The form of the checklist as a browser would send it from this page."""
    form = text.split('/checks">', 1)[1].split("</form>", 1)[0]
    sent = {}
    for control in re.findall("<input [^>]*>", form):
        told = dict(re.findall(r'(\w+)="([^"]*)"', control))
        if told["type"] != "radio" or " checked" in control:
            sent[told["name"]] = html.unescape(told["value"])
    return sent


def answered(report: Report) -> dict[str, tuple[str, str]]:
    db.session.rollback()
    return {point: (row.verdict, row.note) for point, row in queries.checks(db.session, report.id, 1).items()}


def test_an_older_page_of_the_checklist_takes_nothing_back(world: World) -> None:
    report = world.report("KAZ", "in_review")
    client = world.browser("reviewer")
    first, second, *_others = (item.key for item in world.edition().checklist)
    older = checklist(page(client, f"/review/{report.id}"))
    newer = older | {f"verdict:{first}": "partly", f"note:{first}": "See paragraph 14 | and 15."}
    assert client.post(f"/review/{report.id}/checks", data=newer).status_code == 303
    older |= {f"verdict:{second}": "no"}
    assert client.post(f"/review/{report.id}/checks", data=older).status_code == 303
    assert answered(report) == {first: ("partly", "See paragraph 14 | and 15."), second: ("no", "")}


def test_the_newest_page_of_the_checklist_takes_back_what_it_shows(world: World) -> None:
    report = world.report("KAZ", "in_review")
    client = world.browser("reviewer")
    first = world.edition().checklist[0].key
    sent = checklist(page(client, f"/review/{report.id}")) | {f"verdict:{first}": "no", f"note:{first}": "Which year?"}
    client.post(f"/review/{report.id}/checks", data=sent)
    again = checklist(page(client, f"/review/{report.id}"))
    assert (again[f"verdict:{first}"], again[f"note:{first}"]) == ("no", "Which year?")
    client.post(f"/review/{report.id}/checks", data=again | {f"verdict:{first}": "yes", f"note:{first}": ""})
    assert answered(report) == {first: ("yes", "")}


def test_the_record_keeps_the_notes_of_the_checklist(world: World) -> None:
    report = world.report("KAZ", "in_review")
    client = world.browser("reviewer")
    first = world.edition().checklist[0].key
    shown = checklist(page(client, f"/review/{report.id}"))
    for note in ("The source is missing.", ""):
        began = {f"began:{first}": "" if note else "no|The source is missing."}
        sent = shown | began | {f"verdict:{first}": "no", f"note:{first}": note}
        client.post(f"/review/{report.id}/checks", data=sent)
    db.session.rollback()
    told = [one.data["answers"] for one in events.events(db.session, report.id, RECORD) if one.kind == "review.check"]
    assert sorted(told, key=str, reverse=True) == [
        {first: {"verdict": "no", "note": "The source is missing."}},
        {first: {"verdict": "no", "note": ""}},
    ]


def test_only_the_one_it_is_assigned_to_fills_in_the_checklist(world: World) -> None:
    report = world.report("KAZ", "in_review")
    lead = world.browser("lead")
    first = world.edition().checklist[0].key
    sent = {"csrf_token": csrf(page(lead, f"/review/{report.id}")), f"verdict:{first}": "yes"}
    answer = lead.post(f"/review/{report.id}/checks", data=sent)
    assert (answer.status_code, answered(report)) == (409, {})
    assert "The report is assigned to a colleague." in answer.get_data(as_text=True)


def test_a_draft_after_the_version_is_not_shown(world: World) -> None:
    report = world.report("KAZ", "clarifying")
    act = world.acting("focal_point", "KAZ")
    mine = reports.get(act.session, report.id, lock=True)
    drafting.save(act, mine, drafting.Given("F.2/summary", "en", "Only in the draft.", 1))
    world.done()
    world.step(report, "ask")
    text = page(world.browser("reviewer"), f"/review/{report.id}")
    assert "Where the country stands." in text
    assert [
        word for word in ("Only in the draft.", "Clearance was asked for", "The report was started") if word in text
    ] == []
    assert "Clarifying" in text


def test_changes_between_versions(world: World) -> None:
    report = world.report("KAZ", "clarifying")
    act = world.acting("focal_point", "KAZ")
    mine = reports.get(act.session, report.id, lock=True)
    drafting.save(
        act, mine, drafting.Given("F.2/summary", "en", "Where the country stands now.\n\nWhat comes next.", 1)
    )
    world.done()
    for step in ("ask", "submit"):
        world.step(report, step, Order())
    text = page(world.browser("reviewer"), f"/review/{report.id}")
    assert re.findall("<(ins|del)>(.*?)</", text) == [("ins", " now")]


def beside(text: str) -> list[list[str]]:
    """What stands beside each indicator: its lines in words, then the words of the link."""
    found = re.findall(r'<aside class="observations".*?</aside>', text, re.DOTALL)
    parts = [re.findall(r"<li>(.*?)</li>|<p>(.*?)</p>", one, re.DOTALL) for one in found]
    return [[said("".join(words)) for words in one] for one in parts]


def said(part: str) -> str:
    """A part of a page as it reads."""
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", part)).split())


def test_beside_a_figure_stands_what_international_sources_hold_with_value_and_year(world: World) -> None:
    bring(
        world, air(*[("allarea", 2015 + year, f"3{year}.5") for year in range(6)], ("city", 2019, "34.1")), AIR_SERIES
    )
    own = {"year": "2018", "value": "29", "unit": "µg/m³", "source": "Census", "disaggregation": "", "place": ""}
    report = world.report("KAZ")
    act = world.acting("focal_point", "KAZ")
    mine = reports.get(act.session, report.id, lock=True)
    world.fill(act, mine, {**BLOCKERS, AIR: {"status": "data", "reason": "", "rows": [own]}})
    world.done()
    for step in ("ask", "submit"):
        world.step(report, step, Order())
    source = "United Nations SDG database (2023)"
    title = (
        "Annual mean levels of fine particulate matter (population-weighted), by location (micrograms per cubic meter)"
    )
    assert beside(page(world.browser("reviewer"), f"/review/{report.id}")) == [
        [
            f"35.5 µg/m³ · 2020 · {source} {title} In other years of the report: 2018: 33.5",
            f"34.1 µg/m³ · 2019 · {source} {title} ( location: city )",
            "All 2 lines with their years",
        ]
    ]


def test_what_stands_beside_the_report_is_a_link_away(world: World) -> None:
    report = world.report("KAZ", "in_review")
    act_on(world, report, "reviewer", remarks.note, "Ask the colleagues.")
    gather(world, report)
    text = page(world.browser("reviewer"), f"/review/{report.id}")
    [bar] = re.findall('<nav class="bar".*?</nav>', text, re.DOTALL)
    links = re.findall('<a href="#(.*?)">(.*?)</a>', bar, re.DOTALL)
    found = len(reports.version(db.session, report.id, 1).findings)
    assert [(place, said(words)) for place, words in links] == [
        ("steps", "What comes next"),
        ("remarks", "Remarks 1"),
        ("checklist", "Checklist 0/10"),
        ("notes", "Notes 1"),
        ("findings", f"Findings {found}"),
    ]
    places = re.findall('<section id="(.*?)"', text[text.index('<aside class="beside"') :])
    assert places == ["steps", "remarks", "checklist", "notes", "findings"]


def test_the_cost_of_a_review(world: World) -> None:
    report = world.report("KAZ", "in_review")
    client = world.browser("reviewer")
    page(client, f"/review/{report.id}")
    with statements() as seen:
        page(client, f"/review/{report.id}")
    assert len(seen) <= READ_STATEMENTS


@pytest.mark.parametrize(
    ("role", "entity", "queue", "read"),
    [
        ("reviewer", None, 200, 200),
        ("lead", None, 200, 200),
        ("focal_point", "KAZ", 403, 403),
        ("focal_point", "KEN", 403, 404),
        ("data_officer", None, 403, 404),
        ("administrator", None, 403, 404),
    ],
)
def test_who_may_read(world: World, role: str, entity: str | None, queue: int, read: int) -> None:
    report = world.report("KAZ", "submitted")
    client = world.browser(role, entity)
    answers = [client.get(address).status_code for address in ("/review", f"/review/{report.id}")]
    assert answers == [queue, read]


def test_a_report_that_is_not_received_is_not_there(world: World) -> None:
    report = world.report("KAZ", "preparing")
    client = world.browser("reviewer")
    assert [client.get(f"/review/{one}").status_code for one in (report.id, uuid.uuid4())] == [404, 404]
