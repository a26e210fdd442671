"""Reminders of the cycle reach whom they concern; the rules, the wishes and the logs as pages, each for its readers."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from portal.db import db
from portal.http.telling import notice_words
from portal.models.accounts import Membership, User
from portal.models.cycles import Cycle
from portal.models.events import Event, Notice
from portal.models.keeping import ClearanceTerms
from portal.models.outbox import CycleReminder, MailWish
from portal.models.phases import Extension
from portal.models.reports import Report
from portal.queries import reports
from portal.rules.notices import RULES
from portal.services import accounts, notices
from tests.factories import PASSWORD, World, address, csrf
from tests.portal.test_pages_drafting import counted, page

KAZ, KEN = address("focal_point", "KAZ"), address("focal_point", "KEN")
FOURTEEN = dt.datetime(2025, 6, 17, 23, tzinfo=dt.UTC)


def remind(world: World, at: dt.datetime = FOURTEEN) -> int:
    count = notices.remind(world.act(None, at))
    world.done()
    return count


def told(session: Session, kinds: str = "cycle.%") -> list[tuple[str, str]]:
    """Every notice of these kinds and whom it went to."""
    session.rollback()
    query = select(Notice.kind, User.email).join(User, User.id == Notice.user_id).where(Notice.kind.like(kinds))
    return [(row.kind, row.email) for row in session.execute(query.order_by(Notice.at, User.email))]


def test_each_reminder_goes_once_to_the_focal_points(world: World, session: Session) -> None:
    days = [dt.datetime(2024, 6, 22, 1, tzinfo=dt.UTC) + dt.timedelta(days=n) for n in range(-2, 390)]
    assert [remind(world, at) for at in days if at.date().isoformat() < "2024-06-21"] == [0]
    sent = [(at - dt.timedelta(hours=12)).date().isoformat() for at in days if remind(world, at)]
    assert sent == ["2024-06-21", "2025-05-02", "2025-06-17", "2025-06-28"]
    assert told(session) == [(f"cycle.{kind}", who) for kind in ("invite", "60", "14", "3") for who in (KAZ, KEN)]
    assert len(session.scalars(select(CycleReminder.kind)).all()) == 8
    record = session.scalars(select(Event.data).where(Event.kind == "cycle.remind").order_by(Event.sequence)).all()
    assert [data["told"] for data in record] == [{"KAZ": kind, "KEN": kind} for kind in ("invite", "60", "14", "3")]


@pytest.mark.parametrize("done", ["submitted", "extended", "role ended", "begun", "asked for time", "ran out"])
def test_whom_a_reminder_does_not_reach(world: World, session: Session, done: str) -> None:
    if done in ("submitted", "begun"):
        world.report(state="submitted" if done == "submitted" else "preparing")
    act = world.act(None)
    if done in ("extended", "asked for time", "ran out"):
        until = {"extended": dt.date(2025, 8, 1), "ran out": dt.date(2025, 6, 10), "asked for time": None}[done]
        who = world.person("focal_point", "KAZ").id
        asked = {"wanted_until": dt.date(2025, 8, 1), "reason": "More time", "asked_at": world.at, "asked_by": who}
        act.session.add(Extension(entity="KAZ", cycle="2026", until=until, **asked))
    if done == "role ended":
        who = world.person("focal_point", "KAZ").id
        act.session.execute(update(Membership).where(Membership.user_id == who).values(ended_at=world.at))
    world.done()
    remind(world)
    reached = done in {"begun", "asked for time", "ran out"}
    assert told(session) == ([("cycle.14", KAZ)] if reached else []) + [("cycle.14", KEN)]


CERTIFIER, SECOND = address("certifier", "KAZ"), "second.certifier@example.org"


@pytest.mark.parametrize(
    ("asked", "reached"),
    [
        ("first", [("cycle.14.certifier", CERTIFIER)]),
        ("anybody", [("cycle.14.certifier", CERTIFIER), ("cycle.14.certifier", SECOND)]),
        ("first, then the others", [("cycle.14.certifier", CERTIFIER), ("cycle.14.certifier", SECOND)]),
        ("its asker can certify", [("cycle.14.certifier", CERTIFIER)]),
        ("nobody can", [("cycle.14", KAZ)]),
        ("again after a version", []),
        ("taken back", [("cycle.14", KAZ)]),
    ],
)
def test_while_a_report_waits_for_clearance_its_certifiers_are_reminded(
    world: World, session: Session, asked: str, reached: list[tuple[str, str]]
) -> None:
    if asked in ("anybody", "first", "first, then the others"):
        accounts.add(world.act(None), SECOND, "certifier", "KAZ", PASSWORD)
    if asked == "its asker can certify":
        accounts.add(world.act(None), KAZ, "certifier", "KAZ", PASSWORD)
    world.done()
    report = world.report(state="clearing")
    terms = session.scalars(select(ClearanceTerms)).one()
    terms.asked_of = world.person("certifier", "KAZ").id if asked.startswith("first") else None
    terms.escalated_at = world.at if asked == "first, then the others" else None
    if asked == "nobody can":
        who = world.person("certifier", "KAZ").id
        session.execute(update(Membership).where(Membership.user_id == who).values(ended_at=world.at))
    if asked == "again after a version":
        reports.get(session, report.id).first_submitted_at = world.at
    world.done()
    if asked == "taken back":
        world.step(report, "recall")
    assert remind(world) == (1 if reached == [] else 2)
    assert told(session) == sorted([*reached, ("cycle.14", KEN)], key=lambda one: one[1])
    assert remind(world) == 0


def test_the_own_last_day_of_a_state_is_told_to_its_certifier_while_it_clears(world: World, session: Session) -> None:
    given(world, dt.date(2025, 8, 1))
    world.report(state="clearing")
    assert (remind(world, noon(18)), remind(world, noon(29))) == (1, 1)
    kinds = ("cycle.extended.14.certifier", "cycle.extended.3.certifier")
    assert told(session, "cycle.extended.%") == [(kind, CERTIFIER) for kind in kinds]
    seen = page(world.browser("certifier", "KAZ"), "/inbox")
    assert "The report of your state waits for your clearance; your state has time until 1 August 2025." in seen


def test_the_log_of_the_team_does_not_tell_who_of_a_state_was_reminded(world: World) -> None:
    """A report that waits for clearance and one that is not begun read the same, however many were told."""
    accounts.add(world.act(None), SECOND, "certifier", "KAZ", PASSWORD)
    world.done()
    world.report(state="clearing")
    remind(world)
    seen = page(world.browser("lead"), "/notices/log")
    reminded = [row for row in rows(seen) if "hoped for" in row]
    words = "The report of your state is hoped for by 1 July 2025. If more time is needed, it can be asked for."
    assert sorted(reminded) == [f"Those who answer for the state: {name} · {words}" for name in ("Kazakhstan", "Kenya")]
    assert [one for one in (CERTIFIER, SECOND, KEN) if one in seen] == []
    mine = rows(page(world.browser("focal_point", "KAZ"), "/entities/KAZ/notices"))
    assert len([row for row in mine if "waits for your clearance" in row]) == 2


def given(world: World, until: dt.date, on: dt.datetime = dt.datetime(2025, 6, 20, tzinfo=dt.UTC)) -> None:
    act = world.act(None)
    who = world.person("focal_point", "KAZ").id
    asked = {"wanted_until": until, "reason": "More time", "asked_at": on, "asked_by": who}
    act.session.add(Extension(entity="KAZ", cycle="2026", until=until, answered_at=on, **asked))
    world.done()


def noon(day: int, month: int = 7) -> dt.datetime:
    return dt.datetime(2025, month, day, 23, tzinfo=dt.UTC)


def test_the_own_last_day_of_a_state_is_reminded_of_once_to_it_alone(world: World, session: Session) -> None:
    given(world, dt.date(2025, 8, 1))
    days = [
        at
        for month, day in ((7, 17), (7, 18), (7, 19), (7, 29), (8, 1), (8, 2))
        if remind(world, at := noon(day, month))
    ]
    assert days == [noon(18), noon(29)]
    assert told(session, "cycle.extended.%") == [("cycle.extended.14", KAZ), ("cycle.extended.3", KAZ)]
    data = session.scalars(select(Notice.data).where(Notice.kind.like("cycle.extended.%"))).all()
    assert data == [{"cycle": "2026", "due": "2025-08-01", "entity": "KAZ"}] * 2
    assert remind(world, noon(18)) == 0
    given(world, dt.date(2025, 9, 1), noon(30))
    assert (remind(world, noon(18, 8)), told(session, "cycle.extended.%")[2:]) == (1, [("cycle.extended.14", KAZ)])


def test_one_who_has_submitted_is_not_reminded_of_the_own_last_day(world: World, session: Session) -> None:
    given(world, dt.date(2025, 8, 1))
    world.report(state="submitted")
    assert (remind(world, noon(18)), remind(world, noon(29))) == (0, 0)
    assert told(session, "cycle.extended.%") == []


def test_no_reminder_of_an_own_last_day_within_the_time_of_its_own_answer(world: World, session: Session) -> None:
    given(world, dt.date(2025, 8, 1), noon(20))
    assert (remind(world, noon(21)), remind(world, noon(29))) == (0, 1)
    assert told(session, "cycle.extended.%") == [("cycle.extended.3", KAZ)]


def test_a_report_to_practise_with_does_not_count_as_submitted(world: World, session: Session) -> None:
    report = world.report(state="submitted")
    act = world.act(None)
    act.session.add(
        Cycle(key="2026-practice", label="Practice", edition=report.edition, opened_at=world.at, practice_of="2026")
    )
    act.session.flush()
    act.session.execute(update(Report).values(cycle="2026-practice", practice=True))
    world.done()
    remind(world)
    assert told(session) == [("cycle.14", KAZ), ("cycle.14", KEN)]


def test_an_entity_without_a_focal_point_is_told_when_it_has_one(world: World, session: Session) -> None:
    who = world.person("focal_point", "KEN").id
    world.act(None).session.execute(update(Membership).where(Membership.user_id == who).values(ended_at=world.at))
    world.done()
    assert remind(world) == 1
    world.act(None).session.execute(update(Membership).where(Membership.user_id == who).values(ended_at=None))
    world.done()
    assert (remind(world), remind(world)) == (1, 0)
    assert told(session) == [("cycle.14", KAZ), ("cycle.14", KEN)]


def test_any_number_of_entities_takes_the_same_statements(world: World) -> None:
    with counted() as two:
        assert remind(world) == 2
    act = world.act(None)
    who = world.person("focal_point", "KAZ").id
    for entity in ("FRA", "BRA", "IND", "JPN", "MEX"):
        act.session.add(Membership(user_id=who, role="focal_point", entity=entity, granted_at=world.at))
    world.done()
    with counted() as five:
        assert remind(world) == 5
    assert len(five["statements"]) == len(two["statements"])


def test_the_inbox_says_it_with_tact_and_leads_to_the_reports(world: World) -> None:
    remind(world)
    seen = page(world.browser("focal_point", "KAZ"), "/inbox")
    assert "The report of your state is hoped for by 1 July 2025." in seen
    assert 'href="/reports?entity=KAZ"' in seen
    assert re.findall(r"overdue|default|failed|too late", seen.lower()) == []


def test_the_rules_stand_on_a_page(world: World) -> None:
    seen = page(world.browser("partner"), "/notices/rules")
    rows = re.findall(r'<th scope="row">(.*?)</th>.*?<td.*?>(.*?)</td>.*?<td.*?>(.*?)</td>', seen, re.DOTALL)
    assert len(rows) == len({(rule.when, rule.to, rule.why, rule.shown) for rule in RULES.values()})
    assert [row for row, times in Counter(rows).items() if times > 1] == []
    assert "14 days before the deadline, while nothing has been submitted and no extension runs" in seen
    assert world.app.test_client().get("/notices/rules").status_code == 302


def test_a_wish_is_kept_and_a_wrong_one_refused(world: World, session: Session) -> None:
    browser = world.browser("focal_point", "KAZ")
    seen = page(browser, "/inbox/wishes")
    assert 'value="digest" checked' in seen
    assert "This portal sends no mail at present." in seen
    for manner, status in (("each", 303), ("none", 303), ("loudly", 422)):
        sent = browser.post("/inbox/wishes", data={"csrf_token": csrf(seen), "manner": manner})
        assert sent.status_code == status
    assert 'value="none" checked' in page(browser, "/inbox/wishes")
    session.rollback()
    assert session.scalars(select(MailWish.manner)).all() == ["none"]


INSIDE = ("report.ask", "report.decline", "handout.give", "comment.write", "invitation.accept", "draft.restore")


def rows(text: str) -> list[str]:
    """What the rows of a log say: who, then what."""
    found = re.findall(r'<th scope="row">(?:<bdi>)?(.*?)<.*?<td data-label="What">(.*?)</td>', text, re.S)
    return [f"{who}: {re.sub('<.*?>', '', what)}" for who, what in found]


def test_no_log_of_the_team_shows_the_inside_of_a_state(world: World) -> None:
    """Each kind is told about a received report; the lead reads those of the table, the state all but the team's."""
    report = world.report(state="in_review")
    focal, lead = world.person("focal_point", "KAZ").id, world.person("lead").id
    session = world.act(None).session
    session.execute(delete(Notice))
    world.done()
    for kind in RULES:
        act = world.act(None)
        to = lead if kind in ("report.submit", "report.withdraw", "report.consent") else focal
        told = {"section": "F.2", "reason": "SECRET", "entity": "KAZ", "due": "2025-07-01"}
        act.notify(kind, [to], told, report=report)
        world.done()
    with world.app.test_request_context():
        says = {kind: notice_words(kind, {"section": "F.2", "due": "2025-07-01"}) for kind in RULES}
    clearing = {kind for kind in RULES if kind.endswith(".certifier")}
    seen = page(world.browser("lead"), "/notices/log")
    shown = {row.rpartition(" · ")[2] for row in rows(seen)}
    assert shown == {says[kind] for kind, rule in RULES.items() if rule.shown and kind not in clearing}
    assert len(clearing) == 5
    assert {says[kind] for kind in INSIDE} & shown == set()
    assert "SECRET" not in seen


