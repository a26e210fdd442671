"""The minutes of the team, its forecast, and the day that a state has stated."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from typing import Any

import pytest
from sqlalchemy import select

from portal.db import db
from portal.demonstration import _entity
from portal.demonstration.cast import material
from portal.http.outlook import outlook_of
from portal.models.phases import Intention
from portal.models.reports import Report
from portal.queries import cycles, pace, reports
from portal.rules import minutes
from portal.services import cycles as service
from portal.services import drafting, practice
from tests.factories import DAY, World, csrf
from tests.reviewer.test_pages import page, received, statements


def moment(day: int) -> dt.datetime:
    return dt.datetime(2025, 6, day, 9, tzinfo=dt.UTC)


def reviewed(world: World) -> Report:
    """Received on the 1st, claimed on the 3rd, asked on the 6th, received again on the 11th, claimed on the 12th."""
    world.at = moment(1)
    report = world.report("KAZ", "submitted")
    world.step(report, "claim", at=moment(3))
    world.step(report, "clarify", at=moment(6))
    act = world.acting("focal_point", "KAZ", moment(8))
    mine = reports.get(db.session, report.id, lock=True)
    drafting.save_section(act, mine, [drafting.Given("F.2/summary", "en", "New words.", 1)])
    world.done()
    world.step(report, "ask", at=moment(10))
    world.step(report, "submit", at=moment(11))
    world.step(report, "claim", at=moment(12))
    return report


def table(text: str, caption: str) -> list[list[str]]:
    """The body of the table with this caption as texts."""
    body = text.split(f'id="{caption}"', 1)[1].split("<tbody>", 1)[1].split("</tbody>", 1)[0]
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.S)
    return [[re.sub("<.*?>", "", cell).strip() for cell in re.findall(r"<t[hd].*?>(.*?)</t[hd]>", r)] for r in rows]


def test_the_time_in_each_stage_by_the_record_and_clearance_is_not_seen(world: World) -> None:
    reviewed(world)
    told = minutes.lives(pace.lives(db.session, "2026"), pace.steps(db.session, "2026"))
    [life] = told
    assert [(stay.state, stay.days(DAY)) for stay in life.stays] == [
        ("submitted", 2.0),
        ("in_review", 3.0),
        ("clarifying", 5.0),
        ("submitted", 1.0),
        ("in_review", 4.0),
    ]
    assert life.rounds == 1
    assert minutes.times(told, DAY) == [
        minutes.TimeIn("submitted", 2, 0, 1.5, 2.0),
        minutes.TimeIn("in_review", 2, 1, 3.5, 4.0),
        minutes.TimeIn("clarifying", 1, 0, 5.0, 5.0),
    ]


def test_the_page_of_the_minutes(world: World) -> None:
    reviewed(world)
    world.report("KEN", "submitted")
    text = page(world.browser("lead"), "/review/minutes")
    assert table(text, "load-caption") == [
        ["reviewer", "0", "1", "0", "1", "", "0"],
        ["lead", "0", "0", "0", "0", "", "0"],
        ["nobody", "1", "0", "0", "1", "", "0"],
    ]
    assert re.findall(r'<progress value="(\d+)" max="(\d+)"', text.partition("age-caption")[0])[-3:] == [
        ("1", "1"),
        ("0", "1"),
        ("1", "1"),
    ]
    assert table(text, "rounds-caption") == [["0", "1", ""], ["1", "1", ""]]
    assert [row[:3] for row in table(text, "times-caption")] == [
        ["Submitted", "3", "1"],
        ["In review", "2", "1"],
        ["Clarifying", "1", "0"],
    ]


def test_the_minutes_as_csv(world: World) -> None:
    reviewed(world)
    answer = world.browser("reviewer").get("/review/minutes.csv")
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    [row] = csv.DictReader(io.StringIO(answer.get_data(as_text=True)))
    assert (row["entity"], row["state"], row["reviewer"], row["rounds"]) == ("KAZ", "in_review", "reviewer", "1")
    assert (row["days_submitted"], row["days_clarifying"], row["days_accepted"]) == ("3.0", "5.0", "0.0")


def test_the_minutes_cost_the_same_for_few_and_for_all(world: World) -> None:
    client = world.browser("lead")
    world.report("KAZ", "submitted")
    costs = []
    for more in (0, 180):
        received(world, more)
        for address in ("/review/minutes", "/review/forecast"):
            page(client, address)
            with statements() as seen:
                page(client, address)
            costs.append((address, len(seen)))
    assert costs[:2] == costs[2:]


def test_practice_is_in_no_minutes(world: World) -> None:
    act = world.acting("focal_point", "KAZ")
    made = practice.start(act, "KAZ", "full", ["en"])
    made.first_submitted_at, made.state, made.versions = DAY, "submitted", 1
    world.done()
    assert pace.lives(db.session, made.cycle) == []
    assert "No report has been received yet" in page(world.browser("lead"), "/review/minutes")


def test_a_state_says_by_which_day_and_the_team_reads_it_as_its_own_word(world: World) -> None:
    report = world.report("KAZ", "preparing")
    state = world.browser("certifier", "KAZ")
    token = {"csrf_token": csrf(page(state, f"/reports/{report.id}"))}
    address = f"/reports/{report.id}/intention"
    for day in ("2025-07-20", "2025-08-31"):
        assert state.post(address, data=token | {"by_day": day}).status_code == 303
    assert 'name="by_day" type="date" aria-describedby="by-day-hint" value="2025-08-31"' in page(
        state, f"/reports/{report.id}"
    )
    team = world.browser("reviewer")
    assert "<bdi>Kazakhstan</bdi>: 31 August 2025" in page(team, "/review/forecast")
    assert state.post(address, data=token | {"by_day": ""}).status_code == 303
    assert "No state that has not reported yet has stated a day." in page(team, "/review/forecast")
    db.session.rollback()
    assert len(db.session.scalars(select(Intention)).all()) == 3


@pytest.mark.parametrize(
    ("day", "status", "wrong"),
    [
        ("2025-06-01", 422, ["Please state a day that has not passed."]),
        ("soon", 422, ["Please write a day, for instance 2025-06-30."]),
        ("2025-07-20", 303, []),
    ],
)
def test_which_days_can_be_stated(world: World, day: str, status: int, wrong: list[str]) -> None:
    report = world.report("KAZ", "preparing")
    client = world.browser("focal_point", "KAZ")
    token = {"csrf_token": csrf(page(client, f"/reports/{report.id}"))}
    answer = client.post(f"/reports/{report.id}/intention", data=token | {"by_day": day})
    text = answer.get_data(as_text=True)
    assert answer.status_code == status
    assert re.findall(r'id="by_day-error">.*?</span>(.*?)</span>', text) == wrong
    assert re.findall(r'aria-describedby="by-day-hint by_day-error" value="(.*?)"', text) == [day] * len(wrong)


def test_what_has_been_received_is_not_stated_any_more(world: World) -> None:
    report = world.report("KAZ", "preparing")
    client = world.browser("focal_point", "KAZ")
    token = {"csrf_token": csrf(page(client, f"/reports/{report.id}"))}
    address = f"/reports/{report.id}/intention"
    assert client.post(address, data=token | {"by_day": "2025-07-20"}).status_code == 303
    act = world.acting("focal_point", "KAZ")
    world.fill(act, reports.get(db.session, report.id, lock=True))
    world.done()
    for step in ("ask", "submit"):
        world.step(report, step)
    assert pace.stated(db.session, "2026") == []
    assert client.post(address, data=token | {"by_day": "2025-08-20"}).status_code == 409


def test_what_an_extension_and_a_reviewer_would_change_stands_beside(world: World) -> None:
    world.report("KAZ", "submitted")
    client = world.browser("lead")
    plain = table(page(client, "/review/forecast"), "forecast-caption")
    changed = table(page(client, "/review/forecast?extension=60&reviewers=1"), "forecast-caption")
    assert {len(row) for row in plain} == {3}
    assert [row[:3] for row in changed] == plain
    assert {len(row) for row in changed} == {5}
    assert page(client, "/review/forecast?extension=many&reviewers=x") is not None


def test_a_report_in_clarification_is_in_the_forecast_with_its_rounds(world: World) -> None:
    reviewed(world)  # asked once and in review again
    world.report("KEN", "clarifying")
    act = world.acting("lead")
    found = outlook_of(act, "2026", cycles.phases(act.session, "2026"))
    assert (found.known.received, found.known.waiting, found.known.clarifying) == (2, (1,), (1,))
    world.done()
    text = page(world.browser("lead"), "/review/forecast")
    assert "Waiting for a review: 1. With their states for clarification: 1." in text


def by_hand(row: dict[str, Any]) -> Intention:
    return Intention(cycle="2026", stated_at=DAY, **row)


def test_the_day_of_an_invented_state_is_listed_and_not_counted_as_its_report_is_not(world: World) -> None:
    act = world.act(None)
    service.bring_in(act, [_entity(material(), row) for row in material()["entities"][:1]])
    code = material()["entities"][0]["iso3"]
    world.done()
    act = world.acting("lead")
    for entity in ("KAZ", code):
        act.session.add(by_hand({"entity": entity, "by_day": dt.date(2025, 8, 31), "stated_by": act.actor.id}))
    world.done()
    act = world.acting("lead")
    found = outlook_of(act, "2026", cycles.phases(act.session, "2026"))
    assert [(row.entity, row.counted) for row in found.stated] == [("KAZ", True), (code, False)]
    assert found.known.stated == (61,)
    world.done()
    listed = page(world.browser("lead"), "/review/forecast").split("Days that states have stated</h2>")[1]
    items = re.findall(r"<li>.*?</li>", listed.split("</ul>")[0], re.S)
    assert [("an invented state, not counted" in item) for item in items] == [False, True]


def day_asked(world: World, written: str) -> tuple[str, list[str]]:
    """What the page says to a day of one's own, and the days of its table."""
    text = page(world.browser("lead"), f"/review/forecast?by={written}")
    told = re.findall(r'<a href="#q-by">(.*?)</a>', text)
    return (told[0] if told else ""), [row[0] for row in table(text, "forecast-caption")]


