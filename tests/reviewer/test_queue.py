"""The queue: its filters in the address, kept views, and assignment with its preview."""

from __future__ import annotations

import datetime as dt
import html
import re
import uuid
from collections import Counter
from urllib.parse import quote_plus

import pytest
from sqlalchemy import select

from portal.db import db
from portal.models.accounts import User
from portal.models.events import Event, Notice
from portal.models.phases import Extension
from portal.models.remarks import SavedView
from portal.models.reports import Report
from portal.queries import reports
from portal.services import accounts, practice
from portal.web.team import FILTERS
from reviewer.rules.review import Wanted
from tests.factories import DAY, PASSWORD, World, csrf
from tests.portal.callers import Caller
from tests.reviewer.test_pages import listed, page, received, statements

COLLEAGUE = "reviewer.two@example.org"


def colleague(world: World, *, entity: str | None = None) -> uuid.UUID:
    """A second reviewer; with an entity, one who is its certifier too."""
    act = world.act(None)
    made = accounts.add(act, COLLEAGUE, "reviewer", None, PASSWORD)
    if entity:
        accounts.add(act, COLLEAGUE, "certifier", entity, PASSWORD)
    world.done()
    return made


def assigned(report: Report) -> uuid.UUID | None:
    db.session.rollback()
    return reports.get(db.session, report.id).assigned_to


def moves(text: str) -> list[str]:
    return [html.unescape(one) for one in re.findall(r'name="move" value="([^"]+)"', text)]


def previewed(text: str) -> list[tuple[str, str]]:
    """The rows of the preview: the state, and what the last column says."""
    table = text.split("data-plan", 1)[1].split("</table>", 1)[0]
    rows = re.findall(r'<tr><th scope="row">(.*?)</th>.*<td>(.*?)</td></tr>', table)
    return [(re.sub("<.*?>", "", name), re.sub("<.*?>", "", to)) for name, to in rows]


@pytest.mark.parametrize(
    ("asked", "states"),
    [
        ("timing=in_time", ["Kazakhstan"]),
        ("timing=after_deadline", ["Kenya"]),
        ("timing=after_cut_off", []),
        ("age=14", ["Kazakhstan"]),
        ("age=30", []),
        ("group=African+States", ["Kenya"]),
        ("state=submitted&timing=after_deadline", ["Kenya"]),
    ],
)
def test_the_filters_of_the_queue(world: World, asked: str, states: list[str]) -> None:
    world.at = dt.datetime(2025, 6, 1, 9, tzinfo=dt.UTC)
    world.report("KAZ", "submitted")
    world.at = dt.datetime(2025, 7, 4, 9, tzinfo=dt.UTC)
    world.report("KEN", "submitted")
    assert listed(page(world.browser("reviewer"), f"/review?{asked}")) == states


def extended(world: World, entity: str, until: dt.date) -> None:
    """This state was given more time."""
    act = world.acting("focal_point", entity)
    told = {"wanted_until": until, "reason": "an election", "asked_at": world.at, "asked_by": act.actor.id}
    act.session.add(Extension(entity=entity, cycle="2026", until=until, answered_at=world.at, **told))
    world.done()


def test_what_came_within_an_extension_can_be_asked_for(world: World) -> None:
    for entity in ("KAZ", "KEN"):
        extended(world, entity, dt.date(2025, 7, 5) if entity == "KEN" else dt.date(2025, 7, 2))
    world.at = dt.datetime(2025, 7, 4, 9, tzinfo=dt.UTC)
    world.report("KAZ", "submitted")
    world.report("KEN", "submitted")
    client = world.browser("reviewer")
    assert listed(page(client, "/review?timing=within_extension")) == ["Kenya"]
    assert sorted(listed(page(client, "/review?timing=after_deadline"))) == ["Kazakhstan", "Kenya"]
    text = page(client, "/review")
    assert sorted(re.findall(r"<td>([^<]*after the deadline[^<]*)</td>", text)) == [
        "after the deadline",
        "after the deadline, within an extension to 5 July 2025",
    ]


