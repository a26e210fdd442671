"""Releases of the synthesis, those who are told of them, and what is taken along."""

from __future__ import annotations

import csv
import datetime as dt
import html
import io
import re
from operator import itemgetter
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DatabaseError

from portal.db import db
from portal.http.render import source_title
from portal.models.accounts import User
from portal.models.events import Notice
from portal.models.observations import Observation, Series
from portal.models.passages import Passage
from portal.models.synthesis import Supplement, SynthesisRelease
from portal.queries import words
from portal.rules.refusals import Forbidden, NotNow
from reviewer.services import statements, synthesis
from reviewer.services.statements import Ground
from reviewer.services.synthesis import Settlement
from tests.factories import World, address
from tests.portal import contributing
from tests.reviewer.synthesising import (
    ACTIONS,
    LATE,
    RESULTS,
    TEXTS,
    corrected,
    of_an_indicator,
    passage,
    stated,
    submitted,
    take,
    waiting,
)


def test_a_release_is_the_leads_and_waits_for_the_list(world: World) -> None:
    report = submitted(world)
    made = stated(world, passage(report))
    with pytest.raises(Forbidden):
        synthesis.release(world.acting("reviewer"), "2026")
    corrected(world, report, {ACTIONS: TEXTS[ACTIONS].replace("40,000", "45,000")})
    with pytest.raises(NotNow):
        synthesis.release(world.acting("lead"), "2026")
    (row,) = waiting(made)
    synthesis.settle(world.acting("reviewer"), row.id, Settlement("holds", "It holds."))
    world.done()
    assert synthesis.release(world.acting("lead"), "2026").number == 1


def test_a_state_sees_what_of_its_own_is_cited_as_it_was_released(world: World) -> None:
    kaz, ken = submitted(world), submitted(world, "KEN")
    both = stated(world, passage(kaz), passage(ken, RESULTS))
    stated(world, passage(ken), text="Kenya alone.")
    stated(world, passage(kaz), text="Only a draft.", supported=False)
    reader = words.of_state(db.session, "KAZ")
    assert words.released(db.session, "2026", reader) is None
    synthesis.release(world.acting("lead"), "2026")
    world.done()
    statements.reword(world.acting("lead"), both, "Another text.", 1)
    world.done()
    found = words.released(db.session, "2026", reader)
    assert found is not None
    assert [(used.statement["text"], [one["text"] for one in used.own]) for used in found.used] == [
        ("Cash transfers reach the poor.", ["The cash transfer reached 40,000 households."])
    ]
    with pytest.raises(DatabaseError, match="append-only"):
        db.session.execute(SynthesisRelease.__table__.delete())


def test_those_who_are_cited_are_told(world: World) -> None:
    report = submitted(world)
    stated(world, passage(report))
    synthesis.release(world.acting("lead"), "2026")
    world.done()
    inbox = world.browser("focal_point", "KAZ").get("/inbox").get_data(as_text=True)
    assert "/entities/KAZ/words?cycle=2026" in inbox
    page = world.browser("focal_point", "KAZ").get("/entities/KAZ/words").get_data(as_text=True)
    assert "The cash transfer reached 40,000 households." in page
    assert world.browser("focal_point", "KEN").get("/entities/KAZ/words").status_code == 403


def test_a_release_of_what_was_released_is_none_and_tells_nobody_again(world: World) -> None:
    made = stated(world, passage(submitted(world)))
    synthesis.release(world.acting("lead"), "2026")
    world.done()
    world.at += dt.timedelta(minutes=1)
    with pytest.raises(NotNow, match="Nothing has changed since the last release"):
        synthesis.release(world.acting("lead"), "2026")
    db.session.rollback()
    cited = select(func.count()).select_from(Notice).where(Notice.kind == "synthesis.release")
    assert db.session.scalar(cited) == 1
    statements.reword(world.acting("lead"), made, "Cash transfers reach many of the poor.", 1)
    world.done()
    statements.support(world.acting("lead"), made, 2)
    world.done()
    assert synthesis.release(world.acting("lead"), "2026").number == 2


