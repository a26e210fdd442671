"""The reply of a state stands beside the words of a contribution wherever they are shown."""

from __future__ import annotations

import csv
import io

from sqlalchemy import select

from portal.db import db
from portal.models.passages import Passage
from portal.queries import profiles as desks
from portal.services import moderation, profiles
from reviewer.services import synthesis
from tests.factories import World
from tests.portal.callers import Caller
from tests.portal.contributing import contribution, filing
from tests.reviewer.contradicting import CYCLE, FALLING, UN, cases, figures, run, told_by_a_partner
from tests.reviewer.synthesising import stated

REPLY = "Our figures differ, by definition."


def replied(world: World, of: object) -> None:
    act = world.acting("focal_point", "KAZ")
    moderation.reply(act, filing(act, of.id), "KAZ", REPLY)  # type: ignore[attr-defined]
    world.done()


def test_it_stands_in_the_desk_profile_that_others_read(world: World) -> None:
    made = contribution(world, "c", "accepted", areas=["Kazakhstan"])
    replied(world, made)
    for role, step in (("lead", "compile_profile"), ("certifier", "answer_all"), ("lead", "release")):
        act = world.acting(role, "KAZ" if role == "certifier" else None)
        desk = desks.desk(act.session, "KAZ", lock=True)
        getattr(profiles, step)(act, desk, *(["confirmed"] if step == "answer_all" else []))
        world.done()
    page = world.browser("focal_point", "KEN").get("/entities/KAZ/profile").text
    assert (page.count(REPLY), page.count("1 reply of a state")) == (1, 1)
    told = Caller(world, "focal_point", "KEN").get("/entities/KAZ/profile").get_json()
    assert [[one["text"] for one in part["replies"]] for part in told["parts"]] == [[REPLY], [REPLY]]


def test_it_is_told_in_the_list_of_passages_and_stands_in_the_case(world: World) -> None:
    figures(world).add(UN, FALLING, location="urban")
    world.done()
    replied(world, told_by_a_partner(world, "The share of people in slums rose in these years."))
    reviewer = world.browser("reviewer")
    html = reviewer.get("/evidence").text
    assert html.count("1 reply of a state") == html.count('<p class="passage-text"') > 0
    run(world)
    [case] = cases()
    assert reviewer.get(f"/evidence/contradictions/{case.id}").text.count(REPLY) == 1


def test_it_stands_in_the_table_of_footnotes_and_where_the_words_of_the_partner_went(world: World) -> None:
    made = contribution(world, "c", "accepted", areas=["Kazakhstan"])
    replied(world, made)
    cited = db.session.scalars(select(Passage).order_by(Passage.id)).first()
    assert cited is not None
    stated(world, cited)
    synthesis.release(world.acting("lead"), CYCLE)
    world.done()
    table = world.browser("lead").get("/synthesis/evidence.csv").text
    (row,) = csv.DictReader(io.StringIO(table))
    assert row["replies"] == f"Kazakhstan, 16 June 2025: {REPLY}"
    assert world.browser("partner").get(f"/partners/{made.partner_id}/words").text.count(REPLY) == 1