@pytest.mark.parametrize(
    ("came", "phase"),
    [
        (dt.datetime(2024, 1, 1, tzinfo=dt.UTC), "feedback"),
        (dt.datetime(2025, 7, 2, 11, 59, 59, tzinfo=dt.UTC), "feedback"),
        (dt.datetime(2025, 7, 2, 12, tzinfo=dt.UTC), "synthesis"),
        (dt.datetime(2026, 3, 1, 11, tzinfo=dt.UTC), "revision"),
        (dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC), "approval"),
        (dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC), "afterwards"),
    ],
)
def test_a_report_belongs_to_the_phase_in_which_it_was_first_received(
    world: World, came: dt.datetime, phase: str
) -> None:
    world.report("KEN", "submitted")
    world.at = came
    world.report("KAZ", "submitted")
    client, program = world.browser("reviewer"), Caller(world, "reviewer")
    for asked in ("feedback", "synthesis", "revision", "approval", "afterwards"):
        expected = {name for name, its in (("Kazakhstan", phase), ("Kenya", "feedback")) if its == asked}
        text = page(client, f"/review?phase={asked}")
        assert set(listed(text)) == expected, asked
        found = program.get(f"/review/queue?phase={asked}").json["items"]
        assert {one["names"]["en"]: one["phase"] for one in found} == dict.fromkeys(expected, asked)
        offered = text.split('<select id="filter-phase"', 1)[1].split("</select>", 1)[0]
        numbers = {value: int(number) for value, number in re.findall(r'value="(\w+)"[^>]*>[^<]*\((\d+)\)', offered)}
        shown = Counter([phase, "feedback"])
        assert numbers == {**dict.fromkeys({asked}, 0), **shown}


def test_a_value_that_nothing_is_known_by_is_named_and_left_out(world: World) -> None:
    world.report("KAZ", "submitted")
    client, program = world.browser("reviewer"), Caller(world, "reviewer")
    for name, value in (
        ("state", "preparing"), ("timing", "late"), ("phase", "drafting"), ("region", "Atlantis"), ("group", "G7"),
        ("assigned", "him"), ("assigned", str(uuid.UUID(int=7))), ("language", "xx"), ("modality", "brief"),
        ("age", "many"), ("waits", "²"),
    ):  # fmt: skip
        text = page(client, f"/review?{name}={quote_plus(value)}&cycle=2026")
        [told] = re.findall(r'<div class="notice notice-problem" role="alert"><p>(.*?)</p>', text, re.S)
        assert told.endswith(f": nothing is known by the name “{value}”; this filter was left out.")
        assert listed(text) == ["Kazakhstan"]
        assert f'<input type="hidden" name="{name}"' not in text
        answer = program.get(f"/review/queue?{name}={quote_plus(value)}")
        assert answer.status_code == (200 if value == "preparing" else 422), name
    assert program.get("/review/queue?region=Atlantis&phase=drafting").json["problems"] == [
        {"where": where, "sentence": "Nothing in this cycle is known by this name."} for where in ("phase", "region")
    ]
    for asked in ("region=Arab+States", "phase=approval", f"assigned={world.person('lead').id}", "age=45", ""):
        assert "nothing is known" not in page(client, f"/review?{asked}")


def test_nobody_has_what_can_still_be_taken_and_not_what_was_withdrawn(world: World) -> None:
    world.report("KEN", "submitted")
    withdrawn = world.report("KAZ", "withdrawn")
    assert assigned(withdrawn) is None
    client, program = world.browser("reviewer"), Caller(world, "reviewer")
    assert listed(page(client, "/review?assigned=nobody")) == ["Kenya"]
    assert [one["entity"] for one in program.get("/review/queue?assigned=nobody").json["items"]] == ["KEN"]
    assert sorted(listed(page(client, "/review"))) == ["Kazakhstan", "Kenya"]


def test_those_that_wait_for_their_state_come_by_how_long_it_was_asked(world: World) -> None:
    """The first to be received was asked last; a cursor goes on in the same order."""
    for entity, came, asked_on in (("KAZ", 1, 9), ("KEN", 2, 5)):
        world.at = dt.datetime(2025, 6, came, 9, tzinfo=dt.UTC)
        report = world.report(entity, "in_review")
        world.step(report, "clarify", at=dt.datetime(2025, 6, asked_on, 9, tzinfo=dt.UTC))
    client, program = world.browser("reviewer"), Caller(world, "reviewer")
    assert listed(page(client, "/review")) == ["Kazakhstan", "Kenya"]
    assert listed(page(client, "/review?state=clarifying")) == ["Kenya", "Kazakhstan"]
    assert listed(page(client, "/review?waits=9")) == ["Kenya"]  # the clock of the pages runs on the 16th
    first = program.get("/review/queue?state=clarifying&limit=1").json
    second = program.get(f"/review/queue?state=clarifying&limit=1&cursor={first['next']}").json
    told = [(one["entity"], one["asked_at"]) for one in first["items"] + second["items"]]
    assert told == [("KEN", "2025-06-05T09:00:00Z"), ("KAZ", "2025-06-09T09:00:00Z")]
    assert second["next"] is None
    assert [one["waits"] - first["items"][0]["waits"] for one in first["items"] + second["items"]] == [0, -4]
    assert program.get(f"/review/queue?cursor={first['next']}").status_code == 422