def told_of_release(kind: str) -> list[tuple[str, dict[str, Any]]]:
    """Who was told with a notice of this kind, and what, in order."""
    db.session.rollback()
    query = select(User.email, Notice.data).join(User, User.id == Notice.user_id).where(Notice.kind == kind)
    return sorted((row.email, row.data) for row in db.session.execute(query))


def test_who_was_cited_and_is_no_more_is_told_once_and_sees_what_was_cited(world: World) -> None:
    kaz, ken = submitted(world), submitted(world, "KEN")
    first = stated(world, passage(kaz))
    filed = contributing.contribution(world, state="accepted")
    partner = filed.partner_id
    held = db.session.scalars(select(Passage).where(Passage.contribution_id == filed.id)).first()
    assert held is not None
    second = stated(world, held, text="Rents rise.")
    third = stated(world, passage(ken), text="Kenya alone.")
    synthesis.release(world.acting("lead"), "2026")
    world.done()
    assert told_of_release("synthesis.left_out") == []
    for made in (first, second):
        statements.withdraw(world.acting("lead"), made, "It is said elsewhere.")
        world.done()
    synthesis.release(world.acting("lead"), "2026")
    world.done()
    left = [
        (address("focal_point", "KAZ"), {"cycle": "2026", "release": 1, "entity": "KAZ"}),
        (address("partner"), {"cycle": "2026", "release": 1, "partner": str(partner)}),
    ]
    assert told_of_release("synthesis.left_out") == sorted(left)
    statements.reword(world.acting("lead"), third, "Kenya by itself.", 1)
    world.done()
    statements.support(world.acting("lead"), third, 2)
    world.done()
    synthesis.release(world.acting("lead"), "2026")
    world.done()
    assert told_of_release("synthesis.left_out") == sorted(left)
    state, own = world.browser("focal_point", "KAZ"), "The cash transfer reached 40,000 households."
    inbox = state.get("/inbox").get_data(as_text=True)
    assert "The newest release of the synthesis cites you no more." in inbox
    assert "/entities/KAZ/words?cycle=2026&amp;release=1" in inbox
    pages = [state.get(f"/entities/KAZ/words?release={number}") for number in (1, 2, 3, 4)]
    assert [page.status_code for page in pages] == [200, 200, 200, 404]
    assert [own in page.text for page in pages[:3]] == [True, False, False]
    assert ["This is an earlier release." in page.text for page in pages[:3]] == [True, True, False]
    assert state.get("/entities/KAZ/words").text.count("Release 2, the one before") == 1
    page = world.browser("partner").get(f"/partners/{partner}/words?release=1")
    assert (page.status_code, held.text in page.text) == (200, True)


def test_every_footnote_resolves(world: World) -> None:
    kaz, ken = submitted(world), submitted(world, "KEN")
    stated(world, passage(kaz), passage(ken))
    stated(world, passage(ken, RESULTS), heading="S.1", text="In short <it> works.")
    lead = world.browser("lead")
    page = lead.get("/synthesis/report.html").get_data(as_text=True)
    table = lead.get("/synthesis/evidence.csv").get_data(as_text=True)
    refs = re.findall(r'id="ref-(\d+)" href="#note-(\d+)"', page)
    assert refs == [(str(n), str(n)) for n in (1, 2, 3)]
    assert re.findall(r'<li id="note-(\d+)"', page) == re.findall(r'href="#ref-(\d+)"', page) == ["1", "2", "3"]
    assert "In short &lt;it&gt; works." in page
    rows = list(csv.DictReader(io.StringIO(table)))
    assert [row["note"] for row in rows] == ["1", "2", "3"]
    for row in rows:
        held = db.session.scalars(select(Passage).where(Passage.key == row["reference"])).one()
        assert (held.text, held.entity, held.question) == (row["text"], row["entity"], row["question"])
        assert (
            f'href="#note-{row["note"]}"' in page.split(f'id="statement-{row["statement"]}"', 1)[1].split("</p>", 1)[0]
        )


def footnotes(page: str) -> list[str]:
    """The footnotes of the text as words, without the link back."""
    notes = re.findall(r'<li id="note-.*?</li>', page, re.S)
    return [re.sub(r" back to the text$", "", html.unescape(re.sub(r"<[^>]+>", "", note))) for note in notes]


