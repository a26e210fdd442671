"""The pages and calls of passages: search, who reads what, coding by form, a constant number of statements."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import delete, select, update

from portal.db import db
from portal.models.passages import Coding, NearCopy, Passage
from portal.models.reports import Report
from portal.rules import crosswalk
from tests.factories import World, csrf
from tests.portal.callers import Caller
from tests.portal.contributing import contribution, decide
from tests.portal.test_passages import submitted
from tests.reviewer.test_pages import page, statements

LONG = (
    "The national housing programme has built twelve thousand affordable homes in the eight largest cities since 2021, "
    "and one third of them stand close to a stop of public transport."
)


def texts(html: str) -> list[str]:
    """The passages that a list shows, with the words sought in stars."""
    found = re.findall(r'<p class="passage-text"[^>]*>(.*?)</p>', html, re.DOTALL)
    return [re.sub("</?mark>", "*", one) for one in found]


def first_id() -> int:
    return (
        db.session.scalars(select(Passage.id).where(Passage.question == "1.1.2.1/actions").order_by(Passage.id)).first()
        or 0
    )


def test_the_list_is_filtered_by_its_address(world: World) -> None:
    submitted(world)
    client = world.browser("reviewer")
    assert texts(page(client, "/evidence?commitment=1.1&entity=KAZ&cycle=2026&channel=a")) == [
        "The city built 400 homes.",
        "Water reaches 17.4 percent more people.",
        "Buses run at night.",
    ]
    assert texts(page(client, "/evidence?q=home")) == ["The city built 400 *homes*."]
    assert texts(page(client, "/evidence?q=home&language=fr")) == []
    assert texts(page(client, "/evidence?section=1.1.2&q=17.4")) == ["Water reaches *17.4* percent more people."]
    assert texts(page(client, "/evidence?commitment=1.2")) == []
    assert texts(page(client, "/evidence?code=theme:water")) == []
    html = page(client, "/evidence?q=%3F!")
    assert "Please write at least one word to look for." in html
    assert texts(html) == []


def test_what_the_sentence_does_not_offer_stays_asked_for(world: World) -> None:
    submitted(world)
    client = world.browser("reviewer")
    for asked, kept in (
        ("commitment=1.1", []),
        ("section=1.1.2&earlier=yes", [("section", "1.1.2"), ("earlier", "yes")]),
    ):
        sentence = page(client, f"/evidence?{asked}").partition("data-filters")[2].partition("</form>")[0]
        assert re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', sentence) == kept


def test_only_the_team_reads_what_is_not_published(world: World) -> None:
    submitted(world)
    assert len(texts(page(world.browser("reviewer"), "/evidence"))) == 6
    address = f"/evidence/passages/{first_id()}"
    for role in ("data_officer", "regional_officer"):
        client = world.browser(role)
        assert texts(page(client, "/evidence")) == []
        assert client.get(address).status_code == 404
        assert Caller(world, role).get("/passages").json["items"] == []
    for role, entity in (("focal_point", "KAZ"), ("partner", None), ("administrator", None)):
        client = world.browser(role, entity)
        assert (client.get("/evidence").status_code, client.get(address).status_code) == (403, 404)
        assert Caller(world, role, entity).get("/passages").status_code == 403


def test_everybody_of_the_evidence_reads_what_is_published(world: World) -> None:
    world.report(state="published")
    assert len(texts(page(world.browser("data_officer"), "/evidence"))) == 3
    passage = db.session.scalars(select(Passage.id)).first()
    assert world.browser("regional_officer").get(f"/evidence/passages/{passage}").status_code == 200


def test_a_passage_is_coded_by_form_and_the_other_coder_sees_it_afterwards(world: World) -> None:
    submitted(world)
    address = f"/evidence/passages/{first_id()}"
    reviewer, lead = world.browser("reviewer"), world.browser("lead")
    sent = {"csrf_token": csrf(page(reviewer, address)), "code": ["kind:progress", "theme:housing"], "began": ""}
    assert reviewer.post(f"{address}/codes", data=sent).status_code == 303
    before = page(lead, address)
    assert "1 coder has gone through it. You see the codes once you have given yours." in before
    assert re.findall(r'<li class="label"><bdi>(.*?)</bdi></li>', before) == []
    assert re.findall(r'<li class="label"><bdi>(.*?)</bdi></li>', page(lead, "/evidence")) == []
    sent = {"csrf_token": csrf(before), "code": ["kind:progress"], "began": ""}
    assert lead.post(f"{address}/codes", data=sent).status_code == 303
    assert re.findall(r'<li class="label"><bdi>(.*?)</bdi></li>', page(lead, address)) == ["Progress", "Housing"]
    assert texts(page(lead, "/evidence?code=theme:housing")) == ["The city built 400 homes."]
    html = page(lead, "/evidence/agreement")
    assert "1 passage that stands now was gone through by two or more coders." in html
    assert re.findall(r'<th scope="row">(.*?)</th>', html) == ["Progress", "Housing"]


def test_a_code_that_is_none_is_refused_and_the_page_comes_back(world: World) -> None:
    submitted(world)
    client, address = world.browser("lead"), f"/evidence/passages/{first_id()}"
    answer = client.post(f"{address}/codes", data={"csrf_token": csrf(page(client, address)), "code": "theme:none"})
    assert (answer.status_code, list(db.session.scalars(select(Coding)))) == (422, [])
    assert 'href="#q-codes"' in answer.get_data(as_text=True)


def test_words_that_suggest_a_code_are_shown(world: World) -> None:
    submitted(world)
    html = page(world.browser("lead"), f"/evidence/passages/{first_id()}")
    assert re.findall(r'<mark lang="en"><bdi>(.*?)</bdi></mark>', html) == ["built", "homes"]


def test_what_suggests_a_code_is_said_as_it_is_of_a_report_and_of_a_contribution(world: World) -> None:
    def reasons(passage: int) -> dict[str, str]:
        html = page(world.browser("lead"), f"/evidence/passages/{passage}").split("</fieldset>")[0]
        options = re.findall(r'name="code" value="([^"]+)"(.*?)</label>', html)
        told = {code: re.findall(r'<span class="soft tiny">((?:asked|named)[^<]*)<', more) for code, more in options}
        return {code: one for code, several in told.items() for one in several}

    submitted(world)
    section, question = "asked for in this section", "asked for by this question"
    of_the_outline = dict.fromkeys(("commitment:1.1", "theme:housing", "recommendation:d"), section)
    assert reasons(first_id()) == of_the_outline | {"kind:progress": question}
    contribution(world, "d", "accepted", values={"CD.1/commitment": ["commitment_1_1", "commitment_2_2"]})
    found = db.session.scalars(select(Passage.id).where(Passage.question == "CD.2/progress")).one()
    named = dict.fromkeys(("commitment:1.1", "commitment:2.2"), "named by the sender of the text")
    assert reasons(found) == named | {"kind:progress": question}


def test_the_pages_cost_the_same_for_few_and_for_many(world: World) -> None:
    submitted(world, "\n\n".join(f"Paragraph number {at} on housing." for at in range(3)), "KAZ")
    client = world.browser("reviewer")
    addresses = [
        "/evidence?q=housing",
        f"/evidence/passages/{first_id()}",
        "/evidence/near-copies",
        "/evidence/agreement",
    ]

    def costs() -> list[int]:
        found = []
        for address in addresses:
            with statements() as seen:
                page(client, address)
            found.append(len(seen))
        return found

    few = costs()
    submitted(world, "\n\n".join(f"Paragraph number {at} on housing and {LONG}" for at in range(60)), "KEN")
    assert costs() == few
    assert max(few) < 16


def test_the_list_goes_on_behind_its_last_passage(world: World) -> None:
    submitted(world, "\n\n".join(f"Paragraph {at}." for at in range(120)))
    client = world.browser("reviewer")
    seen: list[str] = []
    address = "/evidence?section=1.1.2.1"
    while address:
        html = page(client, address)
        seen += texts(html)
        following = re.search(r'<a rel="next"[^>]*href="([^"]*)"', html)
        address = following.group(1).replace("&amp;", "&") if following else ""
    assert seen == [f"Paragraph {at}." for at in range(120)]


def test_near_copies_are_listed_with_whose_text_it_is(world: World) -> None:
    submitted(world, LONG, "KAZ")
    submitted(world, LONG.replace("eight largest", "nine largest") + "\n\nAnother text.", "KEN")
    rows = list(db.session.scalars(select(NearCopy)))
    assert [(one.kind, one.likeness > 0.6) for one in rows] == [("state", True)]
    html = page(world.browser("lead"), "/evidence/near-copies")
    assert re.findall(r'<h2 class="pair-title">(.*?)</h2>', html) == [
        f"{round(100 * rows[0].likeness)} percent, the report of another state"
    ]
    assert texts(page(world.browser("lead"), "/evidence/near-copies?kind=partner")) == []


def test_near_copies_stand_on_pages_each_passage_once_and_the_most_alike_first(world: World) -> None:
    submitted(world, "\n\n".join(f"Paragraph {at}." for at in range(60)), "KAZ")
    submitted(world, "Another text.\n\nA third text.", "KEN")
    rows = db.session.scalars(select(Passage.id).where(Passage.question == "1.1.2.1/actions").order_by(Passage.id))
    *mine, one, other = rows
    db.session.execute(delete(NearCopy))
    for at, key in enumerate(mine):
        for near, likeness in ((one, 0.5 + at / 1000), (other, 0.4)):
            about = {"passage_id": key, "other_id": near, "likeness": likeness, "kind": "state"}
            db.session.add(NearCopy(found_at=world.at, **about))
    db.session.commit()
    client, seen, address = world.browser("lead"), [], "/evidence/near-copies?kind=state"
    sizes = []
    while address:
        html = page(client, address)
        assert "<b>60 passages</b>" in html
        sizes.append(html.count('<h2 class="pair-title">'))
        seen += [text for text in texts(html) if text.startswith("Paragraph")]
        assert html.count("1 more text is like it") == sizes[-1]
        following = re.search(r'<a rel="next"[^>]*href="([^"]*)"', html)
        address = following.group(1).replace("&amp;", "&") if following else ""
    assert sizes == [25, 25, 10]
    assert seen == [f"Paragraph {at}." for at in reversed(range(60))]
    assert texts(page(client, "/evidence/near-copies?kind=state&page=9")) == texts(
        page(client, "/evidence/near-copies")
    )
    costs = []
    for number in (1, 2):
        with statements() as sent:
            page(client, f"/evidence/near-copies?page={number}")
        costs.append(len(sent))
    assert costs[0] == costs[1]


def test_what_waits_is_compared_and_listed_once_it_is_accepted(world: World) -> None:
    made = contribution(world, "c", "sent", values={"CC.2/text": LONG})
    submitted(world, LONG, "KEN")
    client = world.browser("lead")
    assert texts(page(client, "/evidence/near-copies")) == []
    decide(world, made.id, "accepted")
    assert texts(page(client, "/evidence/near-copies")) == [LONG, LONG]
    assert texts(page(world.browser("data_officer"), "/evidence/near-copies")) == []
    db.session.execute(update(Report).values(state="published"))
    db.session.commit()
    assert texts(page(world.browser("data_officer"), "/evidence/near-copies")) == [LONG, LONG]


@pytest.mark.parametrize("query", ["q=homes", "commitment=1.1&section=1.1.2.1", "entity=KAZ&language=en&q=bus"])
def test_a_program_finds_what_a_person_finds(world: World, query: str) -> None:
    submitted(world)
    told = Caller(world, "reviewer").get(f"/passages?{query}").json
    assert [one["text"] for one in told["items"]] == [
        re.sub(r"\*", "", one) for one in texts(page(world.browser("reviewer"), f"/evidence?{query}"))
    ]
    assert told["next"] is None


def test_a_program_reads_pages_by_cursor_and_codes(world: World) -> None:
    report = submitted(world)
    caller = Caller(world, "reviewer")
    first = caller.get("/passages?limit=4").json
    rest = caller.get(f"/passages?limit=4&cursor={first['next']}").json
    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (4, 2, None)
    one = caller.get(f"/passages/{first_id()}").json
    assert one["key"] == f"{report.id}:v1:1.1.2.1/actions:en:1"
    assert (one["codes"], one["commitment"], one["entity"], one["report"]) == (None, "1.1", "KAZ", str(report.id))
    coded = caller.put(f"/passages/{one['id']}/codes", {"codes": ["kind:progress"]})
    assert (coded.status_code, coded.json["codes"]) == (200, ["kind:progress"])
    assert caller.put(f"/passages/{one['id']}/codes", {"codes": []}).json["codes"] == []
    for body in ({"codes": ["kind:none"]}, {"codes": [], "more": 1}, {}):
        assert caller.put(f"/passages/{one['id']}/codes", body).status_code == 422
    assert caller.get("/passages?q=%3F").json["problems"] == [
        {"where": "q", "sentence": "Please write at least one word to look for."}
    ]
    assert caller.get("/passages?unknown=1").status_code == 422


def test_the_crosswalk_is_a_page_a_table_and_a_call(world: World) -> None:
    client = world.browser("regional_officer")
    html = page(client, "/evidence/crosswalk")
    assert len(re.findall('<tr id="q-', html)) == len(crosswalk.table())
    rows = client.get("/evidence/crosswalk.csv").get_data(as_text=True).splitlines()
    assert len(rows) == 1 + len(crosswalk.table())
    officer = Caller(world, "regional_officer")
    told = officer.get("/crosswalk").json
    first = officer.get("/crosswalk?limit=2").json
    rest = officer.get(f"/crosswalk?cursor={first['next']}").json
    assert (len(first["sections"]), first["sections"] + rest["sections"]) == (2, told["sections"])
    assert (first["codes"], told["next"], rest["next"]) == (told["codes"], None, None)
    assert told["codes"] == dict(crosswalk.codes())
    assert [one["section"] for one in told["sections"]] == list(crosswalk.table())