def test_the_api_has_the_filters_of_the_page(world: World) -> None:
    """Every filter in every value that occurs, and one that does not: the same reports in the same order."""
    world.at = dt.datetime(2025, 6, 1, 9, tzinfo=dt.UTC)
    world.report("KAZ", "in_review", languages=("ru", "en"))
    extended(world, "KEN", dt.date(2025, 7, 5))
    world.at = dt.datetime(2025, 7, 4, 9, tzinfo=dt.UTC)
    world.report("KEN", "submitted", modality="update")
    client, program = world.browser("reviewer"), Caller(world, "reviewer")
    text = page(client, "/review")
    offered = {
        name: re.findall(r'<option value="([^"]*)"', choices)
        for name, choices in re.findall(r'<select id="filter-(\w+)".*?>(.*?)</select>', text, re.S)
    }
    assert set(offered) == set(Wanted.__dataclass_fields__)
    offered["region"].append("Arab States")
    for name, values in offered.items():
        for value in values:
            asked = f"{name}={quote_plus(html.unescape(value))}" if value else ""
            found = program.get(f"/review/queue?{asked}").json["items"]
            assert [one["names"]["en"] for one in found] == listed(page(client, f"/review?{asked}")), asked
    first = program.get("/review/queue?limit=1").json
    second = program.get(f"/review/queue?limit=1&cursor={first['next']}").json
    told = [(one["entity"], one["timing"], one["extended_until"]) for one in first["items"] + second["items"]]
    assert told == [("KAZ", "in_time", None), ("KEN", "after_deadline", "2025-07-05")]
    assert second["next"] is None
    for wrong in ("timing=late", "assigned=him", "age=-1", "age=many", "language=xx", "stage=submitted"):
        assert program.get(f"/review/queue?{wrong}").status_code == 422


def test_the_cycle_that_is_looked_at_stays(world: World) -> None:
    client = world.browser("lead")
    world.report("KAZ", "submitted")
    text = page(client, "/review?cycle=2026")
    for link in ("/review/forecast?cycle=2026", "/review/minutes?cycle=2026", "/timeline?cycle=2026"):
        assert text.count(f'href="{link}"') == 1
    assert text.count('<input type="hidden" name="cycle" value="2026">') == 3  # filters, kept view, assignment
    sent = {"csrf_token": csrf(text), "name": "Mine", "assigned": "mine", "cycle": "2026"}
    answer = client.post("/review/views", data=sent)
    assert answer.headers["Location"] == "/review?assigned=mine&cycle=2026"
    assert 'href="/review?cycle=2026"' in page(client, "/review/minutes?cycle=2026")
    assert 'name="cycle"' not in page(client, "/review")


def test_a_named_colleague_can_be_asked_for(world: World) -> None:
    world.report("KAZ", "in_review")
    world.report("KEN", "submitted")
    reviewer = world.person("reviewer").id
    client = world.browser("lead")
    text = page(client, "/review")
    assert f'<option value="{reviewer}">' in text
    assert listed(page(client, f"/review?assigned={reviewer}")) == ["Kazakhstan"]
    assert listed(page(client, f"/review?assigned={world.person('lead').id}")) == []


def test_an_id_written_otherwise_is_named_and_finds_not_silently_nothing(world: World) -> None:
    report = world.report("KAZ", "in_review")
    held_by = str(assigned(report)).upper()
    text = world.browser("lead").get(f"/review?assigned={held_by}").get_data(as_text=True)
    assert (held_by in text, f"/review/{report.id}" in text) == (True, True)
    assert Caller(world, "lead").get(f"/review/queue?assigned={held_by}").status_code == 422


