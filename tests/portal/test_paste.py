"""Pasting: what the portal answers, keeps and refuses."""

from __future__ import annotations

from werkzeug.test import TestResponse

from portal.db import db
from portal.queries import reports
from portal.services import drafting
from portal.services.drafting import Given
from portal.web.paste import LIMIT
from tests.factories import World, csrf

WORD = (
    "<html xmlns:o='urn:schemas-microsoft-com:office:office'><body><!--StartFragment--><p class=MsoNormal><b>السكن</b>"
    " 住房 жильё<o:p></o:p></p><p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>"
    "·<span>&nbsp;&nbsp; </span></span>One</p><img src='https://example.org/x.gif'><!--EndFragment--></body></html>"
)
CLEANED = "**السكن** 住房 жильё\n\n- One"
FIELD = "F.2/summary"


def sent(world: World, html: bytes, **headers: str) -> TestResponse:
    client = world.browser("contributor", "KAZ")
    token = csrf(client.get("/desk").get_data(as_text=True))
    told = {"X-CSRFToken": token, "Accept": "application/json", **headers}
    return client.post("/paste", data=html, content_type="text/html; charset=utf-8", headers=told)


def test_the_portal_answers_with_markdown_and_says_what_stays_behind(world: World) -> None:
    answer = sent(world, WORD.encode())
    assert answer.status_code == 200
    assert answer.get_json() == {
        "text": CLEANED,
        "said": "1 picture was left out; attach it as a file beside the answer.",
    }


def test_more_than_two_megabytes_are_refused_in_words(world: World) -> None:
    answer = sent(world, b"<p>" + b"a" * LIMIT)
    assert answer.status_code == 413
    assert answer.get_json()["detail"] == (
        "This is more than 2 MB at once; paste it in parts. Its words stand in the field, without their marks."
    )


def test_only_people_who_are_logged_in_are_answered(world: World) -> None:
    assert world.app.test_client().post("/paste", data=b"<p>x</p>").status_code == 400
    assert sent(world, b"<p>x</p>", **{"X-CSRFToken": "none"}).status_code == 400


def test_saving_a_narrative_cleans_it_as_pasting_does(world: World) -> None:
    made = world.report()
    act = world.acting("focal_point", "KAZ")
    saved = drafting.save(act, reports.get(act.session, made.id, lock=True), Given(FIELD, "en", WORD, 0))
    world.done()
    assert saved.value == CLEANED
    row = reports.answer(db.session, made.id, FIELD, "en")
    assert row is not None
    assert row.value == CLEANED
