"""Who is in which section now: said by the page, seen by colleagues, and gone by itself."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.models.contributions import Contribution, ContributionPresence
from portal.models.reports import Report
from portal.models.sharing import Presence
from portal.queries import contributions as held
from portal.queries import presence as present
from portal.queries import reports
from portal.rules.refusals import Forbidden
from portal.services import drafting, partners, presence
from portal.services.contributions import Draft
from portal.services.drafting import Given
from tests.factories import DAY, World, address, csrf
from tests.portal.contributing import contribution, save

SECTION = "F.2"


def sign(world: World, report: Report, role: str, at: dt.datetime = DAY, section: str = SECTION) -> None:
    act = world.acting(role, "KAZ", at)
    presence.here(act, reports.get(act.session, report.id), section)
    world.done()


def post(client: FlaskClient, report: Report, section: str = SECTION) -> Any:
    told = client.get("/session", headers={"Accept": "application/json"}).get_json()
    path = f"/reports/{report.id}/sections/{section}/presence"
    return client.post(path, json={"language": "en"}, headers={"X-CSRFToken": told["csrf"]})


@pytest.mark.parametrize(
    ("seconds", "seen"), [(0, ["focal point kaz"]), (59, ["focal point kaz"]), (60, []), (3600, [])]
)
def test_a_sign_fades_by_itself(world: World, session: Session, seconds: int, seen: list[str]) -> None:
    report = world.report()
    sign(world, report, "focal_point")
    me = world.person("certifier", "KAZ").id
    at = DAY + dt.timedelta(seconds=seconds)
    assert present.here(session, report.id, SECTION, at, me) == seen
    assert present.by_section(session, report.id, at, me) == ({SECTION: seen} if seen else {})


def test_nobody_is_shown_to_oneself_and_a_new_sign_takes_the_place_of_the_old(world: World, session: Session) -> None:
    report = world.report()
    me = world.person("focal_point", "KAZ").id
    for minute in range(3):
        sign(world, report, "focal_point", DAY + dt.timedelta(minutes=minute))
    assert session.scalar(select(func.count()).select_from(Presence)) == 1
    assert present.here(session, report.id, SECTION, DAY + dt.timedelta(minutes=2), me) == []


def test_who_may_not_read_the_section_is_not_in_it(world: World) -> None:
    report = world.report()
    act = world.acting("focal_point", "KEN")
    with pytest.raises(Forbidden):
        presence.here(act, reports.get(act.session, report.id), SECTION)
    world.done()
    assert post(world.browser("focal_point", "KEN"), report).status_code == 404
    assert post(world.browser("focal_point", "KAZ"), report, "F.99").status_code == 404


def test_the_page_tells_who_is_here_and_what_has_moved_on(world: World) -> None:
    report = world.report()
    focal, certifier = world.browser("focal_point", "KAZ"), world.browser("certifier", "KAZ")
    assert post(focal, report).get_json() == {"here": [], "answers": {}, "asides": []}
    act = world.acting("focal_point", "KAZ")
    mine = reports.get(act.session, report.id, lock=True)
    drafting.save(act, mine, Given("F.2/summary", "en", "Words.", 0))
    world.done()
    told = post(certifier, report).get_json()
    assert told["here"] == ["focal point kaz"]
    assert told["answers"] == {"F.2/summary": {"at": "09:00 UTC", "by": "focal point kaz", "revision": 1}}
    assert post(focal, report).get_json()["here"] == ["certifier kaz"]


def test_presence_is_shown_on_the_section_and_on_the_list_of_sections(world: World) -> None:
    report = world.report()
    post(world.browser("certifier", "KAZ"), report)
    focal = world.browser("focal_point", "KAZ")
    page = focal.get(f"/reports/{report.id}/sections/{SECTION}").get_data(as_text=True)
    assert re.findall(r'data-here role="status"><span>Also here now:</span> (.*?)</p>', page) == [
        "<bdi>certifier kaz</bdi>"
    ]
    page = focal.get(f"/reports/{report.id}").get_data(as_text=True)
    assert re.findall(r"<span>In it now:</span> (.*?)</span>", page) == ["<bdi>certifier kaz</bdi>"]


def test_reading_a_page_writes_no_sign_and_saving_it_does(world: World, session: Session) -> None:
    report = world.report()
    client = world.browser("focal_point", "KAZ")
    page = client.get(f"/reports/{report.id}/sections/{SECTION}").get_data(as_text=True)
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Presence)) == 0
    sent = {"csrf_token": csrf(page), "language": "en", "F.2/summary": "Words."}
    client.post(f"/reports/{report.id}/sections/{SECTION}", data=sent, content_type="multipart/form-data")
    session.rollback()
    assert [row.section for row in session.scalars(select(Presence))] == [SECTION]


@pytest.fixture
def draft(world: World) -> Contribution:
    """A contribution for whose partner two people file."""
    found = contribution(world)
    partners.invite(world.acting("lead"), found.partner_id, address("regional_officer"))
    world.done()
    return found


def write(client: FlaskClient, of: Contribution) -> Any:
    token = client.get("/session", headers={"Accept": "application/json"}).get_json()["csrf"]
    return client.post(f"/contributions/{of.id}/presence", json={}, headers={"X-CSRFToken": token})


def test_the_form_of_a_contribution_tells_who_else_writes_and_what_has_moved_on(
    world: World, draft: Contribution
) -> None:
    mine, other = world.browser("partner"), world.browser("regional_officer")
    first = {"revision": 1, "by": "partner", "at": "09:00 UTC"}
    parts = ("title", "areas", "licence", "credit", "CC.1/form", "CC.1/period", "CC.2/text")
    assert write(mine, draft).get_json() == {"here": [], "answers": dict.fromkeys(parts, first), "asides": []}
    save(world, draft.id, Draft(title="Rents"), 1)
    told = write(other, draft).get_json()
    assert (told["here"], told["answers"]) == (
        ["partner"],
        dict.fromkeys(parts, first) | {"title": first | {"revision": 2}},
    )
    assert write(mine, draft).get_json()["here"] == ["regional officer"]


def test_a_sign_in_a_contribution_fades_and_one_person_has_one(
    world: World, session: Session, draft: Contribution
) -> None:
    me, other = world.person("partner").id, world.person("regional_officer").id
    for second in (0, 30):
        at = DAY + dt.timedelta(seconds=second)
        presence.writing(world.acting("partner", at=at), held.filing(session, held.get(session, draft.id)))
        world.done()
    assert [row.seen_at for row in session.scalars(select(ContributionPresence))] == [DAY + dt.timedelta(seconds=30)]
    for second, seen in {30: ["partner"], 89: ["partner"], 90: []}.items():
        at = DAY + dt.timedelta(seconds=second)
        assert present.writing(session, draft.id, at, other) == seen
        assert present.writing(session, draft.id, at, me) == []


def test_who_does_not_file_for_the_partner_gives_no_sign(world: World, draft: Contribution) -> None:
    act = world.acting("lead")
    with pytest.raises(Forbidden):
        presence.writing(act, held.filing(act.session, held.get(act.session, draft.id)))
    world.done()
    assert write(world.browser("focal_point", "KAZ"), draft).status_code == 404


def test_reading_the_form_of_a_contribution_writes_no_sign_and_saving_it_does(
    world: World, session: Session, draft: Contribution
) -> None:
    mine, address_ = world.browser("partner"), f"/contributions/{draft.id}/draft"
    page = mine.get(address_).get_data(as_text=True)
    assert f'data-presence="/contributions/{draft.id}/presence"' in page
    session.rollback()
    assert session.scalars(select(ContributionPresence)).all() == []
    mine.post(address_, data={"csrf_token": csrf(page), "title": "Rents", "revision": "1"})
    session.rollback()
    assert [row.user_id for row in session.scalars(select(ContributionPresence))] == [world.person("partner").id]
    seen = world.browser("regional_officer").get(address_).get_data(as_text=True)
    assert re.findall(r'data-here role="status"><span>Also here now:</span> (.*?)</p>', seen) == ["<bdi>partner</bdi>"]