def test_a_view_holds_nothing_that_no_database_holds(world: World) -> None:
    client = world.browser("reviewer")
    sent = {"csrf_token": csrf(client.get("/review").get_data(as_text=True)), "name": "Mine", "region": "Af\0rica"}
    answer = client.post("/review/views", data=sent)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/review?region=Africa")


def test_how_long_the_country_has_been_asked_is_told_and_its_clearance_changes_nothing(world: World) -> None:
    world.at = dt.datetime(2025, 6, 1, 9, tzinfo=dt.UTC)
    report = world.report("KAZ", "clarifying")
    client = world.browser("reviewer")
    before = page(client, "/review?state=clarifying")
    act = world.acting("focal_point", "KAZ", DAY)
    world.fill(act, reports.get(db.session, report.id, lock=True), {"F.2/summary": "Something else."})
    world.done()
    reports.get(db.session, report.id).state = "clearing"
    reports.get(db.session, report.id).state_since = DAY
    world.done()
    after = page(client, "/review?state=clarifying")
    waited = [re.findall(r'</progress></td><td class="number">(.*?)</td>', text) for text in (before, after)]
    assert waited[0] == waited[1]
    assert waited[0] in (["14"], ["15"])  # the clock of the pages runs on the 16th, at any time of the day


def test_practice_is_in_no_queue_and_cannot_be_assigned(world: World) -> None:
    act = world.acting("focal_point", "KAZ")
    made = practice.start(act, "KAZ", "full", ["en"])
    made.first_submitted_at, made.state, made.versions = DAY, "submitted", 1
    world.done()
    client = world.browser("lead")
    text = page(client, "/review")
    assert listed(text) == []
    to = world.person("reviewer").id
    wish = f"{made.id}|submitted|-|{to}"
    answer = client.post("/review/assign/done", data={"csrf_token": csrf(text), "move": wish})
    assert (answer.status_code, assigned(made)) == (303, None)


def test_views_are_kept_listed_and_removed(world: World) -> None:
    client = world.browser("reviewer")
    token = {"csrf_token": csrf(page(client, "/review"))}
    sent = token | {"name": "  Late  ones ", "timing": "after_deadline", "language": "fr", "unknown": "x"}
    answer = client.post("/review/views", data=sent)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/review?timing=after_deadline&language=fr")
    kept = page(client, "/review")
    assert '<a href="/review?timing=after_deadline&amp;language=fr"><bdi>Late ones</bdi></a>' in kept
    assert "Late ones" not in page(world.browser("lead"), "/review")
    view = db.session.scalars(select(SavedView.id)).one()
    foreign = world.browser("lead")
    theirs = {"csrf_token": csrf(page(foreign, "/review"))}
    assert foreign.post(f"/review/views/{view}/remove", data=theirs).status_code == 404
    assert client.post(f"/review/views/{view}/remove", data=token).status_code == 303
    db.session.rollback()
    assert db.session.scalars(select(SavedView.id)).all() == []


def test_the_same_name_takes_the_place_of_the_view_before_and_none_is_refused(world: World) -> None:
    client = world.browser("reviewer")
    token = {"csrf_token": csrf(page(client, "/review"))}
    for region in ("Africa", "Europe"):
        assert client.post("/review/views", data=token | {"name": "Mine", "region": region}).status_code == 303
    assert client.post("/review/views", data=token | {"name": " "}).status_code == 422
    db.session.rollback()
    assert [view.filters for view in db.session.scalars(select(SavedView))] == [{"region": "Europe"}]


def test_assigning_shows_what_will_happen_then_does_exactly_that(world: World) -> None:
    first, second = world.report("KAZ", "submitted"), world.report("KEN", "submitted")
    other = colleague(world, entity="KEN")
    reviewer = world.person("reviewer").id
    client = world.browser("lead")
    token = {"csrf_token": csrf(page(client, "/review"))}
    chosen = token | {"report": [str(first.id), str(second.id)], "reviewer": [str(reviewer), str(other)]}
    answer = client.post("/review/assign", data=chosen | {"manner": "evenly"})
    text = answer.get_data(as_text=True)
    names = {row.id: row.name for row in db.session.execute(select(User.id, User.name))}
    assert sorted(previewed(text)) == [("Kazakhstan", names[other]), ("Kenya", names[reviewer])]
    assert (assigned(first), assigned(second)) == (None, None)
    assert client.post("/review/assign/done", data=token | {"move": moves(text)}).status_code == 303
    assert (assigned(first), assigned(second)) == (other, reviewer)
    told = select(Notice.user_id, Notice.report_id).where(Notice.kind == "review.assign")
    assert {tuple(row) for row in db.session.execute(told)} == {(other, first.id), (reviewer, second.id)}
    recorded = db.session.execute(select(Event.report_id, Event.data).where(Event.kind == "review.assign"))
    assert {row.report_id: row.data for row in recorded} == {
        first.id: {"from": None, "to": str(other)},
        second.id: {"from": None, "to": str(reviewer)},
    }