def test_the_log_of_the_team_knows_nothing_of_a_draft_or_of_practice(world: World) -> None:
    draft = world.report(state="preparing")
    world.act(None).notify("review.claim", [world.person("focal_point", "KAZ").id], {}, report=draft)
    world.done()
    browser = world.browser("lead")
    assert rows(page(browser, "/notices/log")) == []
    received = world.report("KEN", state="submitted")
    assert rows(page(browser, "/notices/log")) != []
    world.act(None).session.execute(update(Report).where(Report.id == received.id).values(practice=True))
    world.done()
    assert rows(page(browser, "/notices/log")) == []


def test_each_state_reads_its_own_log_and_no_other(world: World) -> None:
    world.report("KAZ", state="in_review")
    world.report("KEN", state="submitted")
    mine = rows(page(world.browser("focal_point", "KAZ"), "/entities/KAZ/notices"))
    assert {row.partition(":")[0] for row in mine} == {"focal point kaz", "certifier kaz"}
    assert [row for row in mine if "claimed for review" in row] == []
    for role, entity in (("focal_point", "KEN"), ("lead", None), ("reviewer", None), ("contributor", "KAZ")):
        assert world.browser(role, entity).get("/entities/KAZ/notices").status_code == 403
    for role, entity in (("focal_point", "KAZ"), ("reviewer", None), ("administrator", None)):
        assert world.browser(role, entity).get("/notices/log").status_code == 403


def test_a_long_log_has_pages(world: World) -> None:
    report = world.report(state="submitted")
    people = [world.person("focal_point", "KAZ").id]
    world.act(None).notify_each("review.claim", [(report.id, people, {})] * 230)
    world.done()
    browser = world.browser("lead")
    first, third = page(browser, "/notices/log"), page(browser, "/notices/log?page=3")
    assert (len(rows(first)), "Page 1 of 3" in first) == (100, True)
    assert 30 <= len(rows(third)) < 100
    assert len(rows(page(browser, "/notices/log?page=x"))) == 100
    db.session.rollback()
