"""The reply of a named state stands beside the contribution wherever that is used; the team's reasons stay its own."""

from __future__ import annotations

import uuid

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select

from portal.db import db
from portal.models.contradictions import Case
from portal.models.contributions import Contribution
from portal.models.passages import Passage
from portal.services import moderation
from reviewer.queries import contradictions
from reviewer.services import contradictions as service
from reviewer.services import synthesis
from tests.factories import World
from tests.house.test_pages import faults
from tests.portal.contributing import contribution, filing
from tests.reviewer.contradicting import OTHERS, UN, figures, run
from tests.reviewer.synthesising import passage, stated, submitted

pytestmark = pytest.mark.any_database
WORDS = "Мы считаем <иначе>."


def replied(world: World, made: Contribution, words: str = WORDS) -> None:
    act = world.acting("focal_point", "KAZ")
    moderation.reply(act, filing(act, made.id), "KAZ", words, "ru")
    world.done()


def used(world: World) -> tuple[Contribution, list[Passage], uuid.UUID]:
    """An accepted contribution of two passages, both cited by one statement beside a passage of a report."""
    made = contribution(world, "c", "accepted")
    found = list(db.session.scalars(select(Passage).where(Passage.contribution_id == made.id).order_by(Passage.id)))
    return made, found, stated(world, passage(submitted(world)), *found)


def page(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_the_reply_stands_on_the_passage_the_statement_and_the_document(world: World) -> None:
    made, found, statement = used(world)
    team = world.browser("reviewer")
    addresses = {f"/evidence/passages/{found[0].id}": 1, f"/synthesis/statements/{statement}": 2}
    assert [page(team, address).count("Reply of") for address in (*addresses, "/synthesis/report.html")] == [0, 0, 0]
    replied(world, made)
    for address, times in addresses.items():
        shown = page(team, address)
        assert faults(shown) == []
        assert (shown.count("Мы считаем &lt;иначе&gt;."), shown.count("Reply of Kazakhstan")) == (times, times)
        assert shown.count('<p class="text" dir="auto" lang="ru">') == times
    text = page(team, "/synthesis/report.html")
    day = f"{world.at.day} {world.at:%B %Y}"
    wanted = f'<p>Reply of Kazakhstan, {day}: <q lang="ru" dir="auto">Мы считаем &lt;иначе&gt;.</q></p>'
    assert text.count(wanted) == 2
    report = db.session.scalars(select(Passage).where(Passage.report_id.is_not(None))).first()
    assert report is not None
    assert "Reply of" not in page(team, f"/evidence/passages/{report.id}")


def test_replies_cost_no_further_statement(world: World) -> None:
    made, found, statement = used(world)
    team = world.browser("reviewer")
    addresses = [f"/evidence/passages/{found[0].id}", f"/synthesis/statements/{statement}", "/synthesis/report.html"]

    def cost(address: str) -> int:
        sent: list[str] = []

        def note(_c: object, _u: object, text: str, *_rest: object) -> None:
            sent.append(text)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            page(team, address)
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        return len(sent)

    before = [cost(address) for address in addresses]
    for number in range(3):
        replied(world, made, f"Reply {number}.")
    assert [cost(address) for address in addresses] == before


def test_the_reason_of_an_outcome_stays_with_the_team(world: World) -> None:
    stated(world, passage(submitted(world)))
    made = figures(world)
    made.add(UN, {"2020": "10"}, location="urban")
    made.add(OTHERS, {"2020": "16"})
    world.done()
    run(world)
    act = world.acting("reviewer")
    case = db.session.scalars(select(Case)).one()
    service.settle(act, contradictions.get(act.session, case.id, lock=True), "both_stand", "They guess badly.")
    world.done()
    synthesis.release(world.acting("lead"), "2026")
    world.done()
    words = page(world.browser("focal_point", "KAZ"), "/entities/KAZ/words")
    assert ("<strong>Both stand</strong>" in words, "They guess badly." in words) == (True, False)
    assert "two figures stand for 2020" in words
    db.session.rollback()
    assert "They guess badly." in page(world.browser("reviewer"), f"/evidence/contradictions/{case.id}")