def test_what_changed_after_the_preview_is_named_and_left_alone(world: World) -> None:
    first, second = world.report("KAZ", "submitted"), world.report("KEN", "submitted")
    reviewer, lead = world.person("reviewer").id, world.person("lead").id
    client = world.browser("lead")
    token = {"csrf_token": csrf(page(client, "/review"))}
    chosen = token | {"report": [str(first.id), str(second.id)], "reviewer": str(lead), "manner": "hand"}
    text = client.post("/review/assign", data=chosen).get_data(as_text=True)
    world.step(first, "claim")
    client.post("/review/assign/done", data=token | {"move": moves(text)})
    assert (assigned(first), assigned(second)) == (reviewer, lead)
    assert "Kazakhstan: It has changed since you looked; it is left as it is now." in page(client, "/review")


def test_a_confirmation_made_by_hand_cannot_assign_the_own_country(world: World) -> None:
    report, other = world.report("KAZ", "submitted"), colleague(world, entity="KAZ")
    client = world.browser("lead")
    token = {"csrf_token": csrf(page(client, "/review"))}
    for to in (other, world.person("partner").id):
        client.post("/review/assign/done", data=token | {"move": f"{report.id}|submitted|-|{to}"})
        assert assigned(report) is None
    assert client.post("/review/assign/done", data=token | {"move": "nonsense"}).status_code == 422


def test_taking_the_assignment_away(world: World) -> None:
    report = world.report("KAZ", "submitted")
    client = world.browser("lead")
    token = {"csrf_token": csrf(page(client, "/review"))}
    reviewer = world.person("reviewer").id
    client.post("/review/assign/done", data=token | {"move": f"{report.id}|submitted|-|{reviewer}"})
    text = client.post("/review/assign", data=token | {"report": str(report.id), "manner": "away"}).get_data(
        as_text=True
    )
    assert previewed(text) == [("Kazakhstan", "nobody")]
    client.post("/review/assign/done", data=token | {"move": moves(text)})
    assert assigned(report) is None
    told = select(Notice.user_id).where(Notice.kind == "review.assign_away")
    assert list(db.session.scalars(told)) == [reviewer]


@pytest.mark.parametrize(
    ("sent", "where"),
    [({"manner": "hand"}, "reviewer"), ({"manner": "evenly"}, "reviewer"), ({"manner": "all"}, "manner")],
)
def test_an_unfinished_choice_is_asked_again(world: World, sent: dict[str, str], where: str) -> None:
    report = world.report("KAZ", "submitted")
    client = world.browser("lead")
    token = {"csrf_token": csrf(page(client, "/review"))}
    answer = client.post("/review/assign", data=token | {"report": str(report.id)} | sent)
    assert (answer.status_code, re.findall(r'href="#q-(\w+)"', answer.get_data(as_text=True))) == (422, [where])


def test_only_the_lead_assigns(world: World) -> None:
    world.report("KAZ", "submitted")
    client = world.browser("reviewer")
    text = page(client, "/review")
    assert "Assign the chosen reports" not in text
    assert client.post("/review/assign", data={"csrf_token": csrf(text)}).status_code == 403
    assert client.post("/review/assign/done", data={"csrf_token": csrf(text)}).status_code == 403