def test_the_text_and_its_table_name_states_sources_and_days_as_the_language_does(world: World) -> None:
    first = passage(submitted(world))
    made = stated(world, first)
    take(world, "12.5", "2024", source="un_sdg")
    take(world, "13.5", "2025", source="national:KAZ")
    of_an_indicator()
    numbers = db.session.scalars(select(Observation.id).order_by(Observation.id)).all()
    act = world.acting("reviewer")
    statements.cite(act, made, [Ground("observation", str(number), "for") for number in numbers])
    world.done()
    filed = contributing.contribution(world, state="accepted")
    said = db.session.scalars(select(Passage).where(Passage.contribution_id == filed.id).order_by(Passage.id)).first()
    assert said is not None
    statements.cite(world.acting("reviewer"), made, [Ground("passage", said.key, "for")])
    world.done()
    late = submitted(world, "KEN", at=LATE)
    supplement = db.session.scalars(select(Supplement)).one().id
    effect = synthesis.Effect("strengthens", passage=passage(late).key, words="The same.")
    synthesis.mark(world.acting("reviewer"), supplement, made, effect)
    world.done()
    lead = world.browser("lead")
    page = lead.get("/synthesis/report.html").get_data(as_text=True)
    trends = "Trends and data of the United Nations and multilateral bodies"
    national = "National SDG indicators of Kazakhstan"
    bureau = "Bureau of National Statistics, Republic of Kazakhstan; Licence: MIT"
    licence = "Creative Commons Attribution 4.0"
    credit = "United Nations Statistics Division, SDG Global Database"
    said = "The file that gave it: not verified yet"
    terms = f"(Key indicators; {credit}; Licence: UN data terms: free reuse with credit; {said})"
    series = db.session.scalars(select(Series.title).order_by(Series.id)).all()
    assert sorted(footnotes(page)) == [
        f"Example agency, on Kazakhstan: Rents rose faster than wages. ({trends}; Licence: {licence})",
        f"Kazakhstan: 12.5 percent, {series[0]}, 2022, United Nations SDG database, 2024 {terms}",
        f"Kazakhstan: 13.5 percent, {series[1]}, 2022, {national}, 2025 (Key indicators; {bureau}; {said})",
        "Kazakhstan: The cash transfer reached 40,000 households. (Progress reports of governments)",
    ]
    moment = re.findall(r"<p>As it stands: (.*?), \d\d:\d\d UTC</p>", page)
    assert moment == [f"{world.at.day} {world.at:%B %Y}"]
    assert re.findall(r"<p>(Supplement.*?)</p>", page) == [
        "Supplement, received 12 January 2026, <bdi>Kenya</bdi>: strengthens it. The same."
    ]
    french = lead.get("/synthesis/report.html?lang=fr").get_data(as_text=True)
    assert re.findall(r"<p>(Supplement.*?), <bdi>", french) == ["Supplement, received 12 janvier 2026"]
    russian = lead.get("/synthesis/evidence.csv?lang=ru").get_data(as_text=True)
    columns = ("entity", "entity_name", "area", "area_name", "source", "source_name", "channel", "channel_name")
    rows = [tuple(row[name] for name in columns) for row in csv.DictReader(io.StringIO(russian))]
    assert sorted(rows, key=itemgetter(6, 4), reverse=True) == [
        ("KAZ", "Казахстан", "", "", "", "", "c", trends),
        ("KAZ", "Казахстан", "KAZ", "Казахстан", "un_sdg", "United Nations SDG database", "b", "Key indicators"),
        ("KAZ", "Казахстан", "KAZ", "Казахстан", "national:KAZ", national, "b", "Key indicators"),
        ("KAZ", "Казахстан", "", "", "", "", "a", "Progress reports of governments"),
    ]
    with world.app.test_request_context("/?lang=fr"):
        world.app.preprocess_request()
        assert source_title("national:KEN") == "National source: Kenya"
        assert source_title("national:GEO") == "National source: Géorgie"
    for there in (f"/synthesis/statements/{made}", "/synthesis/1.1.1.1"):
        shown = lead.get(f"{there}?lang=es").get_data(as_text=True)
        assert re.findall(r'<span class="soft">\((.*?)\)</span>', shown)[0] == "<bdi>Kazajstán</bdi>"