USUAL_DAYS = [
    "1 July 2025 Feedback collection",
    "16 July 2025",
    "15 August 2025",
    "14 September 2025",
    "30 November 2025 Synthesis",
    "28 February 2026 Revision",
    "31 May 2026 Approval",
]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("", ""),
        ("15 October", "Please write a day, for instance 2025-06-30."),
        ("2025-13-01", "Please write a day, for instance 2025-06-30."),
        ("2025-06-15", "Please choose a day after today."),
        ("2025-06-16", "Please choose a day after today."),
        ("2027-06-01", "Please choose a day up to a year after the last phase."),
        ("2025-07-01", ""),  # a day that stands there anyway
    ],
)
def test_a_day_that_cannot_be_forecast_is_told_and_the_others_stay(world: World, written: str, told: str) -> None:
    assert day_asked(world, written) == (told, USUAL_DAYS)


@pytest.mark.parametrize(
    ("written", "at", "shown"), [("2025-10-15", 4, "15 October 2025"), ("2027-05-31", 7, "31 May 2027")]
)
def test_a_day_of_ones_own_stands_first_and_in_the_table(world: World, written: str, at: int, shown: str) -> None:
    text = page(world.browser("lead"), f"/review/forecast?by={written}")
    rows = table(text, "forecast-caption")
    assert [row[0] for row in rows] == [*USUAL_DAYS[:at], shown, *USUAL_DAYS[at:]]
    lead = re.sub("<.*?>", "", re.findall(r'<p class="lead">(.*?)</p>', text)[0])
    assert lead == f"By {shown}: {rows[at][1]} reports received."
    assert f'name="by" type="date" value="{written}"' in text
    plain = table(page(world.browser("lead"), "/review/forecast"), "forecast-caption")
    assert [row for row in rows if row[0] != shown] == plain