def test_assigning_all_costs_no_more_reading_than_assigning_one(world: World) -> None:
    received(world, 190)
    found = list(db.session.scalars(select(Report.id)))
    to = world.person("reviewer").id
    client = world.browser("lead")
    token = {"csrf_token": csrf(page(client, "/review"))}
    costs = []
    for chosen in (found[:1], found):
        sent = token | {"report": [str(one) for one in chosen], "reviewer": str(to), "manner": "hand"}
        with statements() as seen:
            text = client.post("/review/assign", data=sent).get_data(as_text=True)
        costs.append((len(moves(text)), len(seen)))
    assert costs[0][1] == costs[1][1]
    assert [moved for moved, _seen in costs] == [1, 190]


def hidden(text: str, form: str) -> dict[str, str]:
    """What the form with this action sends unseen, beside its token, its reports and its moves."""
    [inside] = re.findall(rf'<form[^>]*action="{form}"[^>]*>(.*?)</form>', text, re.S)
    sent = re.findall(r'<input type="hidden" name="(\w+)" value="(.*?)">', inside)
    return {name: html.unescape(value) for name, value in sent if name not in ("csrf_token", "report", "move")}


def test_all_that_fit_are_chosen_without_a_script_and_the_filter_stays(world: World) -> None:
    fits, other = world.report("KAZ", "submitted"), world.report("KEN", "in_review")
    client = world.browser("lead")
    ticked = re.compile(r'name="report" value="([^"]+)" aria-label="[^"]+" checked>')
    filters = {"state": "submitted", "age": "0", "cycle": "2026"}
    text = page(client, "/review?state=submitted&age=0&cycle=2026")
    assert ticked.findall(text) == []
    [link] = re.findall(r'<a href="([^"]+)" data-choose="Choose all on this page">Choose all</a>', text)
    text = page(client, html.unescape(link))
    assert ticked.findall(text) == [str(fits.id)]
    assert hidden(text, "/review/assign") == filters
    token = {"csrf_token": csrf(text)}
    sent = token | filters | {"report": ticked.findall(text)}
    text = client.post("/review/assign", data=sent).get_data(as_text=True)
    assert hidden(text, "/review/assign") == filters
    sent |= {"manner": "hand", "reviewer": str(world.person("reviewer").id)}
    text = client.post("/review/assign", data=sent).get_data(as_text=True)
    assert hidden(text, "/review/assign/done") == filters
    assert len(previewed(text)) == 1
    back = "/review?state=submitted&age=0&cycle=2026"
    assert re.findall(r'<p><a href="([^"]+)">Back to the queue', text) == [html.escape(back)]
    answer = client.post("/review/assign/done", data=token | filters | {"move": moves(text)})
    assert (answer.status_code, answer.headers["Location"]) == (303, back)
    assert assigned(fits) == world.person("reviewer").id
    assert assigned(other) == world.person("reviewer").id  # who reviews it already
    text = page(client, link.replace("&amp;", "&"))
    [link] = re.findall(r'<a href="([^"]+)" data-choose="Choose all on this page">None</a>', text)
    assert html.unescape(link) == back


def test_what_came_after_the_queue_was_looked_at_is_not_assigned_along(world: World) -> None:
    world.report("KAZ", "submitted")
    client = world.browser("lead")
    text = page(client, "/review?state=submitted&choose=all")
    chosen = re.findall(r'name="report" value="([^"]+)"', text)
    later = world.report("KEN", "submitted")
    sent = {"csrf_token": csrf(text), "state": "submitted", "report": chosen, "manner": "evenly"}
    sent |= {"reviewer": str(world.person("reviewer").id)}
    text = client.post("/review/assign", data=sent).get_data(as_text=True)
    assert previewed(text) == [("Kazakhstan", "reviewer")]
    client.post("/review/assign/done", data=sent | {"move": moves(text)})
    assert assigned(later) is None


@pytest.mark.parametrize("manner", [{}, {"manner": "hand"}])
def test_assigning_nothing_leads_back_to_the_queue_which_says_so(world: World, manner: dict[str, str]) -> None:
    world.report("KAZ", "submitted")
    client = world.browser("lead")
    sent = {"csrf_token": csrf(page(client, "/review")), "region": "Asia and the Pacific"} | manner
    answer = client.post("/review/assign", data=sent)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/review?region=Asia+and+the+Pacific")
    assert re.findall(r'notice-problem" role="alert"><p>(.*?)</p>', page(client, answer.headers["Location"])) == [
        "Please choose at least one report in the queue."
    ]


def test_every_filter_of_the_queue_can_be_kept() -> None:
    assert set(FILTERS) == set(Wanted.__dataclass_fields__)
